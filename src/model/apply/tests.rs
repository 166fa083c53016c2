//! What the kernel does along with what it was asked for. The case files compare the same with a real kernel.

mod found;

use nix::errno::Errno;

use super::apply;
use crate::{
    model::{LinkId, Outcome, World},
    net::{Cidr, IfName, NsName, NsRef},
    ops::{
        AddrOp, AddressSpec, LinkChanges, LinkKind, LinkOp, LinkSpec, Master, NetnsOp, Op, PeerSpec, RouteMode,
        RouteOp, RouteSpec, SysctlOp,
    },
};

fn name(name: &str) -> IfName {
    name.parse().unwrap()
}

fn red() -> NsRef {
    NsRef::Named("red".parse().unwrap())
}

fn done(world: &mut World, op: impl Into<Op>) {
    let op = op.into();
    assert_eq!(apply(world, &op), Outcome::Done, "{op}");
}

fn errno(world: &mut World, op: impl Into<Op>) -> Errno {
    match apply(world, &op.into()) {
        Outcome::Refused(refusal) => refusal.errno,
        other => panic!("{other:?}"),
    }
}

fn netns_add(ns: &str) -> Op {
    Op::Netns(NetnsOp::Add { name: ns.parse::<NsName>().unwrap() })
}

fn veth(near: &str, far: &str) -> LinkOp {
    let peer = PeerSpec { name: Some(name(far)), ..PeerSpec::default() };
    LinkOp::Add { ns: NsRef::Host, spec: LinkSpec::new(name(near), LinkKind::Veth { peer }) }
}

fn bridge(bridge: &str) -> LinkOp {
    LinkOp::Add { ns: NsRef::Host, spec: LinkSpec::new(name(bridge), LinkKind::Bridge) }
}

fn set(link: &str, changes: LinkChanges) -> LinkOp {
    LinkOp::Set { ns: NsRef::Host, link: name(link), changes }
}

fn up(up: bool) -> LinkChanges {
    LinkChanges { up: Some(up), ..LinkChanges::default() }
}

fn addr(link: &str, cidr: &str) -> AddrOp {
    AddrOp::Add { ns: NsRef::Host, link: name(link), address: AddressSpec::new(cidr.parse().unwrap()) }
}

fn addr_del(link: &str, cidr: &str) -> AddrOp {
    AddrOp::Del { ns: NsRef::Host, link: name(link), address: cidr.parse::<Cidr>().unwrap().into() }
}

fn via(destination: &str, gateway: &str) -> RouteOp {
    let route =
        RouteSpec { gateway: Some(gateway.parse().unwrap()), ..RouteSpec::new(destination.parse::<Cidr>().unwrap()) };
    RouteOp::Add { ns: NsRef::Host, mode: RouteMode::Add, route }
}

fn addresses(world: &World, link: &str) -> Vec<String> {
    let id = find(world, link);
    world.link(id).addresses.iter().map(|address| address.cidr.to_string()).collect()
}

fn routes(world: &World) -> Vec<String> {
    world.namespace(&NsRef::Host).unwrap().routes.iter().map(|route| route.destination.to_string()).collect()
}

fn find(world: &World, link: &str) -> LinkId {
    world.find_link(&NsRef::Host, &name(link)).unwrap()
}

#[test]
fn a_moved_link_arrives_down_and_bare_and_its_peer_stays() {
    let mut world = World::fresh();
    done(&mut world, netns_add("red"));
    done(&mut world, veth("a", "b"));
    done(&mut world, addr("a", "10.0.0.1/24"));
    done(&mut world, set("a", up(true)));
    assert_eq!(routes(&world), ["10.0.0.0/24"]);
    done(&mut world, set("a", LinkChanges { netns: Some(red()), name: Some(name("eth0")), ..LinkChanges::default() }));
    let moved = world.link(world.find_link(&red(), &name("eth0")).unwrap());
    assert!(!moved.up && moved.addresses.is_empty());
    assert!(routes(&world).is_empty());
    done(&mut world, Op::Netns(NetnsOp::Del { name: "red".parse().unwrap() }));
    assert_eq!(world.find_link(&NsRef::Host, &name("b")), None, "the peer goes with the namespace");
}

#[test]
fn a_downed_link_loses_static_routes_and_ipv6_addresses_for_good() {
    let mut world = World::fresh();
    done(&mut world, veth("a", "b"));
    done(&mut world, set("a", up(true)));
    done(&mut world, addr("a", "10.0.0.1/24"));
    done(&mut world, addr("a", "2001:db8::1/64"));
    done(&mut world, via("10.9.0.0/16", "10.0.0.2"));
    assert_eq!(routes(&world), ["10.0.0.0/24", "10.9.0.0/16", "2001:db8::/64"]);
    done(&mut world, set("a", up(false)));
    done(&mut world, set("a", up(true)));
    assert_eq!(addresses(&world, "a"), ["10.0.0.1/24"]);
    assert_eq!(routes(&world), ["10.0.0.0/24"]);
}

#[test]
fn a_gateway_needs_a_connected_route_and_a_link_that_is_up() {
    let mut world = World::fresh();
    done(&mut world, veth("a", "b"));
    done(&mut world, addr("a", "10.0.0.1/24"));
    assert_eq!(errno(&mut world, via("0.0.0.0/0", "10.0.0.2")), Errno::ENETUNREACH);
    done(&mut world, set("a", up(true)));
    assert_eq!(errno(&mut world, via("0.0.0.0/0", "10.0.1.2")), Errno::ENETUNREACH);
    done(&mut world, via("0.0.0.0/0", "10.0.0.2"));
    assert_eq!(errno(&mut world, via("0.0.0.0/0", "10.0.0.3")), Errno::EEXIST);
}

