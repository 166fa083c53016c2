//! What is remembered of a run when there is no room for more.

use std::fs;

use nns::{
    exec::journal::{Head, Here, Journals, Record, Task},
    model::World,
};

use crate::{build::netns_add, observe::sh};

pub fn on_a_full_disk() {
    sh("mkdir /run/full; mount -t tmpfs -o size=64k,mode=700 none /run/full");
    let Here { boot, host } = Here::now();
    assert!(host.is_some() && boot.len() == 36, "{boot}");
    let head = Head {
        started: 0,
        title: "lab.nns".into(),
        process: 1,
        boot,
        host,
        task: Task::Run,
        keep: false,
        confirm: None,
        before: World::fresh(),
    };
    let journals = Journals::at("/run/full");
    let mut journal = journals.begin(head.clone()).unwrap();
    // Of odd lengths, so that the last one ends in the middle.
    let record = |count: usize| Record::Changes((0..count).map(|n| netns_add(&format!("red{n}"))).collect());
    let mut expected = vec![Record::Begun(Box::new(head.clone()))];
    let error = loop {
        let record = record(100 + expected.len());
        match journal.write(&record) {
            Ok(()) => expected.push(record),
            Err(error) => break error,
        }
    };
    assert_eq!(error.to_string(), "the journal `/run/full/1.journal` cannot be written: No space left on device");
    assert!(expected.len() > 5);
    let written = fs::read("/run/full/1.journal").unwrap();
    assert!(written.ends_with(b"\n"), "half a record is not left");
    // What is short enough still goes in.
    journal.write(&Record::Confirmed).unwrap();
    expected.push(Record::Confirmed);
    assert_eq!(journals.read(1).unwrap(), expected);
    while journal.write(&Record::Confirmed).is_ok() {}
    let big = Head { title: "x".repeat(100_000), ..head };
    let error = journals.begin(big).unwrap_err();
    assert_eq!(error.to_string(), "the journal `/run/full/2.journal` cannot be written: No space left on device");
    assert_eq!(error.help().unwrap(), "make room where it is; `df /run/full` tells how much there is");
    assert_eq!(fs::read_dir("/run/full").unwrap().count(), 1, "nothing is left of the second");
}
