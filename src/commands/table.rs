//! All commands, sorted by noun and verb.

use super::{
    addr, capture, console, expect, firewall, forwarding, help, ip, iptables, link, listen, nat, neigh, netns,
    nettools, nsenter, ping, program, requires, route, rule, settle, show, spawn, spec::CommandSpec, switch, sysctl,
    watch, wire,
};

/// The commands. A new one is a line here.
pub const SPECS: &[&CommandSpec] = &[
    &addr::ADD,
    &addr::DEL,
    &addr::SHOW,
    &nettools::ARP,
    &capture::CAPTURE,
    &program::ECHO,
    &nsenter::ENTER,
    &program::EXEC,
    &program::EXIT,
    &expect::ADDR,
    &expect::EXEC,
    &expect::FILE,
    &expect::FIREWALL,
    &expect::IPTABLES,
    &expect::LINK,
    &expect::NAT,
    &expect::NEIGH,
    &expect::NETNS,
    &expect::OUTPUT,
    &expect::PING,
    &expect::ROUTE,
    &expect::SYSCTL,
    &expect::TCP,
    &expect::UDP,
    &program::FALSE,
    &firewall::ACCEPT,
    &firewall::DEL,
    &firewall::DROP,
    &firewall::FLUSH,
    &firewall::POLICY,
    &firewall::REJECT,
    &firewall::SHOW,
    &forwarding::FORWARDING,
    &help::HELP,
    &iptables::IP6TABLES,
    &iptables::IPTABLES,
    &spawn::KILL,
    &link::ADD,
    &link::DEL,
    &link::SET,
    &link::SHOW,
    &listen::LISTEN,
    &nat::DEL,
    &nat::FLUSH,
    &nat::FORWARD,
    &nat::MASQUERADE,
    &nat::REDIRECT,
    &nat::SHOW,
    &nat::SNAT,
    &neigh::SHOW,
    &netns::ADD,
    &netns::ATTACH,
    &netns::DEL,
    &netns::EXEC,
    &netns::IDENTIFY,
    &netns::LIST,
    &netns::PIDS,
    &nsenter::NSENTER,
    &ping::PING,
    &program::PRINT,
    &console::QUIT,
    &console::REDO,
    &requires::IPV6,
    &requires::KIND,
    &requires::PROGRAM,
    &nettools::ROUTE,
    &route::ADD,
    &route::APPEND,
    &route::CHANGE,
    &route::DEL,
    &route::REPLACE,
    &route::SHOW,
    &rule::ADD,
    &rule::DEL,
    &rule::FLUSH,
    &rule::SHOW,
    &console::SAVE,
    &settle::SETTLE,
    &show::SHOW,
    &console::CHANGES,
    &show::TOPOLOGY,
    &spawn::SPAWN,
    &switch::SWITCH,
    &sysctl::SYSCTL,
    &program::TRUE,
    &console::UNDO,
    &spawn::WAIT,
    &watch::WATCH,
    &wire::WIRE,
];

/// Other native words for a noun.
const NOUN_ALIASES: &[(&str, &str)] = &[("address", "addr"), ("neighbor", "neigh"), ("neighbour", "neigh")];

/// First words that are no statements yet, and what to type in their place.
pub const LATER: &[(&str, &str)] = &[
    ("brctl", "`ip link add BRIDGE type bridge` makes a bridge, `ip link set LINK master BRIDGE` a port of it"),
    ("bridge", "`ip link show master BRIDGE` lists the ports of a bridge"),
    ("explain", "`expect ping ADDRESS from NETNS` says whether packets arrive"),
    ("ifconfig", "`ip addr add ADDRESS/LENGTH dev LINK` and `ip link set LINK up` do its work"),
    ("tc", "`exec tc …` runs the program"),
];

/// The noun that a first word names.
pub fn noun(word: &str) -> Option<&'static str> {
    let word = NOUN_ALIASES.iter().find(|(alias, _)| *alias == word).map_or(word, |(_, noun)| noun);
    SPECS.iter().map(|spec| spec.noun).find(|noun| *noun == word)
}

/// A command.
pub fn find(noun: &str, verb: &str) -> Option<&'static CommandSpec> {
    SPECS.iter().copied().find(|spec| spec.noun == noun && spec.verb == verb)
}

/// The verbs of a noun.
pub fn verbs(noun: &str) -> impl Iterator<Item = &'static str> {
    SPECS.iter().filter(move |spec| spec.noun == noun && !spec.verb.is_empty()).map(|spec| spec.verb)
}

/// Whether `ip` has that command too.
pub fn is_of_ip(spec: &CommandSpec) -> bool {
    ip::has(spec.noun, spec.verb)
}

/// All words that a statement can begin with.
pub fn first_words() -> Vec<&'static str> {
    let mut words: Vec<&str> = SPECS.iter().map(|spec| spec.noun).chain(["ip"]).collect();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        commands::{act::Act, spec::Place, testing::lowered, value::Value},
        ops::{NetfilterChange, NetfilterOp, Op, Rule, native_statement},
    };

    #[test]
    fn is_sorted() {
        let names: Vec<_> = SPECS.iter().map(|spec| (spec.noun, spec.verb)).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(LATER.is_sorted());
        assert!(LATER.iter().all(|(word, _)| noun(word).is_none()));
    }

    #[test]
    fn every_example_binds() {
        for spec in SPECS {
            assert!(!spec.examples.is_empty(), "{}", spec.name());
            for example in spec.examples {
                assert!(lowered(example).is_ok(), "{example}: {:?}", lowered(example));
            }
        }
    }

    #[test]
    fn parameters_are_well_formed() {
        for param in SPECS.iter().flat_map(|spec| spec.params) {
            let named = !param.words.is_empty();
            match param.place {
                Place::Keyword | Place::Pair | Place::Tail => {
                    assert!(named && param.value != Value::Nothing, "{}", param.name)
                }
                Place::Flag => assert!(named && param.value == Value::Nothing, "{}", param.name),
                Place::Positional | Place::Rest | Place::Block => {
                    assert!(param.value != Value::Nothing, "{}", param.name)
                }
                Place::Letter => assert_eq!(param.name.chars().count(), 1, "{}", param.name),
            }
            assert!(!param.help.is_empty() && !param.help.ends_with('.'), "{}", param.name);
        }
    }

    #[test]
    fn a_rule_is_told_as_the_statement_that_makes_it() {
        let mut told = 0;
        for spec in SPECS.iter().filter(|spec| matches!(spec.noun, "nat" | "firewall")) {
            for example in spec.examples {
                let Ok(Act::Change(ops)) = lowered(example) else { continue };
                let Some(Op::Netfilter(NetfilterOp { change, .. })) = ops.first() else { continue };
                let NetfilterChange::AddRule { chain, rule: Rule::Plain(rule), .. } = change else { continue };
                let statement = native_statement(chain, rule).unwrap_or_else(|| panic!("no statement makes {example}"));
                assert_eq!(lowered(&statement), lowered(example), "{statement}");
                told += 1;
            }
        }
        assert!(told >= 10, "{told}");
    }
}
