//! `iptables -L`.

use std::net::IpAddr;

use super::{Listed, Only};
use crate::{
    model::{Counter, RuleEntry, Table},
    net::Cidr,
    ops::{
        Criterion, LinkPattern, Match, PlainRule, Ports, Protocol, Rule, StateSpelling, Verdict, icmp_type_name,
        iptables_link_text, iptables_ports_text, iptables_protocol_text, iptables_reject_text, iptables_states_text,
        iptables_target_text, not_understood, service_name,
    },
};

/// How it is listed.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With counters and links.
    pub verbose: bool,
    /// Numbers in place of names.
    pub numeric: bool,
    /// Each rule with its number.
    pub line_numbers: bool,
    /// Counters to the last digit.
    pub exact: bool,
    /// By `ip6tables`.
    pub ipv6: bool,
}

/// The chains, an empty line between two.
pub fn render(chains: &[Listed<'_>], only: &Only<'_>, style: Style, table: Option<&Table>) -> String {
    let mut parts = Vec::new();
    for listed in chains {
        // One rule is listed without what stands above it.
        let mut part = if only.rule.is_none() { head(listed, style, table) } else { String::new() };
        let rules = listed.chain.into_iter().flat_map(|chain| &chain.rules);
        for (number, entry) in (1..).zip(rules).filter(|(number, _)| only.rule.is_none_or(|only| only == *number)) {
            part += &rule(number, entry, style);
        }
        parts.push(part);
    }
    parts.join("\n")
}

fn head(listed: &Listed<'_>, style: Style, table: Option<&Table>) -> String {
    let mut text = format!("Chain {} ", listed.name);
    match listed.base {
        Some(base) => {
            let policy = base.policy.to_string().to_uppercase();
            let Counter { packets, bytes } = listed.chain.and_then(|chain| chain.counter).unwrap_or_default();
            text += &match style.verbose {
                true => {
                    format!("(policy {policy} {} packets, {} bytes)\n", amount(packets, style), amount(bytes, style))
                }
                false => format!("(policy {policy})\n"),
            };
        }
        None => text += &format!("({} references)\n", references(&listed.name, table)),
    }
    if style.line_numbers {
        text += "num  ";
    }
    if style.verbose {
        text += if style.exact { "    pkts      bytes " } else { " pkts bytes " };
    }
    text += "target     prot opt";
    if style.verbose {
        text += " in     out    ";
    }
    text + &format!(" {:<19}  {:<19} \n", "source", "destination")
}

/// How many rules lead to a chain.
fn references(name: &str, table: Option<&Table>) -> usize {
    let rules = table.into_iter().flat_map(|table| &table.chains).flat_map(|chain| &chain.rules);
    let leads_here = |entry: &&RuleEntry| match &entry.rule {
        Rule::Plain(PlainRule { verdict: Some(Verdict::Jump(to) | Verdict::Goto(to)), .. }) => to == name,
        Rule::Plain(_) | Rule::Opaque(_) => false,
    };
    rules.filter(leads_here).count()
}

/// `xtables_print_num` of iptables, without its blanks.
fn amount(number: u64, style: Style) -> String {
    const LEAST_SHORTENED: u64 = 100_000;
    if style.exact || number < LEAST_SHORTENED {
        return number.to_string();
    }
    let mut number = number;
    for unit in ["K", "M", "G"] {
        number = (number + 500) / 1000;
        if number <= 9999 {
            return format!("{number}{unit}");
        }
    }
    format!("{}T", (number + 500) / 1000)
}

fn rule(number: u32, entry: &RuleEntry, style: Style) -> String {
    let mut text = if style.line_numbers { format!("{number:<4} ") } else { String::new() };
    if style.verbose {
        let Counter { packets, bytes } = entry.counter.unwrap_or_default();
        let (packets, bytes) = (amount(packets, style), amount(bytes, style));
        text += &if style.exact { format!("{packets:>8} {bytes:>8} ") } else { format!("{packets:>5} {bytes:>5} ") };
    }
    let rule = match &entry.rule {
        Rule::Plain(rule) => rule,
        Rule::Opaque(opaque) => return text + &not_understood(opaque) + "\n",
    };
    let find = |is: fn(&Criterion) -> bool| rule.matches.iter().find(|condition| is(&condition.criterion));
    text += &format!("{:<9} ", rule.verdict.as_ref().map(target_name).unwrap_or_default());
    text += &protocol(find(|criterion| matches!(criterion, Criterion::Protocol(_))), style);
    text += "-- ";
    if style.verbose {
        let link = |condition| format!("{:<6} ", link(condition, style));
        text += " ";
        text += &link(find(|criterion| matches!(criterion, Criterion::In(_))));
        text += &link(find(|criterion| matches!(criterion, Criterion::Out(_))));
    }
    text += &address(find(|criterion| matches!(criterion, Criterion::Source(_))), style);
    text += &address(find(|criterion| matches!(criterion, Criterion::Destination(_))), style);
    if matches!(rule.verdict, Some(Verdict::Goto(_))) {
        text += "[goto] ";
    }
    text + &conditions(rule, style)
        + &rule.verdict.as_ref().map(|verdict| target_details(verdict, style)).unwrap_or_default()
        + "\n"
}

fn target_name(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Accept => "ACCEPT",
        Verdict::Drop => "DROP",
        Verdict::Reject(_) => "REJECT",
        Verdict::Return => "RETURN",
        Verdict::Jump(chain) | Verdict::Goto(chain) => chain,
        Verdict::Masquerade { .. } => "MASQUERADE",
        Verdict::Snat(_) => "SNAT",
        Verdict::Dnat(_) => "DNAT",
        Verdict::Redirect { .. } => "REDIRECT",
    }
}

