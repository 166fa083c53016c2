//! What one would ask for to get what is there: objects of the model as the words of an op.
//!
//! In: an object of a world. Out: the specification that makes the same object again. Invariant: what the kernel
//! chooses by itself when nothing is said is left unsaid.

use super::{Address, Route, equality::NamedRoute};
use crate::ops::{AddressSpec, RouteSpec, RouteType, Scope};

/// The metric of an IPv6 route for which none was given (`IP6_RT_PRIO_USER` in `linux/ipv6_route.h`).
pub(super) const IPV6_METRIC: u32 = 1024;

/// An address, as it would be asked for.
pub(super) fn address_spec(address: &Address) -> AddressSpec {
    AddressSpec {
        cidr: address.cidr,
        peer: address.peer,
        broadcast: address.broadcast,
        // An IPv6 address has the scope that its bits say.
        scope: (!address.cidr.is_ipv6() && address.scope != usual_address_scope(address)).then_some(address.scope),
        label: address.label.clone(),
        metric: (address.metric != 0).then_some(address.metric),
        nodad: address.nodad,
        noprefixroute: address.noprefixroute,
    }
}

/// A route, as it would be asked for; what the model does not understand of it is lost.
pub(super) fn route_spec(named: &NamedRoute) -> RouteSpec {
    let route = &named.rest;
    let usual_metric = if route.destination.is_ipv6() { IPV6_METRIC } else { 0 };
    RouteSpec {
        destination: route.destination,
        kind: route.kind,
        gateway: route.gateway,
        link: named.link.clone(),
        source: route.source,
        metric: (route.metric != usual_metric).then_some(route.metric),
        table: route.table,
        protocol: route.protocol,
        // IPv6 routes have no scope.
        scope: (!route.destination.is_ipv6() && route.scope != usual_route_scope(route)).then_some(route.scope),
        onlink: route.onlink,
        mtu: route.mtu,
    }
}

/// `default_scope` in `ip/ipaddress.c` of iproute2.
fn usual_address_scope(address: &Address) -> Scope {
    if address.cidr.addr().is_loopback() { Scope::HOST } else { Scope::GLOBAL }
}

/// What iproute2 chooses in `iproute_modify` of `ip/iproute.c`.
fn usual_route_scope(route: &Route) -> Scope {
    match route.kind {
        RouteType::Local => Scope::HOST,
        RouteType::Broadcast | RouteType::Multicast => Scope::LINK,
        RouteType::Unicast if route.gateway.is_none() => Scope::LINK,
        RouteType::Unicast | RouteType::Blackhole | RouteType::Unreachable | RouteType::Prohibit | RouteType::Throw => {
            Scope::GLOBAL
        }
    }
}
