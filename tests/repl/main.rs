//! The prompt, at a terminal: what is typed, and what is on the screen then.
//!
//! Every session is in a sandbox, or in namespaces of its own. Where the machine forbids those, the tests are skipped,
//! unless `NNS_REQUIRE_KERNEL` is set.

mod history;
#[path = "../in_sandbox/mod.rs"]
mod in_sandbox;
mod line;
mod screen;
