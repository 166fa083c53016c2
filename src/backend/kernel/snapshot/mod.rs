//! Reading the world.
//!
//! In: which namespaces are of interest. Out: a [`World`] with those, and with the namespaces that hold far ends of
//! their veth pairs, and so on from there.
//!
//! Invariants: a namespace that may not be entered is `Unsure`, and so is one that holds something a world cannot say,
//! or that is another name for one already read.

mod addr;
mod link;
mod macs;
mod peers;
mod route;
mod rule;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs::File,
    path::Path,
};

use netlink_packet_route::{
    RouteNetlinkMessage,
    address::AddressMessage,
    link::{LinkAttribute, LinkExtentMask, LinkMessage},
    route::RouteMessage,
    rule::RuleMessage,
};
use nix::{errno::Errno, sys::utsname::uname};

use self::{
    addr::decode_addr,
    link::{SeenLink, decode_link},
    peers::Wires,
    route::{SeenRoute, decode_route},
    rule::decode_rule,
};
use super::{KernelBackend, failed, handle::Identity, netfilter, netns, socket::Reply};
use crate::{
    backend::{BackendError, SnapshotScope},
    model::{
        Address, KernelTraits, Kind, Knowledge, Link, LinkId, Namespace, Origin, Peer, PolicyRule, Ruleset, Under,
        Vxlan, World,
    },
    net::NsRef,
};

/// Reads what is in scope.
pub(super) fn snapshot(backend: &mut KernelBackend, scope: &SnapshotScope) -> Result<World, BackendError> {
    let Names { mut known, nothing_else, same, mut inodes } = names(backend)?;
    let mut queue: VecDeque<NsRef> = match scope {
        SnapshotScope::All => known.keys().cloned().collect(),
        SnapshotScope::Of(wanted) => wanted.iter().cloned().collect(),
    };
    let candidates: Vec<NsRef> =
        known.keys().filter(|ns| !nothing_else.contains(ns) && !same.contains_key(ns)).cloned().collect();
    let mut seen: BTreeMap<NsRef, Seen> = BTreeMap::new();
    let mut wires = Wires::default();
    while let Some(ns) = queue.pop_front() {
        if known.get(&ns) != Some(&Knowledge::Unread) {
            continue;
        }
        let knowledge = match read(backend, &ns) {
            Ok(namespace) => {
                inodes.insert(ns.clone(), backend.handle(&ns)?.identity().inode());
                queue.extend(wires.connect(backend, &ns, &namespace.links, &candidates)?);
                let knowledge = if namespace.is_whole { Knowledge::Exact } else { Knowledge::Unsure };
                seen.insert(ns.clone(), namespace);
                knowledge
            }
            Err(BackendError::NotPermitted { .. }) => Knowledge::Unsure,
            // It went away since its name was read.
            Err(BackendError::NoSuchNetns(_) | BackendError::NoNamespace(_) | BackendError::NoSuchProcess(_)) => {
                known.remove(&ns);
                continue;
            }
            Err(error @ BackendError::System { .. }) => return Err(error),
        };
        known.insert(ns, knowledge);
    }
    let with_macs: Vec<(&NsRef, File)> = seen
        .iter()
        .filter(|(_, inside)| inside.links.iter().any(SeenLink::may_have_chosen_mac))
        .filter_map(|(ns, _)| Some((ns, backend.file(ns).ok()?)))
        .collect();
    let chosen = macs::chosen(&with_macs);
    let mut world = build(known, seen, &wires);
    for (ns, inode) in inodes {
        if let Some(namespace) = world.namespace_mut(&ns) {
            namespace.inode = Some(inode);
        }
    }
    for (ns, first) in same {
        if let Some(namespace) = world.namespace_mut(&first) {
            namespace.shared = true;
        }
        if let Some(namespace) = world.namespace_mut(&ns) {
            namespace.shared = true;
            namespace.same_as = Some(first);
        }
    }
    for (ns, name) in chosen {
        if let Some(id) = world.find_link(&ns, &name) {
            world.link_mut(id).mac_origin = Origin::Asked;
        }
    }
    Ok(world)
}

/// What this kernel can do.
pub(super) fn probe_traits() -> KernelTraits {
    KernelTraits { rename_while_up: kernel_version() >= (6, 2), ipv6: Path::new("/proc/sys/net/ipv6/conf").exists() }
}

