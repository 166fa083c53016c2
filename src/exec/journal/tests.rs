use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    os::unix::fs::{PermissionsExt, symlink},
    sync::Barrier,
    thread,
};

use expect_test::{Expect, expect};
use nix::fcntl::{Flock, FlockArg};
use tempfile::TempDir;

use super::*;
use crate::{
    model::World,
    net::NsRef,
    ops::{NetnsOp, Op},
};

fn here() -> Here {
    Here { boot: "b".into(), host: Some(7) }
}

pub fn head() -> Head {
    Head {
        started: 1000,
        title: "lab.nns".into(),
        process: 42,
        boot: "b".into(),
        host: Some(7),
        task: Task::Run,
        keep: false,
        confirm: None,
        before: World::fresh(),
    }
}

fn netns(name: &str) -> Op {
    NetnsOp::Add { name: name.parse().unwrap() }.into()
}

fn changes(names: &[&str]) -> Record {
    Record::Changes(names.iter().map(|name| netns(name)).collect())
}

fn ended(how: Ending) -> Record {
    Record::Ended { how, at: 1010 }
}

/// A directory for journals that is not there yet.
fn journals() -> (TempDir, Journals) {
    let directory = tempfile::tempdir().unwrap();
    let journals = Journals::at(directory.path().join("a/nns"));
    (directory, journals)
}

/// A journal with these records behind its head, which nobody holds.
fn written(journals: &Journals, head: Head, records: &[Record]) -> u32 {
    let mut journal = journals.begin(head).unwrap();
    records.iter().for_each(|record| journal.write(record).unwrap());
    journal.number()
}

fn told(journals: &Journals, expected: Expect) {
    let entries = journals.list(&here()).unwrap();
    let line = |entry: &Entry| format!("{} {} {:?}\n", entry.number, entry.changes, entry.state);
    expected.assert_eq(&entries.iter().map(line).collect::<String>());
}

fn error<T>(result: Result<T, JournalError>, at: &TempDir) -> String {
    let Err(error) = result else { panic!("there is no error") };
    let help = error.help().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    format!("{error}{help}").replace(at.path().to_str().unwrap(), "DIR")
}

/// Every kind of record.
fn all() -> Vec<Record> {
    let key = "net.ipv4.ip_forward".parse().unwrap();
    vec![
        Record::Settings { ns: NsRef::Host, values: [(key, "0".to_owned())].into() },
        changes(&["red", "blue"]),
        Record::Refused { places: vec![1] },
        Record::Seen(Box::new(World::fresh())),
        Record::Confirmed,
        Record::Undoing { process: 43, at: 1005 },
        changes(&["red"]),
        ended(Ending::Left(vec!["host: link a is missing".into()])),
    ]
}

#[test]
fn what_is_written_is_read() {
    let (_directory, journals) = journals();
    assert_eq!(written(&journals, head(), &all()), 1);
    let expected = [&[Record::Begun(Box::new(head()))][..], &all()].concat();
    assert_eq!(journals.read(1).unwrap(), expected);
    let (mut journal, records) = journals.resume(1).unwrap();
    assert_eq!(records, expected);
    journal.write(&ended(Ending::Undone)).unwrap();
    assert_eq!(journals.read(1).unwrap(), [&expected[..], &[ended(Ending::Undone)]].concat());
}

