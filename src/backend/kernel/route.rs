//! Routes as the kernel is told of them.
//!
//! In: what is asked for, with the link's number. Out: one request, the same as iproute2's.

use netlink_packet_core::{NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE};
use netlink_packet_route::{
    RouteNetlinkMessage,
    route::{RouteAttribute, RouteFlags, RouteHeader, RouteMessage, RouteMetric},
};

use super::{
    addr::family,
    socket::{Request, request, request_with},
};
use crate::{
    net::Cidr,
    ops::{RouteMode, RouteSelector, RouteSpec, RouteTable, RouteType, Scope},
};

/// `ip route add|append|replace|change DESTINATION …`
pub(super) fn encode_route_add(mode: RouteMode, spec: &RouteSpec, link: Option<u32>) -> Request {
    let mut message = message(spec.destination, spec.table);
    message.header.protocol = spec.protocol.0.into();
    message.header.kind = type_number(spec.kind).into();
    message.header.scope = spec.scope.unwrap_or_else(|| default_scope(spec)).0.into();
    message.header.flags.set(RouteFlags::Onlink, spec.onlink);
    let attributes = &mut message.attributes;
    attributes.extend(spec.gateway.map(|gateway| RouteAttribute::Gateway(gateway.into())));
    attributes.extend(spec.source.map(|source| RouteAttribute::PrefSource(source.into())));
    attributes.extend(spec.metric.map(RouteAttribute::Priority));
    attributes.extend(link.map(RouteAttribute::Oif));
    attributes.extend(spec.mtu.map(|mtu| RouteAttribute::Metrics(vec![RouteMetric::Mtu(mtu)])));
    let flags = match mode {
        RouteMode::Add => NLM_F_CREATE | NLM_F_EXCL,
        RouteMode::Append => NLM_F_CREATE | NLM_F_APPEND,
        RouteMode::Replace => NLM_F_CREATE | NLM_F_REPLACE,
        RouteMode::Change => NLM_F_REPLACE,
    };
    request_with(RouteNetlinkMessage::NewRoute(message), flags)
}

/// `ip route del DESTINATION …`
pub(super) fn encode_route_del(selector: &RouteSelector, link: Option<u32>) -> Request {
    let mut message = message(selector.destination, selector.table);
    message.header.protocol = selector.protocol.map_or(0, |protocol| protocol.0).into();
    message.header.kind = selector.kind.map_or(0, type_number).into();
    message.header.scope = selector.scope.unwrap_or_else(|| any_scope(selector)).0.into();
    let attributes = &mut message.attributes;
    attributes.extend(selector.gateway.map(|gateway| RouteAttribute::Gateway(gateway.into())));
    attributes.extend(selector.source.map(|source| RouteAttribute::PrefSource(source.into())));
    attributes.extend(selector.metric.map(RouteAttribute::Priority));
    attributes.extend(link.map(RouteAttribute::Oif));
    request(RouteNetlinkMessage::DelRoute(message))
}

fn message(destination: Cidr, table: RouteTable) -> RouteMessage {
    let mut message = RouteMessage::default();
    message.header.address_family = family(destination.addr());
    message.header.destination_prefix_length = destination.prefix_len();
    if !destination.is_default() {
        message.attributes.push(RouteAttribute::Destination(destination.addr().into()));
    }
    match u8::try_from(table.0) {
        Ok(table) => message.header.table = table,
        Err(_) => {
            message.header.table = RouteHeader::RT_TABLE_UNSPEC;
            message.attributes.push(RouteAttribute::Table(table.0));
        }
    }
    message
}

/// How far a new route reaches when nobody says so (`iproute_modify` in `ip/iproute.c`).
fn default_scope(spec: &RouteSpec) -> Scope {
    if spec.destination.is_ipv6() {
        return Scope::GLOBAL;
    }
    match spec.kind {
        RouteType::Local => Scope::HOST,
        RouteType::Broadcast | RouteType::Multicast => Scope::LINK,
        RouteType::Unicast if spec.gateway.is_none() => Scope::LINK,
        RouteType::Unicast | RouteType::Blackhole | RouteType::Unreachable | RouteType::Prohibit | RouteType::Throw => {
            Scope::GLOBAL
        }
    }
}

