use std::net::IpAddr;

use super::IpFamily;
use crate::ops::{RouteProtocol, RouteTable, RouteType, Scope};

/// A route, as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteRow {
    /// Its family.
    pub family: IpFamily,
    /// Its table.
    pub table: RouteTable,
    /// What happens to packets that take it.
    pub kind: RouteKind,
    /// Where it leads; `None` is everywhere, or the first bits are not known.
    pub destination: Option<IpAddr>,
    /// How many bits of the destination count.
    pub destination_len: u8,
    /// The source it is for.
    pub from: Option<IpAddr>,
    /// How many bits of the source count.
    pub from_len: u8,
    /// The number of its next-hop object.
    pub nexthop_id: Option<u32>,
    /// The type of service that it is for.
    pub tos: u8,
    /// The next router, of the same family.
    pub gateway: Option<IpAddr>,
    /// The next router, of another family.
    pub via: Option<IpAddr>,
    /// The link it leaves through.
    pub link: Option<String>,
    /// Who made it.
    pub protocol: RouteProtocol,
    /// How far it reaches.
    pub scope: Scope,
    /// The preferred source address.
    pub source: Option<IpAddr>,
    /// Its cost.
    pub metric: Option<u32>,
    /// Its flags.
    pub flags: RouteFlags,
    /// The mark that it is for.
    pub mark: Option<u32>,
    /// Its realms: of the source in the upper, of the destination in the lower half.
    pub realms: Option<u32>,
    /// The user that it is for.
    pub uid: Option<u32>,
    /// How old it is.
    pub ages: Option<RouteAges>,
    /// The values it sets for connections, by number; `None` when the kernel sent none.
    pub metrics: Option<Vec<RouteMetric>>,
    /// The bits of [`RouteRow::metrics`] that are locked.
    pub locked_metrics: u32,
    /// The link that packets must come in through.
    pub input_link: Option<String>,
    /// IPv6: the router's preference (RFC 4191): 0 medium, 1 high, 3 low.
    pub preference: Option<u8>,
    /// Several ways to go.
    pub nexthops: Vec<NextHop>,
}

impl RouteRow {
    /// A unicast route of the main table to everywhere, with nothing else.
    pub fn new(family: IpFamily) -> Self {
        Self {
            family,
            table: RouteTable::MAIN,
            kind: RouteKind::UNICAST,
            destination: None,
            destination_len: 0,
            from: None,
            from_len: 0,
            nexthop_id: None,
            tos: 0,
            gateway: None,
            via: None,
            link: None,
            protocol: RouteProtocol::BOOT,
            scope: Scope::GLOBAL,
            source: None,
            metric: None,
            flags: RouteFlags::default(),
            mark: None,
            realms: None,
            uid: None,
            ages: None,
            metrics: None,
            locked_metrics: 0,
            input_link: None,
            preference: None,
            nexthops: Vec::new(),
        }
    }
}

/// What happens to packets that take a route (`RTN_*` in `linux/rtnetlink.h`). A listing shows kinds that no script can
/// ask for, and numbers that have no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteKind(pub u8);

impl RouteKind {
    /// They go on.
    pub const UNICAST: Self = Self(1);
    /// They are for this host.
    pub const LOCAL: Self = Self(2);
    /// They are for all hosts of a network.
    pub const BROADCAST: Self = Self(3);
    /// They are for this host, as for others.
    pub const ANYCAST: Self = Self(4);
    /// They are for a group.
    pub const MULTICAST: Self = Self(5);
    /// They are dropped silently.
    pub const BLACKHOLE: Self = Self(6);
    /// The sender is told that the host is unreachable.
    pub const UNREACHABLE: Self = Self(7);
    /// The sender is told that it is forbidden.
    pub const PROHIBIT: Self = Self(8);
    /// The lookup goes on in the next table.
    pub const THROW: Self = Self(9);

    /// iproute2's word for it; `None` for numbers that it does not know.
    pub fn word(self) -> Option<&'static str> {
        const WORDS: [&str; 12] = [
            "none",
            "unicast",
            "local",
            "broadcast",
            "anycast",
            "multicast",
            "blackhole",
            "unreachable",
            "prohibit",
            "throw",
            "nat",
            "xresolve",
        ];
        WORDS.get(usize::from(self.0)).copied()
    }
}

impl From<RouteType> for RouteKind {
    fn from(kind: RouteType) -> Self {
        match kind {
            RouteType::Unicast => Self::UNICAST,
            RouteType::Local => Self::LOCAL,
            RouteType::Broadcast => Self::BROADCAST,
            RouteType::Multicast => Self::MULTICAST,
            RouteType::Blackhole => Self::BLACKHOLE,
            RouteType::Unreachable => Self::UNREACHABLE,
            RouteType::Prohibit => Self::PROHIBIT,
            RouteType::Throw => Self::THROW,
        }
    }
}

/// One way of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextHop {
    /// The next router, of the route's family.
    pub gateway: Option<IpAddr>,
    /// The next router, of another family.
    pub via: Option<IpAddr>,
    /// The link.
    pub link: String,
    /// Its share, from 1.
    pub weight: u16,
    /// Its realms.
    pub realms: Option<u32>,
    /// Its flags.
    pub flags: RouteFlags,
}

/// A value that a route sets for connections (`RTAX_*` in `linux/rtnetlink.h`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteMetric {
    /// A number: the MTU (2), the window (3), the hop limit (10) …
    Number {
        /// Which.
        kind: u16,
        /// Its value.
        value: u32,
    },
    /// The congestion control algorithm (16).
    Congestion(String),
}

impl RouteMetric {
    /// The number of the MTU.
    pub const MTU: u16 = 2;
}

/// The lifetime and the use of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RouteAges {
    /// When it expires, in hundredths of a second (`USER_HZ`); 0 is never.
    pub expires: i32,
    /// The error that senders get, negative, as the kernel sends it in an unsigned number; 0 is none.
    pub error: u32,
    /// How many hold it.
    pub users: u32,
    /// How often it was used.
    pub used: u32,
    /// Since it was used, in hundredths of a second.
    pub last_use: u32,
}

/// The flags of a route or next hop (`RTNH_F_*` and `RTM_F_*` in `linux/rtnetlink.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RouteFlags(pub u32);

impl RouteFlags {
    /// The link is gone.
    pub const DEAD: Self = Self(1);
    /// The gateway is taken as reachable.
    pub const ONLINK: Self = Self(4);
    /// The link has no carrier.
    pub const LINKDOWN: Self = Self(16);
    /// It is an entry of the route cache.
    pub const CLONED: Self = Self(0x200);

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
