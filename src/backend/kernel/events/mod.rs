//! What happens in the namespaces of this machine, as it happens.
//!
//! In: the namespaces that are listened to; all, where none is named, and those that come while listening. Out:
//! [`Event`]s, each told once: what the kernel repeats, or what follows from something else that was told, is left
//! out. A name is listened for in the directory of names; a namespace that gets one is entered by a short-lived thread
//! as soon as it is there.
//!
//! Invariants: nothing of a namespace is missed from the moment on that [`Events::open`] returns, or that its name was
//! told; one whose name is gone is let go at once, so that it goes, too.

mod known;
mod source;

use std::{
    collections::{BTreeMap, VecDeque},
    fs::File,
    io,
    os::fd::{AsFd, BorrowedFd},
    path::Path,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::inotify::{AddWatchFlags, InitFlags, Inotify},
};

use super::netns;
use crate::{
    backend::{Change, Event},
    net::{NsName, NsRef},
};
use source::Source;

/// How many namespaces are listened to: each takes two descriptors, of which a process usually may have 1024.
const MOST: usize = 300;

/// How soon it is looked again whether a namespace is mounted on a new name, of which nobody tells.
const LOOK: Duration = Duration::from_millis(5);

/// How long that goes on.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is listened to.
pub struct Events {
    sources: BTreeMap<NsRef, Source>,
    /// Whether namespaces that come are listened to, too.
    follows: bool,
    names: Inotify,
    /// Whether the directory of names is there.
    has_directory: bool,
    /// Names without a namespace so far, and until when it is looked for.
    pending: Vec<(NsName, Instant)>,
    /// What was heard and not told yet.
    heard: VecDeque<Event>,
}

impl Events {
    /// Listens to these namespaces; to all, where there are none. This thread must be on the host.
    pub fn open(of: &[NsRef]) -> io::Result<Self> {
        let names = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
        let mut events = Self {
            sources: BTreeMap::new(),
            follows: of.is_empty(),
            names,
            has_directory: false,
            pending: Vec::new(),
            heard: VecDeque::new(),
        };
        events.watch_names();
        for ns in of {
            let file = match ns {
                NsRef::Host => None,
                NsRef::Named(name) => Some(netns::open(name)?),
                NsRef::Process(pid) => Some(File::open(netns::of_process(*pid))?),
            };
            events.listen(ns, file.as_ref())?;
        }
        if of.is_empty() {
            events.listen(&NsRef::Host, None)?;
            let names = netns::list()?;
            let (first, left) = names.split_at(names.len().min(MOST - 1));
            first.iter().for_each(|name| events.take_in(name, false));
            if !left.is_empty() {
                events.heard.push_back(Event { ns: NsRef::Host, change: Change::TooMany { left: left.len() } });
            }
        }
        Ok(events)
    }

    /// Waits until something happens, and says what; `None` when there is something to be read from `stop`, or its
    /// other end is gone.
    pub fn wait(&mut self, stop: BorrowedFd<'_>) -> io::Result<Option<Event>> {
        loop {
            if let Some(event) = self.heard.pop_front() {
                return Ok(Some(event));
            }
            let mut descriptors = vec![stop, self.names.as_fd()];
            descriptors.extend(self.sources.values().flat_map(Source::descriptors));
            let mut descriptors: Vec<PollFd<'_>> =
                descriptors.into_iter().map(|descriptor| PollFd::new(descriptor, PollFlags::POLLIN)).collect();
            let timeout = match self.pending.is_empty() {
                true => PollTimeout::NONE,
                false => PollTimeout::try_from(LOOK).unwrap_or(PollTimeout::ZERO),
            };
            match poll(&mut descriptors, timeout) {
                Ok(_) => {}
                Err(Errno::EINTR) => continue,
                Err(errno) => return Err(errno.into()),
            }
            if descriptors[0].any() == Some(true) {
                return Ok(None);
            }
            self.listen_to_names();
            let pending = std::mem::take(&mut self.pending);
            for (name, until) in pending {
                self.try_name(name, until);
            }
            self.read();
        }
    }

