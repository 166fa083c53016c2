//! The network of a machine, and what keeps it whole; how it is read from a file is in a file of its own.

mod written;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Kind, Knowledge, Link, LinkId, Namespace, Origin, Peer, Under};
use crate::net::{IfName, Mtu, NsRef};

/// The network of a machine: its namespaces and what is in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "written::Written")]
pub struct World {
    /// What this kernel can do.
    pub traits: KernelTraits,
    namespaces: BTreeMap<NsRef, Namespace>,
    links: BTreeMap<LinkId, Link>,
    /// The ports of those links that have some.
    #[serde(skip_serializing)]
    ports: BTreeMap<LinkId, BTreeSet<LinkId>>,
    /// Which of the links are vxlans.
    #[serde(skip_serializing)]
    vxlans: BTreeSet<LinkId>,
    next_link: LinkId,
}

/// In what kernels differ, as far as the model minds; probed once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelTraits {
    /// Whether a link that is up can be renamed (since Linux 6.2).
    pub rename_while_up: bool,
    /// Whether there is IPv6.
    pub ipv6: bool,
}

impl Default for KernelTraits {
    fn default() -> Self {
        Self { rename_while_up: true, ipv6: true }
    }
}

impl World {
    /// A machine as a sandbox begins: the host with its loopback device, down, and nothing else; its settings are those
    /// that the kernel is built with.
    pub fn fresh() -> Self {
        let mut world = Self::empty(KernelTraits::default());
        let mut host = Namespace::new(Knowledge::Exact);
        for of in ["all", "default"] {
            let key = format!("net/ipv4/conf/{of}/promote_secondaries").parse().expect("it is below `net`");
            host.sysctls.insert(key, "0".into());
        }
        world.insert_namespace(NsRef::Host, host);
        world.insert_link(Link::loopback(NsRef::Host));
        world
    }

    /// A world without even a host, for a snapshot to fill.
    pub fn empty(traits: KernelTraits) -> Self {
        Self {
            traits,
            namespaces: BTreeMap::new(),
            links: BTreeMap::new(),
            ports: BTreeMap::new(),
            vxlans: BTreeSet::new(),
            next_link: LinkId::FIRST,
        }
    }

    /// The namespaces: the host first, then by name.
    pub fn namespaces(&self) -> impl Iterator<Item = (&NsRef, &Namespace)> {
        self.namespaces.iter()
    }

    /// A namespace.
    pub fn namespace(&self, ns: &NsRef) -> Option<&Namespace> {
        self.namespaces.get(ns)
    }

    /// The name under which the world knows what is inside of a namespace; mostly the same.
    pub fn known_as<'a>(&'a self, ns: &'a NsRef) -> &'a NsRef {
        self.namespace(ns).and_then(|namespace| namespace.same_as.as_ref()).unwrap_or(ns)
    }

    /// A namespace, to be changed.
    pub fn namespace_mut(&mut self, ns: &NsRef) -> Option<&mut Namespace> {
        self.namespaces.get_mut(ns)
    }

    /// Puts a namespace in; it must not be there yet.
    pub fn insert_namespace(&mut self, ns: NsRef, namespace: Namespace) {
        let before = self.namespaces.insert(ns, namespace);
        debug_assert!(before.is_none(), "a namespace is inserted once");
    }

    /// Puts a namespace in of which nothing is known, unless it is there.
    pub fn insert_unknown(&mut self, ns: NsRef) {
        self.namespaces.entry(ns).or_insert_with(|| Namespace::new(Knowledge::Unsure));
    }

    /// Takes a namespace out with all its links; what pointed at those points nowhere.
    pub fn remove_namespace(&mut self, ns: &NsRef) {
        let inside: Vec<LinkId> = self.links_of(ns).map(|(id, _)| id).collect();
        for id in inside {
            self.remove_link(id);
        }
        self.namespaces.remove(ns);
        self.lose_sight(&Under::Routes(ns.clone()));
    }

    /// What was below vxlans is not there to be seen any more.
    fn lose_sight(&mut self, below: &Under) {
        for id in &self.vxlans {
            if let Some(Kind::Vxlan(vxlan)) = self.links.get_mut(id).map(|link| &mut link.kind)
                && vxlan.under == *below
            {
                vxlan.under = Under::Elsewhere;
            }
        }
    }

    /// A link.
    ///
    /// # Panics
    ///
    /// When the link was removed: ids do not outlive their links.
    pub fn link(&self, id: LinkId) -> &Link {
        &self.links[&id]
    }

