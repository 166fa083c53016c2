use super::{
    details::print_details,
    json::Value,
    names::{Names, hardware_address},
    printer::Printer,
    statistics::print_statistics,
};
use crate::{
    commands::IpOptions,
    model::query::{LinkFilter, LinkFlags, LinkRow, LowerLink, Verdict},
};

/// `ip link show`.
pub fn render_links(rows: &[LinkRow], filter: &LinkFilter, options: &IpOptions) -> String {
    let view = View { options, listing: Listing::Links };
    let mut out = Printer::new(options);
    for row in rows {
        match filter.verdict(row) {
            Verdict::Shown => out.object(None, |out| print_link(out, row, view)),
            Verdict::Hollow => out.object(None, |_| {}),
            Verdict::Dropped => {}
        }
    }
    out.finish()
}

/// Which of the properties of a link are printed.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) options: &'a IpOptions,
    pub(super) listing: Listing,
}

/// The commands that print links.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Listing {
    /// `ip link`.
    Links,
    /// `ip addr`.
    Addresses {
        /// The hardware address is left out, because only one family is asked for.
        one_family: bool,
        /// `ip -6 addr` of all links: the kernel then sends little more than name, MTU, address and state.
        ipv6_dump: bool,
    },
}

impl View<'_> {
    fn links(self) -> bool {
        self.listing == Listing::Links
    }

    fn one_family(self) -> bool {
        matches!(self.listing, Listing::Addresses { one_family: true, .. })
    }

    fn ipv6_dump(self) -> bool {
        matches!(self.listing, Listing::Addresses { ipv6_dump: true, .. })
    }

    fn names(self) -> Names {
        Names { numeric: self.options.numeric }
    }
}

/// A link, up to and without its addresses. Its last line is ended, but in the brief form of `ip addr`.
pub(super) fn print_link(out: &mut Printer, row: &LinkRow, view: View<'_>) {
    if view.options.brief {
        return print_brief(out, row, view);
    }
    out.field("ifindex", row.index, format_args!("{}: ", row.index));
    let name = print_lower(out, row, view);
    out.field("ifname", &row.name, format_args!("{name}: "));
    print_flags(out, row, view);
    print_first_line(out, row, view);
    if !view.one_family() || view.options.details {
        out.line();
        print_hardware(out, row, view);
    }
    if !view.ipv6_dump() {
        print_lower_netns(out, row);
        if row.proto_down {
            out.field("proto_down", true, format_args!(" protodown on "));
        }
        print_rest(out, row, view);
    }
    out.end();
}

fn print_brief(out: &mut Printer, row: &LinkRow, view: View<'_>) {
    let name = print_lower(out, row, view);
    out.field("ifname", &row.name, format_args!("{name:<16} "));
    if let Some(state) = row.state {
        match state.word() {
            Some(word) => out.field("operstate", word, format_args!("{word:<14} ")),
            None => out.field("operstate_index", state.0, format_args!("state {:#x}", state.0)),
        }
    }
    if view.links() {
        if let Some(bytes) = &row.address {
            let address = hardware_address(bytes, row.link_type);
            out.field("address", &address, format_args!("{address} "));
        }
        print_flags(out, row, view);
        out.end();
    }
}

/// What the link is bound to, in JSON; the name to be printed in text, `veth0@if5`.
fn print_lower(out: &mut Printer, row: &LinkRow, view: View<'_>) -> String {
    let Some(lower) = row.lower.as_ref().filter(|lower| is_told(row, lower, view)) else { return row.name.clone() };
    if lower.index == 0 {
        out.json("link", Value::Null);
        return format!("{}@NONE", row.name);
    }
    if is_elsewhere(row, view) {
        out.json("link_index", lower.index);
        return format!("{}@if{}", row.name, lower.index);
    }
    let name = local_name(lower);
    out.json("link", &name);
    format!("{}@{name}", row.name)
}

/// The kernel tells that a link is bound to one in another namespace, but not in an IPv6 dump: `ip` then takes the
/// number for one of this namespace.
fn is_elsewhere(row: &LinkRow, view: View<'_>) -> bool {
    row.lower_nsid.is_some() && !view.ipv6_dump()
}

/// Nor does the kernel tell there of a link that is bound to one with the same number.
fn is_told(row: &LinkRow, lower: &LowerLink, view: View<'_>) -> bool {
    !view.ipv6_dump() || lower.index != row.index
}

fn local_name(lower: &LowerLink) -> String {
    lower.name.clone().unwrap_or_else(|| format!("if{}", lower.index))
}

