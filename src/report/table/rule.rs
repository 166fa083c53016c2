use std::net::IpAddr;

use super::{
    Style,
    grid::{Cell, Grid, Line, Paint, cell},
};
use crate::{
    model::query::{RouteKind, RuleFilter, RuleRow, RuleRowFlags},
    ops::{RouteProtocol, RuleMark},
};

/// `rule show`: the rules of IPv4, then those of IPv6.
pub fn render_policy_rules([v4, v6]: [&[RuleRow]; 2], filter: &RuleFilter, style: Style) -> String {
    let mut grid =
        Grid::new(["FAMILY", "PRIORITY", "FOR PACKETS", "ASKS TABLE", "MADE BY", "NOTES"], "no policy rules");
    for (family, rows) in [("IPv4", v4), ("IPv6", v6)] {
        for row in rows.iter().filter(|row| filter.keeps(row)) {
            grid.push([
                cell(family, Paint::Quiet),
                cell(row.priority.to_string(), Paint::Name),
                vec![packets(row)],
                vec![fate(row)],
                cell(maker(row.protocol), Paint::Quiet),
                notes(row),
            ]);
        }
    }
    grid.render(style)
}

fn packets(row: &RuleRow) -> Line {
    let prefix = |address: IpAddr, len: u8| format!("{address}/{len}");
    let mark = (row.mark.is_some() || row.mark_mask.is_some())
        .then(|| RuleMark { value: row.mark.unwrap_or(0), mask: row.mark_mask.unwrap_or(u32::MAX) });
    let conditions: Vec<(&str, String)> = [
        ("from", row.from.map(|from| prefix(from, row.from_len))),
        ("to", row.to.map(|to| prefix(to, row.to_len))),
        ("with tos", (row.tos != 0).then(|| format!("{:#04x}", row.tos))),
        ("with mark", mark.map(|mark| mark.to_string())),
        ("in through", row.input_link.clone()),
        ("out through", row.output_link.clone()),
        ("of users", row.users.map(|(first, last)| format!("{first}-{last}"))),
        ("of protocol", row.ip_protocol.map(|protocol| protocol.to_string())),
        ("from ports", row.source_ports.map(range)),
        ("to ports", row.destination_ports.map(range)),
        ("of tunnel", row.tunnel.map(|tunnel| tunnel.to_string())),
    ]
    .into_iter()
    .filter_map(|(word, value)| Some((word, value?)))
    .collect();
    let mut line = Line::default();
    if row.flags.has(RuleRowFlags::INVERT) {
        line = line.and("all but", Paint::Warn);
    }
    if conditions.is_empty() {
        return line.and("all", Paint::Quiet);
    }
    for (word, value) in conditions {
        line = line.and(format!("{word} {value}"), Paint::Address);
    }
    line
}

fn range((first, last): (u16, u16)) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

/// The table that is asked, or what becomes of the packets.
fn fate(row: &RuleRow) -> Line {
    match (row.action, row.target) {
        (RuleRow::TO_TABLE, _) if row.l3mdev => Line::new("that of the vrf", Paint::Plain),
        (RuleRow::TO_TABLE, _) => Line::new(row.table.to_string(), Paint::Plain),
        (RuleRow::GOTO, Some(target)) => Line::new(format!("goes on with {target}"), Paint::Warn),
        (RuleRow::GOTO | RuleRow::NOP, _) => Line::new("the next rule", Paint::Quiet),
        (other, _) => Line::new(RouteKind(other).word().unwrap_or("unknown"), Paint::Bad),
    }
}

/// What a user added is not told apart.
fn maker(protocol: Option<RouteProtocol>) -> String {
    protocol.filter(|protocol| protocol.0 != 0).map_or_else(String::new, |protocol| protocol.to_string())
}

fn notes(row: &RuleRow) -> Cell {
    let mut line = Line::default();
    match row.suppress_prefixlength {
        None => {}
        Some(0) => line = line.and("but for its default route", Paint::Quiet),
        Some(length) => line = line.and(format!("but for prefixes up to /{length}"), Paint::Quiet),
    }
    let is_detached = row.flags.has(RuleRowFlags::IIF_DETACHED) || row.flags.has(RuleRowFlags::OIF_DETACHED);
    if is_detached {
        line = line.and("no such link", Paint::Warn);
    }
    vec![line]
}
