//! The prompt: statements typed one by one, each run at once.
//!
//! In: lines of a terminal, a [`Session`]. Out: what the session does and says, an exit status. Invariants: a statement
//! that fails is put back alone and never ends the session; what was typed is in the history before it runs; whatever
//! was done can be taken back, the last first.

mod guide;
mod hangup;
mod history;
mod leave;
mod line;
mod events;
mod past;
mod paste;
mod programs;
mod prompts;
mod words;

use crate::{
    process::interrupt::{Interrupt, Signal},
    session::{Called, Exit, Machine, Session},
    source::{PROMPT, SourceId},
};
use events::Telling;
use hangup::HangUp;
use history::History;
use line::{Line, Typed};
use past::{Change, Past};
use paste::Piece;

/// How a prompt was started.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// With colours.
    pub color: bool,
    /// In a sandbox, with which everything goes.
    pub is_sandbox: bool,
    /// How a script is started that is to find the same: `nns --sandbox`.
    pub command: String,
}

/// A prompt.
struct Prompt<'a, B> {
    session: &'a mut Session<B>,
    interrupt: &'a Interrupt,
    opening: Opening,
    line: Line,
    past: Past,
    /// The run that was undone last, where others had changed something since.
    in_part: Option<(u32, Called)>,
    /// Something may have changed since the session was asked what is around.
    is_stale: bool,
    /// The session knows what the last statement has changed.
    is_told: bool,
    /// What happens is told above the line.
    events: Option<Telling>,
    /// What came of the last statement.
    last: Exit,
    /// Ctrl-C stopped it.
    is_interrupted: bool,
    /// It was misspelt, and this is what was meant.
    corrected: Option<String>,
}

/// Reads statements until the user leaves; the status is that of the last.
pub fn run<B: Machine>(session: &mut Session<B>, interrupt: &Interrupt, opening: Opening) -> Exit {
    let line = match Line::new(History::usual(), opening.color) {
        Ok(line) => line,
        Err(error) => {
            session.terminal().say(&format!("the terminal cannot be used: {error}\n"));
            return Exit::Refused;
        }
    };
    let begun = session.begin();
    if begun != Exit::Done {
        return begun;
    }
    if !opening.is_sandbox {
        session.tell_earlier_runs();
    }
    let hang_up = HangUp::watch(interrupt);
    let mut prompt = Prompt {
        session,
        interrupt,
        opening,
        line,
        is_stale: true,
        is_told: false,
        events: None,
        past: Past::default(),
        in_part: None,
        last: Exit::Done,
        is_interrupted: false,
        corrected: None,
    };
    let exit = prompt.run();
    if prompt.is_ended() {
        hang_up.iter().for_each(HangUp::restore);
    }
    exit
}

impl<B: Machine> Prompt<'_, B> {
    fn run(&mut self) -> Exit {
        loop {
            let remark = self.line.remark();
            self.session.terminal().say(&remark);
            // What nobody changed needs no second look.
            let around = std::mem::take(&mut self.is_stale).then(|| self.session.surroundings(self.is_told));
            let typed = self.line.read(&self.prompt(), around, self.corrected.take());
            if self.is_ended() {
                return self.last;
            }
            // Ctrl-C was meant for a line that is gone.
            self.interrupt.clear();
            let left = match typed {
                Typed::Text(text) => self.typed(text.trim()),
                Typed::Cleared => None,
                // As with a shell in a namespace: it ends, and the one outside goes on.
                Typed::End if self.session.inside().is_some() => self.statement("exit"),
                Typed::End => self.leave(),
                Typed::Broken(why) => {
                    self.session.terminal().say(&format!("reading from the terminal: {why}\n"));
                    Some(Exit::Refused)
                }
            };
            if let Some(exit) = left {
                return exit;
            }
        }
    }

    /// `nns red [3]> `: the namespace that was entered, and the number of the statement that `undo` takes back.
    fn prompt(&self) -> String {
        let inside = self.session.inside().map_or_else(String::new, |ns| format!(" {ns}"));
        match self.past.number() {
            0 => format!("nns{inside}> "),
            number => format!("nns{inside} [{number}]> "),
        }
    }

    /// Whether the terminal is gone, or somebody ended the program: what was done stays.
    fn is_ended(&self) -> bool {
        matches!(self.interrupt.check(), Some(Signal::Terminate | Signal::HangUp))
    }

    fn typed(&mut self, text: &str) -> Option<Exit> {
        if text.is_empty() {
            return None;
        }
        let functions = self.session.functions();
        let functions: Vec<&str> = functions.iter().map(String::as_str).collect();
        let pieces = paste::read(text, &functions);
        match pieces.as_slice() {
            [] => None,
            [Piece::Command(command)] => {
                self.line.remember(command);
                self.statement(command)
            }
            pieces => self.pasted(pieces),
        }
    }

    /// What was copied from somewhere: each command is a statement of its own, and one that fails does not stop the others.
    fn pasted(&mut self, pieces: &[Piece]) -> Option<Exit> {
        for piece in pieces {
            let command = match piece {
                Piece::Command(command) => command,
                Piece::Skipped { lines, why } => {
                    self.say(&format!("skipped: {}\n", why.told(*lines)));
                    continue;
                }
            };
            self.say(&format!("> {}\n", command.replace('\n', "\n> ")));
            if matches!(command.trim(), "exit" | "quit") && self.session.inside().is_none() {
                self.say("skipped: no namespace was entered, and the prompt stays\n");
                continue;
            }
            self.line.remember(command);
            if let Some(exit) = self.statement(command) {
                return Some(exit);
            }
            if self.is_interrupted {
                self.say("the rest of what was pasted is left out\n");
                return None;
            }
        }
        None
    }

    /// One statement, or what else stands on a line; the status to leave with, if it is left.
    fn statement(&mut self, text: &str) -> Option<Exit> {
        (self.is_stale, self.is_told) = (true, false);
        // Nothing of it is to be done, not even what stands behind a `>` or an `&&`.
        if let Some(exit) = self.session.explain(text) {
            self.last = exit;
            return None;
        }
        let source = self.session.add(PROMPT, text);
        match self.session.prompt_word(source) {
            Some(Ok(word)) => return self.word(word),
            Some(Err(diagnostic)) => {
                self.last = self.session.complain(diagnostic);
                self.corrected = self.session.corrected(source);
                return None;
            }
            None => {}
        }
        if text == "exit" && self.session.inside().is_none() {
            return self.leave();
        }
        if let Some(before) = self.session.before_exit(source) {
            // As on two lines: it leaves the namespace that was entered, or the prompt.
            let left = self.statement(&before);
            return if left.is_none() && self.last == Exit::Done { self.statement("exit") } else { left };
        }
        self.evaluate(source, text, false);
        self.corrected = self.session.corrected(source).filter(|_| self.last != Exit::Done);
        self.is_ended().then_some(self.last)
    }

    /// Runs a statement, which is a new one or one that was undone.
    fn evaluate(&mut self, source: SourceId, text: &str, is_again: bool) {
        let before = self.session.moment();
        self.last = self.session.run(&[source]);
        self.is_interrupted = self.interrupt.check().is_some();
        if !self.is_ended() {
            self.interrupt.clear();
        }
        let run = self.session.last_run();
        let is_done = self.last == Exit::Done;
        self.is_told = is_done;
        if run.is_some() || !self.session.is_as_at(&before) {
            self.in_part = None;
            self.past.changed(text, Change { source, before, run, is_whole: is_done }, is_again);
        } else if is_done {
            self.past.unchanged(text);
        } else {
            self.past.failed();
        }
    }
}
