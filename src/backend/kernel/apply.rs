//! Carrying out ops.
//!
//! In: ops, in order. Out: what became of each. Requests to one namespace whose links' numbers are known are sent
//! together; a number is asked for when the name is first met and forgotten when the name may stand for another link.
//! Changes of rules that follow each other are made together too ([`super::netfilter`]).
//!
//! Invariant: an op is encoded only after every op before it that could change what its names stand for was carried
//! out, so that a failure never makes a later op act on another link than it would have step by step.

use std::{
    collections::BTreeMap,
    fs::File,
    ops::ControlFlow,
    os::fd::{AsRawFd, RawFd},
    sync::Arc,
};

use netlink_packet_route::RouteNetlinkMessage;
use nix::errno::Errno;

use super::{
    KernelBackend,
    addr::{encode_addr_add, encode_addr_del},
    failure::{bare, failure, made_up, refused},
    link::{LinkRefs, encode_link_add, encode_link_del, encode_link_get, encode_link_set},
    netfilter::{self, Pending},
    netns,
    route::{encode_route_add, encode_route_del},
    rule::encode_rule,
    socket::{Request, invalid},
    sysctl, teardown,
};
use crate::{
    backend::{BackendError, OpFailure},
    net::{IfName, NsRef},
    ops::{AddrOp, LinkChanges, LinkKind, LinkOp, LinkSpec, Master, NetfilterOp, NetnsOp, Op, RouteOp, SysctlOp},
};

/// How many requests may wait to be sent together.
const WAITING: usize = 64;

/// Carries the ops out until one fails.
pub(super) fn apply(backend: &mut KernelBackend, ops: &[Op]) -> Vec<Result<(), OpFailure>> {
    let mut run = Run {
        backend,
        indexes: BTreeMap::new(),
        at: NsRef::Host,
        waiting: Vec::new(),
        changes: Vec::new(),
        held: Vec::new(),
        results: Vec::new(),
    };
    let ended = ops.iter().try_for_each(|op| run.step(op));
    if ended.is_continue() {
        // Whether the last ones failed stands in the results.
        let _ = run.send();
    }
    run.results
}

struct Run<'a, 'o> {
    backend: &'a mut KernelBackend,
    /// The numbers of the links met so far.
    indexes: BTreeMap<(NsRef, IfName), u32>,
    /// The namespace of what waits.
    at: NsRef,
    /// What is to be sent next; `None` is one whose failure is made up.
    waiting: Vec<Option<Request>>,
    /// Changes of rules that are to be made next; if there are any, nothing else waits.
    changes: Vec<Pending<'o>>,
    /// The namespaces that what waits names by descriptor, which must stay open.
    held: Vec<Arc<File>>,
    /// What became of the ops before those that wait.
    results: Vec<Result<(), OpFailure>>,
}

