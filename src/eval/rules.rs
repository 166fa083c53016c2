//! Refusals of tables, chains and rules in words.

use crate::{
    codes::Code,
    commands::Arg,
    diag::{self, Diagnostic},
    model::{Reason, Ruleset},
    net::NsRef,
    ops::{Book, ChainRef, Op, PlainRule, Rule, RuleSelector, TableRef, Verdict, iptables_program, rule_text},
    source::Span,
};

use super::{
    history,
    refusal::{Scene, listed, place},
};

/// The tables of iptables, in the order in which they come to mind.
const TABLES: [&str; 5] = ["filter", "nat", "mangle", "raw", "security"];

/// The chains that some table of iptables has.
const CHAINS: [&str; 5] = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

/// What a rule of iptables can do with a packet.
const TARGETS: [&str; 8] = ["ACCEPT", "DNAT", "DROP", "MASQUERADE", "REDIRECT", "REJECT", "RETURN", "SNAT"];

/// Why a change of rules is refused.
pub fn explain(reason: &Reason, op: &Op, words: &[Arg], statement: Span, scene: &Scene<'_>) -> Diagnostic {
    let at = |name: &str| words.iter().rev().find(|arg| arg.text == name).map_or(statement, |arg| arg.span);
    match reason {
        Reason::NoSuchTable { table } => no_such_table(table, op.ns(), at(&table.name), scene),
        Reason::NoSuchChain { chain } => no_such_chain(chain, op.ns(), at(&chain.name), words, scene),
        Reason::NoSuchRule { which, count } => no_such_rule(which, *count, op.ns(), words, statement, scene),
        Reason::ChainExists { chain } => chain_exists(chain, op.ns(), at(&chain.name), scene),
        Reason::ChainInUse { chain } => chain_in_use(chain, op.ns(), at(&chain.name), scene),
        _ => Diagnostic::error(Code::KernelRefused, "the rules do not allow this").label(statement, "refused"),
    }
}

fn ruleset<'a>(scene: &Scene<'a>, ns: &NsRef) -> Option<&'a Ruleset> {
    scene.world.namespace(ns)?.ruleset.as_ref()
}

