use std::{
    fs::File,
    net::SocketAddr,
    time::{Duration, Instant},
};

use nix::errno::Errno;
use tokio::{select, time::sleep_until};

use super::Terminal;
use crate::{
    codes::Code,
    commands::{Endpoint, Expectation, PingRequest},
    eval::{Sinks, Status, Trouble, Verdict},
    probe::{
        ping::{Ping, PingError, PingEvent, PingSummary, ping as send},
        port::{PortAnswer, PortError},
        tcp, udp,
    },
    process::{interrupt::Interrupt, runtime},
    report::ping::{self as render, Line},
};

/// How long a connection, or the answer to a datagram, may take where no time was given.
const PORT_LIMIT: Duration = Duration::from_secs(3);

/// How long after an answer that is not the expected one a port is asked again.
const AGAIN: Duration = Duration::from_millis(50);

/// How long an answer that is expected may take where no time was given: the kernel repeats a lost first ARP request
/// after a second, and gives the neighbour up after three.
const PATIENCE: Duration = Duration::from_secs(3);

/// Sends echo requests and prints what ping(8) prints.
pub fn ping(
    request: &PingRequest,
    ns: Option<&File>,
    interrupt: &Interrupt,
    terminal: &mut Terminal,
    sinks: &Sinks,
) -> Result<Status, Trouble> {
    let ping = Ping::from(request);
    let mut written = Ok(());
    let mut print = |line: Line| {
        let (sink, text) = match &line {
            Line::Out(text) => (&sinks.output, text),
            Line::Err(text) => (&sinks.errors, text),
        };
        if written.is_ok() {
            written = terminal.write(sink, text);
        }
    };
    let summary = converse(&ping, ns, interrupt, |event| {
        if let Some(line) = render::render_event(&ping, request.quiet, &event) {
            print(line);
        }
    });
    match summary {
        Ok(summary) => {
            print(Line::Out(render::render_summary(&ping, &summary)));
            written?;
            if summary.interrupted { Err(Trouble::Interrupted) } else { Ok(Status::of(summary.answered())) }
        }
        Err(Asking::Ping(error)) => {
            terminal.write(&sinks.errors, &render::render_error(&ping, &error))?;
            match error {
                PingError::NotPermitted => Err(Trouble::NotPermitted { doing: "sending echo requests".into() }),
                PingError::Namespace(_)
                | PingError::NoSuchLink { .. }
                | PingError::Families { .. }
                | PingError::System { .. } => Ok(Status::Failure),
            }
        }
        Err(Asking::Trouble(trouble)) => Err(trouble),
    }
}

/// Whether the target answers.
pub fn verify_ping(
    request: &PingRequest,
    expectation: &Expectation,
    ns: Option<&File>,
    interrupt: &Interrupt,
) -> Result<Verdict, Trouble> {
    let timeout = match (expectation.within, expectation.negated) {
        (Duration::ZERO, true) => request.timeout,
        (within, true) => within,
        (within, false) => request.timeout.max(within).max(PATIENCE),
    };
    let ping = Ping { until_answer: true, timeout, ..Ping::from(request) };
    let mut seen: Vec<String> = Vec::new();
    let mut note = |line: Option<Line>| {
        if let Some(Line::Out(text) | Line::Err(text)) = line
            && !seen.iter().any(|known| known == text.trim_end())
        {
            seen.push(text.trim_end().into());
        }
    };
    let summary = converse(&ping, ns, interrupt, |event| match event {
        PingEvent::Started { .. } | PingEvent::Timeout { .. } => {}
        PingEvent::Reply { .. } => note(render::render_event(&ping, false, &event)),
        PingEvent::Error { from, error, .. } => {
            note(Some(Line::Out(format!("{} (said {from})", render::render_icmp_error(error)))));
        }
        PingEvent::Refused(refusal) => note(Some(Line::Out(no_way(refusal.errno)))),
        PingEvent::SendFailed { errno, .. } => note(Some(Line::Out(no_way(errno)))),
    });
    let summary = match summary {
        Ok(summary) => summary,
        Err(Asking::Ping(PingError::NotPermitted)) => {
            return Err(Trouble::NotPermitted { doing: "sending echo requests".into() });
        }
        Err(Asking::Ping(error)) => return Ok(Verdict::Fails { seen: vec![error.to_string()] }),
        Err(Asking::Trouble(trouble)) => return Err(trouble),
    };
    if summary.interrupted {
        return Err(Trouble::Interrupted);
    }
    if summary.answered() != expectation.negated {
        return Ok(Verdict::Holds);
    }
    if seen.is_empty() {
        seen.push(format!("no answer from {} within {} s", ping.target(), timeout.as_secs_f32()));
    }
    Ok(Verdict::Fails { seen })
}

