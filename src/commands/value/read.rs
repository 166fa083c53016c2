//! The readers: from the text of a word to a value.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use super::{Value, ValueError};
use crate::{
    commands::act::Endpoint,
    net::{Cidr, IfName, Mac, Mtu, NsName, NsRef, SysctlKey},
    ops::{RouteProtocol, RouteTable, RouteType, RuleMark, SERVICE_CLASSES, Scope},
};

/// A link's name.
pub fn link(text: &str) -> Result<IfName, ValueError> {
    Ok(text.parse()?)
}

/// A namespace's name.
pub fn netns_name(text: &str) -> Result<NsName, ValueError> {
    Ok(text.parse()?)
}

/// Where a link goes. `ip` takes the name, any path, or the id of a process there. Digits may be a name too: that is for
/// those to tell who know the names.
pub fn netns_target(text: &str) -> Result<NsRef, ValueError> {
    let of_process = text.strip_prefix("/proc/").and_then(|path| path.strip_suffix("/ns/net"));
    match process_id(of_process.unwrap_or(text)) {
        Ok(pid) => Ok(of_process_id(pid)),
        Err(_) => Ok(NsRef::Named(netns_path(text).parse()?)),
    }
}

/// The id of a process.
pub fn process_id(text: &str) -> Result<u32, ValueError> {
    let digits = text.bytes().all(|c| c.is_ascii_digit());
    let pid = text.parse().ok().filter(|&pid| digits && pid > 0 && i32::try_from(pid).is_ok());
    pid.ok_or_else(|| form(text, Value::ProcessId.wanted()))
}

/// The namespace of a process. Process 1 lives on the host.
pub fn of_process_id(pid: u32) -> NsRef {
    if pid == 1 { NsRef::Host } else { NsRef::Process(pid) }
}

/// The name that a path below `/run/netns` stands for; other texts as they are.
fn netns_path(text: &str) -> &str {
    ["/var/run/netns/", "/run/netns/"].iter().find_map(|directory| text.strip_prefix(directory)).unwrap_or(text)
}

/// An address with its prefix length, or with a netmask as `ip` takes it.
pub fn cidr(text: &str) -> Result<Cidr, ValueError> {
    if let Some((address, mask)) = text.split_once('/')
        && let Ok(mask) = mask.parse::<Ipv4Addr>()
        && mask.to_bits().leading_ones() == mask.to_bits().count_ones()
        && let Ok(address) = address.parse::<Ipv4Addr>()
    {
        let length = u8::try_from(mask.to_bits().leading_ones()).expect("a mask has 32 bits");
        return Ok(Cidr::new(address.into(), length)?);
    }
    Ok(text.parse()?)
}

/// Where a route leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Everywhere; the family shows in other words.
    Default,
    /// To that prefix.
    Prefix(Cidr),
}

/// A prefix, or `default` (`all` and `any` to `ip`).
pub fn destination(text: &str) -> Result<Destination, ValueError> {
    match text {
        "default" | "all" | "any" => Ok(Destination::Default),
        prefix => Ok(Destination::Prefix(cidr(prefix)?)),
    }
}

/// An address without a prefix length.
pub fn address(text: &str) -> Result<IpAddr, ValueError> {
    if text.contains('/') {
        return Err(form(text, "an address alone, without a prefix length"));
    }
    Ok(text.parse::<Cidr>()?.addr())
}

/// An address without a prefix length; an IPv6 address may name its link (RFC 4007 §11.2).
pub fn ping_target(text: &str) -> Result<(IpAddr, Option<IfName>), ValueError> {
    match text.split_once('%') {
        Some((host, zone)) if host.contains(':') => Ok((address(host)?, Some(link(zone)?))),
        Some(_) | None => Ok((address(text)?, None)),
    }
}

/// A broadcast address, as far as it can be told without the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broadcast {
    /// `+`: the last address of the prefix.
    Last,
    /// `-`: the first.
    First,
    /// That one.
    Is(Ipv4Addr),
}

/// `+`, `-` or an IPv4 address.
pub fn broadcast(text: &str) -> Result<Broadcast, ValueError> {
    match text {
        "+" => Ok(Broadcast::Last),
        "-" => Ok(Broadcast::First),
        other => match address(other)? {
            IpAddr::V4(address) => Ok(Broadcast::Is(address)),
            IpAddr::V6(_) => Err(form(text, "an IPv4 address: IPv6 has no broadcast")),
        },
    }
}

/// An Ethernet address.
pub fn mac(text: &str) -> Result<Mac, ValueError> {
    Ok(text.parse()?)
}

/// An MTU.
pub fn mtu(text: &str) -> Result<Mtu, ValueError> {
    Ok(text.parse()?)
}

