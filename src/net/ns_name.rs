use std::{fmt, str::FromStr};

use thiserror::Error;

/// The name of a network namespace: a file name under `/run/netns`, as `ip netns add` accepts it (`invalid_name` in
/// `ip/ipnetns.c`): 1 to 255 bytes, neither `.` nor `..`, without `/`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NsName(String);

/// Why a text is no name for a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NsNameError {
    /// Nothing at all.
    #[error("a namespace's name cannot be empty")]
    Empty,
    /// More than a file name may have.
    #[error("a namespace's name has at most {} bytes, this one has {bytes}", NsName::MAX_BYTES)]
    TooLong {
        /// How many there are.
        bytes: usize,
    },
    /// `.` or `..`.
    #[error("`{name}` cannot name a namespace: it would be a directory under /run/netns")]
    Dots {
        /// What was written.
        name: String,
    },
    /// A slash or a NUL.
    #[error("`{}` cannot stand in a namespace's name (`{}`): it is a file name under /run/netns", bad.escape_default(), name.escape_default())]
    Character {
        /// What was written.
        name: String,
        /// The first character at fault.
        bad: char,
    },
}

impl NsName {
    /// The longest name, in bytes: `NAME_MAX` of `linux/limits.h`.
    pub const MAX_BYTES: usize = 255;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NsName {
    type Err = NsNameError;

    fn from_str(name: &str) -> Result<Self, NsNameError> {
        if name.is_empty() {
            return Err(NsNameError::Empty);
        }
        if let Some(bad) = name.chars().find(|&c| c == '/' || c == '\0') {
            return Err(NsNameError::Character { name: name.into(), bad });
        }
        if name.len() > Self::MAX_BYTES {
            return Err(NsNameError::TooLong { bytes: name.len() });
        }
        if name == "." || name == ".." {
            return Err(NsNameError::Dots { name: name.into() });
        }
        Ok(Self(name.into()))
    }
}

impl fmt::Display for NsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for NsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// A network namespace, as scripts refer to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NsRef {
    /// The namespace that `nns` was started in; in a sandbox, the sandbox's root.
    Host,
    /// One with a name under `/run/netns`.
    Named(NsName),
    /// That of a process, by its id: one that is neither the host's nor has a name.
    Process(u32),
}

impl NsRef {
    /// The name, if it has one.
    pub fn name(&self) -> Option<&NsName> {
        match self {
            Self::Host | Self::Process(_) => None,
            Self::Named(name) => Some(name),
        }
    }
}

/// `host`, the name, or `process` and its id.
impl fmt::Display for NsRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.pad("host"),
            Self::Named(name) => name.fmt(f),
            Self::Process(pid) => f.pad(&format!("process {pid}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_would_leave_the_directory() {
        for bad in ["", ".", "..", "../etc", "a/b", "a\0"] {
            assert!(bad.parse::<NsName>().is_err(), "{bad:?}");
        }
        assert!("n".repeat(256).parse::<NsName>().is_err());
        assert!("red team".parse::<NsName>().is_ok());
    }
}
