//! What can be typed next: completion, hints and colours for the line at a prompt.
//!
//! In: the text that was typed so far, which may be unfinished or wrong, where the cursor is in it, and a [`Scene`]: the
//! world and the names that were defined. Out: what could stand there ([`complete()`]), what is wanted next ([`hint()`]),
//! and what each word is ([`highlight()`]). Nothing here reads a file or a terminal.
//!
//! Invariants: every text and every cursor has an answer, nothing panics; places are on character boundaries; it takes
//! time in proportion to the text and the world.

mod addresses;
mod colour;
mod condition;
mod engine;
mod hint;
mod line;
mod made;
mod offer;
mod rules;
mod settings;
mod statements;
#[cfg(test)]
mod tests;
mod things;
mod values;

use std::ops::Range;

use crate::{model::World, net::NsRef};

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
    /// Whether a word is a program that could be run.
    pub is_program: &'a dyn Fn(&str) -> bool,
    /// The programs whose names begin with a text.
    pub programs: &'a dyn Fn(&str) -> Vec<String>,
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
    /// The name of a command: `ip link add`, `ping`, a `def`, a program.
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
pub fn complete(scene: &Scene<'_>, text: &str, cursor: usize) -> Completion {
    engine::complete(scene, text, cursor)
}

/// What is wanted at the cursor, where a word would begin there and the line ends: `type KIND`, `ADDRESS/LENGTH`.
pub fn hint(scene: &Scene<'_>, text: &str, cursor: usize) -> Option<String> {
    hint::hint(scene, text, cursor)
}

/// What the pieces of a text are, in its order; what is between them is blank.
pub fn highlight(scene: &Scene<'_>, text: &str) -> Vec<(Range<usize>, Class)> {
    colour::highlight(scene, text)
}
