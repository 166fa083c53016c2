//! `brctl` of bridge-utils.

use super::Modern;

/// What a line without its first word comes down to.
pub(super) fn modern(words: &[&str]) -> Option<Modern> {
    Some(match words {
        ["addbr", bridge] => Modern::line(format!("ip link add {bridge} type bridge")),
        ["delbr", bridge] => Modern::line(format!("ip link del {bridge}")),
        ["addif", bridge, links @ ..] if !links.is_empty() => Modern {
            lines: links.iter().map(|link| format!("ip link set {link} master {bridge}")).collect(),
            notes: Vec::new(),
        },
        ["delif", _, links @ ..] if !links.is_empty() => Modern {
            lines: links.iter().map(|link| format!("ip link set {link} nomaster")).collect(),
            notes: Vec::new(),
        },
        ["show"] => Modern::line("ip link show type bridge")
            .note("`brctl show` lists the ports as well: `ip link show master BRIDGE` does"),
        ["show", bridge] => Modern::line(format!("ip link show master {bridge}")),
        ["showmacs", bridge] => Modern::line(format!("bridge fdb show br {bridge}")),
        ["showstp", bridge] => Modern::line(format!("ip -d link show {bridge}")),
        ["stp", bridge, state] => {
            let state = match *state {
                "on" | "yes" => 1,
                "off" | "no" => 0,
                _ => return None,
            };
            option(bridge, "stp_state", state)
        }
        ["setfd", bridge, seconds] => option(bridge, "forward_delay", hundredths(seconds)?),
        ["sethello", bridge, seconds] => option(bridge, "hello_time", hundredths(seconds)?),
        ["setmaxage", bridge, seconds] => option(bridge, "max_age", hundredths(seconds)?),
        ["setageing", bridge, seconds] => option(bridge, "ageing_time", hundredths(seconds)?),
        ["setbridgeprio", bridge, priority] => option(bridge, "priority", priority.parse().ok()?),
        ["setpathcost", _, port, cost] => port_option(port, "cost", cost.parse().ok()?),
        ["setportprio", _, port, priority] => port_option(port, "priority", priority.parse().ok()?),
        ["hairpin", _, port, state @ ("on" | "off")] => {
            Modern::line(format!("ip link set {port} type bridge_slave hairpin {state}"))
        }
        _ => return None,
    })
}

fn option(bridge: &str, name: &str, value: u32) -> Modern {
    Modern::line(format!("ip link set {bridge} type bridge {name} {value}"))
}

fn port_option(port: &str, name: &str, value: u32) -> Modern {
    Modern::line(format!("ip link set {port} type bridge_slave {name} {value}"))
}

/// `ip` counts in hundredths of a second.
fn hundredths(seconds: &str) -> Option<u32> {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let fraction: u32 = if fraction.len() <= 2 { format!("{fraction:0<2}").parse().ok()? } else { return None };
    whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(fraction)
}
