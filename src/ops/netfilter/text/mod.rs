//! The equivalent command of an op: `iptables` for the rules of its tables, `nft` for all others.
//!
//! In: an op, or one rule. Out: a line for a shell, or the rule as `iptables -S` and `nft list ruleset` print it.

mod iptables;
mod names;
mod native;
mod nft;

pub use iptables::{
    Piece as IptablesPiece, link_text as iptables_link_text, ports_text as iptables_ports_text,
    protocol_text as iptables_protocol_text, reject_text as iptables_reject_text, states_text as iptables_states_text,
    target_text as iptables_target_text, words as iptables_words,
};
pub use names::{icmp_type_name, icmp_type_named, service_name, service_named, service_names};

pub use native::statement as native_statement;

use std::fmt;

use super::{
    BaseChain, Book, ChainRef, Dialect, NetfilterChange, NetfilterOp, OpaqueRule, Rule, RuleSelector, TableRef,
};
use crate::ops::{Inside, Shell};

impl fmt::Display for NetfilterOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Inside(&self.ns))?;
        match &self.change {
            NetfilterChange::AddTable(table) => write!(f, "nft add table {table}"),
            NetfilterChange::DelTable { table, if_there: _ } => write!(f, "nft delete table {table}"),
            NetfilterChange::AddChain { chain, base } => match base {
                None if chain.table.is_of_iptables() => iptables(f, &chain.table, "-N", &chain.name),
                base => write!(f, "nft add chain {}{}", shell(chain), base.map(definition).unwrap_or_default()),
            },
            NetfilterChange::DelChain { chain } => match chain.table.is_of_iptables() {
                true => iptables(f, &chain.table, "-X", &chain.name),
                false => write!(f, "nft delete chain {}", shell(chain)),
            },
            NetfilterChange::SetPolicy { chain, policy } => match chain.table.is_of_iptables() {
                true => {
                    iptables(f, &chain.table, "-P", &chain.name)?;
                    write!(f, " {}", policy.to_string().to_uppercase())
                }
                // With its definition the line makes the chain where it is missing.
                false => match chain.builtin() {
                    Some(base) => {
                        let base = BaseChain { policy: *policy, ..base };
                        write!(f, "nft add chain {}{}", shell(chain), definition(base))
                    }
                    None => write!(f, "nft add chain {} '{{ policy {policy}; }}'", shell(chain)),
                },
            },
            NetfilterChange::Flush { table, chain } => match (table.is_of_iptables(), chain) {
                (true, chain) => iptables(f, table, "-F", chain.as_deref().unwrap_or_default()),
                (false, Some(chain)) => write!(f, "nft flush chain {}", shell(&table.chain(chain))),
                (false, None) => write!(f, "nft flush table {table}"),
            },
            NetfilterChange::AddRule { chain, before, rule } => add_rule(f, chain, *before, rule),
            NetfilterChange::DelRule(which) => del_rule(f, which),
        }
    }
}

fn add_rule(f: &mut fmt::Formatter<'_>, chain: &ChainRef, before: Option<u32>, rule: &Rule) -> fmt::Result {
    if is_of_iptables(chain, rule) {
        iptables(f, &chain.table, if before.is_some() { "-I" } else { "-A" }, &chain.name)?;
        // Without a number a rule becomes the first.
        if let Some(number) = before.filter(|number| *number != 1) {
            write!(f, " {number}")?;
        }
        return shell_words(f, chain, rule);
    }
    match before {
        None => write!(f, "nft add rule {}", shell(chain))?,
        Some(1) => write!(f, "nft insert rule {}", shell(chain))?,
        Some(number) => write!(f, "nft insert rule {} index {}", shell(chain), number.saturating_sub(1))?,
    }
    match rule {
        Rule::Plain(plain) => write!(f, " {}", nft::shell_words(chain.table.family, plain)),
        Rule::Opaque(opaque) => write!(f, " {}", not_understood(opaque)),
    }
}

