//! Addresses, routes and policy rules.

use expect_test::expect;

use crate::others::Row;

/// One a kind of change.
pub fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "an address on our link",
            before: "",
            run: "link add br0 type bridge; addr add 10.7.0.1/24 dev br0; netns add red",
            others: "ip addr add 10.8.0.1/24 dev br0",
            left: "ip link add br0 type bridge; ip addr add 10.8.0.1/24 dev br0",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link br0 stays: address 10.8.0.1/24 is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "an IPv6 address on our link",
            before: "",
            run: "link add br0 type bridge; addr add fd07::1/64 dev br0; netns add red",
            others: "ip addr add fd08::1/64 dev br0",
            left: "ip link add br0 type bridge; ip addr add fd08::1/64 dev br0",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link br0 stays: address fd08::1/64 is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "our address is removed",
            before: "",
            run: "addr add 10.7.0.1/24 dev eth9; addr add fd07::1/64 dev eth9 nodad; netns add red",
            others: "ip addr del 10.7.0.1/24 dev eth9; ip addr del fd07::1/64 dev eth9",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "an address beside ours",
            before: "",
            run: "addr add 10.7.0.1/24 dev eth9; addr add fd07::1/64 dev eth9 nodad",
            others: "ip addr add 10.8.0.1/24 dev eth9; ip addr add fd08::1/64 dev eth9 nodad",
            left: "ip addr add 10.8.0.1/24 dev eth9; ip addr add fd08::1/64 dev eth9 nodad",
            left_by_all: "ip addr add 10.8.0.1/24 dev eth9; ip addr add fd08::1/64 dev eth9 nodad",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "an address that the run deleted",
            before: "",
            run: "addr del fd05::1/64 dev eth9; netns add red",
            others: "ip addr add fd05::2/64 dev eth9 nodad",
            left: "ip addr del fd05::1/64 dev eth9; ip addr add fd05::2/64 dev eth9 nodad; ip addr add fd05::1/64 dev eth9 nodad",
            left_by_all: "ip addr del fd05::1/64 dev eth9; ip addr add fd05::2/64 dev eth9 nodad; ip addr add fd05::1/64 dev eth9 nodad",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "an address that the run deleted is there again",
            before: "",
            run: "addr del 10.6.0.1/24 dev sw0; netns add red",
            others: "ip addr add 10.6.0.1/24 dev sw0",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "an address that the run deleted, in another prefix",
            before: "",
            run: "addr del 10.6.0.1/24 dev sw0; netns add red",
            others: "ip addr add 10.6.0.1/16 dev sw0",
            left: "ip addr add 10.6.0.1/16 dev sw0; ip addr del 10.6.0.1/24 dev sw0; ip addr add 10.6.0.1/24 dev sw0",
            left_by_all: "ip addr add 10.6.0.1/16 dev sw0; ip addr del 10.6.0.1/24 dev sw0; ip addr add 10.6.0.1/24 dev sw0",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a route beside ours",
            before: "",
            run: "route add 10.7.0.0/16 via 10.5.0.9",
            others: "ip route add 10.8.0.0/16 via 10.5.0.9",
            left: "ip route add 10.8.0.0/16 via 10.5.0.9",
            left_by_all: "ip route add 10.8.0.0/16 via 10.5.0.9",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "our route is deleted",
            before: "",
            run: "route add 10.7.0.0/16 via 10.5.0.9; netns add red",
            others: "ip route del 10.7.0.0/16",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "our route is replaced",
            before: "",
            run: "route add 10.7.0.0/16 via 10.5.0.9; netns add red",
            others: "ip route replace 10.7.0.0/16 via 10.5.0.8",
            left: "ip route add 10.7.0.0/16 via 10.5.0.8",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: route 10.7.0.0/16 via 10.5.0.8 dev eth9 stays: somebody put it in the place of this run's
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a route through our link",
            before: "",
            run: "link add v0 type veth peer name v1; link set v0 up; link set v1 up; addr add 10.7.0.1/24 dev v0",
            others: "ip route add 10.8.0.0/16 dev v0",
            left: "ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; ip route add 10.8.0.0/16 dev v0",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link v0 stays: route 10.8.0.0/16 dev v0 is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "the default route that the run replaced is replaced again",
            before: "",
            run: "route replace default via 10.5.0.8; netns add red",
            others: "ip route replace default via 10.5.0.7",
            left: "ip route replace default via 10.5.0.7",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: route default via 10.5.0.9 dev eth9 does not come back: somebody put another in its place
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "the default route that the run replaced",
            before: "",
            run: "route replace default via 10.5.0.8",
            others: "true",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "an IPv6 route through our link",
            before: "",
            run: "link add v0 type veth peer name v1; link set v0 up; link set v1 up",
            others: "ip -6 route add fd08::/64 dev v0",
            left: "ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; ip -6 route add fd08::/64 dev v0",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link v0 stays: route fd08::/64 dev v0 is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "policy rules",
            before: "",
            run: "rule add from 10.7.0.0/16 table 7 pref 7; rule del pref 66",
            others: "ip rule add from 10.8.0.0/16 table 8 pref 7; ip rule add from 10.8.0.0/16 table 8 pref 66",
            left: "ip rule add from 10.8.0.0/16 table 8 pref 7; ip rule add from 10.8.0.0/16 table 8 pref 66",
            left_by_all: "ip rule add from 10.8.0.0/16 table 8 pref 7; ip rule add from 10.8.0.0/16 table 8 pref 66",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "our policy rule is deleted",
            before: "",
            run: "rule add from 10.7.0.0/16 table 7 pref 7; netns add red",
            others: "ip rule del pref 7",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
    ]
}
