//! `if`: conditions, and what happens where a check cannot tell which way they go.

use std::cmp::Ordering;

use super::{
    Evaluator, Failure, FailureKind, Mode, Outside, Status, Verdict, claims, evaluator::maybe_exit, values::wrong,
};
use crate::{
    codes::Code,
    commands::{self, Act, Arg, Claim, Context, Expectation},
    diag::Diagnostic,
    model::Knowledge,
    net::NsRef,
    ops::Step,
    source::Span,
    syntax::ast::{Comparison, Condition, Rvalue, Statement, Word},
    value::Value,
};

/// What `exists` can ask for.
const KINDS: [&str; 4] = ["link", "netns", "addr", "route"];

impl<O: Outside> Evaluator<'_, O> {
    /// `if CONDITION { … } else …`: where nobody knows before the script runs, every branch is checked.
    pub(super) fn choose(
        &mut self,
        branches: &[(Condition, Vec<Statement>)],
        otherwise: Option<&[Statement]>,
    ) -> Result<Status, Failure> {
        let mut perhaps = false;
        for (condition, body) in branches {
            match self.condition(condition)? {
                Some(true) if perhaps => return self.perhaps_all(body),
                Some(true) => return self.statements(body),
                Some(false) => {}
                None => {
                    self.hangs_on(place(condition));
                    perhaps = true;
                    self.perhaps_all(body)?;
                }
            }
        }
        match otherwise {
            Some(body) if perhaps => self.perhaps_all(body),
            Some(body) => self.statements(body),
            None => Ok(if perhaps { Status::Unknown } else { Status::Success }),
        }
    }

    /// Statements that may or may not run: they are checked, and what they change is in doubt afterwards.
    fn perhaps_all(&mut self, statements: &[Statement]) -> Result<Status, Failure> {
        let done = self.state.history.len();
        let before = self.state.settable();
        let ended = maybe_exit(self.statements(statements));
        for Step { op, .. } in &self.state.history[done..] {
            self.doubt.op(op);
        }
        self.state.doubt_changed(&before);
        ended.map(|_| Status::Unknown)
    }

    /// Whether it holds; `None` where nobody knows before the script runs.
    fn condition(&mut self, condition: &Condition) -> Result<Option<bool>, Failure> {
        match condition {
            Condition::All(all) => self.first_that_is(all, false),
            Condition::Any(any) => self.first_that_is(any, true),
            Condition::Not(inner) => Ok(self.condition(inner)?.map(|holds| !holds)),
            Condition::Compare { left, comparison, right } => {
                let span = left.span().to(right.span());
                self.certainly(|this| {
                    let (left, right) = (this.rvalue(left)?, this.rvalue(right)?);
                    compare(&left, *comparison, &right).map_err(|error| wrong(&error, span))
                })
            }
            Condition::Value(value) => self.certainly(|this| match this.rvalue(value)? {
                Value::Bool(truth) => Ok(truth),
                other => Err(no_truth(value, &other)),
            }),
            Condition::Exists { words, keyword } => self.exists(words, *keyword),
            Condition::Ok(statements) => self.goes_well(statements),
        }
    }

    /// Whether one of the conditions has that answer; those behind it are not asked.
    fn first_that_is(&mut self, conditions: &[Condition], answer: bool) -> Result<Option<bool>, Failure> {
        let mut all_known = true;
        for condition in conditions {
            match self.condition(condition)? {
                Some(holds) if holds == answer => return Ok(Some(answer)),
                Some(_) => {}
                None => all_known = false,
            }
        }
        Ok(all_known.then_some(!answer))
    }

    /// The answer, unless a check used a value for it that may be another one.
    fn certainly(&mut self, ask: impl FnOnce(&mut Self) -> Result<bool, Failure>) -> Result<Option<bool>, Failure> {
        self.read_uncertain.set(false);
        let answer = ask(self)?;
        let is_certain = !self.read_uncertain.get() || self.policy.mode == Mode::Run;
        Ok(is_certain.then_some(answer))
    }

    /// `ok { … }`: what fails in it is no failure of the script.
    fn goes_well(&mut self, statements: &[Statement]) -> Result<Option<bool>, Failure> {
        self.flush()?;
        self.read_uncertain.set(false);
        let done = self.state.history.len();
        let before = self.state.settable();
        self.handlers += 1;
        let ended = self.statements(statements);
        self.handlers -= 1;
        let answer = match ended {
            Ok(Status::Success) => Some(true),
            Ok(Status::Failure) => Some(false),
            Ok(Status::Unknown) => None,
            Err(failure) if failure.kind.can_be_handled() => Some(false),
            Err(failure) => return Err(failure),
        };
        self.flush()?;
        if self.policy.mode == Mode::Check && (answer.is_none() || self.read_uncertain.get()) {
            for Step { op, .. } in &self.state.history[done..] {
                self.doubt.op(op);
            }
            self.state.doubt_changed(&before);
            return Ok(None);
        }
        Ok(answer)
    }

    /// `exists OBJECT NAME`, understood as `expect` understands it.
    fn exists(&mut self, words: &[Word], keyword: Span) -> Result<Option<bool>, Failure> {
        self.read_uncertain.set(false);
        let mut args = vec![Arg { text: "expect".into(), bare: true, span: keyword }];
        for word in words {
            args.push(self.expand(word)?);
        }
        let kind = &args[1];
        if !kind.bare || !KINDS.contains(&kind.text.as_str()) {
            let diagnostic = Diagnostic::error(Code::UnknownWord, format!("`exists` knows no `{}`", kind.text))
                .label(kind.span, "not one of those")
                .help("write `exists link NAME`, `exists netns NAME`, `exists addr ADDRESS` or `exists route PREFIX`");
            return Err(Failure::new(FailureKind::Words, diagnostic));
        }
        let context = Context { ns: self.ns.clone() };
        let act = commands::lower(&args, &context)
            .map_err(|error| Failure::new(FailureKind::Words, error.to_diagnostic()))?;
        let Act::Expect(expectation) = act else { return Ok(None) };
        self.flush()?;
        let verdict = match self.policy.mode {
            Mode::Check if self.may_be_otherwise(&expectation) || self.read_uncertain.get() => Verdict::Unknown,
            Mode::Check => claims::judge(&expectation, &self.state.world).unwrap_or(Verdict::Unknown),
            Mode::Run if self.is_ahead() => claims::judge(&expectation, &self.state.world).unwrap_or(Verdict::Unknown),
            Mode::Run => self
                .outside
                .verify(&expectation, &mut self.state.world)
                .map_err(|trouble| Failure::from_trouble(trouble, expectation.span))?,
        };
        Ok(match verdict {
            Verdict::Holds => Some(true),
            Verdict::Fails { .. } => Some(false),
            Verdict::Unknown => None,
        })
    }

    /// Whether the model may be wrong about a claim: what is in doubt, what nobody looked at, and what IPv6 does by
    /// itself some time later.
    fn may_be_otherwise(&self, expectation: &Expectation) -> bool {
        let knows = |ns: &NsRef| {
            let found = self.state.world.namespace(self.state.world.known_as(ns));
            found.is_some_and(|namespace| namespace.knowledge == Knowledge::Exact)
        };
        let ns = &expectation.ns;
        match &expectation.claim {
            Claim::Netns { name } => self.doubt.has_word(name.as_str()) || !knows(&NsRef::Host),
            Claim::Link { link, .. } => self.doubt.has_word(link.value.as_str()) || !knows(ns),
            Claim::Address { cidr, .. } | Claim::Route { destination: cidr, .. } => {
                self.doubt.is_inside(ns) || !knows(ns) || cidr.is_ipv6()
            }
            _ => true,
        }
    }
}

