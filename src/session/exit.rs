use crate::eval::FailureKind;

/// How a run ended, as its exit status tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done.
    Done,
    /// A statement failed, and what was done is put back (unless it was to be kept).
    Failed,
    /// Nothing was done: the words, or the check.
    Refused,
    /// An expectation does not hold.
    Expectation,
    /// The machine does not have what the script cannot do without; nothing was done.
    Skipped,
    /// A capability is missing.
    NotPermitted,
    /// Not everything could be put back.
    Left,
    /// The script ended with `exit` and a status of its own, and what was done is put back (unless it was to be kept).
    Script(u8),
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Refused => 2,
            Self::Expectation => 3,
            Self::NotPermitted => 4,
            Self::Left => 5,
            // As automake's tests have it.
            Self::Skipped => 77,
            Self::Script(status) => status,
        }
    }

    /// What failures of a check come to; nothing was done.
    pub(super) fn of_check(failures: &[FailureKind]) -> Self {
        match failures.first() {
            None => Self::Done,
            Some(FailureKind::Requirement) => Self::Skipped,
            Some(_) => Self::Refused,
        }
    }

    /// What failures during a run come to: an expectation that does not hold is told apart only if nothing else failed
    /// before it.
    pub(super) fn of_run(failures: &[FailureKind], exit: Option<u8>, anything_done: bool) -> Self {
        match failures.first() {
            None => exit.filter(|status| *status != 0).map_or(Self::Done, Self::Script),
            Some(FailureKind::Words | FailureKind::Endless) if !anything_done => Self::Refused,
            Some(FailureKind::Words | FailureKind::Endless | FailureKind::Refused | FailureKind::Interrupted) => {
                Self::Failed
            }
            Some(FailureKind::Exit(_)) => Self::Failed,
            Some(FailureKind::Expectation) => Self::Expectation,
            Some(FailureKind::Requirement) => Self::Skipped,
            Some(FailureKind::NotPermitted) => Self::NotPermitted,
        }
    }
}
