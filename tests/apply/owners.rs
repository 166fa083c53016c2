//! Which file owns what, before and behind other runs.

use std::{fs, os::unix::fs::symlink};

use expect_test::expect;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    edits::LAB,
    observer,
    refusals::{WAITING, begun},
    room::{Room, identities, unchanged, was_so},
};

pub const ALL: &[(&str, fn())] = &[
    ("two_files", two_files),
    ("one_file_by_many_paths", many_paths),
    ("an_apply_is_undone", undone),
    ("an_apply_is_undone_and_done_again", done_again),
    ("a_later_run_is_undone", later_run),
    ("a_later_run_took_away_and_brought_back", brought_back),
    ("an_apply_is_killed", killed),
    ("comments_and_blank_lines", comments),
    ("settings_of_a_wire_that_is_moved", settings_of_a_wire),
    ("a_dry_run_changes_nothing", dry),
    ("a_dry_run_tells_which_line_is_behind_a_change_or_that_none_is", reasons),
];

/// Something less than the lab.
fn less() -> String {
    LAB.replace("addr add 10.0.0.1/24 dev br0\n", "").replace("  route add default via 10.0.0.1\n", "")
}

fn two_files() {
    let room = Room::new();
    let nothing = observer::observe();
    let other = "netns add green\nlink add br9 type bridge\naddr add 10.9.9.9/24 dev br0\nlink set br0 up\n";
    room.apply(LAB).with(0);
    let first = observer::observe();
    room.write("other.nns", other);
    room.nns(&["apply", "other.nns"]).with(0);
    let both = observer::observe();
    was_so(room.apply(LAB));
    was_so(room.nns(&["apply", "-v", "other.nns"]));
    unchanged(&both, "both were applied twice");
    // What both ask for is the first one's.
    room.write("other.nns", "");
    room.nns(&["apply", "other.nns"]).with(0);
    unchanged(&first, "the other file is empty");
    room.write("other.nns", other);
    room.nns(&["apply", "other.nns"]).with(0);
    let said = room.apply("").with(0);
    assert!(said.contains("br0 stays"), "{said}");
    room.others("ip netns list | grep -q green; ip addr show br0 | grep -q 10.9.9.9; ! ip netns list | grep -q red");
    room.write("other.nns", "");
    room.nns(&["apply", "other.nns"]).with(0);
    room.apply("").with(0);
    unchanged(&nothing, "both files are empty");
}

fn many_paths() {
    let room = Room::new();
    let nothing = observer::observe();
    fs::create_dir(room.path().join("sub")).unwrap();
    symlink("../lab.nns", room.path().join("sub/link.nns")).unwrap();
    let whole = room.path().join("lab.nns").display().to_string();
    room.apply(LAB).with(0);
    for path in ["sub/link.nns", "sub/../lab.nns", "./lab.nns", &whole] {
        was_so(room.nns(&["apply", "-v", path]));
    }
    room.write("lab.nns", "");
    room.nns(&["apply", "sub/link.nns"]).with(0);
    unchanged(&nothing, "the file is empty");
    // Another file of the same content is another file.
    room.apply("netns add red\n").with(0);
    fs::rename(room.path().join("lab.nns"), room.path().join("moved.nns")).unwrap();
    let seen = observer::observe();
    was_so(room.nns(&["apply", "-v", "moved.nns"]));
    room.write("moved.nns", "");
    was_so(room.nns(&["apply", "-v", "moved.nns"]));
    unchanged(&seen, "it is not the other file's");
}

fn undone() {
    let room = Room::new();
    let nothing = observer::observe();
    room.apply(&less()).with(0);
    let first = observer::observe();
    room.apply(LAB).with(0);
    room.nns(&["undo"]).with(0);
    unchanged(&first, "the second apply was undone");
    was_so(room.apply(&less()));
    room.apply("").with(0);
    unchanged(&nothing, "the file is empty");
    room.nns(&["undo"]).with(0);
    unchanged(&first, "that it was empty was undone");
    was_so(room.apply(&less()));
    room.apply(LAB).with(0);
    room.apply("").with(0);
    unchanged(&nothing, "the file is empty again");
}

fn done_again() {
    let room = Room::new();
    let nothing = observer::observe();
    room.apply(LAB).with(0);
    let first = observer::observe();
    room.nns(&["undo"]).with(0);
    unchanged(&nothing, "it was undone");
    was_so(room.apply(""));
    room.apply(LAB).with(0);
    unchanged(&first, "it was applied again");
    room.apply("").with(0);
    unchanged(&nothing, "the file is empty");
}

fn later_run() {
    let room = Room::new();
    let nothing = observer::observe();
    room.apply(LAB).with(0);
    let first = observer::observe();
    room.nns(&["-c", "netns add green; link set br0 mtu 1400; addr add 10.77.0.1/24 dev br0; forwarding off"]).with(0);
    room.nns(&["undo"]).with(0);
    unchanged(&first, "the run was undone");
    was_so(room.apply(LAB));
    room.apply(&less()).with(0);
    room.apply("").with(0);
    unchanged(&nothing, "the file is empty");
}

/// What is made again has new numbers, and is the file's own all the same.
fn brought_back() {
    let room = Room::new();
    let nothing = observer::observe();
    room.apply(LAB).with(0);
    let first = observer::observe();
    room.nns(&["-c", "link del v0; netns del blue; link del br0; iptables -F INPUT; rule del priority 1000"]).with(0);
    room.nns(&["undo"]).with(0);
    unchanged(&first, "the run was undone");
    was_so(room.apply(LAB));
    room.apply("").with(0);
    unchanged(&nothing, "the file is empty");
    // The same without an undo: the next apply makes what is missing.
    room.apply(LAB).with(0);
    room.nns(&["-c", "link del v0; netns del blue; link del br0; iptables -F INPUT; rule del priority 1000"]).with(0);
    room.apply(LAB).with(0);
    unchanged(&first, "it was applied again");
    room.apply("").with(0);
    unchanged(&nothing, "the file is empty once more");
}

