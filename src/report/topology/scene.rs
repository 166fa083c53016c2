//! What is to be drawn: rooms with links in them, and what the links are plugged into.

use std::collections::BTreeMap;

use super::super::table::{Paint, address_text, kind_text};
use crate::{
    backend::{BackendError, Queries},
    model::{
        Knowledge, Namespace, Ruleset, World,
        query::{IpFamily, LinkFlags, LinkRow, OptionValue, links_of},
    },
    net::NsRef,
    ops::{Policy, Rule, Verdict},
};

/// A link by its namespace and its name.
type End = (NsRef, String);

/// All that is drawn.
#[derive(Debug, Default)]
pub(super) struct Scene {
    pub(super) rooms: Vec<Room>,
    pub(super) wires: Vec<Wire>,
}

/// A namespace, or a cable that joins two switches.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) title: String,
    pub(super) entries: Vec<Entry>,
    /// What is to be said of the whole.
    pub(super) remarks: Vec<String>,
}

/// A link in a room.
#[derive(Debug)]
pub(super) struct Entry {
    /// Up, down, or up without anything at the other end.
    pub(super) mark: (char, Paint),
    /// The word for that, where it is not up.
    pub(super) state: Option<&'static str>,
    pub(super) name: String,
    /// The port at the other end of its cable.
    pub(super) port: Option<String>,
    /// What is special about it.
    pub(super) words: Vec<String>,
    pub(super) addresses: Vec<String>,
    pub(super) plug: Option<Plug>,
}

/// What a link is plugged into.
#[derive(Debug)]
pub(super) struct Plug {
    /// Which of the wires.
    pub(super) wire: usize,
    /// What it leads to, where that cannot be drawn.
    pub(super) far: String,
}

/// What joins links.
#[derive(Debug)]
pub(super) enum Wire {
    /// The two ends of a cable.
    Cable,
    /// A bridge and its ports.
    Bus { label: String, is_up: bool },
}

impl Scene {
    /// Looks at all namespaces.
    pub(super) fn of(backend: &mut dyn Queries) -> Result<Self, BackendError> {
        let world = backend.world()?;
        let mut rows = BTreeMap::new();
        for (ns, namespace) in world.namespaces() {
            let mut links = links_of(&world, ns);
            // Of kinds that are not modelled the model does not know what they stand on.
            if namespace.knowledge == Knowledge::Exact && links.iter().any(is_stranger) {
                let told = backend.links(ns)?;
                links.iter_mut().filter(|row| is_stranger(row)).for_each(|row| complete(row, &told));
            }
            rows.insert(ns.clone(), links);
        }
        let mut scene = Builder::new(&rows).build(&rows);
        for ((ns, namespace), room) in world.namespaces().zip(&mut scene.rooms) {
            let forwards = match namespace.same_as {
                None => [backend.forwarding(ns, IpFamily::V4), backend.forwarding(ns, IpFamily::V6)],
                Some(_) => [Ok(None), Ok(None)],
            };
            room.remarks = remarks(&world, namespace, forwards.map(|on| matches!(on, Ok(Some(true)))));
        }
        Ok(scene)
    }
}

/// Whether the model does not know what such a link is.
fn is_stranger(row: &LinkRow) -> bool {
    match row.kind.as_deref() {
        None => !row.flags.has(LinkFlags::LOOPBACK),
        Some(kind) => !["veth", "bridge", "vxlan"].contains(&kind),
    }
}

/// What the machine itself tells of a link.
fn complete(row: &mut LinkRow, told: &[LinkRow]) {
    let Some(told) = told.iter().find(|other| other.name == row.name) else { return };
    row.flags = told.flags;
    row.lower = told.lower.clone();
    row.lower_nsid = told.lower_nsid;
    row.lower_netns = told.lower_netns.clone();
}

/// Where the other end of a cable is.
enum Far {
    /// That link.
    Link(End),
    /// Nobody knows.
    Unseen,
}

/// Finds out what is plugged into what.
struct Builder<'a> {
    links: BTreeMap<(&'a NsRef, &'a str), &'a LinkRow>,
    wires: Vec<Wire>,
    /// The bridges that have ports, and the cables by their first end.
    numbers: BTreeMap<End, usize>,
    /// Cables between two switches.
    loose: Vec<Room>,
}

impl<'a> Builder<'a> {
    fn new(rows: &'a BTreeMap<NsRef, Vec<LinkRow>>) -> Self {
        let all = || rows.iter().flat_map(|(ns, rows)| rows.iter().map(move |row| (ns, row)));
        let links: BTreeMap<_, _> = all().map(|(ns, row)| ((ns, row.name.as_str()), row)).collect();
        let mut builder = Self { links, wires: Vec::new(), numbers: BTreeMap::new(), loose: Vec::new() };
        for (ns, row) in all() {
            if let Some(bridge) = builder.bridge_of(ns, row) {
                let end = (ns.clone(), bridge.name.clone());
                let label = format!("{} in {ns}", bridge.name);
                let is_up = bridge.flags.has(LinkFlags::UP);
                builder.number(end, || Wire::Bus { label, is_up });
            }
        }
        builder
    }