/// The scope that a route to be deleted is looked for with when nobody says one: `nowhere` is any to the kernel. For
/// the types that iproute2 knows the scope of it asks for that one.
fn any_scope(selector: &RouteSelector) -> Scope {
    if selector.destination.is_ipv6() {
        return Scope::GLOBAL;
    }
    match selector.kind {
        Some(RouteType::Local) => Scope::HOST,
        Some(RouteType::Broadcast | RouteType::Multicast) => Scope::LINK,
        Some(
            RouteType::Unicast | RouteType::Blackhole | RouteType::Unreachable | RouteType::Prohibit | RouteType::Throw,
        )
        | None => Scope::NOWHERE,
    }
}

/// `RTN_*` of `linux/rtnetlink.h`.
pub(super) fn type_number(kind: RouteType) -> u8 {
    match kind {
        RouteType::Unicast => 1,
        RouteType::Local => 2,
        RouteType::Broadcast => 3,
        RouteType::Multicast => 5,
        RouteType::Blackhole => 6,
        RouteType::Unreachable => 7,
        RouteType::Prohibit => 8,
        RouteType::Throw => 9,
    }
}

#[cfg(test)]
mod tests {
    use netlink_packet_core::NetlinkPayload;

    use super::*;

    fn parts(request: Request) -> (RouteMessage, u16) {
        let (header, payload) = request.into_parts();
        match payload {
            NetlinkPayload::InnerMessage(
                RouteNetlinkMessage::NewRoute(message) | RouteNetlinkMessage::DelRoute(message),
            ) => (message, header.flags),
            other => panic!("{other:?}"),
        }
    }

    fn scope_of(spec: &RouteSpec) -> u8 {
        parts(encode_route_add(RouteMode::Add, spec, None)).0.header.scope.into()
    }

    #[test]
    fn the_scope_follows_the_rule_of_iproute2() {
        let spec = RouteSpec::new("10.0.0.0/8".parse().unwrap());
        assert_eq!(scope_of(&spec), 253);
        assert_eq!(scope_of(&RouteSpec { gateway: Some("1.2.3.4".parse().unwrap()), ..spec.clone() }), 0);
        assert_eq!(scope_of(&RouteSpec { kind: RouteType::Local, ..spec.clone() }), 254);
        assert_eq!(scope_of(&RouteSpec { kind: RouteType::Blackhole, ..spec }), 0);
        assert_eq!(scope_of(&RouteSpec::new("fd00::/64".parse().unwrap())), 0);
        let any = RouteSelector::new(Cidr::any_v4());
        assert_eq!(u8::from(parts(encode_route_del(&any, None)).0.header.scope), 255);
    }

    #[test]
    fn a_large_table_goes_into_an_attribute() {
        let spec = RouteSpec { table: RouteTable(1000), ..RouteSpec::new(Cidr::any_v4()) };
        let (message, _) = parts(encode_route_add(RouteMode::Add, &spec, None));
        assert_eq!(message.header.table, RouteHeader::RT_TABLE_UNSPEC);
        assert_eq!(message.attributes, [RouteAttribute::Table(1000)]);
    }

    #[test]
    fn each_verb_has_its_flags() {
        let flags = |mode| parts(encode_route_add(mode, &RouteSpec::new(Cidr::any_v6()), Some(2))).1;
        assert_eq!(flags(RouteMode::Add), NLM_F_CREATE | NLM_F_EXCL);
        assert_eq!(flags(RouteMode::Append), NLM_F_CREATE | NLM_F_APPEND);
        assert_eq!(flags(RouteMode::Replace), NLM_F_CREATE | NLM_F_REPLACE);
        assert_eq!(flags(RouteMode::Change), NLM_F_REPLACE);
    }
}
