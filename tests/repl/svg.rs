//! A screen as a picture.

use std::fmt::Write;

/// The width of a character and the height of a row, in the units of the picture.
const CELL: (f32, f32) = (8.4, 18.0);
/// What is around the text.
const MARGIN: f32 = 14.0;
/// The eight colours of a terminal, on a dark ground.
const COLORS: [&str; 8] = ["#3b4252", "#f07178", "#a5d46a", "#ffcb6b", "#82aaff", "#c792ea", "#7fdbca", "#d6deeb"];
const PLAIN: &str = "#d6deeb";
const GROUND: &str = "#0f1c2e";

/// The rows of a screen that are not empty, with the cursor where it is.
pub fn picture(screen: &vt100::Screen) -> String {
    let columns = screen.size().1.get();
    let texts: Vec<String> = screen.rows(0, columns).collect();
    let rows = texts.iter().rposition(|row| !row.trim().is_empty()).map_or(0, |last| last + 1);
    let (width, height) = (place(columns) + MARGIN, f32::from(u16::try_from(rows).unwrap_or(u16::MAX)) * CELL.1);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {:.0}\" font-size=\"14\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" fill=\"{PLAIN}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{GROUND}\"/>\n",
        height + 2.0 * MARGIN
    );
    let (cursor_row, cursor_column) = screen.cursor_position();
    for row in (0..).take(rows) {
        let y = MARGIN + (f32::from(row) + 0.75) * CELL.1;
        if row == cursor_row {
            let (x, top) = (place(cursor_column), y - 0.75 * CELL.1);
            let _ = writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{}\" height=\"{}\" fill=\"#5f7e97\"/>",
                CELL.0, CELL.1
            );
        }
        for (column, text, style) in pieces(screen, row) {
            let (x, length) = (place(column), f32::from(u16::try_from(text.chars().count()).unwrap_or(0)) * CELL.0);
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" xml:space=\"preserve\"{style}>{text}</text>"
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn place(column: u16) -> f32 {
    MARGIN + f32::from(column) * CELL.0
}

/// What stands together in a row: where it begins, its text, how it is shown.
fn pieces(screen: &vt100::Screen, row: u16) -> Vec<(u16, String, String)> {
    let mut pieces: Vec<(u16, String, String)> = Vec::new();
    let mut is_open = false;
    for column in 0..screen.size().1.get() {
        let Some(cell) = screen.cell(row, column).filter(|cell| !cell.contents().trim().is_empty()) else {
            is_open = false;
            continue;
        };
        let style = style(cell);
        match pieces.last_mut() {
            Some((_, text, before)) if is_open && *before == style => text.push_str(cell.contents()),
            _ => pieces.push((column, cell.contents().to_owned(), style)),
        }
        is_open = true;
    }
    pieces
}

fn style(cell: &vt100::Cell) -> String {
    let mut style = String::new();
    if let vt100::Color::Idx(number) = cell.fgcolor()
        && let Some(color) = COLORS.get(usize::from(number % 8))
    {
        let _ = write!(style, " fill=\"{color}\"");
    }
    for (is, attribute) in [
        (cell.bold(), " font-weight=\"bold\""),
        (cell.dim(), " opacity=\"0.6\""),
        (cell.underline(), " text-decoration=\"underline\""),
    ] {
        style.push_str(if is { attribute } else { "" });
    }
    style
}
