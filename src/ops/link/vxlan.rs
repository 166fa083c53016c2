//! `type vxlan`: what an overlay is made with.

use std::{collections::BTreeSet, fmt, net::IpAddr};

use serde::{Deserialize, Serialize};

use super::Shell;
use crate::net::IfName;

/// A vxlan to be made.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VxlanSpec {
    /// The link that its packets leave through, in the namespace of the request.
    pub dev: Option<IfName>,
    /// All else.
    pub settings: VxlanSettings,
}

/// How a vxlan wraps frames, and where it sends them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VxlanSettings {
    /// Its network's number of 24 bits (VNI); 0 for one whose packets each say theirs (`external`).
    pub id: u32,
    /// Where frames go whose receiver is not known: another machine, or a group.
    pub remote: Option<IpAddr>,
    /// The address that it sends from.
    pub local: Option<IpAddr>,
    /// The least and the greatest port it sends from; zeros leave the choice to the kernel.
    pub source_ports: (u16, u16),
    /// The port it sends to and listens on.
    pub port: u16,
    /// The time to live of its packets.
    pub ttl: VxlanTtl,
    /// The type of service of its packets; 1 is that of the packet inside.
    pub tos: u8,
    /// Whether its packets may be taken apart (`DF`).
    pub fragments: VxlanFragments,
    /// IPv6: the flow label of its packets.
    pub flow_label: u32,
    /// After how many seconds it forgets where an address was.
    pub ageing: u32,
    /// How many addresses it remembers; 0 is any number.
    pub limit: u32,
    /// What is switched on.
    pub switches: BTreeSet<VxlanSwitch>,
}

impl VxlanSettings {
    /// The port that Linux takes when nobody names one: older than the one that IANA has given out, 4789.
    pub const PORT: u16 = 8472;
    /// The kernel's `FDB_AGE_DEFAULT`, in seconds.
    pub const AGEING: u32 = 300;

    /// Whether it wraps frames in IPv6.
    pub fn is_ipv6(&self) -> bool {
        self.remote.or(self.local).is_some_and(|address| address.is_ipv6())
    }

    /// Whether that is switched on.
    pub fn has(&self, switch: VxlanSwitch) -> bool {
        self.switches.contains(&switch)
    }

    /// How many bytes it adds to a frame's payload: IP, UDP, VXLAN and the Ethernet header inside (`vxlan_headroom` in
    /// `net/vxlan.h`).
    pub fn overhead(&self) -> u32 {
        if self.is_ipv6() { 70 } else { 50 }
    }
}

impl Default for VxlanSettings {
    fn default() -> Self {
        Self {
            id: 0,
            remote: None,
            local: None,
            source_ports: (0, 0),
            port: Self::PORT,
            ttl: VxlanTtl::Number(0),
            tos: 0,
            fragments: VxlanFragments::Unset,
            flow_label: 0,
            ageing: Self::AGEING,
            limit: 0,
            switches: VxlanSwitch::ALL.iter().copied().filter(|switch| switch.by_itself()).collect(),
        }
    }
}

/// A time to live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VxlanTtl {
    /// That many routers; 0 is the kernel's own choice (`auto`).
    Number(u8),
    /// That of the packet inside.
    Inherit,
}

/// Whether packets may be taken apart on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VxlanFragments {
    /// They may (`df unset`).
    Unset,
    /// They may not (`df set`).
    Set,
    /// As the packet inside says.
    Inherit,
}

/// Something that a vxlan does or does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum VxlanSwitch {
    /// It learns from packets where addresses are.
    Learning,
    /// It answers for addresses whose place it knows.
    Proxy,
    /// It sends to the router's machine at once what the router would send on.
    Rsc,
    /// It tells of addresses whose place it does not know.
    L2Miss,
    /// It tells of IP addresses whose neighbour it does not know.
    L3Miss,
    /// Each packet says which network it belongs to and where it goes.
    External,
    /// It computes UDP checksums over IPv4.
    UdpCsum,
    /// It leaves UDP checksums over IPv6 out.
    Udp6ZeroCsumTx,
    /// It takes UDP over IPv6 without checksums.
    Udp6ZeroCsumRx,
    /// It carries marks between machines (group based policy).
    Gbp,
}

impl VxlanSwitch {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Learning,
        Self::Proxy,
        Self::Rsc,
        Self::L2Miss,
        Self::L3Miss,
        Self::External,
        Self::UdpCsum,
        Self::Udp6ZeroCsumTx,
        Self::Udp6ZeroCsumRx,
        Self::Gbp,
    ];

    /// The word that switches it on; with `no` before it, off.
    pub fn word(self) -> &'static str {
        match self {
            Self::Learning => "learning",
            Self::Proxy => "proxy",
            Self::Rsc => "rsc",
            Self::L2Miss => "l2miss",
            Self::L3Miss => "l3miss",
            Self::External => "external",
            Self::UdpCsum => "udpcsum",
            Self::Udp6ZeroCsumTx => "udp6zerocsumtx",
            Self::Udp6ZeroCsumRx => "udp6zerocsumrx",
            Self::Gbp => "gbp",
        }
    }

    /// Whether it is on unless somebody switches it off.
    pub fn by_itself(self) -> bool {
        matches!(self, Self::Learning | Self::UdpCsum)
    }
}

/// The words behind `type vxlan`, each with a blank before it; what nobody has to say is left out, but for the port,
/// about which `ip` would ask.
impl fmt::Display for VxlanSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dev, settings } = self;
        if settings.has(VxlanSwitch::External) {
            f.write_str(" external")?;
        } else {
            write!(f, " id {}", settings.id)?;
        }
        if let Some(remote) = settings.remote {
            write!(f, " {} {remote}", if remote.is_multicast() { "group" } else { "remote" })?;
        }
        if let Some(local) = settings.local {
            write!(f, " local {local}")?;
        }
        if let Some(dev) = dev {
            write!(f, " dev {}", Shell(dev.as_str()))?;
        }
        settings.fmt_rest(f)
    }
}

impl VxlanSettings {
    fn fmt_rest(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (low, high @ 1..) = self.source_ports {
            write!(f, " srcport {low} {high}")?;
        }
        write!(f, " dstport {}", self.port)?;
        match self.ttl {
            VxlanTtl::Number(0) => {}
            VxlanTtl::Number(ttl) => write!(f, " ttl {ttl}")?,
            VxlanTtl::Inherit => f.write_str(" ttl inherit")?,
        }
        match self.tos {
            0 => {}
            1 => f.write_str(" tos inherit")?,
            tos => write!(f, " tos {tos:#x}")?,
        }
        match self.fragments {
            VxlanFragments::Unset => {}
            VxlanFragments::Set => f.write_str(" df set")?,
            VxlanFragments::Inherit => f.write_str(" df inherit")?,
        }
        if self.flow_label != 0 {
            write!(f, " flowlabel {:#x}", self.flow_label)?;
        }
        if self.ageing != Self::AGEING {
            write!(f, " ageing {}", self.ageing)?;
        }
        if self.limit != 0 {
            write!(f, " maxaddress {}", self.limit)?;
        }
        for &switch in VxlanSwitch::ALL {
            match (self.has(switch), switch.by_itself()) {
                // Those do not learn anyway.
                (false, true) if switch == VxlanSwitch::Learning && self.has(VxlanSwitch::External) => {}
                (true, false) if switch == VxlanSwitch::External => {}
                (true, false) => write!(f, " {}", switch.word())?,
                (false, true) => write!(f, " no{}", switch.word())?,
                (true, true) | (false, false) => {}
            }
        }
        Ok(())
    }
}
