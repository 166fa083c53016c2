//! What is read is what is there.

use std::fs;

use netlink_packet_route::RouteNetlinkMessage;
use nns::{
    backend::{Backend, KernelBackend, SnapshotScope},
    model::{Kind, Knowledge, LinkId, Origin, Peer, World, differences},
    net::NsRef,
    ops::{RouteProtocol, RouteTable, RouteType, Scope},
};

use crate::{
    build::{netns_add, ns, up, v, veth},
    observe::sh,
};

fn snapshot(scope: &SnapshotScope) -> World {
    KernelBackend::new().unwrap().snapshot(scope).unwrap()
}

fn find(world: &World, at: &str, name: &str) -> LinkId {
    world.find_link(&ns(at), &v(name)).unwrap_or_else(|| panic!("{name} in {at}"))
}

fn peer(world: &World, at: &str, name: &str) -> Peer {
    match world.link(find(world, at, name)).kind {
        Kind::Veth { peer } => peer,
        ref other => panic!("{name}: {other:?}"),
    }
}

pub fn links() {
    let differences = differences(&snapshot(&SnapshotScope::All), &World::fresh());
    assert!(differences.is_empty(), "a sandbox begins as the model says: {differences:?}");
    sh("ip link set dev lo up; ip link add name br type bridge; ip link add name v mtu 1400 type veth peer name w; \
        ip link set dev v master br up; ip link add name x type vxlan id 5 dev w dstport 4789; \
        ip link add name y type vxlan external gpe dstport 4790");
    let world = snapshot(&SnapshotScope::All);
    let v = world.link(find(&world, "", "v"));
    assert_eq!((v.mtu.bytes(), v.up, v.master), (1400, true, Some(find(&world, "", "br"))));
    assert_eq!(peer(&world, "", "v"), Peer::Link(find(&world, "", "w")));
    assert_eq!(peer(&world, "", "w"), Peer::Link(find(&world, "", "v")));
    assert_eq!(world.link(find(&world, "", "br")).kind, Kind::Bridge);
    let Kind::Vxlan(x) = &world.link(find(&world, "", "x")).kind else { panic!("x is no vxlan") };
    assert_eq!((x.settings.id, x.settings.port, x.dev()), (5, 4789, Some(find(&world, "", "w"))));
    // What a script cannot say is left alone.
    assert_eq!(world.link(find(&world, "", "y")).kind, Kind::Other("vxlan".into()));
    let lo = world.link(find(&world, "", "lo"));
    assert_eq!((&lo.kind, lo.index, lo.up), (&Kind::Loopback, 1, true));
    let own: Vec<String> = lo.addresses.iter().map(|address| address.cidr.to_string()).collect();
    assert_eq!(own, ["127.0.0.1/8", "::1/128"]);
    assert!(lo.addresses.iter().all(|address| address.origin == Origin::Kernel));
    assert!(world.link(find(&world, "", "v")).mac.is_some());
}

pub fn who_chose_a_mac() {
    sh("ip netns add red; ip link add name v address 02:00:00:00:00:01 type veth peer name w netns red; \
        ip -n red link add name br type bridge; ip -n red link set dev w master br; \
        ip -n red link add name x type bridge; ip -n red link set dev x address 02:00:00:00:00:02");
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let world = snapshot(&SnapshotScope::All);
    let told: Vec<(String, Origin)> =
        world.links().map(|(_, link)| (format!("{}/{}", link.ns, link.name), link.mac_origin)).collect();
    let expected = [
        ("host/lo", Origin::Kernel),
        ("host/v", Origin::Asked),
        ("red/lo", Origin::Kernel),
        ("red/w", Origin::Kernel),
        ("red/br", Origin::Kernel),
        ("red/x", Origin::Asked),
    ];
    assert_eq!(told, expected.map(|(link, origin)| (link.to_owned(), origin)));
    assert_eq!(fs::read_to_string("/proc/self/mountinfo").unwrap(), mounts, "nothing stays mounted");
}

