use std::collections::BTreeMap;

use super::{
    AddressFlags, AddressRow, FarEnd, IpFamily, Lifetimes, LinkFlags, LinkRow, LowerLink, NetnsRow, OperState,
    RouteAges, RouteFlags, RouteKind, RouteMetric, RouteRow, RuleRow, RuleRowFlags, vxlan,
};
use crate::{
    model::{Address, Kind, Link, LinkId, Peer, PolicyRule, Route, World},
    net::{IfName, Mac, NsRef},
    ops::{RouteProtocol, RouteTable, RuleAction},
};

/// `ARPHRD_ETHER` and `ARPHRD_LOOPBACK` of `linux/if_arp.h`.
const ETHERNET: u16 = 1;
const LOOPBACK: u16 = 772;

/// What links have before somebody asks for something else (`DEFAULT_TX_QUEUE_LEN` of the kernel).
const QUEUE_LENGTH: u32 = 1000;

/// The links of a namespace with their addresses, by number, as a kernel would list them. What the model does not
/// hold is left out: counters, details, the addresses that the kernel makes by itself.
pub fn links_of(world: &World, ns: &NsRef) -> Vec<LinkRow> {
    let numbers = peer_namespaces(world, ns);
    let mut rows: Vec<LinkRow> = world.links_of(ns).map(|(id, link)| link_row(world, id, link, &numbers)).collect();
    rows.sort_by_key(|row| row.index);
    rows
}

/// The routes of a namespace, IPv4 before IPv6, without those of the kernel's local table.
pub fn routes_of(world: &World, ns: &NsRef) -> Vec<RouteRow> {
    let routes = world.namespace(ns).map(|namespace| namespace.routes.as_slice()).unwrap_or_default();
    let mut rows: Vec<RouteRow> = routes.iter().map(|route| route_row(world, route)).collect();
    rows.sort_by_key(|row| row.family == IpFamily::V6);
    rows
}

/// The policy rules of a family, in the order in which they are asked.
pub fn policy_rules_of(world: &World, ns: &NsRef, family: IpFamily) -> Vec<RuleRow> {
    let rules = world.namespace(ns).map(|namespace| namespace.policy_rules.as_slice()).unwrap_or_default();
    let of_family = rules.iter().filter(|rule| rule.spec.ipv6 == (family == IpFamily::V6));
    of_family.map(|rule| rule_row(world, ns, family, rule)).collect()
}

/// The named namespaces.
pub fn netns_of(world: &World) -> Vec<NetnsRow> {
    let names = world.namespaces().filter_map(|(ns, _)| ns.name());
    names.map(|name| NetnsRow { name: name.to_string(), nsid: None }).collect()
}

/// Numbers for the namespaces that hold far ends: the kernel gives them out as they are first needed, the model in the
/// order of names.
fn peer_namespaces(world: &World, ns: &NsRef) -> BTreeMap<NsRef, i32> {
    let others = world.links_of(ns).filter_map(|(_, link)| elsewhere(world, link));
    let mut numbers: BTreeMap<NsRef, i32> = others.map(|other| (other.clone(), 0)).collect();
    for (nsid, number) in (0..).zip(numbers.values_mut()) {
        *number = nsid;
    }
    numbers
}

/// The namespace of what a link is bound to, if that is another one: a cable's far end, or what carries a vxlan.
fn elsewhere<'a>(world: &'a World, link: &'a Link) -> Option<&'a NsRef> {
    let ns = match &link.kind {
        Kind::Vxlan(vxlan) => vxlan.birthplace(world)?,
        Kind::Veth { .. } | Kind::Loopback | Kind::Bridge | Kind::Other(_) => &peer_of(world, link)?.ns,
    };
    (*ns != link.ns).then_some(ns)
}

fn peer_of<'a>(world: &'a World, link: &Link) -> Option<&'a Link> {
    match link.kind {
        Kind::Veth { peer: Peer::Link(id) } => Some(world.link(id)),
        Kind::Veth { peer: Peer::Elsewhere } | Kind::Loopback | Kind::Bridge | Kind::Vxlan(_) | Kind::Other(_) => None,
    }
}

