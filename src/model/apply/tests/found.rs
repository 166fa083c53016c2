//! What random sequences of ops have found that the kernel does (`tests/model_and_kernel/`).

use expect_test::{Expect, expect};

use super::super::apply;
use crate::{
    model::{
        Outcome, World,
        diff::scene::{
            addr_add, addr_del, bridge, down, link_del, mac, master, move_to, mtu, netns_add, ns, policy_rule,
            policy_rule_add, route, route_add, route_del, sysctl, up, veth, vxlan,
        },
    },
    net::NsRef,
    ops::{AddrOp, LinkOp, Op, RouteMode, RouteOp, RouteType},
};

/// What becomes of each op, a word each.
#[expect(clippy::needless_pass_by_value, reason = "`expect![]` makes values")]
fn play(ops: &[Op], expected: Expect) -> World {
    let mut world = World::fresh();
    let told: Vec<String> = ops
        .iter()
        .map(|op| match apply(&mut world, op) {
            Outcome::Done => "done".into(),
            Outcome::Refused(refusal) => format!("{:?}", refusal.errno),
            Outcome::Unknown => "unknown".into(),
        })
        .collect();
    expected.assert_eq(&told.join(" "));
    world
}

#[test]
fn what_stays_where_it_is_can_be_moved() {
    play(
        &[bridge("host", "br0"), move_to("host", "br0", "host"), move_to("host", "lo", "host")],
        expect!["done done done"],
    );
}

#[test]
fn names_are_looked_up_before_the_kernel_is_asked() {
    play(
        &[
            bridge("host", "br0"),
            // The namespace comes before the link, what carries a vxlan before its name, and so does what is wrong in
            // itself.
            move_to("host", "v0", "red"),
            vxlan("host", "br0", 5, "v0", 4789),
        ],
        expect!["done ENOENT ENODEV"],
    );
}

#[test]
fn a_link_goes_up_before_it_gets_its_master() {
    let mut both = match master("host", "v0", "v0") {
        Op::Link(LinkOp::Set { ns, link, changes }) => (ns, link, changes),
        other => panic!("{other}"),
    };
    both.2.up = Some(true);
    let (ns, link, changes) = both;
    let world = play(
        &[veth(("host", "v0"), ("host", "v1")), LinkOp::Set { ns, link, changes }.into()],
        expect!["done EOPNOTSUPP"],
    );
    let id = world.find_link(&NsRef::Host, &"v0".parse().unwrap()).unwrap();
    assert!(world.link(id).up);
}

#[test]
fn a_link_too_small_for_a_protocol_does_not_speak_it() {
    play(
        &[
            veth(("host", "v0"), ("host", "v1")),
            mtu("host", "v0", "1279"),
            sysctl("host", "net.ipv6.conf.v0.disable_ipv6", "0"),
            addr_del("host", "v0", "fd00::1/64"),
            mtu("host", "v0", "1280"),
            sysctl("host", "net.ipv6.conf.v0.disable_ipv6", "0"),
            up("host", "lo"),
            mtu("host", "lo", "67"),
            addr_del("host", "lo", "127.0.0.1/8"),
            addr_add("host", "lo", "127.0.0.1/8"),
            route_add("host", "10.5.0.0/16", "-", "lo"),
        ],
        expect!["done done ENOENT ENXIO done done done done ENODEV ENOBUFS ENODEV"],
    );
}

#[test]
fn an_mtu_that_is_there_counts_as_the_kernels() {
    let world = play(
        &[
            bridge("host", "br0"),
            mtu("host", "br0", "1500"),
            veth(("host", "v0"), ("host", "v1")),
            mtu("host", "v0", "1400"),
            master("host", "v0", "br0"),
        ],
        expect!["done done done done done"],
    );
    let id = world.find_link(&NsRef::Host, &"br0".parse().unwrap()).unwrap();
    assert_eq!(world.link(id).mtu.bytes(), 1400);
}

#[test]
fn a_bridge_that_lost_its_ports_has_no_address() {
    play(
        &[
            bridge("host", "br0"),
            master("host", "br0", "br0"),
            vxlan("host", "x0", 5, "-", 4789),
            master("host", "x0", "br0"),
            link_del("host", "x0"),
            master("host", "br0", "br0"),
            mac("host", "br0", "02:00:00:00:00:01"),
            master("host", "br0", "br0"),
        ],
        expect!["done ELOOP done done done EINVAL done ELOOP"],
    );
}

