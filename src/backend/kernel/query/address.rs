use std::net::Ipv4Addr;

use netlink_packet_route::address::{AddressAttribute, AddressMessage};

use crate::{
    model::query::{AddressFlags, AddressRow, Lifetimes, LinkRow},
    ops::Scope,
};

/// The row of an address, with the number of its link; `None` for what is no IP address.
pub fn decode_address(message: &AddressMessage) -> Option<(u32, AddressRow)> {
    let header = &message.header;
    let mut local = None;
    let mut address = None;
    let mut row = AddressRow {
        scope: Scope(header.scope.into()),
        flags: AddressFlags(header.flags.bits().into()),
        ..AddressRow::new(Ipv4Addr::UNSPECIFIED.into(), header.prefix_len)
    };
    for attribute in &message.attributes {
        match attribute {
            AddressAttribute::Local(addr) => local = Some(*addr),
            AddressAttribute::Address(addr) => address = Some(*addr),
            AddressAttribute::Label(label) => row.label = Some(label.clone()),
            AddressAttribute::Broadcast(addr) => row.broadcast = Some((*addr).into()),
            AddressAttribute::Anycast(addr) => row.anycast = Some((*addr).into()),
            AddressAttribute::CacheInfo(info) => {
                row.lifetimes = Some(Lifetimes { valid: info.ifa_valid, preferred: info.ifa_preferred });
            }
            AddressAttribute::Flags(flags) => row.flags = AddressFlags(flags.bits()),
            AddressAttribute::RoutePriority(metric) => row.metric = Some(*metric),
            AddressAttribute::Protocol(protocol) => row.protocol = (*protocol).into(),
            // Everything else is not printed by `ip addr`.
            _ => {}
        }
    }
    row.local = local.or(address)?;
    row.peer = address.filter(|&peer| peer != row.local);
    Some((header.index, row))
}

/// Puts addresses under their links, in the order in which they come.
pub fn join_addresses(links: &mut [LinkRow], addresses: impl IntoIterator<Item = (u32, AddressRow)>) {
    for (index, address) in addresses {
        if let Some(link) = links.iter_mut().find(|link| link.index == index) {
            link.addresses.push(address);
        }
    }
}
