//! `route add` and its kin, `route del`, and the routes that come and go with addresses and links.

use std::net::IpAddr;

use nix::errno::Errno;

use super::{Stop, addr, refused, require_link, require_ns};
use crate::{
    model::{Address, Kind, Link, LinkId, Object, Origin, Packet, PolicyRule, Reason, Route, World},
    net::{Cidr, NsRef},
    ops::{RouteMode, RouteOp, RouteProtocol, RouteSelector, RouteSpec, RouteTable, RouteType, Scope},
};

/// What an IPv6 route costs when nobody says (`IP6_RT_PRIO_USER` in `linux/ipv6_route.h`).
const METRIC_V6: u32 = 1024;
/// What the connected route of an IPv6 address costs (`IP6_RT_PRIO_ADDRCONF`).
const METRIC_V6_CONNECTED: u32 = 256;

pub(super) fn apply(world: &mut World, op: &RouteOp) -> Result<(), Stop> {
    match op {
        RouteOp::Add { ns, mode, route } => add(world, ns, *mode, route),
        RouteOp::Del { ns, route } => del(world, ns, route),
    }
}

fn add(world: &mut World, ns: &NsRef, mode: RouteMode, spec: &RouteSpec) -> Result<(), Stop> {
    require_ns(world, ns)?;
    let v6 = spec.destination.is_ipv6();
    if v6 && !world.traits.ipv6 {
        return Err(Stop::Unknown);
    }
    let link = spec.link.as_ref().map(|name| require_link(world, ns, name)).transpose()?;
    if !v6 && !spec.destination.is_network() {
        return Err(refused(Errno::EINVAL, Reason::HostBits { destination: spec.destination }));
    }
    let link = match spec.kind {
        RouteType::Unicast => Some(next_hop(world, ns, spec, link)?),
        RouteType::Blackhole | RouteType::Unreachable | RouteType::Prohibit | RouteType::Throw => {
            if spec.gateway.is_some() || (link.is_some() && !v6) {
                return Err(Stop::Unknown);
            }
            None
        }
        RouteType::Local | RouteType::Broadcast | RouteType::Multicast => return Err(Stop::Unknown),
    };
    if let Some(source) = spec.source {
        if v6 || addr::may_be_local(world, ns, source) {
            return Err(Stop::Unknown);
        }
        if !addr::is_local(world, ns, source) {
            return Err(refused(Errno::EINVAL, Reason::SourceNotOwn { source }));
        }
    }
    // A table of its own, or the kernel's: who looks there is not modelled, what stands there is.
    if spec.table == RouteTable::LOCAL {
        return Err(Stop::Unknown);
    }
    insert(
        world,
        ns,
        mode,
        Route {
            table: spec.table,
            destination: spec.destination.network(),
            metric: metric(spec.destination, spec.metric),
            kind: spec.kind,
            gateway: spec.gateway,
            link,
            source: spec.source,
            protocol: spec.protocol,
            scope: if v6 { Scope::GLOBAL } else { spec.scope.unwrap_or_else(|| usual_scope(spec)) },
            onlink: spec.onlink,
            mtu: spec.mtu,
            opaque: Vec::new(),
        },
    )
}

/// What iproute2 asks for when the user does not (`iproute_modify` in `ip/iproute.c`).
fn usual_scope(spec: &RouteSpec) -> Scope {
    match spec.kind {
        RouteType::Local => Scope::HOST,
        RouteType::Broadcast | RouteType::Multicast => Scope::LINK,
        RouteType::Unicast if spec.gateway.is_none() => Scope::LINK,
        RouteType::Unicast | RouteType::Blackhole | RouteType::Unreachable | RouteType::Prohibit | RouteType::Throw => {
            Scope::GLOBAL
        }
    }
}

/// 0 counts as "not said" for IPv6.
fn metric(destination: Cidr, asked: Option<u32>) -> u32 {
    match (asked, destination.is_ipv6()) {
        (None | Some(0), true) => METRIC_V6,
        (Some(metric), _) => metric,
        (None, false) => 0,
    }
}

