//! What can stand at the cursor.
//!
//! The text before the cursor is taken apart, less the word that is being typed; what is open at its end says what kind
//! of word that is. What stands behind the cursor tells what else the command was given.

use super::{
    Candidate, Completion, Name, Scene,
    condition::condition,
    line::{Line, Stage, Written, acts},
    offer::{Offer, must_be_quoted},
    statements::{programs, statements},
    things,
    values::At,
};
use crate::{
    commands::{
        Value,
        follow::{Followed, Next, NextWord, Word, follow},
    },
    net::NsRef,
    syntax::pieces::{Piece, PieceKind, Pieces, Place, pieces},
};

/// The place where a word is typed.
pub struct Spot<'t> {
    /// The whole text.
    pub text: &'t str,
    /// Where the cursor is.
    pub cursor: usize,
    /// Where the word begins that it is in or behind; the cursor itself between words.
    pub start: usize,
    /// The pieces in front of the word.
    pub before: Pieces,
}

impl<'t> Spot<'t> {
    /// The spot of a cursor.
    pub fn new(text: &'t str, cursor: usize) -> Self {
        let cursor = text.floor_char_boundary(cursor);
        let head = &text[..cursor];
        let all = pieces(head);
        let mut start = cursor;
        // Pieces that stand together are one word for those who type it.
        for piece in all.pieces.iter().rev() {
            if !piece.is_word() || piece.range.end != start {
                break;
            }
            start = piece.range.start;
        }
        let before = if start == cursor { all } else { pieces(&head[..start]) };
        Self { text, cursor, start, before }
    }

    /// What was typed of the word.
    pub fn typed(&self) -> &'t str {
        &self.text[self.start..self.cursor]
    }

    /// The words of the same command behind the cursor.
    fn behind(&self) -> Vec<Piece> {
        let all = pieces(self.text).pieces;
        let behind = all.into_iter().skip_while(|piece| piece.range.end <= self.cursor);
        let behind = behind.skip_while(|piece| piece.range.start < self.cursor);
        behind.take_while(|piece| piece.kind == PieceKind::Word).collect()
    }
}

/// The command that a word is typed in.
pub struct Typed {
    /// Its words in front of the word.
    pub words: Vec<Written>,
    /// Those behind it.
    pub behind: Vec<Written>,
    /// What can stand there.
    pub followed: Followed,
    /// The command with the words behind the cursor.
    pub whole: Followed,
    /// Where it acts.
    pub ns: Option<NsRef>,
}

impl Typed {
    /// Follows a command; words that stand in front of it are those of a claim about a condition.
    pub fn new(line: &Line<'_, '_>, words: Vec<Written>, stage: &Stage, spot: &Spot<'_>) -> Self {
        let behind: Vec<Written> = spot.behind().iter().map(|piece| line.written(spot.text, piece)).collect();
        let borrowed: Vec<Word<'_>> = words.iter().map(Written::word).collect();
        let followed = follow(&borrowed);
        let typed = Word { text: "", bare: false, is_known: false };
        let all: Vec<Word<'_>> =
            borrowed.iter().copied().chain([typed]).chain(behind.iter().map(Written::word)).collect();
        let whole = if behind.is_empty() { followed.clone() } else { follow(&all) };
        let ns = acts(&whole, stage.ns.as_ref());
        Self { followed, whole, ns, words, behind }
    }

    /// What a parameter was given.
    pub fn given(&self, param: &str) -> Option<String> {
        let given = self.whole.given.iter().find(|given| given.wanted.param == param)?;
        let behind = given.at.checked_sub(self.words.len() + 1);
        let word = match behind {
            _ if given.at < self.words.len() => self.words.get(given.at),
            Some(at) => self.behind.get(at),
            None => None,
        };
        word.filter(|word| word.is_known).map(|word| word.text.clone())
    }
}

