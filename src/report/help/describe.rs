//! What a change does, as a sentence without its end.

use std::net::IpAddr;

use crate::{
    net::{Cidr, NsRef},
    ops::{
        AddrOp, Book, ChainRef, Criterion, LinkChanges, LinkKind, LinkOp, LinkPattern, LinkSpec, Master, Match,
        NatTarget, NetfilterChange, NetfilterOp, NetnsOp, Op, Policy, Ports, RouteOp, RouteSpec, RouteTable, RouteType,
        Rule, RuleAction, RuleOp, RuleSelector, RuleSpec, SysctlOp, Verdict, iptables_target_text, not_understood,
    },
};

/// What an op does; where it does so stands in front, unless that is `here`.
pub(super) fn describe(op: &Op, here: &NsRef) -> String {
    let text = match op {
        Op::Netns(op) => netns(op),
        Op::Link(op) => link(op),
        Op::Addr(op) => addr(op),
        Op::Route(op) => route(op),
        Op::Rule(op) => rule(op),
        Op::Sysctl(op) => sysctl(op),
        Op::Netfilter(op) => netfilter(op),
    };
    match op {
        Op::Netns(_) => text,
        _ if op.ns() == here => text,
        _ => format!("{}: {text}", place(op.ns())),
    }
}

/// `on the host`, `in namespace red`.
fn place(ns: &NsRef) -> String {
    match ns {
        NsRef::Host => "on the host".into(),
        NsRef::Named(name) => format!("in namespace `{name}`"),
        NsRef::Process(pid) => format!("in the namespace of process {pid}"),
    }
}

fn netns(op: &NetnsOp) -> String {
    match op {
        NetnsOp::Add { name } => {
            format!("makes a network namespace `{name}`, with nothing in it but a loopback device, which is down")
        }
        NetnsOp::Attach { name, pid } => format!("gives the namespace of process {pid} the name `{name}`"),
        NetnsOp::Del { name } => format!(
            "takes the name `{name}` away; the namespace goes with it unless a process holds it, and so do the cables \
             that end in it"
        ),
    }
}

fn link(op: &LinkOp) -> String {
    match op {
        LinkOp::Add { spec, .. } => link_added(spec),
        LinkOp::Del { link, .. } => format!(
            "takes link `{link}` away, with its addresses and the routes through it, and of a cable the other end, too"
        ),
        LinkOp::Set { link, changes, .. } => link_set(link.as_str(), changes),
    }
}

fn link_added(spec: &LinkSpec) -> String {
    let named = |name: Option<&str>| name.map_or("a link that the kernel names".into(), |name| format!("`{name}`"));
    let at = |ns: &Option<NsRef>| ns.as_ref().map_or("here".into(), place);
    let name = named(spec.name.as_ref().map(|name| name.as_str()));
    let mut text = match &spec.kind {
        LinkKind::Veth { peer } => {
            let other = named(peer.name.as_ref().map(|name| name.as_str()));
            let far = peer.netns.clone();
            format!("makes a cable (a veth pair): {name} {} and {other} {}", at(&spec.netns), at(&far))
        }
        LinkKind::Bridge => format!("makes a bridge, which is a switch: {name} {}, without ports", at(&spec.netns)),
        LinkKind::Vxlan(vxlan) => {
            let settings = &vxlan.settings;
            let to = settings.remote.map(|remote| format!(" to {remote}")).unwrap_or_default();
            let through = vxlan.dev.as_ref().map(|dev| format!(" through `{dev}`")).unwrap_or_default();
            let (id, port) = (settings.id, settings.port);
            format!("makes an overlay (a vxlan) {name}: network {id}, carried in UDP port {port}{to}{through}")
        }
    };
    text += &spec.address.map(|address| format!("; its hardware address is {address}")).unwrap_or_default();
    text += &spec.mtu.map(|mtu| format!("; its largest packet has {} bytes", mtu.bytes())).unwrap_or_default();
    text += &spec.master.as_ref().map(|master| format!("; it is a port of `{master}`")).unwrap_or_default();
    text + if spec.up { "; it is up" } else { "; it is down until it is set up" }
}

