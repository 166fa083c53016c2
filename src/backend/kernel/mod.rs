//! The Linux kernel of this machine.
//!
//! In: ops and questions, in names. Out: what the kernel answers. Everything is synchronous netlink: one socket per
//! namespace, opened by a short-lived thread inside it and then used from anywhere.
//!
//! Invariants: the thread that makes a [`KernelBackend`] is in the namespace called the host, and so are all that use it
//! afterwards; a name whose namespace was replaced by another program is noticed at the next call.

mod addr;
mod apply;
pub mod events;
mod extack;
mod failure;
mod handle;
mod kind;
mod link;
mod listing;
mod monitor;
mod netfilter;
mod netns;
mod numbers;
mod process;
pub mod query;
mod route;
mod rule;
mod settle;
pub mod sandbox;
mod snapshot;
mod socket;
mod sysctl;
mod teardown;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io,
    os::fd::OwnedFd,
    sync::Arc,
};

use netlink_packet_route::RouteNetlinkMessage;
use nix::{
    errno::Errno,
    sched::{CloneFlags, unshare},
};

use super::{Backend, BackendError, OpFailure, SnapshotScope};
use crate::{
    model::{KernelNumbers, World},
    net::{IfName, NsName, NsRef, SysctlKey},
    ops::Op,
};
use handle::{Handle, Identity};

/// How many namespaces are held open, each with two file descriptors: a process usually may have 1024.
const HELD_OPEN: usize = 256;

/// The kernel. Namespaces that were used are held open until the next call notices that their name is gone, until
/// [`KernelBackend::release`], or until this is dropped.
pub struct KernelBackend {
    host: Handle,
    others: BTreeMap<NsRef, Handle>,
    /// The processes whose namespaces have no names, and which those were.
    processes: BTreeMap<u32, Identity>,
    /// Under which name snapshots hold each namespace, wherever it has that name.
    counted: BTreeMap<Identity, NsRef>,
    /// Namespaces that lived on when these names of theirs were deleted.
    deleted: BTreeMap<NsName, Arc<File>>,
    /// Where links were changed since what they carry was last waited for.
    unsettled: BTreeSet<NsRef>,
    /// The settings of a new namespace, once they were asked for.
    born: Option<BTreeMap<SysctlKey, String>>,
    fault: Option<u32>,
}

impl KernelBackend {
    /// The kernel as seen from the namespace of the calling thread, which becomes the host. Needs no privilege.
    pub fn new() -> Result<Self, BackendError> {
        let host = Handle::own().map_err(|error| failed("opening a netlink socket", error))?;
        Ok(Self {
            host,
            others: BTreeMap::new(),
            processes: BTreeMap::new(),
            counted: BTreeMap::new(),
            deleted: BTreeMap::new(),
            unsettled: BTreeSet::new(),
            born: None,
            fault: None,
        })
    }

    /// Fault injection for tests: the `nth` change from now (1 is the next) is not carried out but answered with
    /// `ENOMEM`. As when the kernel refuses one, those that were sent together with it still go through.
    pub fn fail_request(&mut self, nth: u32) {
        self.fault = Some(nth);
    }

    /// Lets go of all namespaces but the host, so that one whose name another program takes away is gone at once.
    pub fn release(&mut self) {
        self.others.clear();
    }

    /// What the kernel lists for a request as `RTM_GETLINK`, in its order. A list that changes while it is read is read
    /// again.
    pub fn dump(&mut self, ns: &NsRef, request: RouteNetlinkMessage) -> Result<Vec<RouteNetlinkMessage>, BackendError> {
        self.forget_replaced();
        let doing = || format!("reading namespace `{ns}`");
        let replies = self.handle(ns)?.socket.dump(&request).map_err(|error| failed(doing(), error))?;
        replies.iter().map(|reply| reply.decode().map_err(|error| failed(doing(), socket::invalid(error)))).collect()
    }

    /// The namespace, opened now if it was not before.
    fn handle(&mut self, ns: &NsRef) -> Result<&mut Handle, BackendError> {
        if *ns == NsRef::Host {
            return Ok(&mut self.host);
        }
        if !self.others.contains_key(ns) {
            if self.others.len() == HELD_OPEN {
                self.others.clear();
            }
            let handle = self.file(ns).and_then(Handle::enter).map_err(|error| not_entered(ns, error))?;
            self.others.insert(ns.clone(), handle);
        }
        Ok(self.others.get_mut(ns).expect("it was put in just now if it was not there"))
    }

    /// A descriptor of the namespace of its own.
    fn file(&self, ns: &NsRef) -> io::Result<File> {
        match ns {
            NsRef::Host => self.host.file.try_clone(),
            NsRef::Named(name) => netns::open(name),
            NsRef::Process(pid) => self.file_of_process(*pid),
        }
    }

    /// Lets go of the namespaces whose name now stands for another one, or for none.
    fn forget_replaced(&mut self) {
        self.others.retain(|ns, handle| handle.is_still(ns));
    }

