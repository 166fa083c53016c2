//! Changes of nf_tables: its tables, chains and rules.
//!
//! A statement of `iptables` and a native one (`nat`, `firewall`) come down to the same ops; they differ in the tables
//! they act on and in the [`Dialect`] of their rules. An op that acts on one of the chains that every machine is
//! thought to have (`FORWARD` of iptables, `postrouting` of `nat`) makes that chain, and its table, where they are
//! missing: see [`ChainRef::builtin`].

mod chain;
mod matches;
mod rule;
mod text;
mod verdict;

pub use chain::{BaseChain, Book, ChainKind, ChainRef, Family, Hook, Policy, TableRef};
pub use matches::{Criterion, LinkPattern, Match, Ports, Protocol, State, StateSpelling, States};
pub use rule::{Dialect, OpaqueRule, PlainRule, Rule};
pub use text::{
    IptablesPiece, icmp_type_name, icmp_type_named, iptables_link_text, iptables_ports_text, iptables_program,
    iptables_protocol_text, iptables_reject_text, iptables_rule_text, iptables_states_text, iptables_target_text,
    iptables_words, native_statement, not_understood, rule_text, service_name, service_named, service_names,
};
pub use verdict::{NatTarget, RejectWith, Verdict};

use serde::{Deserialize, Serialize};

use crate::net::NsRef;

/// A change of the rules of a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetfilterOp {
    /// The namespace.
    pub ns: NsRef,
    /// What changes.
    pub change: NetfilterChange,
}

/// What changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetfilterChange {
    /// A table; one that is there stays as it is.
    AddTable(TableRef),
    /// Takes a table away with all that is in it.
    DelTable {
        /// Which.
        table: TableRef,
        /// One that is missing is no error.
        if_there: bool,
    },
    /// A new chain, in a table that is there or is one of those that every machine is thought to have.
    AddChain {
        /// Its name, which must be free.
        chain: ChainRef,
        /// What makes it a base chain.
        base: Option<BaseChain>,
    },
    /// Takes a chain away with its rules; no rule elsewhere may lead to it.
    DelChain {
        /// Which.
        chain: ChainRef,
    },
    /// What becomes of packets that reach the end of a base chain.
    SetPolicy {
        /// Which.
        chain: ChainRef,
        /// What becomes of them.
        policy: Policy,
    },
    /// Takes rules away and leaves their chains.
    Flush {
        /// Of that table; of one that is missing there is nothing to take.
        table: TableRef,
        /// Of that chain; `None` is all of them.
        chain: Option<String>,
    },
    /// A new rule.
    AddRule {
        /// In which chain.
        chain: ChainRef,
        /// Before the rule of that number, counted from 1; `None` is behind all others.
        before: Option<u32>,
        /// The rule.
        rule: Rule,
    },
    /// Takes one rule away.
    DelRule(RuleSelector),
}

/// Which rule is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleSelector {
    /// By its place in a chain.
    Number {
        /// The chain.
        chain: ChainRef,
        /// From 1.
        number: u32,
    },
    /// The first that is the same.
    Like {
        /// The chain.
        chain: ChainRef,
        /// As what.
        rule: Rule,
    },
    /// By its number in `nat show` or `firewall show`. The copy of a port forwarding for what comes from the namespace
    /// itself goes with it.
    Native {
        /// Of which of the two.
        book: Book,
        /// From 1.
        number: u32,
    },
}

impl NetfilterChange {
    /// The table that it acts on; `None` where that depends on what is there.
    pub fn table(&self) -> Option<&TableRef> {
        match self {
            Self::AddTable(table) | Self::DelTable { table, .. } | Self::Flush { table, .. } => Some(table),
            Self::AddChain { chain, .. }
            | Self::DelChain { chain }
            | Self::SetPolicy { chain, .. }
            | Self::AddRule { chain, .. }
            | Self::DelRule(RuleSelector::Number { chain, .. } | RuleSelector::Like { chain, .. }) => {
                Some(&chain.table)
            }
            Self::DelRule(RuleSelector::Native { .. }) => None,
        }
    }
}
