//! A sandbox is a machine of one's own.

use std::fs;

use nix::unistd::{geteuid, getuid};
use nns::backend::{
    Backend, KernelBackend,
    sandbox::{self, SandboxError},
};

use crate::{
    build::{netns_add, up, veth},
    observe::{sh, try_sh},
};

pub fn is_like_a_machine() {
    assert!(getuid().is_root() && geteuid().is_root());
    assert_eq!(sh("ip -br link show | wc -l"), "1\n");
    assert_eq!(fs::read_dir("/run").unwrap().count(), 1, "only /run/netns");

    // Somebody owns the network of the machine, and that is not us.
    let Err(refused) = try_sh("nsenter --net=/proc/1/ns/net true") else { panic!("the machine's network is in reach") };
    assert!(refused.contains("denied") || refused.contains("not permitted"), "{refused}");

    sh("ip netns add theirs && ip netns exec theirs ip link set dev lo up && ip -n theirs link show dev lo");
    let results = KernelBackend::new().unwrap().apply(&[netns_add("ours"), veth("", "v", "w@ours"), up("ours", "w")]);
    assert!(results.len() == 3 && results.iter().all(Result::is_ok), "{results:?}");
    sh("ip netns exec ours cat /sys/class/net/w/address");

    // Files belong to whom they belong.
    let maps = fs::read_to_string("/proc/self/uid_map").unwrap();
    let first: Vec<&str> = maps.split_whitespace().collect();
    assert!(first[0] == "0" && (first[1] != "0" || first[2] != "1"), "{maps}");

    let again = std::thread::scope(|scope| scope.spawn(sandbox::enter).join().unwrap());
    assert_eq!(again, Err(SandboxError::Threads));
}
