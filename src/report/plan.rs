//! What a script would change, to be read before it is run.
//!
//! In: changes, each with the statement that is behind it. Out: a list by namespace, with a sign in front of each line, or
//! the same as JSON.

use serde::Serialize;

use super::table::{Paint, Style};
use crate::{
    model::{Change, Class, Sign, Subject},
    net::NsRef,
};

/// A change and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The change.
    pub change: Change,
    /// What is behind it.
    pub from: Origin,
}

/// What is behind a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody can tell.
    Unknown,
    /// A statement.
    Line {
        /// The file that it stands in.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The statement is about something else, with which this goes along.
        goes_along: bool,
    },
    /// A statement that was typed, by its number in the session.
    Statement(usize),
    /// What was written before is not written any more.
    NoLongerWritten,
    /// It was so before that was written.
    Before,
}

impl Origin {
    fn place(&self) -> Option<(&str, usize)> {
        match self {
            Self::Line { file, line, .. } => Some((file, *line)),
            Self::Unknown | Self::Statement(_) | Self::NoLongerWritten | Self::Before => None,
        }
    }

    fn goes_along(&self) -> bool {
        matches!(self, Self::Line { goes_along: true, .. })
    }
}

/// The list, and a line of numbers at its end.
pub fn render(planned: &[Planned], style: Style) -> String {
    if planned.is_empty() {
        return Paint::Quiet.apply("nothing changes", style) + "\n";
    }
    let mut files = planned.iter().filter_map(|one| one.from.place()).map(|(file, _)| file);
    let first = files.next();
    let several_files = files.any(|file| Some(file) != first);
    let widths = planned.iter().map(|one| what(&one.change).chars().count()).max().unwrap_or(0).min(WIDEST);
    let mut text = String::new();
    let mut current: Option<&NsRef> = None;
    for one in planned {
        if current != Some(&one.change.ns) {
            current = Some(&one.change.ns);
            text += &(Paint::Name.apply(&one.change.ns.to_string(), style) + "\n");
        }
        text += &line(one, widths, several_files, style);
    }
    text + &numbers(planned)
}

/// How far to the right the names of lines move at most, in characters.
const WIDEST: usize = 80;

fn line(one: &Planned, width: usize, several_files: bool, style: Style) -> String {
    let (sign, paint) = match one.change.sign {
        Sign::Added => ("+", Paint::Good),
        Sign::Changed => ("~", Paint::Warn),
        Sign::Removed => ("-", Paint::Bad),
    };
    let what = what(&one.change);
    let along = if one.from.goes_along() { ", goes along" } else { "" };
    let notes = match &one.from {
        Origin::Line { file, line, .. } if several_files => format!("{file}:{line}{along}"),
        Origin::Line { line, .. } => format!("line {line}{along}"),
        Origin::Statement(number) => format!("statement {number}"),
        Origin::NoLongerWritten => "no longer asked for".into(),
        Origin::Before => "as it was before".into(),
        Origin::Unknown => String::new(),
    };
    let class = match one.change.class {
        Class::Exact => String::new(),
        Class::Rebuilt => "  [undo rebuilds it]".into(),
        Class::Lost => "  [cannot be undone]".into(),
    };
    let gap = " ".repeat(width.saturating_sub(what.chars().count()) + 2);
    let gap = if notes.is_empty() { "" } else { gap.as_str() };
    let text = format!(
        "  {} {}{gap}{}{}",
        paint.apply(sign, style),
        paint.apply(&what, style),
        Paint::Quiet.apply(&notes, style),
        Paint::Warn.apply(&class, style)
    );
    text.trim_end().to_owned() + "\n"
}

/// What a change is about, in words.
pub fn what(change: &Change) -> String {
    let Change { subject, text, .. } = change;
    match subject {
        Subject::Netns => "namespace".into(),
        Subject::Link(name) => format!("link {name}: {text}"),
        Subject::Address { .. } => format!("address {text}"),
        Subject::Route { .. } => format!("route {text}"),
        Subject::PolicyRule => format!("rule {text}"),
        Subject::Setting(key) => format!("{key} {text}"),
        Subject::Chain(chain) if text.is_empty() => format!("chain {} of table {}", chain.name, chain.table),
        Subject::Chain(chain) => format!("chain {} of table {}: {text}", chain.name, chain.table),
        Subject::Rule(_) => text.clone(),
    }
}

fn count(planned: &[Planned], sign: Sign) -> usize {
    planned.iter().filter(|one| one.change.sign == sign).count()
}

fn numbers(planned: &[Planned]) -> String {
    let of = |sign| count(planned, sign);
    format!("{} to add, {} to change, {} to remove\n", of(Sign::Added), of(Sign::Changed), of(Sign::Removed))
}

/// The same for programs: an object with `changes`, and how many of each sort there are.
pub fn render_json(planned: &[Planned]) -> String {
    let list = List {
        changes: planned.iter().map(Row::new).collect(),
        added: count(planned, Sign::Added),
        changed: count(planned, Sign::Changed),
        removed: count(planned, Sign::Removed),
    };
    serde_json::to_string(&list).expect("texts and numbers can be written") + "\n"
}

/// The list for programs.
#[derive(Serialize)]
struct List<'a> {
    changes: Vec<Row<'a>>,
    added: usize,
    changed: usize,
    removed: usize,
}

/// A change for programs.
#[derive(Serialize)]
struct Row<'a> {
    netns: String,
    sign: &'static str,
    object: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    text: &'a str,
    class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    goes_along: bool,
}

impl<'a> Row<'a> {
    fn new(one: &'a Planned) -> Self {
        let Change { ns, sign, subject, text, class, .. } = &one.change;
        Self {
            netns: ns.to_string(),
            sign: sign_word(*sign),
            object: object_word(subject),
            name: name(subject),
            text,
            class: class_word(*class),
            file: one.from.place().map(|(file, _)| file),
            line: one.from.place().map(|(_, line)| line),
            goes_along: one.from.goes_along(),
        }
    }
}

fn sign_word(sign: Sign) -> &'static str {
    match sign {
        Sign::Added => "added",
        Sign::Changed => "changed",
        Sign::Removed => "removed",
    }
}

fn class_word(class: Class) -> &'static str {
    match class {
        Class::Exact => "exact",
        Class::Rebuilt => "rebuilt",
        Class::Lost => "lost",
    }
}

fn object_word(subject: &Subject) -> &'static str {
    match subject {
        Subject::Netns => "netns",
        Subject::Link(_) => "link",
        Subject::Address { .. } => "addr",
        Subject::Route { .. } => "route",
        Subject::PolicyRule => "rule",
        Subject::Setting(_) => "sysctl",
        Subject::Chain(_) => "chain",
        Subject::Rule(_) => "netfilter",
    }
}

fn name(subject: &Subject) -> Option<String> {
    match subject {
        Subject::Link(name) => Some(name.to_string()),
        Subject::Address { cidr, .. } => Some(cidr.to_string()),
        Subject::Route { destination, .. } => Some(destination.to_string()),
        Subject::Setting(key) => Some(key.to_string()),
        Subject::Chain(chain) | Subject::Rule(chain) => Some(format!("{} {}", chain.table, chain.name)),
        Subject::Netns | Subject::PolicyRule => None,
    }
}
