//! A modelled world that is what `modelled_network.txt` builds: rows made from it must be listed as the kernel lists the
//! real one, as far as the model holds it.

use nns::{
    model::{
        Address, Kind, Knowledge, Link, LinkId, Namespace, Origin, Outcome, Peer, Route, World, apply,
        query::{IpFamily, links_of, netns_of, policy_rules_of, routes_of},
    },
    net::{Cidr, Mac, Mtu, NsRef},
    ops::{RouteProtocol, RouteTable, RouteType, RuleAction, RuleMark, RuleOp, RuleSpec, Scope},
};

use crate::dump::Rows;

/// What the model says of a named namespace, or of the host.
pub fn rows_of(netns: Option<&str>) -> Rows {
    let ns = netns.map_or(NsRef::Host, |name| NsRef::Named(name.parse().unwrap()));
    let world = world();
    Rows {
        links: links_of(&world, &ns),
        routes: routes_of(&world, &ns),
        rules: policy_rules_of(&world, &ns, IpFamily::V4),
        rules_of_ipv6: policy_rules_of(&world, &ns, IpFamily::V6),
        neighbours: Vec::new(),
        namespaces: netns_of(&world),
    }
}

fn world() -> World {
    let mut world = World::fresh();
    let host = NsRef::Host;
    let red = NsRef::Named("red".parse().unwrap());
    world.insert_namespace(red.clone(), Namespace::new(Knowledge::Exact));
    world.insert_link(Link::loopback(red.clone()));
    let lo = world.find_link(&host, &"lo".parse().unwrap()).unwrap();
    world.link_mut(lo).up = true;
    let br0 = add(&mut world, &host, "br0", 2, Kind::Bridge, true);
    let near = add(&mut world, &host, "near", 3, UNPLUGGED, true);
    let cut = add(&mut world, &host, "cut", 4, UNPLUGGED, true);
    let here = add(&mut world, &host, "here", 5, UNPLUGGED, true);
    let there = add(&mut world, &host, "there", 6, UNPLUGGED, false);
    add(&mut world, &host, "lone", 9, Kind::Bridge, true);
    let far = add(&mut world, &red, "far", 7, UNPLUGGED, true);
    let off = add(&mut world, &red, "off", 8, UNPLUGGED, false);
    plug(&mut world, near, far);
    plug(&mut world, cut, off);
    plug(&mut world, here, there);
    world.link_mut(near).master = Some(br0);
    world.link_mut(here).mtu = Mtu::new(1400).unwrap();

    let broadcast = Some([10, 0, 0, 255].into());
    world.link_mut(lo).addresses.push(Address { scope: Scope::HOST, ..address("127.0.0.1/8") });
    world.link_mut(br0).addresses = vec![
        Address { broadcast, ..address("10.0.0.1/24") },
        Address { secondary: true, label: Some("br0:two".into()), ..address("10.0.0.2/24") },
    ];
    let peer = Some("10.1.0.2/32".parse().unwrap());
    world.link_mut(here).addresses = vec![Address { peer, metric: 5, ..address("10.1.0.1/32") }];
    world.link_mut(cut).addresses = vec![Address { noprefixroute: true, ..address("10.2.0.1/16") }];
    world.link_mut(far).addresses = vec![address("10.0.0.7/24")];

    world.namespace_mut(&host).unwrap().routes = vec![
        connected("10.0.0.0/24", br0, "10.0.0.1"),
        Route { metric: 5, ..connected("10.1.0.2/32", here, "10.1.0.1") },
    ];
    let gateway = Some([10, 0, 0, 77].into());
    world.namespace_mut(&red).unwrap().routes = vec![
        Route { gateway: Some([10, 0, 0, 1].into()), mtu: Some(1300), link: Some(far), ..route("0.0.0.0/0") },
        connected("10.0.0.0/24", far, "10.0.0.7"),
        Route { gateway, onlink: true, metric: 9, link: Some(far), ..route("10.9.0.0/16") },
        Route { kind: RouteType::Blackhole, ..route("10.10.0.0/16") },
    ];
    add_rules(&mut world, &red);
    world
}

/// As one asks for them.
fn add_rules(world: &mut World, ns: &NsRef) {
    let cidr = |text: &str| Some(text.parse::<Cidr>().unwrap());
    let table = |number| Some(RuleAction::Lookup(RouteTable(number)));
    let rules = [
        RuleSpec { from: cidr("10.0.0.0/8"), action: table(100), ..RuleSpec::new(false) },
        RuleSpec {
            not: true,
            to: cidr("10.1.2.3/8"),
            mark: Some(RuleMark { value: 0x10, mask: 0xff }),
            tos: 0x10,
            iif: Some("far".parse().unwrap()),
            oif: Some("gone".parse().unwrap()),
            action: table(7),
            protocol: Some(RouteProtocol::STATIC),
            ..RuleSpec::new(false)
        },
        RuleSpec { priority: Some(5), action: Some(RuleAction::Prohibit), ..RuleSpec::new(false) },
        RuleSpec { from: cidr("fd00::/8"), to: cidr("fd00:9::1/128"), action: table(100), ..RuleSpec::new(true) },
    ];
    for rule in rules {
        let op = RuleOp::Add { ns: ns.clone(), rule: Box::new(rule) };
        assert_eq!(apply(world, &op.into()), Outcome::Done);
    }
    let first = RuleSpec { priority: Some(0), ..RuleSpec::new(false) };
    let op = RuleOp::Del { ns: ns.clone(), rule: Box::new(first) };
    assert_eq!(apply(world, &op.into()), Outcome::Done);
}

const UNPLUGGED: Kind = Kind::Veth { peer: Peer::Elsewhere };

fn add(world: &mut World, ns: &NsRef, name: &str, index: u8, kind: Kind, up: bool) -> LinkId {
    world.insert_link(Link {
        ns: ns.clone(),
        name: name.parse().unwrap(),
        index: index.into(),
        kind,
        mac: Some(Mac([2, 0, 0, 0, 0, index])),
        mac_origin: Origin::Asked,
        mtu: Mtu::ETHERNET,
        mtu_origin: Origin::Kernel,
        up,
        master: None,
        addresses: Vec::new(),
    })
}

fn plug(world: &mut World, one: LinkId, other: LinkId) {
    world.link_mut(one).kind = Kind::Veth { peer: Peer::Link(other) };
    world.link_mut(other).kind = Kind::Veth { peer: Peer::Link(one) };
}

fn address(cidr: &str) -> Address {
    Address {
        cidr: cidr.parse().unwrap(),
        peer: None,
        broadcast: None,
        scope: Scope::GLOBAL,
        label: None,
        metric: 0,
        nodad: false,
        noprefixroute: false,
        secondary: false,
        origin: Origin::Asked,
    }
}

fn route(destination: &str) -> Route {
    Route {
        table: RouteTable::MAIN,
        destination: destination.parse::<Cidr>().unwrap(),
        metric: 0,
        kind: RouteType::Unicast,
        gateway: None,
        link: None,
        source: None,
        protocol: RouteProtocol::BOOT,
        scope: Scope::GLOBAL,
        onlink: false,
        mtu: None,
        opaque: Vec::new(),
    }
}

fn connected(destination: &str, link: LinkId, source: &str) -> Route {
    let source = Some(source.parse().unwrap());
    Route { link: Some(link), source, protocol: RouteProtocol::KERNEL, scope: Scope::LINK, ..route(destination) }
}
