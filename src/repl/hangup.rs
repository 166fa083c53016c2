use std::{
    fs::File,
    io,
    os::fd::{AsFd, OwnedFd},
    thread,
};

use nix::{
    sys::{
        signal::{Signal, kill},
        termios::{SetArg, Termios, tcgetattr, tcsetattr},
    },
    unistd::{Pid, dup2_stdin},
};
use tokio::runtime::Builder;

use crate::process::interrupt::Interrupt;

/// The end of a terminal, or of its user's patience: who waits for a line must not wait on when SIGHUP or SIGTERM has come.
/// Nothing but the end of its input makes the line editor return, so that is what it gets; it then leaves the terminal as it
/// was found, which this does.
pub struct HangUp {
    terminal: OwnedFd,
    mode: Termios,
}

impl HangUp {
    /// Watches from now on; nothing where there is no terminal.
    pub fn watch(interrupt: &Interrupt) -> Option<Self> {
        let terminal = io::stdin().as_fd().try_clone_to_owned().ok()?;
        let mode = tcgetattr(&terminal).ok()?;
        let interrupt = interrupt.clone();
        let wait = move || {
            let Ok(runtime) = Builder::new_current_thread().build() else { return };
            runtime.block_on(interrupt.terminated_beyond(0));
            // What is read from now on has ended, and who reads just now is woken by what tells of a new size of the window.
            let ended = File::open("/dev/null").map(dup2_stdin);
            if let Ok(Ok(())) = ended {
                let _ = kill(Pid::this(), Signal::SIGWINCH);
            }
        };
        thread::Builder::new().name("hang-up".into()).spawn(wait).ok()?;
        Some(Self { terminal, mode })
    }

    /// The terminal is as it was when this began.
    pub fn restore(&self) {
        // It may be gone.
        let _ = tcsetattr(&self.terminal, SetArg::TCSADRAIN, &self.mode);
    }
}
