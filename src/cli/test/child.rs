//! Scripts as processes of their own.
//!
//! In: a script. Out: what it printed, and how it ended. The output goes to a file in memory: there nothing waits for a
//! process that the script left behind, and both outputs keep their order.

use std::{
    fs::File,
    io::{self, Read, Seek},
    process::Stdio,
    time::{Duration, Instant},
};

use nix::{
    sys::{
        memfd::{MFdFlags, memfd_create},
        signal::{Signal, kill},
    },
    unistd::Pid,
};
use tokio::{process, select, time};

use super::{
    super::args::Args,
    outcome::{Outcome, Test, judge},
};
use crate::process::interrupt::Interrupt;

/// This program, whatever became of its file since it was started.
const OWN: &str = "/proc/self/exe";

/// How long a script may take to put everything back after it was asked to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// How scripts are started.
pub struct Child {
    options: Vec<String>,
}

impl Child {
    /// Each in a sandbox, with the options that were given.
    pub fn new(args: &Args, color: bool) -> Self {
        let mut options: Vec<String> = ["run", "--sandbox", "--color"].map(String::from).into();
        options.push(if color { "always" } else { "never" }.into());
        if let Some(world) = &args.world {
            options.extend(["--world".into(), world.clone()]);
        }
        if let Some(nic) = &args.nic {
            options.extend(["--nic".into(), nic.to_string()]);
        }
        let flags = [(args.keep_going, "--keep-going"), (args.no_check, "--no-check"), (args.verbose, "--verbose")];
        options.extend(flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag.into()));
        options.push("--".into());
        Self { options }
    }

    /// Starts a script.
    pub fn start(&self, script: &str) -> io::Result<Started> {
        let output = File::from(memfd_create("output", MFdFlags::MFD_CLOEXEC)?);
        let child = process::Command::new(OWN)
            .arg0("nns")
            .args(&self.options)
            .arg(script)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output.try_clone()?)
            .kill_on_drop(true)
            .spawn()?;
        Ok(Started { child, output, begun: Instant::now() })
    }
}

/// A script that runs.
pub struct Started {
    child: process::Child,
    output: File,
    begun: Instant,
}

impl Started {
    /// Waits for its end, which Ctrl-C makes come soon.
    pub async fn wait(mut self, interrupt: &Interrupt) -> io::Result<Test> {
        let status = select! {
            status = self.child.wait() => Some(status?),
            _ = interrupt.wait() => None,
        };
        let time = self.begun.elapsed();
        if status.is_none() {
            self.stop().await?;
        }
        let mut bytes = Vec::new();
        self.output.rewind()?;
        self.output.read_to_end(&mut bytes)?;
        let output = String::from_utf8_lossy(&bytes).into_owned();
        let outcome = status.map_or(Outcome::NotRun, |status| judge(status, &output));
        // The terminal sends Ctrl-C to the script too, which may have ended first.
        let outcome = if interrupt.check().is_some() && outcome != Outcome::Passed { Outcome::NotRun } else { outcome };
        Ok(Test { script: String::new(), outcome, output, time })
    }

    /// Asks it to end, and sees to it.
    async fn stop(&mut self) -> io::Result<()> {
        if let Some(pid) = self.child.id().and_then(|pid| i32::try_from(pid).ok()) {
            // One that has ended by itself is not there to be asked.
            kill(Pid::from_raw(pid), Signal::SIGTERM).ok();
        }
        match time::timeout(PATIENCE, self.child.wait()).await {
            Ok(ended) => ended.map(drop),
            Err(_) => self.child.kill().await,
        }
    }
}
