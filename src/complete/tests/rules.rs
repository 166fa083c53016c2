//! Chains that somebody made, and rules by their numbers.

use expect_test::expect;

use super::{check_in, with_world};
use crate::complete::{Class, highlight, hint};

/// Rules on the host and in a namespace.
const RULES: &str = "
netns add red
iptables -N LOGS
iptables -A LOGS -p tcp --dport 22 -j ACCEPT
iptables -A LOGS -j DROP
iptables -A INPUT -s 10.0.0.0/8 -j LOGS
iptables -t nat -N WEB
ip6tables -N SIX
in red iptables -N REDS
nat masquerade 192.168.15.0/24
nat forward tcp 8080 to 192.168.15.2:80
firewall drop input from 10.0.0.0/8 tcp dport 22
firewall accept forward
";

#[test]
fn chains_that_somebody_made_are_offered() {
    check_in(
        RULES,
        &[
            "iptables -A |",
            "iptables -I L|",
            "iptables -A INPUT -j L|",
            "iptables -A LOGS -j L|",
            "iptables -A INPUT -g |",
            "iptables -X |",
            "iptables -F L|",
            "iptables -L L|",
            "iptables -N |",
            "iptables -P L|",
            "iptables -t nat -A W|",
            "iptables -A W| -t nat",
            "iptables -t nat -A L|",
            "ip6tables -A S|",
            "iptables -A S|",
            "in red iptables -A R|",
            "netns exec red iptables -A R|",
            "in red iptables -A L|",
            "expect iptables -A INPUT -j L|",
            "iptables -N LATER; iptables -A INPUT -j L|",
            "iptables -t nat -N LATER; iptables -A INPUT -j LA|",
            "iptables -t nat -N LATER; in red iptables -t nat -A LA|",
        ],
        expect![[r#"
            > iptables -A |
                INPUT              what comes in for this namespace
                FORWARD            what passes through it
                OUTPUT             what its own programs send
                LOGS               a chain with 2 rules
            > iptables -I L|
                LOGS               a chain with 2 rules
            > iptables -A INPUT -j L|
                LOGS               a chain with 2 rules
            > iptables -A LOGS -j L|
            > iptables -A INPUT -g |
                LOGS               a chain with 2 rules
            > iptables -X |
                LOGS               a chain with 2 rules
                -t                 the table, `filter` when none is named
                -n                 numbers in place of names
                -v                 counters and links too
                -x                 counters to the last digit
                -w                 accepted, and nothing to wait for
                --line-numbers     each rule with its number
            > iptables -F L|
                LOGS               a chain with 2 rules
            > iptables -L L|
                LOGS               a chain with 2 rules
            > iptables -N |
            > iptables -P L|
            > iptables -t nat -A W|
                WEB                a chain without rules
            > iptables -A W| -t nat
                WEB                a chain without rules
            > iptables -t nat -A L|
            > ip6tables -A S|
                SIX                a chain without rules
            > iptables -A S|
            > in red iptables -A R|
                REDS               a chain without rules
            > netns exec red iptables -A R|
                REDS               a chain without rules
            > in red iptables -A L|
            > expect iptables -A INPUT -j L|
                LOGS               a chain with 2 rules
            > iptables -N LATER; iptables -A INPUT -j L|
                LOGS               a chain with 2 rules
                LATER              made here
            > iptables -t nat -N LATER; iptables -A INPUT -j LA|
            > iptables -t nat -N LATER; in red iptables -t nat -A LA|
        "#]],
    );
}

#[test]
fn rules_are_offered_by_number_with_what_they_say() {
    check_in(
        RULES,
        &[
            "iptables -D LOGS |",
            "iptables -D LOGS 2|",
            "iptables -R LOGS |",
            "iptables -I INPUT 1|",
            "iptables -L LOGS 1|",
            "iptables -t nat -D LOGS 1|",
            "in red iptables -D LOGS 1|",
            "nat del |",
            "firewall del |",
            "in red firewall del |",
        ],
        expect![[r#"
            > iptables -D LOGS |
                1                  -p tcp -m tcp --dport 22 -j ACCEPT
                2                  -j DROP
                -t                 the table, `filter` when none is named
                -s                 where packets come from: an address or a prefix, or several with commas
                -d                 where packets go: an address or a prefix, or several with commas
                -i                 the link that they came in through; `veth+` is all whose names begin so
                -o                 the link that they leave through
                -p                 what they carry, such as `tcp`, `udp` or `icmp`
                -m                 the match whose options follow
                and more
            > iptables -D LOGS 2|
                2                  -j DROP
            > iptables -R LOGS |
                1                  -p tcp -m tcp --dport 22 -j ACCEPT
                2                  -j DROP
            > iptables -I INPUT 1|
                1                  -s 10.0.0.0/8 -j LOGS
            > iptables -L LOGS 1|
                1                  -p tcp -m tcp --dport 22 -j ACCEPT
            > iptables -t nat -D LOGS 1|
            > in red iptables -D LOGS 1|
            > nat del |
                1                  nat masquerade 192.168.15.0/24
                2                  nat forward tcp 8080 to 192.168.15.2:80
            > firewall del |
                1                  firewall drop input from 10.0.0.0/8 tcp dport 22
                2                  firewall accept forward
            > in red firewall del |
        "#]],
    );
    let hinted = |line: &str| with_world(RULES, |scene| hint(scene, line, line.len()));
    assert_eq!(hinted("iptables -D LOGS ").as_deref(), Some("[NUMBER]"));
    assert_eq!(hinted("iptables -R LOGS ").as_deref(), Some("NUMBER"));
}

#[test]
fn a_chain_that_is_made_is_new() {
    let line = "iptables -N LATER";
    let colours = with_world(RULES, |scene| highlight(scene, line));
    assert_eq!(colours.last().map(|(range, class)| (&line[range.clone()], *class)), Some(("LATER", Class::New)));
}
