//! Matches and targets of the old engine, which rules of iptables are made of where nf_tables has no words for them.
//!
//! In: what they say. Out: their structures of `linux/netfilter/xt_*.h`, as the kernel gives them back: filled up to
//! eight bytes, numbers in the machine's order but for ports and addresses.

use std::net::IpAddr;

use super::{
    expr::Part,
    load::{Network, octets, ports_of},
};
use crate::ops::{Criterion, Family, Match, NatTarget, Ports, RejectWith, State, StateSpelling, States, Verdict};

/// A structure in the making.
struct Layout(Vec<u8>);

impl Layout {
    fn new(size: usize) -> Self {
        Self(vec![0; size])
    }

    /// Writes bytes at an offset.
    fn put(mut self, at: usize, bytes: &[u8]) -> Self {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    fn part(self, name: &str, revision: u32) -> Part {
        Part { name: name.into(), revision, info: self.0 }
    }
}

/// A number of two bytes in the machine's order.
fn short(info: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(info.get(at..at + 2)?.try_into().ok()?))
}

/// A number of four bytes in the machine's order.
fn long(info: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(info.get(at..at + 4)?.try_into().ok()?))
}

/// A port, which is in network order.
fn port(info: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(info.get(at..at + 2)?.try_into().ok()?))
}

fn bit_of(state: State) -> u16 {
    if state == State::Untracked { 1 << 8 } else { 1 << state as u8 }
}

/// `XT_CONNTRACK_STATE_ALIAS`: it was written `-m state`.
const STATE_ALIAS: u16 = 1 << 13;

/// `struct xt_conntrack_mtinfo3`.
pub(super) fn conntrack(states: States, spelling: StateSpelling, negated: bool) -> Part {
    let alias = if spelling == StateSpelling::State { STATE_ALIAS } else { 0 };
    let mask: u16 = states.iter().map(bit_of).sum();
    Layout::new(168)
        .put(146, &(1 | alias).to_ne_bytes())
        .put(148, &u16::from(negated).to_ne_bytes())
        .put(150, &mask.to_ne_bytes())
        .part("conntrack", 3)
}

/// `struct xt_comment_info`.
pub(super) fn comment(remark: &str) -> Part {
    let mut remark = remark.as_bytes();
    // `iptables` takes no longer ones.
    remark = remark.get(..255).unwrap_or(remark);
    Layout::new(256).put(0, remark).part("comment", 0)
}

/// `struct xt_addrtype_info_v1`.
pub(super) fn local_destination(negated: bool) -> Part {
    let inverted: u32 = if negated { 2 } else { 0 };
    Layout::new(8).put(2, &4_u16.to_ne_bytes()).put(4, &inverted.to_ne_bytes()).part("addrtype", 1)
}

/// `struct ipt_icmp` or `struct ip6t_icmp`.
pub(super) fn icmp(family: Family, number: u8, negated: bool) -> Part {
    let name = if family == Family::Ip6 { "icmp6" } else { "icmp" };
    Layout::new(8).put(0, &[number, 0, 0xff, u8::from(negated)]).part(name, 0)
}

/// `struct xt_sctp_info`.
pub(super) fn sctp<'a>(conditions: impl Iterator<Item = &'a Match>) -> Part {
    let any_chunk = [0xff, 0, 0].repeat(4);
    let mut layout = Layout::new(296).put(268, &any_chunk);
    let (mut asked, mut inverted) = (0_u32, 0_u32);
    for condition in conditions {
        let Some((is_source, ports)) = ports_of(condition) else { continue };
        let flag = if is_source { 1 } else { 2 };
        asked |= flag;
        inverted |= if condition.negated { flag } else { 0 };
        let at = if is_source { 4 } else { 0 };
        layout = layout.put(at, &ports.first.to_ne_bytes()).put(at + 2, &ports.last.to_ne_bytes());
    }
    layout.put(284, &asked.to_ne_bytes()).put(288, &inverted.to_ne_bytes()).part("sctp", 0)
}

/// What a match says. The caller holds it against what would be said so.
pub(super) fn conditions(part: &Part) -> Option<Vec<Match>> {
    let info = part.info.as_slice();
    let one = |negated, criterion| Some(vec![Match { negated, criterion }]);
    match part.name.as_str() {
        "conntrack" => {
            let mask = short(info, 150)?;
            let states = State::ALL.into_iter().filter(|state| mask & bit_of(*state) != 0);
            let states = states.fold(States::default(), States::with);
            let is_alias = short(info, 146)? & STATE_ALIAS != 0;
            let spelling = if is_alias { StateSpelling::State } else { StateSpelling::Conntrack };
            one(short(info, 148)? == 1, Criterion::State { states, spelling })
        }
        "comment" => {
            let end = info.iter().position(|byte| *byte == 0)?;
            one(false, Criterion::Comment(std::str::from_utf8(&info[..end]).ok()?.to_owned()))
        }
        "addrtype" => one(long(info, 4)? == 2, Criterion::LocalDestination),
        "icmp" | "icmp6" => one(*info.get(3)? == 1, Criterion::IcmpType(*info.first()?)),
        "sctp" => {
            let (asked, inverted) = (long(info, 284)?, long(info, 288)?);
            let mut conditions = Vec::new();
            for (flag, at) in [(1, 4), (2, 0)] {
                let ports = Ports { first: short(info, at)?, last: short(info, at + 2)? };
                let criterion =
                    if flag == 1 { Criterion::SourcePort(ports) } else { Criterion::DestinationPort(ports) };
                if asked & flag != 0 {
                    conditions.push(Match { negated: inverted & flag != 0, criterion });
                }
            }
            Some(conditions)
        }
        _ => None,
    }
}

