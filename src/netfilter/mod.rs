//! Tables, chains and rules in the kernel's bytes.
//!
//! In: values of [`crate::ops`], and what the kernel answers. Out: [`request`]s, and values of [`crate::model`]
//! ([`reply`]). Most of it is how a [`Rule`] is told to the kernel: by [`encode`], and [`decode`] the other way round.
//! Pure: whoever calls has the sockets.
//!
//! Invariants: what is encoded is decoded to the same rule; a rule is decoded to a [`PlainRule`] only if encoding that
//! gives the same expressions again, so that nothing of it is lost; and no bytes, whatever they are, make it panic.

pub mod attr;
mod expr;
mod iptables;
mod load;
mod names;
mod nft;
mod opaque;
mod plain;
pub mod reply;
pub mod request;
mod xt;

#[cfg(test)]
mod tests;

use self::expr::Expr;
use crate::{
    model::RuleEntry,
    ops::{Dialect, Family, PlainRule, Rule, TableRef},
};

/// What tells a rule to the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleBytes {
    /// The value of `NFTA_RULE_EXPRESSIONS`.
    pub expressions: Vec<u8>,
    /// The value of `NFTA_RULE_COMPAT`: for which protocol the old engine's matches and targets are. The kernel wants to
    /// know it and does not give it back.
    pub compat: Option<Vec<u8>>,
    /// The value of `NFTA_RULE_USERDATA`.
    pub userdata: Option<Vec<u8>>,
}

/// Tells a rule to the kernel.
pub fn encode(family: Family, rule: &Rule) -> RuleBytes {
    match rule {
        Rule::Plain(rule) => {
            let expressions = expr::emit(&exprs(family, rule));
            let compat = opaque::compat(&expressions);
            let remark = rule.comment.as_deref().filter(|_| rule.dialect == Dialect::Nft);
            RuleBytes { expressions, compat, userdata: remark.map(userdata) }
        }
        Rule::Opaque(rule) => RuleBytes {
            expressions: rule.expressions.clone(),
            compat: rule.compat.clone(),
            userdata: rule.userdata.clone(),
        },
    }
}

/// What the kernel tells of a rule, with what it has counted.
pub fn decode(table: &TableRef, expressions: &[u8], userdata: Option<&[u8]>) -> RuleEntry {
    let counter = opaque::counter(expressions);
    let rule = match plain(table, expressions, userdata) {
        Some(rule) => Rule::Plain(rule),
        None => Rule::Opaque(opaque::keep(expressions, userdata)),
    };
    RuleEntry { rule, counter }
}

/// The rule with its conditions in the order in which the kernel will have them.
#[must_use]
pub fn in_order(rule: &PlainRule) -> PlainRule {
    let matches = match rule.dialect {
        Dialect::Nft => nft::in_order(rule.matches.clone()),
        Dialect::Iptables => iptables::in_order(rule.matches.clone()),
    };
    PlainRule { matches, ..rule.clone() }
}

fn exprs(family: Family, rule: &PlainRule) -> Vec<Expr> {
    match rule.dialect {
        Dialect::Nft => nft::encode(family, rule),
        Dialect::Iptables => iptables::encode(family, rule),
    }
}

fn plain(table: &TableRef, expressions: &[u8], userdata: Option<&[u8]>) -> Option<PlainRule> {
    let found = expr::parse(expressions)?;
    let rule = plain::read(table.family, &found)?;
    if rule.dialect == Dialect::Iptables && !table.is_of_iptables() {
        return None;
    }
    let comment = match userdata {
        Some(bytes) => Some(remark(bytes).filter(|_| rule.dialect == Dialect::Nft)?),
        None => None,
    };
    (exprs(table.family, &rule) == found).then_some(PlainRule { comment, ..rule })
}

/// A remark as `nft` keeps it: an entry of kind 0 (`NFTNL_UDATA_RULE_COMMENT`), its length, and a text that ends with
/// a NUL.
fn userdata(remark: &str) -> Vec<u8> {
    let mut text = remark.as_bytes();
    text = text.get(..LONGEST_REMARK).unwrap_or(text);
    let length = u8::try_from(text.len() + 1).unwrap_or(u8::MAX);
    [&[0, length], text, &[0]].concat()
}

/// `NFTNL_UDATA_COMMENT_MAXLEN`, without the NUL.
const LONGEST_REMARK: usize = 127;

/// The remark; `None` if there is anything else.
fn remark(userdata: &[u8]) -> Option<String> {
    let [0, length, text @ .., 0] = userdata else { return None };
    let is_whole = usize::from(*length) == text.len() + 1 && text.len() <= LONGEST_REMARK;
    let text = std::str::from_utf8(text).ok()?;
    (is_whole && !text.contains('\0')).then(|| text.to_owned())
}
