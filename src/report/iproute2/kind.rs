use super::{
    json::Value,
    names::{c_hexadecimal, hardware_address},
    printer::Printer,
    vxlan::print_vxlan,
};
use crate::{
    model::query::{KindOption, LinkRow, OptionValue},
    net::Mac,
};

/// The kind of a link and of its master, with the options of both (`ip -d link`).
pub(super) fn print_kind(out: &mut Printer, row: &LinkRow) {
    if row.kind.is_none() && row.port_kind.is_none() {
        return;
    }
    out.object(Some("linkinfo"), |out| {
        if let Some(kind) = &row.kind {
            out.line();
            out.field("info_kind", kind, format_args!("    {kind} "));
            if let Some(options) = &row.kind_options {
                out.object(Some("info_data"), |out| match kind.as_str() {
                    "vxlan" => print_vxlan(out, options),
                    _ => print_options(out, options, Whose::Link),
                });
            }
        }
        if let Some(kind) = &row.port_kind {
            out.line();
            out.field("info_slave_kind", kind, format_args!("    {kind}_slave "));
            if let Some(options) = &row.port_options {
                out.object(Some("info_slave_data"), |out| print_options(out, options, Whose::Port));
            }
        }
    });
}

/// What options belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Link,
    Port,
}

fn print_options(out: &mut Printer, options: &[KindOption], whose: Whose) {
    for option in options {
        print_option(out, option.name, whose, own_id_for_root(options, option, whose));
    }
}

/// iproute2 6.1 prints the identity of the bridge itself where that of the root is due.
fn own_id_for_root<'a>(options: &'a [KindOption], option: &'a KindOption, whose: Whose) -> &'a OptionValue {
    let own = options.iter().find(|other| other.name == "bridge_id");
    match own {
        Some(own) if whose == Whose::Link && option.name == "designated_root" => &own.value,
        Some(_) | None => &option.value,
    }
}

fn print_option(out: &mut Printer, name: &str, whose: Whose, value: &OptionValue) {
    let key = json_key(name, whose);
    match value {
        OptionValue::Number(number) if name == "state" => {
            out.field("state_index", *number, format_args!("state ({number}) "));
        }
        OptionValue::Number(number) => out.field(key, *number, format_args!("{name} {number} ")),
        OptionValue::Bits(bits) => {
            let hexadecimal = c_hexadecimal(*bits);
            out.field(key, &hexadecimal, format_args!("{name} {hexadecimal} "));
        }
        // `mcast_fast_leave` repeats `fastleave`, in text only.
        OptionValue::Switch(on) if name == "mcast_fast_leave" => out.text(format_args!("{name} {} ", on_off(*on))),
        OptionValue::Switch(on) => out.field(key, *on, format_args!("{name} {} ", on_off(*on))),
        OptionValue::Word(word) => out.field(key, word, format_args!("{name} {word} ")),
        OptionValue::Mac(Mac(bytes)) => {
            let text = hardware_address(bytes, 1);
            out.field(key, &text, format_args!("{name} {text} "));
        }
        OptionValue::Bridge { priority, mac } => {
            let text = bridge_id(*priority, *mac);
            out.field(key, &text, format_args!("{name} {text} "));
        }
        OptionValue::Timer(hundredths) => {
            let (seconds, rest) = (hundredths / 100, hundredths % 100);
            let digits = Value::Digits(format!("{seconds}.{rest:02}"));
            out.field(key, digits, format_args!("{name} {seconds:4}.{rest:02} "));
        }
    }
    if let (OptionValue::Bits(bits), "group_fwd_mask", Whose::Port) = (value, name, whose) {
        let words = forwarded_groups(*bits);
        out.word("group_fwd_mask_str", words);
    }
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// Priority and address as `brctl` prints them: no leading zeros in the bytes of the address.
fn bridge_id(priority: u16, Mac([a, b, c, d, e, f]): Mac) -> String {
    format!("{priority:04x}.{a:x}:{b:x}:{c:x}:{d:x}:{e:x}:{f:x}")
}

/// The group addresses 01:80:c2:00:00:00 to :0f whose bit is set.
fn forwarded_groups(bits: u64) -> String {
    let name = |bit: u32| match bit {
        0 => "stp".into(),
        2 => "lacp".into(),
        14 => "lldp".into(),
        other => format!("{:#x}", 1u64 << other),
    };
    let words: Vec<String> = (0..16).filter(|bit| bits >> bit & 1 == 1).map(name).collect();
    if words.is_empty() { "0x0".into() } else { words.join(",") }
}

/// In JSON some options go by another name than in text.
fn json_key(name: &str, whose: Whose) -> &str {
    match name {
        "mcast_router" if whose == Whose::Port => "multicast_router",
        "designated_root" => "root_id",
        "designated_bridge" => "bridge_id",
        "group_address" => "group_addr",
        "port_id" => "id",
        "port_no" => "no",
        "mcast_last_member_count" => "mcast_last_member_cnt",
        "mcast_startup_query_count" => "mcast_startup_query_cnt",
        "mcast_last_member_interval" => "mcast_last_member_intvl",
        "mcast_membership_interval" => "mcast_membership_intvl",
        "mcast_querier_interval" => "mcast_querier_intvl",
        "mcast_query_interval" => "mcast_query_intvl",
        "mcast_query_response_interval" => "mcast_query_response_intvl",
        "mcast_startup_query_interval" => "mcast_startup_query_intvl",
        same => same,
    }
}
