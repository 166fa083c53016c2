//! Routes as the kernel tells of them.

use std::net::IpAddr;

use netlink_packet_core::{DecodeError, NlasIterator, Parseable};
use netlink_packet_route::{
    AddressFamily,
    route::{
        RouteAddress, RouteAttribute, RouteFlags, RouteMessage, RouteMetric, RoutePreference, RouteType as KernelType,
    },
};

use super::super::route::type_number;
use crate::{
    model::Route,
    net::Cidr,
    ops::{RouteProtocol, RouteTable, RouteType, Scope},
};

/// The length of `struct rtmsg` of `linux/rtnetlink.h`.
const HEADER: usize = 12;

/// `RTA_CACHEINFO` of `linux/rtnetlink.h`.
const RTA_CACHEINFO: u16 = 12;

/// A route whose link is still a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SeenRoute {
    pub(super) link: Option<u32>,
    /// The route, without its link.
    pub(super) route: Route,
}

/// Reads the payload of an `RTM_NEWROUTE`. `None` for what a world leaves out:
///
/// * the kernel's local table, and what is no IPv4 or IPv6 unicast table at all,
/// * cached copies of routes,
/// * `fe80::/64` and `ff00::/8`, which the kernel makes for each IPv6 link that comes up.
///
/// The connected routes of addresses, also the kernel's, are kept; so are routes from router advertisements, which
/// their protocol tells.
pub(super) fn decode_route(payload: &[u8]) -> Result<Option<SeenRoute>, DecodeError> {
    let message = RouteMessage::parse(payload)?;
    let header = &message.header;
    let destination = match header.address_family {
        AddressFamily::Inet => Cidr::any_v4(),
        AddressFamily::Inet6 => Cidr::any_v6(),
        _ => return Ok(None),
    };
    if header.flags.contains(RouteFlags::Cloned) {
        return Ok(None);
    }
    let kind = RouteType::ALL.into_iter().find(|&kind| KernelType::from(type_number(kind)) == header.kind);
    let mut route = Route {
        table: RouteTable(header.table.into()),
        destination,
        metric: 0,
        kind: kind.unwrap_or(RouteType::Unicast),
        gateway: None,
        link: None,
        source: None,
        protocol: RouteProtocol(header.protocol.into()),
        scope: Scope(header.scope.into()),
        onlink: header.flags.contains(RouteFlags::Onlink),
        mtu: None,
        opaque: Vec::new(),
    };
    let mut link = None;
    let mut is_understood = kind.is_some() && header.tos == 0 && header.source_prefix_length == 0;
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Destination(address) => {
                let cidr = ip(address).and_then(|address| Cidr::new(address, header.destination_prefix_length).ok());
                route.destination = cidr.ok_or_else(|| DecodeError::from("a destination that is no prefix"))?;
            }
            RouteAttribute::Oif(index) => link = Some(*index),
            RouteAttribute::Gateway(address) => route.gateway = ip(address),
            RouteAttribute::PrefSource(address) => route.source = ip(address),
            RouteAttribute::Priority(metric) => route.metric = *metric,
            RouteAttribute::Table(table) => route.table = RouteTable(*table),
            RouteAttribute::Metrics(metrics) => match metrics.as_slice() {
                [RouteMetric::Mtu(mtu)] => route.mtu = Some(*mtu),
                _ => is_understood = false,
            },
            // Ages, and the preference that every IPv6 route has.
            RouteAttribute::CacheInfo(_) | RouteAttribute::Preference(RoutePreference::Medium) => {}
            _ => is_understood = false,
        }
    }
    if route.table == RouteTable::LOCAL || is_of_every_link(&route) {
        return Ok(None);
    }
    if !is_understood {
        route.opaque = opaque(payload)?;
    }
    match route.kind {
        // The kernel puts these on the loopback device when they are of IPv6, and on none when of IPv4.
        RouteType::Blackhole | RouteType::Unreachable | RouteType::Prohibit | RouteType::Throw => link = None,
        RouteType::Unicast | RouteType::Local | RouteType::Broadcast | RouteType::Multicast => {}
    }
    Ok(Some(SeenRoute { link, route }))
}

