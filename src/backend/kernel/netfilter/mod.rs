//! nf_tables: the rules of a namespace.
//!
//! In: changes, in names. Out: one transaction of the kernel for each run of changes, and listings. A transaction is
//! carried out whole or not at all, and only if nobody else has changed the rules since they were looked at: the kernel
//! counts generations. Then they are looked at again.

mod apply;
mod encode;
mod listing;
mod numbers;
mod socket;

pub(super) use apply::{apply, needs_listing};
pub(super) use listing::{look, read};
pub(super) use socket::RuleSocket;
