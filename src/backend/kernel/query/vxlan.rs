//! The options of vxlans.

use netlink_packet_route::link::InfoVxlan;

use super::names::LinkNames;
use crate::{
    backend::kernel::link::vxlan::decode,
    model::query::{KindOption, OptionValue, vxlan_options},
};

/// What `ip` prints of a vxlan: its settings, and what scripts cannot say. As with `ip`, the link under it has the name
/// that its number has in the listed namespace, even if the vxlan came from another one.
pub(super) fn decode_vxlan(data: &[InfoVxlan], names: &LinkNames) -> Vec<KindOption> {
    let seen = decode(data);
    let mut options = vxlan_options(&seen.settings, seen.dev.map(|dev| names.name(dev)));
    let unsaid = data.iter().filter_map(|attribute| match attribute {
        InfoVxlan::RemCsumTX(true) => Some("remcsum_tx"),
        InfoVxlan::RemCsumRX(true) => Some("remcsum_rx"),
        InfoVxlan::Gpe => Some("gpe"),
        InfoVxlan::Vnifilter(true) => Some("vnifilter"),
        _ => None,
    });
    options.extend(unsaid.map(|name| KindOption { name, value: OptionValue::Switch(true) }));
    options
}
