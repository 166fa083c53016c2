//! What is shown to people and to other programs.
//!
//! In: rows of [`crate::model::query`], and what probes found. Out: text, complete with its last newline; nothing is written anywhere.
//! [`iproute2`], [`nettools`] and [`mod@ping`] print byte for byte what the tools of that name print, [`table`] prints tables meant
//! for reading, [`topology`] draws, [`events`] tells what happens,
//! [`plan`] what would change, [`log`] what was, [`help`] what there is to know of the language, and [`show`] chooses among them. `show` alone asks a backend; the others are pure.

pub mod events;
pub mod help;
pub mod human;
pub mod iproute2;
mod iptables;
pub mod log;
pub mod nettools;
pub mod ping;
pub mod plan;
mod show;
pub mod table;
pub mod topology;

pub use show::{ShowError, draw, show};

/// Bytes with colons between them.
fn hardware_address(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}
