use std::{io, path::PathBuf};

use nix::{errno::Errno, unistd::geteuid};
use thiserror::Error;

/// Why there is no journal, or why it cannot be used.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Nobody says where the files of this session go.
    #[error("there is no place for the journals of runs: `XDG_RUNTIME_DIR` is not set to a directory")]
    NoPlace,
    /// The directory cannot be made or looked at.
    #[error("the directory of journals, `{}`, cannot be used: {}", path.display(), words(source))]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Somebody else could write into it.
    #[error("the directory of journals, `{}`, is not safe: others may write into it", path.display())]
    Exposed {
        /// The directory.
        path: PathBuf,
    },
    /// It cannot be written.
    #[error("the journal `{}` cannot be written: {}", path.display(), words(source))]
    Write {
        /// The journal, or the directory where it would be.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It cannot be read.
    #[error("the journal `{}` cannot be read: {}", path.display(), words(source))]
    Read {
        /// The journal.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is none of that number.
    #[error("there is no run {number}")]
    NoSuch {
        /// The number.
        number: u32,
    },
    /// Its process still writes it.
    #[error("run {number} is still going on{}", process.map_or(String::new(), |pid| format!(" (process {pid})")))]
    Busy {
        /// Its number.
        number: u32,
        /// The process, if it is known.
        process: Option<u32>,
    },
    /// It is not as it was written.
    #[error("the journal `{}` is damaged in line {line}", path.display())]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// Another version of `nns` wrote it.
    #[error("the journal `{}` was written by another version of `nns`", path.display())]
    Version {
        /// The journal.
        path: PathBuf,
    },
    /// Its records are whole, but no run writes such.
    #[error("the journal makes no sense: {what}")]
    Senseless {
        /// What is wrong with them.
        what: String,
    },
}

impl JournalError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        let full = |source: &io::Error| matches!(errno(source), Some(Errno::ENOSPC | Errno::EDQUOT | Errno::EFBIG));
        match self {
            Self::NoPlace => Some(format!(
                "set it to a directory that only you may write into: `export XDG_RUNTIME_DIR=/run/user/{}`",
                geteuid()
            )),
            Self::Exposed { path } => Some(format!(
                "what stands in journals is done by `nns undo`; type `chmod go-w {0}`, or remove `{0}` if it is not yours",
                path.display()
            )),
            Self::Write { path, source } | Self::Directory { path, source } if full(source) => {
                let directory = path.parent().unwrap_or(path);
                Some(format!("make room where it is; `df {}` tells how much there is", directory.display()))
            }
            Self::Write { .. } | Self::Directory { .. } => {
                Some("without a journal a run could not be taken back if it were killed".into())
            }
            Self::NoSuch { .. } => Some("`nns log` lists the runs".into()),
            Self::Busy { process: Some(process), .. } => Some(format!("let it end, or end it: `kill {process}`")),
            Self::Damaged { .. } | Self::Senseless { .. } => {
                Some("what the run did cannot be told from it; `show` and `netns list` tell what is there now".into())
            }
            Self::Version { .. } => Some("that version can read it".into()),
            Self::Read { .. } | Self::Busy { process: None, .. } => None,
        }
    }
}

fn errno(error: &io::Error) -> Option<Errno> {
    error.raw_os_error().map(Errno::from_raw)
}

/// The kernel's words without the number behind them.
pub(super) fn words(error: &io::Error) -> String {
    errno(error).map_or_else(|| error.to_string(), |errno| errno.desc().to_owned())
}
