use std::net::IpAddr;

use super::{AddressRow, IpFamily, LinkRow, NeighbourRow, NeighbourState, RouteKind, RouteRow};
use crate::{
    net::{Cidr, IfName},
    ops::{RouteProtocol, RouteTable, Scope},
};

/// What becomes of a row in a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is listed.
    Shown,
    /// It is not, but iproute2 leaves an empty object (`{}`) in its place in JSON: it drops the row while printing.
    Hollow,
    /// It is not: iproute2 drops it, or lets the kernel drop it, before printing.
    Dropped,
}

/// Which links are listed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LinkFilter {
    /// Only this one.
    pub link: Option<IfName>,
    /// Only those that are up.
    pub up: bool,
    /// Only those with that master.
    pub master: Option<IfName>,
    /// Only those without a master.
    pub nomaster: bool,
    /// Only those of that kind; with `_slave` behind it, only ports of a master of that kind.
    pub kind: Option<String>,
    /// Only those of the group of that number.
    pub group: Option<u32>,
}

impl LinkFilter {
    /// What becomes of a link in `ip link show`.
    pub fn verdict(&self, row: &LinkRow) -> Verdict {
        self.judge(row, true)
    }

    /// iproute2 has the kernel filter masters and kinds when it dumps all links, not when it asks for one of them.
    fn judge(&self, row: &LinkRow, kernel_filters: bool) -> Verdict {
        if self.link.as_ref().is_some_and(|name| !row.is_called(name.as_str())) {
            return Verdict::Dropped;
        }
        let kernel_filters = kernel_filters && self.link.is_none();
        let port_kind = self.kind.as_deref().and_then(|kind| kind.strip_suffix("_slave"));
        let other_kind = port_kind.is_none() && self.kind.is_some() && self.kind != row.kind;
        let other_master = self.master.as_ref().is_some_and(|master| row.master.as_deref() != Some(master.as_str()));
        if kernel_filters && (other_kind || other_master || (self.nomaster && row.master.is_some())) {
            return Verdict::Dropped;
        }
        let other_port = port_kind.is_some_and(|kind| row.port_kind.as_deref() != Some(kind));
        let other_group = self.group.is_some() && row.group.is_some() && self.group != row.group;
        let down = self.up && !row.flags.has(super::LinkFlags::UP);
        if down || other_kind || other_master || other_port || other_group {
            return Verdict::Hollow;
        }
        Verdict::Shown
    }
}

/// Which addresses are listed, and of which links.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AddressFilter {
    /// Of these links.
    pub links: LinkFilter,
    /// Only those of that family.
    pub family: Option<IpFamily>,
    /// Only those in that prefix.
    pub to: Option<Cidr>,
    /// Only those of exactly that scope.
    pub scope: Option<Scope>,
}

impl AddressFilter {
    /// The family that is listed: `to` implies one.
    pub fn listed_family(&self) -> Option<IpFamily> {
        self.family.or(self.to.map(|prefix| IpFamily::of(prefix.addr())))
    }

    /// Whether an address is listed under its link.
    pub fn keeps(&self, address: &AddressRow) -> bool {
        self.listed_family().is_none_or(|family| address.family() == family)
            && self.scope.is_none_or(|scope| address.scope == scope)
            && self.to.is_none_or(|prefix| prefix.contains(address.local))
    }

    /// What becomes of a link in `ip addr show`. One without any address stays unless a family is asked for; one that
    /// has addresses stays only with one that is kept.
    pub fn verdict(&self, row: &LinkRow) -> Verdict {
        let verdict = self.links.judge(row, self.family.is_none());
        if verdict == Verdict::Dropped {
            return verdict;
        }
        let family = self.listed_family();
        let bare = !row.addresses.iter().any(|address| family.is_none_or(|family| address.family() == family));
        let kept = row.addresses.iter().any(|address| self.keeps(address));
        let bare_is_fine = bare && family.is_none();
        if !kept && !bare_is_fine {
            return Verdict::Dropped;
        }
        // An IPv6 dump tells neither masters nor kinds, so that no link fits.
        if self.is_ipv6_dump() && (self.links.master.is_some() || self.links.kind.is_some()) {
            return Verdict::Hollow;
        }
        verdict
    }

