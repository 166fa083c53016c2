//! Processes that stand for their namespaces.
//!
//! In: a change in the words of the script. Out: the same with the names of namespaces, wherever they have names.
//! Invariant: a process that a change names is there.

use super::{Evaluator, Failure, FailureKind, Outside, change::Wording, refusal::no_such_process};
use crate::{
    net::NsRef,
    ops::{NetnsOp, Op},
    source::Span,
};

impl<O: Outside> Evaluator<'_, O> {
    /// As iproute2 does: digits are a name if there is one of them, else a process.
    pub(super) fn name_processes(&mut self, op: &mut Op, wording: &Wording) -> Result<(), Failure> {
        if let Op::Netns(NetnsOp::Attach { pid, .. }) = op {
            self.process(*pid, wording)?;
        }
        for place in op.processes_mut() {
            let NsRef::Process(pid) = *place else { continue };
            let name = pid.to_string().parse().ok().map(NsRef::Named);
            let name = name.filter(|name| self.state.world.namespace(name).is_some());
            let found = match name {
                Some(name) => Some(name),
                None => self.process(pid, wording)?,
            };
            if let Some(found) = found {
                *place = found;
            }
        }
        Ok(())
    }

    /// Where a process is; `None` where that is in doubt.
    pub(super) fn process(&mut self, pid: u32, wording: &Wording) -> Result<Option<NsRef>, Failure> {
        self.flush()?;
        let trouble = |trouble| Failure::from_trouble(trouble, wording.span);
        let found = if self.is_ahead() {
            // The model is not to learn anything of the machine yet.
            let found = self.outside.process(pid, &mut self.state.world.clone()).map_err(trouble)?;
            found.iter().for_each(|ns| self.state.world.insert_unknown(ns.clone()));
            found
        } else {
            self.outside.process(pid, &mut self.state.world).map_err(trouble)?
        };
        if found.is_none() && !self.doubt.has_word(&pid.to_string()) {
            let of_process =
                |text: &str| text.trim_start_matches("/proc/").trim_end_matches("/ns/net") == pid.to_string();
            let word = wording.words.iter().rev().find(|word| of_process(&word.text));
            let at: Span = word.map_or(wording.span, |word| word.span);
            return Err(Failure::new(FailureKind::Refused, no_such_process(pid, at)));
        }
        Ok(found)
    }
}
