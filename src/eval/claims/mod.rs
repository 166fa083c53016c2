//! Claims about what is there, held against a world; those that no model can answer in [`beyond`].

mod beyond;

pub use beyond::{
    judge_addresses, judge_carrier, judge_file, judge_neighbours, judge_output, judge_routes, judge_setting, told,
};

use super::Verdict;
use crate::{
    commands::{Claim, Expectation},
    model::{Link, Ruleset, World, rules_meant},
    net::NsRef,
    ops::{ChainRef, PlainRule, RouteTable, Rule, RuleSelector, iptables_rule_text, native_statement, rule_text},
    source::Spanned,
};

/// Whether the claim holds in that world; `None` for claims that only the network itself can answer.
pub fn judge(expectation: &Expectation, world: &World) -> Option<Verdict> {
    let ns = world.known_as(&expectation.ns);
    // What there is instead is worth looking for only where it is told.
    let (is_so, seen): (bool, Box<dyn Fn() -> Vec<String>>) = match &expectation.claim {
        Claim::Ping(_)
        | Claim::Tcp(_)
        | Claim::Udp(_)
        | Claim::Program { .. }
        | Claim::Neighbour { .. }
        | Claim::Setting { .. }
        | Claim::File { .. } => return None,
        Claim::Rules { rules, .. } => {
            let ruleset = world.namespace(ns)?.ruleset.as_ref()?;
            let is_there = |(chain, rule): &(ChainRef, Rule)| has_rule(ruleset, chain, rule);
            (rules.iter().all(is_there), Box::new(|| rules_beside(ruleset, rules)))
        }
        Claim::Address { cidr, link } => {
            let on = |candidate: &Link| link.as_ref().is_none_or(|link| link.value == candidate.name);
            let has = world
                .links_of(ns)
                .any(|(_, candidate)| on(candidate) && candidate.addresses.iter().any(|address| address.cidr == *cidr));
            (has, Box::new(|| addresses(ns, world)))
        }
        Claim::Route { destination, gateway, link, table } => {
            let routes = world.namespace(ns).map(|namespace| namespace.routes.as_slice()).unwrap_or_default();
            let through = |id| link.as_ref().is_none_or(|link: &Spanned<_>| Some(&link.value) == id);
            let has = routes.iter().any(|route| {
                route.destination == *destination
                    && route.table == *table
                    && (gateway.is_none() || route.gateway == *gateway)
                    && through(route.link.map(|id| &world.link(id).name))
            });
            (has, Box::new(|| self::routes(ns, *table, world)))
        }
        // The carrier is asked for elsewhere.
        Claim::Link { link, up, master, mtu, carrier: _ } => match world.find_link(ns, &link.value) {
            None => (false, Box::new(|| links(ns, world))),
            Some(id) => {
                let found = world.link(id);
                let its_master = found.master.map(|master| &world.link(master).name);
                let is_so = up.is_none_or(|up| up == found.up)
                    && master.as_ref().is_none_or(|master| Some(&master.value) == its_master)
                    && mtu.is_none_or(|mtu| mtu == found.mtu);
                (is_so, Box::new(|| vec![describe(found, world)]))
            }
        },
        Claim::Netns { name } => {
            (world.namespace(&NsRef::Named(name.clone())).is_some(), Box::new(|| namespaces(world)))
        }
    };
    Some(verdict(expectation, is_so, seen))
}

/// What comes of it that something is so, or is not; `seen` is what is there instead.
fn verdict(expectation: &Expectation, is_so: bool, seen: impl FnOnce() -> Vec<String>) -> Verdict {
    if is_so == expectation.negated { Verdict::Fails { seen: seen() } } else { Verdict::Holds }
}

/// Whether there is such a rule; where it came from, which native rules carry as a comment, does not matter.
fn has_rule(ruleset: &Ruleset, chain: &ChainRef, rule: &Rule) -> bool {
    if chain.table.is_of_iptables() {
        return rules_meant(ruleset, &RuleSelector::Like { chain: chain.clone(), rule: rule.clone() }).is_ok();
    }
    let plain = |rule: &Rule| match rule {
        Rule::Plain(rule) => Some(PlainRule { comment: None, ..rule.clone() }),
        Rule::Opaque(_) => None,
    };
    let entries = ruleset.chain(chain).map_or(&[][..], |found| &found.rules);
    plain(rule).is_some_and(|wanted| entries.iter().any(|entry| plain(&entry.rule).as_ref() == Some(&wanted)))
}

/// The rules of the chains in question.
fn rules_beside(ruleset: &Ruleset, rules: &[(ChainRef, Rule)]) -> Vec<String> {
    let mut chains: Vec<&ChainRef> = rules.iter().map(|(chain, _)| chain).collect();
    chains.dedup();
    let mut seen = Vec::new();
    for chain in chains {
        for entry in ruleset.chain(chain).map_or(&[][..], |found| &found.rules) {
            let family = chain.table.family;
            seen.push(match &entry.rule {
                rule if chain.table.is_of_iptables() => {
                    format!("-A {} {}", chain.name, iptables_rule_text(rule, family))
                }
                Rule::Plain(plain) => native_statement(chain, plain).unwrap_or_else(|| rule_text(&entry.rule, family)),
                rule @ Rule::Opaque(_) => rule_text(rule, family),
            });
        }
    }
    if seen.is_empty() { vec!["there are no rules".into()] } else { seen }
}

fn describe(link: &Link, world: &World) -> String {
    let state = if link.up { "up" } else { "down" };
    let master = link.master.map_or_else(String::new, |master| format!(", master `{}`", world.link(master).name));
    format!("link `{}` is {state}, mtu {}{master}", link.name, link.mtu)
}

fn namespaces(world: &World) -> Vec<String> {
    let names: Vec<String> =
        world.namespaces().filter_map(|(ns, _)| ns.name()).map(|name| format!("`{name}`")).collect();
    vec![if names.is_empty() { "there are no namespaces".into() } else { format!("there are {}", names.join(", ")) }]
}

fn links(ns: &NsRef, world: &World) -> Vec<String> {
    let names: Vec<String> = world.links_of(ns).map(|(_, link)| format!("`{}`", link.name)).collect();
    vec![if names.is_empty() {
        "there are no links".into()
    } else {
        format!("the links there are {}", names.join(", "))
    }]
}

fn addresses(ns: &NsRef, world: &World) -> Vec<String> {
    let all: Vec<String> = world
        .links_of(ns)
        .flat_map(|(_, link)| {
            link.addresses.iter().map(|address| format!("address {} on `{}`", address.cidr, link.name))
        })
        .collect();
    if all.is_empty() { vec!["there are no addresses".into()] } else { all }
}

fn routes(ns: &NsRef, table: RouteTable, world: &World) -> Vec<String> {
    let Some(namespace) = world.namespace(ns) else { return vec![format!("there is no namespace `{ns}`")] };
    let all: Vec<String> = namespace
        .routes
        .iter()
        .filter(|route| route.table == table)
        .map(|route| {
            let destination =
                if route.destination.is_default() { "default".into() } else { route.destination.to_string() };
            let via = route.gateway.map_or_else(String::new, |gateway| format!(" via {gateway}"));
            let dev = route.link.map_or_else(String::new, |id| format!(" dev {}", world.link(id).name));
            format!("route {destination}{via}{dev}")
        })
        .collect();
    if all.is_empty() { vec!["there are no routes".into()] } else { all }
}
