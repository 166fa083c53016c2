//! Going back and forth.

use expect_test::expect;
use nix::sys::signal::Signal;

use crate::{
    in_sandbox::forbidden,
    screen::{Screen, Setting},
};

#[test]
fn every_change_is_a_state_that_can_be_gone_back_to() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("undo").enter("netns add red").enter("netns list").enter("let name = blue");
    screen.await_prompt("nns [2]> ").enter("netns add $name").enter("undo 1").enter("print $name");
    screen.enter("redo").enter("redo").enter("redo").enter("netns list").enter("undo 9");
    expect![[r#"
        NAMESPACE
        red
        nns [1]> let name = blue
        nns [2]> netns add $name
        nns [3]> undo 1
        3 (netns add $name) is undone: everything is as it was before
        2 (let name = blue) is undone
        this is after 1 (netns add red); `redo` does 2 again
        nns [1]> print $name
        not-found

          × there is no variable `name`
           ╭─[<prompt>:1:7]
         1 │ print $name
           ·       ──┬──
           ·         ╰── not defined up to here
           ╰────
          help: define it above: `let name = …`, or write '$' in single quotes

        nns [1]> redo
        > let name = blue
        nns [2]> redo
        > netns add $name
        nns [3]> redo
        usage

          × there is nothing to do again
          help: only what `undo` took back can be done again, until something new is done

        nns [3]> netns list
        NAMESPACE
        blue
        red
        nns [3]> undo 9
        usage

          × there is no state 9: the last is 3
          help: `undo` alone takes back the last statement that changed something

        nns [3]>"#]]
    .assert_eq(&screen.screen());
}

#[test]
fn the_namespace_that_was_entered_is_undone_and_done_again() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("netns add red").enter("enter red").await_prompt("nns red [2]> ");
    screen.enter("link add br0 type bridge").enter("def up(link) { link set $link up }").enter("up br0");
    screen
        .await_prompt("nns red [5]> ")
        .enter("undo 1")
        .await_prompt("nns [1]> ")
        .enter("ip netns exec red ip -br link");
    screen.enter("redo").enter("redo").enter("redo").await_prompt("nns red [4]> ").enter("redo").enter("ip -br link");
    screen.expect("br0").await_prompt("nns red [5]> ");
    assert!(!screen.screen().contains("unknown"), "{}", screen.screen());
}

#[test]
fn nothing_can_be_done_again_once_something_new_is_done() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("netns add red").enter("undo").enter("netns list").enter("netns add blue").enter("redo");
    screen.expect("there is nothing to do again").await_prompt("nns [1]> ");
}

#[test]
fn what_others_changed_stays_and_is_listed() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("link add br0 type bridge");
    screen.enter("netns add red").elsewhere(&["ip", "addr", "add", "10.0.0.1/24", "dev", "br0"]).enter("undo 0");
    screen.enter("undo --all").enter("link show");
    expect![[r#"
        nns> link add br0 type bridge
        nns [1]> netns add red
        nns [2]> undo 0
        2 (netns add red) is undone: everything is as it was before
        1 (link add br0 type bridge) is undone in part; what is left:
          host: link br0 stays: address 10.0.0.1/24 is not of this run
        `undo --all` takes that back as well
        this is at the beginning; `redo` does 1 again
        nns> undo --all
        1 (link add br0 type bridge) is undone: everything is as it was before
        nns> link show
        NAME  STATE   KIND      MTU
        lo    ○ down  loopback  65536
        nns>"#]]
    .assert_eq(&screen.screen());
}

#[test]
fn a_session_that_was_killed_can_be_undone_later() {
    if forbidden() {
        return;
    }
    let mut screen = Setting::shell().start();
    screen.expect("sh>").keys("nns\r").await_line(0).enter("netns add red").enter("netns add blue");
    // The terminal is as the prompt had it.
    screen.signal(Signal::SIGKILL).expect("Killed").await_prompt("sh> ");
    screen.keys("stty sane; echo status $?\n").expect("status 0").await_prompt("sh> ").keys("nns\r");
    screen.expect("2 earlier runs can be undone, the last is run 2 (netns add blue)").await_prompt("nns> ");
    screen.enter("undo").expect("there is nothing to undo in this session").keys("\x04").await_prompt("sh> ");
    screen.keys("nns undo 1; nns undo; nns -c 'netns list'\r").expect("no named namespaces");
}

/// What `show changes` tells.
fn changes(screen: &mut Screen) -> String {
    let asked = screen.asked();
    screen.keys("\x0cshow changes\r").await_line(asked);
    let text = screen.screen();
    let told = text.split_once("show changes\n").map_or(text.as_str(), |(_, behind)| behind);
    told.rsplit_once('\n').map_or_else(String::new, |(told, _)| told.to_owned())
}

#[test]
fn there_and_back_again() {
    if forbidden() {
        return;
    }
    let statements = [
        "netns add red blue",
        "link add veth-red netns red type veth peer name veth-blue netns blue",
        "in red { link set lo up; addr add 10.0.0.1/24 dev veth-red; link set veth-red up }",
        "in blue { addr add 10.0.0.2/24 dev veth-blue; link set veth-blue up }",
        "in blue route add default via 10.0.0.1",
        "link add br0 type bridge; link set br0 up",
        "link add v0 type veth peer name v1; link set v0 master br0",
        "in red forwarding on",
        "in red nat masquerade 10.0.0.0/24",
        "firewall policy forward drop",
        "iptables -A FORWARD -p tcp --dport 80 -j ACCEPT",
        "rule add from 10.0.0.0/8 table 100",
        "link del v0",
        "netns del blue",
        "link set br0 name br1 down",
        "in red listen tcp 80",
        "netns del red",
    ];
    let mut screen = Setting::new(&["--sandbox"]).size(200, 120).start();
    screen.await_line(0);
    let mut told = Vec::new();
    for (at, statement) in statements.iter().enumerate() {
        told.push(changes(&mut screen));
        screen.enter(statement).await_prompt(&format!("nns [{}]> ", at + 1));
    }
    let all = changes(&mut screen);
    for (at, before) in told.iter().enumerate().rev() {
        let asked = screen.asked();
        screen.keys("\x0cundo\r").await_line(asked);
        assert!(screen.screen().contains("everything is as it was before") || at == 15, "{}", screen.screen());
        assert_eq!(&changes(&mut screen), before, "behind `{}` and its undoing", statements[at]);
    }
    for _ in &statements {
        screen.enter("redo");
    }
    screen.await_prompt("nns [17]> ");
    assert_eq!(changes(&mut screen), all);
    screen.enter("undo 0").expect("this is at the beginning");
    assert_eq!(changes(&mut screen), "nothing changes");
}

#[test]
fn what_was_half_done_when_it_was_killed_is_taken_back_first() {
    if forbidden() {
        return;
    }
    let mut screen = Setting::shell().start();
    screen.expect("sh>").keys("nns\r").await_line(0).enter("netns add red");
    screen.keys("netns add blue; ping -c 1000 127.0.0.1\r").expect("icmp_seq=1").signal(Signal::SIGKILL);
    screen.expect("Killed").await_prompt("sh> ").keys("nns\r").expect("cut short; it is taken back first");
    screen.expect("1 earlier run can be undone, the last is run 1 (netns add red)").await_prompt("nns> ");
    screen.enter("netns list").expect("NAMESPACE\nred\nnns>").enter("show changes").expect("nothing changes");
}
