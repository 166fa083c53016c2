use super::{Change, Class, Sign, Subject, World, only};
use crate::{
    model::{Chain, Ruleset},
    net::NsRef,
    ops::{BaseChain, ChainRef, Policy, Rule, iptables_rule_text, native_statement, rule_text},
};

/// The chains of a namespace with their rules.
pub(super) fn compare(before: &World, after: &World, ns: &NsRef, found: &mut Vec<Change>) {
    let empty = Ruleset::default();
    let of = |world| ruleset(world, ns).unwrap_or(&empty);
    let (had, has) = (of(before), of(after));
    let mut all: Vec<ChainRef> = chains(had).chain(chains(has)).collect();
    let mut seen = Vec::new();
    all.retain(|chain| {
        !seen.contains(chain) && {
            seen.push(chain.clone());
            true
        }
    });
    for chain in all {
        compare_chain(&chain, (had.chain(&chain), has.chain(&chain)), ns, found);
    }
}

fn ruleset<'a>(world: &'a World, ns: &NsRef) -> Option<&'a Ruleset> {
    world.namespace(ns)?.ruleset.as_ref()
}

fn chains(ruleset: &Ruleset) -> impl Iterator<Item = ChainRef> {
    ruleset.tables.iter().flat_map(|table| table.chains.iter().map(|chain| table.table.chain(&chain.name)))
}

fn compare_chain(chain: &ChainRef, (had, has): (Option<&Chain>, Option<&Chain>), ns: &NsRef, found: &mut Vec<Change>) {
    let mut note =
        |sign, subject, text, class| found.push(Change { ns: ns.clone(), sign, subject, text, class, far_end: None });
    let policy = |chain: Option<&Chain>| chain.and_then(|chain| chain.base).map(|base: BaseChain| base.policy);
    let subject = || Subject::Chain(chain.clone());
    match (had, has) {
        // A chain that only carries rules, as every machine has them, is no news.
        (None, Some(new)) if new.base.is_none() => note(Sign::Added, subject(), String::new(), Class::Exact),
        (Some(old), None) if old.base.is_none() => note(Sign::Removed, subject(), String::new(), Class::Exact),
        _ => {}
    }
    let word = |policy: Option<Policy>| match policy {
        Some(Policy::Drop) => "drop",
        Some(Policy::Accept) | None => "accept",
    };
    if word(policy(had)) != word(policy(has)) {
        let text = format!("policy {} → {}", word(policy(had)), word(policy(has)));
        note(Sign::Changed, subject(), text, Class::Exact);
    }
    let rules = |chain: Option<&Chain>| -> Vec<Rule> {
        chain.map_or(&[][..], |chain| &chain.rules).iter().map(|entry| entry.rule.clone()).collect()
    };
    let (had, has) = (rules(had), rules(has));
    for (sign, list) in [(Sign::Removed, only(&had, &has)), (Sign::Added, only(&has, &had))] {
        for rule in list {
            note(sign, Subject::Rule(chain.clone()), text(rule, chain), Class::Exact);
        }
    }
}

/// A rule in the words that make it.
pub(super) fn text(rule: &Rule, chain: &ChainRef) -> String {
    let family = chain.table.family;
    match rule {
        rule if chain.table.is_of_iptables() => {
            let table = if chain.table.name == "filter" { String::new() } else { format!("-t {} ", chain.table.name) };
            let program = crate::ops::iptables_program(&chain.table);
            format!("{program} {table}-A {} {}", chain.name, iptables_rule_text(rule, family))
        }
        Rule::Plain(plain) => native_statement(chain, plain)
            .unwrap_or_else(|| format!("{} {}: {}", chain.table, chain.name, rule_text(rule, family))),
        Rule::Opaque(_) => format!("{} {}: {}", chain.table, chain.name, rule_text(rule, family)),
    }
}
