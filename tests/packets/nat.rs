//! `nat`: whose address a receiver sees, and who receives.

use crate::{Case, lab::Lab};

/// All tests.
pub const ALL: &[Case] = &[
    ("nat_masquerade_of_a_prefix", masquerade),
    ("nat_masquerade_through_a_link", masquerade_out),
    ("nat_masquerade_of_ipv6", masquerade_ipv6),
    ("nat_snat", snat),
    ("nat_snat_through_a_link", snat_out),
    ("nat_snat_of_ipv6", snat_ipv6),
    ("nat_forward_of_tcp", forward_tcp),
    ("nat_forward_of_udp", forward_udp),
    ("nat_forward_of_ipv6", forward_ipv6),
    ("nat_forward_from_a_link", forward_in),
    ("nat_redirect", redirect),
    ("nat_redirect_from_a_link", redirect_in),
    ("nat_of_a_namespace", of_a_namespace),
];

fn masquerade() {
    let mut lab = Lab::router();
    let red_goes_out = "udp red -> 203.0.113.9:53";
    lab.sees(red_goes_out, "out:53 hears 192.168.15.1");

    lab.run("nat masquerade 192.168.15.0/24");
    lab.all(&[
        (red_goes_out, "out:53 hears 203.0.113.1"),
        ("tcp blue -> 203.0.113.9:80", "out:80 hears 203.0.113.1"),
        ("ping red -> 203.0.113.9", "answered"),
        // What stays in the prefix, and what comes from elsewhere, keeps its source.
        ("udp red -> 192.168.15.129:53", "blue:53 hears 192.168.15.1"),
        ("tcp blue -> 192.168.15.1:80", "red:80 hears 192.168.15.129"),
        ("udp out -> 192.168.15.1:53", "red:53 hears 203.0.113.9"),
        // And so does the other family.
        ("udp red -> [fd00:99::9]:53", "out:53 hears fd00:15:0:1::1"),
    ]);
    lab.run("nat del 1");
    lab.sees(red_goes_out, "out:53 hears 192.168.15.1");

    // Half of the prefix: blue is not in it.
    lab.run("nat masquerade 192.168.15.0/25");
    lab.all(&[
        (red_goes_out, "out:53 hears 203.0.113.1"),
        ("udp red -> 192.168.15.129:53", "blue:53 hears 192.168.15.254"),
        ("udp blue -> 203.0.113.9:53", "out:53 hears 192.168.15.129"),
    ]);
    lab.run("nat flush");
    lab.sees(red_goes_out, "out:53 hears 192.168.15.1");
}

fn masquerade_out() {
    let mut lab = Lab::router();
    let red_goes_out = "udp red -> 203.0.113.9:53";
    let red_goes_to_blue = "tcp red -> 192.168.15.129:80";
    lab.run("nat masquerade 192.168.15.0/25 out eth0");
    lab.all(&[
        (red_goes_out, "out:53 hears 203.0.113.1"),
        (red_goes_to_blue, "blue:80 hears 192.168.15.1"),
        ("udp blue -> 203.0.113.9:53", "out:53 hears 192.168.15.129"),
    ]);
    lab.run("nat flush; nat masquerade out eth0");
    lab.all(&[
        (red_goes_out, "out:53 hears 203.0.113.1"),
        ("udp blue -> 203.0.113.9:53", "out:53 hears 203.0.113.1"),
        (red_goes_to_blue, "blue:80 hears 192.168.15.1"),
    ]);
    lab.run("nat flush; nat masquerade 192.168.15.0/24 out veth*");
    lab.all(&[
        (red_goes_out, "out:53 hears 192.168.15.1"),
        (red_goes_to_blue, "blue:80 hears 192.168.15.254"),
        ("udp out -> 192.168.15.1:53", "red:53 hears 203.0.113.9"),
    ]);
    lab.run("nat delete 1");
    lab.sees(red_goes_to_blue, "blue:80 hears 192.168.15.1");
}

fn masquerade_ipv6() {
    let mut lab = Lab::router();
    let red_goes_out = "udp red -> [fd00:99::9]:53";
    lab.sees(red_goes_out, "out:53 hears fd00:15:0:1::1");
    lab.run("nat masquerade fd00:15::/48");
    lab.all(&[
        (red_goes_out, "out:53 hears fd00:99::1"),
        ("tcp blue -> [fd00:99::9]:80", "out:80 hears fd00:99::1"),
        ("udp red -> [fd00:15:0:2::1]:53", "blue:53 hears fd00:15:0:1::1"),
        ("udp out -> [fd00:15:0:1::1]:53", "red:53 hears fd00:99::9"),
        ("udp red -> 203.0.113.9:53", "out:53 hears 192.168.15.1"),
    ]);
    lab.run("nat flush; nat masquerade fd00:15:0:1::/64 out eth0");
    lab.all(&[
        (red_goes_out, "out:53 hears fd00:99::1"),
        ("udp red -> [fd00:15:0:2::1]:53", "blue:53 hears fd00:15:0:1::1"),
        ("udp blue -> [fd00:99::9]:53", "out:53 hears fd00:15:0:2::1"),
    ]);
    lab.run("nat del 1");
    lab.sees(red_goes_out, "out:53 hears fd00:15:0:1::1");
}

