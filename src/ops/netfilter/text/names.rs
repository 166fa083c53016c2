//! The names of ICMP messages and services.

use Over::{Both, Tcp, Udp};

use super::super::Protocol;

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

/// Which protocols a service is registered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    Tcp,
    Udp,
    Both,
}

/// Services (`/etc/services` of Debian), for those that a rule is likely to name.
const SERVICES: &[(&str, u16, Over)] = &[
    ("echo", 7, Both),
    ("discard", 9, Both),
    ("daytime", 13, Both),
    ("qotd", 17, Tcp),
    ("chargen", 19, Both),
    ("ftp-data", 20, Tcp),
    ("ftp", 21, Tcp),
    ("fsp", 21, Udp),
    ("ssh", 22, Tcp),
    ("telnet", 23, Tcp),
    ("smtp", 25, Tcp),
    ("time", 37, Both),
    ("whois", 43, Tcp),
    ("tacacs", 49, Both),
    ("domain", 53, Both),
    ("bootps", 67, Udp),
    ("bootpc", 68, Udp),
    ("tftp", 69, Udp),
    ("gopher", 70, Tcp),
    ("finger", 79, Tcp),
    ("http", 80, Tcp),
    ("kerberos", 88, Both),
    ("iso-tsap", 102, Tcp),
    ("acr-nema", 104, Tcp),
    ("poppassd", 106, Tcp),
    ("pop3", 110, Tcp),
    ("sunrpc", 111, Both),
    ("auth", 113, Tcp),
    ("nntp", 119, Tcp),
    ("ntp", 123, Udp),
    ("epmap", 135, Tcp),
    ("netbios-ns", 137, Udp),
    ("netbios-dgm", 138, Udp),
    ("netbios-ssn", 139, Tcp),
    ("imap2", 143, Tcp),
    ("snmp", 161, Both),
    ("snmp-trap", 162, Both),
    ("cmip-man", 163, Both),
    ("cmip-agent", 164, Both),
    ("mailq", 174, Tcp),
    ("xdmcp", 177, Udp),
    ("bgp", 179, Tcp),
    ("smux", 199, Tcp),
    ("qmtp", 209, Tcp),
    ("ipx", 213, Udp),
    ("pawserv", 345, Tcp),
    ("rpc2portmap", 369, Both),
    ("codaauth2", 370, Both),
    ("clearcase", 371, Udp),
    ("ldap", 389, Both),
    ("svrloc", 427, Both),
    ("https", 443, Both),
    ("snpp", 444, Tcp),
    ("microsoft-ds", 445, Tcp),
    ("kpasswd", 464, Both),
    ("submissions", 465, Tcp),
    ("saft", 487, Tcp),
    ("isakmp", 500, Udp),
    ("exec", 512, Tcp),
    ("biff", 512, Udp),
    ("login", 513, Tcp),
    ("who", 513, Udp),
    ("shell", 514, Tcp),
    ("syslog", 514, Udp),
    ("printer", 515, Tcp),
    ("talk", 517, Udp),
    ("ntalk", 518, Udp),
    ("route", 520, Udp),
    ("uucp", 540, Tcp),
    ("klogin", 543, Tcp),
    ("kshell", 544, Tcp),
    ("dhcpv6-client", 546, Udp),
    ("dhcpv6-server", 547, Udp),
    ("afpovertcp", 548, Tcp),
    ("rtsp", 554, Both),
    ("nntps", 563, Tcp),
    ("submission", 587, Tcp),
    ("nqs", 607, Tcp),
    ("asf-rmcp", 623, Udp),
    ("ipp", 631, Tcp),
    ("ldaps", 636, Both),
    ("tinc", 655, Both),
    ("silc", 706, Tcp),
    ("kerberos-adm", 749, Tcp),
    ("kerberos4", 750, Both),
    ("kerberos-master", 751, Both),
    ("moira-db", 775, Tcp),
    ("moira-update", 777, Tcp),
    ("domain-s", 853, Both),
    ("supfilesrv", 871, Tcp),
    ("rsync", 873, Tcp),
    ("ftps-data", 989, Tcp),
    ("ftps", 990, Tcp),
    ("telnets", 992, Tcp),
    ("imaps", 993, Tcp),
    ("pop3s", 995, Tcp),
    ("socks", 1080, Tcp),
    ("proofd", 1093, Tcp),
    ("openvpn", 1194, Both),
    ("ms-sql-s", 1433, Tcp),
    ("ms-sql-m", 1434, Udp),
    ("ingreslock", 1524, Tcp),
    ("datametrics", 1645, Both),
    ("sa-msg-port", 1646, Both),
    ("kermit", 1649, Tcp),
    ("groupwise", 1677, Tcp),
    ("l2f", 1701, Udp),
    ("radius", 1812, Both),
    ("radius-acct", 1813, Both),
    ("nfs", 2049, Both),
    ("gnunet", 2086, Both),
    ("gsigatekeeper", 2119, Tcp),
    ("gris", 2135, Tcp),
    ("cvspserver", 2401, Tcp),
    ("venus", 2430, Both),
    ("venus-se", 2431, Both),
    ("codasrv", 2432, Both),
    ("codasrv-se", 2433, Both),
    ("icpv2", 3130, Udp),
    ("iscsi-target", 3260, Tcp),
    ("mysql", 3306, Tcp),
    ("nut", 3493, Both),
    ("daap", 3689, Tcp),
    ("svn", 3690, Tcp),
    ("ipsec-nat-t", 4500, Udp),
    ("iax", 4569, Udp),
    ("mtn", 4691, Tcp),
    ("radmin-port", 4899, Tcp),
    ("sip", 5060, Both),
    ("sip-tls", 5061, Both),
    ("xmpp-client", 5222, Tcp),
    ("xmpp-server", 5269, Tcp),
    ("mdns", 5353, Udp),
    ("postgresql", 5432, Tcp),
    ("rplay", 5555, Udp),
    ("amqps", 5671, Tcp),
    ("amqp", 5672, Tcp),
    ("x11", 6000, Tcp),
    ("redis", 6379, Tcp),
    ("syslog-tls", 6514, Tcp),
    ("ircd", 6667, Tcp),
    ("http-alt", 8080, Tcp),
    ("webmin", 10000, Tcp),
];

/// Other names of services.
const SERVICE_ALIASES: &[(&str, u16)] = &[
    ("www", 80),
    ("dns", 53),
    ("imap", 143),
    ("mail", 25),
    ("nameserver", 53),
    ("portmapper", 111),
    ("snmptrap", 162),
];

/// What `iptables -L` calls a port.
pub fn service_name(port: u16, protocol: Protocol) -> Option<&'static str> {
    let over = |over: Over| match protocol {
        Protocol::TCP => over != Udp,
        Protocol::UDP => over != Tcp,
        _ => false,
    };
    SERVICES.iter().find(|(_, number, of)| *number == port && over(*of)).map(|(name, ..)| *name)
}

/// The port of the service of that name.
pub fn service_named(name: &str) -> Option<u16> {
    let named = SERVICES.iter().find(|(other, ..)| *other == name).map(|(_, port, _)| *port);
    named.or_else(|| SERVICE_ALIASES.iter().find(|(other, _)| *other == name).map(|(_, port)| *port))
}

/// The names of services.
pub fn service_names() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().map(|(name, ..)| *name)
}
