//! Kernel settings: what writing one does beyond itself.

use nix::errno::Errno;

use super::{Stop, addr, refused, require_link, require_ns};
use crate::{
    model::{Kind, Link, LinkId, Reason, World},
    net::{IfName, NsRef, SysctlKey},
    ops::SysctlOp,
};

pub(super) fn apply(world: &mut World, op: &SysctlOp) -> Result<(), Stop> {
    require_ns(world, &op.ns)?;
    let value = op.value.trim().to_string();
    if let Some(name) = op.key.link() {
        let name: IfName =
            name.parse().map_err(|_| refused(Errno::ENOENT, Reason::NoSuchSysctl { key: op.key.clone() }))?;
        let link = world.find_link(&op.ns, &name);
        let ipv6 = op.key.parts()[1] == "ipv6";
        if link.is_none_or(|id| !addr::has_protocol(world, id, ipv6)) {
            return Err(refused(Errno::ENOENT, Reason::NoSuchSysctl { key: op.key.clone() }));
        }
    }
    if is_boolean(&op.key) {
        // `proc_dointvec` takes any number; anything else is refused.
        value.parse::<i32>().map_err(|_| refused(Errno::EINVAL, Reason::SysctlValue { key: op.key.clone() }))?;
    } else if !known(world, &op.ns, &op.key) {
        return Err(Stop::Unknown);
    }
    let forwarding = op.key == SysctlKey::ip_forward() || op.key.path() == "net/ipv4/conf/all/forwarding";
    // Nothing follows from writing what is there.
    let before = world.namespace(&op.ns).and_then(|namespace| namespace.sysctls.get(&op.key)).cloned();
    let is_there = before.as_ref() == Some(&value);
    write(world, &op.ns, &op.key, &value);
    if forwarding && !is_there {
        rewrite_forwarding(world, &op.ns, &value);
    }
    follow_default(world, &op.ns, &op.key, before.as_ref());
    if op.key.path() == "net/ipv6/conf/all/forwarding" {
        rewrite_forwarding_v6(world, &op.ns, &value);
    }
    if op.key.path().starts_with("net/ipv6/conf/") && op.key.path().ends_with("/disable_ipv6") {
        disable_ipv6(world, op, before.as_ref())?;
    }
    Ok(())
}

fn write(world: &mut World, ns: &NsRef, key: &SysctlKey, value: &str) {
    if let Some(namespace) = world.namespace_mut(ns) {
        namespace.sysctls.insert(key.clone(), value.to_string());
    }
}

fn known(world: &World, ns: &NsRef, key: &SysctlKey) -> bool {
    world.namespace(ns).is_some_and(|namespace| namespace.sysctls.contains_key(key))
}

/// Switches that every kernel has, so that they need not be looked at before they are written.
fn is_boolean(key: &SysctlKey) -> bool {
    let parts: Vec<&str> = key.parts().iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["net", "ipv4", "ip_forward"] => true,
        ["net", "ipv4", "conf", _, name] => IPV4_SWITCHES.contains(name),
        ["net", "ipv6", "conf", _, name] => IPV6_SWITCHES.contains(name),
        _ => false,
    }
}

/// Those of each link, of all, and of links to come, for IPv4.
const IPV4_SWITCHES: &[&str] = &[
    "accept_redirects",
    "arp_announce",
    "arp_ignore",
    "forwarding",
    "promote_secondaries",
    "proxy_arp",
    "rp_filter",
    "send_redirects",
];

/// Those of each link, of all, and of links to come, for IPv6.
const IPV6_SWITCHES: &[&str] = &["accept_dad", "accept_ra", "disable_ipv6", "forwarding"];

