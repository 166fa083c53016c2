//! Any world leads to any other.

use proptest::prelude::*;

use super::scene::{
    addr_add, addr_del, bridge, chain, down, if_name, leads, link_del, mac, master, move_to, mtu, netfilter, netns_add,
    netns_del, ns, policy_rule, policy_rule_add, policy_rule_del, rename, route, route_del, rule, sysctl, up, veth,
    vxlan,
};
use crate::{
    model::{World, apply},
    net::Cidr,
    ops::{
        AddrOp, AddressSpec, NetfilterChange, Op, Policy, RouteMode, RouteOp, RouteSpec, RouteTable, RouteType,
        RuleAction, RuleMark, RuleSelector, RuleSpec, Scope, Verdict,
    },
};

const NAMESPACES: [&str; 3] = ["host", "red", "blue"];
const LINKS: [&str; 5] = ["v0", "v1", "v2", "br0", "lo"];
const ADDRESSES: [&str; 9] = [
    "10.0.0.1/24",
    "10.0.0.2/24",
    "10.0.0.1/25",
    "10.0.1.1/24",
    "10.9.9.9/32",
    "2001:db8::1/64",
    "2001:db8::2/64",
    "2001:db8:1::1/64",
    "fe80::1/64",
];
const DESTINATIONS: [&str; 7] =
    ["default", "10.0.0.0/24", "10.0.1.0/24", "10.5.0.0/16", "10.0.0.2/32", "2001:db8:9::/48", "2001:db8::/64"];
const GATEWAYS: [&str; 7] = ["-", "-", "10.0.0.1", "10.0.0.2", "10.0.1.9", "2001:db8::2", "fe80::9"];

fn place() -> impl Strategy<Value = (&'static str, &'static str)> {
    (prop::sample::select(&NAMESPACES[..]), prop::sample::select(&LINKS[..]))
}

/// An address with all that can be said of one.
fn any_address() -> impl Strategy<Value = Op> {
    let cidr = prop::sample::select(&ADDRESSES[..]);
    let words = (
        prop::option::of(prop::sample::select(&["10.0.0.9/32", "10.0.7.0/24"][..])),
        prop::option::of(Just("x:1")),
        prop::option::of(1_u32..3),
        prop::option::of(prop::sample::select(&[Scope::LINK, Scope::HOST][..])),
        any::<bool>(),
    );
    (place(), cidr, words).prop_map(|((at, link), cidr, (peer, label, metric, scope, noprefixroute))| {
        let cidr: Cidr = cidr.parse().unwrap();
        let v4 = !cidr.is_ipv6();
        let address = AddressSpec {
            peer: peer.filter(|_| v4).map(|peer| peer.parse().unwrap()),
            label: label.filter(|_| v4).map(ToOwned::to_owned),
            scope: scope.filter(|_| v4),
            metric,
            noprefixroute,
            ..AddressSpec::new(cidr)
        };
        AddrOp::Add { ns: ns(at), link: if_name(link), address }.into()
    })
}

/// A route of another table, or one that leads nowhere.
fn any_other_route() -> impl Strategy<Value = Op> {
    let kind = prop::sample::select(&[RouteType::Unicast, RouteType::Blackhole, RouteType::Throw][..]);
    let table = prop::sample::select(&[RouteTable::MAIN, RouteTable(100)][..]);
    let rest = (prop::option::of(1_u32..3), prop::option::of(Just(1300)));
    (place(), prop::sample::select(&DESTINATIONS[1..]), kind, table, rest).prop_map(
        |((at, link), destination, kind, table, (metric, mtu))| {
            let link = (kind == RouteType::Unicast).then(|| if_name(link));
            let route = RouteSpec { kind, table, link, metric, mtu, ..RouteSpec::new(destination.parse().unwrap()) };
            RouteOp::Add { ns: ns(at), mode: RouteMode::Add, route }.into()
        },
    )
}

