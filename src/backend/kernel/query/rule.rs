use netlink_packet_core::Nla;
use netlink_packet_route::{
    AddressFamily,
    rule::{RuleAttribute, RuleMessage},
};

use crate::{
    model::query::{IpFamily, RuleRow, RuleRowFlags},
    ops::{RouteProtocol, RouteTable},
};

/// The row of a policy rule; `None` for what is no rule of IP routing.
pub fn decode_rule(message: &RuleMessage) -> Option<RuleRow> {
    let header = &message.header;
    let family = match header.family {
        AddressFamily::Inet => IpFamily::V4,
        AddressFamily::Inet6 => IpFamily::V6,
        _ => return None,
    };
    let mut row = RuleRow {
        flags: RuleRowFlags(header.flags.bits()),
        from_len: header.src_len,
        to_len: header.dst_len,
        tos: header.tos,
        table: RouteTable(header.table.into()),
        action: header.action.into(),
        ..RuleRow::new(family)
    };
    for attribute in &message.attributes {
        decode_attribute(&mut row, attribute);
    }
    Some(row)
}

fn decode_attribute(row: &mut RuleRow, attribute: &RuleAttribute) {
    let said = |number: u32| (number != u32::MAX).then_some(number);
    match attribute {
        RuleAttribute::Destination(address) => row.to = Some(*address),
        RuleAttribute::Source(address) => row.from = Some(*address),
        RuleAttribute::Iifname(name) => row.input_link = Some(name.clone()),
        RuleAttribute::Oifname(name) => row.output_link = Some(name.clone()),
        RuleAttribute::Goto(target) => row.target = Some(*target),
        RuleAttribute::Priority(priority) => row.priority = *priority,
        RuleAttribute::FwMark(mark) => row.mark = Some(*mark),
        RuleAttribute::FwMask(mask) => row.mark_mask = Some(*mask),
        RuleAttribute::Realm(_) => row.realms = realms(attribute),
        RuleAttribute::TunId(id) => row.tunnel = Some(*id),
        RuleAttribute::SuppressIfGroup(group) => row.suppress_group = said(*group),
        RuleAttribute::SuppressPrefixLen(length) => row.suppress_prefixlength = said(*length),
        RuleAttribute::Table(table) => row.table = RouteTable(*table),
        RuleAttribute::L3MDev(is_set) => row.l3mdev = *is_set,
        RuleAttribute::UidRange(range) => row.users = Some((range.start, range.end)),
        RuleAttribute::Protocol(protocol) => row.protocol = Some(RouteProtocol((*protocol).into())),
        RuleAttribute::IpProtocol(protocol) => row.ip_protocol = Some((*protocol).into()),
        RuleAttribute::SourcePortRange(range) => row.source_ports = Some((range.start, range.end)),
        RuleAttribute::DestinationPortRange(range) => row.destination_ports = Some((range.start, range.end)),
        // What iproute2 6.1 does not know.
        _ => {}
    }
}

/// One number in the machine's order, with that of the source in the upper half.
fn realms(attribute: &RuleAttribute) -> Option<(u16, u16)> {
    let mut bytes = [0; 4];
    if attribute.value_len() != bytes.len() {
        return None;
    }
    attribute.emit_value(&mut bytes);
    let number = u32::from_ne_bytes(bytes);
    let half = |number: u32| u16::try_from(number & 0xffff).ok();
    Some((half(number >> 16)?, half(number)?))
}
