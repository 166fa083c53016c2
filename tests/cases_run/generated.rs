//! Scripts of chance: random changes, some of which are made before the others.
//!
//! In: a seed. Out: a script, and a `.setup` script beside it. They are the sequences of `tests/model_and_kernel/`, without
//! what would be refused and without what is not told as a statement.

use std::{
    fs,
    path::{Path, PathBuf},
};

use nns::{
    model::{Outcome, World, apply},
    net::{IfName, Mtu, NsRef},
    ops::{AddrOp, LinkChanges, LinkOp, Op, SysctlOp},
};

use crate::generate::{Ops, sequence};

/// The scripts of these seeds, written into a folder.
pub fn write(folder: &Path, seeds: impl Iterator<Item = u64>) -> Vec<PathBuf> {
    seeds.map(|seed| write_one(folder, seed)).collect()
}

fn write_one(folder: &Path, seed: u64) -> PathBuf {
    let mut world = World::fresh();
    let mut lines = Vec::new();
    for op in sequence(seed, Ops::Undoable) {
        let mut next = world.clone();
        if is_statement(&op) && is_clear(&op, &world) && apply(&mut next, &op) == Outcome::Done {
            world = next;
            lines.push(format!("{op}\n"));
        }
    }
    let (before, script) = lines.split_at(lines.len() / 3);
    let path = folder.join(format!("chance-{seed}.nns"));
    fs::write(path.with_extension("setup"), before.concat()).expect("there is room");
    fs::write(&path, script.concat()).expect("there is room");
    path
}

/// `nns` has no `nft`, and says the same in words of its own; a rule that nothing is said of it does not delete.
fn is_statement(op: &Op) -> bool {
    let text = op.to_string();
    let is_program = ["ip ", "iptables ", "ip6tables "].iter().any(|program| text.starts_with(program));
    is_program && !text.contains(" nft ") && !text.ends_with(" rule del")
}

/// A link that is too small for a protocol has no settings of it, as the check says. Of the loopback device the kernel keeps
/// what no look at it shows: it goes up, gets addresses and routes, and loses those again.
fn is_clear(op: &Op, world: &World) -> bool {
    let loopback = |ns: &NsRef| world.find_link(ns, &IfName::loopback()).map(|id| world.link(id));
    match op {
        Op::Sysctl(SysctlOp { ns, key, .. }) => {
            let link = key.link().and_then(|link| world.find_link(ns, &link.parse().ok()?)).map(|id| world.link(id));
            link.is_none_or(|link| link.mtu >= Mtu::LEAST_OF_IPV6)
        }
        Op::Link(LinkOp::Set { link, changes, .. }) if *link == IfName::loopback() => {
            *changes == LinkChanges { up: Some(true), ..LinkChanges::default() }
        }
        Op::Addr(AddrOp::Add { ns, link, .. }) if *link == IfName::loopback() => {
            loopback(ns).is_some_and(|link| link.up)
        }
        Op::Addr(AddrOp::Del { link, address, .. }) if *link == IfName::loopback() => !address.addr.is_loopback(),
        _ => true,
    }
}
