//! What somebody without privileges can do: look at the own namespace, and be told what is missing.

use std::{env, process::Command};

use netlink_packet_route::{RouteNetlinkMessage, link::LinkMessage};
use nix::errno::Errno;
use nns::{
    backend::{Backend, BackendError, KernelBackend, SnapshotScope},
    model::{Knowledge, Peer},
};

use crate::{
    INSIDE,
    build::{bridge, netns_add, netns_del, ns, sysctl, up, v},
    observe::sh,
};

/// In a user namespace below the sandbox's this program is root of nothing.
pub fn is_missed() {
    sh("ip netns add red; ip link add name near type veth peer name far netns red; ip link add name br type bridge");
    let own = env::current_exe().unwrap();
    let output =
        Command::new("unshare").arg("-U").arg(own).env(INSIDE, "without_privilege").output().expect("unshare is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(sh("ip netns list | wc -l"), "1\n");
}

pub fn without() {
    super::netfilter::nobody_may_look();
    let mut backend = KernelBackend::new().unwrap();
    let world = backend.snapshot(&SnapshotScope::All).unwrap();
    let knowledge: Vec<Knowledge> = world.namespaces().map(|(_, inside)| inside.knowledge).collect();
    assert_eq!(knowledge, [Knowledge::Exact, Knowledge::Unsure]);
    let near = world.link(world.find_link(&ns(""), &v("near")).unwrap());
    assert_eq!(near.kind, nns::model::Kind::Veth { peer: Peer::Elsewhere });

    for op in [
        bridge("", "other"),
        up("", "br"),
        up("red", "far"),
        netns_add("blue"),
        netns_del("red"),
        sysctl("", "net.ipv4.ip_forward", "1"),
    ] {
        let said = op.to_string();
        let errno = backend.apply(&[op])[0].as_ref().unwrap_err().errno;
        assert!(matches!(errno, Errno::EPERM | Errno::EACCES), "{said}: {errno}");
    }
    let links = RouteNetlinkMessage::GetLink(LinkMessage::default());
    assert_eq!(backend.dump(&ns(""), links.clone()).unwrap().len(), 3);
    let refused = backend.dump(&ns("red"), links).unwrap_err();
    assert!(matches!(refused, BackendError::NotPermitted { .. }));
    assert_eq!(refused.to_string(), "entering namespace `red`: not permitted");
    assert!(matches!(backend.sysctl(&ns("red"), &v("net.ipv4.ip_forward")), Err(BackendError::NotPermitted { .. })));
    assert_eq!(backend.sysctl(&ns(""), &v("net.ipv4.ip_forward")).unwrap().as_deref(), Some("0"));
}
