//! Every op has the effect of the command that it prints as.

use std::net::IpAddr;

use libtest_mimic::Failed;
use nns::{
    backend::{Backend, KernelBackend},
    net::{Cidr, Mac, Mtu},
    ops::{
        AddressSpec, LinkChanges, LinkKind, LinkSpec, Master, Op, PeerSpec, RouteMode, RouteProtocol, RouteSelector,
        RouteSpec, RouteTable, RouteType, Scope, VxlanFragments, VxlanSettings, VxlanSpec, VxlanSwitch, VxlanTtl,
    },
};

use crate::{
    build::{
        addr, addr_add, addr_del, addr_del_peer, bridge, link_add, link_del, netns_add, netns_del, ns, route,
        route_del, set, sysctl, v, veth, via,
    },
    observe,
};

/// What is there before, and an op.
pub struct Scenario {
    pub name: &'static str,
    setup: &'static str,
    pub op: fn() -> Op,
}

/// By whom the op is carried out.
pub const WAYS: [&str; 2] = ["nns", "ip"];

/// A wire from `v` to `w` in `red`, up, with addresses.
const WIRE: &str = "ip netns add red; ip link add name v type veth peer name w netns red; ip link set dev v up; \
     ip -n red link set dev w up; ip addr add 10.0.0.1/24 dev v; ip addr add fd00::1/64 dev v nodad; \
     ip -n red link set dev lo up; ip -n red addr add 10.0.0.2/24 dev w; ip -n red addr add fd00::2/64 dev w nodad";

/// One address with several other ends, on one link.
const POINT_TO_POINT: &str = "ip link add name v type veth peer name w; ip link set dev v up; ip link set dev w up; \
     ip addr add 10.9.0.1/24 dev v; ip addr add 10.9.0.1 peer 10.9.0.2 dev v; \
     ip addr add 10.9.0.1 peer 10.9.0.5/30 dev v; ip addr add 10.9.0.1/32 dev v";

/// A pair in the host, down, and a bridge.
const PARTS: &str = "ip netns add red; ip link add name v type veth peer name w; ip link add name br type bridge";

/// `WIRE` with a default route and some more.
const ROUTES: &str = "ip netns add red; ip link add name v type veth peer name w; ip link set dev v up; \
     ip link set dev w up; ip addr add 10.0.0.1/24 dev v; ip addr add fd00::1/64 dev v nodad; \
     ip route add default via 10.0.0.2; ip route add 10.7.0.0/16 via 10.0.0.3 metric 5; \
     ip route add 10.7.0.0/16 via 10.0.0.4 metric 6; ip route add 10.8.0.0/16 dev v table 1000; \
     ip -6 route add default via fd00::2; ip -6 route add fd07::/64 via fd00::3; ip route add blackhole 10.9.0.0/16";

/// `PARTS` with a vxlan.
const VXLAN: &str = "ip netns add red; ip link add name v type veth peer name w; \
     ip link add x type vxlan id 42 dev v remote 10.0.0.2 dstport 4789";

/// What a vxlan is in the scenarios.
fn overlay() -> VxlanSettings {
    VxlanSettings { id: 42, port: 4789, ..VxlanSettings::default() }
}

fn vxlan(dev: Option<&str>, settings: VxlanSettings) -> Op {
    let spec = VxlanSpec { dev: dev.map(v), settings };
    link_add("", LinkSpec::new(v("x"), LinkKind::Vxlan(Box::new(spec))))
}

fn ip_address(address: &str) -> Option<IpAddr> {
    Some(v(address))
}

fn mac() -> Mac {
    v("02:00:00:00:00:01")
}

fn mtu(bytes: u32) -> Option<Mtu> {
    Mtu::new(bytes).ok()
}

fn change() -> LinkChanges {
    LinkChanges::default()
}

fn to(destination: &str) -> RouteSpec {
    RouteSpec::new(v(destination))
}

