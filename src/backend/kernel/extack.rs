//! What the kernel says when it refuses: the extended acknowledgement of `linux/netlink.h`.
//!
//! In: the bytes of an error message and of the request it answers. Out: the number of the error, the kernel's own
//! words, and the attribute of the request that it objects to in the word that scripts use for it. The kernel tells the
//! attribute as an offset into the request, so that the request is walked to find it.

use netlink_packet_core::{DecodeError, NLA_HEADER_SIZE, NLM_F_CAPPED, NetlinkBuffer, NlaBuffer, NlasIterator};
use nix::errno::Errno;

use crate::backend::OpFailure;

/// The length of `struct nlmsghdr`.
const HEADER: usize = 16;

/// `enum nlmsgerr_attrs` of `linux/netlink.h`.
mod attr {
    pub(super) const MSG: u16 = 1;
    pub(super) const OFFS: u16 = 2;
    pub(super) const MISS_TYPE: u16 = 5;
    pub(super) const MISS_NEST: u16 = 6;
}

/// Reads the payload of an `NLMSG_ERROR` or `NLMSG_DONE`; `None` is an acknowledgement. `flags` are those of the error
/// message, `request` the whole message that it answers.
pub(super) fn decode_error(payload: &[u8], flags: u16, request: &[u8]) -> Result<Option<OpFailure>, DecodeError> {
    let code = payload.get(..4).map_or(0, |bytes| i32::from_ne_bytes(bytes.try_into().expect("four bytes were taken")));
    if code >= 0 {
        return Ok(None);
    }
    let mut failure =
        OpFailure { errno: Errno::from_raw(code.saturating_neg()), message: None, attribute: None, outcome: None };

    // The error message repeats the header of the request and, unless it is capped, the rest of the request.
    let Some(repeated) = payload.get(4..) else { return Ok(Some(failure)) };
    let repeated_length = match NetlinkBuffer::new_checked(repeated) {
        Ok(request) if flags & NLM_F_CAPPED == 0 => request.length() as usize,
        Ok(_) | Err(_) => HEADER,
    };
    let attributes = repeated.get(repeated_length.next_multiple_of(4)..).unwrap_or_default();

    let mut missing = None;
    let mut nest = None;
    for attribute in NlasIterator::new(attributes) {
        let attribute = attribute?;
        match attribute.kind() {
            attr::MSG => failure.message = Some(text(attribute.value())),
            attr::OFFS => failure.attribute = number(&attribute).and_then(|offset| word_at(request, offset)),
            attr::MISS_TYPE => missing = number(&attribute),
            attr::MISS_NEST => nest = number(&attribute),
            _ => {}
        }
    }
    if failure.attribute.is_none() {
        failure.attribute = missing.and_then(|kind| missing_word(request, nest, kind));
    }
    Ok(Some(failure))
}

/// The kernel's words, without the NUL, and without the final stop that only some of its messages have.
fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.trim_end_matches(['\0', '\n']).trim_end_matches('.').to_owned()
}

fn number(attribute: &NlaBuffer<&[u8]>) -> Option<usize> {
    let bytes = attribute.value().try_into().ok()?;
    usize::try_from(u32::from_ne_bytes(bytes)).ok()
}

/// Which numbering a run of attributes belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// `IFLA_*` of `linux/if_link.h`.
    Link,
    /// `IFLA_INFO_*` of `linux/if_link.h`.
    LinkInfo,
    /// `VETH_INFO_*` of `linux/veth.h`.
    VethData,
    /// `IFLA_VXLAN_*` of `linux/if_link.h`.
    VxlanData,
    /// `IFA_*` of `linux/if_addr.h`.
    Address,
    /// `RTA_*` of `linux/rtnetlink.h`.
    Route,
    /// `RTAX_*` of `linux/rtnetlink.h`.
    Metrics,
    /// `FRA_*` of `linux/fib_rules.h`.
    Rule,
}

impl Level {
    /// The attributes of a whole request: their numbering, and where they begin.
    fn of_request(request: &[u8]) -> Option<(Self, usize)> {
        let message_type = NetlinkBuffer::new_checked(request).ok()?.message_type();
        // In `linux/rtnetlink.h` each family has four message types in a row: NEW, DEL, GET, SET.
        match message_type & !3 {
            16 => Some((Self::Link, HEADER + 16)),
            20 => Some((Self::Address, HEADER + 8)),
            24 => Some((Self::Route, HEADER + 12)),
            32 => Some((Self::Rule, HEADER + 12)),
            _ => None,
        }
    }