/// Where a condition stands.
fn place(condition: &Condition) -> Span {
    match condition {
        Condition::All(all) | Condition::Any(all) => ends(all, place),
        Condition::Not(inner) => place(inner),
        Condition::Compare { left, right, .. } => left.span().to(right.span()),
        Condition::Value(value) => value.span(),
        Condition::Exists { words, keyword } => words.last().map_or(*keyword, |last| keyword.to(last.span)),
        Condition::Ok(statements) => ends(statements, |statement| statement.span),
    }
}

/// From the first to the last of some; there is at least one.
fn ends<T>(all: &[T], place: impl Fn(&T) -> Span) -> Span {
    place(&all[0]).to(place(&all[all.len() - 1]))
}

fn compare(left: &Value, comparison: Comparison, right: &Value) -> Result<bool, crate::value::ValueError> {
    Ok(match comparison {
        Comparison::Equal => left.same(right)?,
        Comparison::Unequal => !left.same(right)?,
        Comparison::Less => left.order(right)? == Ordering::Less,
        Comparison::AtMost => left.order(right)? != Ordering::Greater,
        Comparison::Greater => left.order(right)? == Ordering::Greater,
        Comparison::AtLeast => left.order(right)? != Ordering::Less,
    })
}

fn no_truth(written: &Rvalue, value: &Value) -> Failure {
    let diagnostic = Diagnostic::error(Code::BadValue, format!("{} is no condition", value.kind()))
        .label(written.span(), "neither true nor false")
        .help("compare it, `$x == red`, or ask: `exists link eth0`, `ok { STATEMENT }`");
    Failure::new(FailureKind::Words, diagnostic)
}
