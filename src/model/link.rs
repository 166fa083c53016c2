//! Links, and what there is to each kind of them.

mod vxlan;

pub use vxlan::{Under, Vxlan};

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::{
    net::{Cidr, IfName, Mac, Mtu, NsRef},
    ops::Scope,
};

/// The identity of a link in a [`super::World`], through renames and moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LinkId(u32);

impl LinkId {
    pub(super) const FIRST: Self = Self(1);
    /// More are not counted.
    pub(super) const LAST: Self = Self(u32::MAX / 2);

    pub(super) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The namespace it is in.
    pub ns: NsRef,
    /// Its name there.
    pub name: IfName,
    /// Its number there (not compared: the kernel gives it).
    pub index: u32,
    /// What it is.
    pub kind: Kind,
    /// Its hardware address; `None` for kinds without one.
    pub mac: Option<Mac>,
    /// Who chose the hardware address: one that the kernel chose is not compared.
    pub mac_origin: Origin,
    /// Its MTU.
    pub mtu: Mtu,
    /// Who chose the MTU: a bridge whose MTU nobody asked for follows its ports.
    pub mtu_origin: Origin,
    /// Whether it is set up; whether it also has a carrier is not its own doing.
    pub up: bool,
    /// The bridge (or other master) that it is a port of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master: Option<LinkId>,
    /// Its addresses in the kernel's order. Those that the kernel gave it by itself (link-local, from router
    /// advertisements) are not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
}

/// What a link is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The loopback device.
    Loopback,
    /// One end of a cable.
    Veth {
        /// The other end.
        peer: Peer,
    },
    /// A switch.
    Bridge,
    /// An Ethernet that is carried in UDP to other machines.
    Vxlan(Box<Vxlan>),
    /// Anything else, by the kernel's name for it (empty for physical devices): carried along and left alone.
    Other(String),
}

/// The other end of a veth pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Peer {
    /// That link.
    Link(LinkId),
    /// A link in a namespace that has no name and cannot be seen.
    Elsewhere,
}

/// Who decided something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// The user.
    Asked,
    /// The kernel.
    Kernel,
}

/// An address of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The address and its prefix length.
    pub cidr: Cidr,
    /// The other end of a point-to-point link; its prefix is then the one reached directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Cidr>,
    /// The IPv4 broadcast address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broadcast: Option<Ipv4Addr>,
    /// How far it is valid.
    pub scope: Scope,
    /// IPv4: its label where that is not the link's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The metric of its connected route; 0 is the usual.
    pub metric: u32,
    /// IPv6: without duplicate address detection.
    pub nodad: bool,
    /// It has no connected route.
    pub noprefixroute: bool,
    /// IPv4: another address of the same prefix was there before it.
    pub secondary: bool,
    /// Who asked for it; the loopback device's own come from the kernel.
    pub origin: Origin,
}

impl Link {
    /// The links that it cannot be told without: its master, its peer, what carries it.
    pub(super) fn references_mut(&mut self) -> Vec<&mut LinkId> {
        let mut references: Vec<&mut LinkId> = self.master.as_mut().into_iter().collect();
        match &mut self.kind {
            Kind::Veth { peer: Peer::Link(peer) } => references.push(peer),
            Kind::Vxlan(vxlan) => {
                if let Under::Link(dev) = &mut vxlan.under {
                    references.push(dev);
                }
            }
            Kind::Veth { peer: Peer::Elsewhere } | Kind::Loopback | Kind::Bridge | Kind::Other(_) => {}
        }
        references
    }

    /// The loopback device as a namespace is born with it: down.
    pub fn loopback(ns: NsRef) -> Self {
        Self {
            ns,
            name: IfName::loopback(),
            index: 1,
            kind: Kind::Loopback,
            mac: Some(Mac([0; 6])),
            mac_origin: Origin::Kernel,
            mtu: Mtu::LOOPBACK,
            mtu_origin: Origin::Kernel,
            up: false,
            master: None,
            addresses: Vec::new(),
        }
    }
}