    /// The word that scripts have for an attribute.
    fn word(self, kind: u16) -> Option<&'static str> {
        let words: &[(u16, &str)] = match self {
            Self::Link => &[(1, "address"), (3, "name"), (4, "mtu"), (10, "master"), (18, "type"), (28, "netns")],
            Self::LinkInfo => &[(1, "type"), (2, "type")],
            Self::VethData => &[(1, "peer")],
            Self::VxlanData => &[
                (1, "id"),
                (2, "remote"),
                (3, "dev"),
                (4, "local"),
                (5, "ttl"),
                (6, "tos"),
                (10, "srcport"),
                (15, "dstport"),
                (16, "remote"),
                (17, "local"),
                (26, "flowlabel"),
                (29, "df"),
            ],
            Self::Address => &[(1, "peer"), (2, "local"), (3, "label"), (4, "broadcast"), (9, "metric")],
            Self::Route => &[(1, "to"), (4, "dev"), (5, "via"), (6, "metric"), (7, "src"), (8, "mtu"), (15, "table")],
            Self::Metrics => &[(2, "mtu")],
            Self::Rule => {
                &[(1, "to"), (2, "from"), (3, "iif"), (6, "priority"), (10, "fwmark"), (15, "table"), (17, "oif")]
            }
        };
        words.iter().find(|(number, _)| *number == kind).map(|(_, word)| *word)
    }

    /// What is nested in an attribute of a run: the numbering inside, and where in the value it begins.
    fn nested(self, kind: u16, run: &[u8]) -> Option<(Self, usize)> {
        match (self, kind) {
            (Self::Link, 18) => Some((Self::LinkInfo, 0)),
            // The kind stands beside its data.
            (Self::LinkInfo, 2) if is_of_kind(run, b"vxlan") => Some((Self::VxlanData, 0)),
            (Self::LinkInfo, 2) => Some((Self::VethData, 0)),
            // A whole link message: `struct ifinfomsg` and its attributes.
            (Self::VethData, 1) => Some((Self::Link, 16)),
            (Self::Route, 8) => Some((Self::Metrics, 0)),
            (
                Self::Link
                | Self::LinkInfo
                | Self::VethData
                | Self::VxlanData
                | Self::Address
                | Self::Route
                | Self::Metrics
                | Self::Rule,
                _,
            ) => None,
        }
    }
}

/// Whether a run of attributes has that kind of a link (`IFLA_INFO_KIND`).
fn is_of_kind(run: &[u8], kind: &[u8]) -> bool {
    let mut attributes = NlasIterator::new(run).filter_map(Result::ok);
    attributes.any(|attribute| attribute.kind() == 1 && attribute.value().strip_suffix(&[0]) == Some(kind))
}

/// The word for the attribute at an offset of the request.
fn word_at(request: &[u8], offset: usize) -> Option<String> {
    let found = find(request, offset)?;
    found.level.word(found.kind).map(String::from)
}

/// The word for an attribute that is not there: inside the one at offset `nest`, or among the outermost.
fn missing_word(request: &[u8], nest: Option<usize>, kind: usize) -> Option<String> {
    let level = match nest {
        Some(offset) => find(request, offset)?.inside?,
        None => Level::of_request(request)?.0,
    };
    level.word(u16::try_from(kind).ok()?).map(String::from)
}

/// An attribute of a request.
struct Found {
    /// The numbering it belongs to.
    level: Level,
    /// Its number there.
    kind: u16,
    /// The numbering of what is in it.
    inside: Option<Level>,
}

/// The innermost attribute that holds an offset of the request.
fn find(request: &[u8], offset: usize) -> Option<Found> {
    let (level, start) = Level::of_request(request)?;
    find_in(request.get(start..)?, offset.checked_sub(start)?, level)
}

