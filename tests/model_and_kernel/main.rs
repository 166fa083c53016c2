//! The model against the kernel, with random sequences of ops.
//!
//! * `play`: a sequence runs on both, and both give the same answers and the same world.
//! * `plans`: a sequence makes two worlds in the kernel, and the plan from each to the other leads there.
//!
//! `NNS_SEQUENCES` says how many, `NNS_SEED` which is the first; each seed gives one sequence. They run in batches, each
//! in a process and a sandbox of its own. A sequence that shows what is wrong is printed with its seed, shrunk.

mod counts;
mod generate;
mod plans;
mod play;
#[path = "../random/mod.rs"]
mod random;
#[path = "../sandboxed/mod.rs"]
mod sandboxed;
mod shrink;

use std::{
    env,
    fmt::Display,
    panic,
    process::ExitCode,
    sync::{Arc, Mutex},
};

use counts::Counts;
use generate::Ops;
use libtest_mimic::{Arguments, Trial};
use play::{Compare, OPS, UNKNOWN, play};
use sandboxed::{CASE, in_sandbox, run_all};

/// What is done with a sequence.
#[derive(Clone, Copy)]
struct Way {
    name: &'static str,
    /// As many as take some twenty seconds.
    usual: u64,
    run: fn(u64, &mut Counts) -> Result<(), String>,
}

const WAYS: [Way; 2] =
    [Way { name: "play", usual: 200, run: play_seed }, Way { name: "plans", usual: 200, run: plan_seed }];

/// How many one process plays: namespaces that are gone are still in the kernel's way for a while.
const BATCH: u64 = 50;

/// The greatest share of ops that the model may leave to the kernel, of a hundred.
const MAY_BE_UNKNOWN: f64 = 2.0;

fn main() -> ExitCode {
    if let Ok(batch) = env::var(CASE) {
        return sandboxed::run_case(|| run_batch(&batch));
    }
    let arguments = Arguments::from_args();
    let totals = WAYS.map(|way| (way, Arc::new(Mutex::new(Counts::default()))));
    let code = run_all(&arguments, totals.iter().flat_map(|(way, total)| trials(*way, total)));
    let [played, planned] = totals.map(|(_, total)| std::mem::take(&mut *total.lock().unwrap()));
    let share = 100.0 * played.of(UNKNOWN) as f64 / played.of(OPS).max(1) as f64;
    print!("{played}{share:.2} % of the answers are unknown to the model\n\n{planned}\n");
    if share < MAY_BE_UNKNOWN { code } else { ExitCode::FAILURE }
}

/// The batches of one way, which add to its counts.
fn trials(way: Way, total: &Arc<Mutex<Counts>>) -> Vec<Trial> {
    let first = number("NNS_SEED", 1);
    let end = first + number("NNS_SEQUENCES", way.usual);
    let batches = (first..end).step_by(BATCH as usize).map(|from| {
        let to = (from + BATCH).min(end);
        let total = Arc::clone(total);
        Trial::test(format!("{}_seeds_{from}_to_{}", way.name, to - 1), move || {
            let printed = in_sandbox(&format!("{} {from} {to}", way.name))?;
            *total.lock().unwrap() += Counts::read(&printed);
            Ok(())
        })
    });
    batches.collect()
}

fn number(variable: &str, usual: u64) -> u64 {
    env::var(variable).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")))
}

/// Runs the sequences of seeds, `WAY FIRST END`, and prints how they were.
fn run_batch(batch: &str) {
    let words: Vec<&str> = batch.split(' ').collect();
    // The one that asks whether there are sandboxes.
    let [name, from, to] = words[..] else { return };
    let way = WAYS.into_iter().find(|way| way.name == name).unwrap();
    let mut counts = Counts::default();
    let mut failed = 0;
    for seed in from.parse::<u64>().unwrap()..to.parse().unwrap() {
        if let Err(report) = (way.run)(seed, &mut counts) {
            failed += 1;
            eprintln!("NNS_SEED={seed} NNS_SEQUENCES=1{report}\n");
        }
    }
    print!("{counts}");
    if failed > 0 {
        eprintln!("{failed} sequences differ");
        panic::resume_unwind(Box::new("they differ"));
    }
}

fn play_seed(seed: u64, counts: &mut Counts) -> Result<(), String> {
    let ops = generate::sequence(seed, Ops::Any);
    let again = |ops: &[_]| play(ops, Compare::AfterEach, &mut Counts::default()).err();
    play(&ops, Compare::AtTheEnd, counts).map_err(|wrong| report(&ops, &wrong, again))
}

fn plan_seed(seed: u64, counts: &mut Counts) -> Result<(), String> {
    let steps = plans::in_two(generate::sequence(seed, Ops::Undoable));
    let again = |steps: &[_]| plans::there_and_back(steps, &mut Counts::default()).err();
    plans::there_and_back(&steps, counts).map_err(|wrong| report(&steps, &wrong, again))
}

/// Shrinks a sequence and says what it shows.
fn report<T: Clone + Display>(steps: &[T], wrong: &str, again: impl Fn(&[T]) -> Option<String>) -> String {
    let lines = |steps: &[T]| steps.iter().map(|step| format!("\n  {step}")).collect::<String>();
    match shrink::shrink(steps, again) {
        Some(found) => format!("{}\n{}", lines(&found.steps), found.wrong),
        None => format!(", the first time only:{}\n{wrong}", lines(steps)),
    }
}