/// The link that a unicast route leaves through (`fib_check_nh` in `net/ipv4/fib_semantics.c`, `fib6_nh_init` in
/// `net/ipv6/route.c`).
fn next_hop(world: &World, ns: &NsRef, spec: &RouteSpec, link: Option<LinkId>) -> Result<LinkId, Stop> {
    let down = |id: LinkId| refused(Errno::ENETDOWN, Reason::LinkDown { link: id });
    let v6 = spec.destination.is_ipv6();
    let Some(gateway) = spec.gateway else {
        let id = link.ok_or_else(|| refused(Errno::ENODEV, Reason::NoNextHop))?;
        check_ipv6(world, spec, id)?;
        if !addr::has_protocol(world, id, v6) {
            return Err(refused(Errno::ENODEV, Reason::Kernel { message: None }));
        }
        return if world.link(id).up { Ok(id) } else { Err(down(id)) };
    };
    if gateway.is_ipv6() != v6 {
        return Err(Stop::Unknown);
    }
    if let Some(id) = link {
        require_ipv6(world, spec, id)?;
    }
    if let Some(id) = link
        && spec.onlink
        && !world.link(id).up
    {
        return Err(down(id));
    }
    if addr::may_be_local(world, ns, gateway) {
        return Err(Stop::Unknown);
    }
    if v6 && addr::is_local(world, ns, gateway) {
        return Err(refused(Errno::EINVAL, Reason::GatewayIsOwn { gateway }));
    }
    if spec.onlink {
        // In a namespace that never had an address IPv4 has no local table, and takes no such gateway.
        let has_v4 = |link: &Link| link.addresses.iter().any(|address| !address.cidr.is_ipv6());
        if !v6 && !world.links_of(ns).any(|(_, link)| has_v4(link)) {
            return Err(Stop::Unknown);
        }
        return match link {
            Some(id) if !addr::is_local(world, ns, gateway) => {
                check_ipv6(world, spec, id)?;
                check_onlink(world, ns, gateway, id).map(|()| id)
            }
            Some(_) | None => Err(Stop::Unknown),
        };
    }
    if let IpAddr::V6(ip) = gateway
        && ip.is_unicast_link_local()
    {
        let id = link.ok_or(Stop::Unknown)?;
        check_ipv6(world, spec, id)?;
        return if world.link(id).up { Ok(id) } else { Err(down(id)) };
    }
    // The kernel looks in the route's own table first, then as for any packet, by the policy rules.
    let in_own_table = match spec.table {
        RouteTable::MAIN => None,
        table => lookup(world, ns, table, gateway, link),
    };
    let found = match in_own_table {
        Some(found) => found,
        None => match by_rules(world, ns, gateway, link)? {
            Way::Own(id) => return if world.link(id).up { Ok(id) } else { Err(down(id)) },
            Way::Route(found) => found,
        },
    };
    if v6 && world.namespace(ns).is_some_and(|namespace| namespace.routes[found].gateway.is_some()) {
        return Err(unreachable(gateway));
    }
    let route = &world.namespace(ns).expect("it was looked up in").routes[found];
    // What leads into the loopback device leads nowhere.
    let loops = route.link.is_none_or(|id| world.link(id).kind == Kind::Loopback) && route.opaque.is_empty();
    if v6 && loops {
        return Err(unreachable(gateway));
    }
    match route.link {
        Some(id) if route.kind == RouteType::Unicast && route.opaque.is_empty() => {
            check_ipv6(world, spec, id).map(|()| id)
        }
        Some(_) | None => Err(Stop::Unknown),
    }
}

/// What an IPv6 route asks of its link (`fib6_nh_init` in `net/ipv6/route.c`).
fn check_ipv6(world: &World, spec: &RouteSpec, id: LinkId) -> Result<(), Stop> {
    if !spec.destination.is_ipv6() {
        return Ok(());
    }
    require_ipv6(world, spec, id)?;
    if spec.gateway.is_some() && world.link(id).kind == Kind::Loopback {
        let message = Some("Egress device can not be loopback device for this route".into());
        return Err(refused(Errno::EINVAL, Reason::Kernel { message }));
    }
    if addr::ipv6_disabled(world, id) {
        return Err(refused(Errno::EACCES, Reason::Ipv6Disabled { link: id }));
    }
    Ok(())
}

/// A link with an MTU that is too small has no IPv6, and to it is no link.
fn require_ipv6(world: &World, spec: &RouteSpec, id: LinkId) -> Result<(), Stop> {
    if spec.destination.is_ipv6() && !addr::has_protocol(world, id, true) {
        return Err(refused(Errno::ENODEV, Reason::Kernel { message: None }));
    }
    Ok(())
}

