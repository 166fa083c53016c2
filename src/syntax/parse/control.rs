//! `for`, `if`, `def` and the commands that govern statements: their heads, and the statements that they govern.

use std::rc::Rc;

use pest::iterators::Pair;

use super::{Builder, Rule};
use crate::{
    source::{Span, Spanned},
    syntax::{
        MAX_DEPTH,
        ast::{Comparison, Condition, Function, Parameter, Rvalue, Statement, StatementKind},
        error::Problem,
    },
};

/// A piece of a condition.
enum Token {
    /// `ok { … }`
    Ok(Vec<Statement>),
    /// `==` and the like.
    Compare(Comparison),
    /// A word or a list.
    Operand(Rvalue),
}

impl Builder<'_> {
    /// `for NAME in VALUES { … }`
    pub(super) fn repeat(&mut self, pair: Pair<Rule>) -> Option<Statement> {
        let start = self.source.span(pair.as_span().start(), pair.as_span().start());
        let (mut names, mut values, mut body) = (Vec::new(), None, None);
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::for_ | Rule::in_ => {}
                Rule::name => names.push(self.name(&pair)),
                Rule::block => body = Some(self.governed(pair)),
                _ => values = Some(self.rvalue(pair)),
            }
        }
        let (body, span) = body??;
        let name = names.pop()?;
        let kind = StatementKind::For { count: names.pop(), name, values: values??, body };
        Some(Statement { kind, span: start.to(span) })
    }

    /// `switch NAME { … }`, `expect "TEXT" { … }`
    pub(super) fn headed(&mut self, pair: Pair<Rule>) -> Option<Statement> {
        let mut inner = pair.into_inner();
        let head = inner.next()?;
        let head = self.command(head.into_inner());
        let (body, end) = self.governed(inner.next()?)?;
        let Statement { kind: StatementKind::Command(head), span: head_span } = head? else { return None };
        Some(Statement { kind: StatementKind::Headed { head, head_span, body }, span: head_span.to(end) })
    }

    /// `def NAME(PARAMETERS) { … }`
    pub(super) fn function(&mut self, pair: Pair<Rule>) -> Option<Statement> {
        let start = self.source.span(pair.as_span().start(), pair.as_span().start());
        let (mut name, mut parameters, mut body) = (None, Vec::<Parameter>::new(), None);
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::name => name = Some(self.name(&pair)),
                Rule::param => {
                    let parameter = self.parameter(pair)?;
                    let twice = parameters.iter().any(|other| other.name.value == parameter.name.value);
                    let misplaced =
                        parameter.default.is_none() && parameters.iter().any(|other| other.default.is_some());
                    if twice || misplaced {
                        let name = parameter.name.value.clone();
                        let problem = if twice { Problem::SameName { name } } else { Problem::DefaultBefore { name } };
                        self.errors.push(Spanned::new(problem, parameter.name.span));
                    }
                    parameters.push(parameter);
                }
                Rule::block => body = Some(self.governed(pair)),
                _ => {}
            }
        }
        let (body, span) = body??;
        let function = Rc::new(Function { parameters, body });
        Some(Statement { kind: StatementKind::Def { name: name?, function }, span: start.to(span) })
    }

    fn parameter(&mut self, pair: Pair<Rule>) -> Option<Parameter> {
        let mut inner = pair.into_inner();
        let name = self.name(&inner.next()?);
        let default = match inner.next() {
            Some(value) => Some(self.rvalue(value)?),
            None => None,
        };
        Some(Parameter { name, default })
    }

    /// `if CONDITION { … } else if CONDITION { … } else { … }`
    pub(super) fn branch(&mut self, pair: Pair<Rule>) -> Option<Statement> {
        let start = pair.as_span().start();
        let mut span = self.source.span(start, start + "if".len());
        let (mut branches, mut otherwise) = (Vec::new(), None);
        let mut rest = Vec::new();
        let mut head = Vec::new();
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::otherwise => rest.push(pair),
                _ => head.push(pair),
            }
        }
        let keyword = span;
        let (condition, body) = self.branch_parts(head.into_iter(), keyword)?;
        let (body, end) = body?;
        span = span.to(end);
        branches.push((condition?, body));
        for pair in rest {
            let start = pair.as_span().start();
            let keyword = self.source.span(start, start + "else".len());
            if otherwise.is_some() {
                self.errors.push(Spanned::new(Problem::ElseTwice, keyword));
                return None;
            }
            let (condition, body) = self.branch_parts(pair.into_inner(), keyword)?;
            let (body, end) = body?;
            span = span.to(end);
            match condition {
                Some(condition) => branches.push((condition, body)),
                None => otherwise = Some(body),
            }
        }
        Some(Statement { kind: StatementKind::If { branches, otherwise }, span })
    }

    /// The condition, if an `if` stands there, and what it governs; `None` where something is wrong, which was told.
    #[expect(clippy::type_complexity, reason = "two halves of one thing")]
    fn branch_parts<'i>(
        &mut self,
        pairs: impl Iterator<Item = Pair<'i, Rule>>,
        keyword: Span,
    ) -> Option<(Option<Condition>, Option<(Vec<Statement>, Span)>)> {
        let (mut tokens, mut body, mut is_conditional) = (Vec::new(), None, false);
        for pair in pairs {
            let span = self.span(&pair);
            match pair.as_rule() {
                Rule::if_ => is_conditional = true,
                Rule::else_ => {}
                Rule::block => body = Some(self.governed(pair)),
                Rule::ok => {
                    let block = pair.into_inner().find(|pair| pair.as_rule() == Rule::block)?;
                    let (statements, span) = self.governed(block)?;
                    tokens.push(Spanned::new(Token::Ok(statements), span));
                }
                Rule::compare => tokens.push(Spanned::new(Token::Compare(comparison(pair.as_str())), span)),
                _ => {
                    let is_test = pair.as_rule() == Rule::list && tokens.is_empty() || pair.as_str() == "[[";
                    if is_test {
                        self.compound = true;
                        self.errors.push(Spanned::new(Problem::If, span));
                        return None;
                    }
                    tokens.push(Spanned::new(Token::Operand(self.rvalue(pair)?), span));
                }
            }
        }
        let Some(body) = body else {
            self.compound = true;
            let problem = if is_conditional { Problem::If } else { Problem::ElseBlock };
            self.errors.push(Spanned::new(problem, keyword));
            return None;
        };
        if !is_conditional {
            return Some((None, body));
        }
        match (Tokens { rest: tokens.into_iter().peekable(), last: keyword }).condition() {
            Ok(condition) => Some((Some(condition), body)),
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }

    fn name(&self, pair: &Pair<Rule>) -> Spanned<String> {
        Spanned::new(pair.as_str().to_owned(), self.span(pair))
    }

    /// The statements in the braces behind a head.
    fn governed(&mut self, pair: Pair<Rule>) -> Option<(Vec<Statement>, Span)> {
        self.depth += 1;
        let fits = self.depth <= MAX_DEPTH;
        if self.depth == MAX_DEPTH + 1 {
            let start = pair.as_span().start();
            self.errors.push(Spanned::new(Problem::TooDeep, self.source.span(start, start + 1)));
        }
        let block = self.block(pair);
        self.depth -= 1;
        fits.then_some(block)
    }
}

