use std::{fs::File, io, os::unix::fs::MetadataExt, path::Path};

use nix::{
    errno::Errno,
    fcntl::{Flock, FlockArg},
};

/// A journal that somebody else writes.
#[derive(Debug)]
pub struct Follower {
    file: File,
}

impl Follower {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::open(path)? })
    }

    /// Waits until whoever writes it has let go of it, or is gone.
    pub fn wait(&self) -> io::Result<()> {
        let mut file = self.file.try_clone()?;
        loop {
            match Flock::lock(file, FlockArg::LockShared) {
                Ok(held) => return held.unlock().map(drop).map_err(|(_, errno)| errno.into()),
                Err((back, Errno::EINTR)) => file = back,
                Err((_, errno)) => return Err(errno.into()),
            }
        }
    }

    /// How long it is by now: a cheap way to see that there is news. `None` where somebody took it away.
    pub fn length(&self) -> io::Result<Option<u64>> {
        let metadata = self.file.metadata()?;
        Ok(Some(metadata.len()).filter(|_| metadata.nlink() > 0))
    }
}
