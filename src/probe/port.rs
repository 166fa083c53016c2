//! What a port answers, whatever it is asked with.

use std::{io, time::Duration};

use nix::errno::Errno;
use thiserror::Error;

/// What came of asking a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortAnswer {
    /// Something there accepted the connection, which is closed again already, or answered a datagram.
    Open {
        /// How long that took.
        time: Duration,
    },
    /// The host is there, and nothing listens on the port: a reset, or ICMP port unreachable.
    Refused,
    /// Nothing was heard.
    TimedOut,
    /// The kernel or a router says that there is no way: `ENETUNREACH`, `EHOSTUNREACH`, `EACCES` and the like.
    Unreachable(Errno),
    /// A signal came first.
    Interrupted,
}

/// Why nothing could be asked.
#[derive(Debug, Error)]
pub enum PortError {
    /// The namespace could not be entered.
    #[error("the namespace cannot be entered: {0}")]
    Namespace(#[source] io::Error),
    /// No socket was to be had.
    #[error("opening a socket: {0}")]
    Socket(#[source] io::Error),
}
