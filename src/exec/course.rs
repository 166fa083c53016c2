//! What a run did so far, told by the model: what can be taken back.
//!
//! In: what is about to be changed, what was refused, what was seen. Out: the world before and the world after, which
//! share the identities of their links. Invariant: a course that is told the same again, from a journal, is the same.

use crate::{
    model::{Numbers, Outcome, World, apply, differences, trace},
    net::{NsRef, SysctlKey},
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
    numbers: Numbers,
    is_doubtful: bool,
}

impl Course {
    /// Nothing was changed yet.
    pub fn new(before: World) -> Self {
        Self {
            after: before.clone(),
            before,
            pending: Vec::new(),
            in_part: None,
            numbers: Numbers::Seen,
            is_doubtful: false,
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
        if let Some(world) = &mut self.in_part {
            let _outcome = apply(world, op);
        }
        self.is_doubtful |= apply(&mut self.after, op) == Outcome::Unknown;
    }

    /// A setting is looked at for the first time.
    pub fn setting(&mut self, ns: &NsRef, key: &SysctlKey, value: &str) {
        self.settle();
        let worlds = [Some(&mut self.before), Some(&mut self.after), self.in_part.as_mut()];
        for namespace in worlds.into_iter().flatten().filter_map(|world| world.namespace_mut(ns)) {
            namespace.sysctls.entry(key.clone()).or_insert_with(|| value.to_owned());
        }
    }

    /// A namespace comes into sight, and what it was like before is not known.
    pub fn discover(&mut self, ns: &NsRef) {
        for world in [Some(&mut self.before), Some(&mut self.after), self.in_part.as_mut()].into_iter().flatten() {
            world.insert_unknown(ns.clone());
        }
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

    /// The world is so at the end, by the numbers of the kernel.
    pub fn numbered(&mut self, seen: &World) {
        self.settle();
        self.after.adopt_numbers(seen);
        self.numbers = Numbers::Seen;
    }

    /// The world is so, says a journal.
    pub fn replace(&mut self, after: World) {
        self.pending.clear();
        self.in_part = None;
        self.is_doubtful = false;
        self.after = after;
        self.numbers = Numbers::Seen;
    }

    /// `now` with the identities of this course, and how the run may have left it.
    pub fn against(&self, now: World) -> (World, Vec<World>) {
        // The requests of one message are carried out in order, so that a prefix of them was.
        let mut next = self.after.clone();
        let mut best = (differences(&now, &next).len(), vec![next.clone()]);
        for op in &self.pending {
            let previous = next.clone();
            let _outcome = apply(&mut next, op);
            let distance = differences(&now, &next).len();
            if distance <= best.0 {
                best = (distance, vec![next.clone()]);
            } else if best.1.len() == 1 && best.0 == differences(&now, &previous).len() {
                best.1.push(next.clone());
            }
        }
        let mut after = best.1;
        after.extend(self.in_part.clone());
        let mut worlds: Vec<&World> = after.iter().collect();
        worlds.push(&self.before);
        let now = trace(now, &worlds, self.numbers);
        (now, after)
    }
}
