//! Scripts, as they are compared with the texts.

use std::fs;

use crate::texts::one_line;

/// What matters of a line of a script.
pub enum Entry {
    /// A statement, without the comment behind it.
    Statement(String),
    /// `# tutorial: WORDS — REASON`, with what works below, or `# left out: WORDS — REASON`, with nothing in its place.
    Quote {
        /// What the text says.
        words: String,
        /// Why it is not done.
        reason: String,
        /// Whether something stands for it.
        replaced: bool,
    },
}

/// The entries of a script, each with its line.
pub fn script(name: &str) -> Vec<(usize, Entry)> {
    let text = fs::read_to_string(crate::project().join("scripts/tutorials").join(name)).unwrap();
    let mut entries = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let quote = line.strip_prefix("# tutorial:").map(|quote| (quote, true));
        if let Some((quote, replaced)) = quote.or(line.strip_prefix("# left out:").map(|quote| (quote, false))) {
            let (words, reason) = quote.split_once(" — ").unwrap_or((quote, ""));
            entries.push((index + 1, Entry::Quote { words: one_line(words), reason: one_line(reason), replaced }));
        } else if let Some(continued) = line.strip_prefix("#   ") {
            let Some((_, Entry::Quote { reason, .. })) = entries.last_mut() else { continue };
            *reason = format!("{reason} {continued}");
        } else if !line.is_empty() && !line.starts_with('#') {
            let statement = line.split_once(" #").map_or(line, |(before, _)| before);
            entries.push((index + 1, Entry::Statement(one_line(statement))));
        }
    }
    entries
}

/// Looks for each command behind the place where the one before it was found.
pub fn assert_in_order(commands: &[String], entries: &[(usize, Entry)]) {
    let mut rest = entries.iter();
    let mut last = 0;
    for (index, command) in commands.iter().enumerate() {
        let place = rest.find(|(_, entry)| match entry {
            Entry::Statement(statement) => statement == command,
            Entry::Quote { words, .. } => words == command,
        });
        let Some((line, _)) = place else { panic!("command {} is not behind line {last}: {command}", index + 1) };
        last = *line;
    }
}