fn link_row(world: &World, id: LinkId, link: &Link, numbers: &BTreeMap<NsRef, i32>) -> LinkRow {
    let loopback = link.kind == Kind::Loopback;
    let elsewhere = elsewhere(world, link);
    let mac = link.mac.map(|Mac(bytes)| bytes.to_vec());
    LinkRow {
        index: link.index,
        name: link.name.to_string(),
        flags: flags(world, id, link),
        lower: lower(world, link),
        lower_nsid: elsewhere.and_then(|ns| numbers.get(ns).copied()),
        lower_netns: elsewhere.and_then(NsRef::name).map(ToString::to_string),
        mtu: Some(link.mtu.bytes()),
        qdisc: Some(if link.up { "noqueue" } else { "noop" }.into()),
        master: link.master.map(|master| world.link(master).name.to_string()),
        state: Some(state(world, id, link)),
        mode: Some(0),
        group: Some(0),
        txqlen: Some(QUEUE_LENGTH),
        link_type: if loopback { LOOPBACK } else { ETHERNET },
        broadcast: mac.as_ref().map(|_| vec![if loopback { 0 } else { 0xff }; 6]),
        address: mac,
        kind: kind(link).map(Into::into),
        kind_options: vxlan::options(world, link),
        port_kind: link.master.and_then(|master| kind(world.link(master))).map(Into::into),
        addresses: link.addresses.iter().map(|address| address_row(link, address)).collect(),
        ..LinkRow::default()
    }
}

/// The kernel's name of the kind; physical devices and the loopback device have none.
fn kind(link: &Link) -> Option<&str> {
    match &link.kind {
        Kind::Loopback => None,
        Kind::Veth { .. } => Some("veth"),
        Kind::Bridge => Some("bridge"),
        Kind::Vxlan(_) => Some("vxlan"),
        Kind::Other(name) => (!name.is_empty()).then_some(name),
    }
}

/// A far end that nobody sees has a number that nobody knows.
fn lower(world: &World, link: &Link) -> Option<LowerLink> {
    if let (Kind::Vxlan(_), Some(_)) = (&link.kind, elsewhere(world, link)) {
        // The kernel tells the vxlan's own number, which is not that of what carries it.
        return Some(LowerLink {
            index: link.index,
            name: Some(link.name.to_string()),
            up: Some(link.up),
            far_end: None,
        });
    }
    let Kind::Veth { peer } = link.kind else { return None };
    let Peer::Link(peer) = peer else { return Some(LowerLink { index: 0, name: None, up: None, far_end: None }) };
    let peer = world.link(peer);
    let index = peer.index;
    let namesake = world.links_of(&link.ns).map(|(_, other)| other).find(|other| other.index == index);
    let far_end = (peer.ns != link.ns).then(|| FarEnd { ns: peer.ns.clone(), name: peer.name.to_string() });
    let name = namesake.map(|other| other.name.to_string());
    Some(LowerLink { index, name, up: namesake.map(|other| other.up), far_end })
}

fn flags(world: &World, id: LinkId, link: &Link) -> LinkFlags {
    let mut flags = match link.kind {
        Kind::Loopback => LinkFlags::LOOPBACK,
        Kind::Veth { .. } | Kind::Bridge | Kind::Vxlan(_) | Kind::Other(_) => {
            LinkFlags::BROADCAST.with(LinkFlags::MULTICAST)
        }
    };
    if link.up {
        flags = flags.with(LinkFlags::UP);
    }
    if has_carrier(world, id, link) {
        flags = flags.with(LinkFlags::RUNNING).with(LinkFlags::LOWER_UP);
    }
    flags
}

/// A cable carries when both ends are up, a bridge when one of its ports does.
fn has_carrier(world: &World, id: LinkId, link: &Link) -> bool {
    link.up
        && match link.kind {
            Kind::Loopback | Kind::Vxlan(_) | Kind::Other(_) => true,
            Kind::Veth { .. } => peer_of(world, link).is_some_and(|peer| peer.up),
            Kind::Bridge => {
                world.links().any(|(port, other)| other.master == Some(id) && has_carrier(world, port, other))
            }
        }
}

