//! The addresses of a link, in the kernel's order.

use super::pick::{Merged, merge_lists};
use crate::model::{Address, Origin};

/// The addresses of a link as they should be.
pub(super) struct Addresses {
    /// All of them.
    pub list: Vec<Address>,
    /// Those of others.
    pub foreign: Vec<Address>,
}

/// What is to become of a link's addresses, and those that cannot come back.
pub(super) fn merge(before: &[Address], after: &[&[Address]], now: &[Address]) -> (Addresses, Vec<Address>) {
    let plain = |list: &[Address]| list.iter().map(plain).collect::<Vec<Address>>();
    let plain_after: Vec<Vec<Address>> = after.iter().map(|list| plain(list)).collect();
    let plain_after: Vec<&[Address]> = plain_after.iter().map(Vec::as_slice).collect();
    let (had, has) = (plain(before), plain(now));
    let is_same = |one: &Address, other: &Address| (one.cidr, one.peer) == (other.cidr, other.peer);
    let Merged { mut list, foreign, displaced } = merge_lists(&had, &plain_after, &has, is_same);
    if !has.iter().any(|address| had.contains(address)) {
        // To stand in front of those of others, they would have to be taken off.
        list.sort_by_key(|address| !has.contains(address));
    }
    // What the order makes of them is known only of orders that were seen.
    let list = if list == had {
        before.to_vec()
    } else if list == has {
        now.to_vec()
    } else {
        ranked(list)
    };
    (
        Addresses { list, foreign: foreign.into_iter().filter(|address| address.origin == Origin::Asked).collect() },
        displaced,
    )
}

/// Without what its place in the list makes of it, and whoever asked for it.
pub(super) fn plain(address: &Address) -> Address {
    Address { secondary: false, origin: Origin::Asked, ..address.clone() }
}

/// The first IPv4 address of a prefix is its primary one (`__inet_insert_ifa` in `net/ipv4/devinet.c`); secondaries stand
/// behind all primaries.
pub(super) fn ranked(list: Vec<Address>) -> Vec<Address> {
    let prefix = |address: &Address| address.peer.unwrap_or(address.cidr).network();
    let mut ranked: Vec<Address> = Vec::new();
    for mut address in list {
        let is_before = |other: &Address| !other.cidr.is_ipv6() && prefix(other) == prefix(&address);
        address.secondary = !address.cidr.is_ipv6() && ranked.iter().any(is_before);
        ranked.push(address);
    }
    ranked.sort_by_key(|address| (address.cidr.is_ipv6(), address.secondary));
    ranked
}
