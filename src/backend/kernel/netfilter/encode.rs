//! Changes as messages.

use netlink_packet_core::{DefaultNla, NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL};
use nix::errno::Errno;

use super::{
    listing::Listed,
    numbers::{chain, family_number, hook, hook_number, msg, rule, table},
    socket::Message,
};
use crate::{
    model::{Missing, rules_meant},
    netfilter::{
        RuleBytes,
        attr::{self, attribute, nest, number, text},
        encode,
    },
    ops::{BaseChain, ChainRef, NetfilterChange, Policy, Rule, RuleSelector, TableRef},
};

/// `NLM_F_NONREC`: a chain is deleted only if it is empty. It shares its bit with `NLM_F_EXCL`.
const NLM_F_NONREC: u16 = 0x100;

/// The messages of a change. What it says of rules that are there is looked up in `listed`; what there is no message for
/// is refused as the kernel would.
pub(super) fn messages(change: &NetfilterChange, listed: &Listed) -> Result<Vec<Message>, Errno> {
    let is_there = |table: &TableRef| listed.ruleset.table(table).is_some();
    Ok(match change {
        NetfilterChange::AddTable(table) => vec![new_table(table)],
        NetfilterChange::DelTable { table, if_there } if *if_there && !is_there(table) => Vec::new(),
        NetfilterChange::DelTable { table, .. } => vec![of_table(msg::DEL_TABLE, 0, table, &[])],
        NetfilterChange::AddChain { chain, base } => {
            if base.is_none() && chain.builtin().is_some() {
                return Err(Errno::EEXIST);
            }
            let is_made = chain.table.is_of_iptables() || chain.table.book().is_some();
            let table = is_made.then(|| new_table(&chain.table));
            table.into_iter().chain([new_chain(chain, *base, base.map(|base| base.policy), NLM_F_EXCL)]).collect()
        }
        NetfilterChange::DelChain { chain } => {
            let flags = if chain.table.is_of_iptables() { NLM_F_NONREC } else { 0 };
            vec![of_chain(msg::DEL_CHAIN, flags, chain, vec![])]
        }
        NetfilterChange::SetPolicy { chain, policy } => match chain.builtin() {
            Some(base) => vec![new_table(&chain.table), new_chain(chain, Some(base), Some(*policy), 0)],
            None => vec![new_chain(chain, None, Some(*policy), 0)],
        },
        NetfilterChange::Flush { table, chain: None } if !is_there(table) => Vec::new(),
        NetfilterChange::Flush { table, chain: None } => vec![of_table_rules(table)],
        NetfilterChange::Flush { table, chain: Some(name) } => {
            let chain = table.chain(name);
            if listed.ruleset.chain(&chain).is_none() && chain.builtin().is_some() {
                return Ok(Vec::new());
            }
            vec![of_rule(msg::DEL_RULE, 0, &chain, vec![])]
        }
        NetfilterChange::AddRule { chain, before, rule } => {
            let base = chain.builtin();
            let made =
                base.into_iter().flat_map(|base| [new_table(&chain.table), new_chain(chain, Some(base), None, 0)]);
            made.chain([new_rule(chain, *before, rule, listed)?]).collect()
        }
        NetfilterChange::DelRule(which) => {
            let deleted = |(chain, at): (ChainRef, usize)| {
                let handle = listed.handles.get(&chain)?.get(at)?;
                let handle = attribute(rule::HANDLE, &handle.to_be_bytes());
                Some(of_rule(msg::DEL_RULE, 0, &chain, vec![handle]))
            };
            let meant = rules_meant(&listed.ruleset, which)
                .map_err(|(Missing::Chain(_) | Missing::Rule { .. })| Errno::ENOENT)?;
            meant.into_iter().map(deleted).collect::<Option<_>>().ok_or(Errno::ENOENT)?
        }
    })
}

