use std::{
    env,
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// How many statements are remembered.
pub const MOST: usize = 10_000;

/// What was typed in earlier sessions, in a file that is for its owner alone: an entry a line, its line breaks and
/// backslashes escaped. An entry is there as soon as it was typed.
#[derive(Debug)]
pub struct History {
    path: Option<PathBuf>,
    /// That it cannot be kept is said once.
    remark: String,
    is_broken: bool,
}

impl History {
    /// That of the user: `nns/history` in `$XDG_STATE_HOME`, or in `~/.local/state`.
    pub fn usual() -> Self {
        let place = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let state = place("XDG_STATE_HOME").or_else(|| Some(place("HOME")?.join(".local/state")));
        Self { path: state.map(|state| state.join("nns/history")), remark: String::new(), is_broken: false }
    }

    /// What was typed so far, the oldest first.
    pub fn load(&mut self) -> Vec<String> {
        let Some(path) = self.path.clone() else { return Vec::new() };
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                self.breaks("read", &path, &error);
                return Vec::new();
            }
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        };
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        let kept = &lines[lines.len().saturating_sub(MOST)..];
        if lines.len() > 2 * MOST
            && let Err(error) = rewrite(&path, kept)
        {
            self.breaks("shortened", &path, &error);
        }
        kept.iter().map(|line| decode(line)).collect()
    }

    /// Adds a statement.
    pub fn append(&mut self, statement: &str) {
        let Some(path) = self.path.clone().filter(|_| !self.is_broken) else { return };
        if let Err(error) = append(&path, statement) {
            self.breaks("written", &path, &error);
        }
    }

    /// What there is to say about the file, once.
    pub fn remark(&mut self) -> String {
        std::mem::take(&mut self.remark)
    }

    fn breaks(&mut self, what: &str, path: &Path, error: &io::Error) {
        self.is_broken = true;
        self.remark = format!("what is typed will be forgotten: `{}` cannot be {what}: {error}\n", path.display());
    }
}

/// In one write, so that what two sessions add never mixes.
fn append(path: &Path, statement: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    file.write_all(format!("{}\n", encode(statement)).as_bytes())
}

/// Whoever reads it meanwhile sees the old file or the new one.
fn rewrite(path: &Path, lines: &[&str]) -> io::Result<()> {
    let next = path.with_extension("new");
    let mut file: File = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&next)?;
    file.write_all((lines.join("\n") + "\n").as_bytes())?;
    fs::rename(next, path)
}

fn encode(statement: &str) -> String {
    statement.replace('\\', "\\\\").replace('\n', "\\n")
}

fn decode(line: &str) -> String {
    let mut text = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        text.push(match escaped {
            Some('n') => '\n',
            Some(other) => other,
            None => c,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &Path) -> History {
        History { path: Some(path.into()), remark: String::new(), is_broken: false }
    }

    #[test]
    fn an_entry_of_several_lines_is_one_entry() {
        for text in ["in red {\n  link show\n}", "print \\n '\\\\'", "a \\\n b", "\\"] {
            assert_eq!(encode(text).lines().count(), 1);
            assert_eq!(decode(&encode(text)), text);
        }
    }

    #[test]
    fn what_is_added_is_there_at_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/nns/history");
        let mut history = at(&path);
        assert!(history.load().is_empty());
        history.append("netns add red");
        history.append("in red {\n}");
        assert_eq!(at(&path).load(), ["netns add red", "in red {\n}"]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        history.append("netns list");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(history.remark(), "");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_of_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state");
        fs::write(&file, "").unwrap();
        let mut history = at(&file.join("nns/history"));
        history.append("netns list");
        history.append("netns list");
        assert!(history.remark().starts_with("what is typed will be forgotten: "));
        assert_eq!(history.remark(), "");
        history.append("netns list");
        assert_eq!(history.remark(), "");
    }

    #[test]
    fn a_very_long_file_becomes_shorter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history");
        let lines: Vec<String> = (0..=2 * MOST).map(|number| format!("print {number}")).collect();
        fs::write(&path, lines.join("\n")).unwrap();
        assert_eq!(at(&path).load().len(), MOST);
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), MOST);
        assert_eq!(at(&path).load().last().map(String::as_str), Some("print 20000"));
    }
}
