//! Words and what they are made of.

use proptest::{
    prelude::{BoxedStrategy, Just, Strategy, prop_oneof},
    sample::select,
};

use super::{nowhere, spanned, vec};
use crate::{
    syntax::{
        ast::{Access, Expr, ExprKind, Part, Word},
        shell::is_plain,
    },
    value::{FIELDS, Operator},
};

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a command.
    Word,
    /// In a list, or as the default of a parameter.
    List,
}

/// How deep brackets nest in a formula.
const BRACKETS: u32 = 2;

/// The name of a value.
pub fn name() -> BoxedStrategy<String> {
    prop_oneof![4 => "[a-z_][a-zA-Z0-9_]{0,3}", 1 => select(vec!["in", "if", "true", "len", "ok", "subnet"]).prop_map(str::to_owned)]
        .boxed()
}

/// A word.
pub fn word(place: Place) -> BoxedStrategy<Word> {
    let part = prop_oneof![
        5 => bare(place).prop_map(Part::Bare),
        2 => quoted().prop_map(Part::Quoted),
        2 => value().prop_map(|kind| Part::Value(Expr { kind, span: nowhere() })),
    ];
    let parts = prop_oneof![3 => vec(part.clone(), 1..2), 1 => vec(part, 0..5)];
    parts
        .prop_map(|mut parts| {
            // Text is joined to text of the same kind.
            parts.dedup_by(|next, part| {
                matches!((next, part), (Part::Bare(_), Part::Bare(_)) | (Part::Quoted(_), Part::Quoted(_)))
            });
            Word { parts, span: nowhere() }
        })
        .prop_filter("in a list a `$` stands in front of no quote", move |word| {
            let before = word.parts.iter().rev().skip(1);
            let ends_with_dollar = |part: &Part| matches!(part, Part::Bare(text) if text.ends_with('$'));
            place == Place::Word || !before.into_iter().any(ends_with_dollar)
        })
        .boxed()
}

/// Bare text: plain characters, a `$` in front of what makes no value, a `&` in front of a plain character.
fn bare(place: Place) -> BoxedStrategy<String> {
    let odd = [
        "in",
        "let",
        "for",
        "if",
        "else",
        "def",
        "sudo",
        "and",
        "or",
        "not",
        "exists",
        "ok",
        "include",
        "do",
        "case",
        "[[",
        "(a",
        "x=1",
        "#x",
        "#",
        "==",
        "!=",
        "=",
        "!",
        "$",
        "$/x",
        "a$",
        "a@b:c$",
        "1$.",
        "&b",
        "a&b=1",
        "$&b",
        "2",
        "[",
        "]",
        "[a]",
        ".ip",
        ".ip.x",
        ".x[1]",
        ".pcap",
        ".subnet(1",
        "(",
        ")",
        ",",
        "1..4",
        "10.0.0.0/24",
        "true",
        "fe80::1",
        "..",
        "--x",
        "-n",
        "*",
        "ü",
        "\u{feff}x",
        "\u{2028}",
    ];
    prop_oneof![
        4 => "[a-z]{1,4}",
        2 => select(odd.to_vec()).prop_map(str::to_owned),
        1 => "[a-z0-9$&#=\\[\\]().,@:%?*!/+-]{1,5}",
        1 => "\\PC{1,3}",
    ]
    .prop_filter("bare text", move |text| {
        let mut chars = text.chars().peekable();
        std::iter::from_fn(|| chars.next().map(|c| (c, chars.peek().copied()))).all(|(c, next)| match c {
            '$' => next.is_none_or(|c| !(c.is_ascii_alphanumeric() || "_{(?!@*#$-\"'".contains(c))),
            '&' => place == Place::Word && next.is_some_and(is_plain),
            _ if place == Place::List && "[](),".contains(c) => false,
            _ => is_plain(c),
        })
    })
    .boxed()
}

