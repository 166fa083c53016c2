//! What stands in `${ … }`, in an index `[ … ]` and in `.subnet( … )`: the one place where bare names are values.
//!
//! In: the text between the brackets and where it begins. Out: an [`Expr`], or the piece at fault. The grammar only says
//! how far the brackets reach. Invariants: it takes time in proportion to the text; nesting is bounded.

use super::{
    ast::{Access, Expr, ExprKind},
    error::{Problem, SyntaxError},
    shell::is_name,
};
use crate::{
    source::{Source, Span, Spanned},
    value::{FIELDS, Operator, Value},
};

/// How deep parentheses, signs and indexes may nest.
const MAX_NESTING: usize = 50;

/// The expressions, separated by commas, that a piece of the source holds.
pub(super) fn formulas(source: &Source, start: usize, end: usize) -> Result<Vec<Expr>, SyntaxError> {
    let mut formula = Formula { source, at: start, end, depth: 0 };
    let mut all = vec![formula.sum()?];
    while formula.take(",") {
        all.push(formula.sum()?);
    }
    formula.skip_blanks();
    if formula.at < end { Err(formula.unexpected()) } else { Ok(all) }
}

/// The one expression that a piece of the source holds.
pub(super) fn formula(source: &Source, start: usize, end: usize) -> Result<Expr, SyntaxError> {
    let mut all = formulas(source, start, end)?;
    match all.get(1) {
        Some(second) => Err(Spanned::new(Problem::FormulaWord { text: source.slice(second.span).into() }, second.span)),
        None => Ok(all.remove(0)),
    }
}

/// A cursor on the text.
struct Formula<'s> {
    source: &'s Source,
    at: usize,
    end: usize,
    depth: usize,
}

