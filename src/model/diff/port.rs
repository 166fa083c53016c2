//! What is set on a link: its hardware address, its master, its MTU, up or down.

use super::Planner;
use crate::{
    model::{Kind, LinkId, Origin, equality::wanted_mac},
    ops::{LinkChanges, LinkOp, Master},
};

impl Planner<'_> {
    pub(super) fn set_macs(&mut self) {
        for (id, want) in self.common_links() {
            let Some(mac) = wanted_mac(self.now.link(id), self.to.link(want)) else { continue };
            let op = self.set(id, LinkChanges { address: Some(mac), ..LinkChanges::default() });
            self.plan(op, |world| {
                let link = world.link_mut(id);
                link.mac = Some(mac);
                link.mac_origin = Origin::Asked;
            });
        }
    }

    pub(super) fn set_masters(&mut self) {
        for (id, want) in self.common_links() {
            let wanted = self.to.link(want).master.map(|master| self.to.link(master).name.clone());
            let now = self.now.link(id).master.map(|master| self.now.link(master).name.clone());
            if now == wanted {
                continue;
            }
            let master = wanted.as_ref().and_then(|name| self.now.find_link(&self.now.link(id).ns, name));
            let change = wanted.map_or(Master::None, Master::Is);
            let op = self.set(id, LinkChanges { master: Some(change), ..LinkChanges::default() });
            self.plan(op, |world| world.set_master(id, master));
        }
    }

    /// Bridges come last: as long as nobody asked for their MTU they follow their ports.
    pub(super) fn set_mtus(&mut self) {
        let (bridges, others): (Vec<_>, Vec<_>) =
            self.common_links().into_iter().partition(|&(id, _)| self.now.link(id).kind == Kind::Bridge);
        for &(id, want) in &others {
            self.make_room(id, self.to.link(want).mtu);
        }
        for (id, want) in others.into_iter().chain(bridges) {
            let mtu = self.to.link(want).mtu;
            if self.now.link(id).mtu == mtu {
                continue;
            }
            let op = self.set(id, LinkChanges { mtu: Some(mtu), ..LinkChanges::default() });
            self.plan(op, |world| world.link_mut(id).mtu = mtu);
        }
    }

    /// Links go down before others go up: an address may be on two links, but answer on one only.
    pub(super) fn set_states(&mut self) {
        for up in [false, true] {
            for (id, want) in self.common_links() {
                if self.now.link(id).up != up && self.to.link(want).up == up {
                    if !up && self.now.link(id).kind == Kind::Loopback {
                        // Of one that is down the prefixes would stay in the local table (`fib_del_ifaddr` in
                        // `net/ipv4/fib_frontend.c`).
                        self.drop_surplus(id, want);
                    }
                    let op = self.set(id, LinkChanges { up: Some(up), ..LinkChanges::default() });
                    self.plan(op, |world| world.link_mut(id).up = up);
                }
            }
        }
    }

    /// A change of a link as it is named now.
    pub(super) fn set(&self, id: LinkId, changes: LinkChanges) -> LinkOp {
        let link = self.now.link(id);
        LinkOp::Set { ns: link.ns.clone(), link: link.name.clone(), changes }
    }
}
