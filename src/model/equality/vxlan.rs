//! What it means that two vxlans are equal.

use super::is_known;
use crate::{
    model::{Under, Vxlan, World},
    net::NsRef,
    ops::VxlanSpec,
};

/// A vxlan as it would be made: where, and with what; `None` where that cannot be seen in one of the worlds.
pub(in crate::model) fn spec(world: &World, other: &World, vxlan: &Vxlan) -> Option<(NsRef, VxlanSpec)> {
    let (ns, dev) = match &vxlan.under {
        Under::Link(dev) => (&world.link(*dev).ns, Some(world.link(*dev).name.clone())),
        Under::Routes(ns) => (ns, None),
        Under::Elsewhere => return None,
    };
    is_known(world, other, ns).then(|| (ns.clone(), VxlanSpec { dev, settings: vxlan.settings.clone() }))
}

/// All of it in words, so that what differs reads differently.
pub(super) fn text(world: &World, other: &World, vxlan: &Vxlan) -> String {
    match spec(world, other, vxlan) {
        Some((ns, spec)) => format!("a vxlan of {ns}:{spec}"),
        None => {
            format!("a vxlan of a namespace out of sight:{}", VxlanSpec { dev: None, settings: vxlan.settings.clone() })
        }
    }
}
