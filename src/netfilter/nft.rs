//! The dialect of `nft` 1.0.6: what it makes of a rule that a person writes, so that it lists it in the same words.

use super::{
    expr::{Base, Expr, Meta, Op, TCP_RESET},
    load::{
        NAME_BYTES, Network, both_ports, link, load_port, octets, port_bytes, ports_of, prefix, protocol, protocol_of,
    },
};
use crate::{
    net::Cidr,
    ops::{Criterion, Family, Match, NatTarget, PlainRule, Ports, Protocol, RejectWith, State, States, Verdict},
};

/// `RTN_LOCAL`.
pub(super) const LOCAL: u32 = 2;

/// `NFPROTO_INET`.
const INET: u32 = 1;

/// The expressions of a rule in a table of that family.
pub(super) fn encode(family: Family, rule: &PlainRule) -> Vec<Expr> {
    let mut encoder = Encoder { rule, network: Network::of_table(family), exprs: Vec::new() };
    let conditions = in_order(rule.matches.clone());
    let mut rest = conditions.as_slice();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if let Some((source, destination)) = tail.first().and_then(|second| ports_in_one(first, second)) {
            encoder.exprs.extend(both_ports(source, destination, false));
            rest = &tail[1..];
        } else {
            encoder.condition(first);
        }
    }
    if let Some(verdict) = &rule.verdict {
        encoder.verdict(verdict);
    }
    encoder.exprs
}

/// The conditions in the order that `nft` gives them: it puts what is read in one piece in the packet's order.
pub(super) fn in_order(mut conditions: Vec<Match>) -> Vec<Match> {
    for at in 1..conditions.len() {
        if is_piece(&conditions[at], &conditions[at - 1]) {
            conditions.swap(at - 1, at);
        }
    }
    conditions
}

/// Whether two conditions are on neighbouring bytes, of which one comparison is made.
fn is_piece(first: &Match, second: &Match) -> bool {
    ports_in_one(first, second).is_some()
}

/// Both ports, if one comparison is made of them.
fn ports_in_one(first: &Match, second: &Match) -> Option<(u16, u16)> {
    let ((true, source), (false, destination)) = (ports_of(first)?, ports_of(second)?) else { return None };
    let is_one = !first.negated && !second.negated && source.is_one() && destination.is_one();
    is_one.then_some((source.first, destination.first))
}

/// The codes of a message of ICMP, of ICMP of IPv6, and of either, by its number for `nft`.
pub(super) fn reject_code(with: RejectWith, network: Option<Network>) -> Option<u8> {
    let codes = match with {
        RejectWith::NetUnreachable => [0, 0, 0],
        RejectWith::HostUnreachable => [1, 3, 2],
        RejectWith::PortUnreachable => [3, 4, 1],
        RejectWith::AdminProhibited => [13, 1, 3],
        RejectWith::TcpReset => return None,
    };
    Some(match network {
        Some(Network::V4) => codes[0],
        Some(Network::V6) => codes[1],
        None => codes[2],
    })
}

/// The bits of states.
pub(super) fn state_mask(states: States) -> [u8; 4] {
    let bit = |state: State| if state == State::Untracked { 1 << 6 } else { 1_u32 << state as u8 };
    states.iter().map(bit).sum::<u32>().to_ne_bytes()
}

struct Encoder<'a> {
    rule: &'a PlainRule,
    /// The family that packets have here for sure.
    network: Option<Network>,
    exprs: Vec<Expr>,
}

