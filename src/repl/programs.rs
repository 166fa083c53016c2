//! The programs on `PATH`.
//!
//! In: words. Out: whether each could be run, and which programs begin so. The folders are read once, when names are first
//! asked for; a line that is typed asks on every key only for the words that are in it, each of which is looked for once.

use std::{
    collections::{BTreeSet, HashMap, hash_map::Entry},
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};

/// What is known of `PATH`.
#[derive(Default)]
pub struct Programs {
    /// The words that were looked for.
    looked_for: Mutex<HashMap<String, bool>>,
    /// The names of all programs, once they were asked for.
    all: OnceLock<BTreeSet<String>>,
}

impl Programs {
    /// Whether a word could be run as a program.
    pub fn can_run(&self, word: &str) -> bool {
        let mut known = self.looked_for.lock().unwrap_or_else(PoisonError::into_inner);
        match known.entry(word.to_owned()) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(new) => *new.insert(is_in_path(word)),
        }
    }

    /// The programs whose names begin so, sorted.
    pub fn that_begin(&self, beginning: &str) -> Vec<String> {
        let all = self.all.get_or_init(|| names(folders()));
        let from = all.range(beginning.to_owned()..);
        from.take_while(|name| name.starts_with(beginning)).cloned().collect()
    }
}

fn folders() -> Vec<PathBuf> {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect()
}

/// The names of what can be run in these folders.
fn names(folders: Vec<PathBuf>) -> BTreeSet<String> {
    let entries = folders.into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let programs = entries.filter(|entry| can_run(&entry.path()));
    programs.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

fn can_run(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

fn is_in_path(word: &str) -> bool {
    if word.contains('/') {
        return can_run(Path::new(word));
    }
    !word.is_empty() && folders().iter().any(|folder| can_run(&folder.join(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_looked_for_where_a_shell_looks() {
        assert!(is_in_path("sh"));
        assert!(is_in_path("/bin/sh"));
        assert!(!is_in_path("/etc/passwd"));
        assert!(!is_in_path("no-such-program"));
        assert!(!is_in_path(""));
        assert!(Programs::default().that_begin("s").contains(&"sh".to_owned()));
    }

    #[test]
    fn only_what_can_be_run_is_a_program_and_each_once() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        for folder in &folders {
            let file = folder.path().join("tool");
            fs::write(&file, "").unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        fs::write(folders[0].path().join("text"), "").unwrap();
        fs::create_dir(folders[0].path().join("folder")).unwrap();
        let paths = folders.iter().map(|folder| folder.path().to_owned());
        let found = names(paths.chain([PathBuf::from("/no/such")]).collect());
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["tool"]);
    }

    #[test]
    fn names_are_asked_for_by_their_beginning() {
        let all = BTreeSet::from(["ca", "cat", "catch", "cb", "c"].map(String::from));
        let programs = Programs { all: OnceLock::from(all), ..Programs::default() };
        assert_eq!(programs.that_begin("ca"), ["ca", "cat", "catch"]);
        assert_eq!(programs.that_begin("d"), Vec::<String>::new());
        assert_eq!(programs.that_begin("").len(), 5);
    }
}
