//! Rules in the words of the kernel.

pub mod attr;

use crate::{
    model::Counter,
    ops::{Family, OpaqueRule, Rule},
};

/// A rule as nf_tables takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The value of `NFTA_RULE_EXPRESSIONS`.
    pub expressions: Vec<u8>,
    /// The value of `NFTA_RULE_COMPAT`.
    pub compat: Option<Vec<u8>>,
    /// The value of `NFTA_RULE_USERDATA`.
    pub userdata: Option<Vec<u8>>,
}

/// Encodes.
pub fn encode(rule: &Rule, _family: Family) -> Encoded {
    match rule {
        Rule::Opaque(OpaqueRule { expressions, compat, userdata, parts: _ }) => {
            Encoded { expressions: expressions.clone(), compat: compat.clone(), userdata: userdata.clone() }
        }
        Rule::Plain(_) => Encoded { expressions: Vec::new(), compat: None, userdata: None },
    }
}

/// Decodes.
pub fn decode(
    _family: Family,
    _of_iptables: bool,
    expressions: &[u8],
    compat: Option<&[u8]>,
    userdata: Option<&[u8]>,
) -> (Rule, Option<Counter>) {
    let opaque = OpaqueRule {
        expressions: expressions.to_vec(),
        compat: compat.map(<[u8]>::to_vec),
        userdata: userdata.map(<[u8]>::to_vec),
        parts: Vec::new(),
    };
    (Rule::Opaque(opaque), None)
}
