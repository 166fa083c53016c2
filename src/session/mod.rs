//! Sources, variables and a machine across inputs: what a script file, standard input, `-c`, the prompt and tests have
//! in common.
//!
//! In: texts. Out: effects on the machine, text on the [`Terminal`], an [`Exit`]. A run is parse, check, run, and on
//! failure everything back. Invariant: when [`Session::run`] returns [`Exit::Refused`], nothing was touched; when it
//! returns [`Exit::Failed`], [`Exit::Expectation`] or [`Exit::Script`] without `keep`, the world is as it was before.

mod apply;
mod capture;
mod confirm;
mod exit;
mod facts;
mod follow;
mod guard;
mod include;
mod jobs;
mod listen;
mod live;
mod noted;
mod plan;
mod privileges;
mod probe;
mod program;
mod recorder;
mod requirement;
mod settle;
mod states;
mod surroundings;
mod terminal;
mod undo;
mod verify;
mod watch;
#[cfg(test)]
mod tests;

pub use confirm::confirm;
pub use exit::Exit;
pub use follow::Follower;
pub use privileges::Capabilities;
pub use states::Moment;
pub use surroundings::Surroundings;
pub use terminal::Terminal;
pub use undo::Called;

use std::{collections::BTreeSet, path::Path};

use crate::{
    backend::{Backend, BackendError, Queries, SnapshotScope},
    codes::Code,
    diag::{Diagnostic, Severity},
    eval::{Converge, Dry, Ended, Evaluator, FailureKind, Included, Mode, Policy, State},
    exec::journal::{Confirm, Ending, Journals, Task},
    model::{KernelTraits, Knowledge, Namespace, World},
    net::{IfName, NsRef},
    ops::Plan,
    process::interrupt::Interrupt,
    source::{SourceId, Sources, Span},
    syntax::ast::Script,
};
use facts::MachineFacts;
use include::Loader;
use jobs::Jobs;
use listen::Listeners;
use live::Live;
use recorder::{Label, Recorder};

/// The variable of a world that names the host's uplink.
const NIC: &str = "nic";

/// Something to act on: it takes changes and answers questions.
pub trait Machine: Backend + Queries {}

impl<B: Backend + Queries> Machine for B {}

/// What the user asked for beside the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Options {
    /// What was done stays when the script fails.
    pub keep: bool,
    /// A statement that fails does not stop the script.
    pub keep_going: bool,
    /// The kernel alone decides what is possible.
    pub no_check: bool,
    /// What cannot be made again may be taken away.
    pub allow_lost: bool,
    /// No program is run.
    pub no_exec: bool,
    /// The next input goes on where one ends: in the namespace that it entered.
    pub stays_inside: bool,
    /// Every change is told as its `ip` command.
    pub verbose: bool,
    /// How many statements may be evaluated, where not [`MAX_STEPS`](crate::eval::MAX_STEPS).
    pub max_steps: Option<u64>,
    /// What the process may do; `None` where only trying tells.
    pub capabilities: Option<Capabilities>,
}

/// A machine, and what is known from one input to the next.
pub struct Session<B> {
    machine: B,
    options: Options,
    terminal: Terminal,
    interrupt: Interrupt,
    listeners: Listeners,
    jobs: Jobs,
    sources: Sources,
    included: Included,
    state: State,
    /// Where what runs do is written down.
    journals: Option<Journals>,
    /// What has to come for runs to stay.
    confirm: Option<Confirm>,
    /// Whether what was cut short before this session began was taken back.
    is_recovered: bool,
    /// The last run, if it changed something that was not put back.
    last_run: Option<u32>,
    /// All runs since somebody asked to remember them.
    runs: BTreeSet<u32>,
    /// A look at the network takes longer than somebody who types should wait.
    is_slow: bool,
    /// The network, as it was when somebody asked to remember it.
    begun: Option<World>,
}

/// What came of a script that was evaluated against the model alone.
struct Dried {
    ended: Ended,
    plan: Plan,
    state: State,
}

