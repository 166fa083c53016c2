//! The dialect of `iptables` 1.8.9 for nf_tables: what it makes of its command line, so that it lists and deletes such
//! rules as its own.

use super::{
    expr::{Expr, Meta, Op},
    load::{both_ports, link, load_port, port_bytes, ports_of, prefix, protocol, protocol_of},
    nft::immediate,
    xt,
};
use crate::ops::{Criterion, Family, Match, PlainRule, Protocol, Verdict};

/// The expressions of a rule in a table of that family.
pub(super) fn encode(family: Family, rule: &PlainRule) -> Vec<Expr> {
    let is_sctp = protocol_of(rule) == Some(Protocol::SCTP);
    let conditions = in_order(rule.matches.clone());
    let mut exprs = Vec::new();
    let mut rest = conditions.as_slice();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let second = tail.first().filter(|second| ports_of(first).is_some() && ports_of(second).is_some());
        if is_sctp && ports_of(first).is_some() {
            exprs.push(Expr::Match(xt::sctp([Some(first), second].into_iter().flatten())));
            rest = &tail[usize::from(second.is_some())..];
        } else if let Some(together) = second.and_then(|second| together(first, second)) {
            exprs.extend(together);
            rest = &tail[1..];
        } else {
            exprs.extend(condition(family, first));
        }
    }
    exprs.push(Expr::Counter);
    if let Some(verdict) = &rule.verdict {
        exprs.push(self::verdict(family, verdict));
    }
    exprs
}

/// The conditions in the order that `iptables` gives them, however they are typed: links, protocol, addresses, and then
/// its matches as they come, with both ports in one.
pub(super) fn in_order(mut conditions: Vec<Match>) -> Vec<Match> {
    let place = |condition: &Match| match condition.criterion {
        Criterion::In(_) => 0,
        Criterion::Out(_) => 1,
        Criterion::Protocol(_) => 2,
        Criterion::Source(_) => 3,
        Criterion::Destination(_) => 4,
        Criterion::LocalDestination
        | Criterion::SourcePort(_)
        | Criterion::DestinationPort(_)
        | Criterion::IcmpType(_)
        | Criterion::State { .. }
        | Criterion::Comment(_) => 5,
    };
    conditions.sort_by_key(place);
    let at = |is_source: bool| {
        conditions.iter().position(|condition| ports_of(condition).is_some_and(|(source, _)| source == is_source))
    };
    if let (Some(source), Some(destination)) = (at(true), at(false)) {
        let place = source.min(destination);
        let both = [conditions[source].clone(), conditions[destination].clone()];
        conditions.remove(source.max(destination));
        conditions.splice(place..=place, both);
    }
    conditions
}

/// One comparison of both ports, if that is what is made of them. With `!` before both it means that they are not these
/// two, which is what iptables makes of it.
fn together(first: &Match, second: &Match) -> Option<[Expr; 2]> {
    let ((true, source), (false, destination)) = (ports_of(first)?, ports_of(second)?) else { return None };
    let are_single = source.is_one() && destination.is_one() && source.first > 0 && destination.first > 0;
    let is_one = are_single && first.negated == second.negated;
    is_one.then(|| both_ports(source.first, destination.first, first.negated))
}

fn condition(family: Family, condition: &Match) -> Vec<Expr> {
    let negated = condition.negated;
    match &condition.criterion {
        Criterion::In(pattern) => link(Meta::InName, pattern, negated, 0).to_vec(),
        Criterion::Out(pattern) => link(Meta::OutName, pattern, negated, 0).to_vec(),
        Criterion::Source(cidr) => prefix(*cidr, true, negated),
        Criterion::Destination(cidr) => prefix(*cidr, false, negated),
        Criterion::Protocol(number) => protocol(*number, negated).to_vec(),
        Criterion::SourcePort(_) | Criterion::DestinationPort(_) => port(condition),
        Criterion::LocalDestination => vec![Expr::Match(xt::local_destination(negated))],
        Criterion::IcmpType(number) => vec![Expr::Match(xt::icmp(family, *number, negated))],
        Criterion::State { states, spelling } => vec![Expr::Match(xt::conntrack(*states, *spelling, negated))],
        Criterion::Comment(remark) => vec![Expr::Match(xt::comment(remark))],
    }
}

fn port(condition: &Match) -> Vec<Expr> {
    let Some((is_source, ports)) = ports_of(condition) else { return Vec::new() };
    let negated = condition.negated;
    let (first, last) = (port_bytes(ports.first), port_bytes(ports.last));
    let compared = if ports.is_one() {
        Expr::Cmp(Op::equal(negated), first)
    } else if ports.first == 0 {
        Expr::Cmp(if negated { Op::Gt } else { Op::Le }, last)
    } else {
        Expr::Range { negated, first, last }
    };
    vec![load_port(is_source), compared]
}

fn verdict(family: Family, verdict: &Verdict) -> Expr {
    immediate(verdict).or_else(|| xt::target(family, verdict).map(Expr::Target)).unwrap_or(Expr::Counter)
}