    /// Whether the change that is about to be made is the one that [`KernelBackend::fail_request`] meant.
    fn is_fault(&mut self) -> bool {
        self.fault = self.fault.and_then(|left| left.checked_sub(1));
        self.fault.take_if(|left| *left == 0).is_some()
    }
}

impl Backend for KernelBackend {
    fn name(&self) -> &'static str {
        "kernel"
    }

    fn snapshot(&mut self, scope: &SnapshotScope) -> Result<World, BackendError> {
        self.forget_replaced();
        snapshot::snapshot(self, scope)
    }

    fn numbers(&mut self, of: &[NsRef]) -> Result<KernelNumbers, BackendError> {
        self.forget_replaced();
        numbers::numbers(self, of)
    }

    fn apply(&mut self, ops: &[Op]) -> Vec<Result<(), OpFailure>> {
        self.forget_replaced();
        settle::remember(self, ops);
        apply::apply(self, ops)
    }

    fn sysctl(&mut self, ns: &NsRef, key: &SysctlKey) -> Result<Option<String>, BackendError> {
        self.forget_replaced();
        self.handle(ns)?.inside(|| sysctl::read(key)).map_err(|error| failed(format!("reading `{key}`"), error))
    }

    fn chosen_settings(
        &mut self,
        ns: &NsRef,
        link: Option<&IfName>,
    ) -> Result<BTreeMap<SysctlKey, String>, BackendError> {
        self.forget_replaced();
        let failed = |error| failed(format!("reading the settings of namespace `{ns}`"), error);
        if self.born.is_none() {
            let new = || {
                unshare(CloneFlags::CLONE_NEWNET)?;
                Ok(sysctl::all())
            };
            // Who may not make a namespace changes none.
            self.born = Some(netns::on_own_thread(new).unwrap_or_default());
        }
        let handle = match self.handle(ns) {
            Ok(handle) => handle,
            Err(BackendError::NoSuchNetns(_) | BackendError::NoNamespace(_) | BackendError::NoSuchProcess(_)) => {
                return Ok(BTreeMap::new());
            }
            Err(error) => return Err(error),
        };
        // Those of a link are others than what the namespace gives to new ones, so that all are looked at.
        let mut all = handle.inside(|| Ok(sysctl::all())).map_err(failed)?;
        let born = self.born.get_or_insert_default();
        all = sysctl::chosen(all, born);
        if let Some(link) = link {
            all.retain(|key, _| key.parts().get(3).is_some_and(|of| of == link.as_str()));
        }
        Ok(all)
    }

    fn sysctl_names(&mut self, group: &[String]) -> Result<Vec<String>, BackendError> {
        sysctl::names(group).map_err(|error| failed("reading the names of settings", error))
    }

    fn has_kind(&mut self, kind: &str) -> Result<bool, BackendError> {
        kind::is_known(kind).map_err(|error| failed(format!("asking for links of kind `{kind}`"), error))
    }

    fn settle(&mut self, ns: &NsRef) {
        self.forget_replaced();
        settle::settle(self, ns);
    }

    fn monitor(&mut self, ns: &NsRef) -> Result<Vec<OwnedFd>, BackendError> {
        self.forget_replaced();
        let handle = self.handle(ns)?;
        monitor::open(handle).map_err(|error| failed(format!("listening for changes in namespace `{ns}`"), error))
    }

    fn revive(&mut self, names: &[NsName]) -> Result<(), BackendError> {
        for name in names {
            let Some(file) = self.deleted.remove(name) else { continue };
            teardown::revive(self, name, &file).map_err(|error| failed(format!("naming namespace `{name}`"), error))?;
        }
        Ok(())
    }

    fn forget_deleted(&mut self) {
        self.deleted.clear();
    }

    /// The handle is for running a program, which may take names away: what is kept of other namespaces is let go.
    fn namespace_file(&mut self, ns: &NsRef) -> Result<Option<File>, BackendError> {
        self.release();
        self.file(ns).map(Some).map_err(|error| not_entered(ns, error))
    }

    fn process_netns(&mut self, pid: u32) -> Result<Option<NsRef>, BackendError> {
        self.place_of_process(pid)
    }
}

fn not_entered(ns: &NsRef, error: io::Error) -> BackendError {
    match (ns, error.raw_os_error().map(Errno::from_raw)) {
        (NsRef::Named(_), Some(Errno::ENOENT)) => BackendError::NoSuchNetns(ns.clone()),
        (NsRef::Named(name), Some(Errno::EINVAL)) => BackendError::NoNamespace(name.clone()),
        (&NsRef::Process(pid), Some(Errno::ENOENT | Errno::ESRCH)) => BackendError::NoSuchProcess(pid),
        _ => failed(format!("entering namespace `{ns}`"), error),
    }
}

fn failed(doing: impl Into<String>, error: io::Error) -> BackendError {
    let doing = doing.into();
    match error.kind() {
        io::ErrorKind::PermissionDenied => BackendError::NotPermitted { doing },
        _ => BackendError::System { doing, source: error },
    }
}
