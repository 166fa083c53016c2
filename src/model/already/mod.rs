//! What is so already: an op that asks for nothing new.
//!
//! In: a world and an op. Out: whether the world is as the op would have it ([`already`]); and where an object of that
//! name is there, in what it is another one ([`unlike`]). Invariant: what an op leaves to the kernel is not asked. What
//! holds the object must be there: an address of a link that is missing is not so, whatever is asked of it.

mod link;
#[cfg(test)]
mod tests;

use super::{Address, LinkId, Object, Outcome, PolicyRule, Reason, Refusal, Route, World, apply};
use crate::{
    net::NsRef,
    ops::{
        AddrOp, AddressSelector, AddressSpec, LinkOp, NetnsOp, Op, RouteMode, RouteOp, RouteProtocol, RouteSpec,
        RouteTable, RuleAction, RuleOp, RuleSpec,
    },
};

/// In what an object that is there is not as an op asks for one in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlike {
    /// A sentence for each: `its mtu is 1400`. At least one.
    pub found: Vec<String>,
    /// What would make it so; where nothing can, what takes it away.
    pub remedy: Vec<Op>,
}

/// Whether what an op asks for is so already.
///
/// Never of a `link set`, a setting or a rule of a filter. The first two are not refused for being so already: the kernel
/// makes nothing new of them, and they can be made as often as one likes. Rules can stand in a chain more than once, and
/// which one is meant hangs on those beside it; a chain that is there may hold the rules of others.
pub fn already(world: &World, op: &Op) -> bool {
    match op {
        Op::Netns(op) => netns(world, op),
        Op::Link(LinkOp::Add { ns, spec }) => {
            link::found(world, ns, spec).is_some_and(|id| link::unlike(world, id, ns, spec).is_none())
        }
        Op::Link(LinkOp::Del { ns, link }) => world.namespace(ns).is_some() && world.find_link(ns, link).is_none(),
        Op::Addr(AddrOp::Add { ns, link, address }) => world
            .find_link(ns, link)
            .and_then(|id| namesake(world, id, address))
            .is_some_and(|there| address_differs(there, link.as_str(), address).is_empty()),
        Op::Route(RouteOp::Add { ns, mode, route }) => {
            let is_it = |there: &Route| route_differs(world, ns, there, route).is_empty();
            let mut rivals = rivals(world, ns, route);
            match mode {
                // The first is the one that would be replaced.
                RouteMode::Replace | RouteMode::Change => rivals.next().is_some_and(is_it),
                RouteMode::Add | RouteMode::Append => rivals.any(is_it),
            }
        }
        Op::Rule(RuleOp::Add { ns, rule }) => {
            let rules = world.namespace(ns).map_or(&[][..], |namespace| &namespace.policy_rules);
            rules.iter().any(|there| is_rule(there, rule))
        }
        Op::Addr(AddrOp::Del { .. }) | Op::Route(RouteOp::Del { .. }) | Op::Rule(RuleOp::Del { .. }) => {
            let answer = apply(&mut world.clone(), op);
            matches!(
                answer,
                Outcome::Refused(Refusal {
                    reason: Reason::NotThere(Object::Address { .. } | Object::Route { .. } | Object::Rule { .. }),
                    ..
                })
            )
        }
        Op::Link(LinkOp::Set { .. }) | Op::Sysctl(_) | Op::Netfilter(_) => false,
    }
}

/// In what the link, address or route that stands in the way of a new one is not as that is asked to be; `None` where
/// nothing does, or where it is so.
pub fn unlike(world: &World, op: &Op) -> Option<Unlike> {
    match op {
        Op::Link(LinkOp::Add { ns, spec }) => {
            link::found(world, ns, spec).and_then(|id| link::unlike(world, id, ns, spec))
        }
        Op::Addr(AddrOp::Add { ns, link, address }) => {
            let there = world.find_link(ns, link).and_then(|id| namesake(world, id, address))?;
            let found = address_differs(there, link.as_str(), address);
            let reached = Some(there.peer.unwrap_or(there.cidr));
            let address = AddressSelector { addr: there.cidr.addr(), reached };
            let remedy = vec![AddrOp::Del { ns: ns.clone(), link: link.clone(), address }.into()];
            (!found.is_empty()).then_some(Unlike { found, remedy })
        }
        Op::Route(RouteOp::Add { ns, mode: RouteMode::Add, route }) => {
            let found = rivals(world, ns, route).next().map(|there| route_differs(world, ns, there, route))?;
            let mode = RouteMode::Replace;
            let remedy = vec![RouteOp::Add { ns: ns.clone(), mode, route: route.clone() }.into()];
            (!found.is_empty()).then_some(Unlike { found, remedy })
        }
        Op::Link(LinkOp::Del { .. } | LinkOp::Set { .. })
        | Op::Addr(AddrOp::Del { .. })
        | Op::Route(_)
        | Op::Netns(_)
        | Op::Rule(_)
        | Op::Sysctl(_)
        | Op::Netfilter(_) => None,
    }
}

fn netns(world: &World, op: &NetnsOp) -> bool {
    let named = NsRef::Named(op.name().clone());
    let is_there = world.namespace(&named).is_some();
    match op {
        NetnsOp::Add { .. } => is_there,
        NetnsOp::Attach { pid, .. } => {
            let process = NsRef::Process(*pid);
            is_there && world.namespace(&process).is_some() && world.known_as(&process) == world.known_as(&named)
        }
        NetnsOp::Del { .. } => !is_there,
    }
}

