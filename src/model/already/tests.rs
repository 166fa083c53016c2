use std::collections::BTreeSet;

use super::super::diff::scene::{
    addr_add, addr_del, after, bridge, chain, if_name, link_del, master, move_to, mtu, netns_add, netns_del, ns,
    policy_rule, policy_rule_add, policy_rule_del, route, route_add, route_del, rule, rule_add, set, sysctl, up, veth,
    vxlan,
};
use super::*;
use crate::{
    model::{Knowledge, Namespace},
    ops::{LinkChanges, LinkKind, LinkSpec, PeerSpec, RouteType, Scope, Verdict, VxlanSwitch},
};

/// A host with a switch and a cable to `red`, each with more than one attribute that somebody asked for.
fn world() -> World {
    let setup = [
        netns_add("red"),
        bridge("host", "br0"),
        cable(),
        set("host", "v", LinkChanges { address: Some("02:00:00:00:00:01".parse().unwrap()), ..Default::default() }),
        set("red", "eth0", LinkChanges { address: Some("02:00:00:00:00:02".parse().unwrap()), ..Default::default() }),
        mtu("host", "v", "1400"),
        mtu("red", "eth0", "1300"),
        master("host", "v", "br0"),
        up("host", "v"),
        up("red", "eth0"),
        addr_add("red", "eth0", "10.0.0.1/24"),
        addr_add("red", "eth0", "2001:db8::1/64"),
        route("red", RouteMode::Add, "10.9.0.0/16", "10.0.0.9", "eth0", Some(5)),
        policy_rule_add("red", policy_rule("10.0.0.0/8", 100, Some(7))),
        up("host", "br0"),
        vxlan("host", "vx", 7, "br0", 4789),
    ];
    after(&World::fresh(), &setup)
}

/// The cable's line with nothing but names and places.
fn cable() -> Op {
    veth(("host", "v"), ("red", "eth0"))
}

/// Whether each op is so already in that world.
fn check(world: &World, so: &[Op], not: &[Op]) {
    for op in so {
        assert!(already(world, op), "{op}");
        assert_eq!(unlike(world, op), None, "{op}");
    }
    for op in not {
        assert!(!already(world, op), "{op}");
    }
}

fn told(world: &World, op: impl Into<Op>) -> String {
    let op = op.into();
    let Some(Unlike { found, remedy }) = unlike(world, &op) else { return format!("{op}\n  no such thing\n") };
    assert!(!already(world, &op), "{op}");
    let after = remedy.iter().fold(world.clone(), |mut world, op| {
        assert_eq!(apply(&mut world, op), Outcome::Done, "{op}");
        world
    });
    let is_so = already(&after, &op) || apply(&mut after.clone(), &op) == Outcome::Done;
    assert!(is_so, "what is to be typed makes no difference to {op}");
    let remedy: Vec<String> = remedy.iter().map(Op::to_string).collect();
    format!("{op}\n  {}\n  > {}\n", found.join(", "), remedy.join("; "))
}

/// The cable's own line, changed.
fn cable_but(change: impl FnOnce(&mut LinkSpec)) -> Op {
    let address = |text: &str| Some(text.parse().unwrap());
    let peer = PeerSpec {
        name: Some(if_name("eth0")),
        netns: Some(ns("red")),
        address: address("02:00:00:00:00:02"),
        mtu: Some("1300".parse().unwrap()),
    };
    let mut spec = LinkSpec {
        address: address("02:00:00:00:00:01"),
        mtu: Some("1400".parse().unwrap()),
        master: Some(if_name("br0")),
        up: true,
        ..LinkSpec::new(if_name("v"), LinkKind::Veth { peer })
    };
    change(&mut spec);
    LinkOp::Add { ns: ns("host"), spec }.into()
}