    /// Whether the link is still there.
    pub fn contains_link(&self, id: LinkId) -> bool {
        self.links.contains_key(&id)
    }

    /// A link, to be changed. Its name, namespace and master change by [`World::rename_link`], [`World::move_link`] and
    /// [`World::set_master`] only, and it never becomes a vxlan.
    ///
    /// # Panics
    ///
    /// When the link was removed.
    pub fn link_mut(&mut self, id: LinkId) -> &mut Link {
        self.links.get_mut(&id).expect("ids do not outlive their links")
    }

    /// The link of that name.
    pub fn find_link(&self, ns: &NsRef, name: &IfName) -> Option<LinkId> {
        self.namespaces.get(ns)?.links.get(name).copied()
    }

    /// All links, in the order in which they were put in.
    pub fn links(&self) -> impl Iterator<Item = (LinkId, &Link)> {
        self.links.iter().map(|(&id, link)| (id, link))
    }

    /// The links of a namespace, by name.
    pub fn links_of(&self, ns: &NsRef) -> impl Iterator<Item = (LinkId, &Link)> {
        self.namespaces
            .get(ns)
            .into_iter()
            .flat_map(|namespace| namespace.links.values())
            .map(|&id| (id, self.link(id)))
    }

    /// The ports of a bridge.
    pub fn ports(&self, bridge: LinkId) -> impl ExactSizeIterator<Item = &Link> {
        static NONE: BTreeSet<LinkId> = BTreeSet::new();
        self.ports.get(&bridge).unwrap_or(&NONE).iter().map(|&port| self.link(port))
    }

    /// The vxlans, in the order in which they were put in.
    pub fn vxlans(&self) -> impl Iterator<Item = (LinkId, &Link)> {
        self.vxlans.iter().map(|&id| (id, self.link(id)))
    }

    /// Makes a link a port of another, or of none.
    pub fn set_master(&mut self, id: LinkId, master: Option<LinkId>) {
        let before = std::mem::replace(&mut self.link_mut(id).master, master);
        if let Some(before) = before
            && let Some(ports) = self.ports.get_mut(&before)
        {
            ports.remove(&id);
            if ports.is_empty() {
                self.ports.remove(&before);
            }
        }
        if let Some(master) = master {
            self.ports.entry(master).or_default().insert(id);
        }
    }

    /// The MTU that a bridge has as long as nobody asks for another: that of its smallest port (`br_mtu_auto_adjust` in
    /// `net/bridge/br_if.c`).
    pub fn automatic_mtu(&self, bridge: LinkId) -> Mtu {
        self.ports(bridge).map(|port| port.mtu).min().unwrap_or(Mtu::ETHERNET)
    }

    /// Puts a link in; its namespace must exist and its name be free there. An index of 0 is replaced by the next free
    /// one.
    pub fn insert_link(&mut self, mut link: Link) -> LinkId {
        let id = self.next_link;
        self.next_link = id.next();
        if link.index == 0 {
            link.index = self.free_index(&link.ns);
        }
        let namespace = self.namespaces.get_mut(&link.ns).expect("a link is put into a namespace that exists");
        namespace.highest_index = namespace.highest_index.max(link.index);
        let before = namespace.links.insert(link.name.clone(), id);
        debug_assert!(before.is_none(), "a link is put in under a free name");
        if let Kind::Vxlan(_) = link.kind {
            self.vxlans.insert(id);
        }
        if let Some(master) = link.master {
            self.ports.entry(master).or_default().insert(id);
        }
        self.links.insert(id, link);
        id
    }

    /// Takes one link out, with the routes through it; its ports and its peer are left without.
    pub fn remove_link(&mut self, id: LinkId) {
        if !self.contains_link(id) {
            return;
        }
        self.set_master(id, None);
        for port in self.ports.remove(&id).unwrap_or_default() {
            self.link_mut(port).master = None;
        }
        let Some(link) = self.links.remove(&id) else { return };
        self.vxlans.remove(&id);
        if let Some(namespace) = self.namespaces.get_mut(&link.ns) {
            namespace.links.remove(&link.name);
            namespace.routes.retain(|route| route.link != Some(id));
        }
        if let Kind::Veth { peer: Peer::Link(peer) } = link.kind
            && let Some(peer) = self.links.get_mut(&peer)
        {
            peer.kind = Kind::Veth { peer: Peer::Elsewhere };
        }
        self.lose_sight(&Under::Link(id));
    }