fn snat() {
    let mut lab = Lab::router();
    // Two addresses that the host has besides, so that answers to them find it.
    lab.run("addr add 203.0.113.7/32 dev eth0");
    let red_goes_out = "udp red -> 203.0.113.9:53";
    lab.run("nat snat 192.168.15.0/25 to 203.0.113.7");
    lab.all(&[
        (red_goes_out, "out:53 hears 203.0.113.7"),
        ("tcp red -> 203.0.113.9:80", "out:80 hears 203.0.113.7"),
        // It goes by the source alone.
        ("udp red -> 192.168.15.129:53", "blue:53 hears 203.0.113.7"),
        ("udp blue -> 203.0.113.9:53", "out:53 hears 192.168.15.129"),
        ("udp out -> 192.168.15.1:53", "red:53 hears 203.0.113.9"),
    ]);
    lab.run("nat del 1");
    lab.sees(red_goes_out, "out:53 hears 192.168.15.1");
}

fn snat_out() {
    let mut lab = Lab::router();
    lab.run("addr add 203.0.113.7/32 dev eth0");
    lab.run("nat snat 192.168.15.0/24 to 203.0.113.7 out eth0");
    lab.all(&[
        ("udp red -> 203.0.113.9:53", "out:53 hears 203.0.113.7"),
        ("tcp blue -> 203.0.113.9:80", "out:80 hears 203.0.113.7"),
        ("udp red -> 192.168.15.129:53", "blue:53 hears 192.168.15.1"),
    ]);
    lab.run("nat flush");
    lab.sees("udp red -> 203.0.113.9:53", "out:53 hears 192.168.15.1");
}

fn snat_ipv6() {
    let mut lab = Lab::router();
    lab.run("addr add fd00:99::7/128 dev eth0 nodad");
    lab.run("nat snat fd00:15:0:1::/64 to fd00:99::7 out eth0");
    lab.all(&[
        ("udp red -> [fd00:99::9]:53", "out:53 hears fd00:99::7"),
        ("udp blue -> [fd00:99::9]:53", "out:53 hears fd00:15:0:2::1"),
        ("udp red -> [fd00:15:0:2::1]:53", "blue:53 hears fd00:15:0:1::1"),
    ]);
    lab.run("nat flush");
    lab.sees("udp red -> [fd00:99::9]:53", "out:53 hears fd00:15:0:1::1");
}

fn forward_tcp() {
    let mut lab = Lab::router();
    let from_outside = "tcp out -> 203.0.113.1:8080";
    let from_itself = "tcp host -> 203.0.113.1:8080";
    let untouched = [(from_outside, "host:8080 hears 203.0.113.9"), (from_itself, "host:8080 hears 203.0.113.1")];
    lab.all(&untouched);
    lab.run("nat forward tcp 8080 to 192.168.15.1:80");
    lab.all(&[
        (from_outside, "red:80 hears 203.0.113.9"),
        (from_itself, "red:80 hears 203.0.113.1"),
        // All of the host's own addresses are meant, and from everywhere.
        ("tcp blue -> 203.0.113.1:8080", "red:80 hears 192.168.15.129"),
        ("tcp blue -> 192.168.15.254:8080", "red:80 hears 192.168.15.129"),
        // But not those of others, other ports, and another protocol.
        ("tcp out -> 192.168.15.129:8080", "blue:8080 hears 203.0.113.9"),
        ("tcp host -> 203.0.113.9:8080", "out:8080 hears 203.0.113.1"),
        ("tcp out -> 203.0.113.1:80", "host:80 hears 203.0.113.9"),
        ("udp out -> 203.0.113.1:8080", "host:8080 hears 203.0.113.9"),
        // What serves the host's own programs is still theirs.
        ("tcp host -> 127.0.0.1:8080", "host:8080 hears 127.0.0.1"),
    ]);
    lab.run("nat del 1");
    lab.all(&untouched);
}

fn forward_udp() {
    let mut lab = Lab::router();
    let from_outside = "udp out -> 203.0.113.1:53";
    let from_itself = "udp host -> 203.0.113.1:53";
    let untouched = [(from_outside, "host:53 hears 203.0.113.9"), (from_itself, "host:53 hears 203.0.113.1")];
    lab.all(&untouched);
    // Without another port, it stays.
    lab.run("nat forward udp 53 to 192.168.15.1");
    lab.all(&[
        (from_outside, "red:53 hears 203.0.113.9"),
        (from_itself, "red:53 hears 203.0.113.1"),
        ("tcp out -> 203.0.113.1:53", "host:53 hears 203.0.113.9"),
        ("udp out -> 203.0.113.1:5000", "host:5000 hears 203.0.113.9"),
        ("udp out -> 192.168.15.129:53", "blue:53 hears 203.0.113.9"),
    ]);
    lab.run("nat flush");
    lab.all(&untouched);
}

