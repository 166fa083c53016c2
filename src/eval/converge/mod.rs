//! `nns apply`: a script that is not run but made so.
//!
//! In: a script, and a world without what an earlier apply of it made. It is walked twice. [`Converge::Desired`] makes
//! all changes in the model alone; out come the world as the script would have it ([`State::world`](super::State), with
//! the statement behind each change in its history) and [`Foreseen`]: how many changes there are, and whether anything
//! stands behind them. What is so already counts as done. When the machine is as desired, [`Converge::Rest`] walks the
//! same way from the same world without a sound, up to the last change, and runs what stands behind it: pings, programs,
//! expectations, listings.
//!
//! A script can be made so only if its last change comes before all that only a run can tell: the outcome of a ping, of
//! a program, of an expectation, and what is done to files. So wherever that stands (in a loop, a `def`, a branch), a
//! change behind it is an error, whether or not it has something to do. Listings and `print` are harmless and may stand
//! anywhere; those before the last change are not printed.
//!
//! Invariant: both walks come by the same changes in the same order, for the model alone answers for them.

#[cfg(test)]
mod recorder;
#[cfg(test)]
mod tests;

use super::{
    Evaluator, Failure, FailureKind, Mode, Outside,
    change::Wording,
    redirect::{Redirected, Target},
    refusal::place,
};
use crate::{
    codes::Code,
    commands::Act,
    diag::Diagnostic,
    model::{Knowledge, Outcome, Reason, Unlike, World, already, apply, unlike},
    net::NsRef,
    ops::{LinkOp, NetnsOp, Op, RuleOp, Step, SysctlOp},
    source::Span,
};

/// Whether a script is run, or made so, and which half of that this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Converge {
    /// It is run.
    No,
    /// What the world is to be: goes with [`Mode::Check`] and [`Dry`](super::Dry), so that all that is wrong is told.
    /// Settings have the value that is written; what they are on the machine is not asked.
    Desired,
    /// What stands behind the last change: goes with [`Mode::Run`], and with a state as that of the first half was when
    /// it began. With the last change the state's world becomes what [`Outside::refresh`] says.
    Rest {
        /// How many changes were [foreseen](Foreseen::changes).
        changes: usize,
    },
}

/// What the first half knows of the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Foreseen {
    /// How many changes are asked for, those included that are so already.
    pub changes: usize,
    /// The first statement behind the last change that prints something or does something outside; `None` is none, so
    /// that nothing is left to be run.
    pub rest: Option<Span>,
}

/// How far a script came that is made so.
#[derive(Debug, Default)]
pub struct Progress {
    /// The changes, and what stands behind them so far.
    pub foreseen: Foreseen,
    /// The first thing of which only a run can tell.
    barrier: Option<Barrier>,
    /// The world before it, in which nobody has done yet what cannot be foreseen.
    known: Option<World>,
    /// Whether a change behind it was told of.
    is_told: bool,
}

/// Something that no change may stand behind.
#[derive(Clone, Copy, Debug)]
struct Barrier {
    span: Span,
    /// It is harmless itself, but the script goes on according to its outcome.
    is_question: bool,
}

