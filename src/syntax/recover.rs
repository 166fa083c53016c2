//! What is wrong with a line that the grammar gave up on.
//!
//! In: the place where the grammar stopped and what it had understood before it. Out: the error, with the exact words at
//! fault and what to type in their place. The grammar stops at the first character that fits nothing, so the answer
//! stands there; only where a whole statement is missing must the line be followed from its beginning.

use std::ops::Range;

use super::{
    error::{Problem, SyntaxError},
    parse::{namespace_len, word_len},
    reserved::{self, Reserved},
    shell::{
        closed_len, first_line, here_document_len, is_name, is_plain, is_quoting, is_sudo_flags, loop_head, prompt_len,
        substitution,
    },
};
use crate::source::{Source, Span, Spanned};

/// What the grammar had understood in front of the junk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing: a statement should begin here.
    Nothing,
    /// A command, or part of one.
    Command,
    /// `let NAME = VALUE`.
    Let,
    /// A statement that ends in a block.
    Block,
}

/// What is wrong with the text that begins at `start`; `None` where the next line will tell. `across_lines` is the last
/// quoted text before it that goes over several lines.
pub(super) fn explain(
    source: &Source,
    start: usize,
    before: Before,
    across_lines: Option<Span>,
) -> Option<SyntaxError> {
    Junk { source, at: start, before, across_lines }.explain()
}

/// What is wrong with a statement behind a `|` that is no command.
pub(super) fn not_piped(text: &str) -> Option<Problem> {
    let word = &text[..word_len(text).unwrap_or_default()];
    let is_statement = matches!(reserved::find(word), Some(Reserved::In | Reserved::Let));
    is_statement.then(|| Problem::PipedInto { word: word.into() })
}

/// A cursor on the text, and what the grammar had understood in front of it.
struct Junk<'s> {
    source: &'s Source,
    at: usize,
    before: Before,
    across_lines: Option<Span>,
}

/// The next thing to do: tell the error, or look further behind the words that are right.
enum Next {
    Tell(SyntaxError),
    Go(usize, Before),
}

impl<'s> Junk<'s> {
    fn explain(mut self) -> Option<SyntaxError> {
        loop {
            let next = match self.operator() {
                Some(operator) => self.after_operator(operator)?,
                None => match self.special() {
                    Some(error) => Next::Tell(error),
                    None => self.word(),
                },
            };
            match next {
                Next::Tell(error) => return Some(error),
                Next::Go(at, before) => (self.at, self.before) = (at, before),
            }
        }
    }

