//! The kernel backend against this machine's kernel, and against `ip`.
//!
//! Each case runs in a process and a sandbox of its own: this program again, with the case's name in its environment.
//! Where the machine forbids sandboxes the cases are skipped, unless `NNS_REQUIRE_KERNEL` is set.

mod build;
mod cases;
mod observe;
mod same_as_ip;
mod same_as_model;
mod scripts;

use std::{
    env,
    fs::{self, Permissions},
    io,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    panic::{self, AssertUnwindSafe},
    process::{Command, ExitCode},
};

use libtest_mimic::{Arguments, Failed, Trial};
use nix::unistd::geteuid;
use nns::backend::sandbox;

/// Names the case that a child is to run.
const CASE: &str = "NNS_KERNEL_CASE";

/// Names the case that a process started by a case is to run, where it is.
const INSIDE: &str = "NNS_KERNEL_INSIDE";

/// The exit status of a child that had no sandbox.
const NO_SANDBOX: u8 = 77;

/// The user, and the group, that own nothing.
const NOBODY: u32 = 65_534;

fn main() -> ExitCode {
    // First, as the other name is in the environment too, from the case that started this one.
    if let Ok(name) = env::var(INSIDE) {
        let (_, case) = cases::INSIDE.iter().find(|(case, _)| *case == name).expect("cases start cases that exist");
        case();
        return ExitCode::SUCCESS;
    }
    if let Ok(name) = env::var(CASE) {
        return run_case(&name);
    }
    let arguments = Arguments::from_args();
    let skipped = why_skipped();
    if let Some(why) = &skipped {
        eprintln!("skipped: {why}");
        if env::var_os("NNS_REQUIRE_KERNEL").is_some() {
            return ExitCode::FAILURE;
        }
    }
    let cases = cases::ALL.iter().map(|&(name, _)| Trial::test(name, move || in_sandbox(name).map(drop)));
    let pairs = same_as_ip::SCENARIOS.iter().map(|scenario| {
        Trial::test(scenario.name, || {
            let [ours, theirs] = same_as_ip::WAYS.map(|way| in_sandbox(&scenario.case(way)));
            same_as_ip::compare(scenario, &ours?, &theirs?)
        })
        .with_kind("same as ip")
    });
    let foretold = same_as_ip::SCENARIOS.iter().map(|scenario| {
        Trial::test(scenario.name, || in_sandbox(&scenario.case("model")).map(drop)).with_kind("same as model")
    });
    let ordinary =
        Trial::test("sandbox_of_an_ordinary_user", sandbox_of_nobody).with_ignored_flag(!geteuid().is_root());
    let trials = cases
        .chain(pairs)
        .chain(foretold)
        .chain([ordinary])
        .map(|trial| if skipped.is_some() { trial.with_ignored_flag(true) } else { trial })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn child(name: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program has a file"));
    command.env(CASE, name);
    command
}

fn why_skipped() -> Option<String> {
    let output = child("").output().expect("this program can be started again");
    (output.status.code() == Some(NO_SANDBOX.into())).then(|| String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

/// The case of the sandbox as somebody who is not root.
fn sandbox_of_nobody() -> Result<(), Failed> {
    let own = env::current_exe()?;
    // Where nobody can reach it.
    let folder = tempfile::Builder::new().prefix("nns").permissions(Permissions::from_mode(0o755)).tempdir()?;
    let copy = folder.path().join("kernel_backend");
    fs::copy(own, &copy)?;
    let mut command = Command::new(copy);
    command.env(CASE, "sandbox_is_like_a_machine").uid(NOBODY).gid(NOBODY);
    finish(command).map(drop)
}

/// Runs a case in a process of its own; gives what it printed.
fn in_sandbox(name: &str) -> Result<String, Failed> {
    finish(child(name))
}

fn finish(mut command: Command) -> Result<String, Failed> {
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

fn run_case(name: &str) -> ExitCode {
    if let Err(error) = sandbox::enter() {
        eprintln!("{error}");
        return NO_SANDBOX.into();
    }
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        if let Some((_, case)) = cases::ALL.iter().find(|(case, _)| *case == name) {
            case();
        }
        same_as_model::run(name);
        if let Some(world) = same_as_ip::run(name) {
            println!("{world}");
        }
    }));
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
