//! Pieces to lines: what is indented how far, and which blocks are broken.
//!
//! In: a [`Block`]. Out: its lines. Invariant: it looks at no piece more often than blocks are open around it.

use super::{
    MAX_WIDTH,
    lex::{Block, Gap, Item, Piece, Statement},
    lines::Line,
};
use crate::syntax::shell::prompt_len;

/// How far a block is indented.
const BLOCK: usize = 2;

/// How many blanks stand between the columns of a switch.
const COLUMN_GAP: usize = 2;

/// How far the lines of a statement are that follow its first.
const CONTINUED: usize = 4;

/// The lines of a file.
pub(super) fn lay_out<'s>(block: &Block<'s>) -> Vec<Line<'s>> {
    let mut layout = Layout { lines: Vec::new(), line: Line::default(), columns: Vec::new() };
    if let Some(comment) = block.comment {
        layout.comment(0, comment);
    }
    layout.items(0, &block.items);
    layout.lines
}

struct Layout<'s> {
    lines: Vec<Line<'s>>,
    /// The line that is being written.
    line: Line<'s>,
    /// The widths of the words of the ports of a switch, while those are written.
    columns: Vec<usize>,
}

impl<'s> Layout<'s> {
    /// Ends the line, and begins one that is indented so far.
    fn end(&mut self, indent: usize) {
        let next = Line { indent, ..Line::default() };
        self.lines.push(std::mem::replace(&mut self.line, next));
    }

    fn comment(&mut self, indent: usize, comment: &'s str) {
        self.line.indent = indent;
        self.line.comment = Some(comment);
        self.end(indent);
    }

