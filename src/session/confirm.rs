//! `--confirm` and `nns confirm`: what is to stay only if somebody says so in time.
//!
//! In: a time, and perhaps a claim; later the word of a person. Out: a run that stays, or one that its guard takes back.
//! Who confirms and who takes back hold the journal while they look: only one of them comes first.

use std::{thread, time::Duration};

use super::{
    Dried, Exit, Machine, Session,
    guard::Guard,
    recorder::Recorder,
    undo::{Called, name, unusable, write},
};
use crate::{
    codes::Code,
    diag::Diagnostic,
    eval::{FailureKind, State},
    exec::journal::{Confirm, Ending, Entry, Here, Journals, Record, State as Fate},
    model::World,
    process::interrupt::Signal,
};

/// What the text of a claim is called in messages.
pub const CLAIM: &str = "--confirm";

/// How often it is looked whether a guard has decided.
const TICK: Duration = Duration::from_millis(20);

impl<B: Machine> Session<B> {
    /// From now on runs are taken back unless somebody says that they are to stay.
    pub fn ask_to_confirm(&mut self, confirm: Confirm) {
        self.confirm = Some(confirm);
    }

    /// Says what is wrong with the claim that is to confirm a run, as far as it can be known before it begins; `after` is
    /// the world that the run leads to.
    pub(super) fn check_claim(&mut self, after: impl FnOnce(&mut Self) -> World) -> Result<(), Exit> {
        let Some(claim) = self.confirm.as_ref().and_then(|confirm| confirm.when.clone()) else { return Ok(()) };
        let source = self.add(CLAIM, &format!("expect {claim}"));
        let claim = self.parse(&[source]).map_err(|()| Exit::Refused)?;
        // It knows none of the scripts' names.
        let after = State::new(after(self));
        let before = std::mem::replace(&mut self.state, after);
        let Dried { mut ended, plan, .. } = self.dry_run(&claim);
        self.state = before;
        if plan.segments.iter().any(|segment| !segment.steps.is_empty()) {
            let diagnostic = Diagnostic::error(Code::Usage, "the claim behind `when` changes something")
                .help("what it does would be done again and again while it is waited for: put it into the script");
            self.terminal.report(&self.sources, &[diagnostic]);
            return Err(Exit::Refused);
        }
        // That it does not hold yet is no mistake.
        let is_wrong = |failure: &FailureKind| match failure {
            FailureKind::Words | FailureKind::Requirement | FailureKind::Endless | FailureKind::Exit(_) => true,
            FailureKind::Refused => !self.options.no_check,
            FailureKind::Expectation | FailureKind::NotPermitted | FailureKind::Interrupted => false,
        };
        if !ended.failures.iter().any(is_wrong) {
            return Ok(());
        }
        ended.diagnostics.retain(|diagnostic| diagnostic.code != Code::ExpectationFailed);
        self.terminal.report(&self.sources, &ended.diagnostics);
        Err(Exit::of_check(&ended.failures))
    }

    /// A run is over: says what happens unless it is confirmed, or waits for the claim that confirms it.
    pub(super) fn until_confirmed(&mut self, recorder: Recorder, exit: Exit) -> Exit {
        let guard = recorder.into_guard();
        let (Some(confirm), Exit::Done, Some(journals)) = (self.confirm.clone(), exit, self.journals.clone()) else {
            return exit;
        };
        let entry = guard.as_ref().and_then(|guard| journals.find(guard.number(), &Here::now()).ok());
        let (Some(guard), Some(entry)) = (guard, entry) else {
            self.terminal.say("nothing was changed: there is nothing to confirm\n");
            return exit;
        };
        if matches!(entry.state, Fate::CutShort | Fate::Running { .. }) {
            // To the guard it is as if the run had been killed.
            self.terminal.say("that the run is done could not be written down: it is taken back at once\n");
            return Exit::Failed;
        }
        let within = seconds(confirm.within);
        let Some(claim) = confirm.when else {
            self.terminal.say(&format!("everything is taken back in {within} unless you type: nns confirm\n"));
            return exit;
        };
        self.terminal.say(&format!("everything is taken back in {within} unless {claim} holds\n"));
        self.await_guard(guard, &journals, &entry, &claim, &within)
    }

