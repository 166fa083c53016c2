//! The scripts that users copy, and the cases of `tests/cases/`, applied instead of run.
//!
//! Those that `apply` does not take must be refused with one of its own two reasons, or for what a check refuses; the
//! scripts of `scripts/` are applied without what asks in between.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Mutex,
};

use libtest_mimic::Failed;

use crate::{
    observer,
    room::{Room, identities, print_observation, unchanged, was_so},
    same,
    sandboxed::in_sandbox,
    without::{PROBES, without},
};

/// How many are to be taken at the least.
const AT_LEAST: usize = 90;

/// What else stands between the changes of scripts and is known only when it has run.
const BETWEEN: [&str; 9] = ["listen", "capture", "spawn", "wait", "kill", "settle", "exec", "curl", "nc"];

/// Cases that look otherwise when they are run. It asks twice for the same rule without saying where: run, it gets two.
const NOT_THE_SAME: [&str; 1] = ["tests/cases/rule/places.nns"];

/// What is said where a script is refused.
const REFUSED: &str = "refused: ";

/// What became of all scripts, by the reason.
#[derive(Default)]
pub struct Tally {
    applied: usize,
    refused: BTreeMap<String, usize>,
}

impl Tally {
    /// Tells it, and holds it to enough having been applied.
    pub fn tell(self, is_filtered: bool, code: ExitCode) -> ExitCode {
        if self.applied == 0 && self.refused.is_empty() {
            return code;
        }
        println!("{} scripts applied; refused: {:?}", self.applied, self.refused);
        if is_filtered || self.applied >= AT_LEAST { code } else { ExitCode::FAILURE }
    }
}

/// The scripts, by their paths here.
pub fn all() -> Vec<String> {
    let mut all = Vec::new();
    for folder in ["scripts", "tests/cases"] {
        for noun in fs::read_dir(root().join(folder)).unwrap() {
            all.extend(fs::read_dir(noun.unwrap().path()).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    all.retain(|path| path.extension().is_some_and(|extension| extension == "nns"));
    all.sort();
    all.iter().map(|path| path.strip_prefix(root()).unwrap().display().to_string()).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Run in one sandbox, applied in another: it looks the same.
pub fn compare(script: &str, tally: &Mutex<Tally>) -> Result<(), Failed> {
    let applied = in_sandbox(&format!("apply: {script}"))?;
    if let Some(why) = applied.strip_prefix(REFUSED) {
        *tally.lock().unwrap().refused.entry(why.trim().to_owned()).or_default() += 1;
        return Ok(());
    }
    tally.lock().unwrap().applied += 1;
    let run = in_sandbox(&format!("run: {script}"))?;
    // Where a run fails, as it is so already, there is nothing to compare.
    if run.is_empty() || NOT_THE_SAME.contains(&script) {
        Ok(())
    } else {
        same("run (-) and applied (+)", &run, &applied)
    }
}

/// What the child does.
pub fn run(way: &str, script: &str) {
    let room = Room::new();
    let path = prepare(&room, script);
    let path = path.to_str().unwrap();
    if way == "run" {
        return if room.nns(&["run", path]).status == Some(0) {
            print_observation()
        };
    }
    let before = observer::observe();
    let runs = room.journals();
    let first = room.nns(&["apply", "-v", path]);
    if first.status == Some(2) {
        let why = first.said.lines().find(|line| !line.starts_with("warning")).unwrap_or_default();
        unchanged(&before, "it was refused");
        let run = room.nns(&["check", path]);
        let is_its_own = matches!(why, "apply-order" | "apply-unforeseen");
        assert!(is_its_own || run.status != Some(0), "a check is content, and apply is not: {}", first.said);
        return println!("{REFUSED}{why}");
    }
    if first.status != Some(0) {
        // It says `exit N`.
        assert!(first.said.contains("everything is as it was before"), "{}", first.said);
        unchanged(&before, "it was put back");
        return println!("{REFUSED}it says so");
    }
    let said = first.with(0);
    print_observation();
    let (seen, what, runs_then) = (observer::observe(), identities(), room.journals());
    was_so(room.nns(&["apply", "-v", path]));
    assert_eq!(identities(), what, "the second time nothing is made again");
    unchanged(&seen, "it was applied twice");
    assert_eq!(room.journals(), runs_then, "the second time there is nothing to be written down");
    if runs_then > runs {
        room.nns(&["undo"]).with(0);
    } else {
        assert!(said.contains("everything is so already"), "{said}");
    }
    unchanged(&before, "it was undone");
}

/// What the script finds, and the script.
fn prepare(room: &Room, script: &str) -> PathBuf {
    let whole = root().join(script);
    if script.starts_with("scripts/tutorials/") {
        let world = fs::read_to_string(root().join("scripts/worlds/lan.nns")).unwrap();
        let world = room.write("world.nns", &without(&PROBES, &world));
        room.nns(&["run", world.to_str().unwrap()]).with(0);
    }
    let before = whole.with_extension("before");
    if before.exists() {
        room.others(&fs::read_to_string(before).unwrap());
    }
    env::set_current_dir(room.path()).unwrap();
    let text = fs::read_to_string(&whole).unwrap();
    let is_copied = script.starts_with("scripts/");
    let text = if is_copied { without(&[&PROBES[..], &BETWEEN[..]].concat(), &text) } else { text };
    room.write(whole.file_name().unwrap().to_str().unwrap(), &text)
}
