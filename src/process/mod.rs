//! Programs, small servers, signals, and threads inside other namespaces.
//!
//! In: words of a command line, handles of namespaces, signals. Out: exit statuses, sockets opened elsewhere.
//! Nothing is started at load time: entering a sandbox takes a process with one thread.

pub mod capture;
pub mod interrupt;
pub mod listen;
pub mod namespace;
pub mod program;
mod runtime;

pub use runtime::runtime;
use runtime::until;
