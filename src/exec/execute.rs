use nix::errno::Errno;

use crate::{
    backend::{Backend, OpFailure},
    ops::{Op, Segment},
};

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which of the segment's.
    pub index: usize,
    /// Why.
    pub failure: OpFailure,
}

/// Carries out a segment as one batch. Steps behind the one at fault may have been carried out as well: who cannot
/// bear that sends segments of one step.
pub fn execute(backend: &mut dyn Backend, segment: &Segment) -> Result<(), Fault> {
    let ops: Vec<Op> = segment.steps.iter().map(|step| step.op.clone()).collect();
    let results = backend.apply(&ops);
    let answered = results.len();
    let fault =
        results.into_iter().enumerate().find_map(|(index, result)| Some(Fault { index, failure: result.err()? }));
    match fault {
        Some(fault) => Err(fault),
        // A backend that breaks its promise must not pass for success.
        None if answered < ops.len() => Err(Fault {
            index: answered,
            failure: OpFailure {
                errno: Errno::EIO,
                message: Some("there was no answer".into()),
                attribute: None,
                outcome: None,
            },
        }),
        None => Ok(()),
    }
}
