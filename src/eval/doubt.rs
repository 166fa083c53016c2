use std::collections::BTreeSet;

use crate::{
    model::{Object, Reason, World},
    net::{IfName, NsRef, SysctlKey},
    ops::{LinkKind, LinkOp, NetnsOp, Op},
};

/// What a check can no longer tell: whatever statements name that failed, or that may or may not run. An error about
/// such a thing may be a consequence, and is not reported.
#[derive(Debug, Default)]
pub struct Doubt {
    everything: bool,
    words: BTreeSet<String>,
    namespaces: BTreeSet<NsRef>,
}

impl Doubt {
    /// A program ran: nothing is certain.
    pub fn everything(&mut self) {
        self.everything = true;
    }

    /// That name.
    pub fn word(&mut self, word: &str) {
        self.words.insert(word.into());
    }

    /// The addresses and routes of that namespace.
    pub fn inside(&mut self, ns: &NsRef) {
        self.namespaces.insert(ns.clone());
    }

    /// What a change names.
    pub fn op(&mut self, op: &Op) {
        self.inside(op.ns());
        match op {
            Op::Netns(NetnsOp::Add { name } | NetnsOp::Attach { name, .. } | NetnsOp::Del { name }) => {
                self.word(name.as_str());
                self.inside(&NsRef::Named(name.clone()));
            }
            Op::Link(LinkOp::Add { spec, .. }) => {
                self.link(spec.name.as_ref(), spec.netns.as_ref());
                match &spec.kind {
                    LinkKind::Veth { peer } => self.link(peer.name.as_ref(), peer.netns.as_ref()),
                    LinkKind::Bridge => {}
                }
            }
            Op::Link(LinkOp::Del { link, .. }) => self.link(Some(link), None),
            Op::Link(LinkOp::Set { link, changes, .. }) => {
                self.link(Some(link), changes.netns.as_ref());
                self.link(changes.name.as_ref(), None);
            }
            Op::Addr(_) | Op::Route(_) | Op::Sysctl(_) | Op::Netfilter(_) => {}
        }
    }

    fn link(&mut self, name: Option<&IfName>, ns: Option<&NsRef>) {
        if let Some(name) = name {
            self.word(name.as_str());
        }
        if let Some(ns) = ns {
            self.inside(ns);
        }
    }

    /// Whether anything was said about things of that name.
    pub fn has_word(&self, word: &str) -> bool {
        self.everything || self.words.contains(word)
    }

    /// Whether what is in that namespace is in doubt.
    pub fn is_about(&self, ns: &NsRef) -> bool {
        self.everything || self.namespaces.contains(ns)
    }

    /// Whether a setting may be there, or not, in consequence of what is in doubt.
    pub fn is_about_setting(&self, key: &SysctlKey, ns: &NsRef) -> bool {
        self.everything || self.namespaces.contains(ns) || key.link().is_some_and(|link| self.words.contains(link))
    }

    /// Whether a refusal of that op may be a consequence of what is in doubt.
    pub fn covers(&self, reason: &Reason, op: &Op, world: &World) -> bool {
        let inside = |ns: &NsRef| self.namespaces.contains(ns);
        let link = |id| self.words.contains(world.link(id).name.as_str());
        self.everything
            || match reason {
                Reason::NoSuchNetns { name } | Reason::NetnsExists { name } | Reason::NoNamespace { name } => {
                    self.words.contains(name.as_str())
                }
                Reason::NoSuchLink { name, .. } | Reason::LinkExists { name, .. } => self.words.contains(name.as_str()),
                Reason::Exists(Object::Address { link: id, .. })
                | Reason::NotThere(Object::Address { link: id, .. })
                | Reason::LinkDown { link: id }
                | Reason::LinkUp { link: id }
                | Reason::NotAMaster { master: id }
                | Reason::NotAPort { link: id }
                | Reason::CannotMove { link: id }
                | Reason::CannotDelete { link: id }
                | Reason::Ipv6Disabled { link: id } => link(*id),
                Reason::Exists(Object::Route { ns, .. }) | Reason::NotThere(Object::Route { ns, .. }) => inside(ns),
                Reason::GatewayUnreachable { .. }
                | Reason::GatewayIsOwn { .. }
                | Reason::SourceNotOwn { .. }
                | Reason::NoSuchSysctl { .. }
                | Reason::NoSuchTable { .. }
                | Reason::NoSuchChain { .. }
                | Reason::NoSuchRule { .. }
                | Reason::ChainExists { .. }
                | Reason::ChainInUse { .. }
                | Reason::Kernel { .. } => inside(op.ns()),
                Reason::NoSuchProcess { .. }
                | Reason::NoNextHop
                | Reason::SysctlValue { .. }
                | Reason::HostBits { .. }
                | Reason::MtuRange { .. }
                | Reason::BadMac => false,
            }
    }
}
