//! The world is made what a file says: `nns apply`.
//!
//! In: a file, and what earlier applies of it made. Out: the changes that lead from the world as it is to the one that the
//! file describes. Invariants: applied twice, the second time nothing is changed; what the file did not make is not its
//! own, and is never taken away.
//!
//! The world as it would be without the file is found by taking what it owns out of the world as it is ([`merge`]). The
//! script is evaluated on that, in the model, and [`diff`] plans the rest.

use std::path::Path;

use super::{
    Dried, Exit, Machine, Session,
    noted::note_settings,
    recorder::{Label, Recorder},
};
use crate::{
    codes::Code,
    diag::Diagnostic,
    eval::{Converge, Ended, Foreseen, Mode, Policy, State, settings_that_change_with},
    exec::{
        self,
        journal::{Account, Ending, Entry, Here, JournalError, State as RunState, Task},
    },
    model::{Kept, Merge, Numbers, World, diff, differences, keep_asked, keep_order, merge, trace, with_identities},
    ops::{Op, Plan, Segment, Step, SysctlOp},
    source::{SourceId, Span},
    syntax::ast::Script,
};

/// How many changes are made between two looks at whether somebody asked to stop.
const BATCH: usize = 64;

/// How often the way is planned anew: what came late (an address with its link) lets the rest follow.
const ROUNDS: usize = 4;

/// What is to be made so.
struct Wanted {
    /// The machine, by the identities of what the file owns.
    now: World,
    /// The machine without what the file owns.
    base: World,
    /// The same, without what others have put on it.
    bare: World,
    /// The machine as it should be.
    desired: World,
    /// The changes of the script, with the statements behind them.
    steps: Vec<Step>,
    foreseen: Foreseen,
    /// How the machine without what the file owns was found.
    merge: Option<Merge>,
    /// What stays for others' sake although the file does not ask for it any more.
    kept: Vec<Kept>,
}

impl<B: Machine> Session<B> {
    /// Makes the world what a file says; `path` is the file's, without links and dots. With `dry` it is only told what
    /// would change.
    pub fn apply(&mut self, source: SourceId, path: &Path, dry: bool) -> Exit {
        let Ok(scripts) = self.parse(&[source]) else { return Exit::Refused };
        if !dry {
            let recovered = self.recover();
            if recovered != Exit::Done {
                return recovered;
            }
        }
        let owned = match self.owned(path) {
            Ok(owned) => owned,
            Err(error) => return self.refuse_undo(super::undo::unusable(&error)),
        };
        let wanted = match self.wanted(&scripts, owned) {
            Ok(wanted) => wanted,
            Err(exit) => return exit,
        };
        if dry {
            self.tell_made_so((&wanted.now, &wanted.base), &wanted.desired, &wanted.steps);
            self.tell_kept(&wanted);
            return Exit::Done;
        }
        if let Err(exit) = self.check_claim(|_| wanted.desired.clone()) {
            return exit;
        }
        let task = Task::Apply { path: path.to_owned() };
        let label = Label { title: self.title([source].into_iter()), task, keep: false, confirm: self.confirm.clone() };
        let mut recorder = Recorder::new(wanted.now.clone(), self.journals.clone(), label);
        let exit = self.make_so(&scripts, &wanted, &mut recorder);
        let exit = self.until_confirmed(recorder, exit);
        self.machine.forget_deleted();
        exit
    }

    /// What the file made so far: the world without it and with it.
    fn owned(&self, path: &Path) -> Result<Option<(World, World)>, JournalError> {
        let Some(journals) = &self.journals else { return Ok(None) };
        let is_its_own = |entry: &Entry| matches!(&entry.task, Task::Apply { path: of } if of == path);
        let is_in_force =
            |entry: &Entry| matches!(entry.state, RunState::Ended(Ending::Done | Ending::UndoneInPart(_)));
        let runs = journals.list(&Here::now())?;
        let last = runs.into_iter().rev().find(|entry| is_its_own(entry) && is_in_force(entry));
        let Some(entry) = last else { return Ok(None) };
        let mut owned = Account::of(&journals.read(entry.number)?)?.owned;
        if let Some((before, after)) = &mut owned {
            for (old, new) in journals.renumbered(entry.number, &Here::now())? {
                before.exchange_numbers(&old, &new);
                after.exchange_numbers(&old, &new);
            }
        }
        Ok(owned)
    }

