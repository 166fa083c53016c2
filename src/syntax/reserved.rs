//! Words that begin no command: statements of the language, and the shell's own.
//!
//! In: the first word of a command. Out: what it is. The grammar takes such words for commands where nothing better fits;
//! the table here is the one place that knows them.

use super::{error::ShellWord, shell::is_name};

/// What a word is reserved for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reserved {
    /// `in NAMESPACE …`.
    In,
    /// `let NAME = VALUE`.
    Let,
    /// `sudo …`, which is dropped.
    Sudo,
    /// `for NAME in VALUES { … }`.
    For,
    /// `if CONDITION { … }`.
    If,
    /// `} else {`.
    Else,
    /// `def NAME(…) { … }`.
    Def,
    /// A word of the shell's own.
    Shell(ShellWord),
}

/// Words that begin no command, sorted.
const RESERVED: &[(&str, Reserved)] = &[
    ("[[", Reserved::Shell(ShellWord::Test)),
    ("case", Reserved::Shell(ShellWord::Compound)),
    ("declare", Reserved::Shell(ShellWord::Variable)),
    ("def", Reserved::Def),
    ("do", Reserved::Shell(ShellWord::Inner)),
    ("done", Reserved::Shell(ShellWord::Inner)),
    ("elif", Reserved::Shell(ShellWord::Inner)),
    ("else", Reserved::Else),
    ("esac", Reserved::Shell(ShellWord::Inner)),
    ("export", Reserved::Shell(ShellWord::Variable)),
    ("fi", Reserved::Shell(ShellWord::Inner)),
    ("for", Reserved::For),
    ("function", Reserved::Shell(ShellWord::Compound)),
    ("if", Reserved::If),
    ("in", Reserved::In),
    ("let", Reserved::Let),
    ("local", Reserved::Shell(ShellWord::Variable)),
    ("readonly", Reserved::Shell(ShellWord::Variable)),
    ("select", Reserved::Shell(ShellWord::Compound)),
    ("set", Reserved::Shell(ShellWord::Options)),
    ("sudo", Reserved::Sudo),
    ("then", Reserved::Shell(ShellWord::Inner)),
    ("until", Reserved::Shell(ShellWord::Compound)),
    ("while", Reserved::Shell(ShellWord::Compound)),
];

/// Whether a word may be the first of a command.
pub(super) fn begins_command(word: &str) -> bool {
    let is_assignment = word.split_once('=').is_some_and(|(name, _)| is_name(name));
    !is_assignment && !word.starts_with('(') && find(word).is_none()
}

/// What a word is reserved for, if it is.
pub(super) fn find(word: &str) -> Option<Reserved> {
    RESERVED.binary_search_by_key(&word, |&(word, _)| word).ok().map(|index| RESERVED[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_sorted_and_begin_no_command() {
        assert!(RESERVED.is_sorted_by_key(|&(word, _)| word));
        assert!(RESERVED.iter().all(|(word, _)| !begins_command(word)));
        assert!(["ip", "inside", "a.b=c", "=a"].into_iter().all(begins_command));
    }
}
