//! What listings are made of: rows of plain data, and which of them a listing shows.
//!
//! In: what a kernel reported (decoded by the kernel backend) or a modelled world ([`links_of`] and its siblings).
//! Out: rows that hold everything a listing of `ip` prints in any of its forms, in the kernel's order, and filters
//! with iproute2's semantics. Invariants: rows speak in names; an index is there because `ip` prints it. What only a
//! kernel knows is an `Option`. Rendering is the report layer's.

mod address;
mod filter;
mod link;
mod neighbour;
mod route;
mod rule;
mod vxlan;
mod world;

pub use address::{AddressFlags, AddressRow, Lifetimes};
pub use filter::{AddressFilter, LinkFilter, NeighbourFilter, RouteFilter, Verdict};
pub use link::{FarEnd, KindOption, LinkDetails, LinkFlags, LinkRow, LowerLink, OperState, OptionValue, Statistics};
pub use neighbour::{NeighbourAges, NeighbourRow, NeighbourState};
pub use route::{NextHop, RouteAges, RouteFlags, RouteKind, RouteMetric, RouteRow};
pub use rule::{RuleFilter, RuleRow, RuleRowFlags};
pub use vxlan::vxlan_options;
pub use world::{links_of, netns_of, policy_rules_of, routes_of};

/// The version of the Internet Protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpFamily {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl IpFamily {
    /// The family of an address.
    pub fn of(address: std::net::IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

/// A named namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetnsRow {
    /// Its name under `/run/netns`.
    pub name: String,
    /// The number that the namespace one looks from has given it, if any.
    pub nsid: Option<i32>,
}
