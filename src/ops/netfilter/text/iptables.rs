//! A rule in the words of `iptables`.

use std::net::IpAddr;

use super::super::{
    Criterion, Family, LinkPattern, Match, NatTarget, PlainRule, Ports, Protocol, RejectWith, State, StateSpelling,
    States, Verdict,
};

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The word.
    pub text: String,
    /// `iptables -S` puts quotes around it where it is not plain.
    pub quoted: bool,
    /// It belongs to the target, not to the conditions.
    pub of_target: bool,
}

impl Piece {
    /// As `iptables -S` writes it.
    pub fn saved(&self) -> String {
        if self.quoted { save_string(&self.text) } else { self.text.clone() }
    }
}

/// A text as `xtables_save_string` of iptables writes it.
pub fn save_string(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !text.is_empty() && text.chars().all(plain) {
        return text.into();
    }
    let mut saved = String::from("\"");
    for c in text.chars() {
        if ['"', '\\', '\''].contains(&c) {
            saved.push('\\');
        }
        saved.push(c);
    }
    saved + "\""
}

/// The words of a rule, in the order in which `iptables -S` prints them behind `-A CHAIN`.
pub fn words(rule: &PlainRule, family: Family) -> Vec<Piece> {
    let mut words = Words(Vec::new());
    // `save_rule` of iptables' `nft-ipv4.c`: what is in the IP header first, in an order of its own.
    let header: [fn(&Criterion) -> bool; 5] = [
        |criterion| matches!(criterion, Criterion::Source(_)),
        |criterion| matches!(criterion, Criterion::Destination(_)),
        |criterion| matches!(criterion, Criterion::In(_)),
        |criterion| matches!(criterion, Criterion::Out(_)),
        |criterion| matches!(criterion, Criterion::Protocol(_)),
    ];
    for is_next in header {
        for condition in rule.matches.iter().filter(|condition| is_next(&condition.criterion)) {
            words.condition(condition, None);
        }
    }
    let protocol = rule.matches.iter().find_map(|condition| match condition.criterion {
        Criterion::Protocol(protocol) => Some(protocol),
        _ => None,
    });
    let mut rest = rule.matches.iter().peekable();
    while let Some(condition) = rest.next() {
        if header.iter().any(|is_header| is_header(&condition.criterion)) {
            continue;
        }
        words.condition(condition, protocol);
        // Both ports are options of one match.
        if matches!(condition.criterion, Criterion::SourcePort(_))
            && let Some(next) = rest.next_if(|next| matches!(next.criterion, Criterion::DestinationPort(_)))
        {
            words.port(next, "--dport");
        }
    }
    if let Some(verdict) = &rule.verdict {
        let from = words.0.len();
        words.verdict(verdict, family);
        words.0[from..].iter_mut().for_each(|piece| piece.of_target = true);
    }
    words.0
}

struct Words(Vec<Piece>);

impl Words {
    fn push(&mut self, text: impl Into<String>) {
        self.0.push(Piece { text: text.into(), quoted: false, of_target: false });
    }

    fn option(&mut self, negated: bool, option: &str, value: impl Into<String>) {
        if negated {
            self.push("!");
        }
        self.push(option);
        self.push(value);
    }

    fn module(&mut self, name: &str) {
        self.option(false, "-m", name);
    }

    fn port(&mut self, condition: &Match, option: &str) {
        if let Criterion::SourcePort(ports) | Criterion::DestinationPort(ports) = &condition.criterion {
            self.option(condition.negated, option, ports_text(*ports, ':'));
        }
    }

    fn condition(&mut self, condition: &Match, protocol: Option<Protocol>) {
        let negated = condition.negated;
        let module = || protocol.map_or_else(|| "tcp".into(), module_of);
        match &condition.criterion {
            Criterion::In(link) => self.option(negated, "-i", link_text(link)),
            Criterion::Out(link) => self.option(negated, "-o", link_text(link)),
            Criterion::Source(prefix) => self.option(negated, "-s", prefix.to_string()),
            Criterion::Destination(prefix) => self.option(negated, "-d", prefix.to_string()),
            Criterion::LocalDestination => {
                self.module("addrtype");
                self.option(negated, "--dst-type", "LOCAL");
            }
            Criterion::Protocol(protocol) => self.option(negated, "-p", protocol_text(*protocol)),
            Criterion::SourcePort(_) => {
                self.module(&module());
                self.port(condition, "--sport");
            }
            Criterion::DestinationPort(_) => {
                self.module(&module());
                self.port(condition, "--dport");
            }
            Criterion::IcmpType(kind) => {
                let ipv6 = protocol == Some(Protocol::ICMPV6);
                self.module(if ipv6 { "icmp6" } else { "icmp" });
                self.option(negated, if ipv6 { "--icmpv6-type" } else { "--icmp-type" }, kind.to_string());
            }
            Criterion::State { states, spelling } => {
                let (module, option) = match spelling {
                    StateSpelling::Conntrack => ("conntrack", "--ctstate"),
                    StateSpelling::State => ("state", "--state"),
                };
                self.module(module);
                self.option(negated, option, states_text(*states));
            }
            Criterion::Comment(comment) => {
                self.module("comment");
                self.push("--comment");
                self.0.push(Piece { text: comment.clone(), quoted: true, of_target: false });
            }
        }
    }

