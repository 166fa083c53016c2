use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    time::{Duration, Instant},
};

use super::{
    capture::Capturing,
    program::{self, Input},
};
use crate::{
    codes::Code,
    commands::Spawn,
    eval::{Sink, Sinks, Trouble},
    net::NsRef,
    process::{
        interrupt::Interrupt,
        program::{Running, exit_code},
    },
};

/// How long a program that is to end may take over it.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many of the last lines that a program wrote are told.
const TOLD_LINES: usize = 10;

/// What runs beside the script, in the order in which it was started. What is taken out has ended.
#[derive(Default)]
pub struct Jobs(Vec<Job>);

struct Job {
    name: String,
    work: Work,
}

enum Work {
    Program { words: String, running: Running, log: Sink },
    Capture(Capturing),
}

impl Jobs {
    /// Starts a program, in the namespace behind the handle; gives what is to be told of it.
    pub fn start(
        &mut self,
        spawn: &Spawn,
        name: &str,
        ns: &NsRef,
        handle: Option<&File>,
        (sinks, log): (&Sinks, &Sink),
    ) -> Result<String, Trouble> {
        let (running, told) = program::launch(&spawn.argv, ns, handle, Input::Apart, sinks)?;
        if !spawn.detach {
            let work = Work::Program { words: spawn.argv.join(" "), running, log: log.clone() };
            self.0.push(Job { name: name.into(), work });
        }
        Ok(told)
    }

    /// Takes a capture in that has begun.
    pub fn add(&mut self, name: &str, capturing: Capturing) {
        self.0.push(Job { name: name.into(), work: Work::Capture(capturing) });
    }

    /// Waits for the end of one, but not longer than that; whether it ended well, and if not, what is to be told of it.
    pub fn wait(
        &mut self,
        name: &str,
        within: Option<Duration>,
        interrupt: &Interrupt,
    ) -> Result<Option<Result<(), String>>, Trouble> {
        let Some(at) = self.0.iter().position(|job| job.name == name) else { return Ok(Some(Ok(()))) };
        let until = within.map(|within| Instant::now() + within);
        let ended_well = match &mut self.0[at].work {
            Work::Program { running, .. } => {
                running.wait_until(until, interrupt).map(|ended| ended.map(|status| status.success()))
            }
            Work::Capture(capturing) => capturing.wait_until(until, interrupt),
        };
        let Some(ended_well) = ended_well.map_err(|error| failed(name, &error))? else {
            return if interrupt.check().is_some() { Err(Trouble::Interrupted) } else { Ok(None) };
        };
        let mut job = self.0.remove(at);
        Ok(Some(if ended_well { Ok(()) } else { Err(job.told()) }))
    }

    /// Ends one; gives what is to be told of it.
    pub fn end(&mut self, name: &str) -> Result<String, Trouble> {
        let Some(at) = self.0.iter().position(|job| job.name == name) else { return Ok(String::new()) };
        match self.0.remove(at).work {
            Work::Program { mut running, .. } => {
                running.end(PATIENCE).map(|_| String::new()).map_err(|error| failed(name, &error))
            }
            Work::Capture(mut capturing) => Ok(capturing.complaint()),
        }
    }

    /// Ends the captures in a namespace, which otherwise would keep it.
    pub fn leave(&mut self, ns: &NsRef) {
        for job in &mut self.0 {
            match &mut job.work {
                Work::Capture(capturing) if capturing.is_in(ns) => capturing.end(),
                Work::Capture(_) | Work::Program { .. } => {}
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What those behind the first ones came to, and wrote last. The captures have ended then.
    pub fn told(&mut self, first: usize) -> String {
        self.0.iter_mut().skip(first).map(Job::told).collect()
    }

    /// Ends all; gives what is to be told of them.
    pub fn close(&mut self) -> String {
        let mut told = String::new();
        for job in &mut self.0 {
            if let Work::Capture(capturing) = &mut job.work {
                told.push_str(&capturing.complaint());
            }
        }
        self.truncate(0);
        told
    }

    /// Ends all but the first ones, the last one first.
    pub fn truncate(&mut self, len: usize) {
        while self.0.len() > len {
            if let Some(Job { work: Work::Program { mut running, .. }, .. }) = self.0.pop() {
                // One that cannot be ended is nobody's who could do something about it.
                running.end(PATIENCE).ok();
            }
        }
    }
}

/// They end with the session.
impl Drop for Jobs {
    fn drop(&mut self) {
        self.truncate(0);
    }
}

impl Job {
    fn told(&mut self) -> String {
        let (words, running, log) = match &mut self.work {
            Work::Program { words, running, log } => (words, running, log),
            Work::Capture(capturing) => return capturing.told(),
        };
        let now = Some(Instant::now());
        let ended = running.wait_until(now, &Interrupt::never()).ok().flatten();
        let state = ended.map_or_else(
            || "is running".into(),
            |status| match exit_code(status) {
                0 => "has ended".into(),
                code => format!("ended with status {code}"),
            },
        );
        let text = read(log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = &lines[lines.len().saturating_sub(TOLD_LINES)..];
        let wrote = match (last.is_empty(), last.len() < lines.len()) {
            (true, _) => ", and wrote nothing".to_owned(),
            (false, true) => format!(", and wrote {} lines, the last of which are", lines.len()),
            (false, false) => ", and wrote".to_owned(),
        };
        let last: String = last.iter().map(|line| format!("  | {line}\n")).collect();
        format!("`{}` ({words}) {state}{wrote}\n{last}", self.name)
    }
}

/// What was written to a place that keeps it.
pub fn read(sink: &Sink) -> io::Result<String> {
    let Sink::File(file) = sink else { return Ok(String::new()) };
    // Who writes goes on at a place that is shared: it must stay where it is.
    let mut bytes = vec![0; usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX)];
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], filled as u64)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(String::from_utf8_lossy(&bytes[..filled]).into_owned())
}

fn failed(name: &str, error: &io::Error) -> Trouble {
    Trouble::failed(Code::Input, format!("waiting for `{name}`: {error}"))
}
