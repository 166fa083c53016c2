//! iproute2's names for numbers: those built into it and in the files that it comes with (`etc/iproute2/`).

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::{
    model::query::RouteKind,
    ops::{RouteProtocol, RouteTable, SERVICE_CLASSES, Scope},
};

/// Names in place of numbers, or numbers as they are (`ip -N`).
#[derive(Clone, Copy)]
pub(super) struct Names {
    pub(super) numeric: bool,
}

impl Names {
    /// A scope; beyond those of [`Scope`] none has a name.
    pub(super) fn scope(self, scope: Scope) -> String {
        if self.numeric { scope.0.to_string() } else { scope.to_string() }
    }

    /// Who made a route or an address (`rt_protos`).
    pub(super) fn protocol(self, protocol: RouteProtocol) -> String {
        let name = match protocol.0 {
            0 => "unspec",
            1 => "redirect",
            2 => "kernel",
            3 => "boot",
            4 => "static",
            8 => "gated",
            9 => "ra",
            10 => "mrt",
            11 => "zebra",
            12 => "bird",
            13 => "dnrouted",
            14 => "xorp",
            15 => "ntk",
            16 => "dhcp",
            18 => "keepalived",
            42 => "babel",
            99 => "openr",
            186 => "bgp",
            187 => "isis",
            188 => "ospf",
            189 => "rip",
            192 => "eigrp",
            _ => "",
        };
        self.choose(name, protocol.0.into())
    }

    /// A routing table (`rt_tables`).
    pub(super) fn table(self, table: RouteTable) -> String {
        let name = match table.0 {
            253 => "default",
            254 => "main",
            255 => "local",
            _ => "",
        };
        self.choose(name, table.0)
    }

    /// A protocol above IP (`/etc/protocols`).
    pub(super) fn ip_protocol(self, protocol: u8) -> String {
        let name = match protocol {
            1 => "icmp",
            6 => "tcp",
            17 => "udp",
            47 => "gre",
            58 => "ipv6-icmp",
            132 => "sctp",
            _ => "",
        };
        if self.numeric || name.is_empty() { format!("ipproto-{protocol}") } else { name.into() }
    }

    /// A group of links (`group`).
    pub(super) fn group(self, group: u32) -> String {
        self.choose(if group == 0 { "default" } else { "" }, group)
    }

    /// A realm (`rt_realms`).
    pub(super) fn realm(self, realm: u32) -> String {
        self.choose(if realm == 0 { "unknown" } else { "" }, realm)
    }

    /// What happens to packets that take a route.
    pub(super) fn route_kind(self, kind: RouteKind) -> String {
        self.choose(kind.word().unwrap_or_default(), kind.0.into())
    }

    /// What hardware addresses are (`ARPHRD_*` in `linux/if_arp.h`).
    pub(super) fn link_type(self, number: u16) -> String {
        let name = match number {
            1 => "ether",
            15 => "dlci",
            24 => "ieee1394",
            32 => "infiniband",
            256 => "slip",
            280 => "can",
            512 => "ppp",
            768 => "ipip",
            769 => "tunnel6",
            772 => "loopback",
            776 => "sit",
            778 => "gre",
            801 => "ieee802.11",
            802 => "ieee802.11/prism",
            803 => "ieee802.11/radiotap",
            804 => "ieee802.15.4",
            820 => "phonet",
            823 => "gre6",
            824 => "netlink",
            825 => "6lowpan",
            0xfffe => "none",
            0xffff => "void",
            _ => "",
        };
        if self.numeric || name.is_empty() { format!("[{number}]") } else { name.into() }
    }

    /// The type of service of a route, for which there are the classes of RFC 2474 (`rt_dsfield`).
    pub(super) fn tos(self, tos: u8) -> String {
        let class = SERVICE_CLASSES.iter().find(|(value, _)| *value == tos && !self.numeric);
        class.map_or_else(|| format!("0x{tos:02x}"), |(_, name)| (*name).to_owned())
    }

    fn choose(self, name: &str, number: u32) -> String {
        if self.numeric || name.is_empty() { number.to_string() } else { name.into() }
    }
}

/// A hardware address: bytes with colons between them, but for tunnels the IP address that it is.
pub(super) fn hardware_address(bytes: &[u8], link_type: u16) -> String {
    const TUNNEL: u16 = 768;
    const TUNNEL6: u16 = 769;
    const SIT: u16 = 776;
    const IPGRE: u16 = 778;
    const IP6GRE: u16 = 823;
    if let (TUNNEL | SIT | IPGRE, Ok(octets)) = (link_type, <[u8; 4]>::try_from(bytes)) {
        return Ipv4Addr::from(octets).to_string();
    }
    if let (TUNNEL6 | IP6GRE, Ok(octets)) = (link_type, <[u8; 16]>::try_from(bytes)) {
        return Ipv6Addr::from(octets).to_string();
    }
    crate::report::hardware_address(bytes)
}

/// Bytes in hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// C's `%#x`: nothing in front of zero.
pub(super) fn c_hexadecimal(number: u64) -> String {
    if number == 0 { "0".into() } else { format!("{number:#x}") }
}
