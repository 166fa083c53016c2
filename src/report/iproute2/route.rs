use std::net::IpAddr;

use super::{metrics::print_metrics, names::Names, printer::Printer};
use crate::{
    commands::IpOptions,
    model::query::{IpFamily, NextHop, RouteAges, RouteFilter, RouteFlags, RouteKind, RouteRow},
    ops::{RouteProtocol, RouteTable, Scope},
};

/// `USER_HZ`: how many of the kernel's time units make a second.
const UNITS_PER_SECOND: u32 = 100;

/// `ip route show`.
pub fn render_routes(rows: &[RouteRow], filter: &RouteFilter, options: &IpOptions) -> String {
    let mut out = Printer::new(options);
    for row in rows.iter().filter(|row| filter.keeps(row)) {
        out.object(None, |out| print_route(out, row, filter, options));
    }
    out.finish()
}

fn print_route(out: &mut Printer, row: &RouteRow, filter: &RouteFilter, options: &IpOptions) {
    let names = Names { numeric: options.numeric };
    if row.kind != RouteKind::UNICAST || options.details {
        let kind = names.route_kind(row.kind);
        out.field("type", &kind, format_args!("{kind} "));
    }
    print_ends(out, row);
    if let Some(number) = row.nexthop_id {
        out.word("nhid", number);
    }
    if row.tos != 0 {
        out.word("tos", names.tos(row.tos));
    }
    if filter.gateway.is_none() {
        print_gateway(out, row.gateway);
    }
    print_via(out, row.via);
    if let (Some(link), None) = (&row.link, &filter.link) {
        out.word("dev", link);
    }
    print_properties(out, row, filter, options);
    print_flags(out, row.flags);
    print_conditions(out, row, names);
    if let Some(ages) = row.ages {
        print_ages(out, ages, options);
    }
    if let Some(metrics) = &row.metrics {
        print_metrics(out, metrics, row.locked_metrics);
    }
    if let Some(link) = &row.input_link {
        out.word("iif", link);
    }
    if let Some(preference) = row.preference {
        print_preference(out, preference);
    }
    if !row.nexthops.is_empty() {
        out.array("nexthops", |out| {
            for hop in &row.nexthops {
                out.object(None, |out| print_hop(out, hop, names));
            }
        });
    }
    out.end();
}

/// Where the route leads, and from where.
fn print_ends(out: &mut Printer, row: &RouteRow) {
    let destination = match row.destination {
        Some(address) => prefix(address, row.destination_len),
        None if row.destination_len == 0 => "default".into(),
        None => format!("0/{} ", row.destination_len),
    };
    out.field("dst", &destination, format_args!("{destination} "));
    match row.from {
        Some(address) => out.word("from", prefix(address, row.from_len)),
        None if row.from_len == 0 => {}
        None => out.field("src", format!("0/{}", row.from_len), format_args!("from 0/{} ", row.from_len)),
    }
}

/// Host addresses stand without a length.
fn prefix(address: IpAddr, len: u8) -> String {
    let whole = match IpFamily::of(address) {
        IpFamily::V4 => 32,
        IpFamily::V6 => 128,
    };
    if len == whole { address.to_string() } else { format!("{address}/{len}") }
}

fn print_gateway(out: &mut Printer, gateway: Option<IpAddr>) {
    if let Some(gateway) = gateway {
        out.field("gateway", gateway.to_string(), format_args!("via {gateway} "));
    }
}

/// A router of another family is named with its own.
fn print_via(out: &mut Printer, via: Option<IpAddr>) {
    let Some(address) = via else { return };
    let family = match IpFamily::of(address) {
        IpFamily::V4 => "inet",
        IpFamily::V6 => "inet6",
    };
    out.object(Some("via"), |out| {
        out.json("family", family);
        out.json("host", address.to_string());
    });
    out.text(format_args!("via {family} {address} "));
}

