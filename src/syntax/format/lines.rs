//! Lines to text, with the comments behind lines that belong together in one column.

/// A wider line has its comment right behind it, and moves those of other lines to no column.
const MAX_ALIGNED: usize = 80;

/// A line of the result; more than one where a quoted text goes on.
#[derive(Debug, Default)]
pub(super) struct Line<'s> {
    /// How many blanks stand in front.
    pub(super) indent: usize,
    /// What is no comment.
    pub(super) text: String,
    /// What is.
    pub(super) comment: Option<&'s str>,
    /// Whether a block stands on it as a whole.
    pub(super) has_block: bool,
}

impl Line<'_> {
    /// How many columns it takes without its comment; of several lines, the last.
    pub(super) fn width(&self) -> usize {
        match self.text.rsplit_once('\n') {
            Some((_, last)) => last.chars().count(),
            None => self.indent + self.text.chars().count(),
        }
    }
}

/// The text of all lines.
pub(super) fn join(lines: &[Line]) -> String {
    let mut text = String::new();
    for group in lines.chunk_by(|a, b| !a.text.is_empty() && !b.text.is_empty() && a.indent == b.indent) {
        let widths = group.iter().filter(|line| line.comment.is_some()).map(Line::width);
        let column = widths.filter(|width| *width <= MAX_ALIGNED).max().unwrap_or_default();
        for line in group {
            if line.text.is_empty() && line.comment.is_none() {
                text.push('\n');
                continue;
            }
            text.extend(std::iter::repeat_n(' ', line.indent));
            text.push_str(&line.text);
            if line.comment.is_some() && !line.text.is_empty() {
                text.extend(std::iter::repeat_n(' ', column.saturating_sub(line.width()) + 2));
            }
            text.push_str(line.comment.unwrap_or_default());
            text.push('\n');
        }
    }
    text
}
