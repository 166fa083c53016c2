//! `iptables` and `ip6tables`: the lines of tutorials, and what packets make of them.

use crate::{Case, lab::Lab};

/// All tests.
pub const ALL: &[Case] = &[
    ("iptables_masquerade", masquerade),
    ("iptables_snat", snat),
    ("iptables_dnat", dnat),
    ("iptables_redirect", redirect),
    ("iptables_policies", policies),
    ("iptables_a_router_that_lets_one_side_begin", one_side),
    ("iptables_conditions", conditions),
    ("iptables_conditions_turned_round", conditions_turned_round),
    ("iptables_states", states),
    ("iptables_rejections", rejections),
    ("iptables_chains_of_ones_own", own_chains),
    ("iptables_order_of_rules", order),
    ("iptables_beside_native_rules", beside_native),
    ("iptables_of_ipv6_filters", ipv6_filter),
    ("iptables_of_ipv6_translates", ipv6_nat),
];

type Sent = (&'static str, &'static str);

const RED_OUT: Sent = ("udp red -> 203.0.113.9:53", "out:53 hears 192.168.15.1");
const BLUE_OUT: Sent = ("udp blue -> 203.0.113.9:53", "out:53 hears 192.168.15.129");
const RED_BLUE: Sent = ("udp red -> 192.168.15.129:53", "blue:53 hears 192.168.15.1");
const OUT_RED: Sent = ("udp out -> 192.168.15.1:53", "red:53 hears 203.0.113.9");
const TCP_RED_OUT: Sent = ("tcp red -> 203.0.113.9:80", "out:80 hears 192.168.15.1");
const TCP_OUT_RED: Sent = ("tcp out -> 192.168.15.1:80", "red:80 hears 203.0.113.9");
const OUT_HOST: Sent = ("udp out -> 203.0.113.1:53", "host:53 hears 203.0.113.9");
const HOST_OUT: Sent = ("udp host -> 203.0.113.9:53", "out:53 hears 203.0.113.1");
const PING_RED_OUT: Sent = ("ping red -> 203.0.113.9", "answered");
const RED_OUT6: Sent = ("udp red -> [fd00:99::9]:53", "out:53 hears fd00:15:0:1::1");
const BLUE_OUT6: Sent = ("udp blue -> [fd00:99::9]:53", "out:53 hears fd00:15:0:2::1");

fn masquerade() {
    let mut lab = Lab::router();
    lab.all(&[RED_OUT, RED_BLUE]);
    lab.run("iptables -t nat -A POSTROUTING -s 192.168.15.0/25 -j MASQUERADE");
    lab.all(&[
        (RED_OUT.0, "out:53 hears 203.0.113.1"),
        (TCP_RED_OUT.0, "out:80 hears 203.0.113.1"),
        (RED_BLUE.0, "blue:53 hears 192.168.15.254"),
        BLUE_OUT,
        OUT_RED,
        RED_OUT6,
    ]);
    lab.run("iptables -t nat -D POSTROUTING -s 192.168.15.0/25 -j MASQUERADE");
    lab.all(&[RED_OUT, RED_BLUE]);
    lab.run("iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -o eth0 -j MASQUERADE");
    lab.all(&[(RED_OUT.0, "out:53 hears 203.0.113.1"), (BLUE_OUT.0, "out:53 hears 203.0.113.1"), RED_BLUE]);
    lab.run("iptables -t nat -F");
    lab.all(&[RED_OUT, BLUE_OUT]);
    lab.run("iptables -t nat -A POSTROUTING ! -s 192.168.15.0/25 -o eth+ -p udp -j MASQUERADE --to-ports 1024-2047");
    lab.sees(RED_OUT.0, RED_OUT.1);
    lab.sees("tcp blue -> 203.0.113.9:80", "out:80 hears 192.168.15.129");
    lab.sees("udp blue:1500 -> 203.0.113.9:53", "out:53 hears 203.0.113.1");
    lab.run("iptables -t nat -F POSTROUTING");
    lab.all(&[BLUE_OUT]);
}

