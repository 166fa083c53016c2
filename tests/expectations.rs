//! `expect` and `settle` on the kernel: what holds, what does not, and what comes true while it is waited for.

mod in_sandbox;

use std::time::{Duration, Instant};

use in_sandbox::{forbidden, run};

/// What a script builds for those below: two namespaces at a switch.
const LAN: &str = "netns add red blue
switch br0 10.0.0.1/24 fd00::1/64 {
  red   10.0.0.2/24 fd00::2/64
  blue  10.0.0.3/24 fd00::3/64
}
";

/// The status and standard error of statements in a sandbox.
fn sandboxed(statements: &str) -> (Option<i32>, String) {
    let (status, _, errors) = run(statements);
    (status, errors)
}

/// Each claim holds behind its preparation, its opposite does not, and before the preparation it is the other way
/// round. The last is a part of what is told where the opposite fails.
const CLAIMS: &[(&str, &str, &str)] = &[
    ("ping 10.0.0.2", "neigh 10.0.0.2 dev br0", "note: neighbour 10.0.0.2 on `br0` has "),
    ("expect ping fd00::3 from red", "neigh fd00::3 from red", "note: neighbour fd00::3 on `veth-red` has "),
    ("sysctl -q net.ipv4.ip_forward=1", "sysctl net.ipv4.ip_forward=1", "note: `net.ipv4.ip_forward` is 1"),
    (
        "in red sysctl -q net.ipv4.ip_local_port_range='2000 3000'",
        "sysctl net.ipv4.ip_local_port_range='2000 3000' from red",
        "`net.ipv4.ip_local_port_range` is 2000 3000 in namespace `red`",
    ),
    (
        "nat masquerade 10.0.0.0/24 out br0",
        "nat masquerade 10.0.0.0/24 out br0",
        "note: nat masquerade 10.0.0.0/24 out br0",
    ),
    ("firewall drop input icmp", "firewall drop input icmp", "note: firewall drop input icmp"),
    (
        "iptables -A FORWARD -i br0 -j ACCEPT",
        "iptables -A FORWARD -i br0 -j ACCEPT",
        "note: -A FORWARD -i br0 -j ACCEPT",
    ),
    (
        "in red link add v0 type veth peer name v1; in red link set v1 up; in red link set v0 up",
        "link v0 up carrier from red",
        "link `v0`",
    ),
    (
        "in red route add default dev veth-red table 100",
        "route default table 100 from red",
        "there is default route in table 100 in namespace `red`",
    ),
    (
        "settle; in red ip -6 addr add fe80::77/64 dev veth-red",
        "addr fe80::77/64 from red",
        "note: address fe80::77/64 on `veth-red`",
    ),
    (
        "in red link add br9 type bridge; in red link set br9 up; in red link add x type veth peer name y; in red link set \
         x up; in red link set y master br9 up; settle",
        "route fe80::/64 dev br9 from red within 5s",
        "note: route fe80::/64 dev ",
    ),
    ("exec touch FILE", "file FILE", "there is file `"),
    ("exec sh -c \"echo hello world > FILE\"", "file FILE contains \"o w\"", "note: | hello world"),
    ("exec sh -c \"echo hello > FILE\"", "file FILE is hello", "says nothing but `hello`"),
];

#[test]
fn claims_hold_or_do_not() {
    if forbidden() {
        return;
    }
    for (preparation, claim, told) in CLAIMS {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        let fill = |text: &str| text.replace("FILE", file.to_str().unwrap());
        let script = |preparation: &str, no: &str| fill(&format!("{LAN}{preparation}\nexpect {no}{claim}\n"));
        assert_eq!(sandboxed(&script("", "no ")).0, Some(0), "before: no {claim}");
        assert_eq!(sandboxed(&script("", "")).0, Some(3), "before: {claim}");
        let (status, said) = sandboxed(&script(preparation, ""));
        assert_eq!(status, Some(0), "{claim}: {said}");
        let (status, said) = sandboxed(&script(preparation, "no "));
        assert_eq!(status, Some(3), "no {claim}: {said}");
        assert!(said.contains(told), "no {claim}: {said}");
    }
}

#[test]
fn what_is_expected_is_not_complained_of() {
    if forbidden() {
        return;
    }
    assert_eq!(sandboxed("expect no exec false; expect exec true"), (Some(0), String::new()));
    let (status, said) = sandboxed("expect exec false");
    assert_eq!(status, Some(3), "{said}");
    let begun = Instant::now();
    let nobody = "netns add red; wire a 10.0.0.1/24 -- red:b; expect no ping 10.0.0.2 within 100ms";
    assert_eq!(sandboxed(nobody), (Some(0), String::new()));
    assert!(begun.elapsed() < Duration::from_millis(900), "{:?}", begun.elapsed());
}

#[test]
fn a_neighbour_has_the_address_that_it_has() {
    if forbidden() {
        return;
    }
    let script = "netns add red; wire a 10.0.0.1/24 -- red:b 10.0.0.2/24
in red link set b address 02:00:00:00:00:42; ping -c1 10.0.0.2
expect neigh 10.0.0.2 lladdr 02:00:00:00:00:42; expect no neigh 10.0.0.2 lladdr 02:00:00:00:00:43
expect no neigh 10.0.0.2 dev lo; expect neigh 10.0.0.2 lladdr 02:00:00:00:00:43";
    let (status, said) = sandboxed(script);
    assert_eq!(status, Some(3), "{said}");
    assert!(said.contains("neighbour 10.0.0.2 on `a` has 02:00:00:00:00:42"), "{said}");
}

