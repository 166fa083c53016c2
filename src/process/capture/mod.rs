//! Captures: the packets that pass a link, written into a file while the script goes on.
//!
//! In: a link's name, the handle of a namespace, a file. Out: a [`Capture`], which goes on until as many packets came as
//! were asked for, the link is gone, or it is ended. The socket is opened by a thread that visits the namespace; the
//! thread that reads from it stays outside.
//!
//! Invariants: what passes the link after [`open`] is in the file. When a capture has ended, everything that was
//! received until then was written, and its socket is closed, so that nothing keeps the namespace from going. Whoever
//! reads the file meanwhile sees whole packets, and a moment later than the link.
//!
//! The link is not made promiscuous: a veth and a bridge hand over everything that reaches them anyway.

mod pcap;
mod socket;

use std::{
    fs::File,
    io::{self, ErrorKind, Write},
    net,
    thread::{self, JoinHandle},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use nix::errno::Errno;
pub use socket::{OpenError, Source, open};
use tokio::{
    io::Interest,
    net::UdpSocket,
    runtime::{Builder, Runtime},
    select,
    sync::oneshot,
    time::sleep,
};

use super::{interrupt::Interrupt, runtime};

/// How much is read before it is written.
const BATCH_BYTES: usize = 1 << 20;

/// How often a link that is down is looked for; nobody tells when it goes away.
const LOOK: Duration = Duration::from_millis(50);

/// What is kept of what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many packets; then the capture ends.
    pub count: Option<u32>,
    /// How many bytes of each.
    pub snaplen: u32,
}

/// What a capture came to.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Kept {
    /// How many packets are in the file.
    pub packets: u64,
    /// How many more there would be if they had been read sooner; at least so many.
    pub dropped: u32,
    /// Why it ended before its time.
    pub trouble: Option<String>,
}

/// A capture. It ends when it is dropped.
#[derive(Debug)]
pub struct Capture {
    stop: Option<oneshot::Sender<()>>,
    reader: Option<JoinHandle<()>>,
    ended: oneshot::Receiver<Kept>,
    kept: Option<Kept>,
}

impl Capture {
    /// Begins to write what passes into the file, which is empty.
    pub fn start(source: Source, mut file: File, limits: Limits) -> io::Result<Self> {
        file.write_all(&pcap::header(source.link_type, limits.snaplen))?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let (tell, ended) = oneshot::channel();
        let room = vec![0; limits.snaplen as usize];
        let reader = Reader { source, file, limits, room, batch: Vec::new(), is_down: false, kept: Kept::default() };
        let read = move || {
            let kept = reader.run(&runtime, stopped);
            // Perhaps nobody waits for it.
            tell.send(kept).ok();
        };
        let reader = thread::Builder::new().name("capture".into()).spawn(read)?;
        Ok(Self { stop: Some(stop), reader: Some(reader), ended, kept: None })
    }

    /// Ends it, unless it has ended; what it came to.
    pub fn end(&mut self) -> Kept {
        // The sender's end is enough of a word.
        drop(self.stop.take());
        if let Some(reader) = self.reader.take() {
            // One that panicked has ended too.
            reader.join().ok();
        }
        let ended = &mut self.ended;
        self.kept.get_or_insert_with(|| ended.try_recv().unwrap_or_default()).clone()
    }

    /// Waits for its end, but not beyond that point in time; `None` where it goes on, or a signal came first.
    pub fn wait_until(&mut self, until: Option<Instant>, interrupt: &Interrupt) -> io::Result<Option<Kept>> {
        if self.kept.is_some() {
            return Ok(self.kept.clone());
        }
        runtime()?.block_on(async {
            select! {
                biased;
                kept = &mut self.ended => self.kept = Some(kept.unwrap_or_default()),
                _ = interrupt.wait() => {}
                () = super::until(until) => {}
            }
        });
        Ok(self.kept.clone())
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.end();
    }
}

/// What becomes of a capture after a batch.
enum Next {
    /// There may be more to read.
    More,
    /// There is nothing to read now.
    Wait,
    /// It has ended.
    End,
}

/// What the thread of a capture works with.
struct Reader {
    source: Source,
    file: File,
    limits: Limits,
    room: Vec<u8>,
    batch: Vec<u8>,
    /// The link was set down, and nothing came since.
    is_down: bool,
    kept: Kept,
}

impl Reader {
    fn run(mut self, runtime: &Runtime, stopped: oneshot::Receiver<()>) -> Kept {
        if let Err(error) = runtime.block_on(self.read_until(stopped)) {
            self.kept.trouble = Some(error.to_string());
        }
        self.kept.dropped = self.source.dropped;
        self.kept
    }

    async fn read_until(&mut self, mut stopped: oneshot::Receiver<()>) -> io::Result<()> {
        // Only what it is waited for with speaks of UDP.
        let socket = net::UdpSocket::from(self.source.socket().try_clone()?);
        let socket = UdpSocket::from_std(socket)?;
        loop {
            // Both at once could be waited for, but not be taken note of.
            let ready = select! {
                biased;
                _ = &mut stopped => return self.read_rest(),
                ready = socket.ready(Interest::READABLE) => ready.map(|_| Some(Interest::READABLE))?,
                ready = socket.ready(Interest::ERROR) => ready.map(|_| Some(Interest::ERROR))?,
                () = sleep(LOOK), if self.is_down => None,
            };
            let mut read = || match self.read_batch(None) {
                Ok(Next::Wait) => Err(ErrorKind::WouldBlock.into()),
                read => read,
            };
            let read = match ready {
                Some(interest) => socket.try_io(interest, read),
                None => read(),
            };
            match read {
                Ok(Next::End) => return Ok(()),
                Ok(Next::More | Next::Wait) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// What came until now: what comes while it is read need not be waited for.
    fn read_rest(&mut self) -> io::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::MAX);
        while let Next::More = self.read_batch(Some(now))? {}
        Ok(())
    }

    /// Reads what waits, and writes it all at once.
    fn read_batch(&mut self, until: Option<Duration>) -> io::Result<Next> {
        let mut packets = 0;
        let next = loop {
            if self.limits.count.is_some_and(|count| self.kept.packets + packets >= count.into()) {
                break Ok(Next::End);
            }
            if self.batch.len() >= BATCH_BYTES {
                break Ok(Next::More);
            }
            match self.source.read(&mut self.room) {
                Ok(Some(packet)) if until.is_some_and(|until| packet.time > until) => break Ok(Next::End),
                Ok(Some(packet)) => {
                    self.is_down = false;
                    let kept = &self.room[..packet.length.min(self.room.len())];
                    pcap::packet(&mut self.batch, packet.time, kept, packet.length);
                    packets += 1;
                }
                Ok(None) => {}
                Err(error) => match error.raw_os_error().map(Errno::from_raw) {
                    Some(Errno::EINTR) => {}
                    // It stands in front of what came before it.
                    Some(Errno::ENETDOWN) => self.is_down = true,
                    Some(Errno::EAGAIN) if self.is_down && self.source.is_gone() => break Ok(Next::End),
                    Some(Errno::EAGAIN) => break Ok(Next::Wait),
                    Some(Errno::ENODEV | Errno::ENXIO) => break Ok(Next::End),
                    _ => break Err(error),
                },
            }
        };
        self.file.write_all(&self.batch)?;
        self.batch.clear();
        self.kept.packets += packets;
        next
    }
}
