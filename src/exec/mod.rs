//! Plans take effect, and are taken back.
//!
//! In: segments, and the world as it was before. Out: which step failed; what could not be put back. Nothing here
//! knows the words of the script.

mod course;
mod execute;
pub mod journal;
mod snapshot;
mod undo;

pub use course::Course;
pub use execute::{Fault, execute};
pub use snapshot::snapshot;
pub use undo::{Undone, look, put_back, undo};
