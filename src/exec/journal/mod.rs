//! What a run did, written down before it does it, so that it can be taken back after the run is gone.
//!
//! In: the world as a run found it, and each change before it is made. Out: a file a run, a line a record, and what such
//! files tell. They lie where the machine forgets them when it restarts, as the kernel forgets what they are about.
//! Invariants: a number is one run's; a journal is written by one process at a time; a record that was written is there
//! whatever becomes of its writer, and half of one never is.

mod account;
mod entry;
mod error;
mod file;
mod follow;
mod line;
mod record;
#[cfg(test)]
mod tests;

pub use account::{Account, Change, Fate};
pub use entry::{Entry, Here, State};
pub use error::JournalError;
pub use file::Journal;
pub use follow::Follower;
pub use record::{Confirm, Ending, Head, Record, Task};

use std::{
    env,
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

use nix::unistd::geteuid;

use crate::model::KernelNumbers;

use line::Broken;

/// The name of a journal is the number of its run, and this.
const SUFFIX: &str = ".journal";

/// The journals of a user.
#[derive(Clone, Debug)]
pub struct Journals {
    directory: PathBuf,
}

impl Journals {
    /// Where the journals of this user lie: in `/run/nns`, or in `$XDG_RUNTIME_DIR/nns` for who is not root.
    pub fn usual() -> Result<Self, JournalError> {
        if geteuid().is_root() {
            return Ok(Self::at("/run/nns"));
        }
        let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
        runtime.map(|path| Self::at(path.join("nns"))).ok_or(JournalError::NoPlace)
    }

    /// Those of a directory.
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// A new journal under the next number, which the caller holds from now on.
    pub fn begin(&self, head: Head) -> Result<Journal, JournalError> {
        self.make_directory()?;
        let mut number = self.numbers()?.last().map_or(1, |last| last.saturating_add(1));
        loop {
            let path = self.path(number);
            let failed = |source| JournalError::Write { path: path.clone(), source };
            match Journal::create(number, &path).map_err(failed)? {
                Some(mut journal) => {
                    let lines = line::first()
                        .and_then(|first| Ok([first, line::encode(&Record::Begun(Box::new(head)))?].concat()));
                    let written = lines.map_err(io::Error::from).and_then(|lines| journal.append(&lines));
                    return written.map(|()| journal).map_err(|source| {
                        // What went wrong first is what is told.
                        let _ = fs::remove_file(&path);
                        failed(source)
                    });
                }
                None if number == u32::MAX => return Err(failed(io::ErrorKind::AlreadyExists.into())),
                None => number += 1,
            }
        }
    }

    /// The runs, the oldest first. One that never came to anything is not among them.
    pub fn list(&self, here: &Here) -> Result<Vec<Entry>, JournalError> {
        let numbers = self.numbers()?;
        Ok(numbers.into_iter().filter_map(|number| Entry::read(number, &self.path(number), here)).collect())
    }

    /// One of the runs.
    pub fn find(&self, number: u32, here: &Here) -> Result<Entry, JournalError> {
        Entry::read(number, &self.path(number), here).ok_or(JournalError::NoSuch { number })
    }

    /// What a run wrote down; at least that it began.
    pub fn read(&self, number: u32) -> Result<Vec<Record>, JournalError> {
        let path = self.path(number);
        let bytes = fs::read(&path).map_err(|source| unread(number, &path, source))?;
        whole(number, &path, line::decode(&bytes).map(|(records, _)| records))
    }

    /// What was made again when runs behind a certain one were taken back, under other numbers: each time the numbers then
    /// and now.
    pub fn renumbered(&self, behind: u32, here: &Here) -> Result<Vec<(KernelNumbers, KernelNumbers)>, JournalError> {
        let mut found = Vec::new();
        for entry in self.list(here)? {
            let is_readable = !matches!(entry.state, State::Damaged(_) | State::Forgotten);
            if entry.number <= behind || !entry.undoing || !is_readable {
                continue;
            }
            let account = Account::of(&self.read(entry.number)?)?;
            found.extend(account.renumbered.map(|now| (account.head.before.numbers(), now)));
        }
        Ok(found)
    }

    /// A journal that is there, to write on, and what stands in it.
    pub fn resume(&self, number: u32) -> Result<(Journal, Vec<Record>), JournalError> {
        let path = self.path(number);
        let opened = Journal::open(number, &path).map_err(|source| unread(number, &path, source))?;
        let Some((journal, records)) = opened else {
            let process = self.read(number).ok().and_then(|records| entry::writer(&records));
            return Err(JournalError::Busy { number, process });
        };
        whole(number, &path, records).map(|records| (journal, records))
    }

    /// A journal that somebody else writes, to see when it is let go of.
    pub fn follow(&self, number: u32) -> Result<Follower, JournalError> {
        let path = self.path(number);
        Follower::open(&path).map_err(|source| unread(number, &path, source))
    }

    /// Takes the oldest away until there are only so many, but none that somebody writes or that is needed.
    pub fn prune(&self, here: &Here, keep: usize, needed: &dyn Fn(&Entry) -> bool) -> Result<(), JournalError> {
        let mut numbers = self.numbers()?;
        numbers.truncate(numbers.len().saturating_sub(keep));
        for number in numbers {
            let path = self.path(number);
            if Entry::read(number, &path, here).is_some_and(|entry| needed(&entry)) {
                continue;
            }
            let failed = |source| JournalError::Write { path: path.clone(), source };
            let held = match File::open(&path).and_then(file::lock) {
                Ok(None) => continue,
                Ok(held) => held,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(failed(error)),
            };
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                Ok(()) | Err(_) => drop(held),
            }
        }
        Ok(())
    }

    fn path(&self, number: u32) -> PathBuf {
        self.directory.join(format!("{number}{SUFFIX}"))
    }

    /// The numbers that are taken, in order. What else is in the directory is somebody else's.
    fn numbers(&self) -> Result<Vec<u32>, JournalError> {
        let failed = |source| JournalError::Directory { path: self.directory.clone(), source };
        let files = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            files => files.map_err(failed)?,
        };
        let mut numbers = Vec::new();
        for file in files {
            let name = file.map_err(failed)?.file_name();
            numbers.extend(name.to_str().and_then(number_of));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The directory is there, and nobody else can put a journal into it.
    fn make_directory(&self) -> Result<(), JournalError> {
        let path = &self.directory;
        let failed = |source| JournalError::Directory { path: path.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
        let found = fs::metadata(path).map_err(failed)?;
        let is_safe = found.uid() == geteuid().as_raw() && found.mode() & 0o022 == 0;
        if is_safe { Ok(()) } else { Err(JournalError::Exposed { path: path.clone() }) }
    }
}

/// The number of a journal of that name.
fn number_of(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(SUFFIX)?;
    let number: u32 = digits.parse().ok()?;
    // Without a sign and zeros in front.
    (number > 0 && number.to_string() == digits).then_some(number)
}

fn unread(number: u32, path: &Path, source: io::Error) -> JournalError {
    match source.kind() {
        io::ErrorKind::NotFound => JournalError::NoSuch { number },
        _ => JournalError::Read { path: path.to_owned(), source },
    }
}

/// The records of a journal that begins as one does, and that begins once.
fn whole(number: u32, path: &Path, records: Result<Vec<Record>, Broken>) -> Result<Vec<Record>, JournalError> {
    let path = path.to_owned();
    let records = records.map_err(|broken| match broken {
        Broken::Line(line) => JournalError::Damaged { path: path.clone(), line },
        Broken::Format => JournalError::Version { path: path.clone() },
    })?;
    // The first line says which version wrote it.
    match records.iter().enumerate().find(|(index, record)| (*index == 0) != matches!(record, Record::Begun(_))) {
        Some((index, _)) => Err(JournalError::Damaged { path, line: index + 2 }),
        None if records.is_empty() => Err(JournalError::NoSuch { number }),
        None => Ok(records),
    }
}
