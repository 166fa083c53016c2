//! Echo requests and replies as ping of iputils (20221126, Debian 12) prints them.
//!
//! In: events and the summary of [`crate::probe::ping`]. Out: lines, each with the stream it goes to.

use std::{io, net::IpAddr, time::Duration};

use nix::errno::Errno;

use crate::probe::ping::{Call, Family, IcmpError, Ping, PingError, PingEvent, PingSummary, Refusal};

/// Bytes of the headers that ping counts in: IPv4 (20) and ICMP (8).
const IPV4_AND_ICMP_BYTES: u32 = 28;
/// From this many bytes of payload on ping has room for a time stamp (`struct timeval`) and tells times.
const TIMED_PAYLOAD_BYTES: u16 = 16;

/// A line, complete with its newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// For standard output.
    Out(String),
    /// For standard error.
    Err(String),
}

/// What ping prints when that happens, if anything.
pub fn render_event(ping: &Ping, quiet: bool, event: &PingEvent) -> Option<Line> {
    match event {
        PingEvent::Started { source } => Some(Line::Out(header(ping, *source))),
        PingEvent::Refused(refusal) => Some(Line::Err(render_refusal(ping.family(), *refusal))),
        PingEvent::Reply { .. } | PingEvent::Error { .. } | PingEvent::SendFailed { .. } if quiet => None,
        PingEvent::Reply { seq, ttl, rtt, from, bytes, duplicate } => {
            let time = if is_timed(ping) { format!(" time={} ms", short_millis(*rtt)) } else { String::new() };
            let mark = if *duplicate { " (DUP!)" } else { "" };
            Some(Line::Out(format!("{bytes} bytes from {from}: icmp_seq={seq} ttl={ttl}{time}{mark}\n")))
        }
        PingEvent::Error { seq, from, error } => {
            Some(Line::Out(format!("From {from} icmp_seq={seq} {}\n", render_icmp_error(*error))))
        }
        PingEvent::SendFailed { errno, .. } => Some(Line::Err(format!("ping: sendmsg: {}\n", strerror(*errno)))),
        PingEvent::Timeout { .. } => None,
    }
}

/// The statistics at the end; nothing where nothing was begun.
pub fn render_summary(ping: &Ping, summary: &PingSummary) -> String {
    if summary.refused.is_some() {
        return String::new();
    }
    let more = |count: u32, what: &str| if count > 0 { format!("+{count} {what}, ") } else { String::new() };
    let mut text = format!(
        "\n--- {} ping statistics ---\n{} packets transmitted, {} received, {}{}{}% packet loss, time {}ms\n",
        ping.target(),
        summary.sent,
        summary.received,
        more(summary.duplicates, "duplicates"),
        more(summary.errors, "errors"),
        six_digits(summary.loss_percent()),
        summary.time.as_millis(),
    );
    let mut last = Vec::new();
    if let Some(times) = summary.round_trips.filter(|_| is_timed(ping)) {
        let [min, avg, max, mdev] = [times.min, times.avg, times.max, times.mdev].map(millis);
        last.push(format!("rtt min/avg/max/mdev = {min}/{avg}/{max}/{mdev} ms"));
    }
    if summary.pipe > 1 {
        last.push(format!("pipe {}", summary.pipe));
    }
    text.push_str(&last.join(", "));
    text.push('\n');
    text
}

/// What ping says where it could not even ask.
pub fn render_error(ping: &Ping, error: &PingError) -> String {
    match error {
        PingError::NoSuchLink { name } if ping.from.as_ref() == Some(name) => {
            format!("ping: SO_BINDTODEVICE {name}: {}\n", strerror(Errno::ENODEV))
        }
        PingError::NoSuchLink { .. } => format!("ping: {}: Name or service not known\n", ping.target()),
        PingError::NotPermitted => format!("ping: socket: {}\n", strerror(Errno::EPERM)),
        PingError::Namespace(_) | PingError::Families { .. } | PingError::System { .. } => format!("ping: {error}\n"),
    }
}

