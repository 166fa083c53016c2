//! Sequences of ops, valid and invalid, in a world so small that they meet.
//!
//! In: a seed. Out: the ops. They are tried on a world of the model while they are chosen, so that most name what is
//! there; what the kernel makes of them plays no part, and a seed gives the same ops on every machine.
//!
//! A new kind of op gets a line in [`THEMES`] and a function.

mod link;
mod netfilter;
mod route;

use nns::{
    model::{Kind, World, apply},
    net::{Cidr, IfName, NsRef},
    ops::{AddrOp, AddressSelector, AddressSpec, LinkChanges, LinkOp, NetnsOp, Op, Scope, SysctlOp},
};

use crate::random::Random;

/// Kinds of ops.
#[derive(Clone, Copy)]
enum Noun {
    Netns,
    LinkAdd,
    LinkDel,
    LinkSet,
    AddrAdd,
    AddrDel,
    RouteAdd,
    RouteDel,
    Rule,
    Sysctl,
    Netfilter,
}

/// How often each kind of op comes in a sequence: everything, addresses and routes, links, rules of all kinds.
const THEMES: [[(usize, Noun); 11]; 4] = [
    weights([3, 16, 3, 30, 15, 6, 11, 4, 5, 7, 8]),
    weights([1, 9, 1, 20, 25, 12, 20, 9, 3, 6, 0]),
    weights([4, 28, 7, 45, 6, 1, 3, 0, 0, 8, 0]),
    weights([2, 10, 2, 14, 10, 2, 8, 2, 20, 2, 40]),
];

const fn weights(of: [usize; 11]) -> [(usize, Noun); 11] {
    [
        (of[0], Noun::Netns),
        (of[1], Noun::LinkAdd),
        (of[2], Noun::LinkDel),
        (of[3], Noun::LinkSet),
        (of[4], Noun::AddrAdd),
        (of[5], Noun::AddrDel),
        (of[6], Noun::RouteAdd),
        (of[7], Noun::RouteDel),
        (of[8], Noun::Rule),
        (of[9], Noun::Sysctl),
        (of[10], Noun::Netfilter),
    ]
}

/// The names of links.
const LINKS: [&str; 6] = ["v0", "v1", "v2", "br0", "br1", "x0"];

/// IPv4 in prefixes that overlap, and IPv6.
const ADDRESSES: [&str; 13] = [
    "10.0.0.1/24",
    "10.0.0.2/24",
    "10.0.0.3/24",
    "10.0.0.1/16",
    "10.0.1.1/24",
    "10.0.0.5/32",
    "127.0.0.2/8",
    "10.1.0.1/16",
    "fd00::1/64",
    "fd00::2/64",
    "fd00::1/48",
    "fd01::1/128",
    "::1/128",
];

/// What is chosen from, and the world that the ops so far make.
pub struct Generator {
    random: Random,
    world: World,
}

/// Which ops there are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ops {
    /// All.
    Any,
    /// Those that others can take back.
    Undoable,
}

/// The ops that follow from the seed.
pub fn sequence(seed: u64, which: Ops) -> Vec<Op> {
    let mut generator = Generator { random: Random::new(seed), world: World::fresh() };
    let theme = generator.random.pick(&THEMES);
    // Two worlds need more than one.
    let least = if which == Ops::Undoable { 20 } else { 5 };
    let count = least + generator.random.below(36);
    let mut ops: Vec<Op> = Vec::new();
    for name in ["red", "blue"] {
        if generator.random.percent(85) {
            ops.push(NetnsOp::Add { name: v(name) }.into());
        }
    }
    ops.iter().for_each(|op| generator.note(op));
    while ops.len() < count {
        let op = generator.op(&theme);
        if which == Ops::Undoable && !generator.is_undoable(&op) {
            continue;
        }
        generator.note(&op);
        ops.push(op);
    }
    ops
}

/// A value from its text.
fn v<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

impl Generator {
    fn note(&mut self, op: &Op) {
        // What the model says is of no account here.
        let _ = apply(&mut self.world, op);
    }

    /// The loopback device begins without a hardware address, which cannot be asked for.
    fn is_undoable(&self, op: &Op) -> bool {
        let Op::Link(LinkOp::Set { ns, link, changes: LinkChanges { address: Some(_), .. } }) = op else { return true };
        self.world.find_link(ns, link).is_none_or(|id| self.world.link(id).kind != Kind::Loopback)
    }

