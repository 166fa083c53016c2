//! The socket of a conversation.
//!
//! In: a [`Ping`] and a namespace's handle. Out: requests on the wire, and what came of them as [`Incoming`]. Raw
//! sockets where they are permitted, else the datagram kind of icmp(7), whose identifier the kernel chooses.

use std::{
    collections::BTreeMap,
    fs::File,
    hash::{BuildHasher, RandomState},
    io::{self, IoSliceMut},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6},
    os::fd::AsRawFd,
    sync::{
        OnceLock,
        atomic::{AtomicU16, Ordering},
    },
};

use nix::{
    cmsg_space,
    errno::Errno,
    libc::{SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6, sock_extended_err},
    net::if_::if_nameindex,
    sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt},
};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::{
    Call, Family, Host, IcmpError, Ping, PingError, Refusal, filter,
    packet::{Echo, HEADER_BYTES, build_request, parse_echo, parse_ipv4_reply},
};
use crate::process::namespace;

/// The longest IPv4 header, in bytes.
const MAX_IPV4_HEADER_BYTES: usize = 60;
/// The port to which the way is looked up; nothing is sent there.
const ANY_PORT: u16 = 1025;
/// How many errors of a socket in a row are taken for reports on earlier requests.
const MAX_PENDING_ERRORS: u32 = 16;

/// Something that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A reply to a request of ours.
    Reply { seq: u16, ttl: u8, from: Host, bytes: usize },
    /// An error about a request of ours.
    Error { seq: u16, from: Host, error: IcmpError },
}

/// What a socket is, which decides what a packet read from it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Raw,
    Datagram,
}

/// An open conversation.
#[derive(Debug)]
pub struct EchoSocket {
    /// To be waited on.
    pub socket: Socket,
    /// The address that requests are sent from.
    pub source: IpAddr,
    kind: Kind,
    family: Family,
    destination: SockAddr,
    payload: u16,
    id: u16,
    /// Names of the namespace's links, by index.
    links: BTreeMap<u32, String>,
}

/// Why a conversation was not opened.
#[derive(Debug)]
pub enum OpenError {
    /// The kernel knows no way.
    Refused(Refusal),
    /// It could not be tried.
    Failed(PingError),
}

impl From<PingError> for OpenError {
    fn from(error: PingError) -> Self {
        Self::Failed(error)
    }
}

/// Where requests are sent from, as far as the user says.
#[derive(Debug)]
struct Origin {
    link: Option<String>,
    address: Option<SockAddr>,
}

impl EchoSocket {
    /// Opens a conversation from inside the namespace.
    pub fn open(ping: &Ping, ns: Option<&File>) -> Result<Self, OpenError> {
        namespace::inside(ns, || Self::open_here(ping)).map_err(PingError::Namespace)?
    }

    fn open_here(ping: &Ping) -> Result<Self, OpenError> {
        let family = ping.family();
        let links = link_names().map_err(system("listing the links"))?;
        let scope = ping.scope.as_ref().map(|link| index_of(&links, link.as_str())).transpose()?;
        let origin = origin(ping, &links)?;
        let scope = match &origin.link {
            Some(link) if scope.is_none() => index_of(&links, link)?,
            Some(_) | None => scope.unwrap_or(0),
        };
        let destination = address(ping.target, ANY_PORT, scope);
        let source = find_way(family, &destination, &origin)?;
        let (socket, kind) = raw_or_datagram(family)?;
        prepare(&socket, family, kind, &origin)?;
        let id = match kind {
            Kind::Raw => fresh_id(),
            Kind::Datagram => chosen_id(&socket)?,
        };
        if kind == Kind::Raw {
            socket.attach_filter(&filter::echo_replies(family, id)).map_err(system("filtering packets"))?;
        }
        let destination = address(ping.target, 0, scope);
        Ok(Self { socket, source, kind, family, destination, payload: ping.size, id, links })
    }

    /// Sends a request.
    pub fn send(&self, seq: u16) -> Result<(), Errno> {
        let packet = build_request(self.family, Echo { id: self.id, seq }, self.payload);
        match self.socket.send_to(&packet, &self.destination) {
            Ok(_) => Ok(()),
            Err(error) => Err(errno_of(&error)),
        }
    }

    /// The next thing that was received, if there is one.
    pub fn receive(&self) -> Result<Option<Incoming>, Errno> {
        let mut pending_errors = 0;
        loop {
            match self.receive_error() {
                Ok(Some(error)) => return Ok(Some(error)),
                Ok(None) | Err(Errno::EINTR) => continue,
                Err(Errno::EAGAIN) => {}
                Err(errno) => return Err(errno),
            }
            match self.receive_reply() {
                Ok(Some(reply)) => return Ok(Some(reply)),
                Ok(None) | Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => return Ok(None),
                // A socket with an error queue tells each error twice: there, and once as the errno of any call.
                Err(_) if pending_errors < MAX_PENDING_ERRORS => pending_errors += 1,
                Err(errno) => return Err(errno),
            }
        }
    }

