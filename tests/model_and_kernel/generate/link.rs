//! Ops of links.

use nns::{
    model::Kind,
    net::{IfName, Mac, Mtu, NsRef},
    ops::{LinkChanges, LinkKind, LinkOp, LinkSpec, Master, Op, PeerSpec, VxlanSettings, VxlanSpec, VxlanSwitch},
};

use super::{Generator, v};

/// Usual ones, and some on either side of what is allowed.
const MTUS: [u32; 12] = [1500, 1400, 1400, 9000, 1280, 1279, 576, 68, 67, 65535, 65536, 0];

/// Good ones, a group's, and none.
const MACS: [&str; 4] = ["02:00:00:00:00:01", "02:00:00:00:00:02", "01:00:5e:00:00:01", "00:00:00:00:00:00"];

impl Generator {
    pub(super) fn link_add(&mut self) -> Op {
        let ns = self.ns();
        let kind = match self.random.below(10) {
            0..5 => LinkKind::Veth { peer: self.peer() },
            5..8 => LinkKind::Bridge,
            _ => LinkKind::Vxlan(Box::new(self.vxlan(&ns))),
        };
        let netns = if self.random.percent(12) { Some(self.ns()) } else { None };
        let spec = LinkSpec {
            name: if self.random.percent(96) { Some(self.link_name()) } else { None },
            kind,
            address: if self.random.percent(8) { Some(self.mac()) } else { None },
            mtu: if self.random.percent(12) { Some(self.mtu()) } else { None },
            master: if self.random.percent(10) { Some(self.master(&ns)) } else { None },
            up: self.random.percent(25),
            netns,
        };
        LinkOp::Add { ns, spec }.into()
    }

    fn peer(&mut self) -> PeerSpec {
        PeerSpec {
            name: if self.random.percent(95) { Some(self.link_name()) } else { None },
            netns: if self.random.percent(60) { Some(self.ns()) } else { None },
            address: if self.random.percent(8) { Some(self.mac()) } else { None },
            mtu: if self.random.percent(8) { Some(self.mtu()) } else { None },
        }
    }

    fn vxlan(&mut self, ns: &NsRef) -> VxlanSpec {
        let external = self.random.percent(5);
        let usual = VxlanSettings::default();
        // As for `ip`, one whose packets say where they go learns nothing.
        let switches = match external {
            true => [VxlanSwitch::External, VxlanSwitch::UdpCsum].into(),
            false => usual.switches.clone(),
        };
        let v6 = self.random.percent(15);
        let settings = VxlanSettings {
            id: if external { 0 } else { self.random.pick(&[5, 6]) },
            port: self.random.pick(&[4789, 8472]),
            remote: self.random.maybe(60, |_| v(if v6 { "fd00::2" } else { "10.0.0.2" })),
            local: self.random.maybe(20, |_| v(if v6 { "fd00::1" } else { "10.0.0.1" })),
            switches,
            ..usual
        };
        VxlanSpec { dev: if self.random.percent(60) { Some(self.link_of(ns)) } else { None }, settings }
    }

    pub(super) fn link_del(&mut self) -> Op {
        let (ns, link) = self.link();
        LinkOp::Del { ns, link }.into()
    }

    pub(super) fn link_set(&mut self) -> Op {
        let (ns, link) = self.link();
        let mut changes = LinkChanges::default();
        // One `ip link set` may change several things.
        let count = if self.random.percent(85) { 1 } else { 2 };
        for _ in 0..count {
            match self.random.below(20) {
                0..8 => changes.up = Some(true),
                8..10 => changes.up = Some(false),
                10..12 => changes.mtu = Some(self.mtu()),
                12 => changes.address = Some(self.mac()),
                13..16 => changes.master = Some(self.master_or_none(&ns)),
                16..18 => changes.name = Some(self.link_name()),
                _ => changes.netns = Some(self.ns()),
            }
        }
        LinkOp::Set { ns, link, changes }.into()
    }

    fn master_or_none(&mut self, ns: &NsRef) -> Master {
        if self.random.percent(20) { Master::None } else { Master::Is(self.master(ns)) }
    }

    /// Mostly a bridge that is there.
    fn master(&mut self, ns: &NsRef) -> IfName {
        let bridges: Vec<IfName> = self
            .world
            .links_of(ns)
            .filter(|(_, link)| link.kind == Kind::Bridge)
            .map(|(_, link)| link.name.clone())
            .collect();
        if bridges.is_empty() || self.random.percent(15) { self.link_of(ns) } else { self.random.pick(&bridges) }
    }

    fn mtu(&mut self) -> Mtu {
        Mtu::new(self.random.pick(&MTUS)).unwrap()
    }

    fn mac(&mut self) -> Mac {
        v(self.random.pick(&MACS))
    }
}
