use super::{
    Style,
    grid::{Grid, Line, Paint, cell},
};
use crate::{
    model::query::{NeighbourFilter, NeighbourRow, NeighbourState},
    report::hardware_address,
};

/// `neigh show`.
pub fn render_neighbours(rows: &[NeighbourRow], filter: &NeighbourFilter, style: Style) -> String {
    let mut grid = Grid::new(["ADDRESS", "HARDWARE", "LINK", "STATE", "NOTES"], "no neighbours");
    for row in rows.iter().filter(|row| filter.keeps(row)) {
        let router = if row.router { "router" } else { "" };
        grid.push([
            cell(row.address.map_or_else(String::new, |address| address.to_string()), Paint::Address),
            cell(row.hardware_address.as_deref().map_or_else(String::new, hardware_address), Paint::Plain),
            cell(row.link.as_deref().unwrap_or_default(), Paint::Plain),
            vec![state(row)],
            cell(router, Paint::Quiet),
        ]);
    }
    grid.render(style)
}

fn state(row: &NeighbourRow) -> Line {
    if row.proxy {
        return Line::new("answered for by this host", Paint::Quiet);
    }
    let paint = match row.state {
        NeighbourState::FAILED => Paint::Bad,
        NeighbourState::INCOMPLETE => Paint::Warn,
        NeighbourState::REACHABLE | NeighbourState::PERMANENT => Paint::Good,
        _ => Paint::Plain,
    };
    let words: Vec<&str> = row.state.words().collect();
    Line::new(words.join(" ").to_lowercase(), paint)
}
