use std::{net::IpAddr, time::Duration};

use super::{
    act::{Act, PingRequest},
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Param},
    value::{self, Value, ValueError},
};
use crate::{net::NsRef, source::Spanned};

/// How many echoes are sent when nobody says: a script is not a terminal that is watched until Ctrl-C.
pub const DEFAULT_COUNT: u32 = 3;

/// The time between two of them.
pub const DEFAULT_INTERVAL: Duration = Duration::from_millis(200);

/// How long an answer is waited for when nobody says.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(1);

/// Bytes of payload when nobody says, as iputils has it: 64 with the ICMP header.
pub const DEFAULT_SIZE: u16 = 56;

/// The time between two echoes when a count is given, as iputils has it.
const COUNTED_INTERVAL: Duration = Duration::from_secs(1);

/// The longest payload that fits an IPv4 packet, `65535 - 20 - 8` bytes.
const MAX_SIZE: u16 = 65_507;

/// `ping [-c N] … ADDRESS`
pub const PING: CommandSpec = CommandSpec {
    noun: "ping",
    verb: "",
    aliases: &[],
    summary: "send echo requests from the current namespace, three when no count is given",
    params: &[
        Param::letter("c", Value::Number, "how many"),
        Param::letter("i", Value::Seconds, "the time between two"),
        Param::letter("W", Value::Seconds, "how long an answer is waited for"),
        Param::letter("w", Value::Seconds, "how long it may take altogether"),
        Param::letter("s", Value::Number, "bytes of payload"),
        Param::letter("I", Value::Text, "the link or address to send from"),
        Param::letter("q", Value::Nothing, "only the summary"),
        Param::letter("n", Value::Nothing, "numbers in place of names, as always"),
        Param::letter("4", Value::Nothing, "only to IPv4 addresses"),
        Param::letter("6", Value::Nothing, "only to IPv6 addresses").without(&["4"]),
        Param::letter("a", Value::Nothing, "audible").not_yet(),
        Param::letter("A", Value::Nothing, "as fast as answers come").not_yet(),
        Param::letter("b", Value::Nothing, "to a broadcast address").not_yet(),
        Param::letter("B", Value::Nothing, "keep the source address").not_yet(),
        Param::letter("C", Value::Nothing, "connect the socket").not_yet(),
        Param::letter("d", Value::Nothing, "debug the socket").not_yet(),
        Param::letter("D", Value::Nothing, "print the time").not_yet(),
        Param::letter("e", Value::Text, "the identifier").not_yet(),
        Param::letter("f", Value::Nothing, "flood").not_yet(),
        Param::letter("F", Value::Text, "the flow label").not_yet(),
        Param::letter("l", Value::Text, "send some at once").not_yet(),
        Param::letter("L", Value::Nothing, "no multicast to oneself").not_yet(),
        Param::letter("m", Value::Text, "the mark").not_yet(),
        Param::letter("M", Value::Text, "whether to fragment").not_yet(),
        Param::letter("N", Value::Text, "node information").not_yet(),
        Param::letter("O", Value::Nothing, "tell of missing answers").not_yet(),
        Param::letter("p", Value::Text, "what the payload is made of").not_yet(),
        Param::letter("Q", Value::Text, "the class of traffic").not_yet(),
        Param::letter("R", Value::Nothing, "record the route").not_yet(),
        Param::letter("S", Value::Text, "the buffer of the socket").not_yet(),
        Param::letter("t", Value::Text, "the time to live").not_yet(),
        Param::letter("T", Value::Text, "timestamps").not_yet(),
        Param::letter("U", Value::Nothing, "measure to the program").not_yet(),
        Param::letter("v", Value::Nothing, "tell more").not_yet(),
        Param::letter("V", Value::Nothing, "the version").not_yet(),
        Param::positional("address", &[], Value::PingTarget, "to whom").required(),
    ],
    examples: &["ping 192.168.15.2", "ping -c 1 -W 1 192.168.15.2", "ping -c1 fe80::1%veth0"],
    lower: lower_ping,
};

