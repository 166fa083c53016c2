//! What each piece of a text is, for colours.

use std::ops::Range;

use super::{
    Class, Scene,
    line::{Line, Stage, Written, acts, namespace},
    values::is_new,
};
use crate::{
    commands::{
        Value,
        follow::{Role, Wanted, Word, follow},
    },
    net::{IfName, NsRef},
    syntax::pieces::{PartKind, Piece, PieceKind, pieces},
};

type Classes = Vec<(Range<usize>, Class)>;

/// See [`super::highlight()`].
pub fn highlight(scene: &Scene<'_>, text: &str) -> Classes {
    let all = pieces(text).pieces;
    let mut classes: Vec<Option<Class>> = all.iter().map(|piece| of_kind(text, piece)).collect();
    let mut line = Line::new(scene, text, &all);
    let mut colour = |line: &Line<'_, '_>, stage: &Stage| {
        for (&word, class) in stage.words.iter().zip(command(scene, line, stage)) {
            classes[word] = Some(class);
        }
    };
    line.read(&mut colour);
    line.finish(&mut colour);
    for at in 0..all.len() {
        if all[at].kind == PieceKind::Keyword && &text[all[at].range.clone()] == "exists" {
            let words = all[at + 1..].iter().take_while(|piece| piece.kind == PieceKind::Value);
            for (class, role) in classes[at + 1..].iter_mut().zip(asked(&line, text, words)) {
                *class = Some(role);
            }
        }
    }
    for (piece, class) in all.iter().zip(&mut classes) {
        if piece.kind == PieceKind::Namespace && class.is_none() {
            let written = line.written(text, piece);
            let is_known = namespace(&written.text).is_some_and(|ns| has_namespace(scene, &line, &ns));
            *class = Some(if !written.is_known { Class::Value } else { known(is_known) });
        }
    }
    let pairs = all.iter().zip(classes);
    pairs.flat_map(|(piece, class)| class.into_iter().flat_map(|class| parts(piece, class))).collect()
}

fn known(is_known: bool) -> Class {
    if is_known { Class::Known } else { Class::Missing }
}

/// What a piece is whose kind alone tells.
fn of_kind(text: &str, piece: &Piece) -> Option<Class> {
    Some(match piece.kind {
        PieceKind::Prompt | PieceKind::Comment => Class::Comment,
        PieceKind::Keyword => Class::Keyword,
        PieceKind::Name => Class::New,
        PieceKind::Value => Class::Value,
        PieceKind::File => Class::Text,
        PieceKind::Sign | PieceKind::Arrow | PieceKind::Operator | PieceKind::Open | PieceKind::Close => {
            Class::Operator
        }
        PieceKind::End if &text[piece.range.clone()] == ";" => Class::Operator,
        PieceKind::Unread if text[piece.range.clone()].starts_with(['"', '\'']) => Class::Text,
        PieceKind::Unread => Class::Unknown,
        PieceKind::End | PieceKind::Namespace | PieceKind::Word => return None,
    })
}

/// A word in pieces where it has quotes or variables.
fn parts(piece: &Piece, class: Class) -> Classes {
    if piece.parts.len() < 2 && piece.parts.iter().all(|part| part.kind == PartKind::Bare) {
        return vec![(piece.range.clone(), class)];
    }
    let of_part = |kind: PartKind| match kind {
        PartKind::Bare => class,
        // A name in quotes is a name.
        PartKind::Quoted => match class {
            Class::Known | Class::Missing | Class::New => class,
            Class::Keyword
            | Class::Command
            | Class::Option
            | Class::Value
            | Class::Text
            | Class::Variable
            | Class::Comment
            | Class::Operator
            | Class::Unknown => Class::Text,
        },
        PartKind::Variable => Class::Variable,
    };
    piece.parts.iter().map(|part| (part.range.clone(), of_part(part.kind))).collect()
}

fn has_namespace(scene: &Scene<'_>, line: &Line<'_, '_>, ns: &NsRef) -> bool {
    scene.world.namespace(ns).is_some() || ns.name().is_some_and(|name| line.made.namespaces.contains(name.as_str()))
}

