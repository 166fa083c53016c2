//! The kernel of this machine, over netlink.

pub mod query;
