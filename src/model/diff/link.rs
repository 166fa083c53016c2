//! Links: deleted, put back in their places, made.

mod vxlan;

use std::collections::{BTreeMap, VecDeque};

use super::{Planner, pairing::find_far_end};
use crate::{
    model::{
        Kind, Link, LinkId, Origin, World,
        equality::{self, is_known},
    },
    net::{IfName, Mac, Mtu, NsRef},
    ops::{LinkChanges, LinkKind, LinkOp, LinkSpec, PeerSpec},
};

impl Planner<'_> {
    /// Deletes the links that are not wanted. Those of a namespace that is to go leave with it, unless their far end is
    /// elsewhere: a namespace dies some time after its name, and the far end's name with it.
    pub(super) fn delete_links(&mut self, pairs: &BTreeMap<LinkId, LinkId>) {
        let surplus: Vec<LinkId> = self
            .now
            .links()
            .filter(|(id, link)| !pairs.contains_key(id) && is_known(&self.now, self.to, &link.ns))
            .filter(|(_, link)| matches!(link.kind, Kind::Veth { .. } | Kind::Bridge | Kind::Vxlan(_)))
            .map(|(id, _)| id)
            .collect();
        for id in surplus {
            if !self.now.contains_link(id) {
                continue;
            }
            let link = self.now.link(id);
            if self.to.namespace(&link.ns).is_none() && !vxlan::is_abroad(&self.now, link) {
                continue;
            }
            let op = LinkOp::Del { ns: link.ns.clone(), link: link.name.clone() };
            self.plan(op, |world| world.remove_link(id));
        }
    }

    /// Moves and renames links to where they are wanted. A name that is taken is waited for; links that wait for one
    /// another are freed by a temporary name.
    pub(super) fn place_links(&mut self, pairs: &BTreeMap<LinkId, LinkId>) {
        let misplaced = |(&id, &want): (&LinkId, &LinkId)| {
            let (link, wanted) = (self.now.link(id), self.to.link(want));
            (link.ns != wanted.ns || link.name != wanted.name).then(|| (id, wanted.ns.clone(), wanted.name.clone()))
        };
        let mut waiting: VecDeque<(LinkId, NsRef, IfName)> =
            pairs.iter().filter(|(id, _)| self.now.contains_link(**id)).filter_map(misplaced).collect();
        let mut passed_over = 0;
        while let Some((id, ns, name)) = waiting.pop_front() {
            // The link under it moved.
            if !self.now.contains_link(id) {
                continue;
            }
            match self.now.find_link(&ns, &name) {
                None => {
                    self.place_link(id, &ns, &name);
                    passed_over = 0;
                }
                Some(_) if passed_over < waiting.len() => {
                    waiting.push_back((id, ns, name));
                    passed_over += 1;
                }
                // All wait: for one another, or for one that stays.
                Some(holder) => {
                    if waiting.iter().any(|(other, ..)| *other == holder) {
                        let held = self.now.link(holder).ns.clone();
                        let aside = self.free_name(&held);
                        self.place_link(holder, &held, &aside);
                        self.place_link(id, &ns, &name);
                    }
                    passed_over = 0;
                }
            }
        }
    }

    fn place_link(&mut self, id: LinkId, ns: &NsRef, name: &IfName) {
        let link = self.now.link(id);
        let moves = link.ns != *ns;
        if !moves && link.up && !self.now.traits.rename_while_up {
            let down = self.set(id, LinkChanges { up: Some(false), ..LinkChanges::default() });
            self.plan(down, |world| world.link_mut(id).up = false);
        }
        let changes = LinkChanges {
            netns: moves.then(|| ns.clone()),
            name: (self.now.link(id).name != *name).then(|| name.clone()),
            ..LinkChanges::default()
        };
        let op = self.set(id, changes);
        let effect = |world: &mut World| {
            if !moves {
                return world.rename_link(id, name.clone());
            }
            world.set_master(id, None);
            let link = world.link_mut(id);
            link.up = false;
            link.addresses.clear();
            world.move_link(id, ns, name.clone());
        };
        // Nobody may have looked at the settings that it has under the name that it had.
        if self.plan(op, effect).is_planned() {
            self.new_links.insert((ns.clone(), name.clone()));
        }
    }

    /// A name that neither world uses in that namespace.
    fn free_name(&self, ns: &NsRef) -> IfName {
        (0..)
            .map(|number| format!("aside{number}").parse().expect("a short word and a number make a name"))
            .find(|name| self.now.find_link(ns, name).is_none() && self.to.find_link(ns, name).is_none())
            .expect("there are more numbers than links")
    }

    /// Makes the links that are missing, cables with both ends in place: from the host if one is there.
    pub(super) fn add_links(&mut self) {
        let to = self.to;
        let vxlans_last = |vxlan| to.links().filter(move |(_, want)| matches!(want.kind, Kind::Vxlan(_)) == vxlan);
        for (_, want) in vxlans_last(false).chain(vxlans_last(true)) {
            let missing = self.now.find_link(&want.ns, &want.name).is_none();
            if !missing || !is_known(&self.now, to, &want.ns) {
                continue;
            }
            let mut ns = &want.ns;
            let kind = match &want.kind {
                Kind::Bridge => LinkKind::Bridge,
                Kind::Vxlan(vxlan) => match equality::vxlan::spec(to, &self.now, vxlan) {
                    Some((_, spec)) => {
                        ns = vxlan.birthplace(to).unwrap_or(ns);
                        LinkKind::Vxlan(Box::new(spec))
                    }
                    None => continue,
                },
                Kind::Veth { .. } => match find_far_end(to, &self.now, want) {
                    Some(far) if place(want) < place(to.link(far)) => {
                        LinkKind::Veth { peer: peer_spec(want, to.link(far)) }
                    }
                    Some(_) | None => continue,
                },
                // Devices cannot be made.
                Kind::Loopback | Kind::Other(_) => continue,
            };
            let spec = LinkSpec {
                address: asked_mac(want),
                netns: (want.ns != *ns).then(|| want.ns.clone()),
                mtu: self.mtu_at_birth(want),
                ..LinkSpec::new(want.name.clone(), kind)
            };
            if !self.plan(LinkOp::Add { ns: ns.clone(), spec }, |_| {}).is_planned() {
                continue;
            }
            self.new_links.insert((want.ns.clone(), want.name.clone()));
            if let Some(far) = find_far_end(to, &self.now, want) {
                let far = to.link(far);
                self.new_links.insert((far.ns.clone(), far.name.clone()));
            }
        }
    }

    /// The MTU that a link is made with, where it would not get it by itself. A bridge gets its own from its ports, or
    /// after them.
    fn mtu_at_birth(&self, want: &Link) -> Option<Mtu> {
        match &want.kind {
            Kind::Bridge => None,
            Kind::Vxlan(wanted) => {
                Some(want.mtu).filter(|&mtu| Some(mtu) != vxlan::usual_mtu(&self.now, self.to, wanted))
            }
            Kind::Veth { .. } | Kind::Loopback | Kind::Other(_) => unusual_mtu(want),
        }
    }
}

