//! `forwarding`: whether the host passes packets on.

use crate::{Case, lab::Lab};

/// All tests.
pub const ALL: &[Case] = &[("forwarding_of_ipv4", ipv4), ("forwarding_of_ipv6", ipv6)];

const V4: &str = "udp red -> 203.0.113.9:53";
const V6: &str = "udp red -> [fd00:99::9]:53";
const V4_PASSES: &str = "out:53 hears 192.168.15.1";
const V6_PASSES: &str = "out:53 hears fd00:15:0:1::1";

fn ipv4() {
    let mut lab = Lab::new();
    lab.sees(V4, "silence");
    // What is for the host itself arrives all the same, whichever of its addresses is meant.
    lab.sees("tcp red -> 203.0.113.1:80", "host:80 hears 192.168.15.1");
    lab.run("forwarding on");
    lab.all(&[(V4, V4_PASSES), ("tcp out -> 192.168.15.1:80", "red:80 hears 203.0.113.9")]);
    // The other family is another setting.
    lab.sees(V6, "silence");
    lab.run("forwarding off");
    lab.sees(V4, "silence");
}

fn ipv6() {
    let mut lab = Lab::new();
    lab.sees(V6, "silence");
    lab.sees("tcp red -> [fd00:99::1]:80", "host:80 hears fd00:15:0:1::1");
    lab.run("forwarding on ipv6");
    lab.all(&[(V6, V6_PASSES), ("tcp out -> [fd00:15:0:1::1]:80", "red:80 hears fd00:99::9")]);
    lab.sees(V4, "silence");
    lab.run("forwarding off ipv6");
    lab.sees(V6, "silence");
}
