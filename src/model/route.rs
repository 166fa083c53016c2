use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::LinkId;
use crate::{
    net::Cidr,
    ops::{RouteProtocol, RouteTable, RouteType, Scope},
};

/// A route in a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Its table.
    pub table: RouteTable,
    /// Where it leads.
    pub destination: Cidr,
    /// Its cost.
    pub metric: u32,
    /// What happens to packets that take it.
    pub kind: RouteType,
    /// The next router.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<IpAddr>,
    /// The link it leaves through; `None` for blackholes and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkId>,
    /// The preferred source address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<IpAddr>,
    /// Who made it.
    pub protocol: RouteProtocol,
    /// IPv4: how far it reaches.
    pub scope: Scope,
    /// The gateway is taken as reachable.
    pub onlink: bool,
    /// The largest packet that may take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
    /// What the model does not understand of it (several next hops, encapsulation …), as the kernel sent it: compared,
    /// and left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::ops::hex")]
    pub opaque: Vec<u8>,
}
