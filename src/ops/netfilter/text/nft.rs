//! A rule in the words of `nft`.

use std::net::IpAddr;

use super::{
    super::{
        Criterion, Family, LinkPattern, Match, NatTarget, PlainRule, Ports, Protocol, RejectWith, States, Verdict,
    },
    iptables::{ports_text, target_text},
    names::icmp_type_name,
};
use crate::ops::Shell;

/// A rule as `nft list ruleset` prints it.
pub fn words(family: Family, rule: &PlainRule) -> String {
    with_comment(body(family, rule), rule, |comment| format!("\"{comment}\""))
}

/// A rule as a shell must be given it. `nft` wants the quotes around a comment to read it.
pub fn shell_words(family: Family, rule: &PlainRule) -> String {
    with_comment(body(family, rule), rule, |comment| Shell(&format!("\"{comment}\"")).to_string())
}

fn with_comment(mut words: Vec<String>, rule: &PlainRule, quote: impl Fn(&str) -> String) -> String {
    words.extend(rule.comment.as_ref().map(|comment| format!("comment {}", quote(comment))));
    words.join(" ")
}

fn body(family: Family, rule: &PlainRule) -> Vec<String> {
    let mut words = Vec::new();
    for (at, condition) in rule.matches.iter().enumerate() {
        words.extend(condition_text(condition, &rule.matches[at + 1..], protocol(&rule.matches[..at])));
    }
    words.extend(rule.verdict.as_ref().map(|verdict| verdict_text(verdict, family)));
    words
}

/// The protocol that was asked for.
fn protocol(before: &[Match]) -> Option<Protocol> {
    before.iter().rev().find_map(|condition| match condition.criterion {
        Criterion::Protocol(protocol) => Some(protocol),
        _ => None,
    })
}

/// A condition; `None` for one that those behind it say too.
fn condition_text(condition: &Match, behind: &[Match], protocol: Option<Protocol>) -> Option<String> {
    let not = if condition.negated { "!= " } else { "" };
    let version = |ipv6: bool| if ipv6 { "ip6" } else { "ip" };
    let of_protocol = || protocol.unwrap_or(Protocol::TCP);
    Some(match &condition.criterion {
        Criterion::In(link) => format!("iifname {not}{}", link_text(link)),
        Criterion::Out(link) => format!("oifname {not}{}", link_text(link)),
        Criterion::Source(prefix) => format!("{} saddr {not}{}", version(prefix.is_ipv6()), prefix_text(prefix)),
        Criterion::Destination(prefix) => format!("{} daddr {not}{}", version(prefix.is_ipv6()), prefix_text(prefix)),
        Criterion::LocalDestination => format!("fib daddr type {not}local"),
        Criterion::Protocol(wanted) => {
            let depends = |criterion: &Criterion| match criterion {
                Criterion::SourcePort(_) | Criterion::DestinationPort(_) | Criterion::IcmpType(_) => true,
                Criterion::In(_)
                | Criterion::Out(_)
                | Criterion::Source(_)
                | Criterion::Destination(_)
                | Criterion::LocalDestination
                | Criterion::Protocol(_)
                | Criterion::State { .. }
                | Criterion::Comment(_) => false,
            };
            if !condition.negated && behind.iter().any(|next| depends(&next.criterion)) {
                return None;
            }
            format!("meta l4proto {not}{}", protocol_text(*wanted))
        }
        Criterion::SourcePort(ports) => {
            format!("{} sport {not}{}", protocol_text(of_protocol()), ports_text(*ports, '-'))
        }
        Criterion::DestinationPort(ports) => {
            format!("{} dport {not}{}", protocol_text(of_protocol()), ports_text(*ports, '-'))
        }
        Criterion::IcmpType(kind) => {
            let ipv6 = of_protocol() == Protocol::ICMPV6;
            let name = icmp_type_name(*kind, ipv6, false).map_or_else(|| kind.to_string(), String::from);
            format!("{} type {not}{name}", if ipv6 { "icmpv6" } else { "icmp" })
        }
        Criterion::State { states, .. } => {
            let not = if condition.negated { "! " } else { "" };
            format!("ct state {not}{}", states_text(*states))
        }
        // A remark that iptables keeps as a condition is none to `nft`.
        Criterion::Comment(_) => return None,
    })
}

fn link_text(link: &LinkPattern) -> String {
    match link {
        LinkPattern::Is(name) => format!("\"{name}\""),
        LinkPattern::StartsWith(beginning) => format!("\"{beginning}*\""),
    }
}

/// A host is written without its length.
fn prefix_text(prefix: &crate::net::Cidr) -> String {
    if prefix.is_host() { prefix.addr().to_string() } else { prefix.to_string() }
}

fn protocol_text(protocol: Protocol) -> String {
    super::iptables::protocol_text(protocol)
}

/// `established,related`, in the order of the kernel's bits.
pub fn states_text(states: States) -> String {
    states.iter().map(|state| state.word()).collect::<Vec<_>>().join(",")
}

fn verdict_text(verdict: &Verdict, family: Family) -> String {
    let to_ports = |word: &str, ports: &Option<Ports>| match ports {
        Some(ports) => format!("{word} to :{}", ports_text(*ports, '-')),
        None => word.into(),
    };
    match verdict {
        Verdict::Accept => "accept".into(),
        Verdict::Drop => "drop".into(),
        Verdict::Return => "return".into(),
        Verdict::Reject(with) => reject_text(*with, family),
        Verdict::Jump(chain) => format!("jump {chain}"),
        Verdict::Goto(chain) => format!("goto {chain}"),
        Verdict::Masquerade { ports } => to_ports("masquerade", ports),
        Verdict::Redirect { ports } => to_ports("redirect", ports),
        Verdict::Snat(target) => format!("snat {}", nat_text(target, family)),
        Verdict::Dnat(target) => format!("dnat {}", nat_text(target, family)),
    }
}

/// In a table of both families `nft` wants to know which.
fn nat_text(target: &NatTarget, family: Family) -> String {
    let version = match target.addresses {
        Some((IpAddr::V4(_), _)) if family == Family::Inet => "ip ",
        Some((IpAddr::V6(_), _)) if family == Family::Inet => "ip6 ",
        Some(_) | None => "",
    };
    format!("{version}to {}", target_text(target))
}

fn reject_text(with: RejectWith, family: Family) -> String {
    let (of_family, host, net) = match family {
        Family::Ip => ("icmp", "host-unreachable", "net-unreachable"),
        Family::Ip6 => ("icmpv6", "addr-unreachable", "no-route"),
        Family::Inet | Family::Arp | Family::Bridge | Family::Netdev => ("icmpx", "host-unreachable", "no-route"),
    };
    match with {
        RejectWith::PortUnreachable => "reject".into(),
        RejectWith::HostUnreachable => format!("reject with {of_family} {host}"),
        RejectWith::NetUnreachable => format!("reject with {of_family} {net}"),
        RejectWith::AdminProhibited => format!("reject with {of_family} admin-prohibited"),
        RejectWith::TcpReset => "reject with tcp reset".into(),
    }
}
