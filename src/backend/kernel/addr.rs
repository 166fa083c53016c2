//! Addresses as the kernel is told of them.
//!
//! In: what is asked for, with the link's number. Out: one request, the same as iproute2's.

use std::net::IpAddr;

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::{
    AddressFamily, RouteNetlinkMessage,
    address::{AddressAttribute, AddressFlags, AddressHeaderFlags, AddressMessage},
};

use super::socket::{Request, request, request_with};
use crate::{
    net::Cidr,
    ops::{AddressSelector, AddressSpec, Scope},
};

/// `ip addr add ADDRESS … dev LINK`
pub(super) fn encode_addr_add(index: u32, spec: &AddressSpec) -> Request {
    let mut message = message(index, spec.cidr.addr(), spec.peer.unwrap_or(spec.cidr));
    message.header.scope = spec.scope.unwrap_or_else(|| default_scope(spec.cidr.addr())).0.into();
    let attributes = &mut message.attributes;
    attributes.extend(spec.broadcast.map(AddressAttribute::Broadcast));
    attributes.extend(spec.label.clone().map(AddressAttribute::Label));
    attributes.extend(spec.metric.map(AddressAttribute::RoutePriority));

    let mut flags = AddressFlags::empty();
    flags.set(AddressFlags::Nodad, spec.nodad);
    flags.set(AddressFlags::Noprefixroute, spec.noprefixroute);
    match u8::try_from(flags.bits()) {
        Ok(bits) => message.header.flags = AddressHeaderFlags::from_bits_retain(bits),
        // The field of the header has eight bits; the attribute takes its place.
        Err(_) => attributes.push(AddressAttribute::Flags(flags)),
    }
    request_with(RouteNetlinkMessage::NewAddress(message), NLM_F_CREATE | NLM_F_EXCL)
}

/// `ip addr del ADDRESS [peer ADDRESS] dev LINK`
pub(super) fn encode_addr_del(index: u32, address: AddressSelector) -> Request {
    let mut message = message(index, address.addr, address.reached.unwrap_or_else(|| Cidr::host(address.addr)));
    if address.reached.is_none() {
        // Where the request does not say what is reached, the kernel takes any that has the address.
        message.attributes.retain(|attribute| matches!(attribute, AddressAttribute::Local(_)));
    }
    request(RouteNetlinkMessage::DelAddress(message))
}

/// `reached` is the prefix that is reached directly: that of the address itself, or that of the other end.
fn message(index: u32, local: IpAddr, reached: Cidr) -> AddressMessage {
    let mut message = AddressMessage::default();
    message.header.family = family(local);
    message.header.prefix_len = reached.prefix_len();
    message.header.index = index;
    message.attributes = vec![AddressAttribute::Local(local), AddressAttribute::Address(reached.addr())];
    message
}

/// The scope that iproute2 gives an address (`default_scope` in `ip/ipaddress.c`); of an IPv6 address the kernel works
/// it out by itself.
fn default_scope(address: IpAddr) -> Scope {
    match address {
        IpAddr::V4(address) if address.is_loopback() => Scope::HOST,
        IpAddr::V4(_) | IpAddr::V6(_) => Scope::GLOBAL,
    }
}

/// `AF_INET` or `AF_INET6`.
pub(super) fn family(address: IpAddr) -> AddressFamily {
    if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 }
}

#[cfg(test)]
mod tests {
    use netlink_packet_core::NetlinkPayload;
    use netlink_packet_route::address::AddressScope;

    use super::*;

    fn encode(spec: &AddressSpec) -> AddressMessage {
        let (_, payload) = encode_addr_add(4, spec).into_parts();
        let NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewAddress(message)) = payload else {
            panic!("{payload:?}")
        };
        message
    }

    fn spec(cidr: &str) -> AddressSpec {
        AddressSpec::new(cidr.parse().unwrap())
    }

    #[test]
    fn an_address_is_its_own_far_end() {
        let message = encode(&spec("192.168.15.1/24"));
        let address: IpAddr = "192.168.15.1".parse().unwrap();
        assert_eq!(message.attributes, [AddressAttribute::Local(address), AddressAttribute::Address(address)]);
        assert_eq!((message.header.prefix_len, message.header.index), (24, 4));
        assert_eq!(message.header.scope, AddressScope::Universe);
    }

    #[test]
    fn the_prefix_length_is_that_of_the_peer() {
        let message = encode(&AddressSpec { peer: Some("10.0.0.2/30".parse().unwrap()), ..spec("10.0.0.1/32") });
        assert_eq!(message.header.prefix_len, 30);
        assert_eq!(message.attributes[1], AddressAttribute::Address("10.0.0.2".parse().unwrap()));
    }

    #[test]
    fn loopback_addresses_are_for_the_host() {
        assert_eq!(encode(&spec("127.0.0.2/8")).header.scope, AddressScope::Host);
        assert_eq!(
            encode(&AddressSpec { scope: Some(Scope::LINK), ..spec("127.0.0.2/8") }).header.scope,
            AddressScope::Link
        );
    }

    #[test]
    fn flags_beyond_the_header_go_into_an_attribute() {
        let nodad = encode(&AddressSpec { nodad: true, ..spec("fd00::1/64") });
        assert_eq!((nodad.header.flags, nodad.attributes.len()), (AddressHeaderFlags::Nodad, 2));
        let both = encode(&AddressSpec { nodad: true, noprefixroute: true, ..spec("fd00::1/64") });
        assert_eq!(both.header.flags, AddressHeaderFlags::empty());
        assert_eq!(both.attributes[2], AddressAttribute::Flags(AddressFlags::Nodad | AddressFlags::Noprefixroute));
    }
}
