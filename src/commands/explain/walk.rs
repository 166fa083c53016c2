//! The statements of a line, one after the other, with what stands around them.

use super::{Follows, Outcome, Step, Understood, parts, understand::understand};
use crate::{
    commands::{
        act::Act,
        lower::{Arg, is_statement},
        old::{self, Modern},
        topic, value,
    },
    net::NsRef,
    ops::{Op, SysctlOp},
    source::{Source, Sources, Span},
    syntax::ast::{
        Body, ChainOperator, Command, Redirection, RedirectionTarget, Statement, StatementKind, Stream, Word,
    },
};

/// Goes over a line.
pub(super) struct Explainer<'s> {
    source: &'s Source,
    pub(super) steps: Vec<Step>,
    /// What stands before the statement and is said first: `in red`.
    before: Vec<(String, String)>,
    /// Whether anything was understood.
    pub(super) is_known: bool,
}

impl<'s> Explainer<'s> {
    pub(super) fn new(source: &'s Source) -> Self {
        Self { source, steps: Vec::new(), before: Vec::new(), is_known: false }
    }

    /// The line is wrong in itself, whatever its words were taken for.
    pub(super) fn refuse(&mut self, why: String) {
        let last = self.steps.last_mut().and_then(|step| step.statements.last_mut()).filter(|_| self.is_known);
        match last {
            Some(Understood { outcome: Outcome::Refused(_), .. }) => {}
            Some(last) => last.outcome = Outcome::Refused(why),
            None => {
                self.steps.clear();
                let line = self.source.text().to_owned();
                let outcome = Outcome::Refused(why);
                self.push(Follows::Next, Understood { line, parts: Vec::new(), ns: NsRef::Host, outcome });
                self.is_known = true;
            }
        }
    }

    pub(super) fn statements(&mut self, statements: &[Statement], ns: &NsRef, first: Follows) {
        for (index, statement) in statements.iter().enumerate() {
            self.statement(statement, ns, if index == 0 { first } else { Follows::Next });
        }
    }

    fn statement(&mut self, statement: &Statement, ns: &NsRef, follows: Follows) {
        match &statement.kind {
            StatementKind::Command(command) => self.command(command, ns, follows),
            StatementKind::Chain { first, rest } => {
                self.statement(first, ns, follows);
                for (operator, link) in rest {
                    let follows = match operator {
                        ChainOperator::And => Follows::IfDone,
                        ChainOperator::Or => Follows::IfFailed,
                    };
                    self.statement(link, ns, follows);
                }
            }
            StatementKind::Pipe(stages) => self.pipe(stages, ns, follows),
            StatementKind::In { namespace, body } => self.inside(namespace, body, ns, follows),
            StatementKind::Headed { head, head_span, body } => {
                let words = self.args(&head.words);
                self.head(*head_span, parts::of_words(self.source, &words), ns, follows);
                // The lines of a switch are ports and no statements.
                if words.first().is_some_and(|word| word.text == "expect") {
                    self.statements(body, ns, Follows::Inside);
                }
            }
            StatementKind::For { body, .. } => self.governed("for", statement, body, ns, follows),
            StatementKind::Def { function, .. } => self.governed("def", statement, &function.body, ns, follows),
            StatementKind::If { branches, otherwise } => {
                self.governed("if", statement, &[], ns, follows);
                for (_, body) in branches {
                    self.statements(body, ns, Follows::Inside);
                }
                self.statements(otherwise.as_deref().unwrap_or_default(), ns, Follows::IfFailed);
            }
            StatementKind::Let { .. } => self.governed("let", statement, &[], ns, follows),
            StatementKind::Include { .. } => self.governed("include", statement, &[], ns, follows),
        }
    }

    /// A statement that a word of the language begins, and what stands in its block.
    fn governed(&mut self, word: &str, statement: &Statement, body: &[Statement], ns: &NsRef, follows: Follows) {
        let text = self.source.slice(statement.span);
        let len = text.find(" {").unwrap_or(text.len());
        let summary = topic::WORDS.iter().find(|known| known.word == word).map_or("", |known| known.summary);
        let at = statement.span.start as usize;
        let parts = vec![(text[..len].to_owned(), summary.to_owned())];
        self.head(self.source.span(at, at + len), parts, ns, follows);
        self.statements(body, ns, Follows::Inside);
    }

    fn head(&mut self, span: Span, parts: Vec<(String, String)>, ns: &NsRef, follows: Follows) {
        let line = self.source.slice(span).to_owned();
        self.is_known = true;
        self.push(follows, Understood { line, parts, ns: ns.clone(), outcome: Outcome::Open });
    }

    fn inside(&mut self, namespace: &Word, body: &Body, ns: &NsRef, follows: Follows) {
        let name = Arg::plain(namespace);
        let ns = match name.as_ref().map(|name| name.text.as_str()) {
            Some("host") => NsRef::Host,
            Some(name) => value::netns_target(name).unwrap_or_else(|_| ns.clone()),
            None => ns.clone(),
        };
        let at = self.before.len();
        let written = format!("in {}", self.source.slice(namespace.span));
        self.before.push((written, "in that namespace".into()));
        self.statements(body.statements(), &ns, follows);
        self.before.truncate(at);
    }

