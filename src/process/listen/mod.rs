//! Small servers that send back what they are sent: something to talk to for those who test a network.
//!
//! In: a protocol, a port, perhaps an address, and the handle of a namespace. Out: a [`Listener`], which serves until it
//! is dropped. The socket is opened by a thread that visits the namespace; the thread that serves it stays outside.
//!
//! Invariants: when a listener is dropped its thread has ended and all its sockets are closed, so that nothing keeps the
//! namespace from going; what a connection had under way is broken off.

mod datagrams;
mod streams;

use std::{
    fs::File,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket},
    thread::{self, JoinHandle},
};

use nix::errno::Errno;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{runtime::Builder, select, sync::oneshot};

use super::namespace;
use crate::commands::Transport;

/// A socket that is bound and not served yet.
#[derive(Debug)]
pub enum Opened {
    /// Connections wait to be accepted.
    Tcp(TcpListener),
    /// Datagrams wait to be read.
    Udp(UdpSocket),
}

/// A server. It ends when it is dropped.
#[derive(Debug)]
pub struct Listener {
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

/// Opens a socket in the namespace, or in that of this thread; without an address for all of both families.
pub fn open(transport: Transport, address: Option<IpAddr>, port: u16, ns: Option<&File>) -> io::Result<Opened> {
    namespace::inside(ns, || match address {
        Some(address) => bind(transport, SocketAddr::new(address, port)),
        None => match bind(transport, SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), port)) {
            // A kernel without IPv6.
            Err(error) if error.raw_os_error() == Some(Errno::EAFNOSUPPORT as i32) => {
                bind(transport, SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port))
            }
            bound => bound,
        },
    })?
}

fn bind(transport: Transport, at: SocketAddr) -> io::Result<Opened> {
    let (kind, protocol) = match transport {
        Transport::Tcp => (Type::STREAM, Protocol::TCP),
        Transport::Udp => (Type::DGRAM, Protocol::UDP),
    };
    let socket = Socket::new(Domain::for_address(at), kind, Some(protocol))?;
    socket.set_nonblocking(true)?;
    if at.is_ipv6() {
        socket.set_only_v6(!at.ip().is_unspecified())?;
    }
    match transport {
        Transport::Tcp => {
            // Connections that have just ended hold the port for a minute otherwise.
            socket.set_reuse_address(true)?;
            socket.bind(&at.into())?;
            socket.listen(128)?;
            Ok(Opened::Tcp(socket.into()))
        }
        Transport::Udp => {
            datagrams::tell_destinations(&socket, at)?;
            socket.bind(&at.into())?;
            Ok(Opened::Udp(socket.into()))
        }
    }
}

impl Listener {
    /// Serves a socket from now on.
    pub fn start(socket: Opened) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let serve = move || {
            // With the runtime go the connections.
            runtime.block_on(async {
                select! {
                    _ = stopped => {}
                    _ = serve(socket) => {}
                }
            });
        };
        let server = thread::Builder::new().name("listen".into()).spawn(serve)?;
        Ok(Self { stop: Some(stop), server: Some(server) })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // The sender's end is enough of a word.
        drop(self.stop.take());
        if let Some(server) = self.server.take() {
            // One that panicked has ended too.
            server.join().ok();
        }
    }
}

/// Ends only when the socket cannot be served at all.
async fn serve(socket: Opened) -> io::Result<()> {
    match socket {
        Opened::Tcp(socket) => streams::serve(socket).await,
        Opened::Udp(socket) => datagrams::serve(socket).await,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::{Shutdown, TcpStream},
        time::Duration,
    };

    use super::*;

    fn port(socket: &Opened) -> u16 {
        match socket {
            Opened::Tcp(socket) => socket.local_addr().unwrap().port(),
            Opened::Udp(socket) => socket.local_addr().unwrap().port(),
        }
    }

    fn started(transport: Transport, address: Option<&str>) -> (Listener, u16) {
        let address = address.map(|address| address.parse().unwrap());
        let socket = open(transport, address, 0, None).unwrap();
        let port = port(&socket);
        (Listener::start(socket).unwrap(), port)
    }

    #[test]
    fn streams_come_back_and_end() {
        let (listener, port) = started(Transport::Tcp, Some("127.0.0.1"));
        let talk = |words: &[u8]| {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            stream.write_all(words).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            assert_eq!(answer, words);
        };
        let silent = TcpStream::connect(("127.0.0.1", port)).unwrap();
        talk(b"hello\n");
        talk(&vec![7; 1 << 20]);
        talk(b"");

        // What is open is broken off, and the port is free at once.
        drop(listener);
        assert_eq!((&silent).read(&mut [0; 8]).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
        open(Transport::Tcp, Some(Ipv4Addr::LOCALHOST.into()), port, None).unwrap();
    }

    #[test]
    fn datagrams_come_back_from_where_they_went() {
        for (bound, targets) in [(None, ["127.0.0.1", "127.0.0.2"]), (Some("127.0.0.3"), ["127.0.0.3", "127.0.0.3"])] {
            let (listener, port) = started(Transport::Udp, bound);
            for target in targets {
                let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
                socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                socket.connect((target, port)).unwrap();
                for words in [b"hello".as_slice(), b""] {
                    socket.send(words).unwrap();
                    let mut answer = [0; 16];
                    let length = socket.recv(&mut answer).unwrap();
                    assert_eq!(&answer[..length], words, "{target}");
                }
            }
            drop(listener);
            // Whoever asks for any port just then may have got this one for a moment.
            let is_free = || open(Transport::Udp, None, port, None).is_ok();
            let mut tries = 0;
            while !is_free() && tries < 100 {
                tries += 1;
                thread::sleep(Duration::from_millis(20));
            }
            assert!(tries < 100, "port {port} is not free again");
        }
    }

    #[test]
    fn a_port_is_taken_once() {
        for transport in [Transport::Tcp, Transport::Udp] {
            let (_listener, port) = started(transport, None);
            let error = open(transport, Some(Ipv4Addr::LOCALHOST.into()), port, None).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(Errno::EADDRINUSE as i32));
        }
        let error = open(Transport::Udp, Some("192.0.2.1".parse().unwrap()), 0, None).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(Errno::EADDRNOTAVAIL as i32));
    }
}
