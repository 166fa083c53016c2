//! Settings that go along with what is taken away or moved: with a namespace, with a link.
//!
//! In: changes that are about to be made, in order. Out: the settings that somebody chose of what they take along, noted
//! before, for nobody may have looked at them yet. What the run made itself has none that come back.

use super::{Machine, live::trouble, recorder::Recorder};
use crate::{
    eval::Trouble,
    model::{Kind, Link, Peer, World},
    net::{IfName, Mtu, NsRef},
    ops::{LinkOp, NetnsOp, Op},
};

/// Notes what goes along with these.
pub(super) fn note_settings<B: Machine>(machine: &mut B, recorder: &mut Recorder, ops: &[&Op]) -> Result<(), Trouble> {
    let mut renamed = Vec::new();
    for op in ops {
        let places = going_along(op, recorder.course().after(), &renamed);
        for (ns, link) in places {
            let is_of_the_run = |world: &World| match &link {
                None => world.namespace(&ns).is_none(),
                Some(link) => recorder.course().after().find_link(&ns, link).is_none_or(|id| !world.contains_link(id)),
            };
            if is_of_the_run(recorder.course().before()) {
                continue;
            }
            let values = machine.chosen_settings(&ns, link.as_ref()).map_err(trouble)?;
            if !values.is_empty() {
                recorder.settings(&ns, values)?;
            }
        }
        if let Op::Link(LinkOp::Set { ns, link, changes }) = op
            && let Some(name) = &changes.name
        {
            renamed.push(Renamed { ns: ns.clone(), from: link.clone(), to: name.clone() });
        }
    }
    Ok(())
}

/// A link has another name by the time a later change comes.
struct Renamed {
    ns: NsRef,
    from: IfName,
    to: IfName,
}

/// The namespaces and links whose settings go along with a change, by their names in a world in which it and the renaming
/// before it is not yet done.
fn going_along(op: &Op, world: &World, renamed: &[Renamed]) -> Vec<(NsRef, Option<IfName>)> {
    let mut places = Vec::new();
    // The other end of a cable goes along.
    let far_end = |link: &Link| match link.kind {
        Kind::Veth { peer: Peer::Link(peer) } => {
            let peer = world.link(peer);
            Some((peer.ns.clone(), Some(peer.name.clone())))
        }
        _ => None,
    };
    let find = |ns: &NsRef, link: &IfName| {
        let is_it = |name: &IfName, one: &&Renamed| one.ns == *ns && one.to == *name;
        let back = |name: IfName, one: &Renamed| if is_it(&name, &one) { one.from.clone() } else { name };
        let name = renamed.iter().rev().fold(link.clone(), back);
        world.find_link(ns, &name).map(|id| world.link(id))
    };
    let itself = |link: &Link| (link.ns.clone(), Some(link.name.clone()));
    match op {
        Op::Netns(NetnsOp::Del { name }) => {
            let ns = NsRef::Named(name.clone());
            places.extend(world.links_of(&ns).filter_map(|(_, link)| far_end(link)));
            places.extend(world.namespace(&ns).map(|_| (ns.clone(), None)));
        }
        Op::Link(LinkOp::Del { ns, link }) => {
            let found = find(ns, link);
            places.extend(found.and_then(far_end));
            places.extend(found.map(itself));
        }
        // Below what a protocol needs the settings of that protocol go.
        Op::Link(LinkOp::Set { ns, link, changes })
            if changes.netns.is_some() || changes.mtu.is_some_and(|mtu| mtu < Mtu::LEAST_OF_IPV6) =>
        {
            places.extend(find(ns, link).map(itself));
        }
        _ => {}
    }
    places
}
