//! Addresses: all that are not wanted go before any comes, since an address may have to change its link.
//!
//! The order of a link's addresses is theirs by birth: IPv4 addresses stand in the order in which they came (a
//! secondary behind all primaries), IPv6 addresses of one scope the newest first. So an order is repaired by taking away
//! what came after the first difference, and giving it again.

use super::{Planner, Tried};
use crate::{
    model::{Address, LinkId, Reason, World, equality, spec::address_spec},
    net::Cidr,
    ops::{AddrOp, AddressSelector, RouteProtocol},
};

impl Planner<'_> {
    pub(super) fn replace_addresses(&mut self) {
        let links = self.common_links();
        for &(id, want) in &links {
            self.drop_surplus(id, want);
        }
        for (id, want) in links {
            for ipv6 in [false, true] {
                self.add_addresses(id, want, ipv6);
            }
        }
    }

    /// Takes away the addresses that a link is not to have.
    pub(super) fn drop_surplus(&mut self, id: LinkId, want: LinkId) {
        for ipv6 in [false, true] {
            let wanted = by_birth(self.to, want, ipv6);
            let have = by_birth(&self.now, id, ipv6);
            let surplus: Vec<Address> = have.into_iter().filter(|address| !wanted.contains(address)).collect();
            self.delete_addresses(id, ipv6, &surplus);
        }
    }

    fn add_addresses(&mut self, id: LinkId, want: LinkId, ipv6: bool) {
        let wanted = by_birth(self.to, want, ipv6);
        let have = by_birth(&self.now, id, ipv6);
        if have == wanted {
            return;
        }
        if wanted.starts_with(&have) {
            for address in &wanted[have.len()..] {
                self.add_address(id, address);
            }
            return;
        }
        let before = (self.now.clone(), self.ops.len());
        for address in wanted.iter().filter(|address| !have.contains(address)) {
            self.add_address(id, address);
        }
        if by_birth(&self.now, id, ipv6) == wanted {
            return;
        }
        self.now = before.0;
        self.ops.truncate(before.1);
        let right = have.iter().zip(&wanted).take_while(|(have, wanted)| have == wanted).count();
        self.delete_addresses(id, ipv6, &have[right..]);
        for address in &wanted[right..] {
            self.add_address(id, address);
        }
    }

    /// Deletes addresses, the youngest first. The secondaries of a primary go before it: whether it would take them
    /// along is the setting `promote_secondaries`, which may not be known.
    pub(super) fn delete_addresses(&mut self, id: LinkId, ipv6: bool, surplus: &[Address]) {
        let follows = |address: &Address| {
            address.secondary && surplus.iter().any(|lost| !lost.secondary && reached(lost) == reached(address))
        };
        for address in by_birth(&self.now, id, ipv6).iter().rev() {
            if surplus.contains(address) || follows(address) {
                self.delete_address(id, address);
            }
        }
    }

    fn delete_address(&mut self, id: LinkId, address: &Address) {
        let link = self.now.link(id);
        let reached = Some(address.peer.unwrap_or(address.cidr));
        let selector = AddressSelector { addr: address.cidr.addr(), reached };
        let op = AddrOp::Del { ns: link.ns.clone(), link: link.name.clone(), address: selector };
        self.plan(op, |world| world.link_mut(id).addresses.retain(|other| other.cidr != address.cidr));
    }

    fn add_address(&mut self, id: LinkId, address: &Address) {
        let link = self.now.link(id);
        let add = AddrOp::Add { ns: link.ns.clone(), link: link.name.clone(), address: address_spec(address) };
        let to = self.to;
        let effect = |world: &mut World| put_address(world, id, address, to);
        if let Tried::Refused(Reason::Ipv6Disabled { link }) = self.plan(add.clone(), effect) {
            self.enable_ipv6(link);
            self.plan(add, effect);
        }
    }
}

