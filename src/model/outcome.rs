use std::net::IpAddr;

use nix::errno::Errno;

use super::LinkId;
use crate::{
    net::{Cidr, IfName, NsName, NsRef, SysctlKey},
    ops::{ChainRef, RuleSelector, RuleSpec, TableRef},
};

/// What becomes of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// It was made.
    Done,
    /// The kernel would refuse it.
    Refused(Refusal),
    /// The model cannot tell; the kernel decides. The world is left as it was.
    Unknown,
}

/// A refusal, as the kernel would give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kernel's number for it.
    pub errno: Errno,
    /// Why.
    pub reason: Reason,
}

/// Why the kernel refuses, with the data that a message needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No namespace has that name.
    NoSuchNetns {
        /// The name.
        name: NsName,
    },
    /// The name is a file on which no namespace is mounted.
    NoNamespace {
        /// The name.
        name: NsName,
    },
    /// There is no such process.
    NoSuchProcess {
        /// Its id.
        pid: u32,
    },
    /// A namespace of that name is there already.
    NetnsExists {
        /// The name.
        name: NsName,
    },
    /// No link of that namespace has that name.
    NoSuchLink {
        /// Where it was looked for.
        ns: NsRef,
        /// The name.
        name: IfName,
    },
    /// A link of that name is there already.
    LinkExists {
        /// Where.
        ns: NsRef,
        /// The name.
        name: IfName,
    },
    /// The object is there already.
    Exists(Object),
    /// There is no such object.
    NotThere(Object),
    /// The link is down, and must be up for this.
    LinkDown {
        /// The link.
        link: LinkId,
    },
    /// The link is up, and must be down for this.
    LinkUp {
        /// The link.
        link: LinkId,
    },
    /// A route needs a gateway or a link, and has neither.
    NoNextHop,
    /// No connected route leads to the gateway.
    GatewayUnreachable {
        /// The gateway.
        gateway: IpAddr,
    },
    /// The gateway is an address of this namespace.
    GatewayIsOwn {
        /// The gateway.
        gateway: IpAddr,
    },
    /// The preferred source is no address of this namespace.
    SourceNotOwn {
        /// The source.
        source: IpAddr,
    },
    /// The bits behind the prefix must be zero.
    HostBits {
        /// The prefix.
        destination: Cidr,
    },
    /// The MTU is outside what this link can have.
    MtuRange {
        /// The smallest.
        min: u32,
        /// The largest.
        max: u32,
    },
    /// The hardware address is a group's, or all zero.
    BadMac,
    /// The master is no link that takes ports.
    NotAMaster {
        /// The would-be master.
        master: LinkId,
    },
    /// There is such a vxlan in the namespace already.
    VniInUse {
        /// It, wherever it is now.
        link: LinkId,
        /// The number of its network.
        id: u32,
        /// Its port.
        port: u16,
    },
    /// The link is made on what would be its master.
    IsAbove {
        /// The would-be port.
        link: LinkId,
        /// The would-be master.
        master: LinkId,
    },
    /// The link cannot be a port (the loopback device, a bridge itself).
    NotAPort {
        /// The would-be port.
        link: LinkId,
    },
    /// The loopback device, and what is like it, stays where it is.
    CannotMove {
        /// The link.
        link: LinkId,
    },
    /// The loopback device cannot be deleted.
    CannotDelete {
        /// The link.
        link: LinkId,
    },
    /// IPv6 is switched off on the link.
    Ipv6Disabled {
        /// The link.
        link: LinkId,
    },
    /// There is no such setting.
    NoSuchSysctl {
        /// Its name.
        key: SysctlKey,
    },
    /// The setting takes a number.
    SysctlValue {
        /// Its name.
        key: SysctlKey,
    },
    /// There is no such table.
    NoSuchTable {
        /// Its family and name.
        table: TableRef,
    },
    /// There is no such chain.
    NoSuchChain {
        /// Its table and name.
        chain: ChainRef,
    },
    /// There is no such rule.
    NoSuchRule {
        /// Which was meant.
        which: Box<RuleSelector>,
        /// How many there are in that place.
        count: usize,
    },
    /// A chain of that name is there already.
    ChainExists {
        /// Its table and name.
        chain: ChainRef,
    },
    /// A chain is in use: a rule leads to it, or it is a base chain of iptables.
    ChainInUse {
        /// Its table and name.
        chain: ChainRef,
    },
    /// Another reason, in the words of the kernel.
    Kernel {
        /// The kernel's words, if it gave any.
        message: Option<String>,
    },
}

/// Something that is in the way, or missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// An address of a link.
    Address {
        /// The link.
        link: LinkId,
        /// The address.
        cidr: Cidr,
    },
    /// A route.
    Route {
        /// Its namespace.
        ns: NsRef,
        /// Where it leads.
        destination: Cidr,
        /// Its next router.
        gateway: Option<IpAddr>,
        /// Its metric.
        metric: u32,
    },
    /// A policy rule.
    Rule {
        /// Its namespace.
        ns: NsRef,
        /// What is known of it, or asked for.
        rule: Box<RuleSpec>,
    },
}
