//! Namespaces, of the run and of others.

use expect_test::expect;

use crate::others::Row;

/// One a kind of change.
pub fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "a namespace of others",
            before: "",
            run: "netns add red",
            others: "ip netns add blue",
            left: "ip netns add blue",
            left_by_all: "ip netns add blue",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a link of others in our namespace",
            before: "",
            run: "netns add red; in red link set lo up",
            others: "ip -n red link add br0 type bridge",
            left: "ip netns add red; ip -n red link add br0 type bridge",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  namespace red stays: link br0 in it is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a cable of others into our namespace",
            before: "",
            run: "netns add red",
            others: "ip link add c0 type veth peer name c1 netns red",
            left: "ip netns add red; ip link add c0 type veth peer name c1 netns red",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  namespace red stays: link c1 in it is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a rule of others in our namespace",
            before: "",
            run: "netns add red",
            others: "ip netns exec red nft add table ip t",
            left: "ip netns add red; ip netns exec red nft add table ip t",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  namespace red stays: table ip t in it is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a policy rule of others in our namespace",
            before: "",
            run: "netns add red",
            others: "ip -n red rule add from 10.8.0.0/16 table 8 pref 8",
            left: "ip netns add red; ip -n red rule add from 10.8.0.0/16 table 8 pref 8",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  namespace red stays: policy rule 8: from 10.8.0.0/16 table 8 in it is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "our namespace is deleted",
            before: "",
            run: "netns add red; link add v0 type veth peer name v1 netns red; link set v0 up",
            others: "ip netns del red",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "our namespace is deleted and made anew",
            before: "",
            run: "netns add red; link add v0 type veth peer name v1 netns red; link add br0 type bridge",
            others: "ip netns del red; ip netns add red",
            left: "ip netns add red",
            left_by_all: "ip netns add red",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a namespace that the run deleted is made anew",
            before: "",
            run: "netns del old; netns add red",
            others: "ip netns add old",
            left: "ip link del p0; ip netns del old; ip netns add old",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  namespace old is another one than before: somebody made it
                  host: link p0 does not come back: its other end cannot come back
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
    ]
}