pub(in super::super) fn any_op() -> impl Strategy<Value = Op> {
    let name = || prop::sample::select(&LINKS[..]);
    let namespace = || prop::sample::select(&NAMESPACES[..]);
    let address = || prop::sample::select(&ADDRESSES[..]);
    let destination = || prop::sample::select(&DESTINATIONS[..]);
    let named = || prop::sample::select(&NAMESPACES[1..]);
    let mode = prop::sample::select(&[RouteMode::Add, RouteMode::Append, RouteMode::Replace][..]);
    let hop = (prop::sample::select(&GATEWAYS[..]), prop::sample::select(&["-", "v0", "v1", "br0", "lo"][..]));
    let metric = prop::sample::select(&[None, None, Some(7), Some(256)][..]);
    let key = prop::sample::select(
        &[
            "net.ipv4.ip_forward",
            "net.ipv4.conf.all.promote_secondaries",
            "net.ipv4.conf.v0.promote_secondaries",
            "net.ipv4.conf.v1.forwarding",
            "net.ipv6.conf.v0.disable_ipv6",
            "net.ipv6.conf.all.disable_ipv6",
        ][..],
    );
    prop_oneof![
        2 => named().prop_map(netns_add),
        1 => named().prop_map(netns_del),
        6 => (place(), place()).prop_map(|(near, far)| veth(near, far)),
        2 => place().prop_map(|(at, name)| bridge(at, name)),
        3 => (place(), 1_u32..3, prop::sample::select(&["-", "v0", "v1", "br0", "lo"][..]))
            .prop_map(|((at, name), id, dev)| vxlan(at, name, id, dev, 4789)),
        1 => place().prop_map(|(at, name)| link_del(at, name)),
        8 => place().prop_map(|(at, link)| up(at, link)),
        2 => place().prop_map(|(at, link)| down(at, link)),
        2 => (place(), name()).prop_map(|((at, link), to)| rename(at, link, to)),
        2 => (place(), namespace()).prop_map(|((at, link), to)| move_to(at, link, to)),
        2 => (place(), prop::sample::select(&["1200", "1400", "9000"][..])).prop_map(|((at, link), size)| mtu(at, link, size)),
        1 => place().prop_map(|(at, link)| mac(at, link, "02:00:00:00:00:01")),
        3 => (place(), prop::sample::select(&["-", "br0", "v2"][..])).prop_map(|((at, link), to)| master(at, link, to)),
        9 => (place(), address()).prop_map(|((at, link), cidr)| addr_add(at, link, cidr)),
        4 => any_address(),
        3 => (place(), address()).prop_map(|((at, link), cidr)| addr_del(at, link, cidr)),
        4 => any_other_route(),
        9 => (namespace(), mode, destination(), hop, metric)
            .prop_map(|(at, mode, to, (via, dev), metric)| route(at, mode, to, via, dev, metric)),
        2 => (namespace(), destination()).prop_map(|(at, to)| route_del(at, to)),
        3 => (namespace(), key, prop::sample::select(&["0", "1"][..]))
            .prop_map(|(at, key, value)| sysctl(at, key, value)),
    ]
}

/// Of few chains and few rules, so that they meet.
pub(in super::super) fn any_rules_op() -> impl Strategy<Value = Op> {
    let at = || prop::sample::select(&NAMESPACES[..2]);
    let place = || {
        let places =
            [("filter", "FORWARD"), ("filter", "INPUT"), ("filter", "one"), ("filter", "two"), ("nat", "POSTROUTING")];
        prop::sample::select(places.to_vec()).prop_map(|(table, name)| chain(table, name))
    };
    let verdict = prop_oneof![
        Just(Verdict::Accept),
        Just(Verdict::Drop),
        Just(Verdict::Jump("one".into())),
        Just(Verdict::Jump("two".into())),
    ];
    let from = prop::sample::select(&["10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16"][..]);
    let rule = (from, verdict).prop_map(|(from, verdict)| rule(from, verdict));
    let policy = prop::sample::select(&[Policy::Accept, Policy::Drop][..]);
    let change = prop_oneof![
        12 => (place(), prop::option::of(1_u32..4), rule)
            .prop_map(|(chain, before, rule)| NetfilterChange::AddRule { chain, before, rule }),
        4 => (place(), 1_u32..4)
            .prop_map(|(chain, number)| NetfilterChange::DelRule(RuleSelector::Number { chain, number })),
        3 => place().prop_map(|chain| NetfilterChange::AddChain { chain, base: None }),
        1 => place().prop_map(|chain| NetfilterChange::DelChain { chain }),
        1 => place().prop_map(|chain| NetfilterChange::Flush { table: chain.table, chain: Some(chain.name) }),
        1 => place().prop_map(|chain| NetfilterChange::DelTable { table: chain.table, if_there: true }),
        2 => (place(), policy).prop_map(|(chain, policy)| NetfilterChange::SetPolicy { chain, policy }),
    ];
    prop_oneof![
        1 => Just(netns_add("red")),
        1 => Just(netns_del("red")),
        20 => (at(), change).prop_map(|(at, change)| netfilter(at, change)),
    ]
}

