//! What it means that two worlds are equal.
//!
//! In: two worlds. Out: a sentence for each way in which they differ. Links are known by namespace and name, so that
//! worlds from different snapshots compare. Not compared: interface indexes, numbers of namespaces, who asked for what,
//! hardware addresses that nobody asked for, settings that only one side has looked at, routes that a router announced,
//! and the inside of namespaces of which either side does not know everything. All else is compared: each comparison
//! takes the object apart field by field, so that a new field cannot be forgotten.

mod policy;
mod rulesets;
pub(super) mod vxlan;

use super::{
    Address, Kind, Knowledge, Link, LinkId, Namespace, Origin, Peer, Route, World,
    spec::{address_spec, route_spec},
};
use crate::{
    net::{IfName, Mac, NsRef},
    ops::RouteProtocol,
};

/// How `a` differs from `b`, the one that is wanted; empty when they are equal.
pub fn differences(a: &World, b: &World) -> Vec<String> {
    let mut found = Vec::new();
    for (ns, _) in a.namespaces().filter(|(ns, _)| b.namespace(ns).is_none()) {
        found.push(format!("namespace {ns} is not wanted"));
    }
    for (ns, wanted) in b.namespaces() {
        let Some(namespace) = a.namespace(ns) else {
            found.push(format!("namespace {ns} is missing"));
            continue;
        };
        if is_known(a, b, ns) {
            compare_links(a, b, ns, &mut found);
            compare_routes(a, b, ns, &mut found);
            policy::compare(ns, namespace, wanted, &mut found);
            compare_sysctls(ns, namespace, wanted, &mut found);
            rulesets::compare(ns, namespace, wanted, &mut found);
        }
    }
    found
}

/// Whether nothing of a namespace is hidden in either world. One that is missing hides nothing.
pub(super) fn is_known(a: &World, b: &World, ns: &NsRef) -> bool {
    let exact = |world: &World| world.namespace(ns).is_none_or(|namespace| namespace.knowledge == Knowledge::Exact);
    exact(a) && exact(b)
}

/// Where the other end of a cable is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// In sight, under that name.
    Seen(NsRef, IfName),
    /// In a namespace that cannot be seen in one of the worlds.
    Hidden,
}

/// The other end of a veth of `world`, as far as both worlds can see it; `None` for other links.
pub(super) fn far_end(world: &World, other: &World, link: &Link) -> Option<End> {
    match &link.kind {
        Kind::Veth { peer: Peer::Link(peer) } => {
            let peer = world.link(*peer);
            let seen = is_known(world, other, &peer.ns);
            Some(if seen { End::Seen(peer.ns.clone(), peer.name.clone()) } else { End::Hidden })
        }
        Kind::Veth { peer: Peer::Elsewhere } => Some(End::Hidden),
        Kind::Loopback | Kind::Bridge | Kind::Vxlan(_) | Kind::Other(_) => None,
    }
}

/// The addresses of one family in the kernel's order, as they are compared. The two families have lists of their own.
pub(super) fn addresses(link: &Link, ipv6: bool) -> Vec<Address> {
    let of_family = link.addresses.iter().filter(|address| address.cidr.is_ipv6() == ipv6);
    of_family.map(|address| Address { origin: Origin::Asked, ..address.clone() }).collect()
}

/// A route with the name of its link in the place of its identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedRoute {
    /// The link it leaves through.
    pub link: Option<IfName>,
    /// All else; its link is `None`.
    pub rest: Route,
}

/// The routes of a namespace in the kernel's order, as they are compared.
pub(super) fn routes(world: &World, ns: &NsRef) -> Vec<NamedRoute> {
    let all = world.namespace(ns).map_or(&[][..], |namespace| &namespace.routes);
    all.iter()
        .filter(|route| !matches!(route.protocol, RouteProtocol::RA | RouteProtocol::REDIRECT))
        .map(|route| NamedRoute {
            link: route.link.map(|id| world.link(id).name.clone()),
            rest: Route { link: None, ..route.clone() },
        })
        .collect()
}

/// The hardware address that `have` should get to be like `want`, if it differs and either was asked for. One that is
/// not known in `want`, where the kernel would choose it, fits any.
pub(super) fn wanted_mac(have: &Link, want: &Link) -> Option<Mac> {
    let asked = have.mac_origin == Origin::Asked || want.mac_origin == Origin::Asked;
    want.mac.filter(|_| asked && have.mac != want.mac)
}

