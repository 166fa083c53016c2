//! A vxlan as the kernel is told of it, and as it tells.

use std::net::IpAddr;

use netlink_packet_route::link::{InfoVxlan, VxlanDf};

use crate::ops::{VxlanFragments, VxlanSettings, VxlanSpec, VxlanSwitch, VxlanTtl};

/// What `IFLA_INFO_DATA` holds. As with `ip`, what a vxlan is by itself is left unsaid, but for whether it learns.
pub(in crate::backend::kernel) fn encode(spec: &VxlanSpec, dev: Option<u32>) -> Vec<InfoVxlan> {
    let settings = &spec.settings;
    let mut data: Vec<InfoVxlan> = dev.map(InfoVxlan::Link).into_iter().collect();
    if !settings.has(VxlanSwitch::External) {
        data.push(InfoVxlan::Id(settings.id));
    }
    data.extend(settings.local.map(|local| match local {
        IpAddr::V4(local) => InfoVxlan::Local(local),
        IpAddr::V6(local) => InfoVxlan::Local6(local),
    }));
    data.extend(settings.remote.map(|remote| match remote {
        IpAddr::V4(remote) => InfoVxlan::Group(remote),
        IpAddr::V6(remote) => InfoVxlan::Group6(remote),
    }));
    if settings.source_ports != (0, 0) {
        data.push(InfoVxlan::PortRange(settings.source_ports));
    }
    data.push(InfoVxlan::Port(settings.port));
    match settings.ttl {
        VxlanTtl::Number(0) => {}
        VxlanTtl::Number(ttl) => data.push(InfoVxlan::Ttl(ttl)),
        VxlanTtl::Inherit => data.push(InfoVxlan::TtlInheritFlag),
    }
    if settings.tos != 0 {
        data.push(InfoVxlan::Tos(settings.tos));
    }
    match settings.fragments {
        VxlanFragments::Unset => {}
        VxlanFragments::Set => data.push(InfoVxlan::Df(VxlanDf::Set)),
        VxlanFragments::Inherit => data.push(InfoVxlan::Df(VxlanDf::Inherit)),
    }
    if settings.flow_label != 0 {
        data.push(InfoVxlan::Label(settings.flow_label));
    }
    if settings.ageing != VxlanSettings::AGEING {
        data.push(InfoVxlan::Ageing(settings.ageing));
    }
    if settings.limit != 0 {
        data.push(InfoVxlan::Limit(settings.limit));
    }
    let unusual =
        |&&switch: &&VxlanSwitch| switch == VxlanSwitch::Learning || settings.has(switch) != switch.by_itself();
    data.extend(VxlanSwitch::ALL.iter().filter(unusual).map(|&switch| encode_switch(switch, settings.has(switch))));
    data
}

fn encode_switch(switch: VxlanSwitch, on: bool) -> InfoVxlan {
    match switch {
        VxlanSwitch::Learning => InfoVxlan::Learning(on),
        VxlanSwitch::Proxy => InfoVxlan::Proxy(on),
        VxlanSwitch::Rsc => InfoVxlan::Rsc(on),
        VxlanSwitch::L2Miss => InfoVxlan::L2Miss(on),
        VxlanSwitch::L3Miss => InfoVxlan::L3Miss(on),
        VxlanSwitch::External => InfoVxlan::CollectMetadata(on),
        VxlanSwitch::UdpCsum => InfoVxlan::UDPCsum(on),
        VxlanSwitch::Udp6ZeroCsumTx => InfoVxlan::UDPZeroCsumTX(on),
        VxlanSwitch::Udp6ZeroCsumRx => InfoVxlan::UDPZeroCsumRX(on),
        // It can only be switched on.
        VxlanSwitch::Gbp => InfoVxlan::Gbp,
    }
}

/// A vxlan as the kernel tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::backend::kernel) struct SeenVxlan {
    pub(in crate::backend::kernel) settings: VxlanSettings,
    /// The number of the link under it, in the namespace where it was born.
    pub(in crate::backend::kernel) dev: Option<u32>,
    /// Whether it has nothing that the settings do not say.
    pub(in crate::backend::kernel) is_whole: bool,
}

