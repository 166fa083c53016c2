//! Named namespaces are interchangeable with those of iproute2.

use std::{fs, os::unix::fs::MetadataExt, path::Path, process::Command, thread, time::Duration};

use nns::{
    backend::{Backend, BackendError, KernelBackend},
    net::SysctlKey,
    ops::Op,
};

use crate::{
    build::{netns_add, netns_del, ns, up, v, veth},
    observe::{sh, try_sh},
};

fn apply(backend: &mut KernelBackend, ops: &[Op]) {
    let results = backend.apply(ops);
    assert!(results.len() == ops.len() && results.iter().all(Result::is_ok), "{results:?}");
}

fn names(backend: &mut KernelBackend) -> Vec<String> {
    let scope = nns::backend::SnapshotScope::Of(Vec::new());
    backend.snapshot(&scope).unwrap().namespaces().map(|(ns, _)| ns.to_string()).collect()
}

pub fn ours_are_theirs() {
    let mut backend = KernelBackend::new().unwrap();
    apply(&mut backend, &[netns_add("red"), netns_add("with blank"), veth("red", "v", "w"), up("red", "lo")]);
    let mut listed: Vec<String> = sh("ip netns list").lines().map(String::from).collect();
    listed.sort();
    assert_eq!(listed, ["red", "with blank"]);
    assert!(sh("ip -n red link show dev v").contains("v@w"));
    assert!(sh("nsenter --net=/run/netns/red ip link show dev lo").contains("LOOPBACK,UP"));
    sh("ip netns del red");
    assert_eq!(names(&mut backend), ["host", "with blank"]);
    apply(&mut backend, &[netns_del("with blank")]);
    assert_eq!(sh("ip netns list"), "");
    assert_eq!(fs::read_dir("/run/netns").unwrap().count(), 0);
}

pub fn theirs_are_ours() {
    sh("ip netns add red; ip -n red link add name v type bridge; touch /run/netns/no-namespace");
    let mut backend = KernelBackend::new().unwrap();
    assert_eq!(names(&mut backend), ["host", "no-namespace", "red"]);
    apply(&mut backend, &[up("red", "v"), netns_del("red")]);
    assert_eq!(sh("ls /run/netns"), "no-namespace\n");
    let key: SysctlKey = v("net.ipv4.ip_forward");
    assert!(matches!(backend.sysctl(&ns("red"), &key), Err(BackendError::NoSuchNetns(_))));
    assert!(matches!(backend.namespace_file(&ns("red")), Err(BackendError::NoSuchNetns(_))));
    assert_eq!(backend.sysctl(&ns(""), &key).unwrap().as_deref(), Some("0"));
    assert_eq!(backend.sysctl(&ns(""), &v("net.ipv4.none")).unwrap(), None);
}

pub fn replaced_by_others() {
    let mut backend = KernelBackend::new().unwrap();
    apply(&mut backend, &[netns_add("red"), veth("red", "old", "w")]);
    sh("ip netns del red; ip netns add red; ip -n red link add name new type bridge");
    apply(&mut backend, &[up("red", "new")]);
    assert!(sh("ip -n red link show dev new").contains(",UP"));
    assert!(try_sh("ip -n red link show dev old").is_err());

    // What is held open would keep alive what another program deletes.
    apply(&mut backend, &[veth("", "near", "far@red")]);
    backend.release();
    sh("ip netns del red");
    let gone = (0..200).any(|_| {
        thread::sleep(Duration::from_millis(20));
        try_sh("ip link show dev near").is_err()
    });
    assert!(gone, "the far end is deleted with its namespace, and the near end with it");
}

