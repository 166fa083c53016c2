use std::{
    fmt::{self, Display},
    net::IpAddr,
};

use serde::{Deserialize, Serialize};

use super::{Ip, Scope, Shell};
use crate::net::{Cidr, IfName, NsRef};

/// A change of a routing table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RouteOp {
    /// A new route, or a changed one.
    Add {
        /// The namespace.
        ns: NsRef,
        /// What happens when there is such a route already.
        mode: RouteMode,
        /// The route.
        route: RouteSpec,
    },
    /// Takes the first route away that fits.
    Del {
        /// The namespace.
        ns: NsRef,
        /// What must fit.
        route: RouteSelector,
    },
}

impl RouteOp {
    /// The namespace the request is sent to.
    pub fn ns(&self) -> &NsRef {
        match self {
            Self::Add { ns, .. } | Self::Del { ns, .. } => ns,
        }
    }
}

/// The verbs that write a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RouteMode {
    /// `add`: refused when there is one with the same destination, metric and table.
    Add,
    /// `append`: one more beside it.
    Append,
    /// `replace`: in the place of the first such route, or new.
    Replace,
    /// `change`: in the place of the first such route, which must exist.
    Change,
}

impl RouteMode {
    /// iproute2's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Append => "append",
            Self::Replace => "replace",
            Self::Change => "change",
        }
    }
}

/// A route to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteSpec {
    /// Where it leads; length 0 is the default route. No host bits.
    pub destination: Cidr,
    /// What happens to packets that take it.
    pub kind: RouteType,
    /// The next router.
    pub gateway: Option<IpAddr>,
    /// The link it leaves through; without one, that of the connected route to the gateway.
    pub link: Option<IfName>,
    /// The source address that local programs get by default.
    pub source: Option<IpAddr>,
    /// Its cost: the lowest wins. `None` is 0 for IPv4, 1024 for IPv6.
    pub metric: Option<u32>,
    /// Its table.
    pub table: RouteTable,
    /// Who made it.
    pub protocol: RouteProtocol,
    /// How far it reaches; `None` lets iproute2's rule decide (`link` without a gateway, `host` for local ones, else
    /// `global`).
    pub scope: Option<Scope>,
    /// The gateway is taken as reachable through the link though no connected route says so.
    pub onlink: bool,
    /// The largest packet that may take it.
    pub mtu: Option<u32>,
}

impl RouteSpec {
    /// A unicast route in the main table with nothing else asked for.
    pub fn new(destination: Cidr) -> Self {
        Self {
            destination,
            kind: RouteType::Unicast,
            gateway: None,
            link: None,
            source: None,
            metric: None,
            table: RouteTable::MAIN,
            protocol: RouteProtocol::BOOT,
            scope: None,
            onlink: false,
            mtu: None,
        }
    }
}

/// What a route to be deleted must be like; `None` fits anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteSelector {
    /// Where it leads, exactly.
    pub destination: Cidr,
    /// What happens to packets that take it.
    pub kind: Option<RouteType>,
    /// The next router.
    pub gateway: Option<IpAddr>,
    /// The link it leaves through.
    pub link: Option<IfName>,
    /// The preferred source address.
    pub source: Option<IpAddr>,
    /// Its cost.
    pub metric: Option<u32>,
    /// Its table.
    pub table: RouteTable,
    /// Who made it.
    pub protocol: Option<RouteProtocol>,
    /// How far it reaches.
    pub scope: Option<Scope>,
}

impl RouteSelector {
    /// Any route to that destination in the main table.
    pub fn new(destination: Cidr) -> Self {
        Self {
            destination,
            kind: None,
            gateway: None,
            link: None,
            source: None,
            metric: None,
            table: RouteTable::MAIN,
            protocol: None,
            scope: None,
        }
    }
}

/// What happens to packets that take a route (`RTN_*` in `linux/rtnetlink.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RouteType {
    /// They go on.
    Unicast,
    /// They are for this host.
    Local,
    /// They are for all hosts of a network.
    Broadcast,
    /// They are for a group.
    Multicast,
    /// They are dropped silently.
    Blackhole,
    /// The sender is told that the host is unreachable.
    Unreachable,
    /// The sender is told that it is forbidden.
    Prohibit,
    /// The lookup goes on in the next table.
    Throw,
}

impl RouteType {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Unicast,
        Self::Local,
        Self::Broadcast,
        Self::Multicast,
        Self::Blackhole,
        Self::Unreachable,
        Self::Prohibit,
        Self::Throw,
    ];

    /// iproute2's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unicast => "unicast",
            Self::Local => "local",
            Self::Broadcast => "broadcast",
            Self::Multicast => "multicast",
            Self::Blackhole => "blackhole",
            Self::Unreachable => "unreachable",
            Self::Prohibit => "prohibit",
            Self::Throw => "throw",
        }
    }
}

