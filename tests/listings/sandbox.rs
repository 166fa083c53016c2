//! Namespaces of the test's own, and a network in them.

use std::{fs, process::Command};

use nix::{
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
    unistd::{getgid, getuid},
};

/// Says why the tools cannot be compared with: they are missing, or print other things than those that are imitated.
pub fn require_tools() -> Result<(), String> {
    const VERSION: &str = "iproute2-6.1";
    for program in ["arp", "route"] {
        Command::new(program).arg("-V").output().map_err(|error| format!("no `{program}`: {error}"))?;
    }
    let output = Command::new("ip").arg("-V").output().map_err(|error| format!("no `ip`: {error}"))?;
    let version = String::from_utf8_lossy(&output.stdout);
    if version.contains(VERSION) { Ok(()) } else { Err(format!("`ip` is not {VERSION}: {}", version.trim_end())) }
}

/// Moves this process, which must have one thread, into namespaces of its own; says why where it may not.
pub fn enter() -> Result<(), String> {
    let (uid, gid) = (getuid(), getgid());
    let mut flags = CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS;
    if !uid.is_root() {
        flags |= CloneFlags::CLONE_NEWUSER;
    }
    unshare(flags).map_err(|errno| format!("no namespaces: {errno}"))?;
    if !uid.is_root() {
        fs::write("/proc/self/setgroups", "deny").map_err(|error| format!("no user namespace: {error}"))?;
        fs::write("/proc/self/uid_map", format!("0 {uid} 1")).map_err(|error| format!("no user map: {error}"))?;
        fs::write("/proc/self/gid_map", format!("0 {gid} 1")).map_err(|error| format!("no group map: {error}"))?;
    }
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_PRIVATE | MsFlags::MS_REC, none)
        .and_then(|()| mount(none, "/run", Some("tmpfs"), MsFlags::empty(), none))
        .map_err(|errno| format!("no mounts: {errno}"))
}

/// Carries out the commands that build a network, one a line. Those behind a `?` need what not every kernel has.
pub fn build(network: &str) {
    // Duplicate address detection would take a second on every link and change what is listed meanwhile.
    fs::write("/proc/sys/net/ipv6/conf/default/accept_dad", "0").unwrap();
    for line in network.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let optional = line.starts_with('?');
        let words: Vec<&str> = line.trim_start_matches('?').split(' ').collect();
        let output = Command::new(words[0]).args(&words[1..]).output().unwrap();
        assert!(output.status.success() || optional, "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// What a command prints; it must succeed.
pub fn output(words: &[&str]) -> String {
    let output = Command::new(words[0]).args(&words[1..]).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
