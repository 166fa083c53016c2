//! Leaving the prompt, and what becomes of what was done.

use super::{Prompt, line::Typed};
use crate::{
    session::{Exit, Machine},
    source::{PROMPT, Spanned},
};

/// An answer to the question what is to become of what was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Keep,
    Undo,
    Save,
    Cancel,
}

impl<B: Machine> Prompt<'_, B> {
    /// The status to leave with, unless the user stays after all.
    pub(super) fn leave(&mut self) -> Option<Exit> {
        loop {
            let is_sandbox = self.opening.is_sandbox;
            let question = match (is_sandbox, self.past.is_saved()) {
                (true, true) => return Some(self.last),
                (true, false) => "what was done goes with the sandbox: [l]eave, [s]ave, [c]ancel? ".into(),
                (false, _) if self.past.runs() == 0 => return Some(self.last),
                (false, _) => {
                    format!("{} changed the network: [k]eep, [u]ndo, [s]ave, [c]ancel? ", self.runs())
                }
            };
            let answer = match self.line.ask(&question) {
                Typed::Text(text) => answer(text.trim(), is_sandbox),
                Typed::Cleared => Some(Answer::Cancel),
                Typed::End | Typed::Broken(_) => Some(Answer::Keep),
            };
            if self.is_ended() {
                return Some(self.last);
            }
            self.interrupt.clear();
            match answer {
                None => {}
                Some(Answer::Cancel) => return None,
                Some(Answer::Keep) => return Some(self.last),
                Some(Answer::Undo) => {
                    self.undo(Some(0), false);
                    return Some(self.last);
                }
                Some(Answer::Save) => self.save_as_asked(),
            }
        }
    }

    fn save_as_asked(&mut self) {
        if let Typed::Text(name) = self.line.ask("file: ")
            && !name.trim().is_empty()
        {
            let source = self.session.add(PROMPT, name.trim());
            let span = self.session.span_of(source);
            self.save(&Spanned::new(name.trim().into(), span), false);
        }
    }
}

/// What an answer means; who only presses Enter leaves, and what was done stays.
fn answer(text: &str, is_sandbox: bool) -> Option<Answer> {
    match text {
        "" => Some(Answer::Keep),
        "l" | "leave" if is_sandbox => Some(Answer::Keep),
        "k" | "keep" if !is_sandbox => Some(Answer::Keep),
        "u" | "undo" if !is_sandbox => Some(Answer::Undo),
        "s" | "save" => Some(Answer::Save),
        "c" | "cancel" => Some(Answer::Cancel),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        assert_eq!(answer("", false), Some(Answer::Keep));
        assert_eq!(answer("u", false), Some(Answer::Undo));
        assert_eq!(answer("u", true), None);
        assert_eq!(answer("l", true), Some(Answer::Keep));
        assert_eq!(answer("save", true), Some(Answer::Save));
        assert_eq!(answer("yes", false), None);
    }
}