fn with_help(diagnostic: Diagnostic, help: Option<String>) -> Diagnostic {
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// `table `nat` of iptables`, or `table `inet mine``.
fn named(table: &TableRef) -> String {
    match table.is_of_iptables() {
        true => format!("table `{}` of {}", table.name, iptables_program(table)),
        false => format!("table `{table}`"),
    }
}

fn no_such_table(table: &TableRef, ns: &NsRef, at: Span, scene: &Scene<'_>) -> Diagnostic {
    let there =
        ruleset(scene, ns).map(|ruleset| listed(ruleset.tables.iter().map(|table| format!("`{}`", table.table))));
    let diagnostic = Diagnostic::error(Code::NotFound, format!("there is no {} in {}", named(table), place(ns)))
        .label(at, "no such table");
    with_help(diagnostic, there.filter(|there| !there.is_empty()).map(|there| format!("there are {there}")))
}

/// The statement with another word in the place of one.
fn retyped(words: &[Arg], old: &str, new: &str) -> Option<String> {
    let last = words.iter().rposition(|arg| arg.text == old)?;
    let word = |(at, arg): (usize, &Arg)| match (at == last, arg.bare) {
        (true, _) => new.to_owned(),
        (false, true) => arg.text.clone(),
        (false, false) => format!("\"{}\"", arg.text),
    };
    Some(words.iter().enumerate().map(word).collect::<Vec<String>>().join(" "))
}

fn no_such_chain(chain: &ChainRef, ns: &NsRef, at: Span, words: &[Arg], scene: &Scene<'_>) -> Diagnostic {
    let name = chain.name.as_str();
    let is_target = words.windows(2).any(|pair| pair[0].text == "-j" && pair[1].text == name);
    let (kinds, what) = match is_target {
        true => ("target or chain", "neither a target nor a chain"),
        false => ("chain", "no such chain"),
    };
    let message = format!("there is no {kinds} `{name}` in {} in {}", named(&chain.table), place(ns));
    let diagnostic = Diagnostic::error(Code::NotFound, message).label(at, what);
    if let Some(line) = history::chain_gone(scene.history, ns, chain).map(|span| scene.sources.line_of(span)) {
        return diagnostic.note(format!("line {line} took it away"));
    }
    if !chain.table.is_of_iptables() {
        return diagnostic;
    }
    let upper = name.to_uppercase();
    let table = chain.table.name.as_str();
    let builtin_of = |name: &str| -> Vec<&'static str> {
        let has = |table: &&str| TableRef::new(chain.table.family, table).chain(name).builtin().is_some();
        TABLES.into_iter().filter(has).collect()
    };
    let own = ruleset(scene, ns).and_then(|ruleset| ruleset.table(&chain.table));
    let own = own.map_or(&[][..], |table| &table.chains).iter().map(|chain| chain.name.as_str());
    let targets: &[&str] = if is_target { &TARGETS } else { &[] };
    let builtin = CHAINS.into_iter().filter(|chain| !is_target && builtin_of(chain).contains(&table));
    let candidates: Vec<&str> = own.chain(targets.iter().copied()).chain(builtin).collect();
    let meant = candidates
        .iter()
        .copied()
        .find(|candidate| *candidate == upper)
        .or_else(|| diag::nearest(name, candidates.iter().copied()))
        .or_else(|| diag::nearest(&upper, candidates.iter().copied()));
    let elsewhere = builtin_of(&upper);
    let help = match (meant, elsewhere.as_slice()) {
        (Some(meant), _) => match retyped(words, name, meant) {
            Some(line) => format!("did you mean `{meant}`? type `{line}`"),
            None => format!("did you mean `{meant}`?"),
        },
        (None, []) if is_target => format!("make the chain first: `{}`", new_chain(chain)),
        (None, []) => format!("make it first: `{}`", new_chain(chain)),
        (None, [only]) => format!("it is a chain of table {only}: add `-t {only}`"),
        (None, [first, others @ ..]) => {
            let tables = listed([*first].into_iter().chain(others.iter().copied()).map(String::from));
            let usual = if elsewhere.contains(&"nat") { "nat" } else { first };
            format!("it is a chain of the tables {tables}: add `-t {usual}`")
        }
    };
    diagnostic.help(help)
}

fn new_chain(chain: &ChainRef) -> String {
    let table = if chain.table.name == "filter" { String::new() } else { format!("-t {} ", chain.table.name) };
    format!("{} {table}-N {}", iptables_program(&chain.table), chain.name)
}

fn no_such_rule(
    which: &RuleSelector,
    count: usize,
    ns: &NsRef,
    words: &[Arg],
    statement: Span,
    scene: &Scene<'_>,
) -> Diagnostic {
    let at = |number: u32| {
        let text = number.to_string();
        words.iter().rev().find(|arg| arg.text == text).map_or(statement, |arg| arg.span)
    };
    let amount = match count {
        0 => "has no rules".to_owned(),
        1 => "has one rule".to_owned(),
        count => format!("has {count} rules"),
    };
    let missing = |message, span, label: &str| Diagnostic::error(Code::NotFound, message).label(span, label);
    match which {
        RuleSelector::Number { chain, number } => {
            let message =
                format!("there is no rule {number}: the chain `{}` of {} {amount}", chain.name, named(&chain.table));
            // `-R` and `-I` count on: the number that was written may be the one before.
            let span = [*number, number.saturating_sub(1)].into_iter().map(at).find(|span| *span != statement);
            let diagnostic = missing(message, span.unwrap_or(statement), "no such rule");
            match count {
                0 => diagnostic,
                _ => diagnostic.help(format!("`{}` lists them", list(chain))),
            }
        }
        RuleSelector::Like { chain, rule } => {
            let message = format!(
                "there is no such rule in the chain `{}` of {}, which {amount}",
                chain.name,
                named(&chain.table)
            );
            let diagnostic = missing(message, statement, "no rule is like this one");
            match nearest_rule(chain, rule, ns, scene) {
                Some(near) => diagnostic.help(format!("the nearest is `-A {} {near}`", chain.name)),
                None if count > 0 => diagnostic.help(format!("`{}` lists them", list(chain))),
                None => diagnostic,
            }
        }
        RuleSelector::Native { book, number } => {
            let word = match book {
                Book::Nat => "nat",
                Book::Firewall => "firewall",
            };
            let message = format!("there is no rule {number}: `{word}` {amount} in {}", place(ns));
            let diagnostic = missing(message, at(*number), "no such rule");
            if count > 0 { diagnostic.help(format!("`{word} show` lists them")) } else { diagnostic }
        }
    }
}