impl Encoder<'_> {
    /// Sees to it that packets are of a family, in tables for both.
    fn require(&mut self, network: Network) {
        if self.network.is_none() {
            self.exprs.push(Expr::Meta(Meta::NetworkProtocol));
            self.exprs.push(Expr::Cmp(Op::Eq, vec![network as u8]));
            self.network = Some(network);
        }
    }

    fn condition(&mut self, condition: &Match) {
        let negated = condition.negated;
        match &condition.criterion {
            Criterion::In(pattern) => self.exprs.extend(link(Meta::InName, pattern, negated, NAME_BYTES)),
            Criterion::Out(pattern) => self.exprs.extend(link(Meta::OutName, pattern, negated, NAME_BYTES)),
            Criterion::Source(cidr) => self.prefix(*cidr, true, negated),
            Criterion::Destination(cidr) => self.prefix(*cidr, false, negated),
            Criterion::LocalDestination => {
                let local = LOCAL.to_ne_bytes().to_vec();
                self.exprs.extend([Expr::DestinationKind, Expr::Cmp(Op::equal(negated), local)]);
            }
            Criterion::Protocol(number) => {
                if let Some(network) = self.network_of_icmp() {
                    self.require(network);
                }
                self.exprs.extend(protocol(*number, negated));
            }
            Criterion::SourcePort(_) | Criterion::DestinationPort(_) => self.port(condition),
            Criterion::IcmpType(number) => {
                self.exprs.push(Expr::Payload { base: Base::Transport, offset: 0, length: 1 });
                self.exprs.push(Expr::Cmp(Op::equal(negated), vec![*number]));
            }
            Criterion::State { states, .. } => {
                let mask = state_mask(*states).to_vec();
                let none = vec![0; mask.len()];
                self.exprs.extend([Expr::CtState, Expr::Mask(mask), Expr::Cmp(Op::equal(!negated), none)]);
            }
            // Its remark is beside the rule.
            Criterion::Comment(_) => {}
        }
    }

    fn prefix(&mut self, cidr: Cidr, is_source: bool, negated: bool) {
        self.require(Network::of(cidr.addr()));
        self.exprs.extend(prefix(cidr, is_source, negated));
    }

    fn port(&mut self, condition: &Match) {
        let Some((is_source, ports)) = ports_of(condition) else { return };
        let (first, last) = (port_bytes(ports.first), port_bytes(ports.last));
        self.exprs.push(load_port(is_source));
        if ports.is_one() {
            self.exprs.push(Expr::Cmp(Op::equal(condition.negated), first));
        } else if condition.negated {
            self.exprs.push(Expr::Range { negated: true, first, last });
        } else {
            self.exprs.extend([Expr::Cmp(Op::Ge, first), Expr::Cmp(Op::Le, last)]);
        }
    }

    /// The family that a rule on a type of ICMP message is for.
    fn network_of_icmp(&self) -> Option<Network> {
        let asks = self.rule.matches.iter().any(|condition| matches!(condition.criterion, Criterion::IcmpType(_)));
        match protocol_of(self.rule).filter(|_| asks)? {
            Protocol::ICMP => Some(Network::V4),
            Protocol::ICMPV6 => Some(Network::V6),
            _ => None,
        }
    }

    fn verdict(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Accept | Verdict::Drop | Verdict::Return | Verdict::Jump(_) | Verdict::Goto(_) => {
                self.exprs.extend(immediate(verdict))
            }
            Verdict::Reject(with) => {
                let code = reject_code(*with, self.network);
                let kind = match (code, self.network) {
                    (None, _) => TCP_RESET,
                    (Some(_), Some(_)) => 0,
                    (Some(_), None) => 2,
                };
                self.exprs.push(Expr::Reject(kind, code));
            }
            Verdict::Masquerade { ports } => {
                let ports = self.ports(1, *ports);
                self.exprs.push(Expr::Masquerade(ports));
            }
            Verdict::Redirect { ports } => {
                let ports = self.ports(1, *ports);
                self.exprs.push(Expr::Redirect(ports));
            }
            Verdict::Snat(target) => self.nat(target, false),
            Verdict::Dnat(target) => self.nat(target, true),
        }
    }

    fn nat(&mut self, target: &NatTarget, is_destination: bool) {
        let own = target.addresses.map(|(first, _)| Network::of(first));
        let addresses = target.addresses.map(|(first, last)| {
            let last = (last != first).then(|| octets(last));
            self.load(1, octets(first), last)
        });
        let ports = self.ports(addresses.map_or(1, |(_, last)| last + 1), target.ports);
        let family = own.or(self.network).map_or(INET, |network| network as u32);
        self.exprs.push(Expr::Nat { is_destination, family, addresses, ports });
    }

    /// Loads ports into registers from that one on.
    fn ports(&mut self, register: u32, ports: Option<Ports>) -> Option<(u32, u32)> {
        let ports = ports?;
        let last = (!ports.is_one()).then(|| port_bytes(ports.last));
        Some(self.load(register, port_bytes(ports.first), last))
    }

    /// Loads one value or two into registers from that one on; gives the first and the last.
    fn load(&mut self, register: u32, first: Vec<u8>, last: Option<Vec<u8>>) -> (u32, u32) {
        self.exprs.push(Expr::Immediate(register, first));
        match last {
            Some(last) => {
                self.exprs.push(Expr::Immediate(register + 1, last));
                (register, register + 1)
            }
            None => (register, register),
        }
    }
}

/// The verdicts that are the same in both dialects.
pub(super) fn immediate(verdict: &Verdict) -> Option<Expr> {
    let (code, chain) = match verdict {
        Verdict::Drop => (0, None),
        Verdict::Accept => (1, None),
        Verdict::Jump(chain) => (-3, Some(chain.clone())),
        Verdict::Goto(chain) => (-4, Some(chain.clone())),
        Verdict::Return => (-5, None),
        Verdict::Reject(_)
        | Verdict::Masquerade { .. }
        | Verdict::Snat(_)
        | Verdict::Dnat(_)
        | Verdict::Redirect { .. } => return None,
    };
    Some(Expr::Verdict(code, chain))
}
