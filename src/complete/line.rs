//! The commands of a text, each with the namespace that it acts in, and the names that are made on the way.
//!
//! In: the pieces of a text. Out: a [`Stage`] for each command, in the order of the text; the last may be unfinished.

use std::collections::BTreeMap;

use super::{Name, Scene, made::Made};
use crate::{
    commands::follow::{Acts, Followed, Word, follow},
    net::NsRef,
    syntax::pieces::{Piece, PieceKind},
};

/// A command, or what there is of it.
#[derive(Clone, Debug, Default)]
pub struct Stage {
    /// Its words, as indexes of pieces.
    pub words: Vec<usize>,
    /// The namespace that it stands in; `None` where that hangs on a variable.
    pub ns: Option<NsRef>,
    /// Where its `switch` acts, if it is a port of one.
    pub switch: Option<Option<NsRef>>,
}

/// A piece of code in braces.
struct Scope<'t> {
    /// The namespace of its statements.
    ns: Option<NsRef>,
    /// The namespace that holds for the statement around it.
    outside: Option<NsRef>,
    /// Where the switch acts whose ports stand in it.
    switch: Option<Option<NsRef>>,
    /// The variables that were defined in it; whether that was done is not known behind it.
    variables: Vec<&'t str>,
}

/// Goes over a text.
pub struct Line<'s, 't> {
    scene: &'s Scene<'s>,
    text: &'t str,
    pieces: &'t [Piece],
    /// What was given a name so far.
    pub made: Made,
    scopes: Vec<Scope<'t>>,
    /// The command that is being read.
    pub stage: Stage,
    values: BTreeMap<&'s str, &'s str>,
}

impl<'s, 't> Line<'s, 't> {
    /// At the beginning of a text.
    pub fn new(scene: &'s Scene<'s>, text: &'t str, pieces: &'t [Piece]) -> Self {
        let values = scene.names.iter().filter_map(|name| match name {
            Name::Variable { name, value } => Some((name.as_str(), value.as_str())),
            Name::Function { .. } => None,
        });
        let ns = Some(scene.here.clone());
        Self {
            scene,
            text,
            pieces,
            made: Made::default(),
            scopes: vec![Scope { ns: ns.clone(), outside: ns.clone(), switch: None, variables: Vec::new() }],
            stage: Stage { ns, ..Stage::default() },
            values: values.collect(),
        }
    }

    /// Goes to the end; every command that is finished is told.
    pub fn read(&mut self, mut tell: impl FnMut(&Self, &Stage)) {
        let pieces = self.pieces;
        for (at, piece) in pieces.iter().enumerate() {
            match piece.kind {
                PieceKind::Word => self.stage.words.push(at),
                PieceKind::Namespace => self.stage.ns = self.namespace(piece),
                PieceKind::Name => {
                    self.made.name(self.text, pieces, at);
                    let name = &self.text[piece.range.clone()];
                    self.scopes.last_mut().into_iter().for_each(|scope| scope.variables.push(name));
                }
                PieceKind::Operator | PieceKind::End => {
                    self.finish(&mut tell);
                    // What `in` governs goes on behind a `|`.
                    if &self.text[piece.range.clone()] != "|" {
                        let ns = self.scopes.last().and_then(|scope| scope.ns.clone());
                        self.stage.ns = ns;
                    }
                }
                PieceKind::Open => {
                    let first = self.stage.words.first().and_then(|&word| pieces[word].bare(self.text));
                    let ns = self.stage.ns.clone();
                    let switch = (first == Some("switch")).then(|| ns.clone());
                    self.finish(&mut tell);
                    self.scopes.push(Scope { ns: ns.clone(), outside: ns, switch, variables: Vec::new() });
                    self.begin();
                }
                PieceKind::Close => {
                    self.finish(&mut tell);
                    if self.scopes.len() > 1
                        && let Some(scope) = self.scopes.pop()
                    {
                        for name in scope.variables {
                            self.made.variables.entry(name.to_owned()).and_modify(|value| *value = None);
                        }
                        self.begin();
                        self.stage.ns = scope.outside;
                    }
                }
                PieceKind::Prompt
                | PieceKind::Comment
                | PieceKind::Keyword
                | PieceKind::Value
                | PieceKind::File
                | PieceKind::Sign
                | PieceKind::Arrow
                | PieceKind::Unread => {}
            }
        }
    }

