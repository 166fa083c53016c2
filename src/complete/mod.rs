//! What can be typed next: completion, hints and colours for the line at a prompt.
//!
//! In: the text that was typed so far, which may be unfinished or wrong, where the cursor is in it, and a [`Scene`]: the
//! world and the names that were defined. Out: what could stand there ([`complete()`]), what is wanted next ([`hint()`]),
//! and what each word is ([`highlight()`]). Nothing here reads a file or a terminal.
//!
//! Invariants: every text and every cursor has an answer, nothing panics; places are on character boundaries; it takes
//! time in proportion to the text and the world.

use std::ops::Range;

use crate::{commands::table, model::World, net::NsRef};

/// What is known beside the text.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The network as it is.
    pub world: &'a World,
    /// The namespace in which the text begins.
    pub here: &'a NsRef,
    /// What was given a name before.
    pub names: &'a [Name],
    /// The programs and captures in the background, by name.
    pub jobs: &'a [String],
    /// The files whose paths begin with a text; folders end with `/`.
    pub files: &'a dyn Fn(&str) -> Vec<String>,
}

/// Something that was given a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// By `let` or `for`.
    Variable {
        /// Its name, without the `$`.
        name: String,
        /// Its value as it would be printed.
        value: String,
    },
    /// By `def`.
    Function {
        /// Its name.
        name: String,
        /// What it takes.
        parameters: Vec<String>,
    },
}

/// What can stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Where in the text the piece begins that a candidate replaces; it ends at the cursor.
    pub start: usize,
    /// What can stand there, in the order in which it is shown.
    pub candidates: Vec<Candidate>,
}

/// Something that can be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is put in the place of the piece.
    pub text: String,
    /// What it is, in a few words; may be empty.
    pub help: String,
    /// Whether the word goes on behind it (`/etc/`, `net.ipv4.conf.`), so that no blank belongs there.
    pub is_open: bool,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A word of the language: `in`, `for`, `sudo`.
    Keyword,
    /// The name of a command: `ip link add`, `ping`, a `def`.
    Command,
    /// A word that a command knows: `dev`, `up`, `-c`.
    Option,
    /// The name of something that there is.
    Known,
    /// The name of something that there is not.
    Missing,
    /// The name of something that is made here.
    New,
    /// A value: an address, a number.
    Value,
    /// Text in quotes, and other words that are taken as they are.
    Text,
    /// `$lan`
    Variable,
    /// A comment.
    Comment,
    /// What stands between statements and around blocks: `&&`, `;`, `{`, `>`, `=`.
    Operator,
    /// A word that fits nowhere.
    Unknown,
}

/// What can stand at the cursor: a byte offset, which is moved back to where a character begins.
pub fn complete(_scene: &Scene<'_>, text: &str, cursor: usize) -> Completion {
    let cursor = text.floor_char_boundary(cursor);
    let start = text[..cursor].rfind([' ', '\n', ';', '{', '&', '|']).map_or(0, |at| at + 1);
    let is_first = text[..start].trim_end().is_empty();
    let typed = &text[start..cursor];
    let words = table::first_words().into_iter().filter(|word| is_first && word.starts_with(typed));
    let candidates = words.map(|word| Candidate { text: word.into(), help: String::new(), is_open: false }).collect();
    Completion { start, candidates }
}

/// What is wanted at the cursor, where a word would begin there: `type KIND`, `ADDRESS/LENGTH`.
pub fn hint(_scene: &Scene<'_>, _text: &str, _cursor: usize) -> Option<String> {
    None
}

/// What the pieces of a text are, in its order; what is between them is blank.
pub fn highlight(_scene: &Scene<'_>, _text: &str) -> Vec<(Range<usize>, Class)> {
    Vec::new()
}
