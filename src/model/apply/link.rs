//! `link add`, `link del`, `link set`; what is only so for one kind of link is in a file of its name.

pub(super) mod vxlan;

use nix::errno::Errno;

use super::{Stop, addr, port, refused, require_free_name, require_link, require_ns, route, sysctl};
use crate::{
    model::{Kind, Link, LinkId, Origin, Peer, Reason, World},
    net::{IfName, Mac, Mtu, NsRef},
    ops::{LinkChanges, LinkKind, LinkOp, LinkSpec, Master, PeerSpec},
};

/// The least MTU of Ethernet-like links (`ETH_MIN_MTU` in `linux/if_ether.h`).
const MIN_MTU: u32 = 68;
/// Their greatest (`ETH_MAX_MTU`).
const MAX_MTU: u32 = 65535;

pub(super) fn apply(world: &mut World, op: &LinkOp) -> Result<(), Stop> {
    match op {
        LinkOp::Add { ns, spec } => add(world, ns, spec),
        LinkOp::Del { ns, link } => {
            let id = require_link(world, ns, link)?;
            if world.link(id).kind == Kind::Loopback {
                return Err(refused(Errno::EOPNOTSUPP, Reason::CannotDelete { link: id }));
            }
            delete(world, id);
            Ok(())
        }
        LinkOp::Set { ns, link, changes } => set(world, ns, link, changes),
    }
}

fn add(world: &mut World, ns: &NsRef, spec: &LinkSpec) -> Result<(), Stop> {
    let home = spec.netns.as_ref().unwrap_or(ns);
    require_ns(world, ns)?;
    require_ns(world, home)?;
    if let LinkKind::Veth { peer: PeerSpec { netns: Some(far_home), .. } } = &spec.kind {
        require_ns(world, far_home)?;
    }
    let master = spec.master.as_ref().map(|master| require_link(world, ns, master)).transpose()?;
    if master.is_some() && home != ns {
        return Err(Stop::Unknown);
    }
    check_new(world, ns, spec)?;
    if let Some(name) = &spec.name {
        require_free_name(world, home, name)?;
    }
    let id = match &spec.kind {
        LinkKind::Veth { peer } => add_veth(world, ns, home, spec, peer)?,
        LinkKind::Bridge => {
            spec.mtu.map_or(Ok(()), check_mtu)?;
            let name = spec.name.clone().unwrap_or_else(|| free_name(world, home, "bridge"));
            let id = world.insert_link(new_link(home, name, Kind::Bridge, spec.mtu, spec.address));
            sysctl::inherit(world, id);
            id
        }
        LinkKind::Vxlan(vxlan) => vxlan::add(world, ns, home, spec, vxlan)?,
    };
    if spec.up {
        if let Err(stop) = vxlan::check_up(world, id) {
            delete(world, id);
            return Err(stop);
        }
        set_up(world, id);
    }
    if let Some(master) = master
        && let Err(stop) = port::join(world, id, master)
    {
        delete(world, id);
        return Err(stop);
    }
    Ok(())
}

/// The far end is made first (`veth_newlink` in `drivers/net/veth.c`), which shows where the kernel chooses the names.
fn add_veth(world: &mut World, ns: &NsRef, home: &NsRef, spec: &LinkSpec, peer: &PeerSpec) -> Result<LinkId, Stop> {
    // Without a namespace of its own the far end is born in that of the request, not in that of the near end.
    let peer_home = peer.netns.as_ref().unwrap_or(ns);
    if let Some(name) = &peer.name {
        require_free_name(world, peer_home, name)?;
        if spec.name.as_ref() == Some(name) && peer_home == home {
            return Err(refused(Errno::EEXIST, Reason::LinkExists { ns: home.clone(), name: name.clone() }));
        }
    }
    let unpaired = Kind::Veth { peer: Peer::Elsewhere };
    let far_name = peer.name.clone().unwrap_or_else(|| free_name(world, peer_home, "veth"));
    let far = world.insert_link(new_link(peer_home, far_name, unpaired.clone(), peer.mtu, peer.address));
    let near_name = spec.name.clone().unwrap_or_else(|| free_name(world, home, "veth"));
    if world.find_link(home, &near_name).is_some() {
        world.remove_link(far);
        return Err(refused(Errno::EEXIST, Reason::LinkExists { ns: home.clone(), name: near_name }));
    }
    let near = world.insert_link(new_link(home, near_name, unpaired, spec.mtu, spec.address));
    for end in [far, near] {
        sysctl::inherit(world, end);
    }
    world.link_mut(far).kind = Kind::Veth { peer: Peer::Link(near) };
    world.link_mut(near).kind = Kind::Veth { peer: Peer::Link(far) };
    Ok(near)
}