/// Behind the changes of an apply that is not at its end.
fn killed() {
    let room = Room::new();
    let nothing = observer::observe();
    let kill_one = || {
        let (mut child, _printed) = begun(&room, WAITING, "ready");
        kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGKILL).unwrap();
        child.wait().unwrap();
        room.others("ip -n blue addr show b | grep -q 10.0.0.2");
    };
    kill_one();
    room.nns(&["undo"]).with(0);
    unchanged(&nothing, "it was undone");
    kill_one();
    let said = room.apply("").with(0);
    assert!(said.contains("was cut short; it is taken back first"), "{said}");
    unchanged(&nothing, "the next apply took it back");
    kill_one();
    room.nns(&["-c", "netns add green; netns del green"]).with(0);
    unchanged(&nothing, "the next run took it back");
    // What the apply before made stays.
    room.apply("netns add red blue\n").with(0);
    let seen = (observer::observe(), identities());
    kill_one();
    let said = room.apply("netns add red blue\n").with(0);
    assert!(said.contains("everything is so already"), "{said}");
    unchanged(&seen.0, "the next apply took it back");
    assert_eq!(identities(), seen.1);
    room.apply("").with(0);
    unchanged(&nothing, "the file is empty");
}

/// What is written around the statements changes nothing; rules stay noted as they were made.
fn comments() {
    let room = Room::new();
    let nothing = observer::observe();
    room.apply(LAB).with(0);
    let (seen, what) = (observer::observe(), identities());
    let spaced: String = LAB.lines().map(|line| format!("\n  # why\n{line}  # what\n")).collect();
    was_so(room.apply(&spaced));
    assert_eq!(identities(), what);
    room.apply(LAB).with(0);
    unchanged(&seen, "it is as it was written first");
    room.apply("\n\n# nothing\n").with(0);
    unchanged(&nothing, "the file is empty");
}

fn settings_of_a_wire() {
    let room = Room::new();
    room.others(
        "ip link add eth9 address 02:00:00:00:00:19 type veth peer name far9 address 02:00:00:00:00:20
        sysctl -qw net.ipv4.conf.eth9.rp_filter=2 net.ipv6.conf.eth9.accept_ra=0",
    );
    let nothing = observer::observe();
    let text = "netns add red\nlink set eth9 netns red\nip -n red link set eth9 name wan\n";
    room.apply(text).with(0);
    room.nns(&["undo"]).with(0);
    unchanged(&nothing, "it was undone");
    room.apply(text).with(0);
    was_so(room.apply(text));
    room.apply("").with(0);
    unchanged(&nothing, "the file is empty");
}

fn dry() {
    let room = Room::new();
    let nothing = observer::observe();
    room.write("lab.nns", LAB);
    let said = room.nns(&["apply", "--dry-run", "lab.nns"]).with(0);
    assert!(said.contains("+ namespace"), "{said}");
    unchanged(&nothing, "nothing was done");
    room.apply(LAB).with(0);
    let (seen, runs) = (observer::observe(), room.journals());
    room.write("lab.nns", "");
    let said = room.nns(&["apply", "--dry-run", "lab.nns"]).with(0);
    assert!(said.contains("red"), "{said}");
    unchanged(&seen, "nothing was done the second time");
    assert_eq!(room.journals(), runs);
}

fn reasons() {
    let room = Room::new();
    room.others("ip link add eth9 type veth peer name far9; ip netns add other");
    let before = "netns add red
link add v0 type veth peer name v1 netns red
link add br0 type bridge
link set v0 master br0 up
addr add 10.0.0.1/24 dev br0
link set eth9 mtu 1400
sysctl -w net.ipv4.conf.lo.rp_filter=2
iptables -A FORWARD -s 10.0.0.0/24 -j ACCEPT
";
    room.apply(before).with(0);
    // The last address of the bridge is gone, and the bridge is still the one of line 3.
    room.others("ip addr flush dev br0");
    room.write("lab.nns", before);
    expect![[r#"
        host
          + address 10.0.0.1/24 on br0  line 5
        1 to add, 0 to change, 0 to remove
    "#]]
    .assert_eq(&room.nns(&["apply", "--dry-run", "lab.nns"]).with(0));
    let after = "# The other way round.
netns add kitchen
link add v0 type veth peer name v1 netns kitchen
link add br0 type bridge; link set br0 up
link add v7 type veth peer name v8 netns other
";
    room.write("lab.nns", after);
    expect![[r#"
        host
          ~ link eth9: mtu 1400 → 1500                    no longer asked for
          ~ link v0: up → down, master br0 → none         line 3
          ~ link br0: down → up                           line 4
          + link v7: a veth with peer v8 in other, down   line 5
          ~ net.ipv4.conf.lo.rp_filter 2 → 0              no longer asked for
          - iptables -A FORWARD -s 10.0.0.0/24 -j ACCEPT  no longer asked for
        kitchen
          + namespace                                     line 2
          ~ link v1: moved from red, where it was v1      line 3
        other
          + link v8: a veth with peer v7 in host, down    line 5
        red
          - namespace                                     no longer asked for  [undo rebuilds it]
        3 to add, 5 to change, 2 to remove
    "#]]
    .assert_eq(&room.nns(&["apply", "--dry-run", "lab.nns"]).with(0));
}
