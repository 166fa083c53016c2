//! What a script acts on, as the evaluator sees it.

use std::{
    fmt,
    fs::File,
    io,
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

use nix::errno::Errno;

use crate::{
    codes::Code,
    commands::{Capture, Expectation, ListenAt, PingRequest, Requirement, Show, Spawn},
    model::{Refusal, World},
    net::{NsRef, SysctlKey},
    ops::Segment,
};

/// Everything beyond the model: the kernel, programs, the network, the terminal, files. Two keep its promise: [`super::Dry`],
/// for which nothing happens, and the one of a session.
pub trait Outside {
    /// Takes note of what is about to be carried out, so that it can be taken back.
    fn record(&mut self, segment: &Segment) -> Result<(), Trouble>;

    /// Carries out all steps, or says which one failed and why.
    fn flush(&mut self, segment: &Segment) -> Result<(), StepFailure>;

    /// Brings the model up to date after something changed the world behind its back.
    fn refresh(&mut self, world: &mut World) -> Result<(), Trouble>;

    /// Looks settings up, so that the model knows them, and so that they can be put back.
    fn read_settings(&mut self, ns: &NsRef, keys: &[SysctlKey], world: &mut World) -> Result<(), Trouble>;

    /// The names of the settings, and groups of settings, in a group of the host's, such as `net`, `ipv4`; empty where
    /// there is no such group.
    fn setting_names(&mut self, group: &[String]) -> Result<Vec<String>, Trouble>;

    /// The namespace that a process is in, by its name where it has one; `None` where there is no such process. One that
    /// the world does not hold yet is taken in.
    fn process(&mut self, pid: u32, world: &mut World) -> Result<Option<NsRef>, Trouble>;

    /// Prints a listing.
    fn show(&mut self, show: &Show, sinks: &Sinks) -> Result<Status, Trouble>;

    /// Sends echo requests and prints what comes back.
    fn ping(&mut self, request: &PingRequest, sinks: &Sinks) -> Result<Status, Trouble>;

    /// Looks whether a claim holds.
    fn verify(&mut self, expectation: &Expectation, world: &mut World) -> Result<Verdict, Trouble>;

    /// Waits until the network is at rest, but not longer than that; what is not at rest by then.
    fn settle(&mut self, within: Duration, world: &World) -> Result<Vec<String>, Trouble>;

    /// A place that keeps what is written to it.
    fn keep(&mut self) -> Result<Sink, Trouble>;

    /// What was written to such a place.
    fn kept(&mut self, sink: &Sink) -> Result<String, Trouble>;

    /// Takes note of changes in a namespace from now on.
    fn watch(&mut self, ns: &NsRef) -> Result<(), Trouble>;

    /// Waits until something may have changed in the namespace that is watched, but not beyond that point in time;
    /// whether it may have.
    fn wait_for_change(&mut self, until: Instant) -> Result<bool, Trouble>;

    /// Serves a port until the script ends.
    fn listen(&mut self, ns: &NsRef, at: &ListenAt) -> Result<(), Trouble>;

    /// Runs a program and waits for its end; whether one that does not end well is told of.
    fn program(&mut self, ns: &NsRef, argv: &[String], sinks: &Sinks, is_told: bool) -> Result<Status, Trouble>;

    /// Starts a program that runs beside the script, and is ended with it unless it is detached; `log` is where it
    /// writes what is not redirected.
    fn spawn(&mut self, ns: &NsRef, spawn: &Spawn, name: &str, sinks: &Sinks, log: &Sink) -> Result<(), Trouble>;

    /// Why a file cannot be written, as far as that is known before it is tried.
    fn may_write(&mut self, path: &str) -> Result<(), Trouble>;

    /// Writes the packets of a link into a file from now on, beside the script, and ends with it.
    fn capture(&mut self, capture: &Capture, name: &str) -> Result<(), Trouble>;

    /// Waits for the end of what was started so, but not longer than that; whether it ended well, or `None` where it
    /// still runs.
    fn wait_for(&mut self, name: &str, within: Option<Duration>) -> Result<Option<Status>, Trouble>;

    /// Ends what was started so.
    fn end(&mut self, name: &str) -> Result<(), Trouble>;

    /// Both ends of a pipe: what is read from, and what is written to.
    fn pipe(&mut self) -> Result<(Sink, Sink), Trouble>;

    /// Starts a program that reads from there, or where nothing is said what `nns` itself reads.
    fn start(&mut self, ns: &NsRef, argv: &[String], input: Option<&Sink>, sinks: &Sinks) -> Result<(), Trouble>;

    /// Waits for the end of all that were started. The status is that of the last.
    fn finish(&mut self) -> Result<Status, Trouble>;

    /// Whether there is a program of that name.
    fn has_program(&self, name: &str) -> bool;

    /// Why something that the script cannot do without is not there; `None` where it is.
    fn missing(&mut self, requirement: &Requirement) -> Result<Option<String>, Trouble>;

    /// The text of a file; `None` where the script may yet write it.
    fn read(&mut self, path: &str) -> Result<Option<String>, Trouble>;

    /// Opens a file that output is redirected to.
    fn open(&mut self, path: &str, append: bool) -> Result<Sink, Trouble>;

    /// Writes text.
    fn write(&mut self, sink: &Sink, text: &str) -> Result<(), Trouble>;

    /// Whether the user asked to stop.
    fn interrupted(&self) -> bool;
}

/// What `&&` and `||` ask of a statement that did not fail the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It did what it was to do.
    Success,
    /// It did not: a ping without an answer, a program with a status other than 0.
    Failure,
    /// Nobody knows before it runs.
    Unknown,
}

