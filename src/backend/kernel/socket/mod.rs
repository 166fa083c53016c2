//! A netlink socket that speaks synchronously.
//!
//! In: requests, as many as there are. Out: for each what the kernel answered, in order. The kernel carries a request
//! out while it is being sent, so that nothing here ever waits for something to happen. A socket belongs to the network
//! namespace it was opened in and may be used from anywhere; [`super::netns::inside`] opens it there.
//!
//! Invariants: every request asks for an acknowledgement and is matched with it by sequence number; a request that
//! fails does not keep the following ones of the same send from being carried out.

mod transaction;

use std::io;

use netlink_packet_core::{
    DecodeError, NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_REQUEST, NetlinkBuffer, NetlinkHeader, NetlinkMessage,
    NetlinkPayload, NetlinkSerializable, ParseableParametrized,
};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_sys::{
    Socket, SocketAddr,
    protocols::{NETLINK_NETFILTER, NETLINK_ROUTE},
};
use nix::{errno::Errno, libc};

use super::extack::decode_error;
use crate::backend::OpFailure;

/// How many requests go into one send. More gains nothing, and the acknowledgements of this many fit the receive
/// buffer whatever its limit.
const REQUESTS_A_SEND: usize = 64;

/// The bytes that one `recv` can take. The kernel fills at most 32 KiB for a dump (`netlink_dump` in
/// `net/netlink/af_netlink.c`).
const RECEIVE_BYTES: usize = 64 * 1024;

/// The size asked for the queue of the socket, in bytes; the kernel cuts it to `net.core.rmem_max`.
const QUEUE_BYTES: usize = 1024 * 1024;

/// How often a dump is begun anew when the kernel says that what it lists has changed meanwhile.
const DUMP_ATTEMPTS: u32 = 16;

/// `NLMSG_ERROR` of `linux/netlink.h`.
const NLMSG_ERROR: u16 = 2;
/// `NLMSG_DONE` of `linux/netlink.h`.
const NLMSG_DONE: u16 = 3;

/// A request: what the encoders make. Its flags say how an object is to be made; those of the transport are added here.
pub(super) type Request = NetlinkMessage<RouteNetlinkMessage>;

/// What the kernel answers to one request: the objects it was asked for, or why it refused.
pub(super) type Answer = Result<Vec<Reply>, OpFailure>;

/// An object that the kernel sent, still in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// `RTM_NEWLINK` and the like.
    message_type: u16,
    /// What follows the netlink header.
    pub(super) payload: Vec<u8>,
}

impl Reply {
    /// The object, of a route socket.
    pub(super) fn decode(&self) -> Result<RouteNetlinkMessage, DecodeError> {
        RouteNetlinkMessage::parse_with_param(&self.payload, self.message_type)
    }
}

/// A request that carries no flags but those every request has.
pub(super) fn request<I>(message: I) -> NetlinkMessage<I> {
    request_with(message, 0)
}

/// A request with flags as `NLM_F_CREATE`.
pub(super) fn request_with<I>(message: I, flags: u16) -> NetlinkMessage<I> {
    let mut header = NetlinkHeader::default();
    header.flags = flags;
    NetlinkMessage::new(header, NetlinkPayload::InnerMessage(message))
}

/// The socket.
pub(super) struct NetlinkSocket {
    socket: Socket,
    sequence: u32,
    received: Vec<u8>,
}

impl NetlinkSocket {
    /// Opens a socket for links, addresses and routes in the network namespace of the calling thread.
    pub(super) fn open() -> io::Result<Self> {
        Self::open_for(NETLINK_ROUTE)
    }

    /// Opens a socket for netfilter in the network namespace of the calling thread.
    pub(super) fn open_netfilter() -> io::Result<Self> {
        Self::open_for(NETLINK_NETFILTER)
    }

