//! What runs did is taken back: one that fails, one that was cut short, one that is no longer wanted.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{
    Exit, Machine, Session,
    recorder::{Recorder, end, now},
};
use crate::{
    backend::BackendError,
    codes::Code,
    diag::Diagnostic,
    eval::{Trouble, WAS_THERE},
    exec::{
        self, Course, Undone,
        journal::{Account, Ending, Entry, Here, Journal, JournalError, Journals, Record, State, Task},
    },
    model::World,
    syntax::ast::Script,
};

/// For how long it is waited for the kernel to take namespaces apart. One in which a process is it leaves alone.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long until it is looked at again.
const PAUSE: Duration = Duration::from_millis(20);

/// How people know a run that is taken back.
#[derive(Clone, Debug)]
pub struct Called {
    /// What they call it.
    pub name: String,
    /// What they type to take back as well what others changed since.
    pub all: String,
}

impl Called {
    /// By its number.
    pub fn run(entry: &Entry) -> Self {
        Self { name: name(entry), all: format!("nns undo {} --all", entry.number) }
    }
}

impl<B: Machine> Session<B> {
    /// What a run did stays.
    pub(super) fn stay(&mut self, recorder: &mut Recorder, how: Ending, exit: Exit) -> Exit {
        match recorder.end(&mut self.machine, how) {
            Ok(()) => {
                self.forget_old_runs();
                exit
            }
            Err(trouble) => self.unwritten(&trouble, exit),
        }
    }

    /// Of very many runs the oldest are forgotten, but not what a file made last, nor what waits to be confirmed.
    fn forget_old_runs(&self) {
        const REMEMBERED: usize = 200;
        let Some(journals) = &self.journals else { return };
        let here = Here::now();
        let needed = |entry: &Entry| {
            let is_owner = matches!(entry.task, Task::Apply { .. }) && why_not(entry).is_none();
            is_owner
                || self.runs.contains(&entry.number)
                || entry.confirm_until().is_some()
                || entry.state == State::CutShort
        };
        // What cannot be removed is in nobody's way.
        let _ = journals.prune(&here, REMEMBERED, &needed);
    }

    /// All was done, but cannot be taken back later.
    pub(super) fn unwritten(&mut self, trouble: &Trouble, exit: Exit) -> Exit {
        if let Trouble::Failed { message, .. } = trouble {
            self.terminal.say(&format!("`nns undo` will not know all of this run: {message}\n"));
        }
        exit
    }

    /// A run failed: what it did is taken back.
    pub(super) fn put_back(&mut self, recorder: &mut Recorder, exit: Exit) -> Exit {
        if recorder.course().is_doubtful() {
            // What programs did is known only by looking.
            let likes = [recorder.course().before(), recorder.course().after()];
            let seen = exec::snapshot(&mut self.machine, &likes);
            let noted = seen.map(|now| recorder.seen(&now));
            if let Err(error) = noted {
                self.terminal.say(&format!("what was done could not be put back: {error}\n"));
                return Exit::Left;
            }
        }
        let undone = {
            let (course, mut note) = recorder.undoing();
            exec::put_back(&mut self.machine, course, &mut note)
        };
        let undone = match undone {
            Ok(undone) => undone,
            Err(error) => {
                self.terminal.say(&format!("what was done could not be put back: {error}\n"));
                recorder.undone(Ending::Left(vec![error.to_string()]), None);
                return Exit::Left;
            }
        };
        let lines = lines(&undone);
        if lines.is_empty() {
            recorder.undone(Ending::PutBack, undone.renumbered);
            self.terminal.say("everything is as it was before\n");
            return exit;
        }
        self.terminal.say(&told("not everything could be put back", &undone));
        recorder.undone(Ending::Left(lines), undone.renumbered);
        Exit::Left
    }

    /// Takes back the last run, or the one of that number; with `all` also what others did to the same objects since.
    pub fn undo(&mut self, number: Option<u32>, all: bool) -> Exit {
        let Some(journals) = self.journals.clone() else { return Exit::Refused };
        let entry = match number {
            Some(number) => journals.find(number, &Here::now()),
            None => journals
                .list(&Here::now())
                .and_then(|runs| runs.into_iter().rev().find(is_meant).ok_or(JournalError::NoSuch { number: 0 })),
        };
        let entry = match entry {
            Ok(entry) => entry,
            Err(JournalError::NoSuch { number: 0 }) => {
                return self.refuse_undo(
                    Diagnostic::error(Code::NotFound, "there is nothing to undo")
                        .help("`nns log` lists the runs that this machine remembers"),
                );
            }
            Err(error) => return self.refuse_undo(unusable(&error)),
        };
        match why_not(&entry) {
            Some(diagnostic) => self.refuse_undo(diagnostic),
            None => match self.undo_run(&entry, &Called::run(&entry), all) {
                Ok(exit) => exit,
                Err(diagnostic) => self.refuse_undo(diagnostic),
            },
        }
    }

