//! `show topology`: the network as a drawing.
//!
//! In: a machine that answers [`Queries`], or a modelled [`World`](crate::model::World), which does. Out: text. Each
//! namespace is a box with its links and their addresses; below a row of boxes are the cables between them and the
//! bridges, each a double line that its ports hang on. What does not fit beside each other stands in further rows; a
//! cable to another row ends with the name of what it leads to, and a bridge is drawn in each row that has a port of
//! it.
//!
//! Invariants: the same world gives the same drawing; no line is wider than was asked for, but where a single name or
//! address is; every link is in it, but for loopback devices with nothing but their own addresses.

mod band;
mod paper;
mod place;
mod room;
mod scene;
#[cfg(test)]
mod tests;

use super::table::Style;
use crate::backend::{BackendError, Queries};

/// What is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canvas {
    /// In characters.
    pub width: usize,
    /// Whether there is nothing but ASCII.
    pub is_ascii: bool,
}

impl Default for Canvas {
    fn default() -> Self {
        Self { width: 100, is_ascii: false }
    }
}

/// Draws all namespaces.
pub fn render(backend: &mut dyn Queries, canvas: Canvas, style: Style) -> Result<String, BackendError> {
    let scene = scene::Scene::of(backend)?;
    let rooms: Vec<room::Layout> =
        place::order(&scene).into_iter().map(|number| room::Layout::new(&scene.rooms[number], canvas.width)).collect();
    let widths: Vec<usize> = rooms.iter().map(|room| room.width).collect();
    let rows = place::rows(&widths, band::GAP, canvas.width)
        .into_iter()
        .map(|row| band::draw(&scene, &rooms[row], canvas.width).render(style, canvas.is_ascii));
    Ok(rows.collect::<Vec<String>>().join("\n"))
}