/// The least and the greatest port, with a blank between them; zeros leave the choice to the kernel.
pub fn port_range(text: &str) -> Result<(u16, u16), ValueError> {
    let ports = text.split_once(' ').and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
    ports.filter(|(low, high)| low <= high).ok_or_else(|| form(text, Value::PortRange.wanted()))
}

/// A number of 32 bits; as in C, `0x` is hexadecimal.
pub fn number(text: &str) -> Result<u32, ValueError> {
    let wanted = Value::Number.wanted();
    match text.strip_prefix("0x") {
        Some(digits) if digits.starts_with('+') => Err(form(text, wanted)),
        Some(digits) => u32::from_str_radix(digits, 16).map_err(|_| form(text, wanted)),
        None => text.parse().map_err(|_| form(text, wanted)),
    }
}

/// `on` or `off`.
pub fn on_off(text: &str) -> Result<bool, ValueError> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        other => Err(form(other, Value::OnOff.wanted())),
    }
}

/// A scope by iproute2's word or by number.
pub fn scope(text: &str) -> Result<Scope, ValueError> {
    match text {
        "global" => Ok(Scope::GLOBAL),
        "site" => Ok(Scope::SITE),
        "link" => Ok(Scope::LINK),
        "host" => Ok(Scope::HOST),
        "nowhere" => Ok(Scope::NOWHERE),
        other => byte(other).map(Scope).ok_or_else(|| form(other, Value::Scope.wanted())),
    }
}

/// A table by name or number.
pub fn table(text: &str) -> Result<RouteTable, ValueError> {
    match text {
        "default" => Ok(RouteTable::DEFAULT),
        "main" => Ok(RouteTable::MAIN),
        "local" => Ok(RouteTable::LOCAL),
        other => number(other).map(RouteTable).map_err(|_| form(other, Value::Table.wanted())),
    }
}

/// A table, or `None` for `all` of them.
pub fn table_or_all(text: &str) -> Result<Option<RouteTable>, ValueError> {
    match text {
        "all" | "unspec" | "0" => Ok(None),
        other => table(other).map(Some).map_err(|_| form(other, Value::TableOrAll.wanted())),
    }
}

/// A mark, perhaps with the bits of it that count: all, where nothing is said, as the kernel has it.
pub fn mark(text: &str) -> Result<RuleMark, ValueError> {
    let (value, mask) = text.split_once('/').map_or((text, None), |(value, mask)| (value, Some(mask)));
    let read = |text| number(text).ok();
    let value = read(value).ok_or_else(|| form(text, Value::Mark.wanted()))?;
    let mask = match mask {
        Some(mask) => read(mask).ok_or_else(|| form(text, Value::Mark.wanted()))?,
        None if value == 0 => 0,
        None => u32::MAX,
    };
    Ok(RuleMark { value, mask })
}

/// A type of service by name, or by its number in hexadecimal, with `0x` or without.
pub fn service(text: &str) -> Result<u8, ValueError> {
    let named = SERVICE_CLASSES.iter().find(|(_, name)| *name == text).map(|&(number, _)| number);
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let number = || {
        let plain = digits.bytes().all(|c| c.is_ascii_hexdigit());
        u8::from_str_radix(digits, 16).ok().filter(|_| plain)
    };
    named.or_else(number).ok_or_else(|| form(text, Value::Service.wanted()))
}

/// The protocols that iproute2 has names for (`etc/iproute2/rt_protos`, `linux/rtnetlink.h`).
const PROTOCOLS: &[(&str, u8)] = &[
    ("unspec", 0),
    ("redirect", 1),
    ("kernel", 2),
    ("boot", 3),
    ("static", 4),
    ("gated", 8),
    ("ra", 9),
    ("mrt", 10),
    ("zebra", 11),
    ("bird", 12),
    ("dnrouted", 13),
    ("xorp", 14),
    ("ntk", 15),
    ("dhcp", 16),
    ("keepalived", 18),
    ("babel", 42),
    ("openr", 99),
    ("bgp", 186),
    ("isis", 187),
    ("ospf", 188),
    ("rip", 189),
    ("eigrp", 192),
];

/// A routing protocol by name or number.
pub fn protocol(text: &str) -> Result<RouteProtocol, ValueError> {
    let named = PROTOCOLS.iter().find(|(name, _)| *name == text).map(|&(_, number)| number);
    named.or_else(|| byte(text)).map(RouteProtocol).ok_or_else(|| form(text, Value::Protocol.wanted()))
}

/// A type of route, in full.
pub fn route_type(text: &str) -> Result<RouteType, ValueError> {
    RouteType::ALL.into_iter().find(|kind| kind.word() == text).ok_or_else(|| form(text, Value::RouteType.wanted()))
}

