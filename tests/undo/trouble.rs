//! What is in the way of a journal, and of whoever reads it.
//!
//! In: a directory that is full, not to be written or not one's own; journals that are torn, damaged, of another boot and
//! of another network; two runs at the same time. Out: what is said, with exit statuses, and that what was refused touched
//! nothing.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader},
    process::Command,
    time::SystemTime,
};

use expect_test::{Expect, expect};
use libtest_mimic::{Failed, Trial};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use nns::{
    exec::journal::{Head, Here, Journals, Record, Task},
    model::World,
    ops::NetnsOp,
};

use crate::{
    observer::{self, Observation},
    sandboxed::in_sandbox,
    shell::{Ended, command, ended, nns, sh},
};

/// A test, what it does in its sandbox, and what is said there.
type Case = (&'static str, fn(&mut Told), Expect);

/// What was said so far.
#[derive(Default)]
struct Told(String);

impl Told {
    /// Runs `nns`, and writes down what it says.
    fn nns(&mut self, arguments: &[&str]) {
        let ended = nns(arguments);
        self.tell(arguments, &ended);
    }

    fn tell(&mut self, arguments: &[&str], Ended { status, said }: &Ended) {
        let status = status.map_or("none".into(), |status| status.to_string());
        writeln!(self.0, "$ nns {}\n{}exit status {status}", arguments.join(" "), without_numbers(said))
            .expect("it fits");
    }

    /// Runs something that must not change anything.
    fn in_vain(&mut self, arguments: &[&str]) {
        let before = observer::observe();
        self.nns(arguments);
        self.is(&before);
    }

    fn is(&self, before: &Observation) {
        let differences = observer::compare(before, &observer::observe());
        assert!(differences.is_empty(), "{}\n{}", self.0, differences.join("\n"));
    }
}

/// Processes have any number, and on a busy machine nothing is just now.
fn without_numbers(said: &str) -> String {
    let said = (5..60).fold(said.to_owned(), |said, age| said.replace(&format!("{age} s ago"), "just now"));
    let said = said.replace("just now   ", "just now  ");
    // A column is as wide as the number in it.
    let columns = |line: &str| {
        let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        format!("{}\n", cells.join("  "))
    };
    let is_of_width = said.contains("running as process");
    let said = if is_of_width { said.lines().map(columns).collect() } else { said };
    let word = |word: &str| {
        let digits = word.trim_matches(|other: char| !other.is_ascii_digit());
        if digits.len() > 2 && digits.parse::<u32>().is_ok() { word.replace(digits, "PID") } else { word.to_owned() }
    };
    said.split_inclusive([' ', '\n']).map(word).collect()
}

/// A test for each.
pub fn trials() -> Vec<Trial> {
    cases()
        .into_iter()
        .map(|(name, _, said)| Trial::test(format!("trouble: {name}"), move || held_to(name, &said)))
        .collect()
}

fn held_to(name: &str, said: &Expect) -> Result<(), Failed> {
    said.assert_eq(&in_sandbox(&format!("trouble {name}"))?);
    Ok(())
}

/// In the sandbox.
pub fn play(name: &str) {
    let (_, act, _) = cases().into_iter().find(|(other, ..)| *other == name).expect("the parent names it");
    let mut told = Told::default();
    act(&mut told);
    print!("{}", told.0);
}

fn cases() -> Vec<Case> {
    vec![
        (
            "a full disk",
            full_disk,
            expect![[r#"
            $ nns -c netns add red; link add br0 type bridge
            journal

              × the journal `/run/nns/1.journal` cannot be written: No space left on device
               ╭─[-c:1:1]
             1 │ netns add red; link add br0 type bridge
               · ─────────────
               ╰────
              help: make room where it is; `df /run/nns` tells how much there is

            exit status 2
            $ nns log
            no runs are remembered
            exit status 0
            $ nns undo
            not-found

              × there is nothing to undo
              help: `nns log` lists the runs that this machine remembers

            exit status 2
        "#]],
        ),
        (
            "a disk that fills up",
            disk_fills_up,
            expect![[r#"
            $ nns undo
            not-found

              × there is nothing to undo
              help: `nns log` lists the runs that this machine remembers

            exit status 2
        "#]],
        ),
        (
            "a full disk when it is taken back",
            full_in_the_end,
            expect![[r#"
            $ nns -c netns add red; link add br0 type bridge
            exit status 0
            $ nns log
            RUN  BEGAN     STATE      CHANGES  SCRIPT
            1    just now  cut short  2        netns add red; link add br0 type bridge
            exit status 0
            $ nns undo
            run 1 (netns add red; link add br0 type bridge) is undone: everything is as it was before
            exit status 0
            $ nns undo
            not-found

              × there is nothing to undo
              help: `nns log` lists the runs that this machine remembers

            exit status 2
        "#]],
        ),
        (
            "a directory that is read only",
            read_only,
            expect![[r#"
                $ nns -c netns add red; link add br0 type bridge
                journal

                  × the journal `/run/nns/1.journal` cannot be written: Read-only file system
                   ╭─[-c:1:1]
                 1 │ netns add red; link add br0 type bridge
                   · ─────────────
                   ╰────
                  help: without a journal a run could not be taken back if it were killed

                exit status 2
                $ nns log
                no runs are remembered
                exit status 0
                $ nns undo
                not-found

                  × there is nothing to undo
                  help: `nns log` lists the runs that this machine remembers

                exit status 2
                $ nns -c netns list
                no named namespaces
                exit status 0
            "#]],
        ),
        (
            "a directory of somebody else",
            somebody_elses,
            expect![[r#"
            $ nns -c netns add red; link add br0 type bridge
            journal

              × the directory of journals, `/run/nns`, is not safe: others may write into it
               ╭─[-c:1:1]
             1 │ netns add red; link add br0 type bridge
               · ─────────────
               ╰────
              help: what stands in journals is done by `nns undo`; type `chmod go-w /run/nns`, or remove `/run/nns` if it is not yours

            exit status 2
            $ nns log
            no runs are remembered
            exit status 0
            $ nns undo
            not-found

              × there is nothing to undo
              help: `nns log` lists the runs that this machine remembers

            exit status 2
        "#]],
        ),
        (
            "two runs at the same time",
            two_runs,
            expect![[r#"
                $ nns -c netns add blue
                exit status 0
                $ nns undo 1
                cannot-undo

                  × run 1 (netns add red; print ready; expect "never" within …) is still going on
                  help: let it end, or end it: `kill PID` puts it back

                exit status 2
                $ nns log
                RUN  BEGAN  STATE  CHANGES  SCRIPT
                2  just now  done  1  netns add blue
                1  just now  running as process PID  1  netns add red; print ready; expect "never" within …
                exit status 0
                $ nns undo
                run 2 (netns add blue) is undone: everything is as it was before
                exit status 0
                $ nns -c netns list
                NAMESPACE
                red
                exit status 0
                $ nns -c netns add red; print ready; expect "never" within 20s { ip link show dev lo }
                interrupted

                  × interrupted
                   ╭─[-c:1:29]
                 1 │ netns add red; print ready; expect "never" within 20s { ip link show dev lo }
                   ·                             ────────────┬────────────
                   ·                                         ╰── stopped here
                   ╰────

                everything is as it was before
                exit status 1
                $ nns log
                RUN  BEGAN     STATE             CHANGES  SCRIPT
                2    just now  undone            1        netns add blue
                1    just now  failed, put back  1        netns add red; print ready; expect "never" within …
                exit status 0
                $ nns undo
                not-found

                  × there is nothing to undo
                  help: `nns log` lists the runs that this machine remembers

                exit status 2
            "#]],
        ),
        (
            "another boot",
            another_boot,
            expect![[r#"
            $ nns log
            RUN  BEGAN     STATE                             CHANGES  SCRIPT
            1    just now  gone since the machine restarted  1        lab.nns
            exit status 0
            $ nns undo
            not-found

              × there is nothing to undo
              help: `nns log` lists the runs that this machine remembers

            exit status 2
            $ nns undo 1
            cannot-undo

              × the machine was restarted after run 1 (lab.nns)
              help: what it did is gone, as all namespaces are

            exit status 2
            $ nns -c true
            exit status 0
        "#]],
        ),
        (
            "another network",
            another_network,
            expect![[r#"
            $ nns -c netns add red; link add br0 type bridge
            exit status 0
            $ nns log
            RUN  BEGAN     STATE                         CHANGES  SCRIPT
            1    just now  of another network namespace  2        netns add red; link add br0 type bridge
            exit status 0
            $ nns undo
            not-found

              × there is nothing to undo
              help: `nns log` lists the runs that this machine remembers

            exit status 2
            $ nns undo 1
            cannot-undo

              × run 1 (netns add red; link add br0 type bridge) was made in another network namespace
              help: type `nns undo` where it was made: what is here is another network

            exit status 2
            $ nns -c link add br1 type bridge
            exit status 0
            $ nns log
            RUN  BEGAN     STATE                         CHANGES  SCRIPT
            2    just now  of another network namespace  1        link add br1 type bridge
            1    just now  done                          2        netns add red; link add br0 type bridge
            exit status 0
            $ nns undo
            run 1 (netns add red; link add br0 type bridge) is undone: everything is as it was before
            exit status 0
        "#]],
        ),
        (
            "a torn end",
            torn_end,
            expect![[r#"
            $ nns -c netns add red; link add br0 type bridge
            exit status 0
            $ nns log
            RUN  BEGAN     STATE      CHANGES  SCRIPT
            1    just now  cut short  2        netns add red; link add br0 type bridge
            exit status 0
            $ nns log 1
            run 1, just now, cut short: netns add red; link add br0 type bridge
              ip netns add red
              ip link add name br0 type bridge
            exit status 0
            $ nns undo
            run 1 (netns add red; link add br0 type bridge) is undone: everything is as it was before
            exit status 0
        "#]],
        ),
        (
            "damage in the middle",
            damage,
            expect![[r#"
            $ nns -c netns add blue
            exit status 0
            $ nns -c netns add red; link add br0 type bridge
            exit status 0
            $ nns log
            RUN  BEGAN     STATE                                     CHANGES  SCRIPT
            2              damaged: line 2 is not as it was written
            1    just now  done                                      1        netns add blue
            exit status 0
            $ nns log 2
            journal

              × the journal `/run/nns/2.journal` is damaged in line 2
              help: what the run did cannot be told from it; `show` and `netns list` tell what is there now

            exit status 2
            $ nns undo
            cannot-undo

              × the journal of run 2 cannot be read: line 2 is not as it was written
              help: `show` and `netns list` tell what is there now; `nns log` lists other runs, and `nns undo` takes their numbers

            exit status 2
            $ nns undo 2
            cannot-undo

              × the journal of run 2 cannot be read: line 2 is not as it was written
              help: `show` and `netns list` tell what is there now; `nns log` lists other runs, and `nns undo` takes their numbers

            exit status 2
            $ nns undo 1
            run 1 (netns add blue) is undone: everything is as it was before
            exit status 0
            $ nns -c netns list
            NAMESPACE
            red
            exit status 0
        "#]],
        ),
        (
            "what an earlier run made",
            run_twice,
            expect![[r#"
            $ nns /run/lab.nns
            exit status 0
            $ nns /run/lab.nns
            kernel-refused

              × there is a namespace `red` already
               ╭─[/run/lab.nns:1:11]
             1 │ netns add red
               ·           ─┬─
               ·            ╰── this name is taken
               ╰────
              note: it was there before the script
              help: choose another name, or delete it first: `netns del red`

            run 1 (/run/lab.nns) has not been undone: `nns undo 1` takes it back
            exit status 2
            $ nns undo 1
            run 1 (/run/lab.nns) is undone: everything is as it was before
            exit status 0
            $ nns apply /run/lab.nns
            made so: 1 change
            exit status 0
            $ nns plan /run/lab.nns
            kernel-refused

              × there is a namespace `red` already
               ╭─[/run/lab.nns:1:11]
             1 │ netns add red
               ·           ─┬─
               ·            ╰── this name is taken
               ╰────
              note: it was there before the script
              help: choose another name, or delete it first: `netns del red`

            run 2 (/run/lab.nns) applied this file: `nns apply /run/lab.nns` changes what is other, `nns undo 2` takes it back
            exit status 2
        "#]],
        ),
    ]
}

const RUN: &str = "netns add red; link add br0 type bridge";

fn full_disk(told: &mut Told) {
    sh("mkdir /run/nns; mount -t tmpfs -o size=4k,mode=700 none /run/nns; head -c 4096 /dev/zero >/run/nns/filler");
    told.in_vain(&["-c", RUN]);
    told.nns(&["log"]);
    told.nns(&["undo"]);
}

fn disk_fills_up(told: &mut Told) {
    sh("mkdir /run/nns; mount -t tmpfs -o size=12k,mode=700 none /run/nns; head -c 4096 /dev/zero >/run/nns/filler");
    let mut script = String::new();
    for n in 0..40 {
        // Each is looked at before it is written, so that there are many records.
        writeln!(script, "netns add n{n}; in n{n} sysctl -qw net.ipv4.ip_forward=1").expect("it fits");
    }
    fs::write("/run/long.nns", script).expect("there is room");
    let before = observer::observe();
    // How far it comes depends on the digits of numbers.
    let Ended { status, said } = nns(&["/run/long.nns"]);
    assert_eq!(status, Some(1), "{said}");
    for words in ["cannot be written: No space left on device", "\neverything is as it was before\n"] {
        assert!(said.contains(words), "{said}");
    }
    told.is(&before);
    told.nns(&["undo"]);
}

fn full_in_the_end(told: &mut Told) {
    sh("mkdir -p /run/nns; mount -t tmpfs -o size=64k,mode=700 none /run/nns");
    // So much that what takes it back would need more than the rest of a page to write it down.
    sh("for n in $(seq 50); do ip netns add other$n; done");
    let before = observer::observe();
    told.nns(&["-c", RUN]);
    // It was killed before it could say how it left the world.
    sh("sed -i '/\"Ended\"/d; /{\"Seen\"/d' /run/nns/1.journal; cat /dev/zero >/run/nns/filler 2>/dev/null || true");
    told.nns(&["log"]);
    told.nns(&["undo"]);
    told.is(&before);
    told.nns(&["undo"]);
}

fn read_only(told: &mut Told) {
    sh("mkdir /run/nns; mount -t tmpfs -o ro,mode=700 none /run/nns");
    told.in_vain(&["-c", RUN]);
    told.nns(&["log"]);
    told.nns(&["undo"]);
    // What changes nothing needs no journal.
    told.nns(&["-c", "netns list"]);
}

fn somebody_elses(told: &mut Told) {
    sh("mkdir /run/nns; chown 65534 /run/nns 2>/dev/null || chmod o+w /run/nns");
    told.in_vain(&["-c", RUN]);
    told.nns(&["log"]);
    told.nns(&["undo"]);
}

fn two_runs(told: &mut Told) {
    let before = observer::observe();
    let waiting = ["-c", "netns add red; print ready; expect \"never\" within 20s { ip link show dev lo }"];
    let mut first = command(&waiting).spawn().expect("nns can be started");
    let mut ready = String::new();
    BufReader::new(first.stdout.as_mut().expect("it is piped")).read_line(&mut ready).expect("it prints a line");
    told.nns(&["-c", "netns add blue"]);
    told.in_vain(&["undo", "1"]);
    told.nns(&["log"]);
    told.nns(&["undo"]);
    told.nns(&["-c", "netns list"]);
    kill(Pid::from_raw(first.id().try_into().expect("it is small")), Signal::SIGTERM).expect("it is ours");
    let ended = ended(&first.wait_with_output().expect("it is ours"));
    told.tell(&waiting, &ended);
    told.nns(&["log"]);
    told.nns(&["undo"]);
    told.is(&before);
}

fn another_boot(told: &mut Told) {
    sh("ip netns add red");
    let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("it is later").as_secs();
    let head = Head {
        started,
        title: "lab.nns".into(),
        process: 1,
        boot: "another".into(),
        host: Here::now().host,
        task: Task::Run,
        keep: false,
        confirm: None,
        before: World::fresh(),
    };
    let mut journal = Journals::at("/run/nns").begin(head).expect("there is room");
    let add = NetnsOp::Add { name: "red".parse().expect("a name") };
    journal.write(&Record::Changes(vec![add.into()])).expect("there is room");
    drop(journal);
    told.nns(&["log"]);
    told.in_vain(&["undo"]);
    told.in_vain(&["undo", "1"]);
    told.in_vain(&["-c", "true"]);
}

fn another_network(told: &mut Told) {
    told.nns(&["-c", RUN]);
    let before = observer::observe();
    for arguments in [&["log"][..], &["undo"], &["undo", "1"], &["-c", "link add br1 type bridge"]] {
        let mut elsewhere = Command::new("unshare");
        elsewhere.args(["--net", env!("CARGO_BIN_EXE_nns")]).args(arguments);
        told.tell(arguments, &ended(&elsewhere.output().expect("there is unshare")));
    }
    told.is(&before);
    told.nns(&["log"]);
    told.nns(&["undo"]);
}

fn torn_end(told: &mut Told) {
    let before = observer::observe();
    told.nns(&["-c", RUN]);
    sh("truncate -s -10 /run/nns/1.journal");
    told.nns(&["log"]);
    told.nns(&["log", "1"]);
    told.nns(&["undo"]);
    told.is(&before);
}

fn damage(told: &mut Told) {
    told.nns(&["-c", "netns add blue"]);
    told.nns(&["-c", RUN]);
    sh("sed -i s/br0/br1/ /run/nns/2.journal");
    told.nns(&["log"]);
    told.nns(&["log", "2"]);
    told.in_vain(&["undo"]);
    told.in_vain(&["undo", "2"]);
    told.nns(&["undo", "1"]);
    // A run does not mind.
    told.nns(&["-c", "netns list"]);
}

/// What is in the way was made by the same script.
fn run_twice(told: &mut Told) {
    fs::write("/run/lab.nns", "netns add red\n").expect("there is room");
    told.nns(&["/run/lab.nns"]);
    told.in_vain(&["/run/lab.nns"]);
    assert!(nns(&["check", "/run/lab.nns"]).said.contains("`nns undo 1`"));
    // Another script's trouble is another's.
    assert!(!nns(&["-c", "netns add red"]).said.contains("`nns undo"));
    told.nns(&["undo", "1"]);
    told.nns(&["apply", "/run/lab.nns"]);
    told.in_vain(&["plan", "/run/lab.nns"]);
}
