//! Commands that govern statements: the ports of a `switch`.
//!
//! In: the words of the command, and what stands in its braces. Out: the status of both together.

use std::rc::Rc;

use super::{Evaluator, Failure, FailureKind, Outside, Status, change::Wording};
use crate::{
    codes::Code,
    commands::{self, Act, Context, Switch},
    diag::Diagnostic,
    source::Span,
    syntax::ast::{Command, Statement},
};

impl<O: Outside> Evaluator<'_, O> {
    /// `switch NAME { … }`
    pub(super) fn headed(&mut self, head: &Command, span: Span, body: &[Statement]) -> Result<Status, Failure> {
        let wording = Wording { words: self.expand_all(&head.words)?, span };
        if let Some(redirection) = head.redirections.first() {
            return Err(misplaced(redirection.span, "only commands can be redirected", "leave it away"));
        }
        let context = Context { ns: self.ns.clone() };
        let act = commands::lower(&wording.words, &context);
        match act.map_err(|error| Failure::new(FailureKind::Words, error.to_diagnostic()))? {
            Act::Switch(switch) => {
                self.changes(switch.ops(), &wording)?;
                let outer = self.switch.replace(Rc::new(switch));
                let ended = self.statements(body);
                self.switch = outer;
                ended
            }
            _ => Err(misplaced(
                body.first().map_or(span, |first| first.span),
                "this command governs no statements",
                "end the line before the `{`",
            )),
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

fn misplaced(span: Span, message: &str, help: &str) -> Failure {
    Failure::new(FailureKind::Words, Diagnostic::error(Code::Usage, message).label(span, "here").help(help))
}