/// What the words behind `exists` are, which asks as `expect` does. Whether there is such a thing is the question.
fn asked<'p>(line: &Line<'_, '_>, text: &str, words: impl Iterator<Item = &'p Piece>) -> Vec<Class> {
    let words: Vec<Written> = words.map(|piece| line.written(text, piece)).collect();
    let expect = Word { text: "expect", bare: true, is_known: true };
    let all: Vec<Word<'_>> = [expect].into_iter().chain(words.iter().map(Written::word)).collect();
    let class = |role: Role| match role {
        Role::Command | Role::Option => Class::Option,
        Role::Value(_) | Role::Program | Role::Text => Class::Value,
        Role::Unknown => Class::Unknown,
    };
    follow(&all).roles.into_iter().skip(1).map(class).collect()
}

/// What the words of a command are.
fn command(scene: &Scene<'_>, line: &Line<'_, '_>, stage: &Stage) -> Vec<Class> {
    let words = line.words(stage);
    let Some(first) = words.first() else { return Vec::new() };
    if stage.switch.is_some() {
        return port(scene, line, &words);
    }
    if first.bare && (first.text == "include" || line.function(&first.text).is_some()) {
        let class = if first.text == "include" { Class::Keyword } else { Class::Command };
        return [class].into_iter().chain(words[1..].iter().map(|_| Class::Text)).collect();
    }
    let borrowed: Vec<Word<'_>> = words.iter().map(Written::word).collect();
    let followed = follow(&borrowed);
    let ns = acts(&followed, stage.ns.as_ref());
    let class = |(role, word): (&Role, &Written)| match role {
        Role::Command => Class::Command,
        Role::Program if word.is_known && !(scene.is_program)(&word.text) => Class::Unknown,
        Role::Program => Class::Command,
        Role::Option => Class::Option,
        Role::Value(wanted) => value(scene, line, ns.as_ref(), wanted, word),
        Role::Text => Class::Text,
        Role::Unknown => Class::Unknown,
    };
    followed.roles.iter().zip(&words).map(class).collect()
}

/// What a value is: of names, whether there is something of that name.
fn value(scene: &Scene<'_>, line: &Line<'_, '_>, ns: Option<&NsRef>, wanted: &Wanted, word: &Written) -> Class {
    if is_new(wanted) {
        return Class::New;
    }
    if !word.is_known {
        return Class::Value;
    }
    match wanted.value {
        Value::Link => ns.map_or(Class::Value, |ns| known(has_link(scene, line, ns, &word.text))),
        Value::Netns | Value::NetnsName | Value::NetnsTarget => {
            let is_number = word.text.bytes().all(|c| c.is_ascii_digit()) || word.text.contains('/');
            let ns = namespace(&word.text).filter(|ns| wanted.is_native || *ns != NsRef::Host);
            let is_known = ns.is_some_and(|ns| has_namespace(scene, line, &ns));
            if is_number && !is_known { Class::Value } else { known(is_known) }
        }
        Value::Job => known(scene.jobs.contains(&word.text)),
        // One that is not there may come later.
        Value::LinkPattern if ns.is_some_and(|ns| has_link(scene, line, ns, &word.text)) => Class::Known,
        Value::Text if wanted.noun == "iptables" => Class::Value,
        Value::Text | Value::Command | Value::Path | Value::Background | Value::Statement => Class::Text,
        _ => Class::Value,
    }
}

fn has_link(scene: &Scene<'_>, line: &Line<'_, '_>, ns: &NsRef, name: &str) -> bool {
    let world = scene.world;
    let parsed = name.parse::<IfName>().ok();
    let is_there = parsed.is_some_and(|name| world.find_link(world.known_as(ns), &name).is_some());
    is_there || line.made.links.get(ns).is_some_and(|links| links.contains(name))
}

/// What the words of a switch's port are.
fn port(scene: &Scene<'_>, line: &Line<'_, '_>, words: &[Written]) -> Vec<Class> {
    let mut classes = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        classes.push(match word.text.as_str() {
            _ if at == 0 && !word.is_known => Class::Value,
            place if at == 0 => {
                let name = place.split(':').next().unwrap_or_default();
                known(namespace(name).is_some_and(|ns| has_namespace(scene, line, &ns)))
            }
            "gateway" | "port" if word.bare => Class::Option,
            _ if before.is_some_and(|before| before.bare && before.text == "port") => Class::New,
            text if !word.is_known || Value::Cidr.check(text).is_ok() => Class::Value,
            _ => Class::Unknown,
        });
    }
    classes
}
