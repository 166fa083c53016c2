//! The captures of a session.
//!
//! In: what is to be captured, and the handle of its namespace. Out: a [`Capturing`], and what is to be told of it.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileTypeExt,
    time::Instant,
};

use crate::{
    codes::Code,
    commands,
    eval::{Trouble, place},
    net::NsRef,
    process::{
        capture::{self, Capture, Kept, Limits, OpenError},
        interrupt::Interrupt,
    },
};

/// A capture that has begun.
pub struct Capturing {
    what: commands::Capture,
    capture: Capture,
}

impl Capturing {
    /// Begins one, of a link of the namespace behind the handle; without one, of that of this thread. When this returns,
    /// no packet is missed any more.
    pub fn start(what: &commands::Capture, handle: Option<&File>) -> Result<Self, Trouble> {
        let path = &what.file.value;
        let source = capture::open(what.link.value.as_str(), handle).map_err(|error| explain(&error, what))?;
        let limits = Limits { count: what.count, snaplen: what.snaplen };
        let capture = create(path).and_then(|file| Capture::start(source, file, limits));
        let unwritable = |error| Trouble::failed(Code::Input, format!("`{path}` cannot be written: {error}"));
        Ok(Self { what: what.clone(), capture: capture.map_err(unwritable)? })
    }

    /// Whether it is of a link of that namespace.
    pub fn is_in(&self, ns: &NsRef) -> bool {
        self.what.ns == *ns
    }

    /// Ends it, unless it has ended.
    pub fn end(&mut self) {
        self.capture.end();
    }

    /// Waits for its end, but not beyond that point in time; whether it holds all that was asked for, `None` where it
    /// goes on.
    pub fn wait_until(&mut self, until: Option<Instant>, interrupt: &Interrupt) -> io::Result<Option<bool>> {
        let kept = self.capture.wait_until(until, interrupt)?;
        let is_whole =
            |kept: Kept| kept.trouble.is_none() && self.what.count.is_none_or(|count| kept.packets >= count.into());
        Ok(kept.map(is_whole))
    }

    /// Ends it; gives what it came to.
    pub fn told(&mut self) -> String {
        let kept = self.capture.end();
        let (link, file) = (&self.what.link.value, &self.what.file.value);
        let plural = if kept.packets == 1 { "" } else { "s" };
        format!("captured {} packet{plural} of `{link}`: {file}{}\n", kept.packets, lacks(&kept))
    }

    /// Ends it; gives what it came to where something is missing from the file, and else nothing.
    pub fn complaint(&mut self) -> String {
        let is_whole = lacks(&self.capture.end()).is_empty();
        if is_whole { String::new() } else { self.told() }
    }
}

/// What is missing from the file.
fn lacks(kept: &Kept) -> String {
    let dropped = (kept.dropped > 0)
        .then(|| format!("; the kernel dropped {} or more, which came faster than they were written", kept.dropped));
    let trouble = kept.trouble.as_ref().map(|trouble| format!("; it ended early: {trouble}"));
    [dropped, trouble].into_iter().flatten().collect()
}

/// What nobody reads from would keep whoever writes it waiting.
fn create(path: &str) -> io::Result<File> {
    let is_pipe = fs::metadata(path).is_ok_and(|file| file.file_type().is_fifo());
    if is_pipe { Err(io::Error::other("it is a pipe, not a file")) } else { File::create(path) }
}

fn explain(error: &OpenError, what: &commands::Capture) -> Trouble {
    let (link, ns) = (&what.link.value, place(&what.ns));
    let is_forbidden = |error: &io::Error| error.kind() == io::ErrorKind::PermissionDenied;
    match error {
        OpenError::NoSuchLink => Trouble::failed(Code::NotFound, format!("there is no link `{link}` in {ns}")),
        OpenError::System(error) if is_forbidden(error) => {
            Trouble::NotPermitted { doing: format!("capturing what passes `{link}`") }
        }
        OpenError::HardwareType(_) | OpenError::System(_) => {
            Trouble::failed(Code::KernelRefused, format!("link `{link}` in {ns} cannot be captured: {error}"))
        }
    }
}
