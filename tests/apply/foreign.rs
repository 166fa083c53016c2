//! What others make: it is never touched and never becomes the file's own.

use crate::{
    edits::LAB,
    observer,
    room::{Room, identities, print_observation, unchanged, was_so},
};

/// Cases that stand alone.
pub const ALL: &[(&str, fn())] = &[
    ("what_was_there_before_is_not_the_files", what_was_there_before),
    ("a_thing_of_others_that_the_file_changed", a_thing_of_others_that_the_file_changed),
    ("a_namesake_is_not_the_files", a_namesake),
    ("what_the_file_takes_away_comes_back", what_the_file_takes_away),
];

/// What others do beside a file and to things of it; in each, what the file asks for remains.
const BESIDES: &[(&str, &str)] = &[
    ("a namespace", "ip netns add foreign; ip -n foreign link set lo up"),
    ("a bridge", "ip link add foreign type bridge; ip link set foreign up; ip addr add 10.66.0.1/24 dev foreign"),
    ("an address on a link", "ip addr add 10.66.0.1/24 dev br0"),
    ("a second address of a prefix", "ip addr add 10.0.0.77/24 dev br0"),
    ("an address in a namespace", "ip -n red addr add 10.66.0.1/24 dev v1"),
    ("an address of a loopback device", "ip -n red addr add 10.66.0.1/32 dev lo"),
    ("a port of a bridge", "ip link add p0 type veth peer name p1; ip link set p0 master br0; ip link set p0 up"),
    ("a link in a namespace", "ip -n red link add p0 type bridge; ip -n red link set p0 up"),
    ("a cable into a namespace", "ip link add p0 type veth peer name p1 netns blue; ip link set p0 up"),
    ("an mtu", "ip link set w0 mtu 1400; ip -n blue link set w1 mtu 1400"),
    ("a route", "ip route add 10.66.0.0/16 via 10.1.0.2"),
    ("a route in a namespace", "ip -n red route add 10.66.0.0/16 via 10.0.0.1 metric 5"),
    ("a route in a table", "ip route add 10.66.0.0/16 via 10.1.0.2 table 100"),
    ("a policy rule", "ip rule add from 10.66.0.0/16 table 66 priority 66"),
    ("a policy rule beside", "ip rule add from 10.66.0.0/16 table 100 priority 1000"),
    ("a setting", "sysctl -q -w net.ipv4.conf.lo.rp_filter=1; ip netns exec red sysctl -q -w net.ipv4.ip_forward=1"),
    ("a table of nft", "nft add table inet foreign; nft add chain inet foreign c; nft add rule inet foreign c drop"),
    ("a rule of iptables", "iptables -A INPUT -s 10.66.0.0/16 -j DROP; iptables -A OUTPUT -d 10.66.0.0/16 -j DROP"),
    ("a chain of iptables", "iptables -N theirs; iptables -A theirs -j DROP; iptables -A INPUT -i w0 -j theirs"),
    ("a rule of a namespace", "ip netns exec blue iptables -t nat -A PREROUTING -p udp -j REDIRECT --to-ports 53"),
];

/// What others do, what then stays although the file is empty (the test of a shell), how that is told, and how it goes.
const STAYS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "a link in a namespace",
        "ip -n red link add p0 type bridge",
        "ip -n red link show p0 >/dev/null; ! ip link show v0 2>/dev/null; ! ip -n red addr show | grep -q 10.0.0",
        "namespace red stays: link p0 in it",
        "ip -n red link del p0",
    ),
    (
        "an address on a bridge",
        "ip addr add 10.66.0.1/24 dev br0",
        "ip addr show br0 | grep -q 10.66.0.1; ! ip addr show br0 | grep -q 10.0.0.1",
        "link br0 stays",
        "ip addr del 10.66.0.1/24 dev br0",
    ),
    (
        "a port of a bridge",
        "ip link add p0 type veth peer name p1; ip link set p0 master br0",
        "ip link show p0 | grep -q 'master br0'",
        "link br0 stays",
        "ip link del p0",
    ),
    (
        "a route over a cable",
        "ip route add 10.66.0.0/16 via 10.1.0.2",
        "ip route | grep -q '10.66.0.0/16 via 10.1.0.2 dev w0'",
        "link w0 stays",
        "ip route del 10.66.0.0/16",
    ),
    (
        "a rule in a chain",
        "iptables -A INPUT -s 10.66.0.0/16 -j DROP",
        "iptables -S INPUT | grep -q 10.66; ! iptables -S INPUT | grep -q 80",
        "chain ip filter INPUT stays: the rule",
        "iptables -D INPUT -s 10.66.0.0/16 -j DROP",
    ),
    (
        "an address of a loopback device",
        "ip -n red addr add 10.66.0.1/32 dev lo",
        "ip -n red addr show lo | grep -q 10.66; ! ip -n red link show v1 2>/dev/null",
        "namespace red stays: address 10.66.0.1/32 of lo",
        "ip -n red addr del 10.66.0.1/32 dev lo",
    ),
    (
        "a rule in a namespace",
        "ip netns exec blue iptables -A INPUT -s 10.66.0.0/16 -j DROP",
        "ip netns exec blue iptables -S INPUT | grep -q 10.66",
        "namespace blue stays",
        "ip netns exec blue nft delete table ip filter",
    ),
];

