//! What stands in `${ … }`, in an index and in `.subnet( … )`, with as few parentheses as its ranks allow.

use crate::{
    syntax::ast::{Access, Expr, ExprKind},
    value::Operator,
};

/// How tightly an expression holds together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// `A + B`
    Sum,
    /// `A * B`
    Product,
    /// `-A`
    Sign,
    /// `A`
    Operand,
}

/// The text of an expression, with bare names for values.
pub(super) fn text(expr: &ExprKind) -> String {
    match expr {
        ExprKind::Variable { name, accesses } => {
            // `true` alone is a truth value.
            let dollar = if matches!(name.value.as_str(), "true" | "false") { "$" } else { "" };
            let accesses: String = accesses.iter().map(access).collect();
            format!("{dollar}{}{accesses}", name.value)
        }
        ExprKind::Text(text) if text.contains('\'') => format!("\"{text}\""),
        ExprKind::Text(text) => format!("'{text}'"),
        ExprKind::Literal(text) => text.clone(),
        ExprKind::Negative(inner) => format!("-{}", within(inner, Rank::Sign)),
        ExprKind::Operations { first, rest } => {
            let above = if rank(expr) == Rank::Sum { Rank::Product } else { Rank::Sign };
            let rest = rest.iter().map(|(operator, expr)| format!(" {} {}", operator.sign(), within(expr, above)));
            format!("{}{}", within(first, above), rest.collect::<String>())
        }
    }
}

fn access(access: &Access) -> String {
    match access {
        Access::Index { index, .. } => format!("[{}]", text(&index.kind)),
        Access::Field { name, arguments, .. } if arguments.is_empty() => format!(".{name}"),
        Access::Field { name, arguments, .. } => {
            let arguments: Vec<String> = arguments.iter().map(|argument| text(&argument.kind)).collect();
            format!(".{name}({})", arguments.join(", "))
        }
    }
}

/// An expression where only those of a rank may stand without parentheses.
fn within(expr: &Expr, least: Rank) -> String {
    let text = text(&expr.kind);
    if rank(&expr.kind) < least { format!("({text})") } else { text }
}

fn rank(expr: &ExprKind) -> Rank {
    match expr {
        ExprKind::Variable { .. } | ExprKind::Text(_) | ExprKind::Literal(_) => Rank::Operand,
        ExprKind::Negative(_) => Rank::Sign,
        ExprKind::Operations { rest, .. } => match rest.first() {
            Some((Operator::Add | Operator::Subtract, _)) | None => Rank::Sum,
            Some((Operator::Multiply | Operator::Divide | Operator::Remainder, _)) => Rank::Product,
        },
    }
}
