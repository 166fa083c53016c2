//! The values behind the options of `iptables`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::error::IptablesError;
use crate::{
    commands::error::UsageError,
    diag::nearest,
    net::{Cidr, IfName},
    ops::{
        LinkPattern, NatTarget, Ports, Protocol, RejectWith, State, States, icmp_type_named, service_named,
        service_names,
    },
    source::Spanned,
};

type Read<T> = Result<T, UsageError>;

fn bad(value: &Spanned<String>, wanted: &'static str, help: Option<String>) -> UsageError {
    IptablesError::Value { value: value.clone(), wanted, help }.into()
}

fn did_you_mean(near: &str) -> String {
    format!("did you mean `{near}`?")
}

/// One of the addresses behind `-s` or `-d`, host bits masked; `None` is every address.
pub fn prefix(text: &str, value: &Spanned<String>, ipv6: bool) -> Read<Option<Cidr>> {
    let wanted = if ipv6 { "an IPv6 address or prefix" } else { "an IPv4 address or prefix" };
    let (address, mask) = match text.split_once('/') {
        Some((address, mask)) => (address, Some(mask)),
        None => (text, None),
    };
    let other_family = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) if ipv6 => Some("IPv4 addresses belong to `iptables`"),
        Ok(IpAddr::V6(_)) if !ipv6 => Some("IPv6 addresses belong to `ip6tables`"),
        Ok(_) | Err(_) => None,
    };
    let help = other_family.map(String::from).or_else(|| {
        let name = address.starts_with(|c: char| c.is_ascii_alphabetic()) && !address.contains(':');
        name.then(|| "names are not looked up: type the address".into())
    });
    let error = || bad(value, wanted, help.clone());
    let address: IpAddr = match ipv6 {
        true => address.parse::<Ipv6Addr>().map_err(|_| error())?.into(),
        false => short_v4(address).ok_or_else(error)?.into(),
    };
    let bits = if ipv6 { 128 } else { 32 };
    let length = match mask {
        None => bits,
        Some(mask) => match (mask.parse::<u8>(), mask.parse::<Ipv4Addr>()) {
            (Ok(length), _) if length <= bits && mask.bytes().all(|c| c.is_ascii_digit()) => length,
            (_, Ok(mask)) if !ipv6 && mask.to_bits().leading_ones() == mask.to_bits().count_ones() => {
                u8::try_from(mask.to_bits().leading_ones()).expect("a mask has 32 bits")
            }
            _ => return Err(error()),
        },
    };
    let prefix = Cidr::new(address, length).map_err(|_| error())?.network();
    Ok((length > 0).then_some(prefix))
}

/// One to four numbers with dots between them; those that are left out are 0.
fn short_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() > 4 {
        return None;
    }
    for (octet, part) in octets.iter_mut().zip(parts) {
        *octet = part.bytes().all(|c| c.is_ascii_digit()).then(|| part.parse().ok()).flatten()?;
    }
    Some(octets.into())
}

/// A link, or the beginning of its name and `+`; `None` is every link.
pub fn link(value: &Spanned<String>) -> Read<Option<LinkPattern>> {
    let text = value.value.as_str();
    match text.strip_suffix('+') {
        Some("") => Ok(None),
        Some(beginning) if beginning.len() < IfName::MAX_BYTES => {
            let _: IfName = name(beginning, value)?;
            Ok(Some(LinkPattern::StartsWith(beginning.into())))
        }
        Some(_) | None => Ok(Some(LinkPattern::Is(name(text, value)?))),
    }
}

fn name(text: &str, value: &Spanned<String>) -> Read<IfName> {
    text.parse().map_err(|problem: crate::net::IfNameError| UsageError::BadValue {
        kind: crate::commands::value::Value::Link,
        value: value.clone(),
        problem: Box::new(problem.into()),
    })
}

/// A protocol; `None` is every one.
pub fn protocol(value: &Spanned<String>) -> Read<Option<Protocol>> {
    let text = value.value.to_lowercase();
    if text == "all" {
        return Ok(None);
    }
    let number = if text.bytes().all(|c| c.is_ascii_digit()) { text.parse::<u8>().ok() } else { None };
    let named = Protocol::named(&text).or(number.map(Protocol));
    match named {
        Some(Protocol(0)) => Ok(None),
        Some(protocol) => Ok(Some(protocol)),
        None => {
            let near = nearest(&text, Protocol::names());
            Err(bad(value, "a protocol, such as `tcp`", near.map(did_you_mean)))
        }
    }
}

