use super::{PARAMS, behind_kind, common, kind::KindName, new_name};
use crate::{
    commands::{
        bind::bind,
        bound::{Bound, Call},
        error::UsageError,
    },
    ops::{LinkKind, PeerSpec},
    source::Spanned,
};

/// The words that the far end can have.
pub(super) const FAR_END: &[&str] = &["dev", "name", "address", "mtu", "netns"];

/// What stands behind `type veth`: `peer` and the words of the far end (`veth_parse_opt()` in `ip/link_veth.c`).
pub fn lower_veth(bound: &Bound<'_>) -> Result<LinkKind, UsageError> {
    let words = match bound.rest {
        [] => return Ok(LinkKind::Veth { peer: PeerSpec::default() }),
        [peer, words @ ..] if peer.bare && peer.text == "peer" => words,
        [other, ..] => return Err(behind_kind(bound, other, KindName::Veth)),
    };
    let call = Call { words_before: bound.rest_at + 1, ..bound.call.clone() };
    let peer = bind(call, &PARAMS, words)?;
    if let (Some(first), Some(second)) = (bound.span_of("type"), peer.span_of("type")) {
        return Err(UsageError::Duplicate { option: "type", first, second });
    }
    let common = common(&peer)?;
    let name = new_name(&peer)?;
    // The kernel answers ENOTCONN to `up` here, and ignores `master`.
    let text = |word: &str| peer.text(word).map_or(String::new(), |value| format!(" {}", value.value));
    if let Some((word, span)) = ["up", "master"].iter().find_map(|word| Some((word, peer.span_of(word)?))) {
        let link = name.as_ref().map_or("LINK", |name| name.as_str());
        let ip = match &common.netns {
            Some(crate::net::NsRef::Named(ns)) => format!("ip -n {ns}"),
            Some(crate::net::NsRef::Process(pid)) => format!("nsenter --net=/proc/{pid}/ns/net ip"),
            Some(crate::net::NsRef::Host) | None => "ip".into(),
        };
        let fix = format!("{ip} link set {link} {word}{}", text(word)).trim_end().to_string();
        return Err(UsageError::FarEnd { word: Spanned::new((*word).into(), span), fix });
    }
    let peer = PeerSpec { name, netns: common.netns, address: common.address, mtu: common.mtu };
    Ok(LinkKind::Veth { peer })
}
