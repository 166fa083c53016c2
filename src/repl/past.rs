use crate::{
    session::{Called, Moment, shortened},
    source::{PROMPT, Source, SourceId, Sources},
    syntax::{
        self,
        ast::{Statement, StatementKind, Word},
        format,
    },
};

/// The statements of a session that changed something, each of which is a state with a number, and those that were undone.
#[derive(Debug, Default)]
pub struct Past {
    done: Vec<Done>,
    /// What was undone, the last at the end.
    undone: Vec<String>,
    /// How many statements failed.
    failures: usize,
    /// How many changed nothing and asked for nothing that must hold.
    listings: usize,
    /// Whether a script has all that was done.
    is_saved: bool,
}

/// A statement that was done.
#[derive(Debug)]
struct Done {
    text: String,
    /// The moment before it, and the run that it was; none for what must hold.
    change: Option<Change>,
}

/// What a statement changed.
#[derive(Debug)]
pub struct Change {
    /// Its text, as the session knows it.
    pub source: SourceId,
    /// The moment before it.
    pub before: Moment,
    /// The run that it was, if it changed the network.
    pub run: Option<u32>,
    /// Whether all of it was done.
    pub is_whole: bool,
}

/// The statement that is to be taken back next.
#[derive(Debug)]
pub struct Last {
    /// `3 (netns add red)`, and what takes back more of it.
    pub called: Called,
    /// The moment before it.
    pub before: Moment,
    /// The run that it was, if it changed the network.
    pub run: Option<u32>,
}

/// A script of what was done.
#[derive(Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its text.
    pub text: String,
    /// What there is to say about it: how much it is, and what is not in it.
    pub told: String,
}

impl Past {
    /// The number of the last state; 0 is the beginning.
    pub fn number(&self) -> usize {
        self.changes().count()
    }

    /// How many statements changed the network.
    pub fn runs(&self) -> usize {
        self.changes().filter(|(_, change)| change.run.is_some()).count()
    }

    /// The statements that changed something, with their numbers.
    pub fn sources(&self) -> Vec<(SourceId, usize)> {
        self.changes().zip(1..).map(|((_, change), number)| (change.source, number)).collect()
    }

    /// Whether a script has all that was done.
    pub fn is_saved(&self) -> bool {
        self.is_saved || self.number() == 0
    }

    /// A statement changed something. One that was undone is done again, or a new one: then the others are gone.
    pub fn changed(&mut self, text: &str, change: Change, is_again: bool) {
        match is_again {
            true => drop(self.undone.pop()),
            false => self.undone.clear(),
        }
        self.add(text, Some(change));
    }

    /// A statement ended well, and changed nothing.
    pub fn unchanged(&mut self, text: &str) {
        if is_claim(text) {
            self.add(text, None);
        } else {
            self.listings += 1;
        }
    }

    /// A statement failed, and was put back.
    pub fn failed(&mut self) {
        self.failures += 1;
    }

    /// What is to be taken back next.
    pub fn last(&self) -> Option<Last> {
        let (text, Change { before, run, .. }) = self.changes().last()?;
        let name = format!("{} ({})", self.number(), shortened(text));
        let called = Called { name, all: "undo --all".into() };
        Some(Last { called, before: before.clone(), run: *run })
    }

    /// The last state is undone, and what was claimed of it does not count any more.
    pub fn undo(&mut self) {
        while let Some(done) = self.done.pop() {
            if done.change.is_some() {
                self.undone.push(done.text);
                break;
            }
        }
        self.is_saved = false;
    }

    /// What is to be done again next.
    pub fn next(&self) -> Option<&str> {
        self.undone.last().map(String::as_str)
    }

    /// What was to be done again changes nothing any more.
    pub fn skip(&mut self) {
        self.undone.pop();
    }

    /// As a script that is run with that command.
    pub fn save(&self, command: &str) -> Saved {
        let mut text = format!("# Typed at the prompt. To run it: {command}\n\n");
        let is_whole = |done: &&Done| done.change.as_ref().is_none_or(|change| change.is_whole);
        let kept: Vec<&Done> = self.done.iter().filter(is_whole).collect();
        for done in &kept {
            text.push_str(done.text.trim_end());
            text.push('\n');
        }
        let mut sources = Sources::default();
        let source = sources.add(PROMPT, text.clone());
        // What ran can be laid out.
        let text = format::format(sources.get(source)).unwrap_or(text);
        let mut left_out = Vec::new();
        for (count, what) in [
            (self.undone.len(), "undone"),
            (self.failures + self.done.len() - kept.len(), "failed"),
            (self.listings, "changed nothing"),
        ] {
            if count > 0 {
                left_out.push(format!("{count} {what}"));
            }
        }
        let told = match left_out.as_slice() {
            [] => counted(kept.len()),
            left_out => format!("{} (left out: {})", counted(kept.len()), left_out.join(", ")),
        };
        Saved { text, told }
    }

    /// All of it is in a file.
    pub fn saved(&mut self) {
        self.is_saved = true;
    }

    fn add(&mut self, text: &str, change: Option<Change>) {
        self.done.push(Done { text: text.into(), change });
        self.is_saved = false;
    }

    fn changes(&self) -> impl Iterator<Item = (&str, &Change)> {
        self.done.iter().filter_map(|done| Some((done.text.as_str(), done.change.as_ref()?)))
    }
}

/// `3 statements`
pub fn counted(count: usize) -> String {
    format!("{count} statement{}", if count == 1 { "" } else { "s" })
}

/// Whether statements only say what must hold, or wait for it.
fn is_claim(text: &str) -> bool {
    let mut sources = Sources::default();
    let source = sources.add(PROMPT, text);
    let source: &Source = sources.get(source);
    let statements = syntax::parse(source).0.statements;
    !statements.is_empty() && statements.iter().all(claims)
}

fn claims(statement: &Statement) -> bool {
    let first = |words: &[Word]| {
        let first = words.first().and_then(Word::bare);
        first.is_some_and(|word| matches!(word, "expect" | "settle" | "requires"))
    };
    match &statement.kind {
        StatementKind::Command(command) => first(&command.words),
        StatementKind::Headed { head, .. } => first(&head.words),
        StatementKind::In { body, .. } => body.statements().iter().all(claims),
        StatementKind::Chain { .. }
        | StatementKind::Def { .. }
        | StatementKind::For { .. }
        | StatementKind::If { .. }
        | StatementKind::Include { .. }
        | StatementKind::Let { .. }
        | StatementKind::Pipe(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_hold_is_told_from_what_is_listed() {
        for (text, is) in [
            ("expect ping 10.0.0.1", true),
            ("in red { expect route default; expect no ping 10.0.0.1 }", true),
            ("settle within 2s; expect \"red\" { netns list }", true),
            ("expect ping 10.0.0.1; netns list", false),
            ("ping 10.0.0.1", false),
            ("# expect", false),
        ] {
            assert_eq!(is_claim(text), is, "{text}");
        }
    }
}
