use super::AddressRow;
use crate::net::{Mac, NsRef};

/// A link, as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LinkRow {
    /// Its number in its namespace.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// Its other names.
    pub altnames: Vec<String>,
    /// The note that somebody attached to it.
    pub alias: Option<String>,
    /// Its flags.
    pub flags: LinkFlags,
    /// What it is bound to: the other end of a veth pair, the link under a VLAN.
    pub lower: Option<LowerLink>,
    /// The namespace of [`LinkRow::lower`] where that is another one: its number here; negative when it has none.
    pub lower_nsid: Option<i32>,
    /// The name of that namespace, if it has one.
    pub lower_netns: Option<String>,
    /// In bytes.
    pub mtu: Option<u32>,
    /// The kind of its root queueing discipline.
    pub qdisc: Option<String>,
    /// The bridge (or other master) that it is a port of.
    pub master: Option<String>,
    /// Whether it can pass packets.
    pub state: Option<OperState>,
    /// Its link mode (`IF_LINK_MODE_*` in `linux/if.h`): 0 default, 1 dormant.
    pub mode: Option<u8>,
    /// The number of its group.
    pub group: Option<u32>,
    /// How many packets its queue holds.
    pub txqlen: Option<u32>,
    /// What its hardware addresses are (`ARPHRD_*` in `linux/if_arp.h`): 1 for Ethernet, 772 for the loopback device.
    pub link_type: u16,
    /// Its hardware address.
    pub address: Option<Vec<u8>>,
    /// Its broadcast hardware address, or the far end's on a point-to-point link.
    pub broadcast: Option<Vec<u8>>,
    /// The hardware address that it was made with.
    pub permanent_address: Option<Vec<u8>>,
    /// A protocol holds it down.
    pub proto_down: bool,
    /// Its kind; `None` for physical devices and the loopback device.
    pub kind: Option<String>,
    /// The options of its kind, in iproute2's order; `None` when the kernel sent none.
    pub kind_options: Option<Vec<KindOption>>,
    /// The kind of the master that it is a port of.
    pub port_kind: Option<String>,
    /// The options that it has as a port, in iproute2's order.
    pub port_options: Option<Vec<KindOption>>,
    /// What `ip -d` adds.
    pub details: LinkDetails,
    /// Its counters.
    pub statistics: Option<Statistics>,
    /// What the host counted of IPv6 on it, in the same places.
    pub ipv6_statistics: Option<Statistics>,
    /// How often its carrier came or went.
    pub carrier_changes: Option<u32>,
    /// Its addresses, in the kernel's order; empty in listings of links alone.
    pub addresses: Vec<AddressRow>,
}

/// What a link is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LowerLink {
    /// Its number in its own namespace; 0 is nothing at all.
    pub index: u32,
    /// The name of the link that has this number in the *listed* namespace. It is the link meant only when the row has
    /// no [`LinkRow::lower_nsid`].
    pub name: Option<String>,
    /// Whether the link of that name is up.
    pub up: Option<bool>,
    /// The link meant, where somebody looked into its namespace; `ip` does not.
    pub far_end: Option<FarEnd>,
}

/// A link in a namespace other than the listed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FarEnd {
    /// The namespace.
    pub ns: NsRef,
    /// Its name there.
    pub name: String,
}

/// The flags of a link (`IFF_*` in `linux/if.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LinkFlags(pub u32);

impl LinkFlags {
    /// It is set up.
    pub const UP: Self = Self(1);
    /// It can send to all.
    pub const BROADCAST: Self = Self(1 << 1);
    /// It leads back to this host.
    pub const LOOPBACK: Self = Self(1 << 3);
    /// It has one far end.
    pub const POINT_TO_POINT: Self = Self(1 << 4);
    /// It is operational.
    pub const RUNNING: Self = Self(1 << 6);
    /// It can send to groups.
    pub const MULTICAST: Self = Self(1 << 12);
    /// Its carrier is there.
    pub const LOWER_UP: Self = Self(1 << 16);

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

/// Whether a link can pass packets (`IF_OPER_*` in `linux/if.h`, RFC 2863).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperState(pub u8);

impl OperState {
    /// The driver does not tell.
    pub const UNKNOWN: Self = Self(0);
    /// It cannot.
    pub const DOWN: Self = Self(2);
    /// What is under it cannot.
    pub const LOWER_LAYER_DOWN: Self = Self(3);
    /// It can.
    pub const UP: Self = Self(6);

