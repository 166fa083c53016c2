//! Policy rules as the kernel tells of them.

use netlink_packet_core::{DecodeError, Parseable};
use netlink_packet_route::{
    AddressFamily,
    rule::{RuleAction as KernelAction, RuleAttribute, RuleFlags, RuleMessage},
};

use crate::{
    model::PolicyRule,
    net::Cidr,
    ops::{RouteProtocol, RouteTable, RuleAction, RuleMark, RuleSpec},
};

/// Where the flags stand in `struct fib_rule_hdr` of `linux/fib_rules.h`.
const FLAGS: std::ops::Range<usize> = 8..12;

/// Reads the payload of an `RTM_NEWRULE`. `None` for what is no rule of IPv4 or IPv6 routing.
pub(super) fn decode_rule(payload: &[u8]) -> Result<Option<PolicyRule>, DecodeError> {
    let message = RuleMessage::parse(payload)?;
    let header = &message.header;
    let ipv6 = match header.family {
        AddressFamily::Inet => false,
        AddressFamily::Inet6 => true,
        _ => return Ok(None),
    };
    let mut table = RouteTable(header.table.into());
    let mut mark = RuleMark { value: 0, mask: 0 };
    let mut spec = RuleSpec { not: header.flags.contains(RuleFlags::Invert), tos: header.tos, ..RuleSpec::new(ipv6) };
    let mut priority = 0;
    let mut is_understood = true;
    let prefix = |address, len| Cidr::new(address, len).map_err(|_| DecodeError::from("no prefix"));
    for attribute in &message.attributes {
        match attribute {
            RuleAttribute::Source(address) => spec.from = Some(prefix(*address, header.src_len)?),
            RuleAttribute::Destination(address) => spec.to = Some(prefix(*address, header.dst_len)?),
            RuleAttribute::Priority(number) => priority = *number,
            RuleAttribute::FwMark(value) => mark.value = *value,
            RuleAttribute::FwMask(mask) => mark.mask = *mask,
            RuleAttribute::Table(number) => table = RouteTable(*number),
            RuleAttribute::SuppressPrefixLen(length) => {
                spec.suppress_prefixlength = Some(*length).filter(|&length| length != u32::MAX);
            }
            RuleAttribute::SuppressIfGroup(u32::MAX) => {}
            RuleAttribute::Protocol(protocol) => {
                spec.protocol = Some(RouteProtocol((*protocol).into())).filter(|protocol| protocol.0 != 0);
            }
            RuleAttribute::Iifname(name) => match name.parse() {
                Ok(name) => spec.iif = Some(name),
                Err(_) => is_understood = false,
            },
            RuleAttribute::Oifname(name) => match name.parse() {
                Ok(name) => spec.oif = Some(name),
                Err(_) => is_understood = false,
            },
            _ => is_understood = false,
        }
    }
    spec.mark = Some(mark).filter(|&mark| mark != RuleMark { value: 0, mask: 0 });
    let bare = table == RouteTable(0) && spec.suppress_prefixlength.is_none();
    spec.action = match header.action {
        KernelAction::ToTable => Some(RuleAction::Lookup(table)),
        KernelAction::Blackhole if bare => Some(RuleAction::Blackhole),
        KernelAction::Unreachable if bare => Some(RuleAction::Unreachable),
        KernelAction::Prohibit if bare => Some(RuleAction::Prohibit),
        _ => None,
    };
    is_understood &= spec.action.is_some();
    let opaque = if is_understood { Vec::new() } else { opaque(payload) };
    Ok(Some(PolicyRule { priority, spec, opaque }))
}

/// The message without the flags, which tell of links and of other rules.
fn opaque(payload: &[u8]) -> Vec<u8> {
    let mut bytes = payload.to_vec();
    if let Some(flags) = bytes.get_mut(FLAGS) {
        flags.fill(0);
    }
    bytes
}
