//! What was typed before.

use std::{fs, os::unix::fs::PermissionsExt};

use nix::sys::signal::Signal;

use crate::{in_sandbox::forbidden, screen::Setting};

#[test]
fn what_was_typed_survives_whatever_becomes_of_the_program() {
    if forbidden() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let start = || Setting::new(&["--sandbox"]).home(home.path()).start();
    let mut first = start();
    first.await_line(0).enter("print one").enter("in host {\rprint two\r}").enter("print three");
    first.signal(Signal::SIGKILL).end();
    let file = home.path().join("state/nns/history");
    assert_eq!(fs::read_to_string(&file).unwrap(), "print one\nin host {\\nprint two\\n}\nprint three\n");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let mut second = start();
    second.await_line(0).keys("\x12two").expect("(reverse-i-search)`two': in host {\nprint two\n}");
    second.keys("\r").expect("\ntwo\nnns>");
    // Up through the lines of the last entry, and to the one before it.
    second
        .keys("\x1b[A")
        .expect("}\ntwo\nnns> in host {\nprint two\n}")
        .keys("\x1b[A\x1b[A\x1b[A")
        .expect("\nnns> print three");
}

#[test]
fn a_history_that_cannot_be_kept_is_a_remark() {
    if forbidden() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("state"), "").unwrap();
    let mut screen = Setting::new(&["--sandbox"]).home(home.path()).start();
    screen.await_line(0).enter("print one").enter("print two");
    let text = screen.screen();
    assert_eq!(text.matches("what is typed will be forgotten").count(), 1, "{text}");
    assert!(text.contains("\none\n") && text.contains("\ntwo\n"), "{text}");
}
