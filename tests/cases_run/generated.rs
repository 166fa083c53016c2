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
    ops::Op,
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
        if is_statement(&op) && apply(&mut next, &op) == Outcome::Done {
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

/// `nns` has no `nft`, and says the same in words of its own. Left out is what an undo does not give back: settings that
/// nobody looked at before their namespace went, and the loopback device's prefixes in the local table.
fn is_statement(op: &Op) -> bool {
    let text = op.to_string();
    let is_program = ["ip ", "iptables ", "ip6tables "].iter().any(|program| text.starts_with(program));
    let is_of_loopback = text.contains(" addr ") && text.ends_with(" lo");
    is_program && !is_of_loopback && ![" nft ", " sysctl ", " dev lo "].iter().any(|word| text.contains(word))
}
