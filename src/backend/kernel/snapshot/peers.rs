//! Which link is at the other end of a veth, and where a vxlan was born.
//!
//! In: links as the kernel tells of them: the number of the far end, and what their namespace calls the other's. Out:
//! pairs of links. A namespace's names for others are found by asking it for each candidate; a pair that was found from
//! one end is not asked for from the other, so that a star of many namespaces is asked about once, at its hub.

use std::{collections::BTreeMap, fs::File, os::fd::AsRawFd};

use netlink_packet_route::{
    RouteNetlinkMessage,
    nsid::{NsidAttribute, NsidMessage},
};

use super::{
    super::{
        KernelBackend, failed,
        socket::{Reply, request},
    },
    link::SeenLink,
};
use crate::{backend::BackendError, net::NsRef};

/// How many candidates are asked for at once; each is held open meanwhile.
const CANDIDATES: usize = 64;

/// A link, by its namespace and its number there.
type End = (NsRef, u32);

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Wires {
    /// The pairs, each from both ends.
    pairs: BTreeMap<End, End>,
    /// Where the vxlans were born that are elsewhere now.
    birthplaces: BTreeMap<End, NsRef>,
}

impl Wires {
    /// The other end.
    pub(super) fn other_end(&self, ns: &NsRef, index: u32) -> Option<&End> {
        self.pairs.get(&(ns.clone(), index))
    }

    /// The namespace in which a vxlan was born that is in another one now.
    pub(super) fn birthplace(&self, ns: &NsRef, index: u32) -> Option<&NsRef> {
        self.birthplaces.get(&(ns.clone(), index))
    }

    /// Finds the other ends of a namespace's veths, and where its vxlans come from. Returns the namespaces they are in.
    pub(super) fn connect(
        &mut self,
        backend: &mut KernelBackend,
        ns: &NsRef,
        links: &[SeenLink],
        candidates: &[NsRef],
    ) -> Result<Vec<NsRef>, BackendError> {
        let mut outside: BTreeMap<i32, Vec<(u32, u32)>> = BTreeMap::new();
        let mut strangers: BTreeMap<i32, Vec<u32>> = BTreeMap::new();
        for link in links.iter().filter(|link| link.vxlan.is_some()) {
            if let Some(nsid) = link.far_end.and_then(|far| far.nsid) {
                strangers.entry(nsid).or_default().push(link.index);
            }
        }
        for link in links.iter().filter(|link| link.kind == "veth") {
            let Some(far) = link.far_end else { continue };
            match far.nsid {
                None => self.pair((ns.clone(), link.index), (ns.clone(), far.index)),
                Some(_) if self.other_end(ns, link.index).is_some() => {}
                Some(nsid) => outside.entry(nsid).or_default().push((link.index, far.index)),
            }
        }
        let mut found = Vec::new();
        for some in candidates.chunks(CANDIDATES) {
            if outside.is_empty() && strangers.is_empty() {
                break;
            }
            for (nsid, candidate) in nsids(backend, ns, some)? {
                let (ends, vxlans) = (outside.remove(&nsid), strangers.remove(&nsid));
                if ends.is_none() && vxlans.is_none() {
                    continue;
                }
                for (near, far) in ends.unwrap_or_default() {
                    self.pair((ns.clone(), near), (candidate.clone(), far));
                }
                for vxlan in vxlans.unwrap_or_default() {
                    self.birthplaces.insert((ns.clone(), vxlan), candidate.clone());
                }
                found.push(candidate);
            }
        }
        Ok(found)
    }

    fn pair(&mut self, one: End, other: End) {
        self.pairs.insert(one.clone(), other.clone());
        self.pairs.insert(other, one);
    }
}

/// What a namespace calls some others; those that it has no number for are left out. (`ip netns list-id`)
fn nsids(backend: &mut KernelBackend, ns: &NsRef, candidates: &[NsRef]) -> Result<Vec<(i32, NsRef)>, BackendError> {
    let mut open: Vec<(File, NsRef)> = Vec::new();
    for candidate in candidates {
        // One whose name is gone by now is no candidate.
        open.extend(backend.file(candidate).ok().map(|file| (file, candidate.clone())));
    }
    let requests = open
        .iter()
        .map(|(file, _)| {
            let mut message = NsidMessage::default();
            message.attributes.push(NsidAttribute::Fd(file.as_raw_fd().cast_unsigned()));
            request(RouteNetlinkMessage::GetNsId(message))
        })
        .collect();
    let answers = backend
        .handle(ns)?
        .socket
        .exchange(requests)
        .map_err(|error| failed(format!("reading namespace `{ns}`"), error))?;
    Ok(open
        .into_iter()
        .zip(answers)
        .filter_map(|((_, candidate), answer)| Some((answer.ok()?.iter().find_map(nsid)?, candidate)))
        .collect())
}

fn nsid(reply: &Reply) -> Option<i32> {
    let Ok(RouteNetlinkMessage::NewNsId(message)) = reply.decode() else { return None };
    message.attributes.iter().find_map(|attribute| match attribute {
        // -1 is "none" (`NETNSA_NSID_NOT_ASSIGNED` of `linux/net_namespace.h`).
        NsidAttribute::Id(id) if *id >= 0 => Some(*id),
        _ => None,
    })
}
