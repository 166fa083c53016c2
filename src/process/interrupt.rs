//! Ctrl-C, SIGTERM and SIGHUP as values that can be asked for and waited for.
//!
//! In: the signals of the process. Out: [`Interrupt`], whose clones all see the same. A signal never ends `nns` by
//! itself once [`Interrupt::install`] was called: it is noted, the statement that is running ends, and the script is
//! put back.
//!
//! A second signal during that does not break it off, for half a rollback is worse than either end of it. Nor is it
//! swallowed: the notice given to [`Interrupt::when_repeated`] tells the user what goes on. Whoever wants it to stop
//! at once has SIGQUIT (Ctrl-\) and SIGKILL, which are left alone; the journal then still knows what is to be undone.

use std::{
    fmt, fs, io,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use tokio::{
    runtime::Builder,
    select,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// What asked `nns` to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C at the terminal, which sends it to the programs in the foreground too.
    Interrupt,
    /// SIGTERM, sent to `nns` alone.
    Terminate,
    /// SIGHUP: the terminal is gone, or the connection behind it.
    HangUp,
}

impl Signal {
    /// The exit status by which shells tell of it: 128 and the signal's number.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
            Self::HangUp => 129,
        }
    }
}

/// As signal(7) calls it.
impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
            Self::HangUp => "SIGHUP",
        })
    }
}

/// What has come since the last [`Interrupt::clear`].
#[derive(Clone, Copy, Debug, Default)]
struct Received {
    first: Option<Signal>,
    terminations: u32,
}

/// What is done about a signal that is not the first.
type Notice = Box<dyn Fn(Signal) + Send>;

/// The signals that ask to stop. Clones share what was received.
#[derive(Clone)]
pub struct Interrupt {
    received: Arc<watch::Sender<Received>>,
    on_repeat: Arc<Mutex<Option<Notice>>>,
}

impl Interrupt {
    /// Catches SIGINT, SIGTERM and SIGHUP from now on, on a thread of its own; SIGHUP only where it is not ignored, as
    /// it is behind nohup(1). To be called after a sandbox was entered: the
    /// kernel lets only a process with one thread into a new user namespace.
    pub fn install() -> io::Result<Self> {
        let interrupt = Self::never();
        let noted = interrupt.clone();
        let (ready, started) = mpsc::channel();
        let listen = move || match listen(&noted, &ready) {
            Ok(never) => match never {},
            // The other end is gone only if `install` is, and then nobody wants to know.
            Err(error) => drop(ready.send(Err(error))),
        };
        thread::Builder::new().name("signals".into()).spawn(listen)?;
        started.recv().unwrap_or_else(|_| Err(io::Error::other("the thread that waits for signals died")))?;
        Ok(interrupt)
    }

    /// One that no signal of the process reaches; [`Interrupt::note`] still does.
    pub fn never() -> Self {
        Self { received: Arc::new(watch::Sender::new(Received::default())), on_repeat: Arc::default() }
    }

    /// The first signal received, if there was one.
    pub fn check(&self) -> Option<Signal> {
        self.received.borrow().first
    }

    /// Waits for the first signal; at once if it is there already.
    pub async fn wait(&self) -> Signal {
        self.expect(|received| received.first).await
    }

    /// Waits until more than `seen` SIGTERMs, or signals that count as one, were received, and says how many.
    pub async fn terminated_beyond(&self, seen: u32) -> u32 {
        self.expect(|received| (received.terminations > seen).then_some(received.terminations)).await
    }

    /// Forgets what was received: the script that it stopped is put back, and the next line of a session may run.
    pub fn clear(&self) {
        self.received.send_replace(Received::default());
    }

    /// What to do about a signal that comes while an earlier one is being dealt with. It runs on the thread that
    /// waits for signals.
    pub fn when_repeated(&self, notice: impl Fn(Signal) + Send + 'static) {
        *self.on_repeat.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(notice));
    }

    /// Takes note of a signal, as if it had been received.
    pub fn note(&self, signal: Signal) {
        let mut repeated = false;
        self.received.send_modify(|received| {
            repeated = received.first.is_some();
            received.first.get_or_insert(signal);
            received.terminations += u32::from(signal != Signal::Interrupt);
        });
        if !repeated {
            return;
        }
        if let Some(notice) = &*self.on_repeat.lock().unwrap_or_else(PoisonError::into_inner) {
            notice(signal);
        }
    }

    async fn expect<T>(&self, wanted: impl Fn(&Received) -> Option<T>) -> T {
        let mut received = self.received.subscribe();
        loop {
            if let Some(found) = wanted(&received.borrow_and_update()) {
                return found;
            }
            received.changed().await.expect("the sender is a field of `self`");
        }
    }
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupt").field("received", &*self.received.borrow()).finish_non_exhaustive()
    }
}

/// Notes signals for as long as the process lives; returns only when it cannot begin to.
fn listen(interrupt: &Interrupt, ready: &mpsc::Sender<io::Result<()>>) -> io::Result<std::convert::Infallible> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut interrupts = signal(SignalKind::interrupt())?;
        let mut terminations = signal(SignalKind::terminate())?;
        let mut hang_ups = if is_hang_up_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
        ready.send(Ok(())).map_err(io::Error::other)?;
        loop {
            let signal = select! {
                _ = interrupts.recv() => Signal::Interrupt,
                _ = terminations.recv() => Signal::Terminate,
                Some(_) = async { hang_ups.as_mut()?.recv().await } => Signal::HangUp,
            };
            interrupt.note(signal);
        }
    })
}

/// Whether this process was started with SIGHUP ignored (`SigIgn` in proc(5)).
fn is_hang_up_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let hex = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // The first signal is the lowest bit.
    hex.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).is_some_and(|bits| bits & 1 == 1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::process::runtime;

    #[test]
    fn the_first_signal_is_the_reason() {
        let interrupt = Interrupt::never();
        let clone = interrupt.clone();
        assert_eq!(clone.check(), None);
        interrupt.note(Signal::Terminate);
        interrupt.note(Signal::Interrupt);
        assert_eq!(clone.check(), Some(Signal::Terminate));
        clone.clear();
        assert_eq!(interrupt.check(), None);
    }

    #[test]
    fn only_repeated_signals_are_noticed() {
        let interrupt = Interrupt::never();
        let (tell, told) = mpsc::channel();
        interrupt.when_repeated(move |signal| tell.send(signal).unwrap());
        interrupt.note(Signal::Interrupt);
        assert!(told.try_recv().is_err());
        interrupt.note(Signal::Interrupt);
        assert_eq!(told.try_recv(), Ok(Signal::Interrupt));
    }

    #[test]
    fn wakes_who_waits_on_another_thread() {
        let interrupt = Interrupt::never();
        let sender = interrupt.clone();
        let thread = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            sender.note(Signal::Terminate);
        });
        let runtime = runtime().unwrap();
        assert_eq!(runtime.block_on(interrupt.wait()), Signal::Terminate);
        assert_eq!(runtime.block_on(interrupt.terminated_beyond(0)), 1);
        let more = runtime
            .block_on(async { tokio::time::timeout(Duration::from_millis(20), interrupt.terminated_beyond(1)).await });
        assert!(more.is_err(), "one was received, not two");
        thread.join().unwrap();
    }
}