/// As `default_operstate` of the kernel's `net/core/link_watch.c` has it: it looks up the number of the far end in the
/// namespace of the near one, whoever has that number there.
fn state(world: &World, id: LinkId, link: &Link) -> OperState {
    if !link.up {
        return OperState::DOWN;
    }
    if has_carrier(world, id, link) {
        return match link.kind {
            Kind::Loopback | Kind::Vxlan(_) | Kind::Other(_) => OperState::UNKNOWN,
            Kind::Veth { .. } | Kind::Bridge => OperState::UP,
        };
    }
    let Some(peer) = peer_of(world, link).filter(|peer| peer.index != link.index) else { return OperState::DOWN };
    match world.links_of(&link.ns).find(|(_, other)| other.index == peer.index) {
        Some((id, other)) if !has_carrier(world, id, other) => OperState::LOWER_LAYER_DOWN,
        Some(_) | None => OperState::DOWN,
    }
}

fn address_row(link: &Link, address: &Address) -> AddressRow {
    let marks = [
        (address.secondary, AddressFlags::SECONDARY),
        (address.nodad, AddressFlags::NODAD),
        (address.noprefixroute, AddressFlags::NO_PREFIX_ROUTE),
    ];
    let set = marks.into_iter().filter(|(set, _)| *set);
    let ipv6 = address.cidr.is_ipv6();
    let prefix_len = address.peer.unwrap_or(address.cidr).prefix_len();
    AddressRow {
        peer: address.peer.map(|peer| peer.addr()),
        metric: (address.metric != 0).then_some(address.metric),
        broadcast: address.broadcast.map(Into::into),
        scope: address.scope,
        flags: set.fold(AddressFlags::PERMANENT, |flags, (_, flag)| flags.with(flag)),
        label: (!ipv6).then(|| address.label.clone().unwrap_or_else(|| link.name.to_string())),
        lifetimes: Some(Lifetimes { valid: Lifetimes::FOREVER, preferred: Lifetimes::FOREVER }),
        ..AddressRow::new(address.cidr.addr(), prefix_len)
    }
}

fn route_row(world: &World, route: &Route) -> RouteRow {
    let family = IpFamily::of(route.destination.addr());
    let link = route.link.map(|id| (id, world.link(id)));
    let linkdown = link.is_some_and(|(id, link)| !has_carrier(world, id, link));
    let mut flags = RouteFlags::default();
    if route.onlink {
        flags = flags.with(RouteFlags::ONLINK);
    }
    if linkdown {
        flags = flags.with(RouteFlags::LINKDOWN);
    }
    RouteRow {
        table: route.table,
        kind: route.kind.into(),
        destination: (!route.destination.is_default()).then(|| route.destination.addr()),
        destination_len: route.destination.prefix_len(),
        gateway: route.gateway.filter(|&gateway| IpFamily::of(gateway) == family),
        via: route.gateway.filter(|&gateway| IpFamily::of(gateway) != family),
        link: link.map(|(_, link)| link.name.to_string()),
        protocol: route.protocol,
        scope: route.scope,
        source: route.source,
        metric: (family == IpFamily::V6 || route.metric != 0).then_some(route.metric),
        flags,
        ages: (family == IpFamily::V6).then(RouteAges::default),
        metrics: route.mtu.map(|value| vec![RouteMetric::Number { kind: RouteMetric::MTU, value }]),
        preference: (family == IpFamily::V6).then_some(0),
        ..RouteRow::new(family)
    }
}