    fn number(&mut self, end: End, wire: impl FnOnce() -> Wire) -> usize {
        *self.numbers.entry(end).or_insert_with(|| {
            self.wires.push(wire());
            self.wires.len() - 1
        })
    }

    /// The bridge that a link is a port of.
    fn bridge_of(&self, ns: &NsRef, row: &LinkRow) -> Option<&'a LinkRow> {
        let master = self.links.get(&(ns, row.master.as_deref()?))?;
        (master.kind.as_deref() == Some("bridge")).then_some(*master)
    }

    /// The bus that a link is plugged into as a port.
    fn bus_of(&self, ns: &NsRef, row: &LinkRow) -> Option<Plug> {
        let bridge = self.bridge_of(ns, row)?;
        let wire = *self.numbers.get(&(ns.clone(), bridge.name.clone()))?;
        Some(Plug { wire, far: format!("{} in {ns}", bridge.name) })
    }

    /// The far end of a cable, if the link is a cable's end.
    fn far(&self, ns: &NsRef, row: &LinkRow) -> Option<Far> {
        if row.kind.as_deref() != Some("veth") {
            return None;
        }
        let found = row.lower.as_ref().and_then(|lower| match (&lower.far_end, row.lower_nsid, &lower.name) {
            (Some(far), _, _) => Some((far.ns.clone(), far.name.clone())),
            (None, None, Some(name)) if lower.index != 0 => Some((ns.clone(), name.clone())),
            (None, _, _) => None,
        });
        let known = found.filter(|(ns, name)| self.links.contains_key(&(ns, name.as_str())));
        Some(known.map_or(Far::Unseen, Far::Link))
    }

    fn build(mut self, rows: &'a BTreeMap<NsRef, Vec<LinkRow>>) -> Scene {
        let mut rooms = Vec::new();
        for (ns, rows) in rows {
            let entries = rows.iter().filter_map(|row| self.entry(ns, row)).collect();
            rooms.push(Room { title: ns.to_string(), entries, remarks: Vec::new() });
        }
        rooms.append(&mut self.loose);
        Scene { rooms, wires: self.wires }
    }

    /// A link as it is drawn in its room; none where it is drawn elsewhere or nothing is to be said of it.
    fn entry(&mut self, ns: &NsRef, row: &LinkRow) -> Option<Entry> {
        if is_plain_loopback(row) {
            return None;
        }
        let mut entry = entry_of(row);
        let bus = self.bus_of(ns, row);
        match self.far(ns, row) {
            Some(Far::Link((far_ns, name))) => {
                let far = self.links[&(&far_ns, name.as_str())];
                match (bus, self.bus_of(&far_ns, far)) {
                    (None, None) => {
                        let ends = [(ns.clone(), row.name.clone()), (far_ns.clone(), name.clone())];
                        let first = ends.into_iter().min()?;
                        let wire = self.number(first, || Wire::Cable);
                        entry.plug = Some(Plug { wire, far: format!("{far_ns}:{name}") });
                    }
                    (None, Some(bus)) => {
                        let (mark, _) = mark(far);
                        let shown = if mark == '●' { String::new() } else { format!("{mark} ") };
                        entry.port = Some(format!("{shown}{name}"));
                        entry.plug = Some(bus);
                    }
                    (Some(bus), None) => {
                        // It is drawn where the other end is; here it is only what should not be.
                        if row.addresses.is_empty() {
                            return None;
                        }
                        entry.words.push(format!("port of {}", bus.far));
                    }
                    (Some(bus), Some(other)) => {
                        if (ns, row.name.as_str()) < (&far_ns, name.as_str()) {
                            let end = |row: &LinkRow, plug| Entry {
                                plug: Some(plug),
                                addresses: Vec::new(),
                                ..entry_of(row)
                            };
                            let entries = vec![end(row, bus), end(far, other)];
                            self.loose.push(Room { title: "cable".into(), entries, remarks: Vec::new() });
                        }
                        if row.addresses.is_empty() {
                            return None;
                        }
                        entry.words.extend(row.master.as_ref().map(|master| format!("port of {master}")));
                    }
                }
            }
            Some(Far::Unseen) => {
                entry.words.push("to a link out of sight".into());
                entry.plug = bus;
            }
            None if row.kind.as_deref() == Some("bridge") => {
                let wire = self.numbers.get(&(ns.clone(), row.name.clone())).copied();
                match wire {
                    Some(wire) => entry.plug = Some(Plug { wire, far: format!("{} in {ns}", row.name) }),
                    None => entry.words.push("bridge without ports".into()),
                }
                // A bridge may be a port of something else than a bridge only.
                entry.words.extend(row.master.as_ref().map(|master| format!("in {master}")));
            }
            None => {
                entry.words.extend(row.master.as_ref().filter(|_| bus.is_none()).map(|master| format!("in {master}")));
                entry.plug = bus;
            }
        }
        Some(entry)
    }
}

