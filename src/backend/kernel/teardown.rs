//! The end of a named namespace.
//!
//! In: a name. Out: the name is gone, and if nothing else keeps the namespace, so are the far ends of its cables: by
//! itself the kernel takes them away some time later, and until then their names are taken.
//!
//! Invariant: a namespace that lives on, since a process is in it or it has another name, loses nothing but the name.

use std::{fs::File, io, path::Path};

use netlink_packet_route::{
    RouteNetlinkMessage,
    link::{InfoKind, LinkAttribute, LinkInfo, LinkMessage},
};

use super::{
    KernelBackend,
    handle::{Handle, Identity},
    link::{encode_group_del, encode_link_del, encode_link_group},
    netns,
    process::processes_in,
    socket::{Request, invalid},
};
use crate::net::{NsName, NsRef};

/// `ip netns del NAME`
pub(super) fn del(backend: &mut KernelBackend, name: &NsName) -> io::Result<()> {
    // What is held open outlives its name, so that what cannot be deleted loses no cables. A file without a namespace
    // cannot be opened, and has none.
    let handle = backend.others.remove(&NsRef::Named(name.clone())).or_else(|| Handle::open(name).ok());
    netns::del(name)?;
    let Some(mut handle) = handle else { return Ok(()) };
    let identity = handle.identity();
    let lives_on = lives_on(identity);
    if matches!(lives_on, Ok(false)) {
        // The name is gone, as was asked; what is left of the cables the kernel takes away with the namespace.
        let _ = cut_cables(&mut handle);
    }
    // So that no other name of it comes back as another namespace.
    let is_kept = backend.deleted.values().any(|file| Identity::of(file).is_ok_and(|other| other == identity));
    if is_kept || matches!(lives_on, Ok(true)) {
        backend.deleted.entry(name.clone()).or_insert(handle.file);
    }
    Ok(())
}

/// Gives a namespace that lived on its name back.
pub(super) fn revive(backend: &mut KernelBackend, name: &NsName, namespace: &File) -> io::Result<()> {
    match del(backend, name) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => netns::attach_file(name, namespace),
    }
}

/// Deletes the veths whose other end is in another namespace, and the vxlans that came from there, all at once.
fn cut_cables(handle: &mut Handle) -> io::Result<()> {
    let mut cables = Vec::new();
    let mut groups = Vec::new();
    for reply in handle.socket.dump(&RouteNetlinkMessage::GetLink(LinkMessage::default()))? {
        let RouteNetlinkMessage::NewLink(link) = reply.decode().map_err(invalid)? else { continue };
        groups.extend(link.attributes.iter().find_map(|attribute| match attribute {
            LinkAttribute::Group(group) => Some(*group),
            _ => None,
        }));
        if leads_elsewhere(&link) {
            cables.push(link.header.index);
        }
    }
    if cables.is_empty() {
        return Ok(());
    }
    let free = (1..=u32::MAX).find(|group| !groups.contains(group)).unwrap_or(u32::MAX);
    for answer in handle.socket.exchange(requests(&cables, free))? {
        answer.map_err(|failure| io::Error::from(failure.errno))?;
    }
    Ok(())
}

/// One deletion, of the group if there are several: each takes as long as all together.
fn requests(cables: &[u32], free_group: u32) -> Vec<Request> {
    if let [cable] = cables {
        return vec![encode_link_del(*cable)];
    }
    let grouped = cables.iter().map(|&cable| encode_link_group(cable, free_group));
    grouped.chain([encode_group_del(free_group)]).collect()
}

/// Whether it is a veth with its other end in another namespace, or a vxlan whose number is taken there. The kernel names that namespace
/// (`IFLA_LINK_NETNSID`) only where it is another one.
fn leads_elsewhere(link: &LinkMessage) -> bool {
    let is_bound = link.attributes.iter().any(|attribute| match attribute {
        LinkAttribute::LinkInfo(infos) => {
            infos.iter().any(|info| matches!(info, LinkInfo::Kind(InfoKind::Veth | InfoKind::Vxlan)))
        }
        _ => false,
    });
    is_bound && link.attributes.iter().any(|attribute| matches!(attribute, LinkAttribute::LinkNetNsId(_)))
}

/// Whether a process is in the namespace, or it has a name, still.
fn lives_on(identity: Identity) -> io::Result<bool> {
    let is_it = |path: &Path| Identity::of_path(path).is_ok_and(|other| other == identity);
    Ok(netns::list()?.iter().any(|name| is_it(&netns::path(name))) || !processes_in(identity)?.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(kind: InfoKind, elsewhere: bool) -> LinkMessage {
        let mut link = LinkMessage::default();
        link.attributes = vec![LinkAttribute::LinkInfo(vec![LinkInfo::Kind(kind)])];
        link.attributes.extend(elsewhere.then_some(LinkAttribute::LinkNetNsId(0)));
        link
    }

    #[test]
    fn only_cables_to_other_namespaces_are_cut() {
        assert!(leads_elsewhere(&link(InfoKind::Veth, true)));
        assert!(!leads_elsewhere(&link(InfoKind::Veth, false)));
        assert!(leads_elsewhere(&link(InfoKind::Vxlan, true)));
        assert!(!leads_elsewhere(&link(InfoKind::Bridge, true)));
    }

    #[test]
    fn several_are_deleted_by_one_request() {
        assert_eq!(requests(&[3], 1), [encode_link_del(3)]);
        assert_eq!(requests(&[3, 5], 1), [encode_link_group(3, 1), encode_link_group(5, 1), encode_group_del(1)]);
    }
}
