use serde::{Deserialize, Serialize};

use super::{Match, Verdict};

/// A rule of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// One that is understood.
    Plain(PlainRule),
    /// One that is not: it is kept as it is.
    Opaque(OpaqueRule),
}

/// Conditions, and what becomes of packets that meet them all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainRule {
    /// In whose manner it is told to the kernel.
    pub dialect: Dialect,
    /// The conditions, in order.
    pub matches: Vec<Match>,
    /// What becomes of the packet; `None` is nothing (in rules of iptables it is counted).
    pub verdict: Option<Verdict>,
    /// A remark beside the rule. Rules of iptables have none: their remarks are conditions.
    pub comment: Option<String>,
}

/// The two manners in which a rule is told to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dialect {
    /// As `nft` does.
    Nft,
    /// As `iptables` (nf_tables) does: with a counter, and with the matches and targets of the old engine.
    Iptables,
}

/// A rule in the kernel's bytes, with its counters set to zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpaqueRule {
    /// The value of `NFTA_RULE_EXPRESSIONS`.
    #[serde(with = "crate::ops::hex")]
    pub expressions: Vec<u8>,
    /// The value of `NFTA_RULE_COMPAT`, if there is one.
    #[serde(with = "crate::ops::hex")]
    pub compat: Option<Vec<u8>>,
    /// The value of `NFTA_RULE_USERDATA`, if there is one.
    #[serde(with = "crate::ops::hex")]
    pub userdata: Option<Vec<u8>>,
    /// The names of its expressions, in order; of matches and targets of the old engine their own names.
    pub parts: Vec<String>,
}
