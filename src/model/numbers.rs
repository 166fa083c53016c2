//! By what the kernel knows namespaces and links: numbers that nobody chose.
//!
//! In: a world that was seen. Out: its numbers, for another that was only foretold. They tell an object from a namesake.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{LinkId, Origin, World};
use crate::net::{IfName, Mac, NsRef};

/// The numbers of some namespaces.
pub type KernelNumbers = BTreeMap<NsRef, NamespaceNumbers>;

/// The numbers of a namespace and of the links in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamespaceNumbers {
    /// That of its file (`st_ino`).
    pub inode: Option<u64>,
    /// Those of its links.
    pub links: BTreeMap<IfName, LinkNumbers>,
}

/// The numbers of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkNumbers {
    /// Its interface index.
    pub index: u32,
    /// Its hardware address, which the kernel draws by lot where nobody asks for one.
    pub mac: Option<Mac>,
}

impl World {
    /// The numbers of all that is in it.
    pub fn numbers(&self) -> KernelNumbers {
        let of = |(ns, namespace): (&NsRef, &super::Namespace)| {
            let links = self.links_of(ns).map(|(_, link)| {
                let super::Link { name, index, mac, .. } = link;
                (name.clone(), LinkNumbers { index: *index, mac: *mac })
            });
            (ns.clone(), NamespaceNumbers { inode: namespace.inode, links: links.collect() })
        };
        self.namespaces().map(of).collect()
    }

    /// Knows all that is at the same place by these numbers.
    pub fn adopt_numbers(&mut self, numbers: &KernelNumbers) {
        self.adopt_numbers_unless(numbers, |_| false, |_| false);
    }

    /// The same, but not of the links and namespaces that one can tell of.
    pub fn adopt_numbers_unless(
        &mut self,
        numbers: &KernelNumbers,
        is_known_link: impl Fn(LinkId) -> bool,
        is_known: impl Fn(&NsRef) -> bool,
    ) {
        for (ns, namespace) in self.namespaces_mut() {
            if let Some(numbers) = numbers.get(ns).filter(|_| !is_known(ns)) {
                namespace.inode = numbers.inode;
            }
        }
        for (id, link) in self.links_mut() {
            let same = numbers.get(&link.ns).and_then(|inside| inside.links.get(&link.name));
            let Some(same) = same.filter(|_| !is_known_link(id)) else { continue };
            link.index = same.index;
            if link.mac_origin == Origin::Kernel {
                link.mac = same.mac;
            }
        }
        self.raise_highest_indexes();
    }

    /// The same from a world that shares the identities of its links, wherever those are.
    pub fn adopt_numbers_of_same(&mut self, traced: &Self) {
        for (ns, namespace) in self.namespaces_mut() {
            if let Some(seen) = traced.namespace(ns).filter(|_| namespace.inode.is_none()) {
                namespace.inode = seen.inode;
            }
        }
        for (id, link) in self.links_mut().filter(|(id, _)| traced.contains_link(*id)) {
            let same = traced.link(id);
            link.index = same.index;
            if link.mac_origin == Origin::Kernel {
                link.mac = same.mac;
            }
        }
        self.raise_highest_indexes();
    }

    /// Knows by `new` numbers what it knows by `old` ones.
    pub fn exchange_numbers(&mut self, old: &KernelNumbers, new: &KernelNumbers) {
        for (ns, namespace) in self.namespaces_mut() {
            if let (Some(old), Some(new)) = (old.get(ns), new.get(ns))
                && old.inode == namespace.inode
            {
                namespace.inode = new.inode;
            }
        }
        for (_, link) in self.links_mut() {
            let of = |numbers: &KernelNumbers| numbers.get(&link.ns)?.links.get(&link.name).copied();
            if let (Some(old), Some(new)) = (of(old), of(new))
                && (old.index, old.mac) == (link.index, link.mac)
            {
                (link.index, link.mac) = (new.index, new.mac);
            }
        }
        self.raise_highest_indexes();
    }
}
