//! The process that takes a run back unless it is confirmed in time.
//!
//! In: the number of a run that goes on. Out: the run stays, or is taken back, whatever became of the process that made
//! it and of its terminal. Invariants: it watches before the first change is made, and decides with the journal in its
//! hand; the end of the time counts, however long a claim takes to be looked at.

use std::{
    io::{self, Read, Write},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use nix::unistd::{dup2_stdout, setsid};

use super::{
    Exit, Machine, Options, Session, Terminal,
    confirm::{CLAIM, confirm_held},
    recorder::now,
    undo::{Called, unusable, write},
};
use crate::{
    diag::Diagnostic,
    exec::journal::{Ending, Entry, Follower, Here, Journals, Record, State},
    process::interrupt::{Interrupt, Signal},
};

/// The subcommand that does what stands here.
pub const SUBCOMMAND: &str = "guard";

/// This program, whatever became of its file since it was started.
const OWN: &str = "/proc/self/exe";

/// How often the journal is looked at.
const TICK: Duration = Duration::from_millis(100);

/// How long after a claim did not hold it is looked at again.
const PAUSE: Duration = Duration::from_millis(200);

/// How often it is tried to take a run back, and how long is waited in between.
const ATTEMPTS: usize = 10;
const BETWEEN: Duration = Duration::from_secs(1);

/// The guard of a run, as the process that makes the run sees it.
pub struct Guard {
    number: u32,
    child: Child,
}

impl Guard {
    /// Starts one, and waits until it watches.
    pub fn start(number: u32) -> io::Result<Self> {
        let mut child = Command::new(OWN)
            .arg0("nns")
            .args([SUBCOMMAND, &number.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let ready = child.stdout.take().map_or(Ok(0), |mut pipe| pipe.read(&mut [0]));
        match ready {
            Ok(1..) => Ok(Self { number, child }),
            Ok(0) | Err(_) => {
                // It is gone, or to go.
                let _ = child.kill();
                let ended = child.wait()?;
                Err(io::Error::other(format!("it ended at once ({ended})")))
            }
        }
    }

    /// The number of its run.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }
}

/// What a guard goes by.
enum Outlook {
    /// Somebody is waited for.
    Waiting,
    /// Its process is gone without a word.
    CutShort,
    /// Nothing is left to be done.
    Settled,
}

impl<B: Machine + 'static> Session<B> {
    /// Watches over a run: [`Exit::Done`] where its claim holds and it stays, [`Exit::Expectation`] where it was taken
    /// back, [`Exit::Left`] where that could be done in part only, [`Exit::Failed`] where there was nothing to do. What
    /// `machine` gives is what the claim is looked at with, on a thread of its own.
    pub fn guard(&mut self, number: u32, machine: impl FnOnce() -> Option<B> + Send + 'static) -> Exit {
        let Some(journals) = self.journals.clone() else { return Exit::Refused };
        let Ok(follower) = journals.follow(number) else { return Exit::Refused };
        if is_apart().is_err() || follower.wait().is_err() {
            return Exit::Refused;
        }
        let ended = Instant::now();
        let stop = Interrupt::never();
        let Ok(entry) = journals.find(number, &Here::now()) else { return Exit::Failed };
        let Some(confirm) = &entry.confirm else { return Exit::Failed };
        match outlook(&entry) {
            Outlook::CutShort => self.take_back_unasked(&journals, &entry),
            Outlook::Settled => Exit::Failed,
            Outlook::Waiting => {
                let claim = confirm.when.clone().map(|claim| watch(claim, machine, &stop));
                // A time that never ends is one that nobody lives to see.
                let deadline = ended.checked_add(confirm.within);
                let exit = self.decide(&journals, &follower, &entry, claim.as_ref(), deadline);
                // What the claim runs is not left behind.
                stop.note(Signal::Terminate);
                if let Some(claim) = claim {
                    let _ = claim.recv_timeout(BETWEEN);
                }
                exit
            }
        }
    }

    fn decide(
        &mut self,
        journals: &Journals,
        follower: &Follower,
        entry: &Entry,
        claim: Option<&Receiver<()>>,
        deadline: Option<Instant>,
    ) -> Exit {
        let mut seen = None;
        let mut holds = false;
        loop {
            let length = follower.length().ok().flatten();
            if length != seen {
                seen = length;
                // Whoever writes it may be taking it back.
                let found = follower.wait().ok().and_then(|()| journals.find(entry.number, &Here::now()).ok());
                match found.as_ref().map(|found| (outlook(found), found)) {
                    Some((Outlook::Waiting, _)) => {}
                    Some((Outlook::CutShort, found)) => return self.take_back_unasked(journals, found),
                    Some((Outlook::Settled, _)) | None => return Exit::Failed,
                }
            }
            // Who wants the guard gone does not know what the run needs: better taken back now than never.
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) || self.interrupt.check().is_some() {
                return self.take_back_unasked(journals, entry);
            }
            let left = deadline.map_or(TICK, |deadline| deadline.saturating_duration_since(Instant::now()));
            match claim.map(|claim| claim.recv_timeout(left.min(TICK))) {
                Some(Ok(())) => holds = true,
                Some(Err(RecvTimeoutError::Timeout)) => {}
                Some(Err(RecvTimeoutError::Disconnected)) | None => thread::sleep(left.min(TICK)),
            }
            if holds && confirm_held(journals, entry.number).is_ok() {
                return Exit::Done;
            }
        }
    }

    /// Takes a run back, and leaves word of it.
    fn take_back_unasked(&mut self, journals: &Journals, entry: &Entry) -> Exit {
        let mut failure = None;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                thread::sleep(BETWEEN);
            }
            match self.try_take_back(journals, entry) {
                Ok(exit) => return exit,
                Err(diagnostic) => failure = Some(diagnostic.message),
            }
        }
        if let (Some(why), Ok((mut journal, _))) = (failure, journals.resume(entry.number)) {
            // Where this cannot be written, nothing can.
            let _ = write(&mut journal, &Record::Ended { how: Ending::UndoneInPart(vec![why]), at: now() });
        }
        Exit::Left
    }

    fn try_take_back(&mut self, journals: &Journals, entry: &Entry) -> Result<Exit, Diagnostic> {
        let (mut journal, records) = journals.resume(entry.number).map_err(|error| unusable(&error))?;
        let found = journals.find(entry.number, &Here::now()).map_err(|error| unusable(&error))?;
        let was_cut_short = entry.state == State::CutShort;
        if !was_cut_short && !found.unconfirmed {
            if found.confirm_until().is_none() {
                // Somebody was faster.
                return Ok(Exit::Failed);
            }
            write(&mut journal, &Record::Unconfirmed)?;
        }
        let exit = self.take_back(journals, (entry, &Called::run(entry)), (journal, records), false)?;
        Ok(if exit == Exit::Done { Exit::Expectation } else { exit })
    }
}

