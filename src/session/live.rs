use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io, mem,
    os::fd::OwnedFd,
    rc::Rc,
    time::{Duration, Instant},
};

use nix::sys::memfd::{MFdFlags, memfd_create};

use super::{
    Machine, Terminal,
    capture::Capturing,
    follow,
    jobs::{Jobs, read},
    listen::Listeners,
    noted::note_settings,
    probe, program,
    recorder::Recorder,
    requirement,
    settle::settle,
    watch::Watch,
};
use crate::{
    backend::BackendError,
    codes::Code,
    commands::{Capture, Expectation, ListenAt, PingRequest, Requirement, Show, Spawn},
    eval::{Outside, Sink, Sinks, Status, StepFailure, Trouble, Verdict},
    exec,
    model::{Outcome, Reason, Refusal, World},
    net::{NsRef, SysctlKey},
    ops::{NetnsOp, Op, Segment},
    process::interrupt::Interrupt,
    report,
};

/// The outside of a script that runs: a machine, the terminal, programs.
pub struct Live<'a, B> {
    /// The machine.
    pub machine: &'a mut B,
    /// The terminal.
    pub terminal: &'a mut Terminal,
    /// The ports that are served.
    pub listeners: &'a mut Listeners,
    /// What runs beside the script.
    pub jobs: &'a mut Jobs,
    /// Ctrl-C.
    pub interrupt: &'a Interrupt,
    /// What was done so far.
    pub recorder: &'a mut Recorder,
    /// Every change is told as its `ip` command.
    pub verbose: bool,
    /// The programs of a pipe that run.
    pub started: Vec<program::Started>,
    /// What tells of changes to who waits for some.
    pub watch: Option<Watch>,
}

