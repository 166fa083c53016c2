//! What a run did so far, told by the model: what can be taken back.
//!
//! In: what is about to be changed, what was refused, what was seen. Out: the world before and the world after, which
//! share the identities of their links. Invariant: a course that is told the same again, from a journal, is the same.

use std::collections::BTreeSet;

use crate::{
    model::{
        KernelNumbers, Kind, Link, LinkId, Numbers, Origin, Outcome, Peer, Under, World, apply, differences, trace,
    },
    net::{NsName, NsRef, SysctlKey},
    ops::Op,
};

/// The course of a run.
#[derive(Clone, Debug)]
pub struct Course {
    before: World,
    /// With all changes that were made for certain.
    after: World,
    /// Changes behind those; each may have been made, or only those before it.
    pending: Vec<Op>,
    /// With a change that was refused and may have been made in part.
    in_part: Option<World>,
    /// With all changes, where every bridge follows the MTU of its ports. Of one with another MTU than theirs the kernel
    /// does not tell whether it was made with it, and follows, or was given it later, and does not.
    following: Option<World>,
    /// As the run left it, since it is being taken back.
    left: Option<World>,
    /// Nothing was taken back yet.
    is_left_open: bool,
    numbers: Numbers,
    is_doubtful: bool,
    names: BTreeSet<NsName>,
    touched: BTreeSet<NsRef>,
}

impl Course {
    /// Nothing was changed yet.
    pub fn new(before: World) -> Self {
        Self {
            after: before.clone(),
            following: following(&before),
            before,
            pending: Vec::new(),
            in_part: None,
            left: None,
            is_left_open: false,
            numbers: Numbers::Seen,
            is_doubtful: false,
            names: BTreeSet::new(),
            touched: BTreeSet::new(),
        }
    }

    /// The world before the run.
    pub fn before(&self) -> &World {
        &self.before
    }

    /// The world as the run left it, as far as it is certain.
    pub fn after(&self) -> &World {
        &self.after
    }

    /// Whether something changed the world that the model cannot tell.
    pub fn is_doubtful(&self) -> bool {
        self.is_doubtful
    }

    /// Something is about to change the world, and nobody knows how: a program.
    pub fn doubt(&mut self) {
        self.is_doubtful = true;
    }

    /// These are about to be made, in this order; what was to be made before them was made.
    pub fn change(&mut self, ops: &[Op]) {
        self.settle();
        self.is_left_open = false;
        for op in ops {
            self.touched.extend(op.touched().into_iter().cloned());
            if let Op::Netns(op) = op {
                self.names.insert(op.name().clone());
                self.touched.insert(NsRef::Named(op.name().clone()));
            }
        }
        self.pending = ops.to_vec();
    }

    /// Of the last changes these were not made, by their places; all others were.
    pub fn refused(&mut self, places: &[usize]) {
        self.in_part = None;
        for (at, op) in std::mem::take(&mut self.pending).into_iter().enumerate() {
            if !places.contains(&at) {
                self.make(&op);
            } else if self.in_part.is_none() {
                let mut world = self.after.clone();
                let _outcome = apply(&mut world, &op);
                self.in_part = Some(world);
            }
        }
    }

    /// All changes so far were made.
    pub fn settle(&mut self) {
        for op in std::mem::take(&mut self.pending) {
            self.make(&op);
        }
    }

    fn make(&mut self, op: &Op) {
        self.numbers = Numbers::Foretold;
        for world in [&mut self.in_part, &mut self.following].into_iter().flatten() {
            let _outcome = apply(world, op);
        }
        self.is_doubtful |= apply(&mut self.after, op) == Outcome::Unknown;
    }

    /// A setting is looked at for the first time. That of a link is the link's, by whatever name it went.
    pub fn setting(&mut self, ns: &NsRef, key: &SysctlKey, value: &str) {
        self.settle();
        let link = key.link().and_then(|link| self.after.find_link(ns, &link.parse().ok()?));
        let others = [&mut self.in_part, &mut self.following, &mut self.left].into_iter().flatten();
        for world in [&mut self.before, &mut self.after].into_iter().chain(others) {
            let key = match link {
                None => key.clone(),
                // One that was made in the place of another begins as that did.
                Some(id) if !world.contains_link(id) => key.clone(),
                Some(id) if world.link(id).ns == *ns => {
                    let Ok(named) = key.with_link(&world.link(id).name) else { continue };
                    named
                }
                Some(_) => continue,
            };
            if let Some(namespace) = world.namespace_mut(ns) {
                namespace.sysctls.entry(key).or_insert_with(|| value.to_owned());
            }
        }
    }

