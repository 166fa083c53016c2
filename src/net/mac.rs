use std::{fmt, str::FromStr};

use thiserror::Error;

/// An Ethernet address: six bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(pub [u8; 6]);

/// Why a text is no Ethernet address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MacError {
    /// Not six parts.
    #[error("`{text}` has {parts} bytes; an Ethernet address has 6, as in 02:00:00:00:00:01")]
    Length {
        /// What was written.
        text: String,
        /// How many bytes there are.
        parts: usize,
    },
    /// A part that is no hexadecimal byte.
    #[error("`{part}` is no hexadecimal byte (in `{text}`)")]
    Byte {
        /// What was written.
        text: String,
        /// The part at fault.
        part: String,
    },
}

impl Mac {
    /// Whether it addresses a group, which no link may have as its own (`is_valid_ether_addr` in
    /// `linux/etherdevice.h`).
    pub fn is_multicast(self) -> bool {
        self.0[0] & 1 == 1
    }

    /// Whether all bytes are zero.
    pub fn is_zero(self) -> bool {
        self.0 == [0; 6]
    }
}

impl FromStr for Mac {
    type Err = MacError;

    fn from_str(text: &str) -> Result<Self, MacError> {
        let parts: Vec<&str> = text.split([':', '-']).collect();
        if parts.len() != 6 {
            return Err(MacError::Length { text: text.into(), parts: parts.len() });
        }
        let mut bytes = [0; 6];
        for (byte, part) in bytes.iter_mut().zip(parts) {
            let hexadecimal = (1..=2).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_hexdigit());
            *byte = hexadecimal
                .then(|| u8::from_str_radix(part, 16).ok())
                .flatten()
                .ok_or_else(|| MacError::Byte { text: text.into(), part: part.into() })?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_and_refuses() {
        assert_eq!("2:0:0:0:0:A".parse::<Mac>().map(|mac| mac.to_string()), Ok("02:00:00:00:00:0a".into()));
        for bad in ["", "02:00:00:00:00", "02:00:00:00:00:00:00", "02:00:00:00:00:0g", "02:00:00:00:00:+1"] {
            assert!(bad.parse::<Mac>().is_err(), "{bad:?}");
        }
    }
}
