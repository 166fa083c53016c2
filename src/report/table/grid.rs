use super::Style;

/// What a text means, which its colour tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Nothing special.
    Plain,
    /// What the line is about.
    Name,
    /// An address.
    Address,
    /// Of lesser interest.
    Quiet,
    /// As it should be.
    Good,
    /// Worth a look.
    Warn,
    /// Not working.
    Bad,
}

impl Paint {
    /// The parameters of the ANSI sequence (ECMA-48 §8.3.117); empty for none.
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Name => "1",
            Self::Address => "36",
            Self::Quiet => "2",
            Self::Good => "32",
            Self::Warn => "33",
            Self::Bad => "31",
        }
    }

    /// The text in its colour, where there are colours.
    pub fn apply(self, text: &str, style: Style) -> String {
        if style.color && !self.code().is_empty() && !text.is_empty() {
            format!("\x1b[{}m{text}\x1b[0m", self.code())
        } else {
            text.to_owned()
        }
    }
}

/// A line of a cell: pieces of text, one behind the other.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(in crate::report) struct Line(Vec<(String, Paint)>);

impl Line {
    pub(in crate::report) fn new(text: impl Into<String>, paint: Paint) -> Self {
        Self(vec![(text.into(), paint)])
    }

    /// The line with one more piece, behind a blank.
    pub(in crate::report) fn and(mut self, text: impl Into<String>, paint: Paint) -> Self {
        let blank = if self.is_empty() { "" } else { " " };
        self.0.push((blank.to_owned() + &text.into(), paint));
        self
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|(text, _)| text.is_empty())
    }

    /// In characters.
    fn width(&self) -> usize {
        self.0.iter().map(|(text, _)| text.chars().count()).sum()
    }

    fn render(&self, style: Style) -> String {
        self.0.iter().map(|(text, paint)| paint.apply(text, style)).collect()
    }
}

/// What stands in a row under a head: any number of lines.
pub(in crate::report) type Cell = Vec<Line>;

/// A cell of one line; an empty text makes an empty cell.
pub(in crate::report) fn cell(text: impl Into<String>, paint: Paint) -> Cell {
    let text = text.into();
    if text.is_empty() { Vec::new() } else { vec![Line::new(text, paint)] }
}

/// Rows of cells under heads.
pub(in crate::report) struct Grid<const COLUMNS: usize> {
    heads: [&'static str; COLUMNS],
    /// What is said in place of an empty table.
    empty: &'static str,
    rows: Vec<[Cell; COLUMNS]>,
}

impl<const COLUMNS: usize> Grid<COLUMNS> {
    pub(in crate::report) fn new(heads: [&'static str; COLUMNS], empty: &'static str) -> Self {
        Self { heads, empty, rows: Vec::new() }
    }

    pub(in crate::report) fn push(&mut self, row: [Cell; COLUMNS]) {
        self.rows.push(row);
    }

    pub(in crate::report) fn render(&self, style: Style) -> String {
        if self.rows.is_empty() {
            return Paint::Quiet.apply(self.empty, style) + "\n";
        }
        let widths = self.widths();
        let heads = self.heads.map(|head| Line::new(head, Paint::Quiet));
        let mut text = render_line(&heads.each_ref().map(Some), &widths, style);
        for row in &self.rows {
            let lines = row.iter().map(Vec::len).max().unwrap_or(0);
            for line in 0..lines {
                text += &render_line(&row.each_ref().map(|cell| cell.get(line)), &widths, style);
            }
        }
        text
    }

    /// The width of each column; 0 for one without anything in it.
    fn widths(&self) -> [usize; COLUMNS] {
        let mut widths = [0; COLUMNS];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.iter().map(Line::width).fold(*width, usize::max);
            }
        }
        for (width, head) in widths.iter_mut().zip(self.heads) {
            if *width > 0 {
                *width = (*width).max(head.len());
            }
        }
        widths
    }
}

/// A line across all columns, without blanks at its end.
fn render_line(cells: &[Option<&Line>], widths: &[usize], style: Style) -> String {
    const GAP: usize = 2;
    let mut text = String::new();
    let mut owed = 0;
    for (cell, &width) in cells.iter().zip(widths).filter(|(_, width)| **width > 0) {
        let line = cell.filter(|line| !line.is_empty());
        if let Some(line) = line {
            text += &" ".repeat(owed);
            text += &line.render(style);
            owed = 0;
        }
        owed += width - line.map_or(0, Line::width) + GAP;
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid<3> {
        let mut grid = Grid::new(["NAME", "NOTE", "VALUE"], "nothing");
        grid.push([
            cell("é", Paint::Name),
            Vec::new(),
            vec![Line::new("1", Paint::Plain), Line::new("22", Paint::Good)],
        ]);
        grid.push([cell("longer", Paint::Name), Vec::new(), Vec::new()]);
        grid
    }

    #[test]
    fn aligns_by_characters_and_leaves_empty_columns_out() {
        assert_eq!(grid().render(Style::default()), "NAME    VALUE\né       1\n        22\nlonger\n");
    }

    #[test]
    fn colours_take_no_room() {
        let plain = grid().render(Style::default());
        let coloured = grid().render(Style { color: true });
        assert!(coloured.contains("\x1b[1mé\x1b[0m       1\n"), "{coloured:?}");
        let stripped: String =
            coloured.split("\x1b[").map(|part| part.split_once('m').map_or(part, |(_, rest)| rest)).collect();
        assert_eq!(stripped, plain);
    }

    #[test]
    fn says_that_there_is_nothing() {
        assert_eq!(Grid::<1>::new(["NAME"], "no links").render(Style::default()), "no links\n");
    }
}
