//! The same links under the same identities, across snapshots.
//!
//! In: two worlds, a later and an earlier one. Out: the later one with the identities of the earlier one, wherever a link
//! is the same. A link is the same if it has its place (namespace and name) and kind and nothing speaks against it, or
//! else its hardware address. What speaks against it: another interface index and another hardware address, where both
//! are the kernel's. So one that somebody made anew under an old name is another link.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Link, LinkId, Origin, World};
use crate::net::Mac;

/// How far numbers that the kernel gives (interface indexes) are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// The earlier world was seen as it is.
    Seen,
    /// Part of the earlier world was foretold by the model: where only the index tells against a link, it is the same.
    Foretold,
}

/// `now` with the identities of `earlier`.
pub fn trace(mut now: World, earlier: &World, numbers: Numbers) -> World {
    let mut found: BTreeMap<LinkId, LinkId> = BTreeMap::new();
    let mut taken: BTreeSet<LinkId> = BTreeSet::new();
    for (id, link) in now.links() {
        let Some(same) = at_its_place(earlier, link) else { continue };
        if !taken.contains(&same) && is_same(link, earlier.link(same), numbers) {
            found.insert(id, same);
            taken.insert(same);
        }
    }
    let mut by_mac: BTreeMap<Mac, Vec<LinkId>> = BTreeMap::new();
    for (same, link) in earlier.links().filter(|(same, _)| !taken.contains(same)) {
        if let Some(mac) = link.mac.filter(|mac| !mac.is_zero()) {
            by_mac.entry(mac).or_default().push(same);
        }
    }
    for (id, link) in now.links() {
        if found.contains_key(&id) {
            continue;
        }
        let candidates = link.mac.and_then(|mac| by_mac.get(&mac));
        // Of several with one address nobody knows which.
        if let Some(&[same]) = candidates.map(Vec::as_slice)
            && !taken.contains(&same)
            && alike(link, earlier.link(same))
        {
            found.insert(id, same);
            taken.insert(same);
        }
    }
    now.renumber(&found, earlier);
    now
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
        (Numbers::Foretold, _) if earlier.mac.is_none() => true,
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