fn link_set(link: &str, changes: &LinkChanges) -> String {
    let LinkChanges { netns, address, mtu, name, master, up } = changes;
    let mut parts = Vec::new();
    if let Some(ns) = netns {
        let to = match ns {
            NsRef::Host => "to the host".to_owned(),
            NsRef::Named(name) => format!("to namespace `{name}`"),
            NsRef::Process(pid) => format!("to the namespace of process {pid}"),
        };
        parts.push(format!("moves link `{link}` {to}, where it arrives down and without addresses"));
    }
    parts.extend(address.map(|address| format!("gives link `{link}` the hardware address {address}")));
    parts.extend(mtu.map(|mtu| format!("limits packets of link `{link}` to {} bytes (its MTU)", mtu.bytes())));
    parts.extend(name.as_ref().map(|name| format!("calls link `{link}` `{name}` from now on")));
    parts.extend(up.map(|up| match up {
        true => format!("sets link `{link}` up, so that it carries packets once its other end is up, too"),
        false => format!("sets link `{link}` down: it carries nothing, and routes through it go"),
    }));
    parts.extend(master.as_ref().map(|master| match master {
        Master::Is(master) => format!("plugs link `{link}` into `{master}`, as a port of it"),
        Master::None => format!("unplugs link `{link}` from the bridge that it is a port of"),
    }));
    if parts.is_empty() { format!("changes nothing of link `{link}`") } else { parts.join("; ") }
}

fn addr(op: &AddrOp) -> String {
    match op {
        AddrOp::Add { link, address, .. } => {
            let own = address.cidr;
            let reached = address.peer.unwrap_or(own);
            let direct = match is_single(reached) {
                true if address.peer.is_some() => format!("{} is at the other end of it", reached.addr()),
                true => "no other address is reached directly by it".into(),
                false => format!("{} is reached directly through it once it is up", reached.network()),
            };
            format!("gives link `{link}` the address {}; {direct}", own.addr())
        }
        AddrOp::Del { link, address, .. } => format!("takes the address {address} of link `{link}` away"),
    }
}

fn is_single(cidr: Cidr) -> bool {
    cidr.prefix_len() == if cidr.is_ipv6() { 128 } else { 32 }
}

fn packets_to(destination: Cidr) -> String {
    if destination.prefix_len() == 0 {
        "packets that no other route leads anywhere (the default route)".into()
    } else {
        format!("packets for {destination}")
    }
}

fn route(op: &RouteOp) -> String {
    match op {
        RouteOp::Add { route, .. } => route_added(route),
        RouteOp::Del { route, .. } => {
            let via = route.gateway.map(|gateway| format!(" by way of {gateway}")).unwrap_or_default();
            format!("forgets where {} go{via}{}", packets_to(route.destination), table(route.table))
        }
    }
}

fn route_added(route: &RouteSpec) -> String {
    let packets = packets_to(route.destination);
    let fate = match route.kind {
        RouteType::Blackhole => format!("drops {packets}, silently"),
        RouteType::Unreachable => format!("drops {packets}, and tells their sender that they are unreachable"),
        RouteType::Prohibit => format!("drops {packets}, and tells their sender that it is forbidden"),
        RouteType::Throw => format!("leaves {packets} to the next routing table"),
        RouteType::Local => format!("takes {packets} for this host"),
        RouteType::Broadcast | RouteType::Multicast | RouteType::Unicast => {
            let via = match route.gateway {
                Some(gateway) => format!("to the router {gateway}"),
                None => "directly to where they go".into(),
            };
            let link = route.link.as_ref().map(|link| format!(", through link `{link}`")).unwrap_or_default();
            format!("sends {packets} {via}{link}")
        }
    };
    let source = route.source.map(|source| format!(", with the sender {source}")).unwrap_or_default();
    let metric = route.metric.map(|metric| format!(", unless there is one of a metric below {metric}"));
    format!("{fate}{source}{}{}", metric.unwrap_or_default(), table(route.table))
}

/// The tables that are asked anyway are not named.
fn table(table: RouteTable) -> String {
    if table == RouteTable::MAIN { String::new() } else { format!(", in table {table}") }
}

