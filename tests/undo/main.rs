//! What a run did is taken back: whenever its process is killed, whoever changed something since, and where its journal
//! cannot be written or read.
//!
//! In: `nns` itself, and the real tools beside it, in a sandbox of their own. Out: an outside observer sees what it saw
//! before, but for what is not of the run, and `nns` tells of that.
//!
//! `NNS_KILLS` says how many runs are killed, `NNS_SEED` where chance begins; the moments are those of this machine, so
//! that what fails is told with its journal. Where the machine forbids sandboxes, all is skipped, unless
//! `NNS_REQUIRE_KERNEL` is set.

mod killed;
#[path = "../observer/mod.rs"]
mod observer;
mod others;
#[path = "../without/mod.rs"]
mod without;
#[path = "../random/mod.rs"]
mod random;
mod rows;
#[path = "../sandboxed/mod.rs"]
mod sandboxed;
mod script;
mod shell;
mod trouble;

use std::{env, process::ExitCode};

use libtest_mimic::Arguments;
use sandboxed::{CASE, run_all, run_case};

fn main() -> ExitCode {
    if let Ok(case) = env::var(CASE) {
        return run_case(|| play(&case));
    }
    let mut arguments = Arguments::from_args();
    // Each is several processes already.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let code = run_all(&arguments, killed::trials().into_iter().chain(others::trials()).chain(trouble::trials()));
    killed::report();
    code
}

/// What the child does, alone in its sandbox.
fn play(case: &str) {
    // Without a word it is the one that asks whether there are sandboxes.
    match case.split_once(' ') {
        Some(("killed", rest)) => killed::play(rest),
        Some(("others", name)) => others::play(name),
        Some(("trouble", name)) => trouble::play(name),
        Some(("wanted", name)) => others::wanted(name),
        Some(_) | None => {}
    }
}