fn find_in(run: &[u8], offset: usize, level: Level) -> Option<Found> {
    let mut start = 0;
    for attribute in NlasIterator::new(run) {
        let attribute = attribute.ok()?;
        let next = start + usize::from(attribute.length()).next_multiple_of(4);
        if offset >= next {
            start = next;
            continue;
        }
        let nested = level.nested(attribute.kind(), run);
        if let Some((inner, skip)) = nested
            && let Some(inside) = offset.checked_sub(start + NLA_HEADER_SIZE + skip)
        {
            return find_in(attribute.value().get(skip..)?, inside, inner);
        }
        return Some(Found { level, kind: attribute.kind(), inside: nested.map(|(inside, _)| inside) });
    }
    None
}

#[cfg(test)]
mod tests {
    use netlink_packet_core::{NetlinkMessage, NetlinkPayload};
    use netlink_packet_route::{
        RouteNetlinkMessage,
        link::{InfoData, InfoKind, InfoVeth, LinkAttribute, LinkInfo, LinkMessage},
    };

    use super::*;

    /// A pair whose far end has the name `far` and an MTU.
    fn veth_request() -> Vec<u8> {
        let mut far = LinkMessage::default();
        far.attributes = vec![LinkAttribute::IfName("far".into()), LinkAttribute::Mtu(70_000)];
        let mut near = LinkMessage::default();
        near.attributes = vec![
            LinkAttribute::IfName("near".into()),
            LinkAttribute::LinkInfo(vec![
                LinkInfo::Kind(InfoKind::Veth),
                LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(far))),
            ]),
        ];
        let payload = NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewLink(near));
        let mut message = NetlinkMessage::new(Default::default(), payload);
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        bytes
    }

    fn error(errno: i32, attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut payload = (-errno).to_ne_bytes().to_vec();
        payload.extend([0; HEADER]);
        for (kind, value) in attributes {
            payload.extend(u16::try_from(value.len() + NLA_HEADER_SIZE).unwrap().to_ne_bytes());
            payload.extend(kind.to_ne_bytes());
            payload.extend(*value);
            payload.resize(payload.len().next_multiple_of(4), 0);
        }
        payload
    }

    fn decode(payload: &[u8]) -> OpFailure {
        decode_error(payload, NLM_F_CAPPED, &veth_request()).unwrap().unwrap()
    }

    #[test]
    fn an_acknowledgement_is_no_error() {
        assert_eq!(decode_error(&error(0, &[]), NLM_F_CAPPED, &veth_request()).unwrap(), None);
    }

    #[test]
    fn the_words_of_the_kernel_are_kept() {
        let failure = decode(&error(22, &[(attr::MSG, b"Nexthop has invalid gateway.\0")]));
        assert_eq!(failure.errno, Errno::EINVAL);
        assert_eq!(failure.message.as_deref(), Some("Nexthop has invalid gateway"));
        assert_eq!(failure.attribute, None);
    }

    #[test]
    fn an_offset_is_mapped_to_the_word_of_the_script() {
        let request = veth_request();
        let offset = |bytes: &[u8]| request.windows(bytes.len()).position(|window| window == bytes).unwrap();
        let words: Vec<Option<String>> = [b"near".as_slice(), b"veth", b"far", &70_000_u32.to_ne_bytes()]
            .iter()
            // The kernel tells where the attribute begins, four bytes before its value.
            .map(|value| u32::try_from(offset(value) - NLA_HEADER_SIZE).unwrap())
            .map(|at| decode(&error(34, &[(attr::OFFS, &at.to_ne_bytes())])).attribute)
            .collect();
        assert_eq!(words, ["name", "type", "name", "mtu"].map(|word| Some(word.to_owned())));
        assert_eq!(word_at(&request, request.len()), None);
        assert_eq!(word_at(&request, 3), None);
    }

    #[test]
    fn a_missing_attribute_is_named() {
        assert_eq!(decode(&error(22, &[(attr::MISS_TYPE, &3_u32.to_ne_bytes())])).attribute.as_deref(), Some("name"));
    }

    #[test]
    fn an_uncapped_error_repeats_the_request() {
        let request = veth_request();
        let mut payload = (-17_i32).to_ne_bytes().to_vec();
        payload.extend(&request);
        let length = request.len().next_multiple_of(4);
        payload.resize(4 + length, 0);
        payload.extend(&error(0, &[(attr::MSG, b"File exists\0")])[4 + HEADER..]);
        let failure = decode_error(&payload, 0, &request).unwrap().unwrap();
        assert_eq!(failure.message.as_deref(), Some("File exists"));
    }
}
