//! `link`: one file a command, and one a kind of link.

mod add;
mod bridge;
mod del;
pub mod kind;
mod set;
mod show;
mod veth;
mod vxlan;

pub use add::ADD;
pub use del::DEL;
pub use set::SET;
pub use show::SHOW;

use kind::KindName;

use super::{
    bound::Bound,
    error::UsageError,
    lower::Arg,
    reference::in_order,
    spec::{Param, Place, exact, prefix},
    value::{self, Value},
};
use crate::{
    net::{IfName, Mac, Mtu, NsRef},
    ops::Master,
};

/// What `link add`, `link set` and the far end of a cable take, in the order of `iplink_parse()` in `ip/iplink.c`.
const PARAMS: [Param; 36] = [
    Param::flag("up", &[exact("up")], "it is up"),
    Param::flag("down", &[exact("down")], "it is down").without(&["up"]),
    Param::keyword("name", &[exact("name")], Value::Link, "its name, or its new name"),
    Param::keyword("index", &[exact("index")], Value::Number, "its number").not_yet(),
    Param::keyword("link", &[prefix("link")], Value::Link, "the link that it is made on").not_yet(),
    Param::keyword("address", &[prefix("address")], Value::Mac, "its hardware address"),
    Param::keyword("broadcast", &[prefix("broadcast"), exact("brd")], Value::Mac, "its broadcast").not_yet(),
    Param::keyword(
        "txqueuelen",
        &[prefix("txqueuelen"), exact("qlen"), prefix("txqlen")],
        Value::Number,
        "how many packets may wait",
    )
    .not_yet(),
    Param::keyword("mtu", &[exact("mtu")], Value::Mtu, "its largest packet, in bytes"),
    Param::keyword("netns", &[exact("netns")], Value::NetnsTarget, "the namespace it is in, or moves to"),
    Param::keyword("multicast", &[exact("multicast")], Value::OnOff, "whether it takes multicast").not_yet(),
    Param::keyword("allmulticast", &[exact("allmulticast")], Value::OnOff, "whether it takes all of it").not_yet(),
    Param::keyword("promisc", &[exact("promisc")], Value::OnOff, "whether it takes all packets").not_yet(),
    Param::keyword("trailers", &[exact("trailers")], Value::OnOff, "trailers").not_yet(),
    Param::keyword("arp", &[exact("arp")], Value::OnOff, "whether it uses ARP").not_yet(),
    Param::keyword("carrier", &[exact("carrier")], Value::OnOff, "whether it has a carrier").not_yet(),
    Param::keyword("vf", &[exact("vf")], Value::Number, "a virtual function").not_yet(),
    Param::keyword("master", &[prefix("master")], Value::Link, "the bridge it is a port of"),
    Param::keyword("vrf", &[exact("vrf")], Value::Link, "the vrf it is in").not_yet(),
    Param::flag("nomaster", &[prefix("nomaster")], "it is a port no longer").without(&["master"]),
    Param::keyword("dynamic", &[prefix("dynamic")], Value::OnOff, "whether it is dynamic").not_yet(),
    Param::tail("type", &[prefix("type")], Value::Text, "what it is; not for the far end of a cable"),
    Param::keyword("alias", &[prefix("alias")], Value::Text, "a description").not_yet(),
    Param::keyword("group", &[exact("group")], Value::Text, "its group").not_yet(),
    Param::keyword("mode", &[exact("mode")], Value::Text, "its mode").not_yet(),
    Param::keyword("state", &[exact("state")], Value::Text, "its state").not_yet(),
    Param::keyword("numtxqueues", &[prefix("numtxqueues")], Value::Number, "its queues out").not_yet(),
    Param::keyword("numrxqueues", &[prefix("numrxqueues")], Value::Number, "its queues in").not_yet(),
    Param::keyword("addrgenmode", &[prefix("addrgenmode")], Value::Text, "how it makes addresses").not_yet(),
    Param::keyword("link-netns", &[prefix("link-netns")], Value::Netns, "where its other end is").not_yet(),
    Param::keyword("link-netnsid", &[prefix("link-netnsid")], Value::Number, "where its other end is").not_yet(),
    Param::keyword("protodown", &[exact("protodown")], Value::OnOff, "whether protocols are down").not_yet(),
    Param::keyword("gso_max_size", &[exact("gso_max_size")], Value::Number, "its largest segment").not_yet(),
    Param::keyword("gso_max_segs", &[exact("gso_max_segs")], Value::Number, "its most segments").not_yet(),
    Param::keyword("gro_max_size", &[exact("gro_max_size")], Value::Number, "its largest merge").not_yet(),
    Param::positional("dev", &[exact("dev")], Value::Link, "its name"),
];