fn comparison(text: &str) -> Comparison {
    match text {
        "==" => Comparison::Equal,
        "!=" => Comparison::Unequal,
        "<" => Comparison::Less,
        "<=" => Comparison::AtMost,
        ">" => Comparison::Greater,
        _ => Comparison::AtLeast,
    }
}

/// The pieces of a condition that were not looked at yet.
struct Tokens {
    rest: std::iter::Peekable<std::vec::IntoIter<Spanned<Token>>>,
    /// The place behind which something is missing.
    last: Span,
}

type Parsed = Result<Condition, Spanned<Problem>>;

impl Tokens {
    fn condition(mut self) -> Parsed {
        let mut any = vec![self.all()?];
        while self.take("or") {
            any.push(self.all()?);
        }
        if let Some(token) = self.rest.next() {
            return Err(Spanned::new(Problem::BehindCondition, token.span));
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Condition::Any(any) })
    }

    fn all(&mut self) -> Parsed {
        let mut all = vec![self.one()?];
        while self.take("and") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::All(all) })
    }

    fn one(&mut self) -> Parsed {
        let mut negated = false;
        while self.take("not") {
            negated = !negated;
        }
        let condition = self.positive()?;
        Ok(if negated { Condition::Not(Box::new(condition)) } else { condition })
    }

    fn positive(&mut self) -> Parsed {
        if self.take("exists") {
            let keyword = self.last;
            let mut words = Vec::new();
            while !self.is_next("and") && !self.is_next("or") {
                let Some(token) = self.rest.next_if(|token| matches!(token.value, Token::Operand(Rvalue::Word(_))))
                else {
                    break;
                };
                if let Token::Operand(Rvalue::Word(word)) = token.value {
                    words.push(word);
                }
            }
            if words.is_empty() {
                return Err(Spanned::new(Problem::Exists, keyword));
            }
            return Ok(Condition::Exists { words, keyword });
        }
        match self.rest.next() {
            Some(Spanned { value: Token::Ok(statements), .. }) => Ok(Condition::Ok(statements)),
            Some(Spanned { value: Token::Operand(left), span }) if !is_word(&left, "and") && !is_word(&left, "or") => {
                self.last = span;
                let compare = |token: &Spanned<Token>| matches!(token.value, Token::Compare(_));
                let Some(Spanned { value: Token::Compare(comparison), span }) = self.rest.next_if(compare) else {
                    return Ok(Condition::Value(left));
                };
                self.last = span;
                match self.rest.next() {
                    Some(Spanned { value: Token::Operand(right), .. }) => {
                        Ok(Condition::Compare { left, comparison, right })
                    }
                    _ => Err(Spanned::new(Problem::NoCondition, span)),
                }
            }
            Some(token) => Err(Spanned::new(Problem::NoCondition, token.span)),
            None => Err(Spanned::new(Problem::NoCondition, self.last)),
        }
    }

    fn is_next(&mut self, keyword: &str) -> bool {
        let is_it = |token: &Spanned<Token>| matches!(&token.value, Token::Operand(word) if is_word(word, keyword));
        self.rest.peek().is_some_and(is_it)
    }

    fn take(&mut self, keyword: &str) -> bool {
        if !self.is_next(keyword) {
            return false;
        }
        if let Some(token) = self.rest.next() {
            self.last = token.span;
        }
        true
    }
}

fn is_word(value: &Rvalue, keyword: &str) -> bool {
    matches!(value, Rvalue::Word(word) if word.bare() == Some(keyword))
}