#[test]
fn routes_of_ipv6_through_the_loopback_device_lead_nowhere() {
    play(
        &[
            route_del("host", "::/0"),
            up("host", "lo"),
            addr_add("host", "lo", "fd00::1/64"),
            route_add("host", "fd05::/64", "fd00::2", "-"),
            route_add("host", "fd05::/64", "fd00::2", "lo"),
        ],
        expect!["ENOENT done done EHOSTUNREACH EHOSTUNREACH"],
    );
}

#[test]
fn the_prefix_of_the_loopback_device_is_ones_own() {
    play(
        &[
            up("host", "lo"),
            addr_add("host", "lo", "10.0.0.1/24"),
            route("host", RouteMode::Change, "10.5.0.0/16", "10.0.0.9", "-", None),
            route_add("host", "10.5.0.0/16", "10.0.0.9", "-"),
            down("host", "lo"),
            route_add("host", "10.6.0.0/16", "10.0.0.9", "-"),
        ],
        expect!["done done ENOENT done done unknown"],
    );
}

#[test]
fn the_first_route_of_its_prefix_goes_with_an_ipv6_address() {
    let world = play(
        &[
            bridge("host", "br0"),
            up("host", "br0"),
            addr_add("host", "br0", "fd00::1/64"),
            route("host", RouteMode::Append, "fd00::/64", "-", "br0", Some(10)),
            addr_del("host", "br0", "fd00::1/64"),
        ],
        expect!["done done done done done"],
    );
    let left: Vec<u32> = world.namespace(&NsRef::Host).unwrap().routes.iter().map(|route| route.metric).collect();
    assert_eq!(left, [256]);
}

#[test]
fn ipv6_that_is_on_is_not_switched_on() {
    let world = play(
        &[
            netns_add("red"),
            up("red", "lo"),
            addr_del("red", "lo", "::1/128"),
            sysctl("red", "net.ipv6.conf.lo.disable_ipv6", "0"),
            sysctl("red", "net.ipv6.conf.all.disable_ipv6", "0"),
        ],
        expect!["done done done done done"],
    );
    let red = ns("red");
    let (_, lo) = world.links_of(&red).next().unwrap();
    assert!(lo.addresses.iter().all(|address| !address.cidr.is_ipv6()));
}

#[test]
fn a_longer_prefix_hides_that_of_the_loopback_device() {
    let with_source = |destination: &str, source: &str| {
        let Op::Route(RouteOp::Add { ns, mode, mut route }) = route_add("host", destination, "-", "br0") else {
            panic!("it is a route")
        };
        route.source = Some(source.parse().unwrap());
        RouteOp::Add { ns, mode, route }.into()
    };
    play(
        &[
            bridge("host", "br0"),
            up("host", "br0"),
            up("host", "lo"),
            addr_add("host", "lo", "10.0.0.1/16"),
            route_add("host", "10.0.0.0/24", "-", "br0"),
            with_source("10.7.0.0/24", "10.0.1.254"),
            with_source("10.8.0.0/24", "10.0.0.1"),
            with_source("10.9.0.0/24", "10.0.0.254"),
            // With a rule the local table stands alone.
            policy_rule_add("host", policy_rule("10.0.0.0/8", 100, Some(5))),
            with_source("10.9.0.0/24", "10.0.0.254"),
        ],
        expect!["done done done done done done done unknown done done"],
    );
}

#[test]
fn a_route_of_ipv6_is_deleted_whatever_its_type() {
    let Op::Route(RouteOp::Del { ns, mut route }) = route_del("host", "fd00::/64") else { panic!("it is a route") };
    route.kind = Some(RouteType::Blackhole);
    let blackhole: Op = RouteOp::Del { ns, route }.into();
    play(
        &[
            bridge("host", "br0"),
            up("host", "br0"),
            addr_add("host", "br0", "fd00::1/64"),
            blackhole.clone(),
            blackhole,
        ],
        expect!["done done done done ESRCH"],
    );
}

#[test]
fn an_address_without_a_route_keeps_that_of_another() {
    let Op::Addr(AddrOp::Add { ns, link, mut address }) = addr_add("host", "br0", "fd00::2/64") else {
        panic!("it is an address")
    };
    address.noprefixroute = true;
    let world = play(
        &[
            bridge("host", "br0"),
            up("host", "br0"),
            addr_add("host", "br0", "fd00::1/64"),
            AddrOp::Add { ns, link, address }.into(),
            addr_del("host", "br0", "fd00::1/64"),
        ],
        expect!["done done done done done"],
    );
    assert_eq!(world.namespace(&NsRef::Host).unwrap().routes.len(), 1);
}

