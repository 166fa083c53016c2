//! What was done becomes a script.

use std::{env, fs, process::Command};

use expect_test::expect;
use tempfile::TempDir;

use crate::{
    in_sandbox::forbidden,
    observer,
    screen::{Screen, Setting},
};

/// Names the file into which this program is to write what can be seen from where it runs.
const OBSERVE: &str = "NNS_OBSERVE";

/// No test: a shell in other namespaces starts this program for it.
#[test]
fn observes() {
    if let Some(file) = env::var_os(OBSERVE) {
        fs::write(file, format!("{:#?}", observer::observe())).unwrap();
    }
}

/// What can be seen behind these lines, typed into a shell in new namespaces.
fn seen(home: &TempDir, name: &str, lines: &[&str]) -> String {
    let mut screen = Setting::shell().home(home.path()).start();
    screen.await_prompt("sh> ");
    for line in lines {
        let asked = screen.asked();
        screen.keys(line).keys("\r");
        // The last answer leads back to the shell, and so does what it runs.
        match *line {
            "k" => screen.await_prompt("sh> "),
            line if line.ends_with("over") => screen.expect("\nover\nsh>"),
            _ => screen.await_reading(asked),
        };
    }
    let this = env::current_exe().unwrap();
    screen.keys(&format!("{OBSERVE}={name} {} --exact save::observes\r", this.display()));
    screen.expect("1 passed");
    fs::read_to_string(home.path().join(name)).unwrap()
}

#[test]
fn a_script_makes_the_same_again() {
    if forbidden() {
        return;
    }
    let home = TempDir::new().unwrap();
    let typed = [
        "nns",
        "netns add red blue",
        "let lan = 10.0.0.0/24",
        "link add v0 netns red type veth peer name v1 netns blue",
        "netns add green",
        "undo",
        "link add br0 type bridge",
        "undo",
        "redo",
        "netns del green",
        "enter red",
        "addr add $lan[1] dev v0",
        "link set v0 up; sysctl -w net.ipv4.ip_forward=1",
        "ip addr",
        "exit",
        "in blue {\r  addr add $lan[2] dev v1\r  link set v1 up\r}",
        "settle; expect ping 10.0.0.2 from red",
        "ping -c 1 10.0.0.2",
        "sudo iptables -A FORWARD -p tcp -j ACCEPT",
        "save lab.nns",
        "quit",
        "k",
        "echo over",
    ];
    let made = seen(&home, "made", &typed);
    let script = fs::read_to_string(home.path().join("lab.nns")).unwrap();
    expect![[r#"
        # Typed at the prompt. To run it: nns lab.nns

        netns add red blue
        let lan = 10.0.0.0/24
        link add v0 netns red type veth peer name v1 netns blue
        link add br0 type bridge
        enter red
        addr add $lan[1] dev v0
        link set v0 up
        sysctl -w net.ipv4.ip_forward=1
        exit
        in blue {
          addr add $lan[2] dev v1
          link set v1 up
        }
        settle
        expect ping 10.0.0.2 from red
        sudo iptables -A FORWARD -p tcp -j ACCEPT
    "#]]
    .assert_eq(&script);
    let again = seen(&home, "again", &["nns lab.nns && echo over"]);
    assert_eq!(made, again);
    assert!(made.contains("10.0.0.1"), "{made}");
    let sandboxed = Command::new(env!("CARGO_BIN_EXE_nns")).arg("--sandbox").arg(home.path().join("lab.nns")).output();
    assert_eq!(sandboxed.unwrap().status.code(), Some(0));
}

#[test]
fn a_file_is_written_over_only_if_that_is_said() {
    if forbidden() {
        return;
    }
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("lab.nns"), "precious\n").unwrap();
    let mut screen = Setting::new(&["--sandbox", "--world", "lan"]).home(home.path()).start();
    screen.await_line(0).enter("save lab.nns").enter("netns add red").enter("netns list").enter("netns add red");
    assert_eq!(fs::read_to_string(home.path().join("lab.nns")).unwrap(), "precious\n");
    screen.enter("save --force lab.nns");
    expect![[r#"
        nns> save lab.nns
        input

          × there is a file `lab.nns` already
           ╭─[<prompt>:1:6]
         1 │ save lab.nns
           ·      ───┬───
           ·         ╰── it would be written over
           ╰────
          help: take another name, or type `save --force lab.nns`

        nns> netns add red
        nns [1]> netns list
        NAMESPACE  NUMBER
        gateway    0
        lan
        red
        nns [1]> netns add red
        kernel-refused

          × there is a namespace `red` already
           ╭─[<prompt>:1:11]
         1 │ netns add red
           ·           ─┬─
           ·            ╰── this name is taken
           ╰────
          note: `netns add red`: made here
          help: choose another name, or delete it first: `netns del red`

        nns [1]> save --force lab.nns
        `lab.nns`: 1 statement (left out: 1 failed, 1 changed nothing)
        nns [1]>"#]]
    .assert_eq(&screen.screen());
    expect![[r#"
        # Typed at the prompt. To run it: nns --sandbox --world lan lab.nns

        netns add red
    "#]]
    .assert_eq(&fs::read_to_string(home.path().join("lab.nns")).unwrap());
    screen.keys("\x04");
    assert!(screen.end().success(), "what is saved needs no question");
}

#[test]
fn changes_are_told_whoever_made_them() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("show changes").enter("link add br0 type bridge").enter("link set br0 up");
    screen.enter("forwarding on").elsewhere(&["ip", "addr", "add", "10.0.0.1/24", "dev", "br0"]).enter("show changes");
    expect![[r#"
        nns> show changes
        nothing changes
        nns> link add br0 type bridge
        nns [1]> link set br0 up
        nns [2]> forwarding on
        nns [3]> show changes
        host
          + link br0: a bridge, up                               statement 2
          + address 10.0.0.1/24 on br0
          + route 10.0.0.0/24 dev br0 src 10.0.0.1 proto kernel
          ~ net.ipv4.conf.all.accept_redirects 1 → 0
          ~ net.ipv4.conf.all.forwarding 0 → 1
          ~ net.ipv4.conf.default.forwarding 0 → 1
          ~ net.ipv4.conf.lo.forwarding 0 → 1
          ~ net.ipv4.ip_forward 0 → 1                            statement 3
        3 to add, 5 to change, 0 to remove
        nns [3]>"#]]
    .assert_eq(&screen.screen());
}
