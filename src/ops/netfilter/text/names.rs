//! The names of ICMP messages.

/// The names of ICMP types for IPv4: number, name for `nft`, name for `iptables`.
const ICMP: &[(u8, &str, &str)] = &[
    (0, "echo-reply", "echo-reply"),
    (3, "destination-unreachable", "destination-unreachable"),
    (4, "source-quench", "source-quench"),
    (5, "redirect", "redirect"),
    (8, "echo-request", "echo-request"),
    (9, "router-advertisement", "router-advertisement"),
    (10, "router-solicitation", "router-solicitation"),
    (11, "time-exceeded", "time-exceeded"),
    (12, "parameter-problem", "parameter-problem"),
    (13, "timestamp-request", "timestamp-request"),
    (14, "timestamp-reply", "timestamp-reply"),
    (15, "info-request", ""),
    (16, "info-reply", ""),
    (17, "address-mask-request", "address-mask-request"),
    (18, "address-mask-reply", "address-mask-reply"),
];

/// The names of ICMP types for IPv6.
const ICMPV6: &[(u8, &str, &str)] = &[
    (1, "destination-unreachable", "destination-unreachable"),
    (2, "packet-too-big", "packet-too-big"),
    (3, "time-exceeded", "time-exceeded"),
    (4, "parameter-problem", "parameter-problem"),
    (128, "echo-request", "echo-request"),
    (129, "echo-reply", "echo-reply"),
    (130, "mld-listener-query", ""),
    (131, "mld-listener-report", ""),
    (132, "mld-listener-done", ""),
    (133, "nd-router-solicit", "router-solicitation"),
    (134, "nd-router-advert", "router-advertisement"),
    (135, "nd-neighbor-solicit", "neighbour-solicitation"),
    (136, "nd-neighbor-advert", "neighbour-advertisement"),
    (137, "nd-redirect", "redirect"),
];

/// Other names that `iptables` and `ip6tables` read (`libxt_icmp.h`).
const ALIASES: &[(&str, &str)] = &[
    ("ping", "echo-request"),
    ("pong", "echo-reply"),
    ("ttl-exceeded", "time-exceeded"),
    ("neighbor-solicitation", "neighbour-solicitation"),
    ("neighbor-advertisement", "neighbour-advertisement"),
];

fn names(ipv6: bool) -> &'static [(u8, &'static str, &'static str)] {
    if ipv6 { ICMPV6 } else { ICMP }
}

/// What `nft` (or `iptables`) calls an ICMP message; `None` where it writes the number.
pub fn icmp_type_name(kind: u8, ipv6: bool, iptables: bool) -> Option<&'static str> {
    let (_, nft, old) = names(ipv6).iter().find(|(number, ..)| *number == kind)?;
    Some(if iptables { old } else { nft }).filter(|name| !name.is_empty()).copied()
}

/// The ICMP message of that name; and if there is none, all names.
pub fn icmp_type_named(name: &str, ipv6: bool) -> Result<u8, Vec<&'static str>> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    let all = names(ipv6).iter();
    match all.clone().find(|(_, nft, old)| *old == name || (old.is_empty() && *nft == name)) {
        Some((number, ..)) => Ok(*number),
        None => Err(all.map(|(_, nft, old)| if old.is_empty() { *nft } else { *old }).collect()),
    }
}