fn protocol(condition: Option<&Match>, style: Style) -> String {
    let negated = if condition.is_some_and(|condition| condition.negated) { '!' } else { ' ' };
    let name = match condition.map(|condition| &condition.criterion) {
        Some(Criterion::Protocol(protocol)) if style.numeric => protocol.0.to_string(),
        Some(Criterion::Protocol(protocol)) => iptables_protocol_text(*protocol),
        Some(_) | None => (if style.numeric { "0" } else { "all" }).into(),
    };
    format!("{negated}{name:<4} ")
}

fn link(condition: Option<&Match>, style: Style) -> String {
    let negated = if condition.is_some_and(|condition| condition.negated) { "!" } else { "" };
    match condition.map(|condition| &condition.criterion) {
        Some(Criterion::In(link) | Criterion::Out(link)) => negated.to_owned() + &iptables_link_text(link),
        Some(_) | None => (if style.numeric { "*" } else { "any" }).into(),
    }
}

fn address(condition: Option<&Match>, style: Style) -> String {
    let negated = if condition.is_some_and(|condition| condition.negated) { '!' } else { ' ' };
    let text = match condition.map(|condition| &condition.criterion) {
        Some(Criterion::Source(prefix) | Criterion::Destination(prefix)) => prefix_text(*prefix, style),
        Some(_) | None => match (style.numeric, style.ipv6) {
            (false, _) => "anywhere".into(),
            (true, false) => "0.0.0.0/0".into(),
            (true, true) => "::/0".into(),
        },
    };
    format!("{negated}{text:<19} ")
}

/// A host is written without its length; the two names are those that every machine has.
fn prefix_text(prefix: Cidr, style: Style) -> String {
    let loopback = IpAddr::from([127, 0, 0, 1]);
    match prefix {
        prefix if !style.numeric && prefix == Cidr::host(loopback) => "localhost".into(),
        prefix if !style.numeric && prefix.to_string() == "127.0.0.0/8" => "loopback/8".into(),
        prefix if !style.numeric && prefix.to_string() == "169.254.0.0/16" => "link-local/16".into(),
        prefix if prefix.is_host() => prefix.addr().to_string(),
        prefix => prefix.to_string(),
    }
}

/// What the matches say, each with a blank before it.
fn conditions(rule: &PlainRule, style: Style) -> String {
    let of = rule.matches.iter().find_map(|condition| match condition.criterion {
        Criterion::Protocol(protocol) => Some(protocol),
        _ => None,
    });
    let of = of.unwrap_or(Protocol::TCP);
    let name = of.name().unwrap_or("tcp");
    let mut text = String::new();
    let mut in_match = false;
    for condition in &rule.matches {
        let not = if condition.negated { "!" } else { "" };
        let blank_not = if condition.negated { "! " } else { "" };
        // The ports are options of one match.
        let lead = if in_match { String::new() } else { format!(" {name}") };
        in_match = false;
        text += &match &condition.criterion {
            Criterion::SourcePort(ports) => {
                in_match = true;
                format!("{lead} {}", port("spt", *ports, not, of, style))
            }
            Criterion::DestinationPort(ports) => format!("{lead} {}", port("dpt", *ports, not, of, style)),
            Criterion::IcmpType(kind) => icmp(*kind, condition.negated, of == Protocol::ICMPV6, style),
            Criterion::State { states, spelling } => {
                let word = match spelling {
                    StateSpelling::Conntrack => "ctstate",
                    StateSpelling::State => "state",
                };
                format!(" {blank_not}{word} {}", iptables_states_text(*states))
            }
            Criterion::Comment(comment) => format!(" /* {comment} */"),
            Criterion::LocalDestination => format!(" ADDRTYPE match dst-type {not}LOCAL"),
            Criterion::In(LinkPattern::Is(_) | LinkPattern::StartsWith(_))
            | Criterion::Out(_)
            | Criterion::Source(_)
            | Criterion::Destination(_)
            | Criterion::Protocol(_) => String::new(),
        };
    }
    text
}

fn port(word: &str, ports: Ports, not: &str, of: Protocol, style: Style) -> String {
    let name = |port: u16| match service_name(port, of).filter(|_| !style.numeric) {
        Some(name) => name.to_owned(),
        None => port.to_string(),
    };
    match ports.is_one() {
        true => format!("{word}:{not}{}", name(ports.first)),
        false => format!("{word}s:{not}{}:{}", name(ports.first), name(ports.last)),
    }
}

fn icmp(kind: u8, negated: bool, ipv6: bool, style: Style) -> String {
    let (name, not) = (if ipv6 { "ipv6-icmp" } else { "icmp" }, if negated { "!" } else { "" });
    match icmp_type_name(kind, ipv6, true).filter(|_| !style.numeric) {
        Some(word) => format!(" {name} {not}{word}"),
        None if negated => format!(" {name} !type {kind}"),
        None => format!(" {name}type {kind}"),
    }
}

/// What the target adds, with a blank before it.
fn target_details(verdict: &Verdict, style: Style) -> String {
    match verdict {
        Verdict::Reject(with) => format!(" reject-with {}", iptables_reject_text(*with, style.ipv6)),
        Verdict::Masquerade { ports: Some(ports) } => format!(" masq ports: {}", iptables_ports_text(*ports, '-')),
        Verdict::Redirect { ports: Some(ports) } => format!(" redir ports {}", iptables_ports_text(*ports, '-')),
        Verdict::Snat(target) | Verdict::Dnat(target) => format!(" to:{}", iptables_target_text(target)),
        Verdict::Accept
        | Verdict::Drop
        | Verdict::Return
        | Verdict::Jump(_)
        | Verdict::Goto(_)
        | Verdict::Masquerade { ports: None }
        | Verdict::Redirect { ports: None } => String::new(),
    }
}
