//! `netns add`, `netns attach`, `netns del`.

use nix::errno::Errno;

use super::{Stop, link, refused};
use crate::{
    model::{Kind, Knowledge, Link, LinkId, Namespace, Reason, World},
    net::NsRef,
    ops::NetnsOp,
};

pub(super) fn apply(world: &mut World, op: &NetnsOp) -> Result<(), Stop> {
    let ns = NsRef::Named(op.name().clone());
    match op {
        NetnsOp::Add { name } => {
            if world.namespace(&ns).is_some() {
                return Err(refused(Errno::EEXIST, Reason::NetnsExists { name: name.clone() }));
            }
            let mut namespace = Namespace::new(Knowledge::Exact);
            namespace.policy_rules.retain(|rule| world.traits.ipv6 || !rule.spec.ipv6);
            world.insert_namespace(ns.clone(), namespace);
            world.insert_link(Link::loopback(ns));
            Ok(())
        }
        NetnsOp::Attach { name, .. } => {
            if world.namespace(&ns).is_some() {
                return Err(refused(Errno::EEXIST, Reason::NetnsExists { name: name.clone() }));
            }
            // Where the process is, and what is there, the model does not know.
            world.insert_namespace(ns, Namespace { shared: true, ..Namespace::new(Knowledge::Unsure) });
            Ok(())
        }
        NetnsOp::Del { name } => {
            let Some(namespace) = world.namespace(&ns) else {
                return Err(refused(Errno::ENOENT, Reason::NoSuchNetns { name: name.clone() }));
            };
            if namespace.knowledge != Knowledge::Exact || namespace.shared {
                world.remove_namespace(&ns);
                return Ok(());
            }
            // Virtual links die with their namespace; a physical one goes home, wherever that is.
            let mut inside: Vec<LinkId> = world.links_of(&ns).map(|(id, _)| id).collect();
            if inside.iter().any(|&id| matches!(&world.link(id).kind, Kind::Other(kind) if kind.is_empty())) {
                return Err(Stop::Unknown);
            }
            // What was born in it dies with it, wherever it is by then.
            inside.extend(link::vxlan::born_in(world, &ns));
            for id in inside {
                if world.contains_link(id) {
                    link::delete(world, id);
                }
            }
            world.remove_namespace(&ns);
            Ok(())
        }
    }
}
