//! From options to a rule.

use super::{
    error::IptablesError,
    key::Key,
    options::{self, MODULES},
    statement::Statement,
    value,
    words::{Given, not_yet},
};
use crate::{
    commands::error::UsageError,
    net::Cidr,
    ops::{
        Criterion, Dialect, LinkPattern, Match, NatTarget, PlainRule, Protocol, RejectWith, Rule, StateSpelling,
        Verdict,
    },
    source::Spanned,
};

/// A match that was asked for with `-m`, or that came with an option of its own.
struct Module<'a> {
    name: &'a str,
    given: &'a Given,
    matches: Vec<Match>,
}

/// The rules that the options describe: one for each pair of source and destination.
pub fn rules(statement: &Statement<'_>) -> Result<Vec<Rule>, UsageError> {
    let protocol = protocol(statement)?;
    let mut before = Vec::new();
    for (key, to_criterion) in [
        (Key::In, Criterion::In as fn(LinkPattern) -> Criterion),
        (Key::Out, Criterion::Out as fn(LinkPattern) -> Criterion),
    ] {
        if let Some(given) = statement.once(key)? {
            link_place(statement, given)?;
            let link = value::link(given.value())?;
            before.extend(link.map(|link| Match { negated: given.negated.is_some(), criterion: to_criterion(link) }));
        }
    }
    before.extend(protocol.map(|(protocol, negated)| Match { negated, criterion: Criterion::Protocol(protocol) }));
    let behind = modules(statement, protocol)?;
    let verdict = verdict(statement, protocol)?;
    let mut rules = Vec::new();
    for source in prefixes(statement, Key::Source, Criterion::Source)? {
        for destination in prefixes(statement, Key::Destination, Criterion::Destination)? {
            let mut matches = before.clone();
            matches.extend(source.clone());
            matches.extend(destination);
            matches.extend(behind.clone());
            let verdict = verdict.clone();
            rules.push(Rule::Plain(PlainRule { dialect: Dialect::Iptables, matches, verdict, comment: None }));
        }
    }
    Ok(rules)
}

/// The protocol, and whether all others are meant.
fn protocol(statement: &Statement<'_>) -> Result<Option<(Protocol, bool)>, UsageError> {
    let Some(given) = statement.once(Key::Protocol)? else { return Ok(None) };
    let protocol = value::protocol(given.value())?;
    match (protocol, given.negated) {
        (None, Some(not)) => Err(IptablesError::NotNegatable { option: given.word.clone(), not }.into()),
        (protocol, negated) => Ok(protocol.map(|protocol| (protocol, negated.is_some()))),
    }
}

/// The alternatives behind `-s` or `-d`.
fn prefixes(
    statement: &Statement<'_>,
    key: Key,
    to_criterion: fn(Cidr) -> Criterion,
) -> Result<Vec<Option<Match>>, UsageError> {
    let Some(given) = statement.once(key)? else { return Ok(vec![None]) };
    let value = given.value();
    let texts: Vec<&str> = value.value.split(',').collect();
    if let (Some(not), [_, _, ..]) = (given.negated, texts.as_slice()) {
        return Err(IptablesError::NotNegatable { option: value.clone(), not }.into());
    }
    let mut all = Vec::new();
    for text in texts {
        let prefix = value::prefix(text, value, statement.ipv6)?;
        all.push(prefix.map(|prefix| Match { negated: given.negated.is_some(), criterion: to_criterion(prefix) }));
    }
    Ok(all)
}

/// A packet has no outgoing link before it was routed, and no incoming one when this machine sends it.
fn link_place(statement: &Statement<'_>, given: &Given) -> Result<(), UsageError> {
    let chain = statement.chain.value.as_str();
    let help = match (given.key, chain) {
        (Key::Out, "PREROUTING" | "INPUT") => "the way out is not known there: use `-i`, or a chain further on",
        (Key::In, "POSTROUTING" | "OUTPUT") => "the way in is not known there: use `-o`, or `-s` with the prefix there",
        _ => return Ok(()),
    };
    Err(IptablesError::LinkPlace { option: given.word.clone(), chain: chain.into(), help }.into())
}

