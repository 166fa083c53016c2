//! `nns` and the shell, as somebody at a terminal uses them.

use std::process::{Command, Output, Stdio};

/// How a command ended: its status, and all that it printed.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its status; `None` where it was killed.
    pub status: Option<i32>,
    /// Both outputs, one behind the other.
    pub said: String,
}

/// `nns` with these arguments, started when that is asked for.
pub fn command(arguments: &[&str]) -> Command {
    let mut nns = Command::new(env!("CARGO_BIN_EXE_nns"));
    nns.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    nns
}

/// Runs `nns`.
pub fn nns(arguments: &[&str]) -> Ended {
    ended(&command(arguments).output().expect("nns can be started"))
}

/// What an output says.
pub fn ended(output: &Output) -> Ended {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended { status: output.status.code(), said: text(&output.stdout) + &text(&output.stderr) }
}

/// Runs lines of a shell, each of which must succeed.
#[track_caller]
pub fn sh(lines: &str) {
    let output = Command::new("sh").args(["-ec", lines]).stdin(Stdio::null()).output().expect("there is a shell");
    assert!(output.status.success(), "{lines}\n{}", ended(&output).said);
}
