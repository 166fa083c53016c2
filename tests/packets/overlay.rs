//! Overlays: one Ethernet over two machines.
//!
//! ```text
//!  left-pod  192.168.42.1 ── pod │ br0 │ vx0 ══ left 10.0.0.1 ──── 10.0.0.2 right ══ vx0 │ br0 │ pod ── right-pod  192.168.42.2
//!            fd00:42::1                                                                                 fd00:42::2
//! ```

use std::{
    fs,
    net::UdpSocket,
    time::{Duration, Instant},
};

use crate::{Case, lab::Lab, traffic::inside};

/// All tests.
pub const ALL: &[Case] =
    &[("overlay_between_machines", between_machines), ("overlay_and_large_packets", large_packets)];

const PODS: &[&str] = &["left-pod", "right-pod"];

/// Two machines with a cable between them, each with a bridge and a pod on it; the overlay is for the tests to add.
const NETWORK: &str = "
    sysctl -q net.ipv6.conf.default.accept_dad=0
    netns add left right left-pod right-pod
    for ns in [left right left-pod right-pod] { in $ns sysctl -q net.ipv6.conf.default.accept_dad=0 }
    link add eth0 netns left type veth peer name eth0 netns right
    def machine(ns, own, number) {
        in $ns { addr add $own/24 dev eth0; link set eth0 up; link add br0 type bridge; link set br0 up }
        link add pod netns $ns type veth peer name eth0 netns $ns-pod
        in $ns link set pod master br0 up
        in $ns-pod {
            addr add 192.168.42.$number/24 dev eth0
            addr add fd00:42::$number/64 dev eth0
            link set lo up; link set eth0 up
        }
    }
    machine left 10.0.0.1 1
    machine right 10.0.0.2 2
";

const OVERLAY: &str = "
    in left  { link add vx0 up master br0 type vxlan id 42 remote 10.0.0.2 local 10.0.0.1 dev eth0 dstport 4789 }
    in right { ip link add vx0 up master br0 type vxlan id 42 remote 10.0.0.1 local 10.0.0.2 dev eth0 dstport 4789 }
";

const PACKET: &str = "udp left-pod -> 192.168.42.2:53";
const ARRIVES: &str = "right-pod:53 hears 192.168.42.1";

fn between_machines() {
    let mut lab = Lab::of(NETWORK, PODS);
    // Nothing but the overlay leads there.
    lab.sees("udp left-pod -> [fd00:42::2]:53", "silence");
    lab.run(OVERLAY);
    lab.wait_for(PACKET, ARRIVES);
    lab.wait_for("tcp right-pod -> [fd00:42::1]:80", "left-pod:80 hears fd00:42::2");
    lab.run("in left-pod expect ping 192.168.42.2");

    // Both ends must be of one network, and listen where the other sends.
    lab.run(
        "in right { link del vx0; link add vx0 up master br0 type vxlan id 43 remote 10.0.0.1 dev eth0 dstport 4789 }",
    );
    lab.sees(PACKET, "silence");
    lab.run(
        "in right { link del vx0; link add vx0 up master br0 type vxlan id 42 remote 10.0.0.1 dev eth0 dstport 4790 }",
    );
    lab.sees(PACKET, "silence");
    lab.run(
        "in right { link del vx0; link add vx0 up master br0 type vxlan id 42 remote 10.0.0.1 dev eth0 dstport 4789 }",
    );
    lab.wait_for(PACKET, ARRIVES);

    // One that is moved still sends from where it was born.
    lab.run(
        "in left { link del br0; link set vx0 netns left-pod }
         in left-pod { link set eth0 down; addr add 192.168.42.1/24 dev vx0; link set vx0 up }",
    );
    lab.wait_for(PACKET, ARRIVES);
    lab.run("in left link set eth0 down");
    lab.sees(PACKET, "silence");
}

fn large_packets() {
    let mut lab = Lab::of(NETWORK, PODS);
    lab.run(OVERLAY);
    lab.wait_for(PACKET, ARRIVES);
    // 28 bytes are the headers of IP and UDP, and 1450 what the overlay leaves.
    let fits = 1450 - 28;
    assert_eq!((arrived(fits), fragments()), (Some(fits), 0));
    // The pods do not know, and the bridge drops what is too large.
    assert_eq!((arrived(fits + 1), fragments()), (None, 0));
    lab.run("in left-pod link set eth0 mtu 1450; in right-pod link set eth0 mtu 1450");
    assert_eq!(arrived(fits + 1), Some(fits + 1));
    assert_eq!(fragments(), 2);
}

/// Sends that many bytes from pod to pod; how many arrive.
fn arrived(bytes: usize) -> Option<usize> {
    const SILENCE: Duration = Duration::from_millis(300);
    let receiver = inside("right-pod", || UdpSocket::bind("192.168.42.2:6000").expect("nobody else listens"));
    inside("left-pod", || {
        let sender = UdpSocket::bind("192.168.42.1:0").expect("the address is there");
        sender.send_to(&vec![7; bytes], "192.168.42.2:6000").expect("the link is up");
    });
    let end = Instant::now() + SILENCE;
    receiver.set_read_timeout(Some(SILENCE)).expect("the time is not zero");
    let received = receiver.recv(&mut [0; 9000]).ok();
    assert!(received.is_some() || Instant::now() >= end, "the wait was cut short");
    received
}

/// How many pieces the sending pod has made of packets so far (`Ip: FragCreates` in its `net/snmp`).
fn fragments() -> u64 {
    let text = inside("left-pod", || fs::read_to_string("/proc/thread-self/net/snmp").expect("every kernel has it"));
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("Ip: ")).map(str::split_whitespace);
    let (names, values) = (lines.next().expect("names come first"), lines.next().expect("numbers are below them"));
    let count = names.zip(values).find(|(name, _)| *name == "FragCreates").expect("the kernel counts fragments").1;
    count.parse().expect("it is a number")
}
