//! Processes and their namespaces.
//!
//! In: the id of a process, or a namespace. Out: which namespace the process is in, and which processes are in the
//! namespace; as `ip netns identify` and `ip netns pids` find them.
//!
//! Invariant: a namespace without a name is known by its process for as long as that process is in it. When it has
//! ended, nothing here takes another process that got its id for it.

use std::{
    fs::{self, File},
    io,
};

use nix::errno::Errno;

use super::{KernelBackend, failed, handle::Identity, netns};
use crate::{
    backend::BackendError,
    net::{NsName, NsRef},
};

impl KernelBackend {
    /// The namespace of a process, which is remembered if it has no name.
    pub(super) fn place_of_process(&mut self, pid: u32) -> Result<Option<NsRef>, BackendError> {
        if pid == 1 {
            return Ok(Some(NsRef::Host));
        }
        let identity = match Identity::of_path(&netns::of_process(pid)) {
            Ok(identity) => identity,
            Err(error) if is_gone(&error) => return Ok(None),
            Err(error) => return Err(failed(format!("looking for the namespace of process {pid}"), error)),
        };
        if identity == self.host.identity() {
            return Ok(Some(NsRef::Host));
        }
        if let Some(name) = name_of(identity)? {
            return Ok(Some(NsRef::Named(name)));
        }
        let known = self.known_processes().into_iter().find(|(_, other)| *other == identity);
        let first = known.map_or(pid, |(first, _)| first);
        self.processes.entry(first).or_insert(identity);
        Ok(Some(NsRef::Process(first)))
    }

    /// The remembered processes that are still where they were, one of each namespace.
    pub(super) fn known_processes(&mut self) -> Vec<(u32, Identity)> {
        self.processes
            .retain(|&pid, identity| Identity::of_path(&netns::of_process(pid)).is_ok_and(|is| is == *identity));
        self.processes.iter().map(|(&pid, &identity)| (pid, identity)).collect()
    }

    /// A descriptor of the namespace of a process.
    pub(super) fn file_of_process(&self, pid: u32) -> io::Result<File> {
        let file = File::open(netns::of_process(pid))?;
        match self.processes.get(&pid) {
            Some(identity) if Identity::of(&file)? != *identity => Err(Errno::ESRCH.into()),
            Some(_) | None => Ok(file),
        }
    }

    /// `ip netns identify`
    pub(super) fn name_of_namespace(&self, ns: &NsRef) -> Result<Option<NsName>, BackendError> {
        let identity = self.identity(ns)?;
        name_of(identity)
    }

    /// `ip netns pids`
    pub(super) fn processes_in(&self, ns: &NsRef) -> Result<Vec<u32>, BackendError> {
        let identity = self.identity(ns)?;
        processes_in(identity).map_err(|error| failed("reading /proc", error))
    }

    fn identity(&self, ns: &NsRef) -> Result<Identity, BackendError> {
        let path = match ns {
            NsRef::Host => return Ok(self.host.identity()),
            NsRef::Named(name) => netns::path(name),
            NsRef::Process(pid) => netns::of_process(*pid),
        };
        Identity::of_path(&path).map_err(|error| super::not_entered(ns, error))
    }
}

/// The processes in a namespace, in the order of the directory `/proc`.
pub(super) fn processes_in(identity: Identity) -> io::Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if Identity::of_path(&netns::of_process(pid)).is_ok_and(|other| other == identity) {
            found.push(pid);
        }
    }
    Ok(found)
}

/// The last name of the directory that stands for the namespace.
fn name_of(identity: Identity) -> Result<Option<NsName>, BackendError> {
    let names = netns::list().map_err(|error| failed("listing the namespaces", error))?;
    let is_it = |name: &NsName| Identity::of_path(&netns::path(name)).is_ok_and(|other| other == identity);
    Ok(names.into_iter().rev().find(is_it))
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.raw_os_error().map(Errno::from_raw), Some(Errno::ENOENT | Errno::ESRCH))
}
