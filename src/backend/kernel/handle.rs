//! A namespace that is held open.
//!
//! In: a name, a process, or nothing for the namespace of the calling thread. Out: a file to refer to it by and a socket that acts
//! in it. Invariant: who holds one keeps the namespace alive, so that it is let go when the name is gone.

use std::{
    fs::{self, File, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::Path,
    sync::Arc,
};

use super::{netns, socket::NetlinkSocket};
use crate::net::{NsName, NsRef};

/// What tells a namespace from every other that exists at the same time: device and inode of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// That of an open namespace.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        file.metadata().map(Self::from)
    }

    /// That of a namespace that is mounted on a file.
    pub(super) fn of_path(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(Self::from)
    }

    /// The number of the file.
    pub(super) fn inode(self) -> u64 {
        self.inode
    }
}

impl From<Metadata> for Identity {
    fn from(metadata: Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// The namespace.
pub(super) struct Handle {
    /// Its file; shared with requests that name it and wait to be sent.
    pub(super) file: Arc<File>,
    /// Acts in it.
    pub(super) socket: NetlinkSocket,
    /// Acts on its rules; opened when it is first needed.
    netfilter: Option<NetlinkSocket>,
    identity: Identity,
    own: bool,
}

impl Handle {
    /// The namespace of the calling thread, which needs no privilege.
    pub(super) fn own() -> io::Result<Self> {
        let file = netns::open_own()?;
        let (identity, socket) = (Identity::of(&file)?, NetlinkSocket::open()?);
        Ok(Self { identity, socket, netfilter: None, file: Arc::new(file), own: true })
    }

    /// A named namespace, which needs `CAP_SYS_ADMIN` to be entered.
    pub(super) fn open(name: &NsName) -> io::Result<Self> {
        Self::enter(netns::open(name)?)
    }

    /// An open namespace.
    pub(super) fn enter(file: File) -> io::Result<Self> {
        let socket = netns::inside(&file, NetlinkSocket::open)?;
        Ok(Self { identity: Identity::of(&file)?, socket, netfilter: None, file: Arc::new(file), own: false })
    }

    /// Whether the namespace is still called so.
    pub(super) fn is_still(&self, ns: &NsRef) -> bool {
        let path = match ns {
            NsRef::Host => return self.own,
            NsRef::Named(name) => netns::path(name),
            NsRef::Process(pid) => netns::of_process(*pid),
        };
        Identity::of_path(&path).is_ok_and(|identity| identity == self.identity)
    }

    /// Which namespace it is.
    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    /// What acts on its rules. It is kept until [`Handle::close_netfilter`].
    pub(super) fn netfilter(&mut self) -> io::Result<&mut NetlinkSocket> {
        let socket = match self.netfilter.take() {
            Some(socket) => socket,
            None => self.inside(NetlinkSocket::open_netfilter)?,
        };
        Ok(self.netfilter.insert(socket))
    }

    /// Lets go of it: of many namespaces that are looked at but once, each would cost a descriptor.
    pub(super) fn close_netfilter(&mut self) {
        self.netfilter = None;
    }

    /// Carries out some work on a thread that is in the namespace: the calling one if it is, else one made for it.
    pub(super) fn inside<T: Send>(&self, work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
        if self.own { work() } else { netns::inside(&self.file, work) }
    }
}
