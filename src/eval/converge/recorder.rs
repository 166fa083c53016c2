//! An outside for tests that writes down what is asked of it.

use std::time::{Duration, Instant};

use crate::{
    commands::{Capture, Expectation, ListenAt, PingRequest, Requirement, Show, Spawn},
    eval::{Facts, Outside, Sink, Sinks, Status, StepFailure, Trouble, Verdict},
    model::World,
    net::{NsRef, SysctlKey},
    ops::Segment,
};

/// A machine in a state, on which everything goes well.
pub struct Recorder {
    /// Its network.
    pub machine: World,
    /// What was asked of it, a line each.
    pub told: String,
}

impl Recorder {
    fn tell(&mut self, what: impl std::fmt::Display) {
        self.told.push_str(&format!("{what}\n"));
    }
}

/// A machine of which nothing is asked; the settings of the network are there.
pub struct NoFacts;

impl Facts for NoFacts {
    fn has_program(&self, name: &str) -> bool {
        matches!(name, "cat" | "tee")
    }

    fn missing(&mut self, _requirement: &Requirement) -> Result<Option<String>, Trouble> {
        Ok(None)
    }

    fn setting_names(&mut self, _group: &[String]) -> Result<Vec<String>, Trouble> {
        Ok(["ip_forward", "ip_local_port_range", "ipv4"].map(String::from).to_vec())
    }

    fn process(&mut self, pid: u32) -> Result<Option<NsRef>, Trouble> {
        Ok((pid == 1).then_some(NsRef::Host))
    }
}

impl Outside for Recorder {
    fn record(&mut self, _segment: &Segment) -> Result<(), Trouble> {
        Ok(())
    }

    fn flush(&mut self, segment: &Segment) -> Result<(), StepFailure> {
        segment.steps.iter().for_each(|step| self.tell(&step.op));
        Ok(())
    }

    fn refresh(&mut self, world: &mut World) -> Result<(), Trouble> {
        *world = self.machine.clone();
        self.tell("(looks)");
        Ok(())
    }

    fn read_settings(&mut self, _ns: &NsRef, _keys: &[SysctlKey], _world: &mut World) -> Result<(), Trouble> {
        self.tell("(reads settings)");
        Ok(())
    }

    fn setting_names(&mut self, group: &[String]) -> Result<Vec<String>, Trouble> {
        NoFacts.setting_names(group)
    }

    fn process(&mut self, pid: u32, _world: &mut World) -> Result<Option<NsRef>, Trouble> {
        NoFacts.process(pid)
    }

    fn show(&mut self, _show: &Show, _sinks: &Sinks) -> Result<Status, Trouble> {
        self.tell("show");
        Ok(Status::Success)
    }

    fn ping(&mut self, request: &PingRequest, _sinks: &Sinks) -> Result<Status, Trouble> {
        self.tell(format!("ping {}", request.target.value));
        Ok(Status::Success)
    }

    fn verify(&mut self, _expectation: &Expectation, _world: &mut World) -> Result<Verdict, Trouble> {
        self.tell("expect");
        Ok(Verdict::Holds)
    }

    fn settle(&mut self, _within: Duration, _world: &World) -> Result<Vec<String>, Trouble> {
        self.tell("settle");
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
        self.tell("listen");
        Ok(())
    }

    fn program(&mut self, ns: &NsRef, argv: &[String], _sinks: &Sinks, _is_told: bool) -> Result<Status, Trouble> {
        self.tell(format!("{ns}: {}", argv.join(" ")));
        Ok(Status::Success)
    }

    fn spawn(&mut self, _ns: &NsRef, _spawn: &Spawn, name: &str, _sinks: &Sinks, _log: &Sink) -> Result<(), Trouble> {
        self.tell(format!("spawn {name}"));
        Ok(())
    }

    fn may_write(&mut self, _path: &str) -> Result<(), Trouble> {
        Ok(())
    }

    fn capture(&mut self, _capture: &Capture, name: &str) -> Result<(), Trouble> {
        self.tell(format!("capture {name}"));
        Ok(())
    }

    fn wait_for(&mut self, name: &str, _within: Option<Duration>) -> Result<Option<Status>, Trouble> {
        self.tell(format!("wait {name}"));
        Ok(Some(Status::Success))
    }

    fn end(&mut self, name: &str) -> Result<(), Trouble> {
        self.tell(format!("kill {name}"));
        Ok(())
    }

    fn pipe(&mut self) -> Result<(Sink, Sink), Trouble> {
        Ok((Sink::Nowhere, Sink::Nowhere))
    }

    fn start(&mut self, _ns: &NsRef, argv: &[String], _input: Option<&Sink>, _sinks: &Sinks) -> Result<(), Trouble> {
        self.tell(format!("| {}", argv.join(" ")));
        Ok(())
    }

    fn finish(&mut self) -> Result<Status, Trouble> {
        Ok(Status::Success)
    }

    fn has_program(&self, name: &str) -> bool {
        NoFacts.has_program(name)
    }

    fn missing(&mut self, _requirement: &Requirement) -> Result<Option<String>, Trouble> {
        Ok(None)
    }

    fn read(&mut self, _path: &str) -> Result<Option<String>, Trouble> {
        Ok(Some(String::new()))
    }

    fn open(&mut self, path: &str, _append: bool) -> Result<Sink, Trouble> {
        self.tell(format!("opens {path}"));
        Ok(Sink::Nowhere)
    }

    fn write(&mut self, _sink: &Sink, text: &str) -> Result<(), Trouble> {
        self.tell(text.trim_end());
        Ok(())
    }

    fn interrupted(&self) -> bool {
        false
    }
}
