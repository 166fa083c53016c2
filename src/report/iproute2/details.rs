use super::{kind::print_kind, names::hexadecimal, printer::Printer};
use crate::model::query::{LinkDetails, LinkRow};

/// What `-d` adds behind the hardware addresses of a link; `ip addr` (without `links`) leaves one thing out.
pub(super) fn print_details(out: &mut Printer, row: &LinkRow, links: bool) {
    let LinkDetails {
        promiscuity,
        allmulti,
        min_mtu,
        max_mtu,
        addr_gen_mode,
        num_tx_queues,
        num_rx_queues,
        gso_max_size,
        gso_max_segs,
        tso_max_size,
        tso_max_segs,
        gro_max_size,
        phys_port_name,
        phys_port_id,
        phys_switch_id,
        parent_bus,
        parent_device,
    } = &row.details;
    let number = |out: &mut Printer, key: &str, word: &str, value: &Option<u32>| {
        if let Some(value) = *value {
            out.field(key, value, format_args!("{word} {value} "));
        }
    };
    number(out, "promiscuity", " promiscuity", promiscuity);
    number(out, "allmulti", " allmulti", allmulti);
    number(out, "min_mtu", "minmtu", min_mtu);
    number(out, "max_mtu", "maxmtu", max_mtu);
    print_kind(out, row);
    if let (Some(mode), true) = (addr_gen_mode, links) {
        let word = addr_gen_mode_word(*mode);
        out.field("inet6_addr_gen_mode", &word, format_args!("addrgenmode {word} "));
    }
    number(out, "num_tx_queues", "numtxqueues", num_tx_queues);
    number(out, "num_rx_queues", "numrxqueues", num_rx_queues);
    number(out, "gso_max_size", "gso_max_size", gso_max_size);
    number(out, "gso_max_segs", "gso_max_segs", gso_max_segs);
    number(out, "tso_max_size", "tso_max_size", tso_max_size);
    number(out, "tso_max_segs", "tso_max_segs", tso_max_segs);
    number(out, "gro_max_size", "gro_max_size", gro_max_size);
    let text = |out: &mut Printer, key: &str, word: &str, value: Option<String>| {
        if let Some(value) = value {
            out.field(key, &value, format_args!("{word} {value} "));
        }
    };
    text(out, "phys_port_name", "portname", phys_port_name.clone());
    text(out, "phys_port_id", "portid", phys_port_id.as_deref().map(hexadecimal));
    text(out, "phys_switch_id", "switchid", phys_switch_id.as_deref().map(hexadecimal));
    text(out, "parentbus", "parentbus", parent_bus.clone());
    text(out, "parentdev", "parentdev", parent_device.clone());
}

/// `IN6_ADDR_GEN_MODE_*` of `linux/if_link.h`.
fn addr_gen_mode_word(mode: u8) -> String {
    match mode {
        0 => "eui64".into(),
        1 => "none".into(),
        2 => "stable_secret".into(),
        3 => "random".into(),
        other => format!("{other:#04x}"),
    }
}
