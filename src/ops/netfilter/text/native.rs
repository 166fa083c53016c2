//! A rule as the native statement that makes it.

use super::{
    super::{ChainRef, Criterion, LinkPattern, Match, NatTarget, PlainRule, Ports, Protocol, RejectWith, Verdict},
    iptables::{ports_text, target_text},
    nft::states_text,
};
use crate::{
    net::Cidr,
    ops::{Book, Shell},
};

/// The statement of `nat` or `firewall` that makes a rule; `None` where none does, because somebody else wrote it.
pub fn statement(chain: &ChainRef, rule: &PlainRule) -> Option<String> {
    let mut words = match chain.table.book()? {
        Book::Nat => nat(&chain.name, rule)?,
        Book::Firewall => firewall(&chain.name, rule)?,
    };
    words.retain(|word| !word.is_empty());
    Some(words.join(" "))
}

fn nat(chain: &str, rule: &PlainRule) -> Option<Vec<String>> {
    let mut conditions = rule.matches.iter().peekable();
    match (chain, rule.verdict.as_ref()?) {
        ("postrouting", Verdict::Masquerade { ports: None }) => {
            let source = taken(&mut conditions, source);
            let staying = taken(&mut conditions, not_destination);
            let out = taken(&mut conditions, out);
            let is_ours = match (&source, &staying, &out) {
                (Some(source), Some(staying), None) => source == staying,
                (_, None, Some(_)) => true,
                _ => false,
            };
            let words = vec!["nat masquerade".into(), source.unwrap_or_default(), behind("out", out)];
            (is_ours && conditions.next().is_none()).then_some(words)
        }
        ("postrouting", Verdict::Snat(NatTarget { addresses: Some((first, last)), ports: None })) if first == last => {
            let all = if first.is_ipv6() { "::/0" } else { "0.0.0.0/0" };
            let source = taken(&mut conditions, source).unwrap_or_else(|| all.into());
            let out = taken(&mut conditions, out);
            let words = vec!["nat snat".into(), source, format!("to {first}"), behind("out", out)];
            conditions.next().is_none().then_some(words)
        }
        ("prerouting", Verdict::Dnat(target)) => {
            let link = taken(&mut conditions, incoming);
            taken(&mut conditions, |condition| (condition.criterion == Criterion::LocalDestination).then_some(()))?;
            let spared = taken(&mut conditions, not_destination);
            let asked = port(conditions.next()?, conditions.next()?)?;
            let loopback = target.addresses.map(|(address, _)| Cidr::loopback(address.is_ipv6()).to_string());
            let is_one = target.addresses.is_some_and(|(first, last)| first == last);
            let is_ours = is_one
                && target.ports.is_none_or(Ports::is_one)
                && spared == loopback.filter(|_| link.is_none())
                && conditions.next().is_none();
            let words = vec!["nat forward".into(), asked, format!("to {}", target_text(target)), behind("in", link)];
            is_ours.then_some(words)
        }
        ("prerouting", Verdict::Redirect { ports: Some(ports) }) if ports.is_one() => {
            let link = taken(&mut conditions, incoming);
            let asked = port(conditions.next()?, conditions.next()?)?;
            let words = vec!["nat redirect".into(), asked, format!("to {}", ports.first), behind("in", link)];
            conditions.next().is_none().then_some(words)
        }
        _ => None,
    }
}

fn firewall(chain: &str, rule: &PlainRule) -> Option<Vec<String>> {
    let verb = match rule.verdict.as_ref()? {
        Verdict::Accept => "accept",
        Verdict::Drop => "drop",
        Verdict::Reject(RejectWith::PortUnreachable) => "reject",
        _ => return None,
    };
    let mut words = vec![format!("firewall {verb} {chain}")];
    for condition in &rule.matches {
        words.push(match (condition.negated, &condition.criterion) {
            (false, Criterion::In(link)) => format!("in {}", link_text(link)),
            (false, Criterion::Out(link)) => format!("out {}", link_text(link)),
            (false, Criterion::Source(prefix)) => format!("from {prefix}"),
            (false, Criterion::Destination(prefix)) => format!("to {prefix}"),
            (false, Criterion::Protocol(Protocol::TCP)) => "tcp".into(),
            (false, Criterion::Protocol(Protocol::UDP)) => "udp".into(),
            (false, Criterion::Protocol(Protocol::ICMP)) => "icmp".into(),
            (false, Criterion::Protocol(protocol)) => {
                format!("proto {}", protocol.name().map_or_else(|| protocol.0.to_string(), String::from))
            }
            (false, Criterion::SourcePort(ports)) => format!("sport {}", ports_text(*ports, '-')),
            (false, Criterion::DestinationPort(ports)) => format!("dport {}", ports_text(*ports, '-')),
            (false, Criterion::State { states, .. }) => format!("state {}", states_text(*states)),
            _ => return None,
        });
    }
    Some(words)
}

/// What the next condition says, if it is of that kind.
fn taken<'a, T>(
    conditions: &mut std::iter::Peekable<impl Iterator<Item = &'a Match>>,
    read: impl Fn(&Match) -> Option<T>,
) -> Option<T> {
    let found = read(conditions.peek()?)?;
    conditions.next();
    Some(found)
}

fn source(condition: &Match) -> Option<String> {
    match (condition.negated, &condition.criterion) {
        (false, Criterion::Source(prefix)) => Some(prefix.to_string()),
        _ => None,
    }
}

fn not_destination(condition: &Match) -> Option<String> {
    match (condition.negated, &condition.criterion) {
        (true, Criterion::Destination(prefix)) => Some(prefix.to_string()),
        _ => None,
    }
}

fn incoming(condition: &Match) -> Option<String> {
    match (condition.negated, &condition.criterion) {
        (false, Criterion::In(link)) => Some(link_text(link)),
        _ => None,
    }
}

fn out(condition: &Match) -> Option<String> {
    match (condition.negated, &condition.criterion) {
        (false, Criterion::Out(link)) => Some(link_text(link)),
        _ => None,
    }
}

/// `tcp 80`.
fn port(protocol: &Match, port: &Match) -> Option<String> {
    let (Criterion::Protocol(protocol), Criterion::DestinationPort(ports)) = (&protocol.criterion, &port.criterion)
    else {
        return None;
    };
    (protocol.has_ports() && ports.is_one() && !port.negated)
        .then(|| format!("{} {}", protocol.name().unwrap_or_default(), ports.first))
}

fn behind(word: &str, value: Option<String>) -> String {
    value.map_or_else(String::new, |value| format!("{word} {value}"))
}

fn link_text(link: &LinkPattern) -> String {
    match link {
        LinkPattern::Is(name) => Shell(name.as_str()).to_string(),
        LinkPattern::StartsWith(start) => format!("{start}*"),
    }
}
