use std::fmt;

use serde::{Deserialize, Serialize};

/// The protocols that a table is for, as `nft` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Family {
    /// IPv4.
    Ip,
    /// IPv6.
    Ip6,
    /// Both of them.
    Inet,
    /// ARP.
    Arp,
    /// What a bridge passes on.
    Bridge,
    /// What a device takes in.
    Netdev,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ip => "ip",
            Self::Ip6 => "ip6",
            Self::Inet => "inet",
            Self::Arp => "arp",
            Self::Bridge => "bridge",
            Self::Netdev => "netdev",
        })
    }
}

/// A table, which has one name per family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableRef {
    /// Its family.
    pub family: Family,
    /// Its name.
    pub name: String,
}

impl TableRef {
    /// The table of that name.
    pub fn new(family: Family, name: &str) -> Self {
        Self { family, name: name.into() }
    }

    /// A chain of it.
    pub fn chain(&self, name: &str) -> ChainRef {
        ChainRef { table: self.clone(), name: name.into() }
    }

    /// Whether `iptables` or `ip6tables` would show it (`builtin_tables` of iptables' `nft.c`).
    pub fn is_of_iptables(&self) -> bool {
        matches!(self.family, Family::Ip | Family::Ip6)
            && ["filter", "nat", "mangle", "raw", "security"].contains(&self.name.as_str())
    }

    /// Which native statements keep their rules in it.
    pub fn book(&self) -> Option<Book> {
        [Book::Nat, Book::Firewall].into_iter().find(|book| book.tables().contains(self))
    }
}

/// `ip nat`, as `nft` writes it.
impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.family, self.name)
    }
}

/// A chain of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChainRef {
    /// Its table.
    pub table: TableRef,
    /// Its name.
    pub name: String,
}

impl ChainRef {
    /// What the chain is on every machine that has it, if it is one of those that `iptables` or the native statements
    /// make when they need them (`builtin_tables` of iptables' `nft.c`).
    pub fn builtin(&self) -> Option<BaseChain> {
        use ChainKind as Kind;
        use Hook::{Forward, Input, Output, Postrouting, Prerouting};
        let base = |kind, hook, priority| Some(BaseChain { kind, hook, priority, policy: Policy::Accept });
        let table = self.table.name.as_str();
        if self.table.book() == Some(Book::Nat) {
            return match self.name.as_str() {
                "prerouting" => base(Kind::Nat, Prerouting, DSTNAT),
                "output" => base(Kind::Nat, Output, DSTNAT),
                "postrouting" => base(Kind::Nat, Postrouting, SRCNAT),
                _ => None,
            };
        }
        if self.table.book() == Some(Book::Firewall) {
            return match self.name.as_str() {
                "input" => base(Kind::Filter, Input, FILTER),
                "forward" => base(Kind::Filter, Forward, FILTER),
                "output" => base(Kind::Filter, Output, FILTER),
                _ => None,
            };
        }
        if !self.table.is_of_iptables() {
            return None;
        }
        match (table, self.name.as_str()) {
            ("filter", "INPUT") => base(Kind::Filter, Input, FILTER),
            ("filter", "FORWARD") => base(Kind::Filter, Forward, FILTER),
            ("filter", "OUTPUT") => base(Kind::Filter, Output, FILTER),
            ("nat", "PREROUTING") => base(Kind::Nat, Prerouting, DSTNAT),
            ("nat", "INPUT") => base(Kind::Nat, Input, SRCNAT),
            ("nat", "OUTPUT") => base(Kind::Nat, Output, DSTNAT),
            ("nat", "POSTROUTING") => base(Kind::Nat, Postrouting, SRCNAT),
            ("mangle", "PREROUTING") => base(Kind::Filter, Prerouting, MANGLE),
            ("mangle", "INPUT") => base(Kind::Filter, Input, MANGLE),
            ("mangle", "FORWARD") => base(Kind::Filter, Forward, MANGLE),
            ("mangle", "OUTPUT") => base(Kind::Route, Output, MANGLE),
            ("mangle", "POSTROUTING") => base(Kind::Filter, Postrouting, MANGLE),
            ("raw", "PREROUTING") => base(Kind::Filter, Prerouting, RAW),
            ("raw", "OUTPUT") => base(Kind::Filter, Output, RAW),
            ("security", "INPUT") => base(Kind::Filter, Input, SECURITY),
            ("security", "FORWARD") => base(Kind::Filter, Forward, SECURITY),
            ("security", "OUTPUT") => base(Kind::Filter, Output, SECURITY),
            _ => None,
        }
    }
}

/// `ip nat POSTROUTING`, as `nft` writes it.
impl fmt::Display for ChainRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.table, self.name)
    }
}

// `NF_IP_PRI_…` of `linux/netfilter_ipv4.h`.
const RAW: i32 = -300;
const MANGLE: i32 = -150;
const DSTNAT: i32 = -100;
const FILTER: i32 = 0;
const SECURITY: i32 = 50;
const SRCNAT: i32 = 100;

/// The two sets of rules that native statements keep, in tables of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Book {
    /// That of `nat`.
    Nat,
    /// That of `firewall`.
    Firewall,
}

impl Book {
    /// The tables, in the order in which their rules are numbered.
    pub fn tables(self) -> Vec<TableRef> {
        match self {
            Self::Nat => vec![TableRef::new(Family::Ip, "nns_nat"), TableRef::new(Family::Ip6, "nns_nat")],
            Self::Firewall => vec![TableRef::new(Family::Inet, "nns_filter")],
        }
    }
}

/// What makes a chain one that packets go through by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseChain {
    /// What its rules may do.
    pub kind: ChainKind,
    /// Where it stands in a packet's way.
    pub hook: Hook,
    /// Its place among the chains of the hook: lower ones come first.
    pub priority: i32,
    /// What becomes of packets that reach its end.
    pub policy: Policy,
}

/// What the rules of a base chain may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChainKind {
    /// Let pass and drop.
    Filter,
    /// Translate addresses; sees the first packet of a conversation only.
    Nat,
    /// Change what the route of local packets depends on.
    Route,
}

impl fmt::Display for ChainKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Filter => "filter",
            Self::Nat => "nat",
            Self::Route => "route",
        })
    }
}

/// Where in its way through the kernel a packet meets a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hook {
    /// As it comes in.
    Prerouting,
    /// On the way to a local program.
    Input,
    /// On the way through.
    Forward,
    /// From a local program.
    Output,
    /// As it goes out.
    Postrouting,
    /// Before all else, in `inet`, `bridge` and `netdev` tables.
    Ingress,
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prerouting => "prerouting",
            Self::Input => "input",
            Self::Forward => "forward",
            Self::Output => "output",
            Self::Postrouting => "postrouting",
            Self::Ingress => "ingress",
        })
    }
}

/// What becomes of packets that reach the end of a base chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Policy {
    /// They go on.
    Accept,
    /// They do not.
    Drop,
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accept => "accept",
            Self::Drop => "drop",
        })
    }
}
