//! Scripts that chance writes, for a network that the real tools made.

use crate::random::Random;

/// What is there before. Links that may be deleted have no settings of their own, which go with them: a switch with two namespaces on it, a cable, a tunnel, routes, rules and settings.
pub const BEFORE: &str = "
    ip netns add old; ip netns add older
    ip link add oldbr type bridge
    ip link add old0 type veth peer name eth0 netns old
    ip link add old1 type veth peer name eth0 netns older
    ip link add old2 address 02:00:00:00:00:12 type veth peer name old3 address 02:00:00:00:00:13
    ip link set oldbr up; ip link set old0 master oldbr up; ip link set old1 master oldbr up mtu 1400
    ip addr add 10.5.0.254/24 dev oldbr; ip addr add fd05::fe/64 dev oldbr nodad
    ip addr add 10.5.1.1/24 dev old2; ip addr add 10.5.1.2/24 dev old2; ip link set old2 up; ip link set old3 up
    ip -n old addr add 10.5.0.1/24 dev eth0; ip -n old link set eth0 up; ip -n old link set lo up
    ip -n old route add default via 10.5.0.254
    ip -n older addr add 10.5.0.2/24 dev eth0; ip -n older link set eth0 up
    ip link add oldvx type vxlan id 7 dev old2 remote 10.5.1.9 dstport 4789; ip link set oldvx mtu 1300
    ip route add default via 10.5.0.1; ip route add 10.6.0.0/16 via 10.5.0.2 metric 5
    ip -6 route add fd06::/64 via fd05::1; ip route add blackhole 10.66.0.0/16
    ip rule add from 10.5.0.0/24 table 77 pref 5; ip rule add fwmark 7 table 78 pref 5
    ip route add default via 10.5.1.9 dev old2 table 77
    sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.lo.rp_filter=2
    iptables -P FORWARD DROP; iptables -A FORWARD -s 10.5.0.0/24 -j ACCEPT; iptables -A FORWARD -d 10.5.0.0/24 -j ACCEPT
    iptables -t nat -A POSTROUTING -s 10.5.0.0/24 -j MASQUERADE
    ip netns exec old iptables -A INPUT -p tcp --dport 22 -j DROP
    nft 'add table inet own; add chain inet own c { type filter hook input priority 5; }; add rule inet own c counter'
";

/// The script of a seed: ten to forty statements, of which some fail without harm, and perhaps an end that has all
/// of it put back.
pub fn generate(random: &mut Random) -> String {
    // Most are short enough that much of the time is theirs.
    let count = random.weighted(&[(3, 10), (2, 20), (1, 40)]);
    let mut text: String = (0..count).map(|_| format!("{} || true\n", statement(random))).collect();
    if random.percent(20) {
        text.push_str("exit 12\n");
    }
    text
}

const NAMESPACES: [&str; 4] = ["old", "older", "new0", "new1"];
const LINKS: [&str; 10] = ["oldbr", "old0", "old1", "old2", "old3", "oldvx", "br0", "br1", "v0", "v1"];
const BRIDGES: [&str; 3] = ["oldbr", "br0", "br1"];
const PREFIXES: [&str; 5] = ["10.6.0.0/16", "10.7.0.0/24", "10.66.0.0/16", "default", "10.8.0.0/16"];
const SETTINGS: [&str; 8] = [
    "net.ipv4.ip_forward",
    "net.ipv6.conf.all.forwarding",
    "net.ipv4.conf.all.rp_filter",
    "net.ipv4.conf.lo.rp_filter",
    "net.ipv4.conf.default.rp_filter",
    "net.ipv4.conf.old0.proxy_arp",
    "net.ipv4.conf.all.forwarding",
    "net.ipv4.conf.v0.forwarding",
];

fn statement(random: &mut Random) -> String {
    let one = |random: &mut Random, of: &[&'static str]| random.pick(of);
    let (ns, link, other) = (one(random, &NAMESPACES), one(random, &LINKS), one(random, &LINKS));
    let (bridge, prefix, setting) = (one(random, &BRIDGES), one(random, &PREFIXES), one(random, &SETTINGS));
    let (a, b) = (random.below(3), 1 + random.below(4));
    let inside = random.maybe(15, |random| one(random, &NAMESPACES));
    let plain = match random.below(34) {
        0 => format!("netns add {ns}"),
        1 => format!("netns del {ns}"),
        2 => format!("link add {bridge} type bridge"),
        3 => format!("link add v{a} type veth peer name w{a} netns {ns}"),
        4 => format!("link add v{a} type veth peer name w{a}"),
        5 => format!("link del {link}"),
        6 => format!("link set {link} up"),
        7 => format!("link set {link} down"),
        8 => format!("link set {link} mtu {}", 1280 + 10 * b),
        9 => format!("link set {link} name {other}x{a}"),
        10 => format!("link set {link} netns {ns}"),
        11 => format!("link set {link} master {bridge}"),
        12 => format!("link set {link} nomaster"),
        13 => format!("link set {link} address 02:00:00:00:00:0{b}"),
        14 => format!("addr add 10.7.{a}.{b}/24 dev {link}"),
        15 => format!("addr add fd07:{a}::{b}/64 dev {link} nodad"),
        16 => format!("addr del 10.5.1.{b}/24 dev old2"),
        17 => "addr del 10.5.0.254/24 dev oldbr".to_owned(),
        18 => format!("addr del 10.7.{a}.{b}/24 dev {link}"),
        19 => format!("route add {prefix} via 10.5.0.{b}"),
        20 => format!("route replace {prefix} via 10.5.0.{b}"),
        21 => format!("route del {prefix}"),
        22 => format!("route add {prefix} dev {link} metric {b}"),
        23 => format!("rule add from 10.{b}.0.0/16 table 7{a} pref {b}"),
        24 => format!("rule del pref {b}"),
        25 => format!("sysctl -w {setting}={}", random.below(2)),
        26 => format!("iptables -A FORWARD -s 10.{b}.0.0/16 -j DROP"),
        27 => format!("iptables -D FORWARD {}", 1 + a),
        28 => ["iptables -F FORWARD", "iptables -t nat -F", "iptables -P FORWARD ACCEPT"][a].to_owned(),
        29 => format!("nat masquerade 10.{b}.0.0/24"),
        30 => format!("firewall accept input tcp dport {b}"),
        31 => ["firewall policy forward drop", "firewall flush", "nat flush"][a].to_owned(),
        32 => format!("link add vx{a} type vxlan id {b} dev {link} remote 10.5.1.9 dstport 4789"),
        _ => format!(
            "in {ns} {{ link set lo up; addr add 10.9.0.{b}/24 dev eth0; route add 10.9.{b}.0/24 via 10.9.0.9 }}"
        ),
    };
    inside.map_or(plain.clone(), |ns| format!("in {ns} {plain}"))
}
