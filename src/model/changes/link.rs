use std::fmt::Write;

use super::{Change, Class, Kind, Peer, Sign, Subject, World, only};
use crate::{
    model::{Address, Link, LinkId, Origin, equality::kind_text, spec::address_spec},
    net::NsRef,
};

/// The links of a namespace with their addresses.
pub(super) fn compare(before: &World, after: &World, ns: &NsRef, found: &mut Vec<Change>) {
    for (_, link) in before.links_of(ns).filter(|(id, link)| !after.contains_link(*id) && link.kind != Kind::Loopback) {
        let text = kind(before, link);
        let far_end = match &link.kind {
            Kind::Veth { peer: Peer::Link(peer) } => Some(before.link(*peer)),
            _ => None,
        };
        found.push(Change {
            ns: ns.clone(),
            sign: Sign::Removed,
            subject: Subject::Link(link.name.clone()),
            text,
            class: class_of_loss(link, before),
            far_end: far_end.map(|peer| (peer.ns.clone(), peer.name.clone())),
        });
    }
    let mut note =
        |sign, subject, text, class| found.push(Change { ns: ns.clone(), sign, subject, text, class, far_end: None });
    let mut there: Vec<(LinkId, &Link)> = after.links_of(ns).collect();
    there.sort_by_key(|(id, _)| *id);
    for (id, link) in there {
        let had = before.contains_link(id).then(|| before.link(id));
        let subject = || Subject::Link(link.name.clone());
        match had {
            // Every namespace begins with one that is down.
            None if link.kind == Kind::Loopback && link.up => {
                note(Sign::Changed, subject(), "down → up".into(), Class::Exact);
            }
            None if link.kind == Kind::Loopback => {}
            None => note(Sign::Added, subject(), looks(after, link), Class::Exact),
            Some(had) => {
                let other = others(before, after, (had, link));
                if !other.is_empty() {
                    note(Sign::Changed, subject(), other, Class::Exact);
                }
            }
        }
        let before = had.map_or_else(Vec::new, asked);
        let now = asked(link);
        for (sign, list) in [(Sign::Removed, only(&before, &now)), (Sign::Added, only(&now, &before))] {
            for address in list {
                let subject = Subject::Address { link: link.name.clone(), cidr: address.cidr };
                note(sign, subject, format!("{} on {}", address_spec(address), link.name), Class::Exact);
            }
        }
    }
}

/// The addresses, whoever asked for them.
fn asked(link: &Link) -> Vec<Address> {
    link.addresses.iter().map(|address| Address { origin: Origin::Asked, ..address.clone() }).collect()
}

/// A link that is new.
fn looks(world: &World, link: &Link) -> String {
    let mut text = kind(world, link);
    let text_of = |id: LinkId| world.link(id).name.to_string();
    if let Some(master) = link.master {
        write!(text, ", port of {}", text_of(master)).ok();
    }
    if link.mtu_origin == Origin::Asked {
        write!(text, ", mtu {}", link.mtu).ok();
    }
    if let Some(mac) = link.mac.filter(|_| link.mac_origin == Origin::Asked) {
        write!(text, ", address {mac}").ok();
    }
    text.push_str(if link.up { ", up" } else { ", down" });
    text
}

/// What it is, and what it is bound to, whether that is certain or not.
fn kind(world: &World, link: &Link) -> String {
    match &link.kind {
        Kind::Veth { peer: Peer::Link(peer) } => {
            let peer = world.link(*peer);
            format!("a veth with peer {} in {}", peer.name, peer.ns)
        }
        _ => kind_text(world, world, link),
    }
}

/// What is other about a link.
fn others(before: &World, after: &World, (had, has): (&Link, &Link)) -> String {
    let mut parts = Vec::new();
    if had.ns != has.ns {
        parts.push(format!("moved from {}, where it was {}", had.ns, had.name));
    } else if had.name != has.name {
        parts.push(format!("was {}", had.name));
    }
    let mut compare = |what: &str, had: String, has: String| {
        if had != has {
            parts.push(format!("{what}{had} → {has}"));
        }
    };
    let state = |link: &Link| if link.up { "up" } else { "down" }.to_owned();
    let master =
        |world: &World, link: &Link| link.master.map_or_else(|| "none".into(), |id| world.link(id).name.to_string());
    let mac = |link: &Link| link.mac.map_or_else(|| "unknown".into(), |mac| mac.to_string());
    compare("", state(had), state(has));
    compare("master ", master(before, had), master(after, has));
    compare("mtu ", had.mtu.to_string(), has.mtu.to_string());
    if has.mac_origin == Origin::Asked {
        compare("address ", mac(had), mac(has));
    }
    if let (Kind::Veth { peer: Peer::Link(_) }, Kind::Veth { peer: Peer::Elsewhere }) = (&had.kind, &has.kind) {
        parts.push("its peer is gone".into());
    }
    parts.join(", ")
}

/// What an undo makes of a link that is gone.
fn class_of_loss(link: &Link, before: &World) -> Class {
    match &link.kind {
        // Nobody can make the other end again where it was.
        Kind::Veth { peer: Peer::Elsewhere } => Class::Lost,
        Kind::Veth { peer: Peer::Link(peer) } if matches!(before.link(*peer).ns, NsRef::Process(_)) => Class::Lost,
        Kind::Veth { .. } | Kind::Bridge | Kind::Vxlan(_) => Class::Rebuilt,
        Kind::Loopback => Class::Exact,
        Kind::Other(_) => Class::Lost,
    }
}