/// Of few priorities and few words, so that they meet; routes with gateways, which are looked up by them, are apart.
pub(in super::super) fn any_policy_op() -> impl Strategy<Value = Op> {
    let at = || prop::sample::select(&NAMESPACES[..2]);
    let from = prop::sample::select(&["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "fd00::/8", "::/0"][..]);
    let priority = prop::sample::select(&[None, Some(0), Some(5), Some(5), Some(32766)][..]);
    let action = prop::sample::select(&[None, Some(RuleAction::Blackhole), Some(RuleAction::Prohibit)][..]);
    let mark = prop::sample::select(&[None, None, Some(RuleMark { value: 1, mask: 3 })][..]);
    let rest = (any::<bool>(), prop::option::of(0_u32..2), prop::option::of(Just("v0".parse().unwrap())));
    let rule = (from, 7_u32..9, priority, action, mark, rest).prop_map(
        |(from, table, priority, action, mark, (not, suppress_prefixlength, iif))| {
            let rule = policy_rule(from, table, priority);
            let from = rule.from.filter(|from| !from.is_default());
            RuleSpec { from, action: action.or(rule.action), mark, not, suppress_prefixlength, iif, ..rule }
        },
    );
    let wanted = (any::<bool>(), priority_of(), any::<bool>()).prop_map(|(ipv6, priority, blackholes)| RuleSpec {
        priority,
        action: blackholes.then_some(RuleAction::Blackhole),
        ..RuleSpec::new(ipv6)
    });
    prop_oneof![
        1 => Just(netns_add("red")),
        1 => Just(netns_del("red")),
        14 => (at(), rule).prop_map(|(at, rule)| policy_rule_add(at, rule)),
        6 => (at(), wanted).prop_map(|(at, wanted)| policy_rule_del(at, wanted)),
    ]
}

fn priority_of() -> impl Strategy<Value = Option<u32>> {
    prop::sample::select(&[None, Some(0), Some(5), Some(32766), Some(32767)][..])
}

/// What becomes of a world; what is refused is as good as not asked for.
pub(in super::super) fn grown(mut world: World, ops: &[Op]) -> World {
    for op in ops {
        let _outcome = apply(&mut world, op);
    }
    world
}

/// What any of the others makes.
pub(in super::super) fn any_of_all() -> impl Strategy<Value = Op> {
    prop_oneof![6 => any_op(), 1 => any_policy_op(), 2 => any_rules_op()]
}

proptest! {
    #[test]
    fn leads_from_any_world_to_any_other_and_back(
        shared in prop::collection::vec(any_of_all(), 0..20),
        one in prop::collection::vec(any_of_all(), 0..30),
        other in prop::collection::vec(any_of_all(), 0..30),
    ) {
        let shared = grown(World::fresh(), &shared);
        let (a, b) = (grown(shared.clone(), &one), grown(shared, &other));
        leads(&a, &b);
        leads(&b, &a);
        prop_assert!(leads(&a, &a).is_empty());
    }

    #[test]
    fn leads_from_any_policy_to_any_other_and_back(
        shared in prop::collection::vec(any_policy_op(), 0..20),
        one in prop::collection::vec(any_policy_op(), 0..15),
        other in prop::collection::vec(any_policy_op(), 0..15),
    ) {
        let shared = grown(World::fresh(), &shared);
        let (a, b) = (grown(shared.clone(), &one), grown(shared, &other));
        leads(&a, &b);
        leads(&b, &a);
        prop_assert!(leads(&a, &a).is_empty());
    }

    #[test]
    fn leads_from_any_rules_to_any_others_and_back(
        shared in prop::collection::vec(any_rules_op(), 0..30),
        one in prop::collection::vec(any_rules_op(), 0..20),
        other in prop::collection::vec(any_rules_op(), 0..20),
    ) {
        let shared = grown(World::fresh(), &shared);
        let (a, b) = (grown(shared.clone(), &one), grown(shared, &other));
        leads(&a, &b);
        leads(&b, &a);
        prop_assert!(leads(&a, &a).is_empty());
    }
}
