//! Reading tables, chains and rules.
//!
//! Invariant: what is read together is of one generation: no transaction came between.

use std::{
    collections::BTreeMap,
    io,
    time::{Duration, Instant},
};

use nix::errno::Errno;

use crate::{
    backend::kernel::{
        handle::Handle,
        socket::{NetlinkSocket, Reply},
    },
    model::{Ruleset, Table},
    netfilter::{
        reply,
        request::{self, List},
    },
    ops::{ChainRef, TableRef},
};

/// How long it is tried anew when somebody changes it meanwhile.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// What is there, and what it takes to change it.
pub(super) struct Listing {
    /// The rules.
    pub(super) ruleset: Ruleset,
    /// Their handles, in the same order.
    pub(super) handles: BTreeMap<ChainRef, Vec<u64>>,
    /// Which generation it is.
    pub(super) generation: u32,
}

/// The rules of a namespace, with what they have counted.
pub(in crate::backend::kernel) fn ruleset(handle: &mut Handle) -> io::Result<Ruleset> {
    Ok(listing(handle.netfilter()?)?.ruleset)
}

/// The rules of a namespace that nothing may be asked of afterwards, without counts; `None` where they may not be
/// looked at, or the kernel has no nf_tables.
pub(in crate::backend::kernel) fn glance(handle: &mut Handle) -> io::Result<Option<Ruleset>> {
    let result = handle.netfilter().and_then(|socket| {
        // Most namespaces have no rules.
        if socket.dump(&request::list(List::Tables))?.is_empty() {
            return Ok(Ruleset::default());
        }
        let mut ruleset = listing(socket)?.ruleset;
        for chain in ruleset.tables.iter_mut().flat_map(|table| &mut table.chains) {
            chain.counter = None;
            chain.rules.iter_mut().for_each(|entry| entry.counter = None);
        }
        Ok(ruleset)
    });
    handle.close_netfilter();
    match result {
        Ok(ruleset) => Ok(Some(ruleset)),
        Err(error) if is_closed(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether an error says that there is no way to look at rules.
fn is_closed(error: &io::Error) -> bool {
    let known =
        [Errno::EPERM, Errno::EACCES, Errno::EINVAL, Errno::EOPNOTSUPP, Errno::EPROTONOSUPPORT, Errno::EAFNOSUPPORT];
    error.raw_os_error().is_some_and(|errno| known.contains(&Errno::from_raw(errno)))
}

/// All that is there.
fn listing(socket: &mut NetlinkSocket) -> io::Result<Listing> {
    let begun = Instant::now();
    loop {
        let listing = listing_once(socket)?;
        if generation(socket)? == listing.generation {
            return Ok(listing);
        }
        if begun.elapsed() > PATIENCE {
            return Err(Errno::EBUSY.into());
        }
    }
}

/// The number that grows with each change.
pub(super) fn generation(socket: &mut NetlinkSocket) -> io::Result<u32> {
    let answer = socket.ask(request::generation())?.map_err(|failure| io::Error::from(failure.errno))?;
    let number = answer.first().and_then(|reply| reply::generation(&reply.payload));
    number.ok_or_else(|| Errno::EOPNOTSUPP.into())
}

/// What is there, or a mixture when somebody changes it meanwhile: then its generation is over.
pub(super) fn listing_once(socket: &mut NetlinkSocket) -> io::Result<Listing> {
    let generation = generation(socket)?;
    let mut all = |what: List| socket.dump(&request::list(what));
    let tables = all(List::Tables)?;
    let mut listing = Listing { ruleset: Ruleset::default(), handles: BTreeMap::new(), generation };
    if tables.is_empty() {
        return Ok(listing);
    }
    listing.ruleset.tables = decoded(&tables, reply::table);
    for (table, chain) in decoded(&all(List::Chains)?, reply::chain) {
        if let Some(found) = find(&mut listing.ruleset, &table) {
            found.chains.push(chain);
        }
    }
    for (chain, handle, entry) in decoded(&all(List::Rules)?, reply::rule) {
        let chains = find(&mut listing.ruleset, &chain.table).into_iter().flat_map(|table| &mut table.chains);
        if let Some(found) = chains.into_iter().find(|found| found.name == chain.name) {
            found.rules.push(entry);
            listing.handles.entry(chain).or_default().push(handle);
        }
    }
    for what in [List::Sets, List::Objects, List::FlowTables] {
        // Old kernels do not have all of these.
        let replies = all(what).unwrap_or_default();
        for (table, bytes) in decoded(&replies, |payload| reply::other(what, payload)) {
            if let Some(found) = find(&mut listing.ruleset, &table) {
                found.opaque.push(bytes);
            }
        }
    }
    Ok(listing)
}

fn decoded<T>(replies: &[Reply], decode: impl Fn(&[u8]) -> Option<T>) -> Vec<T> {
    replies.iter().filter_map(|reply| decode(&reply.payload)).collect()
}

fn find<'a>(ruleset: &'a mut Ruleset, table: &TableRef) -> Option<&'a mut Table> {
    ruleset.tables.iter_mut().find(|candidate| candidate.table == *table)
}
