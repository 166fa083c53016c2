//! From text to tree.

pub mod ast;
mod complete;

pub use complete::is_complete;
