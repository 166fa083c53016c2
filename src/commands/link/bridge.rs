use super::kind;
use crate::{
    commands::{
        bound::Bound,
        error::{UsageError, runs_program},
    },
    ops::LinkKind,
};

/// The options of a bridge that iproute2 6.1 knows (`ip/iplink_bridge.c`).
const OPTIONS: &[&str] = &[
    "ageing_time",
    "forward_delay",
    "group_address",
    "group_fwd_mask",
    "hello_time",
    "max_age",
    "mcast_snooping",
    "nf_call_arptables",
    "nf_call_ip6tables",
    "nf_call_iptables",
    "priority",
    "stp_state",
    "vlan_default_pvid",
    "vlan_filtering",
    "vlan_protocol",
    "vlan_stats_enabled",
];

/// What stands behind `type bridge`: nothing, as yet.
pub fn lower_bridge(bound: &Bound<'_>) -> Result<LinkKind, UsageError> {
    let Some(word) = bound.rest.first() else { return Ok(LinkKind::Bridge) };
    if OPTIONS.contains(&word.text.as_str()) {
        return Err(UsageError::NotYet {
            what: format!("`{}` of a bridge", word.text),
            span: word.span,
            instead: Some(runs_program("ip link add")),
        });
    }
    Err(super::behind_kind(bound, word, kind::KindName::Bridge))
}