    fn verdict(&mut self, verdict: &Verdict, family: Family) {
        let ports = |words: &mut Self, ports: &Option<Ports>| {
            if let Some(ports) = ports {
                words.option(false, "--to-ports", ports_text(*ports, '-'));
            }
        };
        self.push(if matches!(verdict, Verdict::Goto(_)) { "-g" } else { "-j" });
        match verdict {
            Verdict::Accept => self.push("ACCEPT"),
            Verdict::Drop => self.push("DROP"),
            Verdict::Return => self.push("RETURN"),
            Verdict::Reject(with) => {
                self.push("REJECT");
                self.option(false, "--reject-with", reject_text(*with, family == Family::Ip6));
            }
            Verdict::Jump(chain) | Verdict::Goto(chain) => self.push(chain),
            Verdict::Masquerade { ports: to } => {
                self.push("MASQUERADE");
                ports(self, to);
            }
            Verdict::Snat(target) => {
                self.push("SNAT");
                self.option(false, "--to-source", target_text(target));
            }
            Verdict::Dnat(target) => {
                self.push("DNAT");
                self.option(false, "--to-destination", target_text(target));
            }
            Verdict::Redirect { ports: to } => {
                self.push("REDIRECT");
                ports(self, to);
            }
        }
    }
}

/// The match that has the ports of a protocol.
fn module_of(protocol: Protocol) -> String {
    protocol.name().unwrap_or("tcp").into()
}

/// `eth0`, or `eth+` for all that begin so.
pub fn link_text(link: &LinkPattern) -> String {
    match link {
        LinkPattern::Is(name) => name.to_string(),
        LinkPattern::StartsWith(beginning) => format!("{beginning}+"),
    }
}

/// The name, or the number of one without.
pub fn protocol_text(protocol: Protocol) -> String {
    protocol.name().map_or_else(|| protocol.0.to_string(), String::from)
}

/// `80`, or the first and the last with that between them.
pub fn ports_text(ports: Ports, between: char) -> String {
    if ports.is_one() { ports.first.to_string() } else { format!("{}{between}{}", ports.first, ports.last) }
}

/// `RELATED,ESTABLISHED`, in the order of `libxt_conntrack.c`.
pub fn states_text(states: States) -> String {
    const ORDER: [State; 5] = [State::Invalid, State::New, State::Related, State::Established, State::Untracked];
    let words: Vec<String> =
        ORDER.into_iter().filter(|state| states.has(*state)).map(|state| state.word().to_uppercase()).collect();
    words.join(",")
}

/// `icmp-port-unreachable`, `icmp6-adm-prohibited`.
pub fn reject_text(with: RejectWith, ipv6: bool) -> &'static str {
    match (with, ipv6) {
        (RejectWith::PortUnreachable, false) => "icmp-port-unreachable",
        (RejectWith::HostUnreachable, false) => "icmp-host-unreachable",
        (RejectWith::NetUnreachable, false) => "icmp-net-unreachable",
        (RejectWith::AdminProhibited, false) => "icmp-admin-prohibited",
        (RejectWith::PortUnreachable, true) => "icmp6-port-unreachable",
        (RejectWith::HostUnreachable, true) => "icmp6-addr-unreachable",
        (RejectWith::NetUnreachable, true) => "icmp6-no-route",
        (RejectWith::AdminProhibited, true) => "icmp6-adm-prohibited",
        (RejectWith::TcpReset, _) => "tcp-reset",
    }
}

/// `192.168.15.2:80`, `[fd00::1]:80`, `1.2.3.4-1.2.3.9:100-200`, `:80`.
pub fn target_text(target: &NatTarget) -> String {
    let ports = target.ports.map(|ports| format!(":{}", ports_text(ports, '-'))).unwrap_or_default();
    let Some((first, last)) = target.addresses else { return ports };
    let addresses = if first == last { first.to_string() } else { format!("{first}-{last}") };
    match first {
        IpAddr::V6(_) if target.ports.is_some() => format!("[{addresses}]{ports}"),
        IpAddr::V4(_) | IpAddr::V6(_) => addresses + &ports,
    }
}