pub fn follows_far_ends() {
    sh("for n in red blue green far; do ip netns add $n; done; \
        ip -n red link add name r type veth peer name b netns blue; \
        ip -n blue link add name c type veth peer name g netns green; \
        ip -n green link add name h type veth peer name host; ip -n green link set dev host netns far; \
        ip link add name near type veth peer name anon; \
        ip netns attach again $$; ");
    // A namespace without a name.
    sh("unshare -n sleep 60 >/dev/null 2>&1 & pid=$!; sleep 0.2; ip link set dev anon netns $pid; echo $pid >/run/pid");
    let world = snapshot(&SnapshotScope::Of(vec![ns("red")]));
    sh("kill $(cat /run/pid)");
    let knowledge: Vec<(String, Knowledge)> =
        world.namespaces().map(|(ns, inside)| (ns.to_string(), inside.knowledge)).collect();
    let expected = [
        ("host", Knowledge::Unread),
        ("again", Knowledge::Unsure),
        ("blue", Knowledge::Exact),
        ("far", Knowledge::Exact),
        ("green", Knowledge::Exact),
        ("red", Knowledge::Exact),
    ];
    assert_eq!(knowledge, expected.map(|(name, knowledge)| (name.to_owned(), knowledge)));
    assert_eq!(peer(&world, "red", "r"), Peer::Link(find(&world, "blue", "b")));
    assert_eq!(peer(&world, "green", "g"), Peer::Link(find(&world, "blue", "c")));
    assert_eq!(peer(&world, "far", "host"), Peer::Link(find(&world, "green", "h")));
    assert_eq!(world.links_of(&NsRef::Host).count(), 0);
}

pub fn addresses_and_routes() {
    sh("ip netns add red; ip -n red link set dev lo up; ip -n red link add name v type veth peer name w; \
        ip -n red link set dev v up; ip -n red link set dev w up; \
        ip -n red addr add 10.0.0.1/24 dev v; ip -n red addr add 10.0.0.2/24 dev v label v:1 brd +; \
        ip -n red addr add 10.5.0.1 peer 10.5.0.2/30 dev v; ip -n red addr add fd00::1/64 dev v nodad; \
        ip -n red addr add fe80::77/64 dev v; \
        ip -n red addr add fd01::1/64 dev v noprefixroute metric 7; \
        ip -n red route add default via 10.0.0.9 metric 5; ip -n red route add default via 10.0.0.8; \
        ip -n red route add blackhole 10.9.0.0/16 table 77; ip -n red -6 route add unreachable fd99::/64; \
        ip -n red route add 10.8.0.0/16 nexthop via 10.0.0.8 nexthop via 10.0.0.9; \
        ip -n red route append 10.7.0.0/16 via 10.0.0.7 mtu 1400; ip -n red route append 10.7.0.0/16 via 10.0.0.6");
    let world = snapshot(&SnapshotScope::Of(vec![ns("red")]));
    let link = world.link(find(&world, "red", "v"));
    let mut cidrs: Vec<String> = link.addresses.iter().map(|address| address.cidr.to_string()).collect();
    cidrs.sort();
    assert_eq!(cidrs, ["10.0.0.1/24", "10.0.0.2/24", "10.5.0.1/32", "fd00::1/64", "fd01::1/64", "fe80::77/64"]);
    let find_address = |cidr: &str| link.addresses.iter().find(|address| address.cidr == v(cidr)).unwrap();
    let second = find_address("10.0.0.2/24");
    assert_eq!((second.secondary, second.label.as_deref()), (true, Some("v:1")));
    assert_eq!(second.broadcast, Some(v("10.0.0.255")));
    let first = find_address("10.0.0.1/24");
    assert_eq!((first.secondary, &first.label, first.scope), (false, &None, Scope::GLOBAL));
    assert_eq!(find_address("10.5.0.1/32").peer, Some(v("10.5.0.2/30")));
    assert!(find_address("fd00::1/64").nodad);
    let odd = find_address("fd01::1/64");
    assert!(odd.noprefixroute && odd.metric == 7 && !odd.nodad);

    let routes = &world.namespace(&ns("red")).unwrap().routes;
    assert!(routes.is_sorted_by_key(|route| (route.table, route.destination, route.metric)));
    let told: Vec<String> = routes
        .iter()
        .map(|route| {
            let gateway = route.gateway.map(|gateway| format!(" via {gateway}")).unwrap_or_default();
            let dev = route.link.map(|id| format!(" dev {}", world.link(id).name)).unwrap_or_default();
            let opaque = if route.opaque.is_empty() { "" } else { " opaque" };
            format!("{} {}{gateway}{dev} metric {}{opaque}", route.table, route.destination, route.metric)
        })
        .collect();
    assert_eq!(
        told,
        [
            "77 10.9.0.0/16 metric 0",
            "main 0.0.0.0/0 via 10.0.0.8 dev v metric 0",
            "main 0.0.0.0/0 via 10.0.0.9 dev v metric 5",
            "main 10.0.0.0/24 dev v metric 0",
            "main 10.5.0.0/30 dev v metric 0",
            "main 10.7.0.0/16 via 10.0.0.7 dev v metric 0",
            "main 10.7.0.0/16 via 10.0.0.6 dev v metric 0",
            "main 10.8.0.0/16 metric 0 opaque",
            "main fd00::/64 dev v metric 256",
            "main fd99::/64 metric 1024",
        ]
    );
    assert_eq!(routes[0].kind, RouteType::Blackhole);
    assert_eq!(routes[3].protocol, RouteProtocol::KERNEL);
    assert_eq!(routes[3].source, Some(v("10.0.0.1")));
    assert_eq!(routes[5].mtu, Some(1400));
    assert_eq!(routes[9].table, RouteTable::MAIN);
}

