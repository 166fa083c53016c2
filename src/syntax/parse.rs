//! Text to tree: runs the grammar and builds the [`Script`] from what it found.
//!
//! In: a [`Source`]. Out: a [`Script`] of all statements that were understood, and the errors in the order of the text.
//! Invariants: it never panics, whatever the text; every span lies inside the source, on character boundaries; no
//! statement is nested deeper than [`MAX_DEPTH`].
//!
//! This file alone knows pest. What is wrong with the lines the grammar gave up on is for `recover` to say.

use std::ops::Range;

use pest::{
    Parser,
    error::InputLocation,
    iterators::{Pair, Pairs},
};

use super::{
    MAX_DEPTH,
    ast::{
        Access, Body, ChainOperator, Command, Expr, ExprKind, Part, Redirection, RedirectionTarget, Rvalue, Script,
        Statement, StatementKind, Stream, Word,
    },
    error::{self, Problem, ShellWord, SyntaxError},
    formula,
    pieces::PartKind,
    recover::{self, Before},
    reserved,
};
use crate::{
    diag::Diagnostic,
    source::{Source, Span, Spanned},
    value::FIELDS,
};

#[derive(pest_derive::Parser)]
#[grammar = "grammar/nns.pest"]
struct Grammar;

/// Parses a text. Errors are in the order of the text; with any of them the tree is incomplete and not to be run.
pub fn parse(source: &Source) -> (Script, Vec<Diagnostic>) {
    let mut builder =
        Builder { source, errors: Vec::new(), depth: 0, across_lines: None, compound: false, gave_up: false };
    let statements = builder.script();
    let script = Script { source: source.id(), statements };
    builder.errors.sort_by_key(|error| error.span.start);
    (script, builder.errors.iter().map(error::diagnostic).collect())
}

/// The length of the `in NAMESPACE` at the beginning of a text, if there is one.
pub(super) fn namespace_len(text: &str) -> Option<usize> {
    len_of(Rule::namespace, text)
}

/// The length of the word at the beginning of a text, if there is one.
pub(super) fn word_len(text: &str) -> Option<usize> {
    len_of(Rule::word, text)
}

/// The length of the word of a list at the beginning of a text, if there is one.
pub(super) fn element_len(text: &str) -> Option<usize> {
    len_of(Rule::element, text)
}

/// The length of the `$…` at the beginning of a text, if it is right.
pub(super) fn variable_len(text: &str) -> Option<usize> {
    len_of(Rule::variable, text)
}

/// The parts of the word at the beginning of a text (of a list's word, if it is an element), if there is one. Where a
/// quoted text has variables in it, what is between them is a part each, and the quotes belong to the nearest.
pub(super) fn word_parts(text: &str, is_element: bool) -> Option<Vec<(PartKind, Range<usize>)>> {
    let rule = if is_element { Rule::element } else { Rule::word };
    let word = Grammar::parse(rule, text).ok()?.next()?;
    let mut parts = Vec::new();
    for pair in word.into_inner() {
        let span = pair.as_span();
        let (kind, mut at) = match pair.as_rule() {
            Rule::variable => (PartKind::Variable, span.start()),
            Rule::string | Rule::raw | Rule::escaped => (PartKind::Quoted, span.start()),
            _ => (PartKind::Bare, span.start()),
        };
        if kind == PartKind::Quoted {
            for inside in pair.into_inner().filter(|inside| inside.as_rule() == Rule::variable) {
                let variable = inside.as_span();
                push_part(&mut parts, kind, at..variable.start());
                push_part(&mut parts, PartKind::Variable, variable.start()..variable.end());
                at = variable.end();
            }
        }
        push_part(&mut parts, kind, at..span.end());
    }
    Some(parts)
}

/// Adds a part to a word, joined to bare text before it if it is bare.
fn push_part(parts: &mut Vec<(PartKind, Range<usize>)>, kind: PartKind, range: Range<usize>) {
    match parts.last_mut() {
        Some((PartKind::Bare, last)) if kind == PartKind::Bare => last.end = range.end,
        _ if range.is_empty() => {}
        _ => parts.push((kind, range)),
    }
}

fn len_of(rule: Rule, text: &str) -> Option<usize> {
    Grammar::parse(rule, text).ok()?.next().map(|pair| pair.as_span().end())
}