/// One port, by number or name.
fn port(text: &str) -> Option<u16> {
    service_named(text).or_else(|| text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse().ok()).flatten())
}

/// `80`, `http`, `80:90`, `:90`, `80:`; `None` is every port.
pub fn ports(value: &Spanned<String>) -> Read<Option<Ports>> {
    let text = value.value.as_str();
    let wanted = "a port, or a range such as `8000:8080`";
    let error = || {
        let help = match text {
            text if text.contains(',') => Some("write a rule for each port".into()),
            text if text.contains('-') && port(text).is_none() => Some(format!("type `{}`", text.replace('-', ":"))),
            text if text.bytes().all(|c| c.is_ascii_digit()) => Some("ports go up to 65535".into()),
            text => nearest(text, service_names()).map(did_you_mean),
        };
        bad(value, wanted, help)
    };
    let (first, last) = match text.split_once(':') {
        Some((first, last)) => {
            let first = if first.is_empty() { Some(0) } else { port(first) };
            let last = if last.is_empty() { Some(u16::MAX) } else { port(last) };
            (first.ok_or_else(error)?, last.ok_or_else(error)?)
        }
        None => port(text).map(|port| (port, port)).ok_or_else(error)?,
    };
    if first > last {
        return Err(bad(value, wanted, Some(format!("type `{last}:{first}`"))));
    }
    Ok((first > 0 || last < u16::MAX).then_some(Ports { first, last }))
}

/// `80` or `80-90`.
pub fn to_ports(value: &Spanned<String>) -> Read<Ports> {
    range(&value.value).ok_or_else(|| bad(value, "a port, or a range such as `8000-8080`", None))
}

fn range(text: &str) -> Option<Ports> {
    let number = |text: &str| text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (number(first)?, number(last)?),
        None => (number(text)?, number(text)?),
    };
    (first <= last && first > 0).then_some(Ports { first, last })
}

/// What an address is translated to: `192.168.15.2:80`, `[fd00::1]:80`, `:80`, `1.2.3.4-1.2.3.9`.
pub fn target(value: &Spanned<String>, ipv6: bool) -> Read<NatTarget> {
    let text = value.value.as_str();
    let wanted =
        if ipv6 { "an address, such as `fd00::2` or `[fd00::2]:80`" } else { "an address, such as `192.168.15.2:80`" };
    let help = text.contains('/').then(|| "an address has no prefix length here".to_string());
    let error = || bad(value, wanted, help.clone());
    let (addresses, ports) = match (text.strip_prefix('['), ipv6) {
        (Some(rest), true) => {
            let (addresses, ports) = rest.split_once(']').ok_or_else(error)?;
            (addresses, if ports.is_empty() { None } else { Some(ports.strip_prefix(':').ok_or_else(error)?) })
        }
        (_, true) if text.starts_with("::") || !text.starts_with(':') => (text, None),
        _ => text.split_once(':').map_or((text, None), |(addresses, ports)| (addresses, Some(ports))),
    };
    let address = |text: &str| match (ipv6, text.parse::<IpAddr>()) {
        (true, Ok(address @ IpAddr::V6(_))) | (false, Ok(address @ IpAddr::V4(_))) => Ok(address),
        (_, Ok(_) | Err(_)) => Err(error()),
    };
    let addresses = match addresses.split_once('-') {
        _ if addresses.is_empty() => None,
        Some((first, last)) => Some((address(first)?, address(last)?)),
        None => Some((address(addresses)?, address(addresses)?)),
    };
    let ports = ports.map(|ports| range(ports).ok_or_else(error)).transpose()?;
    if addresses.is_none() && ports.is_none() || addresses.is_some_and(|(first, last)| first > last) {
        return Err(error());
    }
    Ok(NatTarget { addresses, ports })
}

