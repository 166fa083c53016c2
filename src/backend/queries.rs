use super::BackendError;
use crate::{
    model::{
        Ruleset, World,
        query::{
            IpFamily, LinkRow, NeighbourRow, NetnsRow, RouteRow, RuleRow, links_of, netns_of, policy_rules_of,
            routes_of,
        },
    },
    net::{NsRef, SysctlKey},
};

/// What a machine answers when it is asked to list something: rows in the kernel's order, unfiltered.
pub trait Queries {
    /// The links of a namespace, without their addresses.
    fn links(&mut self, ns: &NsRef) -> Result<Vec<LinkRow>, BackendError>;

    /// The links of a namespace with their addresses.
    fn addresses(&mut self, ns: &NsRef) -> Result<Vec<LinkRow>, BackendError>;

    /// The routes of all tables; of IPv4 before those of IPv6 where no family is asked for.
    fn routes(&mut self, ns: &NsRef, family: Option<IpFamily>) -> Result<Vec<RouteRow>, BackendError>;

    /// The policy rules of a family, in the order in which they are asked.
    fn policy_rules(&mut self, ns: &NsRef, family: IpFamily) -> Result<Vec<RuleRow>, BackendError>;

    /// The neighbours of a namespace, IPv4 before IPv6.
    fn neighbours(&mut self, ns: &NsRef) -> Result<Vec<NeighbourRow>, BackendError>;

    /// The tables, chains and rules of nf_tables, with what they have counted.
    fn ruleset(&mut self, ns: &NsRef) -> Result<Ruleset, BackendError>;

    /// The named namespaces in the order of the directory `/run/netns`, which is what `ip netns` prints.
    fn netns_list(&mut self) -> Result<Vec<NetnsRow>, BackendError>;

    /// The name of a namespace. Of several names it is the one that `ip netns identify` prints, the last of that
    /// directory.
    fn netns_name(&mut self, ns: &NsRef) -> Result<Option<String>, BackendError>;

    /// The processes in a namespace, in the order of the directory `/proc`.
    fn netns_pids(&mut self, ns: &NsRef) -> Result<Vec<u32>, BackendError>;

    /// Whether a namespace passes on what comes in for others; `None` where nobody knows.
    fn forwarding(&mut self, ns: &NsRef, family: IpFamily) -> Result<Option<bool>, BackendError>;

    /// All namespaces, with what is in them.
    fn world(&mut self) -> Result<World, BackendError>;
}

/// The setting that [`Queries::forwarding`] asks for.
pub(super) fn forwarding_key(family: IpFamily) -> SysctlKey {
    let name = match family {
        IpFamily::V4 => "net/ipv4/ip_forward",
        IpFamily::V6 => "net/ipv6/conf/all/forwarding",
    };
    name.parse().expect("it is below `net`")
}

/// A modelled world answers what it knows.
impl Queries for World {
    fn links(&mut self, ns: &NsRef) -> Result<Vec<LinkRow>, BackendError> {
        let mut rows = self.addresses(ns)?;
        for row in &mut rows {
            row.addresses.clear();
        }
        Ok(rows)
    }

    fn addresses(&mut self, ns: &NsRef) -> Result<Vec<LinkRow>, BackendError> {
        require_netns(self, ns)?;
        Ok(links_of(self, ns))
    }

    fn routes(&mut self, ns: &NsRef, family: Option<IpFamily>) -> Result<Vec<RouteRow>, BackendError> {
        require_netns(self, ns)?;
        let mut rows = routes_of(self, ns);
        rows.retain(|row| family.is_none_or(|family| row.family == family));
        Ok(rows)
    }

    fn policy_rules(&mut self, ns: &NsRef, family: IpFamily) -> Result<Vec<RuleRow>, BackendError> {
        require_netns(self, ns)?;
        Ok(policy_rules_of(self, ns, family))
    }

    /// Nobody was ever asked for.
    fn neighbours(&mut self, ns: &NsRef) -> Result<Vec<NeighbourRow>, BackendError> {
        require_netns(self, ns)?;
        Ok(Vec::new())
    }

    fn ruleset(&mut self, ns: &NsRef) -> Result<Ruleset, BackendError> {
        require_netns(self, ns)?;
        Ok(self.namespace(ns).and_then(|namespace| namespace.ruleset.clone()).unwrap_or_default())
    }

    fn netns_list(&mut self) -> Result<Vec<NetnsRow>, BackendError> {
        Ok(netns_of(self))
    }

    fn netns_name(&mut self, ns: &NsRef) -> Result<Option<String>, BackendError> {
        require_netns(self, ns)?;
        Ok(ns.name().map(ToString::to_string))
    }

    /// There are no processes in a model.
    fn netns_pids(&mut self, ns: &NsRef) -> Result<Vec<u32>, BackendError> {
        require_netns(self, ns)?;
        Ok(Vec::new())
    }

    /// What nobody looked at is not known.
    fn forwarding(&mut self, ns: &NsRef, family: IpFamily) -> Result<Option<bool>, BackendError> {
        require_netns(self, ns)?;
        let value = self.namespace(ns).and_then(|namespace| namespace.sysctls.get(&forwarding_key(family)));
        Ok(value.map(|value| value != "0"))
    }

    fn world(&mut self) -> Result<World, BackendError> {
        Ok(self.clone())
    }
}

fn require_netns(world: &World, ns: &NsRef) -> Result<(), BackendError> {
    match (world.namespace(ns), ns) {
        (Some(_), _) => Ok(()),
        (None, &NsRef::Process(pid)) => Err(BackendError::NoSuchProcess(pid)),
        (None, NsRef::Host | NsRef::Named(_)) => Err(BackendError::NoSuchNetns(ns.clone())),
    }
}
