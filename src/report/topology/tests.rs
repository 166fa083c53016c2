use std::time::{Duration, Instant};

use expect_test::{Expect, expect};

use super::{Canvas, render};
use crate::{
    commands::{Act, Arg, Context, lower},
    model::{Kind, Knowledge, Link, Namespace, Origin, Outcome, World, apply},
    net::{Mtu, NsRef},
    report::table::Style,
    source::Sources,
};

/// What lines of a script make of a fresh machine.
fn world(script: &str) -> World {
    let mut world = World::fresh();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut sources = Sources::default();
        let id = sources.add("test", line);
        let span = sources.get(id).span(0, line.len());
        let (ns, line) = match line.strip_prefix("in ").and_then(|rest| rest.split_once(' ')) {
            Some((ns, line)) => (NsRef::Named(ns.parse().unwrap()), line),
            None => (NsRef::Host, line),
        };
        let words: Vec<Arg> = line.split(' ').map(|text| Arg { text: text.into(), bare: true, span }).collect();
        let ops = match lower(&words, &Context { ns }).unwrap_or_else(|error| panic!("{line}: {error:?}")) {
            Act::Change(ops) => ops,
            act => panic!("{line}: {act:?}"),
        };
        for op in ops {
            assert_eq!(apply(&mut world, &op), Outcome::Done, "{line}");
        }
    }
    world
}

fn drawn(world: &World, width: usize, is_ascii: bool) -> String {
    render(&mut world.clone(), Canvas { width, is_ascii }, Style::default()).unwrap()
}

fn check(script: &str, width: usize, expected: Expect) {
    expected.assert_eq(&drawn(&world(script), width, false));
}

/// A namespace on a bridge of the host.
fn on_bridge(ns: &str, bridge: &str, address: &str) -> String {
    format!(
        "netns add {ns}
         link add veth-{ns} netns {ns} type veth peer name veth-{ns}-br
         link set veth-{ns}-br master {bridge} up
         in {ns} addr add {address} dev veth-{ns}
         in {ns} link set veth-{ns} up\n"
    )
}

const CABLE: &str = "netns add red blue\nwire red:veth-red 192.168.15.1/24 -- blue:veth-blue 192.168.15.2/24\n";

fn bridged() -> String {
    let rooms: String = [("red", 1), ("blue", 2), ("green", 3)]
        .map(|(ns, n)| on_bridge(ns, "v-net-0", &format!("192.168.15.{n}/24")))
        .concat();
    format!("link add v-net-0 type bridge\nlink set v-net-0 up\naddr add 192.168.15.5/24 dev v-net-0\n{rooms}")
}