#[test]
fn output_is_kept_and_looked_through() {
    if forbidden() {
        return;
    }
    let holds = format!(
        "{LAN}expect \"3 received\" {{ ping 10.0.0.2 }}
in red expect \"veth-red\" {{ ip link | grep veth; addr show }}
expect no \"veth-red\" {{ in blue {{ ip link; exec ls }} }}
expect \"Network is unreachable\" {{ ping 192.168.99.9 }}
expect \"one more\" {{ for n in 1..2 {{ print $n more }}; print one more }}
expect \"done: 3\" {{ print done: ${{ 1 + 2 }} }} && print yes"
    );
    assert_eq!(run(&holds), (Some(0), "yes\n".into(), String::new()));
    let (status, said) = sandboxed("netns add red; expect \"never\" { for n in 1..9 { print line $n } }");
    assert_eq!(status, Some(3), "{said}");
    assert!(said.contains("the statements do not print `never`"), "{said}");
    assert!(said.contains("| line 5\n") && !said.contains("line 6") && said.contains("and 4 more lines"), "{said}");
    assert!(said.contains("everything is as it was before"), "{said}");
    let (status, said) = sandboxed("expect no \"b\" { print abc }");
    assert_eq!(status, Some(3), "{said}");
    assert!(said.contains("the statements print `b`"), "{said}");
}

/// What somebody else does while the script waits.
const LATER: &[(&str, &str)] = &[
    ("ip link add vx type veth", "link vx"),
    ("ip link set br0 down", "link br0 down"),
    ("ip addr add 10.9.9.9/32 dev lo", "addr 10.9.9.9/32"),
    ("ip route add 10.8.0.0/16 via 10.0.0.2", "route 10.8.0.0/16 via 10.0.0.2"),
    ("ip netns del blue", "no netns blue"),
    ("ip netns add late", "netns late"),
    ("ip -n red link set veth-red down", "link veth-red down from red"),
    ("ip -n red link set veth-red down", "no link br0 carrier"),
    ("ip neigh add 10.0.0.77 lladdr 02:00:00:00:00:77 dev br0 nud permanent", "neigh 10.0.0.77"),
    ("sysctl -qw net.ipv4.ip_forward=1", "sysctl net.ipv4.ip_forward=1"),
    ("iptables -A INPUT -s 10.1.1.1 -j DROP", "iptables -A INPUT -s 10.1.1.1 -j DROP"),
    ("echo there > FILE", "file FILE contains there"),
    ("ip link add vx type veth", "\"vx\""),
];

/// Nothing here waits for its time to be over: it is told of the change.
#[test]
fn what_comes_true_later_is_waited_for() {
    if forbidden() {
        return;
    }
    for (change, claim) in LATER {
        let directory = tempfile::tempdir().unwrap();
        let lan =
            if claim.starts_with("no link") { LAN.replace("  blue  10.0.0.3/24 fd00::3/64\n", "") } else { LAN.into() };
        let block = if claim.starts_with('"') { " { ip link show }" } else { "" };
        let script =
            format!("{lan}exec sh -c \"(sleep 0.4; {change}) >/dev/null 2>&1 &\"\nexpect {claim} within 20s{block}\n");
        let script = script.replace("FILE", directory.path().join("file").to_str().unwrap());
        let begun = Instant::now();
        let (status, said) = sandboxed(&script);
        assert_eq!(status, Some(0), "{claim}: {said}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{claim}: {:?}", begun.elapsed());
        let _ = std::fs::remove_file(directory.path().join("file"));
        let never = script.replace("sleep 0.4;", "exit;").replace("within 20s", "within 100ms");
        assert_eq!(sandboxed(&never).0, Some(3), "{claim}");
    }
}

#[test]
fn settled_is_what_can_be_used() {
    if forbidden() {
        return;
    }
    let tentative = "expect \"tentative\" { in red ip -6 addr show dev veth-red }";
    assert_eq!(sandboxed(&format!("{LAN}{tentative}")).0, Some(0));
    let (status, said) = sandboxed(&format!("{LAN}settle; {tentative}"));
    assert_eq!(status, Some(3), "{said}");
    let (status, said) = sandboxed(&format!("{LAN}settle within 1ms"));
    assert_eq!(status, Some(3), "{said}");
    assert!(said.contains("the network is not at rest after 0.001 s"), "{said}");
    assert!(said.contains("address fd00::2 of link `veth-red` is tentative in namespace `red`"), "{said}");
    assert!(said.contains("everything is as it was before"), "{said}");
    // What never comes is not waited for: a cable whose far end is down, a bridge without ports.
    let begun = Instant::now();
    let (status, said) = sandboxed(
        "link add v0 type veth peer name v1; link set v0 up; link add br0 type bridge; link set br0 up; settle",
    );
    assert_eq!(status, Some(0), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

/// A bridge that speaks STP listens and learns before it forwards, two seconds each at the least.
#[test]
fn ports_of_a_spanning_tree_are_waited_for() {
    if forbidden() {
        return;
    }
    let (status, said) = sandboxed(
        "netns add hub red
in hub {
  link add br0 type bridge
  exec sh -c \"echo 200 > /sys/class/net/br0/bridge/forward_delay; echo 1 > /sys/class/net/br0/bridge/stp_state\"
  link set br0 up
  link add p1 type veth peer name e0 netns red
  link set p1 master br0 up
}
in red link set e0 up
in hub expect \"state listening\" within 2s { ip -d link show p1 }
settle
in hub expect \"state forwarding\" { ip -d link show p1 }",
    );
    assert_eq!(status, Some(0), "{said}");
}
