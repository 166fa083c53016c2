//! What happens, a line each.
//!
//! In: [`Event`]s. Out: lines as `red   veth-red up, carrier`; none for what is not worth a word.

use super::{
    hardware_address,
    table::{Paint, Style, address_text, kind_text},
};
use crate::{
    backend::{AddressFate, Change, Event},
    model::query::{IpFamily, LinkFlags, LinkRow, NeighbourRow, NeighbourState, RouteKind, RouteRow, RuleRow},
    net::NsRef,
    ops::RouteTable,
};

/// The width of the column of namespaces; a longer name has the more.
const COLUMN: usize = 8;

/// The line for what happened, without its end.
pub fn line(event: &Event, style: Style) -> Option<String> {
    let (text, paint) = told(&event.change)?;
    let ns = match (&event.ns, &event.change) {
        // Names are those of the machine.
        (_, Change::Netns { .. } | Change::TooMany { .. }) => "netns".into(),
        (NsRef::Host, _) => "host".into(),
        (ns, _) => ns.to_string(),
    };
    let blanks = " ".repeat(COLUMN.saturating_sub(ns.chars().count()).max(1));
    Some(format!("{}{blanks}{}", Paint::Name.apply(&ns, style), paint.apply(&text, style)))
}

fn told(change: &Change) -> Option<(String, Paint)> {
    let came = |is_new: bool| if is_new { "added" } else { "removed" };
    Some(match change {
        Change::LinkAdded(row) => (format!("link {} added: {}, {}", row.name, kind_text(row), state(row)), Paint::Good),
        Change::LinkRemoved(name) => (format!("link {name} removed"), Paint::Bad),
        Change::LinkChanged { before, after } => (link_changed(before, after)?, link_paint(after)),
        Change::Address { link, row, fate } => {
            let address = address_text(row);
            match fate {
                AddressFate::Added => (format!("addr {address} added on {link}"), Paint::Good),
                AddressFate::Ready => (format!("addr {address} on {link} may be used now"), Paint::Plain),
                AddressFate::Taken => (format!("addr {address} on {link} is in use by another host"), Paint::Bad),
                AddressFate::Removed => (format!("addr {address} removed from {link}"), Paint::Bad),
            }
        }
        Change::Route { row, is_new } => (format!("route {} {}", route(row), came(*is_new)), fate_paint(*is_new)),
        Change::PolicyRule { row, is_new } => (format!("rule {} {}", rule(row), came(*is_new)), fate_paint(*is_new)),
        Change::Neighbour { row, is_gone } => neighbour(row, *is_gone)?,
        Change::Rules { added: 0, removed: 0 } => ("tables or chains of rules changed".into(), Paint::Plain),
        Change::Rules { added, removed } => {
            let count = |rules: usize, what: &str| (rules > 0).then(|| format!("{rules} {what}"));
            let parts: Vec<String> = count(*added, "added").into_iter().chain(count(*removed, "removed")).collect();
            (format!("rules of nat and firewall: {}", parts.join(", ")), Paint::Plain)
        }
        Change::Forwarding { family, is_on } => {
            let (family, state) = (family_name(*family), if *is_on { "on" } else { "off" });
            (format!("forwarding of {family} {state}"), Paint::Plain)
        }
        Change::Netns { name, is_new } => (format!("{name} {}", came(*is_new)), fate_paint(*is_new)),
        Change::Unseen { why } => (format!("cannot be watched: {why}"), Paint::Warn),
        Change::TooMany { left } => {
            (format!("{left} namespaces are more than can be watched at once: name those that matter"), Paint::Warn)
        }
        Change::Missed => ("changes came faster than they could be read: some are not told".into(), Paint::Warn),
    })
}

fn fate_paint(is_new: bool) -> Paint {
    if is_new { Paint::Good } else { Paint::Bad }
}

fn family_name(family: IpFamily) -> &'static str {
    match family {
        IpFamily::V4 => "IPv4",
        IpFamily::V6 => "IPv6",
    }
}

/// Up or not, and with or without a carrier.
fn state(row: &LinkRow) -> &'static str {
    match (row.flags.has(LinkFlags::UP), row.flags.has(LinkFlags::RUNNING)) {
        (false, _) => "down",
        (true, false) => "up, no carrier",
        (true, true) => "up, carrier",
    }
}

fn link_paint(row: &LinkRow) -> Paint {
    match (row.flags.has(LinkFlags::UP), row.flags.has(LinkFlags::RUNNING)) {
        (false, _) => Paint::Bad,
        (true, false) => Paint::Warn,
        (true, true) => Paint::Good,
    }
}