    /// Reads a packet; `None` if it is no answer to us.
    fn receive_reply(&self) -> Result<Option<Incoming>, Errno> {
        let mut buffer = vec![0; MAX_IPV4_HEADER_BYTES + HEADER_BYTES + usize::from(self.payload)];
        let received = self.read(&mut buffer, MsgFlags::empty())?;
        let packet = &buffer[..received.bytes];
        let (echo, ttl, bytes) = if self.family == Family::V4 && self.kind == Kind::Raw {
            let Some(reply) = parse_ipv4_reply(packet) else { return Ok(None) };
            (reply.echo, Some(reply.ttl), reply.bytes)
        } else {
            let Some(echo) = parse_echo(self.family.echo_reply(), packet) else { return Ok(None) };
            (echo, received.ttl, packet.len())
        };
        let (Some(from), Some(ttl)) = (received.from, ttl) else { return Ok(None) };
        let reply = Incoming::Reply { seq: echo.seq, ttl, from, bytes };
        Ok((echo.id == self.id).then_some(reply))
    }

    /// Takes an error from the queue; `None` if it is not about a request of ours.
    fn receive_error(&self) -> Result<Option<Incoming>, Errno> {
        let mut quoted = [0; HEADER_BYTES];
        let received = self.read(&mut quoted, MsgFlags::MSG_ERRQUEUE)?;
        let echo = parse_echo(self.family.echo_request(), &quoted[..received.bytes]);
        let (Some(echo), Some((error, from))) = (echo, received.error) else { return Ok(None) };
        Ok((echo.id == self.id).then_some(Incoming::Error { seq: echo.seq, from, error }))
    }

    fn read(&self, buffer: &mut [u8], flags: MsgFlags) -> Result<Read, Errno> {
        let mut control = cmsg_space!([u8; 256]);
        let mut slices = [IoSliceMut::new(buffer)];
        let flags = flags | MsgFlags::MSG_DONTWAIT;
        let message = recvmsg::<SockaddrStorage>(self.socket.as_raw_fd(), &mut slices, Some(&mut control), flags)?;
        let from = message.address.and_then(|address| self.host(address));
        let mut read = Read { bytes: message.bytes, from, ttl: None, error: None };
        for control in message.cmsgs()? {
            match control {
                ControlMessageOwned::Ipv4Ttl(ttl) | ControlMessageOwned::Ipv6HopLimit(ttl) => {
                    read.ttl = u8::try_from(ttl).ok();
                }
                ControlMessageOwned::Ipv4RecvErr(error, Some(from)) => {
                    let address = Ipv4Addr::from(u32::from_be(from.sin_addr.s_addr));
                    read.error = icmp_error(&error).zip(Some(Host { address: address.into(), link: None }));
                }
                ControlMessageOwned::Ipv6RecvErr(error, Some(from)) => {
                    let address = Ipv6Addr::from(from.sin6_addr.s6_addr);
                    read.error = icmp_error(&error).zip(Some(self.ipv6_host(address, from.sin6_scope_id)));
                }
                _ => {}
            }
        }
        Ok(read)
    }

    fn host(&self, address: SockaddrStorage) -> Option<Host> {
        if let Some(v4) = address.as_sockaddr_in() {
            return Some(Host { address: v4.ip().into(), link: None });
        }
        address.as_sockaddr_in6().map(|v6| self.ipv6_host(v6.ip(), v6.scope_id()))
    }

    fn ipv6_host(&self, address: Ipv6Addr, scope: u32) -> Host {
        let name = || self.links.get(&scope).cloned().unwrap_or_else(|| scope.to_string());
        Host { address: address.into(), link: (scope != 0).then(name) }
    }
}

/// A packet or an entry of the error queue.
struct Read {
    bytes: usize,
    from: Option<Host>,
    ttl: Option<u8>,
    error: Option<(IcmpError, Host)>,
}

/// The error of ICMP that an entry of the queue tells of; `None` for the kernel's own, which the failed call told
/// already.
fn icmp_error(error: &sock_extended_err) -> Option<IcmpError> {
    let family = match error.ee_origin {
        SO_EE_ORIGIN_ICMP => Family::V4,
        SO_EE_ORIGIN_ICMP6 => Family::V6,
        _ => return None,
    };
    Some(IcmpError { family, kind: error.ee_type, code: error.ee_code, info: error.ee_info })
}

/// Understands what the user says of where to send from: an address, or else a link.
fn origin(ping: &Ping, links: &BTreeMap<u32, String>) -> Result<Origin, PingError> {
    let Some(from) = &ping.from else { return Ok(Origin { link: None, address: None }) };
    let (text, link) = from.split_once('%').map_or((from.as_str(), None), |(text, link)| (text, Some(link)));
    let Ok(source_address) = text.parse::<IpAddr>() else {
        index_of(links, from)?;
        return Ok(Origin { link: Some(from.clone()), address: None });
    };
    if source_address.is_ipv4() != ping.target.is_ipv4() {
        return Err(PingError::Families { target: ping.target, source_address });
    }
    let scope = link.map(|link| index_of(links, link)).transpose()?.unwrap_or(0);
    Ok(Origin { link: None, address: Some(address(source_address, 0, scope)) })
}

