//! Short words for the ops of the cases.

use std::{fmt::Debug, str::FromStr};

use nns::{
    net::{Cidr, NsRef},
    ops::{
        AddrOp, AddressSelector, AddressSpec, LinkChanges, LinkKind, LinkOp, LinkSpec, NetnsOp, Op, PeerSpec,
        RouteMode, RouteOp, RouteSelector, RouteSpec, SysctlOp,
    },
};

/// A value from its text.
pub fn v<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A namespace; an empty name is the host.
pub fn ns(name: &str) -> NsRef {
    if name.is_empty() { NsRef::Host } else { NsRef::Named(v(name)) }
}

pub fn netns_add(name: &str) -> Op {
    Op::Netns(NetnsOp::Add { name: v(name) })
}

pub fn netns_del(name: &str) -> Op {
    Op::Netns(NetnsOp::Del { name: v(name) })
}

/// One end of a pair, `name`, or `name@netns`.
fn end(text: &str) -> (nns::net::IfName, Option<NsRef>) {
    match text.split_once('@') {
        Some((name, netns)) => (v(name), Some(ns(netns))),
        None => (v(text), None),
    }
}

/// A pair; each end is `name`, or `name@netns`.
pub fn veth(at: &str, near: &str, far: &str) -> Op {
    let (far, far_netns) = end(far);
    let (near, netns) = end(near);
    let peer = PeerSpec { name: Some(far), netns: far_netns, ..PeerSpec::default() };
    link_add(at, LinkSpec { netns, ..LinkSpec::new(near, LinkKind::Veth { peer }) })
}

pub fn bridge(at: &str, name: &str) -> Op {
    link_add(at, LinkSpec::new(v(name), LinkKind::Bridge))
}

pub fn link_add(at: &str, spec: LinkSpec) -> Op {
    Op::Link(LinkOp::Add { ns: ns(at), spec })
}

pub fn link_del(at: &str, link: &str) -> Op {
    Op::Link(LinkOp::Del { ns: ns(at), link: v(link) })
}

pub fn set(at: &str, link: &str, changes: LinkChanges) -> Op {
    Op::Link(LinkOp::Set { ns: ns(at), link: v(link), changes })
}

pub fn up(at: &str, link: &str) -> Op {
    set(at, link, LinkChanges { up: Some(true), ..LinkChanges::default() })
}

pub fn rename(at: &str, link: &str, name: &str) -> Op {
    set(at, link, LinkChanges { name: Some(v(name)), ..LinkChanges::default() })
}

pub fn addr(at: &str, link: &str, cidr: &str) -> Op {
    addr_add(at, link, AddressSpec::new(v(cidr)))
}

pub fn addr_add(at: &str, link: &str, address: AddressSpec) -> Op {
    Op::Addr(AddrOp::Add { ns: ns(at), link: v(link), address })
}

pub fn addr_del(at: &str, link: &str, cidr: &str) -> Op {
    Op::Addr(AddrOp::Del { ns: ns(at), link: v(link), address: v::<Cidr>(cidr).into() })
}

/// Deletes one with another end, `ADDRESS/LENGTH`; where that is empty, any with the address.
pub fn addr_del_peer(at: &str, link: &str, addr: &str, peer: &str) -> Op {
    let reached = if peer.is_empty() { None } else { Some(v(peer)) };
    Op::Addr(AddrOp::Del { ns: ns(at), link: v(link), address: AddressSelector { addr: v(addr), reached } })
}

pub fn route(at: &str, mode: RouteMode, route: RouteSpec) -> Op {
    Op::Route(RouteOp::Add { ns: ns(at), mode, route })
}

/// A route over a router.
pub fn via(destination: &str, gateway: &str) -> RouteSpec {
    RouteSpec { gateway: Some(v(gateway)), ..RouteSpec::new(v(destination)) }
}

pub fn route_del(at: &str, route: RouteSelector) -> Op {
    Op::Route(RouteOp::Del { ns: ns(at), route })
}

pub fn sysctl(at: &str, key: &str, value: &str) -> Op {
    Op::Sysctl(SysctlOp { ns: ns(at), key: v(key), value: value.into() })
}
