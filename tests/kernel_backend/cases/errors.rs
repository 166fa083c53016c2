//! What is told of changes that fail.

use nix::errno::Errno;
use nns::{
    backend::{Backend, KernelBackend, OpFailure},
    net::Mtu,
    ops::{AddressSpec, LinkChanges, LinkKind, LinkSpec, Master, Op, PeerSpec, RouteMode, RouteSelector, RouteSpec},
};

use crate::{
    build::{
        addr, addr_add, addr_del, bridge, link_add, link_del, netns_add, ns, rename, route, route_del, set, sysctl, up,
        v, veth, via,
    },
    observe::{sh, try_sh},
};

fn failure(backend: &mut KernelBackend, op: Op) -> OpFailure {
    backend.apply(std::slice::from_ref(&op)).pop().unwrap().expect_err(&op.to_string())
}

fn expect(backend: &mut KernelBackend, op: Op, errno: Errno, message: Option<&str>, attribute: Option<&str>) {
    let said = op.to_string();
    let failure = failure(backend, op);
    let told = (failure.errno, failure.message.as_deref(), failure.attribute.as_deref());
    assert_eq!(told, (errno, message, attribute), "{said}");
}

pub fn errors_carry_the_kernels_words() {
    let mut backend = KernelBackend::new().unwrap();
    sh("ip link set dev lo up; ip link add name v type veth peer name w; ip link set dev v up; ip link set dev w up");
    sh("ip addr add 10.0.0.1/24 dev v");
    let mtu = |bytes| LinkChanges { mtu: Mtu::new(bytes).ok(), ..LinkChanges::default() };

    expect(
        &mut backend,
        route("", RouteMode::Add, via("0.0.0.0/0", "172.16.0.1")),
        Errno::ENETUNREACH,
        Some("Nexthop has invalid gateway"),
        None,
    );
    expect(
        &mut backend,
        route("", RouteMode::Add, RouteSpec { source: Some(v("10.9.9.9")), ..via("0.0.0.0/0", "10.0.0.2") }),
        Errno::EINVAL,
        Some("Invalid prefsrc address"),
        None,
    );
    expect(&mut backend, set("", "v", mtu(10)), Errno::EINVAL, Some("mtu less than device minimum"), None);
    expect(&mut backend, set("", "v", mtu(70_000)), Errno::EINVAL, Some("mtu greater than device maximum"), None);
    expect(&mut backend, veth("", "v", "x"), Errno::EEXIST, None, None);
    expect(
        &mut backend,
        set("", "lo", LinkChanges { netns: None, master: Some(Master::Is(v("v"))), ..LinkChanges::default() }),
        Errno::EOPNOTSUPP,
        None,
        None,
    );
    expect(&mut backend, addr("", "v", "10.0.0.1/24"), Errno::EEXIST, Some("ipv4: Address already assigned"), None);
    expect(&mut backend, addr_del("", "v", "10.0.0.9/24"), Errno::EADDRNOTAVAIL, Some("ipv4: Address not found"), None);
    let labelled = AddressSpec { label: Some("v:a-label-too-long".into()), ..AddressSpec::new(v("10.0.0.5/24")) };
    expect(
        &mut backend,
        addr_add("", "v", labelled),
        Errno::ERANGE,
        Some("Attribute failed policy validation"),
        Some("label"),
    );
    expect(&mut backend, route_del("", RouteSelector::new(v("10.77.0.0/16"))), Errno::ESRCH, None, None);
    expect(&mut backend, link_del("", "lo"), Errno::EOPNOTSUPP, None, None);
}