fn snat() {
    let mut lab = Lab::router();
    lab.run("addr add 203.0.113.7/32 dev eth0");
    lab.run("iptables -t nat -A POSTROUTING -s 192.168.15.1 -o eth0 -j SNAT --to-source 203.0.113.7");
    lab.all(&[
        (RED_OUT.0, "out:53 hears 203.0.113.7"),
        (TCP_RED_OUT.0, "out:80 hears 203.0.113.7"),
        BLUE_OUT,
        RED_BLUE,
    ]);
    lab.run("iptables -t nat -D POSTROUTING 1");
    lab.all(&[RED_OUT]);
    lab.run("iptables -t nat -A POSTROUTING -p udp -s 192.168.15.1 -j SNAT --to-source 203.0.113.7:2024");
    lab.all(&[(RED_OUT.0, "out:53 hears 203.0.113.7 port 2024"), TCP_RED_OUT]);
    lab.run("iptables -t nat -F");
    lab.all(&[RED_OUT]);
}

fn dnat() {
    let mut lab = Lab::router();
    let (asked, untouched) = ("tcp out -> 203.0.113.1:8080", "host:8080 hears 203.0.113.9");
    let itself = ("tcp host -> 203.0.113.1:8080", "host:8080 hears 203.0.113.1");
    lab.all(&[(asked, untouched)]);
    lab.run("iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 192.168.15.1:80");
    lab.all(&[
        (asked, "red:80 hears 203.0.113.9"),
        // Whoever it was for, and through whichever link.
        ("tcp blue -> 203.0.113.9:8080", "red:80 hears 192.168.15.129"),
        ("udp out -> 203.0.113.1:8080", "host:8080 hears 203.0.113.9"),
        ("tcp out -> 203.0.113.1:443", "host:443 hears 203.0.113.9"),
        // What the host sends itself passes another chain.
        itself,
    ]);
    lab.run("iptables -t nat -A OUTPUT -p tcp -d 203.0.113.1 --dport 8080 -j DNAT --to-destination 192.168.15.1:80");
    lab.sees(itself.0, "red:80 hears 203.0.113.1");
    lab.run("iptables -t nat -D PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 192.168.15.1:80");
    lab.all(&[(asked, untouched), (itself.0, "red:80 hears 203.0.113.1")]);
    lab.run("iptables -t nat -F; iptables -t nat -A PREROUTING -i eth0 -p udp --dport 50:60 -j DNAT --to 192.168.15.1");
    lab.all(&[
        itself,
        (OUT_HOST.0, "red:53 hears 203.0.113.9"),
        ("udp blue -> 192.168.15.254:53", "host:53 hears 192.168.15.129"),
        ("udp out -> 203.0.113.1:80", "host:80 hears 203.0.113.9"),
    ]);
    lab.run("iptables -t nat -F PREROUTING");
    lab.all(&[OUT_HOST]);
}

fn redirect() {
    let mut lab = Lab::router();
    lab.run("iptables -t nat -A PREROUTING -i veth-red -p tcp --dport 80 -j REDIRECT --to-ports 8080");
    lab.all(&[
        (TCP_RED_OUT.0, "host:8080 hears 192.168.15.1"),
        ("tcp blue -> 203.0.113.9:80", "out:80 hears 192.168.15.129"),
        ("udp red -> 203.0.113.9:80", "out:80 hears 192.168.15.1"),
    ]);
    lab.run("iptables -t nat -F; iptables -t nat -A PREROUTING -i veth-red -p udp -j REDIRECT");
    lab.all(&[TCP_RED_OUT, (RED_OUT.0, "host:53 hears 192.168.15.1")]);
    lab.run("iptables -t nat -F");
    lab.all(&[RED_OUT]);
}

fn policies() {
    let mut lab = Lab::router();
    lab.run("iptables -P FORWARD DROP");
    lab.all(&[(RED_OUT.0, "silence"), (TCP_RED_OUT.0, "silence"), RED_OUT6, OUT_HOST, HOST_OUT]);
    lab.run("iptables -P FORWARD ACCEPT; iptables -P INPUT DROP");
    lab.all(&[RED_OUT, (OUT_HOST.0, "silence"), (HOST_OUT.0, "out:53 hears 203.0.113.1, the answer is lost")]);
    lab.run("iptables -P INPUT ACCEPT; iptables -P OUTPUT DROP");
    lab.all(&[RED_OUT, (OUT_HOST.0, "host:53 hears 203.0.113.9, the answer is lost"), (HOST_OUT.0, "not sent")]);
    lab.run("iptables -P OUTPUT ACCEPT");
    lab.all(&[RED_OUT, OUT_HOST, HOST_OUT]);
    // A policy stays when the rules go.
    lab.run("iptables -P FORWARD DROP; iptables -F");
    lab.sees(RED_OUT.0, "silence");
}

