//! Cases that run in a process and a sandbox of their own: this program again, with the case's name in its environment.
//!
//! Where the machine forbids sandboxes the cases are skipped, unless `NNS_REQUIRE_KERNEL` is set.

use std::{
    env, io,
    panic::{self, UnwindSafe},
    process::{Command, ExitCode},
};

use libtest_mimic::{Failed, Trial};
use nns::backend::sandbox;

/// Names the case that a child is to run.
pub const CASE: &str = "NNS_KERNEL_CASE";

/// The exit status of a child that had no sandbox.
const NO_SANDBOX: u8 = 77;

/// Runs the trials where there are sandboxes; elsewhere says why they are skipped.
pub fn run_all(arguments: &libtest_mimic::Arguments, trials: impl IntoIterator<Item = Trial>) -> ExitCode {
    let skipped = why_skipped();
    if let Some(why) = &skipped {
        eprintln!("skipped: {why}");
        if env::var_os("NNS_REQUIRE_KERNEL").is_some() {
            return ExitCode::FAILURE;
        }
    }
    let ignored = |trial: Trial| if skipped.is_some() { trial.with_ignored_flag(true) } else { trial };
    libtest_mimic::run(arguments, trials.into_iter().map(ignored).collect()).exit_code()
}

fn why_skipped() -> Option<String> {
    let output = child("").output().expect("this program can be started again");
    (output.status.code() == Some(NO_SANDBOX.into())).then(|| String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

fn child(name: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program has a file"));
    command.env(CASE, name);
    command
}

/// Runs a case in a process of its own; gives what it printed.
pub fn in_sandbox(name: &str) -> Result<String, Failed> {
    finish(child(name))
}

/// Waits for a child; gives what it printed, or what it complained of.
pub fn finish(mut command: Command) -> Result<String, Failed> {
    // A child that another case starts just now may still have a copy of this program open for writing.
    let output = loop {
        match command.output() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {}
            output => break output?,
        }
    };
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }
}

/// What the child does: enters a sandbox, and runs the case there.
pub fn run_case(case: impl FnOnce() + UnwindSafe) -> ExitCode {
    if let Err(error) = sandbox::enter() {
        eprintln!("{error}");
        return NO_SANDBOX.into();
    }
    if panic::catch_unwind(case).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