impl Status {
    /// Success, if that is so.
    pub fn of(success: bool) -> Self {
        if success { Self::Success } else { Self::Failure }
    }
}

/// What was found of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not.
    Fails {
        /// What was seen instead, a line each.
        seen: Vec<String>,
    },
    /// Nobody knows before the script runs.
    Unknown,
}

/// A step that was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFailure {
    /// Which of the segment's.
    pub index: usize,
    /// Why.
    pub refusal: Refusal,
    /// The attribute that the kernel objects to, in the words of scripts, where it told.
    pub attribute: Option<String>,
}

impl StepFailure {
    /// Whether it takes privileges that the process does not have.
    pub fn is_permission(&self) -> bool {
        matches!(self.refusal.errno, Errno::EPERM | Errno::EACCES)
    }
}

/// Why the outside could not do its part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A capability is missing.
    NotPermitted {
        /// What was being done.
        doing: String,
    },
    /// The user asked to stop meanwhile.
    Interrupted,
    /// It failed otherwise.
    Failed {
        /// What kind of problem it is.
        code: Code,
        /// What is wrong.
        message: String,
        /// Facts.
        notes: Vec<String>,
        /// What to type.
        help: Option<String>,
    },
}

impl Trouble {
    /// A file cannot be read.
    pub fn unreadable(path: &str, error: &io::Error) -> Self {
        Self::failed(Code::Input, format!("`{path}` cannot be read: {error}"))
    }

    /// A file cannot be written because its folder is not there.
    pub fn of_folder(path: &str) -> Result<(), Self> {
        let folder = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty());
        let Some(folder) = folder.filter(|folder| !folder.is_dir()) else { return Ok(()) };
        let message = format!("`{path}` cannot be written: there is no folder `{}`", folder.display());
        let help = Some(format!("make it first: `exec mkdir -p {}`", folder.display()));
        Err(Self::Failed { code: Code::Input, message, notes: Vec::new(), help })
    }

    /// Something failed, and there is no more to say.
    pub fn failed(code: Code, message: impl Into<String>) -> Self {
        Self::Failed { code, message: message.into(), notes: Vec::new(), help: None }
    }
}

/// Where the two outputs of a statement go.
#[derive(Clone, Debug)]
pub struct Sinks {
    /// Results.
    pub output: Sink,
    /// Complaints.
    pub errors: Sink,
}

impl Default for Sinks {
    fn default() -> Self {
        Self { output: Sink::Output, errors: Sink::Errors }
    }
}

/// Where text goes.
#[derive(Clone)]
pub enum Sink {
    /// Standard output.
    Output,
    /// Standard error.
    Errors,
    /// Nowhere: a file, when nothing runs.
    Nowhere,
    /// A file.
    File(Rc<File>),
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Output => "Output",
            Self::Errors => "Errors",
            Self::Nowhere => "Nowhere",
            Self::File(_) => "File",
        })
    }
}
