//! Addresses of the world: the prefixes that are in use, what is free in them, who could be a gateway, whom to ask.
//!
//! What somebody has is looked up in one pass over the world.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use super::{Name, Scene, offer::Offer};
use crate::{
    model::{Kind, Link, LinkId, Peer, World},
    net::{Cidr, IfName, NsRef},
};

/// How many free addresses are proposed, of one prefix when the beginning was typed, and in all.
const MAX_OF_PREFIX: usize = 5;
const MAX_IN_ALL: usize = 40;

/// How many addresses behind the first are looked at: in larger prefixes the beginning is typed.
const MAX_TRIED: u128 = 4096;

/// All links with an address that others can reach, and their addresses.
fn held(world: &World) -> impl Iterator<Item = (LinkId, &Link, Cidr)> {
    let reached = |cidr: &Cidr| match cidr.addr() {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
    };
    world.links().flat_map(move |(id, link)| {
        link.addresses.iter().map(|address| address.cidr).filter(reached).map(move |cidr| (id, link, cidr))
    })
}

/// The prefixes of a world, and how often each is used.
fn prefixes(world: &World) -> BTreeMap<Cidr, usize> {
    let mut prefixes = BTreeMap::new();
    for (_, _, cidr) in held(world).filter(|(_, _, cidr)| !cidr.is_host()) {
        *prefixes.entry(cidr.network()).or_default() += 1;
    }
    prefixes
}

/// The prefixes of a world, as where a route can lead.
pub fn networks(world: &World, offer: &mut Offer<'_>) {
    for (prefix, uses) in prefixes(world).into_iter().take(MAX_IN_ALL * 5) {
        offer.word(prefix.to_string(), || if uses == 1 { "1 address".into() } else { format!("{uses} addresses") });
    }
}

/// Addresses that nobody has, in prefixes that somebody has one of or gave a name to; those of the neighbours of a link come first.
pub fn free(scene: &Scene<'_>, ns: Option<&NsRef>, link: Option<&str>, offer: &mut Offer<'_>) {
    let world = scene.world;
    let taken: BTreeSet<IpAddr> = held(world).map(|(_, _, cidr)| cidr.addr()).collect();
    let mut prefixes = prefixes(world);
    for name in scene.names {
        if let Name::Variable { value, .. } = name
            && let Ok(prefix) = value.parse::<Cidr>()
            && !prefix.is_host()
        {
            prefixes.entry(prefix.network()).or_default();
        }
    }
    let mut prefixes: Vec<(Cidr, usize)> = prefixes.into_iter().collect();
    let near = near(world, ns, link);
    prefixes.sort_by_key(|(prefix, uses)| (!near.contains(prefix), std::cmp::Reverse(*uses), *prefix));
    let each = if offer.typed.is_empty() { 1 } else { MAX_OF_PREFIX };
    for (prefix, _) in prefixes {
        if offer.len() >= MAX_IN_ALL {
            return;
        }
        let free = beginnings(prefix, offer.typed).flat_map(|part| within(prefix, part));
        let free = free.filter(|address| !taken.contains(address));
        let written =
            free.filter_map(|address| Cidr::new(address, prefix.prefix_len()).ok()).map(|cidr| cidr.to_string());
        let typed = offer.typed;
        for address in written.filter(|address| address.starts_with(typed)).take(each) {
            offer.word(address, || format!("free in {prefix}"));
        }
    }
}

/// The parts of a prefix in which addresses begin with what was typed, as far as that can be told from whole octets.
fn beginnings(prefix: Cidr, typed: &str) -> Box<dyn Iterator<Item = Cidr>> {
    let IpAddr::V4(network) = prefix.network().addr() else { return Box::new(std::iter::once(prefix)) };
    let mut whole: Vec<&str> = typed.split('.').collect();
    let last = whole.pop().unwrap_or_default().to_owned();
    let octets: Option<Vec<u8>> = whole.iter().map(|octet| octet.parse().ok()).collect();
    let Some(octets) = octets.filter(|octets| octets.len() < 4 && !typed.is_empty() && !last.contains('/')) else {
        return Box::new(std::iter::once(prefix));
    };
    let mut all = [0; 4];
    all[..octets.len()].copy_from_slice(&octets);
    let typed = Cidr::new(Ipv4Addr::from(all).into(), u8::try_from(octets.len() * 8).unwrap_or(32));
    if typed.is_ok_and(|typed| !typed.contains(network.into()) && !prefix.contains(typed.addr())) {
        return Box::new(std::iter::empty());
    }
    let next = (0..=u8::MAX).filter(move |octet| octet.to_string().starts_with(&last));
    Box::new(next.filter_map(move |octet| {
        all[octets.len()] = octet;
        let len = 8 * u8::try_from(octets.len() + 1).ok()?;
        let part = Cidr::new(Ipv4Addr::from(all).into(), len).ok()?;
        // The smaller of both, where one lies in the other.
        if prefix.contains(part.addr()) && len >= prefix.prefix_len() {
            Some(part)
        } else {
            (part.contains(network.into()) && len < prefix.prefix_len()).then_some(prefix)
        }
    }))
}