#[test]
fn an_empty_world() {
    check(
        "",
        100,
        expect![[r#"
        ┌─ host ─────────┐
        │ nothing but lo │
        └────────────────┘
    "#]],
    );
}

#[test]
fn two_namespaces_on_one_cable() {
    check(
        CABLE,
        100,
        expect![[r#"
            ┌─ blue ────────────────────────┐  ┌─ red ────────────────────────┐  ┌─ host ─────────┐
            │ ╭─● veth-blue 192.168.15.2/24 │  │ ╭─● veth-red 192.168.15.1/24 │  │ nothing but lo │
            └─┼─────────────────────────────┘  └─┼────────────────────────────┘  └────────────────┘
              ╰──────────────────────────────────╯
        "#]],
    );
}

#[test]
fn in_ascii() {
    let mut script = bridged();
    script += "in green link set veth-green down\nlink set veth-red-br down\n";
    expect![[r#"
                                         +- blue -----------------------+
        +- host ----------------------+  | +-* veth-blue - veth-blue-br |
        | +-* v-net-0 192.168.15.5/24 |  | |   192.168.15.2/24          |
        +-+---------------------------+  +-+----------------------------+
         =+================================+= v-net-0 in host

        +- green --------------------+
        | +-o veth-green             |  +- red --------------------------+
        | |   - ! veth-green-br down |  | +-! veth-red - o veth-red-br   |
        | |   192.168.15.3/24        |  | |   no carrier 192.168.15.1/24 |
        +-+--------------------------+  +-+------------------------------+
         =+===============================+= v-net-0 in host
    "#]]
    .assert_eq(&drawn(&world(&script), 72, true));
}

#[test]
fn three_namespaces_on_a_bridge() {
    check(
        &bridged(),
        100,
        expect![[r#"
                                             ┌─ blue ───────────────────────┐
            ┌─ host ──────────────────────┐  │ ╭─● veth-blue ─ veth-blue-br │
            │ ╭─● v-net-0 192.168.15.5/24 │  │ │   192.168.15.2/24          │
            └─┼───────────────────────────┘  └─┼────────────────────────────┘
             ═╧════════════════════════════════╧═ v-net-0 in host

            ┌─ green ────────────────────────┐  ┌─ red ──────────────────────┐
            │ ╭─● veth-green ─ veth-green-br │  │ ╭─● veth-red ─ veth-red-br │
            │ │   192.168.15.3/24            │  │ │   192.168.15.1/24        │
            └─┼──────────────────────────────┘  └─┼──────────────────────────┘
             ═╧═══════════════════════════════════╧═ v-net-0 in host
        "#]],
    );
}

#[test]
fn a_router_between_two_bridges() {
    let script = "
        netns add router a b
        link add lan type bridge
        link add wan type bridge
        link set lan up
        link set wan up
        link add lan0 netns router type veth peer name r-lan
        link add wan0 netns router type veth peer name r-wan
        link set r-lan master lan up
        link set r-wan master wan up
        in router addr add 10.0.0.1/24 dev lan0
        in router addr add 203.0.113.1/24 dev wan0
        in router link set lan0 up
        in router link set wan0 up
        in router forwarding on
        in router nat masquerade 10.0.0.0/24 out wan0
        in router firewall policy forward drop
        link add eth0 netns a type veth peer name a-lan
        link set a-lan master lan up
        in a addr add 10.0.0.2/24 dev eth0
        in a link set eth0 up
        link add eth0 netns b type veth peer name b-wan
        link set b-wan master wan up
        in b addr add 203.0.113.2/24 dev eth0
        in b link set eth0 up
    ";
    check(
        script,
        120,
        expect![[r#"
                                                             ┌─ router ───────────────────────┐
                                                             │ ╭───● lan0 ─ r-lan 10.0.0.1/24 │
                                                             │ │ ╭─● wan0 ─ r-wan             │
            ┌─ host ────┐                                    │ │ │   203.0.113.1/24           │  ┌─ b ────────────────┐
            │ ╭───● lan │  ┌─ a ──────────────────────────┐  │ │ │ forwards IPv4, masquerade, │  │ ╭─● eth0 ─ b-wan   │
            │ │ ╭─● wan │  │ ╭─● eth0 ─ a-lan 10.0.0.2/24 │  │ │ │   filter                   │  │ │   203.0.113.2/24 │
            └─┼─┼───────┘  └─┼────────────────────────────┘  └─┼─┼────────────────────────────┘  └─┼──────────────────┘
             ═╧═╪════════════╧═════════════════════════════════╧═╪═ lan in host                    │
                ╧════════════════════════════════════════════════╧═════════════════════════════════╧═ wan in host
        "#]],
    );
}

#[test]
fn a_chain_of_routers_and_a_cable_within_a_namespace() {
    let script = "
        netns add r1 r2 r3
        wire r1:e2 10.0.1.1/24 -- r2:e1 10.0.1.2/24
        wire r2:e3 10.0.2.1/24 -- r3:e2 10.0.2.2/24
        wire r1:e3 10.0.3.1/24 -- r3:e1 10.0.3.2/24
        in r2 wire x -- y
    ";
    check(
        script,
        100,
        expect![[r#"
                                      ┌─ r2 ─────────────────────┐
                                      │ ╭───────● e1 10.0.1.2/24 │
            ┌─ r1 ─────────────────┐  │ │ ╭─────● e3 10.0.2.1/24 │  ┌─ r3 ─────────────────┐
            │ ╭───● e2 10.0.1.1/24 │  │ │ │ ╭───● y              │  │ ╭───● e2 10.0.2.2/24 │  ┌─ host ─────────┐
            │ │ ╭─● e3 10.0.3.1/24 │  │ │ │ │ ╭─● x              │  │ │ ╭─● e1 10.0.3.2/24 │  │ nothing but lo │
            └─┼─┼──────────────────┘  └─┼─┼─┼─┼──────────────────┘  └─┼─┼──────────────────┘  └────────────────┘
              ╰─┼───────────────────────╯ │ ╰─╯                       │ │
                │                         ╰───────────────────────────╯ │
                ╰───────────────────────────────────────────────────────╯
        "#]],
    );
}

#[test]
fn links_on_links_and_links_without_cable() {
    let mut world = world(
        "
        netns add far
        wire eth0 10.0.0.1/24 -- far:eth0 10.0.0.2/24
        link add vx0 type vxlan id 42 remote 10.0.0.2 dev eth0 dstport 4789
        link add br0 type bridge
        link add br1 type bridge
        link set vx0 master br0 up
        link add pa type veth peer name pb
        link set pa master br0
        link set pb master br1
        addr add 10.9.9.9/24 dev pb
        addr add 127.0.0.5/8 dev lo
        addr add 10.7.0.1/24 dev lo
    ",
    );
    for (name, kind) in [("eth9", ""), ("eth0.10", "vlan"), ("mv0", "macvlan"), ("iv0", "ipvlan")] {
        let link = Link {
            name: name.parse().unwrap(),
            index: 0,
            kind: Kind::Other(kind.into()),
            mac: None,
            mac_origin: Origin::Kernel,
            mtu: Mtu::ETHERNET,
            mtu_origin: Origin::Kernel,
            up: true,
            ..Link::loopback(NsRef::Host)
        };
        world.insert_link(link);
    }
    expect![[r#"
        ┌─ host ─────────────────────────────┐
        │         ○ lo down 127.0.0.5/8      │
        │           10.7.0.1/24              │
        │ ╭───────● eth0 10.0.0.1/24         │
        │ │ ╭─────● vx0 vxlan 42 to 10.0.0.2 │
        │ │ │       on eth0                  │
        │ │ │ ╭───○ br0 down                 │
        │ │ │ │ ╭─○ br1 down                 │
        │ │ │ │ │ ○ pb down port of br1      │
        │ │ │ │ │   10.9.9.9/24              │
        │ │ │ │ │ ● eth9 device              │
        │ │ │ │ │ ● eth0.10 vlan             │                            ┌─ cable ───────┐
        │ │ │ │ │ ● mv0 macvlan              │  ┌─ far ────────────────┐  │ ╭───○ pa down │
        │ │ │ │ │ ● iv0 ipvlan               │  │ ╭─● eth0 10.0.0.2/24 │  │ │ ╭─○ pb down │
        └─┼─┼─┼─┼────────────────────────────┘  └─┼────────────────────┘  └─┼─┼───────────┘
          ╰─┼─┼─┼─────────────────────────────────╯                         │ │
            ╧═╧═╪═══════════════════════════════════════════════════════════╧═╪═ br0 in host
                ╧═════════════════════════════════════════════════════════════╧═ br1 in host
    "#]]
    .assert_eq(&drawn(&world, 100, false));
}

#[test]
fn namespaces_that_nothing_joins_or_that_are_not_known() {
    let mut world = world("netns add red blue shut");
    world.insert_namespace(NsRef::Process(4711), Namespace::new(Knowledge::Unsure));
    let blue = NsRef::Named("blue".parse().unwrap());
    world.namespace_mut(&blue).unwrap().same_as = Some(NsRef::Named("red".parse().unwrap()));
    expect![[r#"
        ┌─ blue ──────────────┐  ┌─ process 4711 ─────────┐
        │ another name of red │  │ not all of it is known │
        └─────────────────────┘  └────────────────────────┘

        ┌─ red ──────────┐  ┌─ shut ─────────┐  ┌─ host ─────────┐
        │ nothing but lo │  │ nothing but lo │  │ nothing but lo │
        └────────────────┘  └────────────────┘  └────────────────┘
    "#]]
    .assert_eq(&drawn(&world, 60, false));
}

#[test]
fn twenty_namespaces_in_rows() {
    let rooms: String = (1..=20).map(|n| on_bridge(&format!("ns{n}"), "br0", &format!("10.0.0.{n}/24"))).collect();
    let script = format!("link add br0 type bridge\nlink set br0 up\naddr add 10.0.0.254/24 dev br0\n{rooms}");
    check(
        &script,
        100,
        expect![[r#"
                                       ┌─ ns1 ──────────────────────┐  ┌─ ns2 ──────────────────────┐
            ┌─ host ────────────────┐  │ ╭─● veth-ns1 ─ veth-ns1-br │  │ ╭─● veth-ns2 ─ veth-ns2-br │
            │ ╭─● br0 10.0.0.254/24 │  │ │   10.0.0.1/24            │  │ │   10.0.0.2/24            │
            └─┼─────────────────────┘  └─┼──────────────────────────┘  └─┼──────────────────────────┘
             ═╧══════════════════════════╧═══════════════════════════════╧═ br0 in host

            ┌─ ns3 ──────────────────────┐  ┌─ ns4 ──────────────────────┐  ┌─ ns5 ──────────────────────┐
            │ ╭─● veth-ns3 ─ veth-ns3-br │  │ ╭─● veth-ns4 ─ veth-ns4-br │  │ ╭─● veth-ns5 ─ veth-ns5-br │
            │ │   10.0.0.3/24            │  │ │   10.0.0.4/24            │  │ │   10.0.0.5/24            │
            └─┼──────────────────────────┘  └─┼──────────────────────────┘  └─┼──────────────────────────┘
             ═╧═══════════════════════════════╧═══════════════════════════════╧═ br0 in host

            ┌─ ns6 ──────────────────────┐  ┌─ ns7 ──────────────────────┐  ┌─ ns8 ──────────────────────┐
            │ ╭─● veth-ns6 ─ veth-ns6-br │  │ ╭─● veth-ns7 ─ veth-ns7-br │  │ ╭─● veth-ns8 ─ veth-ns8-br │
            │ │   10.0.0.6/24            │  │ │   10.0.0.7/24            │  │ │   10.0.0.8/24            │
            └─┼──────────────────────────┘  └─┼──────────────────────────┘  └─┼──────────────────────────┘
             ═╧═══════════════════════════════╧═══════════════════════════════╧═ br0 in host

            ┌─ ns9 ──────────────────────┐  ┌─ ns10 ───────────────────────┐  ┌─ ns11 ───────────────────────┐
            │ ╭─● veth-ns9 ─ veth-ns9-br │  │ ╭─● veth-ns10 ─ veth-ns10-br │  │ ╭─● veth-ns11 ─ veth-ns11-br │
            │ │   10.0.0.9/24            │  │ │   10.0.0.10/24             │  │ │   10.0.0.11/24             │
            └─┼──────────────────────────┘  └─┼────────────────────────────┘  └─┼────────────────────────────┘
             ═╧═══════════════════════════════╧═════════════════════════════════╧═ br0 in host

            ┌─ ns12 ───────────────────────┐  ┌─ ns13 ───────────────────────┐  ┌─ ns14 ───────────────────────┐
            │ ╭─● veth-ns12 ─ veth-ns12-br │  │ ╭─● veth-ns13 ─ veth-ns13-br │  │ ╭─● veth-ns14 ─ veth-ns14-br │
            │ │   10.0.0.12/24             │  │ │   10.0.0.13/24             │  │ │   10.0.0.14/24             │
            └─┼────────────────────────────┘  └─┼────────────────────────────┘  └─┼────────────────────────────┘
             ═╧═════════════════════════════════╧═════════════════════════════════╧═ br0 in host

            ┌─ ns15 ───────────────────────┐  ┌─ ns16 ───────────────────────┐  ┌─ ns17 ───────────────────────┐
            │ ╭─● veth-ns15 ─ veth-ns15-br │  │ ╭─● veth-ns16 ─ veth-ns16-br │  │ ╭─● veth-ns17 ─ veth-ns17-br │
            │ │   10.0.0.15/24             │  │ │   10.0.0.16/24             │  │ │   10.0.0.17/24             │
            └─┼────────────────────────────┘  └─┼────────────────────────────┘  └─┼────────────────────────────┘
             ═╧═════════════════════════════════╧═════════════════════════════════╧═ br0 in host

            ┌─ ns18 ───────────────────────┐  ┌─ ns19 ───────────────────────┐  ┌─ ns20 ───────────────────────┐
            │ ╭─● veth-ns18 ─ veth-ns18-br │  │ ╭─● veth-ns19 ─ veth-ns19-br │  │ ╭─● veth-ns20 ─ veth-ns20-br │
            │ │   10.0.0.18/24             │  │ │   10.0.0.19/24             │  │ │   10.0.0.20/24             │
            └─┼────────────────────────────┘  └─┼────────────────────────────┘  └─┼────────────────────────────┘
             ═╧═════════════════════════════════╧═════════════════════════════════╧═ br0 in host
        "#]],
    );
}

#[test]
fn long_names_and_little_room() {
    let script = "
        netns add a-namespace-with-quite-a-long-name b
        wire a-namespace-with-quite-a-long-name:abcdefghijklmno 2001:db8:1234:5678:9abc:def0:1234:5678/64 -- b:o fd00::1/64
        link add bridge-long-nam type bridge
        link add p0 netns b type veth peer name p1
        link set p1 master bridge-long-nam
    ";
    check(
        script,
        100,
        expect![[r#"
                                          ┌─ b ──────────────────┐
            ┌─ host ───────────────────┐  │ ╭───● o fd00::1/64   │
            │ ╭─○ bridge-long-nam down │  │ │ ╭─○ p0 ─ ○ p1 down │
            └─┼────────────────────────┘  └─┼─┼──────────────────┘
             ═╧═════════════════════════════╪═╧═ bridge-long-nam in host
                                            ╰─ a-namespace-with-quite-a-long-name:abcdefghijklmno

            ┌─ a-namespace-with-quite-a-long-name ────────┐
            │ ╭─● abcdefghijklmno                         │
            │ │ 2001:db8:1234:5678:9abc:def0:1234:5678/64 │
            └─┼───────────────────────────────────────────┘
              ╰─ b:o
        "#]],
    );
    check(
        script,
        40,
        expect![[r#"
            ┌─ host ───────────────────┐
            │ ╭─○ bridge-long-nam down │
            └─┼────────────────────────┘
             ═╧═ bridge-long-nam in host

            ┌─ b ──────────────────┐
            │ ╭───● o fd00::1/64   │
            │ │ ╭─○ p0 ─ ○ p1 down │
            └─┼─┼──────────────────┘
              │ ╧═ bridge-long-nam in host
              ╰─ (1)
            (1) a-namespace-with-quite-a-long-name:a
            bcdefghijklmno

            ┌─ a-namespace-with-quite-a-long-name ──────┐
            │ ● abcdefghijklmno → b:o                   │
            │ 2001:db8:1234:5678:9abc:def0:1234:5678/64 │
            └───────────────────────────────────────────┘
        "#]],
    );
    check(
        script,
        20,
        expect![[r#"
            ┌─ host ────────────┐
            │ ○ bridge-long-nam │
            │   down →          │
            │  bridge-long-nam  │
            │   in host         │
            └───────────────────┘

            ┌─ b ──────────────┐
            │ ╭───● o          │
            │ │     fd00::1/64 │
            │ │ ╭─○ p0 ─ ○ p1  │
            │ │ │   down       │
            └─┼─┼──────────────┘
              │ ╧═ (1)
              ╰─ (2)
            (1) bridge-long-nam
            in host
            (2) a-namespace-with
            -quite-a-long-name:a
            bcdefghijklmno

            ┌─ a-namespace-w… ──────────────────────────┐
            │ a-namespace-with                          │
            │ -quite-a-long-na                          │
            │ me                                        │
            │ ● abcdefghijklmno                         │
            │   → b:o                                   │
            │ 2001:db8:1234:5678:9abc:def0:1234:5678/64 │
            └───────────────────────────────────────────┘
        "#]],
    );
}

#[test]
fn many_leads_are_told_in_words_where_they_do_not_fit() {
    let cables: String = (1..=9).map(|n| format!("netns add n{n}\nwire to-{n} -- n{n}:eth0 10.0.{n}.1/24\n")).collect();
    check(
        &cables,
        30,
        expect![[r#"
        ┌─ host ───────────────────┐
        │ ╭─────────────────● to-1 │
        │ │ ╭───────────────● to-2 │
        │ │ │ ╭─────────────● to-3 │
        │ │ │ │ ╭───────────● to-4 │
        │ │ │ │ │ ╭─────────● to-5 │
        │ │ │ │ │ │ ╭───────● to-6 │
        │ │ │ │ │ │ │ ╭─────● to-7 │
        │ │ │ │ │ │ │ │ ╭───● to-8 │
        │ │ │ │ │ │ │ │ │ ╭─● to-9 │
        └─┼─┼─┼─┼─┼─┼─┼─┼─┼────────┘
          │ │ │ │ │ │ │ │ ╰─ n9:eth0
          │ │ │ │ │ │ │ ╰─ n8:eth0
          │ │ │ │ │ │ ╰─ n7:eth0
          │ │ │ │ │ ╰─ n6:eth0
          │ │ │ │ ╰─ n5:eth0
          │ │ │ ╰─ n4:eth0
          │ │ ╰─ n3:eth0
          │ ╰─ n2:eth0
          ╰─ n1:eth0

        ┌─ n1 ─────────────────┐
        │ ╭─● eth0 10.0.1.1/24 │
        └─┼────────────────────┘
          ╰─ host:to-1

        ┌─ n2 ─────────────────┐
        │ ╭─● eth0 10.0.2.1/24 │
        └─┼────────────────────┘
          ╰─ host:to-2

        ┌─ n3 ─────────────────┐
        │ ╭─● eth0 10.0.3.1/24 │
        └─┼────────────────────┘
          ╰─ host:to-3

        ┌─ n4 ─────────────────┐
        │ ╭─● eth0 10.0.4.1/24 │
        └─┼────────────────────┘
          ╰─ host:to-4

        ┌─ n5 ─────────────────┐
        │ ╭─● eth0 10.0.5.1/24 │
        └─┼────────────────────┘
          ╰─ host:to-5

        ┌─ n6 ─────────────────┐
        │ ╭─● eth0 10.0.6.1/24 │
        └─┼────────────────────┘
          ╰─ host:to-6

        ┌─ n7 ─────────────────┐
        │ ╭─● eth0 10.0.7.1/24 │
        └─┼────────────────────┘
          ╰─ host:to-7

        ┌─ n8 ─────────────────┐
        │ ╭─● eth0 10.0.8.1/24 │
        └─┼────────────────────┘
          ╰─ host:to-8

        ┌─ n9 ─────────────────┐
        │ ╭─● eth0 10.0.9.1/24 │
        └─┼────────────────────┘
          ╰─ host:to-9
    "#]],
    );
}

#[test]
fn a_thousand_namespaces_take_no_time() {
    let rooms: String = (1..=1000)
        .map(|n| {
            format!("netns add n{n}\nlink add e{n} type veth peer name eth0 netns n{n}\nlink set e{n} master br0\n")
        })
        .collect();
    let world = world(&format!("link add br0 type bridge\n{rooms}"));
    let began = Instant::now();
    let text = drawn(&world, 100, false);
    assert!(text.contains("n1000") && text.contains("e1000"));
    assert!(began.elapsed() < Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 }), "{:?}", began.elapsed());
}