fn peer_but(change: impl FnOnce(&mut PeerSpec)) -> Op {
    cable_but(|spec| match &mut spec.kind {
        LinkKind::Veth { peer } => change(peer),
        LinkKind::Bridge | LinkKind::Vxlan(_) => {}
    })
}

fn address_but(change: impl FnOnce(&mut AddressSpec)) -> Op {
    let mut address = AddressSpec::new("10.0.0.1/24".parse().unwrap());
    change(&mut address);
    AddrOp::Add { ns: ns("red"), link: if_name("eth0"), address }.into()
}

fn route_but(mode: RouteMode, change: impl FnOnce(&mut RouteSpec)) -> Op {
    let mut route = RouteSpec {
        gateway: Some([10, 0, 0, 9].into()),
        metric: Some(5),
        ..RouteSpec::new("10.9.0.0/16".parse().unwrap())
    };
    change(&mut route);
    RouteOp::Add { ns: ns("red"), mode, route }.into()
}

#[test]
fn namespaces() {
    let world = world();
    check(&world, &[netns_add("red"), netns_del("blue")], &[netns_add("blue"), netns_del("red")]);
}

#[test]
fn a_name_for_a_process_is_there_if_it_means_the_same_namespace() {
    let mut world = world();
    let attach = |name: &str, pid| Op::Netns(NetnsOp::Attach { name: name.parse().unwrap(), pid });
    check(&world, &[], &[attach("red", 7), attach("blue", 7)]);
    let process = |same_as| Namespace { same_as, ..Namespace::new(Knowledge::Exact) };
    world.insert_namespace(NsRef::Process(7), process(Some(ns("red"))));
    world.insert_namespace(NsRef::Process(8), process(None));
    check(&world, &[attach("red", 7)], &[attach("red", 8), attach("blue", 7)]);
}

#[test]
fn a_cable_with_all_that_is_named() {
    let so = [
        cable(),
        cable_but(|_| {}),
        cable_but(|spec| spec.mtu = None),
        cable_but(|spec| spec.up = false),
        peer_but(|peer| peer.name = None),
    ];
    let not = [
        cable_but(|spec| spec.name = Some(if_name("w"))),
        cable_but(|spec| spec.name = None),
        cable_but(|spec| spec.netns = Some(ns("red"))),
        cable_but(|spec| spec.netns = Some(ns("blue"))),
        LinkOp::Add { ns: ns("blue"), spec: LinkSpec::new(if_name("v"), LinkKind::Bridge) }.into(),
    ];
    check(&world(), &so, &not);
}

