//! Routes: those that are not wanted go, then those come that are missing.
//!
//! Connected routes have come with their addresses by now; where they are missing still, somebody deleted them in the
//! world that is there, and where they are too many, in the world that is wanted. Routes of equal table, destination and
//! metric are a list: what stands behind the first difference is taken away and appended again.

use std::{collections::BTreeSet, net::IpAddr};

use super::{Planner, Tried, addr::by_birth};
use crate::{
    model::{
        Address, LinkId, Reason, Route, World,
        equality::{NamedRoute, routes},
        spec::{IPV6_METRIC, route_spec},
    },
    net::{Cidr, NsRef},
    ops::{RouteMode, RouteOp, RouteProtocol, RouteSelector, RouteTable, RouteType, Scope},
};

/// What the routes of a list have in common.
type Key = (RouteTable, Cidr, u32);

fn key(route: &NamedRoute) -> Key {
    (route.rest.table, route.rest.destination, route.rest.metric)
}

impl Planner<'_> {
    pub(super) fn replace_routes(&mut self) {
        for ns in self.common_namespaces() {
            let (have, wanted) = (routes(&self.now, &ns), routes(self.to, &ns));
            if have == wanted {
                continue;
            }
            let keys: BTreeSet<Key> = have.iter().chain(&wanted).map(key).collect();
            for &key in &keys {
                self.delete_routes(&ns, &list(&have, key), &list(&wanted, key));
            }
            self.add_routes(&ns, &wanted);
        }
    }

    fn delete_routes(&mut self, ns: &NsRef, have: &[&NamedRoute], wanted: &[&NamedRoute]) {
        if can_replace(have, wanted) {
            return;
        }
        let (kept, surplus): (Vec<&NamedRoute>, Vec<&NamedRoute>) =
            have.iter().copied().partition(|route| wanted.contains(route));
        let right = kept.iter().zip(wanted).take_while(|(have, wanted)| have == wanted).count();
        for route in surplus.into_iter().chain(kept[right..].iter().copied()) {
            self.delete_route(ns, route);
        }
    }

    fn delete_route(&mut self, ns: &NsRef, route: &NamedRoute) {
        // What the model does not understand it could not put back.
        if !route.rest.opaque.is_empty() {
            return;
        }
        let op = RouteOp::Del { ns: ns.clone(), route: selector(route) };
        self.plan(op, |world| {
            let link = route.link.as_ref().and_then(|name| world.find_link(ns, name));
            if let Some(namespace) = world.namespace_mut(ns) {
                let gone = Route { link, ..route.rest.clone() };
                namespace.routes.retain(|other| *other != gone);
            }
        });
    }

    /// Adds what is missing, in the order of each list. A route that is refused is tried again after the others, which
    /// may lead to its gateway; then with help.
    fn add_routes(&mut self, ns: &NsRef, wanted: &[NamedRoute]) {
        let mut keys: Vec<Key> = wanted.iter().map(key).collect();
        keys.dedup();
        keys.sort_by_key(|&key| list(wanted, key).iter().any(|route| route.rest.gateway.is_some()));
        let mut progress = true;
        while progress {
            progress = false;
            for &key in &keys {
                let done = self.ops.len();
                self.add_list(ns, &list(wanted, key));
                progress |= self.ops.len() > done;
            }
        }
        let mut helpers = Vec::new();
        for &key in &keys {
            let wanted = list(wanted, key);
            while let Some(stuck) = self.add_list(ns, &wanted) {
                if !self.help(ns, stuck, &mut helpers) {
                    break;
                }
            }
        }
        for helper in &helpers {
            self.delete_route(ns, helper);
        }
    }

    /// Adds the rest of a list; gives back the first route that is refused.
    fn add_list<'b>(&mut self, ns: &NsRef, wanted: &[&'b NamedRoute]) -> Option<&'b NamedRoute> {
        let now = routes(&self.now, ns);
        let there = wanted.first().map_or_else(Vec::new, |first| list(&now, key(first)));
        let (right, first_mode) =
            if can_replace(&there, wanted) { (0, RouteMode::Replace) } else { (there.len(), RouteMode::Add) };
        for (at, &route) in wanted.iter().enumerate().skip(right) {
            let mode = if at == 0 { first_mode } else { RouteMode::Append };
            if !route.rest.opaque.is_empty() || !self.add_route(ns, mode, route).is_planned() {
                return Some(route);
            }
        }
        None
    }

    fn add_route(&mut self, ns: &NsRef, mode: RouteMode, route: &NamedRoute) -> Tried {
        let op = RouteOp::Add { ns: ns.clone(), mode, route: route_spec(route) };
        let effect = |world: &mut World| {
            let link = route.link.as_ref().and_then(|name| world.find_link(ns, name));
            if let Some(namespace) = world.namespace_mut(ns) {
                namespace.insert_route(Route { link, ..route.rest.clone() });
            }
        };
        match self.plan(op.clone(), effect) {
            Tried::Refused(Reason::Ipv6Disabled { link }) => {
                self.enable_ipv6(link);
                self.plan(op, effect)
            }
            tried @ (Tried::Planned | Tried::Refused(_)) => tried,
        }
    }

    /// Makes the gateway of a route reachable for a moment. What has to give way for that comes back in the next round.
    fn help(&mut self, ns: &NsRef, route: &NamedRoute, helpers: &mut Vec<NamedRoute>) -> bool {
        let (Some(gateway), Some(name)) = (route.rest.gateway, &route.link) else { return false };
        let on_link = matches!(gateway, IpAddr::V6(ip) if ip.is_unicast_link_local());
        if on_link || !route.rest.opaque.is_empty() {
            return false;
        }
        let helper = link_route(Cidr::host(gateway), route);
        if helpers.contains(&helper) {
            return false;
        }
        let in_the_way: Vec<NamedRoute> =
            routes(&self.now, ns).into_iter().filter(|other| key(other) == key(&helper)).collect();
        for other in &in_the_way {
            self.delete_route(ns, other);
        }
        if let Some(id) = self.now.find_link(ns, name) {
            self.take_gateway_away(ns, gateway, id);
        }
        let added = self.add_route(ns, RouteMode::Add, &helper).is_planned();
        helpers.push(helper);
        added
    }

    /// A gateway that has become an address of this namespace since is refused.
    fn take_gateway_away(&mut self, ns: &NsRef, gateway: IpAddr, through: LinkId) {
        let holders: Vec<LinkId> = self.now.links_of(ns).map(|(id, _)| id).collect();
        for id in holders {
            if id == through && !gateway.is_ipv6() {
                continue;
            }
            let holding: Vec<Address> = by_birth(&self.now, id, gateway.is_ipv6())
                .into_iter()
                .filter(|address| address.cidr.addr() == gateway)
                .collect();
            self.delete_addresses(id, gateway.is_ipv6(), &holding);
        }
    }
}