    /// iproute2's word for it; `None` for numbers that it does not know.
    pub fn word(self) -> Option<&'static str> {
        const WORDS: [&str; 7] = ["UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"];
        WORDS.get(usize::from(self.0)).copied()
    }
}

/// What `ip -d link` tells beyond kinds and their options.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LinkDetails {
    /// How many asked for promiscuous mode.
    pub promiscuity: Option<u32>,
    /// How many asked for all groups.
    pub allmulti: Option<u32>,
    /// The smallest MTU it can have, in bytes.
    pub min_mtu: Option<u32>,
    /// The greatest MTU it can have, in bytes.
    pub max_mtu: Option<u32>,
    /// How it makes its IPv6 link-local address (`IN6_ADDR_GEN_MODE_*` in `linux/if_link.h`).
    pub addr_gen_mode: Option<u8>,
    /// Queues for sending.
    pub num_tx_queues: Option<u32>,
    /// Queues for receiving.
    pub num_rx_queues: Option<u32>,
    /// The greatest generic-segmentation packet, in bytes.
    pub gso_max_size: Option<u32>,
    /// The most segments of one.
    pub gso_max_segs: Option<u32>,
    /// The greatest TCP-segmentation packet that the device takes, in bytes.
    pub tso_max_size: Option<u32>,
    /// The most segments of one.
    pub tso_max_segs: Option<u32>,
    /// The greatest merged packet on the way in, in bytes.
    pub gro_max_size: Option<u32>,
    /// The name of the physical port.
    pub phys_port_name: Option<String>,
    /// The identity of the physical port.
    pub phys_port_id: Option<Vec<u8>>,
    /// The identity of the switch that it is a port of.
    pub phys_switch_id: Option<Vec<u8>>,
    /// The bus that the device is on.
    pub parent_bus: Option<String>,
    /// The device's name there.
    pub parent_device: Option<String>,
}

/// An option of a link's kind, or of a port, under the word that `ip link set … type …` takes for it, or prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindOption {
    /// The word.
    pub name: &'static str,
    /// Its value.
    pub value: OptionValue,
}

/// The value of a [`KindOption`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// A number.
    Number(u64),
    /// Bits, or an identity that is printed in hexadecimal.
    Bits(u64),
    /// `on` or `off`.
    Switch(bool),
    /// A word.
    Word(String),
    /// A hardware address.
    Mac(Mac),
    /// The identity of a bridge in the spanning tree (IEEE 802.1D).
    Bridge {
        /// Its priority: the lowest becomes the root.
        priority: u16,
        /// Its hardware address.
        mac: Mac,
    },
    /// Time that is left, in hundredths of a second.
    Timer(u64),
}

/// The counters of a link (`struct rtnl_link_stats64` in `linux/if_link.h`).
#[expect(missing_docs, reason = "the names are the kernel's, which documents them at length")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Statistics {
    pub rx_packets: u64,
    pub tx_packets: u64,
    pub rx_bytes: u64,
    pub tx_bytes: u64,
    pub rx_errors: u64,
    pub tx_errors: u64,
    pub rx_dropped: u64,
    pub tx_dropped: u64,
    pub multicast: u64,
    pub collisions: u64,
    pub rx_length_errors: u64,
    pub rx_over_errors: u64,
    pub rx_crc_errors: u64,
    pub rx_frame_errors: u64,
    pub rx_fifo_errors: u64,
    pub rx_missed_errors: u64,
    pub tx_aborted_errors: u64,
    pub tx_carrier_errors: u64,
    pub tx_fifo_errors: u64,
    pub tx_heartbeat_errors: u64,
    pub tx_window_errors: u64,
    pub rx_compressed: u64,
    pub tx_compressed: u64,
    pub rx_nohandler: u64,
    pub rx_otherhost_dropped: u64,
}
