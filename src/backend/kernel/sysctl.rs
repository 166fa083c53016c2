//! Kernel settings of a network namespace: files under `/proc/sys/net`.
//!
//! In: keys and values. Out: what the files hold. The files that a thread sees there are those of the namespace that it
//! is in when it opens them, so that all of this runs on a thread that is inside.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
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

fn file(key: &SysctlKey) -> String {
    format!("/proc/sys/{}", key.path())
}
