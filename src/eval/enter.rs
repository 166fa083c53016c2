//! `enter red`, and `ip netns exec red bash` on a line of its own: the lines that follow act there, until `exit`.
//!
//! In: the statements of a script, at top level. Out: the current namespace of each. Invariant: whatever a file entered
//! is left at its end.

use std::rc::Rc;

use super::{Evaluator, Failure, FailureKind, Outside, change::Wording, shell::is_shell};
use crate::{
    codes::Code,
    commands::{self, Act, Arg, Context},
    diag::Diagnostic,
    net::NsRef,
    syntax::ast::{Statement, StatementKind},
};

impl<O: Outside> Evaluator<'_, O> {
    /// The statements of a file, or of a line at the prompt.
    pub(super) fn script(&mut self, statements: &[Statement]) -> Result<(), Failure> {
        let outside = self.state.entered.len();
        for (at, statement) in statements.iter().enumerate() {
            self.ns = self.state.entered.last().cloned().unwrap_or(NsRef::Host);
            match self.enters_or_leaves(statement) {
                Ok(true) => {}
                Ok(false) => drop(self.one_of(statements, at)?),
                Err(failure) if self.goes_on_after(&failure) => self.record(failure),
                Err(failure) => return Err(failure),
            }
        }
        if !self.policy.stays_inside {
            self.state.entered.truncate(outside);
        }
        Ok(())
    }

    /// Whether a statement does nothing but enter a namespace or leave one, which is done then.
    fn enters_or_leaves(&mut self, statement: &Statement) -> Result<bool, Failure> {
        let StatementKind::Command(command) = &statement.kind else { return Ok(false) };
        if !command.redirections.is_empty() {
            return Ok(false);
        }
        // What is wrong with the words is told when they are evaluated as any others.
        let Ok(words) = self.expand_all(&command.words) else { return Ok(false) };
        if let [word] = &*words
            && word.bare
            && word.text == "exit"
        {
            return Ok(self.state.entered.pop().is_some());
        }
        let wording = Wording { words, span: statement.span };
        let Some(ns) = self.entering(&wording, self.ns.clone())? else { return Ok(false) };
        self.state.entered.push(ns);
        Ok(true)
    }

    /// The namespace that words enter.
    fn entering(&mut self, wording: &Wording, ns: NsRef) -> Result<Option<NsRef>, Failure> {
        match commands::lower(&wording.words, &Context { ns }) {
            Ok(Act::Enter { ns }) => self.entered(&ns, wording).map(Some),
            Ok(Act::InNamespace { ns, skip }) => match &wording.words[skip..] {
                [shell] if is_shell(&shell.text) => self.entered(&ns, wording).map(Some),
                // Another `ip netns exec` in it, perhaps.
                [first, ..] if commands::is_statement(&first.text) => {
                    let words: Rc<[Arg]> = wording.words[skip..].into();
                    self.entering(&Wording { words, span: wording.span }, ns.value)
                }
                _ => Ok(None),
            },
            Ok(_) | Err(_) => Ok(None),
        }
    }

    /// `enter` where it cannot be followed by lines.
    pub(super) fn cannot_enter(wording: &Wording) -> Failure {
        let diagnostic = Diagnostic::error(Code::Usage, "a namespace is entered on a line of its own, at top level")
            .label(wording.span, "among other statements")
            .help("here `in NETNS { … }` holds the statements that act there");
        Failure::new(FailureKind::Words, diagnostic)
    }
}
