//! The kernel settings of a namespace: those that people write, group by group.

use super::offer::Offer;
use crate::{model::World, net::NsRef};

/// Settings, and what they are for.
const SETTINGS: &[(&str, &str)] = &[
    ("net.ipv4.ip_forward", "pass IPv4 packets on"),
    ("net.ipv6.conf.all.forwarding", "pass IPv6 packets on"),
    ("net.ipv6.conf.all.disable_ipv6", "no IPv6 at all"),
    ("net.ipv4.icmp_echo_ignore_all", "do not answer pings"),
    ("net.ipv4.icmp_echo_ignore_broadcasts", "do not answer pings to everybody"),
    ("net.ipv4.ip_default_ttl", "how far packets go"),
    ("net.ipv4.ip_local_port_range", "the ports that programs get"),
    ("net.ipv4.ip_nonlocal_bind", "programs may use addresses that are not here"),
    ("net.ipv4.ip_unprivileged_port_start", "the first port that anybody may serve"),
    ("net.ipv4.ping_group_range", "who may send pings"),
    ("net.ipv4.tcp_congestion_control", "how TCP fills a line"),
    ("net.ipv4.tcp_ecn", "whether TCP hears of congestion"),
    ("net.ipv4.tcp_syncookies", "TCP under a flood of beginnings"),
    ("net.ipv6.bindv6only", "servers on IPv6 take no IPv4"),
    ("net.netfilter.nf_conntrack_max", "how many conversations are remembered"),
    ("net.core.somaxconn", "how many connections may wait for a server"),
];

/// Settings of each link, and of `all` and `default`.
const OF_LINKS: &[(&str, &str, &str)] = &[
    ("ipv4", "accept_redirects", "believe routers that know a shorter way"),
    ("ipv4", "accept_source_route", "let packets choose their way"),
    ("ipv4", "arp_announce", "which address it asks with"),
    ("ipv4", "arp_ignore", "which questions it answers"),
    ("ipv4", "forwarding", "pass packets on that come in here"),
    ("ipv4", "log_martians", "tell of packets that cannot be"),
    ("ipv4", "promote_secondaries", "keep the other addresses when the first goes"),
    ("ipv4", "proxy_arp", "answer for others"),
    ("ipv4", "route_localnet", "let 127.0.0.0/8 leave"),
    ("ipv4", "rp_filter", "drop what would be answered another way"),
    ("ipv4", "send_redirects", "tell senders of a shorter way"),
    ("ipv6", "accept_dad", "see whether an address is taken"),
    ("ipv6", "accept_ra", "believe routers that announce themselves"),
    ("ipv6", "addr_gen_mode", "how it makes its own address"),
    ("ipv6", "autoconf", "make addresses of what routers announce"),
    ("ipv6", "disable_ipv6", "no IPv6 here"),
    ("ipv6", "forwarding", "pass packets on that come in here"),
    ("ipv6", "proxy_ndp", "answer for others"),
];

/// The settings of a namespace: whole ones for the first words, those of links once their group was typed.
pub fn settings(world: &World, ns: Option<&NsRef>, offer: &mut Offer<'_>) {
    let separator = if offer.typed.contains('/') { '/' } else { '.' };
    let lead = if offer.typed.starts_with('/') { "/proc/sys/" } else { "" };
    let written = |key: &str| format!("{lead}{}", key.replace('.', &separator.to_string()));
    for (key, help) in SETTINGS {
        offer.word(written(key), || (*help).into());
    }
    for family in ["ipv4", "ipv6"] {
        let group = written(&format!("net.{family}.conf."));
        if !offer.typed.starts_with(&group) {
            offer.open(group, || "the settings of a link, of `all` or of `default`".into());
            continue;
        }
        let links = ns.into_iter().flat_map(|ns| world.links_of(world.known_as(ns)));
        let links: Vec<String> = links.map(|(_, link)| link.name.to_string()).collect();
        for of in ["all", "default"].into_iter().chain(links.iter().map(String::as_str)) {
            // A dot in a name would separate: sysctl(8) writes a slash there, and the other way round.
            let name = if separator == '.' { of.replace('.', "/") } else { of.to_owned() };
            let group = format!("{group}{name}{separator}");
            if !offer.typed.starts_with(&group) {
                let help = match of {
                    "all" => "all links",
                    "default" => "links to come",
                    _ => "this link",
                };
                offer.open(group, || help.into());
                continue;
            }
            for (_, setting, help) in OF_LINKS.iter().filter(|(of, _, _)| *of == family) {
                offer.word(format!("{group}{setting}"), || (*help).into());
            }
        }
    }
    let namespace = ns.and_then(|ns| world.namespace(world.known_as(ns)));
    for (key, value) in namespace.into_iter().flat_map(|namespace| &namespace.sysctls) {
        // Those of a link are shown when the link was typed.
        let key = written(&key.to_string());
        let groups = |text: &str| text.matches(separator).count();
        if groups(&key) <= 3 || groups(&key) == groups(offer.typed) {
            offer.word(key, || format!("= {value}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::SysctlKey;

    #[test]
    fn settings_are_of_namespaces() {
        let of_links = OF_LINKS.iter().map(|(family, setting, _)| format!("net.{family}.conf.lo.{setting}"));
        for key in SETTINGS.iter().map(|(key, _)| (*key).to_owned()).chain(of_links) {
            assert_eq!(key.parse::<SysctlKey>().map(|parsed| parsed.to_string()), Ok(key));
        }
    }
}