/// A gateway that other IPv6 routes than the default one lead to is on no other link (`ip6_route_check_nh_onlink` in
/// `net/ipv6/route.c`).
fn check_onlink(world: &World, ns: &NsRef, gateway: IpAddr, id: LinkId) -> Result<(), Stop> {
    let leads_there = |route: &&Route| {
        route.table == RouteTable::MAIN && route.destination.is_ipv6() && route.destination.contains(gateway)
    };
    let routes = world.namespace(ns).expect("its presence was checked").routes.iter().filter(leads_there);
    let rank = |route: &&Route| (u8::MAX - route.destination.prefix_len(), route.metric, route.link != Some(id));
    // Through the loopback device nothing but its own address is reached (`fib6_is_reject` in `net/ipv6/route.c`).
    let is_rejected =
        |route: &Route| is_reject(route) || route.link.is_some_and(|link| world.link(link).kind == Kind::Loopback);
    match routes.min_by_key(rank) {
        Some(best) if !best.opaque.is_empty() => Err(Stop::Unknown),
        Some(best) if !is_rejected(best) && !best.destination.addr().is_unspecified() && best.link != Some(id) => {
            let message = Some("Nexthop has invalid gateway or device mismatch".into());
            Err(refused(Errno::EINVAL, Reason::Kernel { message }))
        }
        Some(_) | None => Ok(()),
    }
}

fn unreachable(gateway: IpAddr) -> Stop {
    let errno = if gateway.is_ipv6() { Errno::EHOSTUNREACH } else { Errno::ENETUNREACH };
    refused(errno, Reason::GatewayUnreachable { gateway })
}

/// The link that has an IPv4 address as its own (only that one is looked at, if one is given): IPv4 takes it as a
/// gateway, though nothing gets through. Of several it is the one that had it first, which cannot be seen.
fn own_link(world: &World, ns: &NsRef, ip: IpAddr, link: Option<LinkId>) -> Result<Option<LinkId>, Stop> {
    let has_it = |link: &Link| link.addresses.iter().any(|address| address.cidr.addr() == ip);
    let of_link =
        world.links_of(ns).filter(|&(id, other)| link.is_none_or(|link| link == id) && addr::is_own(other, ip));
    // The address itself comes before the loopback device's prefixes.
    let (holders, others): (Vec<_>, Vec<_>) = of_link.partition(|(_, link)| has_it(link));
    match (holders.as_slice(), others.first()) {
        (&[(id, _)], _) | ([], Some(&(id, _))) => Ok(Some(id)),
        ([], None) => Ok(None),
        (&[_, ..], _) => Err(Stop::Unknown),
    }
}

/// What a gateway is reached by.
enum Way {
    /// It is an address of that link.
    Own(LinkId),
    /// The route at that place.
    Route(usize),
}

/// Asks the tables that the policy rules name, as for a packet from here to the gateway that says nothing else
/// (`fib_rules_lookup` in `net/core/fib_rules.c`).
fn by_rules(world: &World, ns: &NsRef, gateway: IpAddr, link: Option<LinkId>) -> Result<Way, Stop> {
    let v6 = gateway.is_ipv6();
    let namespace = world.namespace(ns).expect("its presence was checked");
    // A kernel without policy routing does as its rules begin.
    let own = namespace.policy_rules.iter().any(|rule| rule.spec.ipv6 == v6);
    let rules = if own { namespace.policy_rules.clone() } else { PolicyRule::initial(v6) };
    let packet = Packet { to: gateway, from: None, mark: 0, tos: 0, oif: link.map(|id| &world.link(id).name) };
    for rule in rules.iter().filter(|rule| rule.spec.ipv6 == v6) {
        if !rule.opaque.is_empty() {
            return Err(Stop::Unknown);
        }
        if !packet.fits(&rule.spec) {
            continue;
        }
        let Some(table) = rule.spec.table() else { return Err(Stop::Unknown) };
        if table == RouteTable::LOCAL {
            // IPv6 takes no address of its own for a gateway, which was asked before.
            match own_link(world, ns, gateway, link)? {
                Some(id) if !v6 => return Ok(Way::Own(id)),
                Some(_) | None => continue,
            }
        }
        let Some(found) = lookup(world, ns, table, gateway, link) else { continue };
        let length = namespace.routes[found].destination.prefix_len();
        if rule.spec.suppress_prefixlength.is_none_or(|suppressed| u32::from(length) > suppressed) {
            return Ok(Way::Route(found));
        }
    }
    Err(unreachable(gateway))
}