fn del_rule(f: &mut fmt::Formatter<'_>, which: &RuleSelector) -> fmt::Result {
    match which {
        RuleSelector::Number { chain, number } if chain.table.is_of_iptables() => {
            iptables(f, &chain.table, "-D", &chain.name)?;
            write!(f, " {number}")
        }
        RuleSelector::Like { chain, rule } if is_of_iptables(chain, rule) => {
            iptables(f, &chain.table, "-D", &chain.name)?;
            shell_words(f, chain, rule)
        }
        // `nft` knows a rule by a number that the kernel gave it.
        RuleSelector::Number { chain, .. } | RuleSelector::Like { chain, .. } => {
            write!(f, "nft delete rule {} handle HANDLE", shell(chain))
        }
        RuleSelector::Native { book, number } => {
            let statement = match book {
                Book::Nat => "nat",
                Book::Firewall => "firewall",
            };
            write!(f, "nns -c '{statement} del {number}'")
        }
    }
}

fn is_of_iptables(chain: &ChainRef, rule: &Rule) -> bool {
    let dialect = match rule {
        Rule::Plain(rule) => rule.dialect,
        Rule::Opaque(_) => Dialect::Iptables,
    };
    chain.table.is_of_iptables() && dialect == Dialect::Iptables
}

/// `iptables -t nat -A POSTROUTING`.
fn iptables(f: &mut fmt::Formatter<'_>, table: &TableRef, command: &str, chain: &str) -> fmt::Result {
    f.write_str(iptables_program(table))?;
    if table.name != "filter" {
        write!(f, " -t {}", table.name)?;
    }
    write!(f, " {command}")?;
    if chain.is_empty() { Ok(()) } else { write!(f, " {}", Shell(chain)) }
}

/// The program whose tables those of that family are.
pub fn iptables_program(table: &TableRef) -> &'static str {
    if table.family == super::Family::Ip6 { "ip6tables" } else { "iptables" }
}

fn shell_words(f: &mut fmt::Formatter<'_>, chain: &ChainRef, rule: &Rule) -> fmt::Result {
    match rule {
        Rule::Opaque(opaque) => write!(f, " {}", not_understood(opaque)),
        Rule::Plain(plain) => {
            for piece in iptables::words(plain, chain.table.family) {
                match piece.text.as_str() {
                    "!" => f.write_str(" !")?,
                    text => write!(f, " {}", Shell(text))?,
                }
            }
            Ok(())
        }
    }
}

/// A rule as `iptables -S` prints it behind `-A CHAIN`, or a remark that it is not understood.
pub fn iptables_rule_text(rule: &Rule, family: super::Family) -> String {
    match rule {
        Rule::Opaque(opaque) => not_understood(opaque),
        Rule::Plain(plain) => {
            let pieces: Vec<String> = iptables::words(plain, family).iter().map(iptables::Piece::saved).collect();
            pieces.join(" ")
        }
    }
}

/// A rule as `nft list ruleset` prints it, or a remark that it is not understood.
pub fn rule_text(rule: &Rule, family: super::Family) -> String {
    match rule {
        Rule::Plain(plain) => nft::words(family, plain),
        Rule::Opaque(opaque) => not_understood(opaque),
    }
}

/// A remark in the place of a rule's text: `# not understood by nns: match limit, target LOG`.
pub fn not_understood(rule: &OpaqueRule) -> String {
    let told = |part: &String| match part {
        part if part.starts_with(|c: char| c.is_ascii_uppercase()) => format!("target {part}"),
        part => format!("match {part}"),
    };
    // What nearly every rule has tells nothing.
    const USUAL: [&str; 6] = ["bitwise", "cmp", "counter", "immediate", "meta", "payload"];
    let parts: Vec<String> = rule.parts.iter().filter(|part| !USUAL.contains(&part.as_str())).map(told).collect();
    if parts.is_empty() {
        "# not understood by nns".into()
    } else {
        format!("# not understood by nns: {}", parts.join(", "))
    }
}

fn shell(chain: &ChainRef) -> String {
    format!("{} {} {}", chain.table.family, Shell(&chain.table.name), Shell(&chain.name))
}

fn definition(base: BaseChain) -> String {
    let BaseChain { kind, hook, priority, policy } = base;
    format!(" '{{ type {kind} hook {hook} priority {priority}; policy {policy}; }}'")
}

#[cfg(test)]
mod tests;