fn place(link: &Link) -> (&NsRef, &IfName) {
    (&link.ns, &link.name)
}

fn peer_spec(near: &Link, far: &Link) -> PeerSpec {
    PeerSpec {
        name: Some(far.name.clone()),
        netns: (far.ns != near.ns).then(|| far.ns.clone()),
        address: asked_mac(far),
        mtu: unusual_mtu(far),
    }
}

fn asked_mac(link: &Link) -> Option<Mac> {
    link.mac.filter(|_| link.mac_origin == Origin::Asked)
}

fn unusual_mtu(link: &Link) -> Option<Mtu> {
    Some(link.mtu).filter(|&mtu| mtu != Mtu::ETHERNET)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::scene::{
        addr_add, after, bridge, leads, link_del, mac, master, move_to, mtu, netns_add, rename, sysctl, undo, up, veth,
        vxlan,
    };
    use crate::model::World;

    #[test]
    fn a_link_that_was_moved_and_renamed_comes_back_with_all_it_had() {
        let setup = [
            netns_add("red"),
            bridge("host", "br0"),
            veth(("host", "v0"), ("host", "v1")),
            master("host", "v0", "br0"),
            up("host", "v0"),
            addr_add("host", "v0", "10.0.0.1/24"),
            addr_add("host", "v0", "2001:db8::1/64"),
            sysctl("host", "net.ipv4.conf.v0.rp_filter", "2"),
        ];
        let ops = [move_to("host", "v0", "red"), rename("red", "v0", "eth0")];
        expect![[r#"
            ip -n red link set dev eth0 netns 1 name v0
            ip link set dev v0 master br0
            sysctl -qw net.ipv4.conf.v0.rp_filter=2
            ip link set dev v0 up
            ip addr add 10.0.0.1/24 dev v0
            ip addr add 2001:db8::1/64 dev v0
        "#]]
        .assert_eq(&undo(&setup, &ops));
    }

    #[test]
    fn settings_under_a_name_that_nobody_looked_at_are_written() {
        let setup = [veth(("host", "v0"), ("host", "v1")), sysctl("host", "net.ipv4.conf.v0.rp_filter", "0")];
        let to = after(&World::fresh(), &setup);
        let mut from = after(&to, &[rename("host", "v0", "v2"), sysctl("host", "net.ipv4.conf.v2.rp_filter", "1")]);
        from.namespace_mut(&super::NsRef::Host).unwrap().sysctls.clear();
        let plan: String = leads(&from, &to).iter().map(|op| format!("{op}\n")).collect();
        expect![[r#"
            ip link set dev v2 name v0
            sysctl -qw net.ipv4.conf.v0.rp_filter=0
        "#]]
        .assert_eq(&plan);
    }

    #[test]
    fn a_deleted_bridge_is_made_again_with_its_ports() {
        let setup = [
            bridge("host", "br0"),
            veth(("host", "v0"), ("host", "v1")),
            master("host", "v0", "br0"),
            up("host", "br0"),
            mac("host", "br0", "02:00:00:00:00:01"),
            addr_add("host", "br0", "192.168.15.1/24"),
        ];
        expect![[r#"
            ip link add name br0 address 02:00:00:00:00:01 type bridge
            ip link set dev v0 master br0
            ip link set dev br0 up
            ip addr add 192.168.15.1/24 dev br0
        "#]]
        .assert_eq(&undo(&setup, &[link_del("host", "br0")]));
    }

    #[test]
    fn a_bridge_without_an_address_is_made_again() {
        let setup = [
            bridge("host", "br0"),
            veth(("host", "v0"), ("host", "v1")),
            master("host", "v0", "br0"),
            master("host", "v0", "-"),
            up("host", "br0"),
        ];
        expect![[r#"
            ip link del dev br0
            ip link add name br0 type bridge
            ip link set dev br0 up
        "#]]
        .assert_eq(&undo(&setup, &[mac("host", "br0", "02:00:00:00:00:01")]));
    }

    #[test]
    fn swapped_names_are_told_by_the_far_ends() {
        let setup = [
            netns_add("red"),
            veth(("host", "v0"), ("red", "v0")),
            veth(("host", "v1"), ("red", "v1")),
            up("host", "v0"),
        ];
        let mut from = after(&World::fresh(), &setup);
        for (link, number) in [("v0", 1), ("v1", 2)] {
            let id = from.find_link(&super::NsRef::Host, &link.parse().unwrap()).unwrap();
            from.link_mut(id).mac = Some(super::Mac([2, 0, 0, 0, 0, number]));
            let far = from.find_link(&"red".parse().map(super::NsRef::Named).unwrap(), &link.parse().unwrap()).unwrap();
            from.link_mut(far).mac = Some(super::Mac([2, 0, 0, 0, 1, number]));
        }
        let ops = [rename("host", "v0", "x"), rename("host", "v1", "v0"), rename("host", "x", "v1")];
        let to = after(&from, &ops);
        let plan: String = leads(&from, &to).iter().map(|op| format!("{op}\n")).collect();
        expect![[r#"
            ip link set dev v0 name aside0
            ip link set dev v1 name v0
            ip link set dev aside0 name v1
        "#]]
        .assert_eq(&plan);
    }

    #[test]
    fn a_link_that_is_up_goes_down_for_its_name_where_the_kernel_wants_that() {
        let setup = [veth(("host", "v0"), ("host", "v1")), up("host", "v0"), addr_add("host", "v0", "10.0.0.1/24")];
        let mut from = after(&World::fresh(), &setup);
        let to = after(&from, &[rename("host", "v0", "eth0")]);
        from.traits.rename_while_up = false;
        let plan: String = leads(&from, &to).iter().map(|op| format!("{op}\n")).collect();
        expect![[r#"
            ip link set dev v0 down
            ip link set dev v0 name eth0
            ip link set dev eth0 up
        "#]]
        .assert_eq(&plan);
    }

    #[test]
    fn a_vxlan_comes_back_where_it_was_born_with_all_that_it_was_told() {
        let setup = [
            netns_add("red"),
            veth(("host", "v0"), ("host", "v1")),
            vxlan("host", "vx0", 42, "v0", 4789),
            vxlan("host", "vx1", 43, "v0", 4789),
            move_to("host", "vx1", "red"),
            up("red", "vx1"),
            addr_add("red", "vx1", "10.0.0.1/24"),
            mtu("host", "v0", "1300"),
        ];
        // The link under them takes both with it.
        expect![[r#"
            ip -n red link set dev v0 netns 1
            ip link add name vx0 mtu 1450 type vxlan id 42 remote 10.0.0.2 dev v0 dstport 4789
            ip link add name vx1 netns red mtu 1450 type vxlan id 43 remote 10.0.0.2 dev v0 dstport 4789
            ip link set dev v0 mtu 1500
            ip link set dev vx0 mtu 1450
            ip -n red link set dev vx1 mtu 1450
            ip link set dev v0 mtu 1300
            ip -n red link set dev vx1 up
            ip -n red addr add 10.0.0.1/24 dev vx1
        "#]]
        .assert_eq(&undo(&setup, &[move_to("host", "v0", "red")]));
    }
}