/// The file after an edit here and there.
fn edited() -> String {
    let mut text = LAB.to_owned();
    for (from, to) in [
        ("netns add red blue", "netns add red blue green"),
        ("route add 10.9.0.0/16 via 10.1.0.2\n", ""),
        ("link set v0 master br0 up", "link set v0 master br0 up mtu 1400"),
        ("firewall accept forward from 10.0.0.0/24\n", ""),
        ("nat masquerade 10.0.0.0/24", "nat masquerade 10.0.0.0/16"),
        ("link add x0 type vxlan id 5 remote 10.1.0.2 dstport 4789\n", ""),
        ("rp_filter=2", "rp_filter=1"),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

pub fn besides() -> Vec<String> {
    BESIDES.iter().flat_map(|(name, _)| [(*name).to_owned(), format!("{name}, back")]).collect()
}

/// What the child does with a file that is edited beside what others do.
pub fn run_beside(way: &str, name: &str) {
    let room = Room::new();
    let (name, is_back) = name.strip_suffix(", back").map_or((name, false), |name| (name, true));
    let (_, theirs) = BESIDES.iter().find(|(other, _)| *other == name).unwrap();
    let [first, second] = if is_back { [edited(), LAB.into()] } else { [LAB.into(), edited()] };
    if way == "last" {
        room.apply(&second).with(0);
        room.others(theirs);
        return print_observation();
    }
    room.apply(&first).with(0);
    room.others(theirs);
    room.apply(&second).with(0);
    print_observation();
    was_so(room.apply(&second));
}

pub fn stays() -> Vec<&'static str> {
    STAYS.iter().map(|(name, ..)| *name).collect()
}

/// What the child does with a thing that stays for others' sake.
pub fn run_stays(name: &str) {
    let room = Room::new();
    let before = observer::observe();
    let (_, theirs, is_there, words, away) = STAYS.iter().find(|(other, ..)| *other == name).unwrap();
    room.apply(LAB).with(0);
    room.others(theirs);
    for _ in 0..2 {
        let said = room.apply("").with(0);
        assert!(said.contains("what others did to it since stays:") && said.contains(words), "{said}");
        room.others(is_there);
    }
    // It stays the file's own.
    room.others(away);
    room.apply("").with(0);
    unchanged(&before, "what others did is gone, and the file is empty");
}

/// Others made it, the file asks for it: it is so already, and stays when the file does not ask for it any more.
fn what_was_there_before() {
    let room = Room::new();
    let lines = [
        ("ip netns add red", "netns add red"),
        ("ip link add br0 type bridge", "link add br0 type bridge"),
        ("ip link add v0 type veth peer name v1 netns red", "link add v0 type veth peer name v1 netns red"),
        ("ip link set v0 master br0 up", "link set v0 master br0 up"),
        ("ip link set br0 up mtu 1400", "link set br0 mtu 1400 up"),
        ("ip addr add 10.0.0.1/24 dev br0", "addr add 10.0.0.1/24 dev br0"),
        ("ip -n red link set v1 up", "in red link set v1 up"),
        ("ip -n red addr add 10.0.0.2/24 dev v1", "in red addr add 10.0.0.2/24 dev v1"),
        ("ip route add 10.9.0.0/16 via 10.0.0.2", "route add 10.9.0.0/16 via 10.0.0.2"),
        ("ip rule add from 10.0.0.0/24 table 100 priority 5", "rule add from 10.0.0.0/24 table 100 priority 5"),
        ("sysctl -q -w net.ipv4.ip_forward=1", "forwarding on"),
        ("iptables -P FORWARD DROP", "iptables -P FORWARD DROP"),
    ];
    for (theirs, _) in lines {
        room.others(theirs);
    }
    let (before, what) = (observer::observe(), identities());
    let file: String = lines.iter().map(|(_, ours)| format!("{ours}\n")).collect();
    was_so(room.apply(&file));
    // Something of its own brings a journal.
    room.apply(&format!("{file}netns add blue\naddr add 10.5.0.1/24 dev br0\n")).with(0);
    for (_, ours) in lines {
        let fewer = file.replace(&format!("{ours}\n"), "");
        // What needs the line asks for what is there all the same.
        room.apply(&format!("{fewer}netns add blue\naddr add 10.5.0.1/24 dev br0\n")).with(0);
    }
    room.apply("").with(0);
    unchanged(&before, "all lines are gone");
    assert_eq!(identities(), what);
}

/// It goes back to what it was, unless somebody changed it since.
fn a_thing_of_others_that_the_file_changed() {
    let room = Room::new();
    room.others("ip link add f0 type bridge; ip link set f0 mtu 1500; sysctl -q -w net.ipv4.conf.lo.rp_filter=1");
    let before = observer::observe();
    let file = "link set f0 mtu 1400 up; addr add 10.0.0.1/24 dev f0; sysctl -w net.ipv4.conf.lo.rp_filter=2\n";
    room.apply(file).with(0);
    room.apply("").with(0);
    unchanged(&before, "the lines are gone");
    room.apply(file).with(0);
    room.others("ip link set f0 mtu 1300; sysctl -q -w net.ipv4.conf.lo.rp_filter=0");
    let said = room.apply("").with(0);
    for words in ["what others did to it since stays:", "f0 keeps its mtu", "net.ipv4.conf.lo.rp_filter stays 0"] {
        assert!(said.contains(words), "no `{words}`: {said}");
    }
    room.others("ip link show f0 | grep -q 'mtu 1300'; ! ip link show f0 | grep -q UP; ! ip addr show f0 | grep inet");
    // What the file asks for it gets all the same.
    room.apply(file).with(0);
    room.others("ip link set f0 mtu 1200");
    room.apply(file).with(0);
    room.others("ip link show f0 | grep -q 'mtu 1400'");
}

/// The namespace and the link that the file made are gone, and others have made some of the same names.
fn a_namesake() {
    let room = Room::new();
    room.apply("netns add red\nlink add br0 type bridge\nnetns add blue\n").with(0);
    room.others(
        "ip netns del red; ip netns add red; ip -n red link set lo up; ip link del br0; ip link add br0 type bridge",
    );
    let what = identities();
    was_so(room.apply("netns add red\nlink add br0 type bridge\nnetns add blue\n"));
    room.apply("").with(0);
    room.others("ip netns list | grep -q red; ip link show br0 >/dev/null; ! ip netns list | grep -q blue");
    assert_eq!(identities()["red: links"], what["red: links"]);
    room.others("ip -n red link show lo | grep -q UP");
}

/// A file may also take away what others made; without the line it comes back.
fn what_the_file_takes_away() {
    let room = Room::new();
    room.others("ip link add f0 type bridge; ip addr add 10.0.0.1/24 dev f0; ip link set f0 up");
    room.others("ip route add 10.9.0.0/16 via 10.0.0.2; iptables -A INPUT -s 10.66.0.0/16 -j DROP");
    let before = observer::observe();
    let file = "route del 10.9.0.0/16; addr del 10.0.0.1/24 dev f0; iptables -D INPUT -s 10.66.0.0/16 -j DROP\n";
    room.apply(file).with(0);
    was_so(room.apply(file));
    room.apply("").with(0);
    unchanged(&before, "the line is gone");
}
