use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::merge;
use crate::{
    model::{
        Kind, Link, Numbers, World, apply,
        diff::{
            diff_of_same,
            scene::{
                addr_add, addr_del, after, bridge, chain, down, link_del, mac, master, move_to, mtu, netfilter,
                netns_add, netns_del, policy_rule_add, rename, route, route_add, route_del, rule, rule_add, sysctl, up,
                veth,
            },
            tests::{any_op, any_policy_op, any_rules_op, grown},
        },
        differences, trace,
    },
    ops::{NetfilterChange, Op, Policy, RouteMode, RuleAction, RuleSpec, Verdict},
};

/// What is done to get to where it should be, and what is told to stay.
fn undone(setup: &[Op], run: &[Op], others: &[Op], expected: &Expect) {
    let before = after(&World::fresh(), setup);
    let left = after(&before, run);
    let now = trace(after(&left, others), &[&left], Numbers::Seen);
    let merged = merge(&before, &[&left], &now, false);
    let plan = diff_of_same(&now, &merged.target);
    assert_eq!(differences(&after(&now, &plan), &merged.target), Vec::<String>::new());
    let mut text: String = plan.iter().map(|op| format!("{op}\n")).collect();
    for line in merged.kept {
        text.push_str(&format!("({line})\n"));
    }
    expected.assert_eq(&text);
}

fn lab() -> Vec<Op> {
    vec![
        netns_add("red"),
        bridge("host", "br0"),
        veth(("host", "v-red"), ("red", "eth0")),
        master("host", "v-red", "br0"),
        up("host", "v-red"),
        up("red", "eth0"),
        addr_add("red", "eth0", "10.0.0.1/24"),
    ]
}

