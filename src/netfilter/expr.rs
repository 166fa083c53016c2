//! The expressions that rules are made of, one by one.
//!
//! In: the value of `NFTA_RULE_EXPRESSIONS`. Out: [`Expr`]s, and back. Only what our rules are made of is known; all
//! loads go to register 1. The numbers are those of `linux/netfilter/nf_tables.h`.

use netlink_packet_core::{DefaultNla, NLA_TYPE_MASK};

use super::attr::{Attributes, attribute, bytes, nest, number, read, text};

/// `NFTA_LIST_ELEM`.
const ELEMENT: u16 = 1;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expr {
    /// Loads a property of the packet.
    Meta(Meta),
    /// Loads bytes of the packet.
    Payload {
        /// From where they are counted.
        base: Base,
        /// The first.
        offset: u32,
        /// How many.
        length: u32,
    },
    /// Loads what kind of address the destination is.
    DestinationKind,
    /// Loads what connection tracking knows.
    CtState,
    /// Keeps some bits of what was loaded.
    Mask(Vec<u8>),
    /// Goes on if what was loaded compares so.
    Cmp(Op, Vec<u8>),
    /// Goes on if what was loaded is between two values, or is not.
    Range {
        /// It is not.
        negated: bool,
        /// The first value.
        first: Vec<u8>,
        /// The last value.
        last: Vec<u8>,
    },
    /// Puts a value into a register.
    Immediate(u32, Vec<u8>),
    /// Ends the rule: a number of `enum nft_verdicts`, or one of netfilter's, and a chain.
    Verdict(i32, Option<String>),
    /// Counts.
    Counter,
    /// Translates the source to the address of the link, and to ports in two registers.
    Masquerade(Option<(u32, u32)>),
    /// Translates the destination to the address of the link, and to ports in two registers.
    Redirect(Option<(u32, u32)>),
    /// Translates.
    Nat {
        /// `NFT_NAT_DNAT`, not `NFT_NAT_SNAT`.
        is_destination: bool,
        /// `NFPROTO_…`.
        family: u32,
        /// The registers with addresses.
        addresses: Option<(u32, u32)>,
        /// The registers with ports.
        ports: Option<(u32, u32)>,
    },
    /// Refuses: `NFT_REJECT_…`, and what the message says where there is one to choose.
    Reject(u32, Option<u8>),
    /// A match of the old engine.
    Match(Part),
    /// A target of the old engine.
    Target(Part),
}

/// A match or target of the old engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Its name.
    pub(super) name: String,
    /// Its revision.
    pub(super) revision: u32,
    /// Its parameters, in the layout of its structure.
    pub(super) info: Vec<u8>,
}

/// A property of a packet, by its number in `enum nft_meta_keys`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meta {
    InName = 6,
    OutName = 7,
    NetworkProtocol = 15,
    Protocol = 16,
}

/// Where bytes of a packet are counted from, by number in `enum nft_payload_bases`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Network = 1,
    Transport = 2,
}

/// A comparison, by its number in `enum nft_cmp_ops`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Eq = 0,
    Ne = 1,
    Le = 3,
    Gt = 4,
    Ge = 5,
}

impl Op {
    /// Equal, or not.
    pub(super) fn equal(negated: bool) -> Self {
        if negated { Self::Ne } else { Self::Eq }
    }
}

/// The value of `NFTA_RULE_EXPRESSIONS`.
pub(super) fn emit(exprs: &[Expr]) -> Vec<u8> {
    let elements: Vec<DefaultNla> = exprs
        .iter()
        .map(|expr| {
            let (name, inside) = expr.attributes();
            nest(ELEMENT, &[text(1, name), nest(2, &inside)])
        })
        .collect();
    bytes(&elements)
}

/// The expressions; `None` if one of them is not known.
pub(super) fn parse(list: &[u8]) -> Option<Vec<Expr>> {
    parse_each(list).into_iter().collect()
}

/// The expressions, each by itself.
pub(super) fn parse_each(list: &[u8]) -> Vec<Option<Expr>> {
    let elements = elements(list).unwrap_or_default();
    elements.into_iter().map(|(name, inside)| Expr::parse(&name, inside)).collect()
}

