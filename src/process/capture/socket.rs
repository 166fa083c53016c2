//! The socket that a link's packets are read from (packet(7)).
//!
//! In: a link's name and a namespace's handle. Out: packets with the times at which the kernel saw them.
//!
//! The tags of VLANs are not among a packet's bytes: the kernel hands them over beside it, to those who ask in a way
//! that takes unsafe code.

use std::{
    fs::File,
    io::{self, IoSliceMut},
    os::fd::{AsRawFd, OwnedFd},
    time::Duration,
};

use nix::{
    cmsg_space,
    errno::Errno,
    ifaddrs::getifaddrs,
    libc::{ARPHRD_ETHER, ARPHRD_LOOPBACK, ARPHRD_NONE, PACKET_OUTGOING},
    net::if_::if_nametoindex,
    sys::{
        socket::{
            AddressFamily, ControlMessageOwned, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, bind, recvmsg,
            setsockopt, socket, sockopt,
        },
        time::TimeSpec,
    },
};
use socket2::SockRef;
use thiserror::Error;

use super::pcap::LinkType;
use crate::process::namespace;

/// The hardware type of links of modems that carry bare IP (`linux/if_arp.h`).
const ARPHRD_RAWIP: u16 = 519;

/// How long a socket's address is without the one of its link (`sockaddr_ll` up to `sll_addr`).
const BARE_ADDRESS_BYTES: u32 = 12;

/// How many bytes may wait to be read, with what the kernel needs to keep them.
const BUFFER_BYTES: usize = 16 << 20;

/// A socket that is bound to a link: what passes the link waits to be read.
#[derive(Debug)]
pub struct Source {
    socket: OwnedFd,
    index: usize,
    is_bound: bool,
    /// What its packets begin with.
    pub link_type: LinkType,
    /// How many packets were lost because too many waited, as far as the kernel told.
    pub dropped: u32,
}

/// Why a link cannot be read from.
#[derive(Debug, Error)]
pub enum OpenError {
    /// There is none of that name.
    #[error("there is no such link")]
    NoSuchLink,
    /// Readers of capture files would not understand its packets.
    #[error("its packets, of hardware type {0}, are neither of Ethernet nor of IP")]
    HardwareType(u16),
    /// It failed otherwise.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// A packet that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// When the kernel saw it, since 1970.
    pub time: Duration,
    /// How long it was.
    pub length: usize,
}

/// Opens a link of the namespace, or of that of this thread.
pub fn open(link: &str, ns: Option<&File>) -> Result<Source, OpenError> {
    namespace::inside(ns, || open_here(link))?
}

fn open_here(link: &str) -> Result<Source, OpenError> {
    let index = match if_nametoindex(link) {
        Err(Errno::ENODEV | Errno::ENXIO) => return Err(OpenError::NoSuchLink),
        index => index.map_err(io::Error::from)? as usize,
    };
    let of_link = |address: &LinkAddr| address.ifindex() == index;
    let mut links = getifaddrs().map_err(io::Error::from)?.filter_map(|entry| entry.address?.as_link_addr().copied());
    let address = links.find(of_link);
    // Whoever has no hardware address has no header that it could stand in.
    let link_type = address.map_or(Ok(LinkType::Raw), |address| link_type(address.hatype()))?;
    let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
    let socket = socket(AddressFamily::Packet, SockType::Raw, flags, SockProtocol::EthAll).map_err(io::Error::from)?;
    prepare(&socket).map_err(io::Error::from)?;
    if let Some(address) = &address {
        bind(socket.as_raw_fd(), address).map_err(io::Error::from)?;
    }
    Ok(Source { socket, index, is_bound: address.is_some(), link_type, dropped: 0 })
}

fn prepare(socket: &OwnedFd) -> nix::Result<()> {
    setsockopt(socket, sockopt::ReceiveTimestampns, &true)?;
    setsockopt(socket, sockopt::RxqOvfl, &1)?;
    // Beyond the limit for everybody, where that is allowed.
    setsockopt(socket, sockopt::RcvBufForce, &BUFFER_BYTES)
        .or_else(|_| setsockopt(socket, sockopt::RcvBuf, &BUFFER_BYTES))
}

fn link_type(hardware_type: u16) -> Result<LinkType, OpenError> {
    match hardware_type {
        ARPHRD_ETHER | ARPHRD_LOOPBACK => Ok(LinkType::Ethernet),
        ARPHRD_NONE | ARPHRD_RAWIP => Ok(LinkType::Raw),
        other => Err(OpenError::HardwareType(other)),
    }
}

impl Source {
    /// To be waited on.
    pub fn socket(&self) -> &OwnedFd {
        &self.socket
    }

    /// The next packet, as much of it as there is room for; `None` where it is not one to be kept. `EAGAIN`: there is
    /// none now. `ENETDOWN`: the link was set down, or went away.
    pub fn read(&mut self, room: &mut [u8]) -> io::Result<Option<Packet>> {
        let mut control = cmsg_space!(TimeSpec, u32);
        let mut parts = [IoSliceMut::new(room)];
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_TRUNC;
        let message = recvmsg::<LinkAddr>(self.socket.as_raw_fd(), &mut parts, Some(&mut control), flags)?;
        let mut time = Duration::ZERO;
        for control in message.cmsgs()? {
            match control {
                ControlMessageOwned::ScmTimestampns(stamp) => time = Duration::from(stamp),
                ControlMessageOwned::RxqOvfl(dropped) => self.dropped = dropped,
                _ => {}
            }
        }
        // Until a socket is bound it gets what passes any link.
        let Some(from) = message.address.filter(|from| from.ifindex() == self.index) else { return Ok(None) };
        // Packets pass the loopback device twice, on their way out and back in.
        if from.hatype() == ARPHRD_LOOPBACK && from.pkttype() == PACKET_OUTGOING {
            return Ok(None);
        }
        link_type(from.hatype()).map_err(io::Error::other)?;
        Ok(Some(Packet { time, length: message.bytes }))
    }

    /// Whether the link was deleted, or moved to another namespace.
    pub fn is_gone(&self) -> bool {
        // A socket's address ends with that of its link, as long as there is one.
        let bound = || SockRef::from(&self.socket).local_addr();
        self.is_bound && bound().is_ok_and(|bound| bound.len() <= BARE_ADDRESS_BYTES)
    }
}