/// The conditions of the matches, in the order in which these were first named.
fn modules(statement: &Statement<'_>, protocol: Option<(Protocol, bool)>) -> Result<Vec<Match>, UsageError> {
    let mut modules: Vec<Module<'_>> = Vec::new();
    for given in &statement.given {
        match given.key {
            Key::Module => {
                let name = given.value();
                match name.value.as_str() {
                    known if MODULES.contains(&known) => {
                        modules.push(Module { name: known, given, matches: Vec::new() });
                    }
                    _ => {
                        let program = statement.program;
                        return Err(IptablesError::UnknownModule { program, name: name.clone() }.into());
                    }
                }
            }
            Key::SourcePort | Key::DestinationPort => port(statement, given, protocol, &mut modules)?,
            Key::IcmpType => icmp_type(statement, given, protocol, &mut modules)?,
            Key::CtState | Key::State | Key::Comment => of_module(statement, given, &mut modules)?,
            _ => {}
        }
    }
    for module in &mut modules {
        let needs = match module.name {
            "conntrack" => Some(("--ctstate", "-m conntrack --ctstate RELATED,ESTABLISHED")),
            "state" => Some(("--state", "-m state --state RELATED,ESTABLISHED")),
            "comment" => Some(("--comment", "-m comment --comment \"why it is there\"")),
            _ => None,
        };
        if let Some((option, example)) = needs.filter(|_| module.matches.is_empty()) {
            let target = module.given.value().clone();
            return Err(IptablesError::TargetNeeds { target, option, example: example.into() }.into());
        }
        module.matches.sort_by_key(|condition| matches!(condition.criterion, Criterion::DestinationPort(_)));
    }
    Ok(modules.into_iter().flat_map(|module| module.matches).collect())
}

fn port<'a>(
    statement: &Statement<'_>,
    given: &'a Given,
    protocol: Option<(Protocol, bool)>,
    modules: &mut Vec<Module<'a>>,
) -> Result<(), UsageError> {
    let Some((of, false)) = protocol.filter(|(protocol, _)| protocol.has_ports()) else {
        return Err(without_protocol(statement, &given.word, given));
    };
    let name = of.name().unwrap_or("tcp");
    let ports = value::ports(given.value())?;
    let criterion = |ports| match given.key {
        Key::SourcePort => Criterion::SourcePort(ports),
        _ => Criterion::DestinationPort(ports),
    };
    let condition = ports.map(|ports| Match { negated: given.negated.is_some(), criterion: criterion(ports) });
    match modules.iter_mut().rev().find(|module| module.name == name) {
        Some(module) => module.matches.extend(condition),
        None => modules.push(Module { name, given, matches: condition.into_iter().collect() }),
    }
    Ok(())
}

/// Ports, and no protocol that has some: `-p tcp` is put before `option`, or in the place of what is there.
pub fn without_protocol(statement: &Statement<'_>, option: &Spanned<String>, before: &Given) -> UsageError {
    let given = statement.find(Key::Protocol).map(|given| given.value().clone());
    let fix = match &given {
        Some(given) => statement.retyped(|word| if word.span == given.span { vec!["tcp".into()] } else { vec![] }),
        None => {
            let at = before.negated.unwrap_or(before.word.span);
            statement.retyped(|word| if word.span == at { vec!["-p tcp".into(), word.text.clone()] } else { vec![] })
        }
    };
    IptablesError::PortWithoutProto { option: option.clone(), given, fix }.into()
}

fn icmp_type<'a>(
    statement: &Statement<'_>,
    given: &'a Given,
    protocol: Option<(Protocol, bool)>,
    modules: &mut Vec<Module<'a>>,
) -> Result<(), UsageError> {
    let (wanted, word) = if statement.ipv6 { (Protocol::ICMPV6, "ipv6-icmp") } else { (Protocol::ICMP, "icmp") };
    if protocol != Some((wanted, false)) {
        return Err(needs_protocol(statement, given, word));
    }
    let kind = value::icmp_type(given.value(), statement.ipv6).map_err(|problem| {
        let what = format!("the type `{}`", given.value().value);
        problem.unwrap_or_else(|| not_yet(statement.program, &what, given.value().span))
    })?;
    let condition = Match { negated: given.negated.is_some(), criterion: Criterion::IcmpType(kind) };
    match modules.iter_mut().rev().find(|module| module.name.starts_with("icmp") && module.matches.is_empty()) {
        Some(module) => module.matches.push(condition),
        None => modules.push(Module { name: "icmp", given, matches: vec![condition] }),
    }
    Ok(())
}

