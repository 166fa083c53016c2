//! Worlds for tests, built with few words.

use super::super::{Outcome, World, apply, diff, differences};
use crate::{
    net::{Cidr, IfName, NsRef},
    ops::{
        AddrOp, AddressSpec, ChainRef, Criterion, Dialect, Family, LinkChanges, LinkKind, LinkOp, LinkSpec, Master,
        Match, NetfilterChange, NetfilterOp, NetnsOp, Op, PeerSpec, PlainRule, RouteMode, RouteOp, RouteSelector,
        RouteSpec, RouteTable, Rule, RuleAction, RuleOp, RuleSpec, SysctlOp, TableRef, Verdict, VxlanSettings,
        VxlanSpec,
    },
};

/// The host or a named namespace.
pub fn ns(name: &str) -> NsRef {
    if name == "host" { NsRef::Host } else { NsRef::Named(name.parse().unwrap()) }
}

pub fn if_name(name: &str) -> IfName {
    name.parse().unwrap()
}

pub fn netns_add(name: &str) -> Op {
    NetnsOp::Add { name: name.parse().unwrap() }.into()
}

pub fn netns_del(name: &str) -> Op {
    NetnsOp::Del { name: name.parse().unwrap() }.into()
}

/// A cable between `(namespace, name)` and `(namespace, name)`.
pub fn veth(near: (&str, &str), far: (&str, &str)) -> Op {
    let peer = PeerSpec { name: Some(if_name(far.1)), netns: Some(ns(far.0)), ..PeerSpec::default() };
    LinkOp::Add { ns: ns(near.0), spec: LinkSpec::new(if_name(near.1), LinkKind::Veth { peer }) }.into()
}

pub fn bridge(at: &str, name: &str) -> Op {
    LinkOp::Add { ns: ns(at), spec: LinkSpec::new(if_name(name), LinkKind::Bridge) }.into()
}

/// `-` is no link under it.
pub fn vxlan(at: &str, name: &str, id: u32, dev: &str, port: u16) -> Op {
    let settings = VxlanSettings { id, port, remote: Some([10, 0, 0, 2].into()), ..VxlanSettings::default() };
    let spec = VxlanSpec { dev: Some(dev).filter(|&dev| dev != "-").map(if_name), settings };
    LinkOp::Add { ns: ns(at), spec: LinkSpec::new(if_name(name), LinkKind::Vxlan(Box::new(spec))) }.into()
}

pub fn link_del(at: &str, name: &str) -> Op {
    LinkOp::Del { ns: ns(at), link: if_name(name) }.into()
}

pub fn set(at: &str, link: &str, changes: LinkChanges) -> Op {
    LinkOp::Set { ns: ns(at), link: if_name(link), changes }.into()
}

pub fn up(at: &str, link: &str) -> Op {
    set(at, link, LinkChanges { up: Some(true), ..LinkChanges::default() })
}

pub fn down(at: &str, link: &str) -> Op {
    set(at, link, LinkChanges { up: Some(false), ..LinkChanges::default() })
}

pub fn rename(at: &str, link: &str, name: &str) -> Op {
    set(at, link, LinkChanges { name: Some(if_name(name)), ..LinkChanges::default() })
}

pub fn move_to(at: &str, link: &str, target: &str) -> Op {
    set(at, link, LinkChanges { netns: Some(ns(target)), ..LinkChanges::default() })
}

pub fn mtu(at: &str, link: &str, mtu: &str) -> Op {
    set(at, link, LinkChanges { mtu: Some(mtu.parse().unwrap()), ..LinkChanges::default() })
}

pub fn mac(at: &str, link: &str, mac: &str) -> Op {
    set(at, link, LinkChanges { address: Some(mac.parse().unwrap()), ..LinkChanges::default() })
}

/// `-` is no master.
pub fn master(at: &str, link: &str, master: &str) -> Op {
    let master = if master == "-" { Master::None } else { Master::Is(if_name(master)) };
    set(at, link, LinkChanges { master: Some(master), ..LinkChanges::default() })
}