fn compare_links(a: &World, b: &World, ns: &NsRef, found: &mut Vec<String>) {
    for (_, link) in a.links_of(ns).filter(|(_, link)| b.find_link(ns, &link.name).is_none()) {
        found.push(format!("{ns}: link {} is not wanted", link.name));
    }
    for (_, want) in b.links_of(ns) {
        match a.find_link(ns, &want.name) {
            Some(id) => compare_link((a, a.link(id)), (b, want), found),
            None => found.push(format!("{ns}: link {} is missing", want.name)),
        }
    }
}

fn compare_link((a, have): (&World, &Link), (b, want): (&World, &Link), found: &mut Vec<String>) {
    let Link { ns, name, index: _, kind: _, mac, mac_origin: _, mtu, mtu_origin: _, up, master, addresses: _ } = have;
    let mut compare = |what: &str, has: String, wanted: String| {
        if has != wanted {
            found.push(format!("{ns}: link {name} {what}{has}, wanted {wanted}"));
        }
    };
    compare("is ", kind_text(a, b, have), kind_text(b, a, want));
    if let Some(wanted) = wanted_mac(have, want) {
        compare("has address ", mac.map_or_else(|| "none".into(), |mac| mac.to_string()), wanted.to_string());
    }
    compare("has mtu ", mtu.to_string(), want.mtu.to_string());
    compare("is ", state_text(*up), state_text(want.up));
    compare("has master ", master_text(a, *master), master_text(b, want.master));
    for ipv6 in [false, true] {
        let (has, wanted) = (addresses(have, ipv6), addresses(want, ipv6));
        if has != wanted {
            compare("has addresses ", addresses_text(&has), addresses_text(&wanted));
        }
    }
}

pub(super) fn kind_text(world: &World, other: &World, link: &Link) -> String {
    match (&link.kind, far_end(world, other, link)) {
        (Kind::Veth { .. }, Some(End::Seen(ns, name))) => format!("a veth with peer {name} in {ns}"),
        (Kind::Veth { .. }, Some(End::Hidden) | None) => "a veth with a peer out of sight".into(),
        (Kind::Loopback, _) => "the loopback device".into(),
        (Kind::Bridge, _) => "a bridge".into(),
        (Kind::Vxlan(vxlan), _) => vxlan::text(world, other, vxlan),
        (Kind::Other(kind), _) if kind.is_empty() => "a device".into(),
        (Kind::Other(kind), _) => format!("a {kind}"),
    }
}

fn state_text(up: bool) -> String {
    if up { "up" } else { "down" }.into()
}

fn master_text(world: &World, master: Option<LinkId>) -> String {
    master.map_or_else(|| "none".into(), |id| world.link(id).name.to_string())
}

/// Every field of the addresses, so that lists that differ read differently.
fn addresses_text(addresses: &[Address]) -> String {
    if addresses.is_empty() {
        return "none".into();
    }
    let texts: Vec<String> = addresses.iter().map(address_text).collect();
    texts.join(", ")
}

fn address_text(address: &Address) -> String {
    let label = address.label.as_ref().map(|label| format!(" label {label}")).unwrap_or_default();
    let secondary = if address.secondary { " secondary" } else { "" };
    format!("{}{label}{secondary}", address_spec(address))
}

fn compare_routes(a: &World, b: &World, ns: &NsRef, found: &mut Vec<String>) {
    let (have, want) = (routes(a, ns), routes(b, ns));
    if have == want {
        return;
    }
    let before = found.len();
    for route in have.iter().filter(|route| !want.contains(route)) {
        found.push(format!("{ns}: route {} is not wanted", route_text(route)));
    }
    for route in want.iter().filter(|route| !have.contains(route)) {
        found.push(format!("{ns}: route {} is missing", route_text(route)));
    }
    if found.len() == before {
        found.push(format!("{ns}: the routes stand in another order"));
    }
}

fn route_text(route: &NamedRoute) -> String {
    let opaque = &route.rest.opaque;
    let rest = if opaque.is_empty() { String::new() } else { format!(" and {} bytes not understood", opaque.len()) };
    format!("{}{rest}", route_spec(route))
}

/// Whether a setting has that value: the kernel writes a tab where others may write a blank.
pub(super) fn is_same_value(value: &str, other: &str) -> bool {
    value.split_whitespace().eq(other.split_whitespace())
}

