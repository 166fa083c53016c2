use std::{collections::BTreeMap, fs::File, io, net::UdpSocket, os::fd::OwnedFd, time::Duration};

use nix::errno::Errno;
use tokio::{
    io::Interest,
    select,
    time::{Instant, sleep_until},
};

use super::{
    Ping, PingError, PingEvent, PingSummary, Refusal, RoundTrips, refusal,
    socket::{EchoSocket, Incoming, OpenError},
};
use crate::process::interrupt::Interrupt;

/// The shortest and the longest time between two requests, or two attempts to open a conversation, while one answer is
/// waited for.
const EAGER_INTERVALS: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(200));
/// How often a request is sent anew after the errno of an earlier one came in the way.
const MAX_RESENDS: u32 = 4;

/// Sends echo requests from the namespace and tells what comes of them, as it happens. With no namespace they are
/// sent from that of this thread. Ends with the last answer or timeout, or when a signal comes.
pub async fn ping(
    ping: &Ping,
    ns: Option<&File>,
    interrupt: &Interrupt,
    mut on_event: impl FnMut(PingEvent),
) -> Result<PingSummary, PingError> {
    let deadline = Instant::now() + ping.timeout;
    let socket = match open(ping, ns, interrupt, deadline).await? {
        Opened::Yes(socket) => socket,
        Opened::Refused(refusal) => {
            on_event(PingEvent::Refused(refusal));
            return Ok(PingSummary { refused: Some(refusal), ..PingSummary::default() });
        }
        Opened::Interrupted => return Ok(PingSummary { interrupted: true, ..PingSummary::default() }),
    };
    on_event(PingEvent::Started { source: socket.source });
    let mut conversation = Conversation::new(ping, deadline, on_event);
    conversation.hold(socket, interrupt).await?;
    Ok(conversation.summary())
}

enum Opened {
    Yes(EchoSocket),
    Refused(Refusal),
    Interrupted,
}

/// Opens the conversation. Where one answer is waited for, a refusal that may pass is tried again until the deadline.
async fn open(ping: &Ping, ns: Option<&File>, interrupt: &Interrupt, deadline: Instant) -> Result<Opened, PingError> {
    let pause = interval(ping);
    loop {
        let refusal = match EchoSocket::open(ping, ns) {
            Ok(socket) => return Ok(Opened::Yes(socket)),
            Err(OpenError::Failed(error)) => return Err(error),
            Err(OpenError::Refused(refusal)) => refusal,
        };
        let retry = Instant::now() + pause;
        if !ping.until_answer || retry >= deadline || refusal::is_final(ping.family(), refusal.errno) {
            return Ok(Opened::Refused(refusal));
        }
        select! {
            _ = interrupt.wait() => return Ok(Opened::Interrupted),
            () = sleep_until(retry) => {}
        }
    }
}

/// Lets the runtime watch a socket. Its type for UDP takes any socket that knows datagrams, and of it only the readiness
/// is used.
fn watch(socket: &EchoSocket) -> io::Result<tokio::net::UdpSocket> {
    let clone: OwnedFd = socket.socket.try_clone()?.into();
    tokio::net::UdpSocket::from_std(UdpSocket::from(clone))
}

/// The time from one request to the next.
fn interval(ping: &Ping) -> Duration {
    let (shortest, longest) = EAGER_INTERVALS;
    if ping.until_answer { ping.interval.clamp(shortest, longest) } else { ping.interval }
}

/// What is known of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Nothing yet.
    Waiting,
    /// Nothing, in time; a late reply still counts.
    Overdue,
    /// There was a reply.
    Answered,
    /// It was refused, for a reason that lasts or that may pass.
    Refused { is_final: bool },
}

#[derive(Clone, Copy, Debug)]
struct Request {
    sent_at: Instant,
    fate: Fate,
}

struct Conversation<'a, F> {
    ping: &'a Ping,
    deadline: Instant,
    on_event: F,
    /// The last 65,536 requests: beyond that, sequence numbers come again.
    requests: BTreeMap<u16, Request>,
    times: Vec<Duration>,
    first_sent: Option<Instant>,
    last_sent: Option<Instant>,
    summary: PingSummary,
}

impl<'a, F: FnMut(PingEvent)> Conversation<'a, F> {
    fn new(ping: &'a Ping, deadline: Instant, on_event: F) -> Self {
        Self {
            ping,
            deadline,
            on_event,
            requests: BTreeMap::new(),
            times: Vec::new(),
            first_sent: None,
            last_sent: None,
            summary: PingSummary::default(),
        }
    }

    fn summary(self) -> PingSummary {
        let time = self.last_sent.zip(self.first_sent).map(|(last, first)| last - first);
        PingSummary { time: time.unwrap_or_default(), round_trips: RoundTrips::of(&self.times), ..self.summary }
    }

