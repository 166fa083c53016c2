//! Links as the kernel tells of them.

use netlink_packet_route::link::{InfoData, LinkAttribute, LinkFlags, LinkInfo, LinkLayerType, LinkMessage};

use crate::{
    backend::kernel::link::vxlan::{self, SeenVxlan},
    net::{IfName, Mac, Mtu},
};

/// A link with the numbers that the kernel gives for other links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SeenLink {
    pub(super) index: u32,
    pub(super) name: IfName,
    /// The kernel's word for its kind; empty for physical devices and loopback.
    pub(super) kind: String,
    /// What it is as a vxlan, if it is one.
    pub(super) vxlan: Option<SeenVxlan>,
    pub(super) is_loopback: bool,
    pub(super) mac: Option<Mac>,
    pub(super) mtu: Mtu,
    pub(super) up: bool,
    pub(super) master: Option<u32>,
    /// Where it leads to, if it tells.
    pub(super) far_end: Option<FarEnd>,
}

impl SeenLink {
    /// Whether its hardware address can have been chosen by somebody: the loopback device's is always zero.
    pub(super) fn may_have_chosen_mac(&self) -> bool {
        self.mac.is_some() && !self.is_loopback
    }
}

/// The other end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FarEnd {
    /// Its number.
    pub(super) index: u32,
    /// What the namespace of this link calls the other's; `None` is this namespace itself.
    pub(super) nsid: Option<i32>,
}

/// `None` for one that the model cannot hold: its name cannot be written in a script.
pub(super) fn decode_link(message: LinkMessage) -> Option<SeenLink> {
    let mut name = None;
    let mut mtu = None;
    let mut kind = String::new();
    let mut vxlan = None;
    let mut mac = None;
    let mut master = None;
    let mut far_index = None;
    let mut nsid = None;
    for attribute in message.attributes {
        match attribute {
            LinkAttribute::IfName(text) => name = text.parse().ok(),
            LinkAttribute::Mtu(bytes) => mtu = Mtu::new(bytes).ok(),
            LinkAttribute::Address(bytes) => mac = bytes.try_into().ok().map(Mac),
            LinkAttribute::Controller(index) => master = Some(index),
            LinkAttribute::Link(index) => far_index = Some(index),
            LinkAttribute::LinkNetNsId(id) => nsid = Some(id),
            LinkAttribute::LinkInfo(infos) => {
                vxlan = infos.iter().find_map(|info| match info {
                    LinkInfo::Data(InfoData::Vxlan(data)) => Some(vxlan::decode(data)),
                    _ => None,
                });
                kind = infos
                    .into_iter()
                    .find_map(|info| if let LinkInfo::Kind(kind) = info { Some(kind.to_string()) } else { None })
                    .unwrap_or_default();
            }
            _ => {}
        }
    }
    Some(SeenLink {
        index: message.header.index,
        name: name?,
        kind,
        vxlan,
        is_loopback: message.header.link_layer_type == LinkLayerType::Loopback,
        mac,
        mtu: mtu?,
        up: message.header.flags.contains(LinkFlags::Up),
        master,
        far_end: far_index.map(|index| FarEnd { index, nsid }),
    })
}

#[cfg(test)]
mod tests {
    use netlink_packet_route::link::InfoKind;

    use super::*;

    fn message(name: &str) -> LinkMessage {
        let mut message = LinkMessage::default();
        message.header.index = 7;
        message.header.flags = LinkFlags::Up;
        message.attributes = vec![LinkAttribute::IfName(name.into()), LinkAttribute::Mtu(1500)];
        message
    }

    #[test]
    fn a_veth_tells_its_other_end() {
        let mut veth = message("veth-red");
        veth.attributes.extend([
            LinkAttribute::LinkInfo(vec![LinkInfo::Kind(InfoKind::Veth)]),
            LinkAttribute::Address(vec![2, 0, 0, 0, 0, 1]),
            LinkAttribute::Link(9),
            LinkAttribute::LinkNetNsId(0),
            LinkAttribute::Controller(3),
        ]);
        let link = decode_link(veth).unwrap();
        assert_eq!((link.kind.as_str(), link.up, link.master), ("veth", true, Some(3)));
        assert_eq!(link.far_end, Some(FarEnd { index: 9, nsid: Some(0) }));
        assert_eq!(link.mac, Some(Mac([2, 0, 0, 0, 0, 1])));
    }

    #[test]
    fn what_cannot_be_written_is_left_out() {
        assert_eq!(decode_link(message("a\u{b}b")), None);
    }
}
