//! Kernel settings of a network namespace: files under `/proc/sys/net`.
//!
//! In: keys and values. Out: what the files hold. The files that a thread sees there are those of the namespace that it
//! is in when it opens them, so that all of this runs on a thread that is inside.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
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

/// `sysctl -w KEY=VALUE`, in the namespace of the calling thread.
pub(super) fn write(key: &SysctlKey, value: &str) -> io::Result<()> {
    // In one write, since each is a value of its own to the kernel.
    OpenOptions::new().write(true).open(file(key))?.write_all(format!("{value}\n").as_bytes())
}

fn file(key: &SysctlKey) -> String {
    format!("/proc/sys/{}", key.path())
}
