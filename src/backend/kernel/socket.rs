//! A `NETLINK_ROUTE` socket that speaks synchronously.
//!
//! In: requests, as many as there are. Out: for each what the kernel answered, in order. The kernel carries a request
//! out while it is being sent, so that nothing here ever waits for something to happen. A socket belongs to the network
//! namespace it was opened in and may be used from anywhere; [`super::netns::inside`] opens it there.
//!
//! Invariants: every request asks for an acknowledgement and is matched with it by sequence number; a request that
//! fails does not keep the following ones of the same send from being carried out.

use std::io;

use netlink_packet_core::{
    DecodeError, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
    ParseableParametrized,
};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_sys::protocols::NETLINK_ROUTE;

pub(super) use super::channel::{Reply, invalid};
use super::{
    channel::{Channel, NLMSG_ERROR},
    extack::decode_error,
};
use crate::backend::OpFailure;

/// How many requests go into one send. More gains nothing, and the acknowledgements of this many fit the receive
/// buffer whatever its limit.
const REQUESTS_A_SEND: usize = 64;

/// A request: what the encoders make. Its flags say how an object is to be made; those of the transport are added here.
pub(super) type Request = NetlinkMessage<RouteNetlinkMessage>;

/// What the kernel answers to one request: the objects it was asked for, or why it refused.
pub(super) type Answer = Result<Vec<Reply>, OpFailure>;

impl Reply {
    /// The object.
    pub(super) fn decode(&self) -> Result<RouteNetlinkMessage, DecodeError> {
        RouteNetlinkMessage::parse_with_param(&self.payload, self.message_type)
    }
}

/// A request that carries no flags but those every request has.
pub(super) fn request(message: RouteNetlinkMessage) -> Request {
    request_with(message, 0)
}

/// A request with flags as `NLM_F_CREATE`.
pub(super) fn request_with(message: RouteNetlinkMessage, flags: u16) -> Request {
    let mut header = NetlinkHeader::default();
    header.flags = flags;
    NetlinkMessage::new(header, NetlinkPayload::InnerMessage(message))
}

/// The socket.
pub(super) struct RouteSocket(Channel);

impl RouteSocket {
    /// Opens a socket in the network namespace of the calling thread.
    pub(super) fn open() -> io::Result<Self> {
        Channel::open(NETLINK_ROUTE).map(Self)
    }

    /// Sends requests, many at a time, and gives the kernel's answer to each.
    pub(super) fn exchange(&mut self, requests: Vec<Request>) -> io::Result<Vec<Answer>> {
        let mut answers = Vec::with_capacity(requests.len());
        let mut rest = requests.into_iter().peekable();
        while rest.peek().is_some() {
            answers.extend(self.exchange_together(rest.by_ref().take(REQUESTS_A_SEND))?);
        }
        Ok(answers)
    }

    /// What one request is answered.
    pub(super) fn ask(&mut self, request: Request) -> io::Result<Answer> {
        let mut answers = self.exchange(vec![request])?;
        Ok(answers.pop().expect("each request has an answer"))
    }

    /// All objects of the kind that the request asks for.
    pub(super) fn dump(&mut self, message: &RouteNetlinkMessage) -> io::Result<Vec<Reply>> {
        self.0.dump(|number| {
            let mut bytes = Vec::new();
            serialize(request_with(message.clone(), NLM_F_REQUEST | NLM_F_DUMP), number, &mut bytes);
            bytes
        })
    }

    fn exchange_together(&mut self, requests: impl Iterator<Item = Request>) -> io::Result<Vec<Answer>> {
        let mut first = None;
        let mut bytes = Vec::new();
        let mut sent = Vec::new();
        for mut request in requests {
            let start = bytes.len();
            request.header.flags |= NLM_F_REQUEST | NLM_F_ACK;
            let number = self.0.number();
            first.get_or_insert(number);
            serialize(request, number, &mut bytes);
            sent.push(start..bytes.len());
        }
        self.0.send(&bytes)?;

        let first = first.unwrap_or_default();
        let mut replies: Vec<Vec<Reply>> = vec![Vec::new(); sent.len()];
        let mut refusals: Vec<Option<OpFailure>> = vec![None; sent.len()];
        let mut open = sent.len();
        while open > 0 {
            for message in self.0.receive()? {
                let message = message?;
                let nth = message.sequence_number().wrapping_sub(first) as usize;
                let Some(range) = sent.get(nth) else { continue };
                if message.message_type() == NLMSG_ERROR {
                    refusals[nth] =
                        decode_error(message.payload(), message.flags(), &bytes[range.clone()]).map_err(invalid)?;
                    open -= 1;
                } else {
                    replies[nth].push(Reply::of(&message));
                }
            }
        }
        Ok(replies.into_iter().zip(refusals).map(|(replies, refused)| refused.map_or(Ok(replies), Err)).collect())
    }
}

/// Appends the request with its number.
fn serialize(mut request: Request, number: u32, bytes: &mut Vec<u8>) {
    request.header.sequence_number = number;
    request.finalize();
    let start = bytes.len();
    bytes.resize(start + request.buffer_len().next_multiple_of(4), 0);
    request.serialize(&mut bytes[start..]);
}

#[cfg(test)]
mod tests {
    use netlink_packet_core::{NLM_F_CREATE, NetlinkBuffer};
    use netlink_packet_route::link::{LinkAttribute, LinkMessage};
    use nix::errno::Errno;

    use super::*;

    #[test]
    fn reads_the_namespace_it_was_opened_in() {
        let mut socket = RouteSocket::open().unwrap();
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
        let mut socket = RouteSocket::open().unwrap();
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
        let mut bytes = Vec::new();
        serialize(request_with(RouteNetlinkMessage::GetLink(LinkMessage::default()), NLM_F_CREATE), 1, &mut bytes);
        let message = NetlinkBuffer::new_checked(&bytes[..]).unwrap();
        assert_eq!((message.flags(), message.sequence_number()), (NLM_F_CREATE, 1));
        assert_eq!(message.length() as usize, bytes.len());
    }
}
