//! The lines of a journal: `CHECKSUM JSON`.
//!
//! In: a record, or the bytes of a file. Out: a line, or what its lines say. Invariant: whatever is cut off or changed in
//! a line is noticed. The last line may be broken, as its writer may have been killed while it wrote: what it would have
//! told of was not done yet, so that it counts as not written.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What a journal's first line says, so that another version knows what it has before it: the number grows with each
/// change of what is written.
#[derive(Serialize, Deserialize)]
struct Format {
    #[serde(rename = "nns journal")]
    number: u32,
}

/// What this version writes and reads.
const FORMAT: u32 = 1;

/// The digits of a checksum, and the blank behind it.
const LEAD: usize = 9;

/// Why the bytes of a file are no journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// A line, counted from 1, is not as it was written.
    Line(usize),
    /// Another version wrote it.
    Format,
}

/// The line of a record.
pub(super) fn encode(record: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = vec![b' '; LEAD];
    serde_json::to_writer(&mut line, record)?;
    let sum = format!("{:08x}", crc32(&line[LEAD..]));
    line[..LEAD - 1].copy_from_slice(sum.as_bytes());
    line.push(b'\n');
    Ok(line)
}

/// The line that all journals begin with.
pub(super) fn first() -> serde_json::Result<Vec<u8>> {
    encode(&Format { number: FORMAT })
}

/// What the lines behind the first say, as far as `T` wants to know it, and how many bytes are whole.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<(Vec<T>, usize), Broken> {
    let mut found = Vec::new();
    let mut whole = 0;
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let is_last = whole + line.len() == bytes.len();
        let Some(json) = intact(line) else {
            return if is_last { Ok((found, whole)) } else { Err(Broken::Line(index + 1)) };
        };
        if index == 0 {
            match serde_json::from_slice(json) {
                Ok(Format { number: FORMAT }) => {}
                Ok(Format { .. }) | Err(_) => return Err(Broken::Format),
            }
        } else {
            // It is as it was written, so that cutting it off would lose something.
            found.push(serde_json::from_slice(json).map_err(|_| Broken::Line(index + 1))?);
        }
        whole += line.len();
    }
    Ok((found, whole))
}

/// The JSON of a line, if nothing is wrong with it.
fn intact(line: &[u8]) -> Option<&[u8]> {
    let (sum, json) = line.strip_suffix(b"\n")?.split_at_checked(LEAD)?;
    (sum == format!("{:08x} ", crc32(json)).as_bytes()).then_some(json)
}

/// The checksum of Ethernet and gzip (ISO-HDLC).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, &byte| sum >> 8 ^ TABLE[usize::from(sum as u8 ^ byte)])
}

/// What each byte does to a checksum.
static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        let mut sum = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn written(records: &[&str]) -> Vec<u8> {
        let lines = records.iter().flat_map(|record| encode(record).unwrap());
        first().unwrap().into_iter().chain(lines).collect()
    }

    fn read(bytes: &[u8]) -> Result<(Vec<String>, usize), Broken> {
        decode(bytes)
    }

    #[test]
    fn the_checksum_is_the_known_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_line_is_a_checksum_and_json() {
        let text = String::from_utf8(written(&["one\ntwo", "ü"])).unwrap();
        expect_test::expect![[r#"
            3651c4ba {"nns journal":1}
            e8bf5a17 "one\ntwo"
            258630e0 "ü"
        "#]]
        .assert_eq(&text);
        assert_eq!(read(text.as_bytes()), Ok((vec!["one\ntwo".into(), "ü".into()], text.len())));
    }

    #[test]
    fn a_last_line_that_is_torn_is_not_there() {
        let two = written(&["one", "two"]);
        let one = written(&["one"]).len();
        for end in one..two.len() {
            assert_eq!(read(&two[..end]), Ok((vec!["one".into()], one)), "{end} bytes");
        }
        let nothing = written(&[]).len();
        for end in 0..nothing {
            assert_eq!(read(&two[..end]), Ok((Vec::new(), 0)), "{end} bytes");
        }
    }

    #[test]
    fn any_bit_that_flips_is_noticed() {
        let all = written(&["one", "two", "three"]);
        let ends: Vec<usize> = (0..=3).map(|count| written(&["one", "two", "three"][..count]).len()).collect();
        for at in 0..all.len() {
            for bit in 0..8 {
                let mut bytes = all.clone();
                bytes[at] ^= 1 << bit;
                let line = ends.iter().filter(|end| **end <= at).count() + 1;
                let read = read(&bytes);
                match line {
                    // Without the end of the line before, the last line is that one too.
                    3 if bytes[at] != b'\n' && all[at] == b'\n' => assert_eq!(read, Ok((vec!["one".into()], ends[1]))),
                    // A last line with an end in the middle is two lines.
                    4 if bytes[at] != b'\n' => assert_eq!(read, Ok((vec!["one".into(), "two".into()], ends[2]))),
                    _ => assert_eq!(read, Err(Broken::Line(line)), "bit {bit} of byte {at}"),
                }
            }
        }
    }

    #[test]
    fn another_version_is_told_from_damage() {
        let other = [encode(&Format { number: FORMAT + 1 }).unwrap(), encode(&"one").unwrap()].concat();
        assert_eq!(read(&other), Err(Broken::Format));
        assert_eq!(
            read(&[first().unwrap(), encode(&1).unwrap(), encode(&"one").unwrap()].concat()),
            Err(Broken::Line(2))
        );
    }
}
