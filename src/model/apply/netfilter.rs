//! Tables, chains and rules.

use nix::errno::Errno;

use super::{Stop, refused, require_ns};
use crate::{
    model::{Chain, Reason, Ruleset, Table, World},
    ops::{BaseChain, ChainRef, NetfilterChange, NetfilterOp, PlainRule, Rule, RuleSelector, TableRef, Verdict},
};

pub(super) fn apply(world: &mut World, op: &NetfilterOp) -> Result<(), Stop> {
    require_ns(world, &op.ns)?;
    let ruleset = world.namespace_mut(&op.ns).and_then(|namespace| namespace.ruleset.as_mut()).ok_or(Stop::Unknown)?;
    // A transaction is carried out whole or not at all.
    let mut changed = ruleset.clone();
    change(&mut changed, &op.change)?;
    *ruleset = changed;
    Ok(())
}

fn change(ruleset: &mut Ruleset, change: &NetfilterChange) -> Result<(), Stop> {
    match change {
        NetfilterChange::AddTable(table) => {
            ensure_table(ruleset, table);
            Ok(())
        }
        NetfilterChange::DelTable { table, if_there } => {
            if ruleset.table(table).is_none() && !if_there {
                return Err(no_such_table(table));
            }
            ruleset.tables.retain(|candidate| candidate.table != *table);
            Ok(())
        }
        NetfilterChange::AddChain { chain, base } => {
            if ruleset.chain(chain).is_some() || (base.is_none() && chain.builtin().is_some()) {
                return Err(refused(Errno::EEXIST, Reason::ChainExists { chain: chain.clone() }));
            }
            let is_made = chain.table.is_of_iptables() || chain.table.book().is_some();
            if ruleset.table(&chain.table).is_none() && !is_made {
                return Err(no_such_table(&chain.table));
            }
            ensure_table(ruleset, &chain.table).chains.push(empty(&chain.name, *base));
            Ok(())
        }
        NetfilterChange::DelChain { chain } => {
            let found = ruleset.chain(chain).ok_or_else(|| no_such_chain(chain))?;
            let leads_here = |rule: &Rule| leads_to(rule, &chain.name);
            let table = ruleset.table(&chain.table).into_iter().flat_map(|table| &table.chains);
            let in_use = table.flat_map(|chain| &chain.rules).any(|entry| leads_here(&entry.rule));
            if in_use || (found.base.is_none() && !found.rules.is_empty() && chain.table.is_of_iptables()) {
                return Err(refused(Errno::EBUSY, Reason::ChainInUse { chain: chain.clone() }));
            }
            ensure_table(ruleset, &chain.table).chains.retain(|candidate| candidate.name != chain.name);
            Ok(())
        }
        NetfilterChange::SetPolicy { chain, policy } => {
            // So the kernel answers, whether it is there without being a base chain or is not there at all.
            let no_base = || refused(Errno::EOPNOTSUPP, Reason::NoSuchChain { chain: chain.clone() });
            if ruleset.table(&chain.table).is_some() && ruleset.chain(chain).is_none() && chain.builtin().is_none() {
                return Err(no_base());
            }
            ensure_chain(ruleset, chain)?.base.as_mut().ok_or_else(no_base)?.policy = *policy;
            Ok(())
        }
        NetfilterChange::Flush { table, chain } => flush(ruleset, table, chain.as_deref()),
        NetfilterChange::AddRule { chain, before, rule } => {
            require_target(ruleset, chain, rule)?;
            let rules = &mut ensure_chain(ruleset, chain)?.rules;
            let at = match before {
                None => rules.len(),
                // The kernel puts a rule before one that is there; the first of an empty chain is put behind the others.
                Some(1) if rules.is_empty() => 0,
                Some(number) => place(*number, rules.len(), chain)?,
            };
            rules.insert(at, rule.clone().into());
            Ok(())
        }
        NetfilterChange::DelRule(which) => del_rule(ruleset, which),
    }
}

/// A rule leads to a chain that must be there.
fn require_target(ruleset: &Ruleset, chain: &ChainRef, rule: &Rule) -> Result<(), Stop> {
    if let Rule::Plain(PlainRule { verdict: Some(Verdict::Jump(target) | Verdict::Goto(target)), .. }) = rule {
        let target = chain.table.chain(target);
        if ruleset.chain(&target).is_none() {
            return Err(no_such_chain(&target));
        }
    }
    Ok(())
}

fn flush(ruleset: &mut Ruleset, table: &TableRef, chain: Option<&str>) -> Result<(), Stop> {
    let found = ruleset.tables.iter_mut().find(|candidate| candidate.table == *table);
    if let Some(name) = chain {
        let chain = table.chain(name);
        let rules = found.and_then(|table| table.chains.iter_mut().find(|chain| chain.name == name));
        return match rules {
            Some(chain) => {
                chain.rules.clear();
                Ok(())
            }
            None if chain.builtin().is_some() => Ok(()),
            None => Err(no_such_chain(&chain)),
        };
    }
    for chain in found.into_iter().flat_map(|table| &mut table.chains) {
        chain.rules.clear();
    }
    Ok(())
}

