//! Rules that are not understood, and what can be told of every rule.

use netlink_packet_core::{DefaultNla, NLA_TYPE_MASK};

use super::{
    attr::{Attributes, attribute, bytes, number, read},
    expr::{Expr, Meta, Op, elements, parse_each},
};
use crate::{model::Counter, ops::OpaqueRule};

/// `NFT_RULE_COMPAT_F_INV`.
const INVERTED: u32 = 2;

/// The rule as it is, with nothing counted.
pub(super) fn keep(expressions: &[u8], userdata: Option<&[u8]>) -> OpaqueRule {
    OpaqueRule {
        compat: compat(expressions),
        parts: parts(expressions),
        userdata: userdata.map(<[u8]>::to_vec),
        expressions: without_counts(expressions).unwrap_or_else(|| expressions.to_vec()),
    }
}

/// The value of `NFTA_RULE_COMPAT` for a rule that uses the old engine.
pub(super) fn compat(expressions: &[u8]) -> Option<Vec<u8>> {
    let uses_old_engine = elements(expressions)?.iter().any(|(name, _)| name == "match" || name == "target");
    let exprs = parse_each(expressions);
    let protocol = exprs.windows(2).find_map(|pair| match pair {
        [Some(Expr::Meta(Meta::Protocol)), Some(Expr::Cmp(op @ (Op::Eq | Op::Ne), value))] => {
            Some((u32::from(*value.first()?), if *op == Op::Ne { INVERTED } else { 0 }))
        }
        _ => None,
    });
    let (protocol, flags) = protocol.filter(|_| uses_old_engine)?;
    Some(bytes(&[number(1, protocol), number(2, flags)]))
}

/// What the first counter has counted.
pub(super) fn counter(expressions: &[u8]) -> Option<Counter> {
    let (_, inside) = elements(expressions)?.into_iter().find(|(name, _)| name == "counter")?;
    counts(inside)
}

/// What attributes of a counter (`enum nft_counter_attributes`) say.
pub(super) fn counts(inside: &[u8]) -> Option<Counter> {
    let mut inside = Attributes::read(inside)?;
    let bytes = u64::from_be_bytes(inside.take(1)?.try_into().ok()?);
    let packets = u64::from_be_bytes(inside.take(2)?.try_into().ok()?);
    Some(Counter { packets, bytes })
}

/// The names of the expressions; of matches and targets their own names.
fn parts(expressions: &[u8]) -> Vec<String> {
    let elements = elements(expressions).unwrap_or_default().into_iter();
    let own_name = |inside| Attributes::read(inside)?.text(1);
    elements
        .map(|(name, inside)| match name.as_str() {
            "match" | "target" => own_name(inside).unwrap_or(name),
            _ => name,
        })
        .collect()
}

/// The same bytes, with zeros where counters stand.
fn without_counts(expressions: &[u8]) -> Option<Vec<u8>> {
    let names = elements(expressions)?;
    let mut list = Vec::new();
    for ((kind, element), (name, _)) in read(expressions)?.into_iter().zip(names) {
        let mut inside = read(element)?;
        let zeros = inside.iter().find(|(kind, _)| kind & NLA_TYPE_MASK == 2).and_then(|(_, data)| zeroed(data));
        let zeros = zeros.filter(|_| name == "counter");
        for (kind, value) in &mut inside {
            if let Some(zeros) = zeros.as_ref().filter(|_| *kind & NLA_TYPE_MASK == 2) {
                *value = zeros;
            }
        }
        list.push(DefaultNla::new(kind, joined(&inside)));
    }
    Some(bytes(&list))
}

fn zeroed(data: &[u8]) -> Option<Vec<u8>> {
    let zeros: Vec<DefaultNla> =
        read(data)?.into_iter().map(|(kind, value)| attribute(kind, &vec![0; value.len()])).collect();
    Some(bytes(&zeros))
}

fn joined(attributes: &[(u16, &[u8])]) -> Vec<u8> {
    bytes(&attributes.iter().map(|(kind, value)| attribute(*kind, value)).collect::<Vec<_>>())
}
