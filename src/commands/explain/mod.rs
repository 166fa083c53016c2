//! What a line that somebody pasted would do.
//!
//! In: a line, of today or of an old tool, with all that a shell lets one write around it. Out: an [`Explained`] with each
//! of its statements understood: the words with what they are for, from the command tables, and the [`Act`] that it
//! comes down to. Nothing is done.

mod foreign;
mod parts;
mod understand;
mod walk;
#[cfg(test)]
mod tests;

use super::act::Act;
use crate::{net::NsRef, source::Sources, syntax};

/// A line and what it comes down to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Its statements, in order.
    pub steps: Vec<Step>,
}

/// A statement of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How it follows on the one before.
    pub follows: Follows,
    /// The old tool that it is a line of, if it is one.
    pub tool: Option<String>,
    /// What that does without being asked.
    pub notes: Vec<String>,
    /// What it comes down to today; of a statement that is of today, that alone.
    pub statements: Vec<Understood>,
}

/// How a statement follows on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// It is the first, or comes next.
    Next,
    /// `A && B`.
    IfDone,
    /// `A || B`.
    IfFailed,
    /// `A | B`.
    Piped,
    /// It stands in the block of the one before.
    Inside,
}

/// A statement that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// As it is typed.
    pub line: String,
    /// Its words with what they are for, in order.
    pub parts: Vec<(String, String)>,
    /// The namespace that it acts in.
    pub ns: NsRef,
    /// What comes of it.
    pub outcome: Outcome,
}

impl Understood {
    /// The line that it prints, if that is all that it does.
    fn printed(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Act(Act::Print(text)) => Some(text),
            _ => None,
        }
    }
}

/// What comes of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does that.
    Act(Act),
    /// A program does it.
    Program,
    /// `nns` cannot do it yet; the program can.
    NotYet,
    /// It is wrong, and why.
    Refused(String),
    /// What it does hangs on what is not known here, such as the value of a variable.
    Open,
}

/// What a line would do; `None` where nobody can say.
pub fn explain(line: &str) -> Option<Explained> {
    // As tutorials write what root types.
    let line = line.trim().trim_start_matches('#').trim();
    let mut sources = Sources::default();
    let id = sources.add("line", line);
    let source = sources.get(id);
    let mut explainer = walk::Explainer::new(source);
    match syntax::parse(source) {
        (script, wrong) if wrong.is_empty() => {
            explainer.statements(&script.statements, &NsRef::Host, Follows::Next);
        }
        // A placeholder such as `<ADDRESS>` is no reason to say nothing of the words before it.
        (_, wrong) => {
            explainer.words(&walk::split(source), true, &NsRef::Host, Follows::Next);
            explainer.refuse(wrong.first().map(understand::message).unwrap_or_default());
        }
    }
    explainer.is_known.then_some(Explained { steps: explainer.steps })
}
