use std::net::IpAddr;

use super::IpFamily;
use crate::{
    net::{Cidr, IfName},
    ops::{RouteProtocol, RouteTable, RuleMark},
};

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

/// Which policy rules are listed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RuleFilter {
    /// Only those of this priority.
    pub priority: Option<u32>,
    /// Only those that are for what does not fit.
    pub not: bool,
    /// Only those for packets from there, or from a part of it.
    pub from: Option<Cidr>,
    /// Only those for packets to there, or to a part of it.
    pub to: Option<Cidr>,
    /// Only those for this type of service.
    pub tos: u8,
    /// Only those for this mark, of which 0 is any, and these bits, of which none and all are any.
    pub mark: Option<RuleMark>,
    /// Only those for packets that came in through this link.
    pub iif: Option<IfName>,
    /// Only those for packets that leave through this link.
    pub oif: Option<IfName>,
    /// Only those that ask this table.
    pub table: Option<RouteTable>,
}

impl RuleFilter {
    /// Whether a rule is listed (`filter_nlmsg` in `ip/iprule.c`).
    pub fn keeps(&self, row: &RuleRow) -> bool {
        let end = |wanted: Option<Cidr>, address: Option<IpAddr>, len: u8| {
            let lies_within =
                |wanted: Cidr| wanted.prefix_len() <= len && address.is_some_and(|address| wanted.contains(address));
            wanted.is_none_or(lies_within)
        };
        let link = |wanted: &Option<IfName>, name: &Option<String>| {
            wanted.as_ref().is_none_or(|wanted| name.as_deref() == Some(wanted.as_str()))
        };
        let mark = self.mark.is_none_or(|mark| {
            let bits = matches!(mark.mask, 0 | u32::MAX) || row.mark_mask.unwrap_or(0) == mark.mask;
            bits && (mark.value == 0 || row.mark.unwrap_or(0) == mark.value)
        });
        self.priority.is_none_or(|priority| row.priority == priority)
            && (!self.not || row.flags.has(RuleRowFlags::INVERT))
            && end(self.from, row.from, row.from_len)
            && end(self.to, row.to, row.to_len)
            && (self.tos == 0 || row.tos == self.tos)
            && mark
            && link(&self.iif, &row.input_link)
            && link(&self.oif, &row.output_link)
            && self.table.is_none_or(|table| row.table == table)
    }
}