#[test]
fn they_are_for_their_owner_alone() {
    let (directory, journals) = journals();
    written(&journals, head(), &[]);
    let mode = |path: &str| fs::metadata(directory.path().join(path)).unwrap().mode() & 0o7777;
    assert_eq!((mode("a/nns"), mode("a/nns/1.journal")), (0o700, 0o600));
    fs::set_permissions(directory.path().join("a/nns"), fs::Permissions::from_mode(0o770)).unwrap();
    expect![[r#"
        the directory of journals, `DIR/a/nns`, is not safe: others may write into it
        help: what stands in journals is done by `nns undo`; type `chmod go-w DIR/a/nns`, or remove `DIR/a/nns` if it is not yours"#]].assert_eq(&error(journals.begin(head()), &directory));
}

#[test]
fn numbers_are_given_once() {
    let (directory, journals) = journals();
    let barrier = Barrier::new(8);
    let begun: Vec<Journal> = thread::scope(|scope| {
        let begin = || {
            barrier.wait();
            journals.begin(head()).unwrap()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(begin)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut numbers: Vec<u32> = begun.iter().map(Journal::number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
    drop(begun);
    fs::remove_file(directory.path().join("a/nns/3.journal")).unwrap();
    assert_eq!(written(&journals, head(), &[]), 9, "the newest counts");
}

#[test]
fn a_torn_record_is_not_there() {
    let (directory, journals) = journals();
    let path = directory.path().join("a/nns/1.journal");
    written(&journals, head(), &[changes(&["red"])]);
    let before = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    written(&journals, head(), &[changes(&["red"]), changes(&["blue", "green"])]);
    let bytes = fs::read(&path).unwrap();
    for end in before.len()..bytes.len() {
        fs::write(&path, &bytes[..end]).unwrap();
        assert_eq!(journals.read(1).unwrap().len(), 2);
        assert_eq!(journals.find(1, &here()).unwrap().changes, 1);
        let (mut journal, records) = journals.resume(1).unwrap();
        assert_eq!(records.len(), 2);
        journal.write(&Record::Confirmed).unwrap();
        assert_eq!(journals.read(1).unwrap()[2..], [Record::Confirmed]);
    }
    // Nothing was done before the first record was there.
    let first = bytes.split_inclusive(|byte| *byte == b'\n').take(2).map(<[u8]>::len).sum();
    for end in 0..first {
        fs::write(&path, &bytes[..end]).unwrap();
        assert_eq!(journals.list(&here()).unwrap(), []);
        assert!(matches!(journals.read(1), Err(JournalError::NoSuch { number: 1 })), "{end}");
        assert!(matches!(journals.resume(1), Err(JournalError::NoSuch { number: 1 })), "{end}");
    }
}

#[test]
fn damage_is_told_with_its_line() {
    let (directory, journals) = journals();
    let path = directory.path().join("a/nns/1.journal");
    written(&journals, head(), &[changes(&["red"]), ended(Ending::Done)]);
    let bytes = fs::read(&path).unwrap();
    let at = bytes.len() - 100;
    assert!(bytes[at..].iter().filter(|byte| **byte == b'\n').count() == 2, "it is in the line before the last");
    let flipped: Vec<u8> = bytes.iter().enumerate().map(|(index, byte)| byte ^ u8::from(index == at)).collect();
    fs::write(&path, flipped).unwrap();
    told(
        &journals,
        expect![[r#"
        1 0 Damaged("line 3 is not as it was written")
    "#]],
    );
    expect![[r#"
        the journal `DIR/a/nns/1.journal` is damaged in line 3
        help: what the run did cannot be told from it; `show` and `netns list` tell what is there now"#]]
    .assert_eq(&error(journals.read(1), &directory));
    expect![[r#"
        the journal `DIR/a/nns/1.journal` is damaged in line 3
        help: what the run did cannot be told from it; `show` and `netns list` tell what is there now"#]]
    .assert_eq(&error(journals.resume(1), &directory));
    // Whole lines that make no run.
    let line = |record: &Record| line::encode(record).unwrap();
    let first = line::first().unwrap();
    let begun = line(&Record::Begun(Box::new(head())));
    fs::write(&path, [&first[..], &line(&Record::Confirmed)].concat()).unwrap();
    told(
        &journals,
        expect![[r#"
        1 0 Damaged("it has no beginning")
    "#]],
    );
    expect![[r#"
        the journal `DIR/a/nns/1.journal` is damaged in line 2
        help: what the run did cannot be told from it; `show` and `netns list` tell what is there now"#]]
    .assert_eq(&error(journals.read(1), &directory));
    fs::write(&path, [&first[..], &begun, &begun].concat()).unwrap();
    expect![[r#"
        the journal `DIR/a/nns/1.journal` is damaged in line 3
        help: what the run did cannot be told from it; `show` and `netns list` tell what is there now"#]]
    .assert_eq(&error(journals.read(1), &directory));
    let other = line::encode(&BTreeMap::from([("nns journal", 2)])).unwrap();
    fs::write(&path, [other, begun].concat()).unwrap();
    told(
        &journals,
        expect![[r#"
        1 0 Damaged("another version of `nns` wrote it")
    "#]],
    );
    expect![[r#"
        the journal `DIR/a/nns/1.journal` was written by another version of `nns`
        help: that version can read it"#]]
    .assert_eq(&error(journals.read(1), &directory));
}

#[test]
fn a_run_that_goes_on_is_left_alone() {
    let (directory, journals) = journals();
    let mut journal = journals.begin(head()).unwrap();
    journal.write(&changes(&["red"])).unwrap();
    told(
        &journals,
        expect![[r#"
        1 1 Running { process: 42 }
    "#]],
    );
    expect![[r#"
        run 1 is still going on (process 42)
        help: let it end, or end it: `kill 42`"#]]
    .assert_eq(&error(journals.resume(1), &directory));
    journals.prune(&here(), 0, &|_| false).unwrap();
    journal.write(&Record::Undoing { process: 99, at: 1001 }).unwrap();
    told(
        &journals,
        expect![[r#"
        1 1 Running { process: 99 }
    "#]],
    );
    drop(journal);
    told(
        &journals,
        expect![[r#"
        1 1 CutShort
    "#]],
    );
    let (journal, _) = journals.resume(1).unwrap();
    expect![[r#"
        run 1 is still going on (process 99)
        help: let it end, or end it: `kill 99`"#]]
    .assert_eq(&error(journals.resume(1), &directory));
    drop(journal);
    journals.prune(&here(), 0, &|_| false).unwrap();
    told(&journals, expect![[r#""#]]);
}

/// Who only looks is in nobody's way.
#[test]
fn a_glance_delays_nobody_for_long() {
    let (directory, journals) = journals();
    written(&journals, head(), &[]);
    let file = fs::File::open(directory.path().join("a/nns/1.journal")).unwrap();
    let glance = Flock::lock(file, FlockArg::LockShared).unwrap();
    thread::scope(|scope| {
        let resumed = scope.spawn(|| journals.resume(1).map(drop));
        thread::sleep(std::time::Duration::from_millis(30));
        drop(glance);
        resumed.join().unwrap().unwrap();
    });
}

#[test]
fn states_are_told_from_what_is_written() {
    let (_directory, journals) = journals();
    let red = changes(&["red", "blue"]);
    written(&journals, head(), &[]);
    written(&journals, head(), &[red.clone(), Record::Refused { places: vec![1] }, ended(Ending::PutBack)]);
    written(&journals, head(), &[red.clone(), red.clone(), ended(Ending::Done)]);
    written(&journals, head(), &[red.clone(), ended(Ending::Done), Record::Undoing { process: 1, at: 2 }, red.clone()]);
    let undone = [ended(Ending::Done), Record::Undoing { process: 1, at: 2 }, red.clone(), ended(Ending::Undone)];
    written(&journals, head(), &undone);
    written(&journals, Head { boot: "before".into(), ..head() }, &[red.clone(), ended(Ending::Done)]);
    written(&journals, Head { host: Some(8), ..head() }, &[red.clone(), ended(Ending::Done)]);
    written(&journals, Head { host: None, ..head() }, &[red, ended(Ending::Kept)]);
    told(
        &journals,
        expect![[r#"
        1 0 CutShort
        2 1 Ended(PutBack)
        3 4 Ended(Done)
        4 2 CutShort
        5 0 Ended(Undone)
        6 2 Forgotten
        7 2 Elsewhere
        8 2 Ended(Kept)
    "#]],
    );
    let entries = journals.list(&here()).unwrap();
    assert_eq!(
        entries.iter().map(|entry| entry.undoing).collect::<Vec<_>>(),
        [false, false, false, true, true, false, false, false]
    );
    assert_eq!((entries[3].ended, entries[4].ended), (None, Some(1010)));
    assert_eq!((entries[0].started, entries[0].title.as_str()), (Some(1000), "lab.nns"));
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let (directory, journals) = journals();
    told(&journals, expect![[r#""#]]);
    written(&journals, head(), &[]);
    for name in ["notes", "0.journal", "01.journal", "+2.journal", "x.journal", "2.journal~", "4294967296.journal"] {
        fs::write(directory.path().join("a/nns").join(name), "mine").unwrap();
    }
    fs::create_dir(directory.path().join("a/nns/5.journal")).unwrap();
    symlink("nowhere", directory.path().join("a/nns/6.journal")).unwrap();
    told(
        &journals,
        expect![[r#"
            1 0 CutShort
            5 0 Damaged("it cannot be read: Is a directory")
        "#]],
    );
    let error = error(journals.read(5), &directory);
    expect!["the journal `DIR/a/nns/5.journal` cannot be read: Is a directory"].assert_eq(&error);
    assert_eq!(written(&journals, head(), &[]), 7);
    fs::remove_dir(directory.path().join("a/nns/5.journal")).unwrap();
    journals.prune(&here(), 0, &|_| false).unwrap();
    let left = fs::read_dir(directory.path().join("a/nns")).unwrap().count();
    assert_eq!(left, 8, "seven files, and the link that leads nowhere");
}

#[test]
fn the_oldest_go_first() {
    let (_directory, journals) = journals();
    let apply = Head { task: Task::Apply { path: "/lab.nns".into() }, ..head() };
    let held = journals.begin(head()).unwrap();
    written(&journals, apply, &[]);
    for _ in 0..4 {
        written(&journals, head(), &[]);
    }
    journals.prune(&here(), 2, &|entry| entry.task != Task::Run).unwrap();
    told(
        &journals,
        expect![[r#"
        1 0 Running { process: 42 }
        2 0 CutShort
        5 0 CutShort
        6 0 CutShort
    "#]],
    );
    drop(held);
    journals.prune(&here(), 2, &|_| false).unwrap();
    told(
        &journals,
        expect![[r#"
        5 0 CutShort
        6 0 CutShort
    "#]],
    );
}

#[test]
fn errors_say_what_to_do() {
    let (directory, journals) = journals();
    expect![[r#"
        there is no run 3
        help: `nns log` lists the runs"#]]
    .assert_eq(&error(journals.read(3), &directory));
    fs::write(directory.path().join("a"), "").unwrap();
    expect![[r#"
        the directory of journals, `DIR/a/nns`, cannot be used: Not a directory
        help: without a journal a run could not be taken back if it were killed"#]]
    .assert_eq(&error(journals.begin(head()), &directory));
    expect![[r#"
        there is no place for the journals of runs: `XDG_RUNTIME_DIR` is not set to a directory
        help: set it to a directory that only you may write into: `export XDG_RUNTIME_DIR=/run/user/UID`"#]]
    .assert_eq(&error(Err::<(), _>(JournalError::NoPlace), &directory).replace(&geteuid().to_string(), "UID"));
    let source = nix::errno::Errno::ENOSPC.into();
    let write = JournalError::Write { path: "/run/nns/4.journal".into(), source };
    expect![[r#"
        the journal `/run/nns/4.journal` cannot be written: No space left on device
        help: make room where it is; `df /run/nns` tells how much there is"#]]
    .assert_eq(&error(Err::<(), _>(write), &directory));
}

/// `/dev/full` takes nothing, and nothing can be taken out of it again: after that, nothing more is written.
#[test]
fn half_a_record_is_not_written_on() {
    let file = OpenOptions::new().append(true).open("/dev/full").unwrap();
    let mut journal = Journal::of(file);
    let mut said = || journal.write(&Record::Confirmed).unwrap_err().to_string();
    assert_eq!(said(), "the journal `1.journal` cannot be written: No space left on device");
    assert_eq!(said(), "the journal `1.journal` cannot be written: I/O error");
}

#[test]
fn a_follower_waits_for_the_writer() {
    let (_directory, journals) = journals();
    let mut journal = journals.begin(head()).unwrap();
    let follower = journals.follow(1).unwrap();
    let begun = follower.length().unwrap().unwrap();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| follower.wait());
        thread::sleep(std::time::Duration::from_millis(50));
        assert!(!waiter.is_finished(), "somebody still writes it");
        journal.write(&ended(Ending::Done)).unwrap();
        drop(journal);
        waiter.join().unwrap().unwrap();
    });
    assert!(follower.length().unwrap().unwrap() > begun);
    // Whoever follows it is in nobody's way.
    let (journal, _) = journals.resume(1).unwrap();
    journal.discard().unwrap();
    assert_eq!(follower.length().unwrap(), None);
    assert_eq!(journals.follow(1).unwrap_err().to_string(), "there is no run 1");
}

#[test]
fn a_run_waits_until_it_is_settled() {
    let (_directory, journals) = journals();
    let confirm = Confirm { within: std::time::Duration::from_millis(1500), when: Some("link v0".into()) };
    let head = Head { confirm: Some(confirm.clone()), ..head() };
    let undoing = Record::Undoing { process: 1, at: 1020 };
    let done = ended(Ending::Done);
    for (records, until) in [
        (&[changes(&["red"])][..], None),
        (std::slice::from_ref(&done), Some(1012)),
        (&[done.clone(), Record::Confirmed], None),
        (&[done.clone(), Record::Unconfirmed], None),
        (&[done.clone(), undoing.clone()], None),
        (&[ended(Ending::Left(vec!["v0".into()]))], None),
    ] {
        let number = written(&journals, head.clone(), records);
        let entry = journals.find(number, &here()).unwrap();
        assert_eq!((entry.confirm.as_ref(), entry.confirm_until()), (Some(&confirm), until), "{records:?}");
        assert_eq!(entry.unconfirmed, records.contains(&Record::Unconfirmed));
    }
    let number = written(&journals, Head { confirm: None, ..head }, &[done]);
    assert_eq!(journals.find(number, &here()).unwrap().confirm_until(), None);
}