/// `RELATED,ESTABLISHED`.
pub fn states(value: &Spanned<String>) -> Read<States> {
    let mut states = States::default();
    for word in value.value.split(',') {
        let named = State::ALL.into_iter().find(|state| state.word().eq_ignore_ascii_case(word));
        states = states.with(named.ok_or_else(|| {
            const WORDS: [&str; 5] = ["INVALID", "ESTABLISHED", "RELATED", "NEW", "UNTRACKED"];
            let near = nearest(&word.to_uppercase(), WORDS).map(did_you_mean);
            let help =
                near.or_else(|| Some("there are `NEW`, `ESTABLISHED`, `RELATED`, `INVALID` and `UNTRACKED`".into()));
            bad(value, "a list of states, such as `RELATED,ESTABLISHED`", help)
        })?);
    }
    Ok(states)
}

/// A type of ICMP message, by name or number. `Err(None)` is one with a code, or `any`.
pub fn icmp_type(value: &Spanned<String>, ipv6: bool) -> Result<u8, Option<UsageError>> {
    let text = value.value.to_lowercase();
    if text.bytes().all(|c| c.is_ascii_digit())
        && let Ok(number) = text.parse()
    {
        return Ok(number);
    }
    const WITH_CODES: [&str; 12] = [
        "any",
        "network-unreachable",
        "host-unreachable",
        "protocol-unreachable",
        "port-unreachable",
        "fragmentation-needed",
        "network-redirect",
        "host-redirect",
        "ttl-zero-during-transit",
        "ttl-zero-during-reassembly",
        "no-route",
        "address-unreachable",
    ];
    if text.contains('/') || WITH_CODES.contains(&text.as_str()) {
        return Err(None);
    }
    icmp_type_named(&text, ipv6).map_err(|names| {
        let near = nearest(&text, names.iter().copied()).map(did_you_mean);
        Some(bad(value, "a type of ICMP message, such as `echo-request`", near))
    })
}

/// What the sender of a rejected packet is told. `Err(None)` is what `iptables` knows besides.
pub fn reject_with(value: &Spanned<String>, ipv6: bool) -> Result<RejectWith, Option<UsageError>> {
    let known: &[(&str, &str, Option<RejectWith>)] = if ipv6 { REJECT_V6 } else { REJECT_V4 };
    let text = value.value.to_lowercase();
    let named = |(word, alias, _): &&(&str, &str, Option<RejectWith>)| {
        !text.is_empty() && (word.starts_with(&text) || *alias == text)
    };
    match known.iter().find(named) {
        Some((_, _, with)) => with.ok_or(None),
        None => {
            let near = nearest(&text, known.iter().map(|(word, ..)| *word)).map(did_you_mean);
            Err(Some(bad(value, "an answer, such as `icmp-port-unreachable` or `tcp-reset`", near)))
        }
    }
}

/// `reject_table` of `libipt_REJECT.c`.
const REJECT_V4: &[(&str, &str, Option<RejectWith>)] = &[
    ("icmp-net-unreachable", "net-unreach", Some(RejectWith::NetUnreachable)),
    ("icmp-host-unreachable", "host-unreach", Some(RejectWith::HostUnreachable)),
    ("icmp-proto-unreachable", "proto-unreach", None),
    ("icmp-port-unreachable", "port-unreach", Some(RejectWith::PortUnreachable)),
    ("icmp-net-prohibited", "net-prohib", None),
    ("icmp-host-prohibited", "host-prohib", None),
    ("tcp-reset", "tcp-rst", Some(RejectWith::TcpReset)),
    ("icmp-admin-prohibited", "admin-prohib", Some(RejectWith::AdminProhibited)),
];

/// `reject_table` of `libip6t_REJECT.c`.
const REJECT_V6: &[(&str, &str, Option<RejectWith>)] = &[
    ("icmp6-no-route", "no-route", Some(RejectWith::NetUnreachable)),
    ("icmp6-adm-prohibited", "adm-prohibited", Some(RejectWith::AdminProhibited)),
    ("icmp6-addr-unreachable", "addr-unreach", Some(RejectWith::HostUnreachable)),
    ("icmp6-port-unreachable", "port-unreach", Some(RejectWith::PortUnreachable)),
    ("tcp-reset", "tcp-reset", Some(RejectWith::TcpReset)),
    ("icmp6-policy-fail", "policy-fail", None),
    ("icmp6-reject-route", "reject-route", None),
];
