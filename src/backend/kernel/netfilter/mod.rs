//! Tables, chains and rules: what is there, and changes of them.
//!
//! In: changes, and questions. Out: what became of them, rulesets. What stands in the messages is for
//! [`crate::netfilter`]; here they are sent, in transactions.

mod apply;
mod read;

pub(super) use apply::{Pending, apply};
pub(super) use read::{glance, ruleset};
