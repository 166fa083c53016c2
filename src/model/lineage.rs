//! The same links under the same identities, across snapshots.
//!
//! In: two worlds, a later and an earlier one. Out: the later one with the identities of the earlier one, wherever a link
//! is the same. A link is the same if it has its place (namespace and name) and kind and nothing speaks against it, or
//! else its hardware address. What speaks against it: another interface index and another hardware address, where both
//! are the kernel's. So one that somebody made anew under an old name is another link. A bridge has the address of one of
//! its ports, and so has the next one with that port: bridges, which stay in their namespace, are told apart, and known
//! again under another name, by their indexes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Link, LinkId, Origin, World};
use crate::net::{Mac, NsRef};

/// How far numbers that the kernel gives (interface indexes) are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// The earlier world was seen as it is.
    Seen,
    /// Part of the earlier world was foretold by the model: where only the index tells against a link, it is the same.
    Foretold,
}

/// `now` with the identities of earlier worlds, which share theirs; a link that is in none of them gets one that is in none.
pub fn trace(mut now: World, earlier: &[&World], numbers: Numbers) -> World {
    let mut tracer = Tracer { now: &now, numbers, found: BTreeMap::new(), taken: BTreeSet::new() };
    for earlier in earlier {
        tracer.by_place(earlier);
    }
    for earlier in earlier {
        tracer.by_mac(earlier);
    }
    for earlier in earlier {
        tracer.by_index(earlier);
    }
    let found = tracer.found;
    now.renumber(&found, earlier);
    now
}

struct Tracer<'a> {
    now: &'a World,
    numbers: Numbers,
    found: BTreeMap<LinkId, LinkId>,
    /// The identities that are given away.
    taken: BTreeSet<LinkId>,
}

impl Tracer<'_> {
    fn by_place(&mut self, earlier: &World) {
        for (id, link) in self.now.links() {
            if let Some(same) = at_its_place(earlier, link)
                && is_same(link, earlier.link(same), self.numbers)
            {
                self.give(id, same);
            }
        }
    }

    fn by_mac(&mut self, earlier: &World) {
        let mut by_mac: BTreeMap<Mac, Vec<LinkId>> = BTreeMap::new();
        for (same, link) in earlier.links().filter(|(same, _)| !self.taken.contains(same)) {
            if let Some(mac) = link.mac.filter(|mac| !mac.is_zero()) {
                by_mac.entry(mac).or_default().push(same);
            }
        }
        for (id, link) in self.now.links() {
            let candidates = link.mac.and_then(|mac| by_mac.get(&mac));
            // Of several with one address nobody knows which.
            if let Some(&[same]) = candidates.map(Vec::as_slice)
                && alike(link, earlier.link(same))
                && (link.kind != Kind::Bridge || link.index == earlier.link(same).index)
            {
                self.give(id, same);
            }
        }
    }

    /// A bridge that was renamed and has another address, because it lost its ports, keeps its index.
    fn by_index(&mut self, earlier: &World) {
        let inode = |world: &World, ns: &NsRef| world.namespace(ns).map(|namespace| namespace.inode);
        for (ns, _) in self.now.namespaces().filter(|(ns, _)| inode(self.now, ns) == inode(earlier, ns)) {
            // An index that was foretold may be another's; one with an address was seen. Of other links it says too little:
            // one that comes from elsewhere brings its index along.
            let was_seen = |link: &Link| self.numbers == Numbers::Seen || link.mac.is_some();
            let numbered = earlier.links_of(ns).filter(|(_, link)| link.kind == Kind::Bridge && was_seen(link));
            let by_index: BTreeMap<u32, LinkId> = numbered.map(|(same, link)| (link.index, same)).collect();
            for (id, link) in self.now.links_of(ns) {
                if let Some(&same) = by_index.get(&link.index)
                    && alike(link, earlier.link(same))
                {
                    self.give(id, same);
                }
            }
        }
    }

    fn give(&mut self, id: LinkId, same: LinkId) {
        if !self.found.contains_key(&id) && self.taken.insert(same) {
            self.found.insert(id, same);
        }
    }
}

fn at_its_place(world: &World, link: &Link) -> Option<LinkId> {
    if link.kind == Kind::Loopback {
        // It is the loopback device under any name.
        let is_it = |other: &Link| other.kind == Kind::Loopback;
        return world.links_of(&link.ns).find(|(_, other)| is_it(other)).map(|(id, _)| id);
    }
    world.find_link(&link.ns, &link.name)
}

fn is_same(link: &Link, earlier: &Link, numbers: Numbers) -> bool {
    if !alike(link, earlier) {
        return false;
    }
    let same_mac = link.mac.is_some() && link.mac == earlier.mac;
    match (numbers, earlier.mac_origin) {
        // Nobody asked the kernel for its numbers.
        (_, Origin::Kernel) if earlier.mac.is_none() && link.mac.is_some() => true,
        (Numbers::Foretold, _) if earlier.mac.is_none() => true,
        (Numbers::Seen, Origin::Kernel) if link.kind == Kind::Bridge => link.index == earlier.index,
        (Numbers::Seen, Origin::Kernel) | (Numbers::Foretold, _) => link.index == earlier.index || same_mac,
        // An address that was asked for may have been asked for twice.
        (Numbers::Seen, Origin::Asked) => link.index == earlier.index,
    }
}

fn alike(a: &Link, b: &Link) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Other(a), Kind::Other(b)) => a == b,
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}