fn compare_sysctls(ns: &NsRef, have: &Namespace, want: &Namespace, found: &mut Vec<String>) {
    for (key, wanted) in &want.sysctls {
        if let Some(value) = have.sysctls.get(key)
            && !is_same_value(value, wanted)
        {
            found.push(format!("{ns}: {key} is {value}, wanted {wanted}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::differences;
    use crate::{
        model::{
            Knowledge, World,
            diff::scene::{addr_add, after, bridge, mac, master, mtu, netns_add, ns, route_add, sysctl, up, veth},
        },
        ops::Op,
    };

    fn told(a: &World, b: &World) -> String {
        differences(a, b).iter().map(|line| format!("{line}\n")).collect()
    }

    fn cable() -> Vec<Op> {
        vec![netns_add("red"), veth(("host", "v0"), ("red", "v1")), bridge("host", "br0")]
    }

    #[test]
    fn each_difference_is_a_sentence() {
        let plain = after(&World::fresh(), &cable());
        let changed = after(
            &plain,
            &[
                netns_add("blue"),
                bridge("red", "br1"),
                mtu("host", "v0", "1400"),
                master("host", "v0", "br0"),
                mac("host", "v0", "02:00:00:00:00:01"),
                up("host", "v0"),
                addr_add("host", "v0", "10.0.0.1/24"),
                route_add("host", "10.5.0.0/16", "10.0.0.9", "v0"),
            ],
        );
        expect![[r#"
            host: link br0 has mtu 1500, wanted 1400
            host: link v0 has address none, wanted 02:00:00:00:00:01
            host: link v0 has mtu 1500, wanted 1400
            host: link v0 is down, wanted up
            host: link v0 has master none, wanted br0
            host: link v0 has addresses none, wanted 10.0.0.1/24
            host: route 10.0.0.0/24 dev v0 src 10.0.0.1 proto kernel is missing
            host: route 10.5.0.0/16 via 10.0.0.9 dev v0 is missing
            namespace blue is missing
            red: link br1 is missing
        "#]]
        .assert_eq(&told(&plain, &changed));
        expect![[r#"
            namespace blue is not wanted
            host: link br0 has mtu 1400, wanted 1500
            host: link v0 has mtu 1400, wanted 1500
            host: link v0 is up, wanted down
            host: link v0 has master br0, wanted none
            host: link v0 has addresses 10.0.0.1/24, wanted none
            host: route 10.0.0.0/24 dev v0 src 10.0.0.1 proto kernel is not wanted
            host: route 10.5.0.0/16 via 10.0.0.9 dev v0 is not wanted
            red: link br1 is not wanted
        "#]]
        .assert_eq(&told(&changed, &plain));
    }

    #[test]
    fn order_of_birth_and_indexes_do_not_matter() {
        let mut reversed = cable();
        reversed.swap(1, 2);
        assert_eq!(told(&after(&World::fresh(), &cable()), &after(&World::fresh(), &reversed)), "");
    }

    #[test]
    fn what_is_not_understood_of_a_route_is_compared() {
        let mut ops = cable();
        ops.extend([up("host", "v0"), addr_add("host", "v0", "10.0.0.1/24")]);
        let a = after(&World::fresh(), &ops);
        let mut b = a.clone();
        b.namespace_mut(&ns("host")).unwrap().routes[0].opaque = vec![1, 2];
        assert!(!told(&a, &b).is_empty());
    }

    #[test]
    fn a_setting_that_one_side_does_not_know_is_no_difference() {
        let plain = World::fresh();
        let on = after(&plain, &[sysctl("host", "net.ipv4.ip_forward", "1")]);
        let off = after(&plain, &[sysctl("host", "net.ipv4.ip_forward", "0")]);
        assert_eq!(told(&plain, &on), "");
        assert_eq!(told(&off, &on), "host: net.ipv4.ip_forward is 0, wanted 1\n");
    }

    #[test]
    fn of_a_namespace_that_is_not_known_only_the_existence_counts() {
        let a = after(&World::fresh(), &cable());
        let mut b = after(&World::fresh(), &[netns_add("red"), bridge("host", "br0")]);
        assert_eq!(told(&a, &b), "host: link v0 is not wanted\nred: link v1 is not wanted\n");
        b.namespace_mut(&ns("red")).unwrap().knowledge = Knowledge::Unread;
        assert_eq!(told(&a, &b), "host: link v0 is not wanted\n");
    }
}