fn rule(op: &RuleOp) -> String {
    let packets = rule_packets(op.rule());
    match op {
        RuleOp::Add { rule, .. } => match rule.action {
            Some(RuleAction::Lookup(table)) => format!("looks in table {table} for the way of {packets}"),
            None => format!("looks in the main table for the way of {packets}"),
            Some(RuleAction::Blackhole) => format!("drops {packets}, silently"),
            Some(RuleAction::Unreachable | RuleAction::Prohibit) => {
                format!("drops {packets}, and tells their sender")
            }
        },
        RuleOp::Del { .. } => format!("takes the policy rule for {packets} away"),
    }
}

fn rule_packets(rule: &RuleSpec) -> String {
    let conditions = [
        rule.from.map(|from| format!("from {from}")),
        rule.to.map(|to| format!("to {to}")),
        rule.mark.map(|mark| format!("with mark {mark}")),
        rule.iif.as_ref().map(|iif| format!("that came in through `{iif}`")),
        rule.oif.as_ref().map(|oif| format!("of sockets bound to `{oif}`")),
        (rule.tos != 0).then(|| format!("with type of service {:#04x}", rule.tos)),
    ];
    let conditions: Vec<String> = conditions.into_iter().flatten().collect();
    let family = if rule.ipv6 { "IPv6 packets" } else { "packets" };
    match (conditions.is_empty(), rule.not) {
        (true, _) => format!("all {family}"),
        (false, false) => format!("{family} {}", conditions.join(" ")),
        (false, true) => format!("all {family} but those {}", conditions.join(" ")),
    }
}

fn sysctl(op: &SysctlOp) -> String {
    let key = op.key.to_string();
    let is_on = op.value.trim() != "0";
    match key.as_str() {
        "net.ipv4.ip_forward" | "net.ipv4.conf.all.forwarding" if is_on => {
            "passes IPv4 packets for others on, as a router does".into()
        }
        "net.ipv4.ip_forward" | "net.ipv4.conf.all.forwarding" => {
            "drops IPv4 packets for others, as a host does".into()
        }
        "net.ipv6.conf.all.forwarding" if is_on => "passes IPv6 packets for others on, as a router does".into(),
        "net.ipv6.conf.all.forwarding" => "drops IPv6 packets for others, as a host does".into(),
        _ => format!("sets the kernel's `{key}` to `{}`", op.value),
    }
}

fn netfilter(op: &NetfilterOp) -> String {
    match &op.change {
        NetfilterChange::AddTable(table) => format!("makes the table `{table}` for rules"),
        NetfilterChange::DelTable { table, .. } => format!("takes the table `{table}` away with all its rules"),
        NetfilterChange::AddChain { chain, .. } => format!("makes a chain {}", of_table(chain)),
        NetfilterChange::DelChain { chain } => format!("takes the chain {} away", of_table(chain)),
        NetfilterChange::SetPolicy { chain, policy } => {
            let fate = if *policy == Policy::Drop { "drops" } else { "accepts" };
            format!("{fate} packets {} that no rule decides about", passing(chain))
        }
        NetfilterChange::Flush { table, chain: None } => format!("takes all rules of table `{}` away", table.name),
        NetfilterChange::Flush { table, chain: Some(chain) } => {
            format!("takes all rules of chain {} away", of_table(&table.chain(chain)))
        }
        NetfilterChange::AddRule { chain, before, rule } => {
            let order = match before {
                None => String::new(),
                Some(1) => ", before all other rules".into(),
                Some(number) => format!(", as rule {number}"),
            };
            format!("{}{order}", filter_rule(chain, rule))
        }
        NetfilterChange::DelRule(RuleSelector::Number { chain, number }) => {
            format!("takes rule {number} of chain {} away", of_table(chain))
        }
        NetfilterChange::DelRule(RuleSelector::Like { chain, rule }) => {
            format!("takes the first rule away that {}", filter_rule(chain, rule))
        }
        NetfilterChange::DelRule(RuleSelector::Native { book, number }) => {
            let noun = match book {
                Book::Nat => "nat",
                Book::Firewall => "firewall",
            };
            format!("takes rule {number} of `{noun} show` away")
        }
    }
}

/// `FORWARD` of table `filter`.
fn of_table(chain: &ChainRef) -> String {
    format!("`{}` of table `{}`", chain.name, chain.table.name)
}

/// Which packets go through a chain.
fn passing(chain: &ChainRef) -> &'static str {
    match chain.name.to_lowercase().as_str() {
        "input" => "for this host",
        "output" => "of this host",
        "forward" => "that are passed on",
        "prerouting" => "that come in",
        "postrouting" => "that go out",
        _ => "that are sent there",
    }
}

