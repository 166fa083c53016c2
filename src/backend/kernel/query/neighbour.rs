use std::net::IpAddr;

use netlink_packet_route::neighbour::{
    NeighbourAddress, NeighbourAttribute, NeighbourExtFlags, NeighbourFlags, NeighbourMessage,
};

use super::names::LinkNames;
use crate::{
    model::query::{NeighbourAges, NeighbourRow, NeighbourState},
    ops::RouteProtocol,
};

/// The row of a neighbour; `names` are those of the namespace that was dumped.
pub fn decode_neighbour(message: &NeighbourMessage, names: &LinkNames) -> NeighbourRow {
    let header = &message.header;
    let mut row = NeighbourRow {
        link: (header.ifindex != 0).then(|| names.name(header.ifindex)),
        router: header.flags.contains(NeighbourFlags::Router),
        proxy: header.flags.contains(NeighbourFlags::Proxy),
        extern_learned: header.flags.contains(NeighbourFlags::ExtLearned),
        offloaded: header.flags.contains(NeighbourFlags::Offloaded),
        ..NeighbourRow::new(NeighbourState(header.state.into()))
    };
    for attribute in &message.attributes {
        match attribute {
            NeighbourAttribute::Destination(address) => row.address = decode_address(address),
            NeighbourAttribute::LinkLayerAddress(bytes) => row.hardware_address = Some(bytes.clone()),
            NeighbourAttribute::CacheInfo(info) => {
                row.ages = Some(NeighbourAges {
                    confirmed: info.confirmed,
                    used: info.used,
                    updated: info.updated,
                    references: info.refcnt,
                });
            }
            NeighbourAttribute::Probes(count) => row.probes = Some(*count),
            NeighbourAttribute::Protocol(protocol) => row.protocol = RouteProtocol((*protocol).into()),
            NeighbourAttribute::ExtFlags(flags) => row.managed = flags.contains(NeighbourExtFlags::Managed),
            // Everything else belongs to forwarding databases.
            _ => {}
        }
    }
    row
}

fn decode_address(address: &NeighbourAddress) -> Option<IpAddr> {
    match address {
        NeighbourAddress::Inet(address) => Some((*address).into()),
        NeighbourAddress::Inet6(address) => Some((*address).into()),
        _ => None,
    }
}
