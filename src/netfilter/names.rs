//! The kernel's numbers for families and hooks.

use crate::ops::{Family, Hook};

/// `NFPROTO_…`.
const FAMILIES: [(Family, u8); 6] =
    [(Family::Inet, 1), (Family::Ip, 2), (Family::Arp, 3), (Family::Netdev, 5), (Family::Bridge, 7), (Family::Ip6, 10)];

/// `NF_INET_…`, which those of bridges agree with.
const HOOKS: [(Hook, u32); 6] = [
    (Hook::Prerouting, 0),
    (Hook::Input, 1),
    (Hook::Forward, 2),
    (Hook::Output, 3),
    (Hook::Postrouting, 4),
    (Hook::Ingress, 5),
];

/// `NF_ARP_…`.
const HOOKS_OF_ARP: [(Hook, u32); 3] = [(Hook::Input, 0), (Hook::Output, 1), (Hook::Forward, 2)];

/// `NF_NETDEV_…`.
const HOOKS_OF_NETDEV: [(Hook, u32); 1] = [(Hook::Ingress, 0)];

pub(super) fn family_number(family: Family) -> u8 {
    FAMILIES.iter().find(|(known, _)| *known == family).map_or(0, |(_, number)| *number)
}

pub(super) fn family_of(number: u8) -> Option<Family> {
    FAMILIES.iter().find(|(_, known)| *known == number).map(|(family, _)| *family)
}

fn hooks(family: Family) -> &'static [(Hook, u32)] {
    match family {
        Family::Ip | Family::Ip6 | Family::Inet | Family::Bridge => &HOOKS,
        Family::Arp => &HOOKS_OF_ARP,
        Family::Netdev => &HOOKS_OF_NETDEV,
    }
}

/// A hook that the family does not have has a number that no kernel knows.
pub(super) fn hook_number(family: Family, hook: Hook) -> u32 {
    hooks(family).iter().find(|(known, _)| *known == hook).map_or(u32::MAX, |(_, number)| *number)
}

pub(super) fn hook_of(family: Family, number: u32) -> Option<Hook> {
    hooks(family).iter().find(|(_, known)| *known == number).map(|(hook, _)| *hook)
}