    /// A namespace comes into sight, and what it was like before is not known.
    pub fn discover(&mut self, ns: &NsRef) {
        let others = [&mut self.in_part, &mut self.following].into_iter().flatten();
        for world in [&mut self.before, &mut self.after].into_iter().chain(others) {
            world.insert_unknown(ns.clone());
        }
    }

    /// The names of namespaces that were given or taken away.
    pub fn names(&self) -> Vec<NsName> {
        self.names.iter().cloned().collect()
    }

    /// Whether something was changed in a namespace that has several names, or goes by a process.
    pub fn has_aliases(&self) -> bool {
        let is_alias = |world: &World, ns: &NsRef| {
            let namespace = world.namespace(ns);
            namespace.is_some_and(|namespace| namespace.shared || namespace.same_as.is_some())
        };
        let is_one =
            |ns: &NsRef| matches!(ns, NsRef::Process(_)) || is_alias(&self.before, ns) || is_alias(&self.after, ns);
        self.touched.iter().any(is_one)
    }

    /// The namespaces in which something was changed.
    pub fn touched(&self) -> Vec<NsRef> {
        self.touched.iter().cloned().collect()
    }

    /// The world was looked at. Where nothing could have changed but by what is known, what was seen decides only what of
    /// a refused change was made. Whether the course is another now.
    pub fn seen(&mut self, now: &World) -> bool {
        self.settle();
        let in_part = self.in_part.take();
        if self.is_doubtful {
            self.is_doubtful = false;
            let worlds: Vec<&World> = [Some(&self.after), in_part.as_ref()].into_iter().flatten().collect();
            let seen = trace(now.clone(), &worlds, self.numbers);
            let is_other = !differences(&seen, &self.after).is_empty() || !differences(&self.after, &seen).is_empty();
            self.after = seen;
            self.following = None;
            self.numbers = Numbers::Seen;
            return is_other;
        }
        let Some(in_part) = in_part else { return false };
        let is_nearer = differences(now, &in_part).len() < differences(now, &self.after).len();
        if is_nearer {
            self.after = in_part;
        }
        is_nearer
    }

    /// At the end the kernel knows what is there by these numbers.
    pub fn numbered(&mut self, numbers: &KernelNumbers) {
        self.settle();
        for world in [Some(&mut self.after), self.following.as_mut()].into_iter().flatten() {
            world.adopt_numbers(numbers);
        }
        self.numbers = Numbers::Seen;
    }

    /// What it knows by `old` numbers has `new` ones: it was taken away and made again since.
    pub fn exchange_numbers(&mut self, old: &KernelNumbers, new: &KernelNumbers) {
        let others = [&mut self.in_part, &mut self.following].into_iter().flatten();
        for world in [&mut self.before, &mut self.after].into_iter().chain(others) {
            world.exchange_numbers(old, new);
        }
    }

    /// The numbers in `now` of the world before; `None` where nothing of it was made again: all was `there` when it was
    /// taken back, by the identities of this course.
    pub fn renumbered(&self, there: &World, now: &World) -> Option<KernelNumbers> {
        let mut before = self.before.clone();
        before.adopt_numbers_unless(&now.numbers(), |id| there.contains_link(id), |ns| there.namespace(ns).is_some());
        (before != self.before).then(|| before.numbers())
    }

    /// What the run made is known by the kernel's numbers from now on, wherever it is.
    pub fn recognize(&mut self, now: &World) {
        let (traced, _) = self.against(now.clone());
        for world in [Some(&mut self.after), self.following.as_mut()].into_iter().flatten() {
            world.adopt_numbers_of_same(&traced);
        }
        self.numbers = Numbers::Seen;
    }

    /// From now on it is taken back. What others did in the meantime, and what of it is put back, is judged by how the run
    /// left the world, however often it is begun.
    pub fn take_back(&mut self) {
        if self.left.is_none() {
            self.left = Some(self.after.clone());
            self.is_left_open = true;
        }
    }

    /// The world is so, says a journal.
    pub fn replace(&mut self, after: World) {
        if self.is_left_open {
            self.left = Some(after.clone());
        }
        self.pending.clear();
        self.in_part = None;
        self.following = None;
        self.is_doubtful = false;
        self.after = after;
        self.numbers = Numbers::Seen;
    }

