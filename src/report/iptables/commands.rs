//! `iptables -S`.

use super::{Listed, Only};
use crate::{
    model::{Counter, RuleEntry},
    ops::{IptablesPiece, Rule, iptables_words, not_understood},
};

/// Policies and names of chains, then the rules.
pub fn render(chains: &[Listed<'_>], only: &Only<'_>, verbose: bool) -> String {
    let mut text = String::new();
    for listed in chains.iter().filter(|_| only.rule.is_none()) {
        match listed.base {
            Some(base) => {
                let policy = base.policy.to_string().to_uppercase();
                let counter = listed.chain.and_then(|chain| chain.counter).unwrap_or_default();
                let counted = if verbose { counted(counter) } else { String::new() };
                text += &format!("-P {} {policy}{counted}\n", listed.name);
            }
            None => text += &format!("-N {}\n", listed.name),
        }
    }
    for listed in chains {
        let rules = listed.chain.into_iter().flat_map(|chain| &chain.rules);
        for (_, entry) in (1..).zip(rules).filter(|(number, _)| only.rule.is_none_or(|only| only == *number)) {
            text += &format!("-A {}{}\n", listed.name, rule(entry, only, verbose));
        }
    }
    text
}

fn counted(counter: Counter) -> String {
    format!(" -c {} {}", counter.packets, counter.bytes)
}

/// A rule behind its chain; the counters stand before its target.
fn rule(entry: &RuleEntry, only: &Only<'_>, verbose: bool) -> String {
    let plain = match &entry.rule {
        Rule::Plain(plain) => plain,
        Rule::Opaque(opaque) => return format!(" {}", not_understood(opaque)),
    };
    let words = iptables_words(plain, only.table.family);
    let (target, conditions): (Vec<&IptablesPiece>, Vec<_>) = words.iter().partition(|word| word.of_target);
    let joined = |words: Vec<&IptablesPiece>| words.iter().map(|word| format!(" {}", word.saved())).collect::<String>();
    let counted = if verbose { counted(entry.counter.unwrap_or_default()) } else { String::new() };
    joined(conditions) + &counted + &joined(target)
}
