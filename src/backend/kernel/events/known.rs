//! What is known of a namespace, so that what the kernel tells of can be told as a difference.

use std::{collections::BTreeMap, net::IpAddr};

use netlink_packet_route::{
    AddressFamily, RouteNetlinkMessage, address::AddressMessage, link::LinkMessage, neighbour::NeighbourMessage,
    route::RouteMessage, rule::RuleMessage,
};

use super::super::query::{
    LinkNames, NetnsNames, decode_address, decode_link, decode_neighbour, decode_route, decode_rule,
};
use crate::{
    backend::{AddressFate, Change},
    model::query::{AddressFlags, IpFamily, LinkRow, NeighbourState, RouteFlags},
    ops::RouteTable,
};

/// `RTM_F_CLONED` of `linux/rtnetlink.h`: a route of the cache.
const CLONED: RouteFlags = RouteFlags(0x200);

/// What is told of a neighbour: its hardware address, and that it does not answer.
type Neighbour = (Option<Vec<u8>>, bool);

/// What is known of a namespace.
#[derive(Debug, Default)]
pub(super) struct Known {
    names: LinkNames,
    links: BTreeMap<u32, LinkRow>,
    addresses: BTreeMap<(u32, IpAddr, u8), AddressFlags>,
    neighbours: BTreeMap<(u32, Option<IpAddr>), Neighbour>,
    forwarding: [Option<bool>; 2],
}

impl Known {
    /// What a message of the kernel changes.
    pub(super) fn note(&mut self, message: &RouteNetlinkMessage) -> Option<Change> {
        match message {
            RouteNetlinkMessage::NewLink(link) => self.link(link),
            RouteNetlinkMessage::DelLink(link) => self.no_link(link),
            RouteNetlinkMessage::NewAddress(address) => self.address(address, false),
            RouteNetlinkMessage::DelAddress(address) => self.address(address, true),
            RouteNetlinkMessage::NewRoute(route) => self.route(route, true),
            RouteNetlinkMessage::DelRoute(route) => self.route(route, false),
            RouteNetlinkMessage::NewRule(rule) => policy_rule(rule, true),
            RouteNetlinkMessage::DelRule(rule) => policy_rule(rule, false),
            RouteNetlinkMessage::NewNeighbour(neighbour) => self.neighbour(neighbour, false),
            RouteNetlinkMessage::DelNeighbour(neighbour) => self.neighbour(neighbour, true),
            _ => None,
        }
    }

    /// Whether a family is passed on now.
    pub(super) fn forwarding(&mut self, family: IpFamily, is_on: bool) -> Option<Change> {
        let known = match family {
            IpFamily::V4 => &mut self.forwarding[0],
            IpFamily::V6 => &mut self.forwarding[1],
        };
        // The kernel tells of it also where it is as it was.
        (known.replace(is_on) != Some(is_on)).then_some(Change::Forwarding { family, is_on })
    }

    fn link(&mut self, message: &LinkMessage) -> Option<Change> {
        // Bridges tell of their ports in the same way.
        if !is_of_links(message) {
            return None;
        }
        self.names.note(message);
        let row = decode_link(message, &self.names, &NetnsNames::default());
        match self.links.insert(row.index, row.clone()) {
            None => Some(Change::LinkAdded(Box::new(row))),
            Some(before) if is_same(&before, &row) => None,
            Some(before) => Some(Change::LinkChanged { before: Box::new(before), after: Box::new(row) }),
        }
    }

    fn no_link(&mut self, message: &LinkMessage) -> Option<Change> {
        if !is_of_links(message) {
            return None;
        }
        let index = message.header.index;
        let gone = self.links.remove(&index)?;
        self.names.forget(index);
        self.addresses.retain(|(link, _, _), _| *link != index);
        self.neighbours.retain(|(link, _), _| *link != index);
        Some(Change::LinkRemoved(gone.name))
    }

    fn address(&mut self, message: &AddressMessage, is_gone: bool) -> Option<Change> {
        let (index, row) = decode_address(message)?;
        let key = (index, row.local, row.prefix_len);
        let before = if is_gone { self.addresses.remove(&key) } else { self.addresses.insert(key, row.flags) };
        let was_tentative = before.is_some_and(|flags| flags.has(AddressFlags::TENTATIVE));
        let fate = match before {
            _ if is_gone => AddressFate::Removed,
            None => AddressFate::Added,
            Some(flags) if row.flags.has(AddressFlags::DADFAILED) && !flags.has(AddressFlags::DADFAILED) => {
                AddressFate::Taken
            }
            Some(_) if was_tentative && !row.flags.has(AddressFlags::TENTATIVE) => AddressFate::Ready,
            Some(_) => return None,
        };
        Some(Change::Address { link: self.names.name(index), row: Box::new(row), fate })
    }

    /// The kernel's own routes to its addresses follow from the addresses.
    fn route(&self, message: &RouteMessage, is_new: bool) -> Option<Change> {
        let row = decode_route(message, &self.names)?;
        let is_told = row.table != RouteTable::LOCAL && !row.flags.has(CLONED);
        is_told.then(|| Change::Route { row: Box::new(row), is_new })
    }

    /// That one was not asked for a while, and the like, is not told.
    fn neighbour(&mut self, message: &NeighbourMessage, is_gone: bool) -> Option<Change> {
        if !matches!(message.header.family, AddressFamily::Inet | AddressFamily::Inet6) {
            return None;
        }
        let row = decode_neighbour(message, &self.names);
        let key = (message.header.ifindex, row.address);
        if row.state == NeighbourState::NOARP {
            return None;
        }
        if is_gone {
            let known = self.neighbours.remove(&key)?;
            return (known.0.is_some()).then(|| Change::Neighbour { row: Box::new(row), is_gone });
        }
        let has_failed = row.state == NeighbourState::FAILED;
        let now = (row.hardware_address.clone().filter(|_| !has_failed), has_failed);
        let before = self.neighbours.insert(key, now.clone()).unwrap_or_default();
        (before != now).then(|| Change::Neighbour { row: Box::new(row), is_gone })
    }
}

fn is_of_links(message: &LinkMessage) -> bool {
    matches!(message.header.interface_family, AddressFamily::Unspec)
}

/// Whether nothing is different that is told.
fn is_same(one: &LinkRow, other: &LinkRow) -> bool {
    let told = |row: &LinkRow| (row.name.clone(), row.flags, row.mtu, row.master.clone(), row.address.clone());
    told(one) == told(other)
}

fn policy_rule(message: &RuleMessage, is_new: bool) -> Option<Change> {
    let row = decode_rule(message)?;
    Some(Change::PolicyRule { row: Box::new(row), is_new })
}
