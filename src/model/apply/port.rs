//! Ports of a bridge, and what joining and leaving does to the bridge's MTU.

use nix::errno::Errno;

use super::{Stop, addr, link::vxlan, refused, route, sysctl};
use crate::{
    model::{Kind, LinkId, Origin, Reason, World},
    net::{Mac, Mtu},
};

/// The most ports of one bridge (`BR_MAX_PORTS - 1` in `net/bridge/br_private.h`).
const MAX_PORTS: usize = 1023;

/// Makes a link a port of a bridge (`do_set_master` in `net/core/rtnetlink.c`, `br_add_if` in `net/bridge/br_if.c`).
pub(super) fn join(world: &mut World, id: LinkId, master: LinkId) -> Result<(), Stop> {
    if world.link(id).master == Some(master) {
        return Ok(());
    }
    leave(world, id);
    match world.link(master).kind {
        Kind::Bridge => {}
        Kind::Other(_) => return Err(Stop::Unknown),
        Kind::Loopback | Kind::Veth { .. } | Kind::Vxlan(_) => {
            return Err(refused(Errno::EOPNOTSUPP, Reason::NotAMaster { master }));
        }
    }
    match world.link(id).kind {
        Kind::Loopback => return Err(refused(Errno::EINVAL, Reason::NotAPort { link: id })),
        Kind::Bridge if world.link(id).mac.is_some_and(Mac::is_zero) => {
            return Err(refused(Errno::EINVAL, Reason::NotAPort { link: id }));
        }
        Kind::Bridge => return Err(refused(Errno::ELOOP, Reason::NotAPort { link: id })),
        Kind::Other(ref kind) if !kind.is_empty() => return Err(Stop::Unknown),
        Kind::Veth { .. } | Kind::Vxlan(_) | Kind::Other(_) => {}
    }
    if vxlan::is_above(world, id, master) {
        return Err(refused(Errno::EBUSY, Reason::IsAbove { link: id, master }));
    }
    if world.ports(master).len() >= MAX_PORTS {
        return Err(Stop::Unknown);
    }
    world.set_master(id, Some(master));
    let bridge = world.link_mut(master);
    bridge.mac = bridge.mac.filter(|mac| !mac.is_zero());
    adjust_mtu(world, master);
    Ok(())
}

/// Makes a link a port no longer.
pub(super) fn leave(world: &mut World, id: LinkId) {
    if let Some(master) = world.link(id).master {
        world.set_master(id, None);
        lose(world, master);
    }
}

/// A bridge has a port less. Without any it has no hardware address either, unless it was given one
/// (`br_stp_recalculate_bridge_id` in `net/bridge/br_stp_if.c`).
pub(super) fn lose(world: &mut World, bridge: LinkId) {
    adjust_mtu(world, bridge);
    if world.ports(bridge).next().is_none() && world.link(bridge).mac_origin == Origin::Kernel {
        world.link_mut(bridge).mac = Some(Mac([0; 6]));
    }
}

/// A bridge whose MTU nobody asked for follows its ports.
pub(super) fn adjust_mtu(world: &mut World, bridge: LinkId) {
    if world.link(bridge).kind == Kind::Bridge && world.link(bridge).mtu_origin == Origin::Kernel {
        change_mtu(world, bridge, world.automatic_mtu(bridge), Origin::Kernel);
    }
}

/// Changes an MTU, and those of IPv6 routes along with it; below what a protocol needs, its addresses go, and its settings with them (`inetdev_event` in
/// `net/ipv4/devinet.c`, `addrconf_notify` in `net/ipv6/addrconf.c`).
pub(super) fn change_mtu(world: &mut World, id: LinkId, mtu: Mtu, origin: Origin) {
    let had = [false, true].map(|ipv6| addr::has_protocol(world, id, ipv6));
    let link = world.link_mut(id);
    let before = std::mem::replace(&mut link.mtu, mtu);
    link.mtu_origin = origin;
    if before != mtu {
        route::follow_mtu(world, id, before.bytes());
    }
    if mtu.bytes() < addr::IPV6_MIN_MTU {
        addr::drop_family(world, id, true);
    }
    for (ipv6, had) in [false, true].into_iter().zip(had) {
        match (had, addr::has_protocol(world, id, ipv6)) {
            (true, false) => {
                addr::drop_family(world, id, ipv6);
                sysctl::forget(world, id, Some(ipv6));
            }
            (false, true) => sysctl::inherit_family(world, id, ipv6),
            (false, false) | (true, true) => {}
        }
    }
}
