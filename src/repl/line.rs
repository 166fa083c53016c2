use std::{borrow::Cow, cell::Cell, fmt::Write, ops::Range};

use rustyline::{
    Config, Context, Editor, ExternalPrinter, Helper,
    completion::{Completer, Pair},
    config::{ColorMode, CompletionType},
    error::ReadlineError,
    highlight::{CmdKind, Highlighter},
    hint::{Hint, Hinter, HistoryHinter},
    history::MemHistory,
    validate::{ValidationContext, ValidationResult, Validator},
};

use super::{
    guide::{Guide, brackets, color, listed},
    history::{History, MOST},
    paste,
};
use crate::{
    complete::{Candidate, Class},
    session::Surroundings,
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
    /// What knows the words and the network; none as long as nothing is asked.
    guide: Option<Guide>,
    before: HistoryHinter,
    color: bool,
    /// What is typed is an answer.
    is_asking: bool,
    /// It was typed: nothing that only helps with typing stays on the screen.
    is_final: Cell<bool>,
    /// What was meant by the line before.
    meant: Option<String>,
}

/// What stands behind the cursor, in grey.
#[derive(Debug, PartialEq, Eq)]
struct Offer {
    shown: String,
    /// What the right arrow takes over; nothing where only told is what is wanted.
    taken: Option<String>,
}

impl Help {
    fn new(color: bool) -> Self {
        Self {
            guide: None,
            before: HistoryHinter::new(),
            color,
            is_asking: false,
            is_final: Cell::new(false),
            meant: None,
        }
    }
}

impl Line {
    /// One with what was typed in earlier sessions.
    pub fn new(mut history: History, color: bool) -> Result<Self, ReadlineError> {
        let mode = if color { ColorMode::Enabled } else { ColorMode::Disabled };
        let config = Config::builder().max_history_size(MOST)?.color_mode(mode);
        let config = config.completion_type(CompletionType::List).completion_show_all_if_ambiguous(true).build();
        let mut entries = MemHistory::with_config(&config);
        for entry in history.load() {
            rustyline::history::History::add(&mut entries, &entry)?;
        }
        let mut editor = Editor::with_history(config, entries)?;
        editor.set_helper(Some(Help::new(color)));
        Ok(Self { editor, history })
    }

    /// Asks for a statement, which may be about what is around, that of before if nothing is said; the one that was probably
    /// `meant` before is a key away.
    pub fn read(&mut self, prompt: &str, around: Option<Surroundings>, meant: Option<String>) -> Typed {
        let mut guide = around.map(Guide::new);
        self.set(|help| {
            help.guide = guide.take().or_else(|| help.guide.take());
            help.meant.clone_from(&meant);
        });
        self.read_line(prompt)
    }

    fn set(&mut self, change: impl FnMut(&mut Help)) {
        self.editor.helper_mut().into_iter().for_each(change);
    }

    fn read_line(&mut self, prompt: &str) -> Typed {
        match self.editor.readline(prompt) {
            Ok(text) => Typed::Text(text),
            Err(ReadlineError::Interrupted) => Typed::Cleared,
            Err(ReadlineError::Eof) => Typed::End,
            Err(error) => Typed::Broken(error.to_string()),
        }
    }

    /// Asks a question, whose answer is no statement.
    pub fn ask(&mut self, question: &str) -> Typed {
        self.set(|help| help.is_asking = true);
        let answer = self.read_line(question);
        self.set(|help| help.is_asking = false);
        answer
    }

