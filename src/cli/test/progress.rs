//! What is told while tests run, and afterwards.
//!
//! In: which tests have begun and ended. Out: text. On a terminal it is one line that is rewritten; elsewhere each test
//! has its line, in the order of the scripts.

use std::{collections::BTreeSet, time::Duration};

use super::outcome::{Outcome, Tally, Test};
use crate::report::table::Style;

/// Columns of the line that is rewritten: a longer one would be two.
const WIDTH: usize = 79;

/// From the beginning of the line on, and nothing behind it.
const REWRITE: &str = "\r\x1b[K";

/// How far tests are.
pub struct Progress {
    scripts: Vec<String>,
    running: BTreeSet<usize>,
    told: usize,
    live: bool,
    style: Style,
}

impl Progress {
    /// None has begun. `live` is whether a line can be rewritten.
    pub fn new(scripts: &[String], live: bool, style: Style) -> Self {
        Self { scripts: scripts.to_vec(), running: BTreeSet::new(), told: 0, live, style }
    }

    /// A test has begun.
    pub fn begun(&mut self, number: usize) {
        self.running.insert(number);
    }

    /// A test has ended: the lines of those that have, up to the first that has not.
    pub fn ended(&mut self, number: usize, tests: &[Test]) -> String {
        self.running.remove(&number);
        let mut text = String::new();
        while let Some(test) = tests.get(self.told).filter(|test| !self.live && test.outcome != Outcome::NotRun) {
            text += &self.told_of(test);
            self.told += 1;
        }
        text
    }

    /// The line that is rewritten.
    pub fn line(&self, tests: &[Test]) -> String {
        if !self.live {
            return String::new();
        }
        let tally = Tally::of(tests);
        let ended = tally.passed + tally.failed + tally.skipped;
        let failed = if tally.failed > 0 { format!(", {} failed", tally.failed) } else { String::new() };
        let names: Vec<&str> = self.running.iter().map(|number| self.scripts[*number].as_str()).collect();
        let text = format!("{ended} of {}{failed}: {}", tests.len(), names.join(" "));
        let cut: String = text.chars().take(WIDTH).collect();
        format!("{REWRITE}{cut}")
    }

    /// All that there is to say at the end.
    pub fn end(&mut self, tests: &[Test], elapsed: Duration) -> String {
        let mut text = String::from(if self.live { REWRITE } else { "" });
        for test in tests.iter().skip(self.told) {
            if !self.live || test.outcome != Outcome::Passed {
                text += &self.told_of(test);
            }
        }
        for test in tests.iter().filter(|test| matches!(test.outcome, Outcome::Failed { .. })) {
            text += &self.paint(&format!("\n── {} ", test.script), "1");
            text += "──\n";
            text += test.output.trim_end_matches('\n');
            text.push('\n');
        }
        if tests.len() > 1 || !text.is_empty() {
            text.push('\n');
        }
        text + &self.summary(Tally::of(tests), elapsed)
    }

    fn told_of(&self, test: &Test) -> String {
        let (word, color, why) = match &test.outcome {
            Outcome::Passed => ("passed ", "32", None),
            Outcome::Failed { why } => ("failed ", "31", Some(why)),
            Outcome::Skipped { why } => ("skipped", "33", Some(why)),
            Outcome::NotRun => ("not run", "33", None),
        };
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        let time = if test.time.is_zero() { String::new() } else { format!(" ({})", seconds(test.time)) };
        format!("{} {}{time}{why}\n", self.paint(word, color), test.script)
    }

    fn summary(&self, tally: Tally, elapsed: Duration) -> String {
        let Tally { passed, failed, skipped, not_run } = tally;
        let counts = format!("{passed} passed, {failed} failed, {skipped} skipped");
        let color = if failed > 0 { "31" } else { "32" };
        let interrupted = if not_run > 0 { format!(", {not_run} not run (interrupted)") } else { String::new() };
        format!("{}{interrupted} in {}\n", self.paint(&counts, color), seconds(elapsed))
    }

    fn paint(&self, text: &str, color: &str) -> String {
        if self.style.color { format!("\x1b[{color}m{text}\x1b[0m") } else { text.into() }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn ended(script: &str, outcome: Outcome) -> Test {
        Test { outcome, output: "what was seen".into(), time: Duration::from_millis(120), ..Test::new(script) }
    }

    fn scripts() -> Vec<String> {
        ["a.nns", "b.nns", "c.nns"].map(String::from).into()
    }

    #[test]
    fn lines_come_in_the_order_of_the_scripts() {
        let mut progress = Progress::new(&scripts(), false, Style::default());
        let mut tests: Vec<Test> = scripts().iter().map(|script| Test::new(script)).collect();
        (0..3).for_each(|number| progress.begun(number));
        tests[1] = ended("b.nns", Outcome::Failed { why: "no".into() });
        assert_eq!(progress.ended(1, &tests), "");
        tests[0] = ended("a.nns", Outcome::Passed);
        assert_eq!(progress.ended(0, &tests), "passed  a.nns (0.12 s)\nfailed  b.nns (0.12 s): no\n");
        assert_eq!(progress.line(&tests), "");
        expect![[r#"
            not run c.nns

            ── b.nns ──
            what was seen

            1 passed, 1 failed, 0 skipped, 1 not run (interrupted) in 2.00 s
        "#]]
        .assert_eq(&progress.end(&tests, Duration::from_secs(2)));
    }

    #[test]
    fn a_terminal_has_one_line() {
        let mut progress = Progress::new(&scripts(), true, Style::default());
        let mut tests: Vec<Test> = scripts().iter().map(|script| Test::new(script)).collect();
        (0..3).for_each(|number| progress.begun(number));
        assert_eq!(progress.line(&tests), "\r\x1b[K0 of 3: a.nns b.nns c.nns");
        tests[1] = ended("b.nns", Outcome::Failed { why: "no".into() });
        assert_eq!(progress.ended(1, &tests), "");
        assert_eq!(progress.line(&tests), "\r\x1b[K1 of 3, 1 failed: a.nns c.nns");
        tests[0] = ended("a.nns", Outcome::Passed);
        tests[2] = ended("c.nns", Outcome::Skipped { why: "no IPv6".into() });
        let end = progress.end(&tests, Duration::from_secs(2));
        expect![[r#"
            failed  b.nns (0.12 s): no
            skipped c.nns (0.12 s): no IPv6

            ── b.nns ──
            what was seen

            1 passed, 1 failed, 1 skipped in 2.00 s
        "#]]
        .assert_eq(end.strip_prefix(REWRITE).unwrap());
    }
}