/// The directly connected route of a table that a gateway is reached by: the longest prefix of link scope, the
/// lowest metric, the first in order.
fn lookup(world: &World, ns: &NsRef, table: RouteTable, ip: IpAddr, link: Option<LinkId>) -> Option<usize> {
    let routes = &world.namespace(ns)?.routes;
    let fits = |route: &Route| {
        route.table == table
            && route.destination.is_ipv6() == ip.is_ipv6()
            && route.destination.contains(ip)
            && (ip.is_ipv6() || route.scope >= Scope::LINK)
            && (link.is_none() || route.link == link)
    };
    (0..routes.len())
        .filter(|&at| fits(&routes[at]))
        .min_by_key(|&at| (u8::MAX - routes[at].destination.prefix_len(), routes[at].metric))
}

/// Puts a route into its table (`fib_table_insert` in `net/ipv4/fib_trie.c`, `fib6_add_rt2node` in
/// `net/ipv6/ip6_fib.c`).
fn insert(world: &mut World, ns: &NsRef, mode: RouteMode, route: Route) -> Result<(), Stop> {
    let namespace = world.namespace_mut(ns).expect("its presence was checked");
    let rivals = |other: &Route| {
        (other.table, other.destination, other.metric) == (route.table, route.destination, route.metric)
    };
    let first = namespace.routes.iter().position(rivals);
    let last = namespace.routes.iter().rposition(rivals);
    let exists = |rival: &Route| refused(Errno::EEXIST, Reason::Exists(object(ns, rival)));
    match (mode, first, last) {
        (RouteMode::Add, Some(first), _) => Err(exists(&namespace.routes[first])),
        (RouteMode::Change, None, _) => Err(refused(Errno::ENOENT, Reason::NotThere(object(ns, &route)))),
        (RouteMode::Append, Some(_), Some(last)) => {
            // With gateways they become one route of several next hops (`rt6_qualify_for_ecmp`).
            if route.destination.is_ipv6() && route.gateway.is_some() {
                return Err(Stop::Unknown);
            }
            let same_hop = |other: &Route| rivals(other) && other.link == route.link && other.gateway.is_none();
            if route.destination.is_ipv6() && namespace.routes.iter().any(same_hop) {
                return Err(exists(&route));
            }
            if namespace.routes.contains(&route) {
                return Err(exists(&route));
            }
            namespace.routes.insert(last + 1, route);
            Ok(())
        }
        (RouteMode::Replace | RouteMode::Change, Some(first), Some(last)) => {
            if route.destination.is_ipv6() && first != last {
                return Err(Stop::Unknown);
            }
            namespace.routes[first] = route;
            Ok(())
        }
        (RouteMode::Add | RouteMode::Append | RouteMode::Replace | RouteMode::Change, _, _) => {
            namespace.insert_route(route);
            Ok(())
        }
    }
}

fn object(ns: &NsRef, route: &Route) -> Object {
    Object::Route { ns: ns.clone(), destination: route.destination, gateway: route.gateway, metric: route.metric }
}

