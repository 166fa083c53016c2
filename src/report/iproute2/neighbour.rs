use super::{
    json::Value,
    names::{Names, hardware_address},
    printer::Printer,
};
use crate::{
    commands::IpOptions,
    model::query::{NeighbourAges, NeighbourFilter, NeighbourRow},
};

/// `USER_HZ`: how many of the kernel's time units make a second.
const UNITS_PER_SECOND: u32 = 100;

/// `ip neigh show`.
pub fn render_neighbours(rows: &[NeighbourRow], filter: &NeighbourFilter, options: &IpOptions) -> String {
    let mut out = Printer::new(options);
    for row in rows.iter().filter(|row| filter.keeps(row)) {
        out.object(None, |out| print_neighbour(out, row, filter, options));
    }
    out.finish()
}

fn print_neighbour(out: &mut Printer, row: &NeighbourRow, filter: &NeighbourFilter, options: &IpOptions) {
    let link = row.link.as_ref().filter(|_| filter.link.is_none());
    let hardware = row.hardware_address.as_deref().map(|bytes| hardware_address(bytes, 1));
    if options.brief {
        if let Some(address) = row.address {
            let address = address.to_string();
            out.field("dst", &address, format_args!("{address:<39} "));
        }
        if let Some(link) = link {
            out.field("dev", link, format_args!("{link:<16} "));
        }
        if let Some(hardware) = hardware {
            out.field("lladdr", &hardware, format_args!("{hardware}"));
        }
        return out.end();
    }
    if let Some(address) = row.address {
        out.field("dst", address.to_string(), format_args!("{address} "));
    }
    if let Some(link) = link {
        out.word("dev", link);
    }
    if let Some(hardware) = hardware {
        out.word("lladdr", hardware);
    }
    let marks = [
        (row.router, "router"),
        (row.proxy, "proxy"),
        (row.managed, "managed"),
        (row.extern_learned, "extern_learn"),
        (row.offloaded, "offload"),
    ];
    for (_, word) in marks.into_iter().filter(|(set, _)| *set) {
        out.field(word, Value::Null, format_args!("{word} "));
    }
    if options.statistics > 0 {
        if let Some(ages) = row.ages {
            print_ages(out, ages);
        }
        if let Some(probes) = row.probes {
            out.word("probes", probes);
        }
    }
    if row.state.0 != 0 {
        out.array("state", |out| {
            for word in row.state.words() {
                out.element(word, format_args!("{word} "));
            }
        });
    }
    if row.protocol.0 != 0 {
        let protocol = Names { numeric: options.numeric }.protocol(row.protocol);
        out.field("protocol", &protocol, format_args!("proto {protocol} "));
    }
    out.end();
}

fn print_ages(out: &mut Printer, ages: NeighbourAges) {
    if ages.references != 0 {
        out.field("refcnt", ages.references, format_args!(" ref {}", ages.references));
    }
    let [used, confirmed, updated] = [ages.used, ages.confirmed, ages.updated].map(|age| age / UNITS_PER_SECOND);
    out.field("used", used, format_args!(" used {used}"));
    out.field("confirmed", confirmed, format_args!("/{confirmed}"));
    out.field("updated", updated, format_args!("/{updated}"));
}