#[test]
fn names_and_addresses_are_taken_once() {
    let mut world = World::fresh();
    done(&mut world, veth("a", "b"));
    assert_eq!(errno(&mut world, veth("c", "b")), Errno::EEXIST);
    assert_eq!(errno(&mut world, veth("d", "d")), Errno::EEXIST);
    assert_eq!(world.links().count(), 3, "a refused pair leaves no half behind");
    done(&mut world, addr("a", "10.0.0.1/24"));
    assert_eq!(errno(&mut world, addr("a", "10.0.0.1/24")), Errno::EEXIST);
    done(&mut world, addr("a", "10.0.0.1/16"));
    assert_eq!(errno(&mut world, addr_del("a", "10.0.0.9/24")), Errno::EADDRNOTAVAIL);
    done(&mut world, netns_add("red"));
    assert_eq!(errno(&mut world, netns_add("red")), Errno::EEXIST);
}

#[test]
fn a_bridge_follows_the_mtu_of_its_ports_until_told_otherwise() {
    let mut world = World::fresh();
    done(&mut world, bridge("br0"));
    done(&mut world, veth("a", "b"));
    let mtu = |bytes: &str| LinkChanges { mtu: Some(bytes.parse().unwrap()), ..LinkChanges::default() };
    let join = LinkChanges { master: Some(Master::Is(name("br0"))), ..LinkChanges::default() };
    done(&mut world, set("a", mtu("1400")));
    done(&mut world, set("a", join));
    assert_eq!(world.link(find(&world, "br0")).mtu.bytes(), 1400);
    done(&mut world, set("br0", mtu("1300")));
    done(&mut world, set("a", mtu("1350")));
    assert_eq!(world.link(find(&world, "br0")).mtu.bytes(), 1300);
    assert_eq!(errno(&mut world, set("a", mtu("67"))), Errno::EINVAL);
}

#[test]
fn with_the_last_address_go_the_routes_of_the_link() {
    let mut world = World::fresh();
    done(&mut world, veth("a", "b"));
    done(&mut world, set("a", up(true)));
    done(&mut world, addr("a", "10.0.0.1/24"));
    done(&mut world, addr("a", "10.1.0.1/24"));
    done(&mut world, via("10.9.0.0/16", "10.0.0.2"));
    done(&mut world, addr_del("a", "10.0.0.1/24"));
    assert_eq!(routes(&world), ["10.1.0.0/24", "10.9.0.0/16"], "a static route outlives the connected one");
    done(&mut world, addr_del("a", "10.1.0.1/24"));
    assert!(routes(&world).is_empty());
}

#[test]
fn a_loopback_device_too_small_for_ipv6_goes_up_without() {
    let mut world = World::fresh();
    done(&mut world, set("lo", LinkChanges { mtu: Some("1200".parse().unwrap()), ..LinkChanges::default() }));
    done(&mut world, set("lo", up(true)));
    assert_eq!(addresses(&world, "lo"), ["127.0.0.1/8"]);
}

#[test]
fn an_ipv6_route_stands_behind_one_of_the_same_metric_through_another_link() {
    let mut world = World::fresh();
    done(&mut world, veth("v0", "v1"));
    let through = |link: &str, mode: RouteMode| {
        let route = RouteSpec { link: Some(name(link)), ..RouteSpec::new("2001:db8::/64".parse().unwrap()) };
        RouteOp::Add { ns: NsRef::Host, mode, route }
    };
    done(&mut world, set("v0", up(true)));
    done(&mut world, set("v1", up(true)));
    done(&mut world, through("v0", RouteMode::Add));
    done(&mut world, through("v1", RouteMode::Append));
    assert_eq!(routes(&world), ["2001:db8::/64", "2001:db8::/64"]);
    assert_eq!(errno(&mut world, through("v1", RouteMode::Append)), Errno::EEXIST);
}

#[test]
fn the_loopback_device_has_its_own_addresses_beside_others() {
    let mut world = World::fresh();
    done(&mut world, addr("lo", "10.0.0.1/24"));
    done(&mut world, set("lo", up(true)));
    assert_eq!(addresses(&world, "lo"), ["127.0.0.1/8", "10.0.0.1/24", "::1/128"]);
}

#[test]
fn links_to_come_inherit_that_ipv6_is_off_and_the_loopback_device_gets_its_address_back() {
    let mut world = World::fresh();
    let switch = |of: &str, value: &str| SysctlOp {
        ns: NsRef::Host,
        key: format!("net.ipv6.conf.{of}.disable_ipv6").parse().unwrap(),
        value: value.into(),
    };
    done(&mut world, set("lo", up(true)));
    done(&mut world, switch("all", "1"));
    done(&mut world, veth("v0", "v1"));
    assert_eq!(addresses(&world, "lo"), ["127.0.0.1/8"]);
    assert_eq!(errno(&mut world, addr("v0", "2001:db8::1/64")), Errno::EACCES);
    done(&mut world, switch("all", "0"));
    assert_eq!(addresses(&world, "lo"), ["127.0.0.1/8", "::1/128"]);
    done(&mut world, addr("v0", "2001:db8::1/64"));
}

#[test]
fn an_ipv6_route_needs_a_link_that_has_ipv6() {
    let mut world = World::fresh();
    done(&mut world, veth("v0", "v1"));
    done(&mut world, set("v0", up(true)));
    done(&mut world, set("v0", LinkChanges { mtu: Some("1200".parse().unwrap()), ..LinkChanges::default() }));
    let route = RouteSpec { link: Some(name("v0")), ..RouteSpec::new("2001:db8::/64".parse().unwrap()) };
    assert_eq!(errno(&mut world, RouteOp::Add { ns: NsRef::Host, mode: RouteMode::Add, route }), Errno::ENODEV);
}
