use std::net::IpAddr;

use super::IpFamily;
use crate::ops::{RouteProtocol, RouteTable};

/// A policy rule, as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleRow {
    /// Its family.
    pub family: IpFamily,
    /// Its place.
    pub priority: u32,
    /// Its flags.
    pub flags: RuleRowFlags,
    /// The source it is for; `None` is any, or the first bits are not known.
    pub from: Option<IpAddr>,
    /// How many bits of the source count.
    pub from_len: u8,
    /// The destination it is for.
    pub to: Option<IpAddr>,
    /// How many bits of the destination count.
    pub to_len: u8,
    /// The type of service it is for.
    pub tos: u8,
    /// The mark it is for.
    pub mark: Option<u32>,
    /// The bits of the mark that count.
    pub mark_mask: Option<u32>,
    /// The link that packets must come in through.
    pub input_link: Option<String>,
    /// The link that packets must leave through.
    pub output_link: Option<String>,
    /// The table of the packet's vrf is asked.
    pub l3mdev: bool,
    /// The users it is for, from the first to the last.
    pub users: Option<(u32, u32)>,
    /// The protocol above IP that it is for.
    pub ip_protocol: Option<u8>,
    /// The ports of the sender it is for, from the first to the last.
    pub source_ports: Option<(u16, u16)>,
    /// The ports it is for, from the first to the last.
    pub destination_ports: Option<(u16, u16)>,
    /// The tunnel it is for.
    pub tunnel: Option<u64>,
    /// The table that is asked; 0 is none.
    pub table: RouteTable,
    /// Routes whose prefix is no longer than that are passed over.
    pub suppress_prefixlength: Option<u32>,
    /// Routes through links of that group are passed over.
    pub suppress_group: Option<u32>,
    /// The realms: of the source, of the destination.
    pub realms: Option<(u16, u16)>,
    /// What becomes of the packets (`FR_ACT_*` in `linux/fib_rules.h`).
    pub action: u8,
    /// The priority of the rule to go on with.
    pub target: Option<u32>,
    /// Who made it.
    pub protocol: Option<RouteProtocol>,
}

impl RuleRow {
    /// The action that asks a table.
    pub const TO_TABLE: u8 = 1;
    /// The action that goes on with another rule.
    pub const GOTO: u8 = 2;
    /// The action that does nothing.
    pub const NOP: u8 = 3;

    /// A rule for all packets, which asks no table.
    pub fn new(family: IpFamily) -> Self {
        Self {
            family,
            priority: 0,
            flags: RuleRowFlags::default(),
            from: None,
            from_len: 0,
            to: None,
            to_len: 0,
            tos: 0,
            mark: None,
            mark_mask: None,
            input_link: None,
            output_link: None,
            l3mdev: false,
            users: None,
            ip_protocol: None,
            source_ports: None,
            destination_ports: None,
            tunnel: None,
            table: RouteTable(0),
            suppress_prefixlength: None,
            suppress_group: None,
            realms: None,
            action: Self::TO_TABLE,
            target: None,
            protocol: None,
        }
    }
}

/// The flags of a policy rule (`FIB_RULE_*` in `linux/fib_rules.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RuleRowFlags(pub u32);

impl RuleRowFlags {
    /// It is for what does not fit.
    pub const INVERT: Self = Self(2);
    /// There is no rule to go on with.
    pub const UNRESOLVED: Self = Self(4);
    /// There is no link of the name that packets must come in through.
    pub const IIF_DETACHED: Self = Self(8);
    /// There is no link of the name that packets must leave through.
    pub const OIF_DETACHED: Self = Self(16);

    /// Whether all of these flags are set.
    pub fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// These flags and those.
    #[must_use]
    pub fn with(self, flags: Self) -> Self {
        Self(self.0 | flags.0)
    }
}
