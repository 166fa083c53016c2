use std::net::IpAddr;

use super::IpFamily;
use crate::ops::Scope;

/// An address of a link, as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressRow {
    /// The address.
    pub local: IpAddr,
    /// The address of the far end, where that is another one.
    pub peer: Option<IpAddr>,
    /// The length of the prefix of the connected network.
    pub prefix_len: u8,
    /// The metric of its connected route, where it is not the usual.
    pub metric: Option<u32>,
    /// Its broadcast address.
    pub broadcast: Option<IpAddr>,
    /// Its anycast address.
    pub anycast: Option<IpAddr>,
    /// How far it is valid.
    pub scope: Scope,
    /// Its flags.
    pub flags: AddressFlags,
    /// Its label (IPv4).
    pub label: Option<String>,
    /// How long it lives.
    pub lifetimes: Option<Lifetimes>,
    /// Who made it (`IFAPROT_*` in `linux/if_addr.h`); 0 is not known.
    pub protocol: u8,
}

impl AddressRow {
    /// A permanent address of global scope with nothing else.
    pub fn new(local: IpAddr, prefix_len: u8) -> Self {
        Self {
            local,
            peer: None,
            prefix_len,
            metric: None,
            broadcast: None,
            anycast: None,
            scope: Scope::GLOBAL,
            flags: AddressFlags::PERMANENT,
            label: None,
            lifetimes: None,
            protocol: 0,
        }
    }

    /// Its family.
    pub fn family(&self) -> IpFamily {
        IpFamily::of(self.local)
    }
}

/// How long an address lives, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Until it is gone.
    pub valid: u32,
    /// Until it is no longer chosen for new connections.
    pub preferred: u32,
}

impl Lifetimes {
    /// For ever (`INFINITY_LIFE_TIME` in the kernel's `net/addrconf.h`).
    pub const FOREVER: u32 = u32::MAX;
}

/// The flags of an address (`IFA_F_*` in `linux/if_addr.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct AddressFlags(pub u32);

impl AddressFlags {
    /// IPv4: another address of the same prefix was there before it; IPv6: temporary.
    pub const SECONDARY: Self = Self(1);
    /// Without duplicate address detection.
    pub const NODAD: Self = Self(1 << 1);
    /// Used before duplicate address detection is through.
    pub const OPTIMISTIC: Self = Self(1 << 2);
    /// Another host has it.
    pub const DADFAILED: Self = Self(1 << 3);
    /// A mobile host's home address.
    pub const HOME: Self = Self(1 << 4);
    /// No longer preferred.
    pub const DEPRECATED: Self = Self(1 << 5);
    /// Duplicate address detection is not through.
    pub const TENTATIVE: Self = Self(1 << 6);
    /// It does not expire.
    pub const PERMANENT: Self = Self(1 << 7);
    /// Temporary addresses are made beside it.
    pub const MANAGE_TEMPORARY: Self = Self(1 << 8);
    /// It has no connected route.
    pub const NO_PREFIX_ROUTE: Self = Self(1 << 9);
    /// It joins its groups by itself.
    pub const AUTO_JOIN: Self = Self(1 << 10);
    /// It was made from a secret.
    pub const STABLE_PRIVACY: Self = Self(1 << 11);

    /// Whether all of these flags are set.
    pub fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// These flags and those.
    #[must_use]
    pub fn with(self, flags: Self) -> Self {
        Self(self.0 | flags.0)
    }

    /// These flags without those.
    #[must_use]
    pub fn without(self, flags: Self) -> Self {
        Self(self.0 & !flags.0)
    }
}