impl<B: Machine> Session<B> {
    /// A session that has not seen anything of the machine yet.
    pub fn new(machine: B, options: Options, terminal: Terminal, interrupt: Interrupt) -> Self {
        let state = State::new(World::fresh());
        Self {
            machine,
            options,
            terminal,
            interrupt,
            listeners: Listeners::default(),
            jobs: Jobs::default(),
            sources: Sources::default(),
            included: Included::default(),
            state,
            journals: None,
            confirm: None,
            is_recovered: false,
            last_run: None,
            runs: BTreeSet::new(),
            is_slow: false,
            begun: None,
        }
    }

    /// From now on what runs do is written down, so that it can be taken back by others.
    pub fn keep_journals(&mut self, journals: Journals) {
        self.journals = Some(journals);
    }

    /// The machine.
    pub fn machine(&self) -> &B {
        &self.machine
    }

    /// The machine, when all is done.
    pub fn into_machine(self) -> B {
        self.machine
    }

    /// Takes a text in.
    pub fn add(&mut self, name: &str, text: &str) -> SourceId {
        self.sources.add(name, text)
    }

    /// The whole of a text, as a place.
    pub fn span_of(&self, source: SourceId) -> Span {
        let source = self.sources.get(source);
        source.span(0, source.text().len())
    }

    /// The terminal, for remarks.
    pub fn terminal(&mut self) -> &mut Terminal {
        &mut self.terminal
    }

    /// Ends what runs beside the scripts, and says what went wrong with it.
    pub fn close(&mut self) {
        let told = self.jobs.close();
        self.terminal.say(&told);
    }

    /// The namespace that was entered and not left, if one was.
    pub fn inside(&self) -> Option<&NsRef> {
        self.state.entered.last()
    }

    /// Runs a script that prepares a sandbox for others: its changes are there before theirs, and stay when theirs are
    /// put back; its variables are its own. `nic` is what its variable of that name is to be.
    pub fn prepare(&mut self, world: SourceId, nic: Option<&IfName>) -> Exit {
        if let Some(nic) = nic {
            self.state.preset(NIC, nic.as_str());
        }
        let verbose = std::mem::replace(&mut self.options.verbose, false);
        // It stays.
        let journals = self.journals.take();
        let exit = self.run(&[world]);
        self.journals = journals;
        self.options.verbose = verbose;
        if exit == Exit::Done && nic.is_some() && !self.state.is_preset_used(NIC) {
            let name = self.sources.get(world).name().to_owned();
            let diagnostic = Diagnostic::error(Code::Usage, format!("the world `{name}` gives its uplink no name"))
                .help(format!("a world that `--nic` can be used with begins with `let {NIC} = eth0`"));
            self.terminal.report(&self.sources, &[diagnostic]);
            return Exit::Refused;
        }
        self.state.forget_variables();
        self.state.entered.clear();
        exit
    }

    /// Says what would fail; changes nothing.
    pub fn check(&mut self, sources: &[SourceId]) -> Exit {
        let Ok(scripts) = self.parse(sources) else { return Exit::Refused };
        self.tell_cut_short();
        match self.look() {
            Ok(world) => self.state.world = world,
            Err(error) => return self.unreadable(error),
        }
        let Dried { ended, plan, .. } = self.dry_run(&scripts);
        self.terminal.report(&self.sources, &ended.diagnostics);
        let exit = Exit::of_check(&ended.failures);
        if exit != Exit::Done {
            self.tell_in_the_way(&scripts, &ended.diagnostics);
            return exit;
        }
        let changes: usize = plan.segments.iter().map(|segment| segment.steps.len()).sum();
        let plural = if changes == 1 { "" } else { "s" };
        self.terminal.say(&format!("no errors: {changes} change{plural}\n"));
        Exit::Done
    }