    fn op(&mut self, theme: &[(usize, Noun)]) -> Op {
        match self.random.weighted(theme) {
            Noun::Netns => self.netns(),
            Noun::LinkAdd => self.link_add(),
            Noun::LinkDel => self.link_del(),
            Noun::LinkSet => self.link_set(),
            Noun::AddrAdd => self.addr_add(),
            Noun::AddrDel => self.addr_del(),
            Noun::RouteAdd => self.route_add(),
            Noun::RouteDel => self.route_del(),
            Noun::Rule => self.rule(),
            Noun::Sysctl => self.sysctl(),
            Noun::Netfilter => self.netfilter(),
        }
    }

    /// A namespace; mostly one that is there.
    fn ns(&mut self) -> NsRef {
        if self.random.percent(97) {
            let there: Vec<NsRef> = self.world.namespaces().map(|(ns, _)| ns.clone()).collect();
            return self.random.pick(&there);
        }
        NsRef::Named(v(self.random.pick(&["red", "blue", "green"])))
    }

    /// A name for a link; often that of one that is there.
    fn link_name(&mut self) -> IfName {
        v(self.random.pick(&LINKS))
    }

    /// A link, mostly one that is there.
    fn link(&mut self) -> (NsRef, IfName) {
        let ns = self.ns();
        (ns.clone(), self.link_of(&ns))
    }

    /// A link of that namespace, mostly one that is there.
    fn link_of(&mut self, ns: &NsRef) -> IfName {
        let there: Vec<IfName> = self.world.links_of(ns).map(|(_, link)| link.name.clone()).collect();
        if there.is_empty() || self.random.percent(6) {
            return self.link_name();
        }
        // Most of what there is to try is not about the loopback device.
        let found = self.random.pick(&there);
        if found == IfName::loopback() { self.random.pick(&there) } else { found }
    }

    fn netns(&mut self) -> Op {
        let name = v(self.random.pick(&["red", "blue", "blue", "green"]));
        if self.random.percent(60) { NetnsOp::Add { name }.into() } else { NetnsOp::Del { name }.into() }
    }

    fn addr_add(&mut self) -> Op {
        let (ns, link) = self.link();
        let cidr: Cidr = v(self.random.pick(&ADDRESSES));
        let v6 = cidr.is_ipv6();
        let address = AddressSpec {
            // What is tentative changes with time.
            nodad: v6,
            broadcast: (!v6 && self.random.percent(15)).then(|| cidr.broadcast_v4()).flatten(),
            peer: self.random.maybe(if v6 { 0 } else { 5 }, |random| v(random.pick(&["10.0.0.9/32", "10.0.7.0/24"]))),
            scope: self.random.maybe(4, |random| random.pick(&[Scope::LINK, Scope::HOST])),
            metric: self.random.maybe(6, |random| random.pick(&[1, 50])),
            label: self.random.maybe(if v6 { 0 } else { 6 }, |_| format!("{link}:1")),
            noprefixroute: self.random.percent(6),
            ..AddressSpec::new(cidr)
        };
        AddrOp::Add { ns, link, address }.into()
    }

    fn addr_del(&mut self) -> Op {
        let (ns, link) = self.link();
        let there: Vec<Cidr> = self
            .world
            .find_link(&ns, &link)
            .map(|id| self.world.link(id).addresses.iter().map(|address| address.cidr).collect())
            .unwrap_or_default();
        let cidr = if there.is_empty() || self.random.percent(15) {
            v(self.random.pick(&ADDRESSES))
        } else {
            self.random.pick(&there)
        };
        let mut address = AddressSelector::from(cidr);
        if self.random.percent(10) {
            address.reached = None;
        }
        AddrOp::Del { ns, link, address }.into()
    }

    fn sysctl(&mut self) -> Op {
        let (ns, link) = self.link();
        let of = self.random.pick(&["all", "default", link.as_str(), link.as_str()]);
        let key = self.random.pick(&[
            "net/ipv4/ip_forward".to_owned(),
            format!("net/ipv4/conf/{of}/forwarding"),
            format!("net/ipv4/conf/{of}/promote_secondaries"),
            format!("net/ipv4/conf/{of}/promote_secondaries"),
            format!("net/ipv4/conf/{of}/rp_filter"),
            format!("net/ipv6/conf/{of}/disable_ipv6"),
            format!("net/ipv6/conf/{of}/disable_ipv6"),
        ]);
        let value = self.random.pick(&["0", "1", "1", "0", "1", "0", "2", "yes"]).into();
        SysctlOp { ns, key: v(&key), value }.into()
    }
}
