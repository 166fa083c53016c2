//! A run taken back without what others did since: the three-way merge.
//!
//! In: the world before a run, as the run left it, and as it is now. The links of all of them have the same identities
//! (see [`super::trace`]). Out: the world that is wanted, and a sentence for each thing that stays although the run had to
//! do with it. The rule is one: what is as the run left it goes back to what it was, what somebody changed since stays.
//! What stays needs what it is in or on: a namespace, a link or a chain that the run made goes only if nothing of others
//! is left in it.
//!
//! Invariants: what the run did not touch is not touched; of a namespace that cannot be looked at, nothing is.

mod address;
mod contents;
mod kept;
mod link;
mod order;
mod others;
mod pick;
mod ruleset;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Knowledge, Link, LinkId, Namespace, Peer, Route, Under, World};
use crate::net::{IfName, NsRef, SysctlKey};
use contents::Contents;
use kept::Held;
pub use kept::Kept;
pub use order::{keep_asked, keep_order};
use others::Other;

/// What came of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The world as it should be.
    pub target: World,
    /// What stays as somebody made it since.
    pub kept: Vec<Kept>,
    others: Vec<Other>,
}

impl Merge {
    /// A world that has grown out of the target, without what others have put on things of the run.
    pub fn without_others(&self, world: &World) -> World {
        others::without(world, &self.others)
    }
}

/// Takes a run out of `now`. `after` is how the run left the world; several where that is not certain. With `all`, what
/// others did to that with which the run had to do goes as well.
pub fn merge(before: &World, after: &[&World], now: &World, all: bool) -> Merge {
    let mut merger = Merger {
        before: before.clone(),
        after,
        now,
        all,
        fates: BTreeMap::new(),
        needed: BTreeMap::new(),
        kept: Vec::new(),
        others: Vec::new(),
    };
    merger.judge_namespaces();
    let contents = merger.merge_contents();
    let links = merger.merge_links(&contents);
    let target = merger.assemble(links, contents);
    Merge { target, kept: merger.kept, others: merger.others }
}

/// What becomes of a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It stays, and all in it.
    Untouched,
    /// It stays; what is in it is merged.
    Merged,
    /// The run made it: it goes if it is empty by then.
    Made,
    /// It goes, and nobody looks inside: it is a name and nothing else, or cannot be looked at.
    Goes,
    /// The run took it away: it comes back.
    Restored,
    /// It is not there and will not be.
    Gone,
}

struct Merger<'a> {
    /// With the namespaces that the run made, as they were born.
    before: World,
    after: &'a [&'a World],
    now: &'a World,
    all: bool,
    fates: BTreeMap<NsRef, Fate>,
    /// The namespaces of the run in which something of others is, and what.
    needed: BTreeMap<NsRef, String>,
    kept: Vec<Kept>,
    others: Vec<Other>,
}