    /// Another command begins in the block that is open.
    fn begin(&mut self) {
        let scope = self.scopes.last();
        self.stage = Stage {
            words: Vec::new(),
            ns: scope.and_then(|scope| scope.ns.clone()),
            switch: scope.and_then(|scope| scope.switch.clone()),
        };
    }

    /// The command ends here.
    pub fn finish(&mut self, tell: &mut impl FnMut(&Self, &Stage)) {
        if self.stage.words.is_empty() {
            return;
        }
        let stage = std::mem::take(&mut self.stage);
        tell(self, &stage);
        self.make(&stage);
        self.begin();
        self.stage.ns = stage.ns;
    }

    /// What a command makes is known from there on.
    fn make(&mut self, stage: &Stage) {
        let words = self.words(stage);
        let words: Vec<Word<'_>> = words.iter().map(Written::word).collect();
        if let Some(switch) = &stage.switch {
            return self.made.port(&words, switch.as_ref());
        }
        let followed = follow(&words);
        let ns = acts(&followed, stage.ns.as_ref());
        self.made.command(&followed, &words, ns.as_ref());
    }

    fn namespace(&self, piece: &Piece) -> Option<NsRef> {
        let written = self.written(self.text, piece);
        if !written.is_known {
            return None;
        }
        namespace(&written.text)
    }

    /// The words of a command.
    pub fn words(&self, stage: &Stage) -> Vec<Written> {
        stage.words.iter().map(|&word| self.written(self.text, &self.pieces[word])).collect()
    }

    /// A word, with the value of a variable that is all of it.
    pub fn written(&self, text: &str, piece: &Piece) -> Written {
        // One that the text gives has another value.
        let value = piece.variable(text).and_then(|name| match self.made.variables.get(name) {
            Some(value) => value.as_deref(),
            None => self.values.get(name).copied(),
        });
        match (piece.literal(text), value) {
            (Some(literal), _) => Written { text: literal, bare: piece.bare(text).is_some(), is_known: true },
            (None, Some(value)) => Written { text: value.to_owned(), bare: false, is_known: true },
            (None, None) => {
                let text = text[piece.range.clone()].to_owned();
                Written { text, bare: false, is_known: false }
            }
        }
    }

    /// What a `def` takes that has this name.
    pub fn function(&self, name: &str) -> Option<&[String]> {
        let defined = |known: &'s Name| match known {
            Name::Function { name: other, parameters } if other == name => Some(parameters.as_slice()),
            Name::Function { .. } | Name::Variable { .. } => None,
        };
        self.made.functions.get(name).map(Vec::as_slice).or_else(|| self.scene.names.iter().find_map(defined))
    }
}

/// A word as it is to be followed.
#[derive(Clone, Debug)]
pub struct Written {
    /// What it says.
    pub text: String,
    /// Whether it may be a keyword.
    pub bare: bool,
    /// Whether what it says is known.
    pub is_known: bool,
}

impl Written {
    /// The same, borrowed.
    pub fn word(&self) -> Word<'_> {
        Word { text: &self.text, bare: self.bare, is_known: self.is_known }
    }
}

/// The namespace of a name, in our own spelling.
pub fn namespace(name: &str) -> Option<NsRef> {
    if name == "host" { Some(NsRef::Host) } else { name.parse().ok().map(NsRef::Named) }
}

/// Where a command acts that stands in a namespace.
pub fn acts(followed: &Followed, ns: Option<&NsRef>) -> Option<NsRef> {
    match &followed.acts {
        Acts::Here => ns.cloned(),
        Acts::In(ns) => Some(ns.clone()),
        Acts::Somewhere => None,
    }
}