/// The names of the expressions and what is in them.
pub(super) fn elements(list: &[u8]) -> Option<Vec<(String, &[u8])>> {
    let elements = read(list)?.into_iter().map(|(kind, value)| {
        let mut element = Attributes::read(value).filter(|_| kind & NLA_TYPE_MASK == ELEMENT)?;
        Some((element.text(1)?, element.take(2).unwrap_or_default()))
    });
    elements.collect()
}

fn data(kind: u16, value: &[u8]) -> DefaultNla {
    nest(kind, &[attribute(1, value)])
}

impl Expr {
    /// The name, and the attributes in the order in which the kernel lists them.
    fn attributes(&self) -> (&'static str, Vec<DefaultNla>) {
        match self {
            Self::Meta(key) => ("meta", vec![number(2, *key as u32), number(1, 1)]),
            Self::Payload { base, offset, length } => {
                ("payload", vec![number(1, 1), number(2, *base as u32), number(3, *offset), number(4, *length)])
            }
            Self::DestinationKind => ("fib", vec![number(1, 1), number(2, 3), number(3, 2)]),
            Self::CtState => ("ct", vec![number(1, 1), number(2, 0)]),
            Self::Mask(mask) => {
                let length = u32::try_from(mask.len()).unwrap_or(u32::MAX);
                let none = vec![0; mask.len()];
                let sizes = [number(1, 1), number(2, 1), number(3, length), number(6, 0)];
                ("bitwise", sizes.into_iter().chain([data(4, mask), data(5, &none)]).collect())
            }
            Self::Cmp(op, value) => ("cmp", vec![number(1, 1), number(2, *op as u32), data(3, value)]),
            Self::Range { negated, first, last } => {
                ("range", vec![number(1, 1), number(2, u32::from(*negated)), data(3, first), data(4, last)])
            }
            Self::Immediate(register, value) => ("immediate", vec![number(1, *register), data(2, value)]),
            Self::Verdict(code, chain) => {
                let chain = chain.iter().map(|chain| text(2, chain));
                let verdict: Vec<_> = [number(1, code.cast_unsigned())].into_iter().chain(chain).collect();
                ("immediate", vec![number(1, 0), nest(2, &[nest(2, &verdict)])])
            }
            Self::Counter => ("counter", vec![attribute(1, &[0; 8]), attribute(2, &[0; 8])]),
            Self::Masquerade(ports) => ("masq", translated(2, 1, *ports)),
            Self::Redirect(ports) => ("redir", translated(1, 3, *ports)),
            Self::Nat { is_destination, family, addresses, ports } => {
                let kind = [number(1, u32::from(*is_destination)), number(2, *family)];
                let registers = |kind: u16, registers: &Option<(u32, u32)>| {
                    registers.map(|(first, last)| [number(kind, first), number(kind + 1, last)]).into_iter().flatten()
                };
                let flags = u32::from(addresses.is_some()) | u32::from(ports.is_some()) << 1;
                let values = kind.into_iter().chain(registers(3, addresses)).chain(registers(5, ports));
                ("nat", values.chain([number(7, flags)]).collect())
            }
            Self::Reject(kind, code) => {
                let code = code.map(|code| attribute(2, &[code]));
                ("reject", [number(1, *kind)].into_iter().chain(code).collect())
            }
            Self::Match(part) => ("match", part.attributes()),
            Self::Target(part) => ("target", part.attributes()),
        }
    }

