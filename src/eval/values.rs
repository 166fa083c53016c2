//! Values: what words, lists and expressions of the tree come to.
//!
//! In: pieces of the tree, and the variables so far. Out: a [`Value`], or the word of a command ([`Arg`]); an error
//! points at the piece at fault.

use std::rc::Rc;

use super::{Evaluator, Failure, FailureKind, Outside};
use crate::{
    codes::Code,
    commands::Arg,
    diag::{self, Diagnostic},
    source::{Span, Spanned},
    syntax::ast::{Access, Expr, ExprKind, Part, Rvalue, Word},
    value::{self, MAX_TEXT, MAX_WORD, Value, ValueError},
};

/// So much text is as much work as one value.
const TEXT_OF_A_VALUE: usize = 16;

/// Whether a dot behind a value that has no such field is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It is: `$ns.pcap`.
    Word,
    /// It is an error: `${ ns.pcap }`.
    Formula,
}

impl<O: Outside> Evaluator<'_, O> {
    /// A word or a list.
    pub(super) fn rvalue(&self, rvalue: &Rvalue) -> Result<Value, Failure> {
        match rvalue {
            Rvalue::Word(word) => self.word_value(word),
            Rvalue::List { items, .. } => {
                let mut left = MAX_TEXT;
                let values = items.iter().map(|item| {
                    let value = self.word_value(item)?;
                    let rest = left.checked_sub(value.weight());
                    self.single(&value, item.span)?;
                    left = rest.ok_or_else(|| too_long(MAX_TEXT, item.span))?;
                    Ok(value)
                });
                values.collect::<Result<_, Failure>>().map(Value::List)
            }
        }
    }

    /// Making values takes time, too: what was made counts as steps, sooner or later.
    fn made(&self, values: usize) {
        self.made.set(self.made.get().saturating_add(values as u64));
    }

    /// A bare word is what it looks like, one value alone is that value, and what is quoted is text.
    pub(super) fn word_value(&self, word: &Word) -> Result<Value, Failure> {
        if let [Part::Value(expr)] = word.parts.as_slice()
            && self.sources.slice(word.span).starts_with('$')
        {
            return self.expr_in(expr, Place::Word);
        }
        let text = self.expand(word)?.text;
        if word.parts.is_empty() || word.parts.iter().any(|part| matches!(part, Part::Quoted(_))) {
            return Ok(Value::Text(text));
        }
        let value = Value::look(&text).map_err(|error| wrong(&error, word.span))?;
        if let Value::List(values) = &value {
            self.made(values.len());
        }
        Ok(value)
    }

    /// The word of a command.
    pub(super) fn expand(&self, word: &Word) -> Result<Arg, Failure> {
        self.expand_with(word, 0, MAX_WORD, |value, span| self.single(value, span))
    }

    /// The words of a command that takes lists too.
    pub(super) fn expand_for_print(&self, words: &[Word]) -> Result<Rc<[Arg]>, Failure> {
        let mut before = 0;
        let expand = |word| {
            let arg = self.expand_with(word, before, MAX_TEXT, |_, _| Ok(()))?;
            before += arg.text.len();
            Ok(arg)
        };
        words.iter().map(expand).collect()
    }

    /// With variables in it a word may have so many bytes at most, together with those before it.
    fn expand_with(
        &self,
        word: &Word,
        before: usize,
        most: usize,
        admit: impl Fn(&Value, Span) -> Result<(), Failure>,
    ) -> Result<Arg, Failure> {
        let mut text = String::new();
        for part in &word.parts {
            match part {
                Part::Bare(part) | Part::Quoted(part) => text.push_str(part),
                Part::Value(expr) => {
                    let value = self.expr_in(expr, Place::Word)?;
                    admit(&value, expr.span)?;
                    text.push_str(&value.to_string());
                    self.made(text.len() / TEXT_OF_A_VALUE);
                    if before + text.len() > most {
                        return Err(too_long(most, expr.span));
                    }
                }
            }
        }
        Ok(Arg { text, bare: word.bare().is_some(), span: word.span })
    }

    /// Not a list.
    fn single(&self, value: &Value, span: Span) -> Result<(), Failure> {
        if !matches!(value, Value::List(_)) {
            return Ok(());
        }
        let written = self.sources.slice(span);
        let diagnostic = Diagnostic::error(Code::BadValue, format!("`{written}` is a list, and a word is one value"))
            .label(span, "a list")
            .help(format!("`for x in {written} {{ … }}` takes its values one by one, `{written}[0]` is the first"));
        Err(Failure::new(FailureKind::Words, diagnostic))
    }

    fn expr(&self, expr: &Expr) -> Result<Value, Failure> {
        self.expr_in(expr, Place::Formula)
    }

    fn expr_in(&self, expr: &Expr, place: Place) -> Result<Value, Failure> {
        match &expr.kind {
            ExprKind::Variable { name, accesses } => self.variable_with(name, accesses, place),
            ExprKind::Text(text) => Ok(Value::Text(text.clone())),
            ExprKind::Literal(text) => Value::look(text).map_err(|error| wrong(&error, expr.span)),
            ExprKind::Negative(inner) => value::negate(&self.expr(inner)?).map_err(|error| wrong(&error, expr.span)),
            ExprKind::Operations { first, rest } => {
                let mut result = self.expr(first)?;
                let mut span = first.span;
                for (operator, right) in rest {
                    span = span.to(right.span);
                    let number = self.expr(right)?;
                    result = value::calculate(&result, *operator, &number).map_err(|error| wrong(&error, span))?;
                }
                Ok(result)
            }
        }
    }

    fn variable_with(&self, name: &Spanned<String>, accesses: &[Access], place: Place) -> Result<Value, Failure> {
        let mut value = self.variable(name)?;
        for (at, access) in accesses.iter().enumerate() {
            match self.access(&value, access)? {
                Some(part) => value = part,
                None if place == Place::Word => {
                    self.single(&value, name.span)?;
                    let mut text = value.to_string();
                    for access in &accesses[at..] {
                        text.push_str(self.sources.slice(span_of(access)));
                    }
                    return Ok(Value::Text(text));
                }
                None => {
                    let field = self.sources.slice(span_of(access)).trim_start_matches('.').to_owned();
                    let error = ValueError::NoField { kind: value.kind(), field };
                    return Err(wrong(&error, name.span.to(span_of(access))));
                }
            }
        }
        Ok(value)
    }

    /// A part of a value; `None` where such values have no such field.
    fn access(&self, value: &Value, access: &Access) -> Result<Option<Value>, Failure> {
        let part = match access {
            Access::Index { index, .. } => Some(value::index(value, &self.expr(index)?)),
            Access::Field { name, arguments, .. } => match arguments.as_slice() {
                [length, number] => value::subnet(value, &self.expr(length)?, &self.expr(number)?),
                _ => value::field(value, name),
            },
        };
        part.transpose().map_err(|error| wrong(&error, span_of(access)))
    }

    fn variable(&self, name: &Spanned<String>) -> Result<Value, Failure> {
        if let Some(variable) = self.state.variable(&name.value) {
            if !variable.is_certain {
                self.read_uncertain.set(true);
            }
            return Ok(variable.value.clone());
        }
        Err(self.no_variable(name, self.state.variables()))
    }

    /// The error about a name that has no value.
    pub(super) fn no_variable<'n>(&self, name: &Spanned<String>, names: impl Iterator<Item = &'n str>) -> Failure {
        let message = format!("there is no variable `{}`", name.value);
        let mut diagnostic = Diagnostic::error(Code::NotFound, message).label(name.span, "not defined up to here");
        let in_formula = !self.sources.slice(name.span).starts_with('$');
        diagnostic.help = Some(match diag::nearest(&name.value, names) {
            Some(near) if in_formula => format!("did you mean `{near}`?"),
            Some(near) => format!("did you mean `${near}`?"),
            None if in_formula => format!("define it above: `let {0} = …`, or quote it as text: \"{0}\"", name.value),
            None => format!("define it above: `let {} = …`, or write '$' in single quotes", name.value),
        });
        Failure::new(FailureKind::Words, diagnostic)
    }
}

