//! Commands that govern statements: the ports of a `switch`, the output of an `expect`.
//!
//! In: the words of the command, and what stands in its braces. Out: the status of both together.

use std::{
    mem,
    rc::Rc,
    time::{Duration, Instant},
};

use super::{
    Evaluator, Failure, FailureKind, Mode, Outside, Sinks, Status,
    change::Wording,
    claims::{judge_output, told},
};
use crate::{
    codes::Code,
    commands::{self, Act, Context, ExpectedOutput, Switch, UsageError},
    diag::Diagnostic,
    source::Span,
    syntax::ast::{Command, Statement},
};

/// How long is waited at most before statements whose output is not the one expected run again: not all that they can
/// print comes from the kernel.
const AGAIN: Duration = Duration::from_millis(200);

impl<O: Outside> Evaluator<'_, O> {
    /// `switch NAME { … }`
    pub(super) fn headed(&mut self, head: &Command, span: Span, body: &[Statement]) -> Result<Status, Failure> {
        let wording = Wording { words: self.expand_all(&head.words)?, span };
        if let Some(redirection) = head.redirections.first() {
            return Err(misplaced(redirection.span, "only commands can be redirected", "leave it away"));
        }
        let context = Context { ns: self.ns.clone() };
        let act = commands::lower(&wording.words, &context).map_err(|error| {
            let mut diagnostic = error.to_diagnostic();
            if let UsageError::UnknownVerb { word, .. } = &error {
                diagnostic.help = Some(format!("a text is quoted: `expect \"{}\" {{ … }}`", word.value));
            }
            Failure::new(FailureKind::Words, diagnostic)
        })?;
        match act {
            Act::Switch(switch) => {
                self.changes(switch.ops(), &wording)?;
                let outer = self.switch.replace(Rc::new(switch));
                let ended = self.statements(body);
                self.switch = outer;
                ended
            }
            Act::ExpectOutput(expected) => {
                self.beyond(expected.span);
                self.expect_output(&expected, body)
            }
            _ => Err(misplaced(
                body.first().map_or(span, |first| first.span),
                "this command governs no statements",
                "end the line before the `{`",
            )),
        }
    }

    /// `expect "TEXT" { … }`: the statements run, and what they print is kept instead of shown. While the text is not
    /// there and time is left they run again, as soon as something may have changed.
    fn expect_output(&mut self, expected: &ExpectedOutput, body: &[Statement]) -> Result<Status, Failure> {
        let trouble = |trouble| Failure::from_trouble(trouble, expected.span);
        let deadline = Instant::now() + expected.within;
        if !expected.within.is_zero() {
            self.flush()?;
            let ns = self.ns.clone();
            self.outside.watch(&ns).map_err(trouble)?;
        }
        loop {
            self.flush()?;
            let kept = self.outside.keep().map_err(trouble)?;
            let sinks = Sinks { output: kept.clone(), errors: kept.clone() };
            let outer = mem::replace(&mut self.outputs, sinks);
            let ended = self.statements(body).and_then(|status| self.flush().map(|()| status));
            self.outputs = outer;
            ended?;
            if self.policy.mode == Mode::Check {
                return Ok(Status::Unknown);
            }
            let printed = self.outside.kept(&kept).map_err(trouble)?;
            let found = judge_output(&expected.text, &printed);
            if found.is_ok() != expected.negated {
                return Ok(Status::Success);
            }
            let until = deadline.min(Instant::now() + AGAIN);
            if Instant::now() >= deadline {
                let does = if expected.negated { "print" } else { "do not print" };
                let message = format!("the statements {does} `{}`", expected.text);
                let mut diagnostic =
                    Diagnostic::error(Code::ExpectationFailed, message).label(expected.span, "this does not hold");
                diagnostic.notes = told(&printed, "what they print");
                return Err(Failure::new(FailureKind::Expectation, diagnostic));
            }
            self.outside.wait_for_change(until).map_err(trouble)?;
        }
    }

    /// A line of the block of a `switch`.
    pub(super) fn port(&mut self, switch: &Switch, command: &Command, span: Span) -> Result<Status, Failure> {
        if let Some(redirection) = command.redirections.first() {
            return Err(misplaced(redirection.span, "a port of a switch prints nothing", "leave it away"));
        }
        let wording = Wording { words: self.expand_all(&command.words)?, span };
        let ops = switch.port(&wording.words);
        self.changes(ops.map_err(|error| Failure::new(FailureKind::Words, error.to_diagnostic()))?, &wording)
    }
}

/// `expect "TEXT"` without statements.
pub fn without_block(expected: &ExpectedOutput) -> Failure {
    let diagnostic = Diagnostic::error(Code::MissingWord, "the statements are missing whose output is meant")
        .label(expected.span, "a `{` must follow")
        .help(format!("write `expect \"{}\" {{ ping 192.168.15.2 }}`", expected.text));
    Failure::new(FailureKind::Words, diagnostic)
}

fn misplaced(span: Span, message: &str, help: &str) -> Failure {
    Failure::new(FailureKind::Words, Diagnostic::error(Code::Usage, message).label(span, "here").help(help))
}
