//! What the kernel tells of tables, chains and rules.
//!
//! In: the payload of a netlink message, which begins with `struct nfgenmsg`. Out: values of [`crate::model`]; `None`
//! for what cannot be read, and for families that are not known.

use netlink_packet_core::NLA_TYPE_MASK;

use super::{
    attr::{Attributes, attribute, bytes, read},
    decode,
    names::{family_of, hook_of},
    opaque,
    request::List,
};
use crate::{
    model::{Chain, RuleEntry, Table},
    ops::{BaseChain, ChainKind, ChainRef, Family, Policy, TableRef},
};

/// The length of `struct nfgenmsg`.
const HEADER: usize = 4;

/// `NFT_CHAIN_BASE`.
const BASE: u32 = 1;

/// The attributes behind the header, and the family in it.
fn parts(payload: &[u8]) -> Option<(Family, &[u8])> {
    Some((family_of(*payload.first()?)?, payload.get(HEADER..)?))
}

/// The number of the generation (`NFTA_GEN_ID`).
pub fn generation(payload: &[u8]) -> Option<u32> {
    Attributes::read(payload.get(HEADER..)?)?.number(1)
}

/// A table, with nothing in it.
pub fn table(payload: &[u8]) -> Option<Table> {
    let (family, attributes) = parts(payload)?;
    let mut attributes = Attributes::read(attributes)?;
    let table = TableRef { family, name: attributes.text(1)? };
    Some(Table { table, flags: attributes.number(2).unwrap_or(0), chains: Vec::new(), opaque: Vec::new() })
}

/// A chain, without rules, and its table.
pub fn chain(payload: &[u8]) -> Option<(TableRef, Chain)> {
    let (family, inside) = parts(payload)?;
    let mut attributes = Attributes::read(inside)?;
    let table = TableRef { family, name: attributes.text(1)? };
    let name = attributes.text(3)?;
    let counter = attributes.take(8).and_then(opaque::counts);
    let base = base(family, inside);
    let opaque = unknown_of_chain(inside, base.is_some())?;
    Some((table, Chain { name, base, rules: Vec::new(), counter, opaque }))
}

fn base(family: Family, inside: &[u8]) -> Option<BaseChain> {
    let mut attributes = Attributes::read(inside)?;
    let mut hook = Attributes::read(attributes.take(4)?)?;
    let kind = attributes.text(7)?;
    let kinds = [ChainKind::Filter, ChainKind::Nat, ChainKind::Route];
    Some(BaseChain {
        kind: kinds.into_iter().find(|known| known.to_string() == kind)?,
        hook: hook_of(family, hook.number(1)?)?,
        priority: hook.number(2)?.cast_signed(),
        policy: if attributes.number(5)? == 0 { Policy::Drop } else { Policy::Accept },
    })
}

/// What a chain has that [`Chain`] has no words for: devices, flags, what its maker noted; and if it is a base chain that
/// is not understood, what makes it one.
fn unknown_of_chain(inside: &[u8], is_understood: bool) -> Option<Vec<u8>> {
    let mut kept = Vec::new();
    for (kind, value) in read(inside)? {
        let is_kept = match kind & NLA_TYPE_MASK {
            // Table, handle, name, number of users, counters and what only aligns them, number in a transaction.
            1 | 2 | 3 | 6 | 8 | 9 | 11 => false,
            // Of the hook the number and the priority are told elsewhere, the devices are not.
            4 => !is_understood || read(value)?.iter().any(|(kind, _)| kind & NLA_TYPE_MASK > 2),
            // Policy and kind.
            5 | 7 => !is_understood,
            10 => value != BASE.to_be_bytes(),
            _ => true,
        };
        if is_kept {
            kept.push(attribute(kind, value));
        }
    }
    Some(bytes(&kept))
}

/// A rule, its chain and its handle.
pub fn rule(payload: &[u8]) -> Option<(ChainRef, u64, RuleEntry)> {
    let (family, inside) = parts(payload)?;
    let mut attributes = Attributes::read(inside)?;
    let table = TableRef { family, name: attributes.text(1)? };
    let chain = table.chain(&attributes.text(2)?);
    let handle = u64::from_be_bytes(attributes.take(3)?.try_into().ok()?);
    let entry = decode(&table, attributes.take(4).unwrap_or_default(), attributes.take(7));
    Some((chain, handle, entry))
}

/// A set, an object or a flow table, and its table: its attributes but for those that differ from one to the next that is
/// made the same way.
pub fn other(what: List, payload: &[u8]) -> Option<(TableRef, Vec<u8>)> {
    let (family, inside) = parts(payload)?;
    let name = Attributes::read(inside)?.text(1)?;
    let forgotten: &[u16] = match what {
        // Handle, and how many elements there are; number in a transaction.
        List::Sets => &[16, 10, 19, 20],
        // What it has counted; users; handle.
        List::Objects => &[4, 5, 6],
        // Users; handle.
        List::FlowTables => &[4, 5],
        List::Tables | List::Chains | List::Rules => &[],
    };
    let kept: Vec<_> = read(inside)?
        .into_iter()
        .filter(|(kind, _)| !forgotten.contains(&(kind & NLA_TYPE_MASK)))
        .map(|(kind, value)| attribute(kind, value))
        .collect();
    Some((TableRef { family, name }, bytes(&kept)))
}
