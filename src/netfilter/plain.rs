//! From expressions to a rule that is understood.
//!
//! In: expressions. Out: what they say, as far as it is known. What comes out is a guess until it is encoded again and
//! gives the same expressions: see [`super::decode`].

use super::{
    expr::{Base, Expr, Meta, Op, Part, TCP_RESET},
    load::Network,
    nft::{LOCAL, reject_code, state_mask},
    xt,
};
use crate::{
    net::Cidr,
    ops::{
        Criterion, Dialect, Family, LinkPattern, Match, NatTarget, PlainRule, Ports, Protocol, RejectWith, State,
        StateSpelling, States, Verdict,
    },
};

/// What the expressions of a rule in a table of that family say.
pub(super) fn read(family: Family, exprs: &[Expr]) -> Option<PlainRule> {
    let mut reader = Reader { family, network: Network::of_table(family), matches: Vec::new() };
    let mut rest = exprs;
    while let Some(tail) = reader.condition(rest)? {
        rest = tail;
    }
    let (dialect, rest) = match rest {
        [Expr::Counter, tail @ ..] => (Dialect::Iptables, tail),
        all => (Dialect::Nft, all),
    };
    let verdict = if rest.is_empty() { None } else { Some(reader.verdict(rest)?) };
    Some(PlainRule { dialect, matches: reader.matches, verdict, comment: None })
}

struct Reader {
    family: Family,
    /// The family that packets have here for sure.
    network: Option<Network>,
    matches: Vec<Match>,
}

/// Whether a comparison is for unequal; `None` where it is neither.
fn negation(op: Op) -> Option<bool> {
    match op {
        Op::Eq => Some(false),
        Op::Ne => Some(true),
        Op::Le | Op::Gt | Op::Ge => None,
    }
}

