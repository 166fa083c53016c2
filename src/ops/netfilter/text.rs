//! The equivalent command of an op: `iptables` for its tables, `nft` for all others.

use std::fmt;

use super::NetfilterOp;

impl fmt::Display for NetfilterOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.change)
    }
}

impl fmt::Display for super::Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
