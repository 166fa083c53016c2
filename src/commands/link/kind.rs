//! The kinds of links by name.

use crate::{
    commands::{error::runs_program, value::ValueError},
    diag::nearest,
};

/// A kind that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindName {
    /// A switch.
    Bridge,
    /// A cable.
    Veth,
    /// An Ethernet carried in UDP to other machines.
    Vxlan,
}

/// Their words, sorted.
pub const SUPPORTED: &[&str] = &["bridge", "veth", "vxlan"];

/// The kinds that iproute2 6.1 knows besides (`ip link help`).
const NOT_YET: &[&str] = &[
    "amt",
    "bareudp",
    "batadv",
    "bond",
    "can",
    "dsa",
    "dummy",
    "erspan",
    "geneve",
    "gre",
    "gretap",
    "gtp",
    "hsr",
    "ifb",
    "ip6erspan",
    "ip6gre",
    "ip6gretap",
    "ip6tnl",
    "ipip",
    "ipoib",
    "ipvlan",
    "ipvtap",
    "macsec",
    "macvlan",
    "macvtap",
    "netdevsim",
    "netkit",
    "nlmon",
    "rmnet",
    "sit",
    "team",
    "tun",
    "vcan",
    "virt_wifi",
    "vlan",
    "vrf",
    "vti",
    "vti6",
    "vxcan",
    "wireguard",
    "wwan",
    "xfrm",
];

/// A kind that can be made.
pub fn read(text: &str) -> Result<KindName, ValueError> {
    match text {
        "bridge" => Ok(KindName::Bridge),
        "veth" => Ok(KindName::Veth),
        "vxlan" => Ok(KindName::Vxlan),
        other if NOT_YET.contains(&other) => Err(ValueError::KindNotYet { text: text.into() }),
        other => Err(ValueError::Form { text: other.into(), wanted: "a kind of link" }),
    }
}

/// A kind that there can be, to look for.
pub fn read_any(text: &str) -> Result<String, ValueError> {
    match read(text) {
        Ok(_) | Err(ValueError::KindNotYet { .. }) => Ok(text.into()),
        Err(error) => Err(error),
    }
}

/// What to type in place of a word that is no kind.
pub fn help(text: &str) -> String {
    // `type veth0`: the name where the kind belongs.
    let stem = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    let known = SUPPORTED.iter().chain(NOT_YET).copied();
    let meant = known.clone().find(|kind| *kind == stem && *kind != text).or_else(|| nearest(text, known));
    match meant.filter(|_| !NOT_YET.contains(&text)) {
        Some(kind) => format!("did you mean `{kind}`?"),
        None if NOT_YET.contains(&text) => {
            format!("supported are `{}`; {}", SUPPORTED.join("`, `"), runs_program("ip link add"))
        }
        None => format!("supported are `{}`", SUPPORTED.join("`, `")),
    }
}