    fn pipe(&mut self, stages: &[Statement], ns: &NsRef, follows: Follows) {
        for (index, stage) in stages.iter().enumerate() {
            self.statement(stage, ns, if index == 0 { follows } else { Follows::Piped });
        }
        // `echo 1 | tee /proc/sys/…` is how tutorials write a setting as root.
        let ([_, tee], [.., echo, last]) = (stages, self.steps.as_mut_slice()) else { return };
        let StatementKind::Command(tee) = &tee.kind else { return };
        let words: Vec<String> = tee.words.iter().filter_map(Arg::plain).map(|word| word.text).collect();
        if let ([program, path], [echo], [last]) =
            (words.as_slice(), echo.statements.as_slice(), last.statements.as_mut_slice())
            && program == "tee"
            && let Some(op) = echo.printed().and_then(|text| setting(path, text, ns))
        {
            last.outcome = Outcome::Act(Act::Change(vec![op]));
        }
    }

    fn command(&mut self, command: &Command, ns: &NsRef, follows: Follows) {
        let is_plain = command.words.iter().all(|word| Arg::plain(word).is_some());
        let steps = self.steps.len();
        self.words(&self.args(&command.words), is_plain, ns, follows);
        let Some(understood) = self.steps.get_mut(steps).and_then(|step| step.statements.last_mut()) else { return };
        for redirection in &command.redirections {
            let written = self.source.slice(redirection.span);
            understood.line += &format!(" {written}");
            understood.parts.push((written.to_owned(), parts::redirection(redirection)));
            let path = path_of(redirection);
            let printed = understood.printed().filter(|_| is_plain);
            if let Some(op) = path.and_then(|path| setting(&path, printed?, ns)) {
                understood.outcome = Outcome::Act(Act::Change(vec![op]));
            }
        }
    }

    /// Words, with what a variable stands for left as it is written.
    fn args(&self, words: &[Word]) -> Vec<Arg> {
        let written = |word: &Word| Arg { text: self.source.slice(word.span).into(), bare: false, span: word.span };
        words.iter().map(|word| Arg::plain(word).unwrap_or_else(|| written(word))).collect()
    }

    /// A command; `is_plain` if nothing is to be worked out in its words.
    pub(super) fn words(&mut self, words: &[Arg], is_plain: bool, ns: &NsRef, follows: Follows) {
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        if let Some(Modern { lines, notes }) = old::modern(&texts).filter(|_| is_plain) {
            let statements = lines.iter().filter_map(|line| self.today(line, ns)).collect();
            let tool = texts.first().map(|tool| (*tool).to_owned());
            self.steps.push(Step { follows, tool, notes, statements });
        } else if let Some(understood) = understand(self.source, words, is_plain, ns) {
            self.push(follows, understood);
        } else {
            let line = parts::written(self.source, words);
            let is_ours = texts.first().is_some_and(|word| is_statement(word));
            let what = if is_ours { "no statement that there is" } else { "a program that `nns` knows nothing of" };
            let parts = vec![(line.clone(), what.to_owned())];
            self.push(follows, Understood { line, parts, ns: ns.clone(), outcome: Outcome::Open });
            return;
        }
        self.is_known = true;
    }

    /// A line of today that an old one comes down to.
    fn today(&self, line: &str, ns: &NsRef) -> Option<Understood> {
        let mut sources = Sources::default();
        let id = sources.add("line", line);
        let source = sources.get(id);
        let understood = understand(source, &split(source), true, ns)?;
        Some(Understood { parts: [self.before.clone(), understood.parts].concat(), ..understood })
    }

    fn push(&mut self, follows: Follows, understood: Understood) {
        let parts = [self.before.clone(), understood.parts].concat();
        let statements = vec![Understood { parts, ..understood }];
        self.steps.push(Step { follows, tool: None, notes: Vec::new(), statements });
    }
}

/// The change that writing a text into a file of `/proc/sys` is.
fn setting(path: &str, text: &str, ns: &NsRef) -> Option<Op> {
    let key = path.starts_with("/proc/sys/").then(|| path.parse().ok())??;
    Some(Op::Sysctl(SysctlOp { ns: ns.clone(), key, value: text.trim().into() }))
}

/// The file that output goes to.
fn path_of(redirection: &Redirection) -> Option<String> {
    match &redirection.target {
        RedirectionTarget::File { path, .. } if redirection.stream == Stream::Output => {
            Arg::plain(path).map(|path| path.text)
        }
        RedirectionTarget::File { .. } | RedirectionTarget::Other => None,
    }
}

/// The words of a line, with their places.
pub(super) fn split(source: &Source) -> Vec<Arg> {
    let mut at = 0;
    let mut args = Vec::new();
    for word in source.text().split(char::is_whitespace) {
        if !word.is_empty() {
            args.push(Arg { text: word.into(), bare: true, span: source.span(at, at + word.len()) });
        }
        at += word.len() + 1;
    }
    let prompt = args.iter().take_while(|word| ["$", "sudo"].contains(&word.text.as_str())).count();
    args.split_off(prompt)
}