    /// What was cut short is still there, and a check meets it: this says where it is from.
    pub(super) fn tell_cut_short(&mut self) {
        let runs = self.journals.as_ref().map(|journals| journals.list(&Here::now()).unwrap_or_default());
        for entry in runs.unwrap_or_default().iter().filter(|entry| entry.state == State::CutShort && !entry.keep) {
            self.terminal.say(&format!("{} was cut short, and what it did is still there: `nns undo`\n", name(entry)));
        }
    }

    /// What is in the way of a script may be what an earlier run of it made: this says how to get rid of that.
    pub(super) fn tell_in_the_way(&mut self, scripts: &[Script], told: &[Diagnostic]) {
        let was_there = |diagnostic: &Diagnostic| diagnostic.notes.iter().any(|note| note == WAS_THERE);
        let Some(journals) = self.journals.as_ref().filter(|_| told.iter().any(was_there)) else { return };
        let title = self.title(scripts.iter().map(|script| script.source));
        let runs = journals.list(&Here::now()).unwrap_or_default();
        let is_of_these = |entry: &&Entry| entry.title == title && entry.task != Task::Statement && is_meant(entry);
        let Some(entry) = runs.iter().rev().find(is_of_these) else { return };
        let (name, number) = (name(entry), entry.number);
        let text = match &entry.task {
            Task::Apply { .. } => format!(
                "{name} applied this file: `nns apply {title}` changes what is other, `nns undo {number}` takes it back\n"
            ),
            Task::Run | Task::Statement => format!("{name} has not been undone: `nns undo {number}` takes it back\n"),
        };
        self.terminal.say(&text);
    }

    /// Takes back what was cut short: runs whose process was killed. It is told, as nobody asked for it.
    pub(super) fn recover(&mut self) -> Exit {
        let Some(journals) = self.journals.clone().filter(|_| !self.is_recovered) else { return Exit::Done };
        self.is_recovered = true;
        let runs = match journals.list(&Here::now()) {
            Ok(runs) => runs,
            // A run that changes something will say so.
            Err(_) => return Exit::Done,
        };
        for entry in runs.into_iter().rev().filter(|entry| entry.state == State::CutShort && !entry.keep) {
            self.terminal.say(&format!("{} was cut short; it is taken back first\n", name(&entry)));
            match self.undo_run(&entry, &Called::run(&entry), false) {
                Ok(Exit::Done) => {}
                Ok(exit) => return exit,
                Err(diagnostic) => return self.refuse_undo(diagnostic),
            }
        }
        Exit::Done
    }

    pub(super) fn undo_run(&mut self, entry: &Entry, called: &Called, all: bool) -> Result<Exit, Diagnostic> {
        let Some(journals) = self.journals.clone() else { return Ok(Exit::Refused) };
        let held = journals.resume(entry.number).map_err(|error| unusable(&error))?;
        self.take_back(&journals, (entry, called), held, all)
    }

    /// The same, of a journal that is held already.
    pub(super) fn take_back(
        &mut self,
        journals: &Journals,
        (entry, Called { name, all: command }): (&Entry, &Called),
        (mut journal, records): (Journal, Vec<Record>),
        all: bool,
    ) -> Result<Exit, Diagnostic> {
        let Account { mut course, ending, .. } = Account::of(&records).map_err(|error| unusable(&error))?;
        if matches!(ending, Some(Ending::PutBack | Ending::Undone)) {
            // Somebody else was faster.
            self.terminal.say(&format!("{name} is undone already\n"));
            return Ok(Exit::Done);
        }
        let renumbered = journals.renumbered(entry.number, &Here::now()).map_err(|error| unusable(&error))?;
        for (old, new) in &renumbered {
            course.exchange_numbers(old, new);
        }
        let failed = |error| Diagnostic::error(Code::KernelRefused, format!("the network cannot be read: {error}"));
        let look = self.look_at_rest(&course).map_err(failed)?;
        let is_found_out = course.resolve(&look);
        let is_unknown = course.is_doubtful();
        if is_unknown {
            // A program ran, and nobody was there to see what it did.
            course.seen(&look);
        }
        if is_found_out {
            course.recognize(&look);
        }
        // A full disk must not keep anything from being put back, here and below.
        let _ = journal.write(&Record::Undoing { process: std::process::id(), at: now() });
        if is_found_out || is_unknown {
            let _ = journal.write(&Record::Seen(Box::new(course.after().clone())));
            let _ = course.in_part().map(|world| journal.write(&Record::Perhaps(Box::new(world.clone()))));
        }
        let mut note = |op: &crate::ops::Op| {
            let _ = journal.write(&Record::Changes(vec![op.clone()]));
        };
        let undone = exec::undo(&mut self.machine, &course, all, &mut note).map_err(failed)?;
        self.machine.forget_deleted();
        let lines = lines(&undone);
        let how = if lines.is_empty() { Ending::Undone } else { Ending::UndoneInPart(lines.clone()) };
        if let Some(numbers) = &undone.renumbered {
            // Without it, what an earlier run made is left when that is undone.
            let _ = journal.write(&Record::Renumbered(numbers.clone()));
        }
        let ended = end(journal, how);
        if let Err(error) = ended {
            self.terminal.say(&format!("`nns undo` will take it back once more: {error}\n"));
        }
        if lines.is_empty() {
            self.terminal.say(&format!("{name} is undone: everything is as it was before\n"));
            return Ok(Exit::Done);
        }
        self.terminal.say(&told(&format!("{name} is undone in part"), &undone));
        if !undone.kept.is_empty() {
            self.terminal.say(&format!("`{command}` takes that back as well\n"));
        }
        Ok(Exit::Left)
    }

