use std::fmt::Write;

use crate::{
    model::query::{IpFamily, NeighbourRow, NeighbourState},
    report::hardware_address,
};

/// `arp`, or `arp -a` in the BSD layout. Nothing at all where there is no entry.
pub fn render_arp(rows: &[NeighbourRow], bsd: bool) -> String {
    let entries: Vec<Entry<'_>> = rows.iter().filter_map(Entry::of).collect();
    let mut text = String::new();
    if !entries.is_empty() && !bsd {
        text.push_str("Address                  HWtype  HWaddress           Flags Mask            Iface\n");
    }
    for entry in entries {
        let line = if bsd { entry.bsd_line() } else { entry.line() };
        writeln!(text, "{line}").expect("a string takes all that is written to it");
    }
    text
}

/// An IPv4 neighbour as `/proc/net/arp` shows it.
struct Entry<'a> {
    address: String,
    link: &'a str,
    hardware: Option<String>,
    permanent: bool,
    published: bool,
}

impl<'a> Entry<'a> {
    /// The states in which the hardware address holds (`NUD_VALID` of the kernel's `net/neighbour.h`).
    const VALID: u16 = 0xde;

    fn of(row: &'a NeighbourRow) -> Option<Self> {
        let address = row.address.filter(|&address| IpFamily::of(address) == IpFamily::V4)?;
        let nobody_to_ask = row.state.0 & !NeighbourState::NOARP.0 == 0;
        if nobody_to_ask && !row.proxy {
            return None;
        }
        let valid = row.state.0 & Self::VALID != 0 && !row.proxy;
        Some(Self {
            address: address.to_string(),
            link: row.link.as_deref().unwrap_or("*"),
            hardware: row.hardware_address.as_deref().filter(|_| valid).map(hardware_address),
            permanent: row.proxy || row.state == NeighbourState::PERMANENT,
            published: row.proxy,
        })
    }

    fn line(&self) -> String {
        let (kind, hardware) = match &self.hardware {
            Some(hardware) => ("ether", hardware.as_str()),
            None if self.published => ("*", "<from_interface>"),
            None => ("", "(incomplete)"),
        };
        let complete = if self.hardware.is_some() { "C" } else { "" };
        let permanent = if self.permanent { "M" } else { "" };
        let published = if self.published { "P" } else { "" };
        let flags = format!("{complete}{permanent}{published}");
        format!("{:<23}  {kind:<8}{hardware:<20}{flags:<6}{:<15} {}", self.address, "", self.link)
    }

    fn bsd_line(&self) -> String {
        let hardware = match &self.hardware {
            Some(hardware) => format!("{hardware} [ether]"),
            None if self.published => "<from_interface>".into(),
            None => "<incomplete>".into(),
        };
        let permanent = if self.permanent { "PERM " } else { "" };
        let published = if self.published { "PUB " } else { "" };
        format!("? ({}) at {hardware} {permanent}{published}on {}", self.address, self.link)
    }
}