/// Echo requests with nothing asked for but the target.
pub fn request(ns: NsRef, target: Spanned<IpAddr>) -> PingRequest {
    PingRequest {
        ns,
        target,
        count: DEFAULT_COUNT,
        interval: DEFAULT_INTERVAL,
        timeout: DEFAULT_TIMEOUT,
        size: DEFAULT_SIZE,
        from: None,
        quiet: false,
        until_answer: false,
    }
}

fn lower_ping(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    bound.exclusive()?;
    let target = bound.need("address", value::ping_target)?;
    let (address, zone) = target.value;
    let address = Spanned::new(address, target.span);
    for (letter, ipv6) in [("4", false), ("6", true)] {
        if bound.has(letter) && address.value.is_ipv6() != ipv6 {
            return Err(UsageError::OtherFamily { ipv6, address });
        }
    }
    let mut request = request(context.ns.clone(), address);
    if let Some(count) = bound.value("c", count)? {
        request.count = count;
        request.interval = COUNTED_INTERVAL;
    }
    if let Some(interval) = bound.value("i", value::seconds)? {
        request.interval = interval;
    }
    if let Some(timeout) = bound.value("W", value::seconds)? {
        request.timeout = timeout;
    }
    if let Some(deadline) = bound.value("w", value::seconds)? {
        keep_deadline(&mut request, deadline, bound.has("c"), bound.has("i"));
    }
    if let Some(size) = bound.value("s", size)? {
        request.size = size;
    }
    request.from = bound.text("I").map(|from| from.value.clone()).or(zone.map(|link| link.to_string()));
    request.quiet = bound.has("q");
    Ok(Act::Ping(request))
}

/// Sends no more echoes than there is time for. With a deadline alone iputils sends until it is over.
fn keep_deadline(request: &mut PingRequest, deadline: Duration, counted: bool, paced: bool) {
    if !counted && !paced {
        request.interval = COUNTED_INTERVAL;
    }
    let interval = request.interval.max(Duration::from_millis(1));
    let fitting = u32::try_from(deadline.as_millis().div_ceil(interval.as_millis())).unwrap_or(u32::MAX).max(1);
    request.count = if counted { request.count.min(fitting) } else { fitting };
    request.timeout = request.timeout.min(deadline);
}

fn count(text: &str) -> Result<u32, ValueError> {
    match value::number(text)? {
        0 => Err(ValueError::Form { text: text.into(), wanted: "a number of echoes, one at least" }),
        count => Ok(count),
    }
}

