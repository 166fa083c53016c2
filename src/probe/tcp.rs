//! Whether something accepts TCP connections, asked from inside a network namespace.
//!
//! In: an address, a port, a time limit and the namespace's handle. Out: [`PortAnswer`].

use std::{
    fs::File,
    io,
    net::{IpAddr, SocketAddr, TcpStream},
    time::Duration,
};

use nix::errno::Errno;
use socket2::{Domain, Socket, Type};
use tokio::{
    net::TcpSocket,
    select,
    time::{Instant, sleep, timeout_at},
};

use super::{
    ping::{Family, is_final},
    port::{PortAnswer, PortError},
};
use crate::{
    commands::Endpoint,
    process::{interrupt::Interrupt, namespace},
};

/// The time from one attempt to the next, where a refusal may pass by itself.
const PAUSE: Duration = Duration::from_millis(100);

/// Tries to open a connection from the namespace; with no namespace, from that of this thread. An IPv6 route or address
/// that is not there yet is waited for until the time is over, for both may appear by themselves.
pub async fn connect(
    target: Endpoint,
    ns: Option<&File>,
    limit: Duration,
    interrupt: &Interrupt,
) -> Result<PortAnswer, PortError> {
    let deadline = Instant::now() + limit;
    select! {
        biased;
        _ = interrupt.wait() => Ok(PortAnswer::Interrupted),
        answer = connect_until(target, ns, deadline) => answer,
    }
}

async fn connect_until(target: Endpoint, ns: Option<&File>, deadline: Instant) -> Result<PortAnswer, PortError> {
    let begun = Instant::now();
    let family = if target.address.is_ipv4() { Family::V4 } else { Family::V6 };
    loop {
        let socket = namespace::inside(ns, || open(target.address)).map_err(PortError::Namespace)?;
        let socket = TcpSocket::from_std_stream(socket.map_err(PortError::Socket)?);
        let attempt = socket.connect(SocketAddr::new(target.address, target.port));
        let Ok(outcome) = timeout_at(deadline, attempt).await else { return Ok(PortAnswer::TimedOut) };
        let Err(error) = outcome else { return Ok(PortAnswer::Open { time: begun.elapsed() }) };
        match error.raw_os_error().map_or(Errno::UnknownErrno, Errno::from_raw) {
            Errno::ECONNREFUSED => return Ok(PortAnswer::Refused),
            Errno::ETIMEDOUT => return Ok(PortAnswer::TimedOut),
            errno if is_final(family, errno) || Instant::now() + PAUSE >= deadline => {
                return Ok(PortAnswer::Unreachable(errno));
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