/// The command that lists the rules of a chain with their numbers.
fn list(chain: &ChainRef) -> String {
    let table = if chain.table.name == "filter" { String::new() } else { format!("-t {} ", chain.table.name) };
    format!("{} {table}-nL {} --line-numbers", iptables_program(&chain.table), chain.name)
}

/// The rule of the chain that has the most in common with one that is not there.
fn nearest_rule(chain: &ChainRef, rule: &Rule, ns: &NsRef, scene: &Scene<'_>) -> Option<String> {
    let Rule::Plain(PlainRule { matches, verdict, .. }) = rule else { return None };
    let found = ruleset(scene, ns)?.chain(chain)?;
    let in_common = |other: &Rule| match other {
        Rule::Plain(other) => {
            other.matches.iter().filter(|condition| matches.contains(condition)).count()
                + usize::from(other.verdict == *verdict)
        }
        Rule::Opaque(_) => 0,
    };
    let best = found.rules.iter().max_by_key(|entry| in_common(&entry.rule))?;
    let family = chain.table.family;
    let text = match chain.table.is_of_iptables() {
        true => crate::ops::iptables_rule_text(&best.rule, family),
        false => rule_text(&best.rule, family),
    };
    (in_common(&best.rule) > 0).then_some(text)
}

fn chain_exists(chain: &ChainRef, ns: &NsRef, at: Span, scene: &Scene<'_>) -> Diagnostic {
    let message = format!("there is a chain `{}` in {} in {} already", chain.name, named(&chain.table), place(ns));
    let diagnostic = Diagnostic::error(Code::KernelRefused, message).label(at, "the name is taken");
    if chain.builtin().is_some() {
        return diagnostic.note("it is built in");
    }
    match history::chain_made(scene.history, ns, chain) {
        Some(made) if made.source == at.source => diagnostic.label(made, "it was made here"),
        Some(_) | None => diagnostic,
    }
}

fn chain_in_use(chain: &ChainRef, ns: &NsRef, at: Span, scene: &Scene<'_>) -> Diagnostic {
    let table = if chain.table.name == "filter" { String::new() } else { format!("-t {} ", chain.table.name) };
    let program = iptables_program(&chain.table);
    let found = ruleset(scene, ns).and_then(|ruleset| ruleset.table(&chain.table));
    let leads_here = |rule: &Rule| match rule {
        Rule::Plain(PlainRule { verdict: Some(Verdict::Jump(to) | Verdict::Goto(to)), .. }) => *to == chain.name,
        Rule::Plain(_) | Rule::Opaque(_) => false,
    };
    for other in found.map_or(&[][..], |table| &table.chains) {
        if let Some(number) = other.rules.iter().position(|entry| leads_here(&entry.rule)) {
            let message = format!("the chain `{}` cannot go: a rule of `{}` leads to it", chain.name, other.name);
            return Diagnostic::error(Code::KernelRefused, message).label(at, "in use").help(format!(
                "take the rule away first: `{program} {table}-D {} {}`",
                other.name,
                number + 1
            ));
        }
    }
    let message = format!("the chain `{}` cannot go: it has rules", chain.name);
    Diagnostic::error(Code::KernelRefused, message)
        .label(at, "not empty")
        .help(format!("take them away first: `{program} {table}-F {}`", chain.name))
}