fn needs_protocol(statement: &Statement<'_>, given: &Given, protocol: &'static str) -> UsageError {
    let fix = match statement.find(Key::Protocol) {
        Some(other) => {
            let at = other.value().span;
            statement.retyped(|word| if word.span == at { vec![protocol.into()] } else { vec![] })
        }
        None => {
            let at = given.negated.unwrap_or(given.word.span);
            let with = format!("-p {protocol}");
            statement.retyped(|word| if word.span == at { vec![with.clone(), word.text.clone()] } else { vec![] })
        }
    };
    IptablesError::NeedsProtocol { option: given.word.clone(), protocol, fix }.into()
}

/// An option of a match that stands there only when `-m` names it.
fn of_module<'a>(statement: &Statement<'_>, given: &'a Given, modules: &mut [Module<'a>]) -> Result<(), UsageError> {
    let (name, criterion) = match given.key {
        Key::CtState => ("conntrack", state(given, StateSpelling::Conntrack)?),
        Key::State => ("state", state(given, StateSpelling::State)?),
        _ => ("comment", Criterion::Comment(given.value().value.clone())),
    };
    let condition = Match { negated: given.negated.is_some(), criterion };
    match modules.iter_mut().rev().find(|module| module.name == name) {
        Some(module) if module.matches.is_empty() => {
            module.matches.push(condition);
            Ok(())
        }
        Some(module) => Err(statement.twice(module.given, given)),
        None => {
            let at = given.negated.unwrap_or(given.word.span);
            let with = format!("-m {name}");
            let fix =
                statement.retyped(|word| if word.span == at { vec![with.clone(), word.text.clone()] } else { vec![] });
            Err(IptablesError::NeedsModule { option: given.word.clone(), module: name, fix }.into())
        }
    }
}

fn state(given: &Given, spelling: StateSpelling) -> Result<Criterion, UsageError> {
    Ok(Criterion::State { states: value::states(given.value())?, spelling })
}

/// What becomes of the packets.
fn verdict(statement: &Statement<'_>, protocol: Option<(Protocol, bool)>) -> Result<Option<Verdict>, UsageError> {
    let jump = statement.once(Key::Jump)?;
    let goto = statement.once(Key::Goto)?;
    if let (Some(jump), Some(goto)) = (jump, goto) {
        return Err(UsageError::Exclusive { first: jump.word.clone(), second: goto.word.clone() });
    }
    let target = jump.map(Given::value);
    let options = |keys: &[Key]| statement.given.iter().find(|given| keys.contains(&given.key)).cloned();
    let name = target.map(|target| target.value.as_str());
    for (keys, targets) in [
        (Key::RejectWith, &["REJECT"][..]),
        (Key::ToPorts, &["MASQUERADE", "REDIRECT"]),
        (Key::ToSource, &["SNAT"]),
        (Key::ToDestination, &["DNAT"]),
    ] {
        if let Some(option) = options(&[keys]).filter(|_| !name.is_some_and(|name| targets.contains(&name))) {
            let near = |name: &str| {
                targets
                    .iter()
                    .copied()
                    .find(|target| name.eq_ignore_ascii_case(target) || crate::diag::nearest(name, [*target]).is_some())
            };
            return Err(IptablesError::TargetOption {
                option: option.word,
                targets,
                target: target.cloned(),
                meant: name.and_then(near),
            }
            .into());
        }
    }
    if let Some(goto) = goto {
        return Ok(Some(Verdict::Goto(goto.value().value.clone())));
    }
    let (Some(target), Some(jump)) = (target, jump) else { return Ok(None) };
    target_place(statement, target)?;
    let nat = |key, option, example: &str| match statement.once(key)? {
        Some(given) => nat_target(statement, given, protocol),
        None => Err(IptablesError::TargetNeeds { target: target.clone(), option, example: example.into() }.into()),
    };
    let address = |v4: &'static str, v6: &'static str| if statement.ipv6 { v6 } else { v4 };
    let ports = || match statement.once(Key::ToPorts)? {
        Some(given) if !has_ports(protocol) => Err(without_protocol(statement, &given.word, jump)),
        Some(given) => value::to_ports(given.value()).map(Some),
        None => Ok(None),
    };
    Ok(Some(match target.value.as_str() {
        "ACCEPT" => Verdict::Accept,
        "DROP" => Verdict::Drop,
        "RETURN" => Verdict::Return,
        "REJECT" => Verdict::Reject(reject(statement, protocol)?),
        "MASQUERADE" => Verdict::Masquerade { ports: ports()? },
        "REDIRECT" => Verdict::Redirect { ports: ports()? },
        "SNAT" => {
            Verdict::Snat(nat(Key::ToSource, "--to-source", address("--to-source 203.0.113.7", "--to-source fd00::7"))?)
        }
        "DNAT" => Verdict::Dnat(nat(
            Key::ToDestination,
            "--to-destination",
            address("--to-destination 192.168.15.2:80", "--to-destination [fd00::2]:80"),
        )?),
        chain => Verdict::Jump(chain.into()),
    }))
}

