//! The words of the language: which commands there are, what each takes, and what it comes down to.
//!
//! In: the words of a statement, variables replaced ([`Arg`]), and the namespace it acts in ([`Context`]). Out: an
//! [`Act`], or a [`UsageError`] that says which word is wrong and what to type ([`UsageError::to_diagnostic`]).
//!
//! ```text
//! words ──table (native) or ip (abbreviations)──▶ CommandSpec ──bind──▶ Bound ──lower_…──▶ Act
//! ```
//!
//! Nothing here looks at a world: whether a link exists is for the model to say.

mod act;
mod addr;

mod bind;
mod bound;
mod capture;
mod claim;
mod console;
mod diagnose;
mod error;
mod expect;
pub mod explain;
mod family;
mod firewall;
pub mod follow;
mod forwarding;
pub mod guide;
mod help;
mod ip;
mod iptables;
mod link;
mod listen;
mod listing;
mod lower;
mod nat;
mod neigh;
mod nettools;
mod netns;
mod nsenter;
mod old;
mod ping;
mod program;
pub mod reference;
mod requires;
mod route;
mod rule;
mod settle;
mod show;
mod spawn;
mod spec;
mod switch;
mod sysctl;
pub mod table;
pub mod topic;
#[cfg(test)]
mod testing;
mod value;
mod watch;
mod wire;

pub use act::{
    Act, Capture, Claim, Endpoint, Expectation, ExpectedOutput, IpFamily, IpOptions, IptablesForm, ListenAt,
    PingRequest, PromptWord, Requirement, Setting, Show, ShowStyle, Spawn, TextMatch, Transport, Watch,
};
pub use console::is_of_prompt;
pub use error::UsageError;
pub use lower::{Arg, Context, is_statement, lower};
pub use spec::{CommandSpec, Keyword, Param, Place, Rule};
pub use switch::Switch;
pub use value::{Value, ValueError, duration};
