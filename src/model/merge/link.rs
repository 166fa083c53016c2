//! Links: each field by the rule; those that the run made go, unless something of others is on them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Contents, Fate, Merger,
    address::{self, Addresses},
    kept::{Held, Kept},
    others::Other,
    pick::{Pick, pick},
};
use crate::{
    model::{Kind, Link, LinkId, Origin, Peer, Under},
    net::NsRef,
};

impl Merger<'_> {
    /// The links as they should be.
    pub(super) fn merge_links(&mut self, contents: &BTreeMap<NsRef, Contents>) -> BTreeMap<LinkId, Link> {
        let worlds = [&self.before, self.now].into_iter().chain(self.after.iter().copied());
        let ids: BTreeSet<LinkId> = worlds.flat_map(|world| world.links().map(|(id, _)| id)).collect();
        let mut links = BTreeMap::new();
        // Those that the run made, and what of others is on them.
        let mut made: BTreeMap<LinkId, Link> = BTreeMap::new();
        let mut needed: BTreeMap<LinkId, String> = BTreeMap::new();
        for id in ids {
            let before = self.before.contains_link(id).then(|| self.before.link(id).clone());
            let now = self.now.contains_link(id).then(|| self.now.link(id));
            let was_left = self.after.iter().any(|after| after.contains_link(id));
            match (before, now) {
                (Some(before), None) => {
                    if self.comes_back(id, &before) {
                        links.insert(id, before);
                    }
                }
                (_, Some(now)) if !self.is_open(&now.ns) => drop(links.insert(id, now.clone())),
                (Some(before), Some(now)) => drop(links.insert(id, self.merged(id, &before, now))),
                (None, Some(now)) if was_left => {
                    let Addresses { list, foreign } = self.addresses(id, &[], &now.addresses);
                    let mut altered = self.altered(id, now);
                    if altered.is_some() {
                        self.note_left(id);
                    }
                    altered = altered.or_else(|| foreign.first().map(|address| format!("address {}", address.cidr)));
                    self.others.extend(foreign.into_iter().map(|address| Other::Address(id, address)));
                    needed.extend(altered.map(|what| (id, what)));
                    made.insert(id, Link { addresses: list, ..now.clone() });
                }
                (None, Some(now)) => drop(links.insert(id, now.clone())),
                (None, None) => {}
            }
        }
        if !self.all {
            let of_contents = contents.values().flat_map(|contents| &contents.needs);
            for (id, what) in of_contents {
                needed.entry(*id).or_insert_with(|| what.clone());
            }
            self.keep_needed(&mut links, made, needed);
        }
        links
    }

    /// Whether links of that namespace are merged.
    fn is_open(&self, ns: &NsRef) -> bool {
        matches!(self.fate(ns), Fate::Merged | Fate::Made | Fate::Goes)
    }

    /// Of a link that is not there: whether the run took it away.
    fn comes_back(&mut self, id: LinkId, before: &Link) -> bool {
        if !matches!(self.fate(&before.ns), Fate::Merged | Fate::Restored) {
            return false;
        }
        let left: Vec<&Link> =
            self.after.iter().filter(|world| world.contains_link(id)).map(|world| world.link(id)).collect();
        if left.len() < self.after.len() || self.all {
            return true;
        }
        if left.iter().any(|after| *after != before) {
            let text = format!("{}: link {} is gone: somebody deleted it", before.ns, before.name);
            self.kept.push(Kept::changed(text));
        }
        false
    }

    /// A link that was there before and is there now.
    fn merged(&mut self, id: LinkId, before: &Link, now: &Link) -> Link {
        let after: Vec<&Link> =
            self.after.iter().filter(|world| world.contains_link(id)).map(|world| world.link(id)).collect();
        let mut link = now.clone();
        let place = |link: &Link| (link.ns.clone(), link.name.clone());
        let what = if before.ns == now.ns && after.iter().all(|link| link.ns == now.ns) { "name" } else { "place" };
        if self.goes_back(now, what, &place(before), after.iter().map(|link| place(link)), &place(now)) {
            (link.ns, link.name) = place(before);
        }
        // What it had here would be out of place where somebody took it.
        let is_home = link.ns == before.ns;
        if is_home {
            let Addresses { list, foreign } = self.addresses(id, &before.addresses, &now.addresses);
            link.addresses = list;
            for address in foreign {
                let text = format!("address {} of {}", address.cidr, now.name);
                self.need(&now.ns, Some(Other::Address(id, address)), || text);
            }
        }
        if self.goes_back(now, "mtu", &before.mtu, after.iter().map(|link| link.mtu), &now.mtu) {
            (link.mtu, link.mtu_origin) = (before.mtu, before.mtu_origin);
        }
        if is_home && self.goes_back(now, "state", &before.up, after.iter().map(|link| link.up), &now.up) {
            link.up = before.up;
        }
        if is_home && self.goes_back(now, "master", &before.master, after.iter().map(|link| link.master), &now.master) {
            link.master = before.master;
        }
        // One that the kernel chose may be any.
        let mac = |link: &Link| link.mac.filter(|_| link.mac_origin == Origin::Asked);
        let is_asked = after.iter().any(|link| link.mac_origin == Origin::Asked && link.mac != before.mac);
        if is_asked {
            let (had, has) = (mac(before).or(before.mac), now.mac);
            if self.goes_back(now, "address", &had, after.iter().map(|link| link.mac), &has) {
                (link.mac, link.mac_origin) = (before.mac, Origin::Asked);
            }
        }
        let kind = |link: &Link| settings(link);
        if self.goes_back(now, "kind", &kind(before), after.iter().map(|link| kind(link)), &kind(now)) {
            link.kind = before.kind.clone();
        }
        link
    }

    fn goes_back<T: PartialEq>(
        &mut self,
        link: &Link,
        what: &str,
        before: &T,
        after: impl Iterator<Item = T>,
        now: &T,
    ) -> bool {
        let after: Vec<T> = after.collect();
        match pick(before, &after.iter().collect::<Vec<&T>>(), now) {
            Pick::Now => false,
            Pick::Before => true,
            Pick::Foreign => {
                if !self.all {
                    let Link { ns, name, .. } = link;
                    let text = format!("{ns}: link {name} keeps its {what}: somebody changed it since");
                    self.kept.push(Kept::changed(text));
                }
                self.all
            }
        }
    }

    fn note_left(&mut self, id: LinkId) {
        let left = self.after.iter().find(|world| world.contains_link(id)).map(|world| world.link(id).clone());
        self.others.extend(left.map(|link| Other::Changed(id, Box::new(link))));
    }

    /// What somebody changed about a link that the run made.
    fn altered(&self, id: LinkId, now: &Link) -> Option<String> {
        let after: Vec<&Link> =
            self.after.iter().filter(|world| world.contains_link(id)).map(|world| world.link(id)).collect();
        let differs = |is_same: &dyn Fn(&Link) -> bool| !after.iter().any(|link| is_same(link));
        let asked_mac = |link: &Link| link.mac_origin == Origin::Asked;
        if differs(&|link| (&link.ns, &link.name) == (&now.ns, &now.name)) {
            let is_here = after.iter().any(|link| link.ns == now.ns);
            Some(if is_here { "its name" } else { "its place" }.into())
        } else if differs(&|link| link.mtu == now.mtu) {
            Some(format!("its mtu {}", now.mtu))
        } else if differs(&|link| link.up == now.up) {
            Some("its state".into())
        // A master that is gone has let it go.
        } else if self.has_foreign_master(id, now) {
            Some("its master".into())
        } else if after.iter().all(|link| asked_mac(link) && link.mac != now.mac) {
            Some("its address".into())
        } else {
            None
        }
    }

    /// Whether somebody gave a link of the run the master that it has.
    fn has_foreign_master(&self, id: LinkId, now: &Link) -> bool {
        let mut after = self.after.iter().filter(|world| world.contains_link(id)).map(|world| world.link(id));
        now.master.is_some() && !after.any(|link| link.master == now.master)
    }

    fn addresses(&mut self, id: LinkId, before: &[crate::model::Address], now: &[crate::model::Address]) -> Addresses {
        let after = self.after.iter().filter(|world| world.contains_link(id));
        let after: Vec<&[crate::model::Address]> = after.map(|world| world.link(id).addresses.as_slice()).collect();
        let (addresses, displaced) = address::merge(before, &after, now);
        for address in displaced {
            let link = self.now.link(id);
            self.kept.push(Kept::changed(format!(
                "{}: address {} of {} does not come back: somebody put another in its place",
                link.ns, address.cidr, link.name
            )));
        }
        addresses
    }

    /// Of the links that the run made, those stay on which something of others is, with what they cannot be without.
    fn keep_needed(
        &mut self,
        links: &mut BTreeMap<LinkId, Link>,
        mut made: BTreeMap<LinkId, Link>,
        mut needed: BTreeMap<LinkId, String>,
    ) {
        for (&id, link) in links.iter() {
            // What was a port or on a link of the run when it ended goes back by the rule.
            if let Some(master) = link.master.filter(|master| made.contains_key(master)) {
                self.others.push(Other::Port(id));
                needed.entry(master).or_insert_with(|| format!("its port {}", link.name));
            }
            if let Some(dev) = dev(link).filter(|dev| made.contains_key(dev)) {
                self.others.push(Other::Link(id));
                needed.entry(dev).or_insert_with(|| format!("link {} on it", link.name));
            }
        }
        let mut queue: Vec<(LinkId, String)> = needed.into_iter().collect();
        while let Some((id, what)) = queue.pop() {
            let Some(link) = made.remove(&id) else { continue };
            if link.kind != Kind::Loopback {
                let text = format!("{}: link {} stays: {what} is not of this run", link.ns, link.name);
                self.kept.push(Kept::held(&link.ns, Held::Link(link.name.clone()), text));
            }
            if let Kind::Veth { peer: Peer::Link(peer) } = link.kind
                && let Some(peer_link) = made.remove(&peer)
            {
                links.insert(peer, peer_link);
            }
            if let Some(master) = link.master.filter(|_| self.has_foreign_master(id, &link)) {
                queue.push((master, format!("its port {}", link.name)));
            }
            if let Some(dev) = dev(&link) {
                queue.push((dev, format!("link {} on it", link.name)));
            }
            links.insert(id, link);
        }
    }
}

/// What carries a link.
fn dev(link: &Link) -> Option<LinkId> {
    match &link.kind {
        Kind::Vxlan(vxlan) => match vxlan.under {
            Under::Link(dev) => Some(dev),
            Under::Routes(_) | Under::Elsewhere => None,
        },
        Kind::Veth { .. } | Kind::Loopback | Kind::Bridge | Kind::Other(_) => None,
    }
}

/// What a link is, but for the links that it leads to.
fn settings(link: &Link) -> Kind {
    match &link.kind {
        Kind::Veth { .. } => Kind::Veth { peer: Peer::Elsewhere },
        kind => kind.clone(),
    }
}