/// Reads `IFLA_INFO_DATA`.
pub(in crate::backend::kernel) fn decode(data: &[InfoVxlan]) -> SeenVxlan {
    let mut seen = SeenVxlan { settings: VxlanSettings::default(), dev: None, is_whole: true };
    let settings = &mut seen.settings;
    for attribute in data {
        let switch = match *attribute {
            InfoVxlan::Learning(on) => (VxlanSwitch::Learning, on),
            InfoVxlan::Proxy(on) => (VxlanSwitch::Proxy, on),
            InfoVxlan::Rsc(on) => (VxlanSwitch::Rsc, on),
            InfoVxlan::L2Miss(on) => (VxlanSwitch::L2Miss, on),
            InfoVxlan::L3Miss(on) => (VxlanSwitch::L3Miss, on),
            InfoVxlan::CollectMetadata(on) => (VxlanSwitch::External, on),
            InfoVxlan::UDPCsum(on) => (VxlanSwitch::UdpCsum, on),
            InfoVxlan::UDPZeroCsumTX(on) => (VxlanSwitch::Udp6ZeroCsumTx, on),
            InfoVxlan::UDPZeroCsumRX(on) => (VxlanSwitch::Udp6ZeroCsumRx, on),
            InfoVxlan::Gbp => (VxlanSwitch::Gbp, true),
            _ => {
                seen.is_whole &= decode_value(settings, &mut seen.dev, attribute);
                continue;
            }
        };
        match switch {
            (switch, true) => settings.switches.insert(switch),
            (switch, false) => settings.switches.remove(&switch),
        };
    }
    seen
}

/// Says whether the attribute is understood.
fn decode_value(settings: &mut VxlanSettings, dev: &mut Option<u32>, attribute: &InfoVxlan) -> bool {
    match *attribute {
        InfoVxlan::Id(id) => settings.id = id,
        InfoVxlan::Link(index) => *dev = Some(index).filter(|&index| index != 0),
        InfoVxlan::Group(remote) => settings.remote = Some(remote.into()),
        InfoVxlan::Group6(remote) => settings.remote = Some(remote.into()),
        InfoVxlan::Local(local) => settings.local = Some(local.into()),
        InfoVxlan::Local6(local) => settings.local = Some(local.into()),
        InfoVxlan::PortRange(ports) => settings.source_ports = ports,
        InfoVxlan::Port(port) => settings.port = port,
        InfoVxlan::Ttl(ttl) if settings.ttl != VxlanTtl::Inherit => settings.ttl = VxlanTtl::Number(ttl),
        InfoVxlan::TtlInherit(1..) | InfoVxlan::TtlInheritFlag => settings.ttl = VxlanTtl::Inherit,
        InfoVxlan::Tos(tos) => settings.tos = tos,
        InfoVxlan::Df(VxlanDf::Unset) => settings.fragments = VxlanFragments::Unset,
        InfoVxlan::Df(VxlanDf::Set) => settings.fragments = VxlanFragments::Set,
        InfoVxlan::Df(VxlanDf::Inherit) => settings.fragments = VxlanFragments::Inherit,
        InfoVxlan::Label(label) => settings.flow_label = label,
        InfoVxlan::Ageing(seconds) => settings.ageing = seconds,
        InfoVxlan::Limit(limit) => settings.limit = limit,
        // These are what every vxlan tells that has nothing unusual. The reserved bits say which packets of newer
        // kinds it does not refuse.
        InfoVxlan::Ttl(_)
        | InfoVxlan::TtlInherit(0)
        | InfoVxlan::RemCsumTX(false)
        | InfoVxlan::RemCsumRX(false)
        | InfoVxlan::Vnifilter(false)
        | InfoVxlan::Localbypass(true)
        | InfoVxlan::LabelPolicy(0)
        | InfoVxlan::McRoute(false)
        | InfoVxlan::ReservedBits(_) => {}
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_what_is_read() {
        let settings = VxlanSettings {
            id: 42,
            remote: Some([239, 1, 1, 1].into()),
            local: Some([10, 0, 0, 1].into()),
            source_ports: (1000, 2000),
            port: 4789,
            ttl: VxlanTtl::Inherit,
            tos: 1,
            fragments: VxlanFragments::Set,
            flow_label: 0,
            ageing: 100,
            limit: 20,
            switches: [VxlanSwitch::Proxy, VxlanSwitch::Udp6ZeroCsumRx, VxlanSwitch::Gbp].into(),
        };
        let sent = encode(&VxlanSpec { dev: None, settings: settings.clone() }, Some(7));
        assert!(sent.contains(&InfoVxlan::Learning(false)) && sent.contains(&InfoVxlan::UDPCsum(false)));
        assert_eq!(decode(&sent), SeenVxlan { settings, dev: Some(7), is_whole: true });
    }

    #[test]
    fn what_nobody_asks_for_is_not_sent() {
        let spec = VxlanSpec { dev: None, settings: VxlanSettings { id: 42, ..VxlanSettings::default() } };
        assert_eq!(encode(&spec, None), [InfoVxlan::Id(42), InfoVxlan::Port(8472), InfoVxlan::Learning(true)]);
    }

    #[test]
    fn what_cannot_be_said_is_noticed() {
        assert!(!decode(&[InfoVxlan::Id(42), InfoVxlan::Gpe]).is_whole);
        assert!(!decode(&[InfoVxlan::RemCsumRX(true)]).is_whole);
        assert!(decode(&[InfoVxlan::RemCsumRX(false), InfoVxlan::Localbypass(true)]).is_whole);
    }
}