    fn items(&mut self, indent: usize, items: &[Item<'s>]) {
        let mut rest = items;
        while let Some((first, behind)) = rest.split_first() {
            rest = behind;
            self.line.indent = indent;
            match first {
                Item::Blank => self.end(indent),
                Item::Comment(comment) => self.comment(indent, comment),
                Item::Statement(statement) => {
                    let len = allowed_len(statement, behind);
                    let (joined, others) = behind.split_at(len.unwrap_or_default());
                    rest = others;
                    self.statement(indent, statement, len.is_some());
                    for item in joined {
                        if let Item::Statement(statement) = item {
                            self.line.text.push_str("; ");
                            self.statement(indent, statement, true);
                        }
                    }
                    self.end(indent);
                }
            }
        }
    }

    /// A statement; on the line even where it does not fit if that was the author's will.
    fn statement(&mut self, indent: usize, statement: &Statement<'s>, is_kept: bool) {
        let can_be_flat = statement.pieces.iter().all(|(_, piece)| match piece {
            Piece::Block(block) => is_flat(block),
            Piece::Text(_) | Piece::Ok(_) => true,
        });
        let (lines, line) = (self.lines.len(), self.line.text.len());
        self.pieces(indent, statement, can_be_flat);
        let written = || self.lines[lines..].iter().chain([&self.line]);
        if can_be_flat && !is_kept && written().any(|line| line.has_block && line.width() > MAX_WIDTH) {
            if lines < self.lines.len() {
                self.line = self.lines.swap_remove(lines);
                self.lines.truncate(lines);
            }
            self.line.text.truncate(line);
            self.line.comment = None;
            self.pieces(indent, statement, false);
        }
        self.line.comment = statement.comment;
    }

    fn pieces(&mut self, indent: usize, statement: &Statement<'s>, are_flat: bool) {
        let columns = if is_port(statement) { std::mem::take(&mut self.columns) } else { Vec::new() };
        let (mut word, mut begin) = (0, self.line.text.len());
        for (gap, piece) in &statement.pieces {
            match gap {
                Gap::None => {}
                Gap::Blank => {
                    // Words in columns stand on one line.
                    let width = || self.line.text[begin..].chars().count();
                    let owed = columns.get(word).map_or(1, |column| (column + COLUMN_GAP).saturating_sub(width()));
                    self.line.text.extend(std::iter::repeat_n(' ', owed));
                    word += 1;
                    begin = self.line.text.len();
                }
                Gap::Continued => {
                    self.line.text.push_str(" \\");
                    self.end(indent + CONTINUED);
                }
                Gap::Line(behind, own) => {
                    self.line.comment = *behind;
                    self.end(indent + CONTINUED);
                    own.iter().for_each(|comment| self.comment(indent + CONTINUED, comment));
                }
            }
            match piece {
                Piece::Text(text) => {
                    // At the beginning of a line a prompt is dropped: with one more in front the word is none. Behind a
                    // `\` no line begins.
                    let begins = self.line.text.is_empty() && *gap != Gap::Continued;
                    if begins && prompt_len(text).is_some() {
                        self.line.text.push_str("$ ");
                        begin += "$ ".len();
                    }
                    self.line.text.push_str(text);
                }
                Piece::Block(block) if are_flat => self.flat(block),
                Piece::Block(block) => self.broken(block, is_switch(statement)),
                Piece::Ok(block) => {
                    let before = self.line.text.len();
                    if is_flat(block) {
                        self.flat(block);
                    }
                    let is_too_long = self.line.width() + " {".len() > MAX_WIDTH && !are_flat;
                    if is_too_long || !is_flat(block) {
                        self.line.text.truncate(before);
                        self.broken(block, false);
                    }
                }
            }
        }
        if !columns.is_empty() {
            self.columns = columns;
        }
    }

    /// `{ A; B }`
    fn flat(&mut self, block: &Block<'s>) {
        self.line.has_block = true;
        self.line.text.push('{');
        for (index, item) in block.items.iter().enumerate() {
            self.line.text.push_str(if index == 0 { " " } else { "; " });
            if let Item::Statement(statement) = item {
                for (gap, piece) in &statement.pieces {
                    self.line.text.push_str(if *gap == Gap::None { "" } else { " " });
                    match piece {
                        Piece::Text(text) => self.line.text.push_str(text),
                        Piece::Block(block) | Piece::Ok(block) => self.flat(block),
                    }
                }
            }
        }
        self.line.text.push_str(" }");
    }

    /// `{`, lines, and `}`. One without anything in it has no lines.
    fn broken(&mut self, block: &Block<'s>, is_switch: bool) {
        if block.items.is_empty() && block.comment.is_none() {
            return self.line.text.push_str("{ }");
        }
        let indent = self.line.indent;
        self.line.text.push('{');
        self.line.comment = block.comment;
        self.end(indent + BLOCK);
        let columns = if is_switch { widths(&block.items) } else { Vec::new() };
        let outer = std::mem::replace(&mut self.columns, columns);
        self.items(indent + BLOCK, &block.items);
        self.columns = outer;
        self.line.indent = indent;
        self.line.text.push('}');
    }
}

/// Whether a statement is `switch NAME … { PORTS }`, perhaps behind `in NETNS`.
fn is_switch(statement: &Statement) -> bool {
    let text = |at: usize| match statement.pieces.get(at) {
        Some((_, Piece::Text(text))) => Some(*text),
        _ => None,
    };
    text(0) == Some("switch") || text(0) == Some("in") && text(2) == Some("switch")
}

/// Whether a statement is words on one line.
fn is_port(statement: &Statement) -> bool {
    let on_line = |(gap, piece): &(Gap, Piece)| {
        matches!(gap, Gap::None | Gap::Blank) && matches!(piece, Piece::Text(text) if !text.contains('\n'))
    };
    statement.pieces.iter().all(on_line)
}

/// The widths of the words of ports: each has a column of its own.
fn widths(items: &[Item]) -> Vec<usize> {
    let mut widths = Vec::new();
    for item in items {
        let Item::Statement(statement) = item else { continue };
        if !is_port(statement) {
            continue;
        }
        let (mut word, mut width) = (0, 0);
        for (gap, piece) in &statement.pieces {
            if *gap == Gap::Blank {
                (word, width) = (word + 1, 0);
            }
            let Piece::Text(text) = piece else { continue };
            width += text.chars().count();
            if widths.len() <= word {
                widths.resize(word + 1, 0);
            }
            widths[word] = widths[word].max(width);
        }
    }
    widths
}

/// Whether a block may stand on one line.
fn is_flat(block: &Block) -> bool {
    block.is_on_one_line || block.items.is_empty() && block.comment.is_none()
}

/// If the line of a statement ends in `# allow: …`: how many more statements are on it.
fn allowed_len(first: &Statement, behind: &[Item]) -> Option<usize> {
    let on_line = behind.iter().take_while(|item| matches!(item, Item::Statement(next) if next.follows));
    let len = on_line.count();
    let last = match len.checked_sub(1).map(|last| &behind[last]) {
        Some(Item::Statement(last)) => last,
        _ => first,
    };
    let comment = last.comment?.trim_start_matches('#').trim_start();
    comment.starts_with("allow:").then_some(len)
}
