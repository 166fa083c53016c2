use crate::{
    diag,
    model::{Knowledge, World},
    net::{IfName, NsRef, SysctlKey},
};

/// The settings that writing one changes with it, and the one itself. `ip_forward` is `conf.all.forwarding`, what is
/// written to `conf.all` the kernel copies for some settings to `conf.default` and to every link
/// (`devinet_conf_proc` in `net/ipv4/devinet.c`, `addrconf_fixup_forwarding` in `net/ipv6/addrconf.c`), and what is
/// written to `conf.default` for IPv4 to the links that nobody has configured (`devinet_copy_dflt_conf`).
pub fn settings_that_change_with(key: &SysctlKey, ns: &NsRef, world: &World) -> Vec<SysctlKey> {
    let mut keys = vec![key.clone()];
    let parts: Vec<&str> = key.parts().iter().map(String::as_str).collect();
    let (family, setting) = match parts.as_slice() {
        ["net", "ipv4", "ip_forward"] => ("ipv4", "forwarding"),
        ["net", family @ ("ipv4" | "ipv6"), "conf", "all", setting] => (*family, *setting),
        ["net", "ipv4", "conf", "default", setting] => ("ipv4", *setting),
        _ => return keys,
    };
    if family == "ipv4" && setting == "forwarding" {
        keys.extend(["net/ipv4/ip_forward", "net/ipv4/conf/all/accept_redirects"].iter().flat_map(|key| key.parse()));
    }
    let links = world.links_of(ns).map(|(_, link)| link.name.as_str());
    let is_default = parts[3..].first() == Some(&"default");
    for of in ["all", "default"].into_iter().filter(|_| !is_default).chain(links) {
        keys.extend(format!("net/{family}/conf/{of}/{setting}").parse());
    }
    keys.sort();
    keys.dedup();
    keys
}

/// What came of looking for a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is there, as far as anybody can tell.
    Yes,
    /// It is not.
    No {
        /// The one that was perhaps meant.
        near: Option<SysctlKey>,
    },
}

/// Looks for a setting. As the namespace may be yet to be made, it is looked for among the `names` of the host's, and
/// that of a link among those of the loopback device.
pub fn look_up<E>(
    key: &SysctlKey,
    ns: &NsRef,
    world: &World,
    mut names: impl FnMut(&[String]) -> Result<Vec<String>, E>,
) -> Result<Found, E> {
    let mut parts = key.parts().to_vec();
    if let Some(name) = key.link() {
        let links: Vec<String> = world.links_of(ns).map(|(_, link)| link.name.to_string()).collect();
        let is_known = world.namespace(ns).is_some_and(|namespace| namespace.knowledge == Knowledge::Exact);
        if is_known && !links.iter().any(|link| link == name) {
            let others = links.iter().map(String::as_str).chain(["all", "default"]);
            return Ok(Found::No { near: diag::nearest(name, others).and_then(|near| with_part(key, 3, near)) });
        }
        // Not `default`: of `neigh` a namespace other than the machine's first has none.
        parts[3] = IfName::loopback().to_string();
    }
    for depth in 1..parts.len() {
        let siblings = names(&parts[..depth])?;
        if depth == 1 && siblings.is_empty() {
            // Nobody can look: `/proc` is not there.
            return Ok(Found::Yes);
        }
        if !siblings.contains(&parts[depth]) {
            let near = diag::nearest(&parts[depth], siblings.iter().map(String::as_str));
            return Ok(Found::No { near: near.and_then(|near| with_part(key, depth, near)) });
        }
    }
    Ok(Found::Yes)
}

fn with_part(key: &SysctlKey, at: usize, part: &str) -> Option<SysctlKey> {
    let mut parts = key.parts().to_vec();
    parts[at] = part.into();
    parts.join("/").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::setting_names;

    fn looked_up(key: &str) -> Result<(), Option<String>> {
        let world = World::fresh();
        let names = |group: &[String]| Ok::<_, std::convert::Infallible>(setting_names(&world, group));
        let Ok(found) = look_up(&key.parse().unwrap(), &NsRef::Host, &world, names);
        match found {
            Found::Yes => Ok(()),
            Found::No { near } => Err(near.map(|near| near.to_string())),
        }
    }

    #[test]
    fn a_setting_that_is_not_there_may_be_near_to_one_that_is() {
        let near = |key: &str| Err(Some(key.to_string()));
        assert_eq!(looked_up("net.ipv4.ip_forward"), Ok(()));
        assert_eq!(looked_up("net.ipv4.conf.lo.rp_filter"), Ok(()));
        assert_eq!(looked_up("net.ipv4.ip_froward"), near("net.ipv4.ip_forward"));
        assert_eq!(looked_up("net.ipv4.cnof.all.rp_filter"), near("net.ipv4.conf.all.rp_filter"));
        assert_eq!(looked_up("net.ipv4.conf.al.rp_filter"), near("net.ipv4.conf.all.rp_filter"));
        assert_eq!(looked_up("net.ipv4.conf.lo.rp_filters"), near("net.ipv4.conf.lo.rp_filter"));
        assert_eq!(looked_up("net.ipv4.frobnicate"), Err(None));
    }

    #[test]
    fn forwarding_is_one_setting_under_many_names() {
        let with = |key: &str| settings_that_change_with(&key.parse().unwrap(), &NsRef::Host, &World::fresh());
        let names: Vec<String> = with("net.ipv4.ip_forward").iter().map(ToString::to_string).collect();
        assert_eq!(
            names,
            [
                "net.ipv4.conf.all.accept_redirects",
                "net.ipv4.conf.all.forwarding",
                "net.ipv4.conf.default.forwarding",
                "net.ipv4.conf.lo.forwarding",
                "net.ipv4.ip_forward"
            ]
        );
        assert_eq!(with("net.ipv6.conf.all.disable_ipv6").len(), 3);
        assert_eq!(with("net.ipv4.conf.default.rp_filter").len(), 2);
        assert_eq!(with("net.ipv6.conf.default.disable_ipv6").len(), 1);
        assert_eq!(with("net.core.somaxconn").len(), 1);
    }
}
