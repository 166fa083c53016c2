use super::{
    link::{Listing, View, print_link},
    names::Names,
    printer::Printer,
    statistics::print_statistics,
};
use crate::{
    commands::IpOptions,
    model::query::{AddressFilter, AddressFlags, AddressRow, IpFamily, Lifetimes, LinkFlags, LinkRow, Verdict},
};

/// `ip addr show`.
pub fn render_addresses(rows: &[LinkRow], filter: &AddressFilter, options: &IpOptions) -> String {
    let listing = Listing::Addresses { one_family: filter.listed_family().is_some(), ipv6_dump: filter.is_ipv6_dump() };
    let view = View { options, listing };
    // With `-o` each address is a line of its own, and links have none.
    let bare = options.oneline && !options.brief;
    let mut out = Printer::new(options);
    for row in rows {
        match filter.verdict(row) {
            Verdict::Shown => out.object(None, |out| print_entry(out, row, filter, view)),
            Verdict::Hollow if bare => out.object(None, |out| print_bare(out, row, filter, options)),
            Verdict::Hollow => out.object(None, |_| {}),
            Verdict::Dropped => {}
        }
    }
    out.finish()
}

fn print_entry(out: &mut Printer, row: &LinkRow, filter: &AddressFilter, view: View<'_>) {
    let options = view.options;
    if options.oneline && !options.brief {
        return print_bare(out, row, filter, options);
    }
    print_link(out, row, view);
    out.array("addr_info", |out| print_addresses(out, row, filter, options));
    if options.brief {
        return out.end();
    }
    if options.statistics > 0 {
        // The kernel sends the counters of IPv6 in an IPv6 dump, and not those of the link.
        let counters = if filter.is_ipv6_dump() { &row.ipv6_statistics } else { &row.statistics };
        if let Some(counters) = counters {
            let carrier_changes = row.carrier_changes.filter(|_| !filter.is_ipv6_dump());
            print_statistics(out, counters, carrier_changes, options.statistics > 1);
        }
        out.line();
    }
}

/// The addresses without their link. Of the filters for links only `up` is looked at.
fn print_bare(out: &mut Printer, row: &LinkRow, filter: &AddressFilter, options: &IpOptions) {
    out.array("addr_info", |out| {
        if !filter.links.up || row.flags.has(LinkFlags::UP) {
            print_addresses(out, row, filter, options);
        }
    });
}

fn print_addresses(out: &mut Printer, row: &LinkRow, filter: &AddressFilter, options: &IpOptions) {
    let family = filter.listed_family();
    let of_family = |address: &&AddressRow| family.is_none_or(|family| address.family() == family);
    for address in row.addresses.iter().filter(of_family) {
        out.object(None, |out| {
            if filter.keeps(address) {
                print_address(out, row, address, options);
            }
        });
    }
}

fn print_address(out: &mut Printer, link: &LinkRow, row: &AddressRow, options: &IpOptions) {
    if !options.brief {
        if options.oneline {
            out.json("index", link.index);
            out.json("dev", &link.name);
            out.text(format_args!("{}: {}", link.index, link.name));
        }
        let family = match row.family() {
            IpFamily::V4 => "inet",
            IpFamily::V6 => "inet6",
        };
        out.field("family", family, format_args!("    {family} "));
    }
    out.field("local", row.local.to_string(), format_args!("{}", row.local));
    if let Some(peer) = row.peer {
        out.field("address", peer.to_string(), format_args!(" peer {peer}"));
    }
    out.field("prefixlen", row.prefix_len, format_args!("/{} ", row.prefix_len));
    if let Some(metric) = row.metric {
        out.word("metric", metric);
    }
    if options.brief {
        return;
    }
    if let Some(broadcast) = row.broadcast {
        out.field("broadcast", broadcast.to_string(), format_args!("brd {broadcast} "));
    }
    if let Some(anycast) = row.anycast {
        out.field("anycast", anycast.to_string(), format_args!("any {anycast} "));
    }
    out.word("scope", Names { numeric: options.numeric }.scope(row.scope));
    print_flags(out, row);
    if let Some(label) = &row.label {
        out.field("label", label, format_args!("{label}"));
    }
    if let Some(lifetimes) = row.lifetimes {
        print_lifetimes(out, lifetimes, row.flags);
    }
    out.end();
}

fn print_flags(out: &mut Printer, row: &AddressRow) {
    /// The flags that iproute2 names, in its order.
    const WORDS: [(AddressFlags, &str); 12] = [
        (AddressFlags::SECONDARY, "secondary"),
        (AddressFlags::NODAD, "nodad"),
        (AddressFlags::OPTIMISTIC, "optimistic"),
        (AddressFlags::DADFAILED, "dadfailed"),
        (AddressFlags::HOME, "home"),
        (AddressFlags::DEPRECATED, "deprecated"),
        (AddressFlags::TENTATIVE, "tentative"),
        (AddressFlags::PERMANENT, "permanent"),
        (AddressFlags::MANAGE_TEMPORARY, "mngtmpaddr"),
        (AddressFlags::NO_PREFIX_ROUTE, "noprefixroute"),
        (AddressFlags::AUTO_JOIN, "autojoin"),
        (AddressFlags::STABLE_PRIVACY, "stable-privacy"),
    ];
    let mut rest = row.flags;
    for (flag, word) in WORDS {
        let set = row.flags.has(flag);
        let word = match flag {
            AddressFlags::PERMANENT if set => None,
            AddressFlags::PERMANENT => Some("dynamic"),
            AddressFlags::SECONDARY if set && row.family() == IpFamily::V6 => Some("temporary"),
            _ if set => Some(word),
            _ => None,
        };
        if let Some(word) = word {
            out.field(word, true, format_args!("{word} "));
        }
        rest = rest.without(flag);
    }
    if rest != AddressFlags::default() {
        out.field("ifa_flags", format!("{:02x}", rest.0), format_args!("flags {:02x} ", rest.0));
    }
}

fn print_lifetimes(out: &mut Printer, lifetimes: Lifetimes, flags: AddressFlags) {
    out.line();
    match lifetimes.valid {
        Lifetimes::FOREVER => out.field("valid_life_time", lifetimes.valid, format_args!("       valid_lft forever")),
        seconds => out.field("valid_life_time", seconds, format_args!("       valid_lft {seconds}sec")),
    }
    match lifetimes.preferred {
        Lifetimes::FOREVER => {
            out.field("preferred_life_time", lifetimes.preferred, format_args!(" preferred_lft forever"));
        }
        // What is over is counted on below zero.
        seconds if flags.has(AddressFlags::DEPRECATED) => {
            let seconds = seconds.cast_signed();
            out.field("preferred_life_time", seconds, format_args!(" preferred_lft {seconds}sec"));
        }
        seconds => out.field("preferred_life_time", seconds, format_args!(" preferred_lft {seconds}sec")),
    }
}
