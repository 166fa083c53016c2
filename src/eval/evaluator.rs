use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::{
    Converge, Failure, FailureKind, Foreseen, Outside, Sinks, State, Status, Trouble, change::Pending,
    converge::Progress, doubt::Doubt,
};
use crate::{
    codes::Code,
    commands::Switch,
    diag::{Diagnostic, Severity},
    net::{NsName, NsRef},
    ops::Step,
    source::{PROMPT, Sources, Span, Spanned},
    syntax::ast::{ChainOperator, Command, Script, Statement, StatementKind, Stream, Word},
    value::Value,
};

/// How a script is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing runs; what the model knows to fail is reported, all of it.
    Check,
    /// Everything runs; what the model knows to fail is tried all the same, for the kernel has the last word.
    Run,
}

/// The scripts of all `include`s, by the place of the file's name.
pub type Included = BTreeMap<Span, Rc<Script>>;

/// What the user asked for on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Check or run.
    pub mode: Mode,
    /// A statement that fails does not stop the script.
    pub keep_going: bool,
    /// What was done stays when the script fails, so that nothing behind the failed step may be done.
    pub keep: bool,
    /// No program is run.
    pub no_exec: bool,
    /// What is entered stays entered for the next input.
    pub stays_inside: bool,
    /// How many statements may be evaluated, where not [`MAX_STEPS`].
    pub max_steps: Option<u64>,
    /// Whether the script is run, or made so.
    pub converge: Converge,
}

/// How many statements a script may evaluate if nothing else is said.
pub const MAX_STEPS: u64 = 1_000_000;

/// How a script ended.
#[derive(Debug)]
pub struct Ended {
    /// What there is to say, in order.
    pub diagnostics: Vec<Diagnostic>,
    /// What failed, in order; the last may be what stopped it.
    pub failures: Vec<FailureKind>,
    /// The status that `exit` ended it with.
    pub exit: Option<u8>,
    /// What is known of the rest of a script that is made so.
    pub foreseen: Foreseen,
}

/// Walks a script.
pub struct Evaluator<'a, O> {
    pub(super) sources: &'a Sources,
    pub(super) included: &'a Included,
    pub(super) policy: Policy,
    pub(super) state: &'a mut State,
    pub(super) outside: &'a mut O,
    pub(super) ns: NsRef,
    pub(super) pending: Pending,
    pub(super) doubt: Doubt,
    /// How far it is, where it is made so.
    pub(super) progress: Progress,
    /// How many `||` stand behind what is being evaluated.
    pub(super) handlers: usize,
    /// Whether a value was read of which a check cannot be certain.
    pub(super) read_uncertain: Cell<bool>,
    /// Where what is printed goes, if it is not redirected.
    pub(super) outputs: Sinks,
    /// The switch whose ports the statements are.
    pub(super) switch: Option<Rc<Switch>>,
    /// How many statements were evaluated.
    pub(super) steps: u64,
    /// How many values were made that did not count as steps yet.
    pub(super) made: Cell<u64>,
    /// How many statements are inside each other at present.
    pub(super) depth: usize,
    /// The heads of the loops and the calls that are running.
    pub(super) running: Vec<Span>,
    diagnostics: Vec<Diagnostic>,
    /// The places that a check told of.
    told: BTreeSet<Span>,
    failures: Vec<FailureKind>,
    exit: Option<u8>,
}

impl<'a, O: Outside> Evaluator<'a, O> {
    /// An evaluator that begins on the host.
    pub fn new(
        sources: &'a Sources,
        included: &'a Included,
        policy: Policy,
        state: &'a mut State,
        outside: &'a mut O,
    ) -> Self {
        Self {
            sources,
            included,
            policy,
            state,
            outside,
            ns: NsRef::Host,
            pending: Pending::default(),
            doubt: Doubt::default(),
            progress: Progress::default(),
            handlers: 0,
            read_uncertain: Cell::new(false),
            outputs: Sinks::default(),
            switch: None,
            steps: 0,
            made: Cell::new(0),
            depth: 0,
            running: Vec::new(),
            diagnostics: Vec::new(),
            told: BTreeSet::new(),
            failures: Vec::new(),
            exit: None,
        }
    }