/// See [`super::complete()`].
pub fn complete(scene: &Scene<'_>, text: &str, cursor: usize) -> Completion {
    let spot = Spot::new(text, cursor);
    let mut line = Line::new(scene, spot.text, &spot.before.pieces);
    line.read(|_, _| {});
    let typed = spot.typed();
    if let Some(at) = variable_at(typed) {
        let candidates = variables(scene, &line, &typed[at..]);
        return Completion { start: spot.start + at, candidates };
    }
    let quote = typed.chars().next().filter(|first| ['"', '\''].contains(first));
    let bare = quote.map_or(typed, |quote| &typed[quote.len_utf8()..]);
    if bare.contains(['"', '\'', '\\', '`', '$']) {
        return Completion { start: spot.start, candidates: Vec::new() };
    }
    let mut offer = Offer::new(bare);
    let is_file = place(scene, &line, &spot, quote.is_some(), &mut offer);
    let candidates = offer.candidates().into_iter();
    let candidates = candidates.map(|candidate| if is_file { as_word(candidate, quote) } else { candidate });
    Completion { start: spot.start, candidates: candidates.collect() }
}

/// Where the variable begins that is being typed at the end of a word, if one is.
fn variable_at(typed: &str) -> Option<usize> {
    let at = typed.rfind('$')?;
    let name = &typed[at + 1..];
    let name =
        name.strip_prefix('{').map_or(name, |formula| formula.rsplit([' ', '+', '-', '(', '*']).next().unwrap_or(""));
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_escaped = typed[..at].ends_with('\\') || typed.starts_with('\'');
    (is_name && !is_escaped).then(|| if typed[at..].starts_with("${") { typed.len() - name.len() } else { at })
}

fn variables(scene: &Scene<'_>, line: &Line<'_, '_>, typed: &str) -> Vec<Candidate> {
    let sign = if typed.starts_with('$') { "$" } else { "" };
    let mut offer = Offer::new(typed);
    for name in scene.names {
        if let Name::Variable { name, value } = name
            && !line.made.variables.contains_key(name)
        {
            offer.word(format!("{sign}{name}"), || format!("= {value}"));
        }
    }
    for (name, value) in &line.made.variables {
        offer.word(format!("{sign}{name}"), || {
            value.as_ref().map_or("defined here".into(), |value| format!("= {value}"))
        });
    }
    offer.candidates()
}

/// A file as it is written: in quotes where it began so, or where it has to.
fn as_word(candidate: Candidate, quote: Option<char>) -> Candidate {
    let needed = must_be_quoted(&candidate.text).then_some('\'');
    let Some(quote) = quote.or(needed).filter(|quote| !candidate.text.contains(*quote)) else { return candidate };
    let end = if candidate.is_open { String::new() } else { quote.to_string() };
    Candidate { text: format!("{quote}{}{end}", candidate.text), ..candidate }
}

/// Offers what can stand there. Says whether that is files.
fn place(scene: &Scene<'_>, line: &Line<'_, '_>, spot: &Spot<'_>, is_quoted: bool, offer: &mut Offer<'_>) -> bool {
    let nothing = |_: &str| None;
    let at = At { scene, made: &line.made, ns: line.stage.ns.as_ref(), given: &nothing, words: &[] };
    match spot.before.end {
        Place::File => {
            at.files(offer);
            return true;
        }
        Place::Command => return command(scene, line, spot, is_quoted, offer),
        _ if is_quoted => {}
        Place::Statement | Place::Governed if line.stage.switch.is_some() => port(&at, offer),
        Place::Statement | Place::Governed | Place::Inside => {
            let is_file = statements(scene, line, offer);
            if spot.before.end == Place::Inside {
                offer.word("{", || "several statements, up to `}`".into());
            }
            return is_file;
        }
        Place::Namespace => things::namespaces(scene.world, &line.made, true, offer),
        Place::LetSign => offer.word("=", || "a value follows".into()),
        Place::ForIn => offer.word("in", || "a list follows".into()),
        Place::Block => offer.word("{", || "statements, up to `}`".into()),
        Place::Else => offer.word("else", || "what else is done".into()),
        Place::Otherwise => {
            offer.word("if", || "another condition".into());
            offer.word("{", || "statements, up to `}`".into());
        }
        Place::Condition => condition(scene, line, spot, offer),
        Place::Piped => return programs(scene, offer, |_| true),
        Place::LetName
        | Place::Value
        | Place::List
        | Place::ForName
        | Place::ForValues
        | Place::DefName
        | Place::Parameters
        | Place::Default
        | Place::Done
        | Place::Nothing => {}
    }
    false
}