    /// Where lines can be printed above the one that is typed, from another thread.
    pub fn printer(&mut self) -> Result<impl ExternalPrinter + Send + 'static, ReadlineError> {
        self.editor.create_external_printer()
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

/// The list has a line for each, with what it is behind it.
impl Completer for Help {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let Some(guide) = self.guide.as_ref().filter(|_| !self.is_asking) else { return Ok((pos, Vec::new())) };
        if let Some(meant) = self.meant.clone().filter(|_| line.is_empty()) {
            return Ok((pos, vec![Pair { display: meant.clone(), replacement: meant }]));
        }
        let found = guide.complete(line, pos);
        let width = found.candidates.iter().map(|candidate| candidate.text.chars().count()).max().unwrap_or(0);
        // Where nothing follows, the next word can be typed at once.
        let is_last = pos == line.len();
        let offer = |candidate: &Candidate| {
            let blank = if is_last && !candidate.is_open { " " } else { "" };
            Pair { display: listed(candidate, width), replacement: format!("{}{blank}", candidate.text) }
        };
        Ok((found.start, found.candidates.iter().map(offer).collect()))
    }
}

impl Hint for Offer {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        self.taken.as_deref()
    }
}

impl Hinter for Help {
    type Hint = Offer;

    fn hint(&self, line: &str, pos: usize, context: &Context<'_>) -> Option<Offer> {
        if self.is_asking {
            return None;
        }
        if let Some(meant) = self.meant.as_ref().filter(|meant| line.is_empty() && !meant.contains('\n')) {
            let shown = if self.color { meant.clone() } else { format!("(→ {meant})") };
            return Some(Offer { shown, taken: Some(meant.clone()) });
        }
        // Without colours nobody could tell it from what was typed.
        if !self.color || line.is_empty() {
            return None;
        }
        // Of what was typed in several lines the first is enough to be recognized, and would not be enough to be run.
        match self.before.hint(line, pos, context).filter(|hint| !hint.contains('\n')) {
            Some(hint) => Some(Offer { shown: hint.clone(), taken: Some(hint) }),
            None => self.guide.as_ref()?.hint(line, pos).map(|shown| Offer { shown, taken: None }),
        }
    }
}

impl Highlighter for Help {
    fn highlight<'l>(&self, line: &'l str, pos: usize) -> Cow<'l, str> {
        let Some(guide) = self.guide.as_ref().filter(|_| self.color && !self.is_asking) else { return line.into() };
        let mut classes = guide.classes(line);
        // The word that is being typed is not wrong yet.
        classes.retain(|(range, class)| {
            range.end != pos || self.is_final.get() || !matches!(class, Class::Unknown | Class::Missing)
        });
        let pair = if self.is_final.get() { None } else { brackets(line, pos, &classes) };
        painted(line, &classes, pair).into()
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.is_final.set(kind == CmdKind::ForcedRefresh);
        self.color
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        format!("\x1b[2m{hint}\x1b[22m").into()
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        match candidate.split_once("  ").filter(|_| self.color) {
            Some((text, help)) => format!("{text}  \x1b[2m{help}\x1b[22m").into(),
            None => candidate.into(),
        }
    }
}

/// A text in its colours, the brackets that belong together underlined.
fn painted(text: &str, classes: &[(Range<usize>, Class)], pair: Option<(usize, usize)>) -> String {
    let mut painted = String::with_capacity(text.len() * 2);
    let mut paint = |range: Range<usize>, code: &str| {
        let piece = &text[range];
        // A `String` takes whatever is written to it.
        let _ = if code.is_empty() { painted.write_str(piece) } else { write!(painted, "\x1b[{code}m{piece}\x1b[0m") };
    };
    let mut at = 0;
    for (range, class) in classes {
        paint(at..range.start, "");
        let is_bracket = pair.is_some_and(|(from, to)| range.contains(&from) || range.contains(&to));
        if is_bracket && range.len() == 1 {
            paint(range.clone(), "1;4;34");
        } else {
            paint(range.clone(), color(*class));
        }
        at = range.end;
    }
    paint(at..text.len(), "");
    painted
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
            offer.and_then(|offer| offer.taken)
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
        let offer = Offer { shown: "(→ netns list)".into(), taken: Some("netns list".into()) };
        assert_eq!(help.hint("", 0, &context), Some(offer));
        assert_eq!(help.hint("n", 1, &context), None);
    }
}