/// The first two numbers of the kernel's release; zeros where it does not begin with numbers.
fn kernel_version() -> (u32, u32) {
    let release = uname().map(|names| names.release().to_string_lossy().into_owned()).unwrap_or_default();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// The namespaces before any is read.
struct Names {
    known: BTreeMap<NsRef, Knowledge>,
    /// Those of `known` that are a name and nothing else.
    nothing_else: BTreeSet<NsRef>,
    /// Those of `known` that are the same as another, which is read instead: read twice, each of its links would be two.
    same: BTreeMap<NsRef, NsRef>,
    inodes: BTreeMap<NsRef, u64>,
}

/// The host, the names, and the processes that were asked for. Of several names that of an earlier snapshot counts, so that
/// snapshots compare; else the last of the directory, as for `ip netns identify`: where `/run` is a tmpfs, the oldest.
fn names(backend: &mut KernelBackend) -> Result<Names, BackendError> {
    let listed = netns::list().map_err(|error| failed("listing the namespaces", error))?;
    let named = listed.into_iter().rev().filter_map(|name| {
        let identity = Identity::of_path(&netns::path(&name)).ok()?;
        Some((netns::is_mounted(&name).then_some(identity), NsRef::Named(name)))
    });
    let mut named: Vec<(Option<Identity>, NsRef)> = named.collect();
    named.sort_by_key(|(identity, ns)| identity.is_none_or(|identity| backend.counted.get(&identity) != Some(ns)));
    let processes = backend.known_processes();
    let of_processes = processes.into_iter().map(|(pid, identity)| (Some(identity), NsRef::Process(pid)));
    let mut firsts = BTreeMap::from([(backend.host.identity(), NsRef::Host)]);
    let mut names = Names {
        known: BTreeMap::from([(NsRef::Host, Knowledge::Unread)]),
        nothing_else: BTreeSet::new(),
        same: BTreeMap::new(),
        inodes: BTreeMap::from([(NsRef::Host, backend.host.identity().inode())]),
    };
    for (identity, ns) in &named {
        identity.map(|identity| backend.counted.entry(identity).or_insert_with(|| ns.clone()));
    }
    for (identity, ns) in named.into_iter().chain(of_processes) {
        names.inodes.extend(identity.map(|identity| (ns.clone(), identity.inode())));
        let first = identity.map(|identity| firsts.entry(identity).or_insert_with(|| ns.clone()).clone());
        let knowledge = match first {
            Some(first) if first == ns => Knowledge::Unread,
            Some(first) => {
                names.same.insert(ns.clone(), first);
                Knowledge::Unsure
            }
            None => {
                names.nothing_else.insert(ns.clone());
                Knowledge::Unsure
            }
        };
        names.known.insert(ns, knowledge);
    }
    Ok(names)
}

/// The inside of a namespace, in the kernel's numbers.
struct Seen {
    links: Vec<SeenLink>,
    /// By the number of their link.
    addresses: BTreeMap<u32, Vec<Address>>,
    routes: Vec<SeenRoute>,
    policy_rules: Vec<PolicyRule>,
    ruleset: Option<Ruleset>,
    /// Whether all of it could be understood.
    is_whole: bool,
}

fn read(backend: &mut KernelBackend, ns: &NsRef) -> Result<Seen, BackendError> {
    let socket = &mut backend.handle(ns)?.socket;
    let mut dump = |message| socket.dump(&message).map_err(|error| failed(format!("reading namespace `{ns}`"), error));
    let mut seen = Seen {
        links: Vec::new(),
        addresses: BTreeMap::new(),
        routes: Vec::new(),
        policy_rules: Vec::new(),
        ruleset: None,
        is_whole: true,
    };

    let mut links = LinkMessage::default();
    links.attributes.push(LinkAttribute::ExtMask(vec![LinkExtentMask::SkipStats]));
    for reply in dump(RouteNetlinkMessage::GetLink(links))? {
        match reply.decode() {
            Ok(RouteNetlinkMessage::NewLink(message)) => match decode_link(message) {
                Some(link) => seen.links.push(link),
                None => seen.is_whole = false,
            },
            Ok(_) => {}
            Err(_) => seen.is_whole = false,
        }
    }
    let has_marks = kernel_version() >= (5, 18);
    for reply in dump(RouteNetlinkMessage::GetAddress(AddressMessage::default()))? {
        match reply.decode() {
            Ok(RouteNetlinkMessage::NewAddress(message)) => {
                let index = message.header.index;
                let Some(link) = seen.links.iter().find(|link| link.index == index) else { continue };
                seen.addresses.entry(index).or_default().extend(decode_addr(message, link, has_marks));
            }
            Ok(_) => {}
            Err(_) => seen.is_whole = false,
        }
    }
    for reply in dump(RouteNetlinkMessage::GetRoute(RouteMessage::default()))? {
        match decode_route(&reply.payload) {
            Ok(route) => seen.routes.extend(route),
            Err(_) => seen.is_whole = false,
        }
    }
    for reply in policy_rules(dump(RouteNetlinkMessage::GetRule(RuleMessage::default())))? {
        match decode_rule(&reply.payload) {
            Ok(rule) => seen.policy_rules.extend(rule),
            Err(_) => seen.is_whole = false,
        }
    }
    // The kernel lists the families in the order in which they were registered.
    seen.policy_rules.sort_by_key(|rule| rule.spec.ipv6);
    seen.ruleset = netfilter::glance(backend.handle(ns)?)
        .map_err(|error| failed(format!("reading the rules of namespace `{ns}`"), error))?;
    Ok(seen)
}

/// A kernel that is built without policy routing has none.
fn policy_rules(answer: Result<Vec<Reply>, BackendError>) -> Result<Vec<Reply>, BackendError> {
    match answer {
        Err(BackendError::System { source, .. }) if source.raw_os_error() == Some(Errno::EOPNOTSUPP as i32) => {
            Ok(Vec::new())
        }
        answer @ (Ok(_) | Err(_)) => answer,
    }
}

/// Puts together what was read, with ids in the place of numbers.
fn build(known: BTreeMap<NsRef, Knowledge>, seen: BTreeMap<NsRef, Seen>, wires: &Wires) -> World {
    let mut world = World::empty(probe_traits());
    for (ns, knowledge) in known {
        world.insert_namespace(ns, Namespace::new(knowledge));
    }
    let mut ids: BTreeMap<(NsRef, u32), LinkId> = BTreeMap::new();
    for (ns, namespace) in &seen {
        for link in &namespace.links {
            let id = world.insert_link(unconnected(ns, link, namespace.addresses.get(&link.index)));
            ids.insert((ns.clone(), link.index), id);
        }
    }
    for (ns, namespace) in &seen {
        for link in &namespace.links {
            let (Some(&id), Some(under)) = (ids.get(&(ns.clone(), link.index)), under(ns, link, wires, &ids)) else {
                continue;
            };
            if let Kind::Vxlan(vxlan) = &mut world.link_mut(id).kind {
                vxlan.under = under;
            }
        }
    }
    for (ns, namespace) in seen {
        let (ruleset, policy_rules) = (namespace.ruleset, namespace.policy_rules);
        let id_of = |index: u32| ids.get(&(ns.clone(), index)).copied();
        for link in &namespace.links {
            let Some(id) = id_of(link.index) else { continue };
            let peer = wires.other_end(&ns, link.index).and_then(|end| ids.get(end));
            world.set_master(id, link.master.and_then(id_of));
            if let (Kind::Veth { peer: place }, Some(&peer)) = (&mut world.link_mut(id).kind, peer) {
                *place = Peer::Link(peer);
            }
        }
        let mut routes: Vec<_> = namespace
            .routes
            .into_iter()
            .map(|seen| crate::model::Route { link: seen.link.and_then(id_of), ..seen.route })
            .collect();
        routes.sort_by_key(|route| (route.table, route.destination, route.metric));
        if let Some(namespace) = world.namespace_mut(&ns) {
            namespace.routes = routes;
            namespace.ruleset = ruleset;
            namespace.policy_rules = policy_rules;
        }
    }
    tell_mtus_asked_for(&mut world);
    world
}

/// What carries a vxlan, as far as it can be seen.
fn under(ns: &NsRef, link: &SeenLink, wires: &Wires, ids: &BTreeMap<(NsRef, u32), LinkId>) -> Option<Under> {
    let vxlan = link.vxlan.as_ref()?;
    let born = match link.far_end.and_then(|far| far.nsid) {
        Some(_) => wires.birthplace(ns, link.index)?,
        None => ns,
    };
    match vxlan.dev {
        Some(dev) => ids.get(&(born.clone(), dev)).copied().map(Under::Link),
        None => Some(Under::Routes(born.clone())),
    }
}

/// The kernel does not say whether somebody set a bridge's MTU; one that its ports do not explain was.
fn tell_mtus_asked_for(world: &mut World) {
    let asked = |world: &World, id: LinkId| {
        world.link(id).kind == Kind::Bridge && world.link(id).mtu != world.automatic_mtu(id)
    };
    let bridges: Vec<LinkId> = world.links().map(|(id, _)| id).filter(|&id| asked(world, id)).collect();
    for bridge in bridges {
        world.link_mut(bridge).mtu_origin = Origin::Asked;
    }
}

/// The link without its master, its peer and what carries it.
fn unconnected(ns: &NsRef, link: &SeenLink, addresses: Option<&Vec<Address>>) -> Link {
    let vxlan = link.vxlan.as_ref().filter(|vxlan| vxlan.is_whole);
    let kind = match link.kind.as_str() {
        "" if link.is_loopback => Kind::Loopback,
        "veth" => Kind::Veth { peer: Peer::Elsewhere },
        "bridge" => Kind::Bridge,
        other => match vxlan {
            Some(vxlan) => Kind::Vxlan(Box::new(Vxlan { settings: vxlan.settings.clone(), under: Under::Elsewhere })),
            None => Kind::Other(other.to_owned()),
        },
    };
    Link {
        ns: ns.clone(),
        name: link.name.clone(),
        index: link.index,
        kind,
        mac: link.mac,
        mac_origin: Origin::Kernel,
        mtu: link.mtu,
        mtu_origin: Origin::Kernel,
        up: link.up,
        master: None,
        addresses: addresses.cloned().unwrap_or_default(),
    }
}