pub fn addr_add(at: &str, link: &str, cidr: &str) -> Op {
    AddrOp::Add { ns: ns(at), link: if_name(link), address: AddressSpec::new(cidr.parse().unwrap()) }.into()
}

pub fn addr_del(at: &str, link: &str, cidr: &str) -> Op {
    AddrOp::Del { ns: ns(at), link: if_name(link), address: cidr.parse::<Cidr>().unwrap().into() }.into()
}

/// `-` is no gateway and no link.
pub fn route(at: &str, mode: RouteMode, destination: &str, gateway: &str, link: &str, metric: Option<u32>) -> Op {
    let route = RouteSpec {
        gateway: gateway.parse().ok(),
        link: Some(link).filter(|&link| link != "-").map(if_name),
        metric,
        ..RouteSpec::new(cidr(destination))
    };
    RouteOp::Add { ns: ns(at), mode, route }.into()
}

pub fn route_add(at: &str, destination: &str, gateway: &str, link: &str) -> Op {
    route(at, RouteMode::Add, destination, gateway, link, None)
}

pub fn route_del(at: &str, destination: &str) -> Op {
    RouteOp::Del { ns: ns(at), route: RouteSelector::new(cidr(destination)) }.into()
}

/// Also `default`.
fn cidr(text: &str) -> Cidr {
    if text == "default" { Cidr::any_v4() } else { text.parse().unwrap() }
}

pub fn sysctl(at: &str, key: &str, value: &str) -> Op {
    SysctlOp { ns: ns(at), key: key.parse().unwrap(), value: value.into() }.into()
}

/// `nat POSTROUTING` of iptables.
pub fn chain(table: &str, name: &str) -> ChainRef {
    TableRef::new(Family::Ip, table).chain(name)
}

/// A rule of iptables for packets from there.
pub fn rule(from: &str, verdict: Verdict) -> Rule {
    let matches = vec![Match::is(Criterion::Source(cidr(from)))];
    Rule::Plain(PlainRule { dialect: Dialect::Iptables, matches, verdict: Some(verdict), comment: None })
}

/// A policy rule for packets from there.
pub fn policy_rule(from: &str, table: u32, priority: Option<u32>) -> RuleSpec {
    let from = cidr(from);
    let action = Some(RuleAction::Lookup(RouteTable(table)));
    RuleSpec { from: Some(from), priority, action, ..RuleSpec::new(from.is_ipv6()) }
}

pub fn policy_rule_add(at: &str, rule: RuleSpec) -> Op {
    RuleOp::Add { ns: ns(at), rule: Box::new(rule) }.into()
}

pub fn policy_rule_del(at: &str, rule: RuleSpec) -> Op {
    RuleOp::Del { ns: ns(at), rule: Box::new(rule) }.into()
}

pub fn netfilter(at: &str, change: NetfilterChange) -> Op {
    NetfilterOp { ns: ns(at), change }.into()
}

pub fn rule_add(at: &str, chain: ChainRef, before: Option<u32>, rule: Rule) -> Op {
    netfilter(at, NetfilterChange::AddRule { chain, before, rule })
}

/// What the ops make of a world; none may be refused.
pub fn after(world: &World, ops: &[Op]) -> World {
    let mut world = world.clone();
    for op in ops {
        assert_eq!(apply(&mut world, op), Outcome::Done, "{op}");
    }
    world
}

/// The plan that takes `ops` back from a world made of `setup`, one op a line; it must do so, and the plan the other way
/// must lead there again.
pub fn undo(setup: &[Op], ops: &[Op]) -> String {
    let before = after(&World::fresh(), setup);
    let changed = after(&before, ops);
    leads(&before, &changed);
    let plan = leads(&changed, &before);
    plan.iter().map(|op| format!("{op}\n")).collect()
}

/// The plan from one world to another, which must be carried out without a refusal and leave no difference.
pub fn leads(from: &World, to: &World) -> Vec<Op> {
    let plan = diff(from, to);
    let reached = after(from, &plan);
    assert_eq!(differences(&reached, to), Vec::<String>::new(), "{plan:#?}");
    plan
}