fn del(world: &mut World, ns: &NsRef, selector: &RouteSelector) -> Result<(), Stop> {
    require_ns(world, ns)?;
    let link = selector.link.as_ref().map(|name| require_link(world, ns, name)).transpose()?;
    if selector.table == RouteTable::LOCAL || selector.destination.addr().is_multicast() {
        return Err(Stop::Unknown);
    }
    let v6 = selector.destination.is_ipv6();
    if !v6 && !selector.destination.is_network() {
        return Err(refused(Errno::EINVAL, Reason::HostBits { destination: selector.destination }));
    }
    // The link-local prefix and the like are the kernel's own, which the model does not keep.
    if matches!(selector.destination.addr(), IpAddr::V6(ip) if ip.is_unicast_link_local()) {
        return Err(Stop::Unknown);
    }
    let is_loopback = |id: LinkId| world.link(id).kind == Kind::Loopback;
    // IPv6 looks neither at the type nor at the preferred source (`ip6_route_del` in `net/ipv6/route.c`).
    let fits = |route: &Route| {
        route.table == selector.table
            && route.destination == selector.destination.network()
            && (v6 || selector.kind.is_none_or(|kind| route.kind == kind))
            && selector.gateway.is_none_or(|gateway| route.gateway == Some(gateway))
            && (link.is_none() || route.link == link || (link.is_some_and(is_loopback) && is_reject(route)))
            && (v6 || selector.source.is_none_or(|source| route.source == Some(source)))
            && selector.metric.is_none_or(|metric| metric == 0 || route.metric == metric)
            && selector.protocol.is_none_or(|protocol| route.protocol == protocol)
            && (v6 || selector.scope.is_none_or(|scope| scope == Scope::NOWHERE || route.scope == scope))
    };
    let namespace = world.namespace(ns).expect("its presence was checked");
    let Some(at) = namespace.routes.iter().position(fits) else {
        let object = Object::Route {
            ns: ns.clone(),
            destination: selector.destination,
            gateway: selector.gateway,
            metric: selector.metric.unwrap_or(0),
        };
        return match nothing_at_the_root(world, ns, selector, link) {
            Some(true) => Err(refused(Errno::ENOENT, Reason::NotThere(object))),
            Some(false) => Err(refused(Errno::ESRCH, Reason::NotThere(object))),
            None => Err(Stop::Unknown),
        };
    };
    world.namespace_mut(ns).expect("its presence was checked").routes.remove(at);
    Ok(())
}

/// Whether what is to be deleted is the entry that IPv6 has in the place of a default route (`fib6_null_entry`), which
/// cannot be. `None` where a table may be missing.
fn nothing_at_the_root(world: &World, ns: &NsRef, selector: &RouteSelector, link: Option<LinkId>) -> Option<bool> {
    let namespace = world.namespace(ns)?;
    let mut in_table =
        namespace.routes.iter().filter(|route| route.destination.is_ipv6() && route.table == selector.table);
    let fits_nothing = selector.destination.is_ipv6()
        && selector.destination.is_default()
        && selector.gateway.is_none()
        && selector.metric.is_none_or(|metric| metric == 0)
        && selector.protocol.is_none_or(|protocol| protocol == RouteProtocol::KERNEL)
        && link.is_none_or(|id| world.link(id).kind == Kind::Loopback)
        && !in_table.clone().any(|route| route.destination.is_default());
    match fits_nothing {
        true if selector.table != RouteTable::MAIN && in_table.next().is_none() => None,
        fits_nothing => Some(fits_nothing),
    }
}

/// The connected route that an address of a link that is up brings (`fib_add_ifaddr` in `net/ipv4/fib_frontend.c`,
/// `addrconf_prefix_route` in `net/ipv6/addrconf.c`).
pub(super) fn connect(world: &mut World, id: LinkId, address: &Address) {
    // The kernel's own ::1 has none, one that was asked for has (`init_loopback` in `net/ipv6/addrconf.c`).
    if address.cidr.is_ipv6() && address.origin == Origin::Kernel {
        return;
    }
    let Some(route) = connected(world, id, address) else { return };
    let ns = world.link(id).ns.clone();
    let namespace = world.namespace_mut(&ns).expect("a link is in a namespace that exists");
    let v6 = route.destination.is_ipv6();
    let same = |other: &Route| {
        if v6 {
            (other.destination, other.link, other.metric, other.table)
                == (route.destination, route.link, route.metric, route.table)
        } else {
            *other == route
        }
    };
    if !namespace.routes.iter().any(same) {
        namespace.insert_route(route);
    }
}

/// Takes the connected route of an address away, unless another address of the link brings it too.
pub(super) fn disconnect(world: &mut World, id: LinkId, address: &Address) {
    let Some(route) = connected(world, id, address) else { return };
    // For IPv6 one that brings none keeps it, too (`check_cleanup_prefix_route` in `net/ipv6/addrconf.c`).
    let keeps = |other: &Address| match route.destination.is_ipv6() {
        true => addr::reached(other) == route.destination,
        false => connected(world, id, other).as_ref() == Some(&route),
    };
    if world.link(id).addresses.iter().any(keeps) {
        return;
    }
    let loopback = world.link(id).kind == Kind::Loopback;
    let ns = world.link(id).ns.clone();
    let namespace = world.namespace_mut(&ns).expect("a link is in a namespace that exists");
    if route.destination.is_ipv6() {
        // The first that leads there through the link is taken for it (`addrconf_get_prefix_route`).
        let is_taken = |other: &Route| {
            (other.table, other.destination) == (route.table, route.destination)
                && (other.link == Some(id) || (loopback && is_reject(other)))
        };
        if let Some(at) = namespace.routes.iter().position(is_taken) {
            namespace.routes.remove(at);
        }
        return;
    }
    namespace.routes.retain(|other| *other != route);
}