    fn await_guard(&mut self, mut guard: Guard, journals: &Journals, entry: &Entry, claim: &str, within: &str) -> Exit {
        let ended = loop {
            match guard.ended() {
                Ok(None) => {}
                Ok(Some(status)) => break status.code(),
                Err(_) => break None,
            }
            match self.interrupt.check() {
                None => thread::sleep(TICK),
                // Without its terminal the run is what its guard is there for.
                Some(Signal::HangUp) => return Exit::Failed,
                Some(Signal::Interrupt | Signal::Terminate) => {
                    return match self.undo_run(entry, &Called::run(entry), false) {
                        Ok(Exit::Done) => Exit::Failed,
                        Ok(exit) => exit,
                        Err(diagnostic) => self.refuse_undo(diagnostic),
                    };
                }
            }
        };
        let name = name(entry);
        let found = journals.find(entry.number, &Here::now());
        let is = |exit: Exit| ended == Some(i32::from(exit.code()));
        let (told, exit) = match found {
            Ok(Entry { confirmed: true, .. }) if is(Exit::Done) => (format!("{claim} holds: kept\n"), Exit::Done),
            Ok(Entry { confirmed: true, undoing: false, .. }) => (format!("{name} stays\n"), Exit::Done),
            Ok(Entry { unconfirmed: true, state: Fate::Ended(Ending::Undone), .. }) => {
                let told = format!("{claim} did not hold within {within}: everything is as it was before\n");
                (told, Exit::Expectation)
            }
            Ok(Entry { unconfirmed: true, state: Fate::Ended(Ending::UndoneInPart(left)), number, .. }) => {
                let left: String = left.iter().map(|line| format!("  {line}\n")).collect();
                let told = format!(
                    "{claim} did not hold within {within}, and not everything could be put back; what is left:\n{left}"
                );
                (format!("{told}`nns undo {number} --all` takes back what others changed as well\n"), Exit::Left)
            }
            Ok(Entry { undoing: true, state: Fate::Ended(_), .. }) => {
                (format!("{name} was taken back by somebody else\n"), Exit::Failed)
            }
            Ok(_) | Err(_) => {
                let number = entry.number;
                let told = format!("whoever was to take {name} back is gone: nothing happens by itself any more\n");
                (format!("{told}type `nns confirm {number}`, or `nns undo {number}`\n"), Exit::Left)
            }
        };
        self.terminal.say(&told);
        exit
    }
}

/// A run is to stay: that of this number, or the last one that waits for it. Gives what to say.
pub fn confirm(journals: &Journals, number: Option<u32>) -> Result<String, Diagnostic> {
    let here = Here::now();
    let entry = match number {
        Some(number) => journals.find(number, &here).map_err(|error| unusable(&error))?,
        None => {
            let runs = journals.list(&here).map_err(|error| unusable(&error))?;
            // Where nobody is waited for, the last one that was to be confirmed is what is meant.
            let waiting = runs.iter().rev().find(|entry| entry.confirm_until().is_some());
            let asked = waiting.or_else(|| runs.iter().rev().find(|entry| entry.confirm.is_some()));
            asked.cloned().ok_or_else(|| {
                Diagnostic::error(Code::NotFound, "there is nothing to confirm")
                    .help("`nns lab.nns --confirm 60s` makes a run that is taken back unless you type `nns confirm`")
            })?
        }
    };
    confirm_held(journals, entry.number)?;
    Ok(format!("{} stays\n", name(&entry)))
}

/// Writes down that a run is to stay, unless somebody was faster.
pub fn confirm_held(journals: &Journals, number: u32) -> Result<(), Diagnostic> {
    let (held, busy) = match journals.resume(number) {
        Ok((journal, _)) => (Some(journal), None),
        Err(error) => (None, Some(error)),
    };
    let entry = journals.find(number, &Here::now()).map_err(|error| unusable(&error))?;
    match (held, busy) {
        (Some(mut journal), _) if entry.confirm_until().is_some() => write(&mut journal, &Record::Confirmed),
        (None, Some(error)) if !matches!(entry.state, Fate::Running { .. }) => Err(unusable(&error)),
        _ => Err(why_not(&entry)),
    }
}

/// Why it is of no use to say that a run is to stay.
fn why_not(entry: &Entry) -> Diagnostic {
    let name = name(entry);
    let Some(confirm) = &entry.confirm else {
        return Diagnostic::error(Code::CannotConfirm, format!("{name} waits for nobody"))
            .help("it stays as it is; only runs with `--confirm` are taken back by themselves");
    };
    let within = seconds(confirm.within);
    let (message, help) = match &entry.state {
        Fate::Running { .. } if entry.undoing => {
            (format!("too late: {name} is being taken back"), "`nns log` tells what comes of it")
        }
        Fate::Running { .. } => (format!("{name} is still going on"), "confirm it when it has ended"),
        _ if entry.unconfirmed => {
            let help = "run the script again, with more time if that was too little";
            (format!("too late: {name} was taken back, as nobody confirmed it within {within}"), help)
        }
        Fate::Ended(Ending::PutBack | Ending::Left(_)) => {
            (format!("{name} failed, and what it did was put back at once"), "there is nothing of it to confirm")
        }
        _ if entry.undoing => (format!("{name} was taken back already"), "run the script again"),
        _ if entry.confirmed => (format!("{name} is confirmed already"), "it stays until somebody types `nns undo`"),
        Fate::CutShort => (format!("{name} was cut short"), "it is taken back, by its guard or by the next run"),
        Fate::Forgotten => (format!("the machine was restarted after {name}"), "what it did is gone"),
        Fate::Elsewhere => (format!("{name} was made in another network namespace"), "confirm it where it was made"),
        Fate::Ended(_) | Fate::Damaged(_) => {
            (format!("{name} cannot be confirmed"), "`nns log` tells what became of it")
        }
    };
    Diagnostic::error(Code::CannotConfirm, message).help(help)
}

/// `60 s`.
fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