#[test]
fn a_run_that_nobody_disturbed_goes_as_a_whole() {
    undone(
        &[],
        &lab(),
        &[],
        &expect![[r#"
            ip link del dev br0
            ip link del dev v-red
            ip netns del red
        "#]],
    );
}

#[test]
fn what_others_did_elsewhere_is_not_even_mentioned() {
    let others = [
        netns_add("blue"),
        veth(("host", "v-blue"), ("blue", "eth0")),
        addr_add("host", "v-blue", "10.7.0.1/24"),
        policy_rule_add(
            "host",
            RuleSpec { priority: Some(7), action: Some(RuleAction::Blackhole), ..RuleSpec::new(false) },
        ),
        rule_add("host", chain("filter", "FORWARD"), None, rule("10.1.0.0/16", Verdict::Drop)),
    ];
    undone(
        &[],
        &lab(),
        &others,
        &expect![[r#"
            ip link del dev br0
            ip link del dev v-red
            ip netns del red
        "#]],
    );
}

#[test]
fn an_address_of_others_keeps_the_link_and_its_namespace() {
    undone(
        &[],
        &lab(),
        &[addr_add("red", "eth0", "10.9.0.1/24")],
        &expect![[r#"
            ip link del dev br0
            ip -n red addr del 10.0.0.1/24 dev eth0
            (red: link eth0 stays: address 10.9.0.1/24 is not of this run)
            (namespace red stays: link eth0 in it is not of this run)
        "#]],
    );
}

#[test]
fn a_port_of_others_keeps_the_bridge() {
    undone(
        &[netns_add("blue"), veth(("host", "v-blue"), ("blue", "eth0"))],
        &lab(),
        &[master("host", "v-blue", "br0")],
        &expect![[r#"
            ip link del dev v-red
            ip netns del red
            (host: link br0 stays: its port v-blue is not of this run)
        "#]],
    );
}

#[test]
fn a_route_of_others_keeps_the_link() {
    undone(
        &[],
        &lab(),
        &[route_add("red", "10.5.0.0/16", "10.0.0.9", "eth0")],
        &expect![[r#"
            ip link del dev br0
            ip -n red addr del 10.0.0.1/24 dev eth0
            ip -n red route add 10.0.0.9/32 dev eth0
            ip -n red route add 10.5.0.0/16 via 10.0.0.9 dev eth0
            ip -n red route del 10.0.0.9/32 dev eth0
            (red: link eth0 stays: route 10.5.0.0/16 via 10.0.0.9 dev eth0 is not of this run)
            (namespace red stays: link eth0 in it is not of this run)
        "#]],
    );
}

#[test]
fn a_changed_link_is_left() {
    undone(
        &[],
        &lab(),
        &[mtu("red", "eth0", "1400")],
        &expect![[r#"
            ip link del dev br0
            ip -n red addr del 10.0.0.1/24 dev eth0
            (red: link eth0 stays: its mtu 1400 is not of this run)
            (namespace red stays: link eth0 in it is not of this run)
        "#]],
    );
}

#[test]
fn what_others_took_away_is_not_missed() {
    undone(
        &[],
        &lab(),
        &[addr_del("red", "eth0", "10.0.0.1/24"), link_del("host", "br0")],
        &expect![[r#"
            ip link del dev v-red
            ip netns del red
        "#]],
    );
    undone(
        &[],
        &lab(),
        &[netns_del("red")],
        &expect![[r#"
            ip link del dev br0
        "#]],
    );
}

#[test]
fn a_namesake_is_left_alone() {
    undone(
        &[],
        &lab(),
        &[link_del("host", "br0"), bridge("host", "br0")],
        &expect![[r#"
            ip link del dev v-red
            ip netns del red
        "#]],
    );
}

#[test]
fn fields_of_what_was_there_before_are_judged_one_by_one() {
    undone(
        &[netns_add("red"), veth(("host", "v0"), ("red", "eth0")), addr_add("host", "v0", "10.0.0.1/24")],
        &[
            mtu("host", "v0", "1400"),
            up("host", "v0"),
            mac("host", "v0", "02:00:00:00:00:01"),
            addr_del("host", "v0", "10.0.0.1/24"),
            rename("red", "eth0", "lan0"),
        ],
        &[mtu("host", "v0", "1300"), addr_add("host", "v0", "10.9.0.1/24")],
        &expect![[r#"
            ip -n red link set dev lan0 name eth0
            ip link set dev v0 down
            ip addr add 10.0.0.1/24 dev v0
            (host: link v0 keeps its mtu: somebody changed it since)
        "#]],
    );
}

#[test]
fn what_was_moved_comes_home_unless_somebody_moved_it_on() {
    let setup = [
        netns_add("red"),
        netns_add("blue"),
        veth(("host", "v0"), ("host", "v1")),
        mac("host", "v0", "02:00:00:00:00:01"),
    ];
    let run = [move_to("host", "v0", "red"), move_to("host", "v1", "red")];
    undone(
        &setup,
        &run,
        &[move_to("red", "v0", "blue")],
        &expect![[r#"
            ip -n red link set dev v1 netns 1
            (blue: link v0 keeps its place: somebody changed it since)
        "#]],
    );
}

#[test]
fn what_was_renamed_comes_home_from_behind_a_namesake_of_the_run() {
    undone(
        &[bridge("host", "br0"), up("host", "br0")],
        &[rename("host", "br0", "aside"), bridge("host", "br0"), up("host", "br0")],
        &[],
        &expect![[r#"
            ip link del dev br0
            ip link set dev aside name br0
        "#]],
    );
}

#[test]
fn a_replaced_route_comes_back_unless_somebody_replaced_it_again() {
    let setup = [
        bridge("host", "br0"),
        up("host", "br0"),
        addr_add("host", "br0", "10.0.0.1/24"),
        route_add("host", "default", "10.0.0.9", "br0"),
        route_add("host", "10.8.0.0/16", "10.0.0.9", "br0"),
    ];
    let replace = |to: &str| route("host", RouteMode::Replace, "default", to, "br0", None);
    let run = [replace("10.0.0.8"), route_del("host", "10.8.0.0/16")];
    undone(
        &setup,
        &run,
        &[route_add("host", "10.7.0.0/16", "10.0.0.9", "br0")],
        &expect![[r#"
            ip route replace default via 10.0.0.9 dev br0
            ip route add 10.8.0.0/16 via 10.0.0.9 dev br0
        "#]],
    );
    undone(
        &setup,
        &run,
        &[replace("10.0.0.7")],
        &expect![[r#"
            ip route add 10.8.0.0/16 via 10.0.0.9 dev br0
            (host: route default via 10.0.0.9 dev br0 does not come back: somebody put another in its place)
        "#]],
    );
}

#[test]
fn settings_and_rules_are_judged_one_by_one() {
    let forward = || chain("filter", "FORWARD");
    let policy = |policy| netfilter("host", NetfilterChange::SetPolicy { chain: forward(), policy });
    let add = |from| rule_add("host", forward(), None, rule(from, Verdict::Drop));
    undone(
        &[sysctl("host", "net.ipv4.ip_forward", "0"), add("10.1.0.0/16")],
        &[sysctl("host", "net.ipv4.ip_forward", "1"), add("10.2.0.0/16"), policy(Policy::Drop)],
        &[sysctl("host", "net.ipv4.ip_forward", "0"), add("10.3.0.0/16")],
        &expect![[r#"
            iptables -P FORWARD ACCEPT
            iptables -D FORWARD 2
        "#]],
    );
    undone(
        &[],
        &[add("10.2.0.0/16")],
        &[add("10.3.0.0/16")],
        &expect![[r#"
            iptables -D FORWARD 1
            (host: chain ip filter FORWARD stays: the rule ip saddr 10.3.0.0/16 drop is not of this run)
        "#]],
    );
    undone(
        &[netns_add("red")],
        &[netns_add("blue"), sysctl("blue", "net.ipv4.ip_forward", "1")],
        &[sysctl("blue", "net.ipv4.ip_forward", "0")],
        &expect![[r#"
            (namespace blue stays: setting net.ipv4.ip_forward in it is not of this run)
        "#]],
    );
}

#[test]
fn what_was_taken_down_comes_back() {
    let mut setup = lab();
    setup.push(route_add("red", "default", "10.0.0.9", "eth0"));
    undone(
        &setup,
        &[down("red", "eth0"), link_del("host", "br0"), netns_add("blue")],
        &[],
        &expect![[r#"
            ip link add name br0 type bridge
            ip link set dev v-red master br0
            ip -n red link set dev eth0 up
            ip -n red route add default via 10.0.0.9 dev eth0
            ip netns del blue
        "#]],
    );
    undone(
        &setup,
        &[netns_del("red")],
        &[bridge("host", "v-red")],
        &expect![[r#"
            ip netns add red
            (host: link v-red does not come back: another link of that name is there now)
            (red: link eth0 does not come back: its other end cannot come back)
        "#]],
    );
}

/// What a run was taken out of leads to what it was before, if nobody else did anything.
fn goes_back(before: &World, run: &[Op]) {
    let mut at = before.clone();
    for op in run {
        let mut next = at.clone();
        let _outcome = apply(&mut next, op);
        for (left, now) in [(vec![&next], &next), (vec![&at, &next], &next), (vec![&at, &next], &at)] {
            let merged = merge(before, &left, now, false);
            assert_eq!(differences(&merged.target, before), Vec::<String>::new(), "{op}");
            assert_eq!(merged.kept, Vec::<String>::new(), "{op}");
            let end = grown(now.clone(), &diff_of_same(now, &merged.target));
            for (id, link) in before.links().filter(|&(id, _)| now.contains_link(id)) {
                let is_home = end.contains_link(id) && (&end.link(id).ns, &end.link(id).name) == (&link.ns, &link.name);
                assert!(is_home || matches!(link.kind, Kind::Vxlan(_)), "{op}: {} is elsewhere", link.name);
            }
        }
        at = next;
    }
}

/// What others made is where they put it, whatever the run had to do with its surroundings; and what is wanted is what is
/// wanted a second time.
fn leaves_others(before: &World, run: &[Op], others: &[Op]) {
    let left = grown(before.clone(), run);
    let now = grown(left.clone(), others);
    let merged = merge(before, &[&left], &now, false);
    let is_theirs = |id| !before.contains_link(id) && !left.contains_link(id);
    // A namespace made anew has another number, which the model does not know, and its loopback device goes with it.
    let is_made = |link: &Link| link.kind != Kind::Loopback;
    for (id, link) in now.links().filter(|&(id, link)| is_theirs(id) && is_made(link)) {
        let kept = merged.target.contains_link(id).then(|| merged.target.link(id));
        assert_eq!(kept.map(|kept| (&kept.ns, &kept.name)), Some((&link.ns, &link.name)), "{merged:#?}");
        assert_eq!(kept.map(|kept| &kept.addresses), Some(&link.addresses));
    }
    let again = merge(before, &[&left], &merged.target, false);
    assert_eq!(differences(&again.target, &merged.target), Vec::<String>::new());
}

proptest! {
    #[test]
    fn any_run_goes_back(
        setup in prop::collection::vec(any_op(), 0..20),
        run in prop::collection::vec(any_op(), 0..20),
    ) {
        goes_back(&grown(World::fresh(), &setup), &run);
    }

    #[test]
    fn any_run_about_rules_goes_back(
        setup in prop::collection::vec(prop_oneof![any_rules_op(), any_policy_op()], 0..20),
        run in prop::collection::vec(prop_oneof![any_rules_op(), any_policy_op()], 0..20),
    ) {
        goes_back(&grown(World::fresh(), &setup), &run);
    }

    #[test]
    fn nobody_elses_link_goes(
        setup in prop::collection::vec(any_op(), 0..20),
        run in prop::collection::vec(any_op(), 0..20),
        others in prop::collection::vec(any_op(), 0..10),
    ) {
        leaves_others(&grown(World::fresh(), &setup), &run, &others);
    }
}
