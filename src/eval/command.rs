//! Commands: words with their variables replaced become an act, and the act happens.
//!
//! In: a command of the tree. Out: its status, or its failure. What lies outside waits until all changes before it were
//! carried out.

use std::{rc::Rc, time::Duration};

use super::{
    Evaluator, Failure, FailureKind, Mode, Outside, Sinks, Status, Trouble, Verdict,
    change::Wording,
    expectation,
    redirect::{self, Redirected, Target},
};
use crate::{
    codes::Code,
    commands::{self, Act, Arg, Claim, Context, Expectation, Setting, Show, UsageError},
    diag::{self, Diagnostic},
    net::{NsRef, SysctlKey},
    ops::{Op, SysctlOp},
    source::{Span, Spanned},
    syntax::ast::{Command, Redirection, RedirectionTarget, Word},
};

impl<O: Outside> Evaluator<'_, O> {
    /// A command with its redirections.
    pub(super) fn command(&mut self, command: &Command, span: Span) -> Result<Status, Failure> {
        self.command_behind(command, span, &[])
    }

    /// The same, where its outputs lead elsewhere already.
    pub(super) fn command_behind(
        &mut self,
        command: &Command,
        span: Span,
        redirections: &[Redirected],
    ) -> Result<Status, Failure> {
        if let Some(switch) = self.switch.clone() {
            return self.port(&switch, command, span);
        }
        if let Some(called) = command.words[0].bare().and_then(|name| self.state.function(name)).cloned() {
            return self.call(&called, command, span);
        }
        let words = self.expand_all(&command.words)?;
        let mut redirections = redirections.to_vec();
        redirections.extend(self.redirected(command)?);
        self.words(&Wording { words, span }, &redirections)
    }

    /// All words of a command with their variables replaced.
    pub(super) fn expand_all(&self, words: &[Word]) -> Result<Rc<[Arg]>, Failure> {
        let first = words.first().and_then(Word::bare);
        let prints = first.is_some_and(|first| matches!(first, "print" | "echo"));
        if prints { self.expand_for_print(words) } else { words.iter().map(|word| self.expand(word)).collect() }
    }

    /// The redirections of a command, their words expanded.
    pub(super) fn redirected(&self, command: &Command) -> Result<Vec<Redirected>, Failure> {
        let redirected = |redirection: &Redirection| {
            let target = match &redirection.target {
                RedirectionTarget::File { path, append } => Target::File(self.expand(path)?.text, *append),
                RedirectionTarget::Other => Target::Other,
            };
            Ok(Redirected { stream: redirection.stream, target })
        };
        command.redirections.iter().map(redirected).collect()
    }

    pub(super) fn words(&mut self, wording: &Wording, redirections: &[Redirected]) -> Result<Status, Failure> {
        if let Some(command) = self.command_of_shell(&wording.words) {
            return self.command_behind(&command, wording.span, redirections);
        }
        let context = Context { ns: self.ns.clone() };
        let act = match commands::lower(&wording.words, &context) {
            Ok(act) => act,
            Err(UsageError::UnknownWord { word, .. }) if self.outside.has_program(&word.value) => {
                Act::Program { argv: wording.words.iter().map(|arg| arg.text.clone()).collect() }
            }
            Err(error) => {
                let mut diagnostic = error.to_diagnostic();
                if let UsageError::UnknownWord { word, .. } = &error
                    && let Some(near) = diag::nearest(&word.value, self.state.functions())
                {
                    diagnostic.help = Some(format!("did you mean `{near}`?"));
                }
                return Err(Failure::new(FailureKind::Words, diagnostic));
            }
        };
        if super::converge::is_beyond(&act) {
            self.beyond(wording.span);
        }
        match act {
            Act::Change(ops) => self.changes(ops, wording),
            Act::Switch(switch) => self.changes(switch.ops(), wording),
            Act::Settings(settings) => self.settings(settings, wording, redirections),
            Act::SettingsFiles { ns, files, quiet, value_only } => {
                match self.settings_of_files(&ns, &files, quiet, value_only, wording.span)? {
                    Some(settings) => self.settings(settings, wording, redirections),
                    None if self.converges() => Err(super::converge::not_read(wording.span)),
                    None => {
                        self.doubt.inside(&ns);
                        Ok(Status::Unknown)
                    }
                }
            }
            Act::Nothing => Ok(Status::Success),
            Act::FlushRules { ns, ipv6 } => self.flush_policy_rules(&ns, ipv6, wording),
            Act::DelChains { ns, table } => self.del_chains(&ns, &table, wording),
            Act::HasRules { ns, chain, rules } => self.has_rules(&ns, &chain, rules, wording, redirections),
            Act::Require(requirement) => self.require(&requirement, wording.span),
            Act::Print(text) => match redirect::setting(redirections) {
                Some(path) => self.write_setting(path, text, wording),
                None if self.is_ahead() => Ok(Status::Success),
                None => self.with_sinks(redirections, wording.span, |outside, sinks| {
                    outside.write(&sinks.output, &format!("{text}\n")).map(|()| Status::Success)
                }),
            },
            Act::Show(_) if self.is_ahead() => Ok(Status::Unknown),
            Act::Show(show) => self.with_sinks(redirections, wording.span, |outside, sinks| outside.show(&show, sinks)),
            Act::Ping(request) => {
                self.with_sinks(redirections, wording.span, |outside, sinks| outside.ping(&request, sinks))
            }
            Act::Expect(expectation) => {
                if let Some(named) = expectation.from {
                    self.entered(&Spanned::new(expectation.ns.clone(), named), wording)?;
                }
                if let Claim::Program { argv } = &expectation.claim {
                    self.may_run(argv, wording)?;
                }
                self.expect(&expectation)
            }
            Act::ExpectOutput(expected) => Err(super::headed::without_block(&expected)),
            Act::Settle { within, span } => self.settle(within, span),
            Act::Spawn(spawn) => self.spawn(&spawn, wording, redirections),
            Act::Capture(capture) => self.capture(&capture),
            Act::Wait { name, within } => self.wait(name.as_ref(), within, wording.span),
            Act::Kill { name } => self.kill(&name),
            Act::Listen { ns, at } => {
                self.flush()?;
                for at in at {
                    self.outside.listen(&ns, &at.value).map_err(|trouble| Failure::from_trouble(trouble, at.span))?;
                }
                Ok(Status::Success)
            }
            Act::Enter { .. } => Err(Self::cannot_enter(wording)),
            Act::Exit { status, span } => Err(exit(status, span)),
            Act::Prompt { word, span } => Err(super::prompt::refused(&word, span)),
            Act::InNamespace { ns, skip } => self.in_namespace(&ns, skip, wording, redirections),
            Act::Program { argv } => {
                self.may_run(&argv, wording)?;
                self.program(&argv, wording.span, redirections)
            }
        }
    }

    /// Something that needs the world to be as the script has made it so far, and that prints.
    fn with_sinks(
        &mut self,
        redirections: &[Redirected],
        span: Span,
        act: impl FnOnce(&mut O, &Sinks) -> Result<Status, Trouble>,
    ) -> Result<Status, Failure> {
        self.flush()?;
        self.acts(span);
        self.beyond_if_written(redirections, span);
        redirect::sinks(self.outputs.clone(), redirections, self.outside)
            .and_then(|sinks| act(self.outside, &sinks))
            .map_err(|trouble| Failure::from_trouble(trouble, span))
    }

    /// `sysctl KEY KEY=VALUE …`: after a value that cannot be written nothing more is read or written.
    pub(super) fn settings(
        &mut self,
        settings: Vec<Setting>,
        wording: &Wording,
        redirections: &[Redirected],
    ) -> Result<Status, Failure> {
        self.flush()?;
        let trouble = |trouble| Failure::from_trouble(trouble, wording.span);
        let sinks = redirect::sinks(self.outputs.clone(), redirections, self.outside).map_err(trouble)?;
        let mut status = Status::Success;
        for setting in settings {
            match setting {
                Setting::Read(show) => {
                    if let Show::Sysctl { ns, key, .. } = &show {
                        self.require_setting(ns, &key.value, wording)?;
                    }
                    self.acts(wording.span);
                    let shown = match self.is_ahead() {
                        true => Status::Unknown,
                        false => self.outside.show(&show, &sinks).map_err(trouble)?,
                    };
                    status = if status == Status::Failure { status } else { shown };
                }
                Setting::Write { op, told } => {
                    self.change(Op::Sysctl(op), wording)?;
                    self.flush()?;
                    if let Some(line) = told.filter(|_| !self.converges()) {
                        self.outside.write(&sinks.output, &line).map_err(trouble)?;
                    }
                }
            }
        }
        self.beyond_if_written(redirections, wording.span);
        Ok(status)
    }

    /// `echo VALUE > /proc/sys/…`.
    pub(super) fn write_setting(&mut self, path: &str, value: String, wording: &Wording) -> Result<Status, Failure> {
        let key: SysctlKey = path.parse().map_err(|error| {
            let message = format!("`{path}` is no setting of the network");
            let diagnostic = Diagnostic::error(Code::BadValue, message)
                .label(wording.span, format!("{error}"))
                .help("only what is below `/proc/sys/net/` belongs to a network namespace");
            Failure::new(FailureKind::Words, diagnostic)
        })?;
        self.changes(vec![Op::Sysctl(SysctlOp { ns: self.ns.clone(), key, value })], wording)
    }

    /// `netns exec NS COMMAND`: a statement is evaluated there, anything else is a program.
    fn in_namespace(
        &mut self,
        ns: &Spanned<NsRef>,
        skip: usize,
        wording: &Wording,
        redirections: &[Redirected],
    ) -> Result<Status, Failure> {
        let inner: Rc<[Arg]> = wording.words[skip..].into();
        let ns = self.entered(ns, wording)?;
        if redirect::setting(redirections).is_some() && inner.first().is_some_and(|first| first.text == "echo") {
            // As in a shell, which opens the file before anything is entered: the setting is that of the namespace outside.
            return self.words(&Wording { words: inner, span: wording.span }, redirections);
        }
        let outer = std::mem::replace(&mut self.ns, ns);
        let ended = match inner.first() {
            Some(first) if commands::is_statement(&first.text) || self.command_of_shell(&inner).is_some() => {
                self.words(&Wording { words: inner, span: wording.span }, redirections)
            }
            Some(_) | None => {
                self.beyond(wording.span);
                let argv: Vec<String> = inner.iter().map(|arg| arg.text.clone()).collect();
                let allowed = self.may_run(&argv, wording);
                allowed.and_then(|()| self.program(&argv, wording.span, redirections))
            }
        };
        self.ns = outer;
        ended
    }

    /// A namespace that something acts in next: there must be one.
    pub(super) fn entered(&mut self, ns: &Spanned<NsRef>, wording: &Wording) -> Result<NsRef, Failure> {
        match &ns.value {
            NsRef::Named(name)
                if self.state.world.namespace(&ns.value).is_none() && !self.doubt.has_word(name.as_str()) =>
            {
                let diagnostic = super::refusal::no_such_netns(name.as_str(), ns.span, &self.scene());
                Err(Failure::new(FailureKind::Refused, diagnostic))
            }
            NsRef::Process(pid) => Ok(self.process(*pid, wording)?.unwrap_or(NsRef::Process(*pid))),
            NsRef::Host | NsRef::Named(_) => Ok(ns.value.clone()),
        }
    }

    /// Whether programs may be run at all; `false` is none.
    pub(super) fn may_run(&self, argv: &[String], wording: &Wording) -> Result<(), Failure> {
        let name = argv.first().map_or("", String::as_str);
        if !self.policy.no_exec || name == "false" {
            return Ok(());
        }
        let word = wording.words.iter().find(|arg| arg.text == name);
        let diagnostic =
            Diagnostic::error(Code::ProgramForbidden, format!("`{name}` is a program, and none is to be run"))
                .label(word.map_or(wording.span, |word| word.span), "a program")
                .help("`--no-exec` was given: leave it away, or leave this statement out");
        Err(Failure::new(FailureKind::Words, diagnostic))
    }

    fn program(&mut self, argv: &[String], span: Span, redirections: &[Redirected]) -> Result<Status, Failure> {
        self.program_told(argv, span, redirections, true)
    }

    /// The same; an end that is not well is told of or not.
    fn program_told(
        &mut self,
        argv: &[String],
        span: Span,
        redirections: &[Redirected],
        is_told: bool,
    ) -> Result<Status, Failure> {
        let ns = self.ns.clone();
        let run = |outside: &mut O, sinks: &Sinks| outside.program(&ns, argv, sinks, is_told);
        let status = self.with_sinks(redirections, span, run)?;
        if self.policy.mode == Mode::Check {
            self.doubt.everything();
        }
        self.outside.refresh(&mut self.state.world).map_err(|trouble| Failure::from_trouble(trouble, span))?;
        Ok(status)
    }

    /// `settle`
    fn settle(&mut self, within: Duration, span: Span) -> Result<Status, Failure> {
        self.flush()?;
        let restless = self.outside.settle(within, &self.state.world);
        let restless = restless.map_err(|trouble| Failure::from_trouble(trouble, span))?;
        if restless.is_empty() {
            return Ok(Status::Success);
        }
        let message = format!("the network is not at rest after {} s", within.as_secs_f32());
        let mut diagnostic = Diagnostic::error(Code::ExpectationFailed, message).label(span, "waited here");
        diagnostic.notes = restless;
        Err(Failure::new(FailureKind::Expectation, diagnostic))
    }

    fn expect(&mut self, expectation: &Expectation) -> Result<Status, Failure> {
        self.flush()?;
        let span = expectation.span;
        let verdict = match &expectation.claim {
            // One that is expected to end otherwise does what it is to do.
            Claim::Program { argv } => match self.program_told(argv, span, &[], !expectation.negated)? {
                Status::Unknown => Verdict::Unknown,
                status if (status == Status::Success) != expectation.negated => Verdict::Holds,
                _ => Verdict::Fails { seen: Vec::new() },
            },
            _ => self
                .outside
                .verify(expectation, &mut self.state.world)
                .map_err(|trouble| Failure::from_trouble(trouble, span))?,
        };
        match verdict {
            Verdict::Holds => Ok(Status::Success),
            Verdict::Unknown => Ok(Status::Unknown),
            Verdict::Fails { seen } => {
                let mut diagnostic = Diagnostic::error(Code::ExpectationFailed, expectation::broken(expectation))
                    .label(span, "this does not hold");
                diagnostic.notes = seen;
                Err(Failure::new(FailureKind::Expectation, diagnostic))
            }
        }
    }
}

/// The end of the script, unless the status means something else already.
fn exit(status: u32, span: Span) -> Failure {
    let diagnostic = Diagnostic::error(Code::BadValue, format!("a script cannot end with status {status}"));
    match u8::try_from(status) {
        Ok(status @ (0 | 10..=125)) => Failure::new(FailureKind::Exit(status), diagnostic.label(span, "ends here")),
        _ => {
            let diagnostic = diagnostic.label(span, "neither 0 nor from 10 to 125").help(
                "1 to 9 are for `nns` itself, which tells failures apart by them; from 126 on they are the shell's",
            );
            Failure::new(FailureKind::Words, diagnostic)
        }
    }
}