/// Whether it is what the kernel gives each link that has IPv6, for link-local addresses and for groups.
fn is_of_every_link(route: &Route) -> bool {
    let IpAddr::V6(address) = route.destination.addr() else { return false };
    let prefix = (address.segments()[0], route.destination.prefix_len());
    route.protocol == RouteProtocol::KERNEL && matches!(prefix, (0xfe80, 64) | (0xff00, 8))
}

/// The message without what changes by itself: the flags (a link without carrier) and the ages. Those inside of next
/// hops stay.
fn opaque(payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let (header, attributes) = payload.split_at_checked(HEADER).ok_or_else(|| DecodeError::from("a short header"))?;
    let mut bytes = header.to_vec();
    bytes[HEADER - size_of::<u32>()..].fill(0);
    for attribute in NlasIterator::new(attributes) {
        let attribute = attribute?;
        if attribute.kind() != RTA_CACHEINFO {
            let length = usize::from(attribute.length());
            bytes.extend(&attribute.into_inner()[..length]);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
    }
    Ok(bytes)
}

fn ip(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(address) => Some(IpAddr::V4(*address)),
        RouteAddress::Inet6(address) => Some(IpAddr::V6(*address)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use netlink_packet_core::Emitable;
    use netlink_packet_route::route::RouteVia;

    use super::*;

    fn message(destination: &str, table: u8, protocol: RouteProtocol) -> RouteMessage {
        let destination: Cidr = destination.parse().unwrap();
        let mut message = RouteMessage::default();
        message.header.address_family = if destination.is_ipv6() { AddressFamily::Inet6 } else { AddressFamily::Inet };
        message.header.destination_prefix_length = destination.prefix_len();
        message.header.table = table;
        message.header.protocol = protocol.0.into();
        message.header.kind = KernelType::Unicast;
        if !destination.is_default() {
            message.attributes.push(RouteAttribute::Destination(destination.addr().into()));
        }
        message
    }

    fn decode(message: &RouteMessage) -> Option<SeenRoute> {
        let mut payload = vec![0; message.buffer_len()];
        message.emit(&mut payload);
        decode_route(&payload).unwrap()
    }

    #[test]
    fn a_usual_route_is_understood() {
        let mut default = message("0.0.0.0/0", 254, RouteProtocol::BOOT);
        default.attributes.extend([
            RouteAttribute::Gateway("10.0.0.1".parse::<IpAddr>().unwrap().into()),
            RouteAttribute::Oif(4),
            RouteAttribute::Priority(100),
            RouteAttribute::Metrics(vec![RouteMetric::Mtu(1400)]),
        ]);
        let SeenRoute { link, route } = decode(&default).unwrap();
        assert_eq!((link, route.metric, route.mtu), (Some(4), 100, Some(1400)));
        assert_eq!(route.gateway, Some("10.0.0.1".parse().unwrap()));
        assert!(route.destination.is_default() && route.opaque.is_empty());
    }

    #[test]
    fn the_kernels_own_are_left_out() {
        assert_eq!(decode(&message("10.0.0.1/32", 255, RouteProtocol::KERNEL)), None);
        assert_eq!(decode(&message("fe80::/64", 254, RouteProtocol::KERNEL)), None);
        assert!(decode(&message("fe80::/64", 254, RouteProtocol::BOOT)).is_some());
        assert!(decode(&message("fd00::/64", 254, RouteProtocol::KERNEL)).is_some());
    }

    #[test]
    fn what_is_not_understood_is_kept_whole() {
        let mut via = message("10.0.0.0/8", 254, RouteProtocol::BOOT);
        via.header.flags = RouteFlags::Linkdown;
        via.attributes.push(RouteAttribute::Via(RouteVia::Inet6("fe80::1".parse().unwrap())));
        let with_flags = decode(&via).unwrap().route.opaque;
        via.header.flags = RouteFlags::empty();
        let without = decode(&via).unwrap().route.opaque;
        assert_eq!(with_flags, without);
        assert_eq!(RouteMessage::parse(&without).unwrap(), via);
    }

    #[test]
    fn a_blackhole_is_on_no_link() {
        let mut blackhole = message("fd00::/64", 254, RouteProtocol::BOOT);
        blackhole.header.kind = KernelType::BlackHole;
        blackhole.attributes.push(RouteAttribute::Oif(1));
        assert_eq!(decode(&blackhole).unwrap().link, None);
    }
}
