//! Which line made, moved or took away an object: questions to the steps that were done.

use std::net::IpAddr;

use crate::{
    net::{Cidr, IfName, NsName, NsRef},
    ops::{AddrOp, ChainRef, LinkKind, LinkOp, NetfilterChange, NetnsOp, Op, RouteOp, RuleOp, RuleSpec, Step},
    source::Span,
};

/// How a name left a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    /// It was deleted.
    Deleted,
    /// It is in that namespace now.
    Moved(NsRef),
    /// It is called so now.
    Renamed(IfName),
}

/// The statement that made the namespace of that name.
pub fn netns_made(history: &[Step], name: &NsName) -> Option<Span> {
    let made = |step: &&Step| matches!(&step.op, Op::Netns(NetnsOp::Add { name: added } | NetnsOp::Attach { name: added, .. }) if added == name);
    history.iter().rev().find(made).map(|step| step.span)
}

/// The statement that deleted the namespace of that name.
pub fn netns_deleted(history: &[Step], name: &str) -> Option<Span> {
    let deleted = |step: &&Step| matches!(&step.op, Op::Netns(NetnsOp::Del { name: gone }) if gone.as_str() == name);
    history.iter().rev().find(deleted).map(|step| step.span)
}

/// The statement that brought a link of that name into that namespace.
pub fn link_made(history: &[Step], ns: &NsRef, name: &IfName) -> Option<Span> {
    history.iter().rev().find(|step| brings_link(&step.op, ns, name)).map(|step| step.span)
}

fn brings_link(op: &Op, ns: &NsRef, name: &IfName) -> bool {
    match op {
        Op::Link(LinkOp::Add { ns: request, spec }) => {
            let born_in = |netns: &Option<NsRef>| netns.as_ref().unwrap_or(request) == ns;
            let first = spec.name.as_ref() == Some(name) && born_in(&spec.netns);
            match &spec.kind {
                LinkKind::Veth { peer } => first || (peer.name.as_ref() == Some(name) && born_in(&peer.netns)),
                LinkKind::Bridge | LinkKind::Vxlan(_) => first,
            }
        }
        Op::Link(LinkOp::Set { ns: from, link, changes }) => {
            let arrives = changes.netns.is_some() || changes.name.is_some();
            arrives && changes.name.as_ref().unwrap_or(link) == name && changes.netns.as_ref().unwrap_or(from) == ns
        }
        Op::Link(LinkOp::Del { .. })
        | Op::Netns(_)
        | Op::Addr(_)
        | Op::Route(_)
        | Op::Rule(_)
        | Op::Sysctl(_)
        | Op::Netfilter(_) => false,
    }
}

/// The statement by which the link of that name left that namespace, and how.
pub fn link_gone(history: &[Step], ns: &NsRef, name: &IfName) -> Option<(Span, Departure)> {
    history.iter().rev().find_map(|step| departure(&step.op, ns, name).map(|how| (step.span, how)))
}

fn departure(op: &Op, ns: &NsRef, name: &IfName) -> Option<Departure> {
    match op {
        Op::Link(LinkOp::Del { ns: at, link }) if at == ns && link == name => Some(Departure::Deleted),
        Op::Link(LinkOp::Set { ns: from, link, changes }) if from == ns && link == name => {
            let moved = changes.netns.clone().filter(|to| to != ns).map(Departure::Moved);
            moved.or_else(|| changes.name.clone().filter(|new| new != name).map(Departure::Renamed))
        }
        Op::Link(_) | Op::Netns(_) | Op::Addr(_) | Op::Route(_) | Op::Rule(_) | Op::Sysctl(_) | Op::Netfilter(_) => {
            None
        }
    }
}

/// The statement that gave a link of that name an address.
pub fn address_added(history: &[Step], ns: &NsRef, link: &IfName, cidr: Cidr) -> Option<Span> {
    let added = |step: &&Step| {
        matches!(&step.op, Op::Addr(AddrOp::Add { ns: at, link: on, address })
            if at == ns && on == link && address.cidr == cidr)
    };
    history.iter().rev().find(added).map(|step| step.span)
}

/// The statement that made a route.
pub fn route_added(history: &[Step], ns: &NsRef, destination: Cidr, gateway: Option<IpAddr>) -> Option<Span> {
    let added = |step: &&Step| {
        matches!(&step.op, Op::Route(RouteOp::Add { ns: at, route, .. })
            if at == ns && route.destination == destination && route.gateway == gateway)
    };
    history.iter().rev().find(added).map(|step| step.span)
}

/// The statement that made a policy rule.
pub fn policy_rule_added(history: &[Step], ns: &NsRef, rule: &RuleSpec) -> Option<Span> {
    let added = |step: &&Step| {
        matches!(&step.op, Op::Rule(RuleOp::Add { ns: at, rule: new })
            if at == ns && RuleSpec { priority: new.priority.and(rule.priority), ..rule.clone() } == **new)
    };
    history.iter().rev().find(added).map(|step| step.span)
}

/// The statement that made a chain.
pub fn chain_made(history: &[Step], ns: &NsRef, chain: &ChainRef) -> Option<Span> {
    let made =
        |change: &NetfilterChange| matches!(change, NetfilterChange::AddChain { chain: new, .. } if new == chain);
    change_of_rules(history, ns, made)
}

/// The statement that took a chain away.
pub fn chain_gone(history: &[Step], ns: &NsRef, chain: &ChainRef) -> Option<Span> {
    let gone = |change: &NetfilterChange| match change {
        NetfilterChange::DelChain { chain: old } => old == chain,
        NetfilterChange::DelTable { table, .. } => *table == chain.table,
        NetfilterChange::AddTable(_)
        | NetfilterChange::AddChain { .. }
        | NetfilterChange::SetPolicy { .. }
        | NetfilterChange::Flush { .. }
        | NetfilterChange::AddRule { .. }
        | NetfilterChange::DelRule(_) => false,
    };
    change_of_rules(history, ns, gone)
}

fn change_of_rules(history: &[Step], ns: &NsRef, is_meant: impl Fn(&NetfilterChange) -> bool) -> Option<Span> {
    let found = |step: &&Step| matches!(&step.op, Op::Netfilter(op) if op.ns == *ns && is_meant(&op.change));
    history.iter().rev().find(found).map(|step| step.span)
}

/// The statement that set a link down.
pub fn link_set_down(history: &[Step], ns: &NsRef, name: &IfName) -> Option<Span> {
    let down = |step: &&Step| {
        matches!(&step.op, Op::Link(LinkOp::Set { ns: at, link, changes })
            if at == ns && link == name && changes.up == Some(false))
    };
    history.iter().rev().find(down).map(|step| step.span)
}
