//! The policy rules of a namespace: compared in their order.

use crate::{
    model::{Namespace, PolicyRule},
    net::NsRef,
};

pub(super) fn compare(ns: &NsRef, have: &Namespace, want: &Namespace, found: &mut Vec<String>) {
    let (have, want) = (&have.policy_rules, &want.policy_rules);
    if have == want {
        return;
    }
    let before = found.len();
    for rule in have.iter().filter(|rule| !want.contains(rule)) {
        found.push(format!("{ns}: rule {} is not wanted", text(rule)));
    }
    for rule in want.iter().filter(|rule| !have.contains(rule)) {
        found.push(format!("{ns}: rule {} is missing", text(rule)));
    }
    if found.len() == before {
        found.push(format!("{ns}: the policy rules are as many as wanted of each kind, but not in that order"));
    }
}

fn text(rule: &PolicyRule) -> String {
    let PolicyRule { priority, spec, opaque } = rule;
    let rest = if opaque.is_empty() { String::new() } else { format!(" and {} bytes not understood", opaque.len()) };
    let family = if spec.ipv6 { " of IPv6" } else { "" };
    format!("{priority}:{spec}{family}{rest}")
}
