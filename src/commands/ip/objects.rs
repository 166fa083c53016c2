//! The objects of `ip` and their commands (`cmds[]` in `ip/ip.c`; `do_…` in `ip/iplink.c`, `ipaddress.c`, `iproute.c`,
//! `iprule.c`, `ipneigh.c`, `ipnetns.c`).

use crate::commands::spec::{Keyword, exact, prefix};

/// A command of an object: the word of iproute2, and the verb of our table.
pub type Verb = (Keyword, &'static str);

/// An object: the word of iproute2, the noun of our table, and its commands.
pub struct Object {
    /// iproute2's word.
    pub word: &'static str,
    /// The noun of our table, if it has one.
    pub noun: Option<&'static str>,
    /// Its commands.
    pub verbs: &'static [Verb],
    /// The verb that stands for none.
    pub silent: &'static str,
}

const fn other(word: &'static str) -> Object {
    Object { word, noun: None, verbs: &[], silent: "" }
}

/// The objects in the order of `cmds[]` in `ip/ip.c`; any beginning of a word will do.
pub const OBJECTS: &[Object] = &[
    Object { word: "address", noun: Some("addr"), verbs: ADDRESS, silent: "show" },
    other("addrlabel"),
    other("maddress"),
    Object { word: "route", noun: Some("route"), verbs: ROUTE, silent: "show" },
    Object { word: "rule", noun: Some("rule"), verbs: RULE, silent: "show" },
    Object { word: "neighbor", noun: Some("neigh"), verbs: NEIGHBOUR, silent: "show" },
    Object { word: "neighbour", noun: Some("neigh"), verbs: NEIGHBOUR, silent: "show" },
    other("ntable"),
    other("ntbl"),
    Object { word: "link", noun: Some("link"), verbs: LINK, silent: "show" },
    other("l2tp"),
    other("fou"),
    other("ila"),
    other("macsec"),
    other("tunnel"),
    other("tunl"),
    other("tuntap"),
    other("tap"),
    other("token"),
    other("tcpmetrics"),
    other("tcp_metrics"),
    other("monitor"),
    other("xfrm"),
    other("mroute"),
    other("mrule"),
    Object { word: "netns", noun: Some("netns"), verbs: NETNS, silent: "list" },
    other("netconf"),
    other("vrf"),
    other("sr"),
    other("nexthop"),
    other("mptcp"),
    other("ioam"),
    other("help"),
    other("stats"),
];

const ADDRESS: &[Verb] = &[
    (prefix("add"), "add"),
    (prefix("change"), "change"),
    (exact("chg"), "change"),
    (prefix("replace"), "replace"),
    (prefix("delete"), "del"),
    (prefix("list"), "show"),
    (prefix("show"), "show"),
    (prefix("lst"), "show"),
    (prefix("flush"), "flush"),
    (prefix("save"), "save"),
    (prefix("showdump"), "showdump"),
    (prefix("restore"), "restore"),
    (prefix("help"), "help"),
];

const LINK: &[Verb] = &[
    (prefix("add"), "add"),
    (prefix("set"), "set"),
    (prefix("change"), "set"),
    (prefix("replace"), "replace"),
    (prefix("delete"), "del"),
    (prefix("show"), "show"),
    (prefix("lst"), "show"),
    (prefix("list"), "show"),
    (prefix("xstats"), "xstats"),
    (prefix("afstats"), "afstats"),
    (prefix("property"), "property"),
    (prefix("help"), "help"),
];

const ROUTE: &[Verb] = &[
    (prefix("add"), "add"),
    (prefix("change"), "change"),
    (exact("chg"), "change"),
    (prefix("replace"), "replace"),
    (prefix("prepend"), "prepend"),
    (prefix("append"), "append"),
    (prefix("test"), "test"),
    (prefix("delete"), "del"),
    (prefix("list"), "show"),
    (prefix("show"), "show"),
    (prefix("lst"), "show"),
    (prefix("get"), "get"),
    (prefix("flush"), "flush"),
    (prefix("save"), "save"),
    (prefix("restore"), "restore"),
    (prefix("showdump"), "showdump"),
    (prefix("help"), "help"),
];

/// In the order of `do_iprule` in `ip/iprule.c`.
const RULE: &[Verb] = &[
    (prefix("list"), "show"),
    (prefix("lst"), "show"),
    (prefix("show"), "show"),
    (prefix("save"), "save"),
    (prefix("restore"), "restore"),
    (prefix("add"), "add"),
    (prefix("delete"), "del"),
    (prefix("flush"), "flush"),
    (prefix("help"), "help"),
];

const NEIGHBOUR: &[Verb] = &[
    (prefix("add"), "add"),
    (prefix("change"), "change"),
    (exact("chg"), "change"),
    (prefix("replace"), "replace"),
    (prefix("delete"), "del"),
    (prefix("get"), "get"),
    (prefix("show"), "show"),
    (prefix("lst"), "show"),
    (prefix("list"), "show"),
    (prefix("flush"), "flush"),
    (prefix("help"), "help"),
];

const NETNS: &[Verb] = &[
    (prefix("list"), "list"),
    (prefix("show"), "list"),
    (prefix("lst"), "list"),
    (prefix("list-id"), "list-id"),
    (prefix("help"), "help"),
    (prefix("add"), "add"),
    (prefix("set"), "set"),
    (prefix("delete"), "del"),
    (prefix("identify"), "identify"),
    (prefix("pids"), "pids"),
    (prefix("exec"), "exec"),
    (prefix("monitor"), "monitor"),
    (prefix("attach"), "attach"),
];
