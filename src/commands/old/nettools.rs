//! `route`, `arp` and `netstat` of net-tools.

use std::net::IpAddr;

use super::{Modern, class_of, length_of, network};
use crate::net::Cidr;

/// What a line of `route` without its first word comes down to.
pub(super) fn route(words: &[&str]) -> Option<Modern> {
    let (verb, words) = match words {
        [] => return Some(Modern::line("ip route show")),
        [letters] if letters.starts_with('-') => {
            return matches!(*letters, "-n" | "-e" | "-ne" | "-en").then(|| Modern::line("ip route show"));
        }
        [verb @ ("add" | "del"), words @ ..] => (*verb, words),
        [verb @ "delete", words @ ..] => (&verb[..3], words),
        _ => return None,
    };
    let mut words = words.iter().copied().peekable();
    let is_host = words.next_if_eq(&"-host").is_some();
    let is_net = words.next_if_eq(&"-net").is_some();
    let target = words.next()?;
    let (mut length, mut gateway, mut dev, mut rest, mut is_rejected) = (None, None, None, String::new(), false);
    while let Some(word) = words.next() {
        match word {
            "netmask" => length = Some(length_of(words.next()?)?),
            "gw" => gateway = Some(words.next()?.parse::<IpAddr>().ok()?),
            "dev" => dev = Some(words.next()?),
            "metric" => rest += &format!(" metric {}", words.next()?.parse::<u32>().ok()?),
            "mss" => rest += &format!(" advmss {}", words.next()?.parse::<u32>().ok()?),
            "reject" => is_rejected = true,
            name if dev.is_none() && words.peek().is_none() => dev = Some(name),
            _ => return None,
        }
    }
    let (destination, note) = destination(target, length, (is_host, is_net))?;
    let kind = if is_rejected { "unreachable " } else { "" };
    let via = gateway.map(|gateway| format!(" via {gateway}")).unwrap_or_default();
    let dev = dev.map(|dev| format!(" dev {dev}")).unwrap_or_default();
    let modern = Modern::line(format!("ip route {verb} {kind}{destination}{via}{dev}{rest}"));
    Some(match note {
        Some(note) => modern.note(note),
        None => modern,
    })
}

/// Where a route leads, and a word about how that was found out.
fn destination(target: &str, length: Option<u32>, (is_host, is_net): (bool, bool)) -> Option<(String, Option<String>)> {
    if target == "default" || (target == "0.0.0.0" && length.is_none_or(|length| length == 0)) {
        return Some(("default".into(), None));
    }
    if target.contains('/') {
        let cidr: Cidr = target.parse().ok()?;
        return Some((cidr.network().to_string(), None));
    }
    let address: IpAddr = target.parse().ok()?;
    Some(match (length, is_host, is_net) {
        (Some(length), _, _) => (network(address, length)?, None),
        (None, false, true) => {
            let length = class_of(address)?;
            let note = format!("without a netmask `route` takes the /{length} of the address's class");
            (network(address, length)?, Some(note))
        }
        // `route` takes what has no bits behind its class for a network.
        (None, false, false) if class_of(address).is_some_and(|length| is_network(address, length)) => {
            (network(address, class_of(address)?)?, None)
        }
        (None, _, _) => (address.to_string(), None),
    })
}

fn is_network(address: IpAddr, length: u32) -> bool {
    network(address, length).is_some_and(|network| network == format!("{address}/{length}"))
}

/// What a line of `arp` without its first word comes down to.
pub(super) fn arp(words: &[&str]) -> Option<Modern> {
    if words.iter().all(|word| word.starts_with('-') && word[1..].chars().all(|letter| "aevn".contains(letter))) {
        return Some(Modern::line("ip neigh show"));
    }
    let (mut set, mut forget, mut dev) = (None, None, None);
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            "-s" => set = Some((words.next()?.parse::<IpAddr>().ok()?, words.next()?)),
            "-d" => forget = Some(words.next()?.parse::<IpAddr>().ok()?),
            "-i" => dev = Some(words.next()?),
            "-n" => {}
            _ => return None,
        }
    }
    let modern = |line: String| {
        let modern = Modern::line(line);
        let unsaid = "`arp` looks for the link that leads there; `ip` wants to be told";
        if dev.is_some() { modern } else { modern.note(unsaid) }
    };
    let link = dev.unwrap_or("LINK");
    match (set, forget) {
        (Some((address, hardware)), None) => {
            Some(modern(format!("ip neigh replace {address} lladdr {hardware} dev {link}")))
        }
        (None, Some(address)) => Some(modern(format!("ip neigh del {address} dev {link}"))),
        _ => None,
    }
}

/// What a line of `netstat` without its first word comes down to, as far as it is about links and routes.
pub(super) fn netstat(words: &[&str]) -> Option<Modern> {
    match words {
        ["-r" | "-rn" | "-nr"] => Some(Modern::line("ip route show")),
        ["-i" | "-in" | "-ni"] => Some(Modern::line("ip -s link show")),
        _ => None,
    }
}
