//! The prompt: statements typed one by one, each run at once.
//!
//! In: lines of a terminal, a [`Session`]. Out: what the session does and says, an exit status. Invariants: a statement
//! that fails is put back alone and never ends the session; what was typed is in the history before it runs.

mod history;
mod line;

use crate::{
    process::interrupt::{Interrupt, Signal},
    session::{Exit, Machine, Session},
};
use history::History;
use line::{Line, Typed};

/// Reads statements until the user leaves; the status is that of the last.
pub fn run<B: Machine>(session: &mut Session<B>, interrupt: &Interrupt, color: bool) -> Exit {
    let mut line = match Line::new(History::usual(), color) {
        Ok(line) => line,
        Err(error) => {
            session.terminal().say(&format!("the terminal cannot be used: {error}\n"));
            return Exit::Refused;
        }
    };
    let mut last = Exit::Done;
    loop {
        let prompt = match session.inside() {
            Some(ns) => format!("nns {ns}> "),
            None => "nns> ".into(),
        };
        session.terminal().say(&line.remark());
        let text = match line.read(&prompt) {
            Typed::Text(text) => text,
            Typed::Cleared => continue,
            // As with a shell in a namespace: it ends, and the one outside goes on.
            Typed::End if session.inside().is_some() => "exit".into(),
            Typed::End => return last,
            Typed::Broken(why) => {
                session.terminal().say(&format!("reading from the terminal: {why}\n"));
                return Exit::Refused;
            }
        };
        if matches!(interrupt.check(), Some(Signal::Terminate | Signal::HangUp)) {
            return last;
        }
        // Ctrl-C was meant for a line that is gone.
        interrupt.clear();
        match text.trim() {
            "" => continue,
            "exit" if session.inside().is_some() => {}
            "exit" | "quit" => return last,
            statement => line.remember(statement),
        }
        let source = session.add("<prompt>", text.trim_end());
        last = session.run(&[source]);
        interrupt.clear();
    }
}
