//! What the words of the prompt do: `undo`, `redo`, `save`, `show changes`, `quit`.

use std::{
    fs::OpenOptions,
    io::{self, Write},
};

use super::{Prompt, past::counted};
use crate::{
    codes::Code,
    commands::PromptWord,
    diag::Diagnostic,
    session::{Exit, Machine},
    source::{PROMPT, Spanned},
};

impl<B: Machine> Prompt<'_, B> {
    /// Does what a word of the prompt asks for; the status to leave with, if that is asked.
    pub(super) fn word(&mut self, word: PromptWord) -> Option<Exit> {
        match word {
            PromptWord::Undo { to, all } => self.undo(to, all),
            PromptWord::Redo => self.redo(),
            PromptWord::Save { file, force } => self.save(&file, force),
            PromptWord::Changes => self.last = self.session.show_changes(&self.past.sources()),
            PromptWord::Watch { of } => self.watch(&of),
            PromptWord::WatchOff => self.watch_off(),
            PromptWord::Quit => return self.leave(),
        }
        None
    }

    /// Goes back to the state of that number, or to the one before the last.
    pub(super) fn undo(&mut self, to: Option<u32>, all: bool) {
        let now = self.past.number();
        if let Some((run, called)) = self.in_part.take().filter(|_| all && to.is_none()) {
            self.last = self.session.take_back_statement(run, &called, true);
            return;
        }
        let to = match to.map(|to| usize::try_from(to).unwrap_or(usize::MAX)) {
            None if now == 0 => {
                let help =
                    "what earlier sessions did is listed by `nns log` and taken back by `nns undo`, in the shell";
                self.last = self.session.refuse_words("there is nothing to undo in this session".into(), help);
                return;
            }
            None => now - 1,
            Some(to) if to > now => {
                let help = match self.past.next() {
                    Some(_) => "`redo` does again what was undone last",
                    None => "`undo` alone takes back the last statement that changed something",
                };
                self.last = self.session.refuse_words(format!("there is no state {to}: the last is {now}"), help);
                return;
            }
            Some(to) if to == now => {
                self.say(&format!("this is {to}: there is nothing behind it\n"));
                return;
            }
            Some(to) => to,
        };
        self.last = Exit::Done;
        while self.past.number() > to
            && let Some(last) = self.past.last()
        {
            match self.session.go_back(&last.before, last.run, &last.called, all) {
                Exit::Done => {}
                Exit::Left => {
                    self.last = Exit::Left;
                    self.in_part = last.run.map(|run| (run, last.called));
                }
                // It is told what keeps it; nothing was taken back.
                exit => {
                    self.last = exit;
                    return;
                }
            }
            self.past.undo();
        }
        let place = match self.past.last() {
            Some(last) => format!("after {}", last.called.name),
            None => "at the beginning".into(),
        };
        self.say(&format!("this is {place}; `redo` does {} again\n", to + 1));
    }

    fn redo(&mut self) {
        let Some(text) = self.past.next().map(String::from) else {
            let help = "only what `undo` took back can be done again, until something new is done";
            self.last = self.session.refuse_words("there is nothing to do again".into(), help);
            return;
        };
        let number = self.past.number();
        self.say(&format!("> {}\n", text.replace('\n', "\n> ")));
        let source = self.session.add(PROMPT, &text);
        self.evaluate(source, &text, true);
        if self.past.number() == number && self.last == Exit::Done {
            self.say("it changes nothing now\n");
            self.past.skip();
        }
    }

    /// Writes what was done as a script; whether it is there now.
    pub(super) fn save(&mut self, file: &Spanned<String>, force: bool) {
        let script = self.past.save(&format!("{} {}", self.opening.command, file.value));
        match write(&file.value, &script.text, force) {
            Ok(()) => {
                self.past.saved();
                self.say(&format!("`{}`: {}\n", file.value, script.told));
                self.last = Exit::Done;
            }
            Err(error) => {
                let name = &file.value;
                let diagnostic = if error.kind() == io::ErrorKind::AlreadyExists {
                    Diagnostic::error(Code::Input, format!("there is a file `{name}` already"))
                        .label(file.span, "it would be written over")
                        .help(format!("take another name, or type `save --force {name}`"))
                } else {
                    Diagnostic::error(Code::Input, format!("`{name}` cannot be written: {error}"))
                        .label(file.span, "written here")
                };
                self.last = self.session.complain(diagnostic);
            }
        }
    }

    /// `3 statements`, of those that changed the network.
    pub(super) fn runs(&self) -> String {
        counted(self.past.runs())
    }

    pub(super) fn say(&mut self, text: &str) {
        self.session.terminal().say(text);
    }
}

/// A file that is there is written over only if that is wanted.
fn write(path: &str, text: &str, force: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(!force).create(true).truncate(force);
    options.open(path)?.write_all(text.as_bytes())
}
