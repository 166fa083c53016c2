//! The sockets that tell of one namespace.

use std::{
    fs::File,
    io::{self, Read},
    os::fd::{AsFd, BorrowedFd},
};

use netlink_packet_route::{
    AddressFamily, RouteNetlinkMessage, address::AddressMessage, link::LinkMessage, neighbour::NeighbourMessage,
};
use nix::errno::Errno;

use super::{
    super::{
        monitor, netns,
        socket::{NetlinkSocket, Reply, messages, reply},
    },
    known::Known,
};
use crate::{backend::Change, model::query::IpFamily};

/// More than the kernel puts into one message to all.
const RECEIVE_BYTES: usize = 64 * 1024;

/// `RTM_NEWNETCONF` of `linux/rtnetlink.h`, which the message crate does not know.
const NEW_NETCONF: u16 = 80;

/// `NFNL_SUBSYS_NFTABLES` of `linux/netfilter/nfnetlink.h`, as the upper byte of a message's type.
const NFTABLES: u16 = 10;

/// Where changes of a namespace are heard of.
pub(super) struct Source {
    route: File,
    rules: Option<File>,
    known: Known,
}

impl Source {
    /// Listens in the namespace behind the handle, or in that of this thread; also what is there, as changes.
    pub(super) fn open(namespace: Option<&File>) -> io::Result<(Self, Vec<Change>)> {
        let work = || {
            let (route, rules) = monitor::sockets()?;
            // What changes meanwhile is told twice, and the second time it is no news.
            let mut socket = NetlinkSocket::open()?;
            Ok((route, rules, dump(&mut socket)?))
        };
        let (route, rules, there) = match namespace {
            Some(namespace) => netns::inside(namespace, work)?,
            None => work()?,
        };
        let mut source = Self { route: route.into(), rules: rules.map(File::from), known: Known::default() };
        let changes = there.iter().filter_map(|reply| source.known.note(&reply.decode().ok()?)).collect();
        Ok((source, changes))
    }

    /// What becomes readable when there is something to be heard.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        [Some(&self.route), self.rules.as_ref()].into_iter().flatten().map(AsFd::as_fd)
    }

    /// All that there is to be heard now.
    pub(super) fn read(&mut self) -> io::Result<Vec<Change>> {
        let mut changes = Vec::new();
        let mut buffer = vec![0; RECEIVE_BYTES];
        while let Some(read) = receive(&self.route, &mut buffer, &mut changes)? {
            for message in messages(&buffer[..read]) {
                let message = message?;
                let change = if message.message_type() == NEW_NETCONF {
                    netconf(message.payload()).and_then(|(family, is_on)| self.known.forwarding(family, is_on))
                } else {
                    reply(&message).decode().ok().and_then(|message| self.known.note(&message))
                };
                changes.extend(change);
            }
        }
        let Some(rules) = &self.rules else { return Ok(changes) };
        let (mut added, mut removed, mut is_heard) = (0, 0, false);
        while let Some(read) = receive(rules, &mut buffer, &mut changes)? {
            for message in messages(&buffer[..read]) {
                let kind = message?.message_type();
                // `NFT_MSG_*` of `linux/netfilter/nf_tables.h`: tables, chains and rules, made and deleted.
                is_heard |= kind >> 8 == NFTABLES && [0, 2, 3, 5, 6, 8].contains(&(kind & 0xff));
                added += usize::from(kind == NFTABLES << 8 | 6);
                removed += usize::from(kind == NFTABLES << 8 | 8);
            }
        }
        changes.extend(is_heard.then_some(Change::Rules { added, removed }));
        Ok(changes)
    }
}

/// The next datagram, if there is one; what the kernel had no room for is told of.
fn receive(mut socket: &File, buffer: &mut [u8], changes: &mut Vec<Change>) -> io::Result<Option<usize>> {
    loop {
        match socket.read(buffer) {
            Ok(read) => return Ok(Some(read)),
            Err(error) if error.raw_os_error() == Some(Errno::ENOBUFS as i32) => changes.push(Change::Missed),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

/// The links, addresses and neighbours there are.
fn dump(socket: &mut NetlinkSocket) -> io::Result<Vec<Reply>> {
    let mut links = LinkMessage::default();
    links.header.interface_family = AddressFamily::Unspec;
    let mut replies = socket.dump(&RouteNetlinkMessage::GetLink(links))?;
    replies.extend(socket.dump(&RouteNetlinkMessage::GetAddress(AddressMessage::default()))?);
    replies.extend(socket.dump(&RouteNetlinkMessage::GetNeighbour(NeighbourMessage::default()))?);
    Ok(replies)
}

/// Whether the packets of a family are passed on, of a message about all links of the namespace (`netconfmsg` and
/// `NETCONFA_*` in `linux/netconf.h`).
fn netconf(payload: &[u8]) -> Option<(IpFamily, bool)> {
    const IF_INDEX: u16 = 1;
    const FORWARDING: u16 = 2;
    const ALL: i32 = -1;
    let family = match AddressFamily::from(*payload.first()?) {
        AddressFamily::Inet => IpFamily::V4,
        AddressFamily::Inet6 => IpFamily::V6,
        _ => return None,
    };
    let mut rest = payload.get(4..)?;
    let (mut is_of_all, mut forwarding) = (false, None);
    while let [len0, len1, kind0, kind1, value @ ..] = rest {
        let length = usize::from(u16::from_ne_bytes([*len0, *len1]));
        let value = value.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes)).filter(|_| length >= 8);
        match u16::from_ne_bytes([*kind0, *kind1]) {
            IF_INDEX => is_of_all = value == Some(ALL),
            FORWARDING => forwarding = value,
            _ => {}
        }
        rest = rest.get(length.next_multiple_of(4).max(4)..).unwrap_or_default();
    }
    forwarding.filter(|_| is_of_all).map(|value| (family, value != 0))
}