    fn open_for(protocol: isize) -> io::Result<Self> {
        let mut socket = Socket::new(protocol)?;
        socket.bind_auto()?;
        socket.connect(&SocketAddr::new(0, 0))?;
        socket.set_ext_ack(true)?;
        socket.set_cap_ack(true)?;
        socket.set_netlink_get_strict_chk(true)?;
        socket.set_rx_buf_sz(QUEUE_BYTES)?;
        Ok(Self { socket, sequence: 0, received: Vec::with_capacity(RECEIVE_BYTES) })
    }

    /// Sends requests, many at a time, and gives the kernel's answer to each.
    pub(super) fn exchange<I: NetlinkSerializable>(
        &mut self,
        requests: Vec<NetlinkMessage<I>>,
    ) -> io::Result<Vec<Answer>> {
        let mut answers = Vec::with_capacity(requests.len());
        let mut rest = requests.into_iter().peekable();
        while rest.peek().is_some() {
            answers.extend(self.exchange_together(rest.by_ref().take(REQUESTS_A_SEND))?);
        }
        Ok(answers)
    }

    /// What one request is answered.
    pub(super) fn ask<I: NetlinkSerializable>(&mut self, request: NetlinkMessage<I>) -> io::Result<Answer> {
        let mut answers = self.exchange(vec![request])?;
        Ok(answers.pop().expect("each request has an answer"))
    }

    /// All objects of the kind that the request asks for.
    pub(super) fn dump<I: NetlinkSerializable + Clone>(&mut self, message: &I) -> io::Result<Vec<Reply>> {
        for _ in 0..DUMP_ATTEMPTS {
            if let Some(replies) = self.dump_once(message.clone())? {
                return Ok(replies);
            }
        }
        Err(Errno::EINTR.into())
    }

    fn exchange_together<I: NetlinkSerializable>(
        &mut self,
        requests: impl Iterator<Item = NetlinkMessage<I>>,
    ) -> io::Result<Vec<Answer>> {
        let first = self.sequence.wrapping_add(1);
        let mut bytes = Vec::new();
        let mut sent = Vec::new();
        for mut request in requests {
            let start = bytes.len();
            request.header.flags |= NLM_F_REQUEST | NLM_F_ACK;
            self.serialize(request, &mut bytes);
            sent.push(start..bytes.len());
        }
        self.socket.send(&bytes, 0)?;

        let mut replies: Vec<Vec<Reply>> = vec![Vec::new(); sent.len()];
        let mut refusals: Vec<Option<OpFailure>> = vec![None; sent.len()];
        let mut open = sent.len();
        while open > 0 {
            self.receive()?;
            for message in messages(&self.received) {
                let message = message?;
                let nth = message.sequence_number().wrapping_sub(first) as usize;
                let Some(range) = sent.get(nth) else { continue };
                if message.message_type() == NLMSG_ERROR {
                    refusals[nth] =
                        decode_error(message.payload(), message.flags(), &bytes[range.clone()]).map_err(invalid)?;
                    open -= 1;
                } else {
                    replies[nth].push(reply(&message));
                }
            }
        }
        Ok(replies.into_iter().zip(refusals).map(|(replies, refused)| refused.map_or(Ok(replies), Err)).collect())
    }

    /// `None` when the list changed while it was read.
    fn dump_once<I: NetlinkSerializable>(&mut self, message: I) -> io::Result<Option<Vec<Reply>>> {
        let mut bytes = Vec::new();
        self.serialize(request_with(message, NLM_F_REQUEST | NLM_F_DUMP), &mut bytes);
        self.socket.send(&bytes, 0)?;
        let sequence = self.sequence;

        let mut replies = Vec::new();
        let mut interrupted = false;
        loop {
            self.receive()?;
            for message in messages(&self.received) {
                let message = message?;
                if message.sequence_number() != sequence {
                    continue;
                }
                interrupted |= message.flags() & NLM_F_DUMP_INTR != 0;
                match message.message_type() {
                    // Both carry an error number; that of a dump that went well is not negative.
                    NLMSG_ERROR | NLMSG_DONE => {
                        if let Some(failure) =
                            decode_error(message.payload(), message.flags(), &bytes).map_err(invalid)?
                        {
                            return Err(failure.errno.into());
                        }
                        return Ok((!interrupted).then_some(replies));
                    }
                    _ => replies.push(reply(&message)),
                }
            }
        }
    }