    /// The world as it is, once what the kernel takes away by itself is gone.
    fn look_at_rest(&mut self, course: &Course) -> Result<World, BackendError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let look = exec::look(&mut self.machine, course)?;
            if !course.is_fading(&look) || Instant::now() >= deadline {
                return Ok(look);
            }
            thread::sleep(PAUSE);
        }
    }

    pub(super) fn refuse_undo(&mut self, diagnostic: Diagnostic) -> Exit {
        self.terminal.report(&self.sources, &[diagnostic]);
        Exit::Refused
    }
}

pub(super) fn write(journal: &mut Journal, record: &Record) -> Result<(), Diagnostic> {
    journal.write(record).map_err(|error| unusable(&error))
}

/// `run 3 (lab.nns)`.
pub(super) fn name(entry: &Entry) -> String {
    format!("run {} ({})", entry.number, entry.title)
}

/// Whether somebody who names no run means that one: the last of which there is anything to be taken back. One that cannot
/// be read may be the one; another must not be taken back in its place.
pub(super) fn is_meant(entry: &Entry) -> bool {
    match &entry.state {
        State::CutShort | State::Damaged(_) => true,
        State::Ended(how) => !matches!(how, Ending::PutBack | Ending::Undone),
        State::Running { .. } | State::Forgotten | State::Elsewhere => false,
    }
}

pub(super) fn why_not(entry: &Entry) -> Option<Diagnostic> {
    let name = name(entry);
    let (message, help) = match &entry.state {
        State::Running { process } => {
            (format!("{name} is still going on"), format!("let it end, or end it: `kill {process}` puts it back"))
        }
        State::Forgotten => {
            (format!("the machine was restarted after {name}"), "what it did is gone, as all namespaces are".into())
        }
        State::Elsewhere => (
            format!("{name} was made in another network namespace"),
            "type `nns undo` where it was made: what is here is another network".into(),
        ),
        State::Damaged(why) => (
            format!("the journal of run {} cannot be read: {why}", entry.number),
            "`show` and `netns list` tell what is there now; `nns log` lists other runs, and `nns undo` takes their numbers"
                .into(),
        ),
        State::Ended(Ending::PutBack) => {
            (format!("{name} failed, and what it did was put back at once"), "there is nothing of it to undo".into())
        }
        State::Ended(Ending::Undone) => {
            (format!("{name} is undone already"), "`nns log` lists the runs that can be undone".into())
        }
        State::CutShort | State::Ended(_) => return None,
    };
    Some(Diagnostic::error(Code::CannotUndo, message).help(help))
}

pub(super) fn unusable(error: &JournalError) -> Diagnostic {
    let code = match error {
        JournalError::NoSuch { .. } => Code::NotFound,
        _ => Code::Journal,
    };
    let mut diagnostic = Diagnostic::error(code, error.to_string());
    diagnostic.help = error.help();
    diagnostic
}

/// What is not as it was, a line each.
fn lines(undone: &Undone) -> Vec<String> {
    let mut lines = undone.kept.clone();
    lines.extend(undone.left.iter().cloned());
    lines
}

/// What is not as it was, for people.
fn told(summary: &str, undone: &Undone) -> String {
    let mut text = format!("{summary}; what is left:\n");
    for line in lines(undone) {
        text.push_str(&format!("  {line}\n"));
    }
    for (op, failure) in &undone.refused {
        let words = failure.message.as_ref().map_or_else(String::new, |words| format!(" ({words})"));
        text.push_str(&format!("  `{op}` failed: {}{words}\n", failure.errno.desc()));
    }
    text
}

/// What went wrong outside, as an error without a place.
pub(super) fn told_of(trouble: Trouble) -> Diagnostic {
    match trouble {
        Trouble::NotPermitted { doing } => Diagnostic::error(Code::NotPermitted, format!("{doing}: not permitted")),
        Trouble::Interrupted => Diagnostic::error(Code::Interrupted, "interrupted"),
        Trouble::Failed { code, message, notes, help } => {
            let mut diagnostic = Diagnostic::error(code, message);
            (diagnostic.notes, diagnostic.help) = (notes, help);
            diagnostic
        }
    }
}
