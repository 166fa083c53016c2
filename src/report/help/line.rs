//! What a line that somebody pasted would do.

use super::{describe::describe, page::sentence, wrap::Paper};
use crate::{
    commands::{
        Act, Setting,
        explain::{Explained, Follows, Outcome, Understood},
    },
    net::NsRef,
    ops::Op,
};

/// The line, part by part, and what comes of it.
pub(super) fn render(explained: &Explained, paper: &mut Paper) {
    for step in &explained.steps {
        if let Some(joint) = joint(step.follows) {
            paper.blank();
            paper.text(joint);
            paper.blank();
        }
        if let Some(tool) = &step.tool {
            let today = if step.statements.len() == 1 { "The line of today" } else { "The lines of today" };
            paper.text(&format!("`{tool}` is a tool of former times. {today}, ready to be typed:"));
            paper.blank();
            for statement in &step.statements {
                paper.line(&statement.line);
            }
            paper.blank();
            for note in &step.notes {
                paper.text(&sentence(note));
            }
        }
        for statement in &step.statements {
            render_statement(statement, paper);
        }
    }
}

/// How a statement hangs together with the one before it; nothing where it just comes next.
fn joint(follows: Follows) -> Option<&'static str> {
    match follows {
        Follows::Next => None,
        Follows::IfDone => Some("Then, if that succeeds:"),
        Follows::IfFailed => Some("Or else:"),
        Follows::Piped => Some("What it prints goes into:"),
        Follows::Inside => Some("In it:"),
    }
}

fn render_statement(statement: &Understood, paper: &mut Paper) {
    paper.heading(&statement.line);
    paper.rows(&statement.parts);
    let told = match &statement.outcome {
        Outcome::Act(act) => sentences(act, &statement.ns),
        Outcome::NotYet => vec!["`nns` cannot do this itself yet; `exec` in front runs the program.".into()],
        Outcome::Refused(why) => vec![format!("`nns` would refuse it: {why}.")],
        Outcome::Program | Outcome::Open => Vec::new(),
    };
    if !told.is_empty() {
        paper.blank();
    }
    for text in told {
        paper.text(&text);
    }
}

