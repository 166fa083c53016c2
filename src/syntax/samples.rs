//! For tests: trees of every kind that the language can write, and trees without their places.
//!
//! What it cannot write is not among them: text with a NUL byte, which no source may have; bare text that would end or
//! begin something else (a blank, a quote, a `$` in front of a name); `include` and a bare `not`, `and`, `or` or `exists`
//! where they are words of the language, however they are quoted; in a list, a bare `&`, and a bare `$` in front of a
//! quote; brackets that nest deeper than the grammar reads; text in a formula that needs both kinds of quotes.

mod erase;
mod trees;

pub(super) use erase::without_spans;
pub(super) use trees::script;
