//! The kernel backend against this machine's kernel, and against `ip`.
//!
//! Each case runs in a process and a sandbox of its own.

mod build;
mod cases;
mod observe;
mod same_as_ip;
mod same_as_model;
#[path = "../sandboxed/mod.rs"]
mod sandboxed;
mod scripts;

use std::{
    env,
    fs::{self, Permissions},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    process::{Command, ExitCode},
};

use libtest_mimic::{Arguments, Failed, Trial};
use nix::unistd::geteuid;
use sandboxed::{CASE, finish, in_sandbox, run_all};

/// Names the case that a process started by a case is to run, where it is.
const INSIDE: &str = "NNS_KERNEL_INSIDE";

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
    run_all(&arguments, cases.chain(pairs).chain(foretold).chain([ordinary]))
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

fn run_case(name: &str) -> ExitCode {
    sandboxed::run_case(|| {
        if let Some((_, case)) = cases::ALL.iter().find(|(case, _)| *case == name) {
            case();
        }
        same_as_model::run(name);
        if let Some(world) = same_as_ip::run(name) {
            println!("{world}");
        }
    })
}