fn print_flags(out: &mut Printer, row: &LinkRow, view: View<'_>) {
    /// The flags that iproute2 names, in its order (`IFF_*` in `linux/if.h`).
    const WORDS: [(u32, &str); 18] = [
        (1 << 3, "LOOPBACK"),
        (1 << 1, "BROADCAST"),
        (1 << 4, "POINTOPOINT"),
        (1 << 12, "MULTICAST"),
        (1 << 7, "NOARP"),
        (1 << 9, "ALLMULTI"),
        (1 << 8, "PROMISC"),
        (1 << 10, "MASTER"),
        (1 << 11, "SLAVE"),
        (1 << 2, "DEBUG"),
        (1 << 15, "DYNAMIC"),
        (1 << 14, "AUTOMEDIA"),
        (1 << 13, "PORTSEL"),
        (1 << 5, "NOTRAILERS"),
        (1, "UP"),
        (1 << 16, "LOWER_UP"),
        (1 << 17, "DORMANT"),
        (1 << 18, "ECHO"),
    ];
    let mut words: Vec<String> = Vec::new();
    if row.flags.has(LinkFlags::UP) && !row.flags.has(LinkFlags::RUNNING) {
        words.push("NO-CARRIER".into());
    }
    words.extend(WORDS.iter().filter(|(bit, _)| row.flags.0 & bit != 0).map(|(_, word)| (*word).to_owned()));
    let named = WORDS.iter().fold(LinkFlags::RUNNING.0, |bits, (bit, _)| bits | bit);
    if row.flags.0 & !named != 0 {
        words.push(format!("{:x}", row.flags.0 & !named));
    }
    let is_down = |lower: &LowerLink| lower.index != 0 && lower.up == Some(false) && is_told(row, lower, view);
    let lower_is_down = row.lower.as_ref().is_some_and(is_down);
    if lower_is_down && !is_elsewhere(row, view) {
        // In text there is a comma before it even where it stands alone.
        if words.is_empty() && !out.is_json() {
            words.push(String::new());
        }
        words.push("M-DOWN".into());
    }
    out.array("flags", |out| {
        out.text(format_args!("<"));
        for (position, word) in words.iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            out.element(word, format_args!("{comma}{word}"));
        }
        out.text(format_args!("> "));
    });
}

/// From the MTU to the length of the queue.
fn print_first_line(out: &mut Printer, row: &LinkRow, view: View<'_>) {
    if let Some(mtu) = row.mtu {
        out.word("mtu", mtu);
    }
    if let (Some(qdisc), false) = (&row.qdisc, view.ipv6_dump()) {
        out.word("qdisc", qdisc);
    }
    if let (Some(master), false) = (&row.master, view.ipv6_dump()) {
        out.word("master", master);
    }
    if let Some(state) = row.state {
        match state.word() {
            Some(word) => out.field("operstate", word, format_args!("state {word} ")),
            None => out.field("operstate_index", state.0, format_args!("state {:#x}", state.0)),
        }
    }
    if let (Some(mode), true) = (row.mode, view.links()) {
        match mode {
            0 => out.field("linkmode", "DEFAULT", format_args!("mode DEFAULT ")),
            1 => out.field("linkmode", "DORMANT", format_args!("mode DORMANT ")),
            other => out.field("linkmode_index", other, format_args!("mode {other} ")),
        }
    }
    if let (Some(group), false) = (row.group, view.ipv6_dump()) {
        out.word("group", view.names().group(group));
    }
    if let Some(packets) = row.txqlen.filter(|&packets| packets != 0) {
        out.field("txqlen", packets, format_args!("qlen {packets}"));
    }
}

fn print_hardware(out: &mut Printer, row: &LinkRow, view: View<'_>) {
    let link_type = view.names().link_type(row.link_type);
    out.field("link_type", &link_type, format_args!("    link/{link_type} "));
    let text = |bytes: &[u8]| hardware_address(bytes, row.link_type);
    if let Some(bytes) = &row.address {
        out.field("address", text(bytes), format_args!("{}", text(bytes)));
    }
    if view.ipv6_dump() {
        return;
    }
    if let Some(bytes) = &row.broadcast {
        let point_to_point = row.flags.has(LinkFlags::POINT_TO_POINT);
        if point_to_point {
            out.json("link_pointtopoint", true);
        }
        let word = if point_to_point { "peer" } else { "brd" };
        out.field("broadcast", text(bytes), format_args!(" {word} {}", text(bytes)));
    }
    if let Some(bytes) = row.permanent_address.as_ref().filter(|&bytes| row.address.as_ref() != Some(bytes)) {
        out.field("permaddr", text(bytes), format_args!(" permaddr {}", text(bytes)));
    }
}

fn print_lower_netns(out: &mut Printer, row: &LinkRow) {
    let Some(nsid) = row.lower_nsid else { return };
    out.json("link_netnsid", nsid);
    match &row.lower_netns {
        _ if nsid < 0 => out.text(format_args!(" link-netnsid unknown")),
        Some(name) => out.text(format_args!(" link-netns {name}")),
        None => out.text(format_args!(" link-netnsid {nsid}")),
    }
}

/// What stands behind the hardware addresses, and on lines of its own.
fn print_rest(out: &mut Printer, row: &LinkRow, view: View<'_>) {
    let options = view.options;
    if options.details {
        print_details(out, row, view.links());
    }
    if let (Some(alias), true) = (&row.alias, view.links() || options.details) {
        out.line();
        out.field("ifalias", alias, format_args!("    alias {alias}"));
    }
    if let (Some(counters), true) = (&row.statistics, view.links() && options.statistics > 0) {
        out.line();
        print_statistics(out, counters, row.carrier_changes, options.statistics > 1);
    }
    if !row.altnames.is_empty() {
        out.array("altnames", |out| {
            for altname in &row.altnames {
                out.line();
                out.element(altname, format_args!("    altname {altname}"));
            }
        });
    }
}
