//! A cursor that goes over a text once and says what it meets.

use super::{Piece, PieceKind, Pieces, Place, parts_at};
use crate::syntax::shell::{is_name, is_sudo_flags, prompt_len};

/// What follows the block that is open.
#[derive(Clone, Copy, Debug)]
enum Opened {
    /// The end of its statement.
    Statement,
    /// Perhaps `else`.
    If,
    /// The rest of a condition.
    Ok,
}

/// What follows a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listed {
    /// The end of a `let`.
    Let,
    /// The block of a `for`.
    For,
    /// More of a condition.
    Condition,
    /// More parameters.
    Parameters,
}

pub(super) struct Reader<'s> {
    text: &'s str,
    at: usize,
    pieces: Vec<Piece>,
    place: Place,
    /// The blocks that are open.
    opened: Vec<Opened>,
    /// What the next block belongs to.
    next: Opened,
    /// What stands behind the list that is open, or behind the value that comes next.
    listed: Listed,
    /// Whether a line begins, so that a prompt may stand there.
    is_line_start: bool,
    /// Whether nothing but blanks and comments stands behind an operator, so that a statement follows on another line.
    is_joined: bool,
}

impl<'s> Reader<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        Self {
            text,
            at: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
            pieces: Vec::new(),
            place: Place::Statement,
            opened: Vec::new(),
            next: Opened::Statement,
            listed: Listed::Let,
            is_line_start: true,
            is_joined: false,
        }
    }

    pub(super) fn read(mut self) -> Pieces {
        loop {
            self.skip_blanks();
            if std::mem::take(&mut self.is_line_start)
                && let Some(len) = prompt_len(self.rest())
            {
                self.push(PieceKind::Prompt, len);
                continue;
            }
            if self.at >= self.text.len() {
                return Pieces { pieces: self.pieces, end: self.place };
            }
            let before = self.at;
            self.step();
            if self.at == before {
                self.unread();
            }
        }
    }

    fn rest(&self) -> &'s str {
        &self.text[self.at..]
    }

    /// Goes over blanks and over ends of lines behind a `\`.
    fn skip_blanks(&mut self) {
        loop {
            self.at = self.text.len() - self.rest().trim_start_matches([' ', '\t', '\r']).len();
            let Some(behind) = self.rest().strip_prefix('\\') else { return };
            let behind = behind.strip_prefix("\r\n").or(behind.strip_prefix('\n'));
            let Some(behind) = behind else { return };
            self.at = self.text.len() - behind.len();
        }
    }

    fn push(&mut self, kind: PieceKind, len: usize) {
        let text = &self.text[self.at..self.at + len];
        self.pieces.push(Piece { kind, range: self.at..self.at + len, parts: Vec::new() });
        self.at += len;
        self.is_joined = match kind {
            PieceKind::Operator => true,
            PieceKind::Comment | PieceKind::Prompt => self.is_joined,
            PieceKind::End => self.is_joined && text == "\n",
            PieceKind::Keyword
            | PieceKind::Namespace
            | PieceKind::Name
            | PieceKind::Value
            | PieceKind::Word
            | PieceKind::File
            | PieceKind::Sign
            | PieceKind::Arrow
            | PieceKind::Open
            | PieceKind::Close
            | PieceKind::Unread => false,
        };
    }

    /// Takes a word, if one begins here.
    fn word(&mut self, kind: PieceKind, is_element: bool) -> bool {
        let Some(parts) = parts_at(self.text, self.at, is_element) else { return false };
        let end = parts.last().map_or(self.at, |part| part.range.end);
        let is_some = end > self.at;
        if is_some {
            self.pieces.push(Piece { kind, range: self.at..end, parts });
            self.at = end;
            self.is_joined = false;
        }
        is_some
    }

    /// The characters of a name that begins here; none is a length of 0.
    fn name_len(&self) -> usize {
        let rest = self.rest();
        let len = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if is_name(&rest[..len]) { len } else { 0 }
    }

    /// Whether a keyword with a blank behind it is next.
    fn is_keyword(&self, keyword: &str) -> bool {
        let behind = self.rest().strip_prefix(keyword);
        behind.is_some_and(|behind| {
            behind.starts_with([' ', '\t', '\r']) || behind.starts_with("\\\n") || behind.starts_with("\\\r\n")
        })
    }

    /// Whether a keyword with the end of a word behind it is next.
    fn is_plain_keyword(&self, keyword: &str) -> bool {
        let behind = self.rest().strip_prefix(keyword);
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(ENDS))
    }

    /// What nothing can be made of: a quoted text without its end, or what stands there up to the end of a word.
    fn unread(&mut self) {
        let rest = self.rest();
        let len = match rest.chars().next() {
            Some('"' | '\'') => rest.len(),
            Some('$') if rest.starts_with("${") => rest.find(['\n', '}']).unwrap_or(rest.len()),
            first => {
                let first = first.map_or(0, char::len_utf8);
                first + rest[first..].find(ENDS).unwrap_or(rest.len() - first)
            }
        };
        if rest.starts_with(['"', '\'']) {
            self.place = Place::Nothing;
        }
        self.push(PieceKind::Unread, len);
    }

    /// What ends a statement, wherever it stands. Says whether something did.
    fn ending(&mut self) -> bool {
        let rest = self.rest();
        match rest.chars().next() {
            Some('\n') => {
                self.push(PieceKind::End, 1);
                self.is_line_start = true;
                if !self.is_joined {
                    self.start();
                }
                true
            }
            Some(';') => {
                self.push(PieceKind::End, 1);
                self.start();
                true
            }
            Some('}') => {
                self.close();
                true
            }
            Some('#') => {
                let len = rest.find('\n').unwrap_or(rest.len());
                let is_last = len == rest.len();
                self.push(PieceKind::Comment, len);
                if is_last {
                    self.place = Place::Nothing;
                }
                true
            }
            Some('&') if rest.starts_with("&&") => {
                self.push(PieceKind::Operator, 2);
                self.start();
                true
            }
            Some('|') => {
                let len = if rest.starts_with("||") { 2 } else { 1 };
                self.push(PieceKind::Operator, len);
                self.start();
                if len == 1 {
                    self.place = Place::Piped;
                }
                true
            }
            _ => false,
        }
    }

    /// Another statement begins.
    fn start(&mut self) {
        self.place = Place::Statement;
        self.next = Opened::Statement;
    }

    fn open(&mut self) {
        self.push(PieceKind::Open, 1);
        self.opened.push(self.next);
        self.start();
    }

    fn close(&mut self) {
        let opened = self.opened.pop();
        self.push(if opened.is_some() { PieceKind::Close } else { PieceKind::Unread }, 1);
        self.next = Opened::Statement;
        self.place = match opened {
            Some(Opened::Statement) => Place::Done,
            Some(Opened::If) => Place::Else,
            Some(Opened::Ok) => {
                self.next = Opened::If;
                Place::Condition
            }
            None => Place::Statement,
        };
    }

    /// Goes over the next piece. What goes over nothing is told as unread.
    fn step(&mut self) {
        if self.ending() {
            return;
        }
        match self.place {
            Place::Statement | Place::Governed | Place::Inside => self.statement(),
            Place::Piped => {
                if !self.sudo() {
                    self.command();
                }
            }
            Place::Command => self.command(),
            Place::File => {
                self.place = Place::Command;
                self.word(PieceKind::File, false);
            }
            Place::Namespace => {
                if self.word(PieceKind::Namespace, false) {
                    self.place = Place::Inside;
                }
            }
            Place::LetName => self.name(Place::LetSign),
            Place::LetSign => self.sign("=", Place::Value),
            Place::Value => self.value(Listed::Let),
            Place::ForName => self.name(Place::ForIn),
            Place::ForIn => {
                if self.is_plain_keyword("in") {
                    self.push(PieceKind::Keyword, "in".len());
                    self.place = Place::ForValues;
                } else {
                    self.sign(",", Place::ForName);
                }
            }
            Place::ForValues => self.value(Listed::For),
            Place::List => self.list(),
            Place::DefName => {
                self.name(Place::DefName);
                self.sign("(", Place::Parameters);
            }
            Place::Parameters => self.parameters(),
            Place::Default => self.value(Listed::Parameters),
            Place::Condition => self.condition(),
            Place::Block | Place::Done | Place::Nothing => self.braces(),
            Place::Else => {
                if self.is_plain_keyword("else") {
                    self.push(PieceKind::Keyword, "else".len());
                    self.place = Place::Otherwise;
                }
            }
            Place::Otherwise => {
                self.next = Opened::If;
                if self.is_keyword("if") {
                    self.push(PieceKind::Keyword, "if".len());
                    self.place = Place::Condition;
                } else {
                    self.braces();
                }
            }
        }
    }

    fn braces(&mut self) {
        if self.rest().starts_with('{') {
            self.open();
        }
    }

    fn name(&mut self, then: Place) {
        let len = self.name_len();
        if len > 0 {
            self.push(PieceKind::Name, len);
            self.place = then;
        }
    }

    fn sign(&mut self, sign: &str, then: Place) {
        if self.rest().starts_with(sign) {
            self.push(PieceKind::Sign, sign.len());
            self.place = then;
        }
    }

    /// `sudo` and its options.
    fn sudo(&mut self) -> bool {
        if !self.is_keyword("sudo") {
            return false;
        }
        self.push(PieceKind::Keyword, "sudo".len());
        loop {
            self.skip_blanks();
            let len = self.rest().find(ENDS).unwrap_or(self.rest().len());
            if !is_sudo_flags(&self.rest()[..len]) {
                return true;
            }
            self.push(PieceKind::Keyword, len);
        }
    }

    fn statement(&mut self) {
        if self.sudo() {
            if self.place == Place::Statement {
                self.place = Place::Governed;
            }
            return;
        }
        let places = [
            ("in", Place::Namespace),
            ("let", Place::LetName),
            ("for", Place::ForName),
            ("if", Place::Condition),
            ("def", Place::DefName),
        ];
        if let Some((keyword, place)) = places.into_iter().find(|(keyword, _)| self.is_keyword(keyword)) {
            self.push(PieceKind::Keyword, keyword.len());
            self.place = place;
            self.next = if place == Place::Condition { Opened::If } else { Opened::Statement };
            return;
        }
        if self.rest().starts_with('{') {
            return self.open();
        }
        self.command();
    }

    fn command(&mut self) {
        let rest = self.rest();
        if rest.starts_with('{') {
            return self.open();
        }
        if let Some(len) = ["2>&1", "1>&2", ">&2"].into_iter().find(|sign| rest.starts_with(sign)).map(str::len) {
            self.push(PieceKind::Arrow, len);
            self.place = Place::Command;
            return;
        }
        let behind = rest.strip_prefix(['1', '2', '&']).unwrap_or(rest).strip_prefix('>');
        if let Some(behind) = behind {
            let len = rest.len() - behind.strip_prefix('>').unwrap_or(behind).len();
            self.push(PieceKind::Arrow, len);
            self.place = Place::File;
            return;
        }
        self.place = Place::Command;
        self.word(PieceKind::Word, false);
    }

    /// A word or a list where a value is wanted.
    fn value(&mut self, listed: Listed) {
        self.listed = listed;
        if self.rest().starts_with('[') {
            return self.sign("[", Place::List);
        }
        if self.word(PieceKind::Value, listed == Listed::Parameters) {
            self.place = self.behind_value();
        }
    }

    fn behind_value(&self) -> Place {
        match self.listed {
            Listed::Let => Place::Done,
            Listed::For => Place::Block,
            Listed::Condition => Place::Condition,
            Listed::Parameters => Place::Parameters,
        }
    }

    fn list(&mut self) {
        if self.rest().starts_with(']') {
            let behind = self.behind_value();
            return self.sign("]", behind);
        }
        self.word(PieceKind::Value, true);
    }

    fn parameters(&mut self) {
        let rest = self.rest();
        if rest.starts_with(')') {
            self.sign(")", Place::Block);
        } else if rest.starts_with(',') {
            self.sign(",", Place::Parameters);
        } else if rest.starts_with('=') {
            self.sign("=", Place::Default);
        } else {
            self.name(Place::Parameters);
        }
    }

    fn condition(&mut self) {
        let rest = self.rest();
        if rest.starts_with('{') {
            return self.open();
        }
        if let Some(sign) = ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|sign| rest.starts_with(sign)) {
            return self.sign(sign, Place::Condition);
        }
        if rest.strip_prefix("ok").is_some_and(|rest| rest.trim_start_matches([' ', '\t', '\r']).starts_with('{')) {
            self.push(PieceKind::Keyword, "ok".len());
            self.next = Opened::Ok;
            return;
        }
        let is_keyword = ["and", "or", "not", "exists"].into_iter().find(|keyword| self.is_plain_keyword(keyword));
        if let Some(keyword) = is_keyword {
            return self.push(PieceKind::Keyword, keyword.len());
        }
        self.value(Listed::Condition);
    }
}

/// What ends a word.
const ENDS: [char; 10] = [' ', '\t', '\r', '\n', ';', '|', '&', '{', '}', '<'];
