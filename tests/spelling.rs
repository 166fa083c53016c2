//! What `ip` takes we take, and what it refuses to read we refuse: the same lines go to both.
//!
//! `ip` runs in namespaces of its own (user, mount and network), where the links and namespaces of the lines exist.
//! Whether the kernel then carries a line out is not asked: an answer of the kernel means that `ip` could read it.

use std::process::{Command, Stdio};

use nns::{
    commands::{Arg, Context, lower},
    net::NsRef,
    source::Sources,
};

/// What the lines speak of. Nothing of it is outside the child's own namespaces.
const WORLD: &str = "
    mount --make-rprivate / && mount -t tmpfs tmpfs /run || exit 99
    ip netns add red && ip netns add blue || exit 99
    ip link add v0 type veth peer name v1 || exit 99
    ip link add br0 type bridge || exit 99
    ip link set lo up; ip link set v0 up; ip link set v1 up
    ip addr add 10.0.0.1/24 dev v0; ip addr add fd00::5/64 dev v0 nodad
";

/// Lines that `ip` can read.
const TAKEN: &[&str] = &[
    "ip a",
    "ip a s",
    "ip a s v0",
    "ip add",
    "ip addr show dev v0",
    "ip addr show up",
    "ip addr list to 10.0.0.0/8 scope global",
    "ip a a 10.1.0.1/24 dev v0",
    "ip address add dev v0 10.1.0.1/24 brd +",
    "ip addr add local 10.1.0.1/24 b 10.1.0.255 dev v0 metr 5",
    "ip addr add 10.1.0.1 peer 10.1.0.2/30 dev v0 scope link label v0:1",
    "ip addr add 10.1.0.1/255.255.255.0 dev v0 noprefixroute nodad",
    "ip -6 addr add fd01::1/64 dev v0 nodad",
    "ip a d 10.0.0.1/24 dev v0",
    "ip l",
    "ip li",
    "ip link list",
    "ip link ls",
    "ip link lst",
    "ip link sh v0",
    "ip link show dev v0",
    "ip link show master br0",
    "ip link show type veth up",
    "ip l s v0 up",
    "ip l s dev v0 up",
    "ip link set up dev v0",
    "ip link set up v0",
    "ip link set mtu 1400 dev v0",
    "ip link set netns red dev v0",
    "ip link set v0 netns red name eth0 up",
    "ip link set v0 netns 1",
    "ip link set v0 down name eth0 addr 02:00:00:00:00:01 mtu 1300 ma br0 up",
    "ip link set v0 nom",
    "ip link set v0 up down",
    "ip link set v0 nomaster master br0",
    "ip link set name v0 up",
    "ip link change v0 down",
    "ip link add a0 type veth peer name a1",
    "ip link add a0 type veth peer a1",
    "ip link add dev a0 type veth peer dev a1",
    "ip link add name a0 ty veth peer name a1 netns blue",
    "ip link add a0 netns red type veth peer name a1 netns blue",
    "ip link add type veth",
    "ip link add a0 mtu 1400 up type veth peer name a1 mtu 1300 address 02:00:00:00:00:02",
    "ip link add br1 type bridge",
    "ip link add name br1 up type bridge",
    "ip link del v0",
    "ip l d dev v0",
    "ip link delete v0 type veth",
    "ip n",
    "ip nei",
    "ip neigh show dev v0",
    "ip neighbour list",
    "ip neighbor",
    "ip r",
    "ip ro",
    "ip r l t all",
    "ip route show table local dev v0",
    "ip route show default",
    "ip route list exact 10.0.0.0/24",
    "ip -6 r",
    "ip route show via 10.0.0.2",
    "ip r a default via 10.0.0.2",
    "ip route add 10.9.0.0/16 via 10.0.0.2 dev v0 src 10.0.0.1 metr 5 proto static",
    "ip route add table 7 default via 10.0.0.2 onlink dev v0",
    "ip route add to 10.9.0.0/16 oif v0 prio 7 scope link mtu 1400",
    "ip route add default via fd00::1",
    "ip -6 route add default dev v0",
    "ip route add blackhole 10.9.0.0/16",
    "ip route add unr default metric 4278198272",
    "ip route add local 0.0.0.0/0 dev lo table main",
    "ip route append default via 10.0.0.2",
    "ip route chg default via 10.0.0.2",
    "ip route replace default via 10.0.0.2",
    "ip route del default",
    "ip r d 10.0.0.0/24 dev v0",
    "ip netns",
    "ip netns ls",
    "ip net a green",
    "ip netns del red",
    "ip netns exec red ip link",
    "ip netns e red ip -n blue link",
    "ip -n red link set lo up",
    "ip -net red l",
    "ip -netns red -4 -br -c=never a",
    "ip -br -c a",
    "ip --brief --json -p addr",
    "ip -o -d -s -s -N link",
    "ip -st -t -f inet6 addr",
    "ip -h addr",
    "ip -family inet route",
    "ip -- link",
];

