//! Changes: what a script does to the network, as plain data.
//!
//! In: nothing but values of [`crate::net`]. Out: [`Op`], which the model applies to a world, the backends to a kernel,
//! and whose `Display` is the equivalent `ip` or `sysctl` command. An op speaks in names that users see, never in an
//! interface index or a file descriptor. One op is one request to the kernel.

mod addr;
pub(crate) mod hex;
mod link;
mod netfilter;
mod netns;
mod plan;
mod route;
mod rule;
mod sysctl;

pub use addr::{AddrOp, AddressSelector, AddressSpec, Scope};
pub use link::{
    LinkChanges, LinkKind, LinkOp, LinkSpec, Master, PeerSpec, VxlanFragments, VxlanSettings, VxlanSpec, VxlanSwitch,
    VxlanTtl,
};
pub use netfilter::{
    BaseChain, Book, ChainKind, ChainRef, Criterion, Dialect, Family, Hook, IptablesPiece, LinkPattern, Match,
    NatTarget, NetfilterChange, NetfilterOp, OpaqueRule, PlainRule, Policy, Ports, Protocol, RejectWith, Rule,
    RuleSelector, State, StateSpelling, States, TableRef, Verdict, icmp_type_name, icmp_type_named, iptables_link_text,
    iptables_ports_text, iptables_program, iptables_protocol_text, iptables_reject_text, iptables_rule_text,
    iptables_states_text, iptables_target_text, iptables_words, native_statement, not_understood, rule_text,
    service_name, service_named, service_names,
};
pub use netns::NetnsOp;
pub use plan::{Plan, Segment, Step};
pub use route::{RouteMode, RouteOp, RouteProtocol, RouteSelector, RouteSpec, RouteTable, RouteType};
pub use rule::{RuleAction, RuleMark, RuleOp, RuleSpec, SERVICE_CLASSES};
pub use sysctl::SysctlOp;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::net::NsRef;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// Of the list of named namespaces.
    Netns(NetnsOp),
    /// Of a link.
    Link(LinkOp),
    /// Of a link's addresses.
    Addr(AddrOp),
    /// Of a routing table.
    Route(RouteOp),
    /// Of the policy rules, which say which routing table is asked.
    Rule(RuleOp),
    /// Of a kernel setting of a namespace.
    Sysctl(SysctlOp),
    /// Of the rules of a namespace.
    Netfilter(NetfilterOp),
}

impl Op {
    /// The namespaces whose contents the op reads or changes by name. That of a veth's far end is not among them: it
    /// is known only to who knows the link.
    pub fn touched(&self) -> Vec<&NsRef> {
        let mut touched = vec![self.ns()];
        match self {
            Self::Link(LinkOp::Add { spec, .. }) => {
                touched.extend(&spec.netns);
                if let LinkKind::Veth { peer } = &spec.kind {
                    touched.extend(&peer.netns);
                }
            }
            Self::Link(LinkOp::Set { changes, .. }) => touched.extend(&changes.netns),
            Self::Link(LinkOp::Del { .. })
            | Self::Netns(_)
            | Self::Addr(_)
            | Self::Route(_)
            | Self::Rule(_)
            | Self::Sysctl(_)
            | Self::Netfilter(_) => {}
        }
        touched
    }

    /// The namespaces of processes among those where links go, to be replaced by what the processes are in.
    pub fn processes_mut(&mut self) -> Vec<&mut NsRef> {
        let mut places = Vec::new();
        match self {
            Self::Link(LinkOp::Add { spec, .. }) => {
                places.extend(&mut spec.netns);
                if let LinkKind::Veth { peer } = &mut spec.kind {
                    places.extend(&mut peer.netns);
                }
            }
            Self::Link(LinkOp::Set { changes, .. }) => places.extend(&mut changes.netns),
            Self::Link(LinkOp::Del { .. })
            | Self::Netns(_)
            | Self::Addr(_)
            | Self::Route(_)
            | Self::Rule(_)
            | Self::Sysctl(_)
            | Self::Netfilter(_) => {}
        }
        places.retain(|ns| matches!(ns, NsRef::Process(_)));
        places
    }

    /// The namespace that the request is sent to.
    pub fn ns(&self) -> &NsRef {
        match self {
            Self::Netns(_) => &NsRef::Host,
            Self::Link(op) => op.ns(),
            Self::Addr(op) => op.ns(),
            Self::Route(op) => op.ns(),
            Self::Rule(op) => op.ns(),
            Self::Sysctl(op) => &op.ns,
            Self::Netfilter(op) => &op.ns,
        }
    }
}

macro_rules! from_noun {
    ($($noun:ident($op:ident)),+) => {$(
        impl From<$op> for Op {
            fn from(op: $op) -> Self {
                Self::$noun(op)
            }
        }
    )+};
}

from_noun!(
    Netns(NetnsOp),
    Link(LinkOp),
    Addr(AddrOp),
    Route(RouteOp),
    Rule(RuleOp),
    Sysctl(SysctlOp),
    Netfilter(NetfilterOp)
);

/// The equivalent command.
impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Netns(op) => op.fmt(f),
            Self::Link(op) => op.fmt(f),
            Self::Addr(op) => op.fmt(f),
            Self::Route(op) => op.fmt(f),
            Self::Rule(op) => op.fmt(f),
            Self::Sysctl(op) => op.fmt(f),
            Self::Netfilter(op) => op.fmt(f),
        }
    }
}

/// `ip`, or `ip -n NAME` for a namespace other than the host; what has no name is entered first.
struct Ip<'a>(&'a NsRef);

impl fmt::Display for Ip<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            NsRef::Host => f.write_str("ip"),
            NsRef::Named(name) => write!(f, "ip -n {}", Shell(name.as_str())),
            NsRef::Process(pid) => write!(f, "nsenter --net=/proc/{pid}/ns/net ip"),
        }
    }
}

/// What stands before a program that is to act in a namespace other than the host.
struct Inside<'a>(&'a NsRef);

impl fmt::Display for Inside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            NsRef::Host => Ok(()),
            NsRef::Named(name) => write!(f, "ip netns exec {} ", Shell(name.as_str())),
            NsRef::Process(pid) => write!(f, "nsenter --net=/proc/{pid}/ns/net "),
        }
    }
}

/// A word as a shell would have to be given it.
struct Shell<'a>(&'a str);

impl fmt::Display for Shell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,=".contains(c);
        if !self.0.is_empty() && self.0.chars().all(plain) {
            f.write_str(self.0)
        } else {
            write!(f, "'{}'", self.0.replace('\'', r"'\''"))
        }
    }
}