    /// Gives the request the next sequence number and appends it.
    fn serialize<I: NetlinkSerializable>(&mut self, mut request: NetlinkMessage<I>, bytes: &mut Vec<u8>) {
        self.sequence = self.sequence.wrapping_add(1);
        request.header.sequence_number = self.sequence;
        request.finalize();
        let start = bytes.len();
        bytes.resize(start + request.buffer_len().next_multiple_of(4), 0);
        request.serialize(&mut bytes[start..]);
    }

    /// Takes the next datagram into `self.received`.
    fn receive(&mut self) -> io::Result<()> {
        self.receive_with(0)
    }

    fn receive_with(&mut self, flags: libc::c_int) -> io::Result<()> {
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
pub(super) fn messages(mut bytes: &[u8]) -> impl Iterator<Item = io::Result<NetlinkBuffer<&[u8]>>> {
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

/// A message as an object.
pub(super) fn reply(message: &NetlinkBuffer<&[u8]>) -> Reply {
    Reply { message_type: message.message_type(), payload: message.payload().to_vec() }
}

/// The kernel sent something that cannot be read.
pub(super) fn invalid(error: DecodeError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use netlink_packet_core::{NLM_F_CREATE, NetlinkBuffer};
    use netlink_packet_route::link::{LinkAttribute, LinkMessage};
    use nix::errno::Errno;

    use super::*;

    #[test]
    fn reads_the_namespace_it_was_opened_in() {
        let mut socket = NetlinkSocket::open().unwrap();
        let links = socket.dump(&RouteNetlinkMessage::GetLink(LinkMessage::default())).unwrap();
        let names: Vec<String> = links
            .iter()
            .filter_map(|reply| match reply.decode().unwrap() {
                RouteNetlinkMessage::NewLink(link) => Some(link),
                _ => None,
            })
            .flat_map(|link| link.attributes)
            .filter_map(|attribute| match attribute {
                LinkAttribute::IfName(name) => Some(name),
                _ => None,
            })
            .collect();
        assert!(names.iter().any(|name| name == "lo"), "{names:?}");
    }

    #[test]
    fn each_of_many_requests_has_its_own_answer() {
        let mut socket = NetlinkSocket::open().unwrap();
        let named = |name: &str| {
            let mut link = LinkMessage::default();
            link.attributes.push(LinkAttribute::IfName(name.into()));
            request(RouteNetlinkMessage::GetLink(link))
        };
        let requests = (0..150).map(|n| named(if n % 2 == 0 { "lo" } else { "nns-none" })).collect();
        for (n, answer) in socket.exchange(requests).unwrap().into_iter().enumerate() {
            match answer {
                Ok(replies) => assert!(n % 2 == 0 && replies.len() == 1),
                Err(failure) => assert!(n % 2 == 1 && failure.errno == Errno::ENODEV, "{failure:?}"),
            }
        }
    }

    #[test]
    fn the_flags_of_a_request_are_kept() {
        let mut socket = NetlinkSocket::open().unwrap();
        let mut bytes = Vec::new();
        socket.serialize(request_with(RouteNetlinkMessage::GetLink(LinkMessage::default()), NLM_F_CREATE), &mut bytes);
        let message = NetlinkBuffer::new_checked(&bytes[..]).unwrap();
        assert_eq!((message.flags(), message.sequence_number()), (NLM_F_CREATE, 1));
        assert_eq!(message.length() as usize, bytes.len());
    }
}