/// The kinds of links that take words behind `type KIND`, with these words.
pub(super) fn words_of_kinds() -> Vec<(&'static str, Vec<&'static Param>)> {
    // What the far end cannot get is known, to be able to say so.
    let far_end = in_order(&FAR_PARAMS).into_iter().filter(|param| veth::FAR_END.contains(&param.name));
    vec![("veth peer", far_end.collect()), ("vxlan", in_order(vxlan::PARAMS))]
}

/// What the far end of a cable takes; some of it is refused, and some means nothing there.
pub(super) fn params_of_far_end() -> &'static [Param] {
    &FAR_PARAMS
}

/// The same as a place, for those who keep what is in it.
static FAR_PARAMS: [Param; PARAMS.len()] = PARAMS;

/// The same, with another idea of what stands behind `type`.
const fn params(kind: Param) -> [Param; PARAMS.len()] {
    let mut params = PARAMS;
    let mut at = 0;
    while !matches!(params[at].place, Place::Tail) {
        at += 1;
    }
    params[at] = kind;
    params
}

/// The words that `link add`, `link set` and the far end have in common.
struct Common {
    netns: Option<NsRef>,
    address: Option<Mac>,
    mtu: Option<Mtu>,
    master: Option<Master>,
    up: Option<bool>,
}

fn common(bound: &Bound<'_>) -> Result<Common, UsageError> {
    // To iproute2 the last one counts (`set v0 down address … up`); natively both together are a mistake.
    if !bound.call.spelling.abbreviations() {
        bound.exclusive()?;
    }
    let up = match last_of(bound, "up", "down") {
        Some("up") => Some(true),
        Some(_) => Some(false),
        None => None,
    };
    let master = match last_of(bound, "master", "nomaster") {
        Some("master") => bound.value("master", value::link)?.map(Master::Is),
        Some(_) => Some(Master::None),
        None => None,
    };
    Ok(Common {
        netns: bound.netns_target("netns")?.map(|ns| ns.value),
        address: bound.value("address", value::mac)?,
        mtu: bound.value("mtu", value::mtu)?,
        master,
        up,
    })
}

/// The name of a link to be made: `NAME`, `dev NAME` or `name NAME`.
fn new_name(bound: &Bound<'_>) -> Result<Option<IfName>, UsageError> {
    let name = bound.get("name", value::link)?;
    let dev = bound.get("dev", value::link)?;
    match (name, dev) {
        (Some(name), Some(dev)) if name.value != dev.value => {
            Err(UsageError::Duplicate { option: "name", first: dev.span, second: name.span })
        }
        (Some(name), _) => Ok(Some(name.value)),
        (None, dev) => Ok(dev.map(|dev| dev.value)),
    }
}

/// Which of two words was given last, if one was.
fn last_of(bound: &Bound<'_>, one: &'static str, other: &'static str) -> Option<&'static str> {
    match (bound.span_of(one), bound.span_of(other)) {
        (Some(a), Some(b)) if a.start > b.start => Some(one),
        (_, Some(_)) => Some(other),
        (Some(_), None) => Some(one),
        (None, None) => None,
    }
}

/// The complaint about a word behind the kind that is none of the kind's.
fn behind_kind(bound: &Bound<'_>, word: &Arg, kind: KindName) -> UsageError {
    let (kind, takes) = match kind {
        KindName::Bridge => ("bridge", "`type bridge` is the end of the statement"),
        KindName::Veth => ("veth", "type `type veth peer name LINK`"),
        KindName::Vxlan => ("vxlan", "`help link add` lists the words of a vxlan"),
    };
    let of_link = bound.call.spec.params.iter().any(|param| param.is(&word.text, false));
    let fix = match bound.text("dev").filter(|_| of_link) {
        Some(name) => {
            format!("type it before the kind: `{} {} {} … type {kind}`", bound.call.title(), name.value, word.text)
        }
        None => takes.into(),
    };
    UsageError::BehindKind { word: word.spanned(), kind, fix }
}