/// From the table to the metric. What is as usual is left out, and so is what the command line fixes.
fn print_properties(out: &mut Printer, row: &RouteRow, filter: &RouteFilter, options: &IpOptions) {
    let names = Names { numeric: options.numeric };
    let of_all_tables = filter.table.is_none();
    if of_all_tables && row.table.0 != 0 && (row.table != RouteTable::MAIN || options.details) {
        out.word("table", names.table(row.table));
    }
    let cached = row.flags.has(RouteFlags::CLONED);
    if !cached && filter.protocol.is_none() && (row.protocol != RouteProtocol::BOOT || options.details) {
        let protocol = names.protocol(row.protocol);
        out.field("protocol", &protocol, format_args!("proto {protocol} "));
    }
    if !cached && filter.scope.is_none() && (row.scope != Scope::GLOBAL || options.details) {
        out.word("scope", names.scope(row.scope));
    }
    if let (Some(source), None) = (row.source, filter.source) {
        out.field("prefsrc", source.to_string(), format_args!("src {source} "));
    }
    if let (Some(metric), None) = (row.metric, filter.metric) {
        out.word("metric", metric);
    }
}

fn print_flags(out: &mut Printer, flags: RouteFlags) {
    /// The flags that iproute2 names, in its order (`RTNH_F_*`, `RTM_F_*`).
    const WORDS: [(u32, &str); 11] = [
        (1, "dead"),
        (4, "onlink"),
        (2, "pervasive"),
        (8, "offload"),
        (64, "trap"),
        (0x100, "notify"),
        (16, "linkdown"),
        (32, "unresolved"),
        (0x4000, "rt_offload"),
        (0x8000, "rt_trap"),
        (0x2000_0000, "rt_offload_failed"),
    ];
    out.array("flags", |out| {
        for (_, word) in WORDS.iter().filter(|(bit, _)| flags.0 & bit != 0) {
            out.element(word, format_args!("{word} "));
        }
    });
}

/// Mark, realms and user.
fn print_conditions(out: &mut Printer, row: &RouteRow, names: Names) {
    match row.mark {
        None | Some(0) => {}
        Some(mark) if mark >= 16 => out.field("mark", mark, format_args!("mark {mark:#x} ")),
        Some(mark) => out.word("mark", mark),
    }
    print_realms(out, row.realms, names);
    if let Some(uid) = row.uid {
        out.word("uid", uid);
    }
}

fn print_realms(out: &mut Printer, realms: Option<u32>, names: Names) {
    let Some(realms) = realms else { return };
    let to = names.realm(realms & 0xffff);
    let from = realms >> 16;
    out.object(Some("flow"), |out| {
        if from != 0 {
            out.json("from", names.realm(from));
        }
        out.json("to", &to);
    });
    if from == 0 {
        out.text(format_args!("realm {to} "));
    } else {
        out.text(format_args!("realms {}/{to} ", names.realm(from)));
    }
}

fn print_ages(out: &mut Printer, ages: RouteAges, options: &IpOptions) {
    if ages.expires != 0 {
        let seconds = ages.expires / UNITS_PER_SECOND.cast_signed();
        out.field("expires", seconds, format_args!("expires {seconds}sec "));
    }
    if ages.error != 0 {
        out.word("error", ages.error);
    }
    if options.statistics == 0 {
        return;
    }
    if ages.users != 0 {
        out.word("users", ages.users);
    }
    if ages.used != 0 {
        out.word("used", ages.used);
    }
    if ages.last_use != 0 {
        let seconds = ages.last_use / UNITS_PER_SECOND;
        out.field("age", seconds, format_args!("age {seconds}sec "));
    }
}

/// RFC 4191 §2.1.
fn print_preference(out: &mut Printer, preference: u8) {
    match preference {
        0 => out.field("pref", "medium", format_args!("pref medium")),
        1 => out.field("pref", "high", format_args!("pref high")),
        3 => out.field("pref", "low", format_args!("pref low")),
        other => out.field("pref", other, format_args!("{other}")),
    }
}

fn print_hop(out: &mut Printer, hop: &NextHop, names: Names) {
    out.line();
    out.text(format_args!("\tnexthop "));
    print_gateway(out, hop.gateway);
    print_via(out, hop.via);
    print_realms(out, hop.realms, names);
    out.word("dev", &hop.link);
    out.word("weight", hop.weight);
    print_flags(out, hop.flags);
}
