use super::{Outside, Sink, Sinks, Status, StepFailure, Trouble, Verdict};
use crate::{
    commands::{Expectation, PingRequest, Show},
    model::{Knowledge, World},
    net::{NsRef, SysctlKey},
    ops::{Plan, Segment},
};

/// An outside where nothing happens: what was asked of it is remembered as a plan, and what only the real one could
/// tell stays unknown.
pub struct Dry<F> {
    plan: Plan,
    has_program: fn(&str) -> bool,
    setting_names: F,
}

impl<F: FnMut(&[String]) -> Result<Vec<String>, Trouble>> Dry<F> {
    /// One that looks for programs, and for the names of settings, with these functions.
    pub fn new(has_program: fn(&str) -> bool, setting_names: F) -> Self {
        Self { plan: Plan::default(), has_program, setting_names }
    }

    /// What the script would change.
    pub fn into_plan(self) -> Plan {
        self.plan
    }
}

impl<F: FnMut(&[String]) -> Result<Vec<String>, Trouble>> Outside for Dry<F> {
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
        (self.setting_names)(group)
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

    fn program(&mut self, _ns: &NsRef, _argv: &[String], _sinks: &Sinks) -> Result<Status, Trouble> {
        Ok(Status::Unknown)
    }

    fn has_program(&self, name: &str) -> bool {
        (self.has_program)(name)
    }

    fn open(&mut self, _path: &str, _append: bool) -> Result<Sink, Trouble> {
        Ok(Sink::Nowhere)
    }

    fn write(&mut self, _sink: &Sink, _text: &str) -> Result<(), Trouble> {
        Ok(())
    }

    fn interrupted(&self) -> bool {
        false
    }
}
