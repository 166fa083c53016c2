//! `ifconfig` of net-tools.

use std::net::IpAddr;

use super::{Modern, class_of, length_of};
use crate::net::Cidr;

/// What is asked for, as it is read word by word.
#[derive(Default)]
struct Asked<'a> {
    address: Option<IpAddr>,
    length: Option<u32>,
    broadcast: Option<&'a str>,
    peer: Option<&'a str>,
    /// Whether it is to be up, where that is said.
    up: Option<bool>,
    /// What `ip link set` says besides.
    link: Vec<String>,
    /// Addresses that are added and taken away beside the first.
    others: Vec<String>,
}

/// What a line without its first word comes down to.
pub(super) fn modern(words: &[&str]) -> Option<Modern> {
    let (name, words) = match words {
        [] => return Some(Modern::line("ip addr show up")),
        ["-a"] => return Some(Modern::line("ip addr show")),
        [name, ..] if name.starts_with('-') => return None,
        [name] => return Some(Modern::line(format!("ip addr show dev {name}"))),
        [name, words @ ..] => (*name, words),
    };
    // `eth0:1` is an address of `eth0` with that label.
    let link = name.split(':').next()?;
    let asked = read(link, words)?;
    let mut modern = Modern::default();
    for part in &asked.link {
        modern = modern.and(format!("ip link set {link} {part}"));
    }
    match asked.address {
        Some(address) if address.is_unspecified() => modern = modern.and(format!("ip addr flush dev {link}")),
        Some(address) => modern = with_address(modern, (link, name), address, &asked)?,
        None if asked.length.is_some() || asked.broadcast.is_some() || asked.peer.is_some() => return None,
        None => {}
    }
    modern.lines.extend(asked.others);
    let has_address = asked.address.is_some_and(|address| !address.is_unspecified());
    match asked.up {
        Some(up) => modern = modern.and(format!("ip link set {link} {}", if up { "up" } else { "down" })),
        None if has_address => {
            modern = modern.and(format!("ip link set {link} up")).note("`ifconfig` sets a link up with its address");
        }
        None => {}
    }
    (!modern.lines.is_empty()).then_some(modern)
}

fn with_address(modern: Modern, (link, name): (&str, &str), address: IpAddr, asked: &Asked<'_>) -> Option<Modern> {
    let is_alone = asked.length.is_none() && asked.peer.is_none();
    let length = match asked.length {
        Some(length) => length,
        None if asked.peer.is_some() => 32,
        None => class_of(address)?,
    };
    let broadcast = match (asked.broadcast, asked.peer, address.is_ipv4()) {
        (Some(broadcast), _, _) => format!(" broadcast {broadcast}"),
        (None, None, true) => " broadcast +".into(),
        (None, _, _) => String::new(),
    };
    let place = asked.peer.map_or(format!("{address}/{length}"), |peer| format!("{address} peer {peer}"));
    let label = if name == link { String::new() } else { format!(" label {name}") };
    let modern = modern.and(format!("ip addr add {place}{broadcast} dev {link}{label}"));
    let replaces = "`ifconfig` puts the address in the place of the first one; this adds one";
    Some(match (is_alone, length) {
        (true, 24) => modern.note(replaces),
        (true, _) => modern.note(format!(
            "without a netmask `ifconfig` takes the /{length} of the address's class: is `{address}/24` meant?"
        )),
        (false, _) => modern.note(replaces),
    })
}

fn read<'a>(link: &str, words: &[&'a str]) -> Option<Asked<'a>> {
    let mut asked = Asked::default();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            "up" => asked.up = Some(true),
            "down" => asked.up = Some(false),
            "inet" | "inet6" => {}
            "netmask" => asked.length = Some(length_of(words.next()?)?),
            "broadcast" => asked.broadcast = Some(words.next()?),
            "pointopoint" | "dstaddr" => asked.peer = Some(words.next()?),
            "mtu" => asked.link.push(format!("mtu {}", words.next()?.parse::<u32>().ok()?)),
            "hw" => {
                let ("ether", address) = (words.next()?, words.next()?) else { return None };
                asked.link.push(format!("address {address}"));
            }
            "promisc" => asked.link.push("promisc on".into()),
            "-promisc" => asked.link.push("promisc off".into()),
            "arp" => asked.link.push("arp on".into()),
            "-arp" => asked.link.push("arp off".into()),
            "multicast" => asked.link.push("multicast on".into()),
            "-multicast" => asked.link.push("multicast off".into()),
            "allmulti" => asked.link.push("allmulticast on".into()),
            "-allmulti" => asked.link.push("allmulticast off".into()),
            "txqueuelen" => asked.link.push(format!("txqueuelen {}", words.next()?.parse::<u32>().ok()?)),
            verb @ ("add" | "del") => {
                let address: Cidr = words.next()?.parse().ok()?;
                asked.others.push(format!("ip addr {verb} {address} dev {link}"));
            }
            other if asked.address.is_none() => {
                let cidr = other.contains('/').then(|| other.parse::<Cidr>().ok()).flatten();
                asked.length = cidr.map(|cidr| cidr.prefix_len().into()).or(asked.length);
                asked.address = Some(cidr.map(|cidr| cidr.addr()).or_else(|| other.parse().ok())?);
            }
            _ => return None,
        }
    }
    Some(asked)
}