/// The names of the settings and groups in a group of the host's, as far as the model knows any: the switches that every
/// kernel has, and the settings that were looked at or written.
pub fn setting_names(world: &World, group: &[String]) -> Vec<String> {
    let mut known: Vec<SysctlKey> = vec![SysctlKey::ip_forward()];
    let links = world.links_of(&NsRef::Host).map(|(_, link)| link.name.as_str());
    for of in ["all", "default"].into_iter().chain(links) {
        known.extend(IPV4_SWITCHES.iter().flat_map(|name| format!("net/ipv4/conf/{of}/{name}").parse()));
        known.extend(IPV6_SWITCHES.iter().flat_map(|name| format!("net/ipv6/conf/{of}/{name}").parse()));
    }
    known.extend(world.namespaces().flat_map(|(_, namespace)| namespace.sysctls.keys().cloned()));
    let inside = |key: &SysctlKey| Some(key.parts().strip_prefix(group)?.first()?.clone());
    let mut names: Vec<String> = known.iter().filter_map(inside).collect();
    names.sort();
    names.dedup();
    names
}

/// Writing the namespace's switch writes that of every link, and a router does not believe in redirects
/// (`inet_forward_change` in `net/ipv4/devinet.c`).
fn rewrite_forwarding(world: &mut World, ns: &NsRef, value: &str) {
    let switch = if value == "0" { "0" } else { value };
    let links: Vec<String> = world.links_of(ns).map(|(_, link)| link.name.to_string()).collect();
    write(world, ns, &SysctlKey::ip_forward(), switch);
    for of in links.iter().map(String::as_str).chain(["all", "default"]) {
        if let Ok(key) = format!("net/ipv4/conf/{of}/forwarding").parse::<SysctlKey>()
            && known(world, ns, &key)
        {
            write(world, ns, &key, switch);
        }
    }
    if let Ok(key) = "net/ipv4/conf/all/accept_redirects".parse()
        && known(world, ns, &key)
    {
        write(world, ns, &key, if switch == "0" { "1" } else { "0" });
    }
}

/// Writing the namespace's switch writes that of every link and that of links to come, also where it was so before
/// (`addrconf_fixup_forwarding` in `net/ipv6/addrconf.c`).
fn rewrite_forwarding_v6(world: &mut World, ns: &NsRef, value: &str) {
    let Some(namespace) = world.namespace_mut(ns) else { return };
    for (key, known) in &mut namespace.sysctls {
        if matches!(key.parts(), [_, family, group, _, name] if family == "ipv6" && group == "conf" && name == "forwarding")
        {
            *known = value.to_owned();
        }
    }
}

/// What is written to `default` for IPv4 becomes that of the links, too, that never had an address and for which nobody
/// has written it (`devinet_copy_dflt_conf` in `net/ipv4/devinet.c`). Those that have one keep what they have, and so do
/// those for which something else was written; of the others it is not known.
fn follow_default(world: &mut World, ns: &NsRef, key: &SysctlKey, before: Option<&String>) {
    let [_, family, group, of, setting] = key.parts() else { return };
    if family != "ipv4" || group != "conf" || of != "default" || setting == "forwarding" {
        return;
    }
    let has_v4 = |link: &Link| link.addresses.iter().any(|address| !address.cidr.is_ipv6());
    let links: Vec<(IfName, bool)> = world.links_of(ns).map(|(_, link)| (link.name.clone(), has_v4(link))).collect();
    let Some(namespace) = world.namespace_mut(ns) else { return };
    for (link, keeps) in links {
        let Ok(own) = key.with_link(&link) else { continue };
        match before {
            Some(value) if keeps => drop(namespace.sysctls.entry(own).or_insert_with(|| value.clone())),
            Some(_) | None if keeps => {}
            Some(value) if namespace.sysctls.get(&own).is_some_and(|own| own != value) => {}
            Some(_) | None => drop(namespace.sysctls.remove(&own)),
        }
    }
}

