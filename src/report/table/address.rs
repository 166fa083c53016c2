use super::{
    Style,
    grid::{Grid, Line, Paint, cell},
    link::{address, state},
};
use crate::{
    model::query::{AddressFilter, AddressFlags, AddressRow, IpFamily, Lifetimes, LinkRow, Verdict},
    ops::Scope,
};

/// `addr show`.
pub fn render_addresses(rows: &[LinkRow], filter: &AddressFilter, style: Style) -> String {
    let mut grid = Grid::new(["LINK", "STATE", "ADDRESS", "SCOPE", "NOTES"], "no addresses");
    for row in rows.iter().filter(|row| filter.verdict(row) == Verdict::Shown) {
        let kept: Vec<&AddressRow> = row.addresses.iter().filter(|address| filter.keeps(address)).collect();
        grid.push([
            cell(&row.name, Paint::Name),
            vec![state(row)],
            kept.iter().map(|row| address(row)).collect(),
            kept.iter().map(|row| scope(row.scope)).collect(),
            kept.iter().map(|address| notes(row, address)).collect(),
        ]);
    }
    grid.render(style)
}

fn scope(scope: Scope) -> Line {
    Line::new(scope.to_string(), if scope == Scope::GLOBAL { Paint::Plain } else { Paint::Quiet })
}

/// What is not as usual.
fn notes(link: &LinkRow, row: &AddressRow) -> Line {
    let secondary = match row.family() {
        IpFamily::V4 => "secondary",
        IpFamily::V6 => "temporary",
    };
    let marks = [
        (AddressFlags::DADFAILED, "in use by another host", Paint::Bad),
        (AddressFlags::TENTATIVE, "tentative", Paint::Warn),
        (AddressFlags::DEPRECATED, "deprecated", Paint::Warn),
        (AddressFlags::SECONDARY, secondary, Paint::Quiet),
        (AddressFlags::NO_PREFIX_ROUTE, "no connected route", Paint::Quiet),
    ];
    let mut line = Line::default();
    for (_, word, paint) in marks.into_iter().filter(|(flag, _, _)| row.flags.has(*flag)) {
        line = line.and(word, paint);
    }
    if let Some(metric) = row.metric {
        line = line.and(format!("metric {metric}"), Paint::Quiet);
    }
    if let Some(label) = row.label.as_ref().filter(|label| **label != link.name) {
        line = line.and(format!("label {label}"), Paint::Quiet);
    }
    if let Some(lifetimes) = row.lifetimes.filter(|lifetimes| lifetimes.valid != Lifetimes::FOREVER) {
        line = line.and(format!("{} s left", lifetimes.valid), Paint::Quiet);
    }
    line
}