impl<O: Outside> Evaluator<'_, O> {
    /// Whether nothing outside is to be touched yet, because the last change is still to come.
    pub(super) fn is_ahead(&self) -> bool {
        matches!(self.policy.converge, Converge::Rest { changes } if self.progress.foreseen.changes < changes)
    }

    /// Whether the model alone answers for changes.
    pub(super) fn converges(&self) -> bool {
        self.policy.converge != Converge::No
    }

    /// Something is printed, or done outside.
    pub(super) fn acts(&mut self, span: Span) {
        self.progress.foreseen.rest.get_or_insert(span);
    }

    /// Something of which only a run can tell.
    pub(super) fn beyond(&mut self, span: Span) {
        self.set_barrier(span, false);
    }

    /// Whether what follows is done hangs on an outcome that only a run can tell.
    pub(super) fn hangs_on(&mut self, span: Span) {
        self.set_barrier(span, true);
    }

    fn set_barrier(&mut self, span: Span, is_question: bool) {
        self.acts(span);
        if self.progress.barrier.is_none() {
            self.progress.barrier = Some(Barrier { span, is_question });
            self.progress.known = (self.policy.converge == Converge::Desired).then(|| self.state.world.clone());
        }
    }

    /// The walk is at its end: the world that is desired is that behind the last change.
    pub(super) fn desire(&mut self) {
        if let Some(known) = self.progress.known.take() {
            self.state.world = known;
        }
    }

    /// Output that goes into a file, of which the model knows nothing.
    pub(super) fn beyond_if_written(&mut self, redirections: &[Redirected], span: Span) {
        let is_written = |redirection: &Redirected| match &redirection.target {
            Target::File(path, _) => !path.starts_with("/dev/") && !path.starts_with("/proc/sys/"),
            Target::Other | Target::Open(_) => false,
        };
        if redirections.iter().any(is_written) {
            self.beyond(span);
        }
    }

    /// The walk begins; perhaps there is no change to wait for.
    pub(super) fn set_out(&mut self, span: Span) -> Result<(), Failure> {
        if self.policy.converge == (Converge::Rest { changes: 0 }) { self.arrive(span) } else { Ok(()) }
    }

    /// The last change is behind: from here on the machine is what counts.
    fn arrive(&mut self, span: Span) -> Result<(), Failure> {
        self.outside.refresh(&mut self.state.world).map_err(|trouble| Failure::from_trouble(trouble, span))
    }

    /// Makes a change in the model, unless it is so already.
    pub(super) fn make_so(&mut self, op: Op, wording: &Wording) -> Result<(), Failure> {
        self.count(wording.span)?;
        let made = self.make_in_model(op, wording);
        match self.policy.converge {
            Converge::Rest { .. } if !self.is_ahead() => self.arrive(wording.span)?,
            Converge::Rest { .. } | Converge::Desired | Converge::No => {}
        }
        made
    }

    /// A change must not stand behind what only a run can tell. One error says it.
    fn count(&mut self, span: Span) -> Result<(), Failure> {
        let is_over = matches!(self.policy.converge, Converge::Rest { .. }) && !self.is_ahead();
        self.progress.foreseen.changes += 1;
        self.progress.foreseen.rest = None;
        if is_over {
            // What the script goes by has changed between the two walks.
            let diagnostic = Diagnostic::error(Code::ApplyOrder, "this change was not foreseen")
                .label(span, "it stands behind what was to be the last change")
                .help("apply the file again: something that it asks about has changed meanwhile");
            return Err(Failure::new(FailureKind::Words, diagnostic));
        }
        if let Some(barrier) = self.progress.barrier.filter(|_| !self.progress.is_told) {
            self.progress.is_told = true;
            let failure = self.out_of_order(span, barrier);
            self.record(failure);
        }
        Ok(())
    }

    fn make_in_model(&mut self, op: Op, wording: &Wording) -> Result<(), Failure> {
        if let Some(why) = self.hidden(&op) {
            return Err(not_foreseen(&op, wording, Some(why)));
        }
        let is_so = match &op {
            Op::Netns(NetnsOp::Attach { .. }) => self.is_attached(&op, wording)?,
            // The kernel would take a second one, of another priority.
            Op::Rule(RuleOp::Add { .. }) => already(&self.state.world, &op),
            Op::Netns(_)
            | Op::Link(_)
            | Op::Addr(_)
            | Op::Route(_)
            | Op::Rule(_)
            | Op::Sysctl(_)
            | Op::Netfilter(_) => false,
        };
        if is_so {
            return Ok(());
        }
        match apply(&mut self.state.world, &op) {
            Outcome::Done => {
                self.put_down(op, wording);
                Ok(())
            }
            Outcome::Refused(_) if already(&self.state.world, &op) => Ok(()),
            Outcome::Refused(refusal) if self.doubt.covers(&refusal.reason, &op, &self.state.world) => {
                self.doubt.op(&op);
                self.read_uncertain.set(true);
                Ok(())
            }
            Outcome::Refused(refusal) => {
                self.doubt.op(&op);
                let mut failure = self.refused(&refusal, None, &op, wording);
                let in_the_way = matches!(refusal.reason, Reason::LinkExists { .. } | Reason::Exists(_));
                if let Some(unlike) = unlike(&self.state.world, &op).filter(|_| in_the_way) {
                    not_as_asked(&mut failure.diagnostic, &unlike);
                }
                Err(failure)
            }
            Outcome::Unknown if self.is_written(&op) => {
                self.put_down(op, wording);
                Ok(())
            }
            Outcome::Unknown => {
                self.doubt.op(&op);
                Err(not_foreseen(&op, wording, None))
            }
        }
    }

    /// A change that was made in the model is history; the plan is that of the first half.
    fn put_down(&mut self, op: Op, wording: &Wording) {
        match self.policy.mode {
            Mode::Check => self.push(op, wording),
            Mode::Run => self.state.history.push(Step { op, span: wording.span }),
        }
    }

    /// Writes a setting of which the model knows nothing but its value.
    fn is_written(&mut self, op: &Op) -> bool {
        let Op::Sysctl(SysctlOp { ns, key, value }) = op else { return false };
        let namespace = self.state.world.namespace_mut(ns);
        namespace.map(|namespace| namespace.sysctls.insert(key.clone(), value.trim().to_owned())).is_some()
    }

    /// Why nobody knows what the change meets; `None` where all is known.
    fn hidden(&self, op: &Op) -> Option<String> {
        if let Op::Netns(op) = op {
            let is_attached = matches!(op, NetnsOp::Attach { .. });
            let is_new = self.state.world.namespace(&NsRef::Named(op.name().clone())).is_none();
            let why = "which namespace a process is in, and what is there, is not the script's doing";
            return (is_attached && is_new).then(|| why.into());
        }
        let world = &self.state.world;
        let is_exact = |ns: &NsRef| world.namespace(ns).is_none_or(|found| found.knowledge == Knowledge::Exact);
        let hidden = op.touched().into_iter().find(|ns| !is_exact(ns))?;
        Some(format!("{} may hold more than can be seen", place(hidden)))
    }

    /// Whether the name means the namespace that the process is in.
    fn is_attached(&mut self, op: &Op, wording: &Wording) -> Result<bool, Failure> {
        let Op::Netns(NetnsOp::Attach { name, pid }) = op else { return Ok(false) };
        let named = NsRef::Named(name.clone());
        let found = self.process(*pid, wording)?;
        let world = &self.state.world;
        Ok(found.is_some_and(|found| world.known_as(&found) == world.known_as(&named)) || already(world, op))
    }

    fn out_of_order(&self, change: Span, barrier: Barrier) -> Failure {
        let written = self.sources.slice(barrier.span);
        let line = written.lines().next().unwrap_or_default();
        let dots = if written.lines().nth(1).is_some() { " …" } else { "" };
        let help = if barrier.is_question {
            "write the change on its own: `nns apply` leaves what is so already as it is"
        } else {
            "`nns run` runs statements in order; for `nns apply`, move it behind the last change"
        };
        let diagnostic = Diagnostic::error(Code::ApplyOrder, format!("this changes something after `{line}{dots}`"))
            .label(change, "a change")
            .label(barrier.span, "its outcome is known only when it has run")
            .help(help);
        Failure::new(FailureKind::Words, diagnostic)
    }
}