impl<B: Machine> Outside for Live<'_, B> {
    fn record(&mut self, segment: &Segment) -> Result<(), Trouble> {
        let ops: Vec<&Op> = segment.steps.iter().map(|step| &step.op).collect();
        note_settings(self.machine, self.recorder, &ops)?;
        self.recorder.change(segment.steps.iter().map(|step| step.op.clone()).collect())
    }

    fn flush(&mut self, segment: &Segment) -> Result<(), StepFailure> {
        if self.verbose {
            for step in &segment.steps {
                self.terminal.say(&format!("+ {}\n", step.op));
            }
        }
        for step in &segment.steps {
            if let Op::Netns(NetnsOp::Del { name }) = &step.op {
                // A socket keeps its namespace.
                self.listeners.leave(&NsRef::Named(name.clone()));
                self.jobs.leave(&NsRef::Named(name.clone()));
            }
        }
        let ops: Vec<Op> = segment.steps.iter().map(|step| step.op.clone()).collect();
        let Err(fault) = exec::execute(self.machine, &ops) else {
            self.recorder.made();
            return Ok(());
        };
        // That it cannot be written down is no reason to tell of that instead.
        let _ = self.recorder.refused(fault.not_made);
        let failure = fault.failure;
        let reason = match failure.outcome.map(|outcome| *outcome) {
            Some(Outcome::Refused(refusal)) => refusal.reason,
            Some(Outcome::Done | Outcome::Unknown) | None => Reason::Kernel { message: failure.message },
        };
        Err(StepFailure {
            index: fault.index,
            refusal: Refusal { errno: failure.errno, reason },
            attribute: failure.attribute,
        })
    }

    fn refresh(&mut self, world: &mut World) -> Result<(), Trouble> {
        *world = exec::snapshot(self.machine, &[world, self.recorder.course().before()]).map_err(trouble)?;
        self.recorder.seen(world)
    }

    fn read_settings(&mut self, ns: &NsRef, keys: &[SysctlKey], world: &mut World) -> Result<(), Trouble> {
        let mut values = BTreeMap::new();
        for key in keys {
            match self.machine.sysctl(ns, key) {
                Ok(value) => values.extend(value.map(|value| (key.clone(), value))),
                // The change itself will say so.
                Err(BackendError::NoSuchNetns(_) | BackendError::NoNamespace(_)) => {}
                Err(error) => return Err(trouble(error)),
            }
        }
        if let Some(namespace) = world.namespace_mut(ns) {
            namespace.sysctls.extend(values.clone());
        }
        self.recorder.settings(ns, values)
    }

    fn setting_names(&mut self, group: &[String]) -> Result<Vec<String>, Trouble> {
        self.machine.sysctl_names(group).map_err(trouble)
    }

    fn process(&mut self, pid: u32, world: &mut World) -> Result<Option<NsRef>, Trouble> {
        let found = self.machine.process_netns(pid).map_err(trouble)?;
        if let Some(ns) = found.as_ref().filter(|ns| world.namespace(ns).is_none()) {
            if self.recorder.is_touched() {
                // What it was like before is not known any more.
                self.recorder.discover(ns)?;
            } else {
                let before = exec::snapshot(self.machine, &[self.recorder.course().before()]).map_err(trouble)?;
                self.recorder.begin_with(before);
            }
            self.refresh(world)?;
        }
        Ok(found)
    }

    fn show(&mut self, show: &Show, sinks: &Sinks) -> Result<Status, Trouble> {
        if let Show::Sysctl { ns, key, value_only } = show {
            return self.show_setting(ns, &key.value, *value_only, sinks);
        }
        if let Show::Watch(request) = show {
            return follow::watch(self.machine, request, (self.terminal, sinks), self.interrupt);
        }
        match report::draw(show, self.machine, self.terminal.tables, self.terminal.canvas) {
            Ok(text) => {
                self.terminal.write(&sinks.output, &text.unwrap_or_default())?;
                Ok(Status::Success)
            }
            Err(report::ShowError::Backend(error @ BackendError::NotPermitted { .. })) => Err(trouble(error)),
            Err(error) => {
                self.terminal.write(&sinks.errors, &format!("{error}\n"))?;
                Ok(Status::Failure)
            }
        }
    }

    fn ping(&mut self, request: &PingRequest, sinks: &Sinks) -> Result<Status, Trouble> {
        let ns = self.probed(&request.ns)?;
        probe::ping(request, ns.as_ref(), self.interrupt, self.terminal, sinks)
    }

    fn verify(&mut self, expectation: &Expectation, world: &mut World) -> Result<Verdict, Trouble> {
        self.verify_claim(expectation, world)
    }

    fn settle(&mut self, within: Duration, world: &World) -> Result<Vec<String>, Trouble> {
        let all = world.namespaces().map(|(ns, _)| ns.clone()).collect();
        settle(self.machine, all, within, self.interrupt)
    }

    fn keep(&mut self) -> Result<Sink, Trouble> {
        let file = memfd_create("output", MFdFlags::MFD_CLOEXEC)
            .map_err(|error| Trouble::failed(Code::Input, format!("keeping output: {error}")))?;
        Ok(Sink::File(Rc::new(file.into())))
    }

    fn kept(&mut self, sink: &Sink) -> Result<String, Trouble> {
        read(sink).map_err(|error| Trouble::failed(Code::Input, format!("reading kept output: {error}")))
    }

    fn watch(&mut self, ns: &NsRef) -> Result<(), Trouble> {
        self.watch = Some(Watch::new(self.machine.monitor(ns).map_err(trouble)?)?);
        Ok(())
    }

    fn wait_for_change(&mut self, until: Instant) -> Result<bool, Trouble> {
        self.watch.as_mut().map_or(Ok(false), |watch| watch.wait(until, self.interrupt))
    }

    fn listen(&mut self, ns: &NsRef, at: &ListenAt) -> Result<(), Trouble> {
        let Some(file) = self.machine.namespace_file(ns).map_err(trouble)? else {
            // There is nothing to serve on a machine that is made up.
            return Ok(());
        };
        // Who is there already needs no right to enter.
        let handle = Some(&file).filter(|_| *ns != NsRef::Host);
        self.listeners.start(ns, at, handle, self.interrupt)
    }

    fn program(&mut self, ns: &NsRef, argv: &[String], sinks: &Sinks, is_told: bool) -> Result<Status, Trouble> {
        self.recorder.program()?;
        let file = self.machine.namespace_file(ns).map_err(trouble)?;
        let ended = program::start(argv, ns, file.as_ref(), None, sinks, self.terminal)
            .and_then(|started| started.wait(self.interrupt, is_told.then_some(&mut *self.terminal)));
        // Ctrl-C was meant for the script as well, of which this may be the last statement.
        if self.interrupted() { Err(Trouble::Interrupted) } else { ended }
    }

    fn spawn(&mut self, ns: &NsRef, spawn: &Spawn, name: &str, sinks: &Sinks, log: &Sink) -> Result<(), Trouble> {
        self.recorder.program_beside()?;
        let file = self.machine.namespace_file(ns).map_err(trouble)?;
        let told = self.jobs.start(spawn, name, ns, file.as_ref(), (sinks, log))?;
        self.terminal.write(&Sink::Errors, &told)
    }

    fn may_write(&mut self, path: &str) -> Result<(), Trouble> {
        Trouble::of_folder(path)
    }

    fn capture(&mut self, capture: &Capture, name: &str) -> Result<(), Trouble> {
        let Some(file) = self.machine.namespace_file(&capture.ns).map_err(trouble)? else {
            // Nothing passes the links of a machine that is made up.
            return Ok(());
        };
        // Who is there already needs no right to enter.
        let handle = Some(&file).filter(|_| capture.ns != NsRef::Host);
        self.jobs.add(name, Capturing::start(capture, handle)?);
        Ok(())
    }

    fn wait_for(&mut self, name: &str, within: Option<Duration>) -> Result<Option<Status>, Trouble> {
        match self.jobs.wait(name, within, self.interrupt)? {
            Some(Ok(())) => Ok(Some(Status::Success)),
            Some(Err(told)) => self.terminal.write(&Sink::Errors, &told).map(|()| Some(Status::Failure)),
            None => Ok(None),
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Trouble> {
        let told = self.jobs.end(name)?;
        self.terminal.write(&Sink::Errors, &told)
    }

    fn pipe(&mut self) -> Result<(Sink, Sink), Trouble> {
        let failed = |error| Trouble::failed(Code::KernelRefused, format!("there can be no pipe: {error}"));
        let (read, write) = io::pipe().map_err(failed)?;
        let sink = |end: OwnedFd| Sink::File(Rc::new(end.into()));
        Ok((sink(read.into()), sink(write.into())))
    }

    fn start(&mut self, ns: &NsRef, argv: &[String], input: Option<&Sink>, sinks: &Sinks) -> Result<(), Trouble> {
        self.recorder.program()?;
        let file = self.machine.namespace_file(ns).map_err(trouble)?;
        let started = program::start(argv, ns, file.as_ref(), input, sinks, self.terminal)?;
        self.started.push(started);
        Ok(())
    }

    fn finish(&mut self) -> Result<Status, Trouble> {
        let mut ended = Ok(Status::Success);
        let started = mem::take(&mut self.started);
        let count = started.len();
        for (index, started) in started.into_iter().enumerate() {
            let is_last = index + 1 == count;
            ended = ended.and(started.wait(self.interrupt, is_last.then_some(&mut *self.terminal)));
        }
        if self.interrupted() { Err(Trouble::Interrupted) } else { ended }
    }

    fn has_program(&self, name: &str) -> bool {
        program::is_there(name)
    }

    fn missing(&mut self, requirement: &Requirement) -> Result<Option<String>, Trouble> {
        requirement::missing(self.machine, requirement)
    }

    fn read(&mut self, path: &str) -> Result<Option<String>, Trouble> {
        fs::read_to_string(path).map(Some).map_err(|error| Trouble::unreadable(path, &error))
    }

    fn open(&mut self, path: &str, append: bool) -> Result<Sink, Trouble> {
        let file = OpenOptions::new().create(true).write(true).append(append).truncate(!append).open(path);
        let failed = |error| Trouble::failed(Code::Input, format!("`{path}` cannot be written: {error}"));
        Ok(Sink::File(Rc::new(file.map_err(failed)?)))
    }

    fn write(&mut self, sink: &Sink, text: &str) -> Result<(), Trouble> {
        self.terminal.write(sink, text)
    }

    fn interrupted(&self) -> bool {
        self.interrupt.check().is_some()
    }
}

impl<B: Machine> Live<'_, B> {
    /// A handle of a namespace that packets are sent from next.
    pub(super) fn probed(&mut self, ns: &NsRef) -> Result<Option<File>, Trouble> {
        self.machine.settle(ns);
        self.machine.namespace_file(ns).map_err(trouble)
    }

    fn show_setting(
        &mut self,
        ns: &NsRef,
        key: &SysctlKey,
        value_only: bool,
        sinks: &Sinks,
    ) -> Result<Status, Trouble> {
        let complaint = match self.machine.sysctl(ns, key) {
            Ok(Some(value)) => {
                let text = if value_only { format!("{value}\n") } else { format!("{key} = {value}\n") };
                self.terminal.write(&sinks.output, &text)?;
                return Ok(Status::Success);
            }
            Ok(None) => format!("there is no setting `{key}`\n"),
            Err(error @ (BackendError::NoSuchNetns(_) | BackendError::NoNamespace(_))) => format!("{error}\n"),
            Err(error) => return Err(trouble(error)),
        };
        self.terminal.write(&sinks.errors, &complaint)?;
        Ok(Status::Failure)
    }
}

/// A backend's error as the evaluator tells it.
pub fn trouble(error: BackendError) -> Trouble {
    match error {
        BackendError::NotPermitted { doing } => Trouble::NotPermitted { doing },
        BackendError::NoSuchNetns(_) | BackendError::NoSuchProcess(_) => {
            Trouble::failed(Code::NotFound, error.to_string())
        }
        BackendError::NoNamespace(_) | BackendError::System { .. } => {
            Trouble::failed(Code::KernelRefused, error.to_string())
        }
    }
}
