//! Waiting until something may have changed.
//!
//! In: descriptors that become readable then. Out: whether that happened before a point in time. Nothing here sleeps
//! for a while and looks again, but where the caller says that nobody tells of such changes.

use std::{
    future::poll_fn,
    io,
    os::fd::OwnedFd,
    path::Path,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use tokio::{
    io::{AsyncRead, ReadBuf},
    net::unix::pipe::Receiver,
    select,
    time::sleep_until,
};

use crate::{
    codes::Code,
    eval::Trouble,
    process::{interrupt::Interrupt, runtime},
};

/// Something to be told of changes by.
#[derive(Debug)]
pub struct Watch {
    /// Netlink sockets and such, which are read as pipes are.
    descriptors: Vec<Receiver>,
    /// Whether it is worth looking again even if nothing was heard.
    tick: Option<Duration>,
}

impl Watch {
    /// Hears of what these tell of.
    pub fn new(descriptors: Vec<OwnedFd>) -> Result<Self, Trouble> {
        let runtime = runtime().map_err(|error| failed(&error))?;
        let _guard = runtime.enter();
        let register = |descriptor| Receiver::from_owned_fd_unchecked(descriptor).map_err(|error| failed(&error));
        Ok(Self { descriptors: descriptors.into_iter().map(register).collect::<Result<_, _>>()?, tick: None })
    }

    /// Hears of a file: its directory tells when it comes, goes, or is written to.
    pub fn file(path: &str) -> Result<Self, Trouble> {
        let directory = Path::new(path).parent().filter(|parent| !parent.as_os_str().is_empty());
        let flags = AddWatchFlags::IN_CREATE
            | AddWatchFlags::IN_DELETE
            | AddWatchFlags::IN_MOVE
            | AddWatchFlags::IN_MODIFY
            | AddWatchFlags::IN_CLOSE_WRITE;
        let watched = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).and_then(|inotify| {
            inotify.add_watch(directory.unwrap_or(Path::new(".")), flags)?;
            Ok(inotify)
        });
        match watched {
            Ok(inotify) => Self::new(vec![inotify.into()]),
            // There is no such directory yet, or no such thing as a change of it, as under /proc.
            Err(_) => Self::new(Vec::new()),
        }
    }

    /// Looks again after that time, too, since not every change is told of.
    pub fn with_tick(self, tick: Duration) -> Self {
        Self { tick: Some(tick), ..self }
    }

    /// Waits until something may have changed, or until that point in time; whether something may have.
    pub fn wait(&mut self, until: Instant, interrupt: &Interrupt) -> Result<bool, Trouble> {
        let now = Instant::now();
        let (until, ticks) = match self.tick.map(|tick| now + tick) {
            Some(next) if next < until => (next, true),
            Some(_) | None => (until, false),
        };
        if self.descriptors.is_empty() && !ticks {
            // Nobody would ever tell.
            return Ok(false);
        }
        runtime().map_err(|error| failed(&error))?.block_on(async {
            select! {
                biased;
                _ = interrupt.wait() => Err(Trouble::Interrupted),
                () = self.readable() => Ok(true),
                () = sleep_until(until.into()) => Ok(ticks),
            }
        })
    }

    /// Until one of them can be read; what can be read is thrown away.
    async fn readable(&mut self) {
        let mut buffer = [0; 8192];
        poll_fn(|context| {
            let mut heard = false;
            for descriptor in &mut self.descriptors {
                heard |= drain(descriptor, &mut buffer, context);
            }
            if heard { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// Reads all that is there; whether there was something.
fn drain(descriptor: &mut Receiver, buffer: &mut [u8], context: &mut Context<'_>) -> bool {
    let mut heard = false;
    loop {
        let mut read = ReadBuf::new(buffer);
        match Pin::new(&mut *descriptor).poll_read(context, &mut read) {
            Poll::Ready(Ok(())) if !read.filled().is_empty() => heard = true,
            // What did not fit (`ENOBUFS`) was something, too.
            Poll::Ready(Err(_)) => return true,
            Poll::Ready(Ok(())) | Poll::Pending => return heard,
        }
    }
}

fn failed(error: &io::Error) -> Trouble {
    Trouble::failed(Code::Input, format!("waiting for changes: {error}"))
}
