use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::net::{Cidr, IfName};

/// A condition of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The packets that the criterion does *not* hold for are meant.
    pub negated: bool,
    /// What must hold.
    pub criterion: Criterion,
}

impl Match {
    /// The criterion must hold.
    pub fn is(criterion: Criterion) -> Self {
        Self { negated: false, criterion }
    }

    /// The criterion must not hold.
    pub fn not(criterion: Criterion) -> Self {
        Self { negated: true, criterion }
    }
}

/// What can be asked of a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Criterion {
    /// It came in through that link.
    In(LinkPattern),
    /// It goes out through that link.
    Out(LinkPattern),
    /// Its source is in the prefix, which has no host bits.
    Source(Cidr),
    /// Its destination is in the prefix, which has no host bits.
    Destination(Cidr),
    /// Its destination is an address of the namespace.
    LocalDestination,
    /// Its protocol above IP. Stands before what depends on it.
    Protocol(Protocol),
    /// Its source port; the rule asks for the protocol before.
    SourcePort(Ports),
    /// Its destination port; the rule asks for the protocol before.
    DestinationPort(Ports),
    /// What kind of ICMP message it is, by number; the rule asks for the protocol before. In rules of iptables the code
    /// may be any.
    IcmpType(u8),
    /// What its conversation is known to be.
    State {
        /// Any of these.
        states: States,
        /// In rules of iptables: which of its two matches says so.
        spelling: StateSpelling,
    },
    /// Nothing: a remark, which iptables keeps as a condition that always holds.
    Comment(String),
}

/// The name of a link, or its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkPattern {
    /// That link.
    Is(IfName),
    /// Every link whose name begins so (`eth+` for iptables, `eth*` for nft); 1 to 14 bytes.
    StartsWith(String),
}

/// A protocol above IP by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Protocol(pub u8);

impl Protocol {
    /// ICMP.
    pub const ICMP: Self = Self(1);
    /// TCP.
    pub const TCP: Self = Self(6);
    /// UDP.
    pub const UDP: Self = Self(17);
    /// ICMP of IPv6.
    pub const ICMPV6: Self = Self(58);
    /// SCTP.
    pub const SCTP: Self = Self(132);

    /// Its name in `/etc/protocols`, for those that a rule is likely to name.
    pub fn name(self) -> Option<&'static str> {
        PROTOCOLS.iter().find(|(_, number)| *number == self.0).map(|(name, _)| *name)
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        let name = if name == "icmpv6" { "ipv6-icmp" } else { name };
        PROTOCOLS.iter().find(|(other, _)| *other == name).map(|(_, number)| Self(*number))
    }

    /// All names.
    pub fn names() -> impl Iterator<Item = &'static str> {
        PROTOCOLS.iter().map(|(name, _)| *name)
    }

    /// Whether it has ports.
    pub fn has_ports(self) -> bool {
        matches!(self, Self::TCP | Self::UDP | Self::SCTP)
    }
}

/// `/etc/protocols`, without what only history knows.
const PROTOCOLS: &[(&str, u8)] = &[
    ("icmp", 1),
    ("igmp", 2),
    ("ipencap", 4),
    ("tcp", 6),
    ("egp", 8),
    ("igp", 9),
    ("udp", 17),
    ("dccp", 33),
    ("ipv6", 41),
    ("ipv6-route", 43),
    ("ipv6-frag", 44),
    ("rsvp", 46),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("ipv6-icmp", 58),
    ("ipv6-nonxt", 59),
    ("ipv6-opts", 60),
    ("eigrp", 88),
    ("ospf", 89),
    ("ipip", 94),
    ("etherip", 97),
    ("encap", 98),
    ("pim", 103),
    ("ipcomp", 108),
    ("vrrp", 112),
    ("l2tp", 115),
    ("isis", 124),
    ("sctp", 132),
    ("mobility-header", 135),
    ("udplite", 136),
    ("mpls-in-ip", 137),
    ("ethernet", 143),
];

/// One port, or a range of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    /// The first.
    pub first: u16,
    /// The last; not before the first.
    pub last: u16,
}

impl Ports {
    /// A single port.
    pub fn one(port: u16) -> Self {
        Self { first: port, last: port }
    }

    /// Whether it is a single one.
    pub fn is_one(self) -> bool {
        self.first == self.last
    }

    /// All of them.
    pub fn range(self) -> RangeInclusive<u16> {
        self.first..=self.last
    }
}

/// What connection tracking knows of the conversation that a packet belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Nothing that it could be part of.
    Invalid,
    /// Both sides have spoken.
    Established,
    /// It belongs to another one, as an error message does.
    Related,
    /// It begins one.
    New,
    /// It is not tracked.
    Untracked,
}

impl State {
    /// All of them, in the order of their bits in the kernel (`NF_CT_STATE_BIT` of `linux/netfilter/nf_conntrack_common.h`).
    pub const ALL: [Self; 5] = [Self::Invalid, Self::Established, Self::Related, Self::New, Self::Untracked];

    /// Its word for nft; iptables writes it in capitals.
    pub fn word(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Established => "established",
            Self::Related => "related",
            Self::New => "new",
            Self::Untracked => "untracked",
        }
    }
}

/// A set of states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct States(u8);

impl States {
    /// With that state too.
    #[must_use]
    pub fn with(self, state: State) -> Self {
        Self(self.0 | 1 << state as u8)
    }

    /// Whether the state is one of them.
    pub fn has(self, state: State) -> bool {
        self.0 & 1 << state as u8 != 0
    }

    /// Those that are in it, in the order of [`State::ALL`].
    pub fn iter(self) -> impl Iterator<Item = State> {
        State::ALL.into_iter().filter(move |state| self.has(*state))
    }
}

/// The two matches of iptables for states, which are the same to the kernel and not to `iptables -D`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StateSpelling {
    /// `-m conntrack --ctstate`; also that of rules that are not iptables'.
    Conntrack,
    /// `-m state --state`.
    State,
}
