//! Pieces of text as the shell and the grammar see them: what a character is, how far a substitution goes.
//!
//! In: a text that begins with the piece. Out: its length in bytes, and what is wrong with it.

use super::{error::Problem, parse::variable_len};

/// Whether a character is part of a plain word: what the grammar calls `bare`.
pub(super) fn is_plain(c: char) -> bool {
    !is_quoting(c) && !" \t\r\n;|&{}<>\u{a0}".contains(c)
}

/// Whether a character quotes or puts something in the place of a name.
pub(super) fn is_quoting(c: char) -> bool {
    "\"'$`\\".contains(c)
}

/// Whether a text can be the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && text.starts_with(|c: char| !c.is_ascii_digit())
}

/// Whether a word is an option of `sudo` that means nothing here: it names no other user, and asks for nothing else.
pub fn is_sudo_flags(word: &str) -> bool {
    word == "--"
        || word.strip_prefix('-').is_some_and(|flags| !flags.is_empty() && flags.chars().all(|c| "EHSikn".contains(c)))
}

/// The length of the prompt at the beginning of a text, if there is one: what the grammar drops at the beginning of a
/// line.
pub(super) fn prompt_len(text: &str) -> Option<usize> {
    let place = |text: &str| text.find([' ', '\t', '\n', '@', ':', '$']).unwrap_or(text.len());
    let mut len = 0;
    if !text.starts_with('$') {
        for end in ['@', ':'] {
            len += place(&text[len..]);
            if !text[len..].starts_with(end) {
                return None;
            }
            len += 1;
        }
        len += place(&text[len..]);
    }
    let behind = text[len..].strip_prefix('$')?;
    (behind.is_empty() || behind.starts_with([' ', '\t', '\r', '\n'])).then_some(len + 1)
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The length of the text from its beginning to the `)` that closes the first `(`, or so many bytes and the `(` where
/// none does.
pub(super) fn closed_len(text: &str, before: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return at + 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    before + 1
}

/// What is wrong with the `$…` or `` ` `` at the beginning of a text, and its length; `None` if it is right.
pub(super) fn substitution(text: &str) -> Option<(usize, Problem)> {
    if let Some(behind) = text.strip_prefix('`') {
        return Some((behind.find('`').map_or(1, |end| end + 2), Problem::CommandSubstitution));
    }
    let behind = text.strip_prefix('$')?;
    let first = behind.chars().next()?;
    match first {
        '(' if behind.starts_with("((") => Some((closed_len(text, 2), Problem::Arithmetic)),
        '(' => Some((closed_len(text, 1), Problem::CommandSubstitution)),
        '{' if variable_len(text).is_none() => Some((behind.find('}').map_or(2, |end| end + 2), Problem::Expansion)),
        _ if first.is_ascii_alphabetic() || first == '_' => {
            let end = text.find('[').filter(|_| variable_len(text).is_none())?;
            Some((end + 1, Problem::Index))
        }
        '"' | '\'' => Some((2, Problem::DollarQuote)),
        '0'..='9' => {
            let len = 1 + behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
            Some((len, Problem::SpecialParameter { parameter: text[..len].into() }))
        }
        '?' | '!' | '@' | '*' | '#' | '$' | '-' => Some((2, Problem::SpecialParameter { parameter: text[..2].into() })),
        _ => None,
    }
}

/// The length of `<<-'EOF'`, without what else stands on the line.
pub(super) fn here_document_len(line: &str) -> usize {
    let label = line.trim_start_matches(['<', '-', ' ', '\t', '"', '\'', '\\']);
    let behind = label.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    line.len() - behind.len() + usize::from(behind.starts_with(['"', '\'']))
}

/// The head of a loop as nns has it, for a line that begins with `for` and may be a shell's.
pub(super) fn loop_head(line: &str) -> String {
    let mut words = line.split_whitespace().skip(1);
    let name = words.next().filter(|name| is_name(name)).unwrap_or("x");
    let values = line.split_once(" in ").map_or("", |(_, values)| values);
    let values = values.split([';', '\n']).next().unwrap_or_default();
    let values = values.split(" {").next().unwrap_or_default().trim();
    let is_number = |text: &str| !text.is_empty() && text.len() < 10 && text.bytes().all(|c| c.is_ascii_digit());
    let range = |text: &str| match text.split_whitespace().collect::<Vec<_>>()[..] {
        [last] if is_number(last) => Some(format!("1..{last}")),
        [first, last] if is_number(first) && is_number(last) => Some(format!("{first}..{last}")),
        _ => None,
    };
    let seq = values.strip_prefix("$(seq ").and_then(|rest| rest.strip_suffix(')')).and_then(range);
    let braces = values.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let braces = braces.and_then(|rest| rest.split_once("..")).and_then(|(a, b)| range(&format!("{a} {b}")));
    let is_short = values.len() <= 40 && !values.is_empty();
    let words = is_short && values.chars().all(|c| c == ' ' || is_plain(c) && !"[](),".contains(c));
    match seq.or(braces) {
        Some(range) => format!("for {name} in {range}"),
        None if words => format!("for {name} in [{values}]"),
        None => format!("for {name} in LIST"),
    }
}