    /// `None` for an expression that is not known, or says more than those here can.
    fn parse(name: &str, inside: &[u8]) -> Option<Self> {
        let mut of = Attributes::read(inside)?;
        let expr = match name {
            "meta" => {
                of.is(1, 1)?;
                let key = of.number(2)?;
                let known = [Meta::InName, Meta::OutName, Meta::NetworkProtocol, Meta::Protocol];
                Self::Meta(known.into_iter().find(|known| *known as u32 == key)?)
            }
            "payload" => {
                of.is(1, 1)?;
                let base = of.number(2)?;
                let base = [Base::Network, Base::Transport].into_iter().find(|known| *known as u32 == base)?;
                Self::Payload { base, offset: of.number(3)?, length: of.number(4)? }
            }
            "fib" => {
                of.is(1, 1)?;
                of.is(2, 3)?;
                of.is(3, 2)?;
                Self::DestinationKind
            }
            "ct" => {
                of.is(1, 1)?;
                of.is(2, 0)?;
                Self::CtState
            }
            "bitwise" => {
                of.is(1, 1)?;
                of.is(2, 1)?;
                of.take(3)?;
                // Old kernels have one operation and do not tell it.
                if of.number(6).is_some_and(|operation| operation != 0) {
                    return None;
                }
                let (mask, xor) = (of.data(4)?, of.data(5)?);
                Self::Mask(mask).filter(xor.iter().all(|byte| *byte == 0))?
            }
            "cmp" => {
                of.is(1, 1)?;
                let op = of.number(2)?;
                let op = [Op::Eq, Op::Ne, Op::Le, Op::Gt, Op::Ge].into_iter().find(|known| *known as u32 == op)?;
                Self::Cmp(op, of.data(3)?)
            }
            "range" => {
                of.is(1, 1)?;
                let negated = of.number(2)? == 1;
                Self::Range { negated, first: of.data(3)?, last: of.data(4)? }
            }
            "immediate" => match of.number(1)? {
                0 => {
                    let mut data = Attributes::read(of.take(2)?)?;
                    let mut verdict = Attributes::read(data.take(2)?)?;
                    let (code, chain) = (verdict.number(1)?, verdict.text(2));
                    verdict.end()?;
                    data.end()?;
                    Self::Verdict(code.cast_signed(), chain)
                }
                register => Self::Immediate(register, of.data(2)?),
            },
            "counter" => {
                of.take(1)?;
                of.take(2)?;
                // Only there to align the others.
                let _ = of.take(3);
                Self::Counter
            }
            "masq" => Self::Masquerade(translation(&mut of, 2, 3, 1)?),
            "redir" => Self::Redirect(translation(&mut of, 1, 2, 3)?),
            "nat" => {
                let is_destination = of.number(1)? == 1;
                let family = of.number(2)?;
                let addresses = registers(&mut of, 3, 4);
                let ports = registers(&mut of, 5, 6);
                of.is(7, u32::from(addresses.is_some()) | u32::from(ports.is_some()) << 1)?;
                Self::Nat { is_destination, family, addresses, ports }
            }
            "reject" => {
                let kind = of.number(1)?;
                let code = of.take(2).and_then(|code| code.first().copied());
                // What is closed has no message; old kernels tell a zero.
                Self::Reject(kind, code.filter(|code| (kind, *code) != (TCP_RESET, 0)))
            }
            "match" => Self::Match(Part::parse(&mut of)?),
            "target" => Self::Target(Part::parse(&mut of)?),
            _ => return None,
        };
        of.end()?;
        Some(expr)
    }

    fn filter(self, holds: bool) -> Option<Self> {
        holds.then_some(self)
    }
}

/// `NFT_REJECT_TCP_RST`.
pub(super) const TCP_RESET: u32 = 1;

/// Ports in two registers, and the flag that says so.
fn translated(registers: u16, flags: u16, ports: Option<(u32, u32)>) -> Vec<DefaultNla> {
    let ports = ports.map(|(first, last)| [number(registers, first), number(registers + 1, last), number(flags, 2)]);
    ports.into_iter().flatten().collect()
}

/// Two registers; where the last is not told, it is the first.
fn registers(of: &mut Attributes<'_>, first: u16, last: u16) -> Option<(u32, u32)> {
    let first = of.number(first)?;
    Some((first, of.number(last).unwrap_or(first)))
}

/// The registers of ports, if there are any and no flags but the one they need.
fn translation(of: &mut Attributes<'_>, first: u16, last: u16, flags: u16) -> Option<Option<(u32, u32)>> {
    let ports = registers(of, first, last);
    let flags = of.number(flags).unwrap_or(0);
    (flags == u32::from(ports.is_some()) << 1).then_some(ports)
}

impl Part {
    fn attributes(&self) -> Vec<DefaultNla> {
        vec![text(1, &self.name), number(2, self.revision), attribute(3, &self.info)]
    }

    fn parse(of: &mut Attributes<'_>) -> Option<Self> {
        Some(Self { name: of.text(1)?, revision: of.number(2)?, info: of.take(3)?.to_vec() })
    }
}
