use std::{
    fs::{self, File},
    os::unix::fs::MetadataExt,
    path::Path,
};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};

use super::{
    Confirm, Ending, Record, Task,
    error::words,
    file::is_held,
    line::{self, Broken},
};

/// Which machine this is, since when, and where on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// Since when the machine has been up: the kernel's `boot_id`.
    pub boot: String,
    /// The number of this process's network namespace; `None` where it cannot be looked at.
    pub host: Option<u64>,
}

impl Here {
    /// Of the calling thread.
    pub fn now() -> Self {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let host = fs::metadata("/proc/thread-self/ns/net").ok().map(|metadata| metadata.ino());
        Self { boot: boot.trim().to_owned(), host }
    }
}

/// A run, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub number: u32,
    /// When it began, in seconds since the epoch; `None` where that cannot be read.
    pub started: Option<u64>,
    /// When it ended.
    pub ended: Option<u64>,
    /// What people know it by; empty where that cannot be read.
    pub title: String,
    /// What it was started for.
    pub task: Task,
    /// A failure was not to be put back.
    pub keep: bool,
    /// How many changes it made, those not counted that took others back.
    pub changes: usize,
    /// Somebody began to take it back.
    pub undoing: bool,
    /// What has to come for it to stay.
    pub confirm: Option<Confirm>,
    /// Somebody said that it is to stay.
    pub confirmed: bool,
    /// Nobody said so in time.
    pub unconfirmed: bool,
    /// What became of it.
    pub state: State,
}

/// What became of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It, or what takes it back, is still going on.
    Running {
        /// The process that does it.
        process: u32,
    },
    /// Its process is gone without a word.
    CutShort,
    /// It came to an end.
    Ended(Ending),
    /// The machine restarted since, and forgot what it did.
    Forgotten,
    /// It was started in another network namespace.
    Elsewhere,
    /// Its journal cannot be read, for that reason.
    Damaged(String),
}

impl Entry {
    /// The run of a journal; `None` where it never came to anything.
    pub(super) fn read(number: u32, path: &Path, here: &Here) -> Option<Self> {
        let mut entry = Self {
            number,
            started: None,
            ended: None,
            title: String::new(),
            task: Task::Run,
            keep: false,
            changes: 0,
            undoing: false,
            confirm: None,
            confirmed: false,
            unconfirmed: false,
            state: State::CutShort,
        };
        // What is written after it was let go of is the next one's.
        let read = File::open(path).map(is_held).and_then(|held| Ok((held, fs::read(path)?)));
        let (held, bytes) = match read {
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(error) => {
                entry.state = State::Damaged(format!("it cannot be read: {}", words(&error)));
                return Some(entry);
            }
        };
        match line::decode(&bytes) {
            Ok((records, _)) => entry.tell(records, held, here),
            Err(broken) => {
                entry.state = State::Damaged(match broken {
                    Broken::Line(line) => format!("line {line} is not as it was written"),
                    Broken::Format => "another version of `nns` wrote it".into(),
                });
                Some(entry)
            }
        }
    }

    fn tell(mut self, records: Vec<Brief>, held: bool, here: &Here) -> Option<Self> {
        let mut records = records.into_iter();
        let head = match records.next()? {
            Brief::Begun(head) => head,
            _ => {
                self.state = State::Damaged("it has no beginning".into());
                return Some(self);
            }
        };
        let (mut process, mut last, mut ending) = (head.process, 0, None);
        for record in records {
            match record {
                Brief::Changes(Count(count)) if !self.undoing => {
                    last = count;
                    self.changes += count;
                }
                Brief::Refused { places: Count(count) } if !self.undoing => self.changes -= count.min(last),
                Brief::Undoing { process: other, .. } => {
                    process = other;
                    self.undoing = true;
                    (ending, self.ended) = (None, None);
                }
                Brief::Ended { how, at } => (ending, self.ended) = (Some(how), Some(at)),
                Brief::Confirmed => self.confirmed = true,
                Brief::Unconfirmed => self.unconfirmed = true,
                Brief::Begun(_) | Brief::Changes(_) | Brief::Refused { .. } => {}
                Brief::Settings {}
                | Brief::Seen(_)
                | Brief::Perhaps(_)
                | Brief::Program
                | Brief::Discovered(_)
                | Brief::Owns {}
                | Brief::Numbered(_)
                | Brief::Renumbered(_) => {}
            }
        }
        self.state = match ending {
            _ if head.boot != here.boot => State::Forgotten,
            None if held => State::Running { process },
            _ if head.host.is_some() && here.host.is_some() && head.host != here.host => State::Elsewhere,
            Some(how) => State::Ended(how),
            None => State::CutShort,
        };
        (self.started, self.title, self.task, self.keep) = (Some(head.started), head.title, head.task, head.keep);
        self.confirm = head.confirm;
        Some(self)
    }

    /// Until when somebody may say that it is to stay, in seconds since the epoch; `None` where nobody is waited for.
    pub fn confirm_until(&self) -> Option<u64> {
        let confirm = self.confirm.as_ref().filter(|_| self.state == State::Ended(Ending::Done))?;
        let is_settled = self.confirmed || self.unconfirmed || self.undoing;
        // A part of a second is a second to whoever is to type something.
        let seconds = confirm.within.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX);
        self.ended.filter(|_| !is_settled).map(|ended| ended.saturating_add(seconds))
    }
}

/// Who writes a journal with these records.
pub(super) fn writer(records: &[Record]) -> Option<u32> {
    records.iter().rev().find_map(|record| match record {
        Record::Begun(head) => Some(head.process),
        Record::Undoing { process, .. } => Some(*process),
        _ => None,
    })
}

/// What the list tells of a record: worlds and changes are passed over.
#[derive(Deserialize)]
enum Brief {
    Begun(BriefHead),
    Changes(Count),
    Refused { places: Count },
    Program,
    Discovered(IgnoredAny),
    Settings {},
    Owns {},
    Numbered(IgnoredAny),
    Renumbered(IgnoredAny),
    Seen(IgnoredAny),
    Perhaps(IgnoredAny),
    Undoing { process: u32 },
    Ended { how: Ending, at: u64 },
    Confirmed,
    Unconfirmed,
}

#[derive(Deserialize)]
struct BriefHead {
    started: u64,
    title: String,
    process: u32,
    boot: String,
    host: Option<u64>,
    task: Task,
    keep: bool,
    confirm: Option<Confirm>,
}

/// How long a list is.
struct Count(usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements;

        impl<'de> Visitor<'de> for Elements {
            type Value = Count;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Count, A::Error> {
                let mut count = 0;
                while elements.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Count(count))
            }
        }

        deserializer.deserialize_seq(Elements)
    }
}
