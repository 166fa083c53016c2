//! What helps while a line is typed: completion, hints, colours.

use std::{fs, os::unix::fs::PermissionsExt};

use expect_test::expect;

use crate::{
    in_sandbox::forbidden,
    screen::{Screen, Setting},
};

fn colored() -> Screen {
    let mut screen = Setting::new(&["--sandbox"]).env("NO_COLOR", "").start();
    screen.await_line(0);
    screen
}

/// Ctrl-C, and the next line.
fn forget(screen: &mut Screen) {
    let asked = screen.asked();
    screen.keys("\x03").await_line(asked);
}

#[test]
fn tab_lists_what_can_stand_there() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("netns add red").enter("link add v0 type veth peer v1 netns red");
    // Of the namespace in question, and of the right kind.
    screen.keys("in red link set \t").expect("nomaster").keys("v\t").await_prompt("nns [2]> in red link set v1 ");
    forget(&mut screen);
    screen.keys("in red addr add 10.0.0.1/24 dev v\t").await_prompt("nns [2]> in red addr add 10.0.0.1/24 dev v1 ");
    screen.keys("\r").await_prompt("nns [3]> ").keys("addr add 10.0.0.\t").expect("10.0.0.2/24");
    forget(&mut screen);
    screen.keys("link del v\t").await_prompt("nns [3]> link del v0 ");
    forget(&mut screen);
    screen.keys("netns ex\t").await_prompt("nns [3]> netns exec ").keys("r\t");
    screen.await_prompt("nns [3]> netns exec red ");
    expect![[r#"
        nns> netns add red
        nns [1]> link add v0 type veth peer v1 netns red
        nns [2]> in red link set
        lo        loopback, down                       mtu       its largest packet, in bytes
        v1        veth to v0 in host, down             netns     the namespace it is in, or moves to
        up        it is up                             master    the bridge it is a port of
        down      it is down                           nomaster  it is a port no longer
        name      its name, or its new name            dev       its name
        address   its hardware address
        nns [2]> in red link set v1
        nns [2]> in red addr add 10.0.0.1/24 dev v1
        nns [3]> addr add 10.0.0.
        10.0.0.2/24  free in 10.0.0.0/24  10.0.0.5/24  free in 10.0.0.0/24
        10.0.0.3/24  free in 10.0.0.0/24  10.0.0.6/24  free in 10.0.0.0/24
        10.0.0.4/24  free in 10.0.0.0/24
        nns [3]> addr add 10.0.0.
        nns [3]> link del v0
        nns [3]> netns exec red"#]]
    .assert_eq(&screen.screen());
}

#[test]
fn tab_knows_what_excludes_what_chains_rules_and_programs() {
    if forbidden() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let tool = folder.path().join("zztool");
    fs::write(&tool, "").unwrap();
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", folder.path().display());
    let mut screen = Setting::new(&["--sandbox"]).env("PATH", &path).start();
    screen
        .await_line(0)
        .enter("netns add red")
        .enter("in red iptables -N LOGS")
        .enter("in red iptables -A LOGS -j DROP");
    screen.keys("in red link set lo down \t").expect("nomaster");
    forget(&mut screen);
    screen.keys("in red iptables -A INPUT -j L\t").await_prompt("nns [3]> in red iptables -A INPUT -j LOGS ");
    forget(&mut screen);
    screen.keys("in red iptables -R LOGS \t").await_prompt("nns [3]> in red iptables -R LOGS 1 ");
    forget(&mut screen);
    screen.keys("in red exec zz\t").await_prompt("nns [3]> in red exec zztool ");
    forget(&mut screen);
    screen.keys("zz\t").await_prompt("nns [3]> zztool ");
    expect![[r#"
        nns> netns add red
        nns [1]> in red iptables -N LOGS
        nns [2]> in red iptables -A LOGS -j DROP
        nns [3]> in red link set lo down
        name      its name, or its new name            netns     the namespace it is in, or moves to
        address   its hardware address                 master    the bridge it is a port of
        mtu       its largest packet, in bytes         nomaster  it is a port no longer
        nns [3]> in red link set lo down
        nns [3]> in red iptables -A INPUT -j LOGS
        nns [3]> in red iptables -R LOGS 1
        nns [3]> in red exec zztool
        nns [3]> zztool"#]]
    .assert_eq(&screen.screen());
}

#[test]
fn hints_say_what_is_wanted_and_what_was_typed_before() {
    if forbidden() {
        return;
    }
    let mut screen = colored();
    screen.keys("netns add ").expect("NETNS");
    expect!["nns> {bold cyan}netns{} {bold cyan}add{} {dim}NETNS{}"].assert_eq(&screen.shown("netns add"));
    // What is wanted is not typed by the right arrow; what was typed before is.
    screen.keys("\x1b[C").keys("red\r").await_prompt("nns [1]> ");
    screen.keys("netns a").expect("netns add red").keys("\x1b[C").await_prompt("nns [1]> netns add red");
    screen.keys("\x03");
}

#[test]
fn words_have_colours() {
    if forbidden() {
        return;
    }
    let mut screen = colored();
    screen.enter("netns add red");
    screen.keys("in red { link set lo up; netns del blue } # so").expect("# so");
    expect!["nns [1]> {bold magenta}in{} {green}red{} {bold}{{} {bold cyan}link{} {bold cyan}set{} {green}lo{} {cyan}up{bold};{} {bold cyan}netns{} {bold cyan}del{} {red}blue{} {bold}}{} {dim}#{} {dim}so{}"].assert_eq(&screen.shown("# so"));
    forget(&mut screen);
    // A word that is still typed is not wrong yet.
    screen.keys("netns del bl").await_prompt("nns [1]> netns del bl");
    expect!["nns [1]> {bold cyan}netns{} {bold cyan}del{} bl"].assert_eq(&screen.shown("del bl"));
    screen.keys(" ").await_prompt("nns [1]> netns del bl ");
    expect!["nns [1]> {bold cyan}netns{} {bold cyan}del{} {red}bl{} {dim}[NETNS]{}"].assert_eq(&screen.shown("del bl"));
    forget(&mut screen);
    screen.keys("in red { link set lo up }").expect("up }");
    expect!["nns [1]> {bold magenta}in{} {green}red{} {bold underlined blue}{{} {bold cyan}link{} {bold cyan}set{} {green}lo{} {cyan}up{} {bold underlined blue}}{}"].assert_eq(&screen.shown("up }"));
}
