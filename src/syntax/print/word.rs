//! Words: bare text as it is, quoted text in `"…"`, values as `$name` where what stands behind allows it.
//!
//! In: a word. Out: its text. `""` stands for nothing inside a word; where two neighbours would be taken for something
//! else, it keeps them apart.

use crate::{
    syntax::{
        ast::{ExprKind, Part, Word},
        print::formula,
    },
    value::FIELDS,
};

/// How deep brackets nest in `${ … }` (the grammar's `formula`).
const MAX_BRACKETS: usize = 2;

/// The text of a word.
pub(super) fn text(word: &Word) -> String {
    let mut text = String::new();
    let mut is_open = false;
    for (index, part) in word.parts.iter().enumerate() {
        let next = word.parts.get(index + 1);
        let opens = match part {
            Part::Quoted(_) => !is_open,
            Part::Value(_) => !is_open && matches!(next, Some(Part::Quoted(_))),
            Part::Bare(_) => is_open,
        };
        // A `$` in front of a quote or a value would not be for itself. A line that goes on keeps them apart.
        if !matches!(part, Part::Bare(_)) && !is_open && text.ends_with('$') {
            text.push_str("\\\n");
        }
        if opens {
            text.push('"');
            is_open = !is_open;
        }
        match part {
            Part::Bare(bare) if text.is_empty() && bare.starts_with(['#', '&']) => {
                text.push_str("\"\"");
                text.push_str(bare);
            }
            Part::Bare(bare) => text.push_str(bare),
            Part::Quoted(quoted) => text.push_str(&escaped(quoted)),
            Part::Value(expr) => {
                let behind = match next {
                    Some(Part::Bare(behind)) if !is_open => behind,
                    Some(Part::Quoted(behind)) if is_open => behind,
                    _ => "",
                };
                text.push_str(&value(&expr.kind, behind));
            }
        }
    }
    if is_open {
        text.push('"');
    }
    if text.is_empty() { "\"\"".into() } else { text }
}

/// Text in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' | '`' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// `$name…` or `${ … }`, in front of a text.
fn value(expr: &ExprKind, behind: &str) -> String {
    let formula = formula::text(expr);
    let ExprKind::Variable { name, .. } = expr else { return format!("${{ {formula} }}") };
    // `true` and `false` have a `$` already, where bare names are values.
    let short = format!("${}", formula.strip_prefix('$').unwrap_or(&formula));
    if is_end_of_value(&short, behind) {
        short
    } else if brackets(&formula) <= MAX_BRACKETS {
        format!("${{{}}}", if name.value.len() == formula.len() { &name.value } else { &formula })
    } else {
        short + "\"\""
    }
}

/// Whether a value in short form ends where a text begins.
fn is_end_of_value(value: &str, behind: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if behind.starts_with(is_name) {
        return value.ends_with([']', ')']);
    }
    match behind.strip_prefix('.') {
        Some(field) => {
            let name = &field[..field.find(|c| !is_name(c)).unwrap_or(field.len())];
            !FIELDS.contains(&name) && !field.contains('[')
        }
        None => !behind.starts_with('['),
    }
}

/// How deep brackets nest in a formula.
fn brackets(formula: &str) -> usize {
    let (mut open, mut deepest, mut quote) = (0_usize, 0, None);
    for c in formula.chars() {
        match c {
            '\'' | '"' if quote.is_none() => quote = Some(c),
            _ if quote.is_some() => quote = quote.filter(|quote| *quote != c),
            '(' | '[' => open += 1,
            ')' | ']' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}
