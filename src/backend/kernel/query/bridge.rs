//! The options of bridges and of their ports.
//!
//! Each table stands in the order in which iproute2 prints; numbers are those of `IFLA_BR_*` and `IFLA_BRPORT_*` in
//! `linux/if_link.h`.

use super::{names::LinkNames, raw::RawAttributes};
use crate::{
    model::query::{KindOption, OptionValue},
    net::Mac,
};

/// How the bytes of an attribute are to be read.
#[derive(Clone, Copy)]
enum Form {
    Number,
    Bits,
    Switch,
    Timer,
    VlanProtocol,
    Mac,
    BridgeId,
    PortState,
    Link,
    /// One bit of `IFLA_BR_MULTI_BOOLOPT` (`enum br_boolopt_id` in `linux/if_bridge.h`).
    BoolOption(u32),
}

type Table = [(u16, &'static str, Form)];

const BRIDGE: &Table = &[
    (1, "forward_delay", Form::Number),
    (2, "hello_time", Form::Number),
    (3, "max_age", Form::Number),
    (4, "ageing_time", Form::Number),
    (5, "stp_state", Form::Number),
    (6, "priority", Form::Number),
    (7, "vlan_filtering", Form::Number),
    (8, "vlan_protocol", Form::VlanProtocol),
    (11, "bridge_id", Form::BridgeId),
    (10, "designated_root", Form::BridgeId),
    (12, "root_port", Form::Number),
    (13, "root_path_cost", Form::Number),
    (14, "topology_change", Form::Number),
    (15, "topology_change_detected", Form::Number),
    (16, "hello_timer", Form::Timer),
    (17, "tcn_timer", Form::Timer),
    (18, "topology_change_timer", Form::Timer),
    (19, "gc_timer", Form::Timer),
    (39, "vlan_default_pvid", Form::Number),
    (41, "vlan_stats_enabled", Form::Number),
    (45, "vlan_stats_per_port", Form::Number),
    (9, "group_fwd_mask", Form::Bits),
    (20, "group_address", Form::Mac),
    (23, "mcast_snooping", Form::Number),
    (46, "no_linklocal_learn", Form::BoolOption(1)),
    (46, "mcast_vlan_snooping", Form::BoolOption(1 << 1)),
    (22, "mcast_router", Form::Number),
    (24, "mcast_query_use_ifaddr", Form::Number),
    (25, "mcast_querier", Form::Number),
    (26, "mcast_hash_elasticity", Form::Number),
    (27, "mcast_hash_max", Form::Number),
    (28, "mcast_last_member_count", Form::Number),
    (29, "mcast_startup_query_count", Form::Number),
    (30, "mcast_last_member_interval", Form::Number),
    (31, "mcast_membership_interval", Form::Number),
    (32, "mcast_querier_interval", Form::Number),
    (33, "mcast_query_interval", Form::Number),
    (34, "mcast_query_response_interval", Form::Number),
    (35, "mcast_startup_query_interval", Form::Number),
    (42, "mcast_stats_enabled", Form::Number),
    (43, "mcast_igmp_version", Form::Number),
    (44, "mcast_mld_version", Form::Number),
    (36, "nf_call_iptables", Form::Number),
    (37, "nf_call_ip6tables", Form::Number),
    (38, "nf_call_arptables", Form::Number),
];

const PORT: &Table = &[
    (1, "state", Form::PortState),
    (2, "priority", Form::Number),
    (3, "cost", Form::Number),
    (4, "hairpin", Form::Switch),
    (5, "guard", Form::Switch),
    (6, "root_block", Form::Switch),
    (7, "fastleave", Form::Switch),
    (8, "learning", Form::Switch),
    (9, "flood", Form::Switch),
    (17, "port_id", Form::Bits),
    (18, "port_no", Form::Bits),
    (15, "designated_port", Form::Number),
    (16, "designated_cost", Form::Number),
    (14, "designated_bridge", Form::BridgeId),
    (13, "designated_root", Form::BridgeId),
    (23, "hold_timer", Form::Timer),
    (21, "message_age_timer", Form::Timer),
    (22, "forward_delay_timer", Form::Timer),
    (19, "topology_change_ack", Form::Number),
    (20, "config_pending", Form::Number),
    (10, "proxy_arp", Form::Switch),
    (12, "proxy_arp_wifi", Form::Switch),
    (25, "mcast_router", Form::Number),
    (7, "mcast_fast_leave", Form::Switch),
    (27, "mcast_flood", Form::Switch),
    (30, "bcast_flood", Form::Switch),
    (28, "mcast_to_unicast", Form::Switch),
    (32, "neigh_suppress", Form::Switch),
    (31, "group_fwd_mask", Form::Bits),
    (29, "vlan_tunnel", Form::Switch),
    (33, "isolated", Form::Switch),
    (39, "locked", Form::Switch),
    (34, "backup_port", Form::Link),
];

/// The options of a bridge.
pub(super) fn decode_bridge(options: &RawAttributes, names: &LinkNames) -> Vec<KindOption> {
    decode(BRIDGE, options, names)
}

/// The options of a bridge's port.
pub(super) fn decode_port(options: &RawAttributes, names: &LinkNames) -> Vec<KindOption> {
    decode(PORT, options, names)
}

fn decode(table: &Table, options: &RawAttributes, names: &LinkNames) -> Vec<KindOption> {
    table
        .iter()
        .filter_map(|&(kind, name, form)| Some(KindOption { name, value: form.read(options, kind, names)? }))
        .collect()
}

impl Form {
    fn read(self, options: &RawAttributes, kind: u16, names: &LinkNames) -> Option<OptionValue> {
        Some(match self {
            Self::Number => OptionValue::Number(options.number(kind)?),
            Self::Bits => OptionValue::Bits(options.number(kind)?),
            Self::Switch => OptionValue::Switch(options.number(kind)? != 0),
            Self::Timer => OptionValue::Timer(options.number(kind)?),
            Self::VlanProtocol => OptionValue::Word(vlan_protocol(options.bytes(kind)?)?),
            Self::Mac => OptionValue::Mac(Mac(options.bytes(kind)?.try_into().ok()?)),
            Self::BridgeId => bridge_id(options.bytes(kind)?)?,
            Self::PortState => port_state(options.number(kind)?),
            Self::Link => OptionValue::Word(names.name(u32::try_from(options.number(kind)?).ok()?)),
            Self::BoolOption(bit) => bool_option(options.bytes(kind)?, bit)?,
        })
    }
}

/// The names of EtherTypes are those of iproute2's `lib/ll_proto.c`.
fn vlan_protocol(bytes: &[u8]) -> Option<String> {
    let number = u16::from_be_bytes(bytes.try_into().ok()?);
    Some(match number {
        0x8100 => "802.1Q".into(),
        0x88a8 => "802.1ad".into(),
        other => format!("[{other}]"),
    })
}

/// `struct ifla_bridge_id` of `linux/if_link.h`.
fn bridge_id(bytes: &[u8]) -> Option<OptionValue> {
    let (priority, mac) = bytes.split_first_chunk::<2>()?;
    let mac = Mac(mac.get(..6)?.try_into().ok()?);
    Some(OptionValue::Bridge { priority: u16::from_be_bytes(*priority), mac })
}

/// `BR_STATE_*` of `linux/if_bridge.h`.
fn port_state(number: u64) -> OptionValue {
    const WORDS: [&str; 5] = ["disabled", "listening", "learning", "forwarding", "blocking"];
    match usize::try_from(number).ok().and_then(|number| WORDS.get(number)) {
        Some(word) => OptionValue::Word((*word).into()),
        None => OptionValue::Number(number),
    }
}

/// `struct br_boolopt_multi` of `linux/if_bridge.h`: the values, then which of them there are.
fn bool_option(bytes: &[u8], bit: u32) -> Option<OptionValue> {
    let (values, mask) = bytes.split_first_chunk::<4>()?;
    let mask = u32::from_ne_bytes(*mask.first_chunk::<4>()?);
    let value = u32::from_ne_bytes(*values) & bit != 0;
    (mask & bit != 0).then(|| OptionValue::Number(value.into()))
}
