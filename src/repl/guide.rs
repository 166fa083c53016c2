//! What the line is helped with: the engine of `complete`, and what it has to know.
//!
//! In: a text, a cursor, the [`Surroundings`] as they were when the line was begun. Out: candidates, hints and colours as
//! a terminal shows them. Folders and `PATH` are looked at when a word may be a file or a program.

use std::{fs, ops::Range, path::PathBuf};

use super::programs::Programs;
use crate::{
    complete::{self, Candidate, Class, Completion, Scene},
    session::Surroundings,
};

/// The most files of a folder that are offered.
const MOST_FILES: usize = 500;

/// What helps with a line.
pub struct Guide {
    around: Surroundings,
    programs: Programs,
}

impl Guide {
    /// One that knows these.
    pub fn new(around: Surroundings) -> Self {
        Self { around, programs: Programs::default() }
    }

    /// What can stand at the cursor.
    pub fn complete(&self, text: &str, cursor: usize) -> Completion {
        self.with(|scene| complete::complete(scene, text, cursor))
    }

    /// What is wanted at the cursor, in a word or two.
    pub fn hint(&self, text: &str, cursor: usize) -> Option<String> {
        self.with(|scene| complete::hint(scene, text, cursor))
    }

    /// What the pieces of a text are.
    pub fn classes(&self, text: &str) -> Vec<(Range<usize>, Class)> {
        self.with(|scene| complete::highlight(scene, text))
    }

    fn with<T>(&self, ask: impl FnOnce(&Scene<'_>) -> T) -> T {
        let Surroundings { world, here, names, jobs } = &self.around;
        let is_program = |word: &str| self.programs.can_run(word);
        let programs = |beginning: &str| self.programs.that_begin(beginning);
        ask(&Scene { world, here, names, jobs, files: &files, is_program: &is_program, programs: &programs })
    }
}

/// The files whose paths begin with a text, sorted; folders end with `/`.
fn files(beginning: &str) -> Vec<String> {
    let (folder, name) = beginning.rsplit_once('/').map_or(("", beginning), |(folder, name)| (folder, name));
    let path = match (folder, beginning.starts_with('/')) {
        ("", true) => PathBuf::from("/"),
        ("", false) => PathBuf::from("."),
        (folder, _) => PathBuf::from(folder),
    };
    let shown = &beginning[..beginning.len() - name.len()];
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut found: Vec<String> = entries
        .filter_map(|entry| {
            let own = entry.file_name().into_string().ok()?;
            // Hidden ones only where they are asked for.
            let is_meant = own.starts_with(name) && (name.starts_with('.') || !own.starts_with('.'));
            let slash = if entry.path().is_dir() { "/" } else { "" };
            is_meant.then(|| format!("{shown}{own}{slash}"))
        })
        .take(MOST_FILES)
        .collect();
    found.sort();
    found
}

/// A candidate as it stands in a list: what it is behind it, in a column.
pub fn listed(candidate: &Candidate, width: usize) -> String {
    let Candidate { text, help, .. } = candidate;
    if help.is_empty() { text.clone() } else { format!("{text:width$}  {help}") }
}

/// The colours of a class, as a terminal is told (ECMA-48, "SGR"); empty for text as it is.
pub fn color(class: Class) -> &'static str {
    match class {
        Class::Keyword => "1;35",
        Class::Command => "1;36",
        Class::Option => "36",
        Class::Known => "32",
        Class::Missing => "31",
        Class::New => "1;32",
        Class::Value => "33",
        Class::Text => "",
        Class::Variable => "35",
        Class::Comment => "2",
        Class::Operator => "1",
        Class::Unknown => "4;31",
    }
}

/// The bracket under the cursor, or the one before it, and its partner: their places in the text.
pub fn brackets(text: &str, cursor: usize, classes: &[(Range<usize>, Class)]) -> Option<(usize, usize)> {
    let is_text = |at: usize| {
        let class = classes.iter().find(|(range, _)| range.contains(&at)).map(|(_, class)| *class);
        matches!(class, Some(Class::Text | Class::Comment))
    };
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (at, character) in text.char_indices().filter(|&(at, character)| "(){}[]".contains(character) && !is_text(at)) {
        match character {
            '(' | '{' | '[' => open.push((at, character)),
            _ => match open.pop() {
                Some((from, '(')) if character == ')' => pairs.push((from, at)),
                Some((from, '{')) if character == '}' => pairs.push((from, at)),
                Some((from, '[')) if character == ']' => pairs.push((from, at)),
                _ => return None,
            },
        }
    }
    let at = |place: usize| pairs.iter().copied().find(|&(from, to)| from == place || to == place);
    at(cursor).or_else(|| at(cursor.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_offered_as_they_are_typed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("lab.nns"), "").unwrap();
        fs::write(folder.path().join(".hidden"), "").unwrap();
        fs::create_dir(folder.path().join("labs")).unwrap();
        let path = folder.path().display();
        assert_eq!(files(&format!("{path}/")), [format!("{path}/lab.nns"), format!("{path}/labs/")]);
        assert_eq!(files(&format!("{path}/.h")), [format!("{path}/.hidden")]);
        assert_eq!(files(&format!("{path}/no/such")), Vec::<String>::new());
    }

    #[test]
    fn brackets_find_their_partners() {
        let text = "in red { let a = [1 2]; echo '}' }";
        let quoted = text.find('\'').unwrap();
        let classes = [(quoted..quoted + 3, Class::Text)];
        let of = |cursor: usize| brackets(text, cursor, &classes);
        let (open, close) = (text.find('{').unwrap(), text.len() - 1);
        assert_eq!(of(open), Some((open, close)));
        assert_eq!(of(close), Some((open, close)));
        assert_eq!(of(text.len()), Some((open, close)), "behind it");
        assert_eq!(of(text.find('2').unwrap() + 1), Some((text.find('[').unwrap(), text.find(']').unwrap())));
        assert_eq!(of(0), None);
        assert_eq!(brackets("( ]", 0, &[]), None);
    }
}