fn forward_ipv6() {
    let mut lab = Lab::router();
    let from_outside = "tcp out -> [fd00:99::1]:8080";
    let from_itself = "tcp host -> [fd00:99::1]:8080";
    let untouched = [(from_outside, "host:8080 hears fd00:99::9"), (from_itself, "host:8080 hears fd00:99::1")];
    lab.all(&untouched);
    lab.run("nat forward tcp 8080 to [fd00:15:0:1::1]:80");
    lab.all(&[
        (from_outside, "red:80 hears fd00:99::9"),
        (from_itself, "red:80 hears fd00:99::1"),
        ("tcp out -> [fd00:15:0:2::1]:8080", "blue:8080 hears fd00:99::9"),
        ("tcp out -> 203.0.113.1:8080", "host:8080 hears 203.0.113.9"),
        ("tcp host -> [::1]:8080", "host:8080 hears ::1"),
    ]);
    lab.run("nat del 1");
    lab.all(&untouched);
}

fn forward_in() {
    let mut lab = Lab::router();
    lab.run("nat forward tcp 8080 to 192.168.15.1:80 in eth0");
    lab.run("nat forward udp 53 to 192.168.15.1:5000 in eth*");
    lab.all(&[
        ("tcp out -> 203.0.113.1:8080", "red:80 hears 203.0.113.9"),
        ("udp out -> 203.0.113.1:53", "red:5000 hears 203.0.113.9"),
        ("tcp blue -> 203.0.113.1:8080", "host:8080 hears 192.168.15.129"),
        ("udp blue -> 192.168.15.254:53", "host:53 hears 192.168.15.129"),
        ("tcp host -> 203.0.113.1:8080", "host:8080 hears 203.0.113.1"),
    ]);
    lab.run("nat del 1");
    lab.all(&[
        ("tcp out -> 203.0.113.1:8080", "host:8080 hears 203.0.113.9"),
        ("udp out -> 203.0.113.1:53", "red:5000 hears 203.0.113.9"),
    ]);
}

fn redirect() {
    let mut lab = Lab::router();
    let red_goes_out = "tcp red -> 203.0.113.9:80";
    lab.sees(red_goes_out, "out:80 hears 192.168.15.1");
    lab.run("nat redirect tcp 80 to 8080; nat redirect udp 53 to 5000");
    lab.all(&[
        (red_goes_out, "host:8080 hears 192.168.15.1"),
        ("tcp out -> 192.168.15.129:80", "host:8080 hears 203.0.113.9"),
        ("tcp out -> 203.0.113.1:80", "host:8080 hears 203.0.113.9"),
        ("udp red -> 203.0.113.9:53", "host:5000 hears 192.168.15.1"),
        ("tcp red -> 203.0.113.9:443", "out:443 hears 192.168.15.1"),
        ("udp red -> 203.0.113.9:80", "out:80 hears 192.168.15.1"),
        // What the host sends does not come by.
        ("tcp host -> 203.0.113.9:80", "out:80 hears 203.0.113.1"),
    ]);
    lab.run("nat del 1");
    lab.all(&[
        (red_goes_out, "out:80 hears 192.168.15.1"),
        ("udp red -> 203.0.113.9:53", "host:5000 hears 192.168.15.1"),
    ]);
    lab.run("nat flush");
    lab.sees("udp red -> 203.0.113.9:53", "out:53 hears 192.168.15.1");
}

fn redirect_in() {
    let mut lab = Lab::router();
    lab.run("nat redirect tcp 80 to 8080 in veth-red");
    lab.all(&[
        ("tcp red -> 203.0.113.9:80", "host:8080 hears 192.168.15.1"),
        ("tcp blue -> 203.0.113.9:80", "out:80 hears 192.168.15.129"),
        ("tcp out -> 203.0.113.1:80", "host:80 hears 203.0.113.9"),
    ]);
    lab.run("nat flush");
    lab.sees("tcp red -> 203.0.113.9:80", "out:80 hears 192.168.15.1");
}

fn of_a_namespace() {
    let mut lab = Lab::router();
    lab.run("in red nat forward tcp 8080 to 192.168.15.1:80");
    lab.all(&[
        ("tcp out -> 192.168.15.1:8080", "red:80 hears 203.0.113.9"),
        ("tcp out -> 203.0.113.1:8080", "host:8080 hears 203.0.113.9"),
    ]);
    lab.run("nat flush");
    lab.sees("tcp out -> 192.168.15.1:8080", "red:80 hears 203.0.113.9");
    lab.run("in red nat flush");
    lab.sees("tcp out -> 192.168.15.1:8080", "red:8080 hears 203.0.113.9");
}
