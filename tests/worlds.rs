//! Worlds: what a script finds when it begins in one, and what it cannot spoil.

mod in_sandbox;

use std::{
    fs,
    process::{Command, Output, Stdio},
};

use in_sandbox::forbidden;

fn nns(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nns")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

#[track_caller]
fn ends(arguments: &[&str], status: i32, fragment: &str) {
    let output = nns(arguments);
    let said = [&output.stdout[..], &output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert_eq!(output.status.code(), Some(status), "{arguments:?} said: {said}");
    assert!(said.contains(fragment), "`{fragment}` is not in what {arguments:?} said: {said}");
}

#[track_caller]
fn in_lan(statements: &str, status: i32, fragment: &str) {
    ends(&["--sandbox", "--world", "lan", "-c", statements], status, fragment);
}

#[test]
fn the_lan_has_a_neighbour_a_gateway_and_an_internet() {
    if forbidden() {
        return;
    }
    in_lan("expect addr 192.168.1.2/24 dev eth0; expect route default via 192.168.1.1", 0, "");
    in_lan("expect ping 192.168.1.1; expect ping 192.168.1.3; expect ping 8.8.8.8; expect ping 203.0.113.7", 0, "");
    in_lan("expect ping 192.168.1.2 from lan; expect ping 1.1.1.1 from lan", 0, "");
    // Nobody on the internet has these.
    in_lan("expect no ping 10.1.2.3", 0, "");
    in_lan("expect ping 172.16.99.1", 3, "does not answer");
    // The way back to a network that only the host knows does not exist.
    let behind = "netns add red; link add v0 type veth peer name v1 netns red; addr add 192.168.15.5/24 dev v0; \
                  link set v0 up; in red { addr add 192.168.15.1/24 dev v1; link set v1 up; \
                  route add default via 192.168.15.5 }; sysctl -q net.ipv4.ip_forward=1; expect ping 192.168.1.2 from red;";
    in_lan(&format!("{behind} expect no ping 192.168.1.3 from red; expect no ping 8.8.8.8 from red"), 0, "");
    in_lan(
        &format!("{behind} in lan route add 192.168.15.0/24 via 192.168.1.2; expect ping 192.168.1.3 from red"),
        0,
        "",
    );
}

#[test]
fn a_script_that_fails_leaves_the_world_and_nothing_else() {
    if forbidden() {
        return;
    }
    in_lan("netns add red; expect ping 10.1.2.3", 3, "everything is as it was before");
    in_lan("netns add lan", 2, "there is a namespace `lan` already");
    in_lan("print $nic", 2, "there is no variable `nic`");
}

#[test]
fn the_uplink_is_named_as_the_tutorial_does() {
    if forbidden() {
        return;
    }
    let named = ["--sandbox", "--world", "lan", "--nic", "enp0s3", "-c"];
    ends(&[&named[..], &["expect link enp0s3 up; expect no link eth0; expect ping 8.8.8.8"]].concat(), 0, "");
    ends(&["--sandbox", "--nic", "enp0s3", "-c", "true"], 2, "add `--sandbox --world lan --nic enp0s3`");
    ends(&["--sandbox", "--world", "lan", "--nic", "a/b", "-c", "true"], 2, "cannot stand in a link's name");
}

#[test]
fn any_script_can_be_a_world() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = file("good.nns", "let nic = eth0\nlink add $nic type bridge\n");
    ends(&["--sandbox", "--world", &good, "-c", "expect link eth0"], 0, "");
    ends(&["--sandbox", "--world", &good, "--nic", "ens3", "-c", "expect link ens3"], 0, "");
    ends(
        &["check", "--sandbox", "--world", &good, &file("a.nns", "link add eth0 type bridge")],
        2,
        "good.nns:2:1: it came here",
    );
    let nameless = file("nameless.nns", "link add eth0 type bridge\n");
    ends(&["--sandbox", "--world", &nameless, "--nic", "ens3", "-c", "true"], 2, "gives its uplink no name");
    let failing = file("failing.nns", "netns add red\nexpect ping 10.0.0.1\n");
    ends(&["--sandbox", "--world", &failing, "-c", "print here"], 3, "does not answer");
}

#[test]
fn a_world_needs_a_sandbox() {
    ends(&["--world", "lan", "-c", "true"], 2, "add `--sandbox`");
    ends(&["--sandbox", "--world", "wan", "-c", "true"], 2, "there is no file `wan`");
    ends(&["--sandbox", "--world", "wan", "-c", "true"], 2, "`lan`");
}
