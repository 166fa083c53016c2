//! What others have put on things of a run.

use crate::{
    model::{Address, Kind, Link, LinkId, Peer, PolicyRule, Route, World},
    net::{NsRef, SysctlKey},
    ops::{ChainRef, Rule, TableRef},
};

/// Something of others on or in something of the run, which stays for its sake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Other {
    /// A link in a namespace of the run, or on a link of it.
    Link(LinkId),
    /// A port of a bridge of the run.
    Port(LinkId),
    /// A link of the run was changed; as the run left it.
    Changed(LinkId, Box<Link>),
    /// An address of a link of the run.
    Address(LinkId, Address),
    /// A route through a link of the run, or in a namespace of it.
    Route(NsRef, Route),
    /// A policy rule in a namespace of the run.
    PolicyRule(NsRef, PolicyRule),
    /// A setting of a namespace of the run.
    Setting(NsRef, SysctlKey),
    /// A table in a namespace of the run.
    Table(NsRef, TableRef),
    /// A chain in a table of the run.
    Chain(NsRef, ChainRef),
    /// A rule in a chain of the run.
    Rule(NsRef, ChainRef, Rule),
}

/// The world without what others have put on things of the run.
pub(super) fn without(world: &World, others: &[Other]) -> World {
    let mut world = world.clone();
    for other in others {
        take_out(&mut world, other);
    }
    world
}

fn take_out(world: &mut World, other: &Other) {
    match other {
        Other::Link(id) => {
            // The other end of a cable of others is theirs, wherever it is.
            if world.contains_link(*id)
                && let Kind::Veth { peer: Peer::Link(peer) } = world.link(*id).kind
            {
                world.remove_link(peer);
            }
            world.remove_link(*id);
        }
        Other::Port(id) if world.contains_link(*id) => world.set_master(*id, None),
        Other::Changed(id, left) if world.contains_link(*id) => {
            let link = world.link_mut(*id);
            (link.mtu, link.up, link.mac, link.mac_origin) = (left.mtu, left.up, left.mac, left.mac_origin);
        }
        Other::Address(id, address) if world.contains_link(*id) => {
            world.link_mut(*id).addresses.retain(|other| (other.cidr, other.peer) != (address.cidr, address.peer));
        }
        Other::Port(_) | Other::Changed(..) | Other::Address(..) => {}
        Other::Route(ns, route) => {
            if let Some(namespace) = world.namespace_mut(ns) {
                namespace.routes.retain(|other| other != route);
            }
        }
        Other::PolicyRule(ns, rule) => {
            if let Some(namespace) = world.namespace_mut(ns) {
                namespace.policy_rules.retain(|other| other != rule);
            }
        }
        Other::Setting(ns, key) => {
            if let Some(namespace) = world.namespace_mut(ns) {
                namespace.sysctls.remove(key);
            }
        }
        Other::Table(ns, table) => {
            if let Some(ruleset) = world.namespace_mut(ns).and_then(|namespace| namespace.ruleset.as_mut()) {
                ruleset.tables.retain(|other| other.table != *table);
            }
        }
        Other::Chain(ns, chain) => {
            let tables = world.namespace_mut(ns).and_then(|namespace| namespace.ruleset.as_mut());
            for table in tables.into_iter().flat_map(|ruleset| &mut ruleset.tables) {
                if table.table == chain.table {
                    table.chains.retain(|other| other.name != chain.name);
                }
            }
        }
        Other::Rule(ns, place, rule) => {
            let tables = world.namespace_mut(ns).and_then(|namespace| namespace.ruleset.as_mut());
            let tables = tables.into_iter().flat_map(|ruleset| &mut ruleset.tables);
            let chains = tables.filter(|table| table.table == place.table).flat_map(|table| &mut table.chains);
            for chain in chains.filter(|chain| chain.name == place.name) {
                if let Some(at) = chain.rules.iter().rposition(|entry| entry.rule == *rule) {
                    chain.rules.remove(at);
                }
            }
        }
    }
}
