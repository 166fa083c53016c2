//! The readers of what `nat` and `firewall` take.

use super::{Value, ValueError, read};
use crate::{
    net::{Cidr, IfName},
    ops::{LinkPattern, NatTarget, Policy, Ports, Protocol, State, States, service_named},
};

fn form(kind: Value, text: &str) -> ValueError {
    ValueError::Form { text: text.into(), wanted: kind.wanted() }
}

/// A network: no bits are set behind the prefix.
pub fn network(text: &str) -> Result<Cidr, ValueError> {
    let prefix = read::cidr(text)?;
    if prefix.is_network() { Ok(prefix) } else { Err(ValueError::HostBits { prefix }) }
}

/// A link, or the beginning of names and `*`.
pub fn link_pattern(text: &str) -> Result<LinkPattern, ValueError> {
    match text.strip_suffix('*') {
        Some(beginning) if beginning.len() < IfName::MAX_BYTES => {
            let _: IfName = beginning.parse()?;
            Ok(LinkPattern::StartsWith(beginning.into()))
        }
        Some(_) | None => Ok(LinkPattern::Is(text.parse()?)),
    }
}

/// `tcp` or `udp`, whose ports can be translated.
pub fn port_protocol(text: &str) -> Result<Protocol, ValueError> {
    match text {
        "tcp" => Ok(Protocol::TCP),
        "udp" => Ok(Protocol::UDP),
        other => Err(form(Value::PortProtocol, other)),
    }
}

/// A protocol above IP.
pub fn ip_protocol(text: &str) -> Result<Protocol, ValueError> {
    let number = || text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse().ok()).flatten().map(Protocol);
    Protocol::named(text).or_else(number).filter(|protocol| protocol.0 > 0).ok_or_else(|| form(Value::IpProtocol, text))
}

/// A port, by number or name.
pub fn port(text: &str) -> Result<u16, ValueError> {
    let number = || text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    service_named(text).or_else(number).filter(|port| *port > 0).ok_or_else(|| form(Value::Port, text))
}

/// A port, or the first and the last with `-` between them.
pub fn ports(text: &str) -> Result<Ports, ValueError> {
    if let Ok(port) = port(text) {
        return Ok(Ports::one(port));
    }
    let range = text.split_once(['-', ':']).and_then(|(first, last)| Some((port(first).ok()?, port(last).ok()?)));
    match range {
        Some((first, last)) if first <= last => Ok(Ports { first, last }),
        Some(_) | None => Err(form(Value::Ports, text)),
    }
}

/// `192.168.15.2`, `192.168.15.2:80`, `fd00::2`, `[fd00::2]:80`.
pub fn nat_target(text: &str) -> Result<NatTarget, ValueError> {
    if let Ok(address) = text.parse() {
        return Ok(NatTarget::new(address, None));
    }
    let target = read::endpoint(text).map_err(|_| form(Value::NatTarget, text))?;
    Ok(NatTarget::new(target.address, Some(target.port)))
}

/// `input`, `forward` or `output`.
pub fn filter_chain(text: &str) -> Result<&'static str, ValueError> {
    Value::FilterChain
        .choices()
        .iter()
        .copied()
        .find(|chain| *chain == text)
        .ok_or_else(|| form(Value::FilterChain, text))
}

/// `accept` or `drop`.
pub fn policy(text: &str) -> Result<Policy, ValueError> {
    match text {
        "accept" => Ok(Policy::Accept),
        "drop" => Ok(Policy::Drop),
        other => Err(form(Value::Policy, other)),
    }
}

/// `established,related`.
pub fn states(text: &str) -> Result<States, ValueError> {
    text.split(',').try_fold(States::default(), |states, word| {
        let state = State::ALL.into_iter().find(|state| state.word() == word);
        Ok(states.with(state.ok_or_else(|| form(Value::States, text))?))
    })
}
