use super::refusal::place;
use crate::{
    commands::{Claim, Expectation, TextMatch},
    net::IfName,
    ops::RouteTable,
    source::Spanned,
};

/// What is the case where an expectation does not hold, as a message.
pub fn broken(expectation: &Expectation) -> String {
    let at = place(&expectation.ns);
    let is_there = expectation.negated;
    let there_is = if is_there { "there is" } else { "there is no" };
    match &expectation.claim {
        Claim::Ping(request) => {
            let answers = if is_there { "answers" } else { "does not answer" };
            format!("{} {answers} a ping from {at}", request.target.value)
        }
        Claim::Tcp(target) => {
            let accepts = if is_there { "accepts" } else { "does not accept" };
            format!("{} port {} {accepts} connections from {at}", target.address, target.port)
        }
        Claim::Program { argv } => {
            let ends = if is_there { "ends well" } else { "does not end well" };
            format!("`{}`, run in {at}, {ends}", argv.join(" "))
        }
        Claim::Udp(target) => {
            let answers = if is_there { "answers" } else { "does not answer" };
            format!("{} port {} {answers} datagrams from {at}", target.address, target.port)
        }
        Claim::Address { cidr, link } => format!("{there_is} address {cidr}{} in {at}", on(link.as_ref())),
        Claim::Route { destination, gateway, link, table } => {
            let to = if destination.is_default() { "default route".into() } else { format!("route to {destination}") };
            let via = gateway.map_or_else(String::new, |gateway| format!(" via {gateway}"));
            let of = if *table == RouteTable::MAIN { String::new() } else { format!(" in table {table}") };
            format!("{there_is} {to}{via}{}{of} in {at}", on(link.as_ref()))
        }
        Claim::Neighbour { address, link, mac } => {
            let which = mac.map_or_else(String::new, |mac| format!(" with {mac}"));
            format!("{there_is} neighbour {address}{which}{} in {at}", on(link.as_ref()))
        }
        Claim::Setting { key, value: None } => format!("{there_is} setting `{key}` in {at}"),
        Claim::Setting { key, value: Some(value) } => {
            let is = if is_there { "is" } else { "is not" };
            format!("`{key}` {is} {value} in {at}")
        }
        Claim::Rules { text, .. } => format!("{there_is} such rule as `{text}` makes in {at}"),
        Claim::File { path, says: None } => format!("{there_is} file `{path}`"),
        Claim::File { path, says: Some(says) } => {
            let (text, does) = match (says, is_there) {
                (TextMatch::Contains(text), true) => (text, "contains"),
                (TextMatch::Contains(text), false) => (text, "does not contain"),
                (TextMatch::Is(text), true) => (text, "says nothing but"),
                (TextMatch::Is(text), false) => (text, "does not say"),
            };
            format!("`{path}` {does} `{text}`")
        }
        Claim::Link { link, up: None, master: None, mtu: None, carrier: false } => {
            format!("{there_is} link `{}` in {at}", link.value)
        }
        Claim::Link { link, .. } => {
            let is = if is_there { "is" } else { "is not" };
            format!("link `{}` in {at} {is} as it is described", link.value)
        }
        Claim::Netns { name } => format!("{there_is} namespace `{name}`"),
    }
}

fn on(link: Option<&Spanned<IfName>>) -> String {
    link.map_or_else(String::new, |link| format!(" on link `{}`", link.value))
}