/// The loopback device, where it is as in every namespace.
fn is_plain_loopback(row: &LinkRow) -> bool {
    row.flags.has(LinkFlags::LOOPBACK) && row.addresses.iter().all(|address| address.local.is_loopback())
}

fn entry_of(row: &LinkRow) -> Entry {
    let (character, state) = mark(row);
    let paint = match character {
        '●' => Paint::Good,
        '◐' => Paint::Warn,
        _ => Paint::Bad,
    };
    let mut words = Vec::new();
    if !matches!(row.kind.as_deref(), Some("veth" | "bridge")) && !row.flags.has(LinkFlags::LOOPBACK) {
        words.push(kind_text(row));
        words.extend(stands_on(row).map(|lower| format!("on {lower}")));
    }
    Entry {
        mark: (character, paint),
        state,
        port: None,
        name: row.name.clone(),
        words,
        addresses: row.addresses.iter().map(address_text).collect(),
        plug: None,
    }
}

/// Whether it is up, and the word for it where it is not.
fn mark(row: &LinkRow) -> (char, Option<&'static str>) {
    if !row.flags.has(LinkFlags::UP) {
        ('○', Some("down"))
    } else if !row.flags.has(LinkFlags::RUNNING) {
        ('◐', Some("no carrier"))
    } else {
        ('●', None)
    }
}

/// The link below one that stands on another.
fn stands_on(row: &LinkRow) -> Option<String> {
    let options = row.kind_options.as_deref().unwrap_or_default();
    let named = options.iter().find(|option| option.name == "link").and_then(|option| match &option.value {
        OptionValue::Word(word) => Some(word.clone()),
        _ => None,
    });
    let lower = row.lower.as_ref().filter(|lower| lower.index != 0);
    let below = || {
        let lower = lower?;
        match (&lower.far_end, row.lower_nsid, &row.lower_netns) {
            (Some(far), _, _) => Some(format!("{} in {}", far.name, far.ns)),
            (None, None, _) => lower.name.clone(),
            (None, Some(_), Some(netns)) => Some(format!("a link in {netns}")),
            (None, Some(_), None) => Some("a link out of sight".into()),
        }
    };
    named.or_else(below)
}

/// What a namespace does with packets, and what is not known of it.
fn remarks(world: &World, namespace: &Namespace, [v4, v6]: [bool; 2]) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(same) = &namespace.same_as {
        return vec![format!("another name of {}", world.known_as(same))];
    }
    match (v4, v6) {
        (true, true) => remarks.push("forwards IPv4 and IPv6".into()),
        (true, false) => remarks.push("forwards IPv4".into()),
        (false, true) => remarks.push("forwards IPv6".into()),
        (false, false) => {}
    }
    remarks.extend(namespace.ruleset.iter().flat_map(rewrites).map(str::to_owned));
    if namespace.knowledge != Knowledge::Exact {
        remarks.push("not all of it is known".into());
    }
    remarks
}

/// What the rules of a namespace do, in a word each.
fn rewrites(ruleset: &Ruleset) -> Vec<&'static str> {
    let chains = || ruleset.tables.iter().flat_map(|table| &table.chains);
    let verdicts = chains().flat_map(|chain| &chain.rules).filter_map(|entry| match &entry.rule {
        Rule::Plain(rule) => rule.verdict.as_ref(),
        Rule::Opaque(_) => None,
    });
    let mut words: Vec<&str> = verdicts
        .filter_map(|verdict| match verdict {
            Verdict::Masquerade { .. } => Some("masquerade"),
            Verdict::Snat(_) => Some("snat"),
            Verdict::Dnat(_) => Some("dnat"),
            Verdict::Redirect { .. } => Some("redirect"),
            Verdict::Drop | Verdict::Reject(_) => Some("filter"),
            Verdict::Accept | Verdict::Return | Verdict::Jump(_) | Verdict::Goto(_) => None,
        })
        .collect();
    words.extend(chains().any(|chain| chain.base.is_some_and(|base| base.policy == Policy::Drop)).then_some("filter"));
    let known = ["masquerade", "snat", "dnat", "redirect", "filter"];
    known.into_iter().filter(|word| words.contains(word)).collect()
}