fn new_link(ns: &NsRef, name: IfName, kind: Kind, mtu: Option<Mtu>, mac: Option<Mac>) -> Link {
    Link {
        ns: ns.clone(),
        name,
        index: 0,
        kind,
        mac,
        mac_origin: if mac.is_some() { Origin::Asked } else { Origin::Kernel },
        mtu: mtu.unwrap_or(Mtu::ETHERNET),
        mtu_origin: Origin::Kernel,
        up: false,
        master: None,
        addresses: Vec::new(),
    }
}

/// The first free name of the form `PREFIXn` (`dev_alloc_name` in `net/core/dev.c`).
fn free_name(world: &World, ns: &NsRef, prefix: &str) -> IfName {
    (0..)
        .map(|number| format!("{prefix}{number}").parse().expect("a short prefix and a number make a name"))
        .find(|name| world.find_link(ns, name).is_none())
        .expect("there are more numbers than links")
}

/// What is wrong in itself, before anything is asked of what is there (`veth_validate`, `br_validate`,
/// `vxlan_validate`); the MTU of a bridge is looked at later.
fn check_new(world: &World, ns: &NsRef, spec: &LinkSpec) -> Result<(), Stop> {
    // iproute2 looks for the link under it before it asks for anything.
    if let LinkKind::Vxlan(vxlan) = &spec.kind
        && let Some(dev) = &vxlan.dev
    {
        require_link(world, ns, dev)?;
    }
    spec.address.map_or(Ok(()), check_mac)?;
    match &spec.kind {
        LinkKind::Veth { peer } => {
            spec.mtu.map_or(Ok(()), check_mtu)?;
            peer.address.map_or(Ok(()), check_mac)?;
            peer.mtu.map_or(Ok(()), check_mtu)
        }
        LinkKind::Bridge => Ok(()),
        LinkKind::Vxlan(_) => spec.mtu.map_or(Ok(()), check_mtu),
    }
}

fn check_mtu(mtu: Mtu) -> Result<(), Stop> {
    if (MIN_MTU..=MAX_MTU).contains(&mtu.bytes()) {
        return Ok(());
    }
    Err(refused(Errno::EINVAL, Reason::MtuRange { min: MIN_MTU, max: MAX_MTU }))
}

fn check_mac(mac: Mac) -> Result<(), Stop> {
    if mac.is_multicast() || mac.is_zero() {
        return Err(refused(Errno::EADDRNOTAVAIL, Reason::BadMac));
    }
    Ok(())
}

/// Takes a link away, and with it a veth's peer, and the vxlans on either.
pub(super) fn delete(world: &mut World, id: LinkId) {
    let peer = match world.link(id).kind {
        Kind::Veth { peer: Peer::Link(peer) } => Some(peer),
        Kind::Veth { peer: Peer::Elsewhere } | Kind::Loopback | Kind::Bridge | Kind::Vxlan(_) | Kind::Other(_) => None,
    };
    for gone in peer.into_iter().chain([id]) {
        delete_above(world, gone);
        let master = world.link(gone).master;
        sysctl::forget_link(world, gone);
        world.remove_link(gone);
        if let Some(master) = master {
            port::lose(world, master);
        }
    }
}

/// Takes the vxlans away that a link carries.
fn delete_above(world: &mut World, id: LinkId) {
    for above in vxlan::on(world, id) {
        delete(world, above);
    }
}

/// In the order of `do_setlink` in `net/core/rtnetlink.c`. The names are looked up before: by iproute2, first that of a
/// namespace.
fn set(world: &mut World, ns: &NsRef, link: &IfName, changes: &LinkChanges) -> Result<(), Stop> {
    require_ns(world, ns)?;
    if let Some(target) = &changes.netns {
        require_ns(world, target)?;
    }
    let id = require_link(world, ns, link)?;
    let master = match &changes.master {
        // iproute2 looks the master up where the request is sent to.
        Some(Master::Is(name)) => Some(Some(require_link(world, ns, name)?)),
        Some(Master::None) => Some(None),
        None => None,
    };
    if let Some(target) = &changes.netns {
        move_to(world, id, target, changes.name.as_ref())?;
    }
    if let Some(mac) = changes.address {
        set_mac(world, id, mac)?;
    }
    if let Some(mtu) = changes.mtu {
        set_mtu(world, id, mtu)?;
    }
    if let Some(name) = &changes.name {
        rename(world, id, name)?;
    }
    match changes.up {
        Some(true) => {
            vxlan::check_up(world, id)?;
            set_up(world, id);
        }
        Some(false) => set_down(world, id),
        None => {}
    }
    match master {
        // Its number stands for another link there, or for none.
        Some(Some(_)) if world.link(id).ns != *ns => return Err(Stop::Unknown),
        Some(Some(master)) => port::join(world, id, master)?,
        Some(None) => port::leave(world, id),
        None => {}
    }
    Ok(())
}

