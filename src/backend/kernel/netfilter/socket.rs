//! A `NETLINK_NETFILTER` socket that speaks synchronously.

use std::io;

use netlink_packet_core::{Emitable, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader};
use netlink_sys::protocols::NETLINK_NETFILTER;
use nix::errno::Errno;

use super::numbers::{BATCH_BEGIN, BATCH_END, BATCH_GENID, SUBSYSTEM, generation, msg};
use crate::{
    backend::{
        OpFailure,
        kernel::{
            channel::{Channel, NLMSG_ERROR, Reply, invalid},
            extack::decode_error,
        },
    },
    netfilter::attr::{self, Attributes},
};

/// The length of `struct nlmsghdr`.
const HEADER: usize = 16;
/// The length of `struct nfgenmsg`.
pub(super) const FAMILY_HEADER: usize = 4;

/// A change as the kernel takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// `NFT_MSG_…`.
    pub(super) kind: u8,
    /// Those of netlink that say how.
    pub(super) flags: u16,
    /// `NFPROTO_…`.
    pub(super) family: u8,
    /// Its attributes.
    pub(super) attributes: Vec<u8>,
}

/// Why a transaction was not carried out.
#[derive(Debug)]
pub(super) enum Refused {
    /// Somebody else changed the rules in between.
    Overtaken,
    /// The kernel objects to it.
    By(OpFailure),
}

/// The socket.
pub(in crate::backend::kernel) struct RuleSocket(Channel);

impl RuleSocket {
    /// Opens a socket in the network namespace of the calling thread.
    pub(in crate::backend::kernel) fn open() -> io::Result<Self> {
        Channel::open(NETLINK_NETFILTER).map(Self)
    }

    /// How often the rules were changed so far.
    pub(super) fn generation(&mut self) -> io::Result<u32> {
        let number = self.0.number();
        self.0.send(&nft_message(number, msg::GET_GEN, NLM_F_REQUEST, 0, &[]))?;
        loop {
            for message in self.0.receive()? {
                let message = message?;
                if message.sequence_number() != number {
                    continue;
                }
                if message.message_type() == NLMSG_ERROR {
                    let failure = decode_error(message.payload(), message.flags(), &[]).map_err(invalid)?;
                    return Err(failure.map_or(Errno::EPROTO, |failure| failure.errno).into());
                }
                let attributes = message.payload().get(FAMILY_HEADER..).and_then(Attributes::read);
                return attributes.and_then(|mut found| found.number(generation::ID)).ok_or(Errno::EPROTO.into());
            }
        }
    }

    /// All objects of a kind, `NFT_MSG_GET…`, of all families.
    pub(super) fn list(&mut self, kind: u8) -> io::Result<Vec<Reply>> {
        self.0.dump(|number| nft_message(number, kind, NLM_F_REQUEST | NLM_F_DUMP, 0, &[]))
    }

    /// Carries messages out as one transaction, if the rules are still those of that generation.
    pub(super) fn commit(&mut self, generation: u32, messages: &[Message]) -> io::Result<Result<(), Refused>> {
        let begin = self.0.number();
        let id = attr::bytes(&[attr::number(BATCH_GENID, generation)]);
        let mut bytes = message(begin, BATCH_BEGIN, NLM_F_REQUEST, 0, SUBSYSTEM, &id);
        let mut sent = Vec::new();
        for (at, Message { kind, flags, family, attributes }) in messages.iter().enumerate() {
            // Errors come in any case; one acknowledgement says that the others are through.
            let ack = if at + 1 == messages.len() { NLM_F_ACK } else { 0 };
            let number = self.0.number();
            let request = nft_message(number, *kind, NLM_F_REQUEST | ack | flags, *family, attributes);
            sent.push((number, bytes.len()..bytes.len() + request.len()));
            bytes.extend(request);
        }
        let end = self.0.number();
        bytes.extend(message(end, BATCH_END, NLM_F_REQUEST, 0, SUBSYSTEM, &[]));
        self.0.send(&bytes)?;

        // All answers are there already. That of the first message that failed says why.
        let mut refused: Option<(usize, Refused)> = None;
        while let Some(answers) = self.0.receive_now()? {
            for answer in answers {
                let answer = answer?;
                let number = answer.sequence_number();
                let is_ours = number.wrapping_sub(begin) <= end.wrapping_sub(begin);
                if !is_ours || answer.message_type() != NLMSG_ERROR {
                    continue;
                }
                let nth = sent.iter().position(|(candidate, _)| *candidate == number);
                let request = nth.map_or(&[][..], |nth| &bytes[sent[nth].1.clone()]);
                let Some(failure) = decode_error(answer.payload(), answer.flags(), request).map_err(invalid)? else {
                    continue;
                };
                let overtaken = number == begin && failure.errno == Errno::ERESTART;
                let why = if overtaken { Refused::Overtaken } else { Refused::By(failure) };
                let place = nth.unwrap_or(if number == begin { 0 } else { sent.len() });
                if refused.as_ref().is_none_or(|(first, _)| place < *first) {
                    refused = Some((place, why));
                }
            }
        }
        Ok(refused.map_or(Ok(()), |(_, why)| Err(why)))
    }
}

fn nft_message(number: u32, kind: u8, flags: u16, family: u8, attributes: &[u8]) -> Vec<u8> {
    message(number, SUBSYSTEM << 8 | u16::from(kind), flags, family, 0, attributes)
}

/// A message of `nfnetlink`: its header, `struct nfgenmsg`, and attributes.
fn message(number: u32, kind: u16, flags: u16, family: u8, resource: u16, attributes: &[u8]) -> Vec<u8> {
    let length = HEADER + FAMILY_HEADER + attributes.len();
    let mut header = NetlinkHeader::default();
    header.length = u32::try_from(length).unwrap_or(u32::MAX);
    header.message_type = kind;
    header.flags = flags;
    header.sequence_number = number;
    let mut bytes = vec![0; HEADER];
    header.emit(&mut bytes);
    bytes.extend([family, 0]);
    bytes.extend(resource.to_be_bytes());
    bytes.extend(attributes);
    bytes.resize(length.next_multiple_of(4), 0);
    bytes
}
