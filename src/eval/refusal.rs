//! Refusals in words: what is wrong, the word at fault, the line that made what is in the way, and what to type.

use std::net::IpAddr;

use crate::{
    codes::Code,
    commands::Arg,
    diag::{self, Diagnostic},
    model::{Kind, LinkId, Object, Reason, Refusal, World},
    net::{Cidr, IfName, NsName, NsRef, SysctlKey},
    ops::{LinkOp, Op, RouteOp, Step},
    source::{Sources, Span},
};

use super::{
    history::{self, Departure},
    policy,
};

/// What is said of something in the way that the script did not make.
pub const WAS_THERE: &str = "it was there before the script";

/// What a message can look things up in.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The texts, for numbers of lines.
    pub sources: &'a Sources,
    /// The world in which the change was refused.
    pub world: &'a World,
    /// What was done before.
    pub history: &'a [Step],
}

/// Why `op`, for which `statement` asked in these words, is refused.
pub fn explain(refusal: &Refusal, op: &Op, words: &[Arg], statement: Span, scene: &Scene<'_>) -> Diagnostic {
    let at = |name: &str| word(words, name).unwrap_or(statement);
    match &refusal.reason {
        Reason::NoSuchNetns { name } => no_such_netns(name.as_str(), at(name.as_str()), scene),
        Reason::NoNamespace { name } => no_namespace(name, at(name.as_str())),
        Reason::NoSuchProcess { pid } => no_such_process(*pid, at(&pid.to_string())),
        Reason::NetnsExists { name } => netns_exists(name, at(name.as_str()), scene),
        Reason::NoSuchLink { ns, name } => no_such_link(ns, name, at(name.as_str()), scene),
        Reason::LinkExists { ns, name } => link_exists(ns, name, at(name.as_str()), op, scene),
        Reason::Exists(object) => exists(object, words, statement, scene),
        Reason::NotThere(object) => not_there(object, op, words, statement, scene),
        Reason::LinkDown { link } => link_down(*link, op, words, statement, scene),
        Reason::LinkUp { link } => {
            let link = scene.world.link(*link);
            refused(format!("link `{}` is up, and must be down for this", link.name))
                .label(at(link.name.as_str()), "it is up")
                .help(format!("set it down first: `{} link set {} down`", ip(&link.ns), link.name))
        }
        Reason::GatewayUnreachable { gateway } => gateway_unreachable(*gateway, op, words, statement, scene),
        Reason::GatewayIsOwn { gateway } => {
            refused(format!("the gateway {gateway} is an address of {} itself", place(op.ns())))
                .label(value(words, &gateway.to_string()).unwrap_or(statement), "this is here, not the next router")
                .help("give the address of the router at the other end of the wire")
        }
        Reason::SourceNotOwn { source } => refused(format!("the source {source} is no address of {}", place(op.ns())))
            .label(value(words, &source.to_string()).unwrap_or(statement), "no link here has this address")
            .help(own_addresses(op.ns(), scene).map_or_else(
                || format!("add it first: `{} addr add {source}/24 dev LINK`", ip(op.ns())),
                |own| format!("addresses here are {own}"),
            )),
        Reason::HostBits { destination } => {
            let network = destination.network();
            refused(format!("`{destination}` is an address, not a network: bits behind the prefix are set"))
                .label(
                    value(words, &destination.to_string()).unwrap_or(statement),
                    "not the first address of a network",
                )
                .help(format!("for the whole network type `{network}`, for the one host `{}`", destination.addr()))
        }
        Reason::MtuRange { min, max } => {
            refused(format!("the MTU must be between {min} and {max} bytes for this link"))
                .label(behind(words, "mtu").unwrap_or(statement), format!("not within {min}–{max}"))
        }
        Reason::BadMac => refused("this cannot be the hardware address of a link")
            .label(behind(words, "address").unwrap_or(statement), "a group's address, or all zero")
            .help("the first byte must be even; `02:…` marks an address chosen by hand: `02:00:00:00:00:01`"),
        Reason::NotAMaster { master } => not_a_master(*master, words, statement, scene),
        Reason::VniInUse { link, id, port } => vni_in_use(*link, *id, *port, words, statement, scene),
        Reason::IsAbove { link, master } => {
            let (link, master) = (&scene.world.link(*link).name, &scene.world.link(*master).name);
            refused(format!("link `{link}` cannot be a port of `{master}`, which carries it"))
                .label(at(link.as_str()), "its packets leave through the bridge itself")
                .help(format!("let it leave through another link: `link add {link} type vxlan … dev LINK`"))
        }
        Reason::NotAPort { link } => {
            let name = &scene.world.link(*link).name;
            refused(format!("link `{name}` cannot be a port of a bridge"))
                .label(at(name.as_str()), "the loopback device and bridges themselves cannot")
                .help("join it by a veth pair with one end on the bridge")
        }
        Reason::CannotMove { link } => {
            let name = &scene.world.link(*link).name;
            refused(format!("link `{name}` cannot be moved to another namespace"))
                .label(at(name.as_str()), "it stays where it is")
                .help("every namespace has a loopback device of its own; to join two, use a veth pair")
        }
        Reason::CannotDelete { link } => {
            let name = &scene.world.link(*link).name;
            refused(format!("link `{name}` cannot be deleted"))
                .label(at(name.as_str()), "it lives as long as its namespace")
        }
        Reason::Ipv6Disabled { link } => {
            let link = scene.world.link(*link);
            refused(format!("IPv6 is switched off on link `{}`", link.name))
                .label(at(link.name.as_str()), "no IPv6 here")
                .help(format!("`sysctl -w net.ipv6.conf.{}.disable_ipv6=0`", link.name))
        }
        Reason::NoNextHop => refused("this route leads nowhere: it has neither a gateway nor a link")
            .label(statement, "where to?")
            .help("say over which router, `via ADDRESS`, or through which link, `dev NAME`"),
        Reason::SysctlValue { key } => refused(format!("the setting `{key}` takes a number"))
            .label(words.last().map_or(statement, |arg| arg.span), "not a number"),
        Reason::NoSuchSysctl { key } => no_such_setting(key, None, words, statement),
        Reason::NoSuchTable { .. }
        | Reason::NoSuchChain { .. }
        | Reason::NoSuchRule { .. }
        | Reason::ChainExists { .. }
        | Reason::ChainInUse { .. } => super::rules::explain(&refusal.reason, op, words, statement, scene),
        Reason::Kernel { message } => {
            let mut diagnostic = refused(format!("the kernel refuses this: {}", refusal.errno.desc().to_lowercase()))
                .label(statement, format!("`{op}`"));
            diagnostic.notes.extend(message.as_ref().map(|words| format!("the kernel says: {words}")));
            diagnostic
        }
    }
}

