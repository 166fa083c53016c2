use std::fmt;

use super::Shell;
use crate::net::{NsRef, SysctlKey};

/// Writes a kernel setting of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SysctlOp {
    /// The namespace.
    pub ns: NsRef,
    /// The setting.
    pub key: SysctlKey,
    /// Its new value, as it is written to the file.
    pub value: String,
}

impl fmt::Display for SysctlOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ns {
            NsRef::Host => {}
            NsRef::Named(name) => write!(f, "ip netns exec {} ", Shell(name.as_str()))?,
            NsRef::Process(pid) => write!(f, "nsenter --net=/proc/{pid}/ns/net ")?,
        }
        write!(f, "sysctl -qw {}", Shell(&format!("{}={}", self.key, self.value)))
    }
}