    /// All text from the cursor on.
    fn rest(&self) -> &'s str {
        &self.source.text()[self.at..]
    }

    /// The text from the cursor to the end of its line. Takes as long as the line: only for the error itself, not for
    /// every word on the way to it.
    fn line(&self) -> &'s str {
        first_line(self.rest())
    }

    /// The plain word at a place; empty where none begins.
    fn plain_word(&self, at: usize) -> &'s str {
        let text = &self.source.text()[at..];
        &text[..text.find(|c| !is_plain(c)).unwrap_or(text.len())]
    }

    /// Whether the statement ends at a place.
    fn ends(&self, at: usize) -> bool {
        let text = &self.source.text()[at..];
        text.is_empty() || text.starts_with(['\n', '#', ';', '&', '|', '}'])
    }

    /// An error about so many bytes from the cursor on.
    fn error(&self, len: usize, problem: Problem) -> SyntaxError {
        self.error_at(self.at..self.at + len, problem)
    }

    fn error_at(&self, range: Range<usize>, problem: Problem) -> SyntaxError {
        Spanned::new(problem, self.source.span(range.start, range.end))
    }

    /// The place behind `at` and the blanks there, among them ends of lines behind a `\`.
    fn skip_blanks(&self, at: usize) -> usize {
        let mut rest = &self.source.text()[at..];
        loop {
            rest = rest.trim_start_matches([' ', '\t', '\r']);
            let next = ["\\\n", "\\\r\n"].into_iter().find_map(|end| rest.strip_prefix(end));
            rest = match next {
                Some(next) => next,
                None if rest == "\\" => "",
                None => break,
            };
        }
        self.source.text().len() - rest.len()
    }

    /// Over ends of lines, with the prompts and comments on them.
    fn skip_lines(&self, mut at: usize) -> usize {
        loop {
            at = self.skip_blanks(at);
            let text = &self.source.text()[at..];
            if text.starts_with('#') {
                at += first_line(text).len();
            } else if text.starts_with('\n') {
                at = self.skip_blanks(at + 1);
                at += prompt_len(&self.source.text()[at..]).unwrap_or_default();
            } else {
                return at;
            }
        }
    }

    fn operator(&self) -> Option<&'static str> {
        ["&&", "||", "|"].into_iter().find(|operator| self.rest().starts_with(operator))
    }

    /// An operator that no statement follows; `None` where the next line holds what was to follow, and is wrong itself.
    fn after_operator(&self, operator: &str) -> Option<Next> {
        if self.before == Before::Nothing {
            return Some(Next::Tell(self.error(operator.len(), Problem::NothingBefore { operator: operator.into() })));
        }
        if operator == "|" && matches!(self.before, Before::Let | Before::Block) {
            return Some(Next::Tell(self.error(1, Problem::NotPiped)));
        }
        if self.rest().starts_with("|&") {
            return Some(Next::Tell(self.error(2, Problem::PipedErrors)));
        }
        let next = self.skip_blanks(self.at + operator.len());
        if !self.ends(next) {
            return Some(Next::Go(next, Before::Nothing));
        }
        let following = &self.source.text()[self.skip_lines(next)..];
        let goes_on = self.source.text()[next..].starts_with(['\n', '#']) && !following.is_empty();
        let goes_on = goes_on && !following.starts_with([';', '}']);
        (!goes_on).then(|| Next::Tell(self.error(operator.len(), Problem::NothingBehind { words: operator.into() })))
    }

    /// Errors that the first character tells.
    fn special(&self) -> Option<SyntaxError> {
        let text = self.rest();
        let error = match text.chars().next()? {
            '"' => self.string(),
            '\'' => self.unclosed('\''),
            '$' | '`' => {
                let (len, problem) = substitution(self.line())?;
                self.error(len, problem)
            }
            '>' => self.redirection(),
            '&' if text.starts_with("&>") => self.redirection(),
            '&' => self.error(1, Problem::Background),
            '<' if text.starts_with("<(") => self.error(closed_len(self.line(), 1), Problem::CommandSubstitution),
            '<' if text.starts_with("<<<") => self.error(3, Problem::Input),
            '<' if text.starts_with("<<") => self.error(here_document_len(self.line()), Problem::HereDocument),
            '<' => self.input(),
            '0'..='9' => {
                let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
                if !behind.starts_with(['<', '>']) {
                    return None;
                }
                match text.len() - behind.len() {
                    1 if text.starts_with("1>") || text.starts_with("2>") => self.redirection(),
                    len => self.error(len + 1, Problem::Descriptor),
                }
            }
            '{' => self.brace(),
            '(' if self.before != Before::Command => self.error(1, Problem::Subshell),
            '\\' => self.error(1, Problem::BlankBehindBackslash),
            '\u{a0}' => self.error('\u{a0}'.len_utf8(), Problem::NoBreakSpace),
            _ => return None,
        };
        Some(error)
    }

    fn unclosed(&self, quote: char) -> SyntaxError {
        let earlier = self.across_lines.filter(|&span| self.source.slice(span).starts_with(quote));
        self.error(1, Problem::UnclosedQuote { quote, earlier })
    }

    /// A `"…"` that is not closed, or holds a substitution that nns does not have.
    fn string(&self) -> SyntaxError {
        let text = self.rest();
        let mut found = None;
        let mut chars = text.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => drop(chars.next()),
                '"' => {
                    return found
                        .unwrap_or_else(|| self.error(at + 1, Problem::Unexpected { text: excerpt(&text[..=at]) }));
                }
                '$' | '`' if found.is_none() => {
                    let rest = first_line(&text[at..]);
                    if let Some((len, problem)) = substitution(rest).filter(|(_, p)| *p != Problem::DollarQuote) {
                        found = Some(self.error_at(self.at + at..self.at + at + len, problem));
                    }
                }
                _ => {}
            }
        }
        self.unclosed('"')
    }

    /// A `>` that the grammar did not take.
    fn redirection(&self) -> SyntaxError {
        let line = self.line();
        let arrow = line.trim_start_matches(['1', '2', '&']).trim_start_matches('>');
        let len = line.len() - arrow.len();
        let problem = match self.before {
            Before::Let | Before::Block => Problem::NotRedirectable,
            Before::Nothing if arrow.trim_start().starts_with(is_plain) => Problem::NoCommand,
            Before::Nothing | Before::Command => Problem::NoFile { operator: line[..len].into() },
        };
        self.error(len, problem)
    }

    /// `< FILE`, or the `<NAME>` by which a manual means a value.
    fn input(&self) -> SyntaxError {
        let name = self.plain_word(self.at + 1);
        if name.is_empty() || !self.source.text()[self.at + 1 + name.len()..].starts_with('>') {
            return self.error(1, Problem::Input);
        }
        self.error(name.len() + 2, Problem::Placeholder { name: excerpt(name) })
    }

    /// A `{` where no block belongs.
    fn brace(&self) -> SyntaxError {
        let line = self.line();
        let expansion = line.find('}').filter(|&end| line[..end].contains("..") || line[..end].contains(','));
        if let Some(end) = expansion.filter(|_| !line.starts_with("{ ")) {
            return self.error(end + 1, Problem::BraceExpansion);
        }
        let before = self.source.text()[..self.at].trim_end_matches([' ', '\t']);
        if self.before == Before::Command && before.ends_with("()") {
            return self.error(1, Problem::Function);
        }
        self.error(1, Problem::UnexpectedBlock)
    }

    /// A word that would be right elsewhere.
    fn word(&self) -> Next {
        let word = self.plain_word(self.at);
        if matches!(self.before, Before::Nothing | Before::Block)
            && let Some(reserved) = reserved::find(word)
        {
            return match reserved {
                Reserved::In => self.after_in(),
                Reserved::Let => self.after_let(),
                Reserved::Sudo => self.after_sudo(),
                Reserved::For => Next::Tell(self.error(word.len(), Problem::For { instead: loop_head(self.line()) })),
                Reserved::If => Next::Tell(self.error(word.len(), Problem::If)),
                Reserved::Else => Next::Tell(self.error(word.len(), Problem::Else)),
                Reserved::Def => Next::Tell(self.error(word.len(), Problem::Def)),
                Reserved::Shell(means) => {
                    Next::Tell(self.error(word.len(), Problem::ShellWord { word: word.into(), means }))
                }
            };
        }
        if self.before == Before::Nothing
            && let Some(error) = self.assignment(word)
        {
            return Next::Tell(error);
        }
        let problem = match self.before {
            Before::Nothing | Before::Command => Problem::Unexpected { text: excerpt(word) },
            Before::Let => Problem::LetSeveralWords,
            Before::Block => Problem::BehindBlock,
        };
        Next::Tell(self.error(word.len(), problem))
    }

    /// `NAME=VALUE` in place of a statement.
    fn assignment(&self, word: &str) -> Option<SyntaxError> {
        let (name, _) = word.split_once('=').filter(|&(name, _)| is_name(name))?;
        let value = &self.rest()[name.len() + 1..];
        let value = &value[..word_len(value).unwrap_or(0)];
        let len = name.len() + 1 + value.len();
        let goes_on = self.rest()[len..].starts_with(is_quoting) || value.starts_with('(');
        let value = if goes_on { String::new() } else { excerpt(value) };
        Some(self.error(len, Problem::Assignment { name: excerpt(name), value }))
    }

    /// `in` without a namespace, or with one and without a statement.
    fn after_in(&self) -> Next {
        if let Some(len) = namespace_len(self.rest()) {
            return self.statement_behind(self.at..self.at + len);
        }
        let next = self.skip_blanks(self.at + "in".len());
        if self.source.text()[next..].starts_with(is_quoting) {
            return Next::Go(next, Before::Command);
        }
        Next::Tell(self.error("in".len(), Problem::NoNamespace))
    }

    /// `sudo` with options, or alone.
    fn after_sudo(&self) -> Next {
        let mut sudo = self.at..self.at + "sudo".len();
        loop {
            let next = self.skip_blanks(sudo.end);
            let option = self.plain_word(next);
            let option_at = next..next + option.len();
            if is_sudo_flags(option) {
                sudo.end = option_at.end;
            } else if option.starts_with('-') {
                return Next::Tell(self.error_at(option_at, Problem::SudoOption));
            } else {
                return self.statement_behind(sudo);
            }
        }
    }

    /// Looks on behind words that a statement must follow.
    fn statement_behind(&self, words: Range<usize>) -> Next {
        let next = self.skip_blanks(words.end);
        if !self.ends(next) {
            return Next::Go(next, Before::Nothing);
        }
        let problem = Problem::NothingBehind { words: excerpt(&self.source.text()[words.clone()]) };
        Next::Tell(self.error_at(words, problem))
    }

    /// `let` with something missing.
    fn after_let(&self) -> Next {
        let text = self.source.text();
        let name_at = self.skip_blanks(self.at + "let".len());
        let name = &text[name_at..];
        let name = &name[..name.find(|c| c == '=' || !(is_plain(c) || is_quoting(c))).unwrap_or(name.len())];
        let name_end = name_at + name.len();
        if name.is_empty() {
            return Next::Tell(self.error("let".len(), Problem::LetIncomplete));
        }
        if !is_name(name) {
            return Next::Tell(self.error_at(name_at..name_end, Problem::LetName { name: excerpt(name) }));
        }
        let equals = self.skip_blanks(name_end);
        if !text[equals..].starts_with('=') {
            return Next::Tell(self.error_at(self.at..name_end, Problem::LetIncomplete));
        }
        let value = self.skip_blanks(equals + 1);
        if self.ends(value) || text[value..].starts_with('=') {
            return Next::Tell(self.error_at(self.at..equals + 1, Problem::LetIncomplete));
        }
        Next::Go(value, Before::Command)
    }
}

/// At most forty characters of a text, for a message.
fn excerpt(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}