    async fn hold(&mut self, socket: EchoSocket, interrupt: &Interrupt) -> Result<(), PingError> {
        let system = |doing| move |source| PingError::System { doing, source };
        let watched = watch(&socket).map_err(system("waiting for answers"))?;
        let mut next_send = Instant::now();
        let mut failure = None;
        loop {
            if let Some(failure) = failure {
                return Err(failure);
            }
            if self.is_sending() && Instant::now() >= next_send {
                self.send(&socket)?;
                next_send = self.next_send(next_send);
            }
            self.expire();
            let Some(wake) = self.wake(next_send) else { return Ok(()) };
            select! {
                biased;
                _ = interrupt.wait() => {
                    self.summary.interrupted = true;
                    return Ok(());
                }
                ready = watched.ready(Interest::READABLE | Interest::ERROR) => {
                    ready.map_err(system("waiting for answers"))?;
                    // Readiness is forgotten only where nothing is left, and for one interest at a time.
                    for interest in [Interest::READABLE, Interest::ERROR] {
                        let drain = || {
                            failure = failure.take().or(self.receive(&socket).err());
                            Err::<(), _>(io::Error::from(io::ErrorKind::WouldBlock))
                        };
                        watched.try_io(interest, drain).ok();
                    }
                }
                () = sleep_until(wake) => {}
            }
        }
    }

    /// Whether a request is still to be sent.
    fn is_sending(&self) -> bool {
        if self.ping.until_answer { Instant::now() < self.deadline } else { self.summary.sent < self.ping.count }
    }

    fn next_send(&self, this_send: Instant) -> Instant {
        let interval = interval(self.ping);
        // After a pause of the whole machine there is no burst to make up for it.
        (this_send + interval).max(Instant::now() + interval / 2)
    }

    /// When there is something to do next; `None` when it is over.
    fn wake(&self, next_send: Instant) -> Option<Instant> {
        let waiting = self.requests.values().filter(|request| request.fate == Fate::Waiting);
        let overdue = waiting.map(|request| self.overdue(request)).min();
        if self.ping.until_answer {
            let is_final = |request: &Request| request.fate == Fate::Refused { is_final: true };
            let refused = !self.requests.is_empty() && self.requests.values().all(is_final);
            let over = self.summary.answered() || refused || Instant::now() >= self.deadline;
            return (!over).then(|| next_send.min(self.deadline));
        }
        let next_send = self.is_sending().then_some(next_send);
        next_send.into_iter().chain(overdue).min()
    }

    fn overdue(&self, request: &Request) -> Instant {
        if self.ping.until_answer { self.deadline } else { request.sent_at + self.ping.timeout }
    }

    fn expire(&mut self) {
        let now = Instant::now();
        let late = |request: &Request| request.fate == Fate::Waiting && now >= self.overdue(request);
        let late: Vec<u16> = self.requests.iter().filter(|(_, request)| late(request)).map(|(&seq, _)| seq).collect();
        for seq in late {
            self.settle(seq, Fate::Overdue);
            (self.on_event)(PingEvent::Timeout { seq });
        }
    }

    fn settle(&mut self, seq: u16, fate: Fate) {
        if let Some(request) = self.requests.get_mut(&seq) {
            request.fate = fate;
        }
    }

    fn send(&mut self, socket: &EchoSocket) -> Result<(), PingError> {
        self.summary.sent += 1;
        let seq = self.last_seq();
        let sent_at = Instant::now();
        self.first_sent.get_or_insert(sent_at);
        self.last_sent = Some(sent_at);
        self.requests.insert(seq, Request { sent_at, fate: Fate::Waiting });
        let mut sent = socket.send(seq);
        // The errno may be that of an earlier request, whose story is in the error queue.
        for _ in 0..MAX_RESENDS {
            if sent.is_ok() || !self.receive(socket)? {
                break;
            }
            sent = socket.send(seq);
        }
        if let Err(errno) = sent {
            self.settle(seq, Fate::Refused { is_final: refusal::is_final(self.ping.family(), errno) });
            (self.on_event)(PingEvent::SendFailed { seq, errno });
        }
        Ok(())
    }

    /// The sequence number of the request sent last.
    fn last_seq(&self) -> u16 {
        let [low, high, _, _] = self.summary.sent.to_le_bytes();
        u16::from_le_bytes([low, high])
    }

    /// Takes in all that has come; says whether anything had.
    fn receive(&mut self, socket: &EchoSocket) -> Result<bool, PingError> {
        let failed = |errno: Errno| PingError::System { doing: "reading answers", source: errno.into() };
        let mut any = false;
        while let Some(incoming) = socket.receive().map_err(failed)? {
            any = true;
            self.take_in(incoming);
        }
        Ok(any)
    }

    fn take_in(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Reply { seq, ttl, from, bytes } => {
                let Some(request) = self.requests.get(&seq).copied() else { return };
                let rtt = request.sent_at.elapsed();
                let duplicate = request.fate == Fate::Answered;
                if duplicate {
                    self.summary.duplicates += 1;
                } else {
                    self.summary.received += 1;
                }
                self.times.push(rtt);
                self.acknowledge(seq);
                self.settle(seq, Fate::Answered);
                (self.on_event)(PingEvent::Reply { seq, ttl, rtt, from, bytes, duplicate });
            }
            Incoming::Error { seq, from, error } => {
                let Some(request) = self.requests.get(&seq).copied() else { return };
                self.summary.errors += 1;
                self.acknowledge(seq);
                if request.fate != Fate::Answered {
                    self.settle(seq, Fate::Refused { is_final: error.is_final() });
                }
                (self.on_event)(PingEvent::Error { seq, from, error });
            }
        }
    }

    fn acknowledge(&mut self, seq: u16) {
        let under_way = self.last_seq().wrapping_sub(seq).saturating_add(1);
        self.summary.pipe = self.summary.pipe.max(under_way);
    }
}
