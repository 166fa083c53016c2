//! What a run does, remembered and written down before it is done, so that it can be taken back.

use std::{
    collections::BTreeMap,
    io, process,
    time::{SystemTime, UNIX_EPOCH},
};

use super::{guard::Guard, live::trouble};
use crate::{
    backend::Backend,
    codes::Code,
    eval::Trouble,
    exec::{
        Course,
        journal::{Confirm, Ending, Head, Here, Journal, JournalError, Journals, Record, Task},
    },
    model::{KernelNumbers, World, differences},
    net::{NsRef, SysctlKey},
    ops::Op,
};

/// What a run is known by.
#[derive(Clone, Debug)]
pub struct Label {
    /// The names of its scripts.
    pub title: String,
    /// What it is started for.
    pub task: Task,
    /// Whether a failure is not to be put back.
    pub keep: bool,
    /// What has to come for it to stay.
    pub confirm: Option<Confirm>,
}

/// The memory of a run.
pub struct Recorder {
    course: Course,
    journals: Option<Journals>,
    label: Label,
    /// From the first change on.
    journal: Option<Journal>,
    /// What takes the run back if nobody confirms it.
    guard: Option<Guard>,
    /// Programs beside the script may change something at any time.
    is_never_certain: bool,
    is_touched: bool,
    /// There could be no journal.
    is_refused: bool,
}

impl Recorder {
    /// Nothing was changed yet. Without `journals` nothing is written down.
    pub fn new(before: World, journals: Option<Journals>, label: Label) -> Self {
        Self {
            course: Course::new(before),
            journals,
            label,
            journal: None,
            guard: None,
            is_never_certain: false,
            is_touched: false,
            is_refused: false,
        }
    }

    /// What was done.
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// The number of the run, once it has changed something; none if it came to nothing in the end.
    pub fn number(&self) -> Option<u32> {
        self.journal.as_ref().map(Journal::number)
    }

    /// Whether anything may have been changed.
    pub fn is_touched(&self) -> bool {
        self.is_touched
    }

    /// Whether nothing was changed as it could not have been written down.
    pub fn is_refused(&self) -> bool {
        self.is_refused && !self.is_touched
    }

    /// The run has another beginning; only as long as nothing was changed.
    pub fn begin_with(&mut self, before: World) {
        self.course = Course::new(before);
    }

    /// These are about to be made, in this order.
    pub fn change(&mut self, ops: Vec<Op>) -> Result<(), Trouble> {
        self.begin()?;
        self.course.change(&ops);
        self.write(&Record::Changes(ops))
    }

    /// All of them were made.
    pub fn made(&mut self) {
        self.course.settle();
    }

    /// Of the last ones these were not made, by their places.
    pub fn refused(&mut self, places: Vec<usize>) -> Result<(), Trouble> {
        self.course.refused(&places);
        self.write(&Record::Refused { places })
    }

    /// Something is about to change the world, and nobody knows how.
    pub fn program(&mut self) -> Result<(), Trouble> {
        self.begin()?;
        self.course.doubt();
        self.write(&Record::Program)
    }

    /// From now on anything may change at any time.
    pub fn program_beside(&mut self) -> Result<(), Trouble> {
        self.is_never_certain = true;
        self.program()
    }

    /// Settings, as they were when they were first looked at.
    pub fn settings(&mut self, ns: &NsRef, values: BTreeMap<SysctlKey, String>) -> Result<(), Trouble> {
        for (key, value) in &values {
            self.course.setting(ns, key, value);
        }
        self.write(&Record::Settings { ns: ns.clone(), values })
    }

    /// A namespace comes into sight of which nobody knows what it was like before.
    pub fn discover(&mut self, ns: &NsRef) -> Result<(), Trouble> {
        self.course.discover(ns);
        self.write(&Record::Discovered(ns.clone()))
    }

    /// The world was looked at.
    pub fn seen(&mut self, now: &World) -> Result<(), Trouble> {
        let is_news = self.course.seen(now);
        if self.is_never_certain {
            self.course.doubt();
        }
        if is_news { self.write(&Record::Seen(Box::new(self.course.after().clone()))) } else { Ok(()) }
    }