    /// What there is to be heard of all namespaces.
    fn read(&mut self) {
        let mut ended = Vec::new();
        for (ns, source) in &mut self.sources {
            match source.read() {
                Ok(changes) => self.heard.extend(changes.into_iter().map(|change| Event { ns: ns.clone(), change })),
                Err(error) => ended.push((ns.clone(), error)),
            }
        }
        for (ns, error) in ended {
            self.sources.remove(&ns);
            self.heard.push_back(Event { ns, change: Change::Unseen { why: error.to_string() } });
        }
    }

    fn watch_names(&mut self) {
        let flags = AddWatchFlags::IN_CREATE | AddWatchFlags::IN_DELETE | AddWatchFlags::IN_MOVE;
        let directory = Path::new(netns::DIRECTORY);
        self.has_directory = self.names.add_watch(directory, flags).is_ok();
        if !self.has_directory {
            // It comes with the first name. Where nothing can be watched, names are not told of.
            self.names.add_watch(directory.parent().unwrap_or(directory), AddWatchFlags::IN_CREATE).ok();
        }
    }

    fn listen_to_names(&mut self) {
        while let Ok(heard) = self.names.read_events() {
            for event in heard {
                let Some(name) = event.name.as_ref().and_then(|name| name.to_str()) else { continue };
                if !self.has_directory {
                    self.watch_names();
                    if self.has_directory {
                        // Those that came before it was watched.
                        netns::list().unwrap_or_default().iter().for_each(|name| self.name_is_there(name.clone()));
                    }
                    continue;
                }
                let Ok(name) = name.parse::<NsName>() else { continue };
                if event.mask.intersects(AddWatchFlags::IN_DELETE | AddWatchFlags::IN_MOVED_FROM) {
                    self.name_is_gone(name);
                } else {
                    self.name_is_there(name);
                }
            }
        }
    }

    fn name_is_there(&mut self, name: NsName) {
        let is_known = self.sources.contains_key(&NsRef::Named(name.clone()));
        if self.follows && !is_known && !self.pending.iter().any(|(pending, _)| *pending == name) {
            self.try_name(name, Instant::now() + PATIENCE);
        }
    }

    /// Listens to the namespace of a new name, if it has one by now.
    fn try_name(&mut self, name: NsName, until: Instant) {
        if netns::is_mounted(&name) {
            self.take_in(&name, true);
        } else if Instant::now() < until {
            self.pending.push((name, until));
        }
    }

    fn name_is_gone(&mut self, name: NsName) {
        self.pending.retain(|(pending, _)| *pending != name);
        let ns = NsRef::Named(name.clone());
        // What happened there before, as far as it was heard.
        if let Some(mut source) = self.sources.remove(&ns) {
            let changes = source.read().unwrap_or_default();
            self.heard.extend(changes.into_iter().map(|change| Event { ns: ns.clone(), change }));
            self.tell_name(name, false);
        } else if self.follows {
            self.tell_name(name, false);
        }
    }

    fn tell_name(&mut self, name: NsName, is_new: bool) {
        self.heard.push_back(Event { ns: NsRef::Host, change: Change::Netns { name, is_new } });
    }

    /// Listens to a namespace; of a new one what is in it is told.
    fn take_in(&mut self, name: &NsName, is_new: bool) {
        let ns = NsRef::Named(name.clone());
        if is_new {
            self.tell_name(name.clone(), true);
        }
        if self.sources.len() >= MOST {
            let why = format!("there are more than {MOST} namespaces");
            self.heard.push_back(Event { ns, change: Change::Unseen { why } });
            return;
        }
        match netns::open(name).and_then(|file| self.listen(&ns, Some(&file))) {
            Ok(there) if is_new => {
                let is_news = |change: &Change| !matches!(change, Change::LinkAdded(link) if link.name == "lo");
                let news = there.into_iter().filter(is_news).map(|change| Event { ns: ns.clone(), change });
                self.heard.extend(news);
            }
            Ok(_) => {}
            // A name without a namespace.
            Err(error) if error.raw_os_error() == Some(Errno::EINVAL as i32) => {}
            Err(error) => self.heard.push_back(Event { ns, change: Change::Unseen { why: error.to_string() } }),
        }
    }

    fn listen(&mut self, ns: &NsRef, file: Option<&File>) -> io::Result<Vec<Change>> {
        let (source, there) = Source::open(file)?;
        self.sources.insert(ns.clone(), source);
        Ok(there)
    }
}
