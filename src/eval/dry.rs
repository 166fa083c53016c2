use std::{
    io,
    path::Path,
    time::{Duration, Instant},
};

use super::{Outside, Sink, Sinks, Status, StepFailure, Trouble, Verdict};
use crate::{
    commands::{Capture, Expectation, ListenAt, PingRequest, Requirement, Show, Spawn},
    model::{Knowledge, World},
    net::{NsRef, SysctlKey},
    ops::{Plan, Segment},
    source,
};

/// An outside where nothing happens: what was asked of it is remembered as a plan, and what only the real one could
/// tell stays unknown.
pub struct Dry<F> {
    plan: Plan,
    facts: F,
    /// Whether files may be others by then: the script wrote some, or ran a program.
    writes_files: bool,
}

/// What can be asked without touching anything.
pub trait Facts {
    /// As [`Outside::has_program`].
    fn has_program(&self, name: &str) -> bool;

    /// As [`Outside::missing`].
    fn missing(&mut self, requirement: &Requirement) -> Result<Option<String>, Trouble>;

    /// As [`Outside::setting_names`].
    fn setting_names(&mut self, group: &[String]) -> Result<Vec<String>, Trouble>;

    /// The namespace that a process is in; `None` where there is no such process.
    fn process(&mut self, pid: u32) -> Result<Option<NsRef>, Trouble>;
}

impl<F: Facts> Dry<F> {
    /// One that looks up what is there.
    pub fn new(facts: F) -> Self {
        Self { plan: Plan::default(), facts, writes_files: false }
    }

    /// What the script would change.
    pub fn into_plan(self) -> Plan {
        self.plan
    }
}

impl<F: Facts> Outside for Dry<F> {
    fn record(&mut self, _segment: &Segment) -> Result<(), Trouble> {
        Ok(())
    }

    fn flush(&mut self, segment: &Segment) -> Result<(), StepFailure> {
        self.plan.segments.push(segment.clone());
        Ok(())
    }

    /// A program may have changed anything.
    fn refresh(&mut self, world: &mut World) -> Result<(), Trouble> {
        let all: Vec<NsRef> = world.namespaces().map(|(ns, _)| ns.clone()).collect();
        for ns in all {
            if let Some(namespace) = world.namespace_mut(&ns) {
                namespace.knowledge = Knowledge::Unsure;
            }
        }
        Ok(())
    }

    fn read_settings(&mut self, _ns: &NsRef, _keys: &[SysctlKey], _world: &mut World) -> Result<(), Trouble> {
        Ok(())
    }

    fn setting_names(&mut self, group: &[String]) -> Result<Vec<String>, Trouble> {
        self.facts.setting_names(group)
    }

    /// Where nobody may look, the process has a namespace of which nothing is known.
    fn process(&mut self, pid: u32, world: &mut World) -> Result<Option<NsRef>, Trouble> {
        let found = match self.facts.process(pid) {
            Err(Trouble::NotPermitted { .. }) => Some(NsRef::Process(pid)),
            // The script has taken the name away.
            Ok(Some(NsRef::Named(name))) if world.namespace(&NsRef::Named(name.clone())).is_none() => {
                Some(NsRef::Process(pid))
            }
            found => found?,
        };
        if let Some(ns) = &found {
            world.insert_unknown(ns.clone());
        }
        Ok(found)
    }

    fn show(&mut self, _show: &Show, _sinks: &Sinks) -> Result<Status, Trouble> {
        Ok(Status::Unknown)
    }

    fn ping(&mut self, _request: &PingRequest, _sinks: &Sinks) -> Result<Status, Trouble> {
        Ok(Status::Unknown)
    }

    fn verify(&mut self, _expectation: &Expectation, _world: &mut World) -> Result<Verdict, Trouble> {
        Ok(Verdict::Unknown)
    }

    fn settle(&mut self, _within: Duration, _world: &World) -> Result<Vec<String>, Trouble> {
        Ok(Vec::new())
    }

    fn keep(&mut self) -> Result<Sink, Trouble> {
        Ok(Sink::Nowhere)
    }

    fn kept(&mut self, _sink: &Sink) -> Result<String, Trouble> {
        Ok(String::new())
    }

    fn watch(&mut self, _ns: &NsRef) -> Result<(), Trouble> {
        Ok(())
    }

    fn wait_for_change(&mut self, _until: Instant) -> Result<bool, Trouble> {
        Ok(false)
    }

    fn listen(&mut self, _ns: &NsRef, _at: &ListenAt) -> Result<(), Trouble> {
        Ok(())
    }

    fn program(&mut self, _ns: &NsRef, _argv: &[String], _sinks: &Sinks, _is_told: bool) -> Result<Status, Trouble> {
        self.writes_files = true;
        Ok(Status::Unknown)
    }

    fn spawn(&mut self, _ns: &NsRef, _spawn: &Spawn, _name: &str, _sinks: &Sinks, _log: &Sink) -> Result<(), Trouble> {
        self.writes_files = true;
        Ok(())
    }

    fn may_write(&mut self, path: &str) -> Result<(), Trouble> {
        if self.writes_files { Ok(()) } else { Trouble::of_folder(path) }
    }

    fn capture(&mut self, _capture: &Capture, _name: &str) -> Result<(), Trouble> {
        self.writes_files = true;
        Ok(())
    }

    fn wait_for(&mut self, _name: &str, _within: Option<Duration>) -> Result<Option<Status>, Trouble> {
        Ok(Some(Status::Unknown))
    }

    fn end(&mut self, _name: &str) -> Result<(), Trouble> {
        Ok(())
    }

    fn pipe(&mut self) -> Result<(Sink, Sink), Trouble> {
        Ok((Sink::Nowhere, Sink::Nowhere))
    }

    fn start(&mut self, _ns: &NsRef, _argv: &[String], _input: Option<&Sink>, _sinks: &Sinks) -> Result<(), Trouble> {
        self.writes_files = true;
        Ok(())
    }

    fn finish(&mut self) -> Result<Status, Trouble> {
        Ok(Status::Unknown)
    }

    fn has_program(&self, name: &str) -> bool {
        self.facts.has_program(name)
    }

    fn missing(&mut self, requirement: &Requirement) -> Result<Option<String>, Trouble> {
        self.facts.missing(requirement)
    }

    fn read(&mut self, path: &str) -> Result<Option<String>, Trouble> {
        // What comes out of a pipe or a device is for the run to read.
        let bytes = match source::read_file(Path::new(path)) {
            _ if self.writes_files => return Ok(None),
            Ok(bytes) => bytes,
            Err(error) => return Err(Trouble::unreadable(path, &error)),
        };
        let text = bytes.map(String::from_utf8).transpose();
        text.map_err(|error| Trouble::unreadable(path, &io::Error::new(io::ErrorKind::InvalidData, error)))
    }

    fn open(&mut self, path: &str, _append: bool) -> Result<Sink, Trouble> {
        self.writes_files |= !path.starts_with("/dev/");
        Ok(Sink::Nowhere)
    }

    fn write(&mut self, _sink: &Sink, _text: &str) -> Result<(), Trouble> {
        Ok(())
    }

    fn interrupted(&self) -> bool {
        false
    }
}
