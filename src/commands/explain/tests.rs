use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::commands::table::SPECS;

#[test]
fn every_example_is_understood() {
    for example in SPECS.iter().flat_map(|spec| spec.examples).filter(|example| !example.contains(['\'', '"', '{'])) {
        let explained = explain(example).unwrap_or_else(|| panic!("{example}"));
        let step = &explained.steps[0];
        let statement = &step.statements[0];
        assert!(!statement.parts.is_empty(), "{example}");
        if step.tool.is_none() {
            // Every word is said something of.
            let told: usize = statement.parts.iter().map(|(words, _)| words.split(' ').count()).sum();
            assert!(told >= example.split(' ').filter(|word| *word != "!").count(), "{example}: {statement:?}");
        }
    }
}

#[test]
fn what_is_no_line_is_not_explained() {
    for line in ["", "frobnicate", "link ad", "brctl", "brctl frob x", "ip frob"] {
        assert_eq!(explain(line), None, "{line}");
    }
}

/// The rows of a line, and what `nns` makes of it.
fn told(line: &str) -> String {
    let explained = explain(line).unwrap_or_else(|| panic!("{line}"));
    let mut text = format!("> {line}\n");
    for step in explained.steps {
        for statement in step.statements {
            text += &format!("{:?} {}\n", step.follows, statement.line);
            for (words, what) in statement.parts {
                text += &format!("  {words}: {what}\n");
            }
            text += &match statement.outcome {
                Outcome::Act(Act::Change(ops)) => format!("  = {}\n", ops[0]),
                Outcome::Act(_) => String::new(),
                outcome => format!("  = {outcome:?}\n"),
            };
        }
    }
    text
}

