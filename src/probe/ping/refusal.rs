//! The ways in which an echo request is refused, by the kernel or by a router, and whether waiting can help.
//!
//! In: types and codes of ICMP (RFC 792, RFC 1812 §5.2.7, RFC 4443 §3), errnos. Out: [`IcmpError`] and judgements.

use nix::errno::Errno;

use super::packet::Family;

/// An error message of ICMP or ICMPv6 about a request of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpError {
    /// Of which version the numbers are.
    pub family: Family,
    /// The message's type.
    pub kind: u8,
    /// What it means more closely.
    pub code: u8,
    /// What comes with some of them: the MTU that would fit in bytes, or the offset of the byte at fault.
    pub info: u32,
}

/// `ICMP_DEST_UNREACH` of linux/icmp.h.
const V4_UNREACHABLE: u8 = 3;
/// `ICMP_HOST_UNREACH`: nobody answered the last router's ARP.
const V4_HOST_UNREACHABLE: u8 = 1;
/// `ICMP_FRAG_NEEDED`: the kernel learns the path's MTU from it, and the next request fits.
const V4_FRAGMENTATION_NEEDED: u8 = 4;
/// `ICMPV6_DEST_UNREACH` of linux/icmpv6.h.
const V6_UNREACHABLE: u8 = 1;
/// `ICMPV6_NOROUTE`: also from a router whose own address is still being checked for duplicates.
const V6_NO_ROUTE: u8 = 0;
/// `ICMPV6_ADDR_UNREACH`: nobody answered the last router's neighbour solicitation.
const V6_ADDRESS_UNREACHABLE: u8 = 3;
/// `ICMPV6_PKT_TOOBIG`.
const V6_TOO_BIG: u8 = 2;

impl IcmpError {
    /// Whether it stays true as long as nobody changes the network. A neighbour that was not found may yet come up: a
    /// carrier, a bridge port or an address that is checked for duplicates takes a moment.
    pub fn is_final(self) -> bool {
        match (self.family, self.kind, self.code) {
            (Family::V4, V4_UNREACHABLE, V4_HOST_UNREACHABLE | V4_FRAGMENTATION_NEEDED)
            | (Family::V6, V6_UNREACHABLE, V6_NO_ROUTE | V6_ADDRESS_UNREACHABLE)
            | (Family::V6, V6_TOO_BIG, _) => false,
            (Family::V4 | Family::V6, _, _) => true,
        }
    }
}

/// Whether an errno of `connect`, `bind` or `sendto` stays true as long as nobody changes the network. IPv4 routes
/// and addresses are there as soon as they were asked for; those of IPv6 appear with the carrier and when the check
/// for duplicates is over, up to two seconds later.
pub fn is_final(family: Family, errno: Errno) -> bool {
    match (family, errno) {
        (_, Errno::ENOBUFS | Errno::ENOMEM | Errno::EAGAIN | Errno::EINTR) => false,
        (Family::V6, Errno::ENETUNREACH | Errno::EADDRNOTAVAIL | Errno::ENETDOWN) => false,
        (Family::V4 | Family::V6, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_by_itself_is_waited_for() {
        let icmp = |family, kind, code| IcmpError { family, kind, code, info: 0 }.is_final();
        assert!(icmp(Family::V4, 3, 0), "net unreachable");
        assert!(!icmp(Family::V4, 3, 1), "host unreachable");
        assert!(icmp(Family::V4, 11, 0), "time to live exceeded");
        assert!(!icmp(Family::V6, 1, 3), "address unreachable");
        assert!(icmp(Family::V6, 1, 4), "port unreachable");
        assert!(is_final(Family::V4, Errno::ENETUNREACH));
        assert!(!is_final(Family::V6, Errno::ENETUNREACH));
        assert!(!is_final(Family::V6, Errno::EADDRNOTAVAIL));
        assert!(is_final(Family::V6, Errno::EACCES));
    }
}
