//! `firewall`: which packets pass, which are refused, and which vanish.

use crate::{Case, lab::Lab};

/// All tests.
pub const ALL: &[Case] = &[
    ("firewall_forward_drop", || conditions("drop", FORWARD)),
    ("firewall_forward_reject", || conditions("reject", FORWARD)),
    ("firewall_forward_accept", || conditions("accept", FORWARD)),
    ("firewall_input_drop", || conditions("drop", INPUT)),
    ("firewall_input_reject", || conditions("reject", INPUT)),
    ("firewall_input_accept", || conditions("accept", INPUT)),
    ("firewall_output_drop", || conditions("drop", OUTPUT)),
    ("firewall_output_reject", || conditions("reject", OUTPUT)),
    ("firewall_output_accept", || conditions("accept", OUTPUT)),
    ("firewall_policy", policy),
    ("firewall_state_established", established),
    ("firewall_state_related", related),
    ("firewall_state_new", new),
    ("firewall_rules_in_order", in_order),
    ("firewall_rules_of_several_conditions", several_conditions),
    ("firewall_rules_without_conditions", without_conditions),
    ("firewall_of_a_namespace", of_a_namespace),
];

/// A rule without its verb; a packet that meets its conditions, and one that does not, each with what becomes of it
/// where nothing is forbidden.
struct Row(&'static str, (&'static str, &'static str), (&'static str, &'static str));

const FORWARD: &[Row] = &[
    Row("forward in veth-red", TCP_RED_OUT, TCP_BLUE_OUT),
    Row("forward in veth-r*", UDP_RED_OUT, UDP_BLUE_OUT),
    Row("forward out eth0", UDP_RED_OUT, ("udp red -> 192.168.15.129:53", "blue:53 hears 192.168.15.1")),
    Row("forward from 192.168.15.0/25", UDP_RED_OUT, UDP_BLUE_OUT),
    Row("forward to 192.168.15.0/25", ("udp out -> 192.168.15.1:53", "red:53 hears 203.0.113.9"), UDP_BLUE_OUT),
    Row("forward from fd00:15:0:1::/64", UDP6_RED_OUT, ("udp blue -> [fd00:99::9]:53", "out:53 hears fd00:15:0:2::1")),
    Row("forward to fd00:99::/64", UDP6_RED_OUT, ("udp red -> [fd00:15:0:2::1]:53", "blue:53 hears fd00:15:0:1::1")),
    Row("forward tcp", TCP_RED_OUT, UDP_RED_OUT),
    Row("forward udp", UDP_RED_OUT, TCP_RED_OUT),
    Row("forward udp", UDP6_RED_OUT, ("tcp red -> [fd00:99::9]:80", "out:80 hears fd00:15:0:1::1")),
    Row("forward icmp", PING_RED_OUT, UDP_RED_OUT),
    Row("forward proto icmp", PING_RED_OUT, ("ping red -> fd00:99::9", "answered")),
    Row("forward proto tcp", TCP_RED_OUT, PING_RED_OUT),
    Row("forward icmp from fd00:15::/48", ("ping red -> fd00:99::9", "answered"), UDP6_RED_OUT),
    Row("forward tcp dport 80", TCP_RED_OUT, ("tcp red -> 203.0.113.9:443", "out:443 hears 192.168.15.1")),
    Row("forward tcp dport 53", ("tcp red -> 203.0.113.9:53", "out:53 hears 192.168.15.1"), UDP_RED_OUT),
    Row("forward udp dport 50-60", UDP_RED_OUT, ("udp red -> 203.0.113.9:80", "out:80 hears 192.168.15.1")),
    Row(
        "forward udp sport 2000-2999",
        ("udp red:2000-2999 -> 203.0.113.9:53", "out:53 hears 192.168.15.1"),
        ("udp red:3000-3999 -> 203.0.113.9:53", "out:53 hears 192.168.15.1"),
    ),
];

const INPUT: &[Row] = &[
    Row("input in eth0", UDP_OUT_HOST, UDP_RED_HOST),
    Row("input from 192.168.15.0/25", UDP_RED_HOST, UDP_OUT_HOST),
    Row("input to 203.0.113.1/32", UDP_OUT_HOST, UDP_RED_HOST),
    Row("input from 203.0.113.0/24 tcp dport 22", TCP_OUT_HOST, ("tcp red -> 203.0.113.1:22", RED_IN_22)),
    Row("input tcp dport 22", TCP_OUT_HOST, ("tcp out -> 203.0.113.1:80", "host:80 hears 203.0.113.9")),
    Row("input udp", UDP_OUT_HOST, TCP_OUT_HOST),
    Row(
        "input udp sport 2000-2999",
        ("udp out:2000-2999 -> 203.0.113.1:53", "host:53 hears 203.0.113.9"),
        UDP_OUT_HOST,
    ),
    Row("input icmp", ("ping out -> 203.0.113.1", "answered"), UDP_OUT_HOST),
    Row("input from fd00:99::/64", ("udp out -> [fd00:99::1]:53", "host:53 hears fd00:99::9"), UDP6_RED_HOST),
];

const OUTPUT: &[Row] = &[
    Row("output out eth0", UDP_HOST_OUT, UDP_HOST_RED),
    Row("output from 203.0.113.1/32", UDP_HOST_OUT, UDP_HOST_RED),
    Row("output to 192.168.15.0/25", UDP_HOST_RED, UDP_HOST_OUT),
    Row("output tcp dport 80", ("tcp host -> 203.0.113.9:80", "out:80 hears 203.0.113.1"), UDP_HOST_OUT),
    Row("output udp", UDP_HOST_OUT, ("tcp host -> 203.0.113.9:80", "out:80 hears 203.0.113.1")),
    Row(
        "output udp sport 2000-2999",
        ("udp host:2000-2999 -> 203.0.113.9:53", "out:53 hears 203.0.113.1"),
        UDP_HOST_OUT,
    ),
    Row("output icmp", ("ping host -> 203.0.113.9", "answered"), UDP_HOST_OUT),
];

const TCP_RED_OUT: (&str, &str) = ("tcp red -> 203.0.113.9:80", "out:80 hears 192.168.15.1");
const TCP_BLUE_OUT: (&str, &str) = ("tcp blue -> 203.0.113.9:80", "out:80 hears 192.168.15.129");
const UDP_RED_OUT: (&str, &str) = ("udp red -> 203.0.113.9:53", "out:53 hears 192.168.15.1");
const UDP_BLUE_OUT: (&str, &str) = ("udp blue -> 203.0.113.9:53", "out:53 hears 192.168.15.129");
const UDP6_RED_OUT: (&str, &str) = ("udp red -> [fd00:99::9]:53", "out:53 hears fd00:15:0:1::1");
const PING_RED_OUT: (&str, &str) = ("ping red -> 203.0.113.9", "answered");
const UDP_OUT_HOST: (&str, &str) = ("udp out -> 203.0.113.1:53", "host:53 hears 203.0.113.9");
const UDP_RED_HOST: (&str, &str) = ("udp red -> 192.168.15.126:53", "host:53 hears 192.168.15.1");
const UDP6_RED_HOST: (&str, &str) = ("udp red -> [fd00:15:0:1::ff]:53", "host:53 hears fd00:15:0:1::1");
const TCP_OUT_HOST: (&str, &str) = ("tcp out -> 203.0.113.1:22", "host:22 hears 203.0.113.9");
const RED_IN_22: &str = "host:22 hears 192.168.15.1";
const UDP_HOST_OUT: (&str, &str) = ("udp host -> 203.0.113.9:53", "out:53 hears 203.0.113.1");
const UDP_HOST_RED: (&str, &str) = ("udp host -> 192.168.15.1:53", "red:53 hears 192.168.15.126");

/// Each condition decides about the packets that meet it, and about no others.
fn conditions(verb: &str, rows: &[Row]) {
    let mut lab = Lab::router();
    for Row(rule, meets, other) in rows {
        let (chain, _) = rule.split_once(' ').unwrap_or((rule, ""));
        lab.all(&[*meets, *other]);
        if verb == "accept" {
            lab.run(&format!("firewall policy {chain} drop; firewall accept {chain} state established"));
            // IPv6 neighbours must find each other.
            if chain != "forward" && rule.contains("fd00") {
                lab.run(&format!("firewall accept {chain} proto icmpv6"));
            }
            lab.sees(meets.0, &forbidden("drop", chain, meets.0));
            lab.run(&format!("firewall {verb} {rule}"));
            lab.all(&[*meets, (other.0, &forbidden("drop", chain, other.0))]);
        } else {
            lab.run(&format!("firewall {verb} {rule}"));
            lab.all(&[(meets.0, &forbidden(verb, chain, meets.0)), *other]);
        }
        lab.run("firewall flush");
        lab.all(&[*meets, *other]);
    }
}

/// What the sender of a packet notices when it is dropped or rejected: silence, or a refusal at once. What is for the
/// sender's own kernel to drop is not even sent, if there is no handshake that hides it.
fn forbidden(verb: &str, chain: &str, packet: &str) -> String {
    let said = match (verb, chain, packet.starts_with("tcp")) {
        ("drop", "output", false) | ("reject", "output", false) => "not sent",
        ("drop", ..) => "silence",
        _ => "refused",
    };
    said.into()
}

fn policy() {
    let mut lab = Lab::router();
    let passes = [UDP_RED_OUT, UDP_OUT_HOST, TCP_OUT_HOST, UDP_HOST_OUT, UDP6_RED_OUT];
    lab.all(&passes);
    lab.run("firewall policy forward drop");
    lab.all(&[
        (UDP_RED_OUT.0, "silence"),
        (TCP_RED_OUT.0, "silence"),
        (UDP6_RED_OUT.0, "silence"),
        UDP_OUT_HOST,
        UDP_HOST_OUT,
    ]);
    lab.run("firewall policy forward accept; firewall policy input drop");
    lab.all(&[
        UDP_RED_OUT,
        (UDP_OUT_HOST.0, "silence"),
        (TCP_OUT_HOST.0, "silence"),
        // Its answer comes in.
        (UDP_HOST_OUT.0, "out:53 hears 203.0.113.1, the answer is lost"),
    ]);
    lab.run("firewall policy input accept; firewall policy output drop");
    lab.all(&[
        UDP_RED_OUT,
        (UDP_OUT_HOST.0, "host:53 hears 203.0.113.9, the answer is lost"),
        (UDP_HOST_OUT.0, "not sent"),
        ("tcp host -> 203.0.113.9:80", "silence"),
    ]);
    lab.run("firewall flush");
    lab.all(&passes);
}

fn established() {
    let mut lab = Lab::router();
    lab.run("firewall policy forward drop; firewall accept forward in veth-red out eth0");
    lab.sees(UDP_RED_OUT.0, "out:53 hears 192.168.15.1, the answer is lost");
    lab.run("firewall accept forward state established");
    lab.all(&[UDP_RED_OUT, TCP_RED_OUT, ("udp out -> 192.168.15.1:53", "silence"), (UDP_BLUE_OUT.0, "silence")]);
    lab.run("firewall del 2");
    lab.sees(UDP_RED_OUT.0, "out:53 hears 192.168.15.1, the answer is lost");
    lab.run("firewall flush");
    lab.all(&[UDP_RED_OUT, UDP_BLUE_OUT]);
}

fn related() {
    let mut lab = Lab::router();
    // Nobody listens there: what comes back is a message about the conversation, not a part of it.
    let to_nobody = "udp red -> 203.0.113.9:7";
    lab.sees(to_nobody, "refused");
    lab.run("firewall policy forward drop; firewall accept forward in veth-red");
    lab.run("firewall accept forward state established");
    lab.sees(to_nobody, "silence");
    lab.run("firewall del 2; firewall accept forward state established,related");
    lab.all(&[(to_nobody, "refused"), UDP_RED_OUT]);
    lab.run("firewall del 2; firewall accept forward state related");
    lab.all(&[(to_nobody, "refused"), (UDP_RED_OUT.0, "out:53 hears 192.168.15.1, the answer is lost")]);
}

fn new() {
    let mut lab = Lab::router();
    lab.run("firewall reject forward in eth0 state new");
    lab.all(&[("tcp out -> 192.168.15.1:80", "refused"), TCP_RED_OUT, UDP_RED_OUT]);
    lab.run("firewall del 1");
    lab.sees("tcp out -> 192.168.15.1:80", "red:80 hears 203.0.113.9");
}

fn in_order() {
    let mut lab = Lab::router();
    lab.run("firewall accept forward from 192.168.15.1/32; firewall drop forward in veth*");
    lab.all(&[UDP_RED_OUT, (UDP_BLUE_OUT.0, "silence")]);
    lab.run("firewall del 1");
    lab.sees(UDP_RED_OUT.0, "silence");
    // Too late: the drop stands before it.
    lab.run("firewall accept forward from 192.168.15.1/32");
    lab.sees(UDP_RED_OUT.0, "silence");
    lab.run("firewall delete 1");
    lab.all(&[UDP_RED_OUT, UDP_BLUE_OUT]);
}

fn several_conditions() {
    let mut lab = Lab::router();
    lab.run("firewall reject forward in veth-red out eth0 from 192.168.15.0/24 to 203.0.113.9/32 tcp dport 80-90");
    lab.all(&[
        (TCP_RED_OUT.0, "refused"),
        TCP_BLUE_OUT,
        ("tcp red -> 192.168.15.129:80", "blue:80 hears 192.168.15.1"),
        ("tcp red -> 203.0.113.9:443", "out:443 hears 192.168.15.1"),
        ("udp red -> 203.0.113.9:80", "out:80 hears 192.168.15.1"),
    ]);
    lab.run("firewall flush");
    lab.sees(TCP_RED_OUT.0, TCP_RED_OUT.1);
    lab.run("firewall drop forward udp sport 2000 dport 53");
    lab.all(&[
        ("udp red:2000 -> 203.0.113.9:53", "silence"),
        ("udp red:2001 -> 203.0.113.9:53", "out:53 hears 192.168.15.1"),
        ("udp red:2000 -> 203.0.113.9:80", "out:80 hears 192.168.15.1"),
    ]);
}

/// Each chain has its own packets.
fn without_conditions() {
    let mut lab = Lab::router();
    lab.run("firewall drop forward");
    lab.all(&[(UDP_RED_OUT.0, "silence"), (UDP6_RED_OUT.0, "silence"), UDP_OUT_HOST, UDP_HOST_OUT]);
    lab.run("firewall flush; firewall reject input state new");
    lab.all(&[UDP_RED_OUT, UDP6_RED_OUT, (UDP_OUT_HOST.0, "refused"), UDP_HOST_OUT]);
    lab.run("firewall flush; firewall drop output state new");
    lab.all(&[UDP_RED_OUT, UDP6_RED_OUT, UDP_OUT_HOST, (UDP_HOST_OUT.0, "not sent")]);
    lab.run("firewall flush");
    lab.all(&[UDP_RED_OUT, UDP6_RED_OUT, UDP_OUT_HOST, UDP_HOST_OUT]);
}

fn of_a_namespace() {
    let mut lab = Lab::router();
    let to_red = ("udp out -> 192.168.15.1:53", "red:53 hears 203.0.113.9");
    lab.run("in red firewall policy input drop");
    lab.all(&[(to_red.0, "silence"), UDP_OUT_HOST]);
    lab.run("firewall flush");
    lab.sees(to_red.0, "silence");
    lab.run("in red firewall flush");
    lab.all(&[to_red]);
}
