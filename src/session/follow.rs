//! What happens on the machine, told while something else is done.
//!
//! In: [`Events`], and somebody to tell. Out: a [`Follower`], which tells of each event on a thread of its own until it
//! is dropped.

use std::{
    io::{self, PipeWriter},
    os::fd::AsFd,
    thread::{self, JoinHandle},
    time::Instant,
};

use tokio::{select, sync::mpsc, time::sleep_until};

use super::{Machine, Session, Terminal, live::trouble, undo::told_of};
use crate::{
    backend::{Event, Events},
    codes::Code,
    commands::Watch,
    diag::Diagnostic,
    eval::{Sinks, Status, Trouble},
    net::NsRef,
    process::{
        interrupt::{Interrupt, Signal},
        runtime,
    },
    report::events::line,
};

/// A thread that tells of events.
#[derive(Debug)]
pub struct Follower {
    /// Its end is enough of a word.
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Begins to tell. What is told runs on the thread of the follower.
    pub fn start(mut events: Events, mut tell: impl FnMut(Event) + Send + 'static) -> io::Result<Self> {
        let (stopped, stop) = io::pipe()?;
        let work = move || {
            // That nothing can be heard any more is as if nothing happened any more.
            while let Ok(Some(event)) = events.wait(stopped.as_fd()) {
                tell(event);
            }
        };
        let thread = thread::Builder::new().name("events".into()).spawn(work)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Follower {
    /// When this returns, nothing is told any more.
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

impl<B: Machine> Session<B> {
    /// Tells of what happens from now on in these namespaces, or in all, a line each, until the follower is dropped.
    pub fn follow(
        &mut self,
        of: &[NsRef],
        mut tell: impl FnMut(String) + Send + 'static,
    ) -> Result<Option<Follower>, Diagnostic> {
        let style = self.terminal.tables;
        let events = events(&mut self.machine, of).map_err(told_of)?;
        let tell = move |event: Event| line(&event, style).into_iter().for_each(&mut tell);
        let start = |events| Follower::start(events, tell).map_err(|error| told_of(failed(error)));
        events.map(start).transpose()
    }
}

/// What happens in these namespaces, or in all; `None` on a machine that is made up.
fn events<B: Machine>(machine: &mut B, of: &[NsRef]) -> Result<Option<Events>, Trouble> {
    for ns in of.iter().chain([&NsRef::Host]) {
        if machine.namespace_file(ns).map_err(trouble)?.is_none() {
            return Ok(None);
        }
    }
    Events::open(of).map(Some).map_err(failed)
}

fn failed(error: io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Trouble::NotPermitted { doing: "listening for changes".into() },
        _ => Trouble::failed(Code::KernelRefused, format!("listening for changes: {error}")),
    }
}

/// `watch`: tells of events until the time is over or somebody has seen enough. Ctrl-C is how one without an end ends,
/// and the script goes on.
pub fn watch<B: Machine>(
    machine: &mut B,
    request: &Watch,
    (terminal, sinks): (&mut Terminal, &Sinks),
    interrupt: &Interrupt,
) -> Result<Status, Trouble> {
    // Nothing happens by itself on a machine that is made up.
    let Some(events) = events(machine, &request.of)? else { return Ok(Status::Success) };
    let (tell, mut told) = mpsc::unbounded_channel();
    // Nobody listens any more where the watch is over.
    let follower = Follower::start(events, move |event| drop(tell.send(event))).map_err(failed)?;
    let until = request.within.map(|within| Instant::now() + within);
    if until.is_none() {
        terminal.say("told is what happens from now on, until Ctrl-C\n");
    }
    let runtime = runtime().map_err(failed)?;
    let ended = loop {
        let next = runtime.block_on(async {
            select! {
                biased;
                signal = interrupt.wait() => Next::Signal(signal),
                event = told.recv() => event.map_or(Next::End, Next::Event),
                () = end(until) => Next::End,
            }
        });
        match next {
            Next::Event(event) if !show(&event, terminal, sinks)? => break Ok(Status::Success),
            Next::Event(_) => {}
            Next::End => break Ok(Status::Success),
            Next::Signal(Signal::Interrupt) if until.is_none() => {
                interrupt.clear();
                break Ok(Status::Success);
            }
            Next::Signal(_) => break Err(Trouble::Interrupted),
        }
    };
    drop(follower);
    while let Ok(event) = told.try_recv() {
        show(&event, terminal, sinks)?;
    }
    ended
}

/// What comes next while events are waited for.
enum Next {
    Event(Event),
    Signal(Signal),
    End,
}

/// Tells of an event; whether anybody reads it.
fn show(event: &Event, terminal: &mut Terminal, sinks: &Sinks) -> Result<bool, Trouble> {
    match line(event, terminal.tables) {
        Some(line) => terminal.write_while_read(&sinks.output, &format!("{line}\n")),
        None => Ok(true),
    }
}

async fn end(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until.into()).await,
        None => std::future::pending::<()>().await,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_follower_ends_when_it_is_dropped() {
        let Ok(events) = Events::open(&[NsRef::Host]) else { return };
        let began = Instant::now();
        drop(Follower::start(events, |_| {}).unwrap());
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}