    /// What the script makes of the world without what its file owns.
    fn wanted(&mut self, scripts: &[Script], owned: Option<(World, World)>) -> Result<Wanted, Exit> {
        let likes: Vec<&World> = owned.iter().flat_map(|(before, after)| [before, after]).collect();
        let mut now = match exec::snapshot(&mut self.machine, &likes) {
            Ok(now) => now,
            Err(error) => return Err(self.unreadable(error)),
        };
        let (mut base, mut bare, mut merged) = (now.clone(), now.clone(), None);
        if let Some((before, after)) = &owned {
            now = trace(now, &[after, before], Numbers::Seen);
            let merge_of = |all| merge(before, &[after], &now, all);
            let careful = merge_of(false);
            (base, bare) = (careful.target.clone(), merge_of(true).target);
            merged = Some(careful);
        }
        // What settings are is asked when it is known which matter; those of links that are to come are not there yet.
        let Dried { state: State { world: mut written, history, .. }, .. } = self.converge(scripts, &base);
        for Step { op, .. } in &history[self.state.history.len()..] {
            let Op::Sysctl(SysctlOp { ns, key, value }) = op else { continue };
            let Some(namespace) = written.namespace_mut(ns) else { continue };
            for key in settings_that_change_with(key, ns, &base) {
                namespace.sysctls.entry(key).or_insert_with(|| value.clone());
            }
        }
        self.read_settings(&mut base, &written);
        let Dried { ended, mut state, .. } = self.converge(scripts, &base);
        self.terminal.report(&self.sources, &ended.diagnostics);
        let exit = Exit::of_check(&ended.failures);
        if exit != Exit::Done {
            return Err(exit);
        }
        for world in [&mut now, &mut base, &mut bare] {
            self.read_settings(world, &state.world);
        }
        let mut kept = Vec::new();
        if let (Some((before, after)), Some(merged)) =
            (&owned, merged.as_ref().filter(|merged| !merged.kept.is_empty()))
        {
            let Dried { state: State { world: alone, .. }, .. } = self.converge(scripts, &bare);
            keep_asked(&mut state.world, (&base, &alone), &now, (before, after));
            // What the file asks for stays for its own sake, and is as the file says.
            let [with, without] = [&state.world, &alone].map(|world| merge(before, &[after], world, false).kept);
            let is_changed = |one: &Kept| one.is_changed() && with.contains(one) && !without.contains(one);
            let is_told = |one: &&Kept| is_changed(one) || one.is_missing_in(&alone);
            kept = merged.kept.iter().filter(is_told).cloned().collect();
        }
        keep_order(&mut state.world, &base, &now);
        let steps = state.history[self.state.history.len()..].to_vec();
        Ok(Wanted { now, base, bare, desired: state.world, steps, foreseen: ended.foreseen, merge: merged, kept })
    }

    /// The script, evaluated on a world of the model.
    fn converge(&mut self, scripts: &[Script], base: &World) -> Dried {
        let mut state = self.state.clone();
        state.world = base.clone();
        let policy = Policy { converge: Converge::Desired, ..self.policy(Mode::Check) };
        self.dry_run_from(scripts, state, policy)
    }

    fn make_so(&mut self, scripts: &[Script], wanted: &Wanted, recorder: &mut Recorder) -> Exit {
        let ops = diff(&wanted.now, &wanted.desired);
        if let Some(exit) = self.refuse(scripts, wanted, &ops) {
            return exit;
        }
        let changes = match self.carry_out_plan(wanted, recorder) {
            Ok(changes) => changes,
            Err(exit) => return self.back_from(recorder, exit),
        };
        if wanted.foreseen.rest.is_some() {
            let exit = self.run_rest(scripts, wanted, recorder);
            if exit != Exit::Done {
                return self.back_from(recorder, exit);
            }
        }
        let owned =
            wanted.merge.as_ref().map_or_else(|| wanted.desired.clone(), |merge| merge.without_others(&wanted.desired));
        if let Err(trouble) =
            recorder.owns(&mut self.machine, with_noted(&wanted.bare, recorder.course().before()), owned)
        {
            return self.unwritten(&trouble, Exit::Done);
        }
        let text = match changes {
            0 => "everything is so already\n".to_owned(),
            1 => "made so: 1 change\n".to_owned(),
            _ => format!("made so: {changes} changes\n"),
        };
        self.terminal.say(&text);
        self.tell_kept(wanted);
        self.stay(recorder, Ending::Done, Exit::Done)
    }

    fn back_from(&mut self, recorder: &mut Recorder, exit: Exit) -> Exit {
        if recorder.is_touched() { self.put_back(recorder, exit) } else { exit }
    }

    /// What must not be begun.
    fn refuse(&mut self, scripts: &[Script], wanted: &Wanted, ops: &[Op]) -> Option<Exit> {
        let desired = with_identities(&wanted.now, &wanted.desired);
        let lost = self.lost_between(&wanted.now, &desired, &wanted.steps);
        if !lost.is_empty() {
            self.terminal.report(&self.sources, &lost);
            return Some(Exit::Refused);
        }
        let first = scripts.iter().find_map(|script| script.statements.first()).map(|first| first.span)?;
        let steps = ops.iter().map(|op| Step { op: op.clone(), span: behind(op, wanted).unwrap_or(first) }).collect();
        let plan = Plan { segments: vec![Segment { steps }] };
        let diagnostic = self.options.capabilities.and_then(|capabilities| capabilities.refuse(&plan))?;
        self.terminal.report(&self.sources, &[diagnostic]);
        Some(Exit::NotPermitted)
    }

