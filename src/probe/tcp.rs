//! Whether something accepts TCP connections, asked from inside a network namespace.
//!
//! In: an address, a port, a time limit and the namespace's handle. Out: [`TcpAnswer`].

use std::{
    fs::File,
    io,
    net::{IpAddr, SocketAddr, TcpStream},
    time::Duration,
};

use nix::errno::Errno;
use socket2::{Domain, Socket, Type};
use thiserror::Error;
use tokio::{
    net::TcpSocket,
    select,
    time::{Instant, sleep, timeout_at},
};

use super::ping::{Family, is_final};
use crate::{
    commands::Endpoint,
    process::{interrupt::Interrupt, namespace},
};

/// The time from one attempt to the next, where a refusal may pass by itself.
const PAUSE: Duration = Duration::from_millis(100);

/// What became of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcpAnswer {
    /// It was accepted; it is closed again already.
    Accepted {
        /// How long that took.
        time: Duration,
    },
    /// The host is there, and nothing listens on the port.
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
pub enum TcpError {
    /// The namespace could not be entered.
    #[error("the namespace cannot be entered: {0}")]
    Namespace(#[source] io::Error),
    /// No socket was to be had.
    #[error("opening a socket: {0}")]
    Socket(#[source] io::Error),
}

/// Tries to open a connection from the namespace; with no namespace, from that of this thread. An IPv6 route or address
/// that is not there yet is waited for until the time is over, for both may appear by themselves.
pub async fn connect(
    target: Endpoint,
    ns: Option<&File>,
    limit: Duration,
    interrupt: &Interrupt,
) -> Result<TcpAnswer, TcpError> {
    let deadline = Instant::now() + limit;
    select! {
        biased;
        _ = interrupt.wait() => Ok(TcpAnswer::Interrupted),
        answer = connect_until(target, ns, deadline) => answer,
    }
}

async fn connect_until(target: Endpoint, ns: Option<&File>, deadline: Instant) -> Result<TcpAnswer, TcpError> {
    let begun = Instant::now();
    let family = if target.address.is_ipv4() { Family::V4 } else { Family::V6 };
    loop {
        let socket = namespace::inside(ns, || open(target.address)).map_err(TcpError::Namespace)?;
        let socket = TcpSocket::from_std_stream(socket.map_err(TcpError::Socket)?);
        let attempt = socket.connect(SocketAddr::new(target.address, target.port));
        let Ok(outcome) = timeout_at(deadline, attempt).await else { return Ok(TcpAnswer::TimedOut) };
        let Err(error) = outcome else { return Ok(TcpAnswer::Accepted { time: begun.elapsed() }) };
        match error.raw_os_error().map_or(Errno::UnknownErrno, Errno::from_raw) {
            Errno::ECONNREFUSED => return Ok(TcpAnswer::Refused),
            Errno::ETIMEDOUT => return Ok(TcpAnswer::TimedOut),
            errno if is_final(family, errno) || Instant::now() + PAUSE >= deadline => {
                return Ok(TcpAnswer::Unreachable(errno));
            }
            _ => sleep(PAUSE).await,
        }
    }
}

fn open(address: IpAddr) -> io::Result<TcpStream> {
    let domain = if address.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
    let socket = Socket::new(domain, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}
