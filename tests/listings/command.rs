//! Command lines of the tools, as filters and options of the renderers.

use nns::{
    commands::{IpFamily, IpOptions},
    model::query::{AddressFilter, LinkFilter, NeighbourFilter, RouteFilter, RouteKind, RuleFilter},
    net::Cidr,
    ops::{RouteProtocol, RouteTable, RuleMark, Scope},
    report::{iproute2, nettools},
};

use crate::dump::Rows;

/// What we print for a command line, of the rows that `rows_of` has for a namespace.
pub fn render(words: &[&str], rows_of: &dyn Fn(Option<&str>) -> Rows) -> String {
    let Some((&program, words)) = words.split_first() else { return String::new() };
    match program {
        "arp" => nettools::render_arp(&rows_of(None).neighbours, words.contains(&"-a")),
        "route" => nettools::render_route(&rows_of(None).routes, words.contains(&"-n")),
        "ip" => render_ip(words, rows_of),
        other => panic!("unknown program {other}"),
    }
}

fn render_ip(words: &[&str], rows_of: &dyn Fn(Option<&str>) -> Rows) -> String {
    let mut options = IpOptions::default();
    let mut netns = None;
    let mut words = words.iter().copied();
    let object = loop {
        match words.next().unwrap() {
            "-n" => netns = words.next(),
            "-4" => options.family = Some(IpFamily::V4),
            "-6" => options.family = Some(IpFamily::V6),
            "-br" => options.brief = true,
            "-o" => options.oneline = true,
            "-d" => options.details = true,
            "-s" => options.statistics += 1,
            "-j" => options.json = true,
            "-p" => options.pretty = true,
            "-N" => options.numeric = true,
            object => break object,
        }
    };
    let mut words: Vec<&str> = words.collect();
    if words.first().is_some_and(|word| ["show", "list"].contains(word)) {
        words.remove(0);
    }
    let rows = rows_of(netns);
    match object {
        "link" => iproute2::render_links(&rows.links, &address_filter(&words, &options).links, &options),
        "addr" | "a" => iproute2::render_addresses(&rows.links, &address_filter(&words, &options), &options),
        "route" | "r" => iproute2::render_routes(&rows.routes, &route_filter(&words, &options), &options),
        "rule" => {
            let ipv6 = options.family == Some(IpFamily::V6);
            let rules = if ipv6 { &rows.rules_of_ipv6 } else { &rows.rules };
            iproute2::render_policy_rules(rules, &rule_filter(&words), &options)
        }
        "neigh" | "n" => iproute2::render_neighbours(&rows.neighbours, &neighbour_filter(&words, &options), &options),
        "netns" => iproute2::render_netns(&rows.namespaces, &options),
        other => panic!("unknown object {other}"),
    }
}

fn address_filter(words: &[&str], options: &IpOptions) -> AddressFilter {
    let mut filter = AddressFilter { family: options.family, ..AddressFilter::default() };
    let links: &mut LinkFilter = &mut filter.links;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut next = || *words.next().unwrap();
        match *word {
            "up" => links.up = true,
            "nomaster" => links.nomaster = true,
            "master" => links.master = Some(next().parse().unwrap()),
            "type" => links.kind = Some(next().into()),
            "group" => links.group = Some(next().parse().unwrap()),
            "to" => filter.to = Some(next().parse().unwrap()),
            "scope" => filter.scope = Some(scope(next())),
            "dev" => links.link = Some(next().parse().unwrap()),
            name => links.link = Some(name.parse().unwrap()),
        }
    }
    filter
}

fn route_filter(words: &[&str], options: &IpOptions) -> RouteFilter {
    let mut filter = RouteFilter { family: options.family, ..RouteFilter::default() };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut next = || *words.next().unwrap();
        match *word {
            "table" => filter.table = table(next()),
            "dev" => filter.link = Some(next().parse().unwrap()),
            "via" => filter.gateway = Some(next().parse().unwrap()),
            "proto" => {
                assert_eq!(next(), "static");
                filter.protocol = Some(RouteProtocol::STATIC);
            }
            "scope" => filter.scope = Some(scope(next())),
            "metric" => filter.metric = Some(next().parse().unwrap()),
            "type" => filter.kind = Some(kind(next())),
            "src" => filter.source = Some(next().parse().unwrap()),
            "default" => filter.destination = Some(Cidr::any_v4()),
            prefix => filter.destination = Some(prefix.parse().unwrap()),
        }
    }
    filter
}

fn rule_filter(words: &[&str]) -> RuleFilter {
    let mut filter = RuleFilter::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut next = || *words.next().unwrap();
        match *word {
            "not" => filter.not = true,
            "table" => filter.table = table(next()),
            "from" => filter.from = Some(next().parse().unwrap()),
            "to" => filter.to = Some(next().parse().unwrap()),
            "pref" => filter.priority = Some(next().parse().unwrap()),
            "iif" => filter.iif = Some(next().parse().unwrap()),
            "oif" => filter.oif = Some(next().parse().unwrap()),
            "tos" => filter.tos = u8::from_str_radix(next(), 16).unwrap(),
            "fwmark" => filter.mark = Some(mark(next())),
            other => panic!("unknown word {other}"),
        }
    }
    filter
}

fn mark(word: &str) -> RuleMark {
    let (value, mask) = word.split_once('/').unwrap_or((word, "4294967295"));
    RuleMark { value: value.parse().unwrap(), mask: mask.parse().unwrap() }
}

fn neighbour_filter(words: &[&str], options: &IpOptions) -> NeighbourFilter {
    let mut filter = NeighbourFilter { family: options.family, ..NeighbourFilter::default() };
    for pair in words.chunks(2) {
        match pair {
            ["proxy"] => filter.proxy = true,
            ["dev", name] => filter.link = Some(name.parse().unwrap()),
            ["to", prefix] => filter.to = Some(prefix.parse().unwrap()),
            other => panic!("unknown words {other:?}"),
        }
    }
    filter
}

fn table(word: &str) -> Option<RouteTable> {
    match word {
        "all" => None,
        "main" => Some(RouteTable::MAIN),
        "local" => Some(RouteTable::LOCAL),
        number => Some(RouteTable(number.parse().unwrap())),
    }
}

fn kind(word: &str) -> RouteKind {
    match word {
        "local" => RouteKind::LOCAL,
        "blackhole" => RouteKind::BLACKHOLE,
        other => panic!("unknown type {other}"),
    }
}

fn scope(word: &str) -> Scope {
    match word {
        "global" => Scope::GLOBAL,
        "link" => Scope::LINK,
        "host" => Scope::HOST,
        other => panic!("unknown scope {other}"),
    }
}