/// One at least for each field of each op.
pub const SCENARIOS: &[Scenario] = &[
    Scenario { name: "netns_add", setup: "ip netns add blue", op: || netns_add("red") },
    Scenario { name: "netns_del", setup: "ip netns add blue; ip netns add red", op: || netns_del("red") },
    Scenario { name: "link_add_veth", setup: "", op: || veth("", "v", "w") },
    Scenario { name: "link_add_veth_far_away", setup: "ip netns add red", op: || veth("", "v", "w@red") },
    Scenario {
        name: "link_add_veth_both_away",
        setup: "ip netns add red; ip netns add blue",
        op: || veth("", "v@blue", "w@red"),
    },
    Scenario { name: "link_add_veth_inside", setup: "ip netns add red", op: || veth("red", "v", "w") },
    Scenario {
        name: "link_add_veth_with_everything",
        setup: "ip link add name br type bridge; ip netns add red",
        op: || {
            let peer = PeerSpec {
                name: Some(v("w")),
                netns: Some(ns("red")),
                address: Some(v("02:00:00:00:00:02")),
                mtu: mtu(1400),
            };
            link_add(
                "",
                LinkSpec {
                    address: Some(mac()),
                    mtu: mtu(1300),
                    master: Some(v("br")),
                    up: true,
                    ..LinkSpec::new(v("v"), LinkKind::Veth { peer })
                },
            )
        },
    },
    Scenario {
        name: "link_add_veth_unnamed",
        setup: "",
        op: || {
            let kind = LinkKind::Veth { peer: PeerSpec::default() };
            link_add("", LinkSpec { name: None, ..LinkSpec::new(v("unused"), kind) })
        },
    },
    Scenario { name: "link_add_bridge", setup: "", op: || bridge("", "br") },
    Scenario {
        name: "link_add_vxlan",
        setup: PARTS,
        op: || vxlan(Some("v"), VxlanSettings { remote: ip_address("10.0.0.2"), ..overlay() }),
    },
    Scenario {
        name: "link_add_vxlan_of_ipv6",
        setup: PARTS,
        op: || {
            let (remote, local) = (ip_address("fd00::2"), ip_address("fd00::1"));
            vxlan(Some("v"), VxlanSettings { remote, local, flow_label: 5, ..overlay() })
        },
    },
    Scenario {
        name: "link_add_vxlan_with_everything",
        setup: PARTS,
        op: || {
            let settings = VxlanSettings {
                id: 9,
                remote: ip_address("239.1.1.1"),
                local: ip_address("10.0.0.1"),
                source_ports: (1000, 2000),
                port: 4790,
                ttl: VxlanTtl::Inherit,
                tos: 1,
                fragments: VxlanFragments::Set,
                flow_label: 0,
                ageing: 100,
                limit: 20,
                switches: VxlanSwitch::ALL
                    .iter()
                    .copied()
                    .filter(|switch| !switch.by_itself() && *switch != VxlanSwitch::External)
                    .collect(),
            };
            vxlan(Some("v"), settings)
        },
    },
    Scenario {
        name: "link_add_vxlan_external",
        setup: PARTS,
        op: || {
            let switches = [VxlanSwitch::External, VxlanSwitch::UdpCsum].into();
            vxlan(None, VxlanSettings { id: 0, ttl: VxlanTtl::Number(9), switches, ..overlay() })
        },
    },
    Scenario {
        name: "link_set_vxlan_netns",
        setup: VXLAN,
        op: || set("", "x", LinkChanges { netns: Some(ns("red")), ..change() }),
    },
    Scenario {
        name: "link_set_vxlan_up",
        setup: VXLAN,
        op: || set("", "x", LinkChanges { up: Some(true), ..change() }),
    },
    Scenario {
        name: "link_set_vxlan_mtu",
        setup: VXLAN,
        op: || set("", "x", LinkChanges { mtu: mtu(1400), address: Some(mac()), ..change() }),
    },
    Scenario { name: "link_del_under_vxlan", setup: VXLAN, op: || link_del("", "w") },
    Scenario {
        name: "link_add_bridge_up_with_a_strange_name",
        setup: "ip netns add red",
        op: || link_add("red", LinkSpec { up: true, mtu: mtu(1400), ..LinkSpec::new(v("a{b};"), LinkKind::Bridge) }),
    },
    Scenario { name: "link_del", setup: PARTS, op: || link_del("", "w") },
    Scenario { name: "link_set_up", setup: PARTS, op: || set("", "v", LinkChanges { up: Some(true), ..change() }) },
    Scenario {
        name: "link_set_down",
        setup: WIRE,
        op: || set("red", "w", LinkChanges { up: Some(false), ..change() }),
    },
    Scenario {
        name: "link_set_master",
        setup: PARTS,
        op: || set("", "v", LinkChanges { master: Some(Master::Is(v("br"))), up: Some(true), ..change() }),
    },
    Scenario {
        name: "link_set_nomaster",
        setup: "ip link add name br type bridge; ip link add name v type veth; ip link set dev v master br",
        op: || set("", "v", LinkChanges { master: Some(Master::None), ..change() }),
    },
    Scenario {
        name: "link_set_address_mtu_name",
        setup: PARTS,
        op: || set("", "v", LinkChanges { address: Some(mac()), mtu: mtu(1400), name: Some(v("vv")), ..change() }),
    },
    Scenario {
        name: "link_set_netns_name_up",
        setup: WIRE,
        op: || {
            let changes = LinkChanges { netns: Some(ns("red")), name: Some(v("eth0")), up: Some(true), ..change() };
            set("", "v", changes)
        },
    },
    Scenario { name: "addr_add", setup: PARTS, op: || addr("", "v", "192.168.15.1/24") },
    Scenario { name: "addr_add_ipv6", setup: WIRE, op: || addr("red", "w", "fd01::1/64") },
    Scenario { name: "addr_add_loopback", setup: "", op: || addr("", "lo", "127.0.0.9/8") },
    Scenario { name: "addr_add_host", setup: PARTS, op: || addr("", "v", "10.1.2.3/32") },
    Scenario {
        name: "addr_add_with_everything",
        setup: PARTS,
        op: || {
            let address = AddressSpec {
                broadcast: Some(v("10.1.2.255")),
                scope: Some(Scope::LINK),
                label: Some("v:1".into()),
                metric: Some(77),
                noprefixroute: true,
                ..AddressSpec::new(v("10.1.2.3/24"))
            };
            addr_add("", "v", address)
        },
    },
    Scenario {
        name: "addr_add_peer",
        setup: WIRE,
        op: || addr_add("", "v", AddressSpec { peer: Some(v("10.5.0.2/30")), ..AddressSpec::new(v("10.5.0.1/32")) }),
    },
    Scenario {
        name: "addr_add_ipv6_flags",
        setup: WIRE,
        op: || {
            let address =
                AddressSpec { nodad: true, noprefixroute: true, metric: Some(5), ..AddressSpec::new(v("fd01::1/64")) };
            addr_add("", "v", address)
        },
    },
    Scenario { name: "addr_del", setup: WIRE, op: || addr_del("", "v", "10.0.0.1/24") },
    Scenario { name: "addr_del_ipv6", setup: WIRE, op: || addr_del("red", "w", "fd00::2/64") },
    Scenario { name: "addr_del_peer", setup: POINT_TO_POINT, op: || addr_del_peer("", "v", "10.9.0.1", "10.9.0.2/32") },
    Scenario {
        name: "addr_del_peer_network",
        setup: POINT_TO_POINT,
        op: || addr_del_peer("", "v", "10.9.0.1", "10.9.0.6/30"),
    },
    Scenario { name: "addr_del_any", setup: POINT_TO_POINT, op: || addr_del_peer("", "v", "10.9.0.1", "") },
    Scenario { name: "addr_del_whole", setup: POINT_TO_POINT, op: || addr_del("", "v", "10.9.0.1/32") },
    Scenario {
        name: "route_add_default",
        setup: WIRE,
        op: || route("red", RouteMode::Add, via("0.0.0.0/0", "10.0.0.1")),
    },
    Scenario {
        name: "route_add_default_ipv6",
        setup: WIRE,
        op: || route("red", RouteMode::Add, via("::/0", "fd00::1")),
    },
    Scenario {
        name: "route_add_dev",
        setup: WIRE,
        op: || route("", RouteMode::Add, RouteSpec { link: Some(v("v")), ..to("10.7.0.0/16") }),
    },
    Scenario {
        name: "route_add_dev_ipv6",
        setup: WIRE,
        op: || route("", RouteMode::Add, RouteSpec { link: Some(v("v")), metric: Some(9), ..to("fd07::/64") }),
    },
    Scenario {
        name: "route_add_with_everything",
        setup: WIRE,
        op: || {
            let spec = RouteSpec {
                link: Some(v("v")),
                source: Some(v("10.0.0.1")),
                metric: Some(100),
                table: RouteTable(1000),
                protocol: RouteProtocol::STATIC,
                scope: Some(Scope::SITE),
                onlink: true,
                mtu: Some(1400),
                ..via("10.7.0.0/16", "172.16.0.1")
            };
            route("", RouteMode::Add, spec)
        },
    },
    Scenario {
        name: "route_add_types",
        setup: WIRE,
        op: || route("", RouteMode::Add, RouteSpec { kind: RouteType::Unreachable, ..to("10.7.0.0/16") }),
    },
    Scenario {
        name: "route_add_local",
        setup: WIRE,
        op: || {
            let spec =
                RouteSpec { kind: RouteType::Local, link: Some(v("lo")), table: RouteTable(100), ..to("10.7.0.0/16") };
            route("red", RouteMode::Add, spec)
        },
    },
    Scenario {
        name: "route_add_local_in_main",
        setup: WIRE,
        op: || {
            let spec = RouteSpec { kind: RouteType::Local, link: Some(v("lo")), ..to("0.0.0.0/0") };
            route("red", RouteMode::Add, spec)
        },
    },
    Scenario {
        name: "route_del_broadcast",
        setup: "ip link set dev lo up; ip route add broadcast 10.9.9.9 dev lo table main",
        op: || {
            let selector = RouteSelector { kind: Some(RouteType::Broadcast), ..RouteSelector::new(v("10.9.9.9/32")) };
            route_del("", selector)
        },
    },
    Scenario {
        name: "route_add_prohibit_ipv6",
        setup: WIRE,
        op: || route("", RouteMode::Add, RouteSpec { kind: RouteType::Prohibit, ..to("fd07::/64") }),
    },
    Scenario {
        name: "route_append",
        setup: ROUTES,
        op: || route("", RouteMode::Append, via("10.7.0.0/16", "10.0.0.9")),
    },
    Scenario {
        name: "route_append_ipv6",
        setup: ROUTES,
        op: || route("", RouteMode::Append, via("fd07::/64", "fd00::9")),
    },
    Scenario {
        name: "route_replace",
        setup: ROUTES,
        op: || route("", RouteMode::Replace, via("0.0.0.0/0", "10.0.0.9")),
    },
    Scenario {
        name: "route_replace_new",
        setup: ROUTES,
        op: || route("", RouteMode::Replace, via("10.6.0.0/16", "10.0.0.9")),
    },
    Scenario {
        name: "route_change",
        setup: ROUTES,
        op: || route("", RouteMode::Change, RouteSpec { metric: Some(6), ..via("10.7.0.0/16", "10.0.0.9") }),
    },
    Scenario { name: "route_change_ipv6", setup: ROUTES, op: || route("", RouteMode::Change, via("::/0", "fd00::9")) },
    Scenario { name: "route_del_first", setup: ROUTES, op: || route_del("", RouteSelector::new(v("10.7.0.0/16"))) },
    Scenario { name: "route_del_default", setup: ROUTES, op: || route_del("", RouteSelector::new(Cidr::any_v4())) },
    Scenario { name: "route_del_ipv6", setup: ROUTES, op: || route_del("", RouteSelector::new(Cidr::any_v6())) },
    Scenario {
        name: "route_del_type",
        setup: ROUTES,
        op: || {
            route_del("", RouteSelector { kind: Some(RouteType::Blackhole), ..RouteSelector::new(v("10.9.0.0/16")) })
        },
    },
    Scenario {
        name: "route_del_that_one",
        setup: ROUTES,
        op: || {
            let selector = RouteSelector {
                gateway: Some(v("10.0.0.4")),
                link: Some(v("v")),
                metric: Some(6),
                protocol: Some(RouteProtocol::BOOT),
                scope: Some(Scope::GLOBAL),
                ..RouteSelector::new(v("10.7.0.0/16"))
            };
            route_del("", selector)
        },
    },
    Scenario {
        name: "route_del_table",
        setup: ROUTES,
        op: || route_del("", RouteSelector { table: RouteTable(1000), ..RouteSelector::new(v("10.8.0.0/16")) }),
    },
    Scenario { name: "sysctl", setup: "ip netns add red", op: || sysctl("red", "net.ipv4.ip_forward", "1") },
    Scenario { name: "sysctl_host", setup: "ip netns add red", op: || sysctl("", "net.ipv6.conf.all.forwarding", "1") },
];

