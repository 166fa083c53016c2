//! Changing tables, chains and rules.
//!
//! In: changes of one namespace, in order. Out: what became of each, up to the first that fails. As many as possible
//! are made in one transaction, which is much quicker. When it fails nothing of it was done, and they are made one by
//! one, to find which of them it is and to have those before it done.
//!
//! Invariant: a change that depends on what is there is made for the generation that was looked at, and looked at again
//! when another one came between.

use std::time::Instant;

use nix::errno::Errno;

use super::read::{Listing, PATIENCE, generation, listing_once};
use crate::{
    backend::{
        OpFailure,
        kernel::{
            failure::{bare, failure, made_up},
            handle::Handle,
            socket::NetlinkSocket,
        },
    },
    model::rules_meant,
    netfilter::request::{self, Position, Request},
    ops::{ChainRef, NetfilterChange},
};

/// How many bytes a transaction may have. The least that a socket takes in one piece is some 200 KiB
/// (`net.core.wmem_default`).
const TRANSACTION_BYTES: usize = 128 * 1024;

/// A change that waits.
pub(in crate::backend::kernel) struct Pending<'a> {
    /// The change.
    pub(in crate::backend::kernel) change: &'a NetfilterChange,
    /// It is not to be made but answered with a made-up failure.
    pub(in crate::backend::kernel) is_fault: bool,
}

/// What it takes to make a change.
enum Way {
    /// These messages.
    Requests(Vec<Request>),
    /// A look at what is there.
    Look,
    /// It cannot be made.
    Refused(Errno),
}

/// Makes the changes.
pub(in crate::backend::kernel) fn apply(handle: &mut Handle, changes: &[Pending<'_>]) -> Vec<Result<(), OpFailure>> {
    match handle.netfilter() {
        Ok(socket) => {
            let mut run = Run { socket, waiting: Vec::new(), bytes: 0, results: Vec::new() };
            // What failed stands in the results.
            let _ = run.all(changes);
            run.results
        }
        Err(error) => vec![Err(failure(&error))],
    }
}

/// Something failed; it stands in the results.
struct Failed;

struct Run<'a> {
    socket: &'a mut NetlinkSocket,
    /// The messages of the changes that go into the next transaction.
    waiting: Vec<Vec<Request>>,
    /// Their length.
    bytes: usize,
    results: Vec<Result<(), OpFailure>>,
}

impl Run<'_> {
    fn all(&mut self, changes: &[Pending<'_>]) -> Result<(), Failed> {
        for pending in changes {
            if pending.is_fault {
                self.send()?;
                self.conclude(Err(made_up()))?;
            }
            match way(pending.change) {
                Way::Requests(requests) => {
                    let length: usize = requests.iter().map(Request::buffer_len).sum();
                    if self.bytes + length > TRANSACTION_BYTES {
                        self.send()?;
                    }
                    self.bytes += length;
                    self.waiting.push(requests);
                }
                Way::Look => {
                    self.send()?;
                    let result = look_and_change(self.socket, pending.change);
                    self.conclude(result)?;
                }
                Way::Refused(errno) => {
                    self.send()?;
                    self.conclude(Err(bare(errno)))?;
                }
            }
        }
        self.send()
    }

    fn conclude(&mut self, result: Result<(), OpFailure>) -> Result<(), Failed> {
        let failed = result.is_err();
        self.results.push(result);
        if failed { Err(Failed) } else { Ok(()) }
    }

    /// Makes what waits in one transaction, or one by one.
    fn send(&mut self) -> Result<(), Failed> {
        let waiting = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        let count = waiting.len();
        if count == 0 {
            return Ok(());
        }
        let together = transact(self.socket, None, waiting.concat());
        if count == 1 || together.is_ok() {
            self.results.extend(vec![together.clone(); count]);
            return together.map_err(|_| Failed);
        }
        for requests in waiting {
            let result = transact(self.socket, None, requests);
            self.conclude(result)?;
        }
        Ok(())
    }
}

/// Carries messages out together.
fn transact(socket: &mut NetlinkSocket, generation: Option<u32>, requests: Vec<Request>) -> Result<(), OpFailure> {
    let all = [request::begin(generation)].into_iter().chain(requests).chain([request::end()]).collect();
    let refused = socket.transact(all).map_err(|error| failure(&error))?;
    refused.into_iter().next().map_or(Ok(()), |(_, failure)| Err(failure))
}

