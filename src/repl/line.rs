use std::borrow::Cow;

use rustyline::{
    Config, Context, Editor, Helper,
    completion::Completer,
    config::ColorMode,
    error::ReadlineError,
    highlight::{CmdKind, Highlighter, MatchingBracketHighlighter},
    hint::{Hint, Hinter, HistoryHinter},
    history::MemHistory,
    validate::{ValidationContext, ValidationResult, Validator},
};

use super::{
    history::{History, MOST},
    paste,
};

/// The line that is typed: one text, however many lines of the screen it has.
pub struct Line {
    editor: Editor<Help, MemHistory>,
    history: History,
}

/// What came of asking for a line.
#[derive(Debug)]
pub enum Typed {
    /// It was typed.
    Text(String),
    /// Ctrl-C: it is forgotten.
    Cleared,
    /// Ctrl-D, or there is no terminal any more.
    End,
    /// It cannot be read.
    Broken(String),
}

/// What helps while a line is typed.
struct Help {
    brackets: MatchingBracketHighlighter,
    before: HistoryHinter,
    color: bool,
    /// What is typed is an answer.
    is_asking: bool,
    /// What was meant by the line before.
    meant: Option<String>,
}

/// What stands behind the cursor, to be taken over by the right arrow.
#[derive(Debug, PartialEq, Eq)]
struct Offer {
    shown: String,
    taken: String,
}

impl Help {
    fn new(color: bool) -> Self {
        let (brackets, before) = (MatchingBracketHighlighter::new(), HistoryHinter::new());
        Self { brackets, before, color, is_asking: false, meant: None }
    }
}

impl Line {
    /// One with what was typed in earlier sessions.
    pub fn new(mut history: History, color: bool) -> Result<Self, ReadlineError> {
        let mode = if color { ColorMode::Enabled } else { ColorMode::Disabled };
        let config = Config::builder().max_history_size(MOST)?.color_mode(mode).build();
        let mut entries = MemHistory::with_config(&config);
        for entry in history.load() {
            rustyline::history::History::add(&mut entries, &entry)?;
        }
        let mut editor = Editor::with_history(config, entries)?;
        editor.set_helper(Some(Help::new(color)));
        Ok(Self { editor, history })
    }

    /// Asks for a statement; the one that was probably meant before is a key away.
    pub fn read(&mut self, prompt: &str, meant: Option<String>) -> Typed {
        if let Some(help) = self.editor.helper_mut() {
            help.meant = meant;
        }
        match self.editor.readline(prompt) {
            Ok(text) => Typed::Text(text),
            Err(ReadlineError::Interrupted) => Typed::Cleared,
            Err(ReadlineError::Eof) => Typed::End,
            Err(error) => Typed::Broken(error.to_string()),
        }
    }

    /// Asks a question, whose answer is no statement.
    pub fn ask(&mut self, question: &str) -> Typed {
        let help = self.editor.helper_mut();
        help.into_iter().for_each(|help| help.is_asking = true);
        let answer = self.read(question, None);
        let help = self.editor.helper_mut();
        help.into_iter().for_each(|help| help.is_asking = false);
        answer
    }

    /// From now on it can be found again, whatever becomes of this process.
    pub fn remember(&mut self, statement: &str) {
        // One that is the same as the last is not added twice.
        if let Ok(true) = self.editor.add_history_entry(statement) {
            self.history.append(statement);
        }
    }

    /// What there is to say about the history, once.
    pub fn remark(&mut self) -> String {
        self.history.remark()
    }
}

impl Helper for Help {}

impl Completer for Help {
    type Candidate = String;

    fn complete(&self, line: &str, _: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let meant = self.meant.iter().filter(|_| line.is_empty());
        Ok((0, meant.cloned().collect()))
    }
}

impl Hint for Offer {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        Some(&self.taken)
    }
}

impl Hinter for Help {
    type Hint = Offer;

    fn hint(&self, line: &str, pos: usize, context: &Context<'_>) -> Option<Offer> {
        if let Some(meant) = self.meant.as_ref().filter(|meant| line.is_empty() && !meant.contains('\n')) {
            let shown = if self.color { meant.clone() } else { format!("(→ {meant})") };
            return Some(Offer { shown, taken: meant.clone() });
        }
        // Without colours nobody could tell it from what was typed.
        let is_told = self.color && !self.is_asking;
        let hint = if is_told { self.before.hint(line, pos, context)? } else { return None };
        // Of what was typed in several lines the first is enough to be recognized, and would not be enough to be run.
        (!hint.contains('\n')).then(|| Offer { shown: hint.clone(), taken: hint })
    }
}

impl Highlighter for Help {
    fn highlight<'l>(&self, line: &'l str, pos: usize) -> Cow<'l, str> {
        self.brackets.highlight(line, pos)
    }

    fn highlight_char(&self, line: &str, pos: usize, kind: CmdKind) -> bool {
        self.brackets.highlight_char(line, pos, kind)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        format!("\x1b[2m{hint}\x1b[22m").into()
    }
}

/// What is open at the end goes on in the next line.
impl Validator for Help {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let is_complete = self.is_asking || paste::is_complete(context.input());
        Ok(if is_complete { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_of_one_line() {
        let mut entries = MemHistory::new();
        for entry in ["in red {\n  link show\n}", "netns add red"] {
            rustyline::history::History::add(&mut entries, entry).unwrap();
        }
        let hint = |color: bool, line: &str| {
            let offer = Help::new(color).hint(line, line.len(), &Context::new(&entries));
            offer.map(|offer| offer.taken)
        };
        assert_eq!(hint(true, "netns").as_deref(), Some(" add red"));
        assert_eq!(hint(false, "netns"), None);
        assert_eq!(hint(true, "in red"), None);
    }

    #[test]
    fn what_was_meant_is_offered_on_an_empty_line() {
        let entries = MemHistory::new();
        let help = Help { meant: Some("netns list".into()), ..Help::new(false) };
        let context = Context::new(&entries);
        let offer = Offer { shown: "(→ netns list)".into(), taken: "netns list".into() };
        assert_eq!(help.hint("", 0, &context), Some(offer));
        assert_eq!(help.hint("n", 1, &context), None);
        assert_eq!(help.complete("", 0, &context).unwrap().1, ["netns list"]);
        assert!(help.complete("n", 1, &context).unwrap().1.is_empty());
    }
}