/// A time: `500ms`, `2s`, `1.5s`, `1m`; without a unit seconds. At most a day.
pub fn duration(text: &str) -> Result<Duration, ValueError> {
    let wanted = Value::Duration.wanted();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        _ => return Err(form(text, wanted)),
    };
    decimal(digits).and_then(|number| day_at_most(number * unit)).ok_or_else(|| form(text, wanted))
}

/// A number of seconds. At most a day.
pub fn seconds(text: &str) -> Result<Duration, ValueError> {
    decimal(text).and_then(day_at_most).ok_or_else(|| form(text, Value::Seconds.wanted()))
}

/// `ADDRESS:PORT`, IPv6 in brackets.
pub fn endpoint(text: &str) -> Result<Endpoint, ValueError> {
    let bad = || form(text, Value::Endpoint.wanted());
    let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
    let address: IpAddr = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(host) => IpAddr::V6(host.parse().map_err(|_| bad())?),
        None => IpAddr::V4(host.parse().map_err(|_| bad())?),
    };
    if !port.bytes().all(|c| c.is_ascii_digit()) {
        return Err(bad());
    }
    match port.parse() {
        Ok(port) if port > 0 => Ok(Endpoint { address, port }),
        Ok(_) | Err(_) => Err(bad()),
    }
}

/// `PORT` or `ADDRESS:PORT`, IPv6 in brackets.
pub fn listen_at(text: &str) -> Result<(Option<IpAddr>, u16), ValueError> {
    let port = text.parse().ok().filter(|&port: &u16| port > 0 && text.bytes().all(|c| c.is_ascii_digit()));
    match (port, endpoint(text)) {
        (Some(port), _) => Ok((None, port)),
        (None, Ok(Endpoint { address, port })) => Ok((Some(address), port)),
        (None, Err(_)) => Err(form(text, Value::ListenAt.wanted())),
    }
}

/// `KEY` or `KEY=VALUE`; blanks around the `=` do not count.
pub fn setting(text: &str) -> Result<(SysctlKey, Option<String>), ValueError> {
    match text.split_once('=') {
        Some((key, value)) => Ok((key.trim().parse()?, Some(value.trim().into()))),
        None => Ok((text.trim().parse()?, None)),
    }
}

fn form(text: &str, wanted: &'static str) -> ValueError {
    ValueError::Form { text: text.into(), wanted }
}

fn byte(text: &str) -> Option<u8> {
    number(text).ok().and_then(|number| u8::try_from(number).ok())
}

/// Digits with at most one dot: no sign, no exponent, no `inf`.
fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|c| c.is_ascii_digit() || c == b'.');
    plain.then(|| text.parse().ok()).flatten()
}

fn day_at_most(seconds: f64) -> Option<Duration> {
    const DAY: f64 = 86_400.0;
    (seconds <= DAY).then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn netmasks_are_lengths() {
        assert_eq!(cidr("10.0.0.1/255.255.255.0").map(|cidr| cidr.to_string()), Ok("10.0.0.1/24".into()));
        for bad in ["10.0.0.1/255.0.255.0", "fe80::1/255.255.0.0", "10.0.0.1/a"] {
            assert!(cidr(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_have_units() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("2"), Ok(Duration::from_secs(2)));
        for bad in ["", "s", "-1s", "1h2", "1e9", "inf", "99999999999999999999s", "1.2.3"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn targets_have_an_address_and_a_port() {
        assert!(endpoint("[::1]:80").is_ok_and(|target| target.address.is_ipv6() && target.port == 80));
        for bad in
            ["10.0.0.1", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", "::1:80", "[10.0.0.1]:80", ":80", "10.0.0.1:+80"]
        {
            assert!(endpoint(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_host_is_process_one() {
        assert_eq!(netns_target("1"), Ok(NsRef::Host));
        assert_eq!(netns_target("/var/run/netns/red").map(|ns| ns.to_string()), Ok("red".into()));
        assert_eq!(netns_target("/proc/1/ns/net"), Ok(NsRef::Host));
    }

    #[test]
    fn digits_are_a_process() {
        assert_eq!(netns_target("4711"), Ok(NsRef::Process(4711)));
        assert_eq!(netns_target("/proc/7/ns/net"), Ok(NsRef::Process(7)));
        assert_eq!(netns_target("4711a").map(|ns| ns.to_string()), Ok("4711a".into()));
        assert_eq!(netns_target("4294967296").map(|ns| ns.to_string()), Ok("4294967296".into()));
        for bad in ["", "0", "-1", "+1", "2147483648", "self", "1 "] {
            assert!(process_id(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_are_c_numbers() {
        assert_eq!(number("0x10"), Ok(16));
        for bad in ["", "0x", "0x+1", "-1", "4294967296", "1 "] {
            assert!(number(bad).is_err(), "{bad}");
        }
    }
}