/// Away from the terminal and from whoever is told when this process watches.
fn is_apart() -> io::Result<()> {
    // It leads a session already where somebody typed it by hand.
    let _ = setsid();
    io::stdout().write_all(b"\n")?;
    io::stdout().flush()?;
    Ok(dup2_stdout(std::fs::File::options().write(true).open("/dev/null")?)?)
}

fn outlook(entry: &Entry) -> Outlook {
    match &entry.state {
        State::CutShort => Outlook::CutShort,
        // It is looked at again when there is news of whoever writes it.
        State::Running { .. } => Outlook::Waiting,
        State::Ended(_) if entry.confirm_until().is_some() => Outlook::Waiting,
        State::Ended(_) | State::Forgotten | State::Elsewhere | State::Damaged(_) => Outlook::Settled,
    }
}

/// Looks at a claim again and again, and tells when it holds.
fn watch<B: Machine>(
    claim: String,
    machine: impl FnOnce() -> Option<B> + Send + 'static,
    stop: &Interrupt,
) -> Receiver<()> {
    let (tell, told) = mpsc::channel();
    let stop = stop.clone();
    thread::spawn(move || {
        let Some(machine) = machine() else { return };
        // It was checked before the run began; and what it sees must never be put back, as the run itself may be by then.
        let options = Options { no_check: true, keep: true, ..Options::default() };
        let mut session = Session::new(machine, options, Terminal::new(io::sink(), io::sink()), stop.clone());
        let source = session.add(CLAIM, &format!("expect {claim}"));
        while stop.check().is_none() {
            if session.run(&[source]) == Exit::Done {
                // Who is not there any more need not know.
                let _ = tell.send(());
                return;
            }
            thread::sleep(PAUSE);
        }
    });
    told
}
