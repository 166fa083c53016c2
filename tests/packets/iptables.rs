//! x
use crate::Case;
pub const ALL: &[Case] = &[];
