use crate::{
    model::World,
    net::{NsRef, SysctlKey},
};

/// The settings that writing one changes with it, and the one itself. `ip_forward` is `conf.all.forwarding`, and what
/// is written to `conf.all` the kernel copies for some settings to `conf.default` and to every link
/// (`devinet_conf_proc` in `net/ipv4/devinet.c`, `addrconf_fixup_forwarding` in `net/ipv6/addrconf.c`).
pub fn settings_that_change_with(key: &SysctlKey, ns: &NsRef, world: &World) -> Vec<SysctlKey> {
    let mut keys = vec![key.clone()];
    let parts: Vec<&str> = key.parts().iter().map(String::as_str).collect();
    let (family, setting) = match parts.as_slice() {
        ["net", "ipv4", "ip_forward"] => ("ipv4", "forwarding"),
        ["net", family @ ("ipv4" | "ipv6"), "conf", "all", setting] => (*family, *setting),
        _ => return keys,
    };
    if family == "ipv4" && setting == "forwarding" {
        keys.extend("net/ipv4/ip_forward".parse());
    }
    let links = world.links_of(ns).map(|(_, link)| link.name.as_str());
    for of in ["all", "default"].into_iter().chain(links) {
        keys.extend(format!("net/{family}/conf/{of}/{setting}").parse());
    }
    keys.sort();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarding_is_one_setting_under_many_names() {
        let with = |key: &str| settings_that_change_with(&key.parse().unwrap(), &NsRef::Host, &World::fresh());
        let names: Vec<String> = with("net.ipv4.ip_forward").iter().map(ToString::to_string).collect();
        assert_eq!(
            names,
            [
                "net.ipv4.conf.all.forwarding",
                "net.ipv4.conf.default.forwarding",
                "net.ipv4.conf.lo.forwarding",
                "net.ipv4.ip_forward"
            ]
        );
        assert_eq!(with("net.ipv6.conf.all.disable_ipv6").len(), 3);
        assert_eq!(with("net.core.somaxconn").len(), 1);
    }
}
