use serde::{Deserialize, Serialize};

use crate::ops::{BaseChain, Book, ChainRef, Criterion, PlainRule, Rule, TableRef, Verdict};

/// The rules of a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ruleset {
    /// Its tables, in the order in which they were made.
    pub tables: Vec<Table>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its family and name.
    pub table: TableRef,
    /// Its flags (`NFTA_TABLE_FLAGS`): `dormant` and the like.
    pub flags: u32,
    /// Its chains, in the order in which they were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chains: Vec<Chain>,
    /// What else is in it and is not understood, in the kernel's bytes: sets, maps, objects, flow tables.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::ops::hex")]
    pub opaque: Vec<Vec<u8>>,
}

/// A chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Its name.
    pub name: String,
    /// What makes it a base chain, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<BaseChain>,
    /// Its rules, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleEntry>,
    /// The packets that its policy was applied to, where they are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<Counter>,
    /// What is not understood of it, in the kernel's bytes: the devices of a `netdev` chain.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::ops::hex")]
    pub opaque: Vec<u8>,
}

/// A rule in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleEntry {
    /// The rule.
    pub rule: Rule,
    /// The packets that met it, where they are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<Counter>,
}

impl From<Rule> for RuleEntry {
    fn from(rule: Rule) -> Self {
        Self { rule, counter: None }
    }
}

/// How many packets were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counter {
    /// Packets.
    pub packets: u64,
    /// Bytes.
    pub bytes: u64,
}

impl Ruleset {
    /// A table.
    pub fn table(&self, table: &TableRef) -> Option<&Table> {
        self.tables.iter().find(|candidate| candidate.table == *table)
    }

    /// A chain.
    pub fn chain(&self, chain: &ChainRef) -> Option<&Chain> {
        self.table(&chain.table)?.chains.iter().find(|candidate| candidate.name == chain.name)
    }

    /// The rules that native statements made, in the order of their numbers, each with its chain and its place there.
    /// Of a port forwarding the copy for what comes from the namespace itself is not among them.
    pub fn native(&self, book: Book) -> Vec<(ChainRef, usize, &RuleEntry)> {
        let tables = book.tables();
        let mut rules = Vec::new();
        for table in tables.iter().filter_map(|table| self.table(table)) {
            for chain in &table.chains {
                let place = table.table.chain(&chain.name);
                let numbered = chain.rules.iter().enumerate().filter(|(_, entry)| !self.is_copy(&place, &entry.rule));
                rules.extend(numbered.map(|(at, entry)| (place.clone(), at, entry)));
            }
        }
        rules
    }

    /// Where the copy of a port forwarding, for what comes from the namespace itself, stands.
    pub fn copy_of(&self, chain: &ChainRef, rule: &Rule) -> Option<(ChainRef, usize)> {
        if chain.table.book() != Some(Book::Nat) || chain.name != "prerouting" || !is_forwarding(rule) {
            return None;
        }
        let copies = chain.table.chain("output");
        let at = self.chain(&copies)?.rules.iter().position(|entry| entry.rule == *rule)?;
        Some((copies, at))
    }

    /// Whether a rule is such a copy.
    fn is_copy(&self, chain: &ChainRef, rule: &Rule) -> bool {
        let original = self.chain(&chain.table.chain("prerouting"));
        chain.table.book() == Some(Book::Nat)
            && chain.name == "output"
            && is_forwarding(rule)
            && original.is_some_and(|chain| chain.rules.iter().any(|entry| entry.rule == *rule))
    }
}

/// Whether a rule is what `nat forward` makes.
fn is_forwarding(rule: &Rule) -> bool {
    let Rule::Plain(PlainRule { matches, verdict: Some(Verdict::Dnat(_)), .. }) = rule else { return false };
    matches.iter().any(|condition| condition.criterion == Criterion::LocalDestination)
}
