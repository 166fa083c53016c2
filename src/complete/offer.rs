//! The words that can stand at a place: gathered, sifted by what was typed, each once.

use std::collections::BTreeSet;

use super::Candidate;

/// Whether a text is no bare word.
pub fn must_be_quoted(text: &str) -> bool {
    text.starts_with('#') || text.contains(|c: char| " \t\r\n;|&{}<>\"'$`\\\u{a0}".contains(c))
}

/// Gathers candidates that begin with what was typed.
pub struct Offer<'t> {
    /// What was typed of the word.
    pub typed: &'t str,
    candidates: Vec<Candidate>,
    seen: BTreeSet<String>,
}

impl<'t> Offer<'t> {
    /// Nothing yet.
    pub fn new(typed: &'t str) -> Self {
        Self { typed, candidates: Vec::new(), seen: BTreeSet::new() }
    }

    /// A whole word.
    pub fn word(&mut self, text: impl AsRef<str>, help: impl FnOnce() -> String) {
        self.push(text.as_ref(), help, false);
    }

    /// A name, which is quoted where it could not stand as it is.
    pub fn name(&mut self, text: impl AsRef<str>, help: impl FnOnce() -> String) {
        let text = text.as_ref();
        if !must_be_quoted(text) {
            return self.push(text, help, false);
        }
        let quote = if text.contains('\'') { '"' } else { '\'' };
        if text.starts_with(self.typed) && !text.contains(['"', '$', '\\', '`']) {
            let typed = std::mem::take(&mut self.typed);
            self.push(&format!("{quote}{text}{quote}"), help, false);
            self.typed = typed;
        }
    }

    /// The beginning of a word.
    pub fn open(&mut self, text: impl AsRef<str>, help: impl FnOnce() -> String) {
        self.push(text.as_ref(), help, true);
    }

    fn push(&mut self, text: &str, help: impl FnOnce() -> String, is_open: bool) {
        if text.starts_with(self.typed) && self.seen.insert(text.to_owned()) {
            self.candidates.push(Candidate { text: text.to_owned(), help: help(), is_open });
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.candidates.len()
    }

    /// All of them.
    pub fn candidates(self) -> Vec<Candidate> {
        self.candidates
    }
}
