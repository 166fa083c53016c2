use std::{net::IpAddr, time::Duration};

use super::{explain::Explained, topic::Topic};
pub use crate::model::query::IpFamily;
use crate::{
    model::query::RuleFilter,
    net::{Cidr, IfName, NsRef, SysctlKey},
    ops::{Book, RouteTable, TableRef},
    source::Spanned,
};

/// A listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Show {
    /// `link show`.
    Links {
        /// Whose.
        ns: NsRef,
        /// Only this one.
        link: Option<Spanned<IfName>>,
        /// Only those that are up.
        up: bool,
        /// Only those with that master.
        master: Option<Spanned<IfName>>,
        /// Only those of that kind.
        kind: Option<String>,
        /// How.
        style: ShowStyle,
    },
    /// `addr show`.
    Addresses {
        /// Whose.
        ns: NsRef,
        /// Only this link's.
        link: Option<Spanned<IfName>>,
        /// Only those of links that are up.
        up: bool,
        /// Only those in that prefix.
        to: Option<Cidr>,
        /// Only those of that scope.
        scope: Option<crate::ops::Scope>,
        /// How.
        style: ShowStyle,
    },
    /// `route show`.
    Routes {
        /// Whose.
        ns: NsRef,
        /// Of which table; `None` is all of them.
        table: Option<RouteTable>,
        /// Only those through this link.
        link: Option<Spanned<IfName>>,
        /// Only the one with exactly this destination.
        destination: Option<Cidr>,
        /// Only those over this router.
        gateway: Option<IpAddr>,
        /// How.
        style: ShowStyle,
    },
    /// `rule show`.
    PolicyRules {
        /// Whose.
        ns: NsRef,
        /// Which.
        filter: Box<RuleFilter>,
        /// How.
        style: ShowStyle,
    },
    /// `neigh show`.
    Neighbours {
        /// Whose.
        ns: NsRef,
        /// Only those on this link.
        link: Option<Spanned<IfName>>,
        /// How.
        style: ShowStyle,
    },
    /// `netns list`.
    Netns {
        /// How.
        style: ShowStyle,
    },
    /// `netns identify`: the name of a namespace.
    Identify {
        /// Which.
        ns: NsRef,
    },
    /// `netns pids`: the processes in a namespace.
    Pids {
        /// Which.
        ns: NsRef,
    },
    /// `arp` of net-tools.
    Arp {
        /// Whose.
        ns: NsRef,
        /// Without names (`-n`).
        numeric: bool,
        /// In the BSD layout (`-a`).
        bsd: bool,
    },
    /// `route` of net-tools.
    RouteTable {
        /// Whose.
        ns: NsRef,
        /// Without names (`-n`).
        numeric: bool,
    },
    /// `iptables -L` and `iptables -S`.
    Iptables {
        /// Whose.
        ns: NsRef,
        /// Of which table.
        table: TableRef,
        /// Of which chain; `None` is all.
        chain: Option<Spanned<String>>,
        /// Only the rule of that number, counted from 1.
        rule: Option<u32>,
        /// With counters, and in a table with links (`-v`).
        verbose: bool,
        /// How.
        form: IptablesForm,
    },
    /// `nat show` and `firewall show`.
    Rules {
        /// Whose.
        ns: NsRef,
        /// Which.
        book: Book,
    },
    /// `show`.
    Namespaces {
        /// Which. At least one.
        of: Vec<NsRef>,
    },
    /// `show topology`.
    Topology,
    /// `watch`.
    Watch(Watch),
    /// `help` with a line behind it.
    Explained(Box<Explained>),
    /// `help`.
    Help {
        /// About what.
        topic: Topic,
    },
    /// `sysctl KEY`.
    Sysctl {
        /// Whose.
        ns: NsRef,
        /// Which.
        key: Spanned<SysctlKey>,
        /// The value alone (`-n`).
        value_only: bool,
    },
}

/// What is told of as it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Of which namespaces; none is all.
    pub of: Vec<NsRef>,
    /// For how long; `None` is until Ctrl-C.
    pub within: Option<Duration>,
}

/// In whose manner a listing is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShowStyle {
    /// A table meant for reading.
    Native,
    /// Byte for byte what `ip` prints.
    Iproute2(IpOptions),
}

/// How `iptables` lists rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IptablesForm {
    /// A line each, as it would be typed (`-S`).
    Commands,
    /// In columns (`-L`).
    Table {
        /// Numbers in place of names (`-n`).
        numeric: bool,
        /// Each rule with its number.
        line_numbers: bool,
        /// Counters to the last digit (`-x`).
        exact: bool,
    },
}

/// The options of `ip` that stand before its object.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct IpOptions {
    /// `-4`, `-6`.
    pub family: Option<IpFamily>,
    /// `-br`.
    pub brief: bool,
    /// `-o`.
    pub oneline: bool,
    /// `-d`.
    pub details: bool,
    /// `-s`, how often it was given.
    pub statistics: u8,
    /// `-j`.
    pub json: bool,
    /// `-p`.
    pub pretty: bool,
    /// `-N`: numbers in place of names of protocols and scopes.
    pub numeric: bool,
}
