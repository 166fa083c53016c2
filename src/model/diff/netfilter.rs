//! Tables, chains and rules. Chains are made before any rule, for a rule may lead to one, and go after all rules that
//! may lead to them are gone. A rule that is wanted where it stands is not touched: its counters are kept, and it may be
//! one that could not be made again.

use super::Planner;
use crate::{
    model::{Chain, RuleEntry, Ruleset, Table},
    net::NsRef,
    ops::{BaseChain, ChainRef, NetfilterChange, NetfilterOp, Rule, RuleSelector},
};

impl Planner<'_> {
    pub(super) fn replace_rules(&mut self) {
        for ns in self.common_namespaces() {
            let to = self.to;
            let Some(wanted) = to.namespace(&ns).and_then(|namespace| namespace.ruleset.as_ref()) else { continue };
            if self.rules_of(&ns).is_none_or(|now| now == *wanted) {
                continue;
            }
            self.delete_tables(&ns, wanted);
            let tables: Vec<&Table> = wanted.tables.iter().filter(|table| self.can_be_made(&ns, table)).collect();
            for table in &tables {
                self.add_chains(&ns, table);
            }
            for table in &tables {
                for chain in &table.chains {
                    self.edit_rules(&ns, &table.table.chain(&chain.name), &chain.rules);
                }
            }
            for table in &tables {
                self.delete_chains(&ns, table);
            }
        }
    }

    fn rules_of(&self, ns: &NsRef) -> Option<Ruleset> {
        self.now.namespace(ns)?.ruleset.clone()
    }

    /// A table that is missing can be made unless there is something in it that is not understood.
    fn can_be_made(&self, ns: &NsRef, table: &Table) -> bool {
        let is_there = self.rules_of(ns).is_some_and(|now| now.table(&table.table).is_some());
        let is_understood = table.opaque.is_empty() && table.chains.iter().all(|chain| chain.opaque.is_empty());
        is_there || (is_understood && table.flags == 0)
    }

    fn netfilter(&mut self, ns: &NsRef, change: NetfilterChange) -> bool {
        self.plan(NetfilterOp { ns: ns.clone(), change }, |_| {}).is_planned()
    }

    fn delete_tables(&mut self, ns: &NsRef, wanted: &Ruleset) {
        let now = self.rules_of(ns).unwrap_or_default();
        for table in now.tables.into_iter().filter(|table| wanted.table(&table.table).is_none()) {
            self.netfilter(ns, NetfilterChange::DelTable { table: table.table, if_there: false });
        }
    }

    fn add_chains(&mut self, ns: &NsRef, wanted: &Table) {
        if self.rules_of(ns).is_none_or(|now| now.table(&wanted.table).is_none()) {
            self.netfilter(ns, NetfilterChange::AddTable(wanted.table.clone()));
        }
        for chain in wanted.chains.iter().filter(|chain| chain.opaque.is_empty()) {
            let place = wanted.table.chain(&chain.name);
            let now = self.chain(ns, &place).map(|chain| chain.base);
            match (now, chain.base) {
                (Some(now), want) if now == want => {}
                (Some(Some(now)), Some(want)) if (BaseChain { policy: want.policy, ..now }) == want => {
                    self.netfilter(ns, NetfilterChange::SetPolicy { chain: place, policy: want.policy });
                }
                (now, base) => {
                    if now.is_some() {
                        self.delete_chain(ns, &place);
                    }
                    self.netfilter(ns, NetfilterChange::AddChain { chain: place, base });
                }
            }
        }
    }

    fn chain(&self, ns: &NsRef, chain: &ChainRef) -> Option<Chain> {
        self.now.namespace(ns)?.ruleset.as_ref()?.chain(chain).cloned()
    }

    fn delete_chain(&mut self, ns: &NsRef, chain: &ChainRef) {
        let flush = NetfilterChange::Flush { table: chain.table.clone(), chain: Some(chain.name.clone()) };
        self.netfilter(ns, flush);
        self.netfilter(ns, NetfilterChange::DelChain { chain: chain.clone() });
    }

    fn delete_chains(&mut self, ns: &NsRef, wanted: &Table) {
        let now = self.rules_of(ns).unwrap_or_default();
        let chains = now.table(&wanted.table).into_iter().flat_map(|table| &table.chains);
        let unwanted: Vec<ChainRef> = chains
            .filter(|chain| wanted.chains.iter().all(|wanted| wanted.name != chain.name))
            .map(|chain| wanted.table.chain(&chain.name))
            .collect();
        // They may lead to each other.
        for chain in &unwanted {
            let flush = NetfilterChange::Flush { table: chain.table.clone(), chain: Some(chain.name.clone()) };
            self.netfilter(ns, flush);
        }
        for chain in unwanted {
            self.netfilter(ns, NetfilterChange::DelChain { chain });
        }
    }

    /// Makes the rules of a chain those that are wanted, with as few changes as there can be.
    fn edit_rules(&mut self, ns: &NsRef, chain: &ChainRef, wanted: &[RuleEntry]) {
        let Some(now) = self.chain(ns, chain) else { return };
        let now: Vec<&Rule> = now.rules.iter().map(|entry| &entry.rule).collect();
        let wanted: Vec<&Rule> = wanted.iter().map(|entry| &entry.rule).collect();
        let kept = longest_common(&now, &wanted);
        let is_kept = |at: usize| kept.iter().any(|(old, _)| *old == at);
        // From the end, so that the numbers of those that are still to go do not change.
        for at in (0..now.len()).rev().filter(|at| !is_kept(*at)) {
            let which = RuleSelector::Number { chain: chain.clone(), number: number(at) };
            self.netfilter(ns, NetfilterChange::DelRule(which));
        }
        let mut there = kept.len();
        for (at, rule) in wanted.iter().enumerate() {
            if kept.iter().any(|(_, new)| *new == at) {
                continue;
            }
            let before = (at < there).then(|| number(at));
            let change = NetfilterChange::AddRule { chain: chain.clone(), before, rule: (*rule).clone() };
            if self.netfilter(ns, change) {
                there += 1;
            }
        }
    }
}