#[test]
fn a_cable_with_something_else() {
    let mut world = world();
    let mac = || Some("02:00:00:00:00:09".parse().unwrap());
    let mtu = || Some("1500".parse().unwrap());
    let mut text = String::new();
    for op in [
        cable_but(|spec| spec.mtu = mtu()),
        cable_but(|spec| spec.address = mac()),
        cable_but(|spec| {
            spec.kind = LinkKind::Bridge;
            spec.master = None;
        }),
        peer_but(|peer| peer.name = Some(if_name("eth1"))),
        peer_but(|peer| peer.netns = None),
        peer_but(|peer| peer.mtu = mtu()),
        peer_but(|peer| peer.address = mac()),
    ] {
        text += &told(&world, op);
    }
    world = after(&world, &[bridge("host", "br1"), master("host", "v", "br1")]);
    text += &told(&world, cable_but(|_| {}));
    let down = LinkChanges { up: Some(false), ..LinkChanges::default() };
    world = after(&world, &[master("host", "v", "-"), set("host", "v", down)]);
    text += &told(&world, cable_but(|spec| spec.mtu = mtu()));
    expect_test::expect![[r#"
        ip link add name v address 02:00:00:00:00:01 mtu 1500 master br0 up type veth peer name eth0 netns red address 02:00:00:00:00:02 mtu 1300
          its mtu is 1400
          > ip link set dev v mtu 1500
        ip link add name v address 02:00:00:00:00:09 mtu 1400 master br0 up type veth peer name eth0 netns red address 02:00:00:00:00:02 mtu 1300
          its hardware address is 02:00:00:00:00:01
          > ip link set dev v address 02:00:00:00:00:09
        ip link add name v address 02:00:00:00:00:01 mtu 1400 up type bridge
          its type is veth
          > ip link del dev v
        ip link add name v address 02:00:00:00:00:01 mtu 1400 master br0 up type veth peer name eth1 netns red address 02:00:00:00:00:02 mtu 1300
          its other end is `eth0` in namespace `red`
          > ip link del dev v
        ip link add name v address 02:00:00:00:00:01 mtu 1400 master br0 up type veth peer name eth0 address 02:00:00:00:00:02 mtu 1300
          its other end is `eth0` in namespace `red`
          > ip link del dev v
        ip link add name v address 02:00:00:00:00:01 mtu 1400 master br0 up type veth peer name eth0 netns red address 02:00:00:00:00:02 mtu 1500
          its other end's mtu is 1300
          > ip -n red link set dev eth0 mtu 1500
        ip link add name v address 02:00:00:00:00:01 mtu 1400 master br0 up type veth peer name eth0 netns red address 02:00:00:00:00:09 mtu 1300
          its other end's hardware address is 02:00:00:00:00:02
          > ip -n red link set dev eth0 address 02:00:00:00:00:09
        ip link add name v address 02:00:00:00:00:01 mtu 1400 master br0 up type veth peer name eth0 netns red address 02:00:00:00:00:02 mtu 1300
          its master is `br1`
          > ip link set dev v master br0
        ip link add name v address 02:00:00:00:00:01 mtu 1500 master br0 up type veth peer name eth0 netns red address 02:00:00:00:00:02 mtu 1300
          its mtu is 1400, it has no master, it is down
          > ip link set dev v mtu 1500 master br0 up
    "#]].assert_eq(&text);
}

#[test]
fn a_bridge_goes_by_its_ports() {
    let mut spec = LinkSpec::new(if_name("br0"), LinkKind::Bridge);
    spec.mtu = Some("9000".parse().unwrap());
    let op = Op::from(LinkOp::Add { ns: ns("host"), spec });
    check(&world(), std::slice::from_ref(&op), &[]);
    check(&after(&world(), &[master("host", "v", "-")]), &[], std::slice::from_ref(&op));
    check(&after(&world(), &[mtu("host", "br0", "1300")]), &[], &[op]);
}

#[test]
fn what_cannot_be_seen_of_a_link_is_not_so() {
    let mut world = world();
    let far = world.find_link(&ns("red"), &if_name("eth0")).unwrap();
    world.remove_link(far);
    check(&world, &[], &[cable()]);
    expect_test::expect!["its other end is out of sight"]
        .assert_eq(&unlike(&world, &cable()).unwrap().found.join(", "));
}

#[test]
fn an_overlay_with_the_same_settings_on_the_same_link() {
    let world =
        after(&world(), &[netns_add("blue"), vxlan("blue", "loose", 9, "-", 4789), move_to("blue", "loose", "red")]);
    let born = |op: Op| match op {
        Op::Link(LinkOp::Add { ns: from, spec }) => {
            Op::Link(LinkOp::Add { ns: from, spec: LinkSpec { netns: Some(ns("red")), ..spec } })
        }
        other => other,
    };
    let loose = |from: &str| born(vxlan(from, "loose", 9, "-", 4789));
    let mut with_mtu = vxlan("host", "vx", 7, "br0", 4789);
    if let Op::Link(LinkOp::Add { spec, .. }) = &mut with_mtu {
        spec.mtu = Some("9000".parse().unwrap());
    }
    let so = [vxlan("host", "vx", 7, "br0", 4789), with_mtu, loose("blue")];
    check(&world, &so, &[loose("host"), vxlan("blue", "loose", 9, "-", 4789)]);
    let mut quiet = vxlan("host", "vx", 7, "br0", 4789);
    if let Op::Link(LinkOp::Add { spec: LinkSpec { kind: LinkKind::Vxlan(vxlan), .. }, .. }) = &mut quiet {
        vxlan.settings.switches = BTreeSet::from([VxlanSwitch::UdpCsum]);
    }
    let mut text = told(&world, quiet);
    for op in [vxlan("host", "vx", 8, "br0", 4789), vxlan("host", "vx", 7, "-", 4789), loose("red")] {
        text += &told(&world, op);
    }
    expect_test::expect![[r#"
        ip link add name vx type vxlan id 7 remote 10.0.0.2 dev br0 dstport 4789 nolearning
          it is a vxlan with `id 7 remote 10.0.0.2 dev br0 dstport 4789`
          > ip link del dev vx
        ip link add name vx type vxlan id 8 remote 10.0.0.2 dev br0 dstport 4789
          it is a vxlan with `id 7 remote 10.0.0.2 dev br0 dstport 4789`
          > ip link del dev vx
        ip link add name vx type vxlan id 7 remote 10.0.0.2 dstport 4789
          it is a vxlan with `id 7 remote 10.0.0.2 dev br0 dstport 4789`
          > ip link del dev vx
        ip -n red link add name loose netns red type vxlan id 9 remote 10.0.0.2 dstport 4789
          it sends in namespace `blue`
          > ip -n red link del dev loose
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_link_that_is_to_go() {
    check(&world(), &[link_del("host", "w")], &[link_del("host", "v"), link_del("blue", "v")]);
}

#[test]
fn an_address_with_all_that_is_named() {
    let so = [
        addr_add("red", "eth0", "10.0.0.1/24"),
        addr_add("red", "eth0", "2001:db8::1/64"),
        address_but(|address| address.label = Some("eth0".into())),
        address_but(|address| address.scope = Some(Scope::GLOBAL)),
        address_but(|address| address.metric = Some(0)),
        addr_del("red", "eth0", "10.0.0.2/24"),
        addr_del("red", "eth0", "10.0.0.1/25"),
    ];
    let not = [
        addr_add("red", "eth0", "10.0.0.2/24"),
        addr_add("red", "eth0", "10.0.0.1/25"),
        addr_add("red", "lo", "10.0.0.1/24"),
        addr_add("red", "eth1", "10.0.0.1/24"),
        addr_add("blue", "eth0", "10.0.0.1/24"),
        addr_del("red", "eth0", "10.0.0.1/24"),
        addr_del("red", "eth1", "10.0.0.2/24"),
        addr_del("blue", "eth0", "10.0.0.2/24"),
    ];
    check(&world(), &so, &not);
}

#[test]
fn an_address_with_something_else() {
    let world = world();
    let mut text = String::new();
    for op in [
        address_but(|address| address.broadcast = Some([10, 0, 0, 255].into())),
        address_but(|address| address.scope = Some(Scope::LINK)),
        address_but(|address| address.label = Some("eth0:1".into())),
        address_but(|address| address.metric = Some(9)),
        address_but(|address| address.noprefixroute = true),
        addr_add("red", "eth0", "2001:db8::1/128"),
        address_but(|address| address.peer = Some("10.0.0.7/24".parse().unwrap())),
    ] {
        text += &told(&world, op);
    }
    let mut nodad = addr_add("red", "eth0", "2001:db8::1/64");
    if let Op::Addr(AddrOp::Add { address, .. }) = &mut nodad {
        address.nodad = true;
    }
    text += &told(&world, nodad);
    expect_test::expect![[r#"
        ip -n red addr add 10.0.0.1/24 broadcast 10.0.0.255 dev eth0
          it has no broadcast address
          > ip -n red addr del 10.0.0.1/24 dev eth0
        ip -n red addr add 10.0.0.1/24 scope link dev eth0
          its scope is global
          > ip -n red addr del 10.0.0.1/24 dev eth0
        ip -n red addr add 10.0.0.1/24 dev eth0 label eth0:1
          its label is `eth0`
          > ip -n red addr del 10.0.0.1/24 dev eth0
        ip -n red addr add 10.0.0.1/24 metric 9 dev eth0
          its metric is 0
          > ip -n red addr del 10.0.0.1/24 dev eth0
        ip -n red addr add 10.0.0.1/24 noprefixroute dev eth0
          it has a connected route (no `noprefixroute`)
          > ip -n red addr del 10.0.0.1/24 dev eth0
        ip -n red addr add 2001:db8::1/128 dev eth0
          its prefix length is 64
          > ip -n red addr del 2001:db8::1/64 dev eth0
        ip -n red addr add 10.0.0.1 peer 10.0.0.7/24 dev eth0
          it has no other end
          > ip -n red addr del 10.0.0.1/24 dev eth0
        ip -n red addr add 2001:db8::1/64 nodad dev eth0
          it is looked for on the link before it is used (no `nodad`)
          > ip -n red addr del 2001:db8::1/64 dev eth0
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_route_with_all_that_is_named() {
    let all = [RouteMode::Add, RouteMode::Append, RouteMode::Replace, RouteMode::Change];
    let mut so: Vec<Op> = all.into_iter().map(|mode| route_but(mode, |_| {})).collect();
    so.push(route_but(RouteMode::Add, |route| route.link = Some(if_name("eth0"))));
    so.push(route_but(RouteMode::Add, |route| route.scope = Some(Scope::GLOBAL)));
    // That of the address, which the kernel made.
    so.push(route_add("red", "10.0.0.0/24", "-", "eth0"));
    so.push(route_del("red", "10.8.0.0/16"));
    let not = [
        route_but(RouteMode::Add, |route| route.metric = Some(6)),
        route_but(RouteMode::Add, |route| route.metric = None),
        route_but(RouteMode::Add, |route| route.table = RouteTable(9)),
        route_but(RouteMode::Add, |route| route.destination = "10.8.0.0/16".parse().unwrap()),
        route_but(RouteMode::Replace, |route| route.mtu = Some(1000)),
        route_but(RouteMode::Append, |route| route.mtu = Some(1000)),
        route_add("blue", "10.9.0.0/16", "10.0.0.9", "-"),
        route_del("red", "10.9.0.0/16"),
        route_del("blue", "10.8.0.0/16"),
    ];
    check(&world(), &so, &not);
}

#[test]
fn a_route_is_replaced_where_it_is_not_the_first() {
    let append = route_but(RouteMode::Append, |route| route.mtu = Some(1000));
    let world = after(&world(), std::slice::from_ref(&append));
    let replace = route_but(RouteMode::Replace, |route| route.mtu = Some(1000));
    check(&world, &[append], &[replace]);
}

#[test]
fn a_route_with_something_else() {
    let world = world();
    let mut text = String::new();
    for op in [
        route_but(RouteMode::Add, |route| route.gateway = Some([10, 0, 0, 8].into())),
        route_but(RouteMode::Add, |route| {
            route.kind = RouteType::Blackhole;
            route.gateway = None;
        }),
        route_but(RouteMode::Add, |route| route.source = Some([10, 0, 0, 1].into())),
        route_but(RouteMode::Add, |route| route.protocol = RouteProtocol::STATIC),
        route_but(RouteMode::Add, |route| route.mtu = Some(1000)),
        route_but(RouteMode::Add, |route| {
            route.onlink = true;
            route.link = Some(if_name("eth0"));
        }),
        route_but(RouteMode::Add, |route| {
            route.gateway = None;
            route.link = Some(if_name("eth0"));
            route.scope = Some(Scope::LINK);
        }),
    ] {
        text += &told(&world, op);
    }
    expect_test::expect![[r#"
        ip -n red route add 10.9.0.0/16 via 10.0.0.8 metric 5
          its gateway is 10.0.0.9
          > ip -n red route replace 10.9.0.0/16 via 10.0.0.8 metric 5
        ip -n red route add blackhole 10.9.0.0/16 metric 5
          its type is unicast, its gateway is 10.0.0.9
          > ip -n red route replace blackhole 10.9.0.0/16 metric 5
        ip -n red route add 10.9.0.0/16 via 10.0.0.9 src 10.0.0.1 metric 5
          it has no source
          > ip -n red route replace 10.9.0.0/16 via 10.0.0.9 src 10.0.0.1 metric 5
        ip -n red route add 10.9.0.0/16 via 10.0.0.9 metric 5 proto static
          its protocol is boot
          > ip -n red route replace 10.9.0.0/16 via 10.0.0.9 metric 5 proto static
        ip -n red route add 10.9.0.0/16 via 10.0.0.9 metric 5 mtu 1000
          it has no mtu
          > ip -n red route replace 10.9.0.0/16 via 10.0.0.9 metric 5 mtu 1000
        ip -n red route add 10.9.0.0/16 via 10.0.0.9 dev eth0 metric 5 onlink
          its gateway is not taken as reachable (no `onlink`)
          > ip -n red route replace 10.9.0.0/16 via 10.0.0.9 dev eth0 metric 5 onlink
        ip -n red route add 10.9.0.0/16 dev eth0 metric 5 scope link
          its gateway is 10.0.0.9, its scope is global
          > ip -n red route replace 10.9.0.0/16 dev eth0 metric 5 scope link
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_policy_rule() {
    let but = |change: fn(&mut RuleSpec)| {
        let mut rule = policy_rule("10.0.0.0/8", 100, Some(7));
        change(&mut rule);
        rule
    };
    let so = [
        policy_rule_add("red", but(|_| {})),
        policy_rule_add("red", but(|rule| rule.priority = None)),
        policy_rule_add("red", RuleSpec::new(false)),
        policy_rule_del("red", but(|rule| rule.priority = Some(8))),
    ];
    let not = [
        policy_rule_add("red", but(|rule| rule.priority = Some(8))),
        policy_rule_add("red", but(|rule| rule.not = true)),
        policy_rule_add("red", but(|rule| rule.from = None)),
        policy_rule_add("red", but(|rule| rule.oif = Some(if_name("eth0")))),
        policy_rule_add("red", but(|rule| rule.action = Some(RuleAction::Blackhole))),
        policy_rule_add("red", but(|rule| rule.protocol = Some(RouteProtocol::STATIC))),
        policy_rule_add("blue", but(|_| {})),
        policy_rule_del("red", but(|_| {})),
        policy_rule_del("blue", but(|_| {})),
    ];
    check(&world(), &so, &not);
}

#[test]
fn what_can_be_made_as_often_as_one_likes_is_never_so() {
    let filter = rule_add("host", chain("filter", "FORWARD"), None, rule("10.0.0.0/8", Verdict::Accept));
    let ops = [up("host", "v"), sysctl("host", "net.ipv4.ip_forward", "1"), filter];
    let world = after(&world(), &ops);
    check(&world, &[], &ops);
}

#[test]
fn what_was_just_made_is_so() {
    let setup = [
        netns_add("red"),
        veth(("host", "a"), ("red", "b")),
        up("host", "a"),
        addr_add("host", "a", "10.0.0.1/24"),
        route_add("host", "default", "10.0.0.2", "-"),
        policy_rule_add("host", policy_rule("10.0.0.0/8", 100, None)),
    ];
    let world = after(&World::fresh(), &setup);
    for op in setup {
        let is_set = matches!(op, Op::Link(LinkOp::Set { .. }));
        assert_eq!(already(&world, &op), !is_set, "{op}");
    }
}
