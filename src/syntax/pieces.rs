//! The pieces of a text that may be unfinished or wrong: what each is to the grammar, and what is open behind the last.
//!
//! In: any text. Out: its [`Piece`]s in their order, and the [`Place`] at its end. What a word is, the grammar says; what
//! this adds is which words are a command's and which the language's own, as far as that can be told without knowing
//! how the text goes on.
//!
//! Invariants: pieces do not overlap and lie on character boundaries; every text has some, nothing panics; it takes time
//! in proportion to the text; of a text without errors the words of commands are those of the tree.

mod reader;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::{
    parse::{variable_len, word_parts},
    shell::{is_name, is_plain, is_quoting},
};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// Where it is.
    pub range: Range<usize>,
    /// Of a word: its parts.
    pub parts: Vec<WordPart>,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// `$ ` at the beginning of a line.
    Prompt,
    /// From `#` to the end of the line.
    Comment,
    /// A word of the language: `in`, `for`, `sudo` and its options.
    Keyword,
    /// The word behind `in`.
    Namespace,
    /// A name that is given: behind `let`, `for` and `def`.
    Name,
    /// A word of a list, behind `=` or in a condition.
    Value,
    /// A word of a command.
    Word,
    /// The file behind `>`.
    File,
    /// `=`, `,`, a bracket, a comparison.
    Sign,
    /// `>`, `2>`, `2>&1`.
    Arrow,
    /// `&&`, `||`, or `|`.
    Operator,
    /// The end of a statement: `;` or the end of a line.
    End,
    /// `{`
    Open,
    /// `}`
    Close,
    /// What can be none of these, such as a quoted text without its end.
    Unread,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordPart {
    /// What it is.
    pub kind: PartKind,
    /// Where it is; quotes included.
    pub range: Range<usize>,
}

/// What a part of a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// Bare text.
    Bare,
    /// Quoted text, with its quotes, between variables.
    Quoted,
    /// `$name`, `${ … }`
    Variable,
}

/// What can stand at the end of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A statement.
    Statement,
    /// A statement behind `sudo`, which may be any.
    Governed,
    /// A statement or a block, behind `in NAMESPACE`.
    Inside,
    /// A command behind `|`.
    Piped,
    /// Another word of a command.
    Command,
    /// A file, behind `>`.
    File,
    /// A namespace, behind `in`.
    Namespace,
    /// The name that `let` gives.
    LetName,
    /// The `=` of a `let`.
    LetSign,
    /// The value of a `let`.
    Value,
    /// Another word of a list.
    List,
    /// The name that `for` gives.
    ForName,
    /// The `in` of a `for`.
    ForIn,
    /// What a `for` goes through.
    ForValues,
    /// The name that `def` gives.
    DefName,
    /// The parameters of a `def`, in parentheses.
    Parameters,
    /// The default of a parameter.
    Default,
    /// A condition, or what follows in one.
    Condition,
    /// Statements in braces.
    Block,
    /// What follows the block of an `if`: `else`, or an operator.
    Else,
    /// What follows an `else`: `if`, or a block.
    Otherwise,
    /// An operator, or the end of the statement.
    Done,
    /// Nothing that could be told: in a comment, in quotes.
    Nothing,
}

/// The pieces of a text, and what can stand behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pieces {
    /// The pieces, in their order.
    pub pieces: Vec<Piece>,
    /// What can stand at the end of the text.
    pub end: Place,
}

/// Takes a text apart.
pub fn pieces(text: &str) -> Pieces {
    reader::Reader::new(text).read()
}

impl Piece {
    /// Whether it is, or would be when it is finished, a word or a word's beginning.
    pub fn is_word(&self) -> bool {
        match self.kind {
            PieceKind::Keyword
            | PieceKind::Namespace
            | PieceKind::Name
            | PieceKind::Value
            | PieceKind::Word
            | PieceKind::File
            | PieceKind::Unread => true,
            PieceKind::Prompt
            | PieceKind::Comment
            | PieceKind::Sign
            | PieceKind::Arrow
            | PieceKind::Operator
            | PieceKind::End
            | PieceKind::Open
            | PieceKind::Close => false,
        }
    }

    /// The one piece of bare text that it is: what may be a keyword.
    pub fn bare<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self.parts.as_slice() {
            [WordPart { kind: PartKind::Bare, range }] => text.get(range.clone()),
            _ => None,
        }
    }

    /// What it says, without quotes; `None` where variables are in it. Escapes stay as they are written.
    pub fn literal(&self, text: &str) -> Option<String> {
        let mut literal = String::new();
        for part in &self.parts {
            let written = text.get(part.range.clone()).unwrap_or_default();
            match part.kind {
                PartKind::Bare => literal.push_str(written),
                PartKind::Quoted => literal.push_str(written.trim_matches(['"', '\''])),
                PartKind::Variable => return None,
            }
        }
        Some(literal)
    }

    /// The name of the variable that is all of it.
    pub fn variable<'t>(&self, text: &'t str) -> Option<&'t str> {
        let [WordPart { kind: PartKind::Variable, range }] = self.parts.as_slice() else { return None };
        text.get(range.clone())?.strip_prefix('$').filter(|name| is_name(name))
    }
}

/// The parts of the word at the beginning of a text, moved to where the text begins; `None` where no word begins.
fn parts_at(text: &str, at: usize, is_element: bool) -> Option<Vec<WordPart>> {
    let is_bracket = is_element && text[at..].starts_with(['[', ']', '(', ')', ',']);
    let parts = (!is_bracket && may_begin_word(&text[at..])).then(|| word_parts(&text[at..], is_element)).flatten()?;
    let moved = parts.into_iter().map(|(kind, range)| WordPart { kind, range: range.start + at..range.end + at });
    Some(moved.collect())
}

/// The most bytes of a formula that is looked at; longer ones are taken for words.
const MAX_FORMULA: usize = 4096;

/// Whether a word may begin where a text does. The grammar would say so too, but where it says no it first makes an error
/// of the whole line, and of a line with a thousand of them that takes a thousand times as long.
fn may_begin_word(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        None => false,
        Some('$') => match chars.next() {
            Some('(' | '"' | '\'' | '?' | '!' | '@' | '*' | '#' | '$' | '-' | '0'..='9') => false,
            Some(next) if next == '{' || next == '_' || next.is_ascii_alphabetic() => {
                let start = &text[..text.floor_char_boundary(MAX_FORMULA)];
                variable_len(start).is_some() || start.len() < text.len()
            }
            Some(_) | None => true,
        },
        Some(first) if first.is_ascii_digit() => {
            let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
            !behind.starts_with(['>', '<'])
        }
        Some(first) => first != '#' && (is_plain(first) || is_quoting(first) && first != '`'),
    }
}