fn filter_rule(chain: &ChainRef, rule: &Rule) -> String {
    let rule = match rule {
        Rule::Plain(rule) => rule,
        Rule::Opaque(opaque) => return format!("does {} with packets {}", not_understood(opaque), passing(chain)),
    };
    let is_protocol = |condition: &&Match| matches!(condition.criterion, Criterion::Protocol(_)) && !condition.negated;
    let protocol = rule.matches.iter().find(is_protocol).and_then(condition);
    let packets = protocol.map_or("packets".into(), |protocol| format!("{protocol} packets"));
    let conditions = rule.matches.iter().filter(|condition| !is_protocol(condition)).filter_map(condition);
    let conditions: Vec<String> = conditions.map(|condition| format!(", {condition}")).collect();
    let comma = if conditions.is_empty() { "" } else { "," };
    let packets = format!("{packets} {}{}", passing(chain), conditions.concat());
    let others = if chain.builtin().is_some() { String::new() } else { format!(" (chain {})", of_table(chain)) };
    let text = match &rule.verdict {
        None => format!("counts {packets}"),
        Some(Verdict::Accept) => format!("accepts {packets}"),
        Some(Verdict::Drop) => format!("drops {packets}{comma} silently"),
        Some(Verdict::Reject(_)) => format!("rejects {packets}, and tells their sender"),
        Some(Verdict::Return) => format!("goes back to the chain before for {packets}"),
        Some(Verdict::Jump(to) | Verdict::Goto(to)) => format!("asks chain `{to}` about {packets}"),
        Some(Verdict::Masquerade { .. }) => {
            format!(
                "hides the senders of {packets}{comma} behind the address of the link they leave through (masquerade)"
            )
        }
        Some(Verdict::Snat(target)) => format!("puts {} in the place of the senders of {packets}", target_text(target)),
        Some(Verdict::Dnat(target)) => format!("sends {packets}{comma} to {} instead", target_text(target)),
        Some(Verdict::Redirect { ports }) => {
            let port = ports.map(|ports| format!(", port {}", ports_text(ports))).unwrap_or_default();
            format!("sends {packets}{comma} to this host itself{port}")
        }
    };
    text + &others
}

fn target_text(target: &NatTarget) -> String {
    iptables_target_text(target)
}

fn ports_text(ports: Ports) -> String {
    if ports.is_one() { ports.first.to_string() } else { format!("{} to {}", ports.first, ports.last) }
}

fn condition(condition: &Match) -> Option<String> {
    let not = if condition.negated { "not " } else { "" };
    let link = |pattern: &LinkPattern| match pattern {
        LinkPattern::Is(link) => format!("`{link}`"),
        LinkPattern::StartsWith(start) => format!("a link whose name begins with `{start}`"),
    };
    Some(match &condition.criterion {
        Criterion::In(pattern) => format!("{not}coming in through {}", link(pattern)),
        Criterion::Out(pattern) => format!("{not}leaving through {}", link(pattern)),
        Criterion::Source(prefix) => format!("{not}from {}", short(*prefix)),
        Criterion::Destination(prefix) => format!("{not}to {}", short(*prefix)),
        Criterion::LocalDestination => format!("{not}for an address of its own"),
        Criterion::Protocol(protocol) => {
            let name = protocol.name().map_or_else(|| format!("protocol {}", protocol.0), str::to_uppercase);
            if condition.negated { format!("not of {name}") } else { name }
        }
        Criterion::SourcePort(ports) => format!("{not}from port {}", ports_text(*ports)),
        Criterion::DestinationPort(ports) => format!("{not}to port {}", ports_text(*ports)),
        Criterion::IcmpType(kind) => format!("{not}of ICMP type {kind}"),
        Criterion::State { states, .. } => {
            let words: Vec<&str> = states.iter().map(|state| state.word()).collect();
            format!("{not}of conversations that are {}", words.join(" or "))
        }
        Criterion::Comment(_) => return None,
    })
}

/// A single host without the length of its prefix.
fn short(prefix: Cidr) -> String {
    let address: IpAddr = prefix.addr();
    if is_single(prefix) { address.to_string() } else { prefix.to_string() }
}
