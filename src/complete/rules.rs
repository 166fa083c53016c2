//! What there is of chains and rules, as candidates: the chains that somebody made, and rules by their numbers.

use super::{offer::Offer, values::At};
use crate::{
    commands::follow::Wanted,
    model::{Chain, Ruleset},
    ops::{
        Book, ChainRef, Family, Rule, TableRef, iptables_program, iptables_rule_text, native_statement, not_understood,
        rule_text,
    },
};

/// The table that is meant when none is named.
pub const USUAL_TABLE: &str = "filter";

impl At<'_> {
    /// The rules of the namespace, if they are known.
    fn ruleset(&self) -> Option<&Ruleset> {
        let world = self.scene.world;
        world.namespace(world.known_as(self.ns?))?.ruleset.as_ref()
    }

    /// The table that an `iptables` line is about.
    fn table(&self) -> TableRef {
        let family = if self.words.contains(&"ip6tables") { Family::Ip6 } else { Family::Ip };
        TableRef::new(family, (self.given)("TABLE").as_deref().unwrap_or(USUAL_TABLE))
    }

    /// The chains that somebody made, of the table in question; a chain cannot lead to itself.
    pub fn chains(&self, wanted: &Wanted, offer: &mut Offer<'_>) {
        let table = self.table();
        let own = (self.given)("CHAIN").filter(|_| wanted.param == "TARGET" || wanted.verb == "goto");
        let is_other = |name: &str| own.as_deref() != Some(name);
        let found = self.ruleset().and_then(|ruleset| ruleset.table(&table)).map_or(&[][..], |table| &table.chains);
        let is_made = |chain: &&Chain| table.chain(&chain.name).builtin().is_none() && is_other(&chain.name);
        for chain in found.iter().filter(is_made) {
            offer.name(&chain.name, || match chain.rules.len() {
                0 => "a chain without rules".into(),
                1 => "a chain with one rule".into(),
                rules => format!("a chain with {rules} rules"),
            });
        }
        let Some(ns) = self.ns else { return };
        let key = (ns.clone(), iptables_program(&table), table.name);
        for name in self.made.chains.get(&key).into_iter().flatten().filter(|name| is_other(name)) {
            offer.name(name, || "made here".into());
        }
    }

    /// The rules of a chain of `iptables`, by number.
    pub fn rules_of_chain(&self, offer: &mut Offer<'_>) {
        let Some(name) = (self.given)("CHAIN") else { return };
        let chain = self.table().chain(&name);
        let found = self.ruleset().and_then(|ruleset| ruleset.chain(&chain));
        for (number, entry) in (1..).zip(found.map_or(&[][..], |chain| &chain.rules)) {
            let number: usize = number;
            offer.word(number.to_string(), || iptables_rule_text(&entry.rule, chain.table.family));
        }
    }

    /// The rules that statements of `nat` or `firewall` made, by number.
    pub fn rules_of_book(&self, book: Book, offer: &mut Offer<'_>) {
        let Some(ruleset) = self.ruleset() else { return };
        for (number, (chain, _, entry)) in (1..).zip(ruleset.native(book)) {
            let number: usize = number;
            offer.word(number.to_string(), || told(&chain, &entry.rule));
        }
    }
}

/// The statement that makes a rule; what none makes is told in the words of `nft`.
fn told(chain: &ChainRef, rule: &Rule) -> String {
    match rule {
        Rule::Opaque(opaque) => format!("nft: {} {}", chain.name, not_understood(opaque)),
        Rule::Plain(plain) => native_statement(chain, plain)
            .unwrap_or_else(|| format!("nft: {} {}", chain.name, rule_text(rule, chain.table.family))),
    }
}
