use std::{fmt, str::FromStr};

use thiserror::Error;

/// A kernel setting of a network namespace: a file under `/proc/sys/net`.
///
/// Written `net.ipv4.ip_forward`, `net/ipv4/ip_forward` or `/proc/sys/net/ipv4/ip_forward`. As in sysctl(8), the first
/// separator decides: after a dot, dots separate and a slash stands for a dot inside a part
/// (`net.ipv4.conf.eth0/10.forwarding`); after a slash it is the other way round.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SysctlKey(Vec<String>);

/// Why a text is no setting of a network namespace.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SysctlKeyError {
    /// Not below `net`.
    #[error("`{text}` is a setting of the whole machine, not of a network namespace (those begin with `net.`)")]
    NotNet {
        /// What was written.
        text: String,
    },
    /// An empty part, `.` or `..`, or a NUL.
    #[error("`{text}` is no name of a kernel setting")]
    Malformed {
        /// What was written.
        text: String,
    },
}

impl SysctlKey {
    /// `net.ipv4.ip_forward`.
    pub fn ip_forward() -> Self {
        Self(["net", "ipv4", "ip_forward"].map(String::from).to_vec())
    }

    /// The parts, from `net` on; a part may hold dots (`eth0.10`).
    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// The link that a setting below `net/ipv4/conf`, `net/ipv6/conf` or their `neigh` is of.
    pub fn link(&self) -> Option<&str> {
        let [_, family, group, link, _, ..] = self.0.as_slice() else { return None };
        let per_link = (family == "ipv4" || family == "ipv6") && (group == "conf" || group == "neigh");
        (per_link && link != "all" && link != "default").then_some(link.as_str())
    }

    /// The same setting of another link: the fourth part of `net/ipv4/conf/LINK/…` replaced.
    pub fn with_link(&self, link: &super::IfName) -> Result<Self, SysctlKeyError> {
        let mut parts = self.0.clone();
        let part = parts.get_mut(3).ok_or_else(|| SysctlKeyError::Malformed { text: self.to_string() })?;
        *part = link.to_string();
        Ok(Self(parts))
    }

    /// The file, relative to `/proc/sys`.
    pub fn path(&self) -> String {
        self.0.join("/")
    }
}

impl FromStr for SysctlKey {
    type Err = SysctlKeyError;

    fn from_str(text: &str) -> Result<Self, SysctlKeyError> {
        let (relative, slashes) = match text.strip_prefix("/proc/sys/") {
            Some(path) => (path, true),
            None => (text, text.find(['.', '/']).is_some_and(|at| text.as_bytes()[at] == b'/')),
        };
        let parts: Vec<String> = if slashes {
            relative.split('/').map(String::from).collect()
        } else {
            relative.split('.').map(|part| part.replace('/', ".")).collect()
        };
        let malformed = |part: &String| part.is_empty() || part == "." || part == ".." || part.contains(['\0', '\n']);
        if parts.iter().any(malformed) {
            return Err(SysctlKeyError::Malformed { text: text.into() });
        }
        if parts[0] != "net" {
            return Err(SysctlKeyError::NotNet { text: text.into() });
        }
        if parts.len() < 2 {
            return Err(SysctlKeyError::Malformed { text: text.into() });
        }
        Ok(Self(parts))
    }
}

/// The dotted form that sysctl(8) prints.
impl fmt::Display for SysctlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dotted: Vec<String> = self.0.iter().map(|part| part.replace('.', "/")).collect();
        f.pad(&dotted.join("."))
    }
}

impl fmt::Debug for SysctlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_name_the_same_file() {
        for text in ["net.ipv4.ip_forward", "net/ipv4/ip_forward", "/proc/sys/net/ipv4/ip_forward"] {
            assert_eq!(text.parse::<SysctlKey>().map(|key| key.path()), Ok("net/ipv4/ip_forward".into()));
        }
        let vlan: SysctlKey = "net.ipv4.conf.eth0/10.forwarding".parse().unwrap();
        assert_eq!(vlan.path(), "net/ipv4/conf/eth0.10/forwarding");
        assert_eq!(vlan.to_string(), "net.ipv4.conf.eth0/10.forwarding");
    }

    #[test]
    fn nothing_outside_net_can_be_named() {
        for bad in
            ["kernel.panic", "net", "", "net..x", "/proc/sys/net/../kernel/panic", "net/../kernel", "a/b", "/proc/sys/"]
        {
            assert!(bad.parse::<SysctlKey>().is_err(), "{bad:?}");
        }
    }
}
