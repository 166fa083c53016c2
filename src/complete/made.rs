//! The names that the text itself makes, so that its later lines can use them.

use std::collections::{BTreeMap, BTreeSet};

use super::{line::namespace, rules::USUAL_TABLE};
use crate::{
    commands::{
        Value,
        follow::{Followed, Given, Word},
    },
    net::NsRef,
    syntax::pieces::{Piece, PieceKind},
};

/// Names by what they are of.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Namespaces.
    pub namespaces: BTreeSet<String>,
    /// Links, by namespace.
    pub links: BTreeMap<NsRef, BTreeSet<String>>,
    /// Chains, by namespace, by the program that shows them, and by table.
    pub chains: BTreeMap<(NsRef, &'static str, String), BTreeSet<String>>,
    /// Variables, with what they say where that is written there.
    pub variables: BTreeMap<String, Option<String>>,
    /// Functions, with what they take.
    pub functions: BTreeMap<String, Vec<String>>,
}

impl Made {
    /// A name behind `let`, `for` or `def`.
    pub fn name(&mut self, text: &str, pieces: &[Piece], at: usize) {
        let of = |piece: &Piece| text[piece.range.clone()].to_owned();
        let before = at.checked_sub(1).and_then(|before| pieces.get(before));
        if before.is_some_and(|before| before.kind == PieceKind::Keyword && &text[before.range.clone()] == "def") {
            let parameters = pieces[at + 1..].iter().take_while(|piece| {
                matches!(piece.kind, PieceKind::Name | PieceKind::Sign | PieceKind::Value)
                    && &text[piece.range.clone()] != ")"
            });
            let parameters = parameters.filter(|piece| piece.kind == PieceKind::Name).map(of).collect();
            self.functions.insert(of(&pieces[at]), parameters);
        } else {
            self.variables.insert(of(&pieces[at]), literal(text, &pieces[at + 1..]));
        }
    }

    fn link(&mut self, ns: Option<&NsRef>, name: &str) {
        if let Some(ns) = ns {
            self.links.entry(ns.clone()).or_default().insert(name.to_owned());
        }
    }

    /// What a command makes that acts in a namespace.
    pub fn command(&mut self, followed: &Followed, words: &[Word<'_>], ns: Option<&NsRef>) {
        let given = || followed.given.iter().filter_map(|given| Some((given, *words.get(given.at)?)));
        let named = || given().filter(|(_, word)| word.is_known);
        let Some(spec) = followed.spec else { return };
        match (spec.noun, spec.verb) {
            ("netns", "add" | "attach") => {
                let names = named().filter(|(given, _)| given.wanted.param == "name");
                self.namespaces.extend(names.map(|(_, word)| word.text.to_owned()));
            }
            ("link", "add" | "set") => {
                let kind =
                    given().find(|(given, _)| given.wanted.param == "type").map_or(words.len(), |(given, _)| given.at);
                let is_near = |given: &Given| given.at <= kind;
                for near in [true, false] {
                    let mine = || named().filter(move |(given, _)| is_near(given) == near);
                    let moved = mine().find(|(given, _)| given.wanted.param == "netns");
                    let ns = moved.map_or(ns.cloned(), |(given, word)| target(given, word));
                    let names = mine().filter(|(given, _)| matches!(given.wanted.param, "dev" | "name"));
                    names.for_each(|(_, word)| self.link(ns.as_ref(), word.text));
                }
            }
            ("iptables" | "ip6tables", "") => {
                let of = |param, verb| {
                    let mut all = named().filter(move |(given, _)| given.wanted.param == param);
                    all.find(move |(given, _)| given.wanted.verb == verb).map(|(_, word)| word.text.to_owned())
                };
                let table = of("TABLE", "").unwrap_or_else(|| USUAL_TABLE.to_owned());
                if let (Some(chain), Some(ns)) = (of("CHAIN", "new"), ns) {
                    self.chains.entry((ns.clone(), spec.noun, table)).or_default().insert(chain);
                }
            }
            ("switch", "") => {
                named()
                    .filter(|(given, _)| given.wanted.param == "name")
                    .for_each(|(_, word)| self.link(ns, word.text));
            }
            ("wire", "") => {
                for (_, word) in named().filter(|(given, _)| given.wanted.value == Value::End) {
                    match word.text.split_once(':') {
                        Some((end, link)) => self.link(namespace(end).as_ref(), link),
                        None => self.link(ns, word.text),
                    }
                }
            }
            _ => {}
        }
    }

    /// A port of a switch that acts in a namespace.
    pub fn port(&mut self, words: &[Word<'_>], switch: Option<&NsRef>) {
        let Some(first) = words.first().filter(|word| word.is_known) else { return };
        let (name, link) = match first.text.split_once(':') {
            Some((name, link)) => (name, link.to_owned()),
            None => (first.text, format!("veth-{}", first.text)),
        };
        self.link(namespace(name).as_ref(), &link);
        let port = words.windows(2).find(|pair| pair[0].bare && pair[0].text == "port");
        let port = port.map_or_else(|| format!("veth-{name}-br"), |pair| pair[1].text.to_owned());
        self.link(switch, &port);
    }
}

/// What stands behind `let NAME`, if it is one word that is text.
fn literal(text: &str, behind: &[Piece]) -> Option<String> {
    let [sign, value, rest @ ..] = behind else { return None };
    let is_let = &text[sign.range.clone()] == "=" && value.kind == PieceKind::Value;
    let is_all = rest.first().is_none_or(|next| {
        matches!(next.kind, PieceKind::End | PieceKind::Operator | PieceKind::Close | PieceKind::Comment)
    });
    // A range is a list.
    value.literal(text).filter(|literal| is_let && is_all && !literal.contains(".."))
}

/// Where a link goes.
fn target(given: &Given, word: Word<'_>) -> Option<NsRef> {
    match word.text {
        "1" => Some(NsRef::Host),
        "host" if given.wanted.is_native => Some(NsRef::Host),
        name => name.parse().ok().map(NsRef::Named),
    }
}
