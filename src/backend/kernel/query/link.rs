use std::collections::BTreeMap;

use netlink_packet_core::Nla;
use netlink_packet_route::link::{
    AfSpecInet6, AfSpecUnspec, Inet6Stats, InfoData, InfoPortData, LinkAttribute, LinkInfo, LinkMessage, Prop, Stats64,
};

use super::{
    bridge::{decode_bridge, decode_port},
    names::{LinkNames, NetnsNames},
    raw::RawAttributes,
    vxlan::decode_vxlan,
};
use crate::{
    model::query::{FarEnd, LinkFlags, LinkRow, LowerLink, OperState, Statistics},
    net::NsRef,
};

/// The row of a link. `names` are those of the namespace that was dumped, `namespaces` those that it has numbers for.
pub fn decode_link(message: &LinkMessage, names: &LinkNames, namespaces: &NetnsNames) -> LinkRow {
    let mut row = LinkRow {
        index: message.header.index,
        flags: LinkFlags(message.header.flags.bits()),
        link_type: message.header.link_layer_type.into(),
        ..LinkRow::default()
    };
    for attribute in &message.attributes {
        decode_attribute(&mut row, attribute, names);
    }
    if row.name.is_empty() {
        row.name = names.name(row.index);
    }
    row.lower_netns = row.lower_nsid.and_then(|nsid| namespaces.find(nsid)).map(Into::into);
    row
}

/// Names the far ends that are in other namespaces, for listings that tell more than `ip`: `namespaces` has those that
/// were looked into, by the number that the listed namespace has given them, with the names of their links.
pub fn name_far_ends(rows: &mut [LinkRow], namespaces: &BTreeMap<i32, (NsRef, LinkNames)>) {
    for row in rows {
        let namespace = row.lower_nsid.and_then(|nsid| namespaces.get(&nsid));
        if let (Some(lower), Some((ns, names))) = (&mut row.lower, namespace) {
            lower.far_end = names.find(lower.index).map(|name| FarEnd { ns: ns.clone(), name: name.into() });
        }
    }
}

fn decode_attribute(row: &mut LinkRow, attribute: &LinkAttribute, names: &LinkNames) {
    let details = &mut row.details;
    match attribute {
        LinkAttribute::IfName(name) => row.name.clone_from(name),
        LinkAttribute::PropList(properties) => row.altnames = altnames(properties),
        LinkAttribute::IfAlias(alias) => row.alias = Some(alias.clone()),
        LinkAttribute::Link(index) => row.lower = Some(lower(*index, names)),
        LinkAttribute::LinkNetNsId(nsid) => row.lower_nsid = Some(*nsid),
        LinkAttribute::Mtu(mtu) => row.mtu = Some(*mtu),
        LinkAttribute::Qdisc(qdisc) => row.qdisc = Some(qdisc.clone()),
        LinkAttribute::Controller(index) => row.master = Some(names.name(*index)),
        LinkAttribute::OperState(state) => row.state = Some(OperState((*state).into())),
        LinkAttribute::Mode(mode) => row.mode = Some((*mode).into()),
        LinkAttribute::Group(group) => row.group = Some(*group),
        LinkAttribute::TxQueueLen(packets) => row.txqlen = Some(*packets),
        LinkAttribute::Address(bytes) => row.address = Some(bytes.clone()),
        LinkAttribute::Broadcast(bytes) => row.broadcast = Some(bytes.clone()),
        LinkAttribute::PermAddress(bytes) => row.permanent_address = Some(bytes.clone()),
        LinkAttribute::ProtoDown(down) => row.proto_down = *down != 0,
        LinkAttribute::LinkInfo(info) => decode_info(row, info, names),
        LinkAttribute::Stats64(statistics) => row.statistics = Some(decode_statistics(statistics)),
        LinkAttribute::CarrierChanges(count) => row.carrier_changes = Some(*count),
        LinkAttribute::Promiscuity(count) => details.promiscuity = Some(*count),
        LinkAttribute::AllMulticast(count) => details.allmulti = Some(*count),
        LinkAttribute::MinMtu(mtu) => details.min_mtu = Some(*mtu),
        LinkAttribute::MaxMtu(mtu) => details.max_mtu = Some(*mtu),
        LinkAttribute::AfSpecUnspec(families) => decode_inet6(row, families),
        LinkAttribute::NumTxQueues(count) => details.num_tx_queues = Some(*count),
        LinkAttribute::NumRxQueues(count) => details.num_rx_queues = Some(*count),
        LinkAttribute::GsoMaxSize(bytes) => details.gso_max_size = Some(*bytes),
        LinkAttribute::GsoMaxSegs(count) => details.gso_max_segs = Some(*count),
        LinkAttribute::TsoMaxSize(bytes) => details.tso_max_size = Some(*bytes),
        LinkAttribute::TsoMaxSegs(count) => details.tso_max_segs = Some(*count),
        LinkAttribute::GroMaxSize(bytes) => details.gro_max_size = Some(*bytes),
        LinkAttribute::PhysPortName(name) => details.phys_port_name = Some(name.clone()),
        LinkAttribute::PhysPortId(_) => details.phys_port_id = Some(bytes_of(attribute)),
        LinkAttribute::PhysSwitchId(_) => details.phys_switch_id = Some(bytes_of(attribute)),
        LinkAttribute::ParentDevBusName(name) => details.parent_bus = Some(name.clone()),
        LinkAttribute::ParentDevName(name) => details.parent_device = Some(name.clone()),
        // Everything else is not printed by `ip link` or `ip addr`.
        _ => {}
    }
}