mod control;

struct Builder<'s> {
    source: &'s Source,
    errors: Vec<SyntaxError>,
    /// How many `in`s and blocks are open.
    depth: usize,
    /// The last quoted text that goes on behind the end of its line: when a quote is missing, it may be there.
    across_lines: Option<Span>,
    /// Whether a compound command of the shell was told of.
    compound: bool,
    /// Whether the text from some place on was not read, so that its braces are not known.
    gave_up: bool,
}

impl Builder<'_> {
    fn script(&mut self) -> Vec<Statement> {
        let text = self.source.text();
        if let Some(at) = text.find('\0') {
            self.errors.push(Spanned::new(Problem::Nul, self.source.span(at, at + 1)));
            return Vec::new();
        }
        match Grammar::parse(Rule::script, text) {
            Ok(mut pairs) => pairs.next().map(|script| self.statements(script.into_inner())).unwrap_or_default(),
            // The grammar matches every text; pest gives up only when the thread's stack is nearly used up.
            Err(error) => {
                let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
                self.errors.push(Spanned::new(Problem::TooDeep, self.source.span(at, at)));
                Vec::new()
            }
        }
    }

    /// The statements of a script, a block or a piece of junk.
    fn statements(&mut self, pairs: Pairs<Rule>) -> Vec<Statement> {
        let mut statements = Vec::new();
        for pair in pairs {
            match pair.as_rule() {
                Rule::statement => statements.extend(self.statement(pair)),
                Rule::stray => self.errors.push(Spanned::new(Problem::StrayBrace, self.span(&pair))),
                Rule::block => drop(self.block(pair)),
                Rule::too_deep => {
                    self.gave_up = true;
                    // The `in` in front of the `{` may have told of it.
                    if self.errors.last().is_none_or(|last| last.value != Problem::TooDeep) {
                        let start = pair.as_span().start();
                        self.errors.push(Spanned::new(Problem::TooDeep, self.source.span(start, start + 1)));
                    }
                }
                Rule::close | Rule::prompt | Rule::scrap | Rule::heredoc | Rule::EOI => {}
                rule => unreachable!("the grammar has no {rule:?} among statements"),
            }
        }
        statements
    }

    fn statement(&mut self, pair: Pair<Rule>) -> Option<Statement> {
        let mut first = None;
        let mut rest = Vec::new();
        let mut operator = None;
        let mut told = false;
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::operator => {
                    operator = Some(if pair.as_str() == "&&" { ChainOperator::And } else { ChainOperator::Or });
                }
                Rule::junk => {
                    if !told {
                        let before = rest.last().map(|(_, last)| last).or(first.as_ref());
                        self.explain(pair.as_span().start(), before.map_or(Before::Nothing, before_junk));
                    }
                    // Blocks that begin on the line: only their errors matter.
                    drop(self.statements(pair.into_inner()));
                }
                Rule::prompt | Rule::sudo => {}
                Rule::inside
                | Rule::binding
                | Rule::repeat
                | Rule::branch
                | Rule::function
                | Rule::headed
                | Rule::pipe => {
                    let link = self.simple(pair);
                    told |= link.is_none();
                    match operator.take() {
                        Some(operator) => rest.extend(link.map(|link| (operator, link))),
                        None => first = link,
                    }
                }
                rule => unreachable!("the grammar has no {rule:?} in a statement"),
            }
        }
        let first = first?;
        let Some((_, last)) = rest.last() else { return Some(first) };
        let span = first.span.to(last.span);
        Some(Statement { kind: StatementKind::Chain { first: Box::new(first), rest }, span })
    }

    /// A link of a chain; `None` where it is wrong, which was told.
    fn simple(&mut self, pair: Pair<Rule>) -> Option<Statement> {
        match pair.as_rule() {
            Rule::inside => self.inside(pair.into_inner()),
            Rule::binding => self.binding(pair),
            Rule::repeat => self.repeat(pair),
            Rule::branch => self.branch(pair),
            Rule::function => self.function(pair),
            Rule::headed => self.headed(pair),
            Rule::pipe => self.pipe(pair),
            rule => unreachable!("the grammar has no {rule:?} in a chain"),
        }
    }

    /// `in red in blue …`: the first `in` governs the second, and so on.
    fn inside(&mut self, pairs: Pairs<Rule>) -> Option<Statement> {
        let mut namespaces = Vec::new();
        let mut governed = None;
        let depth_outside = self.depth;
        for pair in pairs {
            match pair.as_rule() {
                Rule::namespace => {
                    self.depth += 1;
                    let span = self.span(&pair);
                    if self.depth == MAX_DEPTH + 1 {
                        self.errors.push(Spanned::new(Problem::TooDeep, span));
                    }
                    namespaces.push((span, self.only_word(pair)));
                }
                Rule::block => {
                    let (statements, span) = self.block(pair);
                    governed = Some((Body::Block(statements), span));
                }
                Rule::binding | Rule::repeat | Rule::branch | Rule::function | Rule::headed | Rule::pipe => {
                    governed = self.simple(pair).map(|statement| {
                        let span = statement.span;
                        (Body::Single(Box::new(statement)), span)
                    });
                }
                Rule::sudo => {}
                rule => unreachable!("the grammar has no {rule:?} behind `in`"),
            }
        }
        let fits = self.depth <= MAX_DEPTH;
        self.depth = depth_outside;
        let (mut body, mut span) = governed.filter(|_| fits)?;
        let (outermost, namespace) = loop {
            let (start, namespace) = namespaces.pop()?;
            if namespaces.is_empty() {
                break (start, namespace);
            }
            span = start.to(span);
            let statement = Statement { kind: StatementKind::In { namespace, body }, span };
            body = Body::Single(Box::new(statement));
        };
        Some(Statement { kind: StatementKind::In { namespace, body }, span: outermost.to(span) })
    }

    /// The statements in braces, and the place from `{` to `}`.
    fn block(&mut self, pair: Pair<Rule>) -> (Vec<Statement>, Span) {
        let start = pair.as_span().start();
        let open = self.source.span(start, start + 1);
        let inner = pair.into_inner();
        let close = inner.clone().next_back().filter(|last| last.as_rule() == Rule::close).map(|last| self.span(&last));
        let statements = self.statements(inner);
        let end = close.or(statements.last().map(|last| last.span)).unwrap_or(open);
        if close.is_none() && !self.gave_up {
            self.errors.push(Spanned::new(Problem::UnclosedBrace, open));
        }
        (statements, open.to(end))
    }

    /// `let NAME = VALUE`.
    fn binding(&mut self, pair: Pair<Rule>) -> Option<Statement> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let name = inner.next().expect("`binding` has a name");
        let name = Spanned::new(name.as_str().to_owned(), self.span(&name));
        let value = self.rvalue(inner.next().expect("`binding` has a value"))?;
        Some(Statement { kind: StatementKind::Let { name, value }, span })
    }

    /// A list or a word.
    fn rvalue(&mut self, pair: Pair<Rule>) -> Option<Rvalue> {
        let span = self.span(&pair);
        if pair.as_rule() == Rule::list {
            let items = pair.into_inner().map(|element| self.word(element)).collect();
            return Some(Rvalue::List { items, span });
        }
        if pair.as_str().starts_with('[') {
            self.errors.push(Spanned::new(Problem::BadList, span));
            return None;
        }
        Some(Rvalue::Word(self.word(pair)))
    }

    /// A command, or several with `|` between them.
    fn pipe(&mut self, pair: Pair<Rule>) -> Option<Statement> {
        let commands = pair.into_inner().filter(|pair| pair.as_rule() == Rule::command);
        let mut stages = Vec::new();
        let mut told = false;
        for command in commands {
            let start = command.as_span().start();
            let problem = recover::not_piped(&self.source.text()[start..]).filter(|_| !stages.is_empty());
            let stage = match problem {
                Some(problem) => {
                    self.errors.push(Spanned::new(problem, self.span(&command)));
                    None
                }
                // What is wrong further on may be so for want of the first.
                None if told => None,
                None => self.command(command.into_inner()),
            };
            told |= stage.is_none();
            stages.extend(stage);
        }
        let (first, last) = (stages.first()?.span, stages.last()?.span);
        match stages.len() {
            _ if told => None,
            1 => stages.pop(),
            _ => Some(Statement { kind: StatementKind::Pipe(stages), span: first.to(last) }),
        }
    }

    fn command(&mut self, pairs: Pairs<Rule>) -> Option<Statement> {
        let mut command = Command { words: Vec::new(), redirections: Vec::new() };
        for pair in pairs {
            match pair.as_rule() {
                Rule::word => command.words.push(self.word(pair)),
                Rule::redirection => self.redirection(pair, &mut command.redirections),
                rule => unreachable!("the grammar has no {rule:?} in a command"),
            }
        }
        let first = command.words.first()?.span;
        if !reserved::begins_command(self.source.slice(first)) {
            self.explain(first.start as usize, Before::Nothing);
            return None;
        }
        if command.words[0].bare() == Some("include") {
            return self.include(&command);
        }
        let spans = command.words.iter().map(|word| word.span).chain(command.redirections.iter().map(|r| r.span));
        let span = spans.fold(first, Span::to);
        Some(Statement { kind: StatementKind::Command(command), span })
    }

    /// `include "FILE"`
    fn include(&mut self, command: &Command) -> Option<Statement> {
        let span = command.words.iter().map(|word| word.span).fold(command.words[0].span, Span::to);
        let path = match command.words.as_slice() {
            [_, file] if command.redirections.is_empty() => file.literal().map(|path| Spanned::new(path, file.span)),
            _ => None,
        };
        let Some(path) = path else {
            self.errors.push(Spanned::new(Problem::Include, span));
            return None;
        };
        Some(Statement { kind: StatementKind::Include { path }, span })
    }

    /// One redirection, or two for `&>`.
    fn redirection(&mut self, pair: Pair<Rule>, redirections: &mut Vec<Redirection>) {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let operator = inner.next().expect("`redirection` has an operator");
        let stream = if operator.as_str().starts_with('2') { Stream::Errors } else { Stream::Output };
        let Some(path) = inner.next() else {
            redirections.push(Redirection { stream, target: RedirectionTarget::Other, span });
            return;
        };
        let append = operator.as_str().ends_with(">>");
        let target = RedirectionTarget::File { path: self.word(path), append };
        redirections.push(Redirection { stream, target, span });
        if operator.as_str().starts_with('&') {
            redirections.push(Redirection { stream: Stream::Errors, target: RedirectionTarget::Other, span });
        }
    }

    /// The word that a pair is made of, among keywords.
    fn only_word(&mut self, pair: Pair<Rule>) -> Word {
        self.word(pair.into_inner().next().expect("the rule has a word"))
    }

    fn word(&mut self, pair: Pair<Rule>) -> Word {
        let span = self.span(&pair);
        let mut parts = Vec::new();
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::bare | Rule::plain | Rule::ampersand | Rule::dollar => {
                    push_text(&mut parts, Part::Bare, pair.as_str());
                }
                // A quoted character, without its `\`.
                Rule::escaped => push_text(&mut parts, Part::Quoted, &pair.as_str()[1..]),
                Rule::variable => self.variable(pair, &mut parts, Part::Bare),
                Rule::string | Rule::raw => {
                    if pair.as_str().contains('\n') {
                        self.across_lines = Some(self.span(&pair));
                    }
                    self.quoted(pair, &mut parts);
                }
                rule => unreachable!("the grammar has no {rule:?} in a word"),
            }
        }
        Word { parts, span }
    }

    /// What stands in quotes; nothing is left of `""`.
    fn quoted(&mut self, pair: Pair<Rule>, parts: &mut Vec<Part>) {
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::text | Rule::raw_text | Rule::dollar => push_text(parts, Part::Quoted, pair.as_str()),
                Rule::escape => push_text(parts, Part::Quoted, unescape(pair.as_str())),
                Rule::variable => self.variable(pair, parts, Part::Quoted),
                rule => unreachable!("the grammar has no {rule:?} in quotes"),
            }
        }
    }

    /// `$name`, `$lan[5].ip`, `${ … }`. A dot and a name that is no field are text.
    fn variable(&mut self, pair: Pair<Rule>, parts: &mut Vec<Part>, kind: fn(String) -> Part) {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let first = inner.next().expect("`variable` has a name or a formula");
        if first.as_rule() == Rule::formula {
            parts.push(match self.formula(&first) {
                Some(expr) => Part::Value(Expr { span, ..expr }),
                // What is left of the word must not pass for a keyword.
                None => Part::Quoted(String::new()),
            });
            return;
        }
        let name_span = self.source.span(span.start as usize, first.as_span().end());
        let name = Spanned::new(first.as_str().to_owned(), name_span);
        let (mut accesses, mut text, mut end) = (Vec::new(), String::new(), name_span.end as usize);
        for pair in inner {
            if text.is_empty()
                && let Some(access) = self.access(&pair)
            {
                accesses.push(access);
                end = pair.as_span().end();
            } else {
                text.push_str(pair.as_str());
            }
        }
        let span = self.source.span(span.start as usize, end);
        parts.push(Part::Value(Expr { kind: ExprKind::Variable { name, accesses }, span }));
        push_text(parts, kind, &text);
    }

    /// An index or a field; `None` where it is text, or wrong, which was told.
    fn access(&mut self, pair: &Pair<Rule>) -> Option<Access> {
        let span = self.span(pair);
        let inner = pair.clone().into_inner().next()?;
        match inner.as_rule() {
            Rule::formula => Some(Access::Index { index: self.formula(&inner)?, span }),
            Rule::subnet => {
                let inside = inner.into_inner().next()?.as_span();
                let arguments = formula::formulas(self.source, inside.start(), inside.end());
                let field = arguments.and_then(|all| formula::field("subnet".into(), all, span));
                field.map_err(|error| self.errors.push(error)).ok()
            }
            _ => {
                let name = inner.as_str();
                let is_field = FIELDS.contains(&name) && name != "subnet";
                is_field.then(|| Access::Field { name: name.into(), arguments: Vec::new(), span })
            }
        }
    }

    fn formula(&mut self, pair: &Pair<Rule>) -> Option<Expr> {
        let span = pair.as_span();
        formula::formula(self.source, span.start(), span.end()).map_err(|error| self.errors.push(error)).ok()
    }

    /// Tells what is wrong at a place.
    fn explain(&mut self, at: usize, before: Before) {
        let Some(error) = recover::explain(self.source, at, before, self.across_lines) else { return };
        // `do`, `done`, `fi` … belong to a `for` or `if` that was told of already.
        let belongs = matches!(error.value, Problem::ShellWord { means: ShellWord::Inner, .. } | Problem::Else);
        if self.compound && belongs {
            return;
        }
        self.compound |= matches!(error.value, Problem::ShellWord { means: ShellWord::Compound, .. })
            || matches!(error.value, Problem::For { .. });
        self.errors.push(error);
    }

    fn span(&self, pair: &Pair<Rule>) -> Span {
        let span = pair.as_span();
        self.source.span(span.start(), span.end())
    }
}

