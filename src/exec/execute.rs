use nix::errno::Errno;

use crate::{
    backend::{Backend, OpFailure},
    ops::Op,
};

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which of the ops.
    pub index: usize,
    /// Why.
    pub failure: OpFailure,
    /// All that were not made, among them this one: those behind it may have been sent with it.
    pub not_made: Vec<usize>,
}

/// Carries out ops as one batch. Those behind the one at fault may have been carried out as well: who cannot bear that
/// sends them one by one.
pub fn execute(backend: &mut dyn Backend, ops: &[Op]) -> Result<(), Fault> {
    let results = backend.apply(ops);
    let answered = results.len();
    let (mut not_made, mut first) = (Vec::new(), None);
    for (index, result) in results.into_iter().enumerate() {
        if let Err(failure) = result {
            not_made.push(index);
            first.get_or_insert((index, failure));
        }
    }
    if answered == ops.len() && first.is_none() {
        return Ok(());
    }
    not_made.extend(answered..ops.len());
    // A backend that breaks its promise must not pass for success.
    let no_answer =
        || OpFailure { errno: Errno::EIO, message: Some("there was no answer".into()), attribute: None, outcome: None };
    let (index, failure) = first.unwrap_or_else(|| (answered, no_answer()));
    Err(Fault { index, failure, not_made })
}
