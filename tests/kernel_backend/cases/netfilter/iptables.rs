//! Rules of iptables, and rules of ours that are to be like them.

use nns::{
    backend::KernelBackend,
    ops::{Dialect, Rule},
};

use super::{clear, make, raw, remake, ruleset};
use crate::observe::sh;

/// What is understood of rules of `iptables`.
const V4: &str = "\
    -A FORWARD -s 10.0.0.0/24 -d 10.1.2.3/32 -i eth0 -o eth1 -p tcp -m tcp --dport 80 -j ACCEPT
    -A FORWARD ! -i eth+ -p tcp -m tcp --sport 100:200 ! --dport 300:400 -j DROP
    -A FORWARD ! -s 10.0.0.0/9 ! -p tcp -j RETURN
    -A FORWARD ! -d 1.2.3.4/32 ! -o averylongname12 -j DROP
    -A FORWARD -s 128.0.0.0/1 -d 1.2.3.4/31 -j DROP
    -A FORWARD -p tcp -m tcp --sport 7 --dport 5
    -A FORWARD -p tcp -m tcp ! --sport 7 ! --dport 5
    -A FORWARD -p tcp -m tcp --sport 7 ! --dport 5
    -A FORWARD -p tcp -m tcp --sport 0:5 --dport 1024:65535
    -A FORWARD -p udp -m udp --sport 53
    -A FORWARD -p sctp -m sctp --sport 10:20 ! --dport 30
    -A FORWARD -p gre -j DROP
    -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    -A FORWARD -m conntrack ! --ctstate INVALID,NEW,UNTRACKED -j ACCEPT
    -A FORWARD -m state --state RELATED,ESTABLISHED,UNTRACKED -j ACCEPT
    -A FORWARD -p tcp -m state ! --state NEW -m tcp --dport 22 -m comment --comment \"hello you\" -j ACCEPT
    -A FORWARD -p icmp -m icmp --icmp-type 8 -j ACCEPT
    -A FORWARD -p icmp -m icmp ! --icmp-type 3 -j ACCEPT
    -A FORWARD -m addrtype --dst-type LOCAL -j ACCEPT
    -A FORWARD -m addrtype ! --dst-type LOCAL -j ACCEPT
    -A FORWARD -j user
    -A FORWARD -g user
    -A FORWARD -j REJECT --reject-with icmp-port-unreachable
    -A FORWARD -j REJECT --reject-with icmp-host-unreachable
    -A FORWARD -j REJECT --reject-with icmp-net-unreachable
    -A FORWARD -j REJECT --reject-with icmp-admin-prohibited
    -A FORWARD -p tcp -j REJECT --reject-with tcp-reset
    -A user
    -t nat -A POSTROUTING -s 10.0.0.0/24 -o eth0 -j MASQUERADE
    -t nat -A POSTROUTING -p tcp -j MASQUERADE --to-ports 100-200
    -t nat -A POSTROUTING -p tcp -j SNAT --to-source 1.2.3.4-1.2.3.9:1000-2000
    -t nat -A POSTROUTING -j SNAT --to-source 1.2.3.4
    -t nat -A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 1.2.3.4:8080
    -t nat -A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination :8080
    -t nat -A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 1.2.3.4-1.2.3.6:80-90
    -t nat -A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080
    -t nat -A PREROUTING -p tcp -j REDIRECT
";

/// What is understood of rules of `ip6tables`.
const V6: &str = "\
    -A FORWARD -s fd00::/64 -d fd00::1/128 -i eth0 -p udp -m udp --dport 80 -j REJECT --reject-with \
    icmp6-port-unreachable
    -A FORWARD ! -s fd00::/63 -p tcp -j REJECT --reject-with tcp-reset
    -A FORWARD -j REJECT --reject-with icmp6-no-route
    -A FORWARD -j REJECT --reject-with icmp6-adm-prohibited
    -A FORWARD -j REJECT --reject-with icmp6-addr-unreachable
    -A FORWARD -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT
    -A FORWARD -p ipv6-icmp -m icmp6 ! --icmpv6-type 128 -j ACCEPT
    -A FORWARD -m addrtype --dst-type LOCAL -j ACCEPT
    -A FORWARD -m state --state NEW -m comment --comment a -j user
    -t nat -A POSTROUTING -j MASQUERADE
    -t nat -A POSTROUTING -p tcp -j MASQUERADE --to-ports 10-20
    -t nat -A POSTROUTING -p tcp -j SNAT --to-source [fd00::1]:80-90
    -t nat -A POSTROUTING -j SNAT --to-source fd00::1-fd00::2
    -t nat -A PREROUTING -p tcp -j DNAT --to-destination [fd00::1]:80-90
    -t nat -A PREROUTING -j DNAT --to-destination fd00::1-fd00::5
    -t nat -A PREROUTING -p tcp -j DNAT --to-destination :80
    -t nat -A PREROUTING -p tcp -j REDIRECT --to-ports 80-90
    -t nat -A PREROUTING -j REDIRECT
";

