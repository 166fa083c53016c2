//! What the kernel refused, as a failure of an op.

use std::io;

use nix::errno::Errno;

use crate::{
    backend::{BackendError, OpFailure},
    model::{Outcome, Reason, Refusal},
};

/// The kernel's number, and nothing else.
pub(super) fn bare(errno: Errno) -> OpFailure {
    OpFailure { errno, message: None, attribute: None, outcome: None }
}

/// A failure whose reason is as clear as if the model had foreseen it.
fn known(errno: Errno, reason: Reason) -> OpFailure {
    OpFailure { outcome: Some(Box::new(Outcome::Refused(Refusal { errno, reason }))), ..bare(errno) }
}

/// What fault injection answers.
pub(super) fn made_up() -> OpFailure {
    bare(Errno::ENOMEM)
}

/// A system call failed.
pub(super) fn failure(error: &io::Error) -> OpFailure {
    bare(error.raw_os_error().map_or(Errno::EIO, Errno::from_raw))
}

/// The op could not even be sent.
pub(super) fn refused(error: BackendError) -> OpFailure {
    match error {
        BackendError::NoSuchNetns(_) => bare(Errno::ENOENT),
        BackendError::NoNamespace(name) => known(Errno::EINVAL, Reason::NoNamespace { name }),
        BackendError::NoSuchProcess(pid) => known(Errno::ESRCH, Reason::NoSuchProcess { pid }),
        BackendError::NotPermitted { .. } => bare(Errno::EPERM),
        BackendError::System { source, .. } => failure(&source),
    }
}
