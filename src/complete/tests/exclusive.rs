//! What cannot stand beside what was given is not offered.

use expect_test::expect;

use super::check;

#[test]
fn what_excludes_what_was_given_is_not_offered() {
    check(
        &[
            "link set veth-red-br down |",
            "link set veth-red-br master v-net-0 n|",
            "link set veth-red-br nomaster m|",
            "ip link set veth-red-br up |",
            "link set veth-red-br | down",
            "link add a up type veth peer name b |",
            "link add vx type vxlan nolearning l|",
            "link add vx type vxlan remote 192.168.15.2 g|",
            "link add vx type vxlan external i|",
            "route add 10.0.0.0/8 blackhole |",
            "rule add table 100 bl|",
            "rule add blackhole t|",
            "ping -6 -|",
            "ping -6c1 -|",
            "firewall drop input tcp |",
            "expect link veth-red-br up d|",
            "expect file lab.nns is x |",
            "iptables -A INPUT -j DROP -g|",
            "iptables -D INPUT 1 |",
            "iptables -F -p|",
            "iptables -p tcp -F|",
            "iptables -D INPUT -p|",
        ],
        expect![[r#"
            > link set veth-red-br down |
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                nomaster           it is a port no longer
            > link set veth-red-br master v-net-0 n|
                name               its name, or its new name
                netns              the namespace it is in, or moves to
            > link set veth-red-br nomaster m|
                mtu                its largest packet, in bytes
            > ip link set veth-red-br up |
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                nomaster           it is a port no longer
            > link set veth-red-br | down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                nomaster           it is a port no longer
            > link add a up type veth peer name b |
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
            > link add vx type vxlan nolearning l|
                local              the address that it sends from
                label              with IPv6, its label
                l2miss             it tells of them by netlink
                l3miss             it tells of them by netlink
            > link add vx type vxlan remote 192.168.15.2 g|
                gbp                it carries the marks of packets
            > link add vx type vxlan external i|
            > route add 10.0.0.0/8 blackhole |
                src                the address that local programs use
                via                the next router
                metric             its cost: the lowest wins
                scope              how far it reaches
                mtu                the largest packet, in bytes
                onlink             the router is on the link, whatever other routes say
                protocol           who made it
                table              its table
                dev                the link it leaves through
            > rule add table 100 bl|
            > rule add blackhole t|
                to                 for packets to there
                tos                for this type of service
            > ping -6 -|
                -c                 how many
                -i                 the time between two
                -W                 how long an answer is waited for
                -w                 how long it may take altogether
                -s                 bytes of payload
                -I                 the link or address to send from
                -q                 only the summary
                -n                 numbers in place of names, as always
            > ping -6c1 -|
                -c                 how many
                -i                 the time between two
                -W                 how long an answer is waited for
                -w                 how long it may take altogether
                -s                 bytes of payload
                -I                 the link or address to send from
                -q                 only the summary
                -n                 numbers in place of names, as always
            > firewall drop input tcp |
                in                 it came in through that link
                out                it goes out through that link
                from               its source is in that prefix
                to                 its destination is in that prefix
                sport              its source port
                dport              its destination port
                state              what its conversation is known to be
            > expect link veth-red-br up d|
            > expect file lab.nns is x |
                within             how long it may take
            > iptables -A INPUT -j DROP -g|
            > iptables -D INPUT 1 |
                -t                 the table, `filter` when none is named
                -n                 numbers in place of names
                -v                 counters and links too
                -x                 counters to the last digit
                -w                 accepted, and nothing to wait for
                --line-numbers     each rule with its number
            > iptables -F -p|
            > iptables -p tcp -F|
            > iptables -D INPUT -p|
                -p                 what they carry, such as `tcp`, `udp` or `icmp`
        "#]],
    );
}
