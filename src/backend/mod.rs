//! Where changes take effect: a small trait, and those who keep its promise.
//!
//! In: [`Op`]s, in the names users see. Out: whether each was carried out, and snapshots. The layer knows nothing of
//! syntax: whatever words of the script an op came from is the caller's to remember.

mod event;
mod faulty;
pub mod kernel;
mod memory;
mod queries;
mod recording;

pub use event::{AddressFate, Change, Event};
pub use faulty::Faulty;
pub use kernel::{KernelBackend, events::Events, sandbox};
pub use memory::Memory;
pub use queries::Queries;
pub use recording::Recording;

use std::{collections::BTreeMap, fs::File, io, os::fd::OwnedFd};

use nix::errno::Errno;
use thiserror::Error;

use crate::{
    model::{KernelNumbers, Outcome, World},
    net::{IfName, NsName, NsRef, SysctlKey},
    ops::Op,
};

/// A machine, real or made up.
pub trait Backend {
    /// `memory` or `kernel`, for messages.
    fn name(&self) -> &'static str;

    /// The world as far as `scope` asks: all namespaces by name, and the inside of those in scope. Namespaces that hold
    /// the far end of a veth pair of one in scope are read too.
    fn snapshot(&mut self, scope: &SnapshotScope) -> Result<World, BackendError>;

    /// By what the kernel knows these namespaces and the links in them; those that are gone are left out.
    fn numbers(&mut self, of: &[NsRef]) -> Result<KernelNumbers, BackendError>;

    /// Carries out the ops in order and says what became of each. Stops at the first failure that it notices: the
    /// answer may be shorter than `ops`, and what is beyond it was not carried out. Ops may have been sent together,
    /// so that some behind a failed one were carried out all the same; their results are in the answer.
    fn apply(&mut self, ops: &[Op]) -> Vec<Result<(), OpFailure>>;

    /// The value of a kernel setting; `None` where there is no such setting.
    fn sysctl(&mut self, ns: &NsRef, key: &SysctlKey) -> Result<Option<String>, BackendError>;

    /// The settings of a namespace that somebody chose: all that can be written and are others than in a new namespace or,
    /// of links, than what the namespace gives to new ones. With `link` only those of that link. Empty where there is no
    /// such namespace or link.
    fn chosen_settings(
        &mut self,
        ns: &NsRef,
        link: Option<&IfName>,
    ) -> Result<BTreeMap<SysctlKey, String>, BackendError>;

    /// The names of the settings, and groups of settings, in a group of the host's: of `net`, `ipv4` those that stand
    /// in `/proc/sys/net/ipv4`. Empty where there is no such group.
    fn sysctl_names(&mut self, group: &[String]) -> Result<Vec<String>, BackendError>;

    /// Whether links of that kind can be made.
    fn has_kind(&mut self, kind: &str) -> Result<bool, BackendError>;

    /// Waits until what is sent from the namespace has a way: a link that has just got its carrier drops packets for
    /// some milliseconds. A fraction of a second at most, and not at all for links without a carrier.
    fn settle(&mut self, ns: &NsRef);

    /// Descriptors that become readable when something changes in the namespace, or among the names of namespaces; none
    /// where nothing ever changes by itself.
    fn monitor(&mut self, ns: &NsRef) -> Result<Vec<OwnedFd>, BackendError>;

    /// The namespace that a process is in: the host, one with a name, or else that of the process, which snapshots hold
    /// from now on as long as the process is there. `None` where there is no such process. Process 1 is on the host.
    fn process_netns(&mut self, pid: u32) -> Result<Option<NsRef>, BackendError>;

    /// Gives those of the names back that were deleted while something else held their namespaces: a process, or another
    /// name. Whatever has such a name now loses it.
    fn revive(&mut self, names: &[NsName]) -> Result<(), BackendError>;

    /// Nothing that was deleted so far will be put back.
    fn forget_deleted(&mut self);

    /// A handle of the namespace, to be entered with `setns(2)`; `None` where there is nothing to enter.
    fn namespace_file(&mut self, ns: &NsRef) -> Result<Option<File>, BackendError>;
}

/// What a snapshot is to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotScope {
    /// The inside of every namespace.
    All,
    /// The inside of these.
    Of(Vec<NsRef>),
}

/// Why an op was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{errno}")]
pub struct OpFailure {
    /// The kernel's number for it.
    pub errno: Errno,
    /// The kernel's own words, where it gave some.
    pub message: Option<String>,
    /// The attribute of the request that it objects to, in the words of scripts (`mtu`, `via`), where it told.
    pub attribute: Option<String>,
    /// What the model says, where it is the model that refused.
    pub outcome: Option<Box<Outcome>>,
}

/// Why a backend could not answer.
#[derive(Debug, Error)]
pub enum BackendError {
    /// No namespace has that name.
    #[error("there is no namespace `{0}`")]
    NoSuchNetns(NsRef),
    /// The name is a file on which no namespace is mounted.
    #[error("`{0}` is a name without a namespace, which `netns del {0}` takes away")]
    NoNamespace(NsName),
    /// There is no such process.
    #[error("there is no process {0}")]
    NoSuchProcess(u32),
    /// A capability is missing.
    #[error("{doing}: not permitted")]
    NotPermitted {
        /// What was being done.
        doing: String,
    },
    /// The kernel answered with an error.
    #[error("{doing}: {source}")]
    System {
        /// What was being done.
        doing: String,
        /// The error.
        source: io::Error,
    },
}
