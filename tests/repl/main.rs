//! The prompt, at a terminal: what is typed, and what is on the screen then.
//!
//! Every session is in a sandbox, or in namespaces of its own. Where the machine forbids those, the tests are skipped,
//! unless `NNS_REQUIRE_KERNEL` is set.

mod history;
#[path = "../in_sandbox/mod.rs"]
mod in_sandbox;
mod leave;
mod line;
#[expect(dead_code, reason = "what is seen is written down, and compared as text")]
#[path = "../observer/mod.rs"]
mod observer;
mod paste;
mod recording;
mod save;
mod screen;
mod start;
mod svg;
mod typing;
mod undo;
mod watch;