    /// Runs scripts one after the other, as one: if one fails, all that they did is put back.
    pub fn run(&mut self, sources: &[SourceId]) -> Exit {
        self.last_run = None;
        let Ok(scripts) = self.parse(sources) else { return Exit::Refused };
        if scripts.iter().all(|script| script.statements.is_empty()) {
            return Exit::Done;
        }
        let recovered = self.recover();
        if recovered != Exit::Done {
            return recovered;
        }
        let mut before = match self.look() {
            Ok(world) => world,
            Err(error) => return self.unreadable(error),
        };
        self.state.world = before.clone();
        match self.try_dry(&scripts) {
            Ok(plan) if plan.names_processes() => match self.look() {
                // With the namespaces of processes that nobody had asked for before.
                Ok(world) => before = world,
                Err(error) => return self.unreadable(error),
            },
            Ok(_) => {}
            Err(exit) => return exit,
        }
        self.state.world = before.clone();
        if let Err(exit) = self.check_claim(|session| session.dry_run(&scripts).state.world) {
            return exit;
        }
        let keep = self.options.keep || self.options.keep_going;
        let label =
            Label { title: self.title(sources.iter().copied()), task: Task::Run, keep, confirm: self.confirm.clone() };
        let exit = self.carry_out(&scripts, Recorder::new(before, self.journals.clone(), label));
        self.machine.forget_deleted();
        exit
    }

    /// What people know a run by: its files, or what was typed.
    fn title(&self, sources: impl Iterator<Item = SourceId>) -> String {
        let one = |source: SourceId| {
            let source = self.sources.get(source);
            if Path::new(source.name()).exists() { source.name().to_owned() } else { shortened(source.text()) }
        };
        sources.map(one).collect::<Vec<String>>().join(", ")
    }

    /// The run itself, and the way back.
    fn carry_out(&mut self, scripts: &[Script], mut recorder: Recorder) -> Exit {
        let done = self.state.history.len();
        let served = self.listeners.len();
        let running = self.jobs.len();
        let jobs = self.state.jobs.clone();
        let ended = self.live_run(scripts, &mut recorder, self.policy(Mode::Run));
        self.note_begun(recorder.course().before());
        self.terminal.report(&self.sources, &ended.diagnostics);
        let touched = recorder.is_touched();
        let exit = Exit::of_run(&ended.failures, ended.exit, touched);
        let exit = if exit == Exit::Failed && recorder.is_refused() { Exit::Refused } else { exit };
        if exit == Exit::Done || self.options.keep_going {
            let how = if exit == Exit::Done { Ending::Done } else { Ending::Kept };
            let exit = self.stay(&mut recorder, how, exit);
            self.note_run(&recorder);
            return self.until_confirmed(recorder, exit);
        }
        // What programs wrote may tell why. They and sockets keep namespaces that are to go.
        let told = self.jobs.told(running);
        self.terminal.say(&told);
        self.jobs.truncate(running);
        self.state.jobs = jobs;
        self.listeners.truncate(served);
        if !touched {
            return exit;
        }
        if self.options.keep {
            self.terminal.say("what was done so far stays (--keep)\n");
            let exit = self.stay(&mut recorder, Ending::Kept, exit);
            self.note_run(&recorder);
            return exit;
        }
        self.state.history.truncate(done);
        self.put_back(&mut recorder, exit)
    }

    fn parse(&mut self, sources: &[SourceId]) -> Result<Vec<Script>, ()> {
        let mut loader = Loader::new(&mut self.sources, &mut self.included);
        let scripts = sources.iter().map(|&source| loader.script(source)).collect();
        let diagnostics = loader.into_diagnostics();
        self.terminal.report(&self.sources, &diagnostics);
        let failed = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        if failed { Err(()) } else { Ok(scripts) }
    }

    /// The machine as it is. Where it may not be looked at, a check still finds what is wrong in itself.
    fn look(&mut self) -> Result<World, BackendError> {
        match self.machine.snapshot(&SnapshotScope::All) {
            Err(BackendError::NotPermitted { .. }) => {
                let mut world = World::empty(KernelTraits::default());
                world.insert_namespace(NsRef::Host, Namespace::new(Knowledge::Unsure));
                Ok(world)
            }
            answer => answer,
        }
    }

