//! The layout of a script, as `nns fmt` makes it. The author's words and comments stay; blanks and line ends change.
//!
//! In: a source without syntax errors. Out: its text, laid out. Invariants: it means the same (checked each time, by
//! [`print()`]); all comments are there, in order; laying out twice changes nothing; it takes time in proportion to the
//! text.
//!
//! * **Lines.** One statement a line; lines end with a newline alone. No blank line at the beginning or the end of the
//!   file or a block, and never two in a row. Prompts go, the `#!` line stays.
//! * **Blocks.** Two blanks a level. A block that the author wrote on one line stays there if the line has at most
//!   [`MAX_WIDTH`] columns; `;` parts its statements. Of one statement either all blocks are on its line or none is;
//!   `ok { … }` decides for itself. `} else {` is one line.
//! * **Words** stay as they are spelled, with one blank between two: quotes, escapes and `sudo` too, and every byte of a
//!   quoted text. A word stands apart from `=`, `==` and `>`, but not from `2>`.
//! * **Ports** of a `switch` stand in columns, two blanks apart.
//! * **Long lines** stay broken where the author broke them: behind `&&`, `||` and `|`, or at a `\`. What goes on is
//!   indented by four blanks. No other line is broken.
//! * **Comments** on a line of their own have the indentation of what follows. Those behind a statement stay there, two
//!   blanks behind it, and begin in one column on lines that belong together: no blank line, no comment on its own line
//!   and no other indentation comes between. A line that ends in `# allow: …` is not taken apart.
//!
//! Words and blocks are told apart by what the grammar says of words, and by the few heads of statements that have blanks
//! inside (`let`, `for`, `if`, `def`). A statement of words and blocks needs nothing here.

mod lex;
mod layout;
mod lines;

use super::{parse, print::print};
use crate::{
    diag::Diagnostic,
    source::{Source, Sources},
};

/// The most columns of a line with a block on it.
pub const MAX_WIDTH: usize = 100;

/// Why a text is not laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unformatted {
    /// It has syntax errors.
    Syntax(Vec<Diagnostic>),
    /// It would not mean the same any more: a mistake of this module.
    Meaning,
}

/// A text, laid out.
pub fn format(source: &Source) -> Result<String, Unformatted> {
    let (script, diagnostics) = parse(source);
    if !diagnostics.is_empty() {
        return Err(Unformatted::Syntax(diagnostics));
    }
    let text = source.text();
    let block = lex::read(text.strip_prefix('\u{feff}').unwrap_or(text)).ok_or(Unformatted::Meaning)?;
    let formatted = lines::join(&layout::lay_out(&block));
    let mut sources = Sources::default();
    let id = sources.add(source.name(), formatted.as_str());
    let (again, diagnostics) = parse(sources.get(id));
    let is_same = diagnostics.is_empty() && print(&again) == print(&script);
    if is_same { Ok(formatted) } else { Err(Unformatted::Meaning) }
}

#[cfg(test)]
mod tests;
