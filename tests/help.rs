//! `nns help`, and the page of the documentation that tells the same.

mod in_sandbox;

use std::{env, process::Command};

use expect_test::expect_file;
use nns::commands::guide::GUIDES;

/// The status, standard output and standard error of a run.
fn nns(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_nns")).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_reference_is_what_the_tables_say() {
    expect_file!["../docs/reference.md"].assert_eq(&nns::report::help::render_reference());
}

#[test]
fn scripts_of_guides_run_in_a_sandbox() {
    if in_sandbox::forbidden() {
        return;
    }
    for guide in GUIDES {
        let (status, _, complaints) = in_sandbox::run(&guide.script.join("\n"));
        assert_eq!(status, Some(0), "{}: {complaints}", guide.word);
    }
}

#[test]
fn a_pasted_line_is_explained() {
    let (status, told, complaints) = nns(&["help", "arp", "-n"]);
    assert_eq!((status, complaints.as_str()), (Some(0), ""));
    assert!(told.contains("\n  ip neigh show\n"), "{told}");
    let rule = ["help", "iptables", "-t", "nat", "-A", "POSTROUTING", "-s", "10.0.0.0/24", "-j", "MASQUERADE"];
    let (status, told, _) = nns(&rule);
    assert_eq!(status, Some(0));
    assert!(told.contains("  -s 10.0.0.0/24  where packets come from"), "{told}");
    let (status, told, _) = nns(&["help", "route add default gw 10.0.0.1"]);
    assert!(status == Some(0) && told.contains("\n  ip route add default via 10.0.0.1\n"), "{told}");
    let (status, told, complaints) = nns(&["help", "link", "ad", "br0"]);
    assert_eq!((status, told.as_str()), (Some(2), ""));
    assert!(complaints.contains("did you mean `help link add`?"), "{complaints}");
}

#[test]
fn a_topic_is_told_without_a_machine() {
    let (status, told, complaints) = nns(&["help", "link", "add"]);
    assert_eq!((status, complaints.as_str()), (Some(0), ""));
    assert!(told.starts_with("link add [") && told.contains("Parameters:\n") && told.contains("Examples:\n"), "{told}");
    assert_eq!(nns(&["help", "link add"]).1, told);
    assert!(nns(&["help", "not-found"]).1.starts_with("not-found\n\nNothing has that name"));
    let (_, all, _) = nns(&["help"]);
    assert!(all.contains("\n  link add") && all.contains("\n  not-found"), "{all}");
}

#[test]
fn the_same_is_told_by_a_statement() {
    let (status, told, complaints) = nns(&["-c", "help link add"]);
    assert_eq!((status, told, complaints.as_str()), (Some(0), nns(&["help", "link", "add"]).1, ""));
    let (status, told, complaints) = nns(&["-c", "print before; help lnk"]);
    assert_eq!((status, told.as_str()), (Some(2), ""));
    assert!(complaints.contains("did you mean `help link`?"), "{complaints}");
}

#[test]
fn colours_are_for_those_who_want_them() {
    assert!(nns(&["help", "link", "--color", "always"]).1.contains("\x1b["));
    assert!(!nns(&["help", "link"]).1.contains("\x1b["));
}

#[test]
fn an_unknown_topic_is_refused_with_what_was_meant() {
    let (status, told, complaints) = nns(&["help", "lnk", "add"]);
    assert_eq!((status, told.as_str()), (Some(2), ""));
    assert!(complaints.contains("there is no help about `lnk add`"), "{complaints}");
    assert!(complaints.contains("did you mean `help link add`?"), "{complaints}");
}

#[test]
fn the_options_are_told_as_ever() {
    let (status, told, _) = nns(&["--help"]);
    assert_eq!(status, Some(0));
    assert!(told.contains("--sandbox") && told.contains("nns help"), "{told}");
    let (status, told, _) = nns(&["help", "test"]);
    assert_eq!(status, Some(0));
    assert!(told.contains("Usage: nns test") && told.contains("--junit"), "{told}");
}
