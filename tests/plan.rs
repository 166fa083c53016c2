//! `nns plan`: what is told, and that nothing is done.

mod in_sandbox;

use std::{fs, path::Path};

use expect_test::expect;

use in_sandbox::{Ran, command, forbidden, ran};

/// What `nns` comes to in a sandbox, in a directory.
fn nns(at: &Path, arguments: &[&str]) -> Ran {
    ran(&command(arguments).current_dir(at).output().unwrap())
}

/// A directory with such files; `None` where this machine allows no sandbox, of which CI wants to know.
fn files(files: &[(&str, &str)]) -> Option<tempfile::TempDir> {
    if forbidden() {
        return None;
    }
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(directory.path().join(name), text).unwrap();
    }
    Some(directory)
}

#[test]
fn each_of_several_has_its_own_line() {
    let script = "link add br0 type bridge; link set br0 up; addr add 10.0.0.1/24 dev br0
route add default via 10.0.0.2
route add default via 10.0.0.3 metric 5
route add default via 10.0.0.4 table 100
ip -6 rule add from fd00::/64 table 100
rule add from 10.1.0.0/16 table 100
rule add to 10.1.0.0/16 table 101 priority 7
firewall accept forward in br0
firewall accept forward state established,related
iptables -A INPUT -p tcp --dport 22 -j ACCEPT
iptables -A INPUT -j DROP
iptables -I INPUT -s 10.0.0.9 -j DROP
";
    let Some(at) = files(&[("lab.nns", script)]) else { return };
    let (status, out, errors) = nns(at.path(), &["plan", "lab.nns"]);
    assert_eq!((status, errors.as_str()), (Some(0), ""));
    expect![[r#"
        host
          + link br0: a bridge, up                                line 1
          + address 10.0.0.1/24 on br0                            line 1
          + route default via 10.0.0.4 dev br0 table 100          line 4
          + route default via 10.0.0.2 dev br0                    line 2
          + route default via 10.0.0.3 dev br0 metric 5           line 3
          + route 10.0.0.0/24 dev br0 src 10.0.0.1 proto kernel   line 1, goes along
          + rule 7: to 10.1.0.0/16 table 101                      line 7
          + rule 32765: from 10.1.0.0/16 table 100                line 6
          + rule 32765: from fd00::/64 table 100                  line 5
          + firewall accept forward in br0                        line 8
          + firewall accept forward state established,related     line 9
          + iptables -A INPUT -s 10.0.0.9/32 -j DROP              line 12
          + iptables -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT  line 10
          + iptables -A INPUT -j DROP                             line 11
        14 to add, 0 to change, 0 to remove
    "#]]
    .assert_eq(&out);
}

#[test]
fn a_plan_is_a_list_by_namespace() {
    let script = "netns add red
switch br0 10.0.0.5/24 {
  red 10.0.0.1/24 gateway
}
forwarding on
nat masquerade 10.0.0.0/24
iptables -P FORWARD DROP
iptables -A FORWARD -i br0 -j ACCEPT
in red rule add from 10.0.0.0/24 table 100
in red sysctl -w net.ipv4.ip_forward=0
";
    let Some(at) = files(&[("lab.nns", script)]) else { return };
    let (status, out, errors) = nns(at.path(), &["plan", "lab.nns"]);
    assert_eq!((status, errors.as_str()), (Some(0), ""));
    expect![[r#"
        host
          + link br0: a bridge, up                                               line 2
          + address 10.0.0.5/24 on br0                                           line 2
          + link veth-red-br: a veth with peer veth-red in red, port of br0, up  line 3
          + route 10.0.0.0/24 dev br0 src 10.0.0.5 proto kernel                  line 2, goes along
          ~ net.ipv4.ip_forward 0 → 1                                            line 5
          + nat masquerade 10.0.0.0/24                                           line 6
          ~ chain FORWARD of table ip filter: policy accept → drop               line 7
          + iptables -A FORWARD -i br0 -j ACCEPT                                 line 8
        red
          + namespace                                                            line 1
          + link veth-red: a veth with peer veth-red-br in host, up              line 3
          + address 10.0.0.1/24 on veth-red                                      line 3
          + route default via 10.0.0.5 dev veth-red                              line 3
          + route 10.0.0.0/24 dev veth-red src 10.0.0.1 proto kernel             line 3, goes along
          + rule 32765: from 10.0.0.0/24 table 100                               line 9
          ~ net.ipv4.ip_forward → 0                                              line 10
        12 to add, 3 to change, 0 to remove
    "#]]
    .assert_eq(&out);
    let (_, coloured, _) = nns(at.path(), &["plan", "--color", "always", "lab.nns"]);
    assert!(coloured.contains("\x1b[32m+"), "{coloured}");
}

#[test]
fn programs_read_it_too() {
    let Some(at) = files(&[("lab.nns", "netns add red\nin red link set lo up\n")]) else { return };
    let (status, out, _) = nns(at.path(), &["plan", "--json", "lab.nns"]);
    assert_eq!(status, Some(0));
    let plan: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&plan["added"], &plan["changed"], &plan["removed"]), (&3.into(), &1.into(), &0.into()), "{out}");
    let first = serde_json::json!({
        "netns": "red", "sign": "added", "object": "netns", "text": "", "class": "exact",
        "file": "lab.nns", "line": 1, "goes_along": false,
    });
    assert_eq!(plan["changes"][0], first);
}

#[test]
fn programs_read_names_that_bring_control_characters() {
    let name = "a\u{1}\"\u{1b}.nns";
    let Some(at) = files(&[(name, "netns add red\n")]) else { return };
    let (status, out, _) = nns(at.path(), &["plan", "--json", name]);
    assert_eq!(status, Some(0));
    let plan: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(plan["changes"][0]["file"], name);
}

/// What they lower to is what their long forms lower to.
#[test]
fn shorthands_are_their_long_forms() {
    let short = "netns add red blue
wire red:e0 10.0.0.1/24 -- blue:e1 10.0.0.2/24
switch br0 10.1.0.5/24 { red 10.1.0.1/24; blue:eth0 10.1.0.2/24 gateway }
";
    let long = "ip netns add red; ip netns add blue
ip link add e0 netns red type veth peer name e1 netns blue
ip -n red addr add 10.0.0.1/24 dev e0; ip -n blue addr add 10.0.0.2/24 dev e1
ip -n red link set e0 up; ip -n blue link set e1 up
ip link add br0 type bridge; ip addr add 10.1.0.5/24 dev br0; ip link set br0 up
ip link add veth-red netns red type veth peer name veth-red-br; ip link set veth-red-br master br0 up
ip -n red addr add 10.1.0.1/24 dev veth-red; ip -n red link set veth-red up
ip link add eth0 netns blue type veth peer name veth-blue-br; ip link set veth-blue-br master br0 up
ip -n blue addr add 10.1.0.2/24 dev eth0; ip -n blue link set eth0 up
ip -n blue route add default via 10.1.0.5
";
    let Some(at) = files(&[("short.nns", short), ("long.nns", long)]) else { return };
    let plan = |file: &str| -> Vec<String> {
        let (status, out, errors) = nns(at.path(), &["plan", file]);
        assert_eq!((status, errors.as_str()), (Some(0), ""));
        out.lines().map(|line| line.split("  line ").next().unwrap_or_default().trim_end().to_owned()).collect()
    };
    assert_eq!(plan("short.nns"), plan("long.nns"));
    assert!(plan("short.nns").len() > 20);
    let told = |file: &str| nns(at.path(), &["-v", file]).2;
    assert_eq!(told("short.nns"), told("long.nns"));
}

#[test]
fn nothing_is_done_and_errors_are_those_of_a_check() {
    let world = "netns add red\nlink add v0 type veth peer name v1\naddr add 10.0.0.1/24 dev v0\nlink set v0 up\n";
    let plan = "link del v1\nnetns del red\nsysctl -w net.ipv4.ip_forward=0\nexec true\n";
    let wrong = "netns add red\nlink del v7\nexit 10\n";
    let same = "sysctl -w net.ipv4.ip_forward=0\n";
    let Some(at) = files(&[("world.nns", world), ("plan.nns", plan), ("wrong.nns", wrong), ("same.nns", same)]) else {
        return;
    };
    let (status, out, errors) = nns(at.path(), &["--world", "world.nns", "plan", "plan.nns"]);
    assert_eq!(status, Some(0), "{errors}");
    expect![[r#"
        host
          - link v0: a veth with peer v1 in host                line 1, goes along  [undo rebuilds it]
          - link v1: a veth with peer v0 in host                line 1  [undo rebuilds it]
          - route 10.0.0.0/24 dev v0 src 10.0.0.1 proto kernel  line 2, goes along
        red
          - namespace                                           line 2  [undo rebuilds it]
        0 to add, 0 to change, 4 to remove
    "#]]
    .assert_eq(&out);
    assert_eq!(errors, "what programs change is not told, for nobody knows before they run\n");
    let (status, out, errors) = nns(at.path(), &["--world", "world.nns", "plan", "wrong.nns"]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(errors.contains("there is no link `v7`"), "{errors}");
    assert_eq!(nns(at.path(), &["plan", "same.nns"]), (Some(0), "nothing changes\n".into(), String::new()));
}
