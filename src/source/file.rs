use std::{
    fs::OpenOptions,
    io::{self, Read},
    os::unix::fs::{FileTypeExt, OpenOptionsExt},
    path::Path,
};

use nix::fcntl::OFlag;

/// The most bytes of a file that a script names.
const MAX_BYTES: u64 = 64 << 20;

/// The bytes of a file that a script names, without waiting for anybody: `None` for a device, a pipe or a socket, which
/// may never come to an end. More than 64 MiB are an error; the size that a file claims to have is not asked for, as those
/// of `/proc` have none.
pub fn read_file(path: &Path) -> io::Result<Option<Vec<u8>>> {
    read(path, MAX_BYTES)
}

fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let kind = path.metadata()?.file_type();
    if kind.is_char_device() || kind.is_block_device() || kind.is_fifo() || kind.is_socket() {
        return Ok(None);
    }
    // Some files of `/proc` wait for news like pipes do.
    let file = OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)?;
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {} MiB", most >> 20)));
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use nix::{sys::stat::Mode, unistd::mkfifo};

    use super::*;

    #[test]
    fn nothing_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "1234").unwrap();
        assert_eq!(read(&path, 4).unwrap().as_deref(), Some(b"1234".as_slice()));
        assert_eq!(read(&path, 3).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(read_file(folder.path()).unwrap_err().kind(), io::ErrorKind::IsADirectory);

        let pipe = folder.path().join("pipe");
        mkfifo(&pipe, Mode::S_IRWXU).unwrap();
        assert_eq!(read_file(&pipe).unwrap(), None);
        assert_eq!(read_file(Path::new("/dev/zero")).unwrap(), None);
        assert!(!read_file(Path::new("/proc/self/status")).unwrap().unwrap().is_empty());
    }
}
