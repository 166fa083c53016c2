//! `addr add`, `addr del`, and the addresses that come and go with a link.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nix::errno::Errno;

use super::{Stop, refused, require_link, route};
use crate::{
    model::{Address, Kind, Link, LinkId, Object, Origin, PolicyRule, Reason, Route, World},
    net::{Cidr, IfName, Mtu, NsRef},
    ops::{AddrOp, AddressSelector, AddressSpec, RouteTable, Scope},
};

/// IPv6 needs packets of that size.
pub(super) const IPV6_MIN_MTU: u32 = Mtu::LEAST_OF_IPV6.bytes();
/// IPv4 needs packets of that size (`IPV4_MIN_MTU` in `net/ip.h`).
const IPV4_MIN_MTU: u32 = 68;

pub(super) fn apply(world: &mut World, op: &AddrOp) -> Result<(), Stop> {
    match op {
        AddrOp::Add { ns, link, address } => {
            let id = require_link(world, ns, link)?;
            let add = if address.cidr.is_ipv6() { add_v6 } else { add_v4 };
            add(world, id, address, Origin::Asked)
        }
        AddrOp::Del { ns, link, address } => {
            let id = require_link(world, ns, link)?;
            if address.addr.is_ipv6() { del_v6(world, id, address.cidr()) } else { del_v4(world, id, *address) }
        }
    }
}

/// The prefix that an address makes directly reachable.
pub(super) fn reached(address: &Address) -> Cidr {
    address.peer.unwrap_or(address.cidr).network()
}

fn exists(link: LinkId, cidr: Cidr) -> Stop {
    refused(Errno::EEXIST, Reason::Exists(Object::Address { link, cidr }))
}

fn not_there(link: LinkId, cidr: Cidr) -> Stop {
    refused(Errno::EADDRNOTAVAIL, Reason::NotThere(Object::Address { link, cidr }))
}

/// `__inet_insert_ifa` in `net/ipv4/devinet.c`: primaries stand by scope, secondaries at the end.
fn add_v4(world: &mut World, id: LinkId, spec: &AddressSpec, origin: Origin) -> Result<(), Stop> {
    let link = world.link(id);
    if !has_protocol(world, id, false) {
        return Err(refused(Errno::ENOBUFS, Reason::Kernel { message: None }));
    }
    if spec.cidr.addr().is_unspecified() {
        return Err(Stop::Unknown);
    }
    let mut address = Address { origin, ..new_address(spec, default_scope(spec.cidr)) };
    if address.label.as_deref() == Some(link.name.as_str()) {
        address.label = None;
    }
    let prefix = reached(&address);
    let mut primary_at = 0;
    for (at, other) in link.addresses.iter().enumerate() {
        if other.cidr.is_ipv6() {
            continue;
        }
        if !other.secondary && address.scope <= other.scope {
            primary_at = at + 1;
        }
        if reached(other) == prefix && other.peer.is_some() == address.peer.is_some() {
            if other.cidr.addr() == address.cidr.addr() {
                return Err(exists(id, address.cidr));
            }
            if other.scope != address.scope {
                return Err(Stop::Unknown);
            }
            address.secondary = true;
        }
    }
    let link = world.link_mut(id);
    if address.secondary {
        let end = link.addresses.iter().rposition(|other| !other.cidr.is_ipv6()).map_or(0, |last| last + 1);
        link.addresses.insert(end, address.clone());
    } else {
        link.addresses.insert(primary_at, address.clone());
    }
    if link.up {
        route::connect(world, id, &address);
    }
    Ok(())
}

/// `inet6_addr_add` and `ipv6_link_dev_addr` in `net/ipv6/addrconf.c`: by scope, the newest first.
fn add_v6(world: &mut World, id: LinkId, spec: &AddressSpec, origin: Origin) -> Result<(), Stop> {
    if !world.traits.ipv6 {
        return Err(Stop::Unknown);
    }
    let IpAddr::V6(ip) = spec.cidr.addr() else { return Err(Stop::Unknown) };
    if spec.peer.is_some() {
        return Err(Stop::Unknown);
    }
    if !has_protocol(world, id, true) {
        return Err(refused(Errno::EINVAL, Reason::Kernel { message: None }));
    }
    if ipv6_disabled(world, id) {
        return Err(refused(Errno::EACCES, Reason::Ipv6Disabled { link: id }));
    }
    check_v6(ip, world.link(id).kind == Kind::Loopback)?;
    let link = world.link_mut(id);
    if link.addresses.iter().any(|other| other.cidr.addr() == spec.cidr.addr()) {
        return Err(exists(id, spec.cidr));
    }
    // What the kernel gives the link by itself is not in the model; nor is the link-local prefix's order.
    let address = Address { origin, ..new_address(spec, scope_v6(ip)) };
    let first_v6 = link.addresses.iter().position(|other| other.cidr.is_ipv6()).unwrap_or(link.addresses.len());
    let wider = link.addresses[first_v6..].iter().take_while(|other| other.scope < address.scope).count();
    link.addresses.insert(first_v6 + wider, address.clone());
    if link.up {
        route::connect(world, id, &address);
    }
    Ok(())
}

