//! The options of a vxlan, as listings have them.

use std::net::IpAddr;

use super::{KindOption, OptionValue};
use crate::{
    model::{Kind, Link, World},
    ops::{VxlanFragments, VxlanSettings, VxlanSwitch, VxlanTtl},
};

/// Those of a modelled link, if it is a vxlan. What carries it is known here by the name that it has where it is.
pub(super) fn options(world: &World, link: &Link) -> Option<Vec<KindOption>> {
    let Kind::Vxlan(vxlan) = &link.kind else { return None };
    Some(vxlan_options(&vxlan.settings, vxlan.dev().map(|dev| world.link(dev).name.to_string())))
}

/// Those of a vxlan on the link of that name, under the words that `ip -j` has for them.
pub fn vxlan_options(settings: &VxlanSettings, dev: Option<String>) -> Vec<KindOption> {
    let switches = VxlanSwitch::ALL.iter().map(|&switch| (key(switch), OptionValue::Switch(settings.has(switch))));
    let remote = settings.remote.map(|remote| (remote_key(remote), OptionValue::Word(remote.to_string())));
    let local_key = |local: IpAddr| if local.is_ipv4() { "local" } else { "local6" };
    let local = settings.local.map(|local| (local_key(local), OptionValue::Word(local.to_string())));
    let (low, high) = settings.source_ports;
    let number = |number: u32| OptionValue::Number(number.into());
    let always = [
        ("id", number(settings.id)),
        ("low", number(low.into())),
        ("high", number(high.into())),
        ("port", number(settings.port.into())),
        ("tos", OptionValue::Bits(settings.tos.into())),
        ("ttl", ttl(settings.ttl)),
        ("df", fragments(settings.fragments)),
        ("label", OptionValue::Bits(settings.flow_label.into())),
        ("ageing", number(settings.ageing)),
        ("limit", number(settings.limit)),
    ];
    let dev = dev.map(|dev| ("link", OptionValue::Word(dev)));
    let all = remote.into_iter().chain(local).chain(dev).chain(always).chain(switches);
    all.map(|(name, value)| KindOption { name, value }).collect()
}

fn key(switch: VxlanSwitch) -> &'static str {
    match switch {
        VxlanSwitch::UdpCsum => "udp_csum",
        VxlanSwitch::Udp6ZeroCsumTx => "udp_zero_csum6_tx",
        VxlanSwitch::Udp6ZeroCsumRx => "udp_zero_csum6_rx",
        VxlanSwitch::Learning
        | VxlanSwitch::Proxy
        | VxlanSwitch::Rsc
        | VxlanSwitch::L2Miss
        | VxlanSwitch::L3Miss
        | VxlanSwitch::External
        | VxlanSwitch::Gbp => switch.word(),
    }
}

fn remote_key(remote: IpAddr) -> &'static str {
    match (remote.is_multicast(), remote.is_ipv4()) {
        (true, true) => "group",
        (true, false) => "group6",
        (false, true) => "remote",
        (false, false) => "remote6",
    }
}

fn ttl(ttl: VxlanTtl) -> OptionValue {
    match ttl {
        VxlanTtl::Number(ttl) => OptionValue::Number(ttl.into()),
        VxlanTtl::Inherit => OptionValue::Word("inherit".into()),
    }
}

fn fragments(fragments: VxlanFragments) -> OptionValue {
    let word = match fragments {
        VxlanFragments::Unset => "unset",
        VxlanFragments::Set => "set",
        VxlanFragments::Inherit => "inherit",
    };
    OptionValue::Word(word.into())
}
