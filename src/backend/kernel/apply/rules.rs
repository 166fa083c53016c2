//! Changes of rules: those of one namespace that follow each other are one transaction.

use std::ops::ControlFlow;

use nix::errno::Errno;

use super::{Run, bare, failure, made_up, refused};
use crate::{
    backend::{OpFailure, kernel::netfilter},
    ops::{NetfilterChange, NetfilterOp},
};

impl Run<'_> {
    /// Has a change wait for those that follow. One that depends on what is there is carried out at once.
    pub(super) fn enqueue_rules(&mut self, op: &NetfilterOp) -> ControlFlow<()> {
        let alone = netfilter::needs_listing(&op.change);
        if alone || !self.waiting.is_empty() || self.rules.first().is_some_and(|first| first.ns != op.ns) {
            self.send()?;
        }
        if self.backend.is_fault() {
            self.send()?;
            return self.conclude(Err(made_up()));
        }
        self.rules.push(op.clone());
        if alone { self.send_rules() } else { ControlFlow::Continue(()) }
    }

    /// Carries out the transaction that waits. When it is refused, nothing of it was done: its changes are made one by
    /// one, up to the one that is to blame.
    pub(super) fn send_rules(&mut self) -> ControlFlow<()> {
        let waiting = std::mem::take(&mut self.rules);
        if waiting.is_empty() {
            return ControlFlow::Continue(());
        }
        let together: Vec<&NetfilterChange> = waiting.iter().map(|op| &op.change).collect();
        let ns = &waiting[0].ns;
        match self.transaction(ns, &together) {
            Ok(()) => {
                self.results.extend(waiting.iter().map(|_| Ok(())));
                ControlFlow::Continue(())
            }
            Err(failure) if together.len() == 1 => self.conclude(Err(failure)),
            Err(_) => together.iter().try_for_each(|change| {
                let result = self.transaction(ns, &[change]);
                self.conclude(result)
            }),
        }
    }

    fn transaction(&mut self, ns: &crate::net::NsRef, changes: &[&NetfilterChange]) -> Result<(), OpFailure> {
        let handle = self.backend.handle(ns).map_err(refused)?;
        let socket = handle.rules.as_mut().ok_or_else(|| bare(Errno::EPROTONOSUPPORT))?;
        netfilter::apply(socket, changes).map_err(|error| failure(&error))?
    }
}
