//! What somebody else sees of the network: `ip`, asked in JSON, and the files of the kernel.

use std::{process::Command, thread, time::Duration};

use serde_json::Value;

/// Runs a command line with `sh`; gives its output, or panics with what it said.
pub fn sh(line: &str) -> String {
    try_sh(line).unwrap_or_else(|said| panic!("`{line}`: {said}"))
}

/// Runs a command line with `sh`; gives its output, or what it said when it failed.
pub fn try_sh(line: &str) -> Result<String, String> {
    let output = Command::new("sh").args(["-c", line]).output().expect("there is a shell");
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// The named namespaces, the links, addresses and routes of the host and of each of them, and some settings, without
/// what differs from one time to the next. Numbers of links are replaced by names as far as `ip` does it.
///
/// Some of what IPv6 does comes a moment later, so that it is looked at until it stays the same.
pub fn world() -> Value {
    let mut before = world_now();
    loop {
        thread::sleep(Duration::from_millis(100));
        let now = world_now();
        if now == before {
            return now;
        }
        before = now;
    }
}

fn world_now() -> Value {
    let mut names: Vec<String> =
        sh("ip netns list").lines().filter_map(|line| line.split_whitespace().next()).map(String::from).collect();
    names.sort();
    let mut world = serde_json::Map::new();
    world.insert("host".into(), inside("ip", ""));
    for name in names {
        let inside = inside(&format!("ip -n {name}"), &format!("ip netns exec {name}"));
        world.insert(name, inside);
    }
    Value::Object(world)
}

fn inside(ip: &str, exec: &str) -> Value {
    let json = |words: &str| {
        let text = sh(&format!("{ip} {words}"));
        let mut value = if text.trim().is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        forget_what_varies(&mut value);
        value
    };
    let mut links = json("-j -d addr show");
    if let Some(links) = links.as_array_mut() {
        links.sort_by_key(|link| link["ifname"].as_str().map(String::from));
    }
    serde_json::json!({
        "links": links,
        "routes": json("-j -d -4 route show table all"),
        "routes6": json("-j -d -6 route show table all"),
        "forwarding": sh(&format!("{exec} cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding")),
    })
}

fn forget_what_varies(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for key in ["operstate", "ifindex", "link_index", "link_netnsid", "num_tx_queues", "num_rx_queues"] {
                map.remove(key);
            }
            // A bridge's identity is its address, its timers tick.
            if let Some(info) = map.get_mut("linkinfo").and_then(Value::as_object_mut) {
                info.remove("info_data");
                info.remove("info_slave_data");
            }
            // Those that the cases choose are 02:00:00:00:00:01 and the like.
            let random = |text: &str| text.len() == 17 && !text.starts_with("02:00:00:") && text != "00:00:00:00:00:00";
            if map.get("address").and_then(Value::as_str).is_some_and(random) {
                map.remove("address");
            }
            map.values_mut().for_each(forget_what_varies);
        }
        Value::Array(list) => {
            // Whether there is a carrier is noticed up to a second later.
            list.retain(|flag| !["NO-CARRIER", "LOWER_UP", "linkdown"].iter().any(|carrier| flag == carrier));
            // Link-local addresses come by themselves, some time after the link is up.
            list.retain(|entry| {
                let own = |key: &str| entry[key].as_str().is_some_and(|text| text.starts_with("fe80:"));
                !own("local") && !own("dst") && entry["dst"] != "ff00::/8"
            });
            list.iter_mut().for_each(forget_what_varies);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
