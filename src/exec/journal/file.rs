use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use nix::{
    errno::Errno,
    fcntl::{Flock, FlockArg},
};

use super::{
    JournalError, Record,
    line::{self, Broken},
};

/// A journal that is being written. As long as it lives, nobody else writes or removes it.
#[derive(Debug)]
pub struct Journal {
    number: u32,
    path: PathBuf,
    file: Flock<File>,
    /// How many bytes are whole.
    length: u64,
    /// Half a record is in it that could not be taken out.
    is_broken: bool,
}

impl Journal {
    /// A file of that name that is not there yet; `None` where there is one, or somebody took it away at once.
    pub(super) fn create(number: u32, path: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().read(true).append(true).create_new(true).mode(0o600).open(path);
        let file = match file {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            file => file?,
        };
        Ok(lock(file)?.filter(is_named).map(|file| Self {
            number,
            path: path.to_owned(),
            file,
            length: 0,
            is_broken: false,
        }))
    }

    /// A file that is there, to write on; `None` where somebody else holds it. What is torn at its end is cut off.
    pub(super) fn open(number: u32, path: &Path) -> io::Result<Option<Opened>> {
        let file = OpenOptions::new().read(true).append(true).open(path)?;
        let Some(mut file) = lock(file)? else { return Ok(None) };
        if !is_named(&file) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let path = path.to_owned();
        let mut journal = Self { number, path, file, length: bytes.len() as u64, is_broken: false };
        let records = line::decode(&bytes);
        if let Ok((_, whole)) = &records {
            journal.length = *whole as u64;
            journal.file.set_len(journal.length)?;
        }
        Ok(Some((journal, records.map(|(records, _)| records))))
    }

    #[cfg(test)]
    pub(super) fn of(file: File) -> Self {
        let file = lock(file).unwrap().unwrap();
        Self { number: 1, path: "1.journal".into(), file, length: 0, is_broken: false }
    }

    /// Which of the directory's it is: the number of the run.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Writes a record; it is there when this returns, also after the process was killed. One that cannot be written as
    /// a whole is not there at all.
    pub fn write(&mut self, record: &Record) -> Result<(), JournalError> {
        let written = line::encode(record).map_err(io::Error::from).and_then(|line| self.append(&line));
        written.map_err(|source| JournalError::Write { path: self.path.clone(), source })
    }

    /// Takes it away: its run never came to anything.
    pub fn discard(self) -> Result<(), JournalError> {
        fs::remove_file(&self.path).map_err(|source| JournalError::Write { path: self.path.clone(), source })
    }

    pub(super) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.is_broken {
            return Err(Errno::EIO.into());
        }
        if let Err(error) = self.file.write_all(lines) {
            self.is_broken = self.file.set_len(self.length).is_err();
            return Err(error);
        }
        self.length += lines.len() as u64;
        Ok(())
    }
}

/// A journal that is there, and what stands in it.
type Opened = (Journal, Result<Vec<Record>, Broken>);

/// For how long a lock is waited for: whoever only looks holds it for less.
const PATIENCE: [Duration; 20] = [Duration::from_millis(10); 20];

/// The file, held by nobody else; `None` where somebody goes on holding it.
pub(super) fn lock(mut file: File) -> io::Result<Option<Flock<File>>> {
    for pause in PATIENCE {
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(locked) => return Ok(Some(locked)),
            Err((back, Errno::EWOULDBLOCK | Errno::EINTR)) => file = back,
            Err((_, errno)) => return Err(errno.into()),
        }
        thread::sleep(pause);
    }
    Ok(None)
}

/// Whether somebody holds a file to write it.
pub(super) fn is_held(file: File) -> bool {
    matches!(Flock::lock(file, FlockArg::LockSharedNonblock), Err((_, Errno::EWOULDBLOCK)))
}

/// Whether a file still has a name: nobody took it away between its opening and its locking.
fn is_named(file: &Flock<File>) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
}
