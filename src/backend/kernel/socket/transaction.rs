//! Messages that netfilter carries out together or not at all.

use std::io;

use netlink_packet_core::{NLM_F_ACK, NLM_F_REQUEST, NetlinkMessage, NetlinkSerializable};
use nix::{errno::Errno, libc};

use super::{NLMSG_ERROR, NetlinkSocket, decode_error, invalid, messages};
use crate::backend::OpFailure;

impl NetlinkSocket {
    /// Sends messages of which the first and the last only begin and end a transaction. Gives those that were refused,
    /// by their place and in order; if there are any, none was carried out. A refusal of the first is one of the
    /// whole.
    ///
    /// Only the last message before the end is acknowledged: the acknowledgements of many would not fit the queue.
    pub(in crate::backend::kernel) fn transact<I: NetlinkSerializable>(
        &mut self,
        requests: Vec<NetlinkMessage<I>>,
    ) -> io::Result<Vec<(usize, OpFailure)>> {
        let first = self.sequence.wrapping_add(1);
        let last = requests.len().saturating_sub(2);
        let mut bytes = Vec::new();
        let mut sent = Vec::new();
        for (at, mut request) in requests.into_iter().enumerate() {
            let start = bytes.len();
            request.header.flags |= NLM_F_REQUEST | if at == last { NLM_F_ACK } else { 0 };
            self.serialize(request, &mut bytes);
            sent.push(start..bytes.len());
        }
        self.socket.send(&bytes, 0)?;

        // All that there is to say has been said now: nothing is waited for.
        let mut refused = Vec::new();
        let mut is_answered = false;
        loop {
            match self.receive_with(libc::MSG_DONTWAIT) {
                Ok(()) => {}
                // So many refusals that the queue had no room. The first ones are in it.
                Err(error) if error.raw_os_error() == Some(Errno::ENOBUFS as i32) => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
            for message in messages(&self.received) {
                let message = message?;
                let nth = message.sequence_number().wrapping_sub(first) as usize;
                let Some(range) = sent.get(nth).filter(|_| message.message_type() == NLMSG_ERROR) else { continue };
                is_answered = true;
                let failure = decode_error(message.payload(), message.flags(), &bytes[range.clone()]);
                refused.extend(failure.map_err(invalid)?.map(|failure| (nth, failure)));
            }
        }
        if is_answered { Ok(refused) } else { Err(Errno::ENOBUFS.into()) }
    }
}
