//! What there is in the world, and what the text made of it: links, namespaces, addresses, routes.

use expect_test::expect;

use super::check;
use crate::{
    complete::{Scene, complete},
    net::NsRef,
};

#[test]
fn links_are_those_of_the_namespace() {
    check(
        &[
            "link set |",
            "in red link set |",
            "ip -n red link set |",
            "ip netns exec red ip link set dev |",
            "in red { link set |",
            "in red { true; in blue link set v|",
            "in red { true }; link set veth|",
            "nsenter --net=/run/netns/red ip l s |",
            "in $ns link set |",
            "link set veth-red-br master |",
            "link del |",
            "expect link v| from blue",
            "nat masquerade 192.168.15.0/24 out |",
            "iptables -A FORWARD -i |",
        ],
        expect![[r#"
            > link set |
                lo                 loopback, down
                v-net-0            bridge, up, 192.168.15.5/24
                veth-blue-br       veth to veth-blue in blue, down, port of v-net-0
                veth-red-br        veth to veth-red in red, up, port of v-net-0
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                and more
            > in red link set |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                and more
            > ip -n red link set |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                and more
            > ip netns exec red ip link set dev |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
            > in red { link set |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                and more
            > in red { true; in blue link set v|
                veth-blue          veth to veth-blue-br in host, down, 192.168.15.2/24, fd00::2/64
            > in red { true }; link set veth|
                veth-blue-br       veth to veth-blue in blue, down, port of v-net-0
                veth-red-br        veth to veth-red in red, up, port of v-net-0
            > nsenter --net=/run/netns/red ip l s |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                and more
            > in $ns link set |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                and more
            > link set veth-red-br master |
                v-net-0            bridge, up, 192.168.15.5/24
            > link del |
                v-net-0            bridge, up, 192.168.15.5/24
                veth-blue-br       veth to veth-blue in blue, down, port of v-net-0
                veth-red-br        veth to veth-red in red, up, port of v-net-0
                type               its kind, which is not looked at
                dev                its name
            > expect link v| from blue
                veth-blue          veth to veth-blue-br in host, down, 192.168.15.2/24, fd00::2/64
            > nat masquerade 192.168.15.0/24 out |
                lo                 loopback, down
                v-net-0            bridge, up, 192.168.15.5/24
                veth-blue-br       veth to veth-blue in blue, down, port of v-net-0
                veth-red-br        veth to veth-red in red, up, port of v-net-0
            > iptables -A FORWARD -i |
                lo                 loopback, down
                v-net-0            bridge, up, 192.168.15.5/24
                veth-blue-br       veth to veth-blue in blue, down, port of v-net-0
                veth-red-br        veth to veth-red in red, up, port of v-net-0
        "#]],
    );
}

#[test]
fn namespaces_natively_and_of_ip() {
    check(
        &[
            "netns del |",
            "in |",
            "ip -n |",
            "ip netns exec |",
            "link set veth-red-br netns |",
            "ip link set veth-red-br netns |",
            "wire |",
            "switch br0 { |",
            "nsenter --net=|",
        ],
        expect![[r#"
            > netns del |
                blue               veth-blue
                red                veth-red
            > in |
                host               v-net-0, veth-blue-br, veth-red-br
                blue               veth-blue
                red                veth-red
            > ip -n |
                blue               veth-blue
                red                veth-red
            > ip netns exec |
                blue               veth-blue
                red                veth-red
            > link set veth-red-br netns |
                host               v-net-0, veth-blue-br, veth-red-br
                blue               veth-blue
                red                veth-red
            > ip link set veth-red-br netns |
                blue               veth-blue
                red                veth-red
                1                  the host
            > wire |
                host:…             a link in host
                blue:…             a link in blue
                red:…              a link in red
            > switch br0 { |
                host               v-net-0, veth-blue-br, veth-red-br
                blue               veth-blue
                red                veth-red
                host:…             a link in host
                blue:…             a link in blue
                red:…              a link in red
            > nsenter --net=|
                --net=/run/netns/blue veth-blue
                --net=/run/netns/red veth-red
        "#]],
    );
}

#[test]
fn addresses_that_are_free() {
    check(
        &[
            "addr add | dev v-net-0",
            "addr add |",
            "addr add 192.168.15.|",
            "ip addr add 192.168.15.2|",
            "addr add 192.168.15.3/|",
            "addr add fd|",
            "addr add 10.|",
            "switch br0 |",
            "wire red:a |",
        ],
        expect![[r#"
            > addr add | dev v-net-0
                192.168.15.3/24    free in 192.168.15.0/24
                fd00::1/64         free in fd00::/64
                203.0.113.1/28     free in 203.0.113.0/28
                peer               the other end of a point-to-point link
                broadcast          the broadcast address, `+` for the last of the prefix
                scope              how far it is valid
                label              its label, such as veth0:1
                metric             the cost of its connected route
                nodad              IPv6: use it at once
                and more
            > addr add |
                192.168.15.3/24    free in 192.168.15.0/24
                fd00::1/64         free in fd00::/64
                203.0.113.1/28     free in 203.0.113.0/28
                dev                the link
                peer               the other end of a point-to-point link
                broadcast          the broadcast address, `+` for the last of the prefix
                scope              how far it is valid
                label              its label, such as veth0:1
                metric             the cost of its connected route
                and more
            > addr add 192.168.15.|
                192.168.15.3/24    free in 192.168.15.0/24
                192.168.15.4/24    free in 192.168.15.0/24
                192.168.15.6/24    free in 192.168.15.0/24
                192.168.15.7/24    free in 192.168.15.0/24
                192.168.15.8/24    free in 192.168.15.0/24
            > ip addr add 192.168.15.2|
                192.168.15.20/24   free in 192.168.15.0/24
                192.168.15.21/24   free in 192.168.15.0/24
                192.168.15.22/24   free in 192.168.15.0/24
                192.168.15.23/24   free in 192.168.15.0/24
                192.168.15.24/24   free in 192.168.15.0/24
            > addr add 192.168.15.3/|
                192.168.15.3/24    free in 192.168.15.0/24
            > addr add fd|
                fd00::1/64         free in fd00::/64
                fd00::3/64         free in fd00::/64
                fd00::4/64         free in fd00::/64
                fd00::5/64         free in fd00::/64
                fd00::6/64         free in fd00::/64
            > addr add 10.|
            > switch br0 |
                192.168.15.3/24    free in 192.168.15.0/24
                fd00::1/64         free in fd00::/64
                203.0.113.1/28     free in 203.0.113.0/28
            > wire red:a |
                192.168.15.3/24    free in 192.168.15.0/24
                fd00::1/64         free in fd00::/64
                203.0.113.1/28     free in 203.0.113.0/28
                --                 the other end of the cable follows
        "#]],
    );
}

#[test]
fn addresses_and_routes_that_are_there() {
    check(
        &[
            "in blue addr del |",
            "ip -n blue addr del | dev veth-blue",
            "addr del 192|",
            "ip -n red route del |",
            "in red route add default via |",
            "in red route add 10.0.0.0/8 via | dev veth-red",
            "route add |",
            "ping |",
            "in red expect tcp |",
            "nat masquerade |",
        ],
        expect![[r#"
            > in blue addr del |
                192.168.15.2/24    dev veth-blue
                fd00::2/64         dev veth-blue
                dev                the link
                peer               the other end of a point-to-point link
                broadcast          the broadcast address, `+` for the last of the prefix
                scope              how far it is valid
                label              its label, such as veth0:1
                metric             the cost of its connected route
                nodad              IPv6: use it at once
                and more
            > ip -n blue addr del | dev veth-blue
                192.168.15.2/24    dev veth-blue
                fd00::2/64         dev veth-blue
                peer               the other end of a point-to-point link
                broadcast          the broadcast address, `+` for the last of the prefix
                scope              how far it is valid
                label              its label, such as veth0:1
                metric             the cost of its connected route
                nodad              IPv6: use it at once
                noprefixroute      without a connected route
                and more
            > addr del 192|
                192.168.15.5/24    dev v-net-0
            > ip -n red route del |
                default            via 192.168.15.5 dev veth-red
                192.168.15.0/24    dev veth-red
                src                the address that local programs use
                via                the next router
                metric             its cost: the lowest wins
                scope              how far it reaches
                mtu                the largest packet, in bytes
                onlink             the router is on the link, whatever other routes say
                protocol           who made it
                and more
            > in red route add default via |
                192.168.15.5       v-net-0 in host
                192.168.15.2       veth-blue in blue
            > in red route add 10.0.0.0/8 via | dev veth-red
                192.168.15.5       v-net-0 in host
                192.168.15.2       veth-blue in blue
            > route add |
                default            everything
                192.168.15.0/24    3 addresses
                fd00::/64          1 address
                src                the address that local programs use
                via                the next router
                metric             its cost: the lowest wins
                scope              how far it reaches
                mtu                the largest packet, in bytes
                onlink             the router is on the link, whatever other routes say
                and more
            > ping |
                192.168.15.1       veth-red in red
                192.168.15.2       veth-blue in blue
                fd00::2            veth-blue in blue
                192.168.15.5       v-net-0 in host
                -c                 how many
                -i                 the time between two
                -W                 how long an answer is waited for
                -w                 how long it may take altogether
                -s                 bytes of payload
                and more
            > in red expect tcp |
                192.168.15.5:…     v-net-0 in host
                192.168.15.2:…     veth-blue in blue
                [fd00::2]:…        veth-blue in blue
                192.168.15.1:…     veth-red in red
                from               the namespace, if not the current one
                within             how long it may take
            > nat masquerade |
                192.168.15.0/24    3 addresses
                fd00::/64          1 address
                out                only what leaves through that link
        "#]],
    );
}

#[test]
fn names_that_the_text_made_before() {
    check(
        &[
            "netns add green; netns del g|",
            "link add cable type veth peer name c-far netns red\nlink set c|",
            "link add cable type veth peer name c-far netns red\nin red link set c|",
            "wire red:wired 10.0.0.1/24 -- plug\nin red { link set w|",
            "switch br9 {\n  red\n}\nlink set br9|",
            "for thing in [a b] { netns add $t|",
            "netns add 'a room'; netns del |",
        ],
        expect![[r#"
            > netns add green; netns del g|
                green              made here
            > link add cable type veth peer name c-far netns red
            link set c|
                cable              made here
            > link add cable type veth peer name c-far netns red
            in red link set c|
                c-far              made here
            > wire red:wired 10.0.0.1/24 -- plug
            in red { link set w|
                wired              made here
            > switch br9 {
              red
            }
            link set br9|
                br9                made here
            > for thing in [a b] { netns add $t|
                $thing             defined here
            > netns add 'a room'; netns del |
                blue               veth-blue
                red                veth-red
                'a room'           made here
        "#]],
    );
}

#[test]
fn the_prefix_of_the_same_switch_comes_first() {
    let world = super::world(
        "netns add a
netns add b
link add br0 type bridge
addr add 10.0.0.1/24 dev br0
link add to-a type veth peer name eth0 netns a
link set to-a master br0
link add x0 type veth peer name x1 netns b
addr add 10.9.0.1/24 dev x0
ip -n b addr add 10.9.0.2/24 dev x1
ip -n b addr add 10.9.0.3/24 dev x1",
    );
    let files = |_: &str| Vec::new();
    let here = NsRef::Host;
    let scene = Scene {
        world: &world,
        here: &here,
        names: &[],
        jobs: &[],
        files: &files,
        is_program: &|_| false,
        programs: &|_| Vec::new(),
    };
    let first = |text: &str, cursor: usize| complete(&scene, text, cursor).candidates[0].text.clone();
    assert_eq!(first("in a addr add  dev eth0", "in a addr add ".len()), "10.0.0.2/24");
    assert_eq!(first("in b addr add  dev x1", "in b addr add ".len()), "10.9.0.4/24");
    assert_eq!(first("addr add ", "addr add ".len()), "10.9.0.4/24");
}
