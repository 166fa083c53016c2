//! What a vxlan is, beyond what every link is.

use serde::{Deserialize, Serialize};

use super::LinkId;
use crate::{
    model::World,
    net::NsRef,
    ops::{VxlanSettings, VxlanSwitch},
};

/// An Ethernet that is carried in UDP to other machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vxlan {
    /// How it wraps frames, and where it sends them.
    pub settings: VxlanSettings,
    /// What carries it.
    pub under: Under,
}

/// What carries a vxlan. It stays behind when the vxlan moves to another namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Under {
    /// That link: without it there is no vxlan, so that the link is where the vxlan was born.
    Link(LinkId),
    /// Whatever routes there are in the namespace where it was born.
    Routes(NsRef),
    /// Something in a namespace that has no name and cannot be seen.
    Elsewhere,
}

impl Vxlan {
    /// The link that carries it.
    pub fn dev(&self) -> Option<LinkId> {
        match self.under {
            Under::Link(dev) => Some(dev),
            Under::Routes(_) | Under::Elsewhere => None,
        }
    }

    /// The namespace where it sends and listens.
    pub fn birthplace<'a>(&'a self, world: &'a World) -> Option<&'a NsRef> {
        match &self.under {
            Under::Link(dev) => Some(&world.link(*dev).ns),
            Under::Routes(ns) => Some(ns),
            Under::Elsewhere => None,
        }
    }

    /// Whether both take packets in the same way, so that they can share a socket (`VXLAN_F_RCV_FLAGS` in
    /// `net/vxlan.h`).
    pub fn listens_like(&self, other: &VxlanSettings) -> bool {
        const RECEIVING: [VxlanSwitch; 3] = [VxlanSwitch::External, VxlanSwitch::Udp6ZeroCsumRx, VxlanSwitch::Gbp];
        RECEIVING.iter().all(|&switch| self.settings.has(switch) == other.has(switch))
    }
}