/// How a target tells a range of addresses and ports.
#[derive(Clone, Copy)]
enum RangeLayout {
    /// `struct nf_nat_ipv4_multi_range_compat`: one range behind the count of them.
    Multi,
    /// `struct nf_nat_range`.
    Range,
    /// `struct nf_nat_range2`.
    Range2,
}

impl RangeLayout {
    /// That of a target, and its revision.
    fn of(name: &str, family: Family) -> (Self, u32) {
        match (name, family) {
            ("DNAT", _) => (Self::Range2, 2),
            ("SNAT", Family::Ip6) => (Self::Range, 1),
            (_, Family::Ip6) => (Self::Range, 0),
            (_, _) => (Self::Multi, 0),
        }
    }

    /// Its size, and where the flags, the two addresses and the two ports are.
    fn places(self) -> (usize, [usize; 5]) {
        match self {
            Self::Multi => (24, [4, 8, 12, 16, 18]),
            Self::Range => (40, [0, 4, 20, 36, 38]),
            Self::Range2 => (48, [0, 4, 20, 36, 38]),
        }
    }
}

/// `NF_NAT_RANGE_MAP_IPS`.
const ADDRESSES: u32 = 1;
/// `NF_NAT_RANGE_PROTO_SPECIFIED`.
const PORTS: u32 = 2;

fn translation(name: &str, family: Family, addresses: Option<(IpAddr, IpAddr)>, ports: Option<Ports>) -> Part {
    let (layout, revision) = RangeLayout::of(name, family);
    let (size, [flags, first, last, first_port, last_port]) = layout.places();
    let asked = if addresses.is_some() { ADDRESSES } else { 0 } | if ports.is_some() { PORTS } else { 0 };
    let mut info = Layout::new(size).put(flags, &asked.to_ne_bytes());
    if let RangeLayout::Multi = layout {
        info = info.put(0, &1_u32.to_ne_bytes());
    }
    // An address of the other family has no room in the short structure.
    let room = last - first;
    if let Some((from, to)) = addresses {
        let bytes = |address| octets(address).into_iter().take(room).collect::<Vec<u8>>();
        info = info.put(first, &bytes(from)).put(last, &bytes(to));
    }
    if let Some(ports) = ports {
        info = info.put(first_port, &ports.first.to_be_bytes()).put(last_port, &ports.last.to_be_bytes());
    }
    info.part(name, revision)
}

/// What it is answered with, by its number in `enum ipt_reject_with` or `enum ip6t_reject_with`.
fn reject_number(with: RejectWith, family: Family) -> u32 {
    let [v4, v6] = match with {
        RejectWith::NetUnreachable => [0, 0],
        RejectWith::HostUnreachable => [1, 3],
        RejectWith::PortUnreachable => [3, 4],
        RejectWith::TcpReset => [7, 6],
        RejectWith::AdminProhibited => [8, 1],
    };
    if family == Family::Ip6 { v6 } else { v4 }
}

/// The target of a verdict that has one.
pub(super) fn target(family: Family, verdict: &Verdict) -> Option<Part> {
    Some(match verdict {
        Verdict::Reject(with) => Layout::new(8).put(0, &reject_number(*with, family).to_ne_bytes()).part("REJECT", 0),
        Verdict::Masquerade { ports } => translation("MASQUERADE", family, None, *ports),
        Verdict::Redirect { ports } => translation("REDIRECT", family, None, *ports),
        Verdict::Snat(target) => translation("SNAT", family, target.addresses, target.ports),
        Verdict::Dnat(target) => translation("DNAT", family, target.addresses, target.ports),
        Verdict::Accept | Verdict::Drop | Verdict::Return | Verdict::Jump(_) | Verdict::Goto(_) => return None,
    })
}

/// What a target says. The caller holds it against what would be said so.
pub(super) fn verdict(family: Family, part: &Part) -> Option<Verdict> {
    let info = part.info.as_slice();
    if part.name == "REJECT" {
        let number = long(info, 0)?;
        let known = [
            RejectWith::PortUnreachable,
            RejectWith::HostUnreachable,
            RejectWith::NetUnreachable,
            RejectWith::AdminProhibited,
            RejectWith::TcpReset,
        ];
        return known.into_iter().find(|with| reject_number(*with, family) == number).map(Verdict::Reject);
    }
    let network = Network::of_table(family)?;
    let (_, [flags, first, last, first_port, last_port]) = RangeLayout::of(&part.name, family).0.places();
    let asked = long(info, flags)?;
    let address = |at: usize| network.address(info.get(at..at + network.length())?);
    let addresses = if asked & ADDRESSES != 0 { Some((address(first)?, address(last)?)) } else { None };
    let ports = if asked & PORTS != 0 {
        Some(Ports { first: port(info, first_port)?, last: port(info, last_port)? })
    } else {
        None
    };
    match part.name.as_str() {
        "MASQUERADE" => Some(Verdict::Masquerade { ports }),
        "REDIRECT" => Some(Verdict::Redirect { ports }),
        "SNAT" => Some(Verdict::Snat(NatTarget { addresses, ports })),
        "DNAT" => Some(Verdict::Dnat(NatTarget { addresses, ports })),
        _ => None,
    }
}