fn too_long(most: usize, span: Span) -> Failure {
    wrong(&ValueError::TextTooLong { most }, span)
}

fn span_of(access: &Access) -> Span {
    match access {
        Access::Index { span, .. } | Access::Field { span, .. } => *span,
    }
}

/// The error as it is told.
pub(super) fn wrong(error: &ValueError, span: Span) -> Failure {
    let mut diagnostic = Diagnostic::error(Code::BadValue, error.to_string());
    let (label, help) = label_and_help(error);
    diagnostic = diagnostic.label(span, label);
    diagnostic.help = help;
    Failure::new(FailureKind::Words, diagnostic)
}

fn label_and_help(error: &ValueError) -> (&'static str, Option<String>) {
    match error {
        ValueError::Kinds { right: "an integer", left: "a prefix", .. } => (
            "cannot be worked out",
            Some("an address of a prefix is `$NAME[5]`; `$NAME.ip` is an address, which takes `+ 1`".into()),
        ),
        ValueError::Kinds { .. } => (
            "cannot be worked out",
            Some("numbers take `+ - * / %`; an address takes `+` and `-` with a number".into()),
        ),
        ValueError::Incomparable { .. } => ("cannot be compared", None),
        ValueError::Overflow { .. } | ValueError::AddressOverflow { .. } => ("too far", None),
        ValueError::DivisionByZero { .. } => ("zero stands behind it", None),
        ValueError::OutsidePrefix { last, .. } => (
            "outside",
            Some(format!("numbers from 0 to {last} are inside; a shorter prefix length makes room for more")),
        ),
        ValueError::OutsideList { len: 0, .. } => ("nothing there", Some("the list is empty".into())),
        ValueError::OutsideList { len, .. } => {
            ("nothing there", Some(format!("values are counted from 0: the last is number {}", len - 1)))
        }
        ValueError::NotIndexable { .. } => {
            ("an index", Some("lists and prefixes have parts; before a `[` meant for itself, write `${NAME}`".into()))
        }
        ValueError::IndexKind { .. } => ("wants a number", None),
        ValueError::NoField { .. } => ("no such field", None),
        ValueError::OnlyIpv4 { .. } => ("IPv4 only", None),
        ValueError::SubnetLength { .. } | ValueError::SubnetNumber { .. } => ("no such subnet", None),
        ValueError::RangeTooLong { .. } => ("too long", None),
        ValueError::TextTooLong { .. } => (
            "too long from here on",
            Some("text that is put together from itself in a loop doubles each time; keep long text in a file".into()),
        ),
    }
}
