//! `sh -c '…'` around a single statement.
//!
//! In: the words of a program. Out: the statement in the quotes, if it is one of ours with at most redirections and means
//! the same to a shell. Everything else is left to the shell itself.

use super::{Evaluator, Outside};
use crate::{
    commands::{Arg, is_statement},
    syntax::{
        self,
        ast::{Command, Part, StatementKind},
    },
};

/// The shells that take `-c`.
const SHELLS: [&str; 5] = ["ash", "bash", "dash", "sh", "zsh"];

/// Whether a word is the name of a shell, with its path or without.
pub fn is_shell(word: &str) -> bool {
    let name = ["/bin/", "/usr/bin/"].iter().find_map(|directory| word.strip_prefix(directory)).unwrap_or(word);
    SHELLS.contains(&name)
}

impl<O: Outside> Evaluator<'_, O> {
    /// The statement that a shell is given.
    pub(super) fn command_of_shell(&self, words: &[Arg]) -> Option<Command> {
        let [shell, option, text] = words else { return None };
        if !is_shell(&shell.text) || option.text != "-c" {
            return None;
        }
        let source = self.sources.get(text.span.source);
        let written = source.slice(text.span);
        let quote = written.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let inside = written.strip_prefix(quote)?.strip_suffix(quote)?;
        // What is quoted twice, and what stands on several lines, is not ours to read.
        if inside.contains(['\\', '\n', quote]) {
            return None;
        }
        let start = text.span.start as usize + 1;
        let (script, errors) = syntax::parse(&source.part(source.span(start, start + inside.len())));
        let [statement] = <[_; 1]>::try_from(script.statements).ok().filter(|_| errors.is_empty())?;
        let StatementKind::Command(command) = statement.kind else { return None };
        // A variable in single quotes is the shell's own.
        let is_variable = |part: &Part| matches!(part, Part::Value(_));
        if quote == '\'' && command.words.iter().flat_map(|word| &word.parts).any(is_variable) {
            return None;
        }
        let first = command.words.first()?.bare()?;
        // These would end or enter something of ours, and not the shell.
        (is_statement(first) && !["enter", "exit"].contains(&first)).then_some(command)
    }
}
