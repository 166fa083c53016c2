//! `requires`, on the machine that there is.

mod in_sandbox;

use std::process::Command;

use in_sandbox::{forbidden, run};

/// The status and standard error of statements in a sandbox.
fn sandboxed(statements: &str) -> (Option<i32>, String) {
    let (status, _, errors) = run(statements);
    (status, errors)
}

#[test]
fn a_missing_program_ends_the_script() {
    if forbidden() {
        return;
    }
    assert_eq!(sandboxed("requires program sh; requires kind bridge; requires kind veth").0, Some(0));
    let (status, told) = sandboxed("print before; requires program no-such-program-here");
    assert_eq!(status, Some(77), "{told}");
    assert!(told.contains("there is no program `no-such-program-here`"), "{told}");
    let (status, told) = sandboxed("requires kind dumy");
    assert_eq!(status, Some(2), "{told}");
    assert!(told.contains("did you mean `dummy`?"), "{told}");
}

/// As `ip` finds out when it makes one.
#[test]
fn a_kind_is_there_if_ip_can_make_one() {
    if forbidden() {
        return;
    }
    let mut tried = 0;
    for kind in ["bridge", "dummy", "macvlan", "nlmon", "vlan", "vrf", "vxlan", "tun", "ifb"] {
        let made = Command::new("unshare")
            .args(["--user", "--map-root-user", "--net", "ip", "link", "add", "trial0", "type", kind])
            .output();
        let Ok(made) = made else { continue };
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        let expected = match (made.status.success(), said.contains("Unknown device type")) {
            (false, true) => 77,
            (true, _) => 0,
            (false, false) if said.contains("Error:") || said.contains("RTNETLINK") => 0,
            (false, false) => continue,
        };
        tried += 1;
        assert_eq!(sandboxed(&format!("requires kind {kind}")).0, Some(expected), "{kind}: {said}");
    }
    if tried == 0 {
        println!("skipped: there is no `ip` to compare with");
    }
}

#[test]
fn ipv6_may_be_switched_off() {
    if forbidden() {
        return;
    }
    let (status, told) = sandboxed("requires ipv6");
    if status == Some(77) {
        assert!(told.contains("IPv6"), "{told}");
        return;
    }
    assert_eq!(status, Some(0), "{told}");
    let off = "sh -c 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6'";
    let mut nns = Command::new(env!("CARGO_BIN_EXE_nns"));
    let output = nns.args(["--sandbox", "--no-check", "-c", &format!("exec {off}\nrequires ipv6")]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(77), "{told}");
    assert!(told.contains("IPv6 is switched off: `net.ipv6.conf.all.disable_ipv6` is 1"), "{told}");
}
