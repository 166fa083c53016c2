//! The command line: a thin edge around [`crate::session`].
//!
//! In: arguments, standard input. Out: an exit status. The order matters: arguments, then the sandbox (which only a
//! process with one thread can enter), then signals, then the machine.

mod args;
mod canvas;
mod confirm;
mod fmt;
mod input;
mod log;
mod run;
mod test;
mod world;

pub use run::main;
