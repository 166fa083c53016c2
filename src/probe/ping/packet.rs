//! Echo requests and replies as bytes (RFC 792, RFC 4443 §4).
//!
//! In: any bytes at all. Out: what they are, or nothing; never a panic.

/// Bytes of an echo message before its payload: type, code, checksum, identifier, sequence number.
pub const HEADER_BYTES: usize = 8;

/// The protocol number of ICMP in an IPv4 header (RFC 790).
const PROTOCOL_ICMP: u8 = 1;
/// The shortest IPv4 header, in bytes.
const IPV4_HEADER_BYTES: usize = 20;

/// The version of ICMP, which goes with that of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// ICMP, over IPv4.
    V4,
    /// ICMPv6.
    V6,
}

impl Family {
    /// The type of an echo request.
    pub fn echo_request(self) -> u8 {
        match self {
            Self::V4 => 8,
            Self::V6 => 128,
        }
    }

    /// The type of an echo reply.
    pub fn echo_reply(self) -> u8 {
        match self {
            Self::V4 => 0,
            Self::V6 => 129,
        }
    }
}

/// What tells one echo message from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo {
    /// Which conversation.
    pub id: u16,
    /// Which request of it; the first is 1.
    pub seq: u16,
}

/// An echo reply that came over IPv4, with what its IP header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv4Reply {
    /// What it answers.
    pub echo: Echo,
    /// The time to live that is left.
    pub ttl: u8,
    /// Bytes of ICMP: header and payload.
    pub bytes: usize,
}

/// An echo request with `payload` bytes behind its header. The checksum is left zero for ICMPv6, where it covers
/// addresses that only the kernel knows (RFC 3542 §3.1).
pub fn build_request(family: Family, echo: Echo, payload: u16) -> Vec<u8> {
    let mut packet = vec![family.echo_request(), 0, 0, 0];
    packet.extend(echo.id.to_be_bytes());
    packet.extend(echo.seq.to_be_bytes());
    // Each byte is its own place, as ping(8) fills packets: one that was mangled on the way is easily seen in a dump.
    packet.extend((0..payload).map(|at| at.to_le_bytes()[0]));
    if family == Family::V4 {
        let sum = checksum(&packet);
        packet[2..4].copy_from_slice(&sum.to_be_bytes());
    }
    packet
}

/// Reads an ICMP message, without a header of IP, as an echo message of that type.
pub fn parse_echo(kind: u8, message: &[u8]) -> Option<Echo> {
    let &[first, 0, _, _, id_high, id_low, seq_high, seq_low] = message.first_chunk::<HEADER_BYTES>()? else {
        return None;
    };
    let echo = Echo { id: u16::from_be_bytes([id_high, id_low]), seq: u16::from_be_bytes([seq_high, seq_low]) };
    (first == kind).then_some(echo)
}

/// Reads an IPv4 packet, as a raw socket hands it over, as an echo reply. The kernel has not looked at the checksum
/// of ICMP yet when it does so.
pub fn parse_ipv4_reply(packet: &[u8]) -> Option<Ipv4Reply> {
    let header = packet.first_chunk::<IPV4_HEADER_BYTES>()?;
    let (version, header_bytes) = (header[0] >> 4, usize::from(header[0] & 0xf) * 4);
    if version != 4 || header_bytes < IPV4_HEADER_BYTES || header[9] != PROTOCOL_ICMP {
        return None;
    }
    let message = packet.get(header_bytes..)?;
    if checksum(message) != 0 {
        return None;
    }
    let echo = parse_echo(Family::V4.echo_reply(), message)?;
    Some(Ipv4Reply { echo, ttl: header[8], bytes: message.len() })
}

/// The Internet checksum (RFC 1071): zero over a message that holds its own, if it is whole.
fn checksum(message: &[u8]) -> u16 {
    let words = message.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
    // 64 bits hold the sum of any packet; a carry that is added may carry once more.
    let mut sum: u64 = words.map(u64::from).sum();
    while sum > u64::from(u16::MAX) {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    !u16::try_from(sum).expect("the loop ended below 2^16")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::*;

    const ECHO: Echo = Echo { id: 0x1234, seq: 1 };

    fn ipv4_packet(header_bytes: usize, message: &[u8]) -> Vec<u8> {
        let mut packet = vec![0; header_bytes];
        packet[0] = 0x40 | u8::try_from(header_bytes / 4).unwrap();
        packet[8] = 63;
        packet[9] = PROTOCOL_ICMP;
        packet.extend(message);
        packet
    }

    fn reply(payload: u16) -> Vec<u8> {
        let mut message = build_request(Family::V4, ECHO, payload);
        message[..4].copy_from_slice(&[Family::V4.echo_reply(), 0, 0, 0]);
        let sum = checksum(&message);
        message[2..4].copy_from_slice(&sum.to_be_bytes());
        message
    }

    #[test]
    fn requests_have_the_layout_of_the_rfcs() {
        assert_eq!(build_request(Family::V4, ECHO, 3), [8, 0, 0xe3, 0xc9, 0x12, 0x34, 0, 1, 0, 1, 2]);
        assert_eq!(build_request(Family::V6, ECHO, 0), [128, 0, 0, 0, 0x12, 0x34, 0, 1]);
        assert_eq!(checksum(&build_request(Family::V4, ECHO, u16::MAX)), 0);
    }

    #[test]
    fn the_checksum_is_that_of_the_example() {
        // RFC 1071 §3.
        assert_eq!(checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
    }

    #[test]
    fn replies_are_found_behind_ip_headers_of_any_length() {
        for header_bytes in [20, 24, 60] {
            let found = parse_ipv4_reply(&ipv4_packet(header_bytes, &reply(56)));
            assert_eq!(found, Some(Ipv4Reply { echo: ECHO, ttl: 63, bytes: 64 }));
        }
    }

    #[test]
    fn what_is_no_reply_is_left_alone() {
        let packet = ipv4_packet(20, &reply(56));
        for at in 20..packet.len() {
            let mut mangled = packet.clone();
            mangled[at] ^= 0x10;
            assert_eq!(parse_ipv4_reply(&mangled), None, "byte {at} is not what was sent");
        }
        assert_eq!(parse_ipv4_reply(&ipv4_packet(20, &build_request(Family::V4, ECHO, 56))), None, "a request");
        let mut udp = packet.clone();
        udp[9] = 17;
        assert_eq!(parse_ipv4_reply(&udp), None);
        let mut short_header = packet;
        short_header[0] = 0x44;
        assert_eq!(parse_ipv4_reply(&short_header), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            parse_ipv4_reply(&bytes);
            parse_echo(Family::V6.echo_reply(), &bytes);
            // The same bytes again, past the first checks.
            if bytes.len() > 9 {
                bytes[0] = 0x40 | (bytes[0] & 0xf);
                bytes[9] = PROTOCOL_ICMP;
                parse_ipv4_reply(&bytes);
            }
        }

        #[test]
        fn every_request_is_read_back(id: u16, seq: u16, payload in 0..2000_u16) {
            let echo = Echo { id, seq };
            for family in [Family::V4, Family::V6] {
                let packet = build_request(family, echo, payload);
                assert_eq!(parse_echo(family.echo_request(), &packet), Some(echo));
                assert_eq!(packet.len(), HEADER_BYTES + usize::from(payload));
            }
        }
    }
}
