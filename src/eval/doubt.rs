use std::collections::BTreeSet;

use crate::{
    model::{Object, Reason, World},
    net::{IfName, NsRef, SysctlKey},
    ops::{ChainRef, LinkKind, LinkOp, NetfilterChange, NetnsOp, Op, RuleSelector, TableRef},
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
        if let Op::Netfilter(op) = op {
            return self.rules(&op.change);
        }
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
                    LinkKind::Bridge | LinkKind::Vxlan(_) => {}
                }
            }
            Op::Link(LinkOp::Del { link, .. }) => self.link(Some(link), None),
            Op::Link(LinkOp::Set { link, changes, .. }) => {
                self.link(Some(link), changes.netns.as_ref());
                self.link(changes.name.as_ref(), None);
            }
            Op::Addr(_) | Op::Route(_) | Op::Rule(_) | Op::Sysctl(_) | Op::Netfilter(_) => {}
        }
    }

    /// The chain that a change of rules is about, or all of its table.
    fn rules(&mut self, change: &NetfilterChange) {
        match change {
            NetfilterChange::AddTable(table)
            | NetfilterChange::DelTable { table, .. }
            | NetfilterChange::Flush { table, chain: None } => self.word(&table.name),
            NetfilterChange::Flush { chain: Some(chain), .. } => self.word(chain),
            NetfilterChange::AddChain { chain, .. }
            | NetfilterChange::DelChain { chain }
            | NetfilterChange::SetPolicy { chain, .. }
            | NetfilterChange::AddRule { chain, .. }
            | NetfilterChange::DelRule(RuleSelector::Number { chain, .. } | RuleSelector::Like { chain, .. }) => {
                self.word(&chain.name);
            }
            NetfilterChange::DelRule(RuleSelector::Native { book, .. }) => {
                for table in book.tables() {
                    self.word(&table.name);
                }
            }
        }
    }

    /// Whether the rules of a chain are in doubt.
    pub fn is_about_chain(&self, ns: &NsRef, chain: &ChainRef) -> bool {
        self.is_about_table(ns, &chain.table) || self.words.contains(&chain.name)
    }

    fn is_about_table(&self, ns: &NsRef, table: &TableRef) -> bool {
        let all = if let NsRef::Named(name) = ns { self.words.contains(name.as_str()) } else { false };
        self.everything || all || self.words.contains(&table.name)
    }

    fn is_about_rule(&self, ns: &NsRef, which: &RuleSelector) -> bool {
        match which {
            RuleSelector::Number { chain, .. } | RuleSelector::Like { chain, .. } => self.is_about_chain(ns, chain),
            // A rule that was perhaps added, anywhere in the book, moves all numbers.
            RuleSelector::Native { book, .. } => {
                let chains = ["prerouting", "postrouting", "input", "forward", "output", "nat", "firewall"];
                book.tables().iter().any(|table| self.is_about_table(ns, table))
                    || chains.iter().any(|chain| self.words.contains(*chain))
            }
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

    /// Whether anything was said about the addresses and routes of that namespace.
    pub fn is_inside(&self, ns: &NsRef) -> bool {
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
                | Reason::VniInUse { link: id, .. }
                | Reason::IsAbove { link: id, .. }
                | Reason::NotAMaster { master: id }
                | Reason::NotAPort { link: id }
                | Reason::CannotMove { link: id }
                | Reason::CannotDelete { link: id }
                | Reason::Ipv6Disabled { link: id } => link(*id),
                Reason::Exists(Object::Route { ns, .. } | Object::Rule { ns, .. })
                | Reason::NotThere(Object::Route { ns, .. } | Object::Rule { ns, .. }) => inside(ns),
                Reason::GatewayUnreachable { .. }
                | Reason::GatewayIsOwn { .. }
                | Reason::SourceNotOwn { .. }
                | Reason::NoSuchSysctl { .. }
                | Reason::Kernel { .. } => inside(op.ns()),
                Reason::NoSuchTable { table } => self.is_about_table(op.ns(), table),
                Reason::NoSuchRule { which, .. } => self.is_about_rule(op.ns(), which),
                Reason::NoSuchChain { chain } | Reason::ChainExists { chain } | Reason::ChainInUse { chain } => {
                    self.is_about_chain(op.ns(), chain)
                }
                Reason::NoSuchProcess { .. }
                | Reason::NoNextHop
                | Reason::SysctlValue { .. }
                | Reason::HostBits { .. }
                | Reason::MtuRange { .. }
                | Reason::BadMac => false,
            }
    }
}
