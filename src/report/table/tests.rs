use expect_test::expect;

use super::{Style, render_addresses, render_links, render_neighbours, render_netns, render_routes};
use crate::{
    model::query::{
        AddressFilter, AddressFlags, AddressRow, FarEnd, IpFamily, LinkFilter, LinkFlags, LinkRow, LowerLink,
        NeighbourFilter, NeighbourRow, NeighbourState, NetnsRow, NextHop, RouteFilter, RouteFlags, RouteKind, RouteRow,
    },
    net::NsRef,
    ops::{RouteProtocol, RouteTable, Scope},
};

const PLAIN: Style = Style { color: false };

fn link(index: u32, name: &str, kind: Option<&str>, flags: LinkFlags) -> LinkRow {
    LinkRow {
        index,
        name: name.into(),
        kind: kind.map(Into::into),
        flags,
        mtu: Some(1500),
        address: Some(vec![2, 0, 0, 0, 0, index as u8]),
        ..LinkRow::default()
    }
}

fn address(local: &str, prefix_len: u8) -> AddressRow {
    AddressRow::new(local.parse().unwrap(), prefix_len)
}

fn links() -> Vec<LinkRow> {
    let carrier = LinkFlags::UP.with(LinkFlags::RUNNING);
    let mut lo = link(1, "lo", None, carrier.with(LinkFlags::LOOPBACK));
    lo.addresses = vec![AddressRow { scope: Scope::HOST, ..address("127.0.0.1", 8) }];
    let mut bridge = link(2, "v-net-0", Some("bridge"), carrier);
    let tentative = AddressFlags::PERMANENT.with(AddressFlags::TENTATIVE);
    bridge.addresses = vec![address("192.168.15.5", 24), AddressRow { flags: tentative, ..address("fd00:15::5", 64) }];
    let mut port = link(3, "veth-red-br", Some("veth"), LinkFlags::UP);
    port.master = Some("v-net-0".into());
    port.lower_nsid = Some(0);
    let far_end = FarEnd { ns: NsRef::Named("red".parse().unwrap()), name: "veth-red".into() };
    port.lower = Some(LowerLink { index: 2, name: Some("v-net-0".into()), up: Some(true), far_end: Some(far_end) });
    let mut unknown = link(4, "spare", Some("veth"), LinkFlags::default());
    unknown.lower_nsid = Some(3);
    unknown.lower = Some(LowerLink { index: 9, name: None, up: None, far_end: None });
    vec![lo, bridge, port, unknown]
}

#[test]
fn links_with_state_master_peer_and_addresses() {
    expect![[r"
        NAME         STATE         KIND      MTU   MASTER   PEER                HARDWARE           ADDRESSES
        lo           ● up          loopback  1500                                                  127.0.0.1/8
        v-net-0      ● up          bridge    1500                               02:00:00:00:00:02  192.168.15.5/24
                                                                                                   fd00:15::5/64
        veth-red-br  ◐ no carrier  veth      1500  v-net-0  veth-red in red     02:00:00:00:00:03
        spare        ○ down        veth      1500           if9 in namespace 3  02:00:00:00:00:04
    "]]
    .assert_eq(&render_links(&links(), &LinkFilter::default(), PLAIN));
}

#[test]
fn addresses_under_their_links() {
    let filter = AddressFilter { family: Some(IpFamily::V6), ..AddressFilter::default() };
    expect![[r"
        LINK     STATE  ADDRESS        SCOPE   NOTES
        v-net-0  ● up   fd00:15::5/64  global  tentative
    "]]
    .assert_eq(&render_addresses(&links(), &filter, PLAIN));
}

#[test]
fn routes_of_both_families_by_default() {
    let row = RouteRow {
        gateway: Some([192, 168, 15, 5].into()),
        link: Some("veth-red".into()),
        ..RouteRow::new(IpFamily::V4)
    };
    let hop = |link: &str, weight| NextHop {
        gateway: None,
        via: None,
        link: link.into(),
        weight,
        realms: None,
        flags: RouteFlags::default(),
    };
    let local = RouteRow { table: RouteTable::LOCAL, kind: RouteKind::LOCAL, ..row.clone() };
    let several = RouteRow {
        destination: Some([10, 0, 0, 0].into()),
        destination_len: 8,
        nexthops: vec![hop("a", 3), hop("b", 1)],
        ..row.clone()
    };
    let ipv6 = RouteRow {
        family: IpFamily::V6,
        destination: Some("fd00::".parse().unwrap()),
        destination_len: 64,
        gateway: None,
        metric: Some(256),
        protocol: RouteProtocol::KERNEL,
        flags: RouteFlags::LINKDOWN,
        ..row.clone()
    };
    let dropped = RouteRow { kind: RouteKind::BLACKHOLE, link: None, ..several.clone() };
    expect![[r"
        DESTINATION  VIA           LINK      METRIC  MADE BY  NOTES
        default      192.168.15.5  veth-red
        10.0.0.0/8   directly      a                          weight 3
                     directly      b                          weight 1
        fd00::/64    directly      veth-red  256     kernel   no carrier
        10.0.0.0/8   blackhole
    "]]
    .assert_eq(&render_routes(
        &[row, local, several, ipv6, RouteRow { nexthops: Vec::new(), ..dropped }],
        &RouteFilter::default(),
        PLAIN,
    ));
}

#[test]
fn neighbours_without_those_that_nobody_asks_for() {
    let row = NeighbourRow {
        address: Some([192, 168, 15, 5].into()),
        link: Some("veth-red".into()),
        hardware_address: Some(vec![2, 0, 0, 0, 0, 1]),
        router: true,
        ..NeighbourRow::new(NeighbourState::REACHABLE)
    };
    let failed = NeighbourRow { state: NeighbourState::FAILED, hardware_address: None, router: false, ..row.clone() };
    let group = NeighbourRow { state: NeighbourState::NOARP, ..row.clone() };
    expect![[r"
        ADDRESS       HARDWARE           LINK      STATE      NOTES
        192.168.15.5  02:00:00:00:00:01  veth-red  reachable  router
        192.168.15.5                     veth-red  failed
    "]]
    .assert_eq(&render_neighbours(&[row, failed, group], &NeighbourFilter::default(), PLAIN));
}

#[test]
fn namespaces_by_name() {
    let row = |name: &str, nsid| NetnsRow { name: name.into(), nsid };
    expect![[r"
        NAMESPACE  NUMBER
        blue
        red        0
    "]]
    .assert_eq(&render_netns(&[row("red", Some(0)), row("blue", None)], PLAIN));
}