fn quoted() -> impl Strategy<Value = String> {
    let odd = [
        "in", " ", "$x", "'", "\"", "\\", "`", "\n", "\t", "\r\n", ".ip", "[0]", "a b", "\u{a0}", "#", "{", "_", "$",
        "\\n",
    ];
    prop_oneof![select(odd.to_vec()).prop_map(str::to_owned), "[a-z \n\t\r$\"'\\\\`;|&{}<>#\\[\\].]{1,6}", "\\PC{1,4}",]
}

/// What stands in a word: a name that is looked into as deep as it may be, or a formula.
fn value() -> BoxedStrategy<ExprKind> {
    let formula = sum(BRACKETS);
    prop_oneof![3 => variable(Some(&formula)), 1 => formula].boxed()
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: nowhere() }
}

/// An operand, or several with operators between them.
fn operations(operators: Vec<Operator>, operand: BoxedStrategy<ExprKind>) -> BoxedStrategy<ExprKind> {
    let rest = vec((select(operators), operand.clone().prop_map(expr)), 1..3);
    let joined =
        (operand.clone(), rest).prop_map(|(first, rest)| ExprKind::Operations { first: Box::new(expr(first)), rest });
    prop_oneof![3 => operand, 1 => joined].boxed()
}

fn sum(brackets: u32) -> BoxedStrategy<ExprKind> {
    operations(vec![Operator::Add, Operator::Subtract], product(brackets))
}

fn product(brackets: u32) -> BoxedStrategy<ExprKind> {
    let operators = vec![Operator::Multiply, Operator::Divide, Operator::Remainder];
    operations(operators, signed(brackets))
}

fn signed(brackets: u32) -> BoxedStrategy<ExprKind> {
    let negative = |inner| ExprKind::Negative(Box::new(expr(inner)));
    let twice = move |inner| negative(negative(inner));
    let plain = operand(brackets);
    prop_oneof![8 => plain.clone(), 1 => plain.clone().prop_map(negative), 1 => plain.prop_map(twice)].boxed()
}

/// A value that stands alone; with a pair of brackets to spend, a whole formula too.
fn operand(brackets: u32) -> BoxedStrategy<ExprKind> {
    let deeper = brackets.checked_sub(1).map(sum);
    let literals =
        ["3", "0", "10.0.0.1", "fe80::1", "::1", "10.0.0.0/24", "02:00:00:00:00:01", "true", "false", "1..4"];
    let literal = select(literals.to_vec()).prop_map(|text| ExprKind::Literal(text.into()));
    let text = prop_oneof!["[a-z \"$\\\\}\\])]{0,3}", "[a-z' }]{0,3}"].prop_map(ExprKind::Text);
    let flat = prop_oneof![2 => literal, 1 => text, 3 => variable(deeper.as_ref())];
    match deeper {
        Some(deeper) => prop_oneof![4 => flat, 1 => deeper].boxed(),
        None => flat.boxed(),
    }
}

/// A name, and what is taken of its value; in brackets stands a formula.
fn variable(inner: Option<&BoxedStrategy<ExprKind>>) -> BoxedStrategy<ExprKind> {
    let plain = FIELDS.iter().copied().filter(|name| *name != "subnet").collect::<Vec<_>>();
    let field = |name: &str, arguments| Access::Field { name: name.into(), arguments, span: nowhere() };
    let plain = select(plain).prop_map(move |name| field(name, Vec::new()));
    let access = match inner {
        None => plain.boxed(),
        Some(inner) => {
            let index = inner.clone().prop_map(|index| Access::Index { index: expr(index), span: nowhere() });
            let subnet = vec(inner.clone().prop_map(expr), 2..3).prop_map(move |both| field("subnet", both));
            prop_oneof![2 => plain, 2 => index, 1 => subnet].boxed()
        }
    };
    let accesses = prop_oneof![2 => Just(Vec::new()), 1 => vec(access, 1..3)];
    (name(), accesses).prop_map(|(name, accesses)| ExprKind::Variable { name: spanned(name), accesses }).boxed()
}