    /// Makes the changes until the world is as wanted; how many there were.
    fn carry_out_plan(&mut self, wanted: &Wanted, recorder: &mut Recorder) -> Result<usize, Exit> {
        let mut now = wanted.now.clone();
        let mut changes = 0;
        for _ in 0..ROUNDS {
            if differences(&now, &wanted.desired).is_empty() {
                return Ok(changes);
            }
            let ops = diff(&now, &wanted.desired);
            if ops.is_empty() {
                break;
            }
            for batch in ops.chunks(BATCH) {
                if let Err(diagnostic) = self.carry_out_batch(batch, wanted, recorder) {
                    self.terminal.report(&self.sources, &[diagnostic]);
                    return Err(Exit::Failed);
                }
            }
            changes += ops.len();
            now = exec::snapshot(&mut self.machine, &[&wanted.desired]).map_err(|error| {
                self.unreadable(error);
                Exit::Failed
            })?;
        }
        let left = differences(&now, &wanted.desired);
        if left.is_empty() {
            return Ok(changes);
        }
        let mut diagnostic = Diagnostic::error(Code::KernelRefused, "the kernel made something else of it");
        diagnostic.notes = left;
        self.terminal.report(&self.sources, &[diagnostic]);
        Err(Exit::Failed)
    }

    fn carry_out_batch(&mut self, batch: &[Op], wanted: &Wanted, recorder: &mut Recorder) -> Result<(), Diagnostic> {
        if self.interrupt.check().is_some() {
            return Err(Diagnostic::error(Code::Interrupted, "interrupted"));
        }
        if self.options.verbose {
            for op in batch {
                self.terminal.say(&format!("+ {op}\n"));
            }
        }
        note_settings(&mut self.machine, recorder, &batch.iter().collect::<Vec<&Op>>())
            .map_err(super::undo::told_of)?;
        recorder.change(batch.to_vec()).map_err(super::undo::told_of)?;
        let Err(fault) = exec::execute(&mut self.machine, batch) else {
            recorder.made();
            return Ok(());
        };
        let op = &batch[fault.index];
        recorder.refused(fault.not_made).map_err(super::undo::told_of)?;
        let words = fault.failure.message.unwrap_or_else(|| fault.failure.errno.desc().to_owned());
        let diagnostic = Diagnostic::error(Code::KernelRefused, format!("`{op}` failed: {words}"));
        Err(match behind(op, wanted) {
            Some(span) => diagnostic.label(span, "asked for here"),
            None => diagnostic.note("it would take away what the file does not ask for any more"),
        })
    }

    /// Runs what stands behind the last change.
    fn run_rest(&mut self, scripts: &[Script], wanted: &Wanted, recorder: &mut Recorder) -> Exit {
        let converge = Converge::Rest { changes: wanted.foreseen.changes };
        self.state.world = wanted.base.clone();
        let running = self.jobs.len();
        let served = self.listeners.len();
        let Ended { diagnostics, failures, exit, .. } =
            self.live_run(scripts, recorder, Policy { converge, ..self.policy(Mode::Run) });
        self.terminal.report(&self.sources, &diagnostics);
        let exit = Exit::of_run(&failures, exit, true);
        if exit != Exit::Done {
            let told = self.jobs.told(running);
            self.terminal.say(&told);
            self.jobs.truncate(running);
            self.listeners.truncate(served);
        }
        exit
    }

    /// What stays for others' sake although the file does not ask for it any more.
    fn tell_kept(&mut self, wanted: &Wanted) {
        let lines: String = wanted.kept.iter().map(|kept| format!("  {kept}\n")).collect();
        if !lines.is_empty() {
            self.terminal.say(&format!("what others did to it since stays:\n{lines}"));
        }
    }
}

/// The machine without what the file owns, with the settings that were noted of what the file moves or takes away.
fn with_noted(bare: &World, noted: &World) -> World {
    let mut with = bare.clone();
    for (ns, namespace) in noted.namespaces() {
        for (key, value) in &namespace.sysctls {
            let find = |world: &World| world.find_link(ns, &key.link()?.parse().ok()?);
            let is_the_same = key.link().is_none() || find(bare).is_some() && find(bare) == find(noted);
            if let Some(namespace) = with.namespace_mut(ns).filter(|_| is_the_same) {
                namespace.sysctls.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    with
}

/// The statement that asked for an op, or for something about the same object.
fn behind(op: &Op, wanted: &Wanted) -> Option<Span> {
    let same = wanted.steps.iter().find(|step| step.op == *op);
    let near = || {
        wanted
            .steps
            .iter()
            .find(|step| std::mem::discriminant(&step.op) == std::mem::discriminant(op) && step.op.ns() == op.ns())
    };
    same.or_else(near).map(|step| step.span)
}