#[test]
fn what_stands_around_a_statement() {
    let lines = [
        "$ sudo ip link add br0 type bridge && ip link set br0 up",
        "# ip netns del red 2>/dev/null || true",
        "in red { ip a; ip -n blue link set lo up }",
        "echo -n 1 > /proc/sys/net/ipv4/ip_forward",
        "echo 1 | sudo tee /proc/sys/net/ipv4/ip_forward",
        "in red ip r | grep default >> file",
        "for i in [1 2] { ip netns add ns$i }",
        "if ok { true } { echo yes } else { frobnicate -x }",
        "ip netns exec red bash -c \"ip a; ip r\"",
        "exec tcpdump -ni eth0",
        "cat /proc/sys/net/ipv4/ip_forward",
    ];
    expect![[r#"
        > $ sudo ip link add br0 type bridge && ip link set br0 up
        Next ip link add br0 type bridge
          ip link add: make a link: a cable (veth) with both ends, a switch (bridge), or an overlay (vxlan)
          br0: its name
          type bridge: what it is, and what that takes
          = ip link add name br0 type bridge
        IfDone ip link set br0 up
          ip link set: change a link: up, down, its name, MTU, address, master or namespace, several at once
          br0: its name
          up: it is up
          = ip link set dev br0 up
        > # ip netns del red 2>/dev/null || true
        Next ip netns del red 2>/dev/null
          ip netns del: take the names of namespaces away, and the namespaces with them
          red: its name
          2>/dev/null: what it complains about is dropped
          = ip netns del red
        IfFailed true
          true: do nothing, and succeed
        > in red { ip a; ip -n blue link set lo up }
        Next ip a
          in red: in that namespace
          ip a: list links and their addresses
        Next ip -n blue link set lo up
          in red: in that namespace
          ip -n blue link set: change a link: up, down, its name, MTU, address, master or namespace, several at once
          lo: its name
          up: it is up
          = ip -n blue link set dev lo up
        > echo -n 1 > /proc/sys/net/ipv4/ip_forward
        Next echo -n 1 > /proc/sys/net/ipv4/ip_forward
          echo: print a line, or write it to the file of a kernel setting
          -n: without the newline; `nns` prints lines all the same
          1: what is printed, a blank between two words
          > /proc/sys/net/ipv4/ip_forward: its output becomes the kernel's setting `net.ipv4.ip_forward`
          = sysctl -qw net.ipv4.ip_forward=1
        > echo 1 | sudo tee /proc/sys/net/ipv4/ip_forward
        Next echo 1
          echo: print a line, or write it to the file of a kernel setting
          1: what is printed, a blank between two words
        Piped tee /proc/sys/net/ipv4/ip_forward
          tee: write what comes in to files, and print it
          /proc/sys/net/ipv4/ip_forward: the kernel's setting `net.ipv4.ip_forward`
          = sysctl -qw net.ipv4.ip_forward=1
        > in red ip r | grep default >> file
        Next ip r
          in red: in that namespace
          ip r: list routes
        Piped grep default >> file
          in red: in that namespace
          grep: print the lines that fit a pattern
          default: its arguments
          >> file: its output goes behind what is in that file
          = Program
        > for i in [1 2] { ip netns add ns$i }
        Next for i in [1 2]
          for i in [1 2]: do the same for each of `[red blue]` or `1..4`; the number counts from 1
          = Open
        Inside ip netns add ns$i
          ip netns add: make namespaces, with nothing in them but a loopback device that is down
          ns$i: its name, under /run/netns
          = ip netns add 'ns$i'
        > if ok { true } { echo yes } else { frobnicate -x }
        Next if ok
          if ok: choose by a comparison, `exists link NAME` or `ok { STATEMENT }`, with `and`, `or` and `not`
          = Open
        Inside echo yes
          echo: print a line, or write it to the file of a kernel setting
          yes: what is printed, a blank between two words
        IfFailed frobnicate -x
          frobnicate -x: a program that `nns` knows nothing of
          = Open
        > ip netns exec red bash -c "ip a; ip r"
        Next ip netns exec red bash -c "ip a; ip r"
          ip netns exec red: in that namespace
          bash: a shell, or a script for it
          -c "ip a; ip r": its arguments
          = Program
        > exec tcpdump -ni eth0
        Next exec tcpdump -ni eth0
          exec: run a program, and wait for it
          tcpdump: print packets as they pass a link
          -ni eth0: its arguments
          = Program
        > cat /proc/sys/net/ipv4/ip_forward
        Next cat /proc/sys/net/ipv4/ip_forward
          cat: print files
          /proc/sys/net/ipv4/ip_forward: the kernel's setting `net.ipv4.ip_forward`
          = Program
    "#]]
    .assert_eq(&lines.map(told).concat());
}

#[test]
fn what_nns_does_not_do() {
    let lines = [
        "ip -n red a f dev eth0",
        "ip link set eth0 promisc on up",
        "ip link add link eth0 name eth0.10 type vlan id 10",
        "ip link add br0 type bridge stp_state 1",
        "ip route add 10.0.0.0/24 nexthop via 10.0.0.1 dev a nexthop via 10.0.0.2 dev b",
        "iptables -A INPUT -m limit --limit 5/s -j LOG",
        "tc qdisc add dev eth0 root netem delay 10ms",
        "bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.2",
        "/usr/sbin/tcpdump -i eth0",
    ];
    expect![[r#"
        > ip -n red a f dev eth0
        Next ip -n red a f dev eth0
          ip -n red a f: take addresses away, all that fit
          dev eth0: the link
          = NotYet
        > ip link set eth0 promisc on up
        Next ip link set eth0 promisc on up
          ip link set: change a link: up, down, its name, MTU, address, master or namespace, several at once
          eth0: its name
          promisc on: whether it takes all packets
          up: it is up
          = NotYet
        > ip link add link eth0 name eth0.10 type vlan id 10
        Next ip link add link eth0 name eth0.10 type vlan id 10
          ip link add: make a link: a cable (veth) with both ends, a switch (bridge), or an overlay (vxlan)
          link eth0: the link that it is made on
          name eth0.10: its name, or its new name
          type vlan: one VLAN of another link: packets with that number on them
          id 10: its number
          = NotYet
        > ip link add br0 type bridge stp_state 1
        Next ip link add br0 type bridge stp_state 1
          ip link add: make a link: a cable (veth) with both ends, a switch (bridge), or an overlay (vxlan)
          br0: its name
          type bridge: what it is, and what that takes
          stp_state 1: whether the bridge looks for loops and opens them (STP): 1 or 0
          = NotYet
        > ip route add 10.0.0.0/24 nexthop via 10.0.0.1 dev a nexthop via 10.0.0.2 dev b
        Next ip route add 10.0.0.0/24 nexthop via 10.0.0.1 dev a nexthop via 10.0.0.2 dev b
          ip route add: add a route; refused when there is one like it
          10.0.0.0/24: where it leads
          nexthop: one of several next routers
          via 10.0.0.1: the next router
          dev a: the link
          nexthop: one of several next routers
          via 10.0.0.2: the next router
          dev b: the link
          = NotYet
        > iptables -A INPUT -m limit --limit 5/s -j LOG
        Next iptables -A INPUT -m limit --limit 5/s -j LOG
          iptables: list and change the rules for IPv4 that `iptables` shows
          -A INPUT: a chain
          -m limit: only so many packets in so much time
          --limit 5/s: how many in how much time
          -j LOG: the kernel's log tells of packets that fit
          = NotYet
        > tc qdisc add dev eth0 root netem delay 10ms
        Next tc qdisc add dev eth0 root netem delay 10ms
          tc qdisc add: give a link a queue: delays, losses, rates
          dev eth0: the link
          root: all that leaves through the link
          netem: a queue that delays, loses or changes packets
          delay 10ms: how late packets leave
          = NotYet
        > bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.2
        Next bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.2
          bridge fdb append: say of one more address where a hardware address is behind an overlay
          00:00:00:00:00:00: its arguments
          dev vx0: the link
          dst 10.0.0.2: the address there
          = NotYet
        > /usr/sbin/tcpdump -i eth0
        Next /usr/sbin/tcpdump -i eth0
          /usr/sbin/tcpdump: print packets as they pass a link
          -i eth0: its arguments
          = Program
    "#]]
    .assert_eq(&lines.map(told).concat());
}

#[test]
fn what_is_wrong_is_told_with_the_rest() {
    let lines = [
        "ip addr add <ADDRESS> dev eth0",
        "ip addr add $ADDRESS dev eth0",
        "ip link set eth0 upp",
        "echo 1 >",
        "for i in 1 2; do echo $i; done",
    ];
    expect![[r#"
        > ip addr add <ADDRESS> dev eth0
        Next ip addr add <ADDRESS> dev eth0
          ip addr add: give a link an address, and with it the route to its prefix
          <ADDRESS>: the address
          dev eth0: the link
          = Refused("`<ADDRESS>` is no IP address")
        > ip addr add $ADDRESS dev eth0
        Next ip addr add $ADDRESS dev eth0
          ip addr add: give a link an address, and with it the route to its prefix
          $ADDRESS: the address
          dev eth0: the link
          = Open
        > ip link set eth0 upp
        Next ip link set eth0 upp
          ip link set: change a link: up, down, its name, MTU, address, master or namespace, several at once
          eth0: its name
          upp: `nns` does not know this
          = Refused("`ip link set` has no `upp` (did you mean `up`?)")
        > echo 1 >
        Next echo 1 >
          echo: print a line, or write it to the file of a kernel setting
          1 >: what is printed, a blank between two words
          = Refused("`>` needs a file (write `> FILE`)")
        > for i in 1 2; do echo $i; done
        Next for i in 1 2; do echo $i; done
          = Refused("`for` needs a name, a list or a range, and a block (write `for i in [1 2] { … }`)")
    "#]]
    .assert_eq(&lines.map(told).concat());
}

/// Lines of words that mean something somewhere, in any order, with what a shell knows between them.
fn line() -> impl Strategy<Value = String> {
    let words = SPECS.iter().flat_map(|spec| spec.examples).flat_map(|example| example.split(' '));
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    let others = "ip bridge fdb tc qdisc tcpdump vlan nexthop peer type -j LOG -m limit -n && || | > 2>&1 { } ; $x [ ] in \
                  for if else def let sudo $ # ' \" \\ brctl ifconfig tee /proc/sys/net/ipv4/ip_forward ü";
    words.extend(others.split_whitespace().map(str::to_owned));
    prop::collection::vec(prop::sample::select(words), 0..12).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_said_is_said_of_words_of_the_line(line in line()) {
        for step in explain(&line).into_iter().flat_map(|explained| explained.steps) {
            for (words, what) in step.statements.iter().flat_map(|statement| &statement.parts) {
                prop_assert!(!what.is_empty(), "{line}: {words}");
                let is_there = words.split_whitespace().all(|word| line.contains(word));
                prop_assert!(is_there || step.tool.is_some(), "{line}: {words}");
            }
        }
    }
}