/// The number of a rule, which counts from 1.
fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}

/// The longest list that is part of both, as pairs of places.
fn longest_common(a: &[&Rule], b: &[&Rule]) -> Vec<(usize, usize)> {
    let front = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let back = a[front..].iter().rev().zip(b[front..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (middle_a, middle_b) = (&a[front..a.len() - back], &b[front..b.len() - back]);

    // `lengths[i][j]` is that of what is left from `i` and `j` on.
    let mut lengths = vec![vec![0_usize; middle_b.len() + 1]; middle_a.len() + 1];
    for (i, a) in middle_a.iter().enumerate().rev() {
        for (j, b) in middle_b.iter().enumerate().rev() {
            lengths[i][j] = if a == b { lengths[i + 1][j + 1] + 1 } else { lengths[i + 1][j].max(lengths[i][j + 1]) };
        }
    }
    let mut pairs: Vec<(usize, usize)> = (0..front).map(|at| (at, at)).collect();
    let (mut i, mut j) = (0, 0);
    while i < middle_a.len() && j < middle_b.len() {
        if middle_a[i] == middle_b[j] {
            pairs.push((front + i, front + j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[i + 1][j] >= lengths[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs.extend((0..back).rev().map(|at| (a.len() - 1 - at, b.len() - 1 - at)));
    pairs
}

#[cfg(test)]
mod tests {
    use super::longest_common;
    use crate::{
        model::diff::scene::{chain, netfilter, rule, rule_add, undo},
        ops::{NetfilterChange, Policy, Rule, Verdict},
    };

    fn accept(from: &str) -> Rule {
        rule(from, Verdict::Accept)
    }

    #[test]
    fn a_rule_in_the_middle_is_all_that_goes_and_comes() {
        let forward = || chain("filter", "FORWARD");
        let there: Vec<_> = ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"]
            .map(|from| rule_add("host", forward(), None, accept(from)))
            .into();
        let added = [rule_add("host", forward(), Some(2), accept("10.9.0.0/16"))];
        assert_eq!(undo(&there, &added).lines().count(), 1);
        let flushed = [netfilter("host", NetfilterChange::Flush { table: forward().table, chain: None })];
        assert_eq!(undo(&there, &flushed).lines().count(), 3);
        let policy = [netfilter("host", NetfilterChange::SetPolicy { chain: forward(), policy: Policy::Drop })];
        assert_eq!(undo(&there, &policy).lines().count(), 1);
        // Without the chain there is no table either.
        assert_eq!(undo(&[], &there).lines().count(), 1);
    }

    #[test]
    fn what_is_common_keeps_its_order() {
        let [a, b, c, d] = ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16"].map(accept);
        assert_eq!(longest_common(&[&a, &b, &c], &[&a, &d, &c]), [(0, 0), (2, 2)]);
        assert_eq!(longest_common(&[&a, &b, &c], &[&c, &a, &b]), [(0, 1), (1, 2)]);
        assert_eq!(longest_common(&[&a, &a], &[&a]), [(0, 0)]);
        assert_eq!(longest_common(&[&b, &a], &[&c, &d]), []);
    }
}