/// The switch of all links writes that of each and that of links to come (`addrconf_disable_ipv6` in
/// `net/ipv6/addrconf.c`); a link that is switched off loses its addresses. Where that is not known,
/// it was on `before`.
fn disable_ipv6(world: &mut World, op: &SysctlOp, before: Option<&String>) -> Result<(), Stop> {
    let value = op.value.trim();
    let off = value != "0";
    match op.key.parts() {
        [_, _, _, of, _] if of == "all" => {
            let links: Vec<LinkId> = world.links_of(&op.ns).map(|(id, _)| id).collect();
            for id in links {
                if !addr::has_protocol(world, id, true) {
                    continue;
                }
                let key = disable_ipv6_key(world.link(id).name.as_str())?;
                let was_off = addr::ipv6_disabled(world, id);
                write(world, &op.ns, &key, value);
                if off != was_off {
                    switch_ipv6(world, id, off);
                }
            }
            write(world, &op.ns, &disable_ipv6_key("default")?, value);
            Ok(())
        }
        [_, _, _, of, _] if of == "default" => Ok(()),
        [_, _, _, of, _] => {
            let name = of.parse().map_err(|_| Stop::Unknown)?;
            let id = require_link(world, &op.ns, &name)?;
            if before.is_some_and(|before| before != "0") != off {
                switch_ipv6(world, id, off);
            }
            Ok(())
        }
        _ => Err(Stop::Unknown),
    }
}

/// The loopback device gets its own address back at once.
fn switch_ipv6(world: &mut World, id: LinkId, off: bool) {
    if off {
        addr::drop_family(world, id, true);
    } else if world.link(id).kind == Kind::Loopback && world.link(id).up {
        addr::add_loopback_v6(world, id);
    }
}

fn disable_ipv6_key(of: &str) -> Result<SysctlKey, Stop> {
    format!("net/ipv6/conf/{of}/disable_ipv6").parse().map_err(|_| Stop::Unknown)
}

/// A link is new in its namespace, and begins with the settings of `default`.
pub(super) fn inherit(world: &mut World, id: LinkId) {
    for ipv6 in [false, true] {
        inherit_family(world, id, ipv6);
    }
}

/// What a link begins with of one family (`ipv6_add_dev` in `net/ipv6/addrconf.c`), as far as anything follows from it.
pub(super) fn inherit_family(world: &mut World, id: LinkId, ipv6: bool) {
    if !ipv6 || !addr::has_protocol(world, id, ipv6) {
        return;
    }
    let link = world.link(id);
    let (ns, name) = (link.ns.clone(), link.name.to_string());
    let Ok(default) = disable_ipv6_key("default") else { return };
    let inherited = world.namespace(&ns).and_then(|namespace| namespace.sysctls.get(&default)).cloned();
    if let (Some(value), Ok(key)) = (inherited, disable_ipv6_key(&name)) {
        write(world, &ns, &key, &value);
    }
}

/// A link is gone, and its settings with it.
pub(super) fn forget_link(world: &mut World, id: LinkId) {
    forget(world, id, None);
}

/// A link has no settings any more, or none of that family (`true` for IPv6).
pub(super) fn forget(world: &mut World, id: LinkId, ipv6: Option<bool>) {
    let link = world.link(id);
    let (ns, name) = (link.ns.clone(), link.name.to_string());
    if let Some(namespace) = world.namespace_mut(&ns) {
        namespace.sysctls.retain(|key, _| {
            key.link() != Some(name.as_str()) || ipv6.is_some_and(|ipv6| (key.parts()[1] == "ipv6") != ipv6)
        });
    }
}

/// A link has another name, and so have its settings.
pub(super) fn rename_link(world: &mut World, id: LinkId, new: &IfName) {
    let link = world.link(id);
    let (ns, old) = (link.ns.clone(), link.name.to_string());
    let Some(namespace) = world.namespace_mut(&ns) else { return };
    let moved: Vec<(SysctlKey, String)> = namespace
        .sysctls
        .iter()
        .filter(|(key, _)| key.link() == Some(old.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    for (key, value) in moved {
        namespace.sysctls.remove(&key);
        if let Ok(renamed) = key.with_link(new) {
            namespace.sysctls.insert(renamed, value);
        }
    }
}