fn has_ports(protocol: Option<(Protocol, bool)>) -> bool {
    protocol.is_some_and(|(protocol, negated)| protocol.has_ports() && !negated)
}

fn nat_target(
    statement: &Statement<'_>,
    given: &Given,
    protocol: Option<(Protocol, bool)>,
) -> Result<NatTarget, UsageError> {
    let target = value::target(given.value(), statement.ipv6)?;
    if target.ports.is_some() && !has_ports(protocol) {
        let before = statement.given.iter().find(|other| matches!(other.key, Key::Jump)).unwrap_or(given);
        return Err(without_protocol(statement, given.value(), before));
    }
    Ok(target)
}

fn reject(statement: &Statement<'_>, protocol: Option<(Protocol, bool)>) -> Result<RejectWith, UsageError> {
    let Some(given) = statement.once(Key::RejectWith)? else { return Ok(RejectWith::PortUnreachable) };
    let with = value::reject_with(given.value(), statement.ipv6).map_err(|problem| {
        let what = format!("the answer `{}`", given.value().value);
        problem.unwrap_or_else(|| not_yet(statement.program, &what, given.value().span))
    })?;
    if with == RejectWith::TcpReset && protocol != Some((Protocol::TCP, false)) {
        return Err(needs_protocol(statement, given, "tcp"));
    }
    Ok(with)
}

/// A target works only in some tables and chains.
fn target_place(statement: &Statement<'_>, target: &Spanned<String>) -> Result<(), UsageError> {
    let (table, chains): (&'static str, &'static [&'static str]) = match target.value.as_str() {
        "MASQUERADE" => ("nat", &["POSTROUTING"]),
        "SNAT" => ("nat", &["POSTROUTING", "INPUT"]),
        "DNAT" | "REDIRECT" => ("nat", &["PREROUTING", "OUTPUT"]),
        "REJECT" => ("filter", &["INPUT", "FORWARD", "OUTPUT"]),
        _ => return Ok(()),
    };
    let chain = statement.chain.value.as_str();
    let builtin = options::TABLES.iter().any(|(_, chains)| chains.contains(&chain));
    let chain_fits = !builtin || chains.contains(&chain);
    let table_fits = statement.table == table;
    if chain_fits && table_fits {
        return Ok(());
    }
    let chain_at = statement.chain.span;
    let table_at = statement.find(Key::Table).map(|given| given.value().span);
    let mut fix = statement.retyped(|word| match word.span {
        at if at == chain_at && !chain_fits => vec![chains[0].into()],
        at if Some(at) == table_at && !table_fits => vec![table.into()],
        _ => vec![],
    });
    if table_at.is_none() && !table_fits && table != "filter" {
        fix = fix.replacen(statement.program, &format!("{} -t {table}", statement.program), 1);
    }
    Err(IptablesError::TargetPlace {
        target: target.clone(),
        table: (!table_fits).then_some(table),
        chains: if chain_fits && !table_fits && !builtin { &[] } else { chains },
        fix: Some(fix),
    }
    .into())
}
