//! Forwarding, translation and filters, seen from outside: packets decide.
//!
//! Each test has a sandbox of its own with a router and three neighbours (`lab.rs`). It says a statement, sends traffic
//! between namespaces over plain sockets (`traffic.rs`), and compares what a receiver saw: before the statement, with
//! it, and after it is gone again.

mod firewall;
mod forwarding;
mod iptables;
mod lab;
mod nat;
mod none_forgotten;
mod rule;
mod overlay;
#[path = "../sandboxed/mod.rs"]
mod sandboxed;
mod traffic;

use std::{env, process::ExitCode};

use libtest_mimic::{Arguments, Trial};
use sandboxed::{CASE, in_sandbox, run_all};

/// A test and its name.
type Case = (&'static str, fn());

fn main() -> ExitCode {
    if let Ok(name) = env::var(CASE) {
        return sandboxed::run_case(|| {
            if let Some((_, case)) = cases().find(|(case, _)| *case == name) {
                case();
            }
        });
    }
    let mut arguments = Arguments::from_args();
    // Most of their time they wait for packets that do not come.
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let trials = cases().map(|(name, _)| Trial::test(name, move || in_sandbox(name).map(drop)));
    run_all(&arguments, trials.chain([Trial::test("none_forgotten", none_forgotten::check)]))
}

fn cases() -> impl Iterator<Item = Case> {
    [forwarding::ALL, nat::ALL, firewall::ALL, iptables::ALL, overlay::ALL, rule::ALL].into_iter().flatten().copied()
}