impl<'o> Run<'_, 'o> {
    fn step(&mut self, op: &'o Op) -> ControlFlow<()> {
        match op {
            Op::Netns(op) => self.at_once(|run| run.netns(op)),
            Op::Sysctl(op) => self.at_once(|run| run.sysctl(op)),
            Op::Netfilter(op) => self.change(op),
            Op::Link(op) => self.enqueue(op.ns(), &links_of(op), |run| run.encode_link(op)),
            Op::Addr(op) => {
                let (AddrOp::Add { link, .. } | AddrOp::Del { link, .. }) = op;
                self.enqueue(op.ns(), &[link], |run| run.encode_addr(op))
            }
            Op::Rule(op) => self.enqueue(op.ns(), &[], |_| Ok(encode_rule(op))),
            Op::Route(op) => {
                let link = match op {
                    RouteOp::Add { route, .. } => &route.link,
                    RouteOp::Del { route, .. } => &route.link,
                };
                let links: Vec<_> = link.iter().collect();
                self.enqueue(op.ns(), &links, |run| run.encode_route(op, link.as_ref()))
            }
        }
    }

    /// Carries out an op that is no netlink request.
    fn at_once(&mut self, work: impl FnOnce(&mut Self) -> Result<(), OpFailure>) -> ControlFlow<()> {
        self.send()?;
        let result = if self.backend.is_fault() { Err(made_up()) } else { work(self) };
        self.conclude(result)
    }

    fn conclude(&mut self, result: Result<(), OpFailure>) -> ControlFlow<()> {
        let failed = result.is_err();
        self.results.push(result);
        if failed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn netns(&mut self, op: &NetnsOp) -> Result<(), OpFailure> {
        match op {
            NetnsOp::Add { name } => netns::add(name).map_err(|error| failure(&error)),
            NetnsOp::Attach { name, pid } => {
                let pid = Some(*pid).filter(|&pid| pid != 1);
                netns::attach(name, pid).map_err(|error| match (error.raw_os_error().map(Errno::from_raw), pid) {
                    (Some(Errno::ENOENT | Errno::ESRCH), Some(pid)) => refused(BackendError::NoSuchProcess(pid)),
                    _ => failure(&error),
                })
            }
            NetnsOp::Del { name } => {
                // Far ends of its links vanish from other namespaces.
                self.indexes.clear();
                teardown::del(self.backend, name).map_err(|error| failure(&error))
            }
        }
    }

    fn sysctl(&mut self, op: &SysctlOp) -> Result<(), OpFailure> {
        let handle = self.backend.handle(&op.ns).map_err(refused)?;
        handle.inside(|| sysctl::write(&op.key, &op.value)).map_err(|error| failure(&error))
    }

    /// Has a change of rules wait for those that follow it.
    fn change(&mut self, op: &'o NetfilterOp) -> ControlFlow<()> {
        if !self.waiting.is_empty() || self.at != op.ns {
            self.send()?;
            self.at = op.ns.clone();
        }
        self.changes.push(Pending { change: &op.change, is_fault: self.backend.is_fault() });
        ControlFlow::Continue(())
    }

    /// Makes the request for an op and has it wait; sends what waits first if the numbers of the links that the op names
    /// must be asked for, which may depend on it.
    fn enqueue(
        &mut self,
        ns: &NsRef,
        links: &[&IfName],
        encode: impl FnOnce(&mut Self) -> Result<Request, OpFailure>,
    ) -> ControlFlow<()> {
        let known = links.iter().all(|&link| self.indexes.contains_key(&(ns.clone(), link.clone())));
        if !known || self.at != *ns || self.waiting.len() == WAITING || !self.changes.is_empty() {
            self.send()?;
            self.at = ns.clone();
        }
        match encode(self) {
            Ok(request) => {
                let fault = self.backend.is_fault();
                self.waiting.push((!fault).then_some(request));
                ControlFlow::Continue(())
            }
            Err(failure) => {
                self.send()?;
                self.conclude(Err(failure))
            }
        }
    }

    /// Sends what waits.
    fn send(&mut self) -> ControlFlow<()> {
        let changes = std::mem::take(&mut self.changes);
        if !changes.is_empty() {
            let results = match self.backend.handle(&self.at) {
                Ok(handle) => netfilter::apply(handle, &changes),
                Err(error) => vec![Err(refused(error))],
            };
            let failed = results.iter().any(Result::is_err);
            self.results.extend(results);
            return if failed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        }
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return ControlFlow::Continue(());
        }
        let faults: Vec<bool> = waiting.iter().map(Option::is_none).collect();
        let requests = waiting.into_iter().flatten().collect();
        let answers = match self.backend.handle(&self.at) {
            Ok(handle) => handle.socket.exchange(requests).map_err(|error| failure(&error)),
            Err(error) => Err(refused(error)),
        };
        let mut answers = match answers {
            Ok(answers) => answers.into_iter(),
            // Nobody knows what became of them.
            Err(failure) => {
                self.results.extend(faults.iter().map(|_| Err(failure.clone())));
                return ControlFlow::Break(());
            }
        };
        self.held.clear();
        let mut failed = false;
        for fault in faults {
            let result = if fault {
                Err(made_up())
            } else {
                answers.next().expect("each request that was sent has an answer").map(drop)
            };
            failed |= result.is_err();
            self.results.push(result);
        }
        if failed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn encode_link(&mut self, op: &LinkOp) -> Result<Request, OpFailure> {
        let ns = op.ns();
        match op {
            LinkOp::Add { spec, .. } => {
                let peer_netns = match &spec.kind {
                    LinkKind::Veth { peer } => peer.netns.as_ref(),
                    LinkKind::Bridge | LinkKind::Vxlan(_) => None,
                };
                // A link of that name that was met before is gone.
                if let Some(name) = &spec.name {
                    self.indexes.remove(&(spec.netns.as_ref().unwrap_or(ns).clone(), name.clone()));
                }
                let refs = LinkRefs {
                    netns: self.netns_fd(spec.netns.as_ref())?,
                    peer_netns: self.netns_fd(peer_netns)?,
                    master: self.named("master", ns, spec.master.as_ref())?,
                    dev: self.named("dev", ns, dev_of(spec))?,
                };
                Ok(encode_link_add(spec, refs))
            }
            LinkOp::Del { link, .. } => {
                let index = self.index(ns, link)?;
                // A peer goes with it, under a name that is not known here.
                self.indexes.clear();
                Ok(encode_link_del(index))
            }
            LinkOp::Set { link, changes, .. } => {
                let refs = LinkRefs {
                    netns: self.netns_fd(changes.netns.as_ref())?,
                    peer_netns: None,
                    master: self.named("master", ns, master_of(changes))?,
                    dev: None,
                };
                let index = self.index(ns, link)?;
                if changes.netns.is_some() || changes.name.is_some() {
                    self.indexes.remove(&(ns.clone(), link.clone()));
                }
                Ok(encode_link_set(index, changes, refs))
            }
        }
    }

    fn encode_addr(&mut self, op: &AddrOp) -> Result<Request, OpFailure> {
        match op {
            AddrOp::Add { ns, link, address } => Ok(encode_addr_add(self.index(ns, link)?, address)),
            AddrOp::Del { ns, link, address } => Ok(encode_addr_del(self.index(ns, link)?, *address)),
        }
    }

    fn encode_route(&mut self, op: &RouteOp, link: Option<&IfName>) -> Result<Request, OpFailure> {
        let index = link.map(|link| self.index(op.ns(), link)).transpose()?;
        Ok(match op {
            RouteOp::Add { mode, route, .. } => encode_route_add(*mode, route, index),
            RouteOp::Del { route, .. } => encode_route_del(route, index),
        })
    }

    /// A descriptor of the namespace that a link goes to.
    fn netns_fd(&mut self, ns: Option<&NsRef>) -> Result<Option<RawFd>, OpFailure> {
        let Some(ns) = ns else { return Ok(None) };
        match self.backend.handle(ns) {
            Ok(handle) => {
                let file = Arc::clone(&handle.file);
                let fd = file.as_raw_fd();
                self.held.push(file);
                Ok(Some(fd))
            }
            Err(error) => Err(OpFailure { attribute: Some("netns".into()), ..refused(error) }),
        }
    }

    /// The number of a link that is named behind a word.
    fn named(&mut self, word: &str, ns: &NsRef, link: Option<&IfName>) -> Result<Option<u32>, OpFailure> {
        let Some(link) = link else { return Ok(None) };
        match self.index(ns, link) {
            Ok(index) => Ok(Some(index)),
            Err(failure) => Err(OpFailure { attribute: Some(word.into()), ..failure }),
        }
    }

    /// The number of a link. Nothing waits when it must be asked for.
    fn index(&mut self, ns: &NsRef, link: &IfName) -> Result<u32, OpFailure> {
        let key = (ns.clone(), link.clone());
        if let Some(&index) = self.indexes.get(&key) {
            return Ok(index);
        }
        let socket = &mut self.backend.handle(ns).map_err(refused)?.socket;
        let found = socket
            .ask(encode_link_get(link))
            .map_err(|error| failure(&error))?
            .map_err(|failure| bare(failure.errno))?;
        for reply in found {
            if let RouteNetlinkMessage::NewLink(found) = reply.decode().map_err(|error| failure(&invalid(error)))? {
                self.indexes.insert(key, found.header.index);
                return Ok(found.header.index);
            }
        }
        Err(bare(Errno::ENODEV))
    }
}

/// The links whose numbers a change of a link takes. As for `ip`, a master is one of the namespace that the request is
/// sent to, even if the kernel will apply its number in another one, where the link goes.
fn links_of(op: &LinkOp) -> Vec<&IfName> {
    match op {
        LinkOp::Add { spec, .. } => spec.master.iter().chain(dev_of(spec)).collect(),
        LinkOp::Del { link, .. } => vec![link],
        LinkOp::Set { link, changes, .. } => [link].into_iter().chain(master_of(changes)).collect(),
    }
}

/// The link that a new vxlan is carried by.
fn dev_of(spec: &LinkSpec) -> Option<&IfName> {
    match &spec.kind {
        LinkKind::Vxlan(vxlan) => vxlan.dev.as_ref(),
        LinkKind::Veth { .. } | LinkKind::Bridge => None,
    }
}

fn master_of(changes: &LinkChanges) -> Option<&IfName> {
    match &changes.master {
        Some(Master::Is(master)) => Some(master),
        Some(Master::None) | None => None,
    }
}
