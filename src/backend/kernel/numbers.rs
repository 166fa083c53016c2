//! The numbers of namespaces and links, and nothing else of them: far less than a snapshot.

use std::collections::BTreeMap;

use netlink_packet_route::{
    RouteNetlinkMessage,
    link::{LinkAttribute, LinkExtentMask, LinkMessage},
};

use super::{KernelBackend, failed, handle::Identity, netns};
use crate::{
    backend::BackendError,
    model::{KernelNumbers, LinkNumbers, NamespaceNumbers},
    net::{IfName, Mac, NsRef},
};

/// Those of these namespaces; one that is gone has none. A namespace that is not held open is known by its inode alone: to
/// enter it takes longer than most changes.
pub(super) fn numbers(backend: &mut KernelBackend, of: &[NsRef]) -> Result<KernelNumbers, BackendError> {
    let mut found = KernelNumbers::new();
    for ns in of {
        let Some(identity) = identity(backend, ns) else { continue };
        let is_open = *ns == NsRef::Host || backend.others.contains_key(ns);
        let links = if is_open { links(backend, ns)? } else { BTreeMap::new() };
        found.insert(ns.clone(), NamespaceNumbers { inode: Some(identity.inode()), links });
    }
    Ok(found)
}

fn identity(backend: &KernelBackend, ns: &NsRef) -> Option<Identity> {
    match ns {
        NsRef::Host => Some(backend.host.identity()),
        NsRef::Named(name) if netns::is_mounted(name) => Identity::of_path(&netns::path(name)).ok(),
        NsRef::Named(_) => None,
        NsRef::Process(pid) => Identity::of_path(&netns::of_process(*pid)).ok(),
    }
}

fn links(backend: &mut KernelBackend, ns: &NsRef) -> Result<BTreeMap<IfName, LinkNumbers>, BackendError> {
    let mut links = LinkMessage::default();
    links.attributes.push(LinkAttribute::ExtMask(vec![LinkExtentMask::SkipStats]));
    let message = RouteNetlinkMessage::GetLink(links);
    let socket = &mut backend.handle(ns)?.socket;
    let replies = socket.dump(&message).map_err(|error| failed(format!("reading namespace `{ns}`"), error))?;
    let links = replies.into_iter().filter_map(|reply| match reply.decode() {
        Ok(RouteNetlinkMessage::NewLink(link)) => of_link(link),
        Ok(_) | Err(_) => None,
    });
    Ok(links.collect())
}

fn of_link(message: LinkMessage) -> Option<(IfName, LinkNumbers)> {
    let (mut name, mut mac) = (None, None);
    for attribute in message.attributes {
        match attribute {
            LinkAttribute::IfName(text) => name = text.parse().ok(),
            LinkAttribute::Address(bytes) => mac = bytes.try_into().ok().map(Mac),
            _ => {}
        }
    }
    Some((name?, LinkNumbers { index: message.header.index, mac }))
}
