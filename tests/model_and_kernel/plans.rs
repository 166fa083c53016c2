//! Plans on the kernel: `diff` leads from one random world to another, and back.
//!
//! In: ops in two parts, which make two worlds one after the other. Out: what a plan left different, and how plans were.
//! Invariant: the worlds are as the kernel shows them; what could not be made again is not in them.

use std::fmt;

use nns::{
    backend::{Backend, KernelBackend, SnapshotScope},
    exec,
    model::{Outcome, World, apply, diff, differences},
    net::NsRef,
    ops::{NetnsOp, Op},
};

use crate::{
    counts::Counts,
    play::{SETTINGS, fresh_machine, look_up, wait_for},
};

/// How often one looks again, as when a session takes things back.
const ROUNDS: usize = 4;

/// Which world an op is to make.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    First,
    Second,
}

/// An op of one of the two parts.
#[derive(Clone)]
pub struct Step {
    pub part: Part,
    pub op: Op,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            Part::First => 'a',
            Part::Second => 'b',
        };
        write!(f, "{part}: {}", self.op)
    }
}

/// The ops as two parts of the same length.
pub fn in_two(ops: Vec<Op>) -> Vec<Step> {
    let middle = ops.len() / 2;
    let part = |at| if at < middle { Part::First } else { Part::Second };
    ops.into_iter().enumerate().map(|(at, op)| Step { part: part(at), op }).collect()
}

/// Makes both worlds, then the first of the second, and the second of the first.
pub fn there_and_back(steps: &[Step], counts: &mut Counts) -> Result<(), String> {
    fresh_machine();
    let mut kernel = KernelBackend::new().unwrap();
    let [a, b] = [Part::First, Part::Second].map(|part| {
        steps.iter().filter(|step| step.part == part).for_each(|step| drop(carry_out(&mut kernel, &step.op)));
        world(&mut kernel)
    });
    counts.add("sequences", 1);
    lead(&mut kernel, &a, counts).map_err(|left| format!("diff(b, a):\n{left}"))?;
    lead(&mut kernel, &b, counts).map_err(|left| format!("diff(a, b):\n{left}"))
}

/// The kernel's world with all that settings say.
fn world(kernel: &mut KernelBackend) -> World {
    let mut world = kernel.snapshot(&SnapshotScope::All).unwrap();
    let namespaces: Vec<NsRef> = world.namespaces().map(|(ns, _)| ns.clone()).collect();
    for ns in namespaces {
        look_up(&mut world, kernel, &ns, &SETTINGS);
    }
    world
}

/// Carries one op out, whatever becomes of it; gives the number of a refusal. What a namespace takes with it is gone some
/// time after its name.
fn carry_out(kernel: &mut KernelBackend, op: &Op) -> Option<String> {
    let expected = matches!(op, Op::Netns(NetnsOp::Del { .. })).then(|| {
        let mut world = kernel.snapshot(&SnapshotScope::All).unwrap();
        (apply(&mut world, op) == Outcome::Done).then_some(world)
    });
    let answer = kernel.apply(std::slice::from_ref(op)).pop().expect("an op has an answer");
    if let Some(world) = expected.flatten() {
        wait_for(&world, kernel);
    }
    answer.err().map(|failure| format!("{:?} {}", failure.errno, failure.message.unwrap_or_default()))
}

/// Plans until the world is the one that is wanted.
fn lead(kernel: &mut KernelBackend, to: &World, counts: &mut Counts) -> Result<(), String> {
    let mut told = String::new();
    for round in 0..=ROUNDS {
        let now = exec::snapshot(kernel, &[to]).unwrap();
        let left = differences(&now, to);
        if left.is_empty() {
            counts.add("plans", usize::from(round > 0));
            counts.add("plans that took more than one round", usize::from(round > 1));
            return Ok(());
        }
        told += &format!("{}\n", left.join("\n"));
        for op in diff(&now, to) {
            let refused = carry_out(kernel, &op);
            counts.add("ops of plans", 1);
            counts.add("ops of plans that were refused", usize::from(refused.is_some()));
            told += &format!("    {op}{}\n", refused.map_or_else(String::new, |errno| format!("   {errno}")));
        }
    }
    Err(told)
}
