//! What `nns apply` does not take, and what stands behind the last change.

use std::{
    io::{BufRead, BufReader},
    process::Child,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    observer,
    room::{Room, said, unchanged, was_so},
};

pub const ALL: &[(&str, fn())] = &[
    ("what_stands_behind_the_last_change_is_run", behind_the_last_change),
    ("an_interrupt_behind_the_last_change", interrupted),
];

/// A name, and files that are refused one after the other.
type Refused = (&'static str, fn(&Room));

/// What is refused; what is said stands in `refusals/NAME.txt`.
pub const REFUSED: &[Refused] = &[
    ("only-a-run-can-tell", only_a_run_can_tell),
    ("something-else-is-there", something_else_is_there),
    ("no-file", no_file),
    ("lost", lost),
];

/// What the child does with what is refused.
pub fn run(name: &str) {
    let (_, refused) = REFUSED.iter().find(|(other, _)| *other == name).unwrap();
    refused(&Room::new());
}

/// Prints what a run says, and holds it to nothing having changed.
#[track_caller]
fn refused(room: &Room, arguments: &[&str]) {
    let before = observer::observe();
    println!("$ nns {}\n{}", arguments.join(" "), room.nns(arguments).with(2));
    unchanged(&before, "it was refused");
}

#[track_caller]
fn refused_file(room: &Room, text: &str) {
    room.write("lab.nns", text);
    refused(room, &["apply", "lab.nns"]);
}

fn only_a_run_can_tell(room: &Room) {
    refused_file(room, "netns add red\nexpect netns red\nlink add br0 type bridge\n");
    refused_file(room, "netns add red\nexec true\nin red link set lo up\nnetns add blue\n");
    refused_file(room, "ping 10.0.0.1 && netns add red\n");
    refused_file(room, "for ns in [red blue] { netns add $ns; expect netns $ns }\n");
    refused_file(room, "if ok { ping 10.0.0.1 } { netns add red }\n");
    refused_file(room, "netns attach red 1\n");
    refused_file(room, "echo net.ipv4.ip_forward=1 > settings\nsysctl -p settings\n");
}

fn something_else_is_there(room: &Room) {
    room.others("ip link add br0 type vxlan id 5 dstport 4789; ip link add br1 type bridge");
    room.others("ip link set br1 mtu 1400 up; ip addr add 10.0.0.1/24 dev br1; ip route add 10.9.0.0/16 via 10.0.0.2");
    refused_file(room, "link add br0 type bridge\n");
    refused_file(room, "link add br1 mtu 1300 type bridge\n");
    refused_file(room, "route add 10.9.0.0/16 via 10.0.0.3\n");
    refused_file(room, "netns add red\nlink add br0 type veth peer name v1 netns red\n");
}

fn no_file(room: &Room) {
    refused(room, &["apply", "-"]);
    refused(room, &["-c", "netns add red", "apply"]);
    refused(room, &["apply", "none.nns"]);
    refused(room, &["apply", "."]);
    refused(room, &["apply", "/dev/null"]);
}

fn lost(room: &Room) {
    // Of a kind that cannot be made again with all that it may have been told.
    room.others("ip link add f0 type ifb");
    refused_file(room, "netns add red\nlink del f0\n");
}

fn behind_the_last_change() {
    let room = Room::new();
    let before = observer::observe();
    let lab = "wire host:a 10.0.0.1/24 -- red:b 10.0.0.2/24\nin red link set lo up\n";
    let good = format!("netns add red\n{lab}print done\nexpect ping 10.0.0.2 within 5s\nexec sh -c 'echo ran'\n");
    let said = room.apply(&good).with(0);
    assert!(said.starts_with("done\nran\n"), "{said}");
    let seen = observer::observe();
    let said = room.apply(&good).with(0);
    assert!(said.starts_with("done\nran\n") && said.contains("everything is so already"), "{said}");
    unchanged(&seen, "it was applied twice");
    // It does not hold: what this apply did is put back, what the one before did is not.
    let bad = format!("netns add red\n{lab}netns add blue\nexpect ping 10.0.0.3\nexec sh -c 'echo ran'\n");
    let said = room.apply(&bad).with(3);
    assert!(!said.contains("ran") && said.contains("everything is as it was before"), "{said}");
    unchanged(&seen, "an expectation did not hold");
    was_so(room.apply(&format!("netns add red\n{lab}")));
    let said = room.apply(&format!("netns add red\n{lab}netns add blue\nprint gone\nexit 17\n")).with(17);
    assert!(said.contains("everything is as it was before"), "{said}");
    unchanged(&seen, "it said `exit 17`");
    room.apply("").with(0);
    unchanged(&before, "the file is empty");
    room.apply(&bad).with(3);
    unchanged(&before, "an expectation did not hold the first time");
}

/// Starts to apply a file, and waits for a line.
pub fn begun(room: &Room, text: &str, line: &str) -> (Child, BufReader<std::process::ChildStdout>) {
    room.write("lab.nns", text);
    let mut child = room.command(&["apply", "lab.nns"]).spawn().unwrap();
    let mut printed = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    while first.trim() != line {
        first.clear();
        assert_ne!(printed.read_line(&mut first).unwrap(), 0, "it ended");
    }
    (child, printed)
}

/// It waits behind its last change.
pub const WAITING: &str = "netns add red blue\nwire red:a 10.0.0.1/24 -- blue:b 10.0.0.2/24\nprint ready
in red ping -c 1000 10.0.0.2\nprint never\n";

fn interrupted() {
    let room = Room::new();
    let before = observer::observe();
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let (child, _printed) = begun(&room, WAITING, "ready");
        kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
        let ended = said(&child.wait_with_output().unwrap()).with(1);
        assert!(ended.contains("interrupted") && ended.contains("everything is as it was before"), "{ended}");
        unchanged(&before, "it was interrupted");
    }
}