pub fn many_namespaces() {
    // With two descriptors each more than the usual limit of a process would allow. The host is the hub of a star.
    let ops: Vec<_> = (0..600)
        .flat_map(|n| {
            let leaf = format!("n{n}");
            [netns_add(&leaf), veth(&leaf, "v", &format!("h{n}@")), up(&leaf, "v")]
        })
        .collect();
    let mut backend = KernelBackend::new().unwrap();
    let results = backend.apply(&ops);
    assert!(results.len() == ops.len() && results.iter().all(Result::is_ok), "{:?}", results.last());
    let world = backend.snapshot(&SnapshotScope::Of(vec![ns("n300")])).unwrap();
    assert!(world.namespaces().all(|(_, inside)| inside.knowledge == Knowledge::Exact));
    assert_eq!(world.links().count(), 1 + 3 * 600);
    for n in 0..600 {
        assert_eq!(peer(&world, &format!("n{n}"), "v"), Peer::Link(find(&world, "", &format!("h{n}"))));
    }
    assert!(fs::read_dir("/proc/self/fd").unwrap().count() < 700);
}

pub fn every_list_can_be_dumped() {
    sh("ip link set dev lo up; ip link add name v type veth peer name w; ip link set dev v up; \
        ip addr add 10.0.0.1/24 dev v; ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v");
    let mut backend = KernelBackend::new().unwrap();
    let mut count = |request: RouteNetlinkMessage| {
        let rows = backend.dump(&ns(""), request.clone()).unwrap();
        // Each is the answer to what was asked, and nothing else.
        assert!(rows.iter().all(|row| row.message_type() + 2 == request.message_type()), "{rows:?}");
        rows.len()
    };
    assert_eq!(count(RouteNetlinkMessage::GetLink(Default::default())), 3);
    assert!(count(RouteNetlinkMessage::GetAddress(Default::default())) >= 3);
    assert!(count(RouteNetlinkMessage::GetRoute(Default::default())) >= 5);
    assert!(count(RouteNetlinkMessage::GetNeighbour(Default::default())) >= 1);
    assert!(count(RouteNetlinkMessage::GetRule(Default::default())) >= 3);
    let unsure = backend.dump(&ns("none"), RouteNetlinkMessage::GetLink(Default::default())).unwrap_err();
    assert_eq!(unsure.to_string(), "there is no namespace `none`");
}

pub fn is_read_as_it_was_written() {
    sh("ip netns add red; ip netns add blue; touch /run/netns/ruby /run/netns/nothing; \
        mount --bind /run/netns/red /run/netns/ruby; \
        ip link set dev lo up; ip link add name v type veth peer name w netns red; ip link add name br type bridge; \
        ip link set dev v master br up; ip addr add 10.0.0.1/24 dev br; ip link set dev br up; \
        ip route add default via 10.0.0.2; ip route add 10.7.0.0/16 nexthop dev br nexthop dev lo; \
        ip rule add from 10.0.0.0/8 sport 5 table 7; ip link add name x type vxlan id 5 dev br dstport 4789; \
        iptables -A FORWARD -m ttl --ttl-eq 5 -j DROP; nft add table inet t; \
        nft add set inet t s '{ type ipv4_addr; }'");
    let world = snapshot(&SnapshotScope::All);
    let text = serde_json::to_string(&world).unwrap();
    assert_eq!(serde_json::from_str::<World>(&text).unwrap(), world, "{text}");
    let inode = |at: &str| {
        world
            .namespace(&ns(at))
            .unwrap_or_else(|| panic!("{at}: {text}"))
            .inode
            .map_or("none".into(), |inode| inode.to_string())
    };
    let seen = sh("for file in /proc/self/ns/net /run/netns/red /run/netns/blue; do stat -L -c %i $file; done");
    assert_eq!(["", "red", "blue"].map(inode).join("\n"), seen.trim());
    assert_eq!(inode("ruby"), inode("red"), "it is the same");
    assert_eq!(inode("nothing"), "none");
}