/// The addresses of one family, as they are compared, in the order in which they have to be given.
pub(super) fn by_birth(world: &World, id: LinkId, ipv6: bool) -> Vec<Address> {
    let mut addresses = equality::addresses(world.link(id), ipv6);
    if ipv6 {
        addresses.reverse();
    }
    addresses
}

/// The prefix that an address makes directly reachable.
fn reached(address: &Address) -> Cidr {
    address.peer.unwrap_or(address.cidr).network()
}

/// Gives a link an address of a kind that the model does not understand, with the connected routes that it had.
fn put_address(world: &mut World, id: LinkId, address: &Address, to: &World) {
    let link = world.link_mut(id);
    link.addresses.push(address.clone());
    let (ns, name) = (link.ns.clone(), link.name.clone());
    let connected = equality::routes(to, &ns).into_iter().filter(|route| {
        route.link.as_ref() == Some(&name)
            && route.rest.protocol == RouteProtocol::KERNEL
            && route.rest.destination == reached(address)
    });
    if let Some(namespace) = world.namespace_mut(&ns) {
        for mut route in connected.map(|route| route.rest) {
            route.link = Some(id);
            namespace.insert_route(route);
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::scene::{addr_add, addr_del, down, mtu, sysctl, undo, up, veth};
    use crate::ops::Op;

    fn cable() -> Vec<Op> {
        vec![veth(("host", "v0"), ("host", "v1")), up("host", "v0"), up("host", "v1")]
    }

    #[test]
    fn a_deleted_primary_comes_back_before_its_secondaries() {
        let mut setup = cable();
        setup.extend(["10.0.0.1/24", "10.0.0.2/24", "10.0.1.1/24"].map(|cidr| addr_add("host", "v0", cidr)));
        setup.extend(["all", "v0"].map(|of| sysctl("host", &format!("net.ipv4.conf.{of}.promote_secondaries"), "0")));
        expect![[r#"
            ip addr del 10.0.1.1/24 dev v0
            ip addr add 10.0.0.1/24 dev v0
            ip addr add 10.0.1.1/24 dev v0
            ip addr add 10.0.0.2/24 dev v0
        "#]]
        .assert_eq(&undo(&setup, &[addr_del("host", "v0", "10.0.0.1/24")]));
    }

    #[test]
    fn an_address_changes_its_link() {
        let mut setup = cable();
        setup.push(addr_add("host", "v0", "10.0.0.1/24"));
        let ops = [addr_del("host", "v0", "10.0.0.1/24"), addr_add("host", "v1", "10.0.0.1/24")];
        expect![[r#"
            ip addr del 10.0.0.1/24 dev v1
            ip addr add 10.0.0.1/24 dev v0
        "#]]
        .assert_eq(&undo(&setup, &ops));
    }

    #[test]
    fn ipv6_addresses_come_back_in_their_order() {
        let mut setup = cable();
        setup.extend(["2001:db8::1/64", "2001:db8::2/64"].map(|cidr| addr_add("host", "v0", cidr)));
        for ops in [[down("host", "v0"), up("host", "v0")], [mtu("host", "v0", "1000"), mtu("host", "v0", "1400")]] {
            let last = undo(&setup, &ops).lines().rev().take(2).map(|line| format!("{line}\n")).collect::<String>();
            assert_eq!(last, "ip addr add 2001:db8::2/64 dev v0\nip addr add 2001:db8::1/64 dev v0\n",);
        }
    }

    #[test]
    fn ipv6_is_switched_on_again_for_an_address() {
        let mut setup = cable();
        setup.push(addr_add("host", "v0", "2001:db8::1/64"));
        expect![[r#"
            sysctl -qw net.ipv6.conf.v0.disable_ipv6=0
            ip addr add 2001:db8::1/64 dev v0
        "#]]
        .assert_eq(&undo(&setup, &[sysctl("host", "net.ipv6.conf.v0.disable_ipv6", "1")]));
    }
}
