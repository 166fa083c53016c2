use super::{
    Style,
    grid::{Grid, Paint, cell},
};
use crate::model::query::NetnsRow;

/// `netns list`, by name.
pub fn render_netns(rows: &[NetnsRow], style: Style) -> String {
    let mut sorted: Vec<&NetnsRow> = rows.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut grid = Grid::new(["NAMESPACE", "NUMBER"], "no named namespaces");
    for row in sorted {
        let number = row.nsid.map_or_else(String::new, |nsid| nsid.to_string());
        grid.push([cell(&row.name, Paint::Name), cell(number, Paint::Quiet)]);
    }
    grid.render(style)
}
