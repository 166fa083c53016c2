//! Every op has the effect on the kernel that the model foretells, read back by a snapshot.

use nns::{
    backend::{Backend, KernelBackend, SnapshotScope},
    model::{Kind, LinkId, Origin, Outcome, Peer, World, apply},
};

use crate::{observe, same_as_ip::SCENARIOS};

/// What the model does not foretell: routes into the kernel's own domain, and next hops that the kernel joins to one
/// route.
const LEFT_TO_THE_KERNEL: [&str; 3] = ["route_add_local", "route_add_local_in_main", "route_append_ipv6"];

/// Runs the scenario that the case names, `model/…`.
pub fn run(case: &str) {
    let Some(name) = case.strip_prefix("model/") else { return };
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name).expect("cases name scenarios that exist");
    scenario.prepare();
    // What IPv6 does by itself is over.
    observe::world();
    let op = (scenario.op)();
    let mut backend = KernelBackend::new().unwrap();
    let mut foretold = backend.snapshot(&SnapshotScope::All).unwrap();
    match apply(&mut foretold, &op) {
        Outcome::Done => {}
        Outcome::Refused(refusal) => panic!("`{op}`: the model refuses with {:?}", refusal.reason),
        Outcome::Unknown => {
            assert!(LEFT_TO_THE_KERNEL.contains(&name), "`{op}`: the model does not know");
            return;
        }
    }
    assert_eq!(backend.apply(std::slice::from_ref(&op)), [Ok(())], "{op}");
    let there = backend.snapshot(&SnapshotScope::All).unwrap();
    let (foretold, there) = (tell(&foretold), tell(&there));
    for (foretold, there) in foretold.iter().zip(&there) {
        assert_eq!(foretold, there, "`{op}`: the model says the first, the kernel the second");
    }
    assert_eq!(foretold.len(), there.len(), "`{op}`: {foretold:#?} {there:#?}");
}

/// A world in lines, without numbers of links and hardware addresses that nobody asked for.
fn tell(world: &World) -> Vec<String> {
    let mut lines = Vec::new();
    let name = |id: LinkId| world.link(id).name.to_string();
    for (ns, inside) in world.namespaces() {
        lines.push(format!("{ns}: {:?}", inside.knowledge));
        for (_, link) in world.links_of(ns) {
            let kind = match &link.kind {
                Kind::Veth { peer: Peer::Link(peer) } => format!("veth to {} in {}", name(*peer), world.link(*peer).ns),
                Kind::Veth { peer: Peer::Elsewhere } => "veth to elsewhere".into(),
                Kind::Vxlan(vxlan) => {
                    let dev = vxlan.dev().map(name);
                    format!("vxlan of {:?} on {dev:?}: {:?}", vxlan.birthplace(world), vxlan.settings)
                }
                Kind::Loopback | Kind::Bridge | Kind::Other(_) => format!("{:?}", link.kind),
            };
            let mac = link.mac.filter(|_| link.mac_origin == Origin::Asked);
            let master = link.master.map(name);
            lines.push(format!("{ns}: {} {kind} up {} mtu {} {mac:?} {master:?}", link.name, link.up, link.mtu));
            lines.extend(link.addresses.iter().map(|address| format!("{ns}: {}: {address:?}", link.name)));
        }
        lines.extend(inside.routes.iter().map(|route| {
            let through = route.link.map(name);
            format!("{ns}: through {through:?}: {:?}", nns::model::Route { link: None, ..route.clone() })
        }));
    }
    lines
}