/// Whether something accepts connections.
pub fn verify_tcp(
    target: &Endpoint,
    expectation: &Expectation,
    ns: Option<&File>,
    interrupt: &Interrupt,
) -> Result<Verdict, Trouble> {
    again_and_again(expectation, interrupt, |limit| {
        let answer = reactor()?.block_on(tcp::connect(target.clone(), ns, limit, interrupt));
        judge_port(target, expectation, answer, ["accepted a connection", "refused the connection"])
    })
}

/// Whether something answers datagrams.
pub fn verify_udp(
    target: &Endpoint,
    expectation: &Expectation,
    ns: Option<&File>,
    interrupt: &Interrupt,
) -> Result<Verdict, Trouble> {
    again_and_again(expectation, interrupt, |limit| {
        let answer = reactor()?.block_on(udp::ask(target.clone(), ns, limit, interrupt));
        judge_port(target, expectation, answer, ["answered", "refused the datagram"])
    })
}

/// Asks a port until the claim holds or its time is over: no kernel tells of a program that begins or ends to listen. If
/// no time was given, it is asked once.
fn again_and_again(
    expectation: &Expectation,
    interrupt: &Interrupt,
    mut ask: impl FnMut(Duration) -> Result<Verdict, Trouble>,
) -> Result<Verdict, Trouble> {
    if expectation.within.is_zero() {
        return ask(PORT_LIMIT);
    }
    let deadline = Instant::now() + expectation.within;
    loop {
        let verdict = ask(deadline.saturating_duration_since(Instant::now()))?;
        let again = Instant::now() + AGAIN;
        if verdict == Verdict::Holds || again >= deadline {
            return Ok(verdict);
        }
        reactor()?.block_on(async {
            select! {
                _ = interrupt.wait() => Err(Trouble::Interrupted),
                () = sleep_until(again.into()) => Ok(()),
            }
        })?;
    }
}

fn port_limit(expectation: &Expectation) -> Duration {
    if expectation.within.is_zero() { PORT_LIMIT } else { expectation.within }
}

/// `words` are what an open port does, and what one does that is not.
fn judge_port(
    target: &Endpoint,
    expectation: &Expectation,
    answer: Result<PortAnswer, PortError>,
    [does, does_not]: [&str; 2],
) -> Result<Verdict, Trouble> {
    let at = SocketAddr::new(target.address, target.port);
    let (is_open, seen) = match answer.map_err(|error| Trouble::failed(Code::Input, error.to_string()))? {
        PortAnswer::Open { time } => (true, format!("{at} {does} after {time:.1?}")),
        PortAnswer::Refused => (false, format!("{at} {does_not}: nothing listens on the port")),
        PortAnswer::TimedOut => {
            (false, format!("no answer from {at} within {} s", port_limit(expectation).as_secs_f32()))
        }
        PortAnswer::Unreachable(errno) => (false, no_way(errno)),
        PortAnswer::Interrupted => return Err(Trouble::Interrupted),
    };
    Ok(if is_open == expectation.negated { Verdict::Fails { seen: vec![seen] } } else { Verdict::Holds })
}

enum Asking {
    Ping(PingError),
    Trouble(Trouble),
}

fn converse(
    ping: &Ping,
    ns: Option<&File>,
    interrupt: &Interrupt,
    on_event: impl FnMut(PingEvent),
) -> Result<PingSummary, Asking> {
    reactor().map_err(Asking::Trouble)?.block_on(send(ping, ns, interrupt, on_event)).map_err(Asking::Ping)
}

fn reactor() -> Result<&'static tokio::runtime::Runtime, Trouble> {
    runtime().map_err(|error| Trouble::failed(Code::Input, format!("starting the event loop: {error}")))
}

/// The kernel's refusal to send, in words.
fn no_way(errno: Errno) -> String {
    match errno {
        Errno::ENETUNREACH => "no route leads there (network is unreachable)".into(),
        Errno::EHOSTUNREACH => "destination host unreachable".into(),
        Errno::EADDRNOTAVAIL => "there is no address to send from".into(),
        other => format!("the kernel does not send it: {}", other.desc().to_lowercase()),
    }
}
