use std::fmt;

use serde::{Deserialize, Serialize};

use super::Shell;
use crate::net::NsName;

/// A change of the list of named namespaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetnsOp {
    /// A new, empty namespace under a name.
    Add {
        /// The name, which must be free.
        name: NsName,
    },
    /// Another name for the namespace that a process is in.
    Attach {
        /// The name, which must be free.
        name: NsName,
        /// The process; 1 is on the host.
        pid: u32,
    },
    /// Takes the name away; the namespace goes with it unless something else holds it.
    Del {
        /// The name.
        name: NsName,
    },
}

impl NetnsOp {
    /// The name that is added or taken away.
    pub fn name(&self) -> &NsName {
        match self {
            Self::Add { name } | Self::Attach { name, .. } | Self::Del { name } => name,
        }
    }
}

impl fmt::Display for NetnsOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add { name } => write!(f, "ip netns add {}", Shell(name.as_str())),
            Self::Attach { name, pid } => write!(f, "ip netns attach {} {pid}", Shell(name.as_str())),
            Self::Del { name } => write!(f, "ip netns del {}", Shell(name.as_str())),
        }
    }
}
