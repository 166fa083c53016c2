//! What is said to people: errors and warnings as data.
//!
//! In: the error enums of the stages, each turned into a [`Diagnostic`] in one place of its stage. Out: something the
//! report layer can draw in a terminal or print as JSON. Nothing here knows how it will look.
//!
//! User text is lower case without a final stop, the user's own words in backticks. The message says what is wrong, a
//! label what is wrong *here*, `help` what to type.

use crate::{codes::Code, source::Span};

/// Whether the script can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can, but is surely not meant.
    Warning,
}

/// A place and what it has to do with the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The words at fault, or involved.
    pub span: Span,
    /// What is wrong here; may be empty where the place says it all.
    pub text: String,
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Its name, to look it up or to silence it.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// Where: the first is the place at fault, the others explain (the line that made the object in the way).
    pub labels: Vec<Label>,
    /// What the kernel itself said, and the like: facts, a line each.
    pub notes: Vec<String>,
    /// What to type.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error without a place as yet.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// What stands in the wrong place, and what was meant instead.
    pub fn correction(&self) -> Option<(Span, &str)> {
        let meant = self.help.as_deref()?.strip_prefix("did you mean `")?.strip_suffix("`?")?;
        Some((self.labels.first()?.span, meant)).filter(|_| !meant.contains('`'))
    }

    /// A warning without a place as yet.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Adds a place; the first added is the one at fault.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to type.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The candidate closest to a misspelt word, if one is close enough to be meant: at most a third of its letters differ
/// (always at least one may), counting swapped neighbours as one.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let distance_allowed = (length / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        // Comparing takes time in proportion to both lengths; a word may be a whole file.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= distance_allowed)
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|&(distance, _)| distance <= distance_allowed)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn nearest_suggests_only_what_is_near() {
        assert_eq!(nearest("nets", ["link", "netns", "route"]), Some("netns"));
        assert_eq!(nearest("offi", ["on", "off"]), Some("off"));
        assert_eq!(nearest("frobnicate", ["link", "netns"]), None);
        assert_eq!(nearest("link", ["link"]), None, "a word is not its own correction");
    }

    #[test]
    fn a_correction_is_what_help_means() {
        let mut sources = Sources::default();
        let source = sources.add("test", "nets list");
        let span = sources.get(source).span(0, 4);
        let told = |help: &str| Diagnostic::error(Code::UnknownWord, "wrong").label(span, "here").help(help);
        assert_eq!(told("did you mean `netns`?").correction(), Some((span, "netns")));
        assert_eq!(told("it is written `netns`").correction(), None);
        assert_eq!(told("did you mean `netns`? type `netns list`?").correction(), None);
        assert_eq!(Diagnostic::error(Code::UnknownWord, "wrong").help("did you mean `netns`?").correction(), None);
    }
}
