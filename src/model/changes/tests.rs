use expect_test::{Expect, expect};

use super::{changes, *};
use crate::{
    model::{
        World,
        diff::scene::{
            addr_add, addr_del, after, bridge, down, link_del, mac, master, move_to, mtu, netns_add, netns_del, rename,
            route_add, sysctl, up, veth,
        },
    },
    ops::{Op, Step},
    source::Sources,
};

#[expect(clippy::needless_pass_by_value, reason = "`expect![]` makes values")]
fn check(before: &[Op], ops: &[Op], expected: Expect) {
    let before = after(&World::fresh(), before);
    let now = after(&before, ops);
    let mut sources = Sources::default();
    let id = sources.add("test", "x".repeat(ops.len()));
    let step = |(at, op): (usize, &Op)| Step { op: op.clone(), span: sources.get(id).span(at, at + 1) };
    let steps: Vec<Step> = ops.iter().enumerate().map(step).collect();
    let mut text = String::new();
    for change in changes(&before, &now) {
        let cause = change.cause(&steps);
        let from = cause.map_or_else(String::new, |cause| {
            format!(" ({}{})", cause.span.start + 1, if cause.goes_along { ", along" } else { "" })
        });
        let Change { ns, sign, subject, text: what, class, far_end: _ } = change;
        text += &format!("{ns}: {sign:?} {subject:?} {what} {class:?}{from}\n");
    }
    expected.assert_eq(&text);
}

fn cable() -> Vec<Op> {
    vec![
        netns_add("red"),
        veth(("host", "v0"), ("red", "v1")),
        bridge("host", "br0"),
        up("host", "v0"),
        addr_add("host", "v0", "10.0.0.1/24"),
        route_add("host", "10.5.0.0/16", "10.0.0.9", "v0"),
    ]
}

#[test]
fn what_is_new() {
    check(
        &[],
        &cable(),
        expect![[r#"
        host: Added Link("v0") a veth with peer v1 in red, up Exact (4)
        host: Added Address { link: "v0", cidr: 10.0.0.1/24 } 10.0.0.1/24 on v0 Exact (5)
        host: Added Link("br0") a bridge, down Exact (3)
        host: Added Route { destination: 10.0.0.0/24, link: Some("v0") } 10.0.0.0/24 dev v0 src 10.0.0.1 proto kernel Exact (5, along)
        host: Added Route { destination: 10.5.0.0/16, link: Some("v0") } 10.5.0.0/16 via 10.0.0.9 dev v0 Exact (6)
        red: Added Netns  Exact (1)
        red: Added Link("v1") a veth with peer v0 in host, down Exact (2)
    "#]],
    );
}

#[test]
fn what_is_other() {
    check(
        &cable(),
        &[
            down("host", "v0"),
            master("host", "v0", "br0"),
            mtu("host", "v0", "1400"),
            mac("host", "br0", "02:00:00:00:00:01"),
            addr_del("host", "v0", "10.0.0.1/24"),
            sysctl("host", "net.ipv4.ip_forward", "1"),
            rename("red", "v1", "eth0"),
        ],
        expect![[r#"
            host: Changed Link("v0") up → down, master none → br0, mtu 1500 → 1400 Exact (3)
            host: Removed Address { link: "v0", cidr: 10.0.0.1/24 } 10.0.0.1/24 on v0 Exact (5)
            host: Changed Link("br0") mtu 1500 → 1400, address unknown → 02:00:00:00:00:01 Exact (4)
            host: Removed Route { destination: 10.0.0.0/24, link: Some("v0") } 10.0.0.0/24 dev v0 src 10.0.0.1 proto kernel Exact (5, along)
            host: Removed Route { destination: 10.5.0.0/16, link: Some("v0") } 10.5.0.0/16 via 10.0.0.9 dev v0 Exact (5, along)
            host: Changed Setting(net.ipv4.ip_forward) → 1 Exact (6)
            red: Changed Link("eth0") was v1 Exact (7)
        "#]],
    );
}

#[test]
fn what_is_gone_or_elsewhere() {
    check(
        &cable(),
        &[link_del("red", "v1")],
        expect![[r#"
            host: Removed Link("v0") a veth with peer v1 in red Rebuilt (1, along)
            host: Removed Route { destination: 10.0.0.0/24, link: Some("v0") } 10.0.0.0/24 dev v0 src 10.0.0.1 proto kernel Exact (1, along)
            host: Removed Route { destination: 10.5.0.0/16, link: Some("v0") } 10.5.0.0/16 via 10.0.0.9 dev v0 Exact (1, along)
            red: Removed Link("v1") a veth with peer v0 in host Rebuilt (1)
        "#]],
    );
    check(
        &cable(),
        &[netns_del("red")],
        expect![[r#"
            host: Removed Link("v0") a veth with peer v1 in red Rebuilt (1, along)
            host: Removed Route { destination: 10.0.0.0/24, link: Some("v0") } 10.0.0.0/24 dev v0 src 10.0.0.1 proto kernel Exact (1, along)
            host: Removed Route { destination: 10.5.0.0/16, link: Some("v0") } 10.5.0.0/16 via 10.0.0.9 dev v0 Exact (1, along)
            red: Removed Netns  Rebuilt (1)
            red: Removed Link("v1") a veth with peer v0 in host Rebuilt (1, along)
        "#]],
    );
    check(
        &cable(),
        &[move_to("host", "v0", "red")],
        expect![[r#"
        host: Removed Route { destination: 10.0.0.0/24, link: Some("v0") } 10.0.0.0/24 dev v0 src 10.0.0.1 proto kernel Exact (1, along)
        host: Removed Route { destination: 10.5.0.0/16, link: Some("v0") } 10.5.0.0/16 via 10.0.0.9 dev v0 Exact (1, along)
        red: Changed Link("v0") moved from host, where it was v0, up → down Exact (1)
        red: Removed Address { link: "v0", cidr: 10.0.0.1/24 } 10.0.0.1/24 on v0 Exact (1, along)
    "#]],
    );
    check(&cable(), &[], expect![[r#""#]]);
}