/// Asks the kernel for the way to the target, and so for the source address that it takes.
fn find_way(family: Family, destination: &SockAddr, origin: &Origin) -> Result<IpAddr, OpenError> {
    let scout = Socket::new(domain(family), Type::DGRAM, None).map_err(system("opening a socket"))?;
    bind(&scout, origin)?;
    scout.connect(destination).map_err(refused(Call::Connect))?;
    let source = scout.local_addr().map_err(system("looking up the source address"))?;
    let none = || io::Error::from(io::ErrorKind::AddrNotAvailable);
    Ok(source.as_socket().ok_or_else(none).map_err(system("looking up the source address"))?.ip())
}

fn raw_or_datagram(family: Family) -> Result<(Socket, Kind), PingError> {
    let protocol = match family {
        Family::V4 => Protocol::ICMPV4,
        Family::V6 => Protocol::ICMPV6,
    };
    let denied = |error: &io::Error| error.kind() == io::ErrorKind::PermissionDenied;
    for (kind, kind_of_socket) in [(Kind::Raw, Type::RAW), (Kind::Datagram, Type::DGRAM)] {
        match Socket::new(domain(family), kind_of_socket, Some(protocol)) {
            Ok(socket) => return Ok((socket, kind)),
            Err(error) if denied(&error) => {}
            Err(error) => return Err(system("opening a socket")(error)),
        }
    }
    Err(PingError::NotPermitted)
}

fn prepare(socket: &Socket, family: Family, kind: Kind, origin: &Origin) -> Result<(), OpenError> {
    socket.set_nonblocking(true).map_err(system("preparing a socket"))?;
    let options = match family {
        Family::V4 => setsockopt(socket, sockopt::Ipv4RecvErr, &true)
            .and_then(|()| setsockopt(socket, sockopt::Ipv4RecvTtl, &true)),
        Family::V6 => setsockopt(socket, sockopt::Ipv6RecvErr, &true)
            .and_then(|()| setsockopt(socket, sockopt::Ipv6RecvHopLimit, &true)),
    };
    options.map_err(|errno| system("preparing a socket")(errno.into()))?;
    bind(socket, origin)?;
    if kind == Kind::Datagram && origin.address.is_none() {
        // The kernel chooses an identifier when such a socket is bound.
        let any = match family {
            Family::V4 => Ipv4Addr::UNSPECIFIED.into(),
            Family::V6 => Ipv6Addr::UNSPECIFIED.into(),
        };
        socket.bind(&address(any, 0, 0)).map_err(refused(Call::Bind))?;
    }
    Ok(())
}

fn bind(socket: &Socket, origin: &Origin) -> Result<(), OpenError> {
    if let Some(link) = &origin.link {
        socket.bind_device(Some(link.as_bytes())).map_err(system("binding to a link"))?;
    }
    if let Some(address) = &origin.address {
        socket.bind(address).map_err(refused(Call::Bind))?;
    }
    Ok(())
}

fn domain(family: Family) -> Domain {
    match family {
        Family::V4 => Domain::IPV4,
        Family::V6 => Domain::IPV6,
    }
}

fn address(address: IpAddr, port: u16, scope: u32) -> SockAddr {
    match address {
        IpAddr::V4(_) => SocketAddr::new(address, port).into(),
        IpAddr::V6(v6) => SocketAddrV6::new(v6, port, 0, scope).into(),
    }
}

fn link_names() -> io::Result<BTreeMap<u32, String>> {
    let links = if_nameindex()?;
    Ok(links.iter().map(|link| (link.index(), link.name().to_string_lossy().into_owned())).collect())
}

fn index_of(links: &BTreeMap<u32, String>, name: &str) -> Result<u32, PingError> {
    let found = links.iter().find(|&(_, link)| link == name);
    found.map(|(&index, _)| index).ok_or_else(|| PingError::NoSuchLink { name: name.into() })
}

/// An identifier that no earlier conversation of this process had (until 65,536 were), beginning anywhere, so that two
/// processes hardly share one.
fn fresh_id() -> u16 {
    static NEXT: OnceLock<AtomicU16> = OnceLock::new();
    let random = || {
        let [low, high, ..] = RandomState::new().hash_one(std::process::id()).to_le_bytes();
        AtomicU16::new(u16::from_le_bytes([low, high]))
    };
    NEXT.get_or_init(random).fetch_add(1, Ordering::Relaxed)
}

/// The identifier that the kernel chose for a datagram socket: it stands where others have their port.
fn chosen_id(socket: &Socket) -> Result<u16, PingError> {
    let local = socket.local_addr().map_err(system("looking up the identifier"))?;
    Ok(local.as_socket().map_or(0, |local| local.port()))
}

fn errno_of(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::UnknownErrno, Errno::from_raw)
}

fn refused(call: Call) -> impl FnOnce(io::Error) -> OpenError {
    move |error| OpenError::Refused(Refusal { call, errno: errno_of(&error) })
}

fn system(doing: &'static str) -> impl FnOnce(io::Error) -> PingError {
    move |source| PingError::System { doing, source }
}