/// The address that the kernel takes for the same one: for IPv6 the address itself is enough.
fn namesake<'a>(world: &'a World, id: LinkId, spec: &AddressSpec) -> Option<&'a Address> {
    let of_spec = peer(spec).unwrap_or(spec.cidr).network();
    let is_it = |there: &&Address| {
        there.cidr.addr() == spec.cidr.addr()
            && (there.cidr.is_ipv6() || there.peer.unwrap_or(there.cidr).network() == of_spec)
    };
    world.link(id).addresses.iter().find(is_it)
}

/// The other end, where it is another.
fn peer(spec: &AddressSpec) -> Option<crate::net::Cidr> {
    spec.peer.filter(|peer| peer.addr() != spec.cidr.addr())
}

/// A flag that is not named is not asked, but for the connected route, which is wanted unless somebody says no.
fn address_differs(there: &Address, link: &str, spec: &AddressSpec) -> Vec<String> {
    let mut found = Vec::new();
    if there.cidr != spec.cidr {
        found.push(format!("its prefix length is {}", there.cidr.prefix_len()));
    }
    match there.peer {
        has if has == peer(spec) => {}
        Some(has) => found.push(format!("its other end is {has}")),
        None => found.push("it has no other end".into()),
    }
    if spec.broadcast.is_some_and(|asked| there.broadcast != Some(asked)) {
        found.push(attribute("broadcast address", there.broadcast));
    }
    if !there.cidr.is_ipv6() && spec.scope.is_some_and(|asked| there.scope != asked) {
        found.push(attribute("scope", Some(there.scope)));
    }
    let label = there.label.as_deref().unwrap_or(link);
    if spec.label.as_ref().is_some_and(|asked| asked != label) {
        found.push(format!("its label is `{label}`"));
    }
    if spec.metric.is_some_and(|asked| there.metric != asked) {
        found.push(attribute("metric", Some(there.metric)));
    }
    if spec.nodad && !there.nodad {
        found.push("it is looked for on the link before it is used (no `nodad`)".into());
    }
    match (there.noprefixroute, spec.noprefixroute) {
        (true, false) => found.push("it has no connected route (`noprefixroute`)".into()),
        (false, true) => found.push("it has a connected route (no `noprefixroute`)".into()),
        (true, true) | (false, false) => {}
    }
    found
}

/// The routes that a new one would meet, in the kernel's order.
fn rivals<'a>(world: &'a World, ns: &NsRef, spec: &RouteSpec) -> impl Iterator<Item = &'a Route> {
    let metric = match spec.metric {
        None | Some(0) if spec.destination.is_ipv6() => super::spec::IPV6_METRIC,
        metric => metric.unwrap_or(0),
    };
    let place = (spec.table, spec.destination.network(), metric);
    let routes = world.namespace(ns).map_or(&[][..], |namespace| &namespace.routes);
    routes.iter().filter(move |route| (route.table, route.destination, route.metric) == place)
}

fn route_differs(world: &World, ns: &NsRef, there: &Route, spec: &RouteSpec) -> Vec<String> {
    if !there.opaque.is_empty() {
        return vec!["it has several next hops, or something else that `nns` does not know".into()];
    }
    let mut found = Vec::new();
    if there.kind != spec.kind {
        found.push(format!("its type is {}", there.kind.word()));
    }
    if there.gateway != spec.gateway {
        found.push(attribute("gateway", there.gateway));
    }
    let asked = spec.link.as_ref().map(|name| world.find_link(ns, name));
    if asked.is_some_and(|asked| asked.is_none() || there.link != asked) {
        let link = there.link.map(|id| format!("`{}`", world.link(id).name));
        found.push(attribute("link", link));
    }
    if spec.source.is_some() && there.source != spec.source {
        found.push(attribute("source", there.source));
    }
    // What `ip route add` writes when nobody says who made it.
    if spec.protocol != RouteProtocol::BOOT && there.protocol != spec.protocol {
        found.push(attribute("protocol", Some(there.protocol)));
    }
    if !spec.destination.is_ipv6() && spec.scope.is_some_and(|asked| there.scope != asked) {
        found.push(attribute("scope", Some(there.scope)));
    }
    if spec.onlink && !there.onlink {
        found.push("its gateway is not taken as reachable (no `onlink`)".into());
    }
    if spec.mtu.is_some() && there.mtu != spec.mtu {
        found.push(attribute("mtu", there.mtu));
    }
    found
}

fn is_rule(there: &PolicyRule, asked: &RuleSpec) -> bool {
    let main = RuleAction::Lookup(RouteTable::MAIN);
    // Who made it and its place are not compared unless they are named.
    let bare = |rule: &RuleSpec| RuleSpec {
        priority: None,
        protocol: None,
        action: Some(rule.action.unwrap_or(main)),
        ..rule.clone()
    };
    there.opaque.is_empty()
        && bare(&there.spec) == bare(asked)
        && asked.priority.is_none_or(|priority| there.priority == priority)
        && (asked.protocol.is_none() || there.spec.protocol == asked.protocol)
}

/// What it has of something, in a sentence.
fn attribute(name: &str, has: Option<impl std::fmt::Display>) -> String {
    has.map_or_else(|| format!("it has no {name}"), |has| format!("its {name} is {has}"))
}
