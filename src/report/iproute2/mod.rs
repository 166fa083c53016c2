//! What `ip` of iproute2 6.1 prints, byte for byte, without colours.
//!
//! In: rows in the kernel's order, the filter of the command (iproute2 leaves out of a line what the command line
//! fixes: `dev` under `dev eth0`), and the options in front of the object. Out: its standard output.
//!
//! As in iproute2, one pass writes either form: a `printer::Printer` gets each field with its JSON name and value
//! and with its text. Names for numbers are those that iproute2 comes with (`names`).

mod address;
mod details;
pub(super) mod json;
mod kind;
mod link;
mod metrics;
mod names;
mod neighbour;
mod netns;
mod printer;
mod route;
mod rule;
mod statistics;
#[cfg(test)]
mod tests;
mod vxlan;

pub use address::render_addresses;
pub use link::render_links;
pub use neighbour::render_neighbours;
pub use netns::render_netns;
pub use route::render_routes;
pub use rule::render_policy_rules;
