//! `nns` is a small language for Linux network namespaces, and its interpreter.
//!
//! Data flows one way:
//!
//! ```text
//! Source ──parse──▶ Script ──eval──▶ Plan (segments of steps) ──execute──▶ Report ──render──▶ terminal
//! (text)            (AST, spans)      │   ▲                      │
//!                                     │   │ snapshot             │ batches of ops
//!                                  World' └───────── Backend ◀───┘
//!                                 (what it will be)   memory | kernel
//! ```
//!
//! The modules below stand in the order of that pipeline; each uses only those before it (`tests/layers.rs` holds
//! them to it).

#![forbid(unsafe_code)]

pub mod source;
pub mod net;
pub mod codes;
pub mod diag;
pub mod value;
pub mod syntax;
pub mod ops;
pub mod model;
pub mod commands;
pub mod eval;
pub mod complete;
pub mod netfilter;
pub mod backend;
pub mod exec;
pub mod probe;
pub mod process;
pub mod report;
pub mod session;
pub mod repl;
pub mod cli;