    fn unreadable(&mut self, error: BackendError) -> Exit {
        let diagnostic = Diagnostic::error(Code::KernelRefused, format!("the network cannot be read: {error}"));
        self.terminal.report(&self.sources, &[diagnostic]);
        Exit::Refused
    }

    fn dry_run(&mut self, scripts: &[Script]) -> Dried {
        self.dry_run_from(scripts, self.state.clone(), self.policy(Mode::Check))
    }

    fn dry_run_from(&mut self, scripts: &[Script], mut state: State, policy: Policy) -> Dried {
        let mut outside = Dry::new(MachineFacts(&mut self.machine));
        let mut evaluator = Evaluator::new(&self.sources, &self.included, policy, &mut state, &mut outside);
        evaluator.run(scripts);
        let ended = evaluator.end();
        Dried { ended, plan: outside.into_plan(), state }
    }

    /// The check before a run; what is planned, as far as it was checked.
    fn try_dry(&mut self, scripts: &[Script]) -> Result<Plan, Exit> {
        if self.options.no_check && !self.options.no_exec {
            return Ok(Plan::default());
        }
        let Dried { mut ended, plan, state } = self.dry_run(scripts);
        if self.options.no_check {
            ended.diagnostics.retain(|diagnostic| diagnostic.code == Code::ProgramForbidden);
            return match ended.diagnostics.as_slice() {
                [] => Ok(Plan::default()),
                forbidden => {
                    self.terminal.report(&self.sources, forbidden);
                    Err(Exit::Refused)
                }
            };
        }
        // With `--keep-going` what is known to fail is told when it does.
        let refused = if self.options.keep_going {
            let refused = |failure: &FailureKind| {
                matches!(failure, FailureKind::Words | FailureKind::Requirement | FailureKind::Endless)
            };
            ended.failures.iter().any(refused)
        } else {
            !ended.failures.is_empty()
        };
        if refused {
            self.terminal.report(&self.sources, &ended.diagnostics);
            self.tell_in_the_way(scripts, &ended.diagnostics);
            return Err(Exit::of_check(&ended.failures));
        }
        if let Some(diagnostic) = self.options.capabilities.and_then(|capabilities| capabilities.refuse(&plan)) {
            self.terminal.report(&self.sources, &[diagnostic]);
            return Err(Exit::NotPermitted);
        }
        let lost = self.lost(&state);
        if !lost.is_empty() {
            self.terminal.report(&self.sources, &lost);
            return Err(Exit::Refused);
        }
        Ok(plan)
    }

    fn policy(&self, mode: Mode) -> Policy {
        let Options { keep, keep_going, no_exec, stays_inside, max_steps, .. } = self.options;
        let converge = Converge::No;
        match mode {
            Mode::Check => Policy { mode, keep_going: false, keep: false, no_exec, stays_inside, max_steps, converge },
            Mode::Run => Policy { mode, keep_going, keep, no_exec, stays_inside, max_steps, converge },
        }
    }

    fn live_run(&mut self, scripts: &[Script], recorder: &mut Recorder, policy: Policy) -> Ended {
        let mut outside = Live {
            machine: &mut self.machine,
            terminal: &mut self.terminal,
            listeners: &mut self.listeners,
            jobs: &mut self.jobs,
            interrupt: &self.interrupt,
            recorder,
            verbose: self.options.verbose,
            started: Vec::new(),
            watch: None,
        };
        let mut evaluator = Evaluator::new(&self.sources, &self.included, policy, &mut self.state, &mut outside);
        evaluator.run(scripts);
        evaluator.end()
    }
}

/// The first line of a text, or as much of it as fits in a table.
pub fn shortened(text: &str) -> String {
    const WIDTH: usize = 50;
    let line = text.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{} …", line[..end].trim_end()),
        None if text.trim().lines().count() > 1 => format!("{line} …"),
        None => line.to_owned(),
    }
}
