//! Text to pieces: words, blocks and comments, with what the author put between them.
//!
//! In: a text without syntax errors. Out: a [`Block`] of all its lines, or `None` where the text is not understood.

use crate::syntax::{
    parse::{element_len, word_len},
    shell::{is_name, prompt_len},
};

/// The statements of a file or of a pair of braces.
#[derive(Debug, Default)]
pub(super) struct Block<'s> {
    pub(super) items: Vec<Item<'s>>,
    /// Whether the author wrote it on one line.
    pub(super) is_on_one_line: bool,
    /// The comment behind the `{`.
    pub(super) comment: Option<&'s str>,
}

/// What takes a line.
#[derive(Debug)]
pub(super) enum Item<'s> {
    /// Lines without anything on them.
    Blank,
    /// A comment on a line of its own.
    Comment(&'s str),
    /// A statement.
    Statement(Statement<'s>),
}

/// A statement with all its links.
#[derive(Debug, Default)]
pub(super) struct Statement<'s> {
    pub(super) pieces: Vec<(Gap<'s>, Piece<'s>)>,
    /// The comment behind it.
    pub(super) comment: Option<&'s str>,
    /// Whether the statement before is on the same line.
    pub(super) follows: bool,
}

/// What stands in front of a piece.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Gap<'s> {
    /// Nothing.
    None,
    /// A blank.
    Blank,
    /// A `\` at the end of a line.
    Continued,
    /// The end of a line behind an operator, and its comments: that behind the operator, and those on their own lines.
    Line(Option<&'s str>, Vec<&'s str>),
}

