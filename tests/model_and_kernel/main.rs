//! The model against the kernel: random sequences of ops run on both, and both give the same answers and the same world.
//!
//! `NNS_SEQUENCES` says how many, `NNS_SEED` which is the first; each seed gives one sequence. They run in batches, each
//! in a process and a sandbox of its own. A sequence that shows a difference is printed with its seed, shrunk.

mod generate;
mod play;
#[path = "../random/mod.rs"]
mod random;
#[path = "../sandboxed/mod.rs"]
mod sandboxed;
mod shrink;

use std::{
    env, panic,
    process::ExitCode,
    sync::{Arc, Mutex},
};

use libtest_mimic::{Arguments, Trial};
use play::{Compare, Tally, play};
use sandboxed::{CASE, in_sandbox, run_all};

/// As many as take some twenty seconds.
const SEQUENCES: u64 = 200;

/// How many one process plays: namespaces that are gone are still in the kernel's way for a while.
const BATCH: u64 = 50;

/// The greatest share of ops that the model may leave to the kernel, of a hundred.
const MAY_BE_UNKNOWN: f64 = 2.0;

fn main() -> ExitCode {
    if let Ok(batch) = env::var(CASE) {
        return sandboxed::run_case(|| run_batch(&batch));
    }
    let arguments = Arguments::from_args();
    let first = number("NNS_SEED", 1);
    let end = first + number("NNS_SEQUENCES", SEQUENCES);
    let total = Arc::new(Mutex::new(Tally::default()));
    let batches = (first..end).step_by(BATCH as usize).map(|from| {
        let to = (from + BATCH).min(end);
        let total = Arc::clone(&total);
        Trial::test(format!("seeds_{from}_to_{}", to - 1), move || {
            let printed = in_sandbox(&format!("{from} {to}"))?;
            *total.lock().unwrap() += Tally::read(&printed);
            Ok(())
        })
    });
    let code = run_all(&arguments, batches);
    let total = total.lock().unwrap();
    let share = total.unknown_share();
    print!("{total}{share:.2} % of the answers are unknown to the model\n\n");
    if share < MAY_BE_UNKNOWN { code } else { ExitCode::FAILURE }
}

fn number(variable: &str, usual: u64) -> u64 {
    env::var(variable).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")))
}

/// Plays the sequences of seeds, `FIRST END`, and prints how the answers were.
fn run_batch(batch: &str) {
    // The one that asks whether there are sandboxes.
    let Some((from, to)) = batch.split_once(' ') else { return };
    let mut tally = Tally::default();
    let mut failed = 0;
    for seed in from.parse::<u64>().unwrap()..to.parse().unwrap() {
        let ops = generate::sequence(seed);
        if let Err(difference) = play(&ops, Compare::AtTheEnd, &mut tally) {
            failed += 1;
            report(seed, &ops, &difference);
        }
    }
    print!("{tally}");
    if failed > 0 {
        eprintln!("{failed} sequences differ");
        panic::resume_unwind(Box::new("they differ"));
    }
}

/// Shrinks a sequence and says what it shows.
fn report(seed: u64, ops: &[nns::ops::Op], difference: &str) {
    let Some(found) = shrink::shrink(ops) else {
        eprintln!("NNS_SEED={seed} NNS_SEQUENCES=1, the first time only:");
        for op in ops {
            eprintln!("  {op}");
        }
        eprintln!("{difference}\n");
        return;
    };
    eprintln!("NNS_SEED={seed} NNS_SEQUENCES=1");
    for op in &found.ops {
        eprintln!("  {op}");
    }
    eprintln!("{}\n", found.difference);
}
