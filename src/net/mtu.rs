use std::{fmt, str::FromStr};

use thiserror::Error;

/// The largest packet that a link sends, in bytes, without the link-layer header. The range that a kind of link allows
/// is the model's to know; this type only excludes what no link can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mtu(u32);

/// Why a text is no MTU.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is no MTU: a number of bytes, at most {}, is wanted", i32::MAX)]
pub struct MtuError {
    /// What was written.
    pub text: String,
}

impl Mtu {
    /// What Ethernet-like links are born with.
    pub const ETHERNET: Self = Self(1500);
    /// What the loopback device is born with.
    pub const LOOPBACK: Self = Self(65536);
    /// The size of packets that IPv6 needs (RFC 8200 §5).
    pub const LEAST_OF_IPV6: Self = Self(1280);

    /// An MTU of that many bytes; the kernel keeps it in a signed 32-bit number.
    pub fn new(bytes: u32) -> Result<Self, MtuError> {
        if i32::try_from(bytes).is_ok() { Ok(Self(bytes)) } else { Err(MtuError { text: bytes.to_string() }) }
    }

    /// In bytes.
    pub const fn bytes(self) -> u32 {
        self.0
    }
}

impl FromStr for Mtu {
    type Err = MtuError;

    fn from_str(text: &str) -> Result<Self, MtuError> {
        let bytes: u32 = text.parse().map_err(|_| MtuError { text: text.into() })?;
        Self::new(bytes).map_err(|_| MtuError { text: text.into() })
    }
}

impl fmt::Display for Mtu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