#[test]
fn routes_of_a_link_without_addresses_outlast_its_protocol() {
    let setup = [up("host", "lo"), route_add("host", "10.5.0.0/16", "-", "lo"), mtu("host", "lo", "0")];
    assert_eq!(play(&setup, expect!["done done done"]).namespace(&NsRef::Host).unwrap().routes.len(), 0);
    let [up, route, mtu] = setup;
    let world = play(&[up, addr_del("host", "lo", "127.0.0.1/8"), route, mtu], expect!["done done done done"]);
    assert_eq!(world.namespace(&NsRef::Host).unwrap().routes.len(), 1);
}

#[test]
fn the_mtu_of_routes_of_ipv6_follows_their_link() {
    let Op::Route(RouteOp::Add { ns: host, mode, mut route }) = route_add("host", "fd05::/64", "-", "br0") else {
        panic!("it is a route")
    };
    route.mtu = Some(1300);
    let world = play(
        &[
            bridge("host", "br0"),
            up("host", "br0"),
            RouteOp::Add { ns: host, mode, route }.into(),
            mtu("host", "br0", "1280"),
            mtu("host", "br0", "1400"),
            mtu("host", "br0", "9000"),
        ],
        expect!["done done done done done done"],
    );
    assert_eq!(world.namespace(&NsRef::Host).unwrap().routes[0].mtu, Some(9000));
}

#[test]
fn a_gateway_that_two_links_have_is_that_of_the_older_address() {
    play(
        &[
            bridge("host", "br0"),
            bridge("host", "br1"),
            addr_add("host", "br1", "10.0.0.2/24"),
            up("host", "br0"),
            addr_add("host", "br0", "10.0.0.2/24"),
            route_add("host", "10.5.0.0/16", "10.0.0.2", "-"),
            route_add("host", "10.5.0.0/16", "10.0.0.2", "br1"),
        ],
        expect!["done done done done done unknown ENETDOWN"],
    );
}

#[test]
fn an_address_of_the_loopback_device_that_was_asked_for_brings_a_route() {
    let setup = [up("host", "lo"), addr_del("host", "lo", "::1/128"), addr_add("host", "lo", "::1/128")];
    let world = play(&setup, expect!["done done done"]);
    assert_eq!(world.namespace(&NsRef::Host).unwrap().routes.len(), 1);
    // The kernel's own has none.
    let [up, ..] = setup;
    let world = play(&[up.clone(), down("host", "lo"), up], expect!["done done done"]);
    assert_eq!(world.namespace(&NsRef::Host).unwrap().routes.len(), 0);
}

#[test]
fn what_no_link_can_have_is_no_address() {
    play(
        &[
            bridge("host", "br0"),
            addr_add("host", "br0", "::1/128"),
            addr_add("host", "br0", "ff02::5/64"),
            addr_add("host", "br0", "::/64"),
            mtu("host", "br0", "1279"),
            addr_add("host", "br0", "fd00::1/64"),
        ],
        expect!["done EADDRNOTAVAIL EADDRNOTAVAIL EADDRNOTAVAIL done EINVAL"],
    );
}

#[test]
fn a_gateway_that_another_link_leads_to_is_on_no_other() {
    let onlink = |destination: &str, gateway: &str| {
        let Op::Route(RouteOp::Add { ns, mode, mut route }) = route_add("host", destination, gateway, "br1") else {
            panic!("it is a route")
        };
        route.onlink = true;
        RouteOp::Add { ns, mode, route }.into()
    };
    play(
        &[
            bridge("host", "br0"),
            bridge("host", "br1"),
            up("host", "br0"),
            up("host", "br1"),
            addr_add("host", "br0", "fd00::1/64"),
            addr_add("host", "br0", "10.0.0.1/24"),
            onlink("fd05::/64", "fd00::fe"),
            onlink("fd05::/64", "fd01::fe"),
            onlink("10.5.0.0/16", "10.0.0.9"),
            // Through the loopback device nothing but its own address is reached.
            up("host", "lo"),
            addr_add("host", "lo", "fd02::1/64"),
            onlink("fd06::/64", "fd02::fe"),
        ],
        expect!["done done done done done done EINVAL done done done done done"],
    );
}
