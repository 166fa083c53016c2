//! `watch` at the prompt: what happens is told above the line that is typed.
//!
//! In: lines of a [`Follower`](crate::session::Follower). Out: the same on the terminal, by a thread that is never waited
//! for, since a line is printed only when somebody types or nobody is asked.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use rustyline::ExternalPrinter;

use super::Prompt;
use crate::{
    codes::Code,
    diag::Diagnostic,
    net::NsRef,
    session::{Exit, Follower, Machine},
};

/// Events are told as long as it lives.
pub struct Telling {
    _follower: Follower,
    is_over: Arc<AtomicBool>,
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Prints lines until there are no more or nobody wants them.
fn print(mut printer: impl ExternalPrinter, lines: &mpsc::Receiver<String>, is_over: &AtomicBool) {
    for line in lines {
        if is_over.load(Ordering::Relaxed) || printer.print(format!("{line}\n")).is_err() {
            return;
        }
    }
}

impl<B: Machine> Prompt<'_, B> {
    /// From now on it is told what happens in these namespaces, or in all.
    pub(super) fn watch(&mut self, of: &[NsRef]) {
        // One at a time: what was watched before is not any more.
        self.events = None;
        self.last = match self.tell(of) {
            Ok(telling) => {
                self.events = telling;
                self.say("what happens is told above the line from now on, until `watch off`\n");
                Exit::Done
            }
            Err(diagnostic) => self.session.complain(diagnostic),
        };
    }

    fn tell(&mut self, of: &[NsRef]) -> Result<Option<Telling>, Diagnostic> {
        let failed = |error: &dyn std::fmt::Display| {
            Diagnostic::error(Code::Input, format!("nothing can be printed above the line: {error}"))
        };
        let printer = self.line.printer().map_err(|error| failed(&error))?;
        let (tell, told) = mpsc::channel();
        let is_over = Arc::new(AtomicBool::new(false));
        // Nobody listens any more where the watch is over.
        let follower = self.session.follow(of, move |line| drop(tell.send(line)))?;
        let over = Arc::clone(&is_over);
        let work = move || print(printer, &told, &over);
        thread::Builder::new().name("printer".into()).spawn(work).map_err(|error| failed(&error))?;
        Ok(follower.map(|follower| Telling { _follower: follower, is_over }))
    }

    pub(super) fn watch_off(&mut self) {
        self.last = match self.events.take() {
            Some(_) => Exit::Done,
            None => self.session.refuse_words("nothing is watched".into(), "`watch` tells what happens from now on"),
        };
    }
}
