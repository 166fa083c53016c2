use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Ports;

/// What a rule does with a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It goes on.
    Accept,
    /// It does not.
    Drop,
    /// It does not, and its sender is told.
    Reject(RejectWith),
    /// Back to the chain that led here; in a base chain to the policy.
    Return,
    /// Through another chain, and back.
    Jump(String),
    /// Through another chain, and back to where that one's caller would go.
    Goto(String),
    /// Its source becomes the address of the link it goes out through.
    Masquerade {
        /// And its port one of these.
        ports: Option<Ports>,
    },
    /// Its source becomes that.
    Snat(NatTarget),
    /// Its destination becomes that.
    Dnat(NatTarget),
    /// Its destination becomes an address of the link it came in through.
    Redirect {
        /// And its port one of these.
        ports: Option<Ports>,
    },
}

/// What an address is translated to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NatTarget {
    /// One of these addresses, first and last, of one family; both the same where there is no choice.
    pub addresses: Option<(IpAddr, IpAddr)>,
    /// One of these ports; `None` leaves the port as it is.
    pub ports: Option<Ports>,
}

impl NatTarget {
    /// One address, and perhaps one port.
    pub fn new(address: IpAddr, port: Option<u16>) -> Self {
        Self { addresses: Some((address, address)), ports: port.map(Ports::one) }
    }
}

/// What the sender of a rejected packet is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RejectWith {
    /// Nothing listens on the port (`icmp-port-unreachable`), which is the usual.
    PortUnreachable,
    /// There is no such host (`icmp-host-unreachable`; for IPv6 `icmp6-addr-unreachable`).
    HostUnreachable,
    /// There is no such network (`icmp-net-unreachable`; for IPv6 `icmp6-no-route`).
    NetUnreachable,
    /// Somebody forbade it (`icmp-admin-prohibited`).
    AdminProhibited,
    /// The connection is closed (`tcp-reset`).
    TcpReset,
}
