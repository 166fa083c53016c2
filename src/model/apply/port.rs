//! Ports of a bridge, and what joining and leaving does to the bridge's MTU.

use nix::errno::Errno;

use super::{Stop, addr, link::vxlan, refused};
use crate::{
    model::{Kind, LinkId, Origin, Reason, World},
    net::Mtu,
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
    adjust_mtu(world, master);
    Ok(())
}

/// Makes a link a port no longer.
pub(super) fn leave(world: &mut World, id: LinkId) {
    if let Some(master) = world.link(id).master {
        world.set_master(id, None);
        adjust_mtu(world, master);
    }
}

/// A bridge whose MTU nobody asked for follows its ports.
pub(super) fn adjust_mtu(world: &mut World, bridge: LinkId) {
    if world.link(bridge).kind == Kind::Bridge && world.link(bridge).mtu_origin == Origin::Kernel {
        change_mtu(world, bridge, world.automatic_mtu(bridge), Origin::Kernel);
    }
}

/// Changes an MTU; below what IPv6 needs, the link's IPv6 addresses go.
pub(super) fn change_mtu(world: &mut World, id: LinkId, mtu: Mtu, origin: Origin) {
    let link = world.link_mut(id);
    link.mtu = mtu;
    link.mtu_origin = origin;
    if mtu.bytes() < addr::IPV6_MIN_MTU {
        addr::drop_ipv6(world, id);
    }
}