fn bytes_of(attribute: &impl Nla) -> Vec<u8> {
    let mut bytes = vec![0; attribute.value_len()];
    attribute.emit_value(&mut bytes);
    bytes
}

fn lower(index: u32, names: &LinkNames) -> LowerLink {
    LowerLink { index, name: names.find(index).map(Into::into), up: names.is_up(index), far_end: None }
}

fn altnames(properties: &[Prop]) -> Vec<String> {
    let altname = |property: &Prop| match property {
        Prop::AltIfName(name) => Some(name.clone()),
        _ => None,
    };
    properties.iter().filter_map(altname).collect()
}

fn decode_inet6(row: &mut LinkRow, families: &[AfSpecUnspec]) {
    let attributes = families.iter().find_map(|family| match family {
        AfSpecUnspec::Inet6(attributes) => Some(attributes.as_slice()),
        _ => None,
    });
    for attribute in attributes.unwrap_or_default() {
        match attribute {
            AfSpecInet6::AddrGenMode(mode) => row.details.addr_gen_mode = Some(mode.into()),
            AfSpecInet6::Stats(counters) => row.ipv6_statistics = Some(decode_ipv6_statistics(counters)),
            _ => {}
        }
    }
}

fn decode_info(row: &mut LinkRow, info: &[LinkInfo], names: &LinkNames) {
    for attribute in info {
        match attribute {
            LinkInfo::Kind(kind) => row.kind = Some(kind.to_string()),
            LinkInfo::Data(InfoData::Bridge(options)) => {
                row.kind_options = Some(decode_bridge(&RawAttributes::of(options), names));
            }
            LinkInfo::Data(InfoData::Vxlan(options)) => {
                row.kind_options = Some(decode_vxlan(options, names));
            }
            LinkInfo::PortKind(kind) => row.port_kind = Some(kind.to_string()),
            LinkInfo::PortData(InfoPortData::BridgePort(options)) => {
                row.port_options = Some(decode_port(&RawAttributes::of(options), names));
            }
            // The options of other kinds are not listed.
            _ => {}
        }
    }
}

fn decode_statistics(from: &Stats64) -> Statistics {
    Statistics {
        rx_packets: from.rx_packets,
        tx_packets: from.tx_packets,
        rx_bytes: from.rx_bytes,
        tx_bytes: from.tx_bytes,
        rx_errors: from.rx_errors,
        tx_errors: from.tx_errors,
        rx_dropped: from.rx_dropped,
        tx_dropped: from.tx_dropped,
        multicast: from.multicast,
        collisions: from.collisions,
        rx_length_errors: from.rx_length_errors,
        rx_over_errors: from.rx_over_errors,
        rx_crc_errors: from.rx_crc_errors,
        rx_frame_errors: from.rx_frame_errors,
        rx_fifo_errors: from.rx_fifo_errors,
        rx_missed_errors: from.rx_missed_errors,
        tx_aborted_errors: from.tx_aborted_errors,
        tx_carrier_errors: from.tx_carrier_errors,
        tx_fifo_errors: from.tx_fifo_errors,
        tx_heartbeat_errors: from.tx_heartbeat_errors,
        tx_window_errors: from.tx_window_errors,
        rx_compressed: from.rx_compressed,
        tx_compressed: from.tx_compressed,
        rx_nohandler: from.rx_nohandler,
        rx_otherhost_dropped: from.rx_otherhost_dropped,
    }
}

/// The counters of IPv6 (`IPSTATS_MIB_*` in `linux/snmp.h`) in the places where `ip` prints them.
fn decode_ipv6_statistics(from: &Inet6Stats) -> Statistics {
    Statistics {
        rx_packets: from.in_pkts.cast_unsigned(),
        rx_bytes: from.in_octets.cast_unsigned(),
        tx_packets: from.out_pkts.cast_unsigned(),
        tx_bytes: from.out_octets.cast_unsigned(),
        rx_errors: from.in_discards.cast_unsigned(),
        tx_errors: from.out_discards.cast_unsigned(),
        multicast: from.in_mcast_pkts.cast_unsigned(),
        rx_frame_errors: from.in_csum_errors.cast_unsigned(),
        ..Statistics::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(index: u32, attributes: Vec<LinkAttribute>) -> LinkMessage {
        let mut message = LinkMessage::default();
        message.header.index = index;
        message.attributes = attributes;
        message
    }

    fn named(index: u32, name: &str) -> LinkMessage {
        message(index, vec![LinkAttribute::IfName(name.into())])
    }

    #[test]
    fn numbers_become_names_where_there_are_any() {
        let mut port = named(4, "veth-red-br");
        port.attributes.extend([LinkAttribute::Link(2), LinkAttribute::LinkNetNsId(0), LinkAttribute::Controller(3)]);
        let names = LinkNames::of([&named(2, "namesake"), &port]);
        let mut namespaces = NetnsNames::default();
        namespaces.insert(Some(0), "red");
        namespaces.insert(Some(0), "also-red");
        let mut rows = [decode_link(&port, &names, &namespaces)];
        assert_eq!((rows[0].master.as_deref(), rows[0].lower_netns.as_deref()), (Some("if3"), Some("red")));
        assert_eq!(rows[0].lower.as_ref().unwrap().name.as_deref(), Some("namesake"));

        let red = NsRef::Named("red".parse().unwrap());
        let far = LinkNames::of([&named(2, "veth-red")]);
        name_far_ends(&mut rows, &BTreeMap::from([(0, (red.clone(), far))]));
        let expected = Some(FarEnd { ns: red, name: "veth-red".into() });
        assert_eq!(rows[0].lower.as_ref().unwrap().far_end, expected);
    }
}
