//! The rules of a namespace: compared in their order, without what they have counted. What only one side could look at
//! is no difference.

use crate::{
    model::{Chain, Namespace, RuleEntry, Table},
    net::NsRef,
    ops::{BaseChain, ChainRef, Rule, rule_text},
};

pub(super) fn compare(ns: &NsRef, have: &Namespace, want: &Namespace, found: &mut Vec<String>) {
    let (Some(have), Some(want)) = (&have.ruleset, &want.ruleset) else { return };
    for table in have.tables.iter().filter(|table| want.table(&table.table).is_none()) {
        found.push(format!("{ns}: table {} is not wanted", table.table));
    }
    for wanted in &want.tables {
        match have.table(&wanted.table) {
            Some(table) => compare_table(ns, table, wanted, found),
            None => found.push(format!("{ns}: table {} is missing", wanted.table)),
        }
    }
}

fn compare_table(ns: &NsRef, have: &Table, want: &Table, found: &mut Vec<String>) {
    let Table { table, flags, chains, opaque } = have;
    if *flags != want.flags {
        found.push(format!("{ns}: table {table} has flags {flags:#x}, wanted {:#x}", want.flags));
    }
    if *opaque != want.opaque {
        found.push(format!("{ns}: the sets, maps and objects of table {table} are others than wanted"));
    }
    for chain in chains.iter().filter(|chain| want.chains.iter().all(|wanted| wanted.name != chain.name)) {
        found.push(format!("{ns}: chain {table} {} is not wanted", chain.name));
    }
    for wanted in &want.chains {
        match chains.iter().find(|chain| chain.name == wanted.name) {
            Some(chain) => compare_chain(ns, &table.chain(&chain.name), (chain, wanted), found),
            None => found.push(format!("{ns}: chain {table} {} is missing", wanted.name)),
        }
    }
}

fn compare_chain(ns: &NsRef, place: &ChainRef, (have, want): (&Chain, &Chain), found: &mut Vec<String>) {
    let Chain { name: _, base, rules, counter: _, opaque } = have;
    if *base != want.base || *opaque != want.opaque {
        found.push(format!("{ns}: chain {place} is {}, wanted {}", base_text(*base), base_text(want.base)));
    }
    let has: Vec<&Rule> = rules.iter().map(rule).collect();
    let wanted: Vec<&Rule> = want.rules.iter().map(rule).collect();
    if has == wanted {
        return;
    }
    let before = found.len();
    for rule in has.iter().filter(|rule| !wanted.contains(rule)) {
        found.push(format!("{ns}: rule {place} {} is not wanted", rule_text(rule, place.table.family)));
    }
    for rule in wanted.iter().filter(|rule| !has.contains(rule)) {
        found.push(format!("{ns}: rule {place} {} is missing", rule_text(rule, place.table.family)));
    }
    if found.len() == before {
        found.push(format!("{ns}: the rules of chain {place} stand in another order"));
    }
}

fn rule(entry: &RuleEntry) -> &Rule {
    let RuleEntry { rule, counter: _ } = entry;
    rule
}

fn base_text(base: Option<BaseChain>) -> String {
    base.map_or_else(
        || "no base chain".into(),
        |BaseChain { kind, hook, priority, policy }| {
            format!("of type {kind} at {hook} with priority {priority} and policy {policy}")
        },
    )
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{
            Counter, World,
            diff::scene::{after, chain, netfilter, ns, rule, rule_add},
            differences,
        },
        ops::{NetfilterChange, Policy, Verdict},
    };

    #[test]
    fn rules_are_compared_in_order_and_what_they_counted_is_not() {
        let forward = || chain("filter", "FORWARD");
        let add = |from| rule_add("host", forward(), None, rule(from, Verdict::Drop));
        let (one, other) = (add("10.1.0.0/16"), add("10.2.0.0/16"));
        let a = after(&World::fresh(), &[one.clone(), other.clone()]);
        let b = after(&World::fresh(), &[other.clone(), one.clone()]);
        assert_eq!(differences(&a, &b), ["host: the rules of chain ip filter FORWARD stand in another order"]);
        assert_eq!(differences(&a, &after(&World::fresh(), &[one])).len(), 1);

        let policy = NetfilterChange::SetPolicy { chain: forward(), policy: Policy::Drop };
        assert_eq!(differences(&a, &after(&a, &[netfilter("host", policy)])).len(), 1);
        assert_eq!(differences(&a, &World::fresh()), ["host: table ip filter is not wanted"]);

        let mut counted = a.clone();
        let ruleset = counted.namespace_mut(&ns("host")).unwrap().ruleset.as_mut().unwrap();
        ruleset.tables[0].chains[0].rules[0].counter = Some(Counter { packets: 1, bytes: 84 });
        assert!(differences(&a, &counted).is_empty());

        let mut unseen = a.clone();
        unseen.namespace_mut(&ns("host")).unwrap().ruleset = None;
        assert!(differences(&unseen, &World::fresh()).is_empty());
    }
}