fn del_rule(ruleset: &mut Ruleset, which: &RuleSelector) -> Result<(), Stop> {
    let missing = |count| refused(Errno::ENOENT, Reason::NoSuchRule { which: which.clone(), count });
    for (chain, at) in rules_meant(ruleset, which).map_err(|problem| match problem {
        Missing::Chain(chain) => no_such_chain(&chain),
        Missing::Rule { count } => missing(count),
    })? {
        ensure_chain(ruleset, &chain)?.rules.remove(at);
    }
    Ok(())
}

/// What there is not, of what a selector names.
#[derive(Debug, PartialEq, Eq)]
pub enum Missing {
    /// The chain.
    Chain(ChainRef),
    /// The rule.
    Rule {
        /// How many there are.
        count: usize,
    },
}

/// The rules that a selector means, each by its chain and its place there, counted from 0; all in different chains.
pub fn rules_meant(ruleset: &Ruleset, which: &RuleSelector) -> Result<Vec<(ChainRef, usize)>, Missing> {
    let rules_of = |chain: &ChainRef| match ruleset.chain(chain) {
        Some(found) => Ok(found.rules.as_slice()),
        None if chain.builtin().is_some() => Ok(&[][..]),
        None => Err(Missing::Chain(chain.clone())),
    };
    match which {
        RuleSelector::Number { chain, number } => {
            let count = rules_of(chain)?.len();
            let at = (*number as usize).checked_sub(1).filter(|at| *at < count);
            at.map(|at| vec![(chain.clone(), at)]).ok_or(Missing::Rule { count })
        }
        RuleSelector::Like { chain, rule } => {
            let rules = rules_of(chain)?;
            let at = rules.iter().position(|entry| entry.rule == *rule);
            at.map(|at| vec![(chain.clone(), at)]).ok_or(Missing::Rule { count: rules.len() })
        }
        RuleSelector::Native { book, number } => {
            let rules = ruleset.native(*book);
            let meant = (*number as usize).checked_sub(1).and_then(|at| rules.get(at));
            let (chain, at, entry) = meant.ok_or(Missing::Rule { count: rules.len() })?;
            let copy = ruleset.copy_of(chain, &entry.rule);
            Ok([(chain.clone(), *at)].into_iter().chain(copy).collect())
        }
    }
}

fn place(number: u32, count: usize, chain: &ChainRef) -> Result<usize, Stop> {
    (number as usize).checked_sub(1).filter(|at| *at < count).ok_or_else(|| {
        let which = RuleSelector::Number { chain: chain.clone(), number };
        refused(Errno::ENOENT, Reason::NoSuchRule { which, count })
    })
}

fn ensure_table<'a>(ruleset: &'a mut Ruleset, table: &TableRef) -> &'a mut Table {
    let at = ruleset.tables.iter().position(|candidate| candidate.table == *table).unwrap_or_else(|| {
        ruleset.tables.push(Table { table: table.clone(), flags: 0, chains: Vec::new(), opaque: Vec::new() });
        ruleset.tables.len() - 1
    });
    &mut ruleset.tables[at]
}

/// The chain, made now if it is one that every machine is thought to have.
fn ensure_chain<'a>(ruleset: &'a mut Ruleset, chain: &ChainRef) -> Result<&'a mut Chain, Stop> {
    if ruleset.chain(chain).is_none() {
        let base = chain.builtin().ok_or_else(|| no_such_chain(chain))?;
        ensure_table(ruleset, &chain.table).chains.push(empty(&chain.name, Some(base)));
    }
    let table = ensure_table(ruleset, &chain.table);
    table.chains.iter_mut().find(|candidate| candidate.name == chain.name).ok_or_else(|| no_such_chain(chain))
}

fn empty(name: &str, base: Option<BaseChain>) -> Chain {
    Chain { name: name.into(), base, rules: Vec::new(), counter: None, opaque: Vec::new() }
}

/// Whether a rule leads packets to that chain.
fn leads_to(rule: &Rule, chain: &str) -> bool {
    match rule {
        Rule::Plain(PlainRule { verdict: Some(Verdict::Jump(target) | Verdict::Goto(target)), .. }) => target == chain,
        Rule::Plain(_) | Rule::Opaque(_) => false,
    }
}

fn no_such_table(table: &TableRef) -> Stop {
    refused(Errno::ENOENT, Reason::NoSuchTable { table: table.clone() })
}

fn no_such_chain(chain: &ChainRef) -> Stop {
    refused(Errno::ENOENT, Reason::NoSuchChain { chain: chain.clone() })
}