/// ping's exit status: 0 with a reply, 1 without, 2 where nothing could be sent. (2 also for a [`PingError`].)
pub fn exit_status(summary: &PingSummary) -> u8 {
    match (summary.refused, summary.answered()) {
        (Some(_), _) => 2,
        (None, true) => 0,
        (None, false) => 1,
    }
}

/// The words for an error of ICMP, without who reports it.
pub fn render_icmp_error(error: IcmpError) -> String {
    match error.family {
        Family::V4 => icmp_v4(error),
        Family::V6 => icmp_v6(error),
    }
}

fn header(ping: &Ping, source: IpAddr) -> String {
    let (target, size) = (ping.target(), ping.size);
    let from = match &ping.from {
        Some(from) if from.split('%').next().is_some_and(|text| text.parse::<IpAddr>().is_ok()) => {
            format!(" from {source} :")
        }
        Some(link) => format!(" from {source} {link}:"),
        None => String::new(),
    };
    match ping.family() {
        Family::V4 => {
            let total = u32::from(size) + IPV4_AND_ICMP_BYTES;
            format!("PING {target} ({target}){from} {size}({total}) bytes of data.\n")
        }
        Family::V6 => format!("PING {target}({target}){from} {size} data bytes\n"),
    }
}

fn render_refusal(family: Family, refusal: Refusal) -> String {
    let call = match (refusal.call, family) {
        (Call::Connect, Family::V4) if refusal.errno == Errno::EACCES => {
            return "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n".into();
        }
        (Call::Connect, Family::V4 | Family::V6) => "connect",
        (Call::Bind, Family::V4) => "bind",
        (Call::Bind, Family::V6) => "bind icmp socket",
    };
    format!("ping: {call}: {}\n", strerror(refusal.errno))
}

fn is_timed(ping: &Ping) -> bool {
    ping.size >= TIMED_PAYLOAD_BYTES
}

/// Numbers of linux/icmp.h.
fn icmp_v4(error: IcmpError) -> String {
    let words = match (error.kind, error.code) {
        (3, 0) => "Destination Net Unreachable",
        (3, 1) => "Destination Host Unreachable",
        (3, 2) => "Destination Protocol Unreachable",
        (3, 3) => "Destination Port Unreachable",
        (3, 4) => return format!("Frag needed and DF set (mtu = {})", error.info),
        (3, 5) => "Source Route Failed",
        (3, 6) => "Destination Net Unknown",
        (3, 7) => "Destination Host Unknown",
        (3, 8) => "Source Host Isolated",
        (3, 9) => "Destination Net Prohibited",
        (3, 10) => "Destination Host Prohibited",
        (3, 11) => "Destination Net Unreachable for Type of Service",
        (3, 12) => "Destination Host Unreachable for Type of Service",
        (3, 13) => "Packet filtered",
        (3, 14) => "Precedence Violation",
        (3, 15) => "Precedence Cutoff",
        (3, code) => return format!("Dest Unreachable, Bad Code: {code}"),
        (4, _) => "Source Quench",
        (11, 0) => "Time to live exceeded",
        (11, 1) => "Frag reassembly time exceeded",
        (11, code) => return format!("Time exceeded, Bad Code: {code}"),
        (12, _) => return format!("Parameter problem: pointer = {}", error.info),
        (kind, _) => return format!("Bad ICMP type: {kind}"),
    };
    words.into()
}

