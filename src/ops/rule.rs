use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

use super::{Ip, RouteProtocol, RouteTable, Shell};
use crate::net::{Cidr, IfName, NsRef};

/// A change of the policy rules, which say in which tables the kernel looks for the way of a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleOp {
    /// A new rule, behind those of the same priority.
    Add {
        /// The namespace.
        ns: NsRef,
        /// The rule.
        rule: Box<RuleSpec>,
    },
    /// Takes the first rule away that fits.
    Del {
        /// The namespace.
        ns: NsRef,
        /// What must fit.
        rule: Box<RuleSpec>,
    },
}

impl RuleOp {
    /// The namespace the request is sent to.
    pub fn ns(&self) -> &NsRef {
        match self {
            Self::Add { ns, .. } | Self::Del { ns, .. } => ns,
        }
    }

    /// The rule that is added, or what the one to be deleted must be like.
    pub fn rule(&self) -> &RuleSpec {
        match self {
            Self::Add { rule, .. } | Self::Del { rule, .. } => rule,
        }
    }
}

/// A policy rule to be written, or what one to be deleted must be like: there, what is not said fits anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSpec {
    /// Of IPv6; the families have lists of their own.
    pub ipv6: bool,
    /// Its place: the lowest is asked first. `None` lets the kernel choose, before all but the first.
    pub priority: Option<u32>,
    /// It is for the packets that do not fit. A rule to be deleted is found without it.
    pub not: bool,
    /// For packets from there.
    pub from: Option<Cidr>,
    /// For packets to there.
    pub to: Option<Cidr>,
    /// For packets with this type of service; 0 is any.
    pub tos: u8,
    /// For packets with this mark.
    pub mark: Option<RuleMark>,
    /// For packets that came in through that link, `lo` for those that are sent from here. It need not be there.
    pub iif: Option<IfName>,
    /// For packets of sockets bound to that link. It need not be there.
    pub oif: Option<IfName>,
    /// What becomes of packets that fit. A new rule without it looks in the main table.
    pub action: Option<RuleAction>,
    /// A route whose prefix has no more bits than these is passed over.
    pub suppress_prefixlength: Option<u32>,
    /// Who made it.
    pub protocol: Option<RouteProtocol>,
}

impl RuleSpec {
    /// A rule of that family with nothing else said.
    pub fn new(ipv6: bool) -> Self {
        Self {
            ipv6,
            priority: None,
            not: false,
            from: None,
            to: None,
            tos: 0,
            mark: None,
            iif: None,
            oif: None,
            action: None,
            suppress_prefixlength: None,
            protocol: None,
        }
    }

    /// The table it looks in, if it is a rule that looks in one.
    pub fn table(&self) -> Option<RouteTable> {
        match self.action {
            Some(RuleAction::Lookup(table)) => Some(table),
            Some(RuleAction::Blackhole | RuleAction::Unreachable | RuleAction::Prohibit) | None => None,
        }
    }
}

/// What becomes of packets that fit a policy rule (`FR_ACT_*` in `linux/fib_rules.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RuleAction {
    /// Their way is looked for in that table; if it has none, the next rule decides.
    Lookup(RouteTable),
    /// They are dropped silently.
    Blackhole,
    /// The sender is told that the network is unreachable.
    Unreachable,
    /// The sender is told that it is forbidden.
    Prohibit,
}

impl RuleAction {
    /// Those that say it all in a word, with iproute2's.
    pub const WORDS: [(Self, &'static str); 3] =
        [(Self::Blackhole, "blackhole"), (Self::Unreachable, "unreachable"), (Self::Prohibit, "prohibit")];
}

/// The action as it is written.
impl fmt::Display for RuleAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lookup(table) => write!(f, "table {table}"),
            Self::Blackhole => f.write_str("blackhole"),
            Self::Unreachable => f.write_str("unreachable"),
            Self::Prohibit => f.write_str("prohibit"),
        }
    }
}

/// The mark that packets must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleMark {
    /// Its value.
    pub value: u32,
    /// The bits of it that count.
    pub mask: u32,
}

/// `0x10/0xff`; without the mask where all bits count.
impl fmt::Display for RuleMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self { value, mask: u32::MAX } => write!(f, "{value:#x}"),
            Self { value, mask } => write!(f, "{value:#x}/{mask:#x}"),
        }
    }
}

/// The classes of service of RFC 2474 that iproute2 has names for (`etc/iproute2/rt_dsfield`).
pub const SERVICE_CLASSES: [(u8, &str); 20] = [
    (0x20, "CS1"),
    (0x28, "AF11"),
    (0x30, "AF12"),
    (0x38, "AF13"),
    (0x40, "CS2"),
    (0x48, "AF21"),
    (0x50, "AF22"),
    (0x58, "AF23"),
    (0x60, "CS3"),
    (0x68, "AF31"),
    (0x70, "AF32"),
    (0x78, "AF33"),
    (0x80, "CS4"),
    (0x88, "AF41"),
    (0x90, "AF42"),
    (0x98, "AF43"),
    (0xa0, "CS5"),
    (0xb8, "EF"),
    (0xc0, "CS6"),
    (0xe0, "CS7"),
];

impl fmt::Display for RuleOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ns, verb, rule) = match self {
            Self::Add { ns, rule } => (ns, "add", rule),
            Self::Del { ns, rule } => (ns, "del", rule),
        };
        let family = if rule.ipv6 { " -6" } else { "" };
        write!(f, "{}{family} rule {verb}{rule}", Ip(ns))
    }
}

/// Each word with a blank in front of it.
impl fmt::Display for RuleSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.not {
            f.write_str(" not")?;
        }
        let tos = (self.tos != 0).then(|| format!("{:#04x}", self.tos));
        word(f, "from", self.from)?;
        word(f, "to", self.to)?;
        word(f, "tos", tos)?;
        word(f, "fwmark", self.mark)?;
        word(f, "iif", self.iif.as_ref().map(|link| Shell(link.as_str())))?;
        word(f, "oif", self.oif.as_ref().map(|link| Shell(link.as_str())))?;
        if let Some(action) = self.action {
            write!(f, " {action}")?;
        }
        word(f, "suppress_prefixlength", self.suppress_prefixlength)?;
        word(f, "proto", self.protocol)?;
        word(f, "priority", self.priority)
    }
}

fn word(f: &mut fmt::Formatter<'_>, keyword: &str, value: Option<impl Display>) -> fmt::Result {
    value.map_or(Ok(()), |value| write!(f, " {keyword} {value}"))
}
