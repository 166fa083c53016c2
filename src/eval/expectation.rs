use super::refusal::place;
use crate::{
    commands::{Claim, Expectation},
    net::IfName,
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
        Claim::Route { destination, gateway, link } => {
            let to = if destination.is_default() { "default route".into() } else { format!("route to {destination}") };
            let via = gateway.map_or_else(String::new, |gateway| format!(" via {gateway}"));
            format!("{there_is} {to}{via}{} in {at}", on(link.as_ref()))
        }
        Claim::Link { link, up: None, master: None, mtu: None } => format!("{there_is} link `{}` in {at}", link.value),
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
