//! What the comparison with the real tool (`tests/listings`) showed to be right, for machines that may not run it.

use expect_test::expect;

use super::{render_addresses, render_links, render_neighbours, render_netns, render_routes};
use crate::{
    commands::IpOptions,
    model::query::{
        AddressFilter, AddressFlags, AddressRow, IpFamily, KindOption, Lifetimes, LinkDetails, LinkFilter, LinkFlags,
        LinkRow, LowerLink, NeighbourAges, NeighbourFilter, NeighbourRow, NeighbourState, NetnsRow, NextHop, OperState,
        OptionValue, RouteFilter, RouteFlags, RouteMetric, RouteRow, Statistics,
    },
    net::Mac,
    ops::{RouteProtocol, RouteTable},
};

fn json() -> IpOptions {
    IpOptions { json: true, ..IpOptions::default() }
}

fn carrier() -> LinkFlags {
    LinkFlags::UP.with(LinkFlags::RUNNING).with(LinkFlags::LOWER_UP)
}

fn port() -> LinkRow {
    LinkRow {
        index: 4,
        name: "veth-red-br".into(),
        altnames: vec!["to-red".into()],
        alias: Some("red's".into()),
        flags: carrier().with(LinkFlags::BROADCAST).with(LinkFlags::MULTICAST),
        lower: Some(LowerLink { index: 2, name: Some("br0".into()), up: Some(false), far_end: None }),
        lower_nsid: Some(0),
        lower_netns: Some("red".into()),
        mtu: Some(1500),
        qdisc: Some("noqueue".into()),
        master: Some("br0".into()),
        state: Some(OperState::UP),
        mode: Some(0),
        group: Some(0),
        txqlen: Some(1000),
        link_type: 1,
        address: Some(vec![2, 0, 0, 0, 0x0b, 1]),
        broadcast: Some(vec![0xff; 6]),
        kind: Some("veth".into()),
        port_kind: Some("bridge".into()),
        port_options: Some(vec![
            KindOption { name: "state", value: OptionValue::Word("forwarding".into()) },
            KindOption { name: "hairpin", value: OptionValue::Switch(false) },
            KindOption { name: "port_id", value: OptionValue::Bits(0x8001) },
            KindOption {
                name: "designated_root",
                value: OptionValue::Bridge { priority: 0x8000, mac: Mac([2, 0, 0, 0, 0, 1]) },
            },
            KindOption { name: "hold_timer", value: OptionValue::Timer(107) },
            KindOption { name: "group_fwd_mask", value: OptionValue::Bits(0x4008) },
        ]),
        details: LinkDetails { promiscuity: Some(1), addr_gen_mode: Some(0), ..LinkDetails::default() },
        statistics: Some(Statistics { rx_bytes: 1_234, rx_packets: 12_345_678, multicast: 3, ..Statistics::default() }),
        carrier_changes: Some(2),
        ..LinkRow::default()
    }
}

fn address(local: &str, prefix_len: u8, label: Option<&str>) -> AddressRow {
    AddressRow {
        label: label.map(Into::into),
        lifetimes: Some(Lifetimes { valid: Lifetimes::FOREVER, preferred: Lifetimes::FOREVER }),
        ..AddressRow::new(local.parse().unwrap(), prefix_len)
    }
}

/// A link with an address of each family.
fn bridge() -> LinkRow {
    let broadcast = Some([192, 168, 15, 255].into());
    let dynamic = AddressFlags::TENTATIVE.with(AddressFlags::DADFAILED);
    let lifetimes = Some(Lifetimes { valid: 300, preferred: 200 });
    LinkRow {
        index: 2,
        name: "br0".into(),
        flags: LinkFlags::UP.with(LinkFlags::BROADCAST),
        mtu: Some(1500),
        qdisc: Some("noqueue".into()),
        state: Some(OperState::DOWN),
        group: Some(7),
        link_type: 1,
        address: Some(vec![2, 0, 0, 0, 0, 1]),
        broadcast: Some(vec![0xff; 6]),
        addresses: vec![
            AddressRow { broadcast, ..address("192.168.15.5", 24, Some("br0")) },
            AddressRow { flags: dynamic, lifetimes, metric: Some(9), ..address("fd00:15::5", 64, None) },
        ],
        ..LinkRow::default()
    }
}

fn links(options: &IpOptions) -> String {
    render_links(&[port()], &LinkFilter::default(), options)
}

