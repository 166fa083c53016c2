//! Leaving, and what becomes of what was done.

use std::fs;

use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::{
    in_sandbox::forbidden,
    screen::{Screen, Setting},
};

/// A shell with a prompt in it that has made the namespace `red`.
fn changed(home: &TempDir) -> Screen {
    let mut screen = Setting::shell().home(home.path()).start();
    screen.expect("sh>").keys("nns\r").await_line(0).enter("netns add red");
    screen
}

/// What namespaces there are, asked behind the prompt.
fn left(screen: &mut Screen, what: &str) {
    screen.await_prompt("sh> ").keys("clear; nns -c 'netns list'; echo over\r").expect("over\nsh>").expect(what);
}

#[test]
fn what_was_done_is_kept_or_undone_or_saved() {
    if forbidden() {
        return;
    }
    let home = TempDir::new().unwrap();
    for (leaving, answer, what) in [
        ("\x04", "k\r", "red"),
        ("quit\r", "undo\r", "no named namespaces"),
        ("netns add blue; exit\r", "what\ru\r", "no named namespaces"),
        ("\x04", "\x04", "red"),
    ] {
        let mut screen = changed(&home);
        screen.keys(leaving).expect(" changed the network: [k]eep, [u]ndo, [s]ave, [c]ancel?").keys(answer);
        left(&mut screen, what);
    }
    let mut screen = changed(&home);
    screen.keys("\x04").expect("[c]ancel?").keys("s\r").expect("file:").keys("lab.nns\r");
    screen.expect("`lab.nns`: 1 statement\n").keys("u\r");
    left(&mut screen, "no named namespaces");
    assert!(fs::read_to_string(home.path().join("lab.nns")).unwrap().contains("\nnetns add red\n"));
}

#[test]
fn who_stays_goes_on() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("netns add red").keys("\x04").expect("[l]eave, [s]ave, [c]ancel?").keys("c\r");
    screen
        .await_prompt("nns [1]> ")
        .keys("\x04")
        .await_prompt("what was done goes with the sandbox: [l]eave, [s]ave, [c]ancel? ")
        .keys("\x03")
        .await_prompt("nns [1]> ");
    screen.enter("undo").keys("\x04");
    assert!(screen.end().success(), "nothing is left to ask for");
}

#[test]
fn a_terminal_that_goes_takes_nothing_back() {
    if forbidden() {
        return;
    }
    for signal in [Signal::SIGHUP, Signal::SIGTERM] {
        let mut screen = changed(&TempDir::new().unwrap());
        screen.signal(signal);
        left(&mut screen, "red");
    }
}
