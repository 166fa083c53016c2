//! Named namespaces, as iproute2 lays them out: a file under `/run/netns` with the namespace mounted on it.
//!
//! In: names. Out: namespaces that `ip netns`, `ip -n` and `nsenter` see as well, and theirs. Invariants: a name that
//! could not be added leaves no file behind; no thread but short-lived ones of its own is ever in another namespace.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::{fd::AsRawFd, unix::fs::OpenOptionsExt},
    path::{Path, PathBuf},
    thread,
};

use nix::{
    errno::Errno,
    fcntl::{Flock, FlockArg},
    mount::{MntFlags, MsFlags, mount, umount2},
    sched::{CloneFlags, setns, unshare},
    sys::statfs::{NSFS_MAGIC, fstatfs, statfs},
};

use crate::net::NsName;

/// Where the names are (`NETNS_RUN_DIR` of iproute2; `/var/run` leads there).
pub(super) const DIRECTORY: &str = "/run/netns";

/// The network namespace of the thread that opens it.
const OWN: &str = "/proc/thread-self/ns/net";

/// The file of a name.
pub(super) fn path(name: &NsName) -> PathBuf {
    Path::new(DIRECTORY).join(name.to_string())
}

/// The file of a process's namespace.
pub(super) fn of_process(pid: u32) -> PathBuf {
    Path::new("/proc").join(pid.to_string()).join("ns/net")
}

/// A handle of the namespace that the calling thread is in.
pub(super) fn open_own() -> io::Result<File> {
    File::open(OWN)
}

/// A handle of a named namespace; `EINVAL` where the name has none.
pub(super) fn open(name: &NsName) -> io::Result<File> {
    let file = File::open(path(name))?;
    match fstatfs(&file)?.filesystem_type() {
        NSFS_MAGIC => Ok(file),
        _ => Err(Errno::EINVAL.into()),
    }
}

/// Whether a namespace is mounted on the file of a name. `umount`, or an `ip netns add` that was interrupted, leaves
/// files without one.
pub(super) fn is_mounted(name: &NsName) -> bool {
    statfs(&path(name)).is_ok_and(|file| file.filesystem_type() == NSFS_MAGIC)
}

/// The names, also those without a namespace, in the order of the directory, as `ip netns list` has them.
pub(super) fn list() -> io::Result<Vec<NsName>> {
    let entries = match fs::read_dir(DIRECTORY) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        // A name that is no UTF-8 cannot be written in a script.
        names.extend(entry?.file_name().to_str().and_then(|name| name.parse().ok()));
    }
    Ok(names)
}

/// A new namespace under a name that is free: `ip netns add NAME`.
pub(super) fn add(name: &NsName) -> io::Result<()> {
    mount_on(name, |path| {
        on_own_thread(|| {
            unshare(CloneFlags::CLONE_NEWNET)?;
            bind(Path::new(OWN), path)?;
            Ok(())
        })
    })
}

/// A name that is free for the namespace of a process: `ip netns attach NAME PID`. `None` is the calling thread.
pub(super) fn attach(name: &NsName, pid: Option<u32>) -> io::Result<()> {
    let namespace = pid.map_or_else(|| PathBuf::from(OWN), of_process);
    mount_on(name, |path| Ok(bind(&namespace, path)?))
}

/// A name that is free for a namespace that is open.
pub(super) fn attach_file(name: &NsName, namespace: &File) -> io::Result<()> {
    let namespace = Path::new("/proc/self/fd").join(namespace.as_raw_fd().to_string());
    mount_on(name, |path| Ok(bind(&namespace, path)?))
}

/// Makes the file of a name that is free, and has a namespace mounted on it.
fn mount_on(name: &NsName, mount: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    prepare_directory()?;
    let path = path(name);
    OpenOptions::new().write(true).create_new(true).mode(0o000).open(&path)?;
    let mounted = mount(&path);
    if mounted.is_err() {
        // What went wrong first is what is told.
        let _ = fs::remove_file(&path);
    }
    mounted
}

/// Takes a name away: `ip netns del NAME`. The namespace goes with it unless something else holds it.
pub(super) fn del(name: &NsName) -> io::Result<()> {
    let path = path(name);
    match umount2(&path, MntFlags::MNT_DETACH) {
        // As in iproute2, a file without a namespace on it is removed too.
        Ok(()) | Err(Errno::EINVAL | Errno::ENOENT) => {}
        Err(errno) => return Err(errno.into()),
    }
    fs::remove_file(&path)
}

/// Makes `/run/netns` a mount of its own, so that a namespace that is mounted or unmounted there is so in all mount
/// namespaces.
///
/// It gets a peer group of its own, too: a bind mount begins in the group of the mount it was taken from, and under a
/// shared `/run` each namespace would be mounted twice.
pub(super) fn prepare_directory() -> io::Result<()> {
    if let Err(error) = fs::create_dir(DIRECTORY)
        && error.kind() != io::ErrorKind::AlreadyExists
    {
        return Err(error);
    }
    // Two who do this at the same time would mount it twice; iproute2 takes the same lock, and goes on without it too.
    let _lock = Flock::lock(File::open(DIRECTORY)?, FlockArg::LockExclusive).ok();
    let directory = Path::new(DIRECTORY);
    match propagation(directory, MsFlags::MS_SHARED) {
        Err(Errno::EINVAL) => {
            bind(directory, directory)?;
            propagation(directory, MsFlags::MS_PRIVATE)?;
            propagation(directory, MsFlags::MS_SHARED)?;
            Ok(())
        }
        done_or_refused => Ok(done_or_refused?),
    }
}

/// Carries out some work on a thread that is in the namespace, and leaves the calling thread where it is.
pub(super) fn inside<T: Send>(namespace: &File, work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    on_own_thread(|| {
        setns(namespace, CloneFlags::CLONE_NEWNET)?;
        work()
    })
}

/// Carries out some work on a thread that ends with it, which may change what belongs to a thread.
pub(super) fn on_own_thread<T: Send>(work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let worker = thread::Builder::new().spawn_scoped(scope, work)?;
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn bind(source: &Path, target: &Path) -> Result<(), Errno> {
    mount(Some(source), target, None::<&Path>, MsFlags::MS_BIND, None::<&Path>)
}

fn propagation(mount_point: &Path, kind: MsFlags) -> Result<(), Errno> {
    mount(None::<&Path>, mount_point, None::<&Path>, kind | MsFlags::MS_REC, None::<&Path>)
}