/// Addresses that no link can have, or the loopback device alone (`ipv6_add_addr` in `net/ipv6/addrconf.c`).
fn check_v6(ip: Ipv6Addr, loopback: bool) -> Result<(), Stop> {
    let message = if ip.is_unspecified() {
        "ipv6: Invalid address"
    } else if ip.is_multicast() {
        "ipv6: Cannot assign multicast address without \"IFA_F_MCAUTOJOIN\" flag"
    } else if ip.is_loopback() && !loopback {
        "ipv6: Cannot assign loopback address on this device"
    } else {
        return Ok(());
    };
    Err(refused(Errno::EADDRNOTAVAIL, Reason::Kernel { message: Some(message.into()) }))
}

fn new_address(spec: &AddressSpec, scope: Scope) -> Address {
    let peer = spec.peer.filter(|peer| peer.addr() != spec.cidr.addr());
    Address {
        // The kernel keeps one length, which is the peer's if there is a peer.
        cidr: peer.map_or(spec.cidr, |_| Cidr::host(spec.cidr.addr())),
        peer,
        broadcast: spec.broadcast,
        scope: spec.scope.filter(|_| !spec.cidr.is_ipv6()).unwrap_or(scope),
        label: spec.label.clone(),
        metric: spec.metric.unwrap_or(0),
        nodad: spec.nodad,
        noprefixroute: spec.noprefixroute,
        secondary: false,
        origin: Origin::Asked,
    }
}

/// What `ip` asks for when the user does not: `host` for loopback addresses.
fn default_scope(cidr: Cidr) -> Scope {
    if cidr.addr().is_loopback() { Scope::HOST } else { Scope::GLOBAL }
}

/// The kernel's own judgement of an IPv6 address (`__ipv6_addr_type` in `net/ipv6/addrconf_core.c`).
fn scope_v6(ip: Ipv6Addr) -> Scope {
    let head = ip.segments()[0];
    if ip.is_loopback() {
        Scope::HOST
    } else if head & 0xffc0 == 0xfe80 {
        Scope::LINK
    } else if head & 0xffc0 == 0xfec0 {
        Scope::SITE
    } else {
        Scope::GLOBAL
    }
}

/// `inet_rtm_deladdr` and `inet_del_ifa` in `net/ipv4/devinet.c`.
fn del_v4(world: &mut World, id: LinkId, selector: AddressSelector) -> Result<(), Stop> {
    if !has_protocol(world, id, false) {
        return Err(refused(Errno::ENODEV, Reason::Kernel { message: Some("ipv4: Device not found".into()) }));
    }
    let link = world.link(id);
    let fits = |other: &Address| {
        let own = reached(other);
        let is_reached = |cidr: Cidr| own.prefix_len() == cidr.prefix_len() && own.contains(cidr.addr());
        other.cidr.addr() == selector.addr && selector.reached.is_none_or(is_reached)
    };
    let at = link.addresses.iter().position(fits).ok_or_else(|| not_there(id, selector.cidr()))?;
    let address = link.addresses[at].clone();
    let prefix = reached(&address);
    let followers: Vec<Address> =
        link.addresses.iter().filter(|other| other.secondary && reached(other) == prefix).cloned().collect();
    let mut gone = vec![address.clone()];
    if !address.secondary && !followers.is_empty() {
        if promotes_secondaries(world, id).ok_or(Stop::Unknown)? {
            return promote(world, id, &address, &followers[0]);
        }
        gone.extend(followers);
    }
    world.link_mut(id).addresses.retain(|other| !gone.contains(other));
    for address in &gone {
        route::disconnect(world, id, address);
    }
    after_loss_v4(world, id, &gone);
    Ok(())
}

