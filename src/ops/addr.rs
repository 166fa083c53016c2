use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
};

use serde::{Deserialize, Serialize};

use super::{Ip, Shell};
use crate::net::{Cidr, IfName, NsRef};

/// A change of a link's addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AddrOp {
    /// A new address.
    Add {
        /// The link's namespace.
        ns: NsRef,
        /// The link.
        link: IfName,
        /// The address.
        address: AddressSpec,
    },
    /// Takes an address away; with an IPv4 primary go its secondaries, unless the kernel promotes one.
    Del {
        /// The link's namespace.
        ns: NsRef,
        /// The link.
        link: IfName,
        /// Which one.
        address: AddressSelector,
    },
}

impl AddrOp {
    /// The namespace the request is sent to.
    pub fn ns(&self) -> &NsRef {
        match self {
            Self::Add { ns, .. } | Self::Del { ns, .. } => ns,
        }
    }
}

/// An address of a link that is to be taken away; the first that fits is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressSelector {
    /// The address itself.
    pub addr: IpAddr,
    /// Within what is reached directly, with the length of that prefix: the other end of a point-to-point link, else
    /// the address itself. `None` is any for IPv4, and a prefix of 128 bits for IPv6, as `ip addr del` without a length
    /// has it.
    pub reached: Option<Cidr>,
}

impl AddressSelector {
    /// The address with the length of the prefix that has to match.
    pub fn cidr(self) -> Cidr {
        let whole = Cidr::host(self.addr);
        self.reached.and_then(|reached| Cidr::new(self.addr, reached.prefix_len()).ok()).unwrap_or(whole)
    }
}

/// The address with that prefix length, and no other end.
impl From<Cidr> for AddressSelector {
    fn from(cidr: Cidr) -> Self {
        Self { addr: cidr.addr(), reached: Some(cidr) }
    }
}

/// The words between `addr del` and `dev`.
impl fmt::Display for AddressSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reached {
            None => self.addr.fmt(f),
            Some(own) if own.addr() == self.addr => own.fmt(f),
            Some(peer) => write!(f, "{} peer {peer}", self.addr),
        }
    }
}

/// An address to be given to a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressSpec {
    /// The address and the length of the prefix that is reached directly.
    pub cidr: Cidr,
    /// The address of the other end of a point-to-point link; its prefix is then the one reached directly.
    pub peer: Option<Cidr>,
    /// The IPv4 broadcast address (`brd +` is already resolved).
    pub broadcast: Option<Ipv4Addr>,
    /// How far the address is valid; `None` is the usual (`host` for 127.0.0.0/8, else `global`).
    pub scope: Option<Scope>,
    /// Its label, as `eth0:1`; it begins with the name of the link.
    pub label: Option<String>,
    /// The metric of its connected route.
    pub metric: Option<u32>,
    /// IPv6: use it at once, without duplicate address detection.
    pub nodad: bool,
    /// Adds no connected route.
    pub noprefixroute: bool,
}

impl AddressSpec {
    /// An address with nothing else asked for.
    pub fn new(cidr: Cidr) -> Self {
        Self {
            cidr,
            peer: None,
            broadcast: None,
            scope: None,
            label: None,
            metric: None,
            nodad: false,
            noprefixroute: false,
        }
    }
}

/// How far an address or a route is valid (`RT_SCOPE_*` in `linux/rtnetlink.h`). A greater number is nearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Scope(pub u8);

impl Scope {
    /// Everywhere.
    pub const GLOBAL: Self = Self(0);
    /// IPv6 site-local.
    pub const SITE: Self = Self(200);
    /// On this link.
    pub const LINK: Self = Self(253);
    /// On this host.
    pub const HOST: Self = Self(254);
    /// Nowhere.
    pub const NOWHERE: Self = Self(255);
}

/// iproute2's word for it.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::GLOBAL => f.pad("global"),
            Self::SITE => f.pad("site"),
            Self::LINK => f.pad("link"),
            Self::HOST => f.pad("host"),
            Self::NOWHERE => f.pad("nowhere"),
            Self(other) => f.pad(&other.to_string()),
        }
    }
}

impl fmt::Display for AddrOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add { ns, link, address } => {
                write!(f, "{} addr add {address} dev {}", Ip(ns), Shell(link.as_str()))?;
                if let Some(label) = &address.label {
                    write!(f, " label {}", Shell(label))?;
                }
                Ok(())
            }
            Self::Del { ns, link, address } => {
                write!(f, "{} addr del {address} dev {}", Ip(ns), Shell(link.as_str()))
            }
        }
    }
}

/// The words between `addr add` and `dev`, without the label.
impl fmt::Display for AddressSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.peer {
            Some(peer) => write!(f, "{} peer {peer}", self.cidr.addr())?,
            None => self.cidr.fmt(f)?,
        }
        if let Some(broadcast) = self.broadcast {
            write!(f, " broadcast {broadcast}")?;
        }
        if let Some(scope) = self.scope {
            write!(f, " scope {scope}")?;
        }
        if let Some(metric) = self.metric {
            write!(f, " metric {metric}")?;
        }
        if self.nodad {
            f.write_str(" nodad")?;
        }
        if self.noprefixroute {
            f.write_str(" noprefixroute")?;
        }
        Ok(())
    }
}