fn move_to(world: &mut World, id: LinkId, target: &NsRef, new_name: Option<&IfName>) -> Result<(), Stop> {
    let link = world.link(id);
    if link.ns == *target {
        return Ok(());
    }
    // It goes under its name, unless that is taken where it goes; then under the new one.
    let is_free = world.find_link(target, &link.name).is_none();
    let name = new_name.filter(|_| !is_free).unwrap_or(&link.name).clone();
    match &link.kind {
        Kind::Loopback | Kind::Bridge => return Err(refused(Errno::EINVAL, Reason::CannotMove { link: id })),
        Kind::Veth { .. } | Kind::Vxlan(_) => {}
        Kind::Other(_) => return Err(Stop::Unknown),
    }
    require_free_name(world, target, &name)?;
    // To those above, what is elsewhere is gone.
    delete_above(world, id);
    set_down(world, id);
    port::leave(world, id);
    sysctl::forget_link(world, id);
    world.link_mut(id).addresses.clear();
    world.move_link(id, target, name);
    sysctl::inherit(world, id);
    Ok(())
}

fn set_mac(world: &mut World, id: LinkId, mac: Mac) -> Result<(), Stop> {
    match world.link(id).kind {
        Kind::Veth { .. } | Kind::Bridge | Kind::Vxlan(_) => {}
        Kind::Loopback | Kind::Other(_) => return Err(Stop::Unknown),
    }
    let link = world.link_mut(id);
    // The one that it has is not looked at.
    if link.mac != Some(mac) {
        check_mac(mac)?;
    }
    link.mac = Some(mac);
    link.mac_origin = Origin::Asked;
    Ok(())
}

fn set_mtu(world: &mut World, id: LinkId, mtu: Mtu) -> Result<(), Stop> {
    // The one that it has is not looked at, and nobody counts as having asked for it.
    if world.link(id).mtu == mtu {
        return Ok(());
    }
    match &world.link(id).kind {
        Kind::Veth { .. } | Kind::Bridge => check_mtu(mtu)?,
        Kind::Vxlan(vxlan) => {
            check_mtu(mtu)?;
            if let Some(max) = vxlan::greatest_mtu(world, vxlan).filter(|&max| mtu.bytes() > max) {
                return Err(refused(Errno::EINVAL, Reason::MtuRange { min: MIN_MTU, max: max.max(MIN_MTU) }));
            }
        }
        Kind::Loopback => {}
        Kind::Other(_) => return Err(Stop::Unknown),
    }
    port::change_mtu(world, id, mtu, Origin::Asked);
    if let Some(master) = world.link(id).master {
        port::adjust_mtu(world, master);
    }
    Ok(())
}

fn rename(world: &mut World, id: LinkId, name: &IfName) -> Result<(), Stop> {
    let link = world.link(id);
    if link.name == *name {
        return Ok(());
    }
    if link.up && !world.traits.rename_while_up {
        return Err(refused(Errno::EBUSY, Reason::LinkUp { link: id }));
    }
    require_free_name(world, &link.ns.clone(), name)?;
    sysctl::rename_link(world, id, name);
    world.rename_link(id, name.clone());
    addr::relabel(world.link_mut(id));
    Ok(())
}

fn set_up(world: &mut World, id: LinkId) {
    if world.link(id).up {
        return;
    }
    world.link_mut(id).up = true;
    if world.link(id).mtu.bytes() < addr::IPV6_MIN_MTU {
        addr::drop_family(world, id, true);
    }
    if world.link(id).kind == Kind::Loopback {
        addr::add_loopback(world, id);
    }
    for address in world.link(id).addresses.clone() {
        route::connect(world, id, &address);
    }
}

/// A link that goes down loses its routes and its IPv6 addresses (unless `keep_addr_on_down`).
fn set_down(world: &mut World, id: LinkId) {
    if !world.link(id).up {
        return;
    }
    let link = world.link_mut(id);
    link.up = false;
    link.addresses.retain(|address| !address.cidr.is_ipv6());
    let ns = link.ns.clone();
    route::flush_link(world, &ns, id);
}
