//! IPv4 or IPv6: what the words of a command say of it.

use std::net::IpAddr;

use super::{act::IpFamily, bound::Bound, error::UsageError};
use crate::source::Spanned;

/// The one family of all these addresses and of `-4` and `-6`; `None` where nothing says it.
pub fn agree(bound: &Bound<'_>, addresses: &[Spanned<IpAddr>]) -> Result<Option<IpFamily>, UsageError> {
    let wanted = bound.ip_options().family;
    let Some(first) = addresses.first() else { return Ok(wanted) };
    if let Some(second) = addresses.iter().find(|other| other.value.is_ipv6() != first.value.is_ipv6()) {
        return Err(UsageError::Families { first: first.clone(), second: second.clone() });
    }
    let family = if first.value.is_ipv6() { IpFamily::V6 } else { IpFamily::V4 };
    match wanted {
        Some(wanted) if wanted != family => {
            Err(UsageError::OtherFamily { ipv6: wanted == IpFamily::V6, address: first.clone() })
        }
        Some(_) | None => Ok(Some(family)),
    }
}