/// What `recover` needs to know of the statement in front of junk.
fn before_junk(statement: &Statement) -> Before {
    match &statement.kind {
        StatementKind::Command(_) | StatementKind::Pipe(_) | StatementKind::Include { .. } => Before::Command,
        StatementKind::Let { .. } => Before::Let,
        StatementKind::In { body: Body::Block(_), .. }
        | StatementKind::Headed { .. }
        | StatementKind::For { .. }
        | StatementKind::If { .. }
        | StatementKind::Def { .. } => Before::Block,
        StatementKind::In { body: Body::Single(inner), .. } => before_junk(inner),
        StatementKind::Chain { first, rest } => before_junk(rest.last().map_or(first, |(_, last)| last)),
    }
}

/// Adds text to a word, joined to text of the same kind before it.
fn push_text(parts: &mut Vec<Part>, kind: fn(String) -> Part, text: &str) {
    match (kind(String::new()), parts.last_mut()) {
        (Part::Bare(_), Some(Part::Bare(last))) | (Part::Quoted(_), Some(Part::Quoted(last))) => last.push_str(text),
        _ if !text.is_empty() => parts.push(kind(text.into())),
        _ => {}
    }
}

/// What a `\` and the character behind it stand for in `"…"`; where they mean nothing, both stay, as in a shell.
fn unescape(escape: &str) -> &str {
    match &escape[1..] {
        "n" => "\n",
        "t" => "\t",
        "\n" | "\r\n" => "",
        character @ ("\"" | "\\" | "$" | "`") => character,
        _ => escape,
    }
}

#[cfg(test)]
mod tests;
