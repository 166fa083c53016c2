//! From netlink dumps to the rows of listings.
//!
//! In: decoded `RTM_NEWLINK`, `RTM_NEWADDR`, `RTM_NEWROUTE`, `RTM_NEWRULE`, `RTM_NEWNEIGH` and `RTM_NEWNSID` messages, and the names
//! for the numbers in them ([`LinkNames`], [`NetnsNames`]). Out: rows of [`crate::model::query`]. Pure: whoever calls
//! has the sockets. What the message crate does not know, or knows less exactly than `ip` prints it, is read from the
//! bytes of the attribute.

mod address;
mod bridge;
mod link;
mod names;
mod neighbour;
mod raw;
mod route;
mod rule;
mod vxlan;

pub use address::{decode_address, join_addresses};
pub use link::{decode_link, name_far_ends};
pub use names::{LinkNames, NetnsNames, decode_nsid};
pub use neighbour::decode_neighbour;
pub use route::decode_route;
pub use rule::decode_rule;