    /// Evaluates scripts one after the other, to the end or to the failure that stops them.
    pub fn run(&mut self, scripts: &[Script]) {
        if self.policy.mode == Mode::Check {
            self.look_everywhere(scripts);
        }
        let entered = self.state.entered.clone();
        let first = scripts.iter().find_map(|script| script.statements.first());
        let begun = first.map_or(Ok(()), |first| self.set_out(first.span));
        let ended = begun.and_then(|()| scripts.iter().try_for_each(|script| self.script(&script.statements)));
        let ended = match ended {
            Err(Failure { kind: FailureKind::Exit(status), .. }) => {
                self.exit = Some(status);
                Ok(())
            }
            ended => ended,
        };
        if let Err(failure) = ended.and_then(|()| self.flush()) {
            self.record(failure);
            self.state.entered = entered;
        }
    }

    /// What came of it all. A check tells in the order of the text, a run in that of time.
    pub fn end(mut self) -> Ended {
        if self.policy.mode == Mode::Check {
            self.diagnostics.sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| label.span));
        }
        self.desire();
        let foreseen = self.progress.foreseen;
        Ended { diagnostics: self.diagnostics, failures: self.failures, exit: self.exit, foreseen }
    }

    pub(super) fn statements(&mut self, statements: &[Statement]) -> Result<Status, Failure> {
        let mut last = Status::Success;
        for at in 0..statements.len() {
            last = self.one_of(statements, at)?;
        }
        Ok(last)
    }

    /// One of the statements of a level; whether the others are evaluated, too, depends on what came of it.
    pub(super) fn one_of(&mut self, statements: &[Statement], at: usize) -> Result<Status, Failure> {
        let statement = &statements[at];
        match self.statement(statement) {
            Err(failure) if self.goes_on_after(&failure) => {
                if failure.kind == FailureKind::Words {
                    self.doubt_statement(statement);
                }
                self.record(failure);
                Ok(Status::Failure)
            }
            Err(failure) => {
                if let (FailureKind::Exit(_), Some(behind)) = (failure.kind, statements.get(at + 1)) {
                    let never = never_reached(statement, behind).filter(|_| self.policy.mode == Mode::Check);
                    never.into_iter().for_each(|failure| self.record(failure));
                }
                Err(failure)
            }
            done => done,
        }
    }

    pub(super) fn goes_on_after(&self, failure: &Failure) -> bool {
        let passes_over = self.policy.keep_going || self.policy.mode == Mode::Check;
        passes_over && self.handlers == 0 && failure.kind.can_be_passed_over()
    }

    /// A check tells one error of a place, however often a loop comes by.
    pub(super) fn record(&mut self, failure: Failure) {
        debug_assert_eq!(failure.diagnostic.severity, Severity::Error);
        self.failures.push(failure.kind);
        let at = failure.diagnostic.labels.first().map(|label| label.span);
        if self.policy.mode == Mode::Check && at.is_some_and(|at| !self.told.insert(at)) {
            return;
        }
        self.diagnostics.push(*failure.diagnostic);
    }

    fn statement(&mut self, statement: &Statement) -> Result<Status, Failure> {
        if self.outside.interrupted() {
            return Err(Failure::from_trouble(Trouble::Interrupted, statement.span));
        }
        self.step(statement.span)?;
        self.depth += 1;
        let ended = self.kind_of_statement(statement);
        self.depth -= 1;
        ended
    }

    fn kind_of_statement(&mut self, statement: &Statement) -> Result<Status, Failure> {
        match &statement.kind {
            StatementKind::Command(command) => self.command(command, statement.span).map_err(|mut failure| {
                failure.silent = command.redirections.iter().any(|redirection| redirection.stream == Stream::Errors);
                failure
            }),
            StatementKind::Headed { head, head_span, body } => self.headed(head, *head_span, body),
            StatementKind::Pipe(stages) => self.pipe(stages),
            StatementKind::Chain { first, rest } => self.chain(first, rest),
            StatementKind::In { namespace, body } => {
                let inside = self.namespace(namespace)?;
                let outside = std::mem::replace(&mut self.ns, inside);
                let ended = self.statements(body.statements());
                self.ns = outside;
                ended
            }
            StatementKind::Let { name, value } => {
                let value = self.rvalue(value)?;
                self.state.define(&name.value, value, name.span);
                Ok(Status::Success)
            }
            StatementKind::For { count, name, values, body } => self.repeat(count.as_ref(), name, values, body),
            StatementKind::If { branches, otherwise } => self.choose(branches, otherwise.as_deref()),
            StatementKind::Include { path } => match self.included.get(&path.span).cloned() {
                Some(script) => {
                    self.nests(path.span, "the files include each other too deep")?;
                    self.statements(&script.statements)
                }
                None => Ok(Status::Success),
            },
            StatementKind::Def { name, function } => self.define_function(name, function),
        }
    }

    /// `A && B || C`, from the left as a shell does: whatever ran last decides about the next link.
    fn chain(&mut self, first: &Statement, rest: &[(ChainOperator, Statement)]) -> Result<Status, Failure> {
        let handlers: Vec<usize> = (0..=rest.len())
            .map(|from| usize::from(rest[from..].iter().any(|(op, _)| *op == ChainOperator::Or)))
            .collect();
        if handlers[0] > 0 {
            // Only the failures of this chain are its to handle.
            self.flush()?;
        }
        let mut last = self.link_of_chain(first, handlers[0]);
        let mut asked = first.span;
        for ((operator, statement), handlers) in rest.iter().zip(&handlers[1..]) {
            if let Ok(Status::Unknown) = last {
                self.hangs_on(asked);
            }
            asked = statement.span;
            last = match (operator, last) {
                (ChainOperator::And, Ok(Status::Success)) | (ChainOperator::Or, Ok(Status::Failure)) => {
                    self.link_of_chain(statement, *handlers)
                }
                (_, Ok(Status::Unknown)) => self.perhaps(statement, *handlers),
                (ChainOperator::Or, Err(failure)) if failure.kind.can_be_handled() => {
                    self.tell_handled(&failure)?;
                    self.link_of_chain(statement, *handlers)
                }
                (ChainOperator::And | ChainOperator::Or, last) => last,
            };
        }
        last
    }

    fn link_of_chain(&mut self, statement: &Statement, handlers: usize) -> Result<Status, Failure> {
        self.handlers += handlers;
        let ended = self.statement(statement);
        self.handlers -= handlers;
        ended
    }

    /// A statement that may or may not run: it is checked, and what it changes is in doubt afterwards.
    fn perhaps(&mut self, statement: &Statement, handlers: usize) -> Result<Status, Failure> {
        let done = self.state.history.len();
        let ended = maybe_exit(self.link_of_chain(statement, handlers));
        for Step { op, .. } in &self.state.history[done..] {
            self.doubt.op(op);
        }
        ended.map(|_| Status::Unknown)
    }

    fn namespace(&mut self, word: &Word) -> Result<NsRef, Failure> {
        let arg = self.expand(word)?;
        if arg.text == "host" {
            return Ok(NsRef::Host);
        }
        let name: NsName = arg.text.parse().map_err(|error| {
            let message = format!("`{}` cannot be the name of a namespace", arg.text);
            let diagnostic = Diagnostic::error(Code::BadValue, message).label(arg.span, format!("{error}"));
            Failure::new(FailureKind::Words, diagnostic)
        })?;
        let ns = NsRef::Named(name.clone());
        if self.state.world.namespace(&ns).is_none() && !self.doubt.has_word(name.as_str()) {
            return Err(self.no_such_netns(&Spanned::new(name, arg.span)));
        }
        Ok(ns)
    }

    /// After a statement that was not understood nobody knows what those behind it will meet of what it names.
    fn doubt_statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Command(command) => self.doubt_command(command),
            StatementKind::Headed { head, body, .. } => {
                self.doubt_command(head);
                body.iter().for_each(|statement| self.doubt_statement(statement));
            }
            StatementKind::Pipe(stages) => stages.iter().for_each(|stage| self.doubt_statement(stage)),
            StatementKind::Chain { first, rest } => {
                self.doubt_statement(first);
                for (_, statement) in rest {
                    self.doubt_statement(statement);
                }
            }
            StatementKind::In { namespace, body } => {
                if let Ok(arg) = self.expand(namespace) {
                    self.doubt.word(&arg.text);
                    if let Ok(name) = arg.text.parse() {
                        self.doubt.inside(&NsRef::Named(name));
                    }
                }
                for statement in body.statements() {
                    self.doubt_statement(statement);
                }
            }
            StatementKind::For { count, name, body, .. } => {
                for name in count.iter().chain([name]) {
                    self.state.define(&name.value, Value::Text(String::new()), name.span);
                }
                body.iter().for_each(|statement| self.doubt_statement(statement));
            }
            StatementKind::If { branches, otherwise } => {
                let bodies = branches.iter().map(|(_, body)| body).chain(otherwise);
                bodies.flatten().for_each(|statement| self.doubt_statement(statement));
            }
            StatementKind::Include { path } => {
                if let Some(script) = self.included.get(&path.span).cloned() {
                    script.statements.iter().for_each(|statement| self.doubt_statement(statement));
                }
            }
            StatementKind::Def { name, function } => {
                self.state.define_function(&name.value, function, name.span);
            }
            StatementKind::Let { name, value } => {
                let value = self.rvalue(value).unwrap_or_else(|_| Value::Text(String::new()));
                self.doubt.word(&value.to_string());
                self.state.define(&name.value, value, name.span);
            }
        }
    }

    fn doubt_command(&mut self, command: &Command) {
        for word in &command.words {
            if let Ok(arg) = self.expand(word) {
                self.doubt.word(&arg.text);
            }
        }
        self.doubt.inside(&self.ns);
    }

    /// The failure of a change, in the words of [`super::explain`].
    pub(super) fn scene(&self) -> super::Scene<'_> {
        super::Scene { sources: self.sources, world: &self.state.world, history: &self.state.history }
    }

    fn no_such_netns(&self, name: &Spanned<NsName>) -> Failure {
        Failure::new(FailureKind::Refused, super::refusal::no_such_netns(name.value.as_str(), name.span, &self.scene()))
    }

    /// A failure that `||` handles is told as a shell's user sees it: in a line, on standard error, unless that is
    /// redirected.
    fn tell_handled(&mut self, failure: &Failure) -> Result<(), Failure> {
        let Some(label) = failure.diagnostic.labels.first() else { return Ok(()) };
        if failure.silent || self.is_ahead() {
            return Ok(());
        }
        let place = match self.sources.get(label.span.source).name() {
            // It is the line above.
            PROMPT => String::new(),
            _ => format!("{}: ", self.sources.locate(label.span)),
        };
        let text = format!("{place}{}\n", failure.diagnostic.message);
        self.outside.write(&self.outputs.errors, &text).map_err(|trouble| Failure::from_trouble(trouble, label.span))
    }
}

/// Statements behind an `exit` on the same level are there by mistake.
pub(super) fn never_reached(exit: &Statement, behind: &Statement) -> Option<Failure> {
    let StatementKind::Command(command) = &exit.kind else { return None };
    if command.words[0].bare() != Some("exit") {
        return None;
    }
    let diagnostic = Diagnostic::error(Code::Usage, "what stands behind `exit` never runs")
        .label(behind.span, "never reached")
        .label(exit.span, "the script ends here")
        .help("leave it out, or put the `exit` in an `if`; `in NETNS { … }` needs no `exit` behind it");
    Some(Failure::new(FailureKind::Words, diagnostic))
}

/// A script that perhaps ended goes on for a check.
pub(super) fn maybe_exit(ended: Result<Status, Failure>) -> Result<Status, Failure> {
    match ended {
        Err(Failure { kind: FailureKind::Exit(_), .. }) => Ok(Status::Unknown),
        ended => ended,
    }
}
