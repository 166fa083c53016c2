//! Ops of nf_tables, of `iptables` and of native statements.
//!
//! What neither can say is left out: rules of one dialect in the other's tables, and targets in tables that have no use
//! for them, which are refused where statements are read.

use nns::{
    net::{Cidr, NsRef},
    ops::{
        BaseChain, Book, ChainKind, ChainRef, Criterion, Dialect, Family, Hook, LinkPattern, Match, NatTarget,
        NetfilterChange, NetfilterOp, Op, PlainRule, Policy, Ports, Protocol, Rule, RuleSelector, TableRef, Verdict,
    },
};

use super::{Generator, v};

/// Table, chain.
const PLACES: [(Family, &str, &str); 12] = [
    (Family::Ip, "filter", "FORWARD"),
    (Family::Ip, "filter", "INPUT"),
    (Family::Ip, "filter", "mine"),
    (Family::Ip, "filter", "yours"),
    (Family::Ip, "nat", "POSTROUTING"),
    (Family::Ip, "nat", "PREROUTING"),
    (Family::Ip, "nat", "mine"),
    (Family::Inet, "nns_filter", "forward"),
    (Family::Inet, "nns_filter", "input"),
    (Family::Ip, "nns_nat", "postrouting"),
    (Family::Ip, "nns_nat", "prerouting"),
    (Family::Ip, "own", "mine"),
];

impl Generator {
    pub(super) fn netfilter(&mut self) -> Op {
        let ns = self.ns();
        let (family, table, chain) = self.random.pick(&PLACES);
        let table = TableRef::new(family, table);
        let chain = table.chain(chain);
        let change = match self.random.below(20) {
            0..8 => {
                let before = self.random.maybe(25, |random| random.pick(&[0, 1, 1, 2, 3]));
                NetfilterChange::AddRule { rule: self.filter_rule(&chain), before, chain }
            }
            8..12 => NetfilterChange::DelRule(self.rule_selector(&ns, chain)),
            12..14 => NetfilterChange::AddChain { base: self.base_of(&chain), chain },
            14 => NetfilterChange::DelChain { chain },
            15 => NetfilterChange::SetPolicy { chain, policy: self.random.pick(&[Policy::Accept, Policy::Drop]) },
            16 => NetfilterChange::Flush { chain: self.random.maybe(60, |_| chain.name.clone()), table },
            17 => NetfilterChange::AddTable(TableRef::new(Family::Ip, "own")),
            18 => NetfilterChange::DelTable { if_there: self.random.percent(50), table },
            _ => NetfilterChange::DelRule(self.rule_selector(&ns, chain)),
        };
        NetfilterOp { ns, change }.into()
    }

    /// Only tables of one's own are said what their chains are.
    fn base_of(&mut self, chain: &ChainRef) -> Option<BaseChain> {
        (chain.table.name == "own" && self.random.percent(50)).then_some(BaseChain {
            kind: ChainKind::Filter,
            hook: Hook::Forward,
            priority: 0,
            policy: Policy::Accept,
        })
    }

    fn rule_selector(&mut self, ns: &NsRef, chain: ChainRef) -> RuleSelector {
        match self.random.below(3) {
            0 => RuleSelector::Native {
                book: self.random.pick(&[Book::Nat, Book::Firewall]),
                number: self.random.pick(&[0, 1, 1, 1, 2]),
            },
            1 => RuleSelector::Number { chain, number: self.random.pick(&[0, 1, 1, 1, 2]) },
            _ => {
                let there: Vec<Rule> = self
                    .world
                    .namespace(ns)
                    .and_then(|namespace| namespace.ruleset.as_ref()?.chain(&chain))
                    .map(|chain| chain.rules.iter().map(|entry| entry.rule.clone()).collect())
                    .unwrap_or_default();
                let rule = if there.is_empty() { self.filter_rule(&chain) } else { self.random.pick(&there) };
                RuleSelector::Like { chain, rule }
            }
        }
    }

    fn filter_rule(&mut self, chain: &ChainRef) -> Rule {
        let iptables = chain.table.is_of_iptables();
        let nat = chain.table.name.ends_with("nat");
        let source = chain.name.eq_ignore_ascii_case("postrouting");
        // In the order that statements are brought into.
        let mut matches = Vec::new();
        if self.random.percent(15) && !source {
            let link = v(self.random.pick(&super::LINKS));
            matches.push(Match::is(Criterion::In(LinkPattern::Is(link))));
        }
        let tcp = self.random.percent(20);
        if tcp {
            matches.push(Match::is(Criterion::Protocol(Protocol::TCP)));
        }
        if self.random.percent(50) {
            let from: Cidr = v(self.random.pick(&["10.0.0.0/24", "10.5.0.0/16"]));
            matches.push(Match { negated: self.random.percent(10), criterion: Criterion::Source(from) });
        }
        if tcp {
            matches.push(Match::is(Criterion::DestinationPort(Ports::one(80))));
        }
        let own_chain = chain.name == "mine" || chain.name == "yours";
        let verdict = match self.random.below(6) {
            0 | 1 if nat && source => Verdict::Masquerade { ports: None },
            0 | 1 if nat && !own_chain => Verdict::Dnat(NatTarget::new(v("10.0.0.2"), None)),
            2 if chain.table.book().is_none() => Verdict::Jump(self.random.pick(&["mine", "yours"]).into()),
            3 => Verdict::Return,
            4 if !nat => Verdict::Drop,
            _ => Verdict::Accept,
        };
        let dialect = if iptables { Dialect::Iptables } else { Dialect::Nft };
        Rule::Plain(PlainRule { dialect, matches, verdict: Some(verdict), comment: None })
    }
}
