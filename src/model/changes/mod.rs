//! What turns one world into another, as a person would tell it.
//!
//! In: the world before and after a script, which share the identities of their links. Out: a [`Change`] for each object
//! that is there, gone or another, namespace by namespace, the host first. [`Change::cause`] finds the step that is
//! behind one.
//!
//! This is told, and [`super::diff`] is done: what is told of here need not be a plan.

mod cause;
mod link;
mod ruleset;
#[cfg(test)]
mod tests;

use super::{
    Kind, Peer, World,
    equality::{NamedRoute, routes},
    spec::route_spec,
};
use crate::{
    net::{Cidr, IfName, NsRef, SysctlKey},
    ops::ChainRef,
};

pub use cause::Cause;

/// Something that is other than it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it is, or was.
    pub ns: NsRef,
    /// What happened to it.
    pub sign: Sign,
    /// What it is.
    pub subject: Subject,
    /// Its looks, or what is other about it.
    pub text: String,
    /// What an undo would make of it.
    pub class: Class,
    /// The other end of a cable that is gone.
    far_end: Option<(NsRef, IfName)>,
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It is new.
    Added,
    /// It is another than before.
    Changed,
    /// It is gone.
    Removed,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The namespace itself.
    Netns,
    /// A link, by its name.
    Link(IfName),
    /// An address.
    Address {
        /// Of which link.
        link: IfName,
        /// The address.
        cidr: Cidr,
    },
    /// A route.
    Route {
        /// Where it leads.
        destination: Cidr,
        /// Through which link.
        link: Option<IfName>,
    },
    /// A policy rule.
    PolicyRule,
    /// A kernel setting.
    Setting(SysctlKey),
    /// A chain, or what stands at its end.
    Chain(ChainRef),
    /// A rule of that chain.
    Rule(ChainRef),
}

/// How well a change can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The same object comes back.
    Exact,
    /// One like it is made: with the same settings, and a new identity.
    Rebuilt,
    /// It cannot be made again.
    Lost,
}

/// All changes from one world to the other, which grew out of it.
pub fn changes(before: &World, after: &World) -> Vec<Change> {
    let mut found = Vec::new();
    let gone = before.namespaces().map(|(ns, _)| ns).filter(|ns| after.namespace(ns).is_none());
    let mut all: Vec<&NsRef> = after.namespaces().map(|(ns, _)| ns).chain(gone).collect();
    all.sort();
    for ns in all {
        namespace(before, after, ns, &mut found);
    }
    found
}

fn namespace(before: &World, after: &World, ns: &NsRef, found: &mut Vec<Change>) {
    let mut note = |sign, subject, text: String, class| {
        found.push(Change { ns: ns.clone(), sign, subject, text, class, far_end: None });
    };
    let is_there = after.namespace(ns);
    match (before.namespace(ns), is_there) {
        (None, Some(_)) => note(Sign::Added, Subject::Netns, String::new(), Class::Exact),
        (Some(_), None) => note(Sign::Removed, Subject::Netns, String::new(), Class::Rebuilt),
        (Some(_), Some(_)) | (None, None) => {}
    }
    link::compare(before, after, ns, found);
    if is_there.is_none() {
        // Everything in it goes along.
        return;
    }
    compare_routes(before, after, ns, found);
    compare_policy(before, after, ns, found);
    compare_settings(before, after, ns, found);
    ruleset::compare(before, after, ns, found);
}

/// What is only in the first of two lists, each as often as it is there more often than in the other.
fn only<'a, T: PartialEq>(these: &'a [T], those: &[T]) -> Vec<&'a T> {
    let mut left: Vec<&T> = those.iter().collect();
    let mut only = Vec::new();
    for this in these {
        match left.iter().position(|that| *that == this) {
            Some(at) => drop(left.remove(at)),
            None => only.push(this),
        }
    }
    only
}

fn compare_routes(before: &World, after: &World, ns: &NsRef, found: &mut Vec<Change>) {
    let (had, has) = (routes(before, ns), routes(after, ns));
    for (sign, list) in [(Sign::Removed, only(&had, &has)), (Sign::Added, only(&has, &had))] {
        for route in list {
            // What is not understood of a route cannot be written again.
            let class = if sign == Sign::Removed && !route.rest.opaque.is_empty() { Class::Lost } else { Class::Exact };
            let NamedRoute { link, rest } = route;
            let subject = Subject::Route { destination: rest.destination, link: link.clone() };
            found.push(Change {
                ns: ns.clone(),
                sign,
                subject,
                text: route_spec(route).to_string(),
                class,
                far_end: None,
            });
        }
    }
}

fn compare_policy(before: &World, after: &World, ns: &NsRef, found: &mut Vec<Change>) {
    let rules = |world: &World| {
        let namespace = world.namespace(ns);
        let Some(rules) = namespace.map(|namespace| namespace.policy_rules.clone()) else {
            return [false, true].into_iter().flat_map(super::PolicyRule::initial).collect();
        };
        rules
    };
    let (had, has) = (rules(before), rules(after));
    for (sign, list) in [(Sign::Removed, only(&had, &has)), (Sign::Added, only(&has, &had))] {
        for rule in list {
            let class = if sign == Sign::Removed && !rule.opaque.is_empty() { Class::Lost } else { Class::Exact };
            let text = format!("{}: {}", rule.priority, rule.spec.to_string().trim_start());
            found.push(Change { ns: ns.clone(), sign, subject: Subject::PolicyRule, text, class, far_end: None });
        }
    }
}

fn compare_settings(before: &World, after: &World, ns: &NsRef, found: &mut Vec<Change>) {
    let Some(namespace) = after.namespace(ns) else { return };
    for (key, value) in &namespace.sysctls {
        let had = before.namespace(ns).and_then(|namespace| namespace.sysctls.get(key));
        let text = match had {
            Some(had) if had == value => continue,
            Some(had) => format!("{had} → {value}"),
            None => format!("→ {value}"),
        };
        let subject = Subject::Setting(key.clone());
        found.push(Change { ns: ns.clone(), sign: Sign::Changed, subject, text, class: Class::Exact, far_end: None });
    }
}