fn size(text: &str) -> Result<u16, ValueError> {
    match u16::try_from(value::number(text)?) {
        Ok(size) if size <= MAX_SIZE => Ok(size),
        Ok(_) | Err(_) => Err(ValueError::Form { text: text.into(), wanted: "a number of bytes up to 65507" }),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn requests() {
        check(
            &[
                "ping 10.0.0.1",
                "ping -c 1 10.0.0.1",
                "ping -c1 10.0.0.1 -W2",
                "ping 10.0.0.1 -qnc 4 -i 0.2",
                "ping -w 3 10.0.0.1",
                "ping -6 -I veth0 fe80::1 -s 1400",
                "ping fe80::1%veth0",
            ],
            expect![[r#"
                > ping 10.0.0.1
                Ping(PingRequest { ns: Host, target: Spanned { value: 10.0.0.1, span: 0:5..13 }, count: 3, interval: 200ms, timeout: 1s, size: 56, from: None, quiet: false, until_answer: false })
                > ping -c 1 10.0.0.1
                Ping(PingRequest { ns: Host, target: Spanned { value: 10.0.0.1, span: 0:10..18 }, count: 1, interval: 1s, timeout: 1s, size: 56, from: None, quiet: false, until_answer: false })
                > ping -c1 10.0.0.1 -W2
                Ping(PingRequest { ns: Host, target: Spanned { value: 10.0.0.1, span: 0:9..17 }, count: 1, interval: 1s, timeout: 2s, size: 56, from: None, quiet: false, until_answer: false })
                > ping 10.0.0.1 -qnc 4 -i 0.2
                Ping(PingRequest { ns: Host, target: Spanned { value: 10.0.0.1, span: 0:5..13 }, count: 4, interval: 200ms, timeout: 1s, size: 56, from: None, quiet: true, until_answer: false })
                > ping -w 3 10.0.0.1
                Ping(PingRequest { ns: Host, target: Spanned { value: 10.0.0.1, span: 0:10..18 }, count: 3, interval: 1s, timeout: 1s, size: 56, from: None, quiet: false, until_answer: false })
                > ping -6 -I veth0 fe80::1 -s 1400
                Ping(PingRequest { ns: Host, target: Spanned { value: fe80::1, span: 0:17..24 }, count: 3, interval: 200ms, timeout: 1s, size: 1400, from: Some("veth0"), quiet: false, until_answer: false })
                > ping fe80::1%veth0
                Ping(PingRequest { ns: Host, target: Spanned { value: fe80::1, span: 0:5..18 }, count: 3, interval: 200ms, timeout: 1s, size: 56, from: Some("veth0"), quiet: false, until_answer: false })
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "ping",
                "ping -c",
                "ping -c many 10.0.0.1",
                "ping -c 0 10.0.0.1",
                "ping -t 3 10.0.0.1",
                "ping -Z 10.0.0.1",
                "ping example.org",
                "ping -6 10.0.0.1",
                "ping -s 70000 10.0.0.1",
                "ping 10.0.0.1 10.0.0.2",
                "ping 10.0.0.1/24",
            ],
            expect![[r#"
                > ping
                missing-word: `ping` wants an IP address
                  at 4: an IP address is missing
                  help: it is written `ping [-c NUMBER] [-i SECONDS] [-W SECONDS] [-w SECONDS] [-s NUMBER] [-I TEXT] [-q] [-n] [-4] [-6] ADDRESS`
                > ping -c
                missing-word: `-c` wants a number behind it
                  at 7: a number is missing
                > ping -c many 10.0.0.1
                bad-value: `many` is not a number
                  `many`: wanted: a number
                > ping -c 0 10.0.0.1
                bad-value: `0` is not a number of echoes, one at least
                  `0`: wanted: a number
                > ping -t 3 10.0.0.1
                not-supported: `-t` of `ping` is not supported yet
                  `-t`: known, but not supported yet
                > ping -Z 10.0.0.1
                unknown-word: `ping` has no `-Z`
                  `-Z`: no word of `ping`
                  help: it is written `ping [-c NUMBER] [-i SECONDS] [-W SECONDS] [-w SECONDS] [-s NUMBER] [-I TEXT] [-q] [-n] [-4] [-6] ADDRESS`
                > ping example.org
                bad-value: `example.org` is no IP address
                  `example.org`: wanted: an IP address, such as 192.168.15.1 or fe80::1
                > ping -6 10.0.0.1
                usage: IPv6 is asked for, and `10.0.0.1` is none of its addresses
                  `10.0.0.1`: of the other family
                  help: leave `-6` away
                > ping -s 70000 10.0.0.1
                bad-value: `70000` is not a number of bytes up to 65507
                  `70000`: wanted: a number
                > ping 10.0.0.1 10.0.0.2
                usage: `ping` has no use for `10.0.0.2`
                  `10.0.0.2`: one word too many
                  `10.0.0.1`: an IP address stands here already
                  help: it is written `ping [-c NUMBER] [-i SECONDS] [-W SECONDS] [-w SECONDS] [-s NUMBER] [-I TEXT] [-q] [-n] [-4] [-6] ADDRESS`
                > ping 10.0.0.1/24
                bad-value: `10.0.0.1/24` is not an address alone, without a prefix length
                  `10.0.0.1/24`: wanted: an IP address, such as 192.168.15.1 or fe80::1
            "#]],
        );
    }
}