/// Numbers of linux/icmpv6.h.
fn icmp_v6(error: IcmpError) -> String {
    let (words, detail) = match (error.kind, error.code) {
        (1, 0) => ("Destination unreachable: ", "No route".into()),
        (1, 1) => ("Destination unreachable: ", "Administratively prohibited".into()),
        (1, 2) => ("Destination unreachable: ", "Beyond scope of source address".into()),
        (1, 3) => ("Destination unreachable: ", "Address unreachable".into()),
        (1, 4) => ("Destination unreachable: ", "Port unreachable".into()),
        (1, code) => ("Destination unreachable: ", format!("Unknown code {code}")),
        (2, _) => ("Packet too big: ", format!("mtu={}", error.info)),
        (3, 0) => ("Time exceeded: ", "Hop limit".into()),
        (3, 1) => ("Time exceeded: ", "Defragmentation failure".into()),
        (3, code) => ("Time exceeded: ", format!("code {code}")),
        (4, 0) => ("Parameter problem: ", format!("Wrong header field at {}", error.info)),
        (4, 1) => ("Parameter problem: ", format!("Unknown header at {}", error.info)),
        (4, 2) => ("Parameter problem: ", format!("Unknown option at {}", error.info)),
        (4, code) => ("Parameter problem: ", format!("code {code} at {}", error.info)),
        (kind, _) => ("unknown icmp type: ", kind.to_string()),
    };
    format!("{words}{detail}")
}

/// Milliseconds to the microsecond.
fn millis(time: Duration) -> String {
    format!("{}.{:03}", time.as_millis(), time.subsec_micros() % 1000)
}

/// Milliseconds as ping shows them for a reply: three digits behind the point below 1 ms, fewer as they grow.
fn short_millis(time: Duration) -> String {
    match time.as_micros() {
        micros @ ..1_000 => format!("0.{micros:03}"),
        micros @ 1_000..9_995 => format!("{}.{:02}", (micros + 5) / 1000, (micros + 5) % 1000 / 10),
        micros @ 9_995..99_950 => format!("{}.{:01}", (micros + 50) / 1000, (micros + 50) % 1000 / 100),
        micros => ((micros + 500) / 1000).to_string(),
    }
}

/// A percentage as C's `%g` prints it: at most six digits, no zeros at the end.
fn six_digits(percent: f64) -> String {
    if percent <= 0.0 {
        return "0".into();
    }
    let decimals = match percent {
        ..1.0 => 6,
        1.0..10.0 => 5,
        10.0..100.0 => 4,
        _ => 0,
    };
    let text = format!("{percent:.decimals$}");
    if decimals == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').into() }
}

