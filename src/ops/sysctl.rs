use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Inside, Shell};
use crate::net::{NsRef, SysctlKey};

/// Writes a kernel setting of a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        write!(f, "{}sysctl -qw {}", Inside(&self.ns), Shell(&format!("{}={}", self.key, self.value)))
    }
}
