//! Hearing of changes.
//!
//! In: a namespace. Out: descriptors that become readable when the kernel tells that something changed there: links,
//! addresses, routes, policy rules, neighbours, the settings of links that it tells of, rules of nf_tables, names of
//! namespaces. What is read from them says no more than that.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    path::Path,
};

use netlink_sys::{
    Socket, SocketAddr,
    protocols::{NETLINK_NETFILTER, NETLINK_ROUTE},
};
use nix::{
    libc,
    sys::inotify::{AddWatchFlags, InitFlags, Inotify},
};

use super::{handle::Handle, netns};

/// The groups of `NETLINK_ROUTE` that are listened to (`RTNLGRP_*` in `linux/rtnetlink.h`).
const ROUTE_GROUPS: [u32; 11] = [
    libc::RTNLGRP_LINK,
    libc::RTNLGRP_NEIGH,
    libc::RTNLGRP_IPV4_IFADDR,
    libc::RTNLGRP_IPV4_ROUTE,
    libc::RTNLGRP_IPV4_RULE,
    libc::RTNLGRP_IPV4_NETCONF,
    libc::RTNLGRP_IPV6_IFADDR,
    libc::RTNLGRP_IPV6_IFINFO,
    libc::RTNLGRP_IPV6_ROUTE,
    libc::RTNLGRP_IPV6_RULE,
    libc::RTNLGRP_IPV6_NETCONF,
];

/// What tells of changes in the namespace of the handle, and of names of namespaces.
pub(super) fn open(handle: &Handle) -> io::Result<Vec<OwnedFd>> {
    let (route, rules) = handle.inside(sockets)?;
    Ok([Some(route), rules, names()].into_iter().flatten().collect())
}

/// What tells of changes in the namespace of the calling thread: of links, addresses and routes; of rules.
pub(super) fn sockets() -> io::Result<(OwnedFd, Option<OwnedFd>)> {
    let route = listen(NETLINK_ROUTE, &ROUTE_GROUPS)?;
    // A kernel without nf_tables has no rules that could change.
    let rules = listen(NETLINK_NETFILTER, &[libc::NFNLGRP_NFTABLES.cast_unsigned()]);
    Ok((route, rules.ok()))
}

fn listen(protocol: isize, groups: &[u32]) -> io::Result<OwnedFd> {
    let mut socket = Socket::new(protocol)?;
    socket.bind(&SocketAddr::new(0, 0))?;
    for group in groups {
        socket.add_membership(*group)?;
    }
    socket.set_non_blocking(true)?;
    socket.as_fd().try_clone_to_owned()
}

/// The directory of names; where it is not there yet, the one that it will be in.
fn names() -> Option<OwnedFd> {
    let names = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).ok()?;
    let flags = AddWatchFlags::IN_CREATE | AddWatchFlags::IN_DELETE | AddWatchFlags::IN_MOVE;
    let directory = Path::new(netns::DIRECTORY);
    let added = names.add_watch(directory, flags);
    added.or_else(|_| names.add_watch(directory.parent().unwrap_or(directory), flags)).ok()?;
    Some(names.into())
}
