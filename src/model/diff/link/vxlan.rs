//! What is special about vxlans when they are put back.

use super::super::Planner;
use crate::{
    model::{Kind, Link, LinkId, Vxlan, World},
    net::Mtu,
    ops::LinkChanges,
};

/// Whether a link is a vxlan that was born in another namespace: there, its number stays taken until it is deleted.
pub(super) fn is_abroad(world: &World, link: &Link) -> bool {
    match &link.kind {
        Kind::Vxlan(vxlan) => vxlan.birthplace(world).is_some_and(|ns| *ns != link.ns),
        Kind::Loopback | Kind::Veth { .. } | Kind::Bridge | Kind::Other(_) => false,
    }
}

/// The MTU that a vxlan of `to` gets by itself if it is made in `now`.
pub(super) fn usual_mtu(now: &World, to: &World, vxlan: &Vxlan) -> Option<Mtu> {
    let Some(dev) = vxlan.dev() else { return Some(Mtu::ETHERNET) };
    let wanted = to.link(dev);
    let dev = now.find_link(&wanted.ns, &wanted.name)?;
    Mtu::new(now.link(dev).mtu.bytes().checked_sub(vxlan.settings.overhead())?).ok()
}

impl Planner<'_> {
    /// A vxlan may have an MTU that the link under it has no room for, if that got smaller later: it is made greater for
    /// a while.
    pub(in super::super) fn make_room(&mut self, id: LinkId, mtu: Mtu) {
        let Kind::Vxlan(vxlan) = &self.now.link(id).kind else { return };
        let (Some(dev), overhead) = (vxlan.dev(), vxlan.settings.overhead()) else { return };
        let Ok(needed) = Mtu::new(mtu.bytes() + overhead) else { return };
        if self.now.link(id).mtu == mtu {
            return;
        }
        let is_narrow = self.now.link(dev).mtu < needed;
        if is_narrow {
            self.make_room(dev, needed);
        }
        for (link, mtu) in is_narrow.then_some((dev, needed)).into_iter().chain([(id, mtu)]) {
            let op = self.set(link, LinkChanges { mtu: Some(mtu), ..LinkChanges::default() });
            self.plan(op, |world| world.link_mut(link).mtu = mtu);
        }
    }
}
