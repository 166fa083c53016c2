//! The plan that turns one world into another.
//!
//! In: the world as it is and the world that is wanted. Out: ops that lead from the one to the other. Each op is applied
//! to a scratch world when it is planned, so that what the kernel does along with it (a link that goes down loses its
//! routes, a deleted primary address its secondaries) is seen and repaired: by the later phases of a round, or by the
//! next round. The phases of a round go from what others depend on to what depends on others:
//!
//! 1. namespaces that are missing, and what links begin with;
//! 2. links: those that are not wanted go (they would be in the way of names, addresses and routes), those that are
//!    known by another name or elsewhere come back, those that are missing are made;
//! 3. hardware addresses, masters, MTUs, settings, up and down;
//! 4. addresses, then policy rules, then routes;
//! 5. tables, chains and rules;
//! 6. namespaces that are not wanted, last: the kernel takes its time for those.
//!
//! Invariants: an op is planned only if the model says that the kernel does it, or if the model cannot tell but the op
//! puts something back that was there. Equal worlds give no ops. What cannot be made (a device, a route of a kind that
//! the model does not understand) is left alone.

mod addr;
mod link;
mod netfilter;
mod netns;
mod pairing;
mod port;
mod route;
mod rule;
#[cfg(test)]
pub(super) mod scene;
mod sysctl;
#[cfg(test)]
pub(super) mod tests;

use std::{collections::BTreeSet, mem::discriminant};

use super::{Kind, LinkId, Outcome, Reason, World, apply, equality::is_known};
use crate::{
    model::differences,
    net::{IfName, NsRef},
    ops::Op,
};

/// After so many rounds what is still different cannot be helped.
const MAX_ROUNDS: usize = 4;

/// The ops that turn `from` into `to`, which may be from different snapshots: links are known by where they are.
pub fn diff(from: &World, to: &World) -> Vec<Op> {
    plan(from, to, false)
}

/// The ops that turn `from` into `to`, of which the links share their identities: one that is elsewhere comes home, even
/// if another that looks like it has its place.
pub fn diff_of_same(from: &World, to: &World) -> Vec<Op> {
    plan(from, to, true)
}

/// `to` with the identities of `from`: a link that [`diff`] makes out of another is the same, as a person would tell it.
pub fn with_identities(from: &World, to: &World) -> World {
    let mut planner = Planner::new(from, to, false);
    planner.add_namespaces();
    let pairs = planner.pair_links().into_iter().filter(|(id, _)| from.contains_link(*id));
    let found = pairs.map(|(id, want)| (want, id)).collect();
    let mut to = to.clone();
    to.renumber(&found, &[from]);
    to
}

fn plan(from: &World, to: &World, by_identity: bool) -> Vec<Op> {
    let mut planner = Planner::new(from, to, by_identity);
    for _ in 0..MAX_ROUNDS {
        let planned = planner.ops.len();
        if differences(&planner.now, to).is_empty() {
            break;
        }
        planner.plan_round();
        if planner.ops.len() == planned {
            break;
        }
    }
    planner.ops
}

/// A plan in the making.
struct Planner<'a> {
    /// The world as the ops so far leave it.
    now: World,
    /// The world that is wanted.
    to: &'a World,
    /// A link of the one world is that of the other with the same identity.
    by_identity: bool,
    /// The ops so far.
    ops: Vec<Op>,
    /// The namespaces that they made; their settings are the kernel's defaults.
    new_namespaces: BTreeSet<NsRef>,
    /// The links that they made or moved, likewise, and those that they renamed.
    new_links: BTreeSet<(NsRef, IfName)>,
}

/// What became of an op that was tried.
#[derive(Debug, PartialEq, Eq)]
enum Tried {
    /// It is planned.
    Planned,
    /// The kernel would refuse it: it is not planned.
    Refused(Reason),
}

impl Tried {
    fn is_planned(&self) -> bool {
        matches!(self, Self::Planned)
    }
}

impl<'a> Planner<'a> {
    fn new(from: &World, to: &'a World, by_identity: bool) -> Self {
        Self {
            now: from.clone(),
            to,
            by_identity,
            ops: Vec::new(),
            new_namespaces: BTreeSet::new(),
            new_links: BTreeSet::new(),
        }
    }
}

impl Planner<'_> {
    fn plan_round(&mut self) {
        self.add_namespaces();
        self.write_default_sysctls();
        let pairs = self.pair_links();
        self.delete_links(&pairs);
        self.place_links(&pairs);
        self.add_links();
        self.set_macs();
        self.set_masters();
        self.set_mtus();
        self.write_sysctls();
        self.set_states();
        self.replace_addresses();
        self.replace_policy_rules();
        self.replace_routes();
        self.replace_rules();
        self.delete_namespaces();
    }

    /// Plans an op, unless it would be refused. Where the model cannot tell, `effect` says what the op does.
    fn plan(&mut self, op: impl Into<Op>, effect: impl FnOnce(&mut World)) -> Tried {
        let op = op.into();
        match apply(&mut self.now, &op) {
            Outcome::Done => {}
            Outcome::Unknown => effect(&mut self.now),
            Outcome::Refused(refusal) => return Tried::Refused(refusal.reason),
        }
        self.ops.push(op);
        Tried::Planned
    }

    /// The namespaces that both worlds have and know all about.
    fn common_namespaces(&self) -> Vec<NsRef> {
        let common = |ns: &NsRef| self.now.namespace(ns).is_some() && is_known(&self.now, self.to, ns);
        self.to.namespaces().map(|(ns, _)| ns.clone()).filter(common).collect()
    }

    /// The links that both worlds have under the same name: as they are, and as they are wanted.
    fn common_links(&self) -> Vec<(LinkId, LinkId)> {
        let namespaces = self.common_namespaces();
        let wanted = namespaces.iter().flat_map(|ns| self.to.links_of(ns));
        wanted
            .filter_map(|(want, link)| Some((self.now.find_link(&link.ns, &link.name)?, want)))
            .filter(|&(id, want)| alike(&self.now.link(id).kind, &self.to.link(want).kind))
            .collect()
    }
}

/// Whether links are of one kind, wherever a cable leads.
fn alike(a: &Kind, b: &Kind) -> bool {
    match (a, b) {
        (Kind::Other(a), Kind::Other(b)) => a == b,
        (Kind::Loopback | Kind::Veth { .. } | Kind::Bridge | Kind::Vxlan(_) | Kind::Other(_), _) => {
            discriminant(a) == discriminant(b)
        }
    }
}