/// What a statement is made of.
#[derive(Debug)]
pub(super) enum Piece<'s> {
    /// A word, a sign, a keyword.
    Text(&'s str),
    /// Statements in braces.
    Block(Block<'s>),
    /// The same behind `ok`.
    Ok(Block<'s>),
}

/// The pieces of a text.
pub(super) fn read(text: &str) -> Option<Block<'_>> {
    let mut lexer = Lexer { text, at: 0, pieces: Vec::new(), gap: Gap::None };
    lexer.prompt();
    let block = lexer.block()?;
    (lexer.at == text.len()).then_some(block)
}

struct Lexer<'s> {
    text: &'s str,
    at: usize,
    /// The pieces of the statement that is being read.
    pieces: Vec<(Gap<'s>, Piece<'s>)>,
    /// What will stand in front of the next piece.
    gap: Gap<'s>,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        &self.text[self.at..]
    }

    /// Goes over so many bytes, and gives them back.
    fn take(&mut self, len: usize) -> &'s str {
        let taken = &self.rest()[..len];
        self.at += len;
        taken
    }

    /// Goes over blanks and over ends of lines behind a `\`. Says whether there were some.
    fn skip_blanks(&mut self) -> bool {
        let start = self.at;
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
            let Some(len) = continued_len(self.rest()) else { return self.at > start };
            self.at += len;
            if self.gap == Gap::Blank {
                self.gap = Gap::Continued;
            }
        }
    }

    /// Goes over a prompt at the beginning of a line.
    fn prompt(&mut self) {
        self.skip_blanks();
        self.at += prompt_len(self.rest()).unwrap_or_default();
    }

    fn comment(&mut self) -> Option<&'s str> {
        let rest = self.rest();
        rest.starts_with('#').then(|| self.take(rest.find('\n').unwrap_or(rest.len())).trim_end())
    }

    /// Statements up to the `}` that ends them, or to the end.
    fn block(&mut self) -> Option<Block<'s>> {
        let start = self.at;
        let mut block = Block::default();
        // How many lines ended since the last item.
        let mut ended = 0;
        let mut is_first = true;
        loop {
            self.gap = Gap::None;
            self.skip_blanks();
            match self.rest().chars().next() {
                None | Some('}') => {
                    block.is_on_one_line = !self.text[start..self.at].contains('\n');
                    return Some(block);
                }
                Some('\n') => {
                    self.at += 1;
                    ended += 1;
                    self.prompt();
                    continue;
                }
                Some(';') => {
                    self.at += 1;
                    continue;
                }
                Some(_) => {}
            }
            let is_behind = ended == 0 && !(is_first && start == 0);
            if ended > 1 && !block.items.is_empty() {
                block.items.push(Item::Blank);
            }
            if let Some(comment) = self.comment() {
                match block.items.last_mut() {
                    Some(Item::Statement(last)) if is_behind => last.comment = Some(comment),
                    None if is_behind => block.comment = Some(comment),
                    _ => block.items.push(Item::Comment(comment)),
                }
            } else {
                let follows = is_behind && matches!(block.items.last(), Some(Item::Statement(_)));
                let outside = std::mem::take(&mut self.pieces);
                let understood = self.statement();
                let pieces = std::mem::replace(&mut self.pieces, outside);
                understood?;
                block.items.push(Item::Statement(Statement { pieces, comment: None, follows }));
            }
            ended = 0;
            is_first = false;
        }
    }

    fn push(&mut self, piece: Piece<'s>) {
        let gap = std::mem::replace(&mut self.gap, Gap::Blank);
        self.pieces.push((gap, piece));
    }

    fn push_text(&mut self, len: usize) {
        let text = self.take(len);
        self.push(Piece::Text(text));
    }

    /// A sign that stands right behind what is before it.
    fn push_close(&mut self, sign: &str) {
        self.gap = Gap::None;
        self.push_text(sign.len());
    }

    fn push_word(&mut self) -> Option<()> {
        let len = word_len(self.rest()).filter(|len| *len > 0)?;
        self.push_text(len);
        Some(())
    }

    fn push_element(&mut self) -> Option<()> {
        let len = element_len(self.rest()).filter(|len| *len > 0)?;
        self.push_text(len);
        Some(())
    }

    fn push_name(&mut self) -> Option<()> {
        let rest = self.rest();
        let len = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if !is_name(&rest[..len]) {
            return None;
        }
        self.push_text(len);
        self.skip_blanks();
        Some(())
    }

    fn push_sign(&mut self, sign: &str) -> Option<()> {
        if !self.rest().starts_with(sign) {
            return None;
        }
        self.push_text(sign.len());
        self.skip_blanks();
        Some(())
    }

    /// Goes over a keyword with a blank behind it, if it is the next thing.
    fn keyword(&mut self, keyword: &str) -> bool {
        let behind = self.rest().strip_prefix(keyword);
        let is_next =
            behind.is_some_and(|behind| behind.starts_with([' ', '\t', '\r']) || continued_len(behind).is_some());
        if is_next {
            self.push_text(keyword.len());
            self.skip_blanks();
        }
        is_next
    }

    /// A statement with all its links.
    fn statement(&mut self) -> Option<()> {
        loop {
            self.link()?;
            self.skip_blanks();
            let rest = self.rest();
            let operator = ["&&", "||", "|"].into_iter().find(|operator| rest.starts_with(operator));
            let Some(operator) = operator else { return Some(()) };
            // A line that was broken in front of the operator is broken behind it.
            let is_broken = self.gap == Gap::Continued;
            self.gap = Gap::Blank;
            self.push_text(operator.len());
            self.skip_blanks();
            self.lines_behind_operator(is_broken);
        }
    }

    fn lines_behind_operator(&mut self, is_broken: bool) {
        let (mut ended, mut behind, mut own) = (0, None, Vec::new());
        loop {
            self.skip_blanks();
            if let Some(comment) = self.comment() {
                if ended == 0 {
                    behind = Some(comment);
                } else {
                    own.push(comment);
                }
            } else if self.rest().starts_with('\n') {
                self.at += 1;
                ended += 1;
                self.prompt();
            } else {
                break;
            }
        }
        let is_broken = is_broken || ended > 0 || self.gap == Gap::Continued;
        let has_comments = behind.is_some() || !own.is_empty();
        let next = word_len(self.rest()).map_or("", |len| &self.rest()[..len]);
        // At the beginning of a line it would be a prompt.
        let is_bound = prompt_len(next).is_some() && !has_comments;
        self.gap = if is_broken && !is_bound { Gap::Line(behind, own) } else { Gap::Blank };
    }

    /// A link of a chain: heads that may stand in front, and what they govern.
    fn link(&mut self) -> Option<()> {
        loop {
            if self.keyword("sudo") {
                while self.rest().starts_with('-') {
                    self.push_word()?;
                    self.skip_blanks();
                }
            } else if self.keyword("in") {
                self.push_word()?;
                self.skip_blanks();
                if self.rest().starts_with('{') {
                    return self.braces(Piece::Block);
                }
            } else if self.keyword("let") {
                self.push_name()?;
                self.push_sign("=")?;
                return self.list_or_word();
            } else if self.keyword("for") {
                self.push_name()?;
                if self.rest().starts_with(',') {
                    self.push_close(",");
                    self.skip_blanks();
                    self.push_name()?;
                }
                if !self.keyword("in") {
                    return None;
                }
                self.list_or_word()?;
                self.skip_blanks();
                return self.braces(Piece::Block);
            } else if self.keyword("def") {
                return self.function();
            } else if self.keyword("if") {
                return self.branches();
            } else {
                return self.command();
            }
        }
    }

    fn list_or_word(&mut self) -> Option<()> {
        if self.rest().starts_with('[') { self.list() } else { self.push_word() }
    }

    fn list(&mut self) -> Option<()> {
        self.push_text(1);
        self.gap = Gap::None;
        loop {
            // A break behind the `[` is one in front of its first word.
            let is_first = self.gap == Gap::None;
            let start = self.at;
            self.skip_blanks();
            if is_first && self.text[start..self.at].contains('\n') {
                self.gap = Gap::Continued;
            }
            if self.rest().starts_with(']') {
                self.push_close("]");
                return Some(());
            }
            self.push_element()?;
        }
    }

    /// Behind `def`.
    fn function(&mut self) -> Option<()> {
        self.push_name()?;
        if !self.rest().starts_with('(') {
            return None;
        }
        self.push_close("(");
        self.gap = Gap::None;
        self.skip_blanks();
        while !self.rest().starts_with(')') {
            self.push_name()?;
            if self.rest().starts_with('=') {
                self.push_sign("=")?;
                if self.rest().starts_with('[') {
                    self.list()?
                } else {
                    self.push_element()?
                }
                self.skip_blanks();
            }
            if self.rest().starts_with(',') {
                self.push_close(",");
                self.skip_blanks();
            }
        }
        self.push_close(")");
        self.skip_blanks();
        self.braces(Piece::Block)
    }

    /// Behind the first `if`.
    fn branches(&mut self) -> Option<()> {
        loop {
            self.condition()?;
            self.braces(Piece::Block)?;
            loop {
                // An `else` stands on the line of the `}`.
                let start = self.at;
                self.skip_blanks();
                let is_else = self.rest().strip_prefix("else").is_some_and(|behind| {
                    behind.is_empty() || behind.starts_with([' ', '\t', '\r', '\n', ';', '|', '&', '{', '}', '<', '>'])
                });
                if !is_else {
                    self.at = start;
                    self.gap = Gap::Blank;
                    return Some(());
                }
                self.gap = Gap::Blank;
                self.push_text("else".len());
                self.skip_blanks();
                self.gap = Gap::Blank;
                if self.keyword("if") {
                    break;
                }
                self.braces(Piece::Block)?;
            }
        }
    }

    /// A condition up to the `{` behind it.
    fn condition(&mut self) -> Option<()> {
        loop {
            self.skip_blanks();
            let rest = self.rest();
            let behind_ok = rest.strip_prefix("ok").map(|behind| behind.trim_start_matches([' ', '\t', '\r']));
            if rest.starts_with('{') {
                return Some(());
            } else if behind_ok.is_some_and(|behind| behind.starts_with('{')) {
                self.push_text("ok".len());
                self.skip_blanks();
                self.braces(Piece::Ok)?;
            } else if let Some(sign) =
                ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|sign| rest.starts_with(sign))
            {
                self.push_text(sign.len());
            } else {
                self.list_or_word()?;
            }
        }
    }

    /// Words and redirections, and a block if one follows.
    fn command(&mut self) -> Option<()> {
        let first = self.at;
        loop {
            let before = (self.at, self.gap == Gap::Continued);
            self.skip_blanks();
            match self.rest().chars().next() {
                Some('{') if self.at > first => return self.braces(Piece::Block),
                None | Some('\n' | ';' | '}' | '#' | '|') => break,
                Some('&') if self.rest().starts_with("&&") => break,
                Some(_) if before.0 != self.at || before.0 == first || self.redirection_len().is_some() => {}
                Some(_) => return None,
            }
            match self.redirection_len() {
                Some(len) => self.redirection(len)?,
                None => self.push_word()?,
            }
        }
        (self.at > first).then_some(())
    }

    /// The length of the `>`, `2>>` or `2>&1` that is next, if one is.
    fn redirection_len(&self) -> Option<usize> {
        let rest = self.rest();
        let behind = rest.strip_prefix(['1', '2', '&']).unwrap_or(rest).strip_prefix('>')?;
        let len = rest.len() - behind.len();
        Some(if behind.starts_with('>') { len + 1 } else { len })
    }

    fn redirection(&mut self, len: usize) -> Option<()> {
        if let Some(sign) = ["2>&1", "1>&2", ">&2"].into_iter().find(|sign| self.rest().starts_with(sign)) {
            self.push_text(sign.len());
            return Some(());
        }
        let is_plain = self.rest().starts_with('>');
        self.push_text(len);
        self.skip_blanks();
        if !is_plain && self.gap == Gap::Blank {
            self.gap = Gap::None;
        }
        self.push_word()
    }

    fn braces(&mut self, piece: fn(Block<'s>) -> Piece<'s>) -> Option<()> {
        if !self.rest().starts_with('{') {
            return None;
        }
        self.at += 1;
        let block = self.block()?;
        if !self.rest().starts_with('}') {
            return None;
        }
        self.at += 1;
        // The `{` stands on the line of the words in front of it.
        self.gap = Gap::Blank;
        self.push(piece(block));
        Some(())
    }
}

/// The length of a `\` and the end of the line, if they are next.
fn continued_len(text: &str) -> Option<usize> {
    let behind = text.strip_prefix('\\')?;
    let behind = behind.strip_prefix("\r\n").or(behind.strip_prefix('\n')).or(behind.is_empty().then_some(behind))?;
    Some(text.len() - behind.len())
}