/// The first secondary takes the primary's place among the addresses, behind the last primary.
fn promote(world: &mut World, id: LinkId, gone: &Address, heir: &Address) -> Result<(), Stop> {
    let link = world.link_mut(id);
    link.addresses.retain(|other| other != gone && other != heir);
    let last_primary = link
        .addresses
        .iter()
        .rposition(|other| !other.cidr.is_ipv6() && !other.secondary && other.scope >= heir.scope)
        .map_or(0, |last| last + 1);
    let heir = Address { secondary: false, ..heir.clone() };
    link.addresses.insert(last_primary, heir.clone());
    let up = link.up;
    route::disconnect(world, id, gone);
    if up {
        route::connect(world, id, &heir);
    }
    after_loss_v4(world, id, std::slice::from_ref(gone));
    Ok(())
}

/// Routes that name a lost address as their source go; with the last address of a link go all its IPv4 routes
/// (`fib_inetaddr_event` and `fib_sync_down_addr` in `net/ipv4`).
fn after_loss_v4(world: &mut World, id: LinkId, gone: &[Address]) {
    let ns = world.link(id).ns.clone();
    for address in gone {
        let ip = address.cidr.addr();
        if !is_local(world, &ns, ip) {
            route::forget_source_v4(world, &ns, ip);
        }
    }
    if !world.link(id).addresses.iter().any(|address| !address.cidr.is_ipv6()) {
        route::flush_link_family(world, &ns, id, false);
    }
}

fn del_v6(world: &mut World, id: LinkId, cidr: Cidr) -> Result<(), Stop> {
    if !has_protocol(world, id, true) {
        return Err(refused(Errno::ENXIO, Reason::Ipv6Disabled { link: id }));
    }
    let link = world.link_mut(id);
    let Some(at) = link.addresses.iter().position(|other| other.cidr == cidr) else {
        // A link-local address may be the kernel's own, which the model does not keep.
        let link_local = matches!(cidr.addr(), IpAddr::V6(ip) if scope_v6(ip) == Scope::LINK);
        return Err(if link_local { Stop::Unknown } else { not_there(id, cidr) });
    };
    let address = link.addresses.remove(at);
    route::disconnect(world, id, &address);
    let ns = world.link(id).ns.clone();
    if !is_local(world, &ns, cidr.addr()) {
        route::clear_source_v6(world, &ns, cidr.addr());
    }
    Ok(())
}

/// What the loopback device gets when it goes up (`inetdev_event` in `net/ipv4/devinet.c`, `init_loopback` in
/// `net/ipv6/addrconf.c`). What is there already stays as it is.
pub(super) fn add_loopback(world: &mut World, id: LinkId) {
    let own = AddressSpec::new(Cidr::new(Ipv4Addr::LOCALHOST.into(), 8).expect("8 bits are few enough"));
    // It may be there already.
    let _ = add_v4(world, id, &own, Origin::Kernel);
    add_loopback_v6(world, id);
}

/// The IPv6 half of it, which also comes back when IPv6 is switched on.
pub(super) fn add_loopback_v6(world: &mut World, id: LinkId) {
    let own = AddressSpec::new(Cidr::host(Ipv6Addr::LOCALHOST.into()));
    if world.link(id).mtu.bytes() < IPV6_MIN_MTU {
        return;
    }
    // It may be there already.
    let _ = add_v6(world, id, &own, Origin::Kernel);
}

/// Takes all addresses of a family away from a link, with the routes through it; those of IPv4 stay where there was no
/// address to go.
pub(super) fn drop_family(world: &mut World, id: LinkId, ipv6: bool) {
    let link = world.link_mut(id);
    let ns = link.ns.clone();
    let (gone, kept) = link.addresses.drain(..).partition(|address: &Address| address.cidr.is_ipv6() == ipv6);
    link.addresses = kept;
    if ipv6 {
        route::flush_link_family(world, &ns, id, true);
    } else if !gone.is_empty() {
        after_loss_v4(world, id, &gone);
    }
}

/// Whether the link speaks the protocol, which hangs on its MTU. Once the loopback device speaks IPv6 it always does.
pub(super) fn has_protocol(world: &World, id: LinkId, ipv6: bool) -> bool {
    let link = world.link(id);
    let least = if ipv6 { IPV6_MIN_MTU } else { IPV4_MIN_MTU };
    link.mtu.bytes() >= least || (ipv6 && link.kind == Kind::Loopback)
}

