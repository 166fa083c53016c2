use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};
use thiserror::Error;

/// An address with the length of its network's prefix, `192.168.15.1/24`. The bits behind the prefix are kept: as the
/// address of a link they are its host part. Without a length it is the address alone (`/32`, `/128`), as for `ip`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(IpNetwork);

/// Why a text is no address or prefix.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CidrError {
    /// An IPv4 octet beyond 255.
    #[error("`{octet}` is no part of an IPv4 address: each of the four is between 0 and 255")]
    Octet {
        /// The part at fault.
        octet: String,
    },
    /// Neither kind of address.
    #[error("`{text}` is no IP address")]
    Address {
        /// What was written.
        text: String,
    },
    /// A length beyond the address, or no number.
    #[error("`/{length}` is no prefix length: an IPv{} prefix has 0 to {max} bits", if *max == 32 { 4 } else { 6 })]
    Length {
        /// What was written behind the slash.
        length: String,
        /// 32 or 128.
        max: u8,
    },
}

impl Cidr {
    /// An address in a prefix of that many bits.
    pub fn new(addr: IpAddr, len: u8) -> Result<Self, CidrError> {
        IpNetwork::new(addr, len)
            .map(Self)
            .map_err(|_| CidrError::Length { length: len.to_string(), max: max_len(addr) })
    }

    /// The address alone: `/32` or `/128`.
    pub fn host(addr: IpAddr) -> Self {
        Self(IpNetwork::from(addr))
    }

    /// Everything: `0.0.0.0/0`.
    pub fn any_v4() -> Self {
        Self(IpNetwork::V4(Ipv4Network::new_checked(Ipv4Addr::UNSPECIFIED, 0).expect("0 bits are few enough")))
    }

    /// Everything: `::/0`.
    pub fn any_v6() -> Self {
        Self(IpNetwork::V6(Ipv6Network::new_checked(Ipv6Addr::UNSPECIFIED, 0).expect("0 bits are few enough")))
    }

    /// What never leaves a machine: `127.0.0.0/8` or `::1/128`.
    pub fn loopback(ipv6: bool) -> Self {
        if ipv6 {
            Self::host(Ipv6Addr::LOCALHOST.into())
        } else {
            Self::new(Ipv4Addr::LOCALHOST.into(), 8).expect("8 bits are few enough").network()
        }
    }

    /// The address, host bits and all.
    pub fn addr(self) -> IpAddr {
        self.0.ip()
    }

    /// The number of bits of the prefix.
    pub fn prefix_len(self) -> u8 {
        self.0.prefix()
    }

    /// Whether it is everything (`0.0.0.0/0` or `::/0`).
    pub fn is_default(self) -> bool {
        self.prefix_len() == 0
    }

    /// Whether it is one address: `/32` or `/128`.
    pub fn is_host(self) -> bool {
        self.prefix_len() == max_len(self.addr())
    }

    /// The same prefix with the host bits cleared.
    #[must_use]
    pub fn network(self) -> Self {
        Self(IpNetwork::new(self.0.network(), self.prefix_len()).expect("the length is the prefix's own"))
    }

    /// Whether no bit behind the prefix is set.
    pub fn is_network(self) -> bool {
        self.network() == self
    }

    /// Whether it lies in the prefix.
    pub fn contains(self, addr: IpAddr) -> bool {
        self.0.contains(addr)
    }

    /// The last address of an IPv4 prefix of at most 30 bits.
    pub fn broadcast_v4(self) -> Option<Ipv4Addr> {
        match self.0 {
            IpNetwork::V4(net) if net.prefix() <= 30 => Some(net.broadcast()),
            IpNetwork::V4(_) | IpNetwork::V6(_) => None,
        }
    }

    /// The address family.
    pub fn is_ipv6(self) -> bool {
        self.0.is_ipv6()
    }
}

fn max_len(addr: IpAddr) -> u8 {
    if addr.is_ipv4() { Ipv4Addr::BITS as u8 } else { Ipv6Addr::BITS as u8 }
}

/// Reads an address without a prefix.
fn parse_addr(text: &str) -> Result<IpAddr, CidrError> {
    if let Ok(addr) = text.parse() {
        return Ok(addr);
    }
    let octets: Vec<&str> = text.split('.').collect();
    let numbers = octets.iter().all(|octet| !octet.is_empty() && octet.bytes().all(|c| c.is_ascii_digit()));
    match octets.iter().find(|octet| octet.parse::<u8>().is_err()) {
        Some(octet) if numbers && octets.len() == 4 => Err(CidrError::Octet { octet: (*octet).into() }),
        _ => Err(CidrError::Address { text: text.into() }),
    }
}

/// `ADDRESS` or `ADDRESS/LENGTH`, in the strict forms of RFC 6943 §3.1.1 (four decimal octets without leading zeros)
/// and RFC 4291.
impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let Some((addr, length)) = text.split_once('/') else { return parse_addr(text).map(Self::host) };
        let addr = parse_addr(addr)?;
        let bad_length = || CidrError::Length { length: length.into(), max: max_len(addr) };
        if length.is_empty() || !length.bytes().all(|c| c.is_ascii_digit()) {
            return Err(bad_length());
        }
        Self::new(addr, length.parse().map_err(|_| bad_length())?).map_err(|_| bad_length())
    }
}

/// `ADDRESS/LENGTH`, also where the length is the whole address.
impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl fmt::Debug for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_host_bits_and_defaults_to_the_whole_address() {
        let cidr: Cidr = "192.168.15.1/24".parse().unwrap();
        assert_eq!(cidr.to_string(), "192.168.15.1/24");
        assert_eq!(cidr.network().to_string(), "192.168.15.0/24");
        assert_eq!(cidr.broadcast_v4(), Some(Ipv4Addr::new(192, 168, 15, 255)));
        assert_eq!("fe80::1".parse::<Cidr>().unwrap().to_string(), "fe80::1/128");
    }

    #[test]
    fn refuses_with_the_part_at_fault() {
        assert_eq!("300.1.1.1/24".parse::<Cidr>(), Err(CidrError::Octet { octet: "300".into() }));
        assert_eq!("10.0.0.1/33".parse::<Cidr>(), Err(CidrError::Length { length: "33".into(), max: 32 }));
        for bad in
            ["", "/", "10.0.0.1/", "10.0.0.1/+4", "010.0.0.1", "10.0.0.1/24/8", "10.0.0", "::1/129", "10.0.0.1 /8"]
        {
            assert!(bad.parse::<Cidr>().is_err(), "{bad:?}");
        }
    }
}
