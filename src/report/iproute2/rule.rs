use std::net::IpAddr;

use super::{
    json::Value,
    names::{Names, c_hexadecimal},
    printer::Printer,
};
use crate::{
    commands::IpOptions,
    model::query::{IpFamily, RouteKind, RuleFilter, RuleRow, RuleRowFlags},
    ops::RouteProtocol,
};

/// `ip rule show`.
pub fn render_policy_rules(rows: &[RuleRow], filter: &RuleFilter, options: &IpOptions) -> String {
    let mut out = Printer::new(options);
    for row in rows.iter().filter(|row| filter.keeps(row)) {
        out.object(None, |out| print_rule(out, row, options));
    }
    out.finish()
}

fn print_rule(out: &mut Printer, row: &RuleRow, options: &IpOptions) {
    let names = Names { numeric: options.numeric };
    out.field("priority", row.priority, format_args!("{}:\t", row.priority));
    if row.flags.has(RuleRowFlags::INVERT) {
        out.field("not", Value::Null, format_args!("not "));
    }
    print_end(out, row.family, ["src", "srclen", "from "], (row.from, row.from_len));
    if row.to.is_some() || row.to_len != 0 {
        print_end(out, row.family, ["dst", "dstlen", " to "], (row.to, row.to_len));
    }
    if row.tos != 0 {
        let tos = names.tos(row.tos);
        out.field("tos", &tos, format_args!(" tos {tos}"));
    }
    print_mark(out, row);
    print_link(out, "iif", row.input_link.as_deref(), row.flags.has(RuleRowFlags::IIF_DETACHED));
    print_link(out, "oif", row.output_link.as_deref(), row.flags.has(RuleRowFlags::OIF_DETACHED));
    if row.l3mdev {
        out.field("l3mdev", Value::Null, format_args!(" lookup [l3mdev-table]"));
    }
    print_conditions(out, row, names);
    print_lookup(out, row, names);
    print_action(out, row, names);
    if let Some(protocol) = row.protocol
        && (options.details || (protocol != RouteProtocol::KERNEL && protocol.0 != 0))
    {
        let protocol = names.protocol(protocol);
        out.field("protocol", &protocol, format_args!(" proto {protocol}"));
    }
    out.end();
}

/// One end of what it is for; host addresses stand without a length.
fn print_end(out: &mut Printer, family: IpFamily, [key, length_key, word]: [&str; 3], end: (Option<IpAddr>, u8)) {
    let whole = match family {
        IpFamily::V4 => 32,
        IpFamily::V6 => 128,
    };
    let (text, length) = match end {
        (Some(address), length) => (address.to_string(), Some(length).filter(|&length| length != whole)),
        (None, 0) => ("all".into(), None),
        (None, length) => ("0".into(), Some(length)),
    };
    out.field(key, &text, format_args!("{word}{text}"));
    if let Some(length) = length {
        out.field(length_key, length, format_args!("/{length}"));
    }
}

fn print_mark(out: &mut Printer, row: &RuleRow) {
    if row.mark.is_none() && row.mark_mask.is_none() {
        return;
    }
    let mark = c_hexadecimal(row.mark.unwrap_or(0).into());
    out.field("fwmark", &mark, format_args!(" fwmark {mark}"));
    if let Some(mask) = row.mark_mask.filter(|&mask| mask != u32::MAX) {
        let mask = c_hexadecimal(mask.into());
        out.field("fwmask", &mask, format_args!("/{mask}"));
    }
}

fn print_link(out: &mut Printer, key: &str, link: Option<&str>, detached: bool) {
    let Some(link) = link else { return };
    out.field(key, link, format_args!(" {key} {link}"));
    if detached {
        out.field(&format!("{key}_detached"), Value::Null, format_args!(" [detached]"));
    }
}

/// Users, protocols, ports and tunnels.
fn print_conditions(out: &mut Printer, row: &RuleRow, names: Names) {
    if let Some((first, last)) = row.users {
        out.field("uid_start", first, format_args!(" uidrange {first}"));
        out.field("uid_end", last, format_args!("-{last}"));
    }
    if let Some(protocol) = row.ip_protocol {
        let protocol = names.ip_protocol(protocol);
        out.field("ipproto", &protocol, format_args!(" ipproto {protocol}"));
    }
    for (key, ports) in [("sport", row.source_ports), ("dport", row.destination_ports)] {
        match ports {
            None => {}
            Some((first, last)) if first == last => out.field(key, first, format_args!(" {key} {first}")),
            Some((first, last)) => {
                out.field(&format!("{key}_start"), first, format_args!(" {key} {first}"));
                out.field(&format!("{key}_end"), last, format_args!("-{last}"));
            }
        }
    }
    if let Some(tunnel) = row.tunnel {
        out.field("tun_id", tunnel, format_args!(" tun_id {tunnel}"));
    }
}

fn print_lookup(out: &mut Printer, row: &RuleRow, names: Names) {
    if row.table.0 != 0 {
        let table = names.table(row.table);
        out.field("table", &table, format_args!(" lookup {table}"));
        if let Some(length) = row.suppress_prefixlength {
            out.field("suppress_prefixlen", length, format_args!(" suppress_prefixlength {length}"));
        }
        if let Some(group) = row.suppress_group {
            let group = names.group(group);
            out.field("suppress_ifgroup", &group, format_args!(" suppress_ifgroup {group}"));
        }
    }
    if let Some((from, to)) = row.realms {
        let [from_name, to_name] = [from, to].map(|realm| names.realm(realm.into()));
        if from == 0 {
            out.text(format_args!(" realms "));
        } else {
            out.field("flow_from", &from_name, format_args!(" realms {from_name}/"));
        }
        out.field("flow_to", &to_name, format_args!("{to_name}"));
    }
}

fn print_action(out: &mut Printer, row: &RuleRow, names: Names) {
    match (row.action, row.target) {
        (RuleRow::TO_TABLE, _) => {}
        (RuleRow::GOTO, target) => {
            match target {
                Some(target) => out.field("goto", target, format_args!(" goto {target}")),
                None => out.field("goto", "none", format_args!(" goto none")),
            }
            if row.flags.has(RuleRowFlags::UNRESOLVED) {
                out.field("unresolved", Value::Null, format_args!(" [unresolved]"));
            }
        }
        (RuleRow::NOP, _) => out.field("nop", Value::Null, format_args!(" nop")),
        (other, _) => {
            let action = names.route_kind(RouteKind(other));
            out.field("action", &action, format_args!(" {action}"));
        }
    }
}