/// The routes of one list.
fn list(routes: &[NamedRoute], of: Key) -> Vec<&NamedRoute> {
    routes.iter().filter(|route| key(route) == of).collect()
}

/// Whether one request puts the first route of a list in the place of the only one, so that there is always one. IPv6 has
/// its own idea of which route it replaces.
fn can_replace(have: &[&NamedRoute], wanted: &[&NamedRoute]) -> bool {
    let ([have], [wanted, ..]) = (have, wanted) else { return false };
    let understood = have.rest.opaque.is_empty() && wanted.rest.opaque.is_empty();
    have != wanted && understood && !have.rest.destination.is_ipv6()
}

/// What only that route fits, as far as a request can say it.
fn selector(route: &NamedRoute) -> RouteSelector {
    let spec = route_spec(route);
    RouteSelector {
        destination: spec.destination,
        kind: Some(spec.kind).filter(|&kind| kind != RouteType::Unicast),
        gateway: spec.gateway,
        link: spec.link,
        source: spec.source,
        metric: Some(route.rest.metric).filter(|&metric| metric != 0),
        table: spec.table,
        protocol: Some(spec.protocol).filter(|&protocol| protocol != RouteProtocol::BOOT),
        scope: spec.scope,
    }
}

/// The route that says that a gateway is directly on the link of the route that needs it.
fn link_route(gateway: Cidr, route: &NamedRoute) -> NamedRoute {
    NamedRoute {
        link: route.link.clone(),
        rest: Route {
            table: RouteTable::MAIN,
            destination: gateway,
            metric: if gateway.is_ipv6() { IPV6_METRIC } else { 0 },
            kind: RouteType::Unicast,
            gateway: None,
            link: None,
            source: None,
            protocol: RouteProtocol::BOOT,
            scope: if gateway.is_ipv6() { Scope::GLOBAL } else { Scope::LINK },
            onlink: false,
            mtu: None,
            opaque: Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::scene::{addr_add, addr_del, down, route, route_add, route_del, undo, up, veth};
    use crate::ops::{Op, RouteMode};

    fn cable() -> Vec<Op> {
        vec![
            veth(("host", "v0"), ("host", "v1")),
            up("host", "v0"),
            up("host", "v1"),
            addr_add("host", "v0", "10.0.0.1/24"),
        ]
    }

    #[test]
    fn a_replaced_route_is_replaced_again() {
        let mut setup = cable();
        setup.push(route_add("host", "default", "10.0.0.9", "v0"));
        let ops = [route("host", RouteMode::Replace, "default", "10.0.0.8", "v0", None)];
        expect![[r#"
            ip route replace default via 10.0.0.9 dev v0
        "#]]
        .assert_eq(&undo(&setup, &ops));
    }

    #[test]
    fn a_link_that_went_down_gets_its_routes_back() {
        let mut setup = cable();
        setup.push(route_add("host", "default", "10.0.0.9", "-"));
        setup.push(route_add("host", "10.5.0.0/16", "10.0.0.8", "v0"));
        expect![[r#"
            ip link set dev v0 up
            ip route add default via 10.0.0.9 dev v0
            ip route add 10.5.0.0/16 via 10.0.0.8 dev v0
        "#]]
        .assert_eq(&undo(&setup, &[down("host", "v0")]));
    }

    #[test]
    fn a_gateway_without_a_connected_route_is_reached_by_a_helper() {
        let mut setup = cable();
        setup.push(route_add("host", "10.5.0.0/16", "10.0.0.9", "v0"));
        setup.push(route_del("host", "10.0.0.0/24"));
        expect![[r#"
            ip route add 10.0.0.9/32 dev v0
            ip route add 10.5.0.0/16 via 10.0.0.9 dev v0
            ip route del 10.0.0.9/32 dev v0
        "#]]
        .assert_eq(&undo(&setup, &[route_del("host", "10.5.0.0/16")]));
    }

    #[test]
    fn a_connected_route_that_was_deleted_comes_back_alone() {
        expect![[r#"
            ip route add 10.0.0.0/24 dev v0 src 10.0.0.1 proto kernel
        "#]]
        .assert_eq(&undo(&cable(), &[route_del("host", "10.0.0.0/24")]));
    }

    #[test]
    fn equal_metrics_keep_their_order() {
        let mut setup = cable();
        setup.push(route_add("host", "10.5.0.0/16", "10.0.0.8", "v0"));
        setup.push(route("host", RouteMode::Append, "10.5.0.0/16", "10.0.0.9", "v0", None));
        expect![[r#"
            ip route replace 10.5.0.0/16 via 10.0.0.8 dev v0
            ip route append 10.5.0.0/16 via 10.0.0.9 dev v0
        "#]]
        .assert_eq(&undo(&setup, &[route_del("host", "10.5.0.0/16")]));
    }

    #[test]
    fn a_gateway_that_is_an_own_address_of_another_link_needs_no_help() {
        let mut setup = cable();
        setup.push(route_add("host", "10.5.0.0/16", "10.0.0.9", "v0"));
        setup.push(addr_add("host", "v1", "10.0.0.9/24"));
        let ops = [
            route_del("host", "10.5.0.0/16"),
            addr_del("host", "v1", "10.0.0.9/24"),
            addr_add("host", "v1", "10.0.0.9/24"),
        ];
        expect![[r#"
            ip route add 10.5.0.0/16 via 10.0.0.9 dev v0
        "#]]
        .assert_eq(&undo(&setup, &ops));
    }
}
