//! What is wanted next, where a usage line would say it.

use expect_test::expect;

use super::{cursor, with_scene};
use crate::complete::hint;

#[test]
fn what_is_wanted_next() {
    let mut told = String::new();
    for line in [
        "link |",
        "ip |",
        "link add |",
        "link add veth0 |",
        "link add veth0 type |",
        "link add veth0 type veth |",
        "link set |",
        "link set veth0 |",
        "link set veth0 mtu |",
        "addr add |",
        "addr add 10.0.0.1/24 |",
        "addr add 10.0.0.1/24 dev |",
        "addr add | dev v-net-0",
        "ip -n |",
        "ip netns exec red |",
        "in |",
        "in red |",
        "let |",
        "let x |",
        "let x = |",
        "for |",
        "for x in |",
        "if |",
        "def |",
        "include |",
        "room |",
        "room red |",
        "nat masquerade |",
        "expect ping |",
        "expect no tcp |",
        "wire |",
        "wire a |",
        "switch br0 { red |",
        "spawn |",
        "iptables -t |",
        "iptables -A |",
        "curl |",
        "link show > |",
        "link a|dd",
        "link|",
        "link | add",
        "print 'a |",
    ] {
        let (text, at) = cursor(line);
        let hint = with_scene(|scene| hint(scene, &text, at));
        told.push_str(&format!("{line:<30} {}\n", hint.unwrap_or_else(|| "-".into())));
    }
    expect![[r#"
        link |                         add|del|set|show
        ip |                           addr|route|rule|neigh|link|netns
        link add |                     [LINK] type KIND
        link add veth0 |               type KIND
        link add veth0 type |          KIND
        link add veth0 type veth |     -
        link set |                     [LINK]
        link set veth0 |               -
        link set veth0 mtu |           BYTES
        addr add |                     ADDRESS/LENGTH
        addr add 10.0.0.1/24 |         dev LINK
        addr add 10.0.0.1/24 dev |     LINK
        addr add | dev v-net-0         -
        ip -n |                        NETNS
        ip netns exec red |            STATEMENT
        in |                           NETNS
        in red |                       STATEMENT or {
        let |                          NAME = VALUE
        let x |                        = VALUE
        let x = |                      VALUE
        for |                          NAME in LIST {
        for x in |                     LIST {
        if |                           CONDITION
        def |                          NAME(PARAMETER…) {
        include |                      FILE
        room |                         NS N
        room red |                     N
        nat masquerade |               [PREFIX]
        expect ping |                  ADDRESS
        expect no tcp |                ADDRESS:PORT
        wire |                         [NETNS:]LINK
        wire a |                       [ADDRESS/LENGTH] -- [NETNS:]LINK
        switch br0 { red |             [ADDRESS/LENGTH…] [gateway] [port LINK]
        spawn |                        COMMAND… [as NAME]
        iptables -t |                  TABLE
        iptables -A |                  CHAIN
        curl |                         -
        link show > |                  FILE
        link a|dd                      -
        link|                          -
        link | add                     -
        print 'a |                     -
    "#]]
    .assert_eq(&told);
}
