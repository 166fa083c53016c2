//! Whether something answers datagrams, asked from inside a network namespace.
//!
//! In: an address, a port, a time limit and the namespace's handle. Out: [`PortAnswer`]. A datagram may be lost, and so
//! it is sent again and again until something comes back. What listens without answering cannot be told from nothing.

use std::{
    fs::File,
    io,
    net::{SocketAddr, UdpSocket as StdSocket},
    time::Duration,
};

use nix::errno::Errno;
use socket2::{Domain, Socket, Type};
use tokio::{
    net::UdpSocket,
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

/// The time from one datagram to the next.
const PAUSE: Duration = Duration::from_millis(200);

/// What is sent: a line, for those who answer lines.
const WORDS: &[u8] = b"nns\n";

/// Sends datagrams from the namespace until one is answered; with no namespace, from that of this thread. An IPv6 route
/// or address that is not there yet is waited for until the time is over, for both may appear by themselves.
pub async fn ask(
    target: Endpoint,
    ns: Option<&File>,
    limit: Duration,
    interrupt: &Interrupt,
) -> Result<PortAnswer, PortError> {
    let deadline = Instant::now() + limit;
    select! {
        biased;
        _ = interrupt.wait() => Ok(PortAnswer::Interrupted),
        answer = ask_until(target, ns, deadline) => answer,
    }
}

async fn ask_until(target: Endpoint, ns: Option<&File>, deadline: Instant) -> Result<PortAnswer, PortError> {
    let begun = Instant::now();
    let at = SocketAddr::new(target.address, target.port);
    let family = if at.is_ipv4() { Family::V4 } else { Family::V6 };
    let socket = namespace::inside(ns, || open(at)).map_err(PortError::Namespace)?.map_err(PortError::Socket)?;
    let socket = UdpSocket::from_std(socket).map_err(PortError::Socket)?;
    loop {
        let next = deadline.min(Instant::now() + PAUSE);
        let error = match timeout_at(next, converse(&socket, at)).await {
            Ok(Ok(())) => return Ok(PortAnswer::Open { time: begun.elapsed() }),
            Ok(Err(error)) => Some(error.raw_os_error().map_or(Errno::UnknownErrno, Errno::from_raw)),
            Err(_) => None,
        };
        let is_over = Instant::now() + PAUSE >= deadline;
        match error {
            Some(Errno::ECONNREFUSED) => return Ok(PortAnswer::Refused),
            Some(errno) if is_final(family, errno) || is_over => return Ok(PortAnswer::Unreachable(errno)),
            Some(_) => sleep(PAUSE).await,
            None if next == deadline => return Ok(PortAnswer::TimedOut),
            None => {}
        }
    }
}

/// One datagram and the wait for what comes back. A connected socket is told of ICMP errors, and hears nobody else.
async fn converse(socket: &UdpSocket, at: SocketAddr) -> io::Result<()> {
    socket.connect(at).await?;
    socket.send(WORDS).await?;
    socket.recv(&mut [0; 64]).await.map(drop)
}

fn open(at: SocketAddr) -> io::Result<StdSocket> {
    let domain = if at.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
    let socket = Socket::new(domain, Type::DGRAM, None)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}
