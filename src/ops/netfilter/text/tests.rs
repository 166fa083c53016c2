use expect_test::expect;

use super::super::{
    BaseChain, ChainKind, Criterion, Dialect, Family, Hook, LinkPattern, Match, NatTarget, NetfilterChange,
    NetfilterOp, OpaqueRule, PlainRule, Policy, Ports, Protocol, RejectWith, Rule, RuleSelector, State, StateSpelling,
    States, TableRef, Verdict,
};
use crate::net::NsRef;

fn rule(dialect: Dialect, matches: Vec<Match>, verdict: Verdict, comment: Option<&str>) -> Rule {
    Rule::Plain(PlainRule { dialect, matches, verdict: Some(verdict), comment: comment.map(String::from) })
}

fn text(ns: NsRef, changes: Vec<NetfilterChange>) -> String {
    changes.into_iter().map(|change| format!("{}\n", NetfilterOp { ns: ns.clone(), change })).collect()
}

#[test]
fn changes_of_tables_and_chains_of_iptables() {
    let nat = TableRef::new(Family::Ip, "nat");
    let filter = TableRef::new(Family::Ip6, "filter");
    let number = RuleSelector::Number { chain: nat.chain("OUTPUT"), number: 2 };
    let changes = vec![
        NetfilterChange::AddTable(nat.clone()),
        NetfilterChange::AddChain { chain: nat.chain("web"), base: None },
        NetfilterChange::DelChain { chain: filter.chain("web") },
        NetfilterChange::SetPolicy { chain: filter.chain("FORWARD"), policy: Policy::Drop },
        NetfilterChange::Flush { table: nat.clone(), chain: None },
        NetfilterChange::Flush { table: filter, chain: Some("web".into()) },
        NetfilterChange::DelRule(number),
        NetfilterChange::DelTable { table: nat, if_there: false },
    ];
    expect![[r#"
        nft add table ip nat
        iptables -t nat -N web
        ip6tables -X web
        ip6tables -P FORWARD DROP
        iptables -t nat -F
        ip6tables -F web
        iptables -t nat -D OUTPUT 2
        nft delete table ip nat
    "#]]
    .assert_eq(&text(NsRef::Host, changes));
}

#[test]
fn changes_of_other_tables() {
    let table = TableRef::new(Family::Inet, "my table");
    let base = BaseChain { kind: ChainKind::Filter, hook: Hook::Forward, priority: -5, policy: Policy::Accept };
    let opaque = OpaqueRule {
        expressions: Vec::new(),
        compat: None,
        userdata: None,
        parts: ["limit", "counter", "LOG"].map(String::from).into(),
    };
    let changes = vec![
        NetfilterChange::AddChain { chain: table.chain("pass"), base: Some(base) },
        NetfilterChange::AddChain { chain: table.chain("own"), base: None },
        NetfilterChange::SetPolicy { chain: table.chain("pass"), policy: Policy::Drop },
        NetfilterChange::Flush { table: table.clone(), chain: Some("own".into()) },
        NetfilterChange::AddRule { chain: table.chain("own"), before: Some(2), rule: Rule::Opaque(opaque) },
        NetfilterChange::DelChain { chain: table.chain("own") },
        NetfilterChange::DelRule(RuleSelector::Native { book: super::super::Book::Nat, number: 3 }),
    ];
    expect![[r#"
        ip netns exec red nft add chain inet 'my table' pass '{ type filter hook forward priority -5; policy accept; }'
        ip netns exec red nft add chain inet 'my table' own
        ip netns exec red nft add chain inet 'my table' pass '{ policy drop; }'
        ip netns exec red nft flush chain inet 'my table' own
        ip netns exec red nft insert rule inet 'my table' own index 1 # not understood by nns: match limit, target LOG
        ip netns exec red nft delete chain inet 'my table' own
        ip netns exec red nns -c 'nat del 3'
    "#]]
    .assert_eq(&text(NsRef::Named("red".parse().unwrap()), changes));
}

#[test]
fn rules_in_both_dialects() {
    let source = |text: &str| Criterion::Source(text.parse().unwrap());
    let all = vec![
        Match::is(Criterion::In(LinkPattern::StartsWith("eth".into()))),
        Match::not(Criterion::Out(LinkPattern::Is("veth0".parse().unwrap()))),
        Match::is(Criterion::Protocol(Protocol::TCP)),
        Match::not(source("10.0.0.1/32")),
        Match::is(Criterion::Destination("10.0.0.0/8".parse().unwrap())),
        Match::is(Criterion::SourcePort(Ports { first: 1024, last: u16::MAX })),
        Match::not(Criterion::DestinationPort(Ports::one(22))),
        Match::is(Criterion::State {
            states: States::default().with(State::Established).with(State::Related),
            spelling: StateSpelling::Conntrack,
        }),
    ];
    let with = |dialect| rule(dialect, all.clone(), Verdict::Reject(RejectWith::TcpReset), None);
    let target = NatTarget {
        addresses: Some(("fd00::2".parse().unwrap(), "fd00::9".parse().unwrap())),
        ports: Some(Ports::one(80)),
    };
    let icmp = vec![Match::is(Criterion::Protocol(Protocol::ICMPV6)), Match::is(Criterion::IcmpType(128))];
    let comment = vec![Match::is(Criterion::Comment("it's a test".into()))];
    let local = vec![Match::is(Criterion::LocalDestination), Match::is(Criterion::Protocol(Protocol::UDP))];
    let add = |family, table: &str, before, rule| NetfilterChange::AddRule {
        chain: TableRef::new(family, table).chain("c"),
        before,
        rule,
    };
    let changes = vec![
        add(Family::Ip, "filter", None, with(Dialect::Iptables)),
        add(Family::Inet, "filter", None, with(Dialect::Nft)),
        add(Family::Ip, "nat", Some(1), rule(Dialect::Iptables, comment, Verdict::Goto("d".into()), None)),
        add(Family::Ip6, "nat", Some(3), rule(Dialect::Iptables, icmp.clone(), Verdict::Dnat(target.clone()), None)),
        add(Family::Ip6, "nns_nat", Some(1), rule(Dialect::Nft, icmp, Verdict::Dnat(target), Some("lab.nns:12"))),
        add(
            Family::Inet,
            "nns_filter",
            Some(3),
            rule(Dialect::Nft, local, Verdict::Reject(RejectWith::HostUnreachable), None),
        ),
    ];
    expect![[r#"
        iptables -A c ! -s 10.0.0.1/32 -d 10.0.0.0/8 -i eth+ ! -o veth0 -p tcp -m tcp --sport 1024:65535 ! --dport 22 -m conntrack --ctstate RELATED,ESTABLISHED -j REJECT --reject-with tcp-reset
        nft add rule inet filter c iifname "eth*" oifname != "veth0" ip saddr != 10.0.0.1 ip daddr 10.0.0.0/8 tcp sport 1024-65535 tcp dport != 22 ct state established,related reject with tcp reset
        iptables -t nat -I c -m comment --comment 'it'\''s a test' -g d
        ip6tables -t nat -I c 3 -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j DNAT --to-destination '[fd00::2-fd00::9]:80'
        nft insert rule ip6 nns_nat c icmpv6 type echo-request dnat to [fd00::2-fd00::9]:80 comment '"lab.nns:12"'
        nft insert rule inet nns_filter c index 2 fib daddr type local meta l4proto udp reject with icmpx host-unreachable
    "#]].assert_eq(&text(NsRef::Host, changes));
}
