//! Paper to draw on: lines that join where they meet, and texts.

use super::super::table::{Paint, Style};

/// To the cell above.
const UP: u8 = 1;
/// To the cell below.
const DOWN: u8 = 2;
/// To the cell on the left.
const LEFT: u8 = 4;
/// To the cell on the right.
const RIGHT: u8 = 8;

/// A place on paper: column and row, from 0.
pub(super) type Place = (usize, usize);

/// What stands in a place.
#[derive(Clone, Copy)]
struct Cell {
    /// A character of a text; it hides lines.
    text: Option<char>,
    /// Where lines lead from here.
    lines: u8,
    /// Whether the lines to the sides are double.
    is_bus: bool,
    paint: Paint,
}

const EMPTY: Cell = Cell { text: None, lines: 0, is_bus: false, paint: Paint::Plain };

/// The paper, as large as what is on it.
#[derive(Default)]
pub(super) struct Paper {
    rows: Vec<Vec<Cell>>,
}

impl Paper {
    /// A text from that place on.
    pub(super) fn text(&mut self, (column, row): Place, text: &str, paint: Paint) {
        for (at, character) in (column..).zip(text.chars()) {
            let cell = self.cell((at, row));
            cell.text = Some(character);
            cell.paint = paint;
        }
    }

    /// A line between two places of a row or of a column.
    pub(super) fn line(&mut self, from: Place, to: Place, paint: Paint) {
        self.stroke(from, to, false, paint);
    }

    /// A double line between two places of a row.
    pub(super) fn bus(&mut self, from: Place, to: Place, paint: Paint) {
        self.stroke(from, to, true, paint);
    }

    fn stroke(&mut self, from: Place, to: Place, is_bus: bool, paint: Paint) {
        let is_level = from.1 == to.1;
        let (first, last) = if from <= to { (from, to) } else { (to, from) };
        let steps = if is_level { last.0 - first.0 } else { last.1 - first.1 };
        for step in 0..=steps {
            let place = if is_level { (first.0 + step, first.1) } else { (first.0, first.1 + step) };
            let cell = self.cell(place);
            if step > 0 {
                cell.lines |= if is_level { LEFT } else { UP };
            }
            if step < steps {
                cell.lines |= if is_level { RIGHT } else { DOWN };
            }
            cell.is_bus |= is_bus;
            cell.paint = paint;
        }
    }

    /// What was drawn, a line a row, without blanks at the ends.
    pub(super) fn render(&self, style: Style, is_ascii: bool) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let width = row.iter().rposition(|cell| cell.character() != ' ').map_or(0, |last| last + 1);
            let same = |one: &Cell, other: &Cell| one.paint == other.paint;
            for run in row[..width].chunk_by(same) {
                let characters = run.iter().map(|cell| cell.character());
                let drawn: String = if is_ascii { characters.map(ascii).collect() } else { characters.collect() };
                // Blanks have no colour.
                let paint = run.first().map_or(Paint::Plain, |cell| cell.paint);
                text += &if drawn.trim().is_empty() { drawn } else { paint.apply(&drawn, style) };
            }
            text.push('\n');
        }
        text
    }

    fn cell(&mut self, (column, row): Place) -> &mut Cell {
        while self.rows.len() <= row {
            self.rows.push(Vec::new());
        }
        let cells = &mut self.rows[row];
        if cells.len() <= column {
            cells.resize(column + 1, EMPTY);
        }
        &mut cells[column]
    }
}

impl Cell {
    fn character(&self) -> char {
        const VERTICAL: u8 = UP | DOWN;
        const LEVEL: u8 = LEFT | RIGHT;
        if let Some(character) = self.text {
            return character;
        }
        let (is_up, is_down) = (self.lines & UP != 0, self.lines & DOWN != 0);
        if self.is_bus && self.lines & LEVEL != 0 {
            return match (is_up, is_down) {
                (true, true) => '╪',
                (true, false) => '╧',
                (false, true) => '╤',
                (false, false) => '═',
            };
        }
        match (self.lines & VERTICAL, self.lines & LEVEL) {
            (0, 0) => ' ',
            (0, _) => '─',
            (_, 0) => '│',
            (DOWN, RIGHT) => '╭',
            (DOWN, LEFT) => '╮',
            (UP, RIGHT) => '╰',
            (UP, LEFT) => '╯',
            (UP, _) => '┴',
            (DOWN, _) => '┬',
            (_, RIGHT) => '├',
            (_, LEFT) => '┤',
            (_, _) => '┼',
        }
    }
}

/// The same where there is nothing but ASCII.
fn ascii(character: char) -> char {
    match character {
        '│' => '|',
        '─' => '-',
        '═' => '=',
        '╭' | '╮' | '╰' | '╯' | '┌' | '┐' | '└' | '┘' | '┴' | '┬' | '├' | '┤' | '┼' | '╪' | '╧' | '╤' => {
            '+'
        }
        '●' => '*',
        '◐' => '!',
        '○' => 'o',
        '→' => '>',
        '…' => '~',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn lines_join_where_they_meet() {
        let mut paper = Paper::default();
        paper.line((0, 0), (6, 0), Paint::Plain);
        paper.line((0, 0), (0, 2), Paint::Plain);
        paper.line((6, 2), (6, 0), Paint::Plain);
        paper.line((6, 2), (0, 2), Paint::Plain);
        paper.line((3, 0), (3, 4), Paint::Plain);
        paper.bus((1, 3), (8, 3), Paint::Plain);
        paper.line((5, 3), (5, 2), Paint::Plain);
        paper.text((10, 3), "…", Paint::Name);
        expect![[r"
            ╭──┬──╮
            │  │  │
            ╰──┼─┬╯
             ══╪═╧═══ …
               │
        "]]
        .assert_eq(&paper.render(Style::default(), false));
        expect![[r"
            +--+--+
            |  |  |
            +--+-++
             ==+=+=== ~
               |
        "]]
        .assert_eq(&paper.render(Style::default(), true));
        assert!(paper.render(Style { color: true }, false).ends_with(" ══╪═╧═══ \u{1b}[1m…\u{1b}[0m\n   │\n"));
    }
}