fn connected(world: &World, id: LinkId, address: &Address) -> Option<Route> {
    let link = world.link(id);
    let prefix = addr::reached(address);
    let v6 = prefix.is_ipv6();
    let own_route_only = !v6 && prefix.is_host() && prefix.addr() == address.cidr.addr();
    // The loopback device's own prefix stands in the local table.
    let in_local_table = link.kind == Kind::Loopback && !v6;
    let link_local = matches!(address.cidr.addr(), IpAddr::V6(ip) if ip.is_unicast_link_local());
    if address.noprefixroute || address.secondary || own_route_only || in_local_table || link_local {
        return None;
    }
    let metric = match (address.metric, v6) {
        (0, true) => METRIC_V6_CONNECTED,
        (metric, _) => metric,
    };
    Some(Route {
        table: RouteTable::MAIN,
        destination: prefix,
        metric,
        kind: RouteType::Unicast,
        gateway: None,
        link: Some(id),
        source: (!v6).then(|| address.cidr.addr()),
        protocol: RouteProtocol::KERNEL,
        scope: if v6 { Scope::GLOBAL } else { Scope::LINK },
        onlink: false,
        mtu: None,
        opaque: Vec::new(),
    })
}

/// Takes all routes through a link away.
pub(super) fn flush_link(world: &mut World, ns: &NsRef, id: LinkId) {
    for ipv6 in [false, true] {
        flush_link_family(world, ns, id, ipv6);
    }
}

/// Whether it is a route of IPv6 that leads nowhere: to the kernel those are routes through the loopback device
/// (`ip6_route_info_create_nh` in `net/ipv6/route.c`).
fn is_reject(route: &Route) -> bool {
    route.destination.is_ipv6() && route.link.is_none()
}

/// Takes all routes of one family through a link away.
pub(super) fn flush_link_family(world: &mut World, ns: &NsRef, id: LinkId, v6: bool) {
    let loopback = world.link(id).kind == Kind::Loopback;
    let is_through = |route: &Route| route.link == Some(id) || (loopback && is_reject(route));
    if let Some(namespace) = world.namespace_mut(ns) {
        namespace.routes.retain(|route| !is_through(route) || route.destination.is_ipv6() != v6);
    }
}

/// The MTU of IPv6 routes through a link follows that of the link where it was the same, and where there is no more room
/// (`fib6_nh_mtu_change` in `net/ipv6/route.c`).
pub(super) fn follow_mtu(world: &mut World, id: LinkId, before: u32) {
    let link = world.link(id);
    let (ns, now, loopback) = (link.ns.clone(), link.mtu.bytes(), link.kind == Kind::Loopback);
    let is_through = |route: &Route| route.link == Some(id) || (loopback && is_reject(route));
    let Some(namespace) = world.namespace_mut(&ns) else { return };
    for route in namespace.routes.iter_mut().filter(|route| route.destination.is_ipv6() && is_through(route)) {
        route.mtu = route.mtu.map(|mtu| if mtu >= now || mtu == before { now } else { mtu });
    }
}

/// Takes away the IPv4 routes that prefer a source that is no longer there.
pub(super) fn forget_source_v4(world: &mut World, ns: &NsRef, source: IpAddr) {
    if let Some(namespace) = world.namespace_mut(ns) {
        namespace.routes.retain(|route| route.source != Some(source));
    }
}

/// IPv6 routes lose their preferred source instead.
pub(super) fn clear_source_v6(world: &mut World, ns: &NsRef, source: IpAddr) {
    let Some(namespace) = world.namespace_mut(ns) else { return };
    for route in namespace.routes.iter_mut().filter(|route| route.source == Some(source)) {
        route.source = None;
    }
}