    /// Whether this is what `ip` asks the kernel's IPv6 code for, which tells little of links: all of them, in that
    /// family.
    pub fn is_ipv6_dump(&self) -> bool {
        self.family == Some(IpFamily::V6) && self.links.link.is_none()
    }
}

/// Which routes are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteFilter {
    /// Only those of that family. Without one, a table alone means IPv4, all tables mean both.
    pub family: Option<IpFamily>,
    /// Of that table; `None` is all of them.
    pub table: Option<RouteTable>,
    /// Only those with exactly this destination; the host bits do not count.
    pub destination: Option<Cidr>,
    /// Only those over this router.
    pub gateway: Option<IpAddr>,
    /// Only those through this link.
    pub link: Option<IfName>,
    /// Only those with this preferred source.
    pub source: Option<IpAddr>,
    /// Only those that this one made.
    pub protocol: Option<RouteProtocol>,
    /// Only those of that scope.
    pub scope: Option<Scope>,
    /// Only those of that metric; those without one have 0.
    pub metric: Option<u32>,
    /// Only those of that kind.
    pub kind: Option<RouteKind>,
}

/// `ip route show`: the main table.
impl Default for RouteFilter {
    fn default() -> Self {
        Self {
            family: None,
            table: Some(RouteTable::MAIN),
            destination: None,
            gateway: None,
            link: None,
            source: None,
            protocol: None,
            scope: None,
            metric: None,
            kind: None,
        }
    }
}

impl RouteFilter {
    /// The family that is listed; `None` is both.
    pub fn listed_family(&self) -> Option<IpFamily> {
        self.family.or(self.table.map(|_| IpFamily::V4))
    }

    /// Whether a route is listed.
    pub fn keeps(&self, row: &RouteRow) -> bool {
        self.listed_family().is_none_or(|family| row.family == family)
            && self.keeps_table(row)
            && self.destination.is_none_or(|wanted| Self::leads_to(row, wanted))
            && self.gateway.is_none_or(|gateway| row.gateway.or(row.via) == Some(gateway))
            && self.link.as_ref().is_none_or(|link| row.link.as_deref() == Some(link.as_str()))
            && self.source.is_none_or(|source| row.source == Some(source))
            && self.protocol.is_none_or(|protocol| row.protocol == protocol)
            && self.scope.is_none_or(|scope| row.scope == scope)
            && self.metric.is_none_or(|metric| row.metric.unwrap_or(0) == metric)
            && self.kind.is_none_or(|kind| row.kind == kind)
    }

    /// iproute2 hides IPv6 routes to the host itself that stand in the main table.
    fn keeps_table(&self, row: &RouteRow) -> bool {
        let Some(table) = self.table else { return true };
        let hidden = table == RouteTable::MAIN && row.family == IpFamily::V6 && row.kind == RouteKind::LOCAL;
        row.table == table && !hidden
    }

    fn leads_to(row: &RouteRow, wanted: Cidr) -> bool {
        if row.destination_len != wanted.prefix_len() {
            return false;
        }
        wanted.is_default() || row.destination.is_some_and(|destination| wanted.contains(destination))
    }
}

/// Which neighbours are listed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct NeighbourFilter {
    /// Only those of that family.
    pub family: Option<IpFamily>,
    /// Only those on this link.
    pub link: Option<IfName>,
    /// Only those in that prefix.
    pub to: Option<Cidr>,
    /// Those that this host answers for, and no others.
    pub proxy: bool,
}

impl NeighbourFilter {
    /// Whether a neighbour is listed. Those that nobody asks for (groups, loopback) are not, nor are entries without
    /// any state that are neither proxies nor learned elsewhere.
    pub fn keeps(&self, row: &NeighbourRow) -> bool {
        let state = row.state.0 & 0xff & !NeighbourState::NOARP.0 != 0;
        (state || row.proxy || row.extern_learned)
            && row.proxy == self.proxy
            && self.family.is_none_or(|family| row.address.is_some_and(|address| IpFamily::of(address) == family))
            && self.link.as_ref().is_none_or(|link| row.link.as_deref() == Some(link.as_str()))
            && self.to.is_none_or(|prefix| row.address.is_some_and(|address| prefix.contains(address)))
    }
}

impl LinkRow {
    /// Whether that is one of its names.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.altnames.iter().any(|altname| altname == name)
    }
}