/// The labels of a renamed link's IPv4 addresses (`inetdev_changename` in `net/ipv4/devinet.c`): the first is labelled
/// with the name, each other with the name and what stood behind the colon, or its number.
pub(super) fn relabel(link: &mut Link) {
    let name = link.name.as_str();
    let v4 = link.addresses.iter_mut().filter(|address| !address.cidr.is_ipv6());
    for (at, address) in v4.enumerate() {
        if at == 0 {
            address.label = None;
            continue;
        }
        let old = address.label.take().unwrap_or_default();
        let tail = old.find(':').map_or_else(|| format!(":{}", at + 1), |colon| old[colon..].to_string());
        let room = IfName::MAX_BYTES.saturating_sub(tail.len());
        address.label = Some(format!("{}{tail}", &name[..name.floor_char_boundary(room.min(name.len()))]));
    }
}

/// Whether an address belongs to the namespace.
pub(super) fn is_local(world: &World, ns: &NsRef, ip: IpAddr) -> bool {
    world.links_of(ns).any(|(_, link)| is_own(link, ip))
}

/// Whether it cannot be told if an address belongs to the namespace. A prefix that the loopback device has is known from
/// when it first was up, also while it is down. As long as nobody asked for policy rules, routes with longer prefixes
/// hide it (`fib_trie_unmerge` in `net/ipv4/fib_trie.c`).
pub(super) fn may_be_local(world: &World, ns: &NsRef, ip: IpAddr) -> bool {
    let loopback = world.links_of(ns).map(|(_, link)| link).find(|link| link.kind == Kind::Loopback);
    let (IpAddr::V4(_), Some(loopback), Some(namespace)) = (ip, loopback, world.namespace(ns)) else { return false };
    let prefixes = loopback.addresses.iter().map(reached).filter(|prefix| prefix.contains(ip));
    let Some(longest) = prefixes.map(|prefix| prefix.prefix_len()).max() else { return false };
    let is_plain = world.links_of(ns).any(|(_, link)| link.addresses.iter().any(|address| address.cidr.addr() == ip));
    let hides = |route: &Route| {
        route.table == RouteTable::MAIN && route.destination.contains(ip) && route.destination.prefix_len() > longest
    };
    let rules = namespace.policy_rules.iter().filter(|rule| !rule.spec.ipv6);
    let may_hide = rules.eq(&PolicyRule::initial(false)) && namespace.routes.iter().any(hides);
    !is_plain && (!loopback.up || may_hide)
}

/// Whether an address is one of the link, as all of a prefix are that the loopback device has (`fib_add_ifaddr` in
/// `net/ipv4/fib_frontend.c`).
pub(super) fn is_own(link: &Link, ip: IpAddr) -> bool {
    let has_prefix = |address: &Address| {
        link.kind == Kind::Loopback && link.up && !address.secondary && !address.noprefixroute && ip.is_ipv4()
    };
    let fits = |address: &Address| address.cidr.addr() == ip || (has_prefix(address) && reached(address).contains(ip));
    link.addresses.iter().any(fits)
}

/// The setting `promote_secondaries` of a link, if it is known.
fn promotes_secondaries(world: &World, id: LinkId) -> Option<bool> {
    let link = world.link(id);
    let namespace = world.namespace(&link.ns)?;
    let value = |of: &str| {
        let key = format!("net/ipv4/conf/{of}/promote_secondaries").parse().ok()?;
        namespace.sysctls.get(&key).map(|value| value != "0")
    };
    // What was never written for the link itself it has from `default`.
    match (value("all"), value(link.name.as_str()).or_else(|| value("default"))) {
        (Some(all), Some(own)) => Some(all || own),
        (Some(true), None) | (None, Some(true)) => Some(true),
        (Some(false) | None, None) | (None, Some(false)) => None,
    }
}

/// Whether IPv6 is known to be switched off on a link.
pub(super) fn ipv6_disabled(world: &World, id: LinkId) -> bool {
    let link = world.link(id);
    let key = format!("net/ipv6/conf/{}/disable_ipv6", link.name).parse();
    key.ok().and_then(|key| world.namespace(&link.ns)?.sysctls.get(&key).map(|value| value != "0")).unwrap_or(false)
}
