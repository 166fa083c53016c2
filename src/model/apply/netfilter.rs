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
    change(ruleset, &op.change)
}

/// A transaction is carried out whole or not at all: what could be in the way is looked for before anything changes.
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
            if in_use || (!found.rules.is_empty() && chain.table.is_of_iptables()) {
                return Err(refused(Errno::EBUSY, Reason::ChainInUse { chain: chain.clone() }));
            }
            ensure_table(ruleset, &chain.table).chains.retain(|candidate| candidate.name != chain.name);
            Ok(())
        }
        NetfilterChange::SetPolicy { chain, policy } => {
            // So the kernel answers, whether it is there without being a base chain or is not there at all.
            let no_base = || refused(Errno::EOPNOTSUPP, Reason::NoSuchChain { chain: chain.clone() });
            let base = ruleset.chain(chain).map_or(chain.builtin(), |chain| chain.base);
            if ruleset.table(&chain.table).is_some() && base.is_none() {
                return Err(no_base());
            }
            ensure_chain(ruleset, chain)?.base.as_mut().ok_or_else(no_base)?.policy = *policy;
            Ok(())
        }
        NetfilterChange::Flush { table, chain } => flush(ruleset, table, chain.as_deref()),
        NetfilterChange::AddRule { chain, before, rule } => {
            require_target(ruleset, chain, rule)?;
            let count = ruleset.chain(chain).map_or(0, |chain| chain.rules.len());
            let at = match before {
                None => count,
                Some(number) => place(*number, count, chain)?,
            };
            ensure_chain(ruleset, chain)?.rules.insert(at, rule.clone().into());
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
    let missing = |count| refused(Errno::ENOENT, Reason::NoSuchRule { which: Box::new(which.clone()), count });
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

/// Where a rule goes that is to have a number: behind all others at the most.
fn place(number: u32, count: usize, chain: &ChainRef) -> Result<usize, Stop> {
    (number as usize).checked_sub(1).filter(|at| *at <= count).ok_or_else(|| {
        let which = RuleSelector::Number { chain: chain.clone(), number };
        refused(Errno::ENOENT, Reason::NoSuchRule { which: Box::new(which), count })
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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::{
        model::{
            Outcome, Ruleset, World, apply,
            diff::scene::{chain, netfilter, rule, rule_add},
        },
        net::NsRef,
        ops::{
            Book, Criterion, Dialect, Match, NatTarget, NetfilterChange, Op, PlainRule, Policy, Rule, RuleSelector,
            Verdict,
        },
    };

    fn rules(world: &World) -> &Ruleset {
        world.namespace(&NsRef::Host).unwrap().ruleset.as_ref().unwrap()
    }

    fn play(ops: &[Op], expected: Expect) -> World {
        let mut world = World::fresh();
        let told: String = ops
            .iter()
            .map(|op| match apply(&mut world, op) {
                Outcome::Done => "done\n".into(),
                Outcome::Refused(refusal) => format!("{:?}\n", refusal.errno),
                Outcome::Unknown => "unknown\n".into(),
            })
            .collect();
        expected.assert_eq(&told);
        world
    }

    fn forward() -> crate::ops::ChainRef {
        chain("filter", "FORWARD")
    }

    fn add(name: &str) -> Op {
        netfilter("host", NetfilterChange::AddChain { chain: chain("filter", name), base: None })
    }

    fn del(name: &str) -> Op {
        netfilter("host", NetfilterChange::DelChain { chain: chain("filter", name) })
    }

    #[test]
    fn chains_that_every_machine_has_are_made_when_they_are_needed() {
        let world = play(
            &[
                netfilter("host", NetfilterChange::Flush { table: forward().table, chain: Some("FORWARD".into()) }),
                netfilter("host", NetfilterChange::Flush { table: forward().table, chain: None }),
                netfilter("host", NetfilterChange::Flush { table: forward().table, chain: Some("mine".into()) }),
                rule_add("host", forward(), None, rule("10.0.0.0/8", Verdict::Accept)),
                rule_add("host", chain("filter", "POSTROUTING"), None, rule("10.0.0.0/8", Verdict::Accept)),
                rule_add("host", chain("mine", "FORWARD"), None, rule("10.0.0.0/8", Verdict::Accept)),
                netfilter("host", NetfilterChange::SetPolicy { chain: forward(), policy: Policy::Drop }),
            ],
            expect![[r#"
                done
                done
                ENOENT
                done
                ENOENT
                ENOENT
                done
            "#]],
        );
        let chain = rules(&world).chain(&forward()).unwrap();
        assert_eq!((chain.rules.len(), chain.base.unwrap().policy), (1, Policy::Drop));
    }

    #[test]
    fn a_chain_that_is_used_stays() {
        play(
            &[
                add("FORWARD"),
                add("mine"),
                add("mine"),
                rule_add("host", forward(), None, rule("10.0.0.0/8", Verdict::Jump("yours".into()))),
                rule_add("host", forward(), None, rule("10.0.0.0/8", Verdict::Jump("mine".into()))),
                del("mine"),
                netfilter("host", NetfilterChange::Flush { table: forward().table, chain: None }),
                rule_add("host", chain("filter", "mine"), None, rule("10.0.0.0/8", Verdict::Drop)),
                del("mine"),
                netfilter("host", NetfilterChange::Flush { table: forward().table, chain: None }),
                del("mine"),
                del("mine"),
            ],
            expect![[r#"
                EEXIST
                done
                EEXIST
                ENOENT
                done
                EBUSY
                done
                done
                EBUSY
                done
                done
                ENOENT
            "#]],
        );
    }

    #[test]
    fn rules_have_places() {
        let from = |from: &str| rule(from, Verdict::Accept);
        let gone =
            |number| netfilter("host", NetfilterChange::DelRule(RuleSelector::Number { chain: forward(), number }));
        let world = play(
            &[
                gone(1),
                rule_add("host", forward(), Some(2), from("10.1.0.0/16")),
                rule_add("host", forward(), Some(1), from("10.1.0.0/16")),
                rule_add("host", forward(), Some(1), from("10.2.0.0/16")),
                rule_add("host", forward(), Some(3), from("10.3.0.0/16")),
                rule_add("host", forward(), Some(0), from("10.4.0.0/16")),
                gone(4),
                gone(0),
                gone(2),
                netfilter(
                    "host",
                    NetfilterChange::DelRule(RuleSelector::Like { chain: forward(), rule: from("10.1.0.0/16") }),
                ),
            ],
            expect![[r#"
                ENOENT
                ENOENT
                done
                done
                done
                ENOENT
                ENOENT
                ENOENT
                done
                ENOENT
            "#]],
        );
        let left: Vec<&Rule> = rules(&world).chain(&forward()).unwrap().rules.iter().map(|entry| &entry.rule).collect();
        assert_eq!(left, [&from("10.2.0.0/16"), &from("10.3.0.0/16")]);
    }

    #[test]
    fn a_port_forwarding_is_one_entry_and_goes_as_one() {
        let forwarding = Rule::Plain(PlainRule {
            dialect: Dialect::Nft,
            matches: vec![Match::is(Criterion::LocalDestination)],
            verdict: Some(Verdict::Dnat(NatTarget::new([192, 168, 15, 2].into(), Some(80)))),
            comment: None,
        });
        let nat = |name: &str| chain("nns_nat", name);
        let third = Rule::Plain(PlainRule {
            dialect: Dialect::Nft,
            matches: Vec::new(),
            verdict: Some(Verdict::Masquerade { ports: None }),
            comment: None,
        });
        let del =
            |number| netfilter("host", NetfilterChange::DelRule(RuleSelector::Native { book: Book::Nat, number }));
        let world = play(
            &[
                rule_add("host", nat("prerouting"), None, forwarding.clone()),
                rule_add("host", nat("output"), None, forwarding),
                rule_add("host", nat("postrouting"), None, third.clone()),
                del(3),
                del(1),
            ],
            expect![[r#"
                done
                done
                done
                ENOENT
                done
            "#]],
        );
        let left: Vec<_> =
            rules(&world).native(Book::Nat).into_iter().map(|(chain, _, entry)| (chain, &entry.rule)).collect();
        assert_eq!(left, [(nat("postrouting"), &third)]);
        assert!(rules(&world).chain(&nat("output")).unwrap().rules.is_empty());
    }
}
