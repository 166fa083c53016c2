//! Links as the kernel is told of them.
//!
//! In: what is asked for, with names already resolved to what the kernel counts in. Out: one request.

pub(super) mod vxlan;

use std::os::fd::RawFd;

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::{
    RouteNetlinkMessage,
    link::{InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage},
};

use super::socket::{Request, request, request_with};
use crate::{
    net::{IfName, Mac, Mtu},
    ops::{LinkChanges, LinkKind, LinkSpec, Master, PeerSpec},
};

/// What the names in a request about a link stand for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LinkRefs {
    /// An open handle of the namespace the link is put into.
    pub(super) netns: Option<RawFd>,
    /// An open handle of the namespace a new veth's far end is put into.
    pub(super) peer_netns: Option<RawFd>,
    /// The number of the master; the kernel looks for it in the namespace where the link ends up.
    pub(super) master: Option<u32>,
    /// The number of the link that a new vxlan is carried by.
    pub(super) dev: Option<u32>,
}

/// `ip link add name NAME … type KIND …`
pub(super) fn encode_link_add(spec: &LinkSpec, refs: LinkRefs) -> Request {
    let mut link = LinkMessage::default();
    let attributes = &mut link.attributes;
    common(attributes, spec.name.as_ref(), refs.netns, spec.address, spec.mtu);
    if let Some(index) = refs.master {
        attributes.push(LinkAttribute::Controller(index));
    }
    attributes.push(LinkAttribute::LinkInfo(match &spec.kind {
        LinkKind::Veth { peer } => vec![
            LinkInfo::Kind(InfoKind::Veth),
            LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(encode_peer(peer, refs.peer_netns)))),
        ],
        LinkKind::Bridge => vec![LinkInfo::Kind(InfoKind::Bridge)],
        LinkKind::Vxlan(spec) => {
            vec![LinkInfo::Kind(InfoKind::Vxlan), LinkInfo::Data(InfoData::Vxlan(vxlan::encode(spec, refs.dev)))]
        }
    }));
    if spec.up {
        set_up(&mut link, true);
    }
    request_with(RouteNetlinkMessage::NewLink(link), NLM_F_CREATE | NLM_F_EXCL)
}

/// `ip link del dev LINK`
pub(super) fn encode_link_del(index: u32) -> Request {
    request(RouteNetlinkMessage::DelLink(at(index)))
}

/// `ip link set dev LINK group GROUP`
pub(super) fn encode_link_group(index: u32, group: u32) -> Request {
    let mut link = at(index);
    link.attributes.push(LinkAttribute::Group(group));
    request(RouteNetlinkMessage::NewLink(link))
}

/// `ip link del group GROUP`
pub(super) fn encode_group_del(group: u32) -> Request {
    let mut link = LinkMessage::default();
    link.attributes.push(LinkAttribute::Group(group));
    request(RouteNetlinkMessage::DelLink(link))
}

/// `ip link set dev LINK …`
pub(super) fn encode_link_set(index: u32, changes: &LinkChanges, refs: LinkRefs) -> Request {
    let mut link = at(index);
    common(&mut link.attributes, changes.name.as_ref(), refs.netns, changes.address, changes.mtu);
    match (&changes.master, refs.master) {
        (Some(Master::Is(_)), Some(index)) => link.attributes.push(LinkAttribute::Controller(index)),
        (Some(Master::None), _) => link.attributes.push(LinkAttribute::Controller(0)),
        (Some(Master::Is(_)) | None, _) => {}
    }
    if let Some(up) = changes.up {
        set_up(&mut link, up);
    }
    // As iproute2 does it: a "new" link that must not be made is a change of the one that is there.
    request(RouteNetlinkMessage::NewLink(link))
}

/// `ip link show dev LINK`, of which the number is wanted.
pub(super) fn encode_link_get(name: &IfName) -> Request {
    let mut link = LinkMessage::default();
    link.attributes.push(LinkAttribute::IfName(name.to_string()));
    request(RouteNetlinkMessage::GetLink(link))
}