/// Lines that `ip` refuses before it asks the kernel.
const REFUSED: &[&str] = &[
    "ip lnik",
    "ip ip link",
    "ip -n red ip link",
    "ip -x link",
    "ip -c=sometimes link",
    "ip -n",
    "ip -f inet7 link",
    "ip link bogus",
    "ip link list -n red",
    "ip link set",
    "ip link set up",
    "ip link set v0 v1 up",
    "ip link set v0 mtu",
    "ip link set v0 mtu big",
    "ip link set v0 mtu 1400 mtu 1500",
    "ip link set v0 upp",
    "ip link set v0 promisc offi",
    "ip link set v0 name a/b",
    "ip link add a0",
    "ip link add a0 type",
    "ip link add a0 type veth name a1",
    "ip link add a0 type veth up",
    "ip link add a0 name a1 type veth",
    "ip link add a0 type veth peer name a1 type veth",
    "ip link add br1 type bridge up",
    "ip link add name name-of-16-bytes type bridge",
    "ip link show v0 v1",
    "ip addr bogus",
    "ip addr add 10.1.0.1/24",
    "ip addr add 10.1.0.1/24 dev",
    "ip addr add 10.1.0.1/24 dev v0 up",
    "ip addr add 10.1.0.1/24 v0",
    "ip addr add 300.1.0.1/24 dev v0",
    "ip addr add 10.1.0.1/33 dev v0",
    "ip addr add 10.1.0.1/24 10.2.0.1/24 dev v0",
    "ip addr add 10.1.0.1/24 peer fd00::1 dev v0",
    "ip addr add fd01::1/64 brd + dev v0",
    "ip -6 addr add 10.1.0.1/24 dev v0",
    "ip addr add 10.1.0.1/24 dev v0 scope galaxy",
    "ip route add",
    "ip route add defualt via 10.0.0.2",
    "ip route add default via",
    "ip route add default via 10.0.0.2/24",
    "ip route add default vai 10.0.0.2",
    "ip route add default via 10.0.0.2 via 10.0.0.3",
    "ip route add 10.9.0.0/16 via fd00::1",
    "ip -4 route add default via fd00::1",
    "ip route add 10.9.0.0/16 dev v0 table blue",
    "ip route add 10.9.0.0/16 dev v0 metric x",
    "ip route show tabel 7",
    "ip neigh show v0",
    "ip netns red ip link",
    "ip netns add",
    "ip netns add a/b",
    "ip netns exec red",
    "ip netns bogus",
];

/// Whether our table understands a line.
fn we_take(line: &str) -> bool {
    let mut sources = Sources::default();
    let id = sources.add("line", line);
    let mut at = 0;
    let args: Vec<Arg> = (line.split(' '))
        .map(|word| {
            let span = sources.get(id).span(at, at + word.len());
            at += word.len() + 1;
            Arg { text: word.into(), bare: true, span }
        })
        .collect();
    lower(&args, &Context { ns: NsRef::Host }).is_ok()
}

/// Whether `ip` can read a line; an error says why it could not be tried.
fn ip_takes(line: &str) -> Result<bool, String> {
    let script = format!("{WORLD}\n{line}\n");
    let output = Command::new("unshare")
        .args(["-rnm", "sh", "-c", &script])
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("unshare: {error}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => Ok(true),
        Some(99) | None => Err(complaint),
        // 2 is what `ip` says of a request that the kernel refused; its own refusals are 1 and 255.
        Some(status) => Ok(status == 2),
    }
}

#[test]
fn the_same_lines_are_read_as_ip_reads_them() {
    if let Err(why) = ip_takes("ip -V") {
        println!("skipped: {why}");
        return;
    }
    let mut wrong = Vec::new();
    for (lines, taken) in [(TAKEN, true), (REFUSED, false)] {
        for line in lines {
            let ip = ip_takes(line).expect("it could be tried before");
            let we = we_take(line);
            if ip != taken || we != taken {
                wrong.push(format!("`{line}`: ip {}, we {}", verdict(ip), verdict(we)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn verdict(taken: bool) -> &'static str {
    if taken { "takes it" } else { "refuse it" }
}
