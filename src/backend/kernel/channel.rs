//! A netlink socket of any protocol: bytes go out, messages come in.
//!
//! In: whole messages, which carry the numbers that [`Channel::number`] gave out. Out: what the kernel answered. It
//! carries a request out while that is being sent, so that the answers are there when [`Channel::send`] returns.

use std::io;

use netlink_packet_core::{DecodeError, NLM_F_DUMP_INTR, NetlinkBuffer};
use netlink_sys::{Socket, SocketAddr};
use nix::{errno::Errno, libc};

use super::extack::decode_error;

/// The bytes that one `recv` can take. The kernel fills at most 32 KiB for a dump (`netlink_dump` in
/// `net/netlink/af_netlink.c`).
const RECEIVE_BYTES: usize = 64 * 1024;

/// The size asked for the queue of the socket, in bytes; the kernel cuts it to `net.core.rmem_max`.
const QUEUE_BYTES: usize = 1024 * 1024;

/// How often a dump is begun anew when the kernel says that what it lists has changed meanwhile.
const DUMP_ATTEMPTS: u32 = 16;

/// `NLMSG_ERROR` of `linux/netlink.h`.
pub(super) const NLMSG_ERROR: u16 = 2;
/// `NLMSG_DONE` of `linux/netlink.h`.
const NLMSG_DONE: u16 = 3;

/// An object that the kernel sent, still in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// `RTM_NEWLINK` and the like.
    pub(super) message_type: u16,
    /// What follows the netlink header.
    pub(super) payload: Vec<u8>,
}

impl Reply {
    /// That of a message.
    pub(super) fn of(message: &NetlinkBuffer<&[u8]>) -> Self {
        Self { message_type: message.message_type(), payload: message.payload().to_vec() }
    }
}

/// The socket.
pub(super) struct Channel {
    socket: Socket,
    sequence: u32,
    received: Vec<u8>,
}

impl Channel {
    /// Opens a socket in the network namespace of the calling thread.
    pub(super) fn open(protocol: isize) -> io::Result<Self> {
        let mut socket = Socket::new(protocol)?;
        socket.bind_auto()?;
        socket.connect(&SocketAddr::new(0, 0))?;
        socket.set_ext_ack(true)?;
        socket.set_cap_ack(true)?;
        socket.set_netlink_get_strict_chk(true)?;
        socket.set_rx_buf_sz(QUEUE_BYTES)?;
        Ok(Self { socket, sequence: 0, received: Vec::with_capacity(RECEIVE_BYTES) })
    }

    /// The next number for a message.
    pub(super) fn number(&mut self) -> u32 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    /// Sends messages.
    pub(super) fn send(&mut self, messages: &[u8]) -> io::Result<()> {
        self.socket.send(messages, 0).map(drop)
    }

    /// The messages of the next datagram.
    pub(super) fn receive(&mut self) -> io::Result<impl Iterator<Item = io::Result<NetlinkBuffer<&[u8]>>>> {
        self.receive_with(0)?;
        Ok(messages(&self.received))
    }

    /// The messages of the next datagram; `None` when there is none yet.
    pub(super) fn receive_now(&mut self) -> io::Result<Option<impl Iterator<Item = io::Result<NetlinkBuffer<&[u8]>>>>> {
        match self.receive_with(libc::MSG_DONTWAIT) {
            Ok(()) => Ok(Some(messages(&self.received))),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All objects of the kind that a request asks for, which is made anew for each attempt with its number.
    pub(super) fn dump(&mut self, request: impl Fn(u32) -> Vec<u8>) -> io::Result<Vec<Reply>> {
        for _ in 0..DUMP_ATTEMPTS {
            let number = self.number();
            if let Some(replies) = self.dump_once(number, &request(number))? {
                return Ok(replies);
            }
        }
        Err(Errno::EINTR.into())
    }

    /// `None` when the list changed while it was read.
    fn dump_once(&mut self, number: u32, request: &[u8]) -> io::Result<Option<Vec<Reply>>> {
        self.send(request)?;
        let mut replies = Vec::new();
        let mut interrupted = false;
        loop {
            for message in self.receive()? {
                let message = message?;
                if message.sequence_number() != number {
                    continue;
                }
                interrupted |= message.flags() & NLM_F_DUMP_INTR != 0;
                match message.message_type() {
                    // Both carry an error number; that of a dump that went well is not negative.
                    NLMSG_ERROR | NLMSG_DONE => {
                        let failure = decode_error(message.payload(), message.flags(), request).map_err(invalid)?;
                        return match failure {
                            // How nf_tables says it.
                            Some(failure) if failure.errno == Errno::EINTR => Ok(None),
                            Some(failure) => Err(failure.errno.into()),
                            None => Ok((!interrupted).then_some(replies)),
                        };
                    }
                    _ => replies.push(Reply::of(&message)),
                }
            }
        }
    }

    /// Takes the next datagram into `self.received`.
    fn receive_with(&mut self, flags: i32) -> io::Result<()> {
        loop {
            self.received.clear();
            match self.socket.recv(&mut self.received, libc::MSG_TRUNC | flags) {
                Ok(bytes) if bytes > self.received.len() => return Err(Errno::EMSGSIZE.into()),
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// The messages of a datagram.
fn messages(mut bytes: &[u8]) -> impl Iterator<Item = io::Result<NetlinkBuffer<&[u8]>>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let message = match NetlinkBuffer::new_checked(bytes) {
            Ok(message) => message,
            Err(error) => {
                bytes = &[];
                return Some(Err(invalid(error)));
            }
        };
        let length = (message.length() as usize).next_multiple_of(4);
        bytes = bytes.get(length..).unwrap_or_default();
        Some(Ok(message))
    })
}

/// The kernel sent something that cannot be read.
pub(super) fn invalid(error: DecodeError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