fn rule_row(world: &World, ns: &NsRef, family: IpFamily, rule: &PolicyRule) -> RuleRow {
    let spec = &rule.spec;
    let is_missing = |link: &Option<IfName>| link.as_ref().is_some_and(|name| world.find_link(ns, name).is_none());
    let marks = [
        (spec.not, RuleRowFlags::INVERT),
        (is_missing(&spec.iif), RuleRowFlags::IIF_DETACHED),
        (is_missing(&spec.oif), RuleRowFlags::OIF_DETACHED),
    ];
    let set = marks.into_iter().filter(|(set, _)| *set);
    RuleRow {
        priority: rule.priority,
        flags: set.fold(RuleRowFlags::default(), |flags, (_, flag)| flags.with(flag)),
        from: spec.from.map(|prefix| prefix.addr()),
        from_len: spec.from.map_or(0, |prefix| prefix.prefix_len()),
        to: spec.to.map(|prefix| prefix.addr()),
        to_len: spec.to.map_or(0, |prefix| prefix.prefix_len()),
        tos: spec.tos,
        mark: spec.mark.map(|mark| mark.value),
        mark_mask: spec.mark.map(|mark| mark.mask),
        input_link: spec.iif.as_ref().map(ToString::to_string),
        output_link: spec.oif.as_ref().map(ToString::to_string),
        table: spec.table().unwrap_or(RouteTable(0)),
        suppress_prefixlength: spec.suppress_prefixlength,
        action: match spec.action {
            Some(RuleAction::Lookup(_)) => RuleRow::TO_TABLE,
            Some(RuleAction::Blackhole) => RouteKind::BLACKHOLE.0,
            Some(RuleAction::Unreachable) => RouteKind::UNREACHABLE.0,
            Some(RuleAction::Prohibit) => RouteKind::PROHIBIT.0,
            None => RuleRow::NOP,
        },
        protocol: Some(spec.protocol.unwrap_or(RouteProtocol(0))),
        ..RuleRow::new(family)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Knowledge, Namespace, Origin},
        net::{IfName, Mtu},
    };

    fn add(world: &mut World, ns: &NsRef, name: &str, kind: Kind, up: bool) -> LinkId {
        let link = Link {
            ns: ns.clone(),
            name: name.parse::<IfName>().unwrap(),
            index: 0,
            kind,
            mac: Some(Mac([2, 0, 0, 0, 0, 1])),
            mac_origin: Origin::Asked,
            mtu: Mtu::ETHERNET,
            mtu_origin: Origin::Kernel,
            up,
            master: None,
            addresses: Vec::new(),
        };
        world.insert_link(link)
    }

    /// A cable from the host, where it is a port, to `red`.
    fn world(far_up: bool) -> World {
        let mut world = World::fresh();
        let red = NsRef::Named("red".parse().unwrap());
        world.insert_namespace(red.clone(), Namespace::new(Knowledge::Exact));
        let bridge = add(&mut world, &NsRef::Host, "br0", Kind::Bridge, true);
        let near = add(&mut world, &NsRef::Host, "near", Kind::Veth { peer: Peer::Elsewhere }, true);
        let far = add(&mut world, &red, "far", Kind::Veth { peer: Peer::Link(near) }, far_up);
        world.link_mut(near).kind = Kind::Veth { peer: Peer::Link(far) };
        world.set_master(near, Some(bridge));
        world
    }

    fn states(world: &World) -> Vec<(String, &'static str)> {
        let word = |row: &LinkRow| row.state.and_then(OperState::word).unwrap_or("?");
        links_of(world, &NsRef::Host).iter().map(|row| (row.name.clone(), word(row))).collect()
    }

    #[test]
    fn a_bridge_has_the_carrier_of_its_ports_and_a_cable_that_of_both_ends() {
        let expected = |bridge, near| vec![("lo".into(), "DOWN"), ("br0".into(), bridge), ("near".into(), near)];
        assert_eq!(states(&world(true)), expected("UP", "UP"));
        // The far end has number 1, as lo has here, which is down.
        assert_eq!(states(&world(false)), expected("DOWN", "LOWERLAYERDOWN"));
    }

    #[test]
    fn a_far_end_elsewhere_is_known_by_number_and_namespace() {
        let rows = links_of(&world(true), &NsRef::Host);
        let near = rows.iter().find(|row| row.name == "near").unwrap();
        let lower = near.lower.as_ref().unwrap();
        assert_eq!((lower.index, near.lower_nsid, near.lower_netns.as_deref()), (1, Some(0), Some("red")));
        assert_eq!((near.master.as_deref(), near.port_kind.as_deref()), (Some("br0"), Some("bridge")));
    }
}
