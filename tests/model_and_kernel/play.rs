//! One sequence on the model and on the kernel.
//!
//! In: ops. Out: the first difference, and a tally of the answers. Each sequence has namespaces of its own, so that it
//! begins with nothing and the same follows from the same ops.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    mount::{MntFlags, umount2},
    sched::{CloneFlags, unshare},
};
use nns::{
    backend::{Backend, KernelBackend, SnapshotScope},
    model::{Outcome, Reason, Refusal, World, apply, differences},
    net::{NsRef, SysctlKey},
    ops::{AddrOp, NetnsOp, Op},
};

use crate::counts::Counts;

/// What is counted beside the numbers of refusals.
pub const OPS: &str = "ops";
/// Those that the model does not foretell.
pub const UNKNOWN: &str = "unknown";

/// The settings that ops write and that others follow.
pub const SETTINGS: [&str; 6] = [
    "ipv4/conf/*/forwarding",
    "ipv4/conf/*/promote_secondaries",
    "ipv4/conf/*/rp_filter",
    "ipv4/conf/*/accept_redirects",
    "ipv6/conf/*/disable_ipv6",
    "ipv4/ip_forward",
];

/// When worlds are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// Behind the last op: the quicker.
    AtTheEnd,
    /// Behind each op.
    AfterEach,
}

/// Plays the ops. An error says how the kernel differs from the model.
pub fn play(ops: &[Op], compare: Compare, counts: &mut Counts) -> Result<(), String> {
    fresh_machine();
    let mut kernel = KernelBackend::new().unwrap();
    let mut model = kernel.snapshot(&SnapshotScope::All).unwrap();
    counts.add("sequences", 1);
    for (at, op) in ops.iter().enumerate() {
        learn(&mut model, &mut kernel, op);
        let foretold = apply(&mut model, op);
        let answer = kernel.apply(std::slice::from_ref(op)).pop().expect("an op has an answer");
        let told = match &answer {
            Ok(()) => "done".to_owned(),
            Err(failure) => name(failure.errno),
        };
        counts.add(OPS, 1);
        if answer.is_err() {
            counts.add(&told, 1);
        }
        let foretold = match foretold {
            Outcome::Done => "done".to_owned(),
            Outcome::Refused(refusal) if hangs_on_time(&refusal, &told) => {
                counts.add(UNKNOWN, 1);
                continue;
            }
            Outcome::Refused(refusal) => name(refusal.errno),
            Outcome::Unknown => {
                counts.add(UNKNOWN, 1);
                model = look_again(&model, &mut kernel);
                continue;
            }
        };
        if told != foretold {
            let words = answer.err().and_then(|failure| failure.message).unwrap_or_default();
            return Err(format!("op {}: `{op}`: the model says {foretold}, the kernel {told} {words}", at + 1));
        }
        if matches!(op, Op::Netns(NetnsOp::Del { .. })) {
            wait_for(&model, &mut kernel);
        }
        if compare == Compare::AfterEach || at + 1 == ops.len() {
            same_world(&model, &mut kernel).map_err(|found| format!("after op {}, `{op}`:\n{found}", at + 1))?;
        }
    }
    Ok(())
}

/// An IPv6 gateway that is one's own is refused, but as unreachable where its address is some milliseconds old at most.
fn hangs_on_time(refusal: &Refusal, told: &str) -> bool {
    matches!(refusal.reason, Reason::GatewayIsOwn { gateway } if gateway.is_ipv6()) && told == "EHOSTUNREACH"
}

fn name(errno: Errno) -> String {
    format!("{errno:?}")
}

/// This thread is in a namespace with nothing in it, and no other has a name.
pub fn fresh_machine() {
    for entry in fs::read_dir("/run/netns").into_iter().flatten() {
        let path = entry.unwrap().path();
        let _ = umount2(&path, MntFlags::MNT_DETACH);
        fs::remove_file(path).unwrap();
    }
    unshare(CloneFlags::CLONE_NEWNET).unwrap();
}

/// Settings are looked at before they are written, as the session does, and where what a change does depends on them.
fn learn(model: &mut World, kernel: &mut KernelBackend, op: &Op) {
    match op {
        Op::Sysctl(op) => look_up(model, kernel, &op.ns, &SETTINGS),
        Op::Addr(AddrOp::Del { ns, .. }) => look_up(model, kernel, ns, &["ipv4/conf/*/promote_secondaries"]),
        Op::Netns(_) | Op::Link(_) | Op::Addr(_) | Op::Route(_) | Op::Rule(_) | Op::Netfilter(_) => {}
    }
}

/// Looks at settings of a namespace, and for `*` at those of each link, of all and of links to come.
pub fn look_up(model: &mut World, kernel: &mut KernelBackend, ns: &NsRef, settings: &[&str]) {
    if model.namespace(ns).is_none() {
        return;
    }
    let links: Vec<String> = model.links_of(ns).map(|(_, link)| link.name.to_string()).collect();
    for setting in settings {
        for of in links.iter().map(String::as_str).chain(["all", "default"]) {
            let key: SysctlKey = format!("net/{}", setting.replace('*', of)).parse().unwrap();
            if model.namespace(ns).is_some_and(|namespace| namespace.sysctls.contains_key(&key)) {
                continue;
            }
            if let Ok(Some(value)) = kernel.sysctl(ns, &key) {
                model.namespace_mut(ns).unwrap().sysctls.insert(key, value);
            }
        }
    }
}

/// The kernel's world, with the settings that the model knows.
fn look(model: &World, kernel: &mut KernelBackend) -> World {
    let mut there = kernel.snapshot(&SnapshotScope::All).unwrap();
    for (ns, namespace) in model.namespaces() {
        let Some(known) = there.namespace_mut(ns) else { continue };
        for key in namespace.sysctls.keys() {
            // One that the model alone has differs from any value.
            let value = kernel.sysctl(ns, key).unwrap().unwrap_or_else(|| "not there".into());
            known.sysctls.insert(key.clone(), value);
        }
    }
    there
}

fn same_world(model: &World, kernel: &mut KernelBackend) -> Result<(), String> {
    let found = differences(model, &look(model, kernel));
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}

/// What was born in a namespace that is gone, and is elsewhere, the kernel takes away some time later.
pub fn wait_for(model: &World, kernel: &mut KernelBackend) {
    let deadline = Instant::now() + Duration::from_secs(2);
    while same_world(model, kernel).is_err() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
}

/// The world after an op that only the kernel could tell about. Who chose the MTU of a bridge cannot be seen: the model
/// knows it.
fn look_again(model: &World, kernel: &mut KernelBackend) -> World {
    let mut there = look(model, kernel);
    for ns in there.namespaces().map(|(ns, _)| ns.clone()).collect::<Vec<_>>() {
        let namespace = there.namespace_mut(&ns).unwrap();
        namespace.sysctls.retain(|_, value| value != "not there");
        // Links that are new began with what they found.
        look_up(&mut there, kernel, &ns, &["ipv6/conf/*/disable_ipv6"]);
    }
    for (_, link) in model.links() {
        if let Some(id) = there.find_link(&link.ns, &link.name) {
            there.link_mut(id).mtu_origin = link.mtu_origin;
        }
    }
    there
}
