//! An outside observer: what iproute2, nft(8), sysctl(8) and the mount table say of this machine, in a form in which two
//! observations of equal networks are equal.
//!
//! Left out is what no two equal networks share: interface numbers, hardware addresses that nobody asked for, link-local
//! addresses made from them, timers, what was counted, states that settle by themselves (carrier, duplicate address
//! detection), what a bridge has learnt of ports that are gone, and whether a link without a queue has ever been up.

use std::{collections::BTreeMap, fs, process::Command};

use serde_json::Value;

/// What is seen, by namespace and question.
pub type Observation = BTreeMap<String, Vec<String>>;

/// Looks at everything that can be seen from here.
pub fn observe() -> Observation {
    let mut seen = Observation::new();
    let listed = run("ip", &["netns", "list"]);
    let mut names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    names.sort_unstable();
    seen.insert("namespaces".into(), names.iter().map(ToString::to_string).collect());
    seen.insert("mounts".into(), mounts());
    for name in names.iter().map(|name| Some(*name)).chain([None]) {
        let label = name.unwrap_or("host");
        seen.insert(format!("{label}: links"), rows(name, &["-d", "link"], link));
        seen.insert(format!("{label}: addresses"), rows(name, &["addr"], addresses));
        seen.insert(format!("{label}: routes"), rows(name, &["-d", "route", "show", "table", "all"], route));
        seen.insert(
            format!("{label}: routes of IPv6"),
            rows(name, &["-d", "-6", "route", "show", "table", "all"], route),
        );
        seen.insert(format!("{label}: policy rules"), in_order(name, &["-d", "rule"]));
        seen.insert(format!("{label}: policy rules of IPv6"), in_order(name, &["-d", "-6", "rule"]));
        seen.insert(format!("{label}: settings"), settings(name));
        seen.insert(format!("{label}: rules of nft"), ruleset(name));
    }
    seen
}

/// The questions to which two observations give different answers, with what only one of them has.
pub fn compare(one: &Observation, other: &Observation) -> Vec<String> {
    let mut differences = Vec::new();
    for question in one.keys().chain(other.keys().filter(|key| !one.contains_key(*key))) {
        let empty = Vec::new();
        let (a, b) = (one.get(question).unwrap_or(&empty), other.get(question).unwrap_or(&empty));
        if a == b {
            continue;
        }
        differences.push(format!("{question}:"));
        differences.extend(a.iter().filter(|line| !b.contains(line)).map(|line| format!("  - {line}")));
        differences.extend(b.iter().filter(|line| !a.contains(line)).map(|line| format!("  + {line}")));
    }
    differences
}

fn rows(netns: Option<&str>, question: &[&str], keep: impl Fn(Value) -> Option<Value>) -> Vec<String> {
    let mut lines: Vec<String> =
        asked(netns, question).into_iter().filter_map(keep).map(|row| row.to_string()).collect();
    // The order of links is that of their numbers, which is nobody's choice.
    lines.sort();
    lines
}

/// The rows as they stand, each with its place: that of a policy rule decides.
fn in_order(netns: Option<&str>, question: &[&str]) -> Vec<String> {
    asked(netns, question).iter().enumerate().map(|(at, row)| format!("{at} {row}")).collect()
}

fn asked(netns: Option<&str>, question: &[&str]) -> Vec<Value> {
    let mut arguments = Vec::new();
    arguments.extend(netns.into_iter().flat_map(|name| ["-n", name]));
    arguments.push("-j");
    arguments.extend(question);
    let text = run("ip", &arguments);
    if text.trim().is_empty() { Vec::new() } else { serde_json::from_str(&text).unwrap() }
}

fn link(mut row: Value) -> Option<Value> {
    remove(&mut row, &["ifindex", "link_index", "operstate", "permaddr", "num_tx_queues", "num_rx_queues"]);
    drop_chosen_mac(&mut row);
    drop_settling_flags(&mut row);
    if matches!(row["qdisc"].as_str(), Some("noop" | "noqueue")) {
        remove(&mut row, &["qdisc"]);
    }
    // Of a vxlan that came from elsewhere, `ip` names the link that has the number of the one under it here.
    if row.get("link_netnsid").is_some()
        && let Some(data) = row.pointer_mut("/linkinfo/info_data")
    {
        remove(data, &["link"]);
    }
    // Once a port with a lesser one was in a bridge, it stays so.
    remove(&mut row, &["link_netnsid", "tso_max_size", "tso_max_segs"]);
    if let Some(data) = row.pointer_mut("/linkinfo/info_data") {
        remove(data, &["hello_timer", "tcn_timer", "topology_change_timer", "gc_timer", "root_id", "bridge_id"]);
        remove(data, &["fdb_n_learned"]);
    }
    if let Some(data) = row.pointer_mut("/linkinfo/info_slave_data") {
        remove(data, &["state", "root_id", "bridge_id", "id", "no", "designated_port", "hold_timer"]);
        remove(data, &["message_age_timer", "forward_delay_timer", "topology_change_ack"]);
    }
    Some(row)
}