impl Merger<'_> {
    fn judge_namespaces(&mut self) {
        let worlds = [&self.before, self.now].into_iter().chain(self.after.iter().copied());
        let all: BTreeSet<NsRef> = worlds.flat_map(World::namespaces).map(|(ns, _)| ns.clone()).collect();
        for ns in all {
            let fate = self.judge_namespace(&ns);
            if fate == Fate::Made {
                self.give_birth(&ns);
            }
            self.fates.insert(ns, fate);
        }
    }

    fn judge_namespace(&mut self, ns: &NsRef) -> Fate {
        let before = self.before.namespace(ns);
        let after: Vec<Option<&Namespace>> = self.after.iter().map(|world| world.namespace(ns)).collect();
        let left: Vec<&Namespace> = after.iter().copied().flatten().collect();
        let is_touched = after.iter().any(|after| *after != before);
        let Some(now) = self.now.namespace(ns) else {
            return match before {
                Some(_) if left.len() < after.len() => Fate::Restored,
                Some(_) if is_touched => {
                    self.kept.push(Kept::changed(format!("namespace {ns} is gone: somebody deleted it")));
                    Fate::Gone
                }
                Some(_) | None => Fate::Gone,
            };
        };
        if before.is_none() && left.is_empty() {
            return Fate::Untouched;
        }
        let known = before.into_iter().chain(left.iter().copied());
        let inodes: Vec<u64> = known.clone().filter_map(|namespace| namespace.inode).collect();
        let is_namesake = now.inode.is_some_and(|inode| !inodes.is_empty() && !inodes.contains(&inode));
        // All inodes that the run's own one may have are known only if it was looked at.
        let was_foretold = left.iter().any(|namespace| namespace.inode.is_none());
        if is_namesake && !was_foretold {
            return if before.is_some() && is_touched { self.judge_namesake(ns, now) } else { Fate::Untouched };
        }
        let is_seen =
            now.knowledge == Knowledge::Exact && known.clone().all(|namespace| namespace.knowledge == Knowledge::Exact);
        match before {
            None if is_seen => Fate::Made,
            None => Fate::Goes,
            // The very one is back, by its old name.
            Some(namespace) if left.is_empty() && namespace.inode.is_some() && namespace.inode == now.inode => {
                Fate::Restored
            }
            Some(_) if left.is_empty() => self.judge_namesake(ns, now),
            Some(_) if is_seen => Fate::Merged,
            Some(_) => Fate::Untouched,
        }
    }

    /// Somebody's namespace has the name of one that was there before the run.
    fn judge_namesake(&mut self, ns: &NsRef, now: &Namespace) -> Fate {
        if self.all && now.knowledge == Knowledge::Exact {
            return Fate::Restored;
        }
        self.kept.push(Kept::changed(format!("namespace {ns} is another one than before: somebody made it")));
        Fate::Untouched
    }

    /// A namespace of the run was born with the kernel's own rules and a loopback device, which it still has.
    fn give_birth(&mut self, ns: &NsRef) {
        self.before.insert_namespace(ns.clone(), Namespace::new(Knowledge::Exact));
        let is_loopback = |world: &World| {
            let mut links = world.links_of(ns);
            links.find(|(_, link)| link.kind == Kind::Loopback).map(|(id, _)| id)
        };
        if let Some(id) = is_loopback(self.now) {
            self.before.put_link(id, Link::loopback(ns.clone()));
        }
    }

    fn fate(&self, ns: &NsRef) -> Fate {
        self.fates.get(ns).copied().unwrap_or(Fate::Untouched)
    }

    /// Something of others is in a namespace.
    fn need(&mut self, ns: &NsRef, other: Option<Other>, what: impl FnOnce() -> String) {
        if self.fate(ns) == Fate::Made && !self.all {
            self.needed.entry(ns.clone()).or_insert_with(what);
            self.others.extend(other);
        }
    }

    /// Whether the run made a link.
    fn is_made(&self, id: LinkId) -> bool {
        !self.before.contains_link(id) && self.after.iter().any(|after| after.contains_link(id))
    }

    fn merge_contents(&mut self) -> BTreeMap<NsRef, Contents> {
        let fates: Vec<(NsRef, Fate)> = self.fates.iter().map(|(ns, fate)| (ns.clone(), *fate)).collect();
        let mut contents = BTreeMap::new();
        for (ns, fate) in fates {
            match fate {
                Fate::Merged | Fate::Made => drop(contents.insert(ns.clone(), self.contents(&ns))),
                Fate::Untouched => drop(contents.insert(ns.clone(), Contents::of(self.now, &ns))),
                Fate::Restored => drop(contents.insert(ns.clone(), Contents::of(&self.before, &ns))),
                Fate::Goes | Fate::Gone => {}
            }
        }
        contents
    }

    /// Puts the world together.
    fn assemble(&mut self, mut links: BTreeMap<LinkId, Link>, mut contents: BTreeMap<NsRef, Contents>) -> World {
        self.drop_incomplete(&mut links);
        for (&id, link) in links.iter().filter(|(_, link)| link.kind != Kind::Loopback) {
            let other = (!self.is_made(id) && !self.before.contains_link(id)).then_some(Other::Link(id));
            self.need(&link.ns, other, || format!("link {}", link.name));
        }
        for (ns, what) in &self.needed {
            let text = format!("namespace {ns} stays: {what} in it is not of this run");
            self.kept.push(Kept::held(ns, Held::Netns, text));
        }
        let goes = |ns: &NsRef| match self.fate(ns) {
            Fate::Made => !self.needed.contains_key(ns),
            Fate::Goes | Fate::Gone => true,
            Fate::Untouched | Fate::Merged | Fate::Restored => false,
        };
        contents.retain(|ns, _| !goes(ns));
        links.retain(|_, link| contents.contains_key(&link.ns));
        self.drop_cut(&mut links);
        let mut target = World::empty(self.now.traits.clone());
        let mut routes: Vec<(NsRef, Vec<Route>)> = Vec::new();
        for (ns, contents) in contents {
            let (namespace, its_routes) = contents.into_namespace();
            target.insert_namespace(ns.clone(), namespace);
            routes.push((ns, its_routes));
        }
        for (id, mut link) in links.clone() {
            link.master = link.master.filter(|master| links.contains_key(master));
            if let Kind::Veth { peer: Peer::Link(peer) } = link.kind
                && !links.contains_key(&peer)
            {
                link.kind = Kind::Veth { peer: Peer::Elsewhere };
            }
            target.put_link(id, link);
        }
        for (ns, routes) in routes {
            // A link that goes down takes its routes along.
            let leads = |id| target.contains_link(id) && (target.link(id).up || !self.is_taken_down(id));
            // One that stays elsewhere has none here.
            let is_here = |id| leads(id) && target.link(id).ns == ns;
            let there = |route: &Route| route.link.is_none_or(is_here);
            let routes = routes.into_iter().filter(there).collect();
            let names: BTreeSet<String> = target.links_of(&ns).map(|(_, link)| link.name.to_string()).collect();
            let back = self.settings_of_those_back(&target, &ns);
            if let Some(namespace) = target.namespace_mut(&ns) {
                namespace.routes = routes;
                namespace.sysctls.extend(back);
                // A link takes its settings along.
                namespace.sysctls.retain(|key, _| key.link().is_none_or(|link| names.contains(link)));
            }
        }
        target
    }

    /// What links had that come back to a place where another is now.
    fn settings_of_those_back(&self, target: &World, ns: &NsRef) -> BTreeMap<SysctlKey, String> {
        let is_back = |key: &SysctlKey| {
            let link = key.link().and_then(|link| link.parse().ok());
            let [before, now, then] = [&self.before, self.now, target].map(|world| world.find_link(ns, link.as_ref()?));
            before.is_some() && now.is_some() && before == then && now != then
        };
        let had = self.before.namespace(ns).map(|namespace| namespace.sysctls.iter());
        let back = had.into_iter().flatten().filter(|(key, _)| is_back(key));
        back.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Whether a link is up now and was down before.
    fn is_taken_down(&self, id: LinkId) -> bool {
        let up_in = |world: &World| world.contains_link(id) && world.link(id).up;
        up_in(self.now) && !up_in(&self.before)
    }

    /// Cables whose other end goes with its namespace go, too.
    fn drop_cut(&self, links: &mut BTreeMap<LinkId, Link>) {
        let there: BTreeSet<LinkId> = links.keys().copied().collect();
        links.retain(|_, link| match link.kind {
            Kind::Veth { peer: Peer::Link(peer) } => there.contains(&peer) || !self.now.contains_link(peer),
            Kind::Veth { peer: Peer::Elsewhere } => true,
            Kind::Loopback | Kind::Bridge | Kind::Vxlan(_) | Kind::Other(_) => true,
        });
    }

    /// What comes back must have a place; a cable has two ends, and a vxlan something under it.
    fn drop_incomplete(&mut self, links: &mut BTreeMap<LinkId, Link>) {
        loop {
            let mut places: BTreeMap<(&NsRef, &IfName), LinkId> = BTreeMap::new();
            let mut lost = None;
            // Those that are where they are have their places first.
            let settled = |id: LinkId, link: &Link| {
                self.now.contains_link(id) && self.now.link(id).ns == link.ns && self.now.link(id).name == link.name
            };
            let (stay, come): (Vec<_>, Vec<_>) = links.iter().partition(|&(&id, link)| settled(id, link));
            for (&id, link) in stay.into_iter().chain(come) {
                if let Some(&holder) = places.get(&(&link.ns, &link.name)) {
                    // Whoever wants all back wants it more than what others put in its place.
                    let loser = if self.all && !self.before.contains_link(holder) { holder } else { id };
                    lost = Some((loser, "another link of that name is there now".to_owned()));
                    break;
                }
                places.insert((&link.ns, &link.name), id);
                let is_there = |id: &LinkId| links.contains_key(id);
                let was_there = |id: &LinkId| self.now.contains_link(*id);
                match &link.kind {
                    Kind::Veth { peer: Peer::Link(peer) } if !is_there(peer) && !was_there(peer) => {
                        lost = Some((id, "its other end cannot come back".into()));
                    }
                    Kind::Vxlan(vxlan) => {
                        if let Under::Link(dev) = &vxlan.under
                            && !is_there(dev)
                        {
                            lost = Some((id, "what carried it cannot come back".into()));
                        }
                    }
                    Kind::Veth { .. } | Kind::Loopback | Kind::Bridge | Kind::Other(_) => {}
                }
                if lost.is_some() {
                    break;
                }
            }
            let Some((id, why)) = lost else { return };
            let link = links.remove(&id).expect("it was found there");
            if !self.before.contains_link(id) {
                continue;
            }
            let text = format!("{}: link {} does not come back: {why}", link.ns, link.name);
            self.kept.push(Kept::changed(text));
            // One that is elsewhere now stays there, if its place was not taken meanwhile.
            if self.now.contains_link(id) {
                let now = self.now.link(id);
                let is_elsewhere = (&now.ns, &now.name) != (&link.ns, &link.name);
                let is_free = links.values().all(|link| link.ns != now.ns || link.name != now.name);
                if is_elsewhere && is_free {
                    links.insert(id, Link { ns: now.ns.clone(), name: now.name.clone(), ..link });
                }
            }
        }
    }
}