/// How a change is made.
fn way(change: &NetfilterChange) -> Way {
    Way::Requests(match change {
        NetfilterChange::AddTable(table) => vec![request::add_table(table)],
        NetfilterChange::DelTable { table, if_there: false } => vec![request::del_table(table)],
        // Then it is there for sure.
        NetfilterChange::DelTable { table, if_there: true } => {
            vec![request::add_table(table), request::del_table(table)]
        }
        NetfilterChange::AddChain { chain, base: None } if chain.builtin().is_some() => {
            return Way::Refused(Errno::EEXIST);
        }
        NetfilterChange::AddChain { chain, base } => {
            let is_made = chain.table.is_of_iptables() || chain.table.book().is_some();
            let table = is_made.then(|| request::add_table(&chain.table));
            table.into_iter().chain([request::add_chain(chain, base.as_ref())]).collect()
        }
        // As `iptables` does, in its tables it takes away only what has no rules.
        NetfilterChange::DelChain { chain } => {
            vec![request::del_chain(chain, !chain.table.is_of_iptables())]
        }
        NetfilterChange::SetPolicy { chain, policy } => match chain.builtin() {
            Some(base) => {
                vec![request::add_table(&chain.table), request::ensure_chain(chain, &base, Some(*policy))]
            }
            None => vec![request::set_policy(chain, *policy)],
        },
        NetfilterChange::AddRule { chain, before: None, rule } => {
            with_chain(chain, request::add_rule(chain, Position::Last, rule))
        }
        NetfilterChange::AddRule { chain, before: Some(1), rule } => {
            with_chain(chain, request::add_rule(chain, Position::First, rule))
        }
        NetfilterChange::AddRule { before: Some(_), .. }
        | NetfilterChange::Flush { .. }
        | NetfilterChange::DelRule(_) => return Way::Look,
    })
}

/// A request with those before it that make its chain, if it is one that every machine is thought to have.
fn with_chain(chain: &ChainRef, request: Request) -> Vec<Request> {
    match chain.builtin() {
        Some(base) => vec![request::add_table(&chain.table), request::ensure_chain(chain, &base, None), request],
        None => vec![request],
    }
}

/// Makes a change that depends on what is there.
fn look_and_change(socket: &mut NetlinkSocket, change: &NetfilterChange) -> Result<(), OpFailure> {
    let begun = Instant::now();
    loop {
        let listing = listing_once(socket).map_err(|error| failure(&error))?;
        let result = match after_look(&listing, change) {
            Ok(requests) if !requests.is_empty() => transact(socket, Some(listing.generation), requests),
            // What was looked at must not have been a mixture.
            nothing_to_send => match generation(socket) {
                Ok(now) if now == listing.generation => nothing_to_send.map(drop).map_err(bare),
                Ok(_) => Err(bare(Errno::ERESTART)),
                Err(error) => Err(failure(&error)),
            },
        };
        match result {
            Err(failure) if failure.errno == Errno::ERESTART && begun.elapsed() < PATIENCE => {}
            result => return result,
        }
    }
}

/// The messages for a change of what is there.
fn after_look(listing: &Listing, change: &NetfilterChange) -> Result<Vec<Request>, Errno> {
    let handle = |chain: &ChainRef, at: usize| {
        listing.handles.get(chain).and_then(|handles| handles.get(at)).copied().ok_or(Errno::ENOENT)
    };
    match change {
        NetfilterChange::Flush { table, chain: None } => {
            Ok(listing.ruleset.table(table).map(|_| request::flush(table, None)).into_iter().collect())
        }
        NetfilterChange::Flush { table, chain: Some(name) } => {
            let chain = table.chain(name);
            match listing.ruleset.chain(&chain) {
                Some(_) => Ok(vec![request::flush(table, Some(name))]),
                None if chain.builtin().is_some() => Ok(Vec::new()),
                None => Err(Errno::ENOENT),
            }
        }
        NetfilterChange::AddRule { chain, before: Some(number), rule } => {
            let at = (*number as usize).checked_sub(1).ok_or(Errno::ENOENT)?;
            // The number behind the last rule is free.
            let is_last = at == listing.handles.get(chain).map_or(0, Vec::len);
            let place = if is_last { Position::Last } else { Position::Before(handle(chain, at)?) };
            Ok(with_chain(chain, request::add_rule(chain, place, rule)))
        }
        NetfilterChange::DelRule(which) => {
            let meant = rules_meant(&listing.ruleset, which).map_err(|_| Errno::ENOENT)?;
            meant.into_iter().map(|(chain, at)| Ok(request::del_rule(&chain, handle(&chain, at)?))).collect()
        }
        NetfilterChange::AddTable(_)
        | NetfilterChange::DelTable { .. }
        | NetfilterChange::AddChain { .. }
        | NetfilterChange::DelChain { .. }
        | NetfilterChange::SetPolicy { .. }
        | NetfilterChange::AddRule { before: None, .. } => match way(change) {
            Way::Requests(requests) => Ok(requests),
            Way::Refused(errno) => Err(errno),
            Way::Look => Ok(Vec::new()),
        },
    }
}