/// Whether the messages depend on what is there.
pub(in crate::backend::kernel) fn needs_listing(change: &NetfilterChange) -> bool {
    match change {
        NetfilterChange::AddTable(_)
        | NetfilterChange::AddChain { .. }
        | NetfilterChange::DelChain { .. }
        | NetfilterChange::SetPolicy { .. }
        | NetfilterChange::DelTable { if_there: false, .. }
        | NetfilterChange::AddRule { before: None, .. } => false,
        NetfilterChange::DelTable { if_there: true, .. }
        | NetfilterChange::Flush { .. }
        | NetfilterChange::AddRule { before: Some(_), .. }
        | NetfilterChange::DelRule(
            RuleSelector::Number { .. } | RuleSelector::Like { .. } | RuleSelector::Native { .. },
        ) => true,
    }
}

/// A table, new or there already.
fn new_table(table: &TableRef) -> Message {
    of_table(msg::NEW_TABLE, NLM_F_CREATE, table, &[number(table::FLAGS, 0)])
}

/// A chain; new, or changed in what is given.
fn new_chain(chain: &ChainRef, base: Option<BaseChain>, policy: Option<Policy>, flags: u16) -> Message {
    let mut attributes = Vec::new();
    if let Some(base) = base {
        let place = [
            number(hook::NUMBER, hook_number(chain.table.family, base.hook)),
            number(hook::PRIORITY, base.priority.cast_unsigned()),
        ];
        attributes.extend([nest(chain::HOOK, &place), text(chain::TYPE, &base.kind.to_string())]);
    }
    // `NF_DROP` and `NF_ACCEPT` of `linux/netfilter.h`.
    attributes.extend(policy.map(|policy| number(chain::POLICY, u32::from(policy == Policy::Accept))));
    of_chain(msg::NEW_CHAIN, NLM_F_CREATE | flags, chain, attributes)
}

fn new_rule(chain: &ChainRef, before: Option<u32>, rule: &Rule, listed: &Listed) -> Result<Message, Errno> {
    let RuleBytes { expressions, compat, userdata } = encode(chain.table.family, rule);
    let mut attributes = vec![DefaultNla::new(rule::EXPRESSIONS | NESTED, expressions)];
    attributes.extend(compat.map(|compat| DefaultNla::new(rule::COMPAT | NESTED, compat)));
    attributes.extend(userdata.map(|userdata| attribute(rule::USERDATA, &userdata)));
    let handles = listed.handles.get(chain).map(Vec::as_slice).unwrap_or_default();
    let position = match before {
        None => None,
        // Behind the last: the number that the rule is to have is free.
        Some(number) if number as usize == handles.len() + 1 => None,
        Some(number) => {
            let at = (number as usize).checked_sub(1).ok_or(Errno::ENOENT)?;
            Some(handles.get(at).ok_or(Errno::ENOENT)?)
        }
    };
    let flags = match position {
        Some(handle) => {
            attributes.push(attribute(rule::POSITION, &handle.to_be_bytes()));
            NLM_F_CREATE
        }
        None => NLM_F_CREATE | NLM_F_APPEND,
    };
    Ok(of_rule(msg::NEW_RULE, flags, chain, attributes))
}

/// `NLA_F_NESTED`.
const NESTED: u16 = 0x8000;

fn of_table(kind: u8, flags: u16, table: &TableRef, more: &[DefaultNla]) -> Message {
    let attributes = [&[text(table::NAME, &table.name)], more].concat();
    message(kind, flags, table, &attributes)
}

fn of_chain(kind: u8, flags: u16, chain: &ChainRef, more: Vec<DefaultNla>) -> Message {
    let mut attributes = vec![text(chain::TABLE, &chain.table.name), text(chain::NAME, &chain.name)];
    attributes.extend(more);
    message(kind, flags, &chain.table, &attributes)
}

fn of_rule(kind: u8, flags: u16, chain: &ChainRef, more: Vec<DefaultNla>) -> Message {
    let mut attributes = vec![text(rule::TABLE, &chain.table.name), text(rule::CHAIN, &chain.name)];
    attributes.extend(more);
    message(kind, flags, &chain.table, &attributes)
}

/// All rules of a table go.
fn of_table_rules(table: &TableRef) -> Message {
    message(msg::DEL_RULE, 0, table, &[text(rule::TABLE, &table.name)])
}

fn message(kind: u8, flags: u16, table: &TableRef, attributes: &[DefaultNla]) -> Message {
    Message { kind, flags, family: family_number(table.family), attributes: attr::bytes(attributes) }
}
