//! Changes of links; what is told to one kind alone is in a file of its name.

mod vxlan;

pub use vxlan::{VxlanFragments, VxlanSettings, VxlanSpec, VxlanSwitch, VxlanTtl};

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Ip, Shell};
use crate::net::{IfName, Mac, Mtu, NsRef};

/// A change of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkOp {
    /// A new link.
    Add {
        /// The namespace the request is sent to.
        ns: NsRef,
        /// What is made.
        spec: LinkSpec,
    },
    /// Takes a link away; a veth's peer goes with it.
    Del {
        /// Its namespace.
        ns: NsRef,
        /// Its name.
        link: IfName,
    },
    /// Changes a link, in the order in which the kernel does it (`do_setlink` in `net/core/rtnetlink.c`): it is moved
    /// (and renamed on the way), gets its address, MTU and name, goes up or down, and gets its master last. A change that
    /// fails leaves the ones before it in place.
    Set {
        /// Its namespace.
        ns: NsRef,
        /// Its name.
        link: IfName,
        /// What changes.
        changes: LinkChanges,
    },
}

impl LinkOp {
    /// The namespace the request is sent to.
    pub fn ns(&self) -> &NsRef {
        match self {
            Self::Add { ns, .. } | Self::Del { ns, .. } | Self::Set { ns, .. } => ns,
        }
    }
}

/// A link to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkSpec {
    /// Its name; `None` lets the kernel choose one (`veth0`, `bridge0` …).
    pub name: Option<IfName>,
    /// What it is.
    pub kind: LinkKind,
    /// The namespace it is born in, if that is not the one the request is sent to (`ip link add … netns NS`).
    pub netns: Option<NsRef>,
    /// Its hardware address; `None` lets the kernel choose one.
    pub address: Option<Mac>,
    /// Its MTU; `None` is the kind's own.
    pub mtu: Option<Mtu>,
    /// The bridge (or other master) that it becomes a port of.
    pub master: Option<IfName>,
    /// Whether it is born up.
    pub up: bool,
}

impl LinkSpec {
    /// A link of that kind with everything else left to the kernel.
    pub fn new(name: IfName, kind: LinkKind) -> Self {
        Self { name: Some(name), kind, netns: None, address: None, mtu: None, master: None, up: false }
    }
}

/// The kinds of links that can be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkKind {
    /// One end of a cable.
    Veth {
        /// The other end.
        peer: PeerSpec,
    },
    /// A switch.
    Bridge,
    /// An Ethernet carried in UDP to other machines.
    Vxlan(Box<VxlanSpec>),
}

impl LinkKind {
    /// The word behind `type`, which is also the kernel's name for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Veth { .. } => "veth",
            Self::Bridge => "bridge",
            Self::Vxlan(_) => "vxlan",
        }
    }
}

/// The far end of a veth pair. The kernel cannot make it up or a port; it ignores both.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PeerSpec {
    /// Its name; `None` lets the kernel choose one.
    pub name: Option<IfName>,
    /// The namespace it is born in; `None` is that of the request.
    pub netns: Option<NsRef>,
    /// Its hardware address.
    pub address: Option<Mac>,
    /// Its MTU.
    pub mtu: Option<Mtu>,
}

/// What one request changes in a link; `None` everywhere changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LinkChanges {
    /// The namespace it is moved to, where it arrives down and without addresses.
    pub netns: Option<NsRef>,
    /// Its hardware address.
    pub address: Option<Mac>,
    /// Its MTU.
    pub mtu: Option<Mtu>,
    /// Its new name.
    pub name: Option<IfName>,
    /// Its master.
    pub master: Option<Master>,
    /// Whether it is up.
    pub up: Option<bool>,
}

/// `master NAME` or `nomaster`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Master {
    /// It becomes a port of that link.
    Is(IfName),
    /// It is a port no longer.
    None,
}

impl fmt::Display for LinkOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add { ns, spec } => write!(f, "{} link add{spec}", Ip(ns)),
            Self::Del { ns, link } => write!(f, "{} link del dev {}", Ip(ns), Shell(link.as_str())),
            Self::Set { ns, link, changes } => {
                write!(f, "{} link set dev {}{changes}", Ip(ns), Shell(link.as_str()))
            }
        }
    }
}

/// The words behind `ip link add`, each with a blank before it.
impl fmt::Display for LinkSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, " name {}", Shell(name.as_str()))?;
        }
        fmt_common(f, self.netns.as_ref(), self.address, self.mtu)?;
        if let Some(master) = &self.master {
            write!(f, " master {}", Shell(master.as_str()))?;
        }
        if self.up {
            f.write_str(" up")?;
        }
        write!(f, " type {}", self.kind.name())?;
        match &self.kind {
            LinkKind::Veth { peer } => peer.fmt(f),
            LinkKind::Bridge => Ok(()),
            LinkKind::Vxlan(vxlan) => vxlan.fmt(f),
        }
    }
}

impl fmt::Display for PeerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return Ok(());
        }
        f.write_str(" peer")?;
        if let Some(name) = &self.name {
            write!(f, " name {}", Shell(name.as_str()))?;
        }
        fmt_common(f, self.netns.as_ref(), self.address, self.mtu)
    }
}

/// The words behind `ip link set dev NAME`, each with a blank before it.
impl fmt::Display for LinkChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_common(f, self.netns.as_ref(), self.address, self.mtu)?;
        if let Some(name) = &self.name {
            write!(f, " name {}", Shell(name.as_str()))?;
        }
        match &self.master {
            Some(Master::Is(name)) => write!(f, " master {}", Shell(name.as_str()))?,
            Some(Master::None) => f.write_str(" nomaster")?,
            None => {}
        }
        match self.up {
            Some(true) => f.write_str(" up"),
            Some(false) => f.write_str(" down"),
            None => Ok(()),
        }
    }
}

fn fmt_common(f: &mut fmt::Formatter<'_>, netns: Option<&NsRef>, mac: Option<Mac>, mtu: Option<Mtu>) -> fmt::Result {
    match netns {
        // iproute2 has no word for the namespace it was started in but the process id of one that lives there.
        Some(NsRef::Host) => f.write_str(" netns 1")?,
        Some(NsRef::Named(name)) => write!(f, " netns {}", Shell(name.as_str()))?,
        Some(NsRef::Process(pid)) => write!(f, " netns {pid}")?,
        None => {}
    }
    if let Some(mac) = mac {
        write!(f, " address {mac}")?;
    }
    if let Some(mtu) = mtu {
        write!(f, " mtu {mtu}")?;
    }
    Ok(())
}
