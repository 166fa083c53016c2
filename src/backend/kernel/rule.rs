//! Policy rules as the kernel is told of them.
//!
//! In: what is asked for. Out: one request, the same as iproute2's.

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::{
    AddressFamily, RouteNetlinkMessage,
    rule::{RuleAction as KernelAction, RuleAttribute, RuleFlags, RuleMessage},
};

use super::socket::{Request, request, request_with};
use crate::ops::{RuleAction, RuleOp, RuleSpec};

/// `ip rule add|del …`
pub(super) fn encode_rule(op: &RuleOp) -> Request {
    match op {
        RuleOp::Add { rule, .. } => {
            let message = message(rule, action_number(rule.action));
            request_with(RouteNetlinkMessage::NewRule(message), NLM_F_CREATE | NLM_F_EXCL)
        }
        RuleOp::Del { rule, .. } => {
            // That it asks a table goes without saying: any rule of that table is meant.
            let action = if rule.table().is_some() { KernelAction::Unspec } else { action_number(rule.action) };
            request(RouteNetlinkMessage::DelRule(message(rule, action)))
        }
    }
}

fn message(rule: &RuleSpec, action: KernelAction) -> RuleMessage {
    let mut message = RuleMessage::default();
    message.header.family = if rule.ipv6 { AddressFamily::Inet6 } else { AddressFamily::Inet };
    message.header.tos = rule.tos;
    message.header.action = action;
    message.header.flags.set(RuleFlags::Invert, rule.not);
    let attributes = &mut message.attributes;
    if let Some(from) = rule.from {
        message.header.src_len = from.prefix_len();
        attributes.push(RuleAttribute::Source(from.addr()));
    }
    if let Some(to) = rule.to {
        message.header.dst_len = to.prefix_len();
        attributes.push(RuleAttribute::Destination(to.addr()));
    }
    attributes.extend(rule.priority.map(RuleAttribute::Priority));
    if let Some(mark) = rule.mark {
        attributes.extend([RuleAttribute::FwMark(mark.value), RuleAttribute::FwMask(mark.mask)]);
    }
    attributes.extend(rule.protocol.map(|protocol| RuleAttribute::Protocol(protocol.0.into())));
    attributes.extend(rule.table().map(|table| RuleAttribute::Table(table.0)));
    attributes.extend(rule.suppress_prefixlength.map(RuleAttribute::SuppressPrefixLen));
    attributes.extend(rule.iif.as_ref().map(|link| RuleAttribute::Iifname(link.to_string())));
    attributes.extend(rule.oif.as_ref().map(|link| RuleAttribute::Oifname(link.to_string())));
    message
}

/// `FR_ACT_*` of `linux/fib_rules.h`.
fn action_number(action: Option<RuleAction>) -> KernelAction {
    match action {
        None => KernelAction::Unspec,
        Some(RuleAction::Lookup(_)) => KernelAction::ToTable,
        Some(RuleAction::Blackhole) => KernelAction::Blackhole,
        Some(RuleAction::Unreachable) => KernelAction::Unreachable,
        Some(RuleAction::Prohibit) => KernelAction::Prohibit,
    }
}
