//! Which kinds of links the kernel can make.

use std::io;

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::{
    RouteNetlinkMessage,
    link::{InfoKind, LinkAttribute, LinkInfo, LinkMessage},
};
use nix::{
    errno::Errno,
    sched::{CloneFlags, unshare},
};

use super::{
    netns,
    socket::{NetlinkSocket, request_with},
};

/// What the kernel says of a kind that it does not have (`rtnl_newlink` in `net/core/rtnetlink.c`). Some kinds that it
/// has answer with the same number that they are made in another way.
const UNKNOWN: &str = "Unknown device type";

/// Whether the kernel has a kind, or a module that it loads for it. There is no way to ask: one is made, in a
/// namespace that ends with the question.
pub(super) fn is_known(kind: &str) -> io::Result<bool> {
    let answer = netns::on_own_thread(|| {
        unshare(CloneFlags::CLONE_NEWNET)?;
        NetlinkSocket::open()?.ask(request_with(RouteNetlinkMessage::NewLink(of_kind(kind)), NLM_F_CREATE | NLM_F_EXCL))
    })?;
    match answer {
        Ok(_) => Ok(true),
        Err(failure) if failure.errno == Errno::EPERM => Err(failure.errno.into()),
        Err(failure) if failure.errno == Errno::EOPNOTSUPP => {
            Ok(failure.message.is_some_and(|message| !message.starts_with(UNKNOWN)))
        }
        // It was understood, and wants to know more.
        Err(_) => Ok(true),
    }
}

fn of_kind(kind: &str) -> LinkMessage {
    let mut link = LinkMessage::default();
    link.attributes.push(LinkAttribute::IfName("trial".into()));
    link.attributes.push(LinkAttribute::LinkInfo(vec![LinkInfo::Kind(InfoKind::Other(kind.into()))]));
    link
}
