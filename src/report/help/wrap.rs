use super::{
    super::table::{Paint, Style},
    WIDTH,
};

/// How far what belongs to a heading is indented.
const INDENT: usize = 2;
/// The widest first column of rows; a longer cell has the line to itself.
const MAX_FIRST: usize = 34;

/// Text of limited width.
pub(super) struct Paper {
    style: Style,
    text: String,
}

impl Paper {
    pub(super) fn new(style: Style) -> Self {
        Self { style, text: String::new() }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A heading, behind an empty line.
    pub(super) fn heading(&mut self, text: &str) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.blank();
        }
        self.text += &Paint::Address.apply(&format!("{text}:"), self.style);
        self.blank();
    }

    /// What the page is about.
    pub(super) fn name(&mut self, text: &str) {
        self.text += &Paint::Name.apply(text, self.style);
        self.blank();
    }

    /// A usage line, which may end between two parts.
    pub(super) fn usage(&mut self, parts: &[String]) {
        let [name, parts @ ..] = parts else { return };
        self.text += &Paint::Name.apply(name, self.style);
        self.fill(parts.iter().map(String::as_str), name.chars().count(), 2 * INDENT, true);
    }

    /// A paragraph.
    pub(super) fn text(&mut self, text: &str) {
        self.fill(text.split_whitespace(), 0, 0, false);
    }

    /// A line as it is.
    pub(super) fn line(&mut self, text: &str) {
        self.text += &" ".repeat(INDENT);
        self.text += text;
        self.blank();
    }

    /// Names, with commas between them.
    pub(super) fn list(&mut self, names: &[String]) {
        let last = names.len().saturating_sub(1);
        let parts: Vec<String> =
            names.iter().enumerate().map(|(n, name)| format!("{name}{}", if n == last { "" } else { "," })).collect();
        self.text += &" ".repeat(INDENT);
        self.fill(parts.iter().map(String::as_str), INDENT, INDENT, false);
    }

    /// Two columns, the second aligned.
    pub(super) fn rows(&mut self, rows: &[(String, String)]) {
        let width = |(first, _): &(String, String)| first.chars().count();
        let widest = rows.iter().map(width).filter(|width| *width <= MAX_FIRST).max().unwrap_or(MAX_FIRST);
        let column = INDENT + widest + 2;
        for row in rows {
            self.text += &" ".repeat(INDENT);
            self.text += &Paint::Name.apply(&row.0, self.style);
            let mut at = INDENT + width(row);
            if width(row) > widest {
                self.blank();
                at = 0;
            }
            self.text += &" ".repeat(column - at);
            self.fill(row.1.split_whitespace(), column, column, false);
        }
    }

    /// Parts with blanks between them, from column `at` on; further lines begin in column `indent`. `gap` is whether
    /// there is a blank before the first.
    fn fill<'a>(&mut self, parts: impl Iterator<Item = &'a str>, mut at: usize, indent: usize, mut gap: bool) {
        for part in parts {
            let width = part.chars().count();
            if gap && at + 1 + width > WIDTH {
                self.blank();
                self.text += &" ".repeat(indent);
                at = indent;
            } else if gap {
                self.text.push(' ');
                at += 1;
            }
            self.text += part;
            at += width;
            gap = true;
        }
        self.blank();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_before_they_are_too_long() {
        let mut paper = Paper::new(Style::default());
        paper.rows(&[("a".into(), "word ".repeat(40)), ("b".repeat(MAX_FIRST + 1), "short".into())]);
        let text = paper.into_text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0].len(), 99, "{text}");
        assert!(lines[1].starts_with("     word") && lines[1].len() <= WIDTH, "{text}");
        assert_eq!(lines.last(), Some(&"     short"));
    }

    #[test]
    fn usage_lines_end_between_parts() {
        let mut paper = Paper::new(Style::default());
        paper.usage(&["link add".into(), format!("[{}]", "x ".repeat(40)), format!("[{}]", "y ".repeat(20))]);
        assert!(paper.into_text().contains("]\n    [y "));
    }
}
