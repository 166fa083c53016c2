//! Which link of one world is which of the other.
//!
//! In: the world as it is and the one that is wanted, perhaps from different snapshots. Out: pairs of links. A link is
//! the same if it has the same place (namespace and name); a cable is known by its two ends together, then by both
//! hardware addresses, then by one end, then by one hardware address. Before all that, worlds of one lineage know their
//! links by identity. Invariants: the ends of a cable are paired with the
//! ends of one cable; links in namespaces of which something is hidden are in no pair.

use std::collections::BTreeMap;

use super::Planner;
use crate::{
    model::{
        Kind, Link, LinkId, Vxlan, World,
        equality::{self, End, far_end, is_known, wanted_mac},
    },
    net::Mac,
};

/// How a link is recognised.
#[derive(Clone, Copy)]
enum By {
    Identity,
    Place,
    Mac,
}

/// Whether the other end of a cable must be recognised too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Both,
    One,
}

struct Pairing<'a> {
    now: &'a World,
    to: &'a World,
    by_mac: BTreeMap<Mac, Vec<LinkId>>,
    /// From the links that are wanted to those that are there.
    found: BTreeMap<LinkId, LinkId>,
    /// The other way round.
    pairs: BTreeMap<LinkId, LinkId>,
}

impl Planner<'_> {
    /// The links that are there, each with the link that it should become.
    pub(super) fn pair_links(&self) -> BTreeMap<LinkId, LinkId> {
        let mut by_mac: BTreeMap<Mac, Vec<LinkId>> = BTreeMap::new();
        for (id, link) in self.now.links() {
            if let Some(mac) = link.mac.filter(|mac| !mac.is_zero()) {
                by_mac.entry(mac).or_default().push(id);
            }
        }
        let mut pairing =
            Pairing { now: &self.now, to: self.to, by_mac, found: BTreeMap::new(), pairs: BTreeMap::new() };
        if self.by_identity {
            pairing.pass(By::Identity, Ends::One);
        }
        for (by, ends) in [(By::Place, Ends::Both), (By::Mac, Ends::Both), (By::Place, Ends::One), (By::Mac, Ends::One)]
        {
            pairing.pass(by, ends);
        }
        // A vxlan is known by what is under it, which may have been found after it was looked at.
        let mut before = 0;
        while pairing.pairs.len() > before {
            before = pairing.pairs.len();
            if self.by_identity {
                pairing.pass(By::Identity, Ends::One);
            }
            for by in [By::Place, By::Mac] {
                pairing.pass(by, Ends::One);
            }
        }
        pairing.pairs
    }
}

impl Pairing<'_> {
    fn pass(&mut self, by: By, ends: Ends) {
        for (want, link) in self.to.links() {
            if self.found.contains_key(&want) || !is_known(self.now, self.to, &link.ns) {
                continue;
            }
            let candidate = self.candidates(want, link, by).into_iter().find(|&id| self.fits(id, link, by, ends));
            let Some(id) = candidate else { continue };
            self.pair(id, want);
            let far_ends = (find_far_end(self.now, self.to, self.now.link(id)), find_far_end(self.to, self.now, link));
            if let (Some(far), Some(far_want)) = far_ends {
                self.pair(far, far_want);
            }
        }
    }

    fn pair(&mut self, id: LinkId, want: LinkId) {
        self.found.insert(want, id);
        self.pairs.insert(id, want);
    }

    fn candidates(&self, id: LinkId, want: &Link, by: By) -> Vec<LinkId> {
        match by {
            By::Identity => Some(id).filter(|id| self.now.contains_link(*id)).into_iter().collect(),
            // The loopback device is the loopback device under any name.
            By::Place if want.kind == Kind::Loopback => {
                let of_ns = self.now.links_of(&want.ns);
                of_ns.filter(|(_, link)| link.kind == Kind::Loopback).map(|(id, _)| id).collect()
            }
            By::Place => self.now.find_link(&want.ns, &want.name).into_iter().collect(),
            By::Mac => want.mac.and_then(|mac| self.by_mac.get(&mac)).cloned().unwrap_or_default(),
        }
    }

    fn fits(&self, id: LinkId, want: &Link, by: By, ends: Ends) -> bool {
        let have = self.now.link(id);
        if self.pairs.contains_key(&id) || !is_known(self.now, self.to, &have.ns) {
            return false;
        }
        match (&have.kind, &want.kind) {
            (Kind::Veth { .. }, Kind::Veth { .. }) => {}
            (Kind::Other(kind), Kind::Other(wanted)) if kind == wanted => return true,
            (Kind::Vxlan(vxlan), Kind::Vxlan(wanted)) => return self.is_carried_alike(vxlan, wanted),
            // A bridge cannot be moved, and none that was given an address comes to have none.
            (Kind::Bridge, Kind::Bridge) => {
                return have.ns == want.ns && !wanted_mac(have, want).is_some_and(Mac::is_zero);
            }
            (Kind::Loopback, Kind::Loopback) => return have.ns == want.ns,
            (Kind::Veth { .. } | Kind::Other(_) | Kind::Bridge | Kind::Vxlan(_) | Kind::Loopback, _) => return false,
        }
        let far = find_far_end(self.now, self.to, have);
        let far_want = find_far_end(self.to, self.now, want);
        match (far, far_want) {
            (Some(far), Some(far_want)) => {
                let (far_link, far_wanted) = (self.now.link(far), self.to.link(far_want));
                let same = match by {
                    By::Identity => far == far_want,
                    By::Place => far_link.ns == far_wanted.ns && far_link.name == far_wanted.name,
                    By::Mac => far_link.mac.is_some() && far_link.mac == far_wanted.mac,
                };
                let free = !self.pairs.contains_key(&far) && !self.found.contains_key(&far_want);
                free && (same || ends == Ends::One)
            }
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Whether a vxlan has the settings that are wanted and is where the wanted one would be born, on the same link, which
    /// stays where it is. What cannot be seen cannot be made again: one with the same settings is left alone.
    fn is_carried_alike(&self, have: &Vxlan, want: &Vxlan) -> bool {
        let specs = (equality::vxlan::spec(self.now, self.to, have), equality::vxlan::spec(self.to, self.now, want));
        let same_place = match specs {
            (Some((ns, _)), Some((wanted, _))) => ns == wanted,
            (_, None) => return have.settings == want.settings,
            (None, Some(_)) => false,
        };
        let same_dev = match (have.dev(), want.dev()) {
            (Some(dev), Some(wanted)) => self.pairs.get(&dev) == Some(&wanted),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        same_place && same_dev && have.settings == want.settings
    }
}

/// The other end of a cable, if both worlds can see the namespace it is in.
pub(super) fn find_far_end(world: &World, other: &World, link: &Link) -> Option<LinkId> {
    match far_end(world, other, link)? {
        End::Seen(ns, name) => world.find_link(&ns, &name),
        End::Hidden => None,
    }
}
