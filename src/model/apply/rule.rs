//! `rule add`, `rule del` (`net/core/fib_rules.c`, `net/ipv4/fib_rules.c`, `net/ipv6/fib6_rules.c`).

use nix::errno::Errno;

use super::{Stop, refused, require_ns};
use crate::{
    model::{Object, PolicyRule, Reason, World},
    net::NsRef,
    ops::{RouteTable, RuleAction, RuleOp, RuleSpec},
};

pub(super) fn apply(world: &mut World, op: &RuleOp) -> Result<(), Stop> {
    require_ns(world, op.ns())?;
    if op.rule().ipv6 && !world.traits.ipv6 {
        return Err(Stop::Unknown);
    }
    match op {
        RuleOp::Add { ns, rule } => add(world, ns, rule),
        RuleOp::Del { ns, rule } => del(world, ns, rule),
    }
}

fn add(world: &mut World, ns: &NsRef, spec: &RuleSpec) -> Result<(), Stop> {
    let namespace = world.namespace_mut(ns).expect("its presence was checked");
    let rules = &mut namespace.policy_rules;
    let priority = spec.priority.unwrap_or_else(|| automatic_priority(rules, spec.ipv6));
    let spec = RuleSpec { priority: None, ..spec.clone() };
    let in_the_way = rules.iter().find(|rule| rule.is_in_the_way_of(priority, &spec));
    if let Some(rule) = in_the_way {
        // What is not understood of it may make it another.
        if !rule.opaque.is_empty() {
            return Err(Stop::Unknown);
        }
        return Err(refused(Errno::EEXIST, Reason::Exists(object(ns, rule.asked()))));
    }
    require_service(&spec)?;
    if spec.action == Some(RuleAction::Lookup(RouteTable(0))) {
        // For IPv4 the kernel looks for a table without routes.
        return Err(if spec.ipv6 { invalid("Invalid table") } else { Stop::Unknown });
    }
    let at = rules.partition_point(|other| (other.spec.ipv6, other.priority) <= (spec.ipv6, priority));
    rules.insert(at, PolicyRule { priority, spec, opaque: Vec::new() });
    Ok(())
}

/// One less than that of the second rule, so that a new one is asked before all but the first
/// (`fib_default_rule_pref`).
fn automatic_priority(rules: &[PolicyRule], ipv6: bool) -> u32 {
    let second = rules.iter().filter(|rule| rule.spec.ipv6 == ipv6).nth(1);
    second.map_or(0, |second| second.priority.saturating_sub(1))
}

/// The two lowest bits are not for the type of service, and the old definition of IPv4 has no use for the three highest.
fn require_service(spec: &RuleSpec) -> Result<(), Stop> {
    const CONGESTION: u8 = 0x03;
    const IPV4: u8 = 0x1e;
    if spec.tos & CONGESTION != 0 {
        return Err(invalid("Invalid dsfield (tos): ECN bits must be 0"));
    }
    if !spec.ipv6 && spec.tos & !IPV4 != 0 {
        return Err(invalid("Invalid tos"));
    }
    Ok(())
}

fn invalid(message: &str) -> Stop {
    refused(Errno::EINVAL, Reason::Kernel { message: Some(message.into()) })
}

fn del(world: &mut World, ns: &NsRef, wanted: &RuleSpec) -> Result<(), Stop> {
    let namespace = world.namespace_mut(ns).expect("its presence was checked");
    let Some(at) = namespace.policy_rules.iter().position(|rule| rule.is_meant(wanted)) else {
        return Err(refused(Errno::ENOENT, Reason::NotThere(object(ns, wanted.clone()))));
    };
    namespace.policy_rules.remove(at);
    Ok(())
}

fn object(ns: &NsRef, rule: RuleSpec) -> Object {
    Object::Rule { ns: ns.clone(), rule: Box::new(rule) }
}