fn link_changed(before: &LinkRow, after: &LinkRow) -> Option<String> {
    let mut parts = Vec::new();
    if before.name != after.name {
        parts.push(format!("is called {} now", after.name));
    }
    if state(before) != state(after) {
        let both_up = before.flags.has(LinkFlags::UP) && after.flags.has(LinkFlags::UP);
        let text = state(after);
        parts.push(if both_up { text.trim_start_matches("up, ").into() } else { text.into() });
    }
    if before.mtu != after.mtu {
        parts.extend(after.mtu.map(|mtu| format!("mtu {mtu}")));
    }
    match (&before.master, &after.master) {
        (one, other) if one == other => {}
        (_, Some(master)) => parts.push(format!("port of {master}")),
        (Some(master), None) => parts.push(format!("port of {master} no more")),
        (None, None) => {}
    }
    if before.address != after.address {
        parts.extend(after.address.as_deref().map(|address| format!("address {}", hardware_address(address))));
    }
    (!parts.is_empty()).then(|| format!("link {} {}", before.name, parts.join(", ")))
}

fn route(row: &RouteRow) -> String {
    let kind = match row.kind {
        RouteKind::UNICAST => None,
        kind => kind.word(),
    };
    let destination = row.destination.map(|address| format!("{address}/{}", row.destination_len));
    let table = (row.table != RouteTable::MAIN).then(|| format!("table {}", row.table));
    let metric = row.metric.filter(|metric| *metric != 0).map(|metric| format!("metric {metric}"));
    let hops = (row.nexthops.iter()).map(|hop| match hop.gateway.or(hop.via) {
        Some(gateway) => format!("nexthop via {gateway} dev {}", hop.link),
        None => format!("nexthop dev {}", hop.link),
    });
    let parts = [
        kind.map(str::to_owned),
        Some(destination.unwrap_or_else(|| "default".into())),
        row.gateway.or(row.via).map(|gateway| format!("via {gateway}")),
        row.link.as_ref().map(|link| format!("dev {link}")),
        metric,
        table,
    ];
    parts.into_iter().flatten().chain(hops).collect::<Vec<String>>().join(" ")
}

fn rule(row: &RuleRow) -> String {
    let prefix = |word: &str, address: Option<std::net::IpAddr>, len: u8| {
        address.map(|address| format!(" {word} {address}/{len}")).unwrap_or_default()
    };
    let (from, to) = (prefix("from", row.from, row.from_len), prefix("to", row.to, row.to_len));
    let mark = row.mark.map(|mark| format!(" fwmark {mark:#x}")).unwrap_or_default();
    let fate = match row.action {
        RuleRow::TO_TABLE => format!(" table {}", row.table),
        other => RouteKind(other).word().map(|word| format!(" {word}")).unwrap_or_default(),
    };
    format!("priority {}{from}{to}{mark}{fate}", row.priority)
}

