//! The one transition of a world: what an op makes of it.
//!
//! In: a world and an op. Out: the world as the kernel would leave it, and the kernel's answer. A refused op may have
//! taken effect in part, as a `link set` with several changes does in the kernel. An *unknown* one leaves the world as
//! it was.

mod addr;
mod link;
mod netfilter;
mod netns;
mod port;
mod route;
mod rule;
mod sysctl;
#[cfg(test)]
mod tests;

pub use netfilter::{Missing, rules_meant};
pub use sysctl::setting_names;

use nix::errno::Errno;

use super::{Knowledge, LinkId, Outcome, Reason, Refusal, World};
use crate::{
    net::{IfName, NsRef},
    ops::Op,
};

/// Applies an op to a world.
pub fn apply(world: &mut World, op: &Op) -> Outcome {
    let unsure = is_unsure(world, op);
    let mut trial = unsure.then(|| world.clone());
    let target = trial.as_mut().unwrap_or(world);
    let verdict = match op {
        Op::Netns(op) => netns::apply(target, op),
        Op::Link(op) => link::apply(target, op),
        Op::Addr(op) => addr::apply(target, op),
        Op::Route(op) => route::apply(target, op),
        Op::Rule(op) => rule::apply(target, op),
        Op::Sysctl(op) => sysctl::apply(target, op),
        Op::Netfilter(op) => netfilter::apply(target, op),
    };
    match verdict {
        Ok(()) => {
            if let Some(trial) = trial {
                *world = trial;
            }
            Outcome::Done
        }
        // In a namespace that may hold more than is known, what is missing may be there.
        Err(_) if unsure => Outcome::Unknown,
        Err(Stop::Refused(refusal)) => Outcome::Refused(refusal),
        Err(Stop::Unknown) => Outcome::Unknown,
    }
}

/// Why an op was not applied.
enum Stop {
    /// The kernel would refuse it.
    Refused(Refusal),
    /// The model cannot tell.
    Unknown,
}

/// A refusal.
fn refused(errno: Errno, reason: Reason) -> Stop {
    Stop::Refused(Refusal { errno, reason })
}

/// Whether the op touches a namespace of which not everything is known.
fn is_unsure(world: &World, op: &Op) -> bool {
    let unsure = |ns: &NsRef| world.namespace(ns).is_some_and(|namespace| namespace.knowledge != Knowledge::Exact);
    // The list of names is always known; what a namespace holds does not matter for adding a name.
    !matches!(op, Op::Netns(_)) && op.touched().iter().any(|ns| unsure(ns))
}

/// The namespace must exist.
fn require_ns(world: &World, ns: &NsRef) -> Result<(), Stop> {
    match (world.namespace(ns), ns) {
        (Some(_), _) => Ok(()),
        (None, NsRef::Named(name)) => Err(refused(Errno::ENOENT, Reason::NoSuchNetns { name: name.clone() })),
        (None, &NsRef::Process(pid)) => Err(refused(Errno::ESRCH, Reason::NoSuchProcess { pid })),
        (None, NsRef::Host) => Err(Stop::Unknown),
    }
}

/// The link of that name.
fn require_link(world: &World, ns: &NsRef, name: &IfName) -> Result<LinkId, Stop> {
    require_ns(world, ns)?;
    world
        .find_link(ns, name)
        .ok_or_else(|| refused(Errno::ENODEV, Reason::NoSuchLink { ns: ns.clone(), name: name.clone() }))
}

/// No link may have that name.
fn require_free_name(world: &World, ns: &NsRef, name: &IfName) -> Result<(), Stop> {
    if world.find_link(ns, name).is_some() {
        return Err(refused(Errno::EEXIST, Reason::LinkExists { ns: ns.clone(), name: name.clone() }));
    }
    Ok(())
}
