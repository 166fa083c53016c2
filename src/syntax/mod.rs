//! From text to tree.
//!
//! In: a [`Source`](crate::source::Source). Out: its [`Script`](ast::Script) and all its syntax errors at once. Parsing
//! never fails: what cannot be understood is left out of the tree and told of. The grammar is `grammar/nns.pest`.
//!
//! **Speed.** Time grows in proportion to the text: no rule reads a block or a quoted text twice (the grammar's head
//! says how), and places are turned into lines and columns by the source's own index of lines, never by pest, whose
//! `Position::line_col` counts from the beginning of the text each time. Depth is bounded ([`MAX_DEPTH`]), so that
//! neither the parser nor whoever walks the tree can run out of stack.

pub mod ast;
pub mod names;
mod error;
mod shell;
mod reserved;
mod formula;
mod recover;
mod parse;
mod complete;
pub mod print;
pub mod format;
pub mod pieces;
#[cfg(test)]
mod samples;

pub use complete::is_complete;
pub use parse::parse;
pub use shell::is_sudo_flags;

/// How deep blocks and `in`s may nest. The grammar's `too_deep` holds the same number for blocks alone.
pub const MAX_DEPTH: usize = 100;