#[test]
fn a_link_as_text() {
    expect![[r"
        4: veth-red-br@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP mode DEFAULT group default qlen 1000
            link/ether 02:00:00:00:0b:01 brd ff:ff:ff:ff:ff:ff link-netns red
            alias red's
            altname to-red
    "]]
    .assert_eq(&links(&IpOptions::default()));
    expect![[r#"
        veth-red-br@if2  UP             02:00:00:00:0b:01 <BROADCAST,MULTICAST,UP,LOWER_UP> 
    "#]]
    .assert_eq(&links(&IpOptions { brief: true, ..IpOptions::default() }));
    expect![[r#"
        4: veth-red-br@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP mode DEFAULT group default qlen 1000\    link/ether 02:00:00:00:0b:01 brd ff:ff:ff:ff:ff:ff link-netns red\    alias red's\    altname to-red
    "#]].assert_eq(&links(&IpOptions { oneline: true, ..IpOptions::default() }));
}

#[test]
fn a_link_with_details_and_counters() {
    expect![[r#"
        4: veth-red-br@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP mode DEFAULT group default qlen 1000
            link/ether 02:00:00:00:0b:01 brd ff:ff:ff:ff:ff:ff link-netns red promiscuity 1 
            veth 
            bridge_slave state forwarding hairpin off port_id 0x8001 designated_root 8000.2:0:0:0:0:1 hold_timer    1.07 group_fwd_mask 0x4008 group_fwd_mask_str 0x8,lldp addrgenmode eui64 
            alias red's
            RX:  bytes  packets errors dropped  missed   mcast           
                  1234 12345678      0       0       0       3 
            RX errors:   length    crc   frame    fifo overrun
                              0      0       0       0       0 
            TX:  bytes  packets errors dropped carrier collsns           
                     0        0      0       0       0       0 
            TX errors:  aborted   fifo  window heartbt transns
                              0      0       0       0       2 
            altname to-red
    "#]].assert_eq(&links(&IpOptions { details: true, statistics: 2, ..IpOptions::default() }));
    expect![[r#"
        [{"ifindex":4,"link_index":2,"ifname":"veth-red-br","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"qdisc":"noqueue","master":"br0","operstate":"UP","linkmode":"DEFAULT","group":"default","txqlen":1000,"link_type":"ether","address":"02:00:00:00:0b:01","broadcast":"ff:ff:ff:ff:ff:ff","link_netnsid":0,"promiscuity":1,"linkinfo":{"info_kind":"veth","info_slave_kind":"bridge","info_slave_data":{"state":"forwarding","hairpin":false,"id":"0x8001","root_id":"8000.2:0:0:0:0:1","hold_timer":1.07,"group_fwd_mask":"0x4008","group_fwd_mask_str":"0x8,lldp"}},"inet6_addr_gen_mode":"eui64","ifalias":"red's","altnames":["to-red"]}]
    "#]].assert_eq(&links(&IpOptions { details: true, ..json() }));
}

#[test]
fn a_link_that_is_filtered_while_printing_leaves_an_object_in_json() {
    let filter = LinkFilter { up: true, ..LinkFilter::default() };
    let down = LinkRow { flags: LinkFlags::default(), ..port() };
    assert_eq!(render_links(std::slice::from_ref(&down), &filter, &IpOptions::default()), "");
    assert_eq!(render_links(&[down], &filter, &json()), "[{}]\n");
}

#[test]
fn addresses() {
    let show = |filter: &AddressFilter, options: &IpOptions| render_addresses(&[bridge()], filter, options);
    expect![[r#"
        2: br0: <NO-CARRIER,BROADCAST,UP> mtu 1500 qdisc noqueue state DOWN group 7 
            link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
            inet 192.168.15.5/24 brd 192.168.15.255 scope global br0
               valid_lft forever preferred_lft forever
            inet6 fd00:15::5/64 metric 9 scope global dadfailed tentative dynamic 
               valid_lft 300sec preferred_lft 200sec
    "#]]
    .assert_eq(&show(&AddressFilter::default(), &IpOptions::default()));
    expect![[r#"
        2: br0    inet 192.168.15.5/24 brd 192.168.15.255 scope global br0\       valid_lft forever preferred_lft forever
        2: br0    inet6 fd00:15::5/64 metric 9 scope global dadfailed tentative dynamic \       valid_lft 300sec preferred_lft 200sec
    "#]].assert_eq(&show(&AddressFilter::default(), &IpOptions { oneline: true, ..IpOptions::default() }));
    let ipv6 = AddressFilter { family: Some(IpFamily::V6), ..AddressFilter::default() };
    expect![[r#"
        [ {
                "ifindex": 2,
                "ifname": "br0",
                "flags": [ "NO-CARRIER","BROADCAST","UP" ],
                "mtu": 1500,
                "operstate": "DOWN",
                "addr_info": [ {
                        "family": "inet6",
                        "local": "fd00:15::5",
                        "prefixlen": 64,
                        "metric": 9,
                        "scope": "global",
                        "dadfailed": true,
                        "tentative": true,
                        "dynamic": true,
                        "valid_life_time": 300,
                        "preferred_life_time": 200
                    } ]
            } ]
    "#]]
    .assert_eq(&show(&ipv6, &IpOptions { pretty: true, ..json() }));
}

#[test]
fn routes() {
    let route = RouteRow {
        gateway: Some([192, 168, 15, 5].into()),
        link: Some("veth-red".into()),
        metrics: Some(vec![RouteMetric::Number { kind: RouteMetric::MTU, value: 1300 }]),
        locked_metrics: 1 << RouteMetric::MTU,
        ..RouteRow::new(IpFamily::V4)
    };
    let hop = NextHop {
        gateway: None,
        via: Some("fe80::1".parse().unwrap()),
        link: "br0".into(),
        weight: 2,
        realms: Some(5),
        flags: RouteFlags::ONLINK,
    };
    let several = RouteRow {
        destination: Some([10, 0, 0, 0].into()),
        destination_len: 8,
        gateway: None,
        link: None,
        metrics: None,
        table: RouteTable(100),
        protocol: RouteProtocol(186),
        nexthops: vec![hop],
        ..route.clone()
    };
    let rows = [route, several];
    let all = RouteFilter { table: None, ..RouteFilter::default() };
    expect![[r#"
        default via 192.168.15.5 dev veth-red mtu lock 1300 
    "#]]
    .assert_eq(&render_routes(&rows, &RouteFilter::default(), &IpOptions::default()));
    expect![[r#"
        unicast default via 192.168.15.5 dev veth-red table main proto boot scope global mtu lock 1300 
        unicast 10.0.0.0/8 table 100 proto bgp scope global 
        	nexthop via inet6 fe80::1 realm 5 dev br0 weight 2 onlink 
    "#]]
    .assert_eq(&render_routes(&rows, &all, &IpOptions { details: true, ..IpOptions::default() }));
    expect![[r#"
        [{"dst":"default","gateway":"192.168.15.5","dev":"veth-red","flags":[],"metrics":[{"mtu":1300}]},{"dst":"10.0.0.0/8","table":"100","protocol":"bgp","flags":[],"nexthops":[{"via":{"family":"inet6","host":"fe80::1"},"flow":{"to":"5"},"dev":"br0","weight":2,"flags":["onlink"]}]}]
    "#]].assert_eq(&render_routes(&rows, &all, &json()));
}

#[test]
fn neighbours() {
    let row = NeighbourRow {
        address: Some([192, 168, 15, 5].into()),
        link: Some("veth-red".into()),
        hardware_address: Some(vec![2, 0, 0, 0, 0, 1]),
        router: true,
        ages: Some(NeighbourAges { confirmed: 100, used: 250, updated: 399, references: 1 }),
        probes: Some(3),
        ..NeighbourRow::new(NeighbourState::STALE)
    };
    let rows = [row];
    let all = NeighbourFilter::default();
    expect![[r#"
        192.168.15.5 dev veth-red lladdr 02:00:00:00:00:01 router  ref 1 used 2/1/3probes 3 STALE 
    "#]]
    .assert_eq(&render_neighbours(&rows, &all, &IpOptions { statistics: 1, ..IpOptions::default() }));
    expect![[r#"
        [{"dst":"192.168.15.5","dev":"veth-red","lladdr":"02:00:00:00:00:01","router":null,"state":["STALE"]}]
    "#]]
    .assert_eq(&render_neighbours(&rows, &all, &json()));
    let of_link = NeighbourFilter { link: Some("veth-red".parse().unwrap()), ..NeighbourFilter::default() };
    expect![[r#"
        192.168.15.5 lladdr 02:00:00:00:00:01 router STALE 
    "#]]
    .assert_eq(&render_neighbours(&rows, &of_link, &IpOptions::default()));
}

#[test]
fn namespaces() {
    let rows = [("red", Some(0)), ("blue", None)].map(|(name, nsid)| NetnsRow { name: name.into(), nsid });
    assert_eq!(render_netns(&rows, &IpOptions::default()), "red (id: 0)\nblue\n");
    assert_eq!(render_netns(&rows, &json()), "[{\"name\":\"red\",\"id\":0},{\"name\":\"blue\"}]\n");
}