pub fn far_ends_go_with_it() {
    let mut backend = KernelBackend::new().unwrap();
    let mut cables = vec![netns_add("red"), netns_add("blue"), veth("red", "inner", "other")];
    cables.extend((0..4).map(|n| veth("", &format!("v{n}-br"), &format!("v{n}@red"))));
    cables.extend([veth("red", "to-blue", "to-red@blue"), up("red", "v0"), up("", "v0-br")]);
    apply(&mut backend, &cables);
    apply(&mut backend, &[netns_del("red")]);
    assert_eq!(sh("ip -o link show type veth; ip -n blue -o link show type veth"), "");

    // The names are free for what follows, and one cable alone goes too.
    for _ in 0..5 {
        apply(&mut backend, &[netns_add("red"), veth("", "near", "far@red"), up("", "near"), netns_del("red")]);
        assert!(try_sh("ip link show dev near").is_err());
    }
}

pub fn lives_on_for_who_is_in_it() {
    let mut backend = KernelBackend::new().unwrap();
    apply(&mut backend, &[netns_add("red"), veth("", "near", "far@red"), veth("", "near2", "far2@red")]);
    let mut inside =
        Command::new("nsenter").args(["--net=/run/netns/red", "sleep", "60"]).spawn().expect("nsenter can be started");
    let entered = (0..200).any(|_| {
        thread::sleep(Duration::from_millis(10));
        let theirs = fs::metadata(format!("/proc/{}/ns/net", inside.id())).unwrap();
        theirs.ino() == fs::metadata("/run/netns/red").unwrap().ino()
    });
    assert!(entered);
    apply(&mut backend, &[netns_del("red")]);
    backend.release();
    assert_eq!(sh("ip netns list"), "");
    let kept = sh("ip -o link show type veth");
    inside.kill().unwrap();
    inside.wait().unwrap();
    assert!(kept.contains("near@") && kept.contains("near2@"), "{kept}");

    // Another name keeps it as well.
    apply(&mut backend, &[netns_add("blue"), veth("", "near3", "far3@blue")]);
    sh("touch /run/netns/alias; mount --bind /run/netns/blue /run/netns/alias");
    apply(&mut backend, &[netns_del("blue")]);
    sh("ip link show dev near3");
    apply(&mut backend, &[netns_del("alias")]);
    assert!(try_sh("ip link show dev near3").is_err());
}

pub fn is_a_mount_of_its_own() {
    let mounts = || -> Vec<String> {
        sh("cat /proc/self/mountinfo").lines().filter(|line| line.contains(" /run/netns")).map(String::from).collect()
    };
    let shared = |mounts: &[String]| mounts.iter().all(|line| line.contains(" shared:"));
    assert!(mounts().len() == 1 && shared(&mounts()), "{:?}", mounts());

    // Under a shared /run, as systemd makes it, each namespace is still mounted once.
    sh("umount /run/netns; rmdir /run/netns; mount --make-shared /run");
    let mut backend = KernelBackend::new().unwrap();
    apply(&mut backend, &[netns_add("red"), netns_add("blue")]);
    assert_eq!(mounts().len(), 3, "{:?}", mounts());
    sh("ip netns add green");
    assert_eq!(mounts().len(), 4, "{:?}", mounts());
    apply(&mut backend, &[netns_del("red"), netns_del("blue"), netns_del("green")]);
    assert_eq!(mounts().len(), 1, "{:?}", mounts());
}

pub fn failure_leaves_nothing() {
    let mut backend = KernelBackend::new().unwrap();
    apply(&mut backend, &[netns_add("red")]);
    let twice = backend.apply(&[netns_add("red")]);
    assert_eq!(twice[0].as_ref().unwrap_err().errno, nix::errno::Errno::EEXIST);
    assert_eq!(sh("ip netns list"), "red\n");

    // No more namespaces are allowed here, so that the file is made and the namespace is not.
    let limit = "/proc/sys/user/max_net_namespaces";
    let before = fs::read_to_string(limit).unwrap();
    fs::write(limit, "0").unwrap();
    let refused = backend.apply(&[netns_add("blue")]);
    fs::write(limit, before).unwrap();
    assert_eq!(refused[0].as_ref().unwrap_err().errno, nix::errno::Errno::ENOSPC);
    assert!(!Path::new("/run/netns/blue").exists());
    let gone = backend.apply(&[netns_del("green")]);
    assert_eq!(gone[0].as_ref().unwrap_err().errno, nix::errno::Errno::ENOENT);
}
