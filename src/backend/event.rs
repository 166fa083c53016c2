//! What happens on a machine, one thing at a time.

use crate::{
    model::query::{AddressRow, IpFamily, LinkRow, NeighbourRow, RouteRow, RuleRow},
    net::{NsName, NsRef},
};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// In which namespace.
    pub ns: NsRef,
    /// What.
    pub change: Change,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// There is a link that was not there, made or moved here.
    LinkAdded(Box<LinkRow>),
    /// A link is another than it was.
    LinkChanged {
        /// What it was.
        before: Box<LinkRow>,
        /// What it is.
        after: Box<LinkRow>,
    },
    /// A link is gone, or moved away.
    LinkRemoved(String),
    /// An address came, went, or is another than it was.
    Address {
        /// The name of its link.
        link: String,
        /// The address.
        row: Box<AddressRow>,
        /// What became of it.
        fate: AddressFate,
    },
    /// A route came or went.
    Route {
        /// The route.
        row: Box<RouteRow>,
        /// Whether it came.
        is_new: bool,
    },
    /// A policy rule came or went.
    PolicyRule {
        /// The rule.
        row: Box<RuleRow>,
        /// Whether it came.
        is_new: bool,
    },
    /// What is known of a neighbour is another than it was.
    Neighbour {
        /// The neighbour.
        row: Box<NeighbourRow>,
        /// Whether it was forgotten.
        is_gone: bool,
    },
    /// Rules of nf_tables were added and removed, or only their tables and chains.
    Rules {
        /// How many rules came.
        added: usize,
        /// How many went.
        removed: usize,
    },
    /// Packets for others are passed on from now on, or are not.
    Forwarding {
        /// Those of that family.
        family: IpFamily,
        /// Whether.
        is_on: bool,
    },
    /// A namespace got a name or lost it.
    Netns {
        /// The name.
        name: NsName,
        /// Whether it is there.
        is_new: bool,
    },
    /// This namespace is not looked at.
    Unseen {
        /// Why.
        why: String,
    },
    /// There are more namespaces than can be looked at.
    TooMany {
        /// How many are not.
        left: usize,
    },
    /// The kernel could not keep all of it until it was read.
    Missed,
}

/// What became of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFate {
    /// It is there.
    Added,
    /// It was made sure that nobody else has it.
    Ready,
    /// Somebody else has it.
    Taken,
    /// It is gone.
    Removed,
}
