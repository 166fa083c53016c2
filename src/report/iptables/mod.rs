//! Rules as `iptables` 1.8.9 (nf_tables) lists them, byte for byte.
//!
//! In: a [`Ruleset`]. Out: what `-L` and `-S` print. Two things differ on purpose: addresses are never looked up, and a
//! rule that is not understood is a remark.

mod commands;
mod table;
#[cfg(test)]
mod tests;

use crate::{
    commands::IptablesForm,
    model::{Chain, Ruleset, Table},
    ops::{BaseChain, ChainRef, Hook, TableRef},
};

/// What is listed.
#[derive(Clone, Copy, Debug)]
pub struct Only<'a> {
    /// The table.
    pub table: &'a TableRef,
    /// One chain of it; `None` is all.
    pub chain: Option<&'a ChainRef>,
    /// One rule of that chain, counted from 1.
    pub rule: Option<u32>,
}

/// What `iptables -L` or `-S` prints.
pub fn render(ruleset: &Ruleset, only: &Only<'_>, verbose: bool, form: IptablesForm) -> String {
    let chains = listed(ruleset, only);
    match form {
        IptablesForm::Commands => commands::render(&chains, only, verbose),
        IptablesForm::Table { numeric, line_numbers, exact } => {
            let style = table::Style { verbose, numeric, line_numbers, exact, ipv6: is_ipv6(only.table) };
            table::render(&chains, only, style, ruleset.table(only.table))
        }
    }
}

/// Whether `iptables` would list that chain.
pub fn has_chain(ruleset: &Ruleset, chain: &ChainRef) -> bool {
    chain.builtin().is_some() || ruleset.chain(chain).is_some()
}

fn is_ipv6(table: &TableRef) -> bool {
    table.family == crate::ops::Family::Ip6
}

/// A chain as it is listed: one that is built in is there even where the kernel has none.
struct Listed<'a> {
    name: String,
    base: Option<BaseChain>,
    chain: Option<&'a Chain>,
}

/// The chains in iptables' order: those built in by their hooks, the others by name.
fn listed<'a>(ruleset: &'a Ruleset, only: &Only<'_>) -> Vec<Listed<'a>> {
    const HOOKS: [Hook; 5] = [Hook::Prerouting, Hook::Input, Hook::Forward, Hook::Output, Hook::Postrouting];
    let found = ruleset.table(only.table);
    let of_name = |name: &str| found.and_then(|table| table.chains.iter().find(|chain| chain.name == name));
    let mut all: Vec<Listed<'a>> = Vec::new();
    for hook in HOOKS {
        let name = hook.to_string().to_uppercase();
        if let Some(usual) = only.table.chain(&name).builtin() {
            let chain = of_name(&name);
            let base = chain.and_then(|chain| chain.base).or(Some(usual));
            all.push(Listed { name, base, chain });
        }
    }
    all.extend(own(found).into_iter().map(|chain| Listed { name: chain.name.clone(), base: None, chain: Some(chain) }));
    all.retain(|listed| only.chain.is_none_or(|chain| chain.name == listed.name));
    all
}

/// The chains that somebody made, by name.
fn own(table: Option<&Table>) -> Vec<&Chain> {
    let chains = table.into_iter().flat_map(|table| &table.chains);
    let mut own: Vec<&Chain> = chains.filter(|chain| chain.base.is_none()).collect();
    own.sort_by(|one, other| one.name.cmp(&other.name));
    own
}
