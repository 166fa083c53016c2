//! A file that is applied, edited and applied again: it looks as if it had never been otherwise.
//!
//! Each edit puts a text in the place of another in [`LAB`], and is tried there and back.

use crate::{
    observer,
    room::{Room, identities, print_observation, unchanged, was_so},
};

/// A bit of everything.
pub const LAB: &str = "\
netns add red blue
link add br0 type bridge
link set br0 up
link add v0 type veth peer name v1 netns red
link set v0 master br0 up
addr add 10.0.0.1/24 dev br0
in red {
  link set lo up
  addr add 10.0.0.2/24 dev v1
  link set v1 up
  route add default via 10.0.0.1
}
wire host:w0 10.1.0.1/24 -- blue:w1 10.1.0.2/24
route add 10.9.0.0/16 via 10.1.0.2
rule add from 10.0.0.0/24 table 100 priority 1000
route add default via 10.1.0.2 table 100
forwarding on
in red sysctl -w net.ipv4.conf.all.rp_filter=2
nat masquerade 10.0.0.0/24 out w0
firewall policy forward drop
firewall accept forward from 10.0.0.0/24
firewall accept forward state established,related
iptables -A INPUT -p tcp --dport 80 -j ACCEPT
in blue iptables -t nat -A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 80
link add x0 type vxlan id 5 remote 10.1.0.2 dstport 4789
";

/// A name, and what is written instead of what.
const EDITS: &[(&str, &str, &str)] = &[
    ("all of it", LAB, ""),
    (
        "a block",
        "  link set lo up\n  addr add 10.0.0.2/24 dev v1\n  link set v1 up\n  route add default via 10.0.0.1\n",
        "",
    ),
    (
        "an order",
        "link add x0 type vxlan id 5 remote 10.1.0.2 dstport 4789\n",
        "link set lo up\nlink add x0 type vxlan id 5 remote 10.1.0.2 dstport 4789\n",
    ),
    ("a namespace more", "netns add red blue", "netns add red blue green"),
    ("another namespace", "netns add red blue", "netns add blue red"),
    (
        "a cable",
        "wire host:w0 10.1.0.1/24 -- blue:w1 10.1.0.2/24\nroute add 10.9.0.0/16 via 10.1.0.2\nrule add from 10.0.0.0/24 table 100 priority 1000\nroute add default via 10.1.0.2 table 100\n",
        "",
    ),
    ("another end's name", "blue:w1", "blue:eth0"),
    ("another end's address", "blue:w1 10.1.0.2/24", "blue:w1 10.1.0.2/16"),
    ("a cable to elsewhere", "v1 netns red\n", "v1 netns red\nlink add v2 type veth peer name v3 netns blue\n"),
    ("a port", "link set v0 master br0 up", "link set v0 up"),
    ("a link that is down", "link set v0 master br0 up", "link set v0 master br0"),
    ("an mtu", "link set v0 master br0 up", "link set v0 master br0 up mtu 1400"),
    ("an mtu that is another", "link set br0 up\n", "link set br0 up mtu 1300\n"),
    ("an address", "addr add 10.0.0.1/24 dev br0\n", "addr add 10.0.0.1/24 dev br0\naddr add 10.0.0.9/24 dev br0\n"),
    (
        "an address of IPv6",
        "addr add 10.0.0.1/24 dev br0\n",
        "addr add 10.0.0.1/24 dev br0\naddr add fd00::1/64 dev br0 nodad\n",
    ),
    ("another address", "addr add 10.0.0.1/24 dev br0", "addr add 10.0.0.1/25 dev br0"),
    ("a route", "route add 10.9.0.0/16 via 10.1.0.2\n", ""),
    ("another gateway", "10.9.0.0/16 via 10.1.0.2", "10.9.0.0/16 via 10.1.0.3"),
    ("a metric", "10.9.0.0/16 via 10.1.0.2", "10.9.0.0/16 via 10.1.0.2 metric 50"),
    ("a default route", "  route add default via 10.0.0.1\n", ""),
    ("a policy rule", "rule add from 10.0.0.0/24 table 100 priority 1000\n", ""),
    ("another priority", "table 100 priority 1000", "table 100 priority 999"),
    ("another table", "rule add from 10.0.0.0/24 table 100", "rule add from 10.0.0.0/24 table 101"),
    ("a setting", "forwarding on\n", ""),
    ("another value", "rp_filter=2", "rp_filter=1"),
    ("a masquerade", "nat masquerade 10.0.0.0/24 out w0\n", ""),
    ("another prefix", "nat masquerade 10.0.0.0/24", "nat masquerade 10.0.0.0/16"),
    ("a policy of a chain", "firewall policy forward drop\n", ""),
    (
        "rules in another order",
        "firewall accept forward from 10.0.0.0/24\nfirewall accept forward state established,related\n",
        "firewall accept forward state established,related\nfirewall accept forward from 10.0.0.0/24\n",
    ),
    ("a rule in the midst", "firewall accept forward from 10.0.0.0/24\n", ""),
    ("a rule of iptables", "iptables -A INPUT -p tcp --dport 80 -j ACCEPT\n", ""),
    ("another port of iptables", "--dport 80 ", "--dport 81 "),
    ("a rule in another namespace", "in blue iptables", "in red iptables"),
    (
        "a chain",
        "iptables -A INPUT",
        "iptables -N mine\niptables -A mine -j DROP\niptables -A INPUT -s 10.8.0.0/16 -j mine\niptables -A INPUT",
    ),
    ("a vxlan", "link add x0 type vxlan id 5 remote 10.1.0.2 dstport 4789\n", ""),
    ("another number", "vxlan id 5", "vxlan id 6"),
    ("another kind", "link add x0 type vxlan id 5 remote 10.1.0.2 dstport 4789", "link add x0 type bridge"),
    ("a vxlan in the bridge", "dstport 4789\n", "dstport 4789\nlink set x0 master br0 up\n"),
];

/// Each edit is tried there and back.
pub fn names() -> Vec<String> {
    let both = |(name, ..): &(&str, &str, &str)| [(*name).to_owned(), format!("{name}, back")];
    EDITS
        .iter()
        .flat_map(both)
        .chain(["a bridge by another name".into(), "a bridge by another name, back".into()])
        .collect()
}

/// The two versions of a file.
fn versions(name: &str) -> [String; 2] {
    let (name, is_back) = name.strip_suffix(", back").map_or((name, false), |name| (name, true));
    let edited = match EDITS.iter().find(|(edit, ..)| *edit == name) {
        Some((_, from, to)) => {
            assert!(LAB.contains(from), "{name}");
            LAB.replace(from, to)
        }
        None => LAB.replace("br0", "switch0"),
    };
    if is_back { [edited, LAB.to_owned()] } else { [LAB.to_owned(), edited] }
}

/// What the child does.
pub fn run(way: &str, name: &str) {
    let room = Room::new();
    let [first, second] = versions(name);
    let before = observer::observe();
    if way == "edit" {
        room.apply(&first).with(0);
    }
    room.apply(&second).with(0);
    print_observation();
    let (seen, what) = (observer::observe(), identities());
    was_so(room.apply(&second));
    assert_eq!(identities(), what);
    unchanged(&seen, "it was applied twice");
    room.apply("# nothing\n").with(0);
    unchanged(&before, "the file is empty");
}