fn one_side() {
    let mut lab = Lab::router();
    lab.run("iptables -P FORWARD DROP; iptables -A FORWARD -i veth-red -o eth0 -j ACCEPT");
    lab.all(&[
        (RED_OUT.0, "out:53 hears 192.168.15.1, the answer is lost"),
        (BLUE_OUT.0, "silence"),
        (RED_BLUE.0, "silence"),
        (OUT_RED.0, "silence"),
    ]);
    lab.run("iptables -A FORWARD -i eth0 -o veth-red -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
    lab.all(&[
        RED_OUT,
        TCP_RED_OUT,
        PING_RED_OUT,
        ("udp red -> 203.0.113.9:7", "refused"),
        (BLUE_OUT.0, "silence"),
        (OUT_RED.0, "silence"),
    ]);
    lab.run("iptables -D FORWARD -i veth-red -o eth0 -j ACCEPT");
    lab.sees(RED_OUT.0, "silence");
    lab.run("iptables -F FORWARD; iptables -P FORWARD ACCEPT");
    lab.all(&[RED_OUT, BLUE_OUT, RED_BLUE, OUT_RED]);
}

/// A condition with the packet that meets it, and one that does not.
fn each_drops(lab: &mut Lab, program: &str, rows: &[(&str, Sent, Sent)]) {
    for (rule, meets, other) in rows {
        lab.all(&[*meets, *other]);
        lab.run(&format!("{program} -A {rule} -j DROP"));
        let noticed = if rule.starts_with("OUTPUT") && !meets.0.starts_with("tcp") { "not sent" } else { "silence" };
        lab.all(&[(meets.0, noticed), *other]);
        lab.run(&format!("{program} -D {rule} -j DROP"));
        lab.all(&[*meets, *other]);
    }
}

fn conditions() {
    let mut lab = Lab::router();
    let to_443 = ("tcp red -> 203.0.113.9:443", "out:443 hears 192.168.15.1");
    let from_range = ("udp red:2000-2999 -> 203.0.113.9:53", RED_OUT.1);
    let rows: &[(&str, Sent, Sent)] = &[
        ("FORWARD -s 192.168.15.1", RED_OUT, BLUE_OUT),
        ("FORWARD -d 192.168.15.128/25", RED_BLUE, RED_OUT),
        ("FORWARD -d 192.168.15.1 -p tcp", TCP_OUT_RED, OUT_RED),
        ("FORWARD -i veth-red", RED_OUT, BLUE_OUT),
        ("FORWARD -o eth0", RED_OUT, RED_BLUE),
        ("FORWARD -o eth+", RED_OUT, RED_BLUE),
        ("FORWARD -i veth-r+", RED_OUT, BLUE_OUT),
        ("FORWARD -p tcp", TCP_RED_OUT, RED_OUT),
        ("FORWARD -p udp", RED_OUT, TCP_RED_OUT),
        ("FORWARD -p icmp", PING_RED_OUT, RED_OUT),
        ("FORWARD -p icmp --icmp-type echo-request", PING_RED_OUT, ("udp red -> 203.0.113.9:7", "refused")),
        ("FORWARD -p icmp --icmp-type 0", PING_RED_OUT, ("udp red -> 203.0.113.9:7", "refused")),
        ("FORWARD -p tcp --dport 80", TCP_RED_OUT, to_443),
        ("FORWARD -p tcp --dport 79:81", TCP_RED_OUT, to_443),
        ("FORWARD -p tcp -m tcp --dport :100", TCP_RED_OUT, to_443),
        ("FORWARD -p udp --sport 2000:2999", from_range, RED_OUT),
        (
            "FORWARD -p udp --sport 2000:2999 --dport 53",
            from_range,
            ("udp red:2000-2999 -> 203.0.113.9:80", "out:80 hears 192.168.15.1"),
        ),
        (
            "INPUT -i eth0 -s 203.0.113.0/24",
            OUT_HOST,
            ("udp red -> 203.0.113.1:53", "host:53 hears 192.168.15.1, the answer is lost"),
        ),
        ("OUTPUT -o eth0 -d 203.0.113.9 -p udp", HOST_OUT, ("tcp host -> 203.0.113.9:80", "out:80 hears 203.0.113.1")),
        ("FORWARD -p udp -m comment --comment remark", RED_OUT, TCP_RED_OUT),
    ];
    each_drops(&mut lab, "iptables", rows);
    // Several addresses are several rules.
    lab.run("iptables -A FORWARD -s 192.168.15.1,192.168.15.129 -j DROP");
    lab.all(&[(RED_OUT.0, "silence"), (BLUE_OUT.0, "silence")]);
    lab.run("iptables -D FORWARD 1");
    lab.all(&[RED_OUT, (BLUE_OUT.0, "silence")]);
}

fn conditions_turned_round() {
    let mut lab = Lab::router();
    let rows: &[(&str, Sent, Sent)] = &[
        ("FORWARD -i veth+ ! -s 192.168.15.0/25", BLUE_OUT, RED_OUT),
        (
            "FORWARD -i veth+ ! -d 203.0.113.0/24",
            RED_BLUE,
            ("tcp blue -> 203.0.113.9:80", "out:80 hears 192.168.15.129"),
        ),
        ("FORWARD -s 192.168.15.0/24 ! -i veth-red", BLUE_OUT, RED_OUT),
        ("FORWARD -s 192.168.15.0/24 ! -o eth0", RED_BLUE, RED_OUT),
        ("FORWARD ! -p udp", TCP_RED_OUT, RED_OUT),
        (
            "FORWARD -i veth-red -p tcp ! --dport 80",
            ("tcp red -> 203.0.113.9:443", "out:443 hears 192.168.15.1"),
            TCP_RED_OUT,
        ),
        ("FORWARD -i veth-red -p udp ! --sport 1:39999", RED_OUT, ("udp red:2000-2999 -> 203.0.113.9:53", RED_OUT.1)),
    ];
    each_drops(&mut lab, "iptables", rows);
}

fn states() {
    let mut lab = Lab::router();
    let to_nobody = "udp red -> 203.0.113.9:7";
    for states in ["-m conntrack --ctstate", "-m state --state"] {
        lab.run(&format!("iptables -A FORWARD -i eth0 {states} NEW -j DROP"));
        lab.all(&[RED_OUT, TCP_RED_OUT, (OUT_RED.0, "silence"), (TCP_OUT_RED.0, "silence")]);
        lab.run(&format!("iptables -F; iptables -A FORWARD -i eth0 {states} ESTABLISHED -j DROP"));
        lab.all(&[(RED_OUT.0, "out:53 hears 192.168.15.1, the answer is lost"), (to_nobody, "refused")]);
        lab.run(&format!("iptables -F; iptables -A FORWARD -i eth0 {states} RELATED -j DROP"));
        lab.all(&[RED_OUT, (to_nobody, "silence")]);
        lab.run("iptables -F");
        lab.all(&[RED_OUT, OUT_RED, (to_nobody, "refused")]);
    }
}

fn rejections() {
    let mut lab = Lab::router();
    lab.run("iptables -A FORWARD -i veth-red -j REJECT");
    lab.all(&[(RED_OUT.0, "refused"), (TCP_RED_OUT.0, "refused"), (PING_RED_OUT.0, "refused"), BLUE_OUT]);
    lab.run("iptables -F; iptables -A FORWARD -i veth-red -p tcp -j REJECT --reject-with tcp-reset");
    lab.all(&[(TCP_RED_OUT.0, "refused"), RED_OUT]);
    for (answer, told) in [
        ("icmp-port-unreachable", "refused"),
        ("icmp-net-unreachable", "no network"),
        ("icmp-host-unreachable", "no host"),
        ("icmp-admin-prohibited", "no host"),
    ] {
        lab.run(&format!("iptables -F; iptables -A FORWARD -i veth-red -j REJECT --reject-with {answer}"));
        lab.all(&[(TCP_RED_OUT.0, told), BLUE_OUT]);
    }
    lab.run("iptables -F; iptables -A INPUT -i eth0 -p udp --dport 53 -j REJECT");
    lab.all(&[(OUT_HOST.0, "refused"), ("udp out -> 203.0.113.1:80", "host:80 hears 203.0.113.9"), TCP_RED_OUT]);
    lab.run("iptables -F; iptables -A OUTPUT -p tcp --dport 80 -j REJECT");
    lab.all(&[("tcp host -> 203.0.113.9:80", "refused"), HOST_OUT]);
    lab.run("iptables -F");
    lab.all(&[RED_OUT, TCP_RED_OUT, OUT_HOST, ("tcp host -> 203.0.113.9:80", "out:80 hears 203.0.113.1")]);
}

fn own_chains() {
    let mut lab = Lab::router();
    let to_443 = ("tcp red -> 203.0.113.9:443", "out:443 hears 192.168.15.1");
    lab.run("iptables -N web; iptables -A web -s 192.168.15.1 -j RETURN; iptables -A web -j DROP");
    // Nothing leads there yet.
    lab.all(&[TCP_RED_OUT, BLUE_OUT]);
    lab.run("iptables -A FORWARD -i veth+ -j web; iptables -A FORWARD -p tcp --dport 80 -j REJECT");
    lab.all(&[
        // Red comes back from it, and meets the next rule.
        RED_OUT,
        (TCP_RED_OUT.0, "refused"),
        to_443,
        (BLUE_OUT.0, "silence"),
    ]);
    // Whoever was sent there for good does not come back.
    lab.run("iptables -R FORWARD 1 -i veth+ -g web");
    lab.all(&[TCP_RED_OUT, (BLUE_OUT.0, "silence")]);
    lab.run("iptables -F web");
    lab.all(&[TCP_RED_OUT, BLUE_OUT]);
    lab.run("iptables -A web -j DROP");
    lab.all(&[(TCP_RED_OUT.0, "silence"), (BLUE_OUT.0, "silence")]);
    lab.run("iptables -D FORWARD -i veth+ -g web; iptables -F web; iptables -X web");
    lab.all(&[(TCP_RED_OUT.0, "refused"), RED_OUT, BLUE_OUT]);
    // A chain that ends with RETURN at once leaves all to the policy.
    lab.run("iptables -F; iptables -A FORWARD -i veth-red -j RETURN; iptables -A FORWARD -i veth+ -j DROP");
    lab.all(&[RED_OUT, (BLUE_OUT.0, "silence")]);
    lab.run("iptables -F; iptables -X");
    lab.all(&[BLUE_OUT]);
}

fn order() {
    let mut lab = Lab::router();
    lab.run("iptables -A FORWARD -i veth+ -j DROP; iptables -A FORWARD -i veth-red -j ACCEPT");
    lab.sees(RED_OUT.0, "silence");
    lab.run("iptables -I FORWARD -i veth-red -j ACCEPT");
    lab.all(&[RED_OUT, (BLUE_OUT.0, "silence")]);
    lab.run("iptables -I FORWARD 1 -i veth-red -p udp -j DROP");
    lab.all(&[(RED_OUT.0, "silence"), TCP_RED_OUT]);
    lab.run("iptables -D FORWARD 1; iptables -I FORWARD 2 -i veth-blue -p udp -j ACCEPT");
    lab.all(&[RED_OUT, BLUE_OUT, ("tcp blue -> 203.0.113.9:80", "silence")]);
    lab.run("iptables -D FORWARD -i veth+ -j DROP");
    lab.sees("tcp blue -> 203.0.113.9:80", "out:80 hears 192.168.15.129");
}

/// What another table drops is dropped, whatever is accepted here.
fn beside_native() {
    let mut lab = Lab::router();
    lab.run("iptables -P FORWARD DROP; firewall accept forward");
    lab.sees(RED_OUT.0, "silence");
    lab.run("iptables -A FORWARD -i veth-red -j ACCEPT; iptables -A FORWARD -o veth-red -j ACCEPT");
    lab.all(&[RED_OUT, (BLUE_OUT.0, "silence")]);
    lab.run("firewall flush; firewall drop forward in veth-red");
    lab.sees(RED_OUT.0, "silence");
    // Each flushes its own.
    lab.run("iptables -F; iptables -P FORWARD ACCEPT");
    lab.all(&[(RED_OUT.0, "silence"), BLUE_OUT]);
    lab.run("iptables -A FORWARD -i veth-blue -j DROP; firewall flush");
    lab.all(&[RED_OUT, (BLUE_OUT.0, "silence")]);
    lab.run("iptables -t nat -A POSTROUTING -s 192.168.15.1 -j MASQUERADE; nat flush");
    lab.sees(RED_OUT.0, "out:53 hears 203.0.113.1");
}

fn ipv6_filter() {
    let mut lab = Lab::router();
    lab.run("ip6tables -P FORWARD DROP");
    lab.all(&[(RED_OUT6.0, "silence"), RED_OUT]);
    lab.run("ip6tables -A FORWARD -i veth-red -o eth0 -j ACCEPT");
    lab.sees(RED_OUT6.0, "out:53 hears fd00:15:0:1::1, the answer is lost");
    lab.run("ip6tables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT");
    lab.all(&[RED_OUT6, (BLUE_OUT6.0, "silence")]);
    lab.run("ip6tables -P FORWARD ACCEPT; ip6tables -F");
    let tcp = ("tcp red -> [fd00:99::9]:80", "out:80 hears fd00:15:0:1::1");
    let ping = ("ping red -> fd00:99::9", "answered");
    let to_host = ("udp out -> [fd00:99::1]:53", "host:53 hears fd00:99::9");
    let rows: &[(&str, Sent, Sent)] = &[
        ("FORWARD -s fd00:15:0:1::/64", RED_OUT6, BLUE_OUT6),
        ("FORWARD ! -s fd00:15:0:1::/64 -i veth+", BLUE_OUT6, RED_OUT6),
        ("FORWARD -p tcp --dport 80", tcp, RED_OUT6),
        ("FORWARD -p icmpv6", ping, RED_OUT6),
        ("FORWARD -p icmpv6 --icmpv6-type echo-request", ping, ("udp red -> [fd00:99::9]:7", "refused")),
        ("INPUT -p udp --dport 53", to_host, RED_OUT6),
    ];
    each_drops(&mut lab, "ip6tables", rows);
    lab.run("ip6tables -A FORWARD -i veth-red -j REJECT");
    lab.all(&[(RED_OUT6.0, "refused"), (tcp.0, "refused"), BLUE_OUT6, RED_OUT]);
    for (answer, told) in [
        ("icmp6-port-unreachable", "refused"),
        ("icmp6-no-route", "no network"),
        ("icmp6-addr-unreachable", "no host"),
        ("icmp6-adm-prohibited", "prohibited"),
    ] {
        lab.run(&format!("ip6tables -F; ip6tables -A FORWARD -i veth-red -j REJECT --reject-with {answer}"));
        lab.all(&[(tcp.0, told), BLUE_OUT6]);
    }
    lab.run("ip6tables -F; ip6tables -A FORWARD -i veth-red -p tcp -j REJECT --reject-with tcp-reset");
    lab.all(&[(tcp.0, "refused"), RED_OUT6]);
    lab.run("ip6tables -F");
    lab.all(&[tcp, RED_OUT6, BLUE_OUT6]);
}

fn ipv6_nat() {
    let mut lab = Lab::router();
    lab.run("ip6tables -t nat -A POSTROUTING -s fd00:15::/48 -o eth0 -j MASQUERADE");
    lab.run("ip6tables -t nat -A PREROUTING -i eth0 -p tcp --dport 8080 -j DNAT --to-destination [fd00:15:0:1::1]:80");
    let asked = "tcp out -> [fd00:99::1]:8080";
    lab.all(&[(RED_OUT6.0, "out:53 hears fd00:99::1"), RED_OUT, (asked, "red:80 hears fd00:99::9")]);
    lab.run("ip6tables -t nat -F");
    lab.all(&[RED_OUT6, (asked, "host:8080 hears fd00:99::9")]);
}
