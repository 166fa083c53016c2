//! Tables, chains and rules.

use std::fmt;

use super::{
    kept::Held,
    pick::{Merged, Pick, merge_lists, pick},
};
use crate::{
    model::{Chain, RuleEntry, Ruleset, Table},
    ops::{ChainRef, Rule, TableRef, rule_text},
};

/// What came of the rules of a namespace.
pub(super) struct MergedRules {
    /// The rules as they should be.
    pub ruleset: Ruleset,
    /// What of it is of others.
    pub foreign: Vec<Foreign>,
    /// The tables and chains that stay although the run had to do with them, and why.
    pub kept: Vec<(Held, String)>,
}

/// Something of others.
pub(super) enum Foreign {
    /// A whole table.
    Table(TableRef),
    /// A chain in a table of the run.
    Chain(ChainRef),
    /// A rule in a chain of the run.
    Rule(ChainRef, Rule),
    /// What stands at the end of a chain of the run.
    Policy(ChainRef),
}

impl Foreign {
    /// Whether it is in something of the run.
    pub fn is_on_the_runs(&self) -> bool {
        matches!(self, Self::Chain(_) | Self::Rule(..))
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(table) => write!(f, "table {table}"),
            Self::Chain(chain) | Self::Policy(chain) => write!(f, "chain {chain}"),
            Self::Rule(chain, _) => write!(f, "a rule of chain {chain}"),
        }
    }
}

pub(super) fn merge(before: &Ruleset, after: &[Ruleset], now: &Ruleset, all: bool) -> MergedRules {
    let mut merged = MergedRules { ruleset: Ruleset::default(), foreign: Vec::new(), kept: Vec::new() };
    // Those that come back stand where they stood, as far as anything tells.
    for table in ordered(&before.tables, &now.tables, |table| &table.table) {
        let had = before.table(&table.table);
        let left: Vec<Option<&Table>> = after.iter().map(|ruleset| ruleset.table(&table.table)).collect();
        let result = match (had, now.table(&table.table)) {
            (Some(had), None) => left.contains(&None).then(|| had.clone()),
            (had, Some(now)) => merged.table(had, &left, now, all),
            (None, None) => None,
        };
        merged.ruleset.tables.extend(result);
    }
    merged
}

impl MergedRules {
    fn table(&mut self, had: Option<&Table>, left: &[Option<&Table>], now: &Table, all: bool) -> Option<Table> {
        let of_the_run = had.is_none() && left.iter().any(Option::is_some);
        if had.is_none() && !of_the_run {
            self.foreign.push(Foreign::Table(now.table.clone()));
            return Some(now.clone());
        }
        let none = Table { table: now.table.clone(), flags: 0, chains: Vec::new(), opaque: Vec::new() };
        if of_the_run && all {
            return None;
        }
        let told = self.kept.len();
        let had = had.unwrap_or(&none);
        let left: Vec<&Table> = left.iter().map(|table| table.unwrap_or(&none)).collect();
        let mut table = Table { chains: Vec::new(), ..now.clone() };
        for chain in ordered(&had.chains, &now.chains, |chain| &chain.name) {
            let find = |table: &Table| table.chains.iter().find(|other| other.name == chain.name).cloned();
            let left: Vec<Option<Chain>> = left.iter().map(|table| find(table)).collect();
            let place = now.table.chain(&chain.name);
            let result = match (find(had), find(now)) {
                (Some(had), None) => left.contains(&None).then_some(had),
                (had, Some(now)) => self.chain(&place, had, &left, now, (of_the_run, all)),
                (None, None) => None,
            };
            table.chains.extend(result);
        }
        let flags: Vec<&u32> = left.iter().map(|table| &table.flags).collect();
        if pick(&had.flags, &flags, &now.flags) == Pick::Before {
            table.flags = had.flags;
        }
        let is_foreign = left.iter().all(|table| table.opaque != now.opaque) && now.opaque != had.opaque;
        let stays = !of_the_run || !table.chains.is_empty() || is_foreign;
        if of_the_run && stays && self.kept.len() == told {
            let what = table.chains.first().map_or("something".into(), |chain| format!("chain {}", chain.name));
            let text = format!("table {} stays: {what} in it is not of this run", now.table);
            self.kept.push((Held::Table(now.table.clone()), text));
        }
        stays.then_some(table)
    }

    fn chain(
        &mut self,
        place: &ChainRef,
        had: Option<Chain>,
        left: &[Option<Chain>],
        now: Chain,
        (is_table_new, all): (bool, bool),
    ) -> Option<Chain> {
        let of_the_run = had.is_none() && left.iter().any(Option::is_some);
        if had.is_none() && !of_the_run {
            if is_table_new {
                self.foreign.push(Foreign::Chain(place.clone()));
            }
            return Some(now);
        }
        let rules = |chain: &Chain| chain.rules.iter().map(|entry| entry.rule.clone()).collect::<Vec<Rule>>();
        let had_rules = had.as_ref().map(rules).unwrap_or_default();
        let left_rules: Vec<Vec<Rule>> =
            left.iter().map(|chain| chain.as_ref().map(rules).unwrap_or_default()).collect();
        let left_rules: Vec<&[Rule]> = left_rules.iter().map(Vec::as_slice).collect();
        let Merged { list, foreign, .. } = merge_lists(&had_rules, &left_rules, &rules(&now), |_, _| false);
        let mut chain = Chain { rules: Vec::new(), ..now.clone() };
        // What they have counted goes on.
        let mut counted = now.rules;
        for rule in list {
            let at = counted.iter().position(|entry| entry.rule == rule);
            chain.rules.push(at.map_or_else(|| RuleEntry::from(rule), |at| counted.remove(at)));
        }
        if let Some(had) = &had {
            let bases: Vec<_> = left.iter().flatten().map(|chain| &chain.base).collect();
            match pick(&had.base, &bases, &now.base) {
                Pick::Now => {}
                Pick::Foreign if !all => {
                    self.kept.push((
                        Held::Chain(place.clone()),
                        format!("chain {place} keeps its policy: somebody changed it since"),
                    ));
                }
                Pick::Before | Pick::Foreign => chain.base = had.base,
            }
            return Some(chain);
        }
        let is_changed = !left.iter().flatten().any(|chain| chain.base == now.base);
        if all || foreign.is_empty() && !is_changed {
            return None;
        }
        if let Some(rule) = foreign.first() {
            let rule = rule_text(rule, place.table.family);
            self.kept
                .push((Held::Chain(place.clone()), format!("chain {place} stays: the rule {rule} is not of this run")));
        } else {
            self.kept
                .push((Held::Chain(place.clone()), format!("chain {place} stays: somebody changed its policy since")));
            self.foreign.push(Foreign::Policy(place.clone()));
        }
        self.foreign.extend(foreign.into_iter().map(|rule| Foreign::Rule(place.clone(), rule)));
        Some(chain)
    }
}

/// The elements of both lists, each once: those of now in their order, and the others behind what they stood behind.
fn ordered<'a, T, K: PartialEq + 'a>(before: &'a [T], now: &'a [T], key: impl Fn(&'a T) -> &'a K) -> Vec<&'a T> {
    let mut all: Vec<&T> = now.iter().collect();
    for (at, element) in before.iter().enumerate() {
        if all.iter().any(|other| key(other) == key(element)) {
            continue;
        }
        let earlier = before[..at].iter().rev();
        let behind = earlier.clone().find_map(|earlier| all.iter().position(|other| key(other) == key(earlier)));
        all.insert(behind.map_or(0, |position| position + 1), element);
    }
    all
}