fn port(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

fn pattern(bytes: &[u8]) -> Option<LinkPattern> {
    let end = bytes.iter().position(|byte| *byte == 0);
    let name = std::str::from_utf8(&bytes[..end.unwrap_or(bytes.len())]).ok()?;
    match end {
        Some(_) => Some(LinkPattern::Is(name.parse().ok()?)),
        None => (1..=14).contains(&name.len()).then(|| LinkPattern::StartsWith(name.to_owned())),
    }
}

impl Reader {
    fn push(&mut self, negated: bool, criterion: Criterion) {
        self.matches.push(Match { negated, criterion });
    }

    /// Takes one condition; gives what is left behind it. The inner `None` is where no more conditions are, the outer
    /// one that there is something unknown.
    fn condition<'a>(&mut self, exprs: &'a [Expr]) -> Option<Option<&'a [Expr]>> {
        let tail = match exprs {
            [Expr::Meta(key), Expr::Cmp(op, value), tail @ ..] => {
                self.meta(*key, negation(*op)?, value)?;
                tail
            }
            [Expr::Payload { base: Base::Network, offset, length }, tail @ ..] => {
                self.address(*offset, usize::try_from(*length).ok()?, tail)?
            }
            [Expr::Payload { base: Base::Transport, offset, length }, tail @ ..] => {
                self.transport(*offset, *length, tail)?
            }
            [Expr::DestinationKind, Expr::Cmp(op, value), tail @ ..] if *value == LOCAL.to_ne_bytes() => {
                self.push(negation(*op)?, Criterion::LocalDestination);
                tail
            }
            [Expr::CtState, Expr::Mask(mask), Expr::Cmp(op, _), tail @ ..] => {
                let has = |state: &State| {
                    let bit = state_mask(States::default().with(*state));
                    bit.iter().zip(mask).any(|(bit, byte)| bit & byte != 0)
                };
                let states = State::ALL.into_iter().filter(has).fold(States::default(), States::with);
                let criterion = Criterion::State { states, spelling: StateSpelling::Conntrack };
                self.push(!negation(*op)?, criterion);
                tail
            }
            [Expr::Match(part), tail @ ..] => {
                self.matches.extend(xt::conditions(part)?);
                tail
            }
            _ => return Some(None),
        };
        Some(Some(tail))
    }

    fn meta(&mut self, key: Meta, negated: bool, value: &[u8]) -> Option<()> {
        match key {
            Meta::InName => self.push(negated, Criterion::In(pattern(value)?)),
            Meta::OutName => self.push(negated, Criterion::Out(pattern(value)?)),
            Meta::Protocol => self.push(negated, Criterion::Protocol(Protocol(*value.first()?))),
            Meta::NetworkProtocol => {
                let known = [Network::V4, Network::V6].into_iter().find(|network| value == [*network as u8]);
                self.network = Some(known?);
            }
        }
        Some(())
    }

    fn address<'a>(&mut self, offset: u32, length: usize, tail: &'a [Expr]) -> Option<&'a [Expr]> {
        let network = self.network?;
        let size = network.length();
        let (mask, op, value, tail) = match tail {
            [Expr::Mask(mask), Expr::Cmp(op, value), tail @ ..] => (Some(mask), *op, value, tail),
            [Expr::Cmp(op, value), tail @ ..] => (None, *op, value, tail),
            _ => return None,
        };
        let negated = negation(op)?;
        if value.len() != length {
            return None;
        }
        let bits = mask.map_or(8 * length, |mask| mask.iter().map(|byte| byte.count_ones() as usize).sum());
        let mut bytes = value.clone();
        bytes.resize(size, 0);
        let cidr = Cidr::new(network.address(&bytes)?, u8::try_from(bits).ok()?).ok()?;
        let source = (offset == network.offset(true)).then_some(Criterion::Source(cidr));
        let destination = (offset == network.offset(false)).then_some(Criterion::Destination(cidr));
        self.push(negated, source.or(destination)?);
        Some(tail)
    }

    fn transport<'a>(&mut self, offset: u32, length: u32, tail: &'a [Expr]) -> Option<&'a [Expr]> {
        let of = |first: u16, last: u16| {
            let ports = Ports { first, last };
            match offset {
                0 => Some(Criterion::SourcePort(ports)),
                2 => Some(Criterion::DestinationPort(ports)),
                _ => None,
            }
        };
        let (negated, criterion, tail) = match (length, tail) {
            (1, [Expr::Cmp(op, value), tail @ ..]) => (negation(*op)?, Criterion::IcmpType(*value.first()?), tail),
            (2, [Expr::Cmp(Op::Ge, first), Expr::Cmp(Op::Le, last), tail @ ..]) => {
                (false, of(port(first)?, port(last)?)?, tail)
            }
            (2, [Expr::Cmp(op @ (Op::Le | Op::Gt), last), tail @ ..]) => (*op == Op::Gt, of(0, port(last)?)?, tail),
            (2, [Expr::Cmp(op, value), tail @ ..]) => (negation(*op)?, of(port(value)?, port(value)?)?, tail),
            (2, [Expr::Range { negated, first, last }, tail @ ..]) => (*negated, of(port(first)?, port(last)?)?, tail),
            (4, [Expr::Cmp(op, value), tail @ ..]) if value.len() == 4 && offset == 0 => {
                let negated = negation(*op)?;
                self.push(negated, Criterion::SourcePort(Ports::one(port(&value[..2])?)));
                (negated, Criterion::DestinationPort(Ports::one(port(&value[2..])?)), tail)
            }
            _ => return None,
        };
        self.push(negated, criterion);
        Some(tail)
    }

    fn verdict(&self, exprs: &[Expr]) -> Option<Verdict> {
        match exprs {
            [Expr::Verdict(code, chain)] => match (code, chain) {
                (0, None) => Some(Verdict::Drop),
                (1, None) => Some(Verdict::Accept),
                (-3, Some(chain)) => Some(Verdict::Jump(chain.clone())),
                (-4, Some(chain)) => Some(Verdict::Goto(chain.clone())),
                (-5, None) => Some(Verdict::Return),
                _ => None,
            },
            [Expr::Reject(TCP_RESET, None)] => Some(Verdict::Reject(RejectWith::TcpReset)),
            [Expr::Reject(_, code)] => {
                let known = [
                    RejectWith::PortUnreachable,
                    RejectWith::HostUnreachable,
                    RejectWith::NetUnreachable,
                    RejectWith::AdminProhibited,
                ];
                known.into_iter().find(|with| reject_code(*with, self.network) == *code).map(Verdict::Reject)
            }
            [Expr::Target(part)] => self.target(part),
            [values @ .., last] => self.translation(values, last),
            [] => None,
        }
    }

    fn target(&self, part: &Part) -> Option<Verdict> {
        xt::verdict(self.family, part)
    }

    /// A translation to what was put into registers.
    fn translation(&self, values: &[Expr], last: &Expr) -> Option<Verdict> {
        let value = |register: u32| {
            values.iter().find_map(|expr| match expr {
                Expr::Immediate(number, value) if *number == register => Some(value.as_slice()),
                _ => None,
            })
        };
        let ports = |registers: &Option<(u32, u32)>| match registers {
            None => Some(None),
            Some((first, last)) => Some(Some(Ports { first: port(value(*first)?)?, last: port(value(*last)?)? })),
        };
        match last {
            Expr::Masquerade(registers) => Some(Verdict::Masquerade { ports: ports(registers)? }),
            Expr::Redirect(registers) => Some(Verdict::Redirect { ports: ports(registers)? }),
            Expr::Nat { is_destination, family, addresses, ports: registers } => {
                let network = [Network::V4, Network::V6].into_iter().find(|network| *network as u32 == *family);
                let addresses = match addresses {
                    None => None,
                    Some((first, last)) => Some((network?.address(value(*first)?)?, network?.address(value(*last)?)?)),
                };
                let target = NatTarget { addresses, ports: ports(registers)? };
                Some(if *is_destination { Verdict::Dnat(target) } else { Verdict::Snat(target) })
            }
            _ => None,
        }
    }
}