/// The addresses of a part of a prefix that a link can have, the first ones.
fn within(prefix: Cidr, part: Cidr) -> Box<dyn Iterator<Item = IpAddr>> {
    match part.network().addr() {
        IpAddr::V4(first) => {
            let last = 2_u32.checked_pow(32 - u32::from(part.prefix_len())).map_or(u32::MAX, |size| size - 1);
            let ends = prefix.broadcast_v4();
            let network = prefix.network().addr();
            let all = (0..=u128::from(last).min(MAX_TRIED)).filter_map(move |number| {
                first.to_bits().checked_add(u32::try_from(number).ok()?).map(Ipv4Addr::from_bits)
            });
            Box::new(
                all.filter(move |address| ends.is_none() || (Some(*address) != ends && *address != network))
                    .map(IpAddr::V4),
            )
        }
        IpAddr::V6(first) => {
            let last = 1_u128.checked_shl(128 - u32::from(part.prefix_len())).map_or(u128::MAX, |size| size - 1);
            // The first address of a prefix is that of its routers.
            let start = u128::from(part.prefix_len() < 127);
            let all = (start..=last.min(MAX_TRIED)).map(move |number| Ipv6Addr::from_bits(first.to_bits() | number));
            Box::new(all.map(IpAddr::V6))
        }
    }
}

/// The prefixes of a link, and of what is on the same switch or the same cable.
fn near(world: &World, ns: Option<&NsRef>, link: Option<&str>) -> BTreeSet<Cidr> {
    let name = link.and_then(|link| link.parse::<IfName>().ok());
    let found = ns.zip(name).and_then(|(ns, name)| world.find_link(world.known_as(ns), &name));
    let mut links: Vec<LinkId> = found.into_iter().collect();
    let far = |id: LinkId| match world.link(id).kind {
        Kind::Veth { peer: Peer::Link(peer) } => Some(peer),
        Kind::Veth { peer: Peer::Elsewhere } | Kind::Loopback | Kind::Bridge | Kind::Vxlan(_) | Kind::Other(_) => None,
    };
    links.extend(found.and_then(far));
    let switches: Vec<LinkId> = links
        .iter()
        .filter_map(|&id| if world.link(id).kind == Kind::Bridge { Some(id) } else { world.link(id).master })
        .collect();
    let ports = world.links().filter(|(_, link)| link.master.is_some_and(|master| switches.contains(&master)));
    let ends: Vec<LinkId> = ports.filter_map(|(id, _)| far(id)).collect();
    links.extend(switches.iter().copied().chain(ends));
    let addresses = links.into_iter().flat_map(|id| &world.link(id).addresses);
    addresses.map(|address| address.cidr.network()).collect()
}

/// Addresses of others in the prefixes of a namespace (of one of its links): who could be its way out.
pub fn gateways(world: &World, ns: Option<&NsRef>, link: Option<&str>, offer: &mut Offer<'_>) {
    let Some(ns) = ns.map(|ns| world.known_as(ns)) else { return };
    let own = world.links_of(ns).map(|(_, own)| own).filter(|own| link.is_none_or(|link| own.name.as_str() == link));
    let own: BTreeSet<Cidr> =
        own.flat_map(|own| &own.addresses).map(|own| own.cidr.network()).filter(|own| !own.is_host()).collect();
    let others = held(world).filter(|(_, other, cidr)| other.ns != *ns && own.contains(&cidr.network()));
    // Switches are the usual way out.
    let mut others: Vec<_> = others.collect();
    others.sort_by_key(|(_, other, cidr)| (other.kind != Kind::Bridge, *cidr));
    for (_, other, cidr) in others.into_iter().take(MAX_IN_ALL) {
        offer.word(cidr.addr().to_string(), || format!("{} in {}", other.name, other.ns));
    }
}

/// Addresses of other namespaces, and at last those of this one: whom one could ask. Behind each may stand a sign.
pub fn known(world: &World, ns: Option<&NsRef>, behind: &str, offer: &mut Offer<'_>) {
    let here = ns.map(|ns| world.known_as(ns));
    let (own, others): (Vec<_>, Vec<_>) = held(world).partition(|(_, link, _)| Some(&link.ns) == here);
    for (_, link, cidr) in others.into_iter().chain(own) {
        let address = cidr.addr();
        let help = || format!("{} in {}", link.name, link.ns);
        match behind {
            "" => offer.word(address.to_string(), help),
            _ if address.is_ipv6() => offer.open(format!("[{address}]{behind}"), help),
            _ => offer.open(format!("{address}{behind}"), help),
        }
    }
}
