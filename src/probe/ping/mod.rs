//! Echo requests (ICMP and ICMPv6) from inside a network namespace.
//!
//! In: a [`Ping`] and the namespace's handle. Out: [`PingEvent`]s as they happen and a [`PingSummary`] at the end.
//! What the network or the kernel says no to is an event; only what stops the asking itself (no permission, no such
//! link) is a [`PingError`]. Each call is a conversation of its own with a fresh identifier, so that connection
//! tracking treats it as a new flow and a changed NAT rule shows at once.
//!
//! Replies are read from the socket, errors from its error queue (`IP_RECVERR`, ip(7)), where the kernel puts those
//! that quote a request of this socket. That is one way for raw and datagram sockets, IPv4 and IPv6.

mod filter;
mod packet;
mod refusal;
mod run;
mod socket;
mod summary;

use std::{fmt, io, net::IpAddr, time::Duration};

use nix::errno::Errno;
use thiserror::Error;

use crate::{commands::PingRequest, net::IfName};

pub use packet::Family;
pub use refusal::{IcmpError, is_final};
pub use run::ping;
pub use summary::{PingSummary, RoundTrips};

/// Whom to ask and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    /// Who is to answer.
    pub target: IpAddr,
    /// The link that a link-local target is on (`fe80::1%veth0`).
    pub scope: Option<IfName>,
    /// How many requests; of no account with `until_answer`.
    pub count: u32,
    /// The time from one request to the next; with `until_answer` between 10 and 200 ms.
    pub interval: Duration,
    /// How long the answer to each request is waited for; with `until_answer` how long the whole may take.
    pub timeout: Duration,
    /// Bytes of payload.
    pub size: u16,
    /// The link or the address to send from.
    pub from: Option<String>,
    /// Stop at the first answer. Until then requests are sent again and again, and what may pass by itself is given
    /// the time to pass: a neighbour not found, an IPv6 route or address that is not there yet. When every request was
    /// refused for a reason that only a change of the network can lift (no IPv4 route, filtered), it ends at once.
    ///
    /// An ARP or neighbour request that is lost, as on a link whose carrier is just coming up, is repeated by the kernel
    /// after one second, whatever is sent meanwhile: a timeout below 1.5 s does not survive that.
    pub until_answer: bool,
}

impl From<&PingRequest> for Ping {
    fn from(request: &PingRequest) -> Self {
        Self {
            target: request.target.value,
            scope: None,
            count: request.count,
            interval: request.interval,
            timeout: request.timeout,
            size: request.size,
            from: request.from.clone(),
            until_answer: request.until_answer,
        }
    }
}

impl Ping {
    /// The target as the user wrote it: the address, with its link if it has one.
    pub fn target(&self) -> Host {
        Host { address: self.target, link: self.scope.as_ref().map(ToString::to_string) }
    }

    /// Of which version of ICMP it is.
    pub fn family(&self) -> Family {
        if self.target.is_ipv4() { Family::V4 } else { Family::V6 }
    }
}

/// An address, and the link it is to be found on where the address alone does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// The address.
    pub address: IpAddr,
    /// The link's name, or its index where it has none any more.
    pub link: Option<String>,
}

/// `ADDRESS` or `ADDRESS%LINK`.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)?;
        self.link.as_ref().map_or(Ok(()), |link| write!(f, "%{link}"))
    }
}

/// Something that happened. Sequence numbers begin with 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PingEvent {
    /// There is a way to the target; the first request follows.
    Started {
        /// The address that requests are sent from.
        source: IpAddr,
    },
    /// There is none: nothing was sent.
    Refused(Refusal),
    /// A reply.
    Reply {
        /// To which request.
        seq: u16,
        /// The time to live (or hop limit) that it had left.
        ttl: u8,
        /// From the request to the reply.
        rtt: Duration,
        /// Who sent it.
        from: Host,
        /// Bytes of ICMP: header and payload.
        bytes: usize,
        /// That request was answered before.
        duplicate: bool,
    },
    /// A router, or the own kernel, says that a request could not be delivered.
    Error {
        /// Which request.
        seq: u16,
        /// Who says so.
        from: Host,
        /// Why.
        error: IcmpError,
    },
    /// The kernel did not send a request.
    SendFailed {
        /// Which.
        seq: u16,
        /// Why.
        errno: Errno,
    },
    /// Nothing was heard of a request in time.
    Timeout {
        /// Which.
        seq: u16,
    },
}

/// The kernel's refusal to open a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What was asked of it.
    pub call: Call,
    /// What it said: `ENETUNREACH` without a route, `EHOSTUNREACH` at an `unreachable` one, `EACCES` at a `prohibit`
    /// one and for an IPv4 broadcast, `EINVAL` at a `blackhole`, `EADDRNOTAVAIL` without a source address.
    pub errno: Errno,
}

/// A system call that opens a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Looking up the way to the target.
    Connect,
    /// Taking the source address that was asked for.
    Bind,
}

/// Why nothing could be asked.
#[derive(Debug, Error)]
pub enum PingError {
    /// The namespace could not be entered.
    #[error("the namespace cannot be entered: {0}")]
    Namespace(#[source] io::Error),
    /// The link to send from, or the one of the target, is not there.
    #[error("there is no link `{name}`")]
    NoSuchLink {
        /// Its name.
        name: String,
    },
    /// IPv4 from an IPv6 address, or the other way round.
    #[error("`{target}` cannot be reached from `{source_address}`: one is IPv4, the other IPv6")]
    Families {
        /// The target.
        target: IpAddr,
        /// The address to send from.
        source_address: IpAddr,
    },
    /// Neither a raw nor a datagram socket is allowed (CAP_NET_RAW, `net.ipv4.ping_group_range`).
    #[error("sending echo requests is not permitted")]
    NotPermitted,
    /// A system call failed that has no reason to.
    #[error("{doing}: {source}")]
    System {
        /// What was being done.
        doing: &'static str,
        /// The error.
        source: io::Error,
    },
}
