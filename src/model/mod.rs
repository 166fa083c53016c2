//! What a machine's network is, and what a change makes of it.
//!
//! In: a snapshot of a machine, or nothing. Out: [`World`], plain data, with one transition, [`apply`], that answers
//! what the kernel would answer and has the side effects that the kernel has. Invariants: a [`LinkId`] names the same
//! link through renames and moves; everything is ordered, so that two runs say the same.

mod already;
mod apply;
mod changes;
mod diff;
mod equality;
mod lineage;
mod link;
mod merge;
mod namespace;
mod netfilter;
mod numbers;
mod outcome;
pub mod query;
mod route;
mod rule;
mod spec;
mod world;

pub use already::{Unlike, already, unlike};
pub use apply::{Missing, apply, rules_meant, setting_names};
pub use changes::{Cause, Change, Class, Sign, Subject, changes};
pub use diff::{diff, diff_of_same, with_identities};
pub use equality::differences;
pub use lineage::{Numbers, trace};
pub use link::{Address, Kind, Link, LinkId, Origin, Peer, Under, Vxlan};
pub use merge::{Kept, Merge, keep_asked, keep_order, merge};
pub use namespace::{Knowledge, Namespace};
pub use netfilter::{Chain, Counter, RuleEntry, Ruleset, Table};
pub use numbers::{KernelNumbers, LinkNumbers, NamespaceNumbers};
pub use outcome::{Object, Outcome, Reason, Refusal};
pub use route::Route;
pub use rule::{Packet, PolicyRule};
pub use world::{KernelTraits, World};
