//! Tables meant for reading: what the native `show` prints.
//!
//! In: the rows and filters that the listings of `ip` have too. Out: aligned columns, coloured when asked for; what is
//! told by colour is told by a word as well. A column that would be empty is left out.

mod address;
mod grid;
mod link;
mod neighbour;
mod netns;
mod route;
mod rule;
mod rules;
mod screen;
#[cfg(test)]
mod tests;

pub use address::render_addresses;
pub(super) use grid::{Cell, Grid, Line, Paint, cell};
pub use link::render_links;
pub(super) use link::{address_text, kind as kind_text};
pub use neighbour::render_neighbours;
pub use netns::render_netns;
pub use route::render_routes;
pub use rule::render_policy_rules;
pub use rules::render_rules;
pub use screen::Screen;

/// How tables are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
}
