use std::net::IpAddr;

use super::{
    Style,
    grid::{Cell, Grid, Line, Paint, cell},
};
use crate::{
    model::query::{RouteFilter, RouteFlags, RouteKind, RouteMetric, RouteRow},
    ops::{RouteProtocol, RouteTable},
};

/// `route show`. Without a family in the filter, both are shown.
pub fn render_routes(rows: &[RouteRow], filter: &RouteFilter, style: Style) -> String {
    let heads = ["DESTINATION", "VIA", "LINK", "SOURCE", "METRIC", "TABLE", "MADE BY", "NOTES"];
    let mut grid = Grid::new(heads, "no routes");
    for row in rows.iter().filter(|row| is_shown(row, filter)) {
        let table = if filter.table.is_none() { table_name(row.table) } else { String::new() };
        grid.push([
            vec![destination(row)],
            via(row),
            links(row),
            cell(row.source.map_or_else(String::new, |source| source.to_string()), Paint::Address),
            cell(metric(row), Paint::Plain),
            cell(table, Paint::Quiet),
            cell(maker(row.protocol), Paint::Quiet),
            notes(row),
        ]);
    }
    grid.render(style)
}

fn is_shown(row: &RouteRow, filter: &RouteFilter) -> bool {
    RouteFilter { family: filter.family.or(Some(row.family)), ..filter.clone() }.keeps(row)
}

fn destination(row: &RouteRow) -> Line {
    match row.destination {
        None => Line::new("default", Paint::Name),
        Some(address) => Line::new(format!("{address}/{}", row.destination_len), Paint::Name),
    }
}

/// What happens to packets other than being sent on.
fn fate(kind: RouteKind) -> Option<(&'static str, Paint)> {
    match kind {
        RouteKind::LOCAL => Some(("this host", Paint::Quiet)),
        RouteKind::BROADCAST | RouteKind::ANYCAST | RouteKind::MULTICAST => {
            kind.word().map(|word| (word, Paint::Quiet))
        }
        RouteKind::BLACKHOLE | RouteKind::UNREACHABLE | RouteKind::PROHIBIT => {
            kind.word().map(|word| (word, Paint::Bad))
        }
        RouteKind::THROW => Some(("next table", Paint::Warn)),
        _ => None,
    }
}

fn via(row: &RouteRow) -> Cell {
    if let Some((word, paint)) = fate(row.kind) {
        return cell(word, paint);
    }
    if row.nexthops.is_empty() {
        return vec![hop(row.gateway.or(row.via))];
    }
    row.nexthops.iter().map(|next| hop(next.gateway.or(next.via))).collect()
}

fn hop(gateway: Option<IpAddr>) -> Line {
    match gateway {
        Some(gateway) => Line::new(gateway.to_string(), Paint::Address),
        None => Line::new("directly", Paint::Quiet),
    }
}

fn links(row: &RouteRow) -> Cell {
    if row.nexthops.is_empty() {
        return cell(row.link.as_deref().unwrap_or_default(), Paint::Plain);
    }
    row.nexthops.iter().map(|next| Line::new(&next.link, Paint::Plain)).collect()
}

fn metric(row: &RouteRow) -> String {
    row.metric.filter(|&metric| metric != 0).map_or_else(String::new, |metric| metric.to_string())
}

fn table_name(table: RouteTable) -> String {
    if table == RouteTable::MAIN { String::new() } else { table.to_string() }
}

/// What a user added is not told apart.
fn maker(protocol: RouteProtocol) -> String {
    if protocol == RouteProtocol::BOOT { String::new() } else { protocol.to_string() }
}

fn notes(row: &RouteRow) -> Cell {
    if !row.nexthops.is_empty() {
        let weight = |weight: u16| Line::new(format!("weight {weight}"), Paint::Quiet);
        return row.nexthops.iter().map(|next| weight(next.weight)).collect();
    }
    let mut line = Line::default();
    if row.flags.has(RouteFlags::LINKDOWN) {
        line = line.and("no carrier", Paint::Warn);
    }
    if row.flags.has(RouteFlags::ONLINK) {
        line = line.and("onlink", Paint::Quiet);
    }
    if let Some(from) = row.from {
        line = line.and(format!("from {from}/{}", row.from_len), Paint::Quiet);
    }
    for metric in row.metrics.iter().flatten() {
        match metric {
            RouteMetric::Number { kind: RouteMetric::MTU, value } => {
                line = line.and(format!("mtu {value}"), Paint::Quiet)
            }
            RouteMetric::Number { .. } | RouteMetric::Congestion(_) => {}
        }
    }
    vec![line]
}
