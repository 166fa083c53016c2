//! The project's own source as tokens, for the tests that hold it to its rules.
//!
//! In: Rust text. Out: [`Token`]s without comments, strings and character literals, so that a word in a comment or a
//! message is not taken for code. It is no parser: numbers and lifetimes come out as they fall.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// An identifier, `::`, or one other character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What is written.
    pub text: String,
    /// On which line, from 1.
    pub line: usize,
}

/// The directory of the project.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a directory of the project whose names end in `.EXTENSION`, sorted; their paths are the project's.
pub fn files(directory: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![project().join(directory)];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path.strip_prefix(project()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// The text of a file of the project.
pub fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(project().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The tokens of a Rust text.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest).unwrap_or_else(|| {
            let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let length = if word > 0 {
                word
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            found.push(Token { text: rest[..length].to_owned(), line });
            length
        });
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// How many bytes of blanks, comment, string or character literal a text begins with.
fn skipped(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if first.is_whitespace() {
        return Some(first.len_utf8());
    }
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(block_comment(text));
    }
    if first == '\'' {
        return character(text);
    }
    let quote = text.trim_start_matches(['b', 'c']);
    if let Some(raw) = quote.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let closing = format!("\"{}", "#".repeat(hashes));
            let start = text.len() - raw.len() + hashes + 1;
            return Some(text[start..].find(&closing).map_or(text.len(), |end| start + end + closing.len()));
        }
    }
    // `b'x'` is a `b` and a character literal, which is all the same here.
    quote.starts_with('"').then(|| string(text))
}

/// Block comments hold block comments.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let step = if text[at..].starts_with("/*") {
            depth += 1;
            2
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            2
        } else {
            text[at..].chars().next().map_or(1, char::len_utf8)
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// A string from its prefix to its closing quote.
fn string(text: &str) -> usize {
    let mut chars = text.char_indices().skip_while(|&(_, c)| c != '"').skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return at + 1,
            '\\' => drop(chars.next()),
            _ => {}
        }
    }
    text.len()
}

/// A character literal; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inside = &text[1..];
    if inside.starts_with('\\') {
        return inside[2..].find('\'').map(|end| end + 4);
    }
    let length = inside.chars().next()?.len_utf8();
    inside[length..].starts_with('\'').then_some(length + 2)
}