pub fn errors_on_our_side() {
    let mut backend = KernelBackend::new().unwrap();
    let nothing = LinkChanges::default();
    expect(&mut backend, up("", "none"), Errno::ENODEV, None, None);
    expect(&mut backend, up("red", "lo"), Errno::ENOENT, None, None);
    expect(&mut backend, bridge("red", "br"), Errno::ENOENT, None, None);
    let moved = LinkChanges { netns: Some(ns("red")), ..nothing.clone() };
    expect(&mut backend, set("", "lo", moved), Errno::ENOENT, None, Some("netns"));
    let port = LinkChanges { master: Some(Master::Is(v("br"))), ..nothing };
    expect(&mut backend, set("", "lo", port), Errno::ENODEV, None, Some("master"));
    expect(&mut backend, sysctl("", "net.ipv4.none", "1"), Errno::ENOENT, None, None);
    expect(&mut backend, sysctl("", "net.ipv4.ip_forward", "many"), Errno::EINVAL, None, None);
    let peer = PeerSpec { netns: Some(ns("red")), ..PeerSpec::default() };
    let spec = LinkSpec::new(v("v"), LinkKind::Veth { peer });
    expect(&mut backend, link_add("", spec), Errno::ENOENT, None, Some("netns"));
}

pub fn faults_strike_one_change() {
    let ops = [
        netns_add("red"),
        bridge("", "br0"),
        bridge("", "br1"),
        bridge("", "br2"),
        sysctl("red", "net.ipv4.ip_forward", "1"),
    ];
    for nth in 1..=ops.len() {
        let mut backend = KernelBackend::new().unwrap();
        backend.fail_request(nth.try_into().unwrap());
        let results = backend.apply(&ops);
        let failed: Vec<usize> = (0..results.len()).filter(|&n| results[n].is_err()).collect();
        assert_eq!(failed, [nth - 1]);
        assert_eq!(results[nth - 1].as_ref().unwrap_err().errno, Errno::ENOMEM);
        // The bridges are sent together, so that those behind the failed one are made all the same.
        let expected = if (2..=4).contains(&nth) { 4 } else { nth };
        assert_eq!(results.len(), expected);
        let there = |n: usize| n < results.len() && results[n].is_ok();
        assert_eq!(sh("ip netns list").contains("red"), there(0));
        for (n, name) in [(1, "br0"), (2, "br1"), (3, "br2")] {
            assert_eq!(try_sh(&format!("ip link show dev {name}")).is_ok(), there(n), "{nth}: {name}");
            let _ = try_sh(&format!("ip link del dev {name}"));
        }
        let _ = try_sh("ip netns del red");
    }
    assert!(KernelBackend::new().unwrap().apply(&ops).iter().all(Result::is_ok));
}

pub fn names_are_looked_up_after_what_they_depend_on() {
    let mut backend = KernelBackend::new().unwrap();
    let all = [
        netns_add("red"),
        bridge("", "a"),
        bridge("", "b"),
        up("", "a"),
        up("", "b"),
        // They change places.
        rename("", "a", "t"),
        rename("", "b", "a"),
        rename("", "t", "b"),
        addr("", "a", "10.0.0.1/24"),
        addr("", "b", "10.0.1.1/24"),
        // A namesake.
        link_del("", "a"),
        bridge("", "a"),
        addr("", "a", "10.0.2.1/24"),
        veth("", "v", "w@red"),
        set("", "v", LinkChanges { netns: Some(ns("red")), name: Some(v("x")), ..LinkChanges::default() }),
        addr("red", "x", "10.0.3.1/24"),
        addr("red", "w", "10.0.3.2/24"),
        link_del("red", "x"),
        bridge("red", "w"),
        addr("red", "w", "10.0.4.1/24"),
    ];
    let results = backend.apply(&all);
    assert!(results.len() == all.len() && results.iter().all(Result::is_ok), "{results:?}");
    assert!(sh("ip -4 addr show dev a").contains("10.0.2.1/24"));
    assert!(sh("ip -4 addr show dev b").contains("10.0.1.1/24"));
    assert!(sh("ip -n red -4 addr show dev w").contains("10.0.4.1/24"));

    // The rename fails, so that the name does not come to stand for the other link.
    let results = backend.apply(&[rename("", "a", "b"), addr("", "b", "10.0.9.1/24")]);
    assert_eq!(results.len(), 1, "{results:?}");
}
