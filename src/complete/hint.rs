//! What is wanted at the cursor, as a usage line would write it.

use super::{
    Scene,
    engine::{Spot, Typed},
    line::Line,
};
use crate::{
    commands::{
        Value,
        follow::{Next, NextWord},
    },
    syntax::pieces::{PieceKind, Place},
};

/// See [`super::hint()`].
pub fn hint(scene: &Scene<'_>, text: &str, cursor: usize) -> Option<String> {
    let spot = Spot::new(text, cursor);
    let is_between = spot.start == spot.cursor && text[..spot.cursor].ends_with([' ', '\t']);
    let is_line_end = text[spot.cursor..].chars().next().is_none_or(|next| next == '\n');
    if !is_between || !is_line_end {
        return None;
    }
    let mut line = Line::new(scene, spot.text, &spot.before.pieces);
    line.read(|_, _| {});
    let wanted = match spot.before.end {
        Place::Command => return command(&line, &spot),
        Place::File => "FILE",
        Place::Namespace => "NETNS",
        Place::Inside => "STATEMENT or {",
        Place::LetName => "NAME = VALUE",
        Place::LetSign => "= VALUE",
        Place::Value | Place::Default => "VALUE",
        Place::ForName => "NAME in LIST {",
        Place::ForIn => "in LIST {",
        Place::ForValues => "LIST {",
        Place::DefName => "NAME(PARAMETER…) {",
        Place::Block => "{",
        Place::Otherwise => "{ or if",
        Place::Piped => "PROGRAM",
        Place::Condition => {
            let is_first = spot.before.pieces.last().is_some_and(|last| last.kind == PieceKind::Keyword);
            return is_first.then(|| "CONDITION".into());
        }
        Place::Governed => "STATEMENT",
        Place::Statement | Place::List | Place::Parameters | Place::Else | Place::Done | Place::Nothing => return None,
    };
    Some(wanted.into())
}

fn command(line: &Line<'_, '_>, spot: &Spot<'_>) -> Option<String> {
    let words = line.words(&line.stage);
    if line.stage.switch.is_some() {
        return (words.len() == 1).then(|| "[ADDRESS/LENGTH…] [gateway] [port LINK]".into());
    }
    let first = words.first()?;
    if first.bare && first.text == "include" {
        return (words.len() == 1).then(|| "FILE".into());
    }
    if let Some(parameters) = line.function(&first.text).filter(|_| first.bare) {
        let left: Vec<String> = parameters.iter().skip(words.len() - 1).map(|name| name.to_uppercase()).collect();
        return (!left.is_empty()).then(|| left.join(" "));
    }
    let typed = Typed::new(line, words, &line.stage, spot);
    let next = &typed.followed.next;
    let verbs: Vec<&str> = next
        .iter()
        .filter_map(|next| keyword(next).filter(|word| word.is_verb))
        .map(|word| word.text.as_str())
        .collect();
    let values: Vec<String> = next.iter().filter_map(value).collect();
    if !verbs.is_empty() {
        return Some(verbs.into_iter().map(String::from).chain(values).collect::<Vec<_>>().join("|"));
    }
    if next.contains(&Next::Statement) {
        return Some("STATEMENT".into());
    }
    // What stands without a word before it comes first; where it may be left away, what cannot follows.
    let is_required = next.iter().any(|next| matches!(next, Next::Value(wanted) if wanted.required));
    let required = next.iter().filter_map(keyword).find(|word| word.required).filter(|_| !is_required);
    let told: Vec<String> = values.into_iter().chain(required.map(|word| word.usage.clone())).collect();
    (!told.is_empty()).then(|| told.join(" "))
}

/// A value as it is written; the arguments of a program may be anything.
fn value(next: &Next) -> Option<String> {
    match next {
        Next::Value(wanted) if wanted.value == Value::Path && wanted.noun == "exec" => None,
        Next::Value(wanted) if wanted.required => Some(wanted.placeholder().into()),
        Next::Value(wanted) => Some(format!("[{}]", wanted.placeholder())),
        Next::Statement | Next::Keyword(_) => None,
    }
}

fn keyword(next: &Next) -> Option<&NextWord> {
    match next {
        Next::Keyword(word) => Some(word),
        Next::Statement | Next::Value(_) => None,
    }
}