impl<'s> Formula<'s> {
    fn rest(&self) -> &'s str {
        &self.source.text()[self.at..self.end]
    }

    fn skip_blanks(&mut self) {
        self.at = self.end - self.rest().trim_start_matches([' ', '\t', '\r']).len();
    }

    /// Goes behind a sign, if it is the next thing.
    fn take(&mut self, sign: &str) -> bool {
        self.skip_blanks();
        let is_next = self.rest().starts_with(sign);
        self.at += if is_next { sign.len() } else { 0 };
        is_next
    }

    fn unexpected(&self) -> SyntaxError {
        let rest = self.rest();
        let len = rest.find([' ', '\t', ')', ']']).filter(|len| *len > 0);
        let len = len.unwrap_or_else(|| rest.chars().next().map_or(0, char::len_utf8));
        let span = self.source.span(self.at, self.at + len);
        let text = self.source.slice(span);
        Spanned::new(
            if text.is_empty() { Problem::FormulaEnds } else { Problem::FormulaWord { text: text.into() } },
            span,
        )
    }

    fn sum(&mut self) -> Result<Expr, SyntaxError> {
        self.operations(&[("+", Operator::Add), ("-", Operator::Subtract)], Self::product)
    }

    fn product(&mut self) -> Result<Expr, SyntaxError> {
        let operators = [("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)];
        self.operations(&operators, Self::signed)
    }

    /// Operators of one rank, from the left. They do not nest the tree: a long sum is a long list.
    fn operations(
        &mut self,
        operators: &[(&str, Operator)],
        operand: fn(&mut Self) -> Result<Expr, SyntaxError>,
    ) -> Result<Expr, SyntaxError> {
        let first = operand(self)?;
        let mut rest = Vec::new();
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.take(sign)) {
            rest.push((*operator, operand(self)?));
        }
        let Some((_, last)) = rest.last() else { return Ok(first) };
        let span = first.span.to(last.span);
        Ok(Expr { kind: ExprKind::Operations { first: Box::new(first), rest }, span })
    }

    fn signed(&mut self) -> Result<Expr, SyntaxError> {
        self.skip_blanks();
        let start = self.at;
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(Spanned::new(Problem::FormulaTooDeep, self.source.span(start, start)));
        }
        let expr = if self.take("-") {
            let inner = self.signed()?;
            let span = self.source.span(start, inner.span.end as usize);
            Expr { kind: ExprKind::Negative(Box::new(inner)), span }
        } else {
            self.operand()?
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn operand(&mut self) -> Result<Expr, SyntaxError> {
        let start = self.at;
        let rest = self.rest();
        match rest.chars().next() {
            Some('(') => {
                self.at += 1;
                let mut inner = self.sum()?;
                if !self.take(")") {
                    return Err(self.unexpected());
                }
                inner.span = self.source.span(start, self.at);
                Ok(inner)
            }
            Some(quote @ ('"' | '\'')) => {
                let text = &rest[1..];
                let Some(len) = text.find(quote) else { return Err(self.unexpected()) };
                let text = text[..len].to_owned();
                self.at += len + 2;
                Ok(Expr { kind: ExprKind::Text(text), span: self.source.span(start, self.at) })
            }
            Some(_) => self.name_or_literal(),
            None => Err(self.unexpected()),
        }
    }

    /// A name with its accesses, or what looks like a number, an address, a prefix.
    fn name_or_literal(&mut self) -> Result<Expr, SyntaxError> {
        let start = self.at;
        let dollar = usize::from(self.rest().starts_with('$'));
        let text = &self.rest()[dollar..];
        let name = &text[..text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())];
        let behind = &text[name.len()..];
        // `fe80::1` and `02:00:…` begin as a name does.
        let is_variable = !name.is_empty() && is_name(name) && !behind.starts_with(':');
        if is_variable && (dollar == 1 || !matches!(name, "true" | "false")) {
            self.at += dollar + name.len();
            let name = Spanned::new(name.to_owned(), self.source.span(start, self.at));
            let mut accesses = Vec::new();
            while let Some(access) = self.access()? {
                accesses.push(access);
            }
            return Ok(Expr { kind: ExprKind::Variable { name, accesses }, span: self.source.span(start, self.at) });
        }
        // A `/` belongs to a prefix only where an address stands before it and a length behind it.
        let plain = |text: &str| {
            text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == ':')).unwrap_or(text.len())
        };
        let len = plain(text);
        let length = text[len..]
            .strip_prefix('/')
            .map(|length| length.find(|c: char| !c.is_ascii_digit()).unwrap_or(length.len()));
        let is_address = text[..len].contains([':', '.']);
        let len = length.filter(|length| is_address && *length > 0).map_or(len, |length| len + 1 + length);
        if len == 0 || dollar == 1 {
            return Err(self.unexpected());
        }
        if matches!(Value::look(&text[..len]), Ok(Value::Text(_))) {
            let text = text[..len].to_owned();
            return Err(Spanned::new(Problem::FormulaWord { text }, self.source.span(start, start + len)));
        }
        let literal = text[..len].to_owned();
        self.at += len;
        Ok(Expr { kind: ExprKind::Literal(literal), span: self.source.span(start, self.at) })
    }

    /// `[INDEX]` or `.FIELD`, right behind a name.
    fn access(&mut self) -> Result<Option<Access>, SyntaxError> {
        let start = self.at;
        if self.rest().starts_with('[') {
            self.at += 1;
            let index = self.sum()?;
            if !self.take("]") {
                return Err(self.unexpected());
            }
            return Ok(Some(Access::Index { index, span: self.source.span(start, self.at) }));
        }
        let Some(behind) = self.rest().strip_prefix('.') else { return Ok(None) };
        let name = &behind[..behind.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(behind.len())];
        if !FIELDS.contains(&name) {
            let span = self.source.span(start, start + 1 + name.len());
            return Err(Spanned::new(Problem::NoSuchField { field: name.into() }, span));
        }
        let name = name.to_owned();
        self.at += 1 + name.len();
        let mut arguments = Vec::new();
        if name == "subnet" {
            if !self.take("(") {
                return Err(self.unexpected());
            }
            arguments.push(self.sum()?);
            while self.take(",") {
                arguments.push(self.sum()?);
            }
            if !self.take(")") {
                return Err(self.unexpected());
            }
        }
        field(name, arguments, self.source.span(start, self.at)).map(Some)
    }
}

/// A field with its arguments: `.subnet` takes two, all others none.
pub(super) fn field(name: String, arguments: Vec<Expr>, span: Span) -> Result<Access, SyntaxError> {
    if name == "subnet" && arguments.len() != 2 {
        return Err(Spanned::new(Problem::SubnetArguments, span));
    }
    Ok(Access::Field { name, arguments, span })
}
