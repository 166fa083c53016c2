use std::net::IpAddr;

use crate::ops::RouteProtocol;

/// An entry of the neighbour tables (ARP, NDP), as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeighbourRow {
    /// The neighbour's address.
    pub address: Option<IpAddr>,
    /// The link that it is reached through; `None` for proxy entries of all links.
    pub link: Option<String>,
    /// Its hardware address.
    pub hardware_address: Option<Vec<u8>>,
    /// What is known of it.
    pub state: NeighbourState,
    /// It says that it is a router.
    pub router: bool,
    /// This host answers in its place.
    pub proxy: bool,
    /// The kernel keeps it fresh.
    pub managed: bool,
    /// A control plane put it in.
    pub extern_learned: bool,
    /// Hardware has it.
    pub offloaded: bool,
    /// Who made it; 0 is not known.
    pub protocol: RouteProtocol,
    /// How old it is.
    pub ages: Option<NeighbourAges>,
    /// How often it was asked for.
    pub probes: Option<u32>,
}

impl NeighbourRow {
    /// An entry in that state with nothing else.
    pub fn new(state: NeighbourState) -> Self {
        Self {
            address: None,
            link: None,
            hardware_address: None,
            state,
            router: false,
            proxy: false,
            managed: false,
            extern_learned: false,
            offloaded: false,
            protocol: RouteProtocol(0),
            ages: None,
            probes: None,
        }
    }
}

/// How old a neighbour entry is; times in hundredths of a second (`USER_HZ`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct NeighbourAges {
    /// Since it was confirmed.
    pub confirmed: u32,
    /// Since it was used.
    pub used: u32,
    /// Since it was changed.
    pub updated: u32,
    /// How many hold it.
    pub references: u32,
}

/// What is known of a neighbour (`NUD_*` in `linux/neighbour.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeighbourState(pub u16);

impl NeighbourState {
    /// It was asked for and has not answered yet.
    pub const INCOMPLETE: Self = Self(0x01);
    /// It answered lately.
    pub const REACHABLE: Self = Self(0x02);
    /// It answered once.
    pub const STALE: Self = Self(0x04);
    /// It did not answer.
    pub const FAILED: Self = Self(0x20);
    /// There is nobody to ask: loopback, groups.
    pub const NOARP: Self = Self(0x40);
    /// An administrator put it in.
    pub const PERMANENT: Self = Self(0x80);

    /// iproute2's words for the bits, in its order.
    pub const WORDS: [(u16, &'static str); 8] = [
        (0x01, "INCOMPLETE"),
        (0x02, "REACHABLE"),
        (0x04, "STALE"),
        (0x08, "DELAY"),
        (0x10, "PROBE"),
        (0x20, "FAILED"),
        (0x40, "NOARP"),
        (0x80, "PERMANENT"),
    ];

    /// The words that apply.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Self::WORDS.into_iter().filter(move |(bit, _)| self.0 & bit != 0).map(|(_, word)| word)
    }
}