/// The words behind `peer`: the far end has its own namespace, and is described by a whole message of its own.
fn encode_peer(peer: &PeerSpec, netns: Option<RawFd>) -> LinkMessage {
    let mut link = LinkMessage::default();
    common(&mut link.attributes, peer.name.as_ref(), netns, peer.address, peer.mtu);
    link
}

fn common(
    attributes: &mut Vec<LinkAttribute>,
    name: Option<&IfName>,
    netns: Option<RawFd>,
    address: Option<Mac>,
    mtu: Option<Mtu>,
) {
    attributes.extend(name.map(|name| LinkAttribute::IfName(name.to_string())));
    attributes.extend(netns.map(LinkAttribute::NetNsFd));
    attributes.extend(address.map(|mac| LinkAttribute::Address(mac.0.to_vec())));
    attributes.extend(mtu.map(|mtu| LinkAttribute::Mtu(mtu.bytes())));
}

fn set_up(link: &mut LinkMessage, up: bool) {
    link.header.change_mask |= LinkFlags::Up;
    link.header.flags.set(LinkFlags::Up, up);
}

fn at(index: u32) -> LinkMessage {
    let mut link = LinkMessage::default();
    link.header.index = index;
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> IfName {
        text.parse().unwrap()
    }

    fn message(request: Request) -> (RouteNetlinkMessage, u16) {
        let (header, payload) = request.into_parts();
        let netlink_packet_core::NetlinkPayload::InnerMessage(message) = payload else { panic!("{payload:?}") };
        (message, header.flags)
    }

    #[test]
    fn both_ends_of_a_pair_are_born_in_place() {
        let peer = PeerSpec { name: Some(name("far")), mtu: Some(Mtu::new(1400).unwrap()), ..PeerSpec::default() };
        let spec = LinkSpec { up: true, ..LinkSpec::new(name("near"), LinkKind::Veth { peer }) };
        let refs = LinkRefs { netns: Some(7), peer_netns: Some(8), master: Some(3), dev: None };
        let (RouteNetlinkMessage::NewLink(link), flags) = message(encode_link_add(&spec, refs)) else { panic!() };
        assert_eq!(flags, NLM_F_CREATE | NLM_F_EXCL);
        assert_eq!((link.header.flags, link.header.change_mask), (LinkFlags::Up, LinkFlags::Up));
        let mut far = LinkMessage::default();
        far.attributes = vec![LinkAttribute::IfName("far".into()), LinkAttribute::NetNsFd(8), LinkAttribute::Mtu(1400)];
        assert_eq!(
            link.attributes,
            [
                LinkAttribute::IfName("near".into()),
                LinkAttribute::NetNsFd(7),
                LinkAttribute::Controller(3),
                LinkAttribute::LinkInfo(vec![
                    LinkInfo::Kind(InfoKind::Veth),
                    LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(far))),
                ]),
            ]
        );
    }

    #[test]
    fn a_change_names_only_what_changes() {
        let changes = LinkChanges { master: Some(Master::None), up: Some(false), ..LinkChanges::default() };
        let (RouteNetlinkMessage::NewLink(link), flags) = message(encode_link_set(5, &changes, LinkRefs::default()))
        else {
            panic!()
        };
        assert_eq!((flags, link.header.index), (0, 5));
        assert_eq!((link.header.flags, link.header.change_mask), (LinkFlags::empty(), LinkFlags::Up));
        assert_eq!(link.attributes, [LinkAttribute::Controller(0)]);

        let (RouteNetlinkMessage::NewLink(link), _) =
            message(encode_link_set(5, &LinkChanges::default(), LinkRefs::default()))
        else {
            panic!()
        };
        assert_eq!(link.header.change_mask, LinkFlags::empty());
        assert!(link.attributes.is_empty());
    }
}
