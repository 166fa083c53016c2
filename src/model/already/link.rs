//! Links: the one that is there under the name of a new one, and in what it is another.

use super::{Unlike, attribute};
use crate::{
    model::{Kind, Link, LinkId, Peer, Under, Vxlan, World},
    net::{IfName, Mac, Mtu, NsRef},
    ops::{LinkChanges, LinkKind, LinkOp, LinkSpec, Master, Op, PeerSpec, VxlanSpec},
};

/// The link that has the name of a new one where that is to be; one whose name the kernel chooses is always new.
pub(super) fn found(world: &World, ns: &NsRef, spec: &LinkSpec) -> Option<LinkId> {
    // The request needs its namespace even where the link is to be in another.
    world.namespace(ns)?;
    world.find_link(spec.netns.as_ref().unwrap_or(ns), spec.name.as_ref()?)
}

/// In what a link is not as a new one of its name is asked to be.
pub(super) fn unlike(world: &World, id: LinkId, ns: &NsRef, spec: &LinkSpec) -> Option<Unlike> {
    let link = world.link(id);
    let mut found = Found::default();
    let mut far = None;
    match (&spec.kind, &link.kind) {
        (LinkKind::Bridge, Kind::Bridge) => {}
        (LinkKind::Veth { peer }, Kind::Veth { peer: has }) => far = found.far_end(world, ns, peer, *has),
        (LinkKind::Vxlan(asked), Kind::Vxlan(has)) => found.vxlan(world, ns, asked, has),
        (_, other) => found.cannot_change(format!("its type is {}", kind(other))),
    }
    // A bridge goes by its ports, whatever it was made with.
    let follows = link.kind == Kind::Bridge && world.ports(id).len() > 0 && link.mtu == world.automatic_mtu(id);
    let mtu = spec.mtu.filter(|_| !follows).map(|mtu| room(world, link, mtu));
    let mut changes = found.common(link, "its", mtu, spec.address);
    if let Some(name) = &spec.master {
        let master = link.master.map(|master| world.link(master));
        if !master.is_some_and(|master| master.name == *name && master.ns == *ns) {
            found.sentences.push(attribute("master", master.map(|master| format!("`{}`", master.name))));
            changes.master = Some(Master::Is(name.clone()));
        }
    }
    if spec.up && !link.up {
        found.sentences.push("it is down".into());
        changes.up = Some(true);
    }
    if found.sentences.is_empty() {
        return None;
    }
    let mut remedy = Vec::new();
    if found.can_change {
        remedy.extend(change(link, changes));
        remedy.extend(far.and_then(|(far, changes)| change(world.link(far), changes)));
    } else {
        remedy.push(LinkOp::Del { ns: link.ns.clone(), link: link.name.clone() }.into());
    }
    Some(Unlike { found: found.sentences, remedy })
}

fn change(link: &Link, changes: LinkChanges) -> Option<Op> {
    let is_change = changes != LinkChanges::default();
    is_change.then(|| LinkOp::Set { ns: link.ns.clone(), link: link.name.clone(), changes }.into())
}

/// What was found out about a link.
struct Found {
    /// In what it differs.
    sentences: Vec<String>,
    /// Whether `link set` can make it as it is asked to be.
    can_change: bool,
}

impl Default for Found {
    fn default() -> Self {
        Self { sentences: Vec::new(), can_change: true }
    }
}

impl Found {
    fn cannot_change(&mut self, sentence: String) {
        self.sentences.push(sentence);
        self.can_change = false;
    }

    /// What either end of a cable has, and what would have to change; `whose` begins the sentences.
    fn common(&mut self, link: &Link, whose: &str, mtu: Option<Mtu>, address: Option<Mac>) -> LinkChanges {
        let mut changes = LinkChanges::default();
        if let Some(mtu) = mtu.filter(|&mtu| mtu != link.mtu) {
            self.sentences.push(format!("{whose} mtu is {}", link.mtu));
            changes.mtu = Some(mtu);
        }
        if let Some(address) = address.filter(|&address| Some(address) != link.mac) {
            let has = link.mac.map_or_else(|| "not known".into(), |mac| mac.to_string());
            self.sentences.push(format!("{whose} hardware address is {has}"));
            changes.address = Some(address);
        }
        changes
    }

    /// The other end: its name if one is asked for, its place, and what it has.
    fn far_end(&mut self, world: &World, ns: &NsRef, asked: &PeerSpec, has: Peer) -> Option<(LinkId, LinkChanges)> {
        let Peer::Link(id) = has else {
            self.cannot_change("its other end is out of sight".into());
            return None;
        };
        let far = world.link(id);
        let is_named = asked.name.as_ref().is_none_or(|name| far.name == *name);
        if !is_named || far.ns != *asked.netns.as_ref().unwrap_or(ns) {
            self.cannot_change(format!("its other end is {}", whole_name(&far.ns, &far.name)));
            return None;
        }
        Some((id, self.common(far, "its other end's", asked.mtu, asked.address)))
    }

    fn vxlan(&mut self, world: &World, ns: &NsRef, asked: &VxlanSpec, has: &Vxlan) {
        let (place, dev) = match &has.under {
            Under::Link(dev) => (&world.link(*dev).ns, Some(world.link(*dev).name.clone())),
            Under::Routes(place) => (place, None),
            Under::Elsewhere => return self.cannot_change("what carries it is out of sight".into()),
        };
        if place != ns {
            return self.cannot_change(format!("it sends in {}", whose(place)));
        }
        let is = VxlanSpec { dev, settings: has.settings.clone() };
        if is != *asked {
            self.cannot_change(format!("it is a vxlan with `{}`", is.to_string().trim_start()));
        }
    }
}

/// The MTU that a new link gets where that one is asked for: a vxlan leaves room for what it wraps frames in.
fn room(world: &World, link: &Link, asked: Mtu) -> Mtu {
    let Kind::Vxlan(vxlan) = &link.kind else { return asked };
    let Some(dev) = vxlan.dev() else { return asked };
    let most = world.link(dev).mtu.bytes().saturating_sub(vxlan.settings.overhead());
    Mtu::new(most).map_or(asked, |most| most.min(asked))
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Loopback => "loopback".into(),
        Kind::Veth { .. } => "veth".into(),
        Kind::Bridge => "bridge".into(),
        Kind::Vxlan(_) => "vxlan".into(),
        Kind::Other(name) if name.is_empty() => "that of a physical link".into(),
        Kind::Other(name) => name.clone(),
    }
}

fn whole_name(ns: &NsRef, name: &IfName) -> String {
    format!("`{name}` in {}", whose(ns))
}

fn whose(ns: &NsRef) -> String {
    match ns {
        NsRef::Host => "the host".into(),
        NsRef::Named(name) => format!("namespace `{name}`"),
        NsRef::Process(pid) => format!("the namespace of process {pid}"),
    }
}
