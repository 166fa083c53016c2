//! Lines of tools that `ip` has replaced, as lines of today.
//!
//! In: the words of a line of `brctl`, `ifconfig`, `route`, `arp`, `netstat`, `vconfig` or `tunctl`. Out: the lines of
//! `ip` that do the same, each ready to be typed, and what the old tool does silently. What is not understood has no
//! translation: a wrong one would be worse. That `nns` cannot do all of the lines yet is no reason to leave them out.

mod brctl;
mod ifconfig;
mod nettools;
mod tun;

use std::net::IpAddr;

use crate::net::Cidr;

/// What a line comes down to today.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Modern {
    /// The lines, in order.
    pub lines: Vec<String>,
    /// What the old line does without saying so.
    pub notes: Vec<String>,
}

impl Modern {
    /// One line that does the same.
    fn line(line: impl Into<String>) -> Self {
        Self { lines: vec![line.into()], notes: Vec::new() }
    }

    /// With another line behind it.
    fn and(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// With a remark.
    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// What a line comes down to; `None` where it is not one of an old tool, or not understood.
pub fn modern(words: &[&str]) -> Option<Modern> {
    let [tool, words @ ..] = words else { return None };
    match *tool {
        "arp" => nettools::arp(words),
        "brctl" => brctl::modern(words),
        "ifconfig" => ifconfig::modern(words),
        "netstat" => nettools::netstat(words),
        "route" => nettools::route(words),
        "tunctl" => tun::tunctl(words),
        "vconfig" => tun::vconfig(words),
        _ => None,
    }
}

/// The prefix length that a netmask stands for: `255.255.255.0`, also as `0xffffff00`.
fn length_of(netmask: &str) -> Option<u32> {
    let bits = match netmask.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => match netmask.parse().ok()? {
            IpAddr::V4(mask) => mask.to_bits(),
            IpAddr::V6(_) => return None,
        },
    };
    (bits.leading_ones() + bits.trailing_zeros() == 32 || bits == 0).then(|| bits.leading_ones())
}

/// The length that an IPv4 address has by its class (RFC 791), as `ifconfig` and `route` take it.
fn class_of(address: IpAddr) -> Option<u32> {
    match address {
        IpAddr::V4(address) => match address.octets()[0] {
            0..=127 => Some(8),
            128..=191 => Some(16),
            192..=223 => Some(24),
            _ => None,
        },
        IpAddr::V6(_) => None,
    }
}

/// The network of an address, as text.
fn network(address: IpAddr, length: u32) -> Option<String> {
    let cidr = Cidr::new(address, u8::try_from(length).ok()?).ok()?;
    Some(cidr.network().to_string())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::commands::testing::lowered;

    fn told(line: &str) -> String {
        let words: Vec<&str> = line.split(' ').collect();
        let Some(modern) = modern(&words) else { return format!("> {line}\n  nothing\n") };
        let lines = modern.lines.iter().map(|line| match lowered(line) {
            Ok(_) => format!("  {line}\n"),
            Err(_) => format!("  {line} (not yet)\n"),
        });
        let notes = modern.notes.iter().map(|note| format!("  # {note}\n"));
        [format!("> {line}\n")].into_iter().chain(lines).chain(notes).collect()
    }

    #[test]
    fn lines_of_today() {
        let lines = [
            "brctl addbr br0",
            "brctl delbr br0",
            "brctl addif br0 eth0 eth1",
            "brctl delif br0 eth0",
            "brctl show",
            "brctl show br0",
            "brctl showmacs br0",
            "brctl stp br0 on",
            "brctl stp br0 perhaps",
            "brctl setfd br0 1.5",
            "brctl frob br0",
            "brctl",
            "ifconfig",
            "ifconfig -a",
            "ifconfig eth0",
            "ifconfig eth0 up",
            "ifconfig eth0 10.0.0.1 netmask 255.255.255.0 up",
            "ifconfig eth0 10.0.0.1/24",
            "ifconfig eth0 10.0.0.1",
            "ifconfig eth0 192.168.1.1 broadcast 192.168.1.255",
            "ifconfig eth0 inet6 add fd00::1/64",
            "ifconfig eth0:1 10.0.0.2 netmask 0xffffff00",
            "ifconfig eth0 mtu 1400",
            "ifconfig eth0 hw ether 02:00:00:00:00:01",
            "ifconfig eth0 0.0.0.0",
            "ifconfig eth0 down",
            "ifconfig eth0 promisc",
            "ifconfig eth0 netmask 255.0.255.0 10.0.0.1",
            "ifconfig tun0 10.0.0.1 pointopoint 10.0.0.2",
            "route",
            "route add default gw 10.0.0.1",
            "route add default gw 10.0.0.1 dev eth0 metric 5",
            "route add default eth0",
            "route add -net 10.1.0.0 netmask 255.255.0.0 gw 10.0.0.1",
            "route add -net 10.1.0.0/16 dev eth0",
            "route add -net 10.0.0.0 gw 10.0.0.1",
            "route add -host 10.1.0.5 gw 10.0.0.1",
            "route add -net 10.1.0.0/16 reject",
            "route del default",
            "route del -net 10.1.0.0 netmask 255.255.0.0",
            "route add -net 10.1.0.0 netmask nonsense",
            "arp",
            "arp -n",
            "arp -s 10.0.0.2 02:00:00:00:00:01 -i eth0",
            "arp -s 10.0.0.2 02:00:00:00:00:01",
            "arp -d 10.0.0.2 -i eth0",
            "netstat -rn",
            "netstat -i",
            "netstat -tlnp",
            "vconfig add eth0 10",
            "vconfig rem eth0.10",
            "tunctl -t tap0 -u joe",
            "tunctl -d tap0",
            "ip link",
        ];
        expect![[r#"
            > brctl addbr br0
              ip link add br0 type bridge
            > brctl delbr br0
              ip link del br0
            > brctl addif br0 eth0 eth1
              ip link set eth0 master br0
              ip link set eth1 master br0
            > brctl delif br0 eth0
              ip link set eth0 nomaster
            > brctl show
              ip link show type bridge
              # `brctl show` lists the ports as well: `ip link show master BRIDGE` does
            > brctl show br0
              ip link show master br0
            > brctl showmacs br0
              bridge fdb show br br0 (not yet)
            > brctl stp br0 on
              ip link set br0 type bridge stp_state 1 (not yet)
            > brctl stp br0 perhaps
              nothing
            > brctl setfd br0 1.5
              ip link set br0 type bridge forward_delay 150 (not yet)
            > brctl frob br0
              nothing
            > brctl
              nothing
            > ifconfig
              ip addr show up
            > ifconfig -a
              ip addr show
            > ifconfig eth0
              ip addr show dev eth0
            > ifconfig eth0 up
              ip link set eth0 up
            > ifconfig eth0 10.0.0.1 netmask 255.255.255.0 up
              ip addr add 10.0.0.1/24 broadcast + dev eth0
              ip link set eth0 up
              # `ifconfig` puts the address in the place of the first one; this adds one
            > ifconfig eth0 10.0.0.1/24
              ip addr add 10.0.0.1/24 broadcast + dev eth0
              ip link set eth0 up
              # `ifconfig` puts the address in the place of the first one; this adds one
              # `ifconfig` sets a link up with its address
            > ifconfig eth0 10.0.0.1
              ip addr add 10.0.0.1/8 broadcast + dev eth0
              ip link set eth0 up
              # without a netmask `ifconfig` takes the /8 of the address's class: is `10.0.0.1/24` meant?
              # `ifconfig` sets a link up with its address
            > ifconfig eth0 192.168.1.1 broadcast 192.168.1.255
              ip addr add 192.168.1.1/24 broadcast 192.168.1.255 dev eth0
              ip link set eth0 up
              # `ifconfig` puts the address in the place of the first one; this adds one
              # `ifconfig` sets a link up with its address
            > ifconfig eth0 inet6 add fd00::1/64
              ip addr add fd00::1/64 dev eth0
            > ifconfig eth0:1 10.0.0.2 netmask 0xffffff00
              ip addr add 10.0.0.2/24 broadcast + dev eth0 label eth0:1
              ip link set eth0 up
              # `ifconfig` puts the address in the place of the first one; this adds one
              # `ifconfig` sets a link up with its address
            > ifconfig eth0 mtu 1400
              ip link set eth0 mtu 1400
            > ifconfig eth0 hw ether 02:00:00:00:00:01
              ip link set eth0 address 02:00:00:00:00:01
            > ifconfig eth0 0.0.0.0
              ip addr flush dev eth0 (not yet)
            > ifconfig eth0 down
              ip link set eth0 down
            > ifconfig eth0 promisc
              ip link set eth0 promisc on (not yet)
            > ifconfig eth0 netmask 255.0.255.0 10.0.0.1
              nothing
            > ifconfig tun0 10.0.0.1 pointopoint 10.0.0.2
              ip addr add 10.0.0.1 peer 10.0.0.2 dev tun0
              ip link set tun0 up
              # `ifconfig` puts the address in the place of the first one; this adds one
              # `ifconfig` sets a link up with its address
            > route
              ip route show
            > route add default gw 10.0.0.1
              ip route add default via 10.0.0.1
            > route add default gw 10.0.0.1 dev eth0 metric 5
              ip route add default via 10.0.0.1 dev eth0 metric 5
            > route add default eth0
              ip route add default dev eth0
            > route add -net 10.1.0.0 netmask 255.255.0.0 gw 10.0.0.1
              ip route add 10.1.0.0/16 via 10.0.0.1
            > route add -net 10.1.0.0/16 dev eth0
              ip route add 10.1.0.0/16 dev eth0
            > route add -net 10.0.0.0 gw 10.0.0.1
              ip route add 10.0.0.0/8 via 10.0.0.1
              # without a netmask `route` takes the /8 of the address's class
            > route add -host 10.1.0.5 gw 10.0.0.1
              ip route add 10.1.0.5 via 10.0.0.1
            > route add -net 10.1.0.0/16 reject
              ip route add unreachable 10.1.0.0/16
            > route del default
              ip route del default
            > route del -net 10.1.0.0 netmask 255.255.0.0
              ip route del 10.1.0.0/16
            > route add -net 10.1.0.0 netmask nonsense
              nothing
            > arp
              ip neigh show
            > arp -n
              ip neigh show
            > arp -s 10.0.0.2 02:00:00:00:00:01 -i eth0
              ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:01 dev eth0 (not yet)
            > arp -s 10.0.0.2 02:00:00:00:00:01
              ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:01 dev LINK (not yet)
              # `arp` looks for the link that leads there; `ip` wants to be told
            > arp -d 10.0.0.2 -i eth0
              ip neigh del 10.0.0.2 dev eth0 (not yet)
            > netstat -rn
              ip route show
            > netstat -i
              ip -s link show
            > netstat -tlnp
              nothing
            > vconfig add eth0 10
              ip link add link eth0 name eth0.10 type vlan id 10 (not yet)
            > vconfig rem eth0.10
              ip link del eth0.10
            > tunctl -t tap0 -u joe
              ip tuntap add dev tap0 mode tap user joe (not yet)
            > tunctl -d tap0
              ip tuntap del dev tap0 mode tap (not yet)
            > ip link
              nothing
        "#]]
        .assert_eq(&lines.map(told).concat());
    }

    #[test]
    fn netmasks() {
        let masks = ["255.255.255.0", "0.0.0.0", "255.255.255.255", "0xfffffe00", "255.0.255.0", "24", "fe80::"];
        let lengths = [Some(24), Some(0), Some(32), Some(23), None, None, None];
        assert_eq!(masks.map(length_of), lengths);
    }
}
