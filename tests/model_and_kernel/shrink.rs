//! The smallest sequence that still shows a difference.

use nns::ops::Op;

use crate::play::{Compare, Tally, play};

/// A sequence and what it shows.
pub struct Found {
    pub ops: Vec<Op>,
    pub difference: String,
}

/// Takes ops out, first many at once, as long as what is left shows a difference. `None` where it shows none the second
/// time, which then hangs on time.
pub fn shrink(ops: &[Op]) -> Option<Found> {
    let mut found = differs(ops.to_vec())?;
    let mut size = found.ops.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < found.ops.len() {
            let mut fewer = found.ops.clone();
            fewer.drain(at..(at + size).min(fewer.len()));
            match differs(fewer) {
                Some(smaller) => found = smaller,
                None => at += size,
            }
        }
        size /= 2;
    }
    Some(found)
}

fn differs(ops: Vec<Op>) -> Option<Found> {
    let difference = play(&ops, Compare::AfterEach, &mut Tally::default()).err()?;
    Some(Found { ops, difference })
}