/// The C library's words for an errno, which are those that ping prints.
fn strerror(errno: Errno) -> String {
    let text = io::Error::from(errno).to_string();
    text.split_once(" (os error").map_or_else(|| text.clone(), |(words, _)| words.into())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::probe::ping::{Host, RoundTrips};

    fn ping(target: &str, from: Option<&str>) -> Ping {
        Ping {
            target: target.parse().unwrap(),
            scope: None,
            count: 3,
            interval: Duration::from_secs(1),
            timeout: Duration::from_secs(1),
            size: 56,
            from: from.map(Into::into),
            until_answer: false,
        }
    }

    fn check(ping: &Ping, events: &[PingEvent], summary: &PingSummary, expected: &Expect) {
        let text = |line| match line {
            Line::Out(text) => text,
            Line::Err(text) => format!("stderr: {text}"),
        };
        let mut shown: String = events.iter().filter_map(|event| render_event(ping, false, event)).map(text).collect();
        shown += &render_summary(ping, summary);
        expected.assert_eq(&shown);
    }

    fn reply(seq: u16, micros: u64) -> PingEvent {
        let from = Host { address: "192.168.15.2".parse().unwrap(), link: None };
        PingEvent::Reply { seq, ttl: 64, rtt: Duration::from_micros(micros), from, bytes: 64, duplicate: seq == 2 }
    }

    #[test]
    fn answered() {
        let events = [
            PingEvent::Started { source: "192.168.15.1".parse().unwrap() },
            reply(1, 45),
            reply(2, 1234),
            reply(3, 100_000),
        ];
        let micros = Duration::from_micros;
        let round_trips = RoundTrips { min: micros(45), avg: micros(33_759), max: micros(100_000), mdev: micros(7) };
        let summary = PingSummary {
            sent: 3,
            received: 3,
            duplicates: 1,
            time: Duration::from_millis(2003),
            round_trips: Some(round_trips),
            pipe: 1,
            ..PingSummary::default()
        };
        assert_eq!(exit_status(&summary), 0);
        check(
            &ping("192.168.15.2", None),
            &events,
            &summary,
            &expect![[r#"
            PING 192.168.15.2 (192.168.15.2) 56(84) bytes of data.
            64 bytes from 192.168.15.2: icmp_seq=1 ttl=64 time=0.045 ms
            64 bytes from 192.168.15.2: icmp_seq=2 ttl=64 time=1.23 ms (DUP!)
            64 bytes from 192.168.15.2: icmp_seq=3 ttl=64 time=100 ms

            --- 192.168.15.2 ping statistics ---
            3 packets transmitted, 3 received, +1 duplicates, 0% packet loss, time 2003ms
            rtt min/avg/max/mdev = 0.045/33.759/100.000/0.007 ms
        "#]],
        );
    }

    #[test]
    fn unreachable() {
        let from = Host { address: "fe80::1".parse().unwrap(), link: Some("veth0".into()) };
        let error = IcmpError { family: Family::V6, kind: 1, code: 3, info: 0 };
        let events = [
            PingEvent::Started { source: "fd00::1".parse().unwrap() },
            PingEvent::Error { seq: 1, from, error },
            PingEvent::SendFailed { seq: 2, errno: Errno::EPERM },
            PingEvent::Timeout { seq: 3 },
        ];
        let summary =
            PingSummary { sent: 3, errors: 1, time: Duration::from_millis(2040), pipe: 3, ..PingSummary::default() };
        assert_eq!(exit_status(&summary), 1);
        check(
            &ping("fd00::9", Some("veth0")),
            &events,
            &summary,
            &expect![[r#"
            PING fd00::9(fd00::9) from fd00::1 veth0: 56 data bytes
            From fe80::1%veth0 icmp_seq=1 Destination unreachable: Address unreachable
            stderr: ping: sendmsg: Operation not permitted

            --- fd00::9 ping statistics ---
            3 packets transmitted, 0 received, +1 errors, 100% packet loss, time 2040ms
            pipe 3
        "#]],
        );
    }

    #[test]
    fn no_way() {
        let refusal = Refusal { call: Call::Connect, errno: Errno::ENETUNREACH };
        let summary = PingSummary { refused: Some(refusal), ..PingSummary::default() };
        assert_eq!(exit_status(&summary), 2);
        check(
            &ping("8.8.8.8", None),
            &[PingEvent::Refused(refusal)],
            &summary,
            &expect![[r#"
            stderr: ping: connect: Network is unreachable
        "#]],
        );
    }

    #[test]
    fn numbers_have_the_digits_of_ping() {
        let shown = |micros| short_millis(Duration::from_micros(micros));
        assert_eq!([0, 999, 1000, 9994, 9995].map(shown), ["0.000", "0.999", "1.00", "9.99", "10.0"]);
        assert_eq!([99_949, 99_950, 1_234_567].map(shown), ["99.9", "100", "1235"]);
        let loss = |percent| six_digits(percent);
        assert_eq!(
            [0.0, 100.0, 50.0, 100.0 / 3.0, 200.0 / 3.0, 1.25].map(loss),
            ["0", "100", "50", "33.3333", "66.6667", "1.25"]
        );
    }

    #[test]
    fn quiet_leaves_out_single_answers() {
        let ping = ping("192.168.15.2", None);
        assert_eq!(render_event(&ping, true, &reply(1, 45)), None);
        let started = PingEvent::Started { source: "192.168.15.1".parse().unwrap() };
        assert!(render_event(&ping, true, &started).is_some());
    }
}
