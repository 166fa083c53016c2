//! Who chose the hardware address of a link.
//!
//! In: namespaces. Out: their links whose address a user has set. Netlink does not tell it, `/sys/class/net` does, of
//! the namespace in which that `/sys` was mounted. So a thread with mounts of its own goes from one namespace to the next
//! and mounts it there: 0.1 ms each. Where that is not allowed, all addresses count as the kernel's choice.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::Path,
};

use nix::{
    errno::Errno,
    mount::{MntFlags, MsFlags, mount, umount2},
    sched::{CloneFlags, setns, unshare},
};

use super::super::netns;
use crate::net::{IfName, NsRef};

/// `NET_ADDR_SET` of `linux/netdevice.h`: set by a user. Others are permanent, random, and stolen from another link.
const NET_ADDR_SET: &str = "3";

/// A mount point that every system has.
const SYS: &str = "/sys";

/// The links whose address was chosen by a user; of a namespace that cannot be looked at there are none.
pub(super) fn chosen(namespaces: &[(&NsRef, File)]) -> BTreeSet<(NsRef, IfName)> {
    if namespaces.is_empty() {
        return BTreeSet::new();
    }
    let look = || {
        unshare(CloneFlags::CLONE_NEWNS)?;
        let none = None::<&str>;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
        let mut all = BTreeSet::new();
        for (ns, file) in namespaces {
            all.extend(chosen_in(file).unwrap_or_default().into_iter().map(|link| ((*ns).clone(), link)));
        }
        Ok(all)
    };
    netns::on_own_thread(look).unwrap_or_default()
}

fn chosen_in(namespace: &File) -> io::Result<Vec<IfName>> {
    setns(namespace, CloneFlags::CLONE_NEWNET)?;
    let mount_sys = |flags| mount(Some("sysfs"), SYS, Some("sysfs"), flags, None::<&str>);
    // Where /sys is read-only, as in containers, only another that is so is allowed.
    let mounted = match mount_sys(MsFlags::empty()) {
        Err(Errno::EPERM) => mount_sys(MsFlags::MS_RDONLY),
        done_or_refused => done_or_refused,
    };
    match mounted {
        Ok(()) => {
            let links = read_links();
            umount2(SYS, MntFlags::MNT_DETACH)?;
            links
        }
        // The one that is there is that of this namespace.
        Err(Errno::EBUSY) => read_links(),
        Err(errno) => Err(errno.into()),
    }
}

fn read_links() -> io::Result<Vec<IfName>> {
    let mut chosen = Vec::new();
    for entry in fs::read_dir(Path::new(SYS).join("class/net"))? {
        let entry = entry?;
        // Not every file here is a link: a module may have one of settings.
        let Ok(origin) = fs::read_to_string(entry.path().join("addr_assign_type")) else { continue };
        if origin.trim() == NET_ADDR_SET
            && let Some(name) = entry.file_name().to_str().and_then(|name| name.parse().ok())
        {
            chosen.push(name);
        }
    }
    Ok(chosen)
}
