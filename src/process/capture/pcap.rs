//! The format of capture files, as `tcpdump -w` writes it: a header, and behind it packets, each with a header of its
//! own. <https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/> describes it.
//!
//! In: packets. Out: bytes, all numbers with the least byte first, whatever the machine; readers tell by the magic number.

use std::time::Duration;

/// Says that times are in microseconds, and by its place in the file in which order numbers have their bytes.
const MAGIC: u32 = 0xa1b2_c3d4;

/// The version of the format, major and minor.
const VERSION: [u16; 2] = [2, 4];

/// What packets begin with (`LINKTYPE_…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkType {
    /// A header of Ethernet; the loopback device writes one too.
    Ethernet,
    /// A header of IP.
    Raw,
}

impl LinkType {
    /// Its number.
    fn number(self) -> u32 {
        match self {
            Self::Ethernet => 1,
            Self::Raw => 101,
        }
    }
}

/// What a file begins with.
pub fn header(link_type: LinkType, snaplen: u32) -> Vec<u8> {
    let mut bytes = MAGIC.to_le_bytes().to_vec();
    bytes.extend(VERSION.iter().flat_map(|number| number.to_le_bytes()));
    // Two fields that nobody uses: the time zone, and how exact times are.
    bytes.extend([0, 0, snaplen, link_type.number()].iter().flat_map(|number: &u32| number.to_le_bytes()));
    bytes
}

/// Appends a packet that came at that time after 1970; of its bytes, `original` many, these were kept.
pub fn packet(file: &mut Vec<u8>, time: Duration, kept: &[u8], original: usize) {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    // Seconds have 32 bits without a sign: enough until 2106.
    let seconds = u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
    let header = [seconds, time.subsec_micros(), number(kept.len()), number(original)];
    file.extend(header.iter().flat_map(|number| number.to_le_bytes()));
    file.extend(kept);
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(bytes: &[u8], expected: Expect) {
        let line = |line: &[u8]| line.iter().map(|byte| format!("{byte:02x} ")).collect::<String>();
        let lines: Vec<String> = bytes.chunks(8).map(|bytes| line(bytes).trim_end().to_owned()).collect();
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn files_begin_so() {
        check(
            &header(LinkType::Ethernet, 262_144),
            expect![[r#"
            d4 c3 b2 a1 02 00 04 00
            00 00 00 00 00 00 00 00
            00 00 04 00 01 00 00 00"#]],
        );
        check(
            &header(LinkType::Raw, 96),
            expect![[r#"
            d4 c3 b2 a1 02 00 04 00
            00 00 00 00 00 00 00 00
            60 00 00 00 65 00 00 00"#]],
        );
    }

    #[test]
    fn packets_stand_behind_each_other() {
        let mut file = Vec::new();
        packet(&mut file, Duration::new(1_700_000_000, 123_456_789), &[0xff, 0xfe, 0xfd], 1514);
        packet(&mut file, Duration::new(u64::MAX, 999), &[], 0);
        check(
            &file,
            expect![[r#"
            00 f1 53 65 40 e2 01 00
            03 00 00 00 ea 05 00 00
            ff fe fd ff ff ff ff 00
            00 00 00 00 00 00 00 00
            00 00 00"#]],
        );
    }
}
