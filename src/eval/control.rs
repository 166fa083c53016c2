//! `for`, `def` and calls, and what keeps them from going on for ever.

use std::{collections::BTreeMap, rc::Rc};

use super::{
    Evaluator, Failure, FailureKind, MAX_STEPS, Outside, Status,
    state::{Named, Variable},
};
use crate::{
    codes::Code,
    commands::{self, table},
    diag::Diagnostic,
    source::{Span, Spanned},
    syntax::ast::{Command, Function, Part, Rvalue, Statement, Word},
    value::Value,
};

/// How many statements may be inside each other when a `def` is called.
const MAX_NESTING: usize = 100;

/// So many values, made by a statement, take as long as another statement.
const VALUES_OF_A_STEP: u64 = 1_000;

/// How many bytes all variables may hold.
const MAX_HELD: usize = 256 << 20;

impl<O: Outside> Evaluator<'_, O> {
    /// Counts a statement.
    pub(super) fn step(&mut self, span: Span) -> Result<(), Failure> {
        let made = self.made.get();
        self.made.set(made % VALUES_OF_A_STEP);
        self.steps += 1 + made / VALUES_OF_A_STEP;
        if self.state.held() > MAX_HELD {
            let diagnostic = Diagnostic::error(Code::Endless, "the variables hold more than 256 MiB")
                .label(span, "before this")
                .help("`for` goes through a range without a variable for it: `for n in 1..1000 { … }`");
            return Err(Failure::new(FailureKind::Endless, diagnostic));
        }
        let allowed = self.policy.max_steps.unwrap_or(MAX_STEPS);
        if self.steps <= allowed {
            return Ok(());
        }
        let message = format!("the script takes more than {allowed} steps");
        let (at, label) = match self.running.last() {
            Some(running) => (*running, "this was still going on"),
            None => (span, "this would be one more"),
        };
        let diagnostic = Diagnostic::error(Code::Endless, message)
            .label(at, label)
            .help("if it is meant to take so long, `--max-steps N` allows more");
        Err(Failure::new(FailureKind::Endless, diagnostic))
    }

    /// How deep statements are inside each other is bounded, across calls and files.
    pub(super) fn nests(&self, span: Span, message: &str) -> Result<(), Failure> {
        if self.depth <= MAX_NESTING {
            return Ok(());
        }
        let diagnostic = Diagnostic::error(Code::Endless, message).label(span, "one too many");
        Err(Failure::new(FailureKind::Endless, diagnostic))
    }

    /// `for NAME in VALUES { … }`
    pub(super) fn repeat(
        &mut self,
        count: Option<&Spanned<String>>,
        name: &Spanned<String>,
        values: &Rvalue,
        body: &[Statement],
    ) -> Result<Status, Failure> {
        let Value::List(list) = self.rvalue(values)? else {
            let written = self.sources.slice(values.span());
            let diagnostic = Diagnostic::error(Code::BadValue, "`for` goes through a list or a range")
                .label(values.span(), "neither")
                .help(format!("write `for {} in [{written}] {{ … }}`, or a range: `1..4`", name.value));
            return Err(Failure::new(FailureKind::Words, diagnostic));
        };
        self.running.push(count.unwrap_or(name).span.to(values.span()));
        let mut status = Status::Success;
        for (at, value) in list.iter().enumerate() {
            if let Some(count) = count {
                // A list holds at most a million values.
                self.state.define(&count.value, Value::Integer(at as i64 + 1), count.span);
            }
            self.state.define(&name.value, value.clone(), name.span);
            // A loop without statements takes steps too.
            self.step(values.span())?;
            status = self.statements(body)?;
        }
        self.running.pop();
        Ok(status)
    }

    /// `def NAME(PARAMETERS) { … }`
    pub(super) fn define_function(
        &mut self,
        name: &Spanned<String>,
        function: &Rc<Function>,
    ) -> Result<Status, Failure> {
        self.state.define_function(&name.value, function, name.span);
        let is_later = table::LATER.iter().any(|(word, _)| *word == name.value);
        if !is_later && !commands::is_statement(&name.value) {
            return Ok(Status::Success);
        }
        let diagnostic = Diagnostic::error(Code::Usage, format!("`{}` is a statement of the language", name.value))
            .label(name.span, "already taken")
            .help(format!("give it another name: `def my_{}(…) {{ … }}`", name.value));
        Err(Failure::new(FailureKind::Words, diagnostic))
    }

    /// `NAME ARGUMENTS…`
    pub(super) fn call(&mut self, called: &Named, command: &Command, span: Span) -> Result<Status, Failure> {
        let Named { function, span: defined } = called;
        let name = self.sources.slice(*defined).to_owned();
        if let Some(redirection) = command.redirections.first() {
            let diagnostic = Diagnostic::error(Code::Usage, "only commands can be redirected")
                .label(redirection.span, format!("not behind `{name}`, which is a `def`"))
                .help("redirect the commands in it, each on its own");
            return Err(Failure::new(FailureKind::Words, diagnostic));
        }
        if let Some(failure) = self.wrong_count((function, *defined), &command.words[1..], span) {
            return Err(failure);
        }
        let arguments = self.arguments(&command.words[1..])?;
        if self.depth > MAX_NESTING {
            let diagnostic = Diagnostic::error(Code::Endless, format!("`{name}` calls itself too deep"))
                .label(span, "one call too many")
                .label(*defined, "defined here")
                .help("end the calls with an `if`, or repeat with `for x in LIST { … }`");
            return Err(Failure::new(FailureKind::Endless, diagnostic));
        }
        let mut frame = BTreeMap::new();
        let mut given = arguments.into_iter();
        for parameter in &function.parameters {
            let (value, is_certain) = match (given.next(), &parameter.default) {
                (Some(argument), _) => argument.value,
                (None, Some(default)) => (self.rvalue(default)?, true),
                (None, None) => continue,
            };
            let variable = Variable { value, span: parameter.name.span, is_certain };
            frame.insert(parameter.name.value.clone(), variable);
        }
        self.state.enter(frame);
        self.running.push(span);
        let ended = self.statements(&function.body);
        self.state.leave();
        if ended.is_ok() {
            self.running.pop();
        }
        ended
    }

    /// What is wrong with the number of arguments of a call; `None` where it fits, or where a list is never closed.
    pub(super) fn wrong_count(
        &self,
        (function, defined): (&Function, Span),
        words: &[Word],
        span: Span,
    ) -> Option<Failure> {
        let arguments = places_of_arguments(words)?;
        let needed = function.parameters.iter().filter(|parameter| parameter.default.is_none()).count();
        let most = function.parameters.len();
        if (needed..=most).contains(&arguments.len()) {
            return None;
        }
        let name = self.sources.slice(defined);
        let usage: String = function
            .parameters
            .iter()
            .map(|parameter| match parameter.default {
                Some(_) => format!(" [{}]", parameter.name.value),
                None => format!(" {}", parameter.name.value),
            })
            .collect();
        let wanted = if needed == most { format!("{most}") } else { format!("{needed} to {most}") };
        let plural = if most == 1 { "" } else { "s" };
        let message = format!("`{name}` takes {wanted} argument{plural}, and here are {}", arguments.len());
        let diagnostic = Diagnostic::error(Code::Usage, message)
            .label(
                arguments.get(most).copied().unwrap_or(span),
                match arguments.len() > most {
                    true => "one too many",
                    false => "not enough",
                },
            )
            .label(defined, "defined here")
            .help(format!("write `{name}{usage}`"));
        Some(Failure::new(FailureKind::Words, diagnostic))
    }

    /// Words and lists, each with whether a check can be certain of it.
    fn arguments(&self, words: &[Word]) -> Result<Vec<Spanned<(Value, bool)>>, Failure> {
        let mut arguments = Vec::new();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let outer = self.read_uncertain.replace(false);
            let (value, span) =
                if starts_list(word) { self.list(word, &mut rest)? } else { (self.word_value(word)?, word.span) };
            let is_certain = !self.read_uncertain.replace(outer);
            arguments.push(Spanned::new((value, is_certain), span));
        }
        Ok(arguments)
    }

    /// `[red blue]` among the words of a call.
    fn list<'w>(&self, first: &Word, rest: &mut impl Iterator<Item = &'w Word>) -> Result<(Value, Span), Failure> {
        let mut items = Vec::new();
        let mut span = first.span;
        let mut word = first.clone();
        if let Some(Part::Bare(text)) = word.parts.first_mut() {
            text.remove(0);
        }
        loop {
            span = span.to(word.span);
            let ends = match word.parts.last_mut() {
                Some(Part::Bare(text)) => text.ends_with(']').then(|| text.pop()).is_some(),
                _ => false,
            };
            let was_empty = word.parts.is_empty();
            word.parts.retain(|part| !matches!(part, Part::Bare(text) if text.is_empty()));
            if was_empty || !word.parts.is_empty() {
                items.push(word);
            }
            if ends {
                return Ok((self.rvalue(&Rvalue::List { items, span })?, span));
            }
            let Some(next) = rest.next() else {
                let diagnostic = Diagnostic::error(Code::Usage, "a list is never closed")
                    .label(first.span, "opened here")
                    .help("add the missing `]`, or quote the `[`");
                return Err(Failure::new(FailureKind::Words, diagnostic));
            };
            word = next.clone();
        }
    }
}

/// Where the arguments of a call stand; `None` where a list is never closed.
fn places_of_arguments(words: &[Word]) -> Option<Vec<Span>> {
    let mut places = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let mut span = word.span;
        let mut last = word;
        while starts_list(word) && !ends_list(last) {
            last = rest.next()?;
            span = span.to(last.span);
        }
        places.push(span);
    }
    Some(places)
}

fn ends_list(word: &Word) -> bool {
    matches!(word.parts.last(), Some(Part::Bare(text)) if text.ends_with(']'))
}

fn starts_list(word: &Word) -> bool {
    matches!(word.parts.first(), Some(Part::Bare(text)) if text.starts_with('['))
}