impl Scenario {
    /// The name of the case that does it in one of the ways.
    pub fn case(&self, way: &str) -> String {
        format!("{way}/{}", self.name)
    }

    /// Makes what is there before.
    pub fn prepare(&self) {
        if !self.setup.is_empty() {
            observe::sh(&format!("set -e; {}", self.setup));
        }
    }
}

/// Does what the case says and gives the world that comes of it.
pub fn run(case: &str) -> Option<String> {
    let (way, name) = case.split_once('/').filter(|(way, _)| WAYS.contains(way))?;
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name)?;
    scenario.prepare();
    let op = (scenario.op)();
    if way == "ip" {
        observe::sh(&op.to_string());
    } else {
        let results = KernelBackend::new().unwrap().apply(std::slice::from_ref(&op));
        assert_eq!(results, [Ok(())], "{op}");
    }
    Some(serde_json::to_string_pretty(&observe::world()).unwrap())
}

/// Fails with the first line that differs.
pub fn compare(scenario: &Scenario, ours: &str, theirs: &str) -> Result<(), Failed> {
    match ours.lines().zip(theirs.lines()).find(|(ours, theirs)| ours != theirs) {
        None if ours.len() == theirs.len() => Ok(()),
        None => Err("one world has more than the other".into()),
        Some((ours, theirs)) => Err(format!("`{}`\n  ours:   {ours}\n  theirs: {theirs}", (scenario.op)()).into()),
    }
}