/// The number of a routing table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RouteTable(pub u32);

impl RouteTable {
    /// The kernel's table of last resort.
    pub const DEFAULT: Self = Self(253);
    /// The one that `ip route` shows.
    pub const MAIN: Self = Self(254);
    /// The kernel's own, of local and broadcast addresses.
    pub const LOCAL: Self = Self(255);
}

/// `main`, `local`, `default` or the number.
impl fmt::Display for RouteTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::DEFAULT => f.pad("default"),
            Self::MAIN => f.pad("main"),
            Self::LOCAL => f.pad("local"),
            Self(number) => f.pad(&number.to_string()),
        }
    }
}

/// Who made a route (`RTPROT_*` in `linux/rtnetlink.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RouteProtocol(pub u8);

impl RouteProtocol {
    /// An ICMP redirect.
    pub const REDIRECT: Self = Self(1);
    /// The kernel, for an address.
    pub const KERNEL: Self = Self(2);
    /// An administrator, by hand: what `ip route add` writes.
    pub const BOOT: Self = Self(3);
    /// An administrator, to be left alone by routing daemons.
    pub const STATIC: Self = Self(4);
    /// A router advertisement.
    pub const RA: Self = Self(9);
}

/// iproute2's word for it, from `etc/iproute2/rt_protos`.
impl fmt::Display for RouteProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::REDIRECT => f.pad("redirect"),
            Self::KERNEL => f.pad("kernel"),
            Self::BOOT => f.pad("boot"),
            Self::STATIC => f.pad("static"),
            Self::RA => f.pad("ra"),
            Self(16) => f.pad("dhcp"),
            Self(other) => f.pad(&other.to_string()),
        }
    }
}

impl fmt::Display for RouteOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add { ns, mode, route } => {
                let family = if route.destination.is_ipv6() { " -6" } else { "" };
                write!(f, "{}{family} route {} {route}", Ip(ns), mode.word())
            }
            Self::Del { ns, route } => {
                let family = if route.destination.is_ipv6() { " -6" } else { "" };
                write!(f, "{}{family} route del {route}", Ip(ns))
            }
        }
    }
}

impl fmt::Display for RouteSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind != RouteType::Unicast {
            write!(f, "{} ", self.kind.word())?;
        }
        fmt_destination(f, self.destination)?;
        fmt_hop(f, self.gateway, self.link.as_ref(), self.source, self.metric)?;
        fmt_table(f, self.table, Some(self.kind))?;
        if self.protocol != RouteProtocol::BOOT {
            write!(f, " proto {}", self.protocol)?;
        }
        if let Some(scope) = self.scope {
            write!(f, " scope {scope}")?;
        }
        if self.onlink {
            f.write_str(" onlink")?;
        }
        if let Some(mtu) = self.mtu {
            write!(f, " mtu {mtu}")?;
        }
        Ok(())
    }
}

impl fmt::Display for RouteSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(kind) = self.kind {
            write!(f, "{} ", kind.word())?;
        }
        fmt_destination(f, self.destination)?;
        fmt_hop(f, self.gateway, self.link.as_ref(), self.source, self.metric)?;
        fmt_table(f, self.table, self.kind)?;
        if let Some(protocol) = self.protocol {
            write!(f, " proto {protocol}")?;
        }
        if let Some(scope) = self.scope {
            write!(f, " scope {scope}")?;
        }
        Ok(())
    }
}

fn fmt_destination(f: &mut fmt::Formatter<'_>, destination: Cidr) -> fmt::Result {
    if destination.is_default() { f.write_str("default") } else { destination.fmt(f) }
}

/// The main table goes without saying, except for the types that iproute2 puts into the local one.
fn fmt_table(f: &mut fmt::Formatter<'_>, table: RouteTable, kind: Option<RouteType>) -> fmt::Result {
    let is_local = matches!(kind, Some(RouteType::Local | RouteType::Broadcast));
    if table == RouteTable::MAIN && !is_local { Ok(()) } else { write!(f, " table {table}") }
}

fn fmt_hop(
    f: &mut fmt::Formatter<'_>,
    gateway: Option<IpAddr>,
    link: Option<&IfName>,
    source: Option<IpAddr>,
    metric: Option<u32>,
) -> fmt::Result {
    if let Some(gateway) = gateway {
        write!(f, " via {gateway}")?;
    }
    if let Some(link) = link {
        write!(f, " dev {}", Shell(link.as_str()))?;
    }
    if let Some(source) = source {
        write!(f, " src {source}")?;
    }
    if let Some(metric) = metric {
        write!(f, " metric {metric}")?;
    }
    Ok(())
}
