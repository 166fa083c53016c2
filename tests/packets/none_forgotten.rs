//! No statement is forgotten: what the table of commands has for rules and forwarding, some test says.
//!
//! The statements are read from the tests themselves: each text in quotes that begins with the noun, its parts between
//! semicolons, without the `in NAMESPACE` before it. The rows of their tables leave the noun away and begin with a chain.

use std::collections::BTreeSet;

use libtest_mimic::Failed;
use nns::{
    commands::{Arg, CommandSpec, Context, UsageError, lower, table::SPECS},
    net::NsRef,
    source::Sources,
};

/// The tests that say statements.
const TESTS: &[&str] =
    &[include_str!("firewall.rs"), include_str!("forwarding.rs"), include_str!("iptables.rs"), include_str!("nat.rs")];

/// The nouns whose statements decide what becomes of packets.
const NOUNS: &[&str] = &["firewall", "forwarding", "ip6tables", "iptables", "nat"];

/// Options of `iptables` that change nothing.
const LOOKING: &[&str] = &["-C", "-L", "-S", "-n", "-v", "-x", "-w", "--line-numbers"];

/// The matches and targets of `iptables`, which no other file may read from their table, and what turns a match round.
const MATCHES_AND_TARGETS: &[&str] = &[
    "!",
    "ACCEPT",
    "DNAT",
    "DROP",
    "MASQUERADE",
    "REDIRECT",
    "REJECT",
    "RETURN",
    "SNAT",
    "comment",
    "conntrack",
    "icmp",
    "icmpv6",
    "state",
    "tcp",
    "udp",
];

/// Fails with the words that no test says.
pub fn check() -> Result<(), Failed> {
    let said: Vec<Vec<&str>> = TESTS.iter().flat_map(|text| statements(text)).collect();
    let mut forgotten = BTreeSet::new();
    for noun in NOUNS {
        let of_noun = || SPECS.iter().filter(|spec| spec.noun == *noun && changes_something(spec));
        assert!(of_noun().next().is_some(), "there is no `{noun}`");
        for spec in of_noun() {
            if !said.iter().any(|words| is_said(spec, words)) {
                forgotten.insert(spec.name());
            }
            // Where several verbs take the same word, they take it in the same way.
            for word in spec.params.iter().flat_map(|param| param.words).map(|keyword| keyword.text) {
                let with_it = |words: &Vec<&str>| words[0] == *noun && words.contains(&word);
                if !said.iter().any(with_it) {
                    forgotten.insert(format!("{noun} … {word}"));
                }
            }
        }
    }
    let usage = iptables_usage();
    let options = usage.split(['[', ']', '|', ' ']).filter(|word| word.starts_with('-') && !LOOKING.contains(word));
    for word in options.chain(MATCHES_AND_TARGETS.iter().copied()) {
        if !said.iter().any(|words| words[0].ends_with("tables") && words.contains(&word)) {
            forgotten.insert(format!("iptables … {word}"));
        }
    }
    if forgotten.is_empty() { Ok(()) } else { Err(format!("no test sends packets through {forgotten:?}").into()) }
}

/// The line that tells all options that are understood.
fn iptables_usage() -> String {
    let mut sources = Sources::default();
    let id = sources.add("test", "iptables --help");
    let word = |from, to| {
        let source = sources.get(id);
        Arg { text: source.text()[from..to].into(), bare: true, span: source.span(from, to) }
    };
    match lower(&[word(0, 8), word(9, 15)], &Context { ns: NsRef::Host }) {
        Err(UsageError::Help { usage, .. }) => usage,
        other => panic!("{other:?}"),
    }
}

fn changes_something(spec: &CommandSpec) -> bool {
    spec.verb != "show"
}

/// Whether a statement is one of that command, under whichever of its names.
fn is_said(spec: &CommandSpec, words: &[&str]) -> bool {
    let verb = words.get(1).copied().unwrap_or_default();
    words[0] == spec.noun && (spec.verb.is_empty() || spec.verb == verb || spec.aliases.contains(&verb))
}

/// The words of the statements in a file.
fn statements(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let quoted = text.split('"').skip(1).step_by(2);
    quoted.flat_map(|quoted| quoted.split(';')).filter_map(|statement| {
        let mut words: Vec<&str> = statement.split_whitespace().collect();
        if words.first() == Some(&"in") && words.len() > 2 {
            words.drain(..2);
        }
        match *words.first()? {
            noun if NOUNS.contains(&noun) => {}
            "forward" | "input" | "output" => words.insert(0, "firewall"),
            "FORWARD" | "INPUT" | "OUTPUT" | "-m" => words.insert(0, "iptables"),
            _ => return None,
        }
        Some(words)
    })
}
