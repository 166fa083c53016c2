use std::rc::Rc;

use super::{
    Evaluator, Failure, FailureKind, Mode, Outside, Status, StepFailure, explain, failure,
    refusal::no_such_setting,
    settings::{self, Found},
};
use crate::{
    commands::Arg,
    model::{Outcome, Reason, Refusal, apply},
    net::{NsRef, SysctlKey},
    ops::{NetnsOp, Op, Segment, Step},
    source::Span,
};

/// The most steps that are sent at once; more gain nothing.
const MAX_PENDING: usize = 256;

/// Steps that wait to be carried out together, each with the words that asked for it.
#[derive(Default)]
pub struct Pending {
    segment: Segment,
    words: Vec<Rc<[Arg]>>,
}

/// A statement's words and its place.
pub struct Wording {
    /// The words, variables replaced.
    pub words: Rc<[Arg]>,
    /// The whole statement.
    pub span: Span,
}

impl<O: Outside> Evaluator<'_, O> {
    /// Makes a change in the model, and sooner or later outside.
    pub(super) fn change(&mut self, mut op: Op, wording: &Wording) -> Result<(), Failure> {
        self.remark(&mut op, wording.span);
        self.name_processes(&mut op, wording)?;
        if let Op::Sysctl(setting) = &op {
            self.flush()?;
            self.require_setting(&setting.ns, &setting.key, wording)?;
        }
        if self.converges() {
            return self.make_so(op, wording);
        }
        if let Op::Sysctl(setting) = &op {
            let keys = settings::settings_that_change_with(&setting.key, &setting.ns, &self.state.world);
            self.outside
                .read_settings(&setting.ns, &keys, &mut self.state.world)
                .map_err(|trouble| Failure::from_trouble(trouble, wording.span))?;
        }
        match (apply(&mut self.state.world, &op), self.policy.mode) {
            (Outcome::Done, _) => {
                let is_attached = matches!(op, Op::Netns(NetnsOp::Attach { .. }));
                self.push(op, wording);
                if is_attached {
                    return self.look_inside(wording);
                }
                let exactly = self.handlers > 0 || self.policy.keep || self.policy.keep_going;
                if exactly || self.pending.words.len() >= MAX_PENDING { self.flush() } else { Ok(()) }
            }
            (Outcome::Refused(refusal), Mode::Check) => {
                let perhaps_not = self.doubt.covers(&refusal.reason, &op, &self.state.world);
                self.doubt.op(&op);
                if perhaps_not {
                    self.read_uncertain.set(true);
                }
                if perhaps_not { Ok(()) } else { Err(self.refused(&refusal, None, &op, wording)) }
            }
            (Outcome::Unknown, Mode::Check) => {
                self.flush()?;
                self.doubt.op(&op);
                self.push(op, wording);
                self.flush()
            }
            (Outcome::Refused(refusal), Mode::Run) => self.ask_the_kernel(op, Some(&refusal), wording),
            (Outcome::Unknown, Mode::Run) => self.ask_the_kernel(op, None, wording),
        }
    }

    /// A change that the model cannot or would not make: the kernel decides, and the model learns what came of it.
    fn ask_the_kernel(&mut self, op: Op, expected: Option<&Refusal>, wording: &Wording) -> Result<(), Failure> {
        self.flush()?;
        let step = Step { op, span: wording.span };
        let segment = Segment { steps: vec![step] };
        self.outside.record(&segment).map_err(|trouble| Failure::from_trouble(trouble, wording.span))?;
        let answer = self.outside.flush(&segment);
        let [step] = <[Step; 1]>::try_from(segment.steps).expect("it was made with one step");
        if let Err(failure) = answer {
            let refusal = match expected {
                Some(expected) if expected.errno == failure.refusal.errno => expected,
                Some(_) | None => &failure.refusal,
            };
            if failure.is_permission() {
                return Err(self.not_permitted(&step.op, wording.span));
            }
            let refused = self.refused(refusal, failure.attribute.as_deref(), &step.op, wording);
            // The script may go on, and a refused change may have been made in part.
            self.outside
                .refresh(&mut self.state.world)
                .map_err(|trouble| Failure::from_trouble(trouble, wording.span))?;
            return Err(refused);
        }
        self.state.history.push(step);
        self.outside.refresh(&mut self.state.world).map_err(|trouble| Failure::from_trouble(trouble, wording.span))
    }

    /// A namespace that is there already got a name: what is in it shows when it is looked at.
    fn look_inside(&mut self, wording: &Wording) -> Result<(), Failure> {
        self.flush()?;
        match self.policy.mode {
            Mode::Check => Ok(()),
            Mode::Run => self
                .outside
                .refresh(&mut self.state.world)
                .map_err(|trouble| Failure::from_trouble(trouble, wording.span)),
        }
    }

    pub(super) fn push(&mut self, op: Op, wording: &Wording) {
        let step = Step { op, span: wording.span };
        self.state.history.push(step.clone());
        self.pending.segment.steps.push(step);
        self.pending.words.push(Rc::clone(&wording.words));
    }

    /// Carries out what waits.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        if self.pending.words.is_empty() {
            return Ok(());
        }
        let Pending { segment, words } = std::mem::take(&mut self.pending);
        if let Err(trouble) = self.outside.record(&segment) {
            let done = self.state.history.len() - segment.steps.len();
            self.state.history.truncate(done);
            return Err(Failure::from_trouble(trouble, segment.steps[0].span));
        }
        let Err(failure) = self.outside.flush(&segment) else { return Ok(()) };
        let StepFailure { index, refusal, attribute } = &failure;
        // What stands behind the failed step is not history.
        let done = self.state.history.len() - (segment.steps.len() - index);
        self.state.history.truncate(done);
        let step = &segment.steps[*index];
        let refresh = self.outside.refresh(&mut self.state.world);
        if failure.is_permission() {
            return Err(self.not_permitted(&step.op, step.span));
        }
        refresh.map_err(|trouble| Failure::from_trouble(trouble, step.span))?;
        let wording = Wording { words: Rc::clone(&words[*index]), span: step.span };
        // The model had let it pass; perhaps it knows more now that it was brought up to date.
        let refusal = match apply(&mut self.state.world.clone(), &step.op) {
            Outcome::Refused(known) if known.errno == refusal.errno => known,
            Outcome::Refused(_) | Outcome::Done | Outcome::Unknown => refusal.clone(),
        };
        Err(self.refused(&refusal, attribute.as_deref(), &step.op, &wording))
    }

    /// Makes changes in order, up to the first that fails.
    pub(super) fn changes(&mut self, ops: Vec<Op>, wording: &Wording) -> Result<Status, Failure> {
        for op in ops {
            self.change(op, wording)?;
        }
        Ok(Status::Success)
    }

    /// There must be such a setting.
    pub(super) fn require_setting(&mut self, ns: &NsRef, key: &SysctlKey, wording: &Wording) -> Result<(), Failure> {
        let names = |group: &[String]| self.outside.setting_names(group);
        let found = settings::look_up(key, ns, &self.state.world, names)
            .map_err(|trouble| Failure::from_trouble(trouble, wording.span))?;
        match found {
            Found::No { near } if !self.doubt.is_about_setting(key, ns) => {
                let diagnostic = no_such_setting(key, near.as_ref(), &wording.words, wording.span);
                Err(Failure::new(FailureKind::Refused, diagnostic))
            }
            Found::Yes | Found::No { .. } => Ok(()),
        }
    }

    pub(super) fn refused(&self, refusal: &Refusal, attribute: Option<&str>, op: &Op, wording: &Wording) -> Failure {
        let mut diagnostic = explain(refusal, op, &wording.words, wording.span, &self.scene());
        let words_are_kernels = matches!(refusal.reason, Reason::Kernel { .. });
        if let Some(attribute) = attribute.filter(|_| words_are_kernels) {
            diagnostic.notes.push(format!("the kernel objects to `{attribute}`"));
        }
        Failure::new(FailureKind::Refused, diagnostic)
    }

    fn not_permitted(&self, op: &Op, span: Span) -> Failure {
        let capability = match op {
            Op::Netns(_) => "CAP_SYS_ADMIN",
            Op::Link(_) | Op::Addr(_) | Op::Route(_) | Op::Rule(_) | Op::Sysctl(_) | Op::Netfilter(_) => {
                "CAP_NET_ADMIN"
            }
        };
        let diagnostic =
            failure::not_permitted(format!("not permitted: this takes {capability}")).label(span, format!("`{op}`"));
        Failure::new(FailureKind::NotPermitted, diagnostic)
    }
}
