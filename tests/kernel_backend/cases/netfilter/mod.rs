//! Tables, chains and rules, as `nft` and `iptables` see them.

mod changes;
mod iptables;
mod native;
mod raw;

pub use changes::{
    answers_like_the_model, counts_are_listed, fails_as_a_whole, faults_strike_one_change, nobody_may_look,
    somebody_else_changes_them,
};
pub use iptables::{lists_and_deletes_ours, ours_are_byte_for_byte_theirs, unknown_rules_survive};
pub use native::{is_listed_as_a_person_writes_it, theirs_are_understood};

use nns::{
    backend::{Backend, KernelBackend, Queries},
    model::Ruleset,
    net::NsRef,
    ops::{
        ChainRef, Criterion, Dialect, Family, Match, NetfilterChange, NetfilterOp, Op, PlainRule, Protocol, Rule,
        TableRef, Verdict,
    },
};

fn op(change: NetfilterChange) -> Op {
    Op::Netfilter(NetfilterOp { ns: NsRef::Host, change })
}

fn table(family: Family, name: &str) -> TableRef {
    TableRef::new(family, name)
}

fn append(chain: &ChainRef, rule: Rule) -> Op {
    op(NetfilterChange::AddRule { chain: chain.clone(), before: None, rule })
}

fn rule(dialect: Dialect, matches: Vec<Match>, verdict: Option<Verdict>) -> Rule {
    Rule::Plain(PlainRule { dialect, matches, verdict, comment: None })
}

/// The rule of iptables that drops a protocol.
fn drops(protocol: u8) -> Rule {
    let matches = vec![Match::is(Criterion::Protocol(Protocol(protocol)))];
    rule(Dialect::Iptables, matches, Some(Verdict::Drop))
}

/// Makes changes that must go well.
fn make(backend: &mut KernelBackend, ops: &[Op]) {
    let results = backend.apply(ops);
    assert_eq!(results.len(), ops.len());
    for (op, result) in ops.iter().zip(results) {
        assert_eq!(result, Ok(()), "{op}");
    }
}

fn ruleset(backend: &mut KernelBackend) -> Ruleset {
    backend.ruleset(&NsRef::Host).unwrap()
}

/// The ops that make all of it.
fn remake(ruleset: &Ruleset) -> Vec<Op> {
    let mut ops = Vec::new();
    for table in &ruleset.tables {
        ops.push(op(NetfilterChange::AddTable(table.table.clone())));
        for chain in &table.chains {
            let place = table.table.chain(&chain.name);
            ops.push(op(NetfilterChange::AddChain { chain: place, base: chain.base }));
        }
        for chain in &table.chains {
            let place = table.table.chain(&chain.name);
            ops.extend(chain.rules.iter().map(|entry| append(&place, entry.rule.clone())));
        }
    }
    ops
}

/// Takes all tables away.
fn clear(backend: &mut KernelBackend) {
    let tables = ruleset(backend).tables;
    let change = |table| op(NetfilterChange::DelTable { table, if_there: false });
    make(backend, &tables.into_iter().map(|table| change(table.table)).collect::<Vec<_>>());
}
