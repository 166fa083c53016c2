//! Namespaces: made first, deleted last.

use super::Planner;
use crate::{net::NsRef, ops::NetnsOp};

impl Planner<'_> {
    pub(super) fn add_namespaces(&mut self) {
        let missing: Vec<NsRef> =
            self.to.namespaces().map(|(ns, _)| ns).filter(|ns| self.now.namespace(ns).is_none()).cloned().collect();
        for ns in missing {
            let NsRef::Named(name) = ns.clone() else { continue };
            if self.plan(NetnsOp::Add { name }, |_| {}).is_planned() {
                self.new_namespaces.insert(ns);
            }
        }
    }

    pub(super) fn delete_namespaces(&mut self) {
        let surplus: Vec<NsRef> =
            self.now.namespaces().map(|(ns, _)| ns).filter(|ns| self.to.namespace(ns).is_none()).cloned().collect();
        for ns in surplus {
            let NsRef::Named(name) = ns.clone() else { continue };
            self.plan(NetnsOp::Del { name }, |world| world.remove_namespace(&ns));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::scene::{addr_add, bridge, master, netns_add, netns_del, route_add, sysctl, undo, up, veth};

    #[test]
    fn a_deleted_namespace_comes_back_with_its_cables() {
        let setup = [
            netns_add("red"),
            bridge("host", "br0"),
            veth(("host", "v-red"), ("red", "eth0")),
            master("host", "v-red", "br0"),
            up("host", "v-red"),
            addr_add("host", "v-red", "10.0.0.9/24"),
            up("red", "eth0"),
            addr_add("red", "eth0", "10.0.0.1/24"),
            route_add("red", "default", "10.0.0.9", "eth0"),
            sysctl("red", "net.ipv4.ip_forward", "1"),
        ];
        expect![[r#"
            ip netns add red
            ip link add name v-red type veth peer name eth0 netns red
            ip link set dev v-red master br0
            ip netns exec red sysctl -qw net.ipv4.ip_forward=1
            ip link set dev v-red up
            ip -n red link set dev eth0 up
            ip addr add 10.0.0.9/24 dev v-red
            ip -n red addr add 10.0.0.1/24 dev eth0
            ip -n red route add default via 10.0.0.9 dev eth0
        "#]]
        .assert_eq(&undo(&setup, &[netns_del("red")]));
    }

    #[test]
    fn a_new_namespace_goes_after_the_cables_that_lead_out_of_it() {
        let ops = [
            netns_add("red"),
            netns_add("blue"),
            veth(("host", "v-red"), ("red", "eth0")),
            veth(("blue", "a"), ("red", "b")),
            bridge("red", "br0"),
        ];
        expect![[r#"
            ip link del dev v-red
            ip netns del blue
            ip netns del red
        "#]]
        .assert_eq(&undo(&[], &ops));
    }
}
