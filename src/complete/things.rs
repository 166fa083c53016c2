//! What there is in the world, as candidates: namespaces, links, addresses that are there, routes.

use super::{made::Made, offer::Offer};
use crate::{
    model::{Kind, Knowledge, Link, LinkId, Peer, World},
    net::{Cidr, NsRef},
    ops::{RouteProtocol, RouteTable},
};

/// How many names a help line tells.
const MAX_NAMES: usize = 4;

/// The namespaces that have names; natively also the host.
pub fn namespaces(world: &World, made: &Made, has_host: bool, offer: &mut Offer<'_>) {
    for (ns, _) in world.namespaces() {
        match ns {
            NsRef::Host if has_host => offer.word("host", || inside(world, ns)),
            NsRef::Named(name) => offer.name(name.as_str(), || inside(world, ns)),
            NsRef::Host | NsRef::Process(_) => {}
        }
    }
    for name in &made.namespaces {
        offer.name(name, || "made here".into());
    }
}

/// What is in a namespace: its links but the loopback device.
pub fn inside(world: &World, ns: &NsRef) -> String {
    let links = || world.links_of(world.known_as(ns)).filter(|(_, link)| link.kind != Kind::Loopback);
    let names: Vec<&str> = links().take(MAX_NAMES).map(|(_, link)| link.name.as_str()).collect();
    let more = links().count() - names.len();
    let is_known = world.namespace(world.known_as(ns)).is_some_and(|of| of.knowledge == Knowledge::Exact);
    match (names.is_empty(), more) {
        (true, _) if is_known => "no links but lo".into(),
        (true, _) => String::new(),
        (false, 0) => names.join(", "),
        (false, more) => format!("{} and {more} more", names.join(", ")),
    }
}

/// The links of a namespace that are fit for something.
pub fn links(
    world: &World,
    made: &Made,
    ns: Option<&NsRef>,
    offer: &mut Offer<'_>,
    fits: impl Fn(LinkId, &Link) -> bool,
) {
    let Some(ns) = ns else { return };
    for (id, link) in world.links_of(world.known_as(ns)).filter(|(id, link)| fits(*id, link)) {
        offer.name(link.name.as_str(), || about(world, id));
    }
    // Nothing is known of those but their names.
    for name in made.links.get(ns).into_iter().flatten() {
        offer.name(name, || "made here".into());
    }
}

/// What a link is, in a few words: `veth, up, port of br0, 10.0.0.1/24`.
pub fn about(world: &World, id: LinkId) -> String {
    let link = world.link(id);
    let kind = match &link.kind {
        Kind::Loopback => "loopback".into(),
        Kind::Veth { peer: Peer::Link(peer) } => {
            let peer = world.link(*peer);
            let place = if peer.ns == link.ns { String::new() } else { format!(" in {}", peer.ns) };
            format!("veth to {}{place}", peer.name)
        }
        Kind::Veth { peer: Peer::Elsewhere } => "veth".into(),
        Kind::Bridge => "bridge".into(),
        Kind::Vxlan(_) => "vxlan".into(),
        Kind::Other(kind) if kind.is_empty() => "link".into(),
        Kind::Other(kind) => kind.clone(),
    };
    let mut told = vec![kind, if link.up { "up".into() } else { "down".into() }];
    told.extend(link.master.map(|master| format!("port of {}", world.link(master).name)));
    told.extend(link.addresses.iter().take(2).map(|address| address.cidr.to_string()));
    told.join(", ")
}

/// The addresses that links of a namespace have, each with its link.
pub fn addresses(world: &World, ns: Option<&NsRef>, link: Option<&str>, is_bare: bool, offer: &mut Offer<'_>) {
    let Some(ns) = ns else { return };
    let links = world.links_of(world.known_as(ns)).map(|(_, of)| of);
    for of in links.filter(|of| link.is_none_or(|link| of.name.as_str() == link)) {
        for address in &of.addresses {
            let help = || format!("dev {}", of.name);
            if is_bare {
                offer.word(address.cidr.addr().to_string(), help);
            } else {
                offer.word(address.cidr.to_string(), help);
            }
        }
    }
}

/// The routes of a namespace by where they lead; those that somebody made come first.
pub fn routes(world: &World, ns: Option<&NsRef>, offer: &mut Offer<'_>) {
    let Some(namespace) = ns.and_then(|ns| world.namespace(world.known_as(ns))) else { return };
    for is_kernels in [false, true] {
        let routes = namespace.routes.iter().filter(|route| (route.protocol == RouteProtocol::KERNEL) == is_kernels);
        for route in routes.filter(|route| route.table != RouteTable::LOCAL) {
            let help = || {
                let via = route.gateway.map(|gateway| format!("via {gateway}"));
                let dev = route.link.map(|link| format!("dev {}", world.link(link).name));
                let table = (route.table != RouteTable::MAIN).then(|| format!("table {}", route.table));
                [via, dev, table].into_iter().flatten().collect::<Vec<_>>().join(" ")
            };
            offer.word(destination(route.destination), help);
        }
    }
}

/// A prefix as it is typed.
pub fn destination(prefix: Cidr) -> String {
    if prefix.is_default() { "default".into() } else { prefix.to_string() }
}
