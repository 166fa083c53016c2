//! `spawn`, `wait` and `kill`: programs beside the script, and that none is left behind.

mod in_sandbox;

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use in_sandbox::{command, forbidden, ran, run};

/// A place for a process id, and the words that start a program that leaves its own there and does not end.
fn lasting(at: &Path, name: &str) -> (PathBuf, String) {
    let file = at.join(name);
    let words = format!("sh -c 'echo $$ > {}.new; mv {0}.new {0}; exec sleep 60'", file.display());
    (file, words)
}

fn pid_in(file: &Path) -> i32 {
    fs::read_to_string(file).unwrap().trim().parse().unwrap()
}

/// Whether there is such a process that has not ended.
fn is_running(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}

#[test]
fn programs_run_beside_the_script_and_end_with_it() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (file, words) = lasting(directory.path(), "pid");
    let path = file.display();
    for (end, status) in [("true", 0), ("expect no netns red", 3), ("exit 10", 10), ("exec no-such-program", 1)] {
        fs::remove_file(&file).ok();
        let script = format!("netns add red; in red spawn {words} as it; expect file {path} within 5s; {end}");
        let (code, out, errors) = run(&script);
        assert_eq!(code, Some(status), "{end}: {errors}");
        assert_eq!(out, "", "{end}");

        assert!(!is_running(pid_in(&file)), "{end}");
    }
}

#[test]
fn they_run_in_the_current_namespace() {
    if forbidden() {
        return;
    }
    let script = "netns add red; in red link add only-here type bridge
in red spawn sh -c 'test -e /sys/class/net/only-here' as looks; wait looks && print seen";
    assert_eq!(run(script), (Some(0), "seen\n".into(), String::new()));
}

#[test]
fn the_status_is_that_of_the_program() {
    if forbidden() {
        return;
    }
    let (code, out, errors) = run("spawn sh -c 'echo one; echo two >&2; exit 3' as it
if ok { wait it } { print no } else { print yes }
spawn true; spawn true; wait && print both");
    assert_eq!((code, out.as_str()), (Some(0), "yes\nboth\n"));
    assert_eq!(errors.lines().skip(1).collect::<Vec<_>>(), ["  | one", "  | two"], "{errors}");
    assert!(errors.contains("ended with status 3, and wrote"), "{errors}");
    let (code, _, errors) = run("netns add red; spawn sleep 60; wait sleep within 100ms");
    assert_eq!(code, Some(3), "{errors}");
    assert!(errors.contains("`sleep` still runs after 0.1 s"), "{errors}");
    assert!(errors.contains("`sleep` (sleep 60) is running, and wrote nothing"), "{errors}");
}

#[test]
fn what_they_wrote_is_told_when_the_script_fails() {
    if forbidden() {
        return;
    }
    let script = "spawn sh -c 'seq 15; exit 7' as count\nexpect no \"x\" within 300ms { print x }";
    let (code, out, errors) = run(script);
    assert_eq!((code, out.as_str()), (Some(3), ""), "{errors}");
    assert!(errors.contains("ended with status 7, and wrote 15 lines, the last of which are\n  | 6\n"), "{errors}");
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("out");
    let (code, _, errors) = run(&format!("spawn echo hello > {}; wait", file.display()));
    assert_eq!(code, Some(0), "{errors}");
    assert_eq!(fs::read_to_string(file).unwrap(), "hello\n");
}

#[test]
fn a_killed_one_is_gone_even_if_it_would_not() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (file, words) = lasting(directory.path(), "pid");
    let stubborn = words.replace("exec sleep 60", "trap \"\" TERM; while true; do sleep 1; done");
    for words in [words, stubborn.replace('"', "\\\"").replace("'", "\"").replace("$$", "\\$\\$")] {
        fs::remove_file(&file).ok();
        let begun = Instant::now();
        let script =
            format!("spawn {words} as it; expect file {} within 5s; kill it; print gone; exec sleep 0", file.display());
        let (code, out, errors) = run(&script);
        assert_eq!((code, out.as_str()), (Some(0), "gone\n"), "{errors}");
        assert!(!is_running(pid_in(&file)));
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn a_detached_one_goes_on() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (file, words) = lasting(directory.path(), "pid");
    let (code, out, errors) = run(&format!("spawn --detach {words}; expect file {} within 5s", file.display()));
    assert_eq!((code, out.as_str(), errors.as_str()), (Some(0), "", ""));
    let pid = pid_in(&file);
    assert!(is_running(pid));
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
}

#[test]
fn a_signal_ends_them_too() {
    if forbidden() {
        return;
    }
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let directory = tempfile::tempdir().unwrap();
        let (file, words) = lasting(directory.path(), "pid");
        let child = command(&["-c", &format!("netns add red; spawn {words} as it; wait it")]).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while !file.exists() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
        kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
        let (code, _, errors) = ran(&child.wait_with_output().unwrap());
        assert_eq!(code, Some(1), "{errors}");
        assert!(errors.contains("everything is as it was before"), "{errors}");
        assert!(!is_running(pid_in(&file)), "{signal}");
    }
}

#[test]
fn names_are_checked_before_anything_runs() {
    if forbidden() {
        return;
    }
    let (code, _, errors) =
        run("spawn sleep 60 as nap\nspawn sleep 60 as nap\nwait snap\nkill nap\nwait nap\nkill other");
    assert_eq!(code, Some(2), "{errors}");
    for told in [
        "a program called `nap` runs already",
        "no program or capture called `snap` was started",
        "did you mean `nap`?",
        "no program or capture called `nap` was started",
        "start it first: `spawn COMMAND as other`",
    ] {
        assert!(errors.contains(told), "{told}: {errors}");
    }
    assert_eq!(run("spawn --detatch sleep 1").0, Some(2));
    assert_eq!(ran(&command(&["--no-exec", "-c", "spawn sleep 1"]).output().unwrap()).0, Some(2));
}
