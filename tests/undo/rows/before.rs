//! Links that were there before the run.

use expect_test::expect;

use crate::others::Row;

/// One a kind of change.
pub fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "a changed mtu",
            before: "",
            run: "link set eth9 mtu 1400; netns add red",
            others: "ip link set eth9 up",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a changed mtu is changed again",
            before: "",
            run: "link set eth9 mtu 1400; netns add red",
            others: "ip link set eth9 mtu 1300",
            left: "ip link set eth9 mtu 1300",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link eth9 keeps its mtu: somebody changed it since
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a link taken down is up again",
            before: "",
            run: "link set eth9 down; netns add red",
            others: "ip link set eth9 up",
            left: "ip link set eth9 down; ip link set eth9 up; ip addr add fd05::1/64 dev eth9 nodad; ip route add default via 10.5.0.9",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a wire that was moved",
            before: "",
            run: "netns add red; link set eth9 netns red",
            others: "true",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a wire that was moved, and moved on",
            before: "",
            run: "netns add red; link set eth9 netns red",
            others: "ip -n red link set eth9 netns old",
            left: "ip link set eth9 netns old",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  old: link eth9 keeps its place: somebody changed it since
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a wire that was moved, used there",
            before: "",
            run: "netns add red; link set eth9 netns red",
            others: "ip -n red link set eth9 mtu 1300",
            left: "ip link set eth9 mtu 1300",
            left_by_all: "ip link set eth9 mtu 1300",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a bridge with a port is deleted",
            before: "",
            run: "link del sw0",
            others: "true",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a bridge with a port is deleted, and the port is used",
            before: "",
            run: "link del sw0; netns add red",
            others: "ip link add sw1 type bridge; ip link set p0 master sw1",
            left: "ip link del sw0; ip link add sw0 type bridge; ip link set sw0 up; ip addr add 10.6.0.1/24 dev sw0
                ip link add sw1 type bridge; ip link set p0 master sw1",
            // A bridge never forgets what its ports were able to do.
            left_by_all: "ip link add sw1 type bridge; ip link set p0 master sw1; ip link set p0 master sw0",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link p0 keeps its master: somebody changed it since
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a cable that was deleted, and its name taken",
            before: "",
            run: "link del p0; netns add red",
            others: "ip link add p0 type bridge",
            left: "ip link del p0; ip link add p0 type bridge",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link p0 does not come back: another link of that name is there now
                  old: link p1 does not come back: its other end cannot come back
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a renamed link is renamed again",
            before: "",
            run: "link set eth9 name wan; netns add red",
            others: "ip link set wan name up9",
            left: "ip link set eth9 name up9",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link up9 keeps its name: somebody changed it since
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a new namesake of a renamed link",
            before: "",
            run: "link set eth9 name wan; netns add red",
            others: "ip link add eth9 type bridge",
            left: "ip link set eth9 name wan; ip link add eth9 type bridge",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link eth9 does not come back: another link of that name is there now
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
    ]
}