/// Whether only a run can tell what comes of it, or the model knows nothing of what it does.
pub(super) fn is_beyond(act: &Act) -> bool {
    match act {
        Act::Ping(_)
        | Act::Expect(_)
        | Act::ExpectOutput(_)
        | Act::Settle { .. }
        | Act::Listen { .. }
        | Act::Program { .. }
        | Act::Spawn(_)
        | Act::Capture(_)
        | Act::Wait { .. }
        | Act::Kill { .. } => true,
        Act::Change(_)
        | Act::Settings(_)
        | Act::SettingsFiles { .. }
        | Act::Switch(_)
        | Act::Show(_)
        | Act::InNamespace { .. }
        | Act::Enter { .. }
        | Act::Exit { .. }
        | Act::DelChains { .. }
        | Act::FlushRules { .. }
        | Act::HasRules { .. }
        | Act::Require(_)
        | Act::Print(_)
        | Act::Prompt { .. }
        | Act::Nothing => false,
    }
}

/// What a change makes of the world is for the kernel to say, and then it is too late to compare.
fn not_foreseen(op: &Op, wording: &Wording, why: Option<String>) -> Failure {
    let mut diagnostic = Diagnostic::error(Code::ApplyUnforeseen, "what this does is known only when it has run")
        .label(wording.span, format!("`{op}`"))
        .help("`nns run` leaves it to the kernel; for `nns apply`, leave it out");
    diagnostic.notes.extend(why);
    Failure::new(FailureKind::Words, diagnostic)
}

/// The script writes a file of settings itself, and nothing is written before the changes are known.
pub(super) fn not_read(span: Span) -> Failure {
    let diagnostic = Diagnostic::error(Code::ApplyUnforeseen, "which settings these are is known only when it has run")
        .label(span, "what the file says is not known yet")
        .help("for `nns apply`, write the settings in the script itself: `sysctl -w KEY=VALUE`");
    Failure::new(FailureKind::Words, diagnostic)
}

/// Something of that name is there, and is another thing.
fn not_as_asked(diagnostic: &mut Diagnostic, unlike: &Unlike) {
    let found = super::refusal::listed(unlike.found.iter().cloned());
    diagnostic.message = format!("{}, and not as this line asks: {found}", diagnostic.message);
    let typed = unlike.remedy.iter().map(|op| format!("`{op}`")).collect::<Vec<_>>().join(" and ");
    let is_made_so = matches!(unlike.remedy.first(), Some(Op::Link(LinkOp::Set { .. })));
    diagnostic.help = Some(match unlike.remedy.first() {
        Some(Op::Route(_)) => format!("put the new one in its place: {typed}"),
        _ if is_made_so => format!("make it so before this line: {typed}"),
        Some(Op::Link(_)) => format!("choose another name, or take it away first: {typed}"),
        _ => format!("take it away first: {typed}"),
    });
}