/// What is not.
const UNKNOWN: &str = "\
    -A FORWARD -p tcp -m multiport --dports 1,2,3 -j ACCEPT
    -A FORWARD -m limit --limit 5/min -j LOG --log-prefix \"hi \"
    -A FORWARD -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP
    -A FORWARD ! -p tcp -m length --length 5:10 -j DROP
    -A FORWARD -p icmp -m icmp --icmp-type 3/1 -j ACCEPT
    -A FORWARD -p tcp -m tcp -j DROP
    -A OUTPUT -m owner --uid-owner 5 -j ACCEPT
    -t nat -A POSTROUTING -p tcp -j MASQUERADE --random
    -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.2.3.4 --random
    -t mangle -A PREROUTING -j MARK --set-xmark 0x5/0xffffffff
";

fn lines(rules: &str) -> impl Iterator<Item = &str> {
    rules.lines().map(str::trim)
}

/// What `iptables -S` says of all tables that it has made.
fn listed(program: &str) -> String {
    ["filter", "nat"].map(|table| sh(&format!("{program} -t {table} -S"))).concat()
}

fn make_theirs(program: &str, rules: &str) {
    sh(&format!("{program} -N user; {program} -P INPUT DROP"));
    for line in lines(rules) {
        sh(&format!("{program} {line}"));
    }
}

/// Each of these rules is understood, and made anew from that it is the same to the last byte.
pub fn ours_are_byte_for_byte_theirs() {
    let mut backend = KernelBackend::new().unwrap();
    for (program, rules) in [("iptables", V4), ("ip6tables", V6)] {
        make_theirs(program, rules);
        let theirs = (raw::rules(), listed(program));
        let read = ruleset(&mut backend);
        let entries = read.tables.iter().flat_map(|table| &table.chains).flat_map(|chain| &chain.rules);
        let mut count = 0;
        for entry in entries {
            assert!(matches!(&entry.rule, Rule::Plain(rule) if rule.dialect == Dialect::Iptables), "{:?}", entry.rule);
            count += 1;
        }
        assert_eq!(count, lines(rules).count());
        clear(&mut backend);
        assert!(raw::rules().is_empty());
        make(&mut backend, &remake(&read));
        assert_eq!((raw::rules(), listed(program)), theirs);
        clear(&mut backend);
    }
}

/// What we make `iptables` lists in its words, and deletes by them.
pub fn lists_and_deletes_ours() {
    let mut backend = KernelBackend::new().unwrap();
    for (program, rules) in [("iptables", V4), ("ip6tables", V6)] {
        make_theirs(program, rules);
        let read = ruleset(&mut backend);
        clear(&mut backend);
        make(&mut backend, &remake(&read));
        // Rules of `-S` are in the order of their chains, ours in the order of the text.
        let mut said: Vec<String> = ["filter", "nat"]
            .into_iter()
            .flat_map(|table| {
                let option = if table == "nat" { "-t nat " } else { "" };
                let words = sh(&format!("{program} -t {table} -S"));
                let rules = words.lines().filter(|line| line.starts_with("-A"));
                rules.map(|line| format!("{option}{line}")).collect::<Vec<_>>()
            })
            .collect();
        let mut expected: Vec<String> = lines(rules).map(String::from).collect();
        said.sort();
        expected.sort();
        assert_eq!(said, expected);
        assert!(sh(&format!("{program} -S")).contains("-P INPUT DROP"));
        for line in lines(rules) {
            sh(&format!("{program} {}", line.replace("-A ", "-D ")));
        }
        sh(&format!("{program} -X user"));
        assert!(raw::rules().is_empty());
        clear(&mut backend);
    }
}

/// Rules that are not understood are taken away and made again as they were.
pub fn unknown_rules_survive() {
    let mut backend = KernelBackend::new().unwrap();
    for line in lines(UNKNOWN) {
        sh(&format!("iptables {line}"));
    }
    sh("ip6tables -A FORWARD -p tcp -m multiport --dports 1,2,3 -j ACCEPT");
    let save = || {
        sh("iptables-save; ip6tables-save").lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
    };
    let theirs = (raw::rules(), save());
    let read = ruleset(&mut backend);
    let parts: Vec<String> = read
        .tables
        .iter()
        .flat_map(|table| &table.chains)
        .flat_map(|chain| &chain.rules)
        .map(|entry| match &entry.rule {
            Rule::Opaque(rule) => rule.parts.join(" "),
            Rule::Plain(rule) => panic!("{rule:?}"),
        })
        .collect();
    expect_test::expect![[r#"
        meta cmp multiport counter immediate
        limit counter LOG
        meta cmp payload bitwise cmp counter immediate
        meta cmp length counter immediate
        meta cmp icmp counter immediate
        meta cmp tcp counter immediate
        owner counter immediate
        meta cmp counter MASQUERADE
        meta cmp counter DNAT
        counter MARK
        meta cmp multiport counter immediate"#]]
    .assert_eq(&parts.join("\n"));
    clear(&mut backend);
    make(&mut backend, &remake(&read));
    assert_eq!((raw::rules(), save()), theirs);
}
