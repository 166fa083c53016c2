//! How tests ended.
//!
//! In: an exit status, and all that a script has printed. Out: a [`Test`], and how many of each kind there were.

use std::{process::ExitStatus, time::Duration};

use crate::session::Exit;

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it says.
    Passed,
    /// It did not.
    Failed {
        /// Why, in a line.
        why: String,
    },
    /// The machine does not have what it takes.
    Skipped {
        /// What is missing.
        why: String,
    },
    /// It was not begun, or not to the end.
    NotRun,
}

/// A script, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The path of the script.
    pub script: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What it printed, errors too.
    pub output: String,
    /// How long it took.
    pub time: Duration,
}

impl Test {
    /// One that did not run yet.
    pub fn new(script: &str) -> Self {
        Self { script: script.into(), outcome: Outcome::NotRun, output: String::new(), time: Duration::ZERO }
    }
}

/// How many of each kind there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tally {
    /// Did what they say.
    pub passed: usize,
    /// Did not.
    pub failed: usize,
    /// Miss something.
    pub skipped: usize,
    /// Were not begun, or not to the end.
    pub not_run: usize,
}

impl Tally {
    /// That of some tests.
    pub fn of(tests: &[Test]) -> Self {
        let mut tally = Self::default();
        for test in tests {
            match test.outcome {
                Outcome::Passed => tally.passed += 1,
                Outcome::Failed { .. } => tally.failed += 1,
                Outcome::Skipped { .. } => tally.skipped += 1,
                Outcome::NotRun => tally.not_run += 1,
            }
        }
        tally
    }
}

/// How a script ended that was not interrupted.
pub fn judge(status: ExitStatus, output: &str) -> Outcome {
    match status.code() {
        Some(0) => Outcome::Passed,
        Some(code) if code == i32::from(Exit::Skipped.code()) => {
            Outcome::Skipped { why: headline(output).unwrap_or_else(|| format!("it ended with status {code}")) }
        }
        Some(code) => {
            Outcome::Failed { why: headline(output).unwrap_or_else(|| format!("it ended with status {code}")) }
        }
        None => Outcome::Failed { why: status.to_string() },
    }
}

/// The message of the first error in a report, in one line.
fn headline(output: &str) -> Option<String> {
    let output = plain(output);
    let mut lines = output.lines().skip_while(|line| !line.starts_with("  × "));
    let first = lines.next()?.strip_prefix("  × ")?;
    let rest = lines.map_while(|line| line.strip_prefix("  │ "));
    Some([first].into_iter().chain(rest).map(str::trim).collect::<Vec<_>>().join(" "))
}

/// Text without its colours.
pub fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(part.len(), |at| at + 1);
        plain + &part[end..]
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn the_status_decides() {
        let judged = |status: i32, output: &str| judge(ExitStatus::from_raw(status), output);
        assert_eq!(judged(0, "  × never mind"), Outcome::Passed);
        assert_eq!(judged(3 << 8, ""), Outcome::Failed { why: "it ended with status 3".into() });
        let report =
            "hello\nrequirement-not-met\n\n  \x1b[31m×\x1b[0m there is no program\n  │ `x`\n   ╭─[a.nns:1:1]\n  × b";
        assert_eq!(judged(77 << 8, report), Outcome::Skipped { why: "there is no program `x`".into() });
        assert_eq!(judged(1 << 8, report), Outcome::Failed { why: "there is no program `x`".into() });
        let Outcome::Failed { why } = judged(9, "") else { panic!("it was killed") };
        assert!(why.contains("SIGKILL"), "{why}");
    }

    #[test]
    fn colours_are_taken_away() {
        assert_eq!(plain("a\x1b[1;31mb\x1b[0m c\x1b[2"), "ab c");
    }
}