/// Who answers, who does not, and who was forgotten.
fn neighbour(row: &NeighbourRow, is_gone: bool) -> Option<(String, Paint)> {
    let (address, link) = (row.address?, row.link.as_deref()?);
    let hardware = row.hardware_address.as_deref().map(hardware_address);
    Some(match hardware {
        _ if is_gone => (format!("neigh {address} on {link} forgotten"), Paint::Quiet),
        _ if row.state == NeighbourState::FAILED => (format!("neigh {address} on {link} does not answer"), Paint::Bad),
        Some(hardware) => (format!("neigh {address} on {link} is {hardware}"), Paint::Quiet),
        None => return None,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        model::query::{AddressRow, NextHop, RouteFlags},
        net::NsRef,
    };

    fn link(name: &str, flags: LinkFlags) -> Box<LinkRow> {
        Box::new(LinkRow { name: name.into(), kind: Some("veth".into()), mtu: Some(1500), flags, ..LinkRow::default() })
    }

    #[test]
    fn lines() {
        let red = || NsRef::Named("red".parse().unwrap());
        let up = LinkFlags::UP.with(LinkFlags::RUNNING);
        let changed = |before: &LinkRow, after: LinkRow| Change::LinkChanged {
            before: Box::new(before.clone()),
            after: Box::new(after),
        };
        let (down, dark, lit) = (link("v0", LinkFlags::default()), link("v0", LinkFlags::UP), link("v0", up));
        let port = LinkRow { master: Some("br0".into()), ..(*lit).clone() };
        let address = |fate| Change::Address {
            link: "v0".into(),
            row: Box::new(AddressRow::new("10.0.0.1".parse().unwrap(), 24)),
            fate,
        };
        let gateway = Some("10.0.0.254".parse().unwrap());
        let default = RouteRow { gateway, link: Some("v0".into()), ..RouteRow::new(IpFamily::V4) };
        let hop = |link: &str| NextHop {
            gateway,
            via: None,
            link: link.into(),
            weight: 1,
            realms: None,
            flags: RouteFlags::default(),
        };
        let other = RouteRow {
            destination: Some("fd00::".parse().unwrap()),
            destination_len: 64,
            metric: Some(5),
            table: RouteTable(7),
            nexthops: vec![hop("a"), hop("b")],
            ..RouteRow::new(IpFamily::V6)
        };
        let dropped =
            RouteRow { kind: RouteKind::BLACKHOLE, table: RouteTable::MAIN, nexthops: Vec::new(), ..other.clone() };
        let policy =
            RuleRow { priority: 100, from: gateway, from_len: 32, table: RouteTable(7), ..RuleRow::new(IpFamily::V4) };
        let known = NeighbourRow {
            address: gateway,
            link: Some("v0".into()),
            hardware_address: Some(vec![2, 0, 0, 0, 0, 1]),
            ..NeighbourRow::new(NeighbourState::REACHABLE)
        };
        let failed = NeighbourRow { state: NeighbourState::FAILED, ..known.clone() };
        let asked = NeighbourRow { hardware_address: None, state: NeighbourState::INCOMPLETE, ..known.clone() };
        let changes = [
            Change::Netns { name: "red".parse().unwrap(), is_new: true },
            Change::LinkAdded(down.clone()),
            changed(&down, (*dark).clone()),
            changed(&dark, (*lit).clone()),
            changed(&lit, port.clone()),
            changed(&port, LinkRow { mtu: Some(1400), ..(*lit).clone() }),
            changed(&lit, *link("eth0", LinkFlags::default())),
            changed(&lit, (*lit).clone()),
            address(AddressFate::Added),
            address(AddressFate::Ready),
            address(AddressFate::Taken),
            address(AddressFate::Removed),
            Change::Route { row: Box::new(default), is_new: true },
            Change::Route { row: Box::new(other), is_new: false },
            Change::Route { row: Box::new(dropped), is_new: true },
            Change::PolicyRule { row: Box::new(policy), is_new: true },
            Change::Neighbour { row: Box::new(asked), is_gone: false },
            Change::Neighbour { row: Box::new(known.clone()), is_gone: false },
            Change::Neighbour { row: Box::new(failed), is_gone: false },
            Change::Neighbour { row: Box::new(known), is_gone: true },
            Change::Rules { added: 2, removed: 1 },
            Change::Rules { added: 0, removed: 0 },
            Change::Forwarding { family: IpFamily::V6, is_on: true },
            Change::LinkRemoved("v0".into()),
            Change::Missed,
            Change::TooMany { left: 7 },
            Change::Unseen { why: "not permitted".into() },
        ];
        let lines = changes.map(|change| match line(&Event { ns: red(), change }, Style::default()) {
            Some(line) => line + "\n",
            None => "nothing\n".into(),
        });
        expect![[r#"
            netns   red added
            red     link v0 added: veth, down
            red     link v0 up, no carrier
            red     link v0 carrier
            red     link v0 port of br0
            red     link v0 mtu 1400, port of br0 no more
            red     link v0 is called eth0 now, down
            nothing
            red     addr 10.0.0.1/24 added on v0
            red     addr 10.0.0.1/24 on v0 may be used now
            red     addr 10.0.0.1/24 on v0 is in use by another host
            red     addr 10.0.0.1/24 removed from v0
            red     route default via 10.0.0.254 dev v0 added
            red     route fd00::/64 metric 5 table 7 nexthop via 10.0.0.254 dev a nexthop via 10.0.0.254 dev b removed
            red     route blackhole fd00::/64 metric 5 added
            red     rule priority 100 from 10.0.0.254/32 table 7 added
            nothing
            red     neigh 10.0.0.254 on v0 is 02:00:00:00:00:01
            red     neigh 10.0.0.254 on v0 does not answer
            red     neigh 10.0.0.254 on v0 forgotten
            red     rules of nat and firewall: 2 added, 1 removed
            red     tables or chains of rules changed
            red     forwarding of IPv6 on
            red     link v0 removed
            red     changes came faster than they could be read: some are not told
            netns   7 namespaces are more than can be watched at once: name those that matter
            red     cannot be watched: not permitted
        "#]]
        .assert_eq(&lines.concat());
    }
}