/// The kernel's refusal, in words.
pub fn refused(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::KernelRefused, message)
}

/// There is no such setting.
pub fn no_such_setting(key: &SysctlKey, near: Option<&SysctlKey>, words: &[Arg], statement: Span) -> Diagnostic {
    let at = containing(words, &key.to_string()).or_else(|| containing(words, &key.path())).unwrap_or(statement);
    let diagnostic =
        Diagnostic::error(Code::NotFound, format!("there is no setting `{key}`")).label(at, "no such setting");
    let diagnostic = match key.link() {
        Some(link) => diagnostic.note(format!("the settings of link `{link}` are there only while the link is")),
        None => diagnostic,
    };
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

/// No namespace has that name.
pub fn no_such_netns(name: &str, at: Span, scene: &Scene<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(Code::NotFound, format!("there is no namespace `{name}`"));
    if let Some(deleted) = history::netns_deleted(scene.history, name) {
        let line = scene.sources.line_of(deleted);
        return diagnostic
            .label(at, "not any more")
            .label(deleted, "deleted here")
            .help(format!("it was deleted at line {line}; make it again: `netns add {name}`"));
    }
    let names = scene.world.namespaces().filter_map(|(ns, _)| ns.name()).map(NsName::as_str);
    let near = diag::nearest(name, names);
    if near.is_none() && name.parse::<u32>().is_ok() {
        return diagnostic
            .label(at, "no namespace has this name, and a process cannot stand for one here")
            .help(format!("give the namespace of process {name} a name: `netns attach NAME {name}`"));
    }
    let help =
        near.map_or_else(|| format!("make it first: `netns add {name}`"), |near| format!("did you mean `{near}`?"));
    diagnostic.label(at, "no namespace has this name").help(help)
}

fn netns_exists(name: &NsName, at: Span, scene: &Scene<'_>) -> Diagnostic {
    let diagnostic = refused(format!("there is a namespace `{name}` already")).label(at, "this name is taken");
    let diagnostic = match history::netns_made(scene.history, name) {
        Some(made) => diagnostic.label(made, "made here"),
        None => diagnostic.note(WAS_THERE),
    };
    diagnostic.help(format!("choose another name, or delete it first: `netns del {name}`"))
}

/// A name stands for nothing.
fn no_namespace(name: &NsName, at: Span) -> Diagnostic {
    refused(format!("nothing can enter `{name}`: it is a name without a namespace"))
        .label(at, "an empty file, on which no namespace is mounted")
        .note("this is what `umount` leaves, and an `ip netns add` that was interrupted")
        .help(format!("take the name away with `netns del {name}`; `netns add {name}` then makes it anew"))
}

/// There is no such process.
pub fn no_such_process(pid: u32, at: Span) -> Diagnostic {
    Diagnostic::error(Code::NotFound, format!("there is no process {pid}"))
        .label(at, "no process has this id")
        .help("`pgrep PROGRAM` tells the ids of the processes that run a program")
}

/// There is no link of that name there.
pub fn no_such_link(ns: &NsRef, name: &IfName, at: Span, scene: &Scene<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(Code::NotFound, format!("there is no link `{name}` in {}", place(ns)));
    if let Some((gone, how)) = history::link_gone(scene.history, ns, name) {
        let line = scene.sources.line_of(gone);
        return match how {
            Departure::Deleted => diagnostic
                .label(at, "not any more")
                .label(gone, "deleted here")
                .help(format!("it was deleted at line {line}")),
            Departure::Moved(to) => diagnostic
                .label(at, "not any more")
                .label(gone, format!("moved to {} here", place(&to)))
                .help(format!("it is in {} (moved at line {line}): `{} …`", place(&to), ip(&to))),
            Departure::Renamed(new) => diagnostic
                .label(at, "not any more")
                .label(gone, "renamed here")
                .help(format!("it is called `{new}` since line {line}")),
        };
    }
    let diagnostic = diagnostic.label(at, "no link here has this name");
    let here: Vec<&str> = scene.world.links_of(ns).map(|(_, link)| link.name.as_str()).collect();
    let known = || format!("links here are {}", listed(here.iter().map(|name| format!("`{name}`"))));
    let elsewhere = scene.world.links().find(|(_, link)| link.name == *name && link.ns != *ns);
    if let Some((_, link)) = elsewhere {
        // Many namespaces may have an `eth0`: then one of this namespace may be meant, by another name.
        let diagnostic = if here.iter().all(|name| *name == "lo") { diagnostic } else { diagnostic.note(known()) };
        return diagnostic.help(format!("it is in {}: `{} …`", place(&link.ns), ip(&link.ns)));
    }
    match diag::nearest(name.as_str(), here.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if here.is_empty() => diagnostic,
        None => diagnostic.note(known()),
    }
}

fn link_exists(ns: &NsRef, name: &IfName, at: Span, op: &Op, scene: &Scene<'_>) -> Diagnostic {
    let diagnostic =
        refused(format!("there is a link `{name}` in {} already", place(ns))).label(at, "this name is taken there");
    let diagnostic = match history::link_made(scene.history, ns, name) {
        Some(made) => diagnostic.label(made, "it came here"),
        None => diagnostic.note(WAS_THERE),
    };
    match op {
        Op::Link(LinkOp::Set { changes, .. }) if changes.netns.is_some() => {
            diagnostic.help(format!("rename it on the way: `link set {name} netns {ns} name NEW`"))
        }
        Op::Link(_) | Op::Netns(_) | Op::Addr(_) | Op::Route(_) | Op::Rule(_) | Op::Sysctl(_) | Op::Netfilter(_) => {
            diagnostic.help(format!("choose another name, or delete it first: `{} link del {name}`", ip(ns)))
        }
    }
}

fn exists(object: &Object, words: &[Arg], statement: Span, scene: &Scene<'_>) -> Diagnostic {
    match object {
        Object::Address { link, cidr } => {
            let link = scene.world.link(*link);
            let diagnostic = refused(format!("link `{}` has the address {cidr} already", link.name))
                .label(value(words, &cidr.to_string()).unwrap_or(statement), "it is there");
            match history::address_added(scene.history, &link.ns, &link.name, *cidr) {
                Some(added) => diagnostic.label(added, "added here"),
                None => diagnostic.note(WAS_THERE),
            }
            .help("leave this line out")
        }
        Object::Route { ns, destination, gateway, metric } => {
            let way = gateway.map_or_else(String::new, |gateway| format!(" via {gateway}"));
            let diagnostic = refused(format!("{} has a route to {}{way} already", place(ns), target(*destination)))
                .label(destination_word(words, *destination).unwrap_or(statement), "the same destination and metric");
            let diagnostic = match history::route_added(scene.history, ns, *destination, *gateway) {
                Some(added) => diagnostic.label(added, "added here"),
                None => diagnostic.note("it came with an address, or was there before the script"),
            };
            diagnostic.help(format!(
                "put the new one in its place with `route replace …`, or beside it with `metric {}`",
                metric.saturating_add(100)
            ))
        }
        Object::Rule { ns, rule } => policy::exists(ns, rule, words, statement, scene),
    }
}

fn not_there(object: &Object, op: &Op, words: &[Arg], statement: Span, scene: &Scene<'_>) -> Diagnostic {
    match object {
        Object::Address { link, cidr } => {
            let link = scene.world.link(*link);
            let diagnostic = Diagnostic::error(Code::NotFound, format!("link `{}` has no address {cidr}", link.name))
                .label(
                    value(words, &cidr.to_string())
                        .or_else(|| value(words, &cidr.addr().to_string()))
                        .unwrap_or(statement),
                    "not among its addresses",
                );
            if let Some(other) = link.addresses.iter().find(|address| address.cidr.addr() == cidr.addr()) {
                return diagnostic.help(format!("its prefix length differs: `{}`", other.cidr));
            }
            let has = listed(link.addresses.iter().map(|address| address.cidr.to_string()));
            if has.is_empty() { diagnostic.note("it has none") } else { diagnostic.note(format!("it has {has}")) }
        }
        Object::Route { ns, destination, gateway, .. } => {
            let way = gateway.map_or_else(String::new, |gateway| format!(" via {gateway}"));
            let message = format!("{} has no route to {}{way}", place(ns), target(*destination));
            let diagnostic = Diagnostic::error(Code::NotFound, message)
                .label(destination_word(words, *destination).unwrap_or(statement), "no such route");
            let routes = scene.world.namespace(ns).map(|namespace| namespace.routes.as_slice()).unwrap_or_default();
            let known = listed(routes.iter().map(|route| target(route.destination)));
            let is_change = matches!(op, Op::Route(RouteOp::Add { .. }));
            let diagnostic = if known.is_empty() {
                diagnostic.note("there are none")
            } else {
                diagnostic.note(format!("there are routes to {known}"))
            };
            if is_change { diagnostic.help("`route replace …` also makes a new one") } else { diagnostic }
        }
        Object::Rule { ns, rule } => policy::not_there(ns, rule, words, statement, scene),
    }
}

fn link_down(link: LinkId, op: &Op, words: &[Arg], statement: Span, scene: &Scene<'_>) -> Diagnostic {
    let link = scene.world.link(link);
    let name = link.name.as_str();
    let gateway = match op {
        Op::Route(RouteOp::Add { route, .. }) => route.gateway,
        Op::Route(RouteOp::Del { .. })
        | Op::Netns(_)
        | Op::Link(_)
        | Op::Addr(_)
        | Op::Rule(_)
        | Op::Sysctl(_)
        | Op::Netfilter(_) => None,
    };
    let at = word(words, name)
        .or_else(|| gateway.and_then(|gateway| value(words, &gateway.to_string())))
        .unwrap_or(statement);
    let diagnostic =
        refused(format!("link `{name}` in {} is down", place(&link.ns))).label(at, "down: nothing can go this way");
    let diagnostic = match history::link_set_down(scene.history, &link.ns, &link.name)
        .map(|span| (span, "set down here"))
        .or_else(|| history::link_made(scene.history, &link.ns, &link.name).map(|span| (span, "came here, down")))
    {
        Some((span, how)) => diagnostic.label(span, how),
        None => diagnostic,
    };
    diagnostic.help(format!("set it up first: `{} link set {name} up`", ip(&link.ns)))
}

fn gateway_unreachable(gateway: IpAddr, op: &Op, words: &[Arg], statement: Span, scene: &Scene<'_>) -> Diagnostic {
    let ns = op.ns();
    let diagnostic = refused(format!("nothing in {} leads to the gateway {gateway}", place(ns)))
        .label(value(words, &gateway.to_string()).unwrap_or(statement), "no connected network holds this address");
    let down = scene
        .world
        .links_of(ns)
        .find(|(_, link)| !link.up && link.addresses.iter().any(|address| address.cidr.contains(gateway)));
    if let Some((_, link)) = down {
        return diagnostic
            .note(format!("link `{}` has an address of that network, but it is down", link.name))
            .help(format!("set it up first: `{} link set {} up`", ip(ns), link.name));
    }
    if let Some((network, table)) = policy::unasked(ns, gateway, scene) {
        return diagnostic
            .note(format!("table {table} has a route to {network}, and no policy rule asks it about this gateway"))
            .help(format!("have it asked first: `{} rule add to {network} table {table}`", ip(ns)));
    }
    let diagnostic = match own_addresses(ns, scene) {
        Some(own) => diagnostic.note(format!("addresses here are {own}")),
        None => diagnostic.note("no link here has an address"),
    };
    let len = if gateway.is_ipv4() { 24 } else { 64 };
    let network =
        Cidr::new(gateway, len).map(Cidr::network).map_or_else(|_| gateway.to_string(), |net| net.to_string());
    let link = scene.world.links_of(ns).find(|(_, link)| link.up && link.name != IfName::loopback());
    let link = link.map_or("LINK", |(_, link)| link.name.as_str());
    diagnostic.help(format!(
        "add an address of its network first, one of {network}: `{} addr add ADDRESS/{len} dev {link}`",
        ip(ns)
    ))
}

/// A number and a port tell a vxlan from another, in the namespace where they were made.
fn vni_in_use(link: LinkId, id: u32, port: u16, words: &[Arg], statement: Span, scene: &Scene<'_>) -> Diagnostic {
    let link = scene.world.link(link);
    let at = ["id", "vni"].iter().find_map(|keyword| behind(words, keyword)).unwrap_or(statement);
    let diagnostic = refused(format!("there is a vxlan with the number {id} on port {port} already: `{}`", link.name))
        .label(at, "taken, whatever else is different");
    let diagnostic = match history::link_made(scene.history, &link.ns, &link.name) {
        Some(made) => diagnostic.label(made, "by the link of this line"),
        None => diagnostic.note(WAS_THERE),
    };
    diagnostic.help(format!(
        "take another number or another `dstport`, or delete it first: `{} link del {}`",
        ip(&link.ns),
        link.name
    ))
}

fn not_a_master(master: LinkId, words: &[Arg], statement: Span, scene: &Scene<'_>) -> Diagnostic {
    let link = scene.world.link(master);
    let bridges = scene.world.links_of(&link.ns).filter(|(_, link)| link.kind == Kind::Bridge);
    let bridges = listed(bridges.map(|(_, link)| format!("`{}`", link.name)));
    let diagnostic = refused(format!("link `{}` takes no ports: it is not a bridge", link.name))
        .label(word(words, link.name.as_str()).unwrap_or(statement), "not a bridge");
    if bridges.is_empty() {
        diagnostic.help(format!("make one first: `{} link add NAME type bridge`", ip(&link.ns)))
    } else {
        diagnostic.help(format!("bridges here are {bridges}"))
    }
}

/// The addresses of a namespace other than the loopback device's, for a sentence; `None` if there are none.
fn own_addresses(ns: &NsRef, scene: &Scene<'_>) -> Option<String> {
    let links = scene.world.links_of(ns).filter(|(_, link)| link.name != IfName::loopback());
    let all = listed(links.flat_map(|(_, link)| {
        link.addresses.iter().map(|address| format!("{} (`{}`)", address.cidr, link.name)).collect::<Vec<_>>()
    }));
    (!all.is_empty()).then_some(all)
}

/// `a, b and c`; of more than eight only how many more there are.
pub fn listed(items: impl IntoIterator<Item = String>) -> String {
    const SHOWN: usize = 8;
    let mut items: Vec<String> = items.into_iter().collect();
    if items.len() > SHOWN {
        let more = items.len() - SHOWN;
        items.truncate(SHOWN);
        items.push(format!("{more} more"));
    }
    match items.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A namespace in a sentence.
pub fn place(ns: &NsRef) -> String {
    match ns {
        NsRef::Host => "the host".into(),
        NsRef::Named(name) => format!("namespace `{name}`"),
        NsRef::Process(pid) => format!("the namespace of process {pid}"),
    }
}

fn ip(ns: &NsRef) -> String {
    match ns {
        NsRef::Host => "ip".into(),
        NsRef::Named(name) => format!("ip -n {name}"),
        NsRef::Process(pid) => format!("nsenter --net=/proc/{pid}/ns/net ip"),
    }
}

fn target(destination: Cidr) -> String {
    if destination.is_default() { "`default`".into() } else { format!("`{destination}`") }
}

/// The last word that is that name: in `link set veth0 name veth1` either name stands once, and in
/// `netns exec red ip link set red up` the object comes last.
fn word(words: &[Arg], name: &str) -> Option<Span> {
    let is_it = |arg: &&Arg| arg.text == name;
    // The end of a cable: `red:veth-red`.
    let is_part = |arg: &&Arg| arg.text.split_once(':').is_some_and(|(netns, link)| netns == name || link == name);
    words.iter().rev().find(is_it).or_else(|| words.iter().rev().find(is_part)).map(|arg| arg.span)
}

/// The word that is that value, with or without its prefix length.
fn value(words: &[Arg], value: &str) -> Option<Span> {
    let bare = value.split('/').next().unwrap_or(value);
    word(words, value).or_else(|| word(words, bare)).or_else(|| containing(words, value))
}

fn containing(words: &[Arg], part: &str) -> Option<Span> {
    words.iter().rev().find(|arg| arg.text.contains(part)).map(|arg| arg.span)
}

/// The word behind a keyword.
pub fn behind(words: &[Arg], keyword: &str) -> Option<Span> {
    let at = words.iter().position(|arg| arg.text == keyword)?;
    words.get(at + 1).map(|arg| arg.span)
}

fn destination_word(words: &[Arg], destination: Cidr) -> Option<Span> {
    if destination.is_default() { word(words, "default") } else { value(words, &destination.to_string()) }
}
