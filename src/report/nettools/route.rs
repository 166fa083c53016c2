use std::{
    fmt::Write,
    net::{IpAddr, Ipv4Addr},
};

use crate::{
    model::query::{IpFamily, RouteKind, RouteRow},
    ops::RouteTable,
};

/// `route`, or `route -n`, which prints the default destination as a number too.
pub fn render_route(rows: &[RouteRow], numeric: bool) -> String {
    let mut text = String::from(
        "Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n",
    );
    for row in rows.iter().filter(|row| is_listed(row)) {
        writeln!(text, "{}", line(row, numeric)).expect("a string takes all that is written to it");
    }
    text
}

/// The routes that `/proc/net/route` has.
fn is_listed(row: &RouteRow) -> bool {
    let hidden = [RouteKind::BROADCAST, RouteKind::MULTICAST].contains(&row.kind);
    row.family == IpFamily::V4 && row.table == RouteTable::MAIN && !hidden
}

fn line(row: &RouteRow, numeric: bool) -> String {
    let destination = match row.destination {
        None if row.destination_len == 0 && !numeric => "default".into(),
        None => Ipv4Addr::UNSPECIFIED.to_string(),
        Some(address) => address.to_string(),
    };
    let mask = mask(row.destination_len);
    let metric = row.metric.unwrap_or(0);
    let host = if row.destination_len == 32 { "H" } else { "" };
    if [RouteKind::UNREACHABLE, RouteKind::PROHIBIT].contains(&row.kind) {
        let flags = format!("!{host}");
        return format!("{destination:<15} {:<15} {mask:<15} {flags:<6}{metric:<6} {:<2} {:>7} -", "-", "-", 0);
    }
    // Of several ways the first one is shown.
    let first = row.nexthops.first();
    let gateway = first.map_or(row.gateway, |hop| hop.gateway);
    let via = first.map_or(row.via, |hop| hop.via);
    let link = first.map(|hop| hop.link.as_str()).or(row.link.as_deref()).unwrap_or("*");
    let routed = if gateway.or(via).is_some() { "G" } else { "" };
    let flags = format!("U{routed}{host}");
    let gateway = gateway.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_string();
    format!("{destination:<15} {gateway:<15} {mask:<15} {flags:<6}{metric:<6} {:<2} {:>7} {link}", 0, 0)
}

fn mask(len: u8) -> String {
    let host_bits = 32 - u32::from(len.min(32));
    Ipv4Addr::from_bits(u32::MAX.checked_shl(host_bits).unwrap_or(0)).to_string()
}