    /// Gives a link another name, which must be free in its namespace.
    pub fn rename_link(&mut self, id: LinkId, name: IfName) {
        let link = self.links.get_mut(&id).expect("ids do not outlive their links");
        let namespace = self.namespaces.get_mut(&link.ns).expect("a link is in a namespace that exists");
        namespace.links.remove(&link.name);
        namespace.links.insert(name.clone(), id);
        link.name = name;
    }

    /// Puts a link into another namespace under a name that must be free there. Nothing else about it changes: what the
    /// kernel takes away on the way is for [`super::apply`] to take. It keeps its index if that is free there.
    pub fn move_link(&mut self, id: LinkId, to: &NsRef, name: IfName) {
        let (from, old_name, index) = {
            let link = self.link(id);
            (link.ns.clone(), link.name.clone(), link.index)
        };
        let taken = self.links_of(to).any(|(_, link)| link.index == index);
        let index = if taken { self.free_index(to) } else { index };
        if let Some(namespace) = self.namespaces.get_mut(&from) {
            namespace.links.remove(&old_name);
            namespace.routes.retain(|route| route.link != Some(id));
        }
        let namespace = self.namespaces.get_mut(to).expect("a link is moved to a namespace that exists");
        namespace.highest_index = namespace.highest_index.max(index);
        namespace.links.insert(name.clone(), id);
        let link = self.link_mut(id);
        link.ns = to.clone();
        link.name = name;
        link.index = index;
    }

    /// Gives links other identities: those of `earlier` that `found` says, and new ones to the others.
    pub(super) fn renumber(&mut self, found: &BTreeMap<LinkId, LinkId>, earlier: &[&Self]) {
        let mut next = earlier.iter().map(|world| world.next_link).fold(self.next_link, LinkId::max);
        let mut ids = found.clone();
        for &id in self.links.keys() {
            ids.entry(id).or_insert_with(|| {
                let fresh = next;
                next = next.next();
                fresh
            });
        }
        self.next_link = next;
        let renumbered = |id: &mut LinkId| *id = ids[id];
        for namespace in self.namespaces.values_mut() {
            namespace.links.values_mut().for_each(renumbered);
            namespace.routes.iter_mut().filter_map(|route| route.link.as_mut()).for_each(renumbered);
        }
        for link in self.links.values_mut() {
            link.references_mut().into_iter().for_each(renumbered);
        }
        let links = std::mem::take(&mut self.links);
        self.links = links.into_iter().map(|(id, link)| (ids[&id], link)).collect();
        let all = |set: &BTreeSet<LinkId>| set.iter().map(|id| ids[id]).collect();
        self.ports = self.ports.iter().map(|(id, ports)| (ids[id], all(ports))).collect();
        self.vxlans = all(&self.vxlans);
    }

    /// Takes over the numbers by which the kernel knows namespaces and links that both worlds have at the same place, and
    /// the hardware addresses that it chose.
    pub fn adopt_numbers(&mut self, seen: &Self) {
        for (ns, namespace) in &mut self.namespaces {
            if let Some(seen) = seen.namespace(ns) {
                namespace.inode = seen.inode;
                namespace.highest_index = namespace.highest_index.max(seen.highest_index);
            }
        }
        for link in self.links.values_mut() {
            let Some(same) = seen.find_link(&link.ns, &link.name).map(|id| seen.link(id)) else { continue };
            link.index = same.index;
            if link.mac_origin == Origin::Kernel {
                link.mac = same.mac;
            }
        }
    }

    /// The same from a world that shares the identities of its links, wherever those are.
    pub fn adopt_numbers_of_same(&mut self, traced: &Self) {
        for (ns, namespace) in &mut self.namespaces {
            if let Some(seen) = traced.namespace(ns).filter(|_| namespace.inode.is_none()) {
                namespace.inode = seen.inode;
            }
        }
        for (id, link) in &mut self.links {
            let Some(same) = traced.links.get(id) else { continue };
            link.index = same.index;
            if let Some(namespace) = self.namespaces.get_mut(&link.ns) {
                namespace.highest_index = namespace.highest_index.max(link.index);
            }
            if link.mac_origin == Origin::Kernel {
                link.mac = same.mac;
            }
        }
    }

    /// Puts a link in under an identity that it had before; its namespace must exist, and its place and identity be free.
    pub(super) fn put_link(&mut self, id: LinkId, link: Link) {
        let next = self.next_link.max(id.next());
        self.next_link = id;
        self.insert_link(link);
        self.next_link = next;
    }

    fn free_index(&self, ns: &NsRef) -> u32 {
        self.namespaces.get(ns).map_or(1, |namespace| namespace.highest_index + 1)
    }
}
