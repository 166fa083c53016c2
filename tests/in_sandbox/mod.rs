//! `nns` itself, run in a sandbox.
//!
//! Where the machine forbids sandboxes, what needs one is skipped, unless `NNS_REQUIRE_KERNEL` is set.

use std::{
    env,
    process::{Command, Output, Stdio},
};

/// What a run came to: its status, standard output and standard error.
pub type Ran = (Option<i32>, String, String);

/// `nns --sandbox` with these arguments, with all its outputs to be read.
pub fn command(arguments: &[&str]) -> Command {
    let mut nns = Command::new(env!("CARGO_BIN_EXE_nns"));
    nns.arg("--sandbox").args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    nns
}

/// What an output says.
pub fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Runs statements.
pub fn run(statements: &str) -> Ran {
    ran(&command(&["-c", statements]).output().expect("nns can be started"))
}

/// Whether this machine allows no sandbox: then what needs one is skipped, and CI wants to know.
pub fn forbidden() -> bool {
    let (status, _, why) = run("true");
    if status == Some(0) {
        return false;
    }
    assert!(env::var_os("NNS_REQUIRE_KERNEL").is_none(), "{why}");
    println!("skipped: {why}");
    true
}
