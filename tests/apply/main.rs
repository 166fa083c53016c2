//! `nns apply`, seen from outside.
//!
//! Each case runs in a process and a sandbox of its own, where the real `nns` applies files, others do what they like in
//! between, and an outside observer looks. Two cases that must look the same print what was seen, and are compared here.

mod edits;
mod faults;
mod foreign;
#[path = "../observer/mod.rs"]
mod observer;
mod owners;
mod refusals;
mod room;
#[path = "../sandboxed/mod.rs"]
mod sandboxed;
mod scripts;
#[path = "../without/mod.rs"]
mod without;

use std::{
    env,
    process::ExitCode,
    sync::{Arc, Mutex},
};

use libtest_mimic::{Arguments, Failed, Trial};
use sandboxed::{CASE, in_sandbox, run_all};

/// Set where every script is to be applied, not every fifth.
const EVERY: &str = "NNS_EVERY";

fn main() -> ExitCode {
    if let Ok(name) = env::var(CASE) {
        return sandboxed::run_case(|| run_case(&name));
    }
    let arguments = Arguments::from_args();
    let tally = Arc::new(Mutex::new(scripts::Tally::default()));
    let alone = [foreign::ALL, refusals::ALL, owners::ALL, faults::ALL].concat();
    let alone = alone.into_iter().map(|(name, _)| Trial::test(name, move || in_sandbox(name).map(drop)));
    let edits = edits::names().into_iter().map(|name| {
        Trial::test(format!("edit: {name}"), move || {
            let [fresh, edited] = ["fresh", "edit"].map(|way| in_sandbox(&format!("{way}: {name}")));
            same("a fresh apply (-) and the file applied after it was edited (+)", &fresh?, &edited?)
        })
    });
    let besides = foreign::besides().into_iter().map(|name| {
        Trial::test(format!("besides: {name}"), move || {
            let [last, between] = ["last", "between"].map(|way| in_sandbox(&format!("{way}: {name}")));
            same("what others did, done last (-) and between two applies (+)", &last?, &between?)
        })
    });
    let stays = foreign::stays().into_iter().map(|name| {
        let name = format!("stays: {name}");
        Trial::test(name.clone(), move || in_sandbox(&name).map(drop))
    });
    let refused = refusals::REFUSED.iter().map(|&(name, _)| {
        Trial::test(format!("refused: {name}"), move || {
            let said = in_sandbox(&format!("refused: {name}"))?;
            expect_test::expect_file![format!("refusals/{name}.txt")].assert_eq(&said);
            Ok(())
        })
    });
    let is_bounded = env::var_os(EVERY).is_none();
    let is_played = |(number, _): &(usize, String)| number % 5 == 0 || !is_bounded;
    let scripts = scripts::all().into_iter().enumerate().filter(is_played).map(|(_, script)| {
        let tally = Arc::clone(&tally);
        Trial::test(format!("script: {script}"), move || scripts::compare(&script, &tally))
    });
    let code = run_all(&arguments, alone.chain(edits).chain(besides).chain(stays).chain(refused).chain(scripts));
    let tally = std::mem::take(&mut *tally.lock().unwrap());
    tally.tell(arguments.filter.is_some() || arguments.list || is_bounded, code)
}

/// Compares two observations that were printed.
fn same(what: &str, one: &str, other: &str) -> Result<(), Failed> {
    let differences = observer::compare(&serde_json::from_str(one)?, &serde_json::from_str(other)?);
    if differences.is_empty() { Ok(()) } else { Err(format!("{what}:\n{}", differences.join("\n")).into()) }
}

fn run_case(name: &str) {
    if let Some((_, case)) =
        [foreign::ALL, refusals::ALL, owners::ALL, faults::ALL].concat().into_iter().find(|(case, _)| *case == name)
    {
        return case();
    }
    match name.split_once(": ") {
        Some((way @ ("fresh" | "edit"), name)) => edits::run(way, name),
        Some((way @ ("last" | "between"), name)) => foreign::run_beside(way, name),
        Some(("refused", name)) => refusals::run(name),
        Some(("stays", name)) => foreign::run_stays(name),
        Some((way @ ("run" | "apply"), script)) => scripts::run(way, script),
        // The one that asks whether there are sandboxes.
        _ => assert_eq!(name, "", "there is such a case"),
    }
}
