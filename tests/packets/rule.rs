//! `rule`: policy routing decides which of two uplinks a packet takes.
//!
//! Both `out` and `blue` have the address that red and the host send to. The main table leads to `out`, table 100 to
//! `blue`; both know the way back to red.

use crate::{Case, lab::Lab};

/// All tests.
pub const ALL: &[Case] = &[
    ("rules_choose_an_uplink", uplinks),
    ("rules_choose_an_uplink_for_ipv6", uplinks_of_ipv6),
    ("rules_ask_in_order", order),
    ("rules_refuse", refusals),
];

const V4: &str = "tcp red -> 198.51.100.9:80";
const HOST_V4: &str = "tcp host -> 198.51.100.9:80";
const V6: &str = "tcp red -> [2001:db8::9]:80";

/// Both ways are there; no rule leads to the second.
fn lab() -> Lab {
    let mut lab = Lab::router();
    lab.run(
        "
        in out  { addr add 198.51.100.9/32 dev lo; addr add 2001:db8::9/128 dev lo }
        in blue { addr add 198.51.100.9/32 dev lo; addr add 2001:db8::9/128 dev lo }
        route add default via 203.0.113.9; route add default via fd00:99::9
        route add 192.168.15.0/25 dev veth-red table 100; route add fd00:15:0:1::/64 dev veth-red table 100
        route add default via 192.168.15.129 table 100; route add default via fd00:15:0:2::1 table 100
        ",
    );
    lab
}

fn uplinks() {
    let mut lab = lab();
    let by_main = [(V4, "out:80 hears 192.168.15.1"), (HOST_V4, "out:80 hears 203.0.113.1")];
    lab.all(&by_main);
    for (rule, is_for_red, is_for_host) in [
        ("from 192.168.15.0/25", true, false),
        ("from 192.168.15.128/25", false, false),
        ("to 198.51.100.0/24", true, true),
        ("iif veth-red", true, false),
        ("iif lo", false, true),
        ("not from 192.168.15.0/25", false, true),
        ("fwmark 0x1", false, false),
        ("not fwmark 0x1/0x1", true, true),
        ("tos 0x10", false, false),
        ("oif veth-blue", false, false),
    ] {
        lab.run(&format!("rule add {rule} table 100"));
        let [red, host] = [
            (V4, if is_for_red { "blue:80 hears 192.168.15.1" } else { by_main[0].1 }),
            (HOST_V4, if is_for_host { "blue:80 hears 192.168.15.254" } else { by_main[1].1 }),
        ];
        lab.all(&[red, host]);
        lab.run(&format!("ip rule del {rule} lookup 100"));
        lab.all(&by_main);
    }
}

fn uplinks_of_ipv6() {
    let mut lab = lab();
    let by_main = "out:80 hears fd00:15:0:1::1";
    lab.sees(V6, by_main);
    // The rules of the families have nothing to do with each other.
    lab.run("rule add iif veth-red table 100");
    lab.sees(V6, by_main);
    lab.run("rule add from fd00:15:0:1::/64 table 100");
    lab.sees(V6, "blue:80 hears fd00:15:0:1::1");
    lab.run("ip -6 rule flush; ip -6 rule add table main priority 5; ip -6 rule add to 2001:db8::9 unreachable");
    lab.sees(V6, "no network");
}

fn order() {
    let mut lab = lab();
    let (first, second) = ("out:80 hears 192.168.15.1", "blue:80 hears 192.168.15.1");
    lab.run("rule add from 192.168.15.1 table 100 priority 10");
    lab.sees(V4, second);
    lab.run("rule add from 192.168.15.1 table main priority 9");
    lab.sees(V4, first);
    // The default route of the main table is passed over, so that the next rule decides.
    lab.run("rule del priority 9; rule add table main suppress_prefixlength 0 priority 9");
    lab.sees(V4, second);
    lab.run("route add 198.51.100.0/24 via 203.0.113.9");
    lab.sees(V4, first);
    // Not even the way back to red is known: nobody tells it.
    lab.run("rule flush");
    lab.sees(V4, "silence");
}

fn refusals() {
    let mut lab = lab();
    for (action, noticed) in [("blackhole", "silence"), ("prohibit", "no host"), ("unreachable", "no network")] {
        lab.run(&format!("rule add to 198.51.100.9 {action}"));
        lab.sees(V4, noticed);
        lab.run(&format!("rule delete {action}"));
        lab.sees(V4, "out:80 hears 192.168.15.1");
    }
}
