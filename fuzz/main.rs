//! The fuzz target: what `promises.rs` says, of whatever libFuzzer comes up with. `fuzz/run` builds and starts it.

#![no_main]

mod promises;

// As `erase.rs` names them.
use nns::{source, syntax};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| promises::keep(bytes));