fn addresses(mut row: Value) -> Option<Value> {
    remove(&mut row, &["ifindex", "link_index", "link_netnsid", "operstate", "permaddr", "qdisc", "group"]);
    drop_chosen_mac(&mut row);
    drop_settling_flags(&mut row);
    if let Some(list) = row.get_mut("addr_info").and_then(Value::as_array_mut) {
        list.retain(|address| !is_made_by_kernel(address));
        for address in list {
            remove(address, &["tentative", "dadfailed", "valid_life_time", "preferred_life_time"]);
        }
    }
    Some(row)
}

/// A link-local address with a host part from the hardware address.
fn is_made_by_kernel(address: &Value) -> bool {
    address["local"].as_str().is_some_and(|local| local.starts_with("fe80::") && local.len() > "fe80::ffff".len())
}

fn route(mut row: Value) -> Option<Value> {
    let destination = row["dst"].as_str().unwrap_or_default();
    if destination.starts_with("fe80:") || destination == "ff00::/8" || row["type"] == "anycast" {
        return None;
    }
    // The kernel's local table follows the addresses; of IPv6 only once they are no longer tentative.
    if row["table"] == "local" && destination.contains(':') {
        return None;
    }
    remove(&mut row, &["flags"]);
    Some(row)
}

/// An address is kept where the last byte is small: those that people and tests write.
fn drop_chosen_mac(row: &mut Value) {
    let asked = |mac: &str| mac.starts_with("02:00:00:00:00:");
    if !row["address"].as_str().is_some_and(asked) {
        remove(row, &["address"]);
    }
}

fn drop_settling_flags(row: &mut Value) {
    if let Some(flags) = row.get_mut("flags").and_then(Value::as_array_mut) {
        flags.retain(|flag| !matches!(flag.as_str(), Some("LOWER_UP" | "NO-CARRIER" | "M-DOWN")));
    }
}

fn remove(row: &mut Value, keys: &[&str]) {
    if let Some(object) = row.as_object_mut() {
        for key in keys {
            object.remove(*key);
        }
    }
}

/// Settings that change by themselves.
const TICKING: [&str; 4] = [".base_reachable_time", ".tcp_fastopen_key", ".nf_conntrack_count", ".rpc_"];

/// All of `/proc/sys/net` that can be read.
fn settings(netns: Option<&str>) -> Vec<String> {
    let text = match netns {
        Some(name) => run("ip", &["netns", "exec", name, "sysctl", "-a"]),
        None => run("sysctl", &["-a"]),
    };
    let wanted = |line: &&str| line.starts_with("net.");
    let ticks = |line: &str| TICKING.iter().any(|name| line.contains(name));
    let mut lines: Vec<String> = text.lines().filter(wanted).filter(|line| !ticks(line)).map(String::from).collect();
    lines.sort();
    lines
}

/// The tables, each as one text with its chains and their rules in order, without what was counted. In which order
/// tables, and the chains of one, were made makes no difference.
fn ruleset(netns: Option<&str>) -> Vec<String> {
    let text = match netns {
        Some(name) => run("ip", &["netns", "exec", name, "nft", "-s", "list", "ruleset"]),
        None => run("nft", &["-s", "list", "ruleset"]),
    };
    let text: String = text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    let mut tables: Vec<String> = text.split_terminator("\n}\n").map(in_any_order).collect();
    tables.sort();
    tables
}

/// A table with its chains sorted.
fn in_any_order(table: &str) -> String {
    let (head, chains) = table.split_once('\n').unwrap_or((table, ""));
    let mut chains: Vec<&str> = chains.split("\n\n").map(|chain| chain.trim_matches('\n')).collect();
    chains.sort_unstable();
    format!("{head}\n{}", chains.join("\n"))
}

/// What is mounted below `/run`, by place and kind.
fn mounts() -> Vec<String> {
    let text = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let mut mounts: Vec<String> = text
        .lines()
        .filter_map(|line| {
            let (place, kind) = line.split_once(" - ")?;
            let target = place.split_whitespace().nth(4)?;
            let kind = kind.split_whitespace().next()?;
            // That the directory itself is a mount is how it is kept, not what is in it.
            (target.starts_with("/run/") && target != "/run/netns").then(|| format!("{target} {kind}"))
        })
        .collect();
    mounts.sort();
    mounts
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