    /// Whether a link is about to go by itself: the namespace at the other end of its cable, or the one that a vxlan came
    /// from, has lost its name, and the kernel takes it apart some time later.
    pub fn is_fading(&self, now: &World) -> bool {
        now.links().any(|(_, link)| {
            let known = self.after.find_link(&link.ns, &link.name).map(|id| &self.after.link(id).kind);
            match (&link.kind, known) {
                (Kind::Veth { peer: Peer::Elsewhere }, Some(Kind::Veth { peer: Peer::Link(peer) })) => {
                    now.namespace(&self.after.link(*peer).ns).is_none()
                }
                (Kind::Vxlan(vxlan), None) => vxlan.under == Under::Elsewhere,
                _ => false,
            }
        })
    }

    /// Or the world is so, says a journal.
    pub fn perhaps(&mut self, in_part: World) {
        self.in_part = Some(in_part);
    }

    /// How the world is if the last change was made in part.
    pub fn in_part(&self) -> Option<&World> {
        self.in_part.as_ref()
    }

    /// The writer of this course was killed: which of its last changes were made is told by what is there now. Requests
    /// are carried out in order, so that the first ones were, and perhaps a part of the next. What one does that the model
    /// cannot tell is doubtful. Whether there was anything to find out.
    pub fn resolve(&mut self, now: &World) -> bool {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return false;
        }
        self.numbers = Numbers::Foretold;
        let mut next = self.after.clone();
        let mut nearest = differences(now, &next).len();
        for op in &pending {
            let is_behind_nearest = self.in_part.is_none();
            self.is_doubtful |= apply(&mut next, op) == Outcome::Unknown;
            if let Some(world) = &mut self.following {
                let _outcome = apply(world, op);
            }
            let distance = differences(now, &next).len();
            if distance <= nearest {
                nearest = distance;
                self.after = next.clone();
                self.in_part = None;
            } else if is_behind_nearest {
                self.in_part = Some(next.clone());
            }
        }
        true
    }

    /// `now` with the identities of this course, and how the run may have left it.
    pub fn against(&self, now: World) -> (World, Vec<&World>) {
        let after = [Some(&self.after), self.in_part.as_ref(), self.following.as_ref(), self.left.as_ref()];
        let after: Vec<&World> = after.into_iter().flatten().collect();
        let worlds: Vec<&World> = after.iter().copied().chain([&self.before]).collect();
        (trace(now, &worlds, self.numbers), after)
    }
}

