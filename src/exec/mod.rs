//! Plans take effect, and are taken back.
//!
//! In: segments, and the world as it was before. Out: which step failed; what could not be put back. Nothing here
//! knows the words of the script.

mod execute;
pub mod journal;
mod restore;

pub use execute::{Fault, execute};
pub use restore::{Restored, restore, snapshot};