    /// The file that is applied owns what makes the difference between these, known by the kernel's numbers.
    pub fn owns(&mut self, backend: &mut dyn Backend, before: World, mut after: World) -> Result<(), Trouble> {
        if self.journal.is_none() {
            return Ok(());
        }
        let touched: Vec<NsRef> = after.namespaces().map(|(ns, _)| ns.clone()).collect();
        after.adopt_numbers(&backend.numbers(&touched).map_err(trouble)?);
        self.write(&Record::Owns { before: Box::new(before), after: Box::new(after) })
    }

    /// The run is over. What it made is known by the kernel's numbers from now on; a run that changed nothing leaves no
    /// journal.
    pub fn end(&mut self, backend: &mut dyn Backend, how: Ending) -> Result<(), Trouble> {
        self.course.settle();
        if self.journal.is_none() {
            return Ok(());
        }
        let (before, after) = (self.course.before(), self.course.after());
        if differences(before, after).is_empty() && differences(after, before).is_empty() {
            return match self.journal.take().map(Journal::discard) {
                Some(Err(error)) => Err(unwritten(&error)),
                Some(Ok(())) | None => Ok(()),
            };
        }
        let numbers = backend.numbers(&self.course.touched()).map_err(trouble)?;
        self.course.numbered(&numbers);
        self.write(&Record::Numbered(numbers))?;
        self.write(&Record::Ended { how, at: now() })
    }

    /// The run is over and lets go of its journal; what watches over it, if anything was changed that is to be confirmed.
    pub fn into_guard(self) -> Option<Guard> {
        self.guard
    }

    /// It is being taken back: what was done, and what is told of each change on the way.
    pub fn undoing(&mut self) -> (&Course, impl FnMut(&Op)) {
        let Self { course, journal, .. } = self;
        if let Some(journal) = journal {
            // Whoever finds the journal without it takes the run back all the same.
            let _ = journal.write(&Record::Undoing { process: process::id(), at: now() });
        }
        let note = move |op: &Op| {
            if let Some(journal) = journal {
                // A full disk must not keep anything from being put back.
                let _ = journal.write(&Record::Changes(vec![op.clone()]));
            }
        };
        (course, note)
    }

    /// It was taken back.
    pub fn undone(&mut self, how: Ending, renumbered: Option<KernelNumbers>) {
        if let Some(mut journal) = self.journal.take() {
            if let Some(numbers) = renumbered {
                let _ = journal.write(&Record::Renumbered(numbers));
            }
            // A full disk may be what it failed for: whoever reads the journal then takes it back once more.
            let _ = end(journal, how);
        }
    }

    fn begin(&mut self) -> Result<(), Trouble> {
        if self.journal.is_none()
            && let Some(journals) = &self.journals
        {
            let here = Here::now();
            let Label { title, task, keep, confirm } = self.label.clone();
            let before = self.course.before().clone();
            let (process, started) = (process::id(), now());
            let is_guarded = confirm.is_some();
            let head = Head { started, title, process, boot: here.boot, host: here.host, task, keep, confirm, before };
            let begun = journals.begin(head);
            self.is_refused = begun.is_err();
            let journal = begun.map_err(|error| unwritten(&error))?;
            if is_guarded {
                match Guard::start(journal.number()) {
                    Ok(guard) => self.guard = Some(guard),
                    Err(error) => {
                        // A journal that tells of nothing is in nobody's way.
                        let _ = journal.discard();
                        return Err(unguarded(&error));
                    }
                }
            }
            self.journal = Some(journal);
        }
        self.is_touched = true;
        Ok(())
    }

    fn write(&mut self, record: &Record) -> Result<(), Trouble> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        journal.write(record).map_err(|error| unwritten(&error))
    }
}

/// A run is taken back, so that its journal is no longer needed where there is no room for its end.
pub fn end(mut journal: Journal, how: Ending) -> Result<(), JournalError> {
    let is_back = matches!(how, Ending::PutBack | Ending::Undone);
    match journal.write(&Record::Ended { how, at: now() }) {
        Err(_) if is_back => journal.discard(),
        written => written,
    }
}

/// Seconds since the epoch.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// There is nobody to take the run back.
fn unguarded(error: &io::Error) -> Trouble {
    Trouble::Failed {
        code: Code::Journal,
        message: format!("the process that would take the run back cannot be started: {error}"),
        notes: vec!["nothing was changed".into()],
        help: Some("without `--confirm` the run needs none; `nns undo` takes it back when you say so".into()),
    }
}

/// There can be no journal.
fn unwritten(error: &JournalError) -> Trouble {
    Trouble::Failed { code: Code::Journal, message: error.to_string(), notes: Vec::new(), help: error.help() }
}
