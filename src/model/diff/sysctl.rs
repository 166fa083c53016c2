//! Settings: written before addresses, which some of them forbid, and behind the links they belong to.

use super::Planner;
use crate::{
    model::{LinkId, equality::is_same_value},
    net::{NsRef, SysctlKey},
    ops::SysctlOp,
};

impl Planner<'_> {
    /// What links begin with that are made or moved next.
    pub(super) fn write_default_sysctls(&mut self) {
        for ns in self.common_namespaces() {
            let to = self.to;
            let Some(wanted) = to.namespace(&ns) else { continue };
            for (key, value) in &wanted.sysctls {
                if key.parts().get(3).is_some_and(|of| of == "default") {
                    self.write_sysctl(&ns, key, value);
                }
            }
        }
    }

    pub(super) fn write_sysctls(&mut self) {
        for ns in self.common_namespaces() {
            let to = self.to;
            let Some(wanted) = to.namespace(&ns) else { continue };
            let mut keys: Vec<&SysctlKey> = wanted.sysctls.keys().collect();
            keys.sort_by_key(|key| breadth(key));
            for key in keys {
                self.write_sysctl(&ns, key, &wanted.sysctls[key]);
            }
        }
    }

    fn write_sysctl(&mut self, ns: &NsRef, key: &SysctlKey, value: &str) {
        let now = self.now.namespace(ns).and_then(|namespace| namespace.sysctls.get(key));
        let differs = match now {
            Some(now) => !is_same_value(now, value),
            None => self.new_namespaces.contains(ns) || self.is_of_new_link(ns, key),
        };
        if differs {
            let op = SysctlOp { ns: ns.clone(), key: key.clone(), value: value.into() };
            self.plan(op, |world| {
                if let Some(namespace) = world.namespace_mut(ns) {
                    namespace.sysctls.insert(key.clone(), value.into());
                }
            });
        }
    }

    /// Switches IPv6 on where it is in the way of something that is wanted: it was on when the link had that, though
    /// nobody looked.
    pub(super) fn enable_ipv6(&mut self, id: LinkId) {
        let link = self.now.link(id);
        if let Ok(key) = format!("net/ipv6/conf/{}/disable_ipv6", link.name).parse() {
            self.plan(SysctlOp { ns: link.ns.clone(), key, value: "0".into() }, |_| {});
        }
    }

    fn is_of_new_link(&self, ns: &NsRef, key: &SysctlKey) -> bool {
        key.link().is_some_and(|link| self.new_links.iter().any(|(of, name)| of == ns && name.as_str() == link))
    }
}

/// Settings that rewrite others come before those: the namespace's switches, those of all links, those of one.
fn breadth(key: &SysctlKey) -> u8 {
    match key.parts().get(3).map(String::as_str) {
        None => 0,
        Some("all") => 1,
        Some(_) => 2,
    }
}
