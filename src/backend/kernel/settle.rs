//! Waiting for links that are about to carry packets.
//!
//! In: a namespace that something is to be sent from. Out: nothing; afterwards the links there, and those of the cables
//! laid since the last time, are in working order, or the wait took too long.
//!
//! Who sets the second end of a cable up gives both a carrier, but the kernel hears of it on a queue of its own
//! (`linkwatch_do_dev` in `net/core/link_watch.c`): only then the link sends, and a bridge forwards to it. What is sent
//! before is lost without a word. If that is a question for a neighbour's address, it is asked again after a second.

use std::{
    thread,
    time::{Duration, Instant},
};

use netlink_packet_route::{
    RouteNetlinkMessage,
    link::{LinkAttribute, LinkFlags, LinkMessage, State},
};

use super::{KernelBackend, failed};
use crate::{backend::BackendError, net::NsRef, ops::Op};

/// How long is waited at most; usually it is some milliseconds.
const LIMIT: Duration = Duration::from_millis(200);
/// How often it is looked.
const PAUSE: Duration = Duration::from_millis(1);

/// Notes where links are about to change.
pub(super) fn remember(backend: &mut KernelBackend, ops: &[Op]) {
    for op in ops.iter().filter(|op| matches!(op, Op::Link(_))) {
        for ns in op.touched() {
            if !backend.unsettled.contains(ns) {
                backend.unsettled.insert(ns.clone());
            }
        }
    }
}

/// Waits for the links of the namespace, and for those where any were changed since the last time.
pub(super) fn settle(backend: &mut KernelBackend, ns: &NsRef) {
    let deadline = Instant::now() + LIMIT;
    let mut waited_for = std::mem::take(&mut backend.unsettled);
    waited_for.insert(ns.clone());
    loop {
        // One that is gone, or that cannot be looked at, is not waited for: what is sent will tell.
        waited_for.retain(|ns| is_settling(backend, ns).unwrap_or(false));
        if waited_for.is_empty() || Instant::now() >= deadline {
            return;
        }
        thread::sleep(PAUSE);
    }
}

fn is_settling(backend: &mut KernelBackend, ns: &NsRef) -> Result<bool, BackendError> {
    let doing = || format!("reading namespace `{ns}`");
    let request = RouteNetlinkMessage::GetLink(LinkMessage::default());
    let replies = backend.handle(ns)?.socket.dump(&request).map_err(|error| failed(doing(), error))?;
    Ok(replies
        .iter()
        .any(|reply| matches!(reply.decode(), Ok(RouteNetlinkMessage::NewLink(link)) if has_unheard_carrier(&link))))
}

/// Whether the link is up and has a carrier of which the rest of the kernel has not heard. Those that wait for something
/// else (`dormant`, `testing`) do so for longer.
fn has_unheard_carrier(link: &LinkMessage) -> bool {
    let has_carrier = link.header.flags.contains(LinkFlags::Up | LinkFlags::LowerUp);
    has_carrier
        && link.attributes.iter().any(|attribute| {
            matches!(attribute, LinkAttribute::OperState(State::Down | State::LowerLayerDown | State::NotPresent))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(flags: LinkFlags, state: State) -> LinkMessage {
        let mut link = LinkMessage::default();
        link.header.flags = flags;
        link.attributes = vec![LinkAttribute::OperState(state)];
        link
    }

    #[test]
    fn only_a_carrier_is_waited_for() {
        let carrier = LinkFlags::Up | LinkFlags::LowerUp;
        assert!(has_unheard_carrier(&link(carrier, State::Down)));
        assert!(has_unheard_carrier(&link(carrier, State::LowerLayerDown)));
        assert!(!has_unheard_carrier(&link(carrier, State::Up)));
        assert!(!has_unheard_carrier(&link(carrier, State::Unknown)), "the loopback device stays so");
        assert!(!has_unheard_carrier(&link(carrier, State::Dormant)));
        assert!(!has_unheard_carrier(&link(LinkFlags::Up, State::LowerLayerDown)), "the other end is down");
        assert!(!has_unheard_carrier(&link(LinkFlags::LowerUp, State::Down)), "it is down itself");
    }
}
