//! Addresses as the kernel tells of them.

use std::net::{IpAddr, Ipv6Addr};

use netlink_packet_route::address::{AddressAttribute, AddressFlags, AddressMessage, AddressProtocol};

use super::link::SeenLink;
use crate::{
    model::{Address, Origin},
    net::{Cidr, Mac},
    ops::Scope,
};

/// The address; `None` for one that the kernel gave the link by itself, which a world leaves out:
///
/// * link-local ones made for an IPv6 link that came up and those from router advertisements, as the kernel marks them
///   (`IFA_PROTO`, since Linux 5.18), and
/// * temporary ones and those that temporary ones are made from, and
/// * on a kernel that does not mark (`has_marks` is false) the link-local one that is made from the hardware address.
///
/// The loopback device's own addresses stay, as the kernel's.
pub(super) fn decode_addr(message: AddressMessage, link: &SeenLink, has_marks: bool) -> Option<Address> {
    let mut local = None;
    let mut reached = None;
    let mut broadcast = None;
    let mut label = None;
    let mut metric = 0;
    let mut protocol = None;
    let mut flags = AddressFlags::from_bits_retain(message.header.flags.bits().into());
    for attribute in message.attributes {
        match attribute {
            AddressAttribute::Local(address) => local = Some(address),
            AddressAttribute::Address(address) => reached = Some(address),
            AddressAttribute::Broadcast(address) => broadcast = Some(address),
            AddressAttribute::Label(text) => label = Some(text),
            AddressAttribute::RoutePriority(number) => metric = number,
            AddressAttribute::Protocol(made_by) => protocol = Some(made_by),
            AddressAttribute::Flags(all) => flags = all,
            _ => {}
        }
    }
    // Of an IPv6 address without a peer the kernel sends IFA_ADDRESS alone.
    let local = local.or(reached)?;
    let peer = reached.filter(|&address| address != local);
    // The kernel keeps one length, which is the peer's if there is a peer.
    let cidr = match peer {
        Some(_) => Cidr::host(local),
        None => Cidr::new(local, message.header.prefix_len).ok()?,
    };
    let is_marked = local.is_ipv4() || !has_marks || protocol == Some(AddressProtocol::Loopback);
    match protocol {
        Some(AddressProtocol::LinkLocal | AddressProtocol::RouterAnnouncement) => return None,
        None if is_temporary(cidr, flags) || (!has_marks && is_link_local_of(cidr, link.mac)) => return None,
        Some(_) | None => {}
    }
    Some(Address {
        cidr,
        peer: peer.and_then(|address| Cidr::new(address, message.header.prefix_len).ok()),
        broadcast,
        scope: Scope(message.header.scope.into()),
        label: label.filter(|text| text != link.name.as_str()),
        metric,
        nodad: local.is_ipv6() && flags.contains(AddressFlags::Nodad),
        noprefixroute: flags.contains(AddressFlags::Noprefixroute),
        secondary: local.is_ipv4() && flags.contains(AddressFlags::Secondary),
        origin: if link.is_loopback && is_loopback_own(cidr) && is_marked { Origin::Kernel } else { Origin::Asked },
    })
}

/// Whether it belongs to what RFC 8981 does with an advertised prefix. (The flag of temporary addresses is that of
/// secondary ones in IPv4.)
fn is_temporary(cidr: Cidr, flags: AddressFlags) -> bool {
    let temporary = AddressFlags::Managetempaddr | AddressFlags::Secondary;
    cidr.is_ipv6() && !flags.contains(AddressFlags::Permanent) && flags.intersects(temporary)
}

fn is_link_local_of(cidr: Cidr, mac: Option<Mac>) -> bool {
    cidr.prefix_len() == 64 && mac.is_some_and(|mac| cidr.addr() == link_local(mac))
}

/// The address that the kernel makes from a hardware address (RFC 4291 appendix A, RFC 4862 §5.3).
fn link_local(mac: Mac) -> IpAddr {
    let [a, b, c, d, e, f] = mac.0;
    IpAddr::from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, a ^ 2, b, c, 0xff, 0xfe, d, e, f])
}

/// What the loopback device gets when it is set up.
fn is_loopback_own(cidr: Cidr) -> bool {
    match cidr.addr() {
        IpAddr::V4(address) => address.octets() == [127, 0, 0, 1] && cidr.prefix_len() == 8,
        IpAddr::V6(address) => address == Ipv6Addr::LOCALHOST && cidr.is_host(),
    }
}

#[cfg(test)]
mod tests {
    use netlink_packet_route::address::AddressHeaderFlags;

    use super::*;
    use crate::net::Mtu;

    fn link(name: &str) -> SeenLink {
        SeenLink {
            index: 2,
            name: name.parse().unwrap(),
            kind: "veth".into(),
            vxlan: None,
            is_loopback: name == "lo",
            mac: Some(Mac([2, 0, 0, 0, 0, 1])),
            mtu: Mtu::ETHERNET,
            up: true,
            master: None,
            far_end: None,
        }
    }

    fn message(cidr: &str, more: Vec<AddressAttribute>) -> AddressMessage {
        let cidr: Cidr = cidr.parse().unwrap();
        let mut message = AddressMessage::default();
        message.header.prefix_len = cidr.prefix_len();
        message.header.flags = AddressHeaderFlags::Permanent;
        message.attributes = vec![AddressAttribute::Address(cidr.addr())];
        message.attributes.extend(more);
        message
    }

    #[test]
    fn what_the_kernel_made_is_left_out() {
        let marked = |protocol| vec![AddressAttribute::Protocol(protocol)];
        let stable = message("fe80::1234/64", marked(AddressProtocol::LinkLocal));
        assert_eq!(decode_addr(stable, &link("v"), true), None);
        let unmarked = || message("fe80::ff:fe00:1/64", vec![]);
        assert_eq!(decode_addr(unmarked(), &link("v"), false), None);
        assert!(decode_addr(unmarked(), &link("v"), true).is_some());
        assert!(decode_addr(message("fe80::2/64", vec![]), &link("v"), false).is_some());
        let mut temporary = message("fd00::5/64", vec![AddressAttribute::Flags(AddressFlags::Secondary)]);
        temporary.header.flags = AddressHeaderFlags::empty();
        assert_eq!(decode_addr(temporary, &link("v"), true), None);
        let own = decode_addr(message("127.0.0.1/8", marked(AddressProtocol::Loopback)), &link("lo"), true).unwrap();
        assert_eq!(own.origin, Origin::Kernel);
    }

    #[test]
    fn peers_labels_and_flags_are_told() {
        let seen = decode_addr(
            message(
                "10.0.0.2/32",
                vec![
                    AddressAttribute::Local("10.0.0.1".parse().unwrap()),
                    AddressAttribute::Label("v:1".into()),
                    AddressAttribute::Flags(AddressFlags::Secondary | AddressFlags::Noprefixroute),
                ],
            ),
            &link("v"),
            true,
        )
        .unwrap();
        assert_eq!(seen.cidr.to_string(), "10.0.0.1/32");
        assert_eq!(seen.peer.unwrap().to_string(), "10.0.0.2/32");
        assert_eq!(seen.label.as_deref(), Some("v:1"));
        assert!(seen.secondary && seen.noprefixroute && !seen.nodad);
        let usual = decode_addr(message("10.0.0.1/24", vec![AddressAttribute::Label("v".into())]), &link("v"), true);
        assert_eq!(usual.unwrap().label, None);
    }
}