/// The world, if its bridges follow their ports; `None` where they do in any case.
fn following(world: &World) -> Option<World> {
    let is_unclear = |link: &Link| link.kind == Kind::Bridge && link.mtu_origin == Origin::Asked;
    let unclear: Vec<LinkId> = world.links().filter(|(_, link)| is_unclear(link)).map(|(id, _)| id).collect();
    let mut following = (!unclear.is_empty()).then(|| world.clone())?;
    unclear.into_iter().for_each(|id| following.link_mut(id).mtu_origin = Origin::Kernel);
    Some(following)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{LinkChanges, LinkKind, LinkOp, LinkSpec, NetnsOp, PeerSpec, SysctlOp};

    fn netns(name: &str) -> Op {
        NetnsOp::Add { name: name.parse().unwrap() }.into()
    }

    fn bridge(name: &str) -> Op {
        LinkOp::Add { ns: NsRef::Host, spec: LinkSpec::new(name.parse().unwrap(), LinkKind::Bridge) }.into()
    }

    fn after(ops: &[Op]) -> World {
        let mut world = World::fresh();
        for op in ops {
            assert_eq!(apply(&mut world, op), Outcome::Done, "{op}");
        }
        world
    }

    fn is_so(course: &Course, ops: &[Op]) {
        assert_eq!(differences(course.after(), &after(ops)), Vec::<String>::new());
    }

    #[test]
    fn what_was_to_be_made_counts_as_made_when_more_follows() {
        let mut course = Course::new(World::fresh());
        course.change(&[netns("red")]);
        is_so(&course, &[]);
        course.change(&[netns("blue")]);
        is_so(&course, &[netns("red")]);
        course.settle();
        is_so(&course, &[netns("red"), netns("blue")]);
        assert_eq!(course.touched().len(), 3);
    }

    #[test]
    fn what_was_refused_was_not_made_or_only_a_part_of_it() {
        let mut course = Course::new(World::fresh());
        // It gets its MTU before its name is found to be taken.
        let new = LinkChanges { mtu: "1400".parse().ok(), name: "lo".parse().ok(), ..LinkChanges::default() };
        let set = Op::from(LinkOp::Set { ns: NsRef::Host, link: "br".parse().unwrap(), changes: new });
        course.change(&[bridge("br"), set.clone(), netns("red"), netns("blue")]);
        course.refused(&[1, 2]);
        let plain = [bridge("br"), netns("blue")];
        is_so(&course, &plain);
        let mut in_part = after(&plain);
        let _outcome = apply(&mut in_part, &set);
        assert_eq!(course.against(in_part.clone()).1.len(), 2);
        assert!(!course.clone().seen(&after(&plain)));
        assert!(course.seen(&in_part));
        assert_eq!(differences(course.after(), &in_part), Vec::<String>::new());
    }

    #[test]
    fn what_nobody_could_foretell_is_what_is_seen() {
        let mut course = Course::new(World::fresh());
        course.change(&[netns("red")]);
        assert!(!course.seen(&after(&[netns("red"), bridge("others")])), "it is somebody else's");
        course.doubt();
        assert!(course.seen(&after(&[netns("red"), bridge("others")])));
        is_so(&course, &[netns("red"), bridge("others")]);
        assert!(!course.is_doubtful());
    }

    #[test]
    fn what_a_run_made_is_known_by_the_numbers_that_it_got() {
        let mut course = Course::new(World::fresh());
        course.change(&[netns("red"), bridge("br0")]);
        let now = after(&[bridge("others"), netns("red"), bridge("br0")]);
        assert!(course.resolve(&now));
        course.recognize(&now);
        // As its journal tells it to the next one.
        let told = course.after().clone();
        course.replace(told);
        let traced = course.against(now).0;
        let known = |world: &World, name: &str| world.find_link(&NsRef::Host, &name.parse().unwrap());
        assert_eq!(known(&traced, "br0"), known(course.after(), "br0"));
        assert!(known(&traced, "others").is_some_and(|id| !course.after().contains_link(id)));
    }

    #[test]
    fn what_the_model_cannot_tell_of_a_run_that_was_killed_is_doubtful() {
        let setting = |value: &str| {
            SysctlOp { ns: NsRef::Host, key: "net.core.somaxconn".parse().unwrap(), value: value.into() }.into()
        };
        let mut course = Course::new(World::fresh());
        course.change(&[netns("red"), setting("7")]);
        assert!(course.resolve(&after(&[netns("red")])));
        assert!(course.is_doubtful());
    }

    #[test]
    fn a_cable_into_a_namespace_without_a_name_fades() {
        let red = || NsRef::Named("red".parse().unwrap());
        let peer = PeerSpec { name: "v1".parse().ok(), netns: Some(red()), address: None, mtu: None };
        let cable = LinkSpec::new("v0".parse().unwrap(), LinkKind::Veth { peer });
        let add = LinkOp::Add { ns: NsRef::Host, spec: cable }.into();
        let mut course = Course::new(World::fresh());
        course.change(&[netns("red"), add]);
        course.settle();
        let mut now = course.after().clone();
        assert!(!course.is_fading(&now));
        let link = now.links().find(|(_, link)| link.name.as_str() == "v0").map(|(id, _)| id).unwrap();
        now.link_mut(link).kind = Kind::Veth { peer: Peer::Elsewhere };
        assert!(!course.is_fading(&now), "it was moved, perhaps");
        now.remove_namespace(&red());
        assert!(course.is_fading(&now));
    }

    #[test]
    fn a_run_that_was_killed_made_the_first_of_its_last_changes() {
        let ops = [netns("red"), bridge("br0"), netns("blue"), bridge("br1")];
        for count in 0..=ops.len() {
            let mut course = Course::new(World::fresh());
            course.change(&ops);
            let mut now = after(&ops[..count]);
            let _others = apply(&mut now, &netns("others"));
            assert!(course.resolve(&now));
            is_so(&course, &ops[..count]);
            assert_eq!(course.in_part.is_some(), count < ops.len());
        }
        assert!(!Course::new(World::fresh()).resolve(&World::fresh()));
    }
}
