use super::{
    Style,
    grid::{Cell, Grid, Line, Paint, cell},
};
use crate::{
    model::query::{AddressRow, LinkFilter, LinkFlags, LinkRow, OptionValue, Verdict},
    report::hardware_address,
};

/// `link show`. With rows that hold addresses these are shown too.
pub fn render_links(rows: &[LinkRow], filter: &LinkFilter, style: Style) -> String {
    let heads = ["NAME", "STATE", "KIND", "MTU", "MASTER", "PEER", "HARDWARE", "ADDRESSES"];
    let mut grid = Grid::new(heads, "no links");
    for row in rows.iter().filter(|row| filter.verdict(row) == Verdict::Shown) {
        grid.push([
            cell(&row.name, Paint::Name),
            vec![state(row)],
            cell(kind(row), Paint::Plain),
            cell(row.mtu.map_or_else(String::new, |mtu| mtu.to_string()), Paint::Plain),
            cell(row.master.as_deref().unwrap_or_default(), Paint::Plain),
            lower(row),
            cell(hardware(row), Paint::Quiet),
            row.addresses.iter().map(address).collect(),
        ]);
    }
    grid.render(style)
}

/// Up, down, or up without anything at the other end.
pub(super) fn state(row: &LinkRow) -> Line {
    if !row.flags.has(LinkFlags::UP) {
        return Line::new("○ down", Paint::Bad);
    }
    if !row.flags.has(LinkFlags::RUNNING) {
        return Line::new("◐ no carrier", Paint::Warn);
    }
    Line::new("● up", Paint::Good)
}

/// The loopback device's is all zero.
fn hardware(row: &LinkRow) -> String {
    let address = row.address.as_deref().filter(|_| !row.flags.has(LinkFlags::LOOPBACK));
    address.map_or_else(String::new, hardware_address)
}

/// The kind, and of a vxlan which network it is and where it leads.
pub(in crate::report) fn kind(row: &LinkRow) -> String {
    match row.kind.as_deref() {
        Some("vxlan") => vxlan(row),
        Some(kind) => kind.into(),
        None if row.flags.has(LinkFlags::LOOPBACK) => "loopback".into(),
        None => "device".into(),
    }
}

fn vxlan(row: &LinkRow) -> String {
    let options = row.kind_options.as_deref().unwrap_or_default();
    let find = |names: &[&str]| options.iter().find(|option| names.contains(&option.name)).map(|option| &option.value);
    let network = match (find(&["external"]), find(&["id"])) {
        (Some(OptionValue::Switch(true)), _) => " external".into(),
        (_, Some(OptionValue::Number(id))) => format!(" {id}"),
        (_, _) => String::new(),
    };
    let to = match find(&["remote", "remote6", "group", "group6"]) {
        Some(OptionValue::Word(to)) => format!(" to {to}"),
        Some(_) | None => String::new(),
    };
    format!("vxlan{network}{to}")
}

/// The far end: by name where that is known, else by number; with its namespace where that is another one.
fn lower(row: &LinkRow) -> Cell {
    let Some(lower) = &row.lower else { return Vec::new() };
    if lower.index == 0 {
        return cell("out of sight", Paint::Quiet);
    }
    let number = format!("if{}", lower.index);
    let elsewhere =
        |name: String, ns: String| vec![Line::new(name, Paint::Plain).and("in", Paint::Quiet).and(ns, Paint::Name)];
    if let Some(far) = &lower.far_end {
        return elsewhere(far.name.clone(), far.ns.to_string());
    }
    match (row.lower_nsid, &row.lower_netns) {
        (None, _) => cell(lower.name.clone().unwrap_or(number), Paint::Plain),
        (Some(_), Some(netns)) => elsewhere(number, netns.clone()),
        (Some(nsid), None) => elsewhere(number, format!("namespace {nsid}")),
    }
}

/// The same without colours.
pub(in crate::report) fn address_text(row: &AddressRow) -> String {
    let AddressRow { local, prefix_len, .. } = row;
    match row.peer {
        None => format!("{local}/{prefix_len}"),
        Some(peer) => format!("{local} to {peer}/{prefix_len}"),
    }
}

/// An address with the length of its prefix, and its far end where it has one.
pub(super) fn address(row: &AddressRow) -> Line {
    match row.peer {
        None => Line::new(format!("{}/{}", row.local, row.prefix_len), Paint::Address),
        Some(peer) => Line::new(row.local.to_string(), Paint::Address)
            .and("to", Paint::Quiet)
            .and(format!("{peer}/{}", row.prefix_len), Paint::Address),
    }
}
