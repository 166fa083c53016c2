//! `link add … type vxlan`; and what becomes of a vxlan when the link under it goes
//! (`drivers/net/vxlan/vxlan_core.c`).

use std::net::IpAddr;

use nix::errno::Errno;

use super::{MIN_MTU, Stop, addr, free_name, new_link, refused, require_link, sysctl};
use crate::{
    model::{Kind, LinkId, Reason, Under, Vxlan, World},
    net::{Mtu, NsRef},
    ops::{LinkSpec, VxlanSettings, VxlanSpec, VxlanSwitch},
};

/// In the order of `vxlan_config_validate`.
pub(super) fn add(
    world: &mut World,
    ns: &NsRef,
    home: &NsRef,
    spec: &LinkSpec,
    vxlan: &VxlanSpec,
) -> Result<LinkId, Stop> {
    let VxlanSpec { dev, settings } = vxlan;
    let dev = dev.as_ref().map(|dev| require_link(world, ns, dev)).transpose()?;
    if may_be_refused(world, settings) {
        return Err(Stop::Unknown);
    }
    if let Some(dev) = dev.filter(|&dev| settings.is_ipv6() && addr::ipv6_disabled(world, dev)) {
        return Err(refused(Errno::EPERM, Reason::Ipv6Disabled { link: dev }));
    }
    let under = dev.map_or_else(|| Under::Routes(ns.clone()), Under::Link);
    if let Some(other) = namesake(world, ns, settings) {
        return Err(refused(Errno::EEXIST, Reason::VniInUse { link: other, id: settings.id, port: settings.port }));
    }
    let name = spec.name.clone().unwrap_or_else(|| free_name(world, home, "vxlan"));
    let mtu = match dev.map(|dev| room(world, dev, settings)) {
        Some(room) => Some(spec.mtu.map_or(room, |mtu| mtu.min(room))),
        None => spec.mtu,
    };
    let kind = Kind::Vxlan(Box::new(Vxlan { settings: settings.clone(), under }));
    let id = world.insert_link(new_link(home, name, kind, mtu, spec.address));
    sysctl::inherit(world, id);
    Ok(id)
}

/// What the model does not follow the kernel into: which scopes of IPv6 addresses go together, and IPv6 that is not
/// there.
fn may_be_refused(world: &World, settings: &VxlanSettings) -> bool {
    let link_local = [settings.remote, settings.local].into_iter().flatten().any(|address| match address {
        IpAddr::V4(_) => false,
        IpAddr::V6(address) => address.is_unicast_link_local() || address.is_multicast(),
    });
    link_local || settings.is_ipv6() && !world.traits.ipv6
}

/// The vxlan that has the same number on the same port in the same namespace (`vxlan_vni_in_use`), wherever it is now.
fn namesake(world: &World, ns: &NsRef, settings: &VxlanSettings) -> Option<LinkId> {
    vxlans(world).find_map(|(id, vxlan)| {
        let other = &vxlan.settings;
        let same = other.id == settings.id && other.port == settings.port && other.is_ipv6() == settings.is_ipv6();
        (same && vxlan.birthplace(world) == Some(ns) && vxlan.listens_like(settings)).then_some(id)
    })
}

/// The MTU that a link leaves to a vxlan on it.
fn room(world: &World, dev: LinkId, settings: &VxlanSettings) -> Mtu {
    let bytes = world.link(dev).mtu.bytes().saturating_sub(settings.overhead()).max(MIN_MTU);
    Mtu::new(bytes).expect("it is less than another MTU")
}

/// The greatest MTU that can be set (`vxlan_change_mtu`): the link under it may have got another since.
pub(super) fn greatest_mtu(world: &World, vxlan: &Vxlan) -> Option<u32> {
    Some(world.link(vxlan.dev()?).mtu.bytes().saturating_sub(vxlan.settings.overhead()))
}

/// One that goes up opens a socket, unless there is one that takes packets in the same way.
pub(super) fn check_up(world: &World, id: LinkId) -> Result<(), Stop> {
    let Kind::Vxlan(vxlan) = &world.link(id).kind else { return Ok(()) };
    let Some(ns) = vxlan.birthplace(world) else { return Ok(()) };
    let external = |vxlan: &Vxlan| vxlan.settings.has(VxlanSwitch::External);
    let in_the_way = |(other, there): (LinkId, &Vxlan)| {
        let same_family = there.settings.is_ipv6() == vxlan.settings.is_ipv6() || external(there) || external(vxlan);
        other != id
            && world.link(other).up
            && same_family
            && there.settings.port == vxlan.settings.port
            && there.birthplace(world) == Some(ns)
            && !there.listens_like(&vxlan.settings)
    };
    if !world.link(id).up && vxlans(world).any(in_the_way) { Err(Stop::Unknown) } else { Ok(()) }
}

/// The vxlans on a link, which go with it, be it deleted or moved.
pub(super) fn on(world: &World, dev: LinkId) -> Vec<LinkId> {
    vxlans(world).filter(|(_, vxlan)| vxlan.dev() == Some(dev)).map(|(id, _)| id).collect()
}

/// The vxlans that a namespace carries without a link of its own for them.
pub(in crate::model::apply) fn born_in(world: &World, ns: &NsRef) -> Vec<LinkId> {
    vxlans(world).filter(|(_, vxlan)| vxlan.birthplace(world) == Some(ns)).map(|(id, _)| id).collect()
}

/// Whether one link is made on another, or a port of what is, and so on (`netdev_has_upper_dev` in `net/core/dev.c`).
pub(in crate::model::apply) fn is_above(world: &World, upper: LinkId, lower: LinkId) -> bool {
    let mut above = vec![lower];
    let mut seen = 0;
    while let Some(&link) = above.get(seen) {
        seen += 1;
        let next = on(world, link).into_iter().chain(world.link(link).master);
        for link in next {
            if !above.contains(&link) {
                above.push(link);
            }
        }
    }
    upper != lower && above.contains(&upper)
}

fn vxlans(world: &World) -> impl Iterator<Item = (LinkId, &Vxlan)> {
    world.vxlans().filter_map(|(id, link)| match &link.kind {
        Kind::Vxlan(vxlan) => Some((id, &**vxlan)),
        Kind::Loopback | Kind::Veth { .. } | Kind::Bridge | Kind::Other(_) => None,
    })
}
