use std::{fmt, str::FromStr};

use thiserror::Error;

/// The name of a link, as the kernel accepts it (`dev_valid_name` in `net/core/dev.c`): 1 to 15 bytes, neither `.` nor
/// `..`, without `/`, `:` and white space.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IfName(String);

/// Why a text is no name for a link.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IfNameError {
    /// Nothing at all.
    #[error("a link's name cannot be empty")]
    Empty,
    /// More than the kernel's `IFNAMSIZ - 1` bytes.
    #[error("`{name}` has {} bytes; a link's name has at most {}", name.len(), IfName::MAX_BYTES)]
    TooLong {
        /// What was written.
        name: String,
    },
    /// `.` or `..`, which could not be directories under `/sys/class/net`.
    #[error("`{name}` cannot name a link")]
    Dots {
        /// What was written.
        name: String,
    },
    /// A character that the kernel refuses.
    #[error("`{}` cannot stand in a link's name (`{}`)", bad.escape_default(), name.escape_default())]
    Character {
        /// What was written.
        name: String,
        /// The first character at fault.
        bad: char,
    },
}

impl IfName {
    /// The longest name, in bytes: `IFNAMSIZ - 1` of `linux/if.h`.
    pub const MAX_BYTES: usize = 15;

    /// The loopback device that every namespace is born with.
    pub fn loopback() -> Self {
        Self("lo".into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IfName {
    type Err = IfNameError;

    fn from_str(name: &str) -> Result<Self, IfNameError> {
        if name.is_empty() {
            return Err(IfNameError::Empty);
        }
        // The kernel's isspace() also takes 0xa0, the last byte of some UTF-8 characters; `\0` would end the C string.
        if let Some(bad) =
            name.chars().find(|&c| c == '/' || c == ':' || c.is_ascii_whitespace() || "\0\x0b".contains(c))
        {
            return Err(IfNameError::Character { name: name.into(), bad });
        }
        if name.len() > Self::MAX_BYTES {
            return Err(IfNameError::TooLong { name: name.into() });
        }
        if name == "." || name == ".." {
            return Err(IfNameError::Dots { name: name.into() });
        }
        Ok(Self(name.into()))
    }
}

impl fmt::Display for IfName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for IfName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_the_kernel_takes() {
        for good in ["lo", "eth0.10", "a{b}", "#h", "x;y", "123456789012345", "-"] {
            assert_eq!(good.parse::<IfName>().map(|name| name.to_string()), Ok(good.to_string()));
        }
    }

    #[test]
    fn refuses_what_the_kernel_refuses() {
        for bad in ["", ".", "..", "a/b", "a:b", "a b", "a\tb", "a\0b", "1234567890123456"] {
            assert!(bad.parse::<IfName>().is_err(), "{bad:?}");
        }
    }
}
