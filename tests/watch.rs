//! `watch`: what other programs do is told as it happens.

mod in_sandbox;

use std::{
    io::{BufRead, BufReader, Read},
    thread,
    time::{Duration, Instant},
};

use in_sandbox::{command, forbidden, run};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// What `ip` does while the script watches.
const DONE: &str = "sleep 0.4
    ip link set v1 netns red
    ip -n red addr add 10.0.0.1/24 dev v1
    ip -n red link set v1 up
    ip link set v0 up
    ip -n red route add default via 10.0.0.2
    ip -n red route add blackhole 10.9.0.0/16 table 7
    ip -n red rule add from 10.0.0.1 table 7
    ip netns exec red sysctl -qw net.ipv4.ip_forward=1
    ip netns add blue
    ip -n blue link add br0 type bridge
    ip link add x0 type veth peer name x1 netns blue
    ip -n blue link set x1 master br0
    ip netns del blue
    ip link set v0 mtu 1400
    ip link set v0 down
    ip link set v0 name w0
    ip link del w0";

/// What is told of a namespace, in order; what the kernel does by itself, at its own time, is left out.
fn told<'a>(text: &'a str, ns: &str) -> Vec<&'a str> {
    let is_own = |line: &&str| !["fe80", "neigh", "carrier", "address"].iter().any(|own| line.contains(own));
    let of_ns = text.lines().filter_map(|line| line.strip_prefix(ns)?.strip_prefix(' ').map(str::trim_start));
    of_ns.filter(is_own).collect()
}

#[test]
fn what_ip_does_in_any_namespace_is_told() {
    if forbidden() {
        return;
    }
    let before = "netns add red; link add v0 type veth peer name v1";
    let (status, out, errors) = run(&format!("{before}; spawn sh -c '{DONE}'; watch for 3s"));
    assert_eq!((status, errors.as_str()), (Some(0), ""), "{out}");
    assert_eq!(told(&out, "netns"), ["blue added", "blue removed"], "{out}");
    assert_eq!(
        told(&out, "red"),
        [
            "link v1 added: veth, down",
            "addr 10.0.0.1/24 added on v1",
            "route 10.0.0.0/24 dev v1 added",
            "route default via 10.0.0.2 dev v1 added",
            "route blackhole 10.9.0.0/16 table 7 added",
            "rule priority 32765 from 10.0.0.1/32 table 7 added",
            "forwarding of IPv4 on",
            "link v1 down",
            "addr 10.0.0.1/24 removed from v1",
            "link v1 removed",
        ],
        "{out}"
    );
    // When the far end of a cable goes with its namespace is the kernel's to say.
    let (far, host): (Vec<&str>, Vec<&str>) = told(&out, "host").into_iter().partition(|line| line.contains("x0"));
    assert_eq!(far, ["link x0 added: veth, down", "link x0 removed"], "{out}");
    let wanted = ["link v1 removed", "link v0 mtu 1400", "link v0 down", "link v0 is called w0 now", "link w0 removed"];
    assert_eq!(host, wanted, "{out}");
    // It came with the namespace or behind it.
    assert!(out.contains("blue    link br0 added: bridge, down\n"), "{out}");
    assert!(out.contains("red     link v1 carrier\n") || out.contains("red     link v1 up, carrier\n"), "{out}");
}

#[test]
fn of_one_namespace_alone() {
    if forbidden() {
        return;
    }
    let change = "sh -c 'sleep 0.3; ip link set lo up; ip -n red link set lo up'";
    let (_, out, _) = run(&format!("netns add red blue; spawn {change}; watch red blue for 1s"));
    assert!(out.contains("red     link lo up, carrier\n") && !out.contains("host"), "{out}");
    let (_, out, _) = run(&format!("netns add red; spawn {change}; in red watch 1s"));
    assert!(out.contains("red     link lo up, carrier\n") && !out.contains("host"), "{out}");
    let (status, _, errors) = run("watch nobody for 1s");
    assert_eq!(status, Some(1));
    assert!(errors.contains("there is no namespace `nobody`"), "{errors}");
}

#[test]
fn ends_with_ctrl_c_and_the_script_goes_on() {
    if forbidden() {
        return;
    }
    let mut child = command(&["-c", "netns add red; watch; netns list"]).spawn().unwrap();
    let mut remark = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut remark).unwrap();
    assert_eq!(remark, "told is what happens from now on, until Ctrl-C\n");
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!((child.wait().unwrap().code(), out.contains("red")), (Some(0), true), "{out}");
}

#[test]
fn ends_when_nobody_reads_any_more() {
    if forbidden() {
        return;
    }
    let change = "spawn sh -c 'while sleep 0.1; do ip link set lo up; ip link set lo down; done'";
    let mut child = command(&["-c", &format!("{change}; watch")]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("link lo"), "{line}");
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(20), "it goes on");
        thread::sleep(Duration::from_millis(20));
    }
}
