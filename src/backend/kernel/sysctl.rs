//! Kernel settings of a network namespace: files under `/proc/sys/net`.
//!
//! In: keys and values. Out: what the files hold. The files that a thread sees there are those of the namespace that it
//! is in when it opens them, so that all of this runs on a thread that is inside.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::Path,
};

use crate::net::SysctlKey;

/// `sysctl -n KEY`, of the namespace of the calling thread; `None` where there is no such setting.
pub(super) fn read(key: &SysctlKey) -> io::Result<Option<String>> {
    match fs::read_to_string(file(key)) {
        Ok(value) => Ok(Some(value.trim_end_matches('\n').to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What stands in a group of settings, such as `net`, `ipv4`, of the namespace of the calling thread; nothing where
/// there is no such group. Names that cannot be written in a script are left out.
pub(super) fn names(group: &[String]) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(Path::new("/proc/sys").join(group.join("/"))) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// `sysctl -w KEY=VALUE`, in the namespace of the calling thread.
pub(super) fn write(key: &SysctlKey, value: &str) -> io::Result<()> {
    // In one write, since each is a value of its own to the kernel.
    OpenOptions::new().write(true).open(file(key))?.write_all(format!("{value}\n").as_bytes())
}

/// All settings of the namespace of the calling thread that can be read and written.
pub(super) fn all() -> BTreeMap<SysctlKey, String> {
    let mut found = BTreeMap::new();
    walk(Path::new("/proc/sys/net"), &mut found);
    found
}

/// What cannot be looked at, or cannot be written in a script, is left out.
fn walk(group: &Path, found: &mut BTreeMap<SysctlKey, String>) {
    for entry in fs::read_dir(group).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_dir() {
            walk(&path, found);
        } else if metadata.mode() & 0o600 == 0o600
            && let Some(key) = key_of(&path)
            && let Ok(Some(value)) = read(&key)
        {
            found.insert(key, value);
        }
    }
}

fn key_of(path: &Path) -> Option<SysctlKey> {
    path.strip_prefix("/proc/sys").ok()?.to_str()?.parse().ok()
}

/// Of the settings of a namespace those that somebody chose: all but what `fresh` ones have, and links are born with.
pub(super) fn chosen(
    all: BTreeMap<SysctlKey, String>,
    born: &BTreeMap<SysctlKey, String>,
) -> BTreeMap<SysctlKey, String> {
    let defaults = all.clone();
    let is_usual = |key: &SysctlKey, value: &String| {
        let of_new_links = || defaults.get(&of_default(key)?).or_else(|| born.get(&of_default(key)?));
        // It follows the link's own.
        let follows = key.parts().last().is_some_and(|last| last == "mtu");
        follows || born.get(key).or_else(of_new_links).is_none_or(|usual| usual == value)
    };
    all.into_iter().filter(|(key, value)| !is_usual(key, value)).collect()
}

/// The setting that new links get theirs from.
fn of_default(key: &SysctlKey) -> Option<SysctlKey> {
    let mut parts = key.parts().to_vec();
    let is_of_link = key.link().is_some() || parts.get(2).is_some_and(|group| group == "neigh");
    *parts.get_mut(3).filter(|_| is_of_link)? = "default".into();
    parts.join("/").parse().ok()
}

fn file(key: &SysctlKey) -> String {
    format!("/proc/sys/{}", key.path())
}