/// What an act does; nothing where its summary says it all.
fn sentences(act: &Act, ns: &NsRef) -> Vec<String> {
    let told = |ops: &[Op]| {
        // The place is said once for all.
        let here = if ops.iter().all(|op| op.ns() == ns) && *ns == NsRef::Host { ns.clone() } else { NsRef::Host };
        ops.iter().map(|op| sentence(&describe(op, &here))).collect()
    };
    match act {
        Act::Change(ops) => told(ops),
        Act::Switch(switch) => told(&switch.ops()),
        Act::Settings(settings) => {
            let writes = settings.iter().filter_map(|setting| match setting {
                Setting::Write { op, .. } => Some(Op::Sysctl(op.clone())),
                Setting::Read(_) => None,
            });
            told(&writes.collect::<Vec<Op>>())
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::render_line;
    use crate::{
        commands::explain::{Outcome, explain},
        report::table::Style,
    };

    fn told(line: &str) -> String {
        let explained = explain(line).unwrap_or_else(|| panic!("{line}"));
        format!("> help {line}\n{}\n", render_line(&explained, Style::default()))
    }

    #[test]
    fn lines_of_today() {
        let lines = [
            "ip link add veth0 type veth peer name veth1 netns red",
            "ip link set veth0 netns red",
            "sudo ip -n red addr add 10.0.0.1/24 dev veth1",
            "ip netns exec red ip route add default via 10.0.0.254",
            "iptables -t nat -A POSTROUTING -s 10.0.0.0/24 ! -o br0 -j MASQUERADE",
            "arp -n",
            "link set br0 up mtu 1400",
            "nat forward tcp 8080 to 10.0.0.2:80",
        ];
        expect![[r#"
            > help ip link add veth0 type veth peer name veth1 netns red
            ip link add veth0 type veth peer name veth1 netns red:
              ip link add  make a link: a cable (veth) with both ends, a switch (bridge), or an overlay (vxlan)
              veth0        its name
              type veth    what it is, and what that takes
              peer         the far end of the cable
              name veth1   its name, or its new name
              netns red    the namespace it is in, or moves to

            Makes a cable (a veth pair): `veth0` here and `veth1` in namespace `red`; it is down until it is set
            up.

            > help ip link set veth0 netns red
            ip link set veth0 netns red:
              ip link set  change a link: up, down, its name, MTU, address, master or namespace, several at once
              veth0        its name
              netns red    the namespace it is in, or moves to

            Moves link `veth0` to namespace `red`, where it arrives down and without addresses.

            > help sudo ip -n red addr add 10.0.0.1/24 dev veth1
            ip -n red addr add 10.0.0.1/24 dev veth1:
              ip -n red addr add  give a link an address, and with it the route to its prefix
              10.0.0.1/24         the address
              dev veth1           the link

            In namespace `red`: gives link `veth1` the address 10.0.0.1; 10.0.0.0/24 is reached directly through
            it once it is up.

            > help ip netns exec red ip route add default via 10.0.0.254
            ip netns exec red ip route add default via 10.0.0.254:
              ip netns exec red  in that namespace
              ip route add       add a route; refused when there is one like it
              default            where it leads
              via 10.0.0.254     the next router

            In namespace `red`: sends packets that no other route leads anywhere (the default route) to the
            router 10.0.0.254.

            > help iptables -t nat -A POSTROUTING -s 10.0.0.0/24 ! -o br0 -j MASQUERADE
            iptables -t nat -A POSTROUTING -s 10.0.0.0/24 ! -o br0 -j MASQUERADE:
              iptables        list and change the rules for IPv4 that `iptables` shows
              -t nat          the table, `filter` when none is named
              -A POSTROUTING  put a rule behind the others of a chain
              -s 10.0.0.0/24  where packets come from: an address or a prefix, or several with commas
              ! -o br0        the link that they leave through
              -j MASQUERADE   what becomes of packets that fit: a target, such as `ACCEPT`, or a chain

            Hides the senders of packets that go out, not leaving through `br0`, from 10.0.0.0/24, behind the
            address of the link they leave through (masquerade).

            > help arp -n
            `arp` is a tool of former times. The line of today, ready to be typed:

              ip neigh show

            ip neigh show:
              ip neigh show  list the neighbours: which address is at which hardware address

            > help link set br0 up mtu 1400
            link set br0 up mtu 1400:
              link set  change a link: up, down, its name, MTU, address, master or namespace, several at once
              br0       its name
              up        it is up
              mtu 1400  its largest packet, in bytes

            Limits packets of link `br0` to 1400 bytes (its MTU); sets link `br0` up, so that it carries packets
            once its other end is up, too.

            > help nat forward tcp 8080 to 10.0.0.2:80
            nat forward tcp 8080 to 10.0.0.2:80:
              nat forward     send what asks for a port of this namespace to another host
              tcp             `tcp` or `udp`
              8080            the port that is asked for
              to 10.0.0.2:80  the host, and the port if it is another

            Sends TCP packets that come in, for an address of its own, not to 127.0.0.0/8, to port 8080, to
            10.0.0.2:80 instead.
            Sends TCP packets of this host, for an address of its own, not to 127.0.0.0/8, to port 8080, to
            10.0.0.2:80 instead.

        "#]]
        .assert_eq(&lines.map(told).concat());
    }

    #[test]
    fn lines_of_old_tools() {
        let lines = [
            "brctl addbr br0",
            "ifconfig eth0 10.0.0.1 netmask 255.255.255.0 up",
            "route add default gw 10.0.0.1",
            "brctl stp br0 on",
            "arp -s 10.0.0.2 02:00:00:00:00:01",
        ];
        expect![[r#"
            > help brctl addbr br0
            `brctl` is a tool of former times. The line of today, ready to be typed:

              ip link add br0 type bridge

            ip link add br0 type bridge:
              ip link add  make a link: a cable (veth) with both ends, a switch (bridge), or an overlay (vxlan)
              br0          its name
              type bridge  what it is, and what that takes

            Makes a bridge, which is a switch: `br0` here, without ports; it is down until it is set up.

            > help ifconfig eth0 10.0.0.1 netmask 255.255.255.0 up
            `ifconfig` is a tool of former times. The lines of today, ready to be typed:

              ip addr add 10.0.0.1/24 broadcast + dev eth0
              ip link set eth0 up

            `ifconfig` puts the address in the place of the first one; this adds one.

            ip addr add 10.0.0.1/24 broadcast + dev eth0:
              ip addr add  give a link an address, and with it the route to its prefix
              10.0.0.1/24  the address
              broadcast +  the broadcast address, `+` for the last of the prefix
              dev eth0     the link

            Gives link `eth0` the address 10.0.0.1; 10.0.0.0/24 is reached directly through it once it is up.

            ip link set eth0 up:
              ip link set  change a link: up, down, its name, MTU, address, master or namespace, several at once
              eth0         its name
              up           it is up

            Sets link `eth0` up, so that it carries packets once its other end is up, too.

            > help route add default gw 10.0.0.1
            `route` is a tool of former times. The line of today, ready to be typed:

              ip route add default via 10.0.0.1

            ip route add default via 10.0.0.1:
              ip route add  add a route; refused when there is one like it
              default       where it leads
              via 10.0.0.1  the next router

            Sends packets that no other route leads anywhere (the default route) to the router 10.0.0.1.

            > help brctl stp br0 on
            `brctl` is a tool of former times. The line of today, ready to be typed:

              ip link set br0 type bridge stp_state 1

            ip link set br0 type bridge stp_state 1:
              ip link set  change a link: up, down, its name, MTU, address, master or namespace, several at once
              br0          its name
              type bridge  settings of its kind
              stp_state 1  whether the bridge looks for loops and opens them (STP): 1 or 0

            `nns` cannot do this itself yet; `exec` in front runs the program.

            > help arp -s 10.0.0.2 02:00:00:00:00:01
            `arp` is a tool of former times. The line of today, ready to be typed:

              ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:01 dev LINK

            `arp` looks for the link that leads there; `ip` wants to be told.

            ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:01 dev LINK:
              ip neigh replace          say at which hardware address a neighbour is, whatever was known
              10.0.0.2                  an address
              lladdr 02:00:00:00:00:01  its hardware address
              dev LINK                  the link

            `nns` cannot do this itself yet; `exec` in front runs the program.

        "#]]
        .assert_eq(&lines.map(told).concat());
    }

    #[test]
    fn changes_in_a_sentence() {
        let lines = [
            "netns add red blue",
            "netns del red",
            "netns attach red 4711",
            "link add br0 up type bridge",
            "link add vx0 mtu 1400 type vxlan id 42 remote 10.0.0.2 dev eth0 dstport 4789",
            "link del veth0",
            "link set a master br0 up name b address 02:00:00:00:00:01",
            "link set a nomaster down",
            "addr add 10.0.0.1/32 dev lo",
            "addr add 10.0.0.1 peer 10.0.0.2 dev a",
            "addr del 10.0.0.1/24 dev a",
            "route add 10.1.0.0/16 via 10.0.0.1 dev a metric 5 table 7 src 10.0.0.9",
            "route add blackhole 10.1.0.0/16",
            "route add 10.1.0.0/16 dev a",
            "route del default",
            "rule add from 10.0.0.0/24 fwmark 1 table 7",
            "rule add not to 10.0.0.0/24 prohibit",
            "rule del from 10.0.0.0/24",
            "sysctl -w net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=2",
            "forwarding off ipv6",
            "firewall policy forward drop",
            "firewall accept forward state established,related in a out b",
            "firewall drop input from 10.0.0.1 tcp dport 22",
            "firewall del 3",
            "nat masquerade 10.0.0.0/24",
            "nat snat 10.0.0.0/24 to 203.0.113.7 out eth0",
            "nat redirect tcp 80 to 8080",
            "iptables -N LOGS",
            "iptables -I FORWARD 2 -p icmp -j REJECT",
            "iptables -A FORWARD -j LOGS",
            "iptables -D INPUT 3",
            "iptables -F",
            "iptables -P FORWARD DROP",
            "wire red:a 10.0.0.1/24 -- blue:b 10.0.0.2/24",
        ];
        let told = lines.map(|line| {
            let explained = explain(line).unwrap_or_else(|| panic!("{line}"));
            let statement = &explained.steps[0].statements[0];
            let Outcome::Act(act) = &statement.outcome else { panic!("{line}") };
            let done = super::sentences(act, &statement.ns);
            format!("> {line}\n  {}\n", done.join("\n  "))
        });
        expect![[r#"
            > netns add red blue
              Makes a network namespace `red`, with nothing in it but a loopback device, which is down.
              Makes a network namespace `blue`, with nothing in it but a loopback device, which is down.
            > netns del red
              Takes the name `red` away; the namespace goes with it unless a process holds it, and so do the cables that end in it.
            > netns attach red 4711
              Gives the namespace of process 4711 the name `red`.
            > link add br0 up type bridge
              Makes a bridge, which is a switch: `br0` here, without ports; it is up.
            > link add vx0 mtu 1400 type vxlan id 42 remote 10.0.0.2 dev eth0 dstport 4789
              Makes an overlay (a vxlan) `vx0`: network 42, carried in UDP port 4789 to 10.0.0.2 through `eth0`; its largest packet has 1400 bytes; it is down until it is set up.
            > link del veth0
              Takes link `veth0` away, with its addresses and the routes through it, and of a cable the other end, too.
            > link set a master br0 up name b address 02:00:00:00:00:01
              Gives link `a` the hardware address 02:00:00:00:00:01; calls link `a` `b` from now on; sets link `a` up, so that it carries packets once its other end is up, too; plugs link `a` into `br0`, as a port of it.
            > link set a nomaster down
              Sets link `a` down: it carries nothing, and routes through it go; unplugs link `a` from the bridge that it is a port of.
            > addr add 10.0.0.1/32 dev lo
              Gives link `lo` the address 10.0.0.1; no other address is reached directly by it.
            > addr add 10.0.0.1 peer 10.0.0.2 dev a
              Gives link `a` the address 10.0.0.1; 10.0.0.2 is at the other end of it.
            > addr del 10.0.0.1/24 dev a
              Takes the address 10.0.0.1/24 of link `a` away.
            > route add 10.1.0.0/16 via 10.0.0.1 dev a metric 5 table 7 src 10.0.0.9
              Sends packets for 10.1.0.0/16 to the router 10.0.0.1, through link `a`, with the sender 10.0.0.9, unless there is one of a metric below 5, in table 7.
            > route add blackhole 10.1.0.0/16
              Drops packets for 10.1.0.0/16, silently.
            > route add 10.1.0.0/16 dev a
              Sends packets for 10.1.0.0/16 directly to where they go, through link `a`.
            > route del default
              Forgets where packets that no other route leads anywhere (the default route) go.
            > rule add from 10.0.0.0/24 fwmark 1 table 7
              Looks in table 7 for the way of packets from 10.0.0.0/24 with mark 0x1.
            > rule add not to 10.0.0.0/24 prohibit
              Drops all packets but those to 10.0.0.0/24, and tells their sender.
            > rule del from 10.0.0.0/24
              Takes the policy rule for packets from 10.0.0.0/24 away.
            > sysctl -w net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=2
              Passes IPv4 packets for others on, as a router does.
              Sets the kernel's `net.ipv4.conf.all.rp_filter` to `2`.
            > forwarding off ipv6
              Drops IPv6 packets for others, as a host does.
            > firewall policy forward drop
              Drops packets that are passed on that no rule decides about.
            > firewall accept forward state established,related in a out b
              Accepts packets that are passed on, coming in through `a`, leaving through `b`, of conversations that are established or related.
            > firewall drop input from 10.0.0.1 tcp dport 22
              Drops TCP packets for this host, from 10.0.0.1, to port 22, silently.
            > firewall del 3
              Takes rule 3 of `firewall show` away.
            > nat masquerade 10.0.0.0/24
              Hides the senders of packets that go out, from 10.0.0.0/24, not to 10.0.0.0/24, behind the address of the link they leave through (masquerade).
            > nat snat 10.0.0.0/24 to 203.0.113.7 out eth0
              Puts 203.0.113.7 in the place of the senders of packets that go out, from 10.0.0.0/24, leaving through `eth0`.
            > nat redirect tcp 80 to 8080
              Sends TCP packets that come in, to port 80, to this host itself, port 8080.
            > iptables -N LOGS
              Makes a chain `LOGS` of table `filter`.
            > iptables -I FORWARD 2 -p icmp -j REJECT
              Rejects ICMP packets that are passed on, and tells their sender, as rule 2.
            > iptables -A FORWARD -j LOGS
              Asks chain `LOGS` about packets that are passed on.
            > iptables -D INPUT 3
              Takes rule 3 of chain `INPUT` of table `filter` away.
            > iptables -F
              Takes all rules of table `filter` away.
            > iptables -P FORWARD DROP
              Drops packets that are passed on that no rule decides about.
            > wire red:a 10.0.0.1/24 -- blue:b 10.0.0.2/24
              Makes a cable (a veth pair): `a` in namespace `red` and `b` in namespace `blue`; it is down until it is set up.
              In namespace `red`: gives link `a` the address 10.0.0.1; 10.0.0.0/24 is reached directly through it once it is up.
              In namespace `blue`: gives link `b` the address 10.0.0.2; 10.0.0.0/24 is reached directly through it once it is up.
              In namespace `red`: sets link `a` up, so that it carries packets once its other end is up, too.
              In namespace `blue`: sets link `b` up, so that it carries packets once its other end is up, too.
        "#]].assert_eq(&told.concat());
    }
}
