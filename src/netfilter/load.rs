//! Conditions that both dialects tell the kernel alike, but for details.

use std::net::IpAddr;

use super::expr::{Base, Expr, Meta, Op};
use crate::{
    net::Cidr,
    ops::{Criterion, Family, LinkPattern, Match, PlainRule, Ports, Protocol},
};

/// The bytes of a link's name in the kernel (`IFNAMSIZ`).
pub(super) const NAME_BYTES: usize = 16;

/// The family of an address, by its number in netfilter (`NFPROTO_…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    V4 = 2,
    V6 = 10,
}

impl Network {
    /// That of a table's packets, where there is but one.
    pub(super) fn of_table(family: Family) -> Option<Self> {
        match family {
            Family::Ip => Some(Self::V4),
            Family::Ip6 => Some(Self::V6),
            Family::Inet | Family::Arp | Family::Bridge | Family::Netdev => None,
        }
    }

    /// That of an address.
    pub(super) fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// How many bytes an address has.
    pub(super) fn length(self) -> usize {
        match self {
            Self::V4 => 4,
            Self::V6 => 16,
        }
    }

    /// Where in the header the source stands; the destination follows.
    pub(super) fn source_offset(self) -> u32 {
        match self {
            Self::V4 => 12,
            Self::V6 => 8,
        }
    }

    /// Where in the header an end stands.
    pub(super) fn offset(self, is_source: bool) -> u32 {
        let length = if self == Self::V4 { 4 } else { 16 };
        self.source_offset() + if is_source { 0 } else { length }
    }

    /// The address of some bytes.
    pub(super) fn address(self, bytes: &[u8]) -> Option<IpAddr> {
        Some(match self {
            Self::V4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
            Self::V6 => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?),
        })
    }
}

/// The bytes of an address.
pub(super) fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// The link is that one; `width` is the least number of bytes to which a whole name is filled up with NULs.
pub(super) fn link(key: Meta, pattern: &LinkPattern, negated: bool, width: usize) -> [Expr; 2] {
    let name = match pattern {
        LinkPattern::Is(name) => {
            let mut bytes = name.as_str().as_bytes().to_vec();
            bytes.resize(width.max(bytes.len() + 1), 0);
            bytes
        }
        LinkPattern::StartsWith(start) => start.as_bytes().to_vec(),
    };
    [Expr::Meta(key), Expr::Cmp(Op::equal(negated), name)]
}

/// The protocol is that one.
pub(super) fn protocol(protocol: Protocol, negated: bool) -> [Expr; 2] {
    [Expr::Meta(Meta::Protocol), Expr::Cmp(Op::equal(negated), vec![protocol.0])]
}

/// An end of the packet's way is in a prefix. Of a prefix of whole bytes only those are compared.
pub(super) fn prefix(cidr: Cidr, is_source: bool, negated: bool) -> Vec<Expr> {
    let network = Network::of(cidr.addr());
    let mut value = octets(cidr.addr());
    let bits = usize::from(cidr.prefix_len());
    let is_whole = bits > 0 && bits.is_multiple_of(8);
    let mask = (!is_whole).then(|| (0..value.len()).map(|at| mask_byte(bits, at)).collect());
    if is_whole {
        value.truncate(bits / 8);
    }
    let load = Expr::Payload {
        base: Base::Network,
        offset: network.offset(is_source),
        length: u32::try_from(value.len()).unwrap_or(u32::MAX),
    };
    [load].into_iter().chain(mask.map(Expr::Mask)).chain([Expr::Cmp(Op::equal(negated), value)]).collect()
}

/// A byte of the mask with that many bits.
fn mask_byte(bits: usize, at: usize) -> u8 {
    match bits.saturating_sub(at * 8) {
        0 => 0,
        bits @ 1..=7 => !(0xff >> bits),
        _ => 0xff,
    }
}

/// Loads a port.
pub(super) fn load_port(is_source: bool) -> Expr {
    Expr::Payload { base: Base::Transport, offset: if is_source { 0 } else { 2 }, length: 2 }
}

/// Both ports are those.
pub(super) fn both_ports(source: u16, destination: u16, negated: bool) -> [Expr; 2] {
    let value = [source.to_be_bytes(), destination.to_be_bytes()].concat();
    [Expr::Payload { base: Base::Transport, offset: 0, length: 4 }, Expr::Cmp(Op::equal(negated), value)]
}

/// A port's bytes.
pub(super) fn port_bytes(port: u16) -> Vec<u8> {
    port.to_be_bytes().to_vec()
}

/// The protocol that a rule asks for.
pub(super) fn protocol_of(rule: &PlainRule) -> Option<Protocol> {
    rule.matches.iter().find_map(|condition| match condition.criterion {
        Criterion::Protocol(protocol) if !condition.negated => Some(protocol),
        _ => None,
    })
}

/// The ports of a condition, and whether they are the source's.
pub(super) fn ports_of(condition: &Match) -> Option<(bool, Ports)> {
    match condition.criterion {
        Criterion::SourcePort(ports) => Some((true, ports)),
        Criterion::DestinationPort(ports) => Some((false, ports)),
        _ => None,
    }
}
