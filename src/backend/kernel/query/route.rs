use std::net::IpAddr;

use netlink_packet_core::Nla;
use netlink_packet_route::{
    AddressFamily,
    route::{
        RouteAddress, RouteAttribute, RouteCacheInfo, RouteMessage, RouteMetric as Metric, RouteNextHop, RouteRealm,
        RouteVia,
    },
};

use super::names::LinkNames;
use crate::{
    model::query::{IpFamily, NextHop, RouteAges, RouteFlags, RouteKind, RouteMetric, RouteRow},
    ops::{RouteProtocol, RouteTable, Scope},
};

/// The row of a route; `names` are those of the namespace that was dumped. `None` for what is no IP route.
pub fn decode_route(message: &RouteMessage, names: &LinkNames) -> Option<RouteRow> {
    let header = &message.header;
    let family = match header.address_family {
        AddressFamily::Inet => IpFamily::V4,
        AddressFamily::Inet6 => IpFamily::V6,
        _ => return None,
    };
    let mut row = RouteRow {
        table: RouteTable(header.table.into()),
        kind: RouteKind(header.kind.into()),
        destination_len: header.destination_prefix_length,
        from_len: header.source_prefix_length,
        tos: header.tos,
        protocol: RouteProtocol(header.protocol.into()),
        scope: Scope(header.scope.into()),
        flags: RouteFlags(header.flags.bits()),
        ..RouteRow::new(family)
    };
    for attribute in &message.attributes {
        decode_attribute(&mut row, attribute, names);
    }
    Some(row)
}

fn decode_attribute(row: &mut RouteRow, attribute: &RouteAttribute, names: &LinkNames) {
    match attribute {
        RouteAttribute::Table(number) => row.table = RouteTable(*number),
        RouteAttribute::Destination(address) => row.destination = decode_address(address),
        RouteAttribute::Source(address) => row.from = decode_address(address),
        RouteAttribute::Gateway(address) => row.gateway = decode_address(address),
        RouteAttribute::Via(via) => row.via = decode_via(via),
        RouteAttribute::PrefSource(address) => row.source = decode_address(address),
        RouteAttribute::Oif(index) => row.link = Some(names.name(*index)),
        RouteAttribute::Iif(index) => row.input_link = Some(names.name(*index)),
        RouteAttribute::Priority(metric) => row.metric = Some(*metric),
        RouteAttribute::NhId(number) => row.nexthop_id = Some(*number),
        RouteAttribute::Mark(mark) => row.mark = Some(*mark),
        RouteAttribute::Realm(realms) => row.realms = Some(decode_realms(realms)),
        RouteAttribute::Uid(uid) => row.uid = Some(*uid),
        RouteAttribute::CacheInfo(info) => row.ages = Some(decode_ages(info)),
        RouteAttribute::Metrics(metrics) => decode_metrics(row, metrics),
        RouteAttribute::Preference(preference) => row.preference = Some((*preference).into()),
        RouteAttribute::MultiPath(hops) => row.nexthops = hops.iter().map(|hop| decode_hop(hop, names)).collect(),
        // Encapsulation and what belongs to MPLS is not listed.
        _ => {}
    }
}

fn decode_address(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(address) => Some((*address).into()),
        RouteAddress::Inet6(address) => Some((*address).into()),
        _ => None,
    }
}

fn decode_via(via: &RouteVia) -> Option<IpAddr> {
    match via {
        RouteVia::Inet(address) => Some((*address).into()),
        RouteVia::Inet6(address) => Some((*address).into()),
        _ => None,
    }
}

fn decode_realms(realms: &RouteRealm) -> u32 {
    u32::from(realms.source) << 16 | u32::from(realms.destination)
}

fn decode_ages(info: &RouteCacheInfo) -> RouteAges {
    RouteAges {
        expires: info.expires.cast_signed(),
        error: info.error,
        users: info.clntref,
        used: info.used,
        last_use: info.last_use,
    }
}

fn decode_metrics(row: &mut RouteRow, metrics: &[Metric]) {
    let mut decoded = Vec::new();
    for metric in metrics {
        match metric {
            Metric::Lock(bits) => row.locked_metrics = *bits,
            Metric::CcAlgo(name) => decoded.push(RouteMetric::Congestion(name.clone())),
            other => decoded.extend(decode_number(other)),
        }
    }
    row.metrics = Some(decoded);
}

/// All the others are 32-bit numbers.
fn decode_number(metric: &Metric) -> Option<RouteMetric> {
    let mut bytes = vec![0; metric.value_len()];
    metric.emit_value(&mut bytes);
    Some(RouteMetric::Number { kind: metric.kind(), value: u32::from_ne_bytes(bytes.try_into().ok()?) })
}

fn decode_hop(hop: &RouteNextHop, names: &LinkNames) -> NextHop {
    let mut row = NextHop {
        gateway: None,
        via: None,
        link: names.name(hop.interface_index),
        weight: u16::from(hop.hops) + 1,
        realms: None,
        flags: RouteFlags(hop.flags.bits().into()),
    };
    for attribute in &hop.attributes {
        match attribute {
            RouteAttribute::Gateway(address) => row.gateway = decode_address(address),
            RouteAttribute::Via(via) => row.via = decode_via(via),
            RouteAttribute::Realm(realms) => row.realms = Some(decode_realms(realms)),
            _ => {}
        }
    }
    row
}
