//! Links that the run made.

use expect_test::expect;

use crate::others::Row;

/// One a kind of change.
pub fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "mtu of our link",
            before: "",
            run: "link add br0 type bridge; netns add red",
            others: "ip link set br0 mtu 1400",
            left: "ip link add br0 mtu 1400 type bridge",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link br0 stays: its mtu 1400 is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "state of our link",
            before: "",
            run: "link add br0 type bridge; netns add red",
            others: "ip link set br0 up",
            left: "ip link add br0 type bridge; ip link set br0 up",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link br0 stays: its state is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "master of our link",
            before: "",
            run: "link add br0 type bridge; link add v0 type veth peer name v1",
            others: "ip link set v0 master br0",
            left: "ip link add br0 type bridge; ip link add v0 type veth peer name v1; ip link set v0 master br0",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link v0 stays: its master is not of this run
                  host: link br0 stays: its port v0 is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "name of our link",
            before: "",
            run: "link add br0 type bridge; netns add red",
            others: "ip link set br0 name br1",
            left: "ip link add br1 type bridge",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link br1 stays: its name is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "place of our link",
            before: "",
            run: "netns add red; link add v0 type veth peer name v1; link add br0 type bridge",
            others: "ip link set v1 netns old",
            left: "ip link add v0 type veth peer name v1 netns old",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  old: link v1 stays: its place is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "address of our link",
            before: "",
            run: "link add br0 address 02:00:00:00:00:01 type bridge; netns add red",
            others: "ip link set br0 address 02:00:00:00:00:02",
            left: "ip link add br0 address 02:00:00:00:00:02 type bridge",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link br0 stays: its address is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a port on our bridge",
            before: "",
            run: "link add br0 type bridge; link set br0 up; netns add red",
            others: "ip link set eth9 master br0",
            left: "ip link add br0 type bridge; ip link set br0 up; ip link set eth9 master br0",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link br0 stays: its port eth9 is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a vxlan on our link",
            before: "",
            run: "link add v0 type veth peer name v1; link set v0 up; netns add red",
            others: "ip link add vx0 type vxlan id 7 dev v0 dstport 4789",
            left: "ip link add v0 type veth peer name v1; ip link set v0 up; ip link add vx0 type vxlan id 7 dev v0 dstport 4789",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link v0 stays: link vx0 on it is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "our link is deleted",
            before: "",
            run: "link add br0 type bridge; netns add red; link add v0 type veth peer name v1",
            others: "ip link del br0; ip link del v1",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "our link is deleted and made anew",
            before: "",
            run: "link add br0 type bridge; netns add red",
            others: "ip link del br0; ip link add br0 type bridge",
            left: "ip link add br0 type bridge",
            left_by_all: "ip link add br0 type bridge",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "our bridge is renamed and lost its address with a port",
            before: "",
            run: "netns add red; link add br0 type bridge",
            others: "ip link add t0 type veth peer name t1; ip link set t0 master br0; ip link del t0; ip link set br0 name lan",
            left: "ip link add lan type bridge; ip link add t0 type veth peer name t1; ip link set t0 master lan; ip link del t0",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link lan stays: its name is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
    ]
}