/// A port of a switch: its namespace, perhaps with a link.
fn port(at: &At<'_>, offer: &mut Offer<'_>) {
    things::namespaces(at.scene.world, at.made, true, offer);
    at.ends(offer);
}

/// Another word of a command. Says whether it is a file.
fn command(scene: &Scene<'_>, line: &Line<'_, '_>, spot: &Spot<'_>, is_quoted: bool, offer: &mut Offer<'_>) -> bool {
    let words = line.words(&line.stage);
    let nothing = |_: &str| None;
    let at = At { scene, made: &line.made, ns: line.stage.ns.as_ref(), given: &nothing, words: &[] };
    let first = words.first().filter(|first| first.bare).map(|first| first.text.clone());
    if first.as_deref() == Some("include") && words.len() == 1 {
        at.files(offer);
        return true;
    }
    if line.stage.switch.is_some() {
        if !is_quoted {
            super::addresses::free(scene, at.ns, None, offer);
            offer.word("gateway", || "the switch is its way out".into());
            offer.word("port", || "the name of the link at the switch".into());
        }
        return false;
    }
    if first.is_some_and(|first| line.function(&first).is_some() || first == "include") {
        return false;
    }
    let typed = Typed::new(line, words, &line.stage, spot);
    let is_path = offer.typed.contains('/');
    let is_file = |next: &Next| match next {
        Next::Statement => is_path,
        Next::Value(wanted) => match wanted.value {
            Value::Path => true,
            Value::Command | Value::Background => is_path,
            _ => false,
        },
        Next::Keyword(_) => false,
    };
    let takes_file = typed.followed.next.iter().any(is_file);
    if !is_quoted || takes_file {
        offer_next(scene, line, &typed, offer);
    }
    takes_file
}

/// Offers what can follow the words of a command.
pub fn offer_next(scene: &Scene<'_>, line: &Line<'_, '_>, typed: &Typed, offer: &mut Offer<'_>) {
    let given = |param: &str| typed.given(param);
    let words: Vec<&str> = typed.words.iter().map(|word| word.text.as_str()).collect();
    let at = At { scene, made: &line.made, ns: typed.ns.as_ref(), given: &given, words: &words };
    for next in &typed.followed.next {
        match next {
            Next::Statement => {
                statements(scene, line, offer);
            }
            Next::Value(wanted) => at.values(wanted, offer),
            Next::Keyword(word) if is_behind(word, typed) => {}
            Next::Keyword(word) => keyword(word, offer),
        }
    }
}

/// Whether a word stands behind the cursor already, or one that it cannot stand beside.
fn is_behind(word: &NextWord, typed: &Typed) -> bool {
    let is_it = |text: &str| word.text == text || word.others.contains(&text);
    let given = typed.whole.given.iter().filter(|given| given.at > typed.words.len());
    typed.behind.iter().any(|behind| behind.bare && is_it(&behind.text))
        || given.into_iter().any(|given| word.without.contains(&given.wanted.param))
}

/// A word, or another for it where that is what was typed.
fn keyword(word: &NextWord, offer: &mut Offer<'_>) {
    let help = || word.help.clone();
    if word.text.starts_with(offer.typed) {
        offer.word(&word.text, help);
    } else if let Some(other) = word.others.iter().find(|other| other.starts_with(offer.typed)) {
        offer.word(other, help);
    }
}
