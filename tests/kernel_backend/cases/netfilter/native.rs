//! Rules in the manner of `nft`.

use expect_test::expect;
use nns::{
    backend::KernelBackend,
    ops::{
        BaseChain, ChainKind, Criterion, Dialect, Family, Hook, LinkPattern, Match, NatTarget, NetfilterChange,
        PlainRule, Policy, Ports, Protocol, RejectWith, Rule, State, StateSpelling, States, Verdict,
    },
};

use super::{append, clear, make, op, raw, remake, rule, ruleset, table};
use crate::{build::v, observe::sh};

fn native(matches: Vec<Match>, verdict: Verdict) -> Rule {
    rule(Dialect::Nft, matches, Some(verdict))
}

fn states(states: &[State]) -> Criterion {
    let states = states.iter().copied().fold(States::default(), States::with);
    Criterion::State { states, spelling: StateSpelling::Conntrack }
}

/// What the native statements make, and more, reads in `nft list ruleset` as a person would have written it.
pub fn is_listed_as_a_person_writes_it() {
    use Criterion::{Destination, DestinationPort, IcmpType, In, LocalDestination, Out, Source, SourcePort};
    let mut backend = KernelBackend::new().unwrap();
    let (is, not) = (Match::is, Match::not);
    let tcp = || is(Criterion::Protocol(Protocol::TCP));
    let port = |port| Ports::one(port);
    let eth0 = || LinkPattern::Is(v("eth0"));
    let filter = table(Family::Inet, "nns_filter").chain("input");
    let nat = table(Family::Ip, "nns_nat");
    let nat6 = table(Family::Ip6, "nns_nat");
    let side = table(Family::Inet, "nns_filter").chain("side");
    let remark = Rule::Plain(PlainRule {
        dialect: Dialect::Nft,
        matches: vec![is(In(eth0()))],
        verdict: None,
        comment: Some("hello you".into()),
    });
    let of_lan = |wan: &str| NatTarget::new(v(wan), Some(8080));
    let forwarded =
        native(vec![is(LocalDestination), tcp(), is(DestinationPort(port(80)))], Verdict::Dnat(of_lan("10.0.0.2")));
    let wide =
        NatTarget { addresses: Some((v("1.2.3.4"), v("1.2.3.9"))), ports: Some(Ports { first: 1000, last: 2000 }) };
    let ops = [
        op(NetfilterChange::SetPolicy { chain: filter.clone(), policy: Policy::Drop }),
        op(NetfilterChange::AddChain { chain: side.clone(), base: None }),
        append(&filter, native(vec![is(states(&[State::Established, State::Related]))], Verdict::Accept)),
        append(&filter, native(vec![not(states(&[State::New, State::Untracked]))], Verdict::Drop)),
        append(&filter, native(vec![is(In(LinkPattern::StartsWith("eth".into())))], Verdict::Jump("side".into()))),
        append(&filter, native(vec![is(Source(v("10.0.0.0/24"))), not(Out(eth0()))], Verdict::Accept)),
        append(&filter, native(vec![not(Source(v("10.0.0.0/9"))), is(Destination(v("1.2.3.4/32")))], Verdict::Drop)),
        append(&filter, native(vec![is(Source(v("fd00::/64")))], Verdict::Return)),
        append(&filter, native(vec![tcp(), is(DestinationPort(Ports { first: 80, last: 90 }))], Verdict::Accept)),
        append(&filter, native(vec![tcp(), is(SourcePort(port(7))), is(DestinationPort(port(8)))], Verdict::Accept)),
        append(&filter, native(vec![tcp(), not(DestinationPort(Ports { first: 1, last: 9 }))], Verdict::Accept)),
        append(&filter, native(vec![is(Criterion::Protocol(Protocol::ICMP)), is(IcmpType(8))], Verdict::Accept)),
        append(&filter, native(vec![is(Criterion::Protocol(Protocol::ICMPV6)), is(IcmpType(128))], Verdict::Accept)),
        append(&filter, native(vec![not(Criterion::Protocol(Protocol::UDP))], Verdict::Goto("side".into()))),
        append(&filter, native(vec![not(LocalDestination)], Verdict::Reject(RejectWith::PortUnreachable))),
        append(&filter, native(vec![is(Source(v("1.2.3.4/32")))], Verdict::Reject(RejectWith::AdminProhibited))),
        append(&filter, native(vec![tcp(), is(DestinationPort(port(9)))], Verdict::Reject(RejectWith::TcpReset))),
        append(&filter, remark),
        append(
            &nat.chain("postrouting"),
            native(vec![is(Source(v("10.0.0.0/24"))), is(Out(eth0()))], Verdict::Masquerade { ports: None }),
        ),
        append(
            &nat.chain("postrouting"),
            native(vec![tcp()], Verdict::Masquerade { ports: Some(Ports { first: 1, last: 2 }) }),
        ),
        append(&nat.chain("postrouting"), native(vec![tcp()], Verdict::Snat(wide))),
        append(&nat.chain("prerouting"), forwarded.clone()),
        append(&nat.chain("output"), forwarded),
        append(&nat.chain("prerouting"), native(vec![tcp()], Verdict::Redirect { ports: Some(port(9)) })),
        append(
            &nat6.chain("prerouting"),
            native(vec![tcp(), is(DestinationPort(port(80)))], Verdict::Dnat(of_lan("fd00::2"))),
        ),
        append(&nat6.chain("postrouting"), native(vec![], Verdict::Snat(NatTarget::new(v("fd00::3"), None)))),
    ];
    make(&mut backend, &ops);
    expect![[r#"
        table inet nns_filter {
        	chain input {
        		type filter hook input priority filter; policy drop;
        		ct state established,related accept
        		ct state ! new,untracked drop
        		iifname "eth*" jump side
        		ip saddr 10.0.0.0/24 oifname != "eth0" accept
        		ip saddr != 10.0.0.0/9 ip daddr 1.2.3.4 drop
        		ip6 saddr fd00::/64 return
        		tcp dport 80-90 accept
        		tcp sport 7 tcp dport 8 accept
        		tcp dport != 1-9 accept
        		icmp type echo-request accept
        		icmpv6 type echo-request accept
        		meta l4proto != udp goto side
        		fib daddr type != local reject
        		ip saddr 1.2.3.4 reject with icmp admin-prohibited
        		tcp dport 9 reject with tcp reset
        		iifname "eth0" comment "hello you"
        	}

        	chain side {
        	}
        }
        table ip nns_nat {
        	chain postrouting {
        		type nat hook postrouting priority srcnat; policy accept;
        		ip saddr 10.0.0.0/24 oifname "eth0" masquerade
        		meta l4proto tcp masquerade to :1-2
        		meta l4proto tcp snat to 1.2.3.4-1.2.3.9:1000-2000
        	}

        	chain prerouting {
        		type nat hook prerouting priority dstnat; policy accept;
        		fib daddr type local tcp dport 80 dnat to 10.0.0.2:8080
        		meta l4proto tcp redirect to :9
        	}

        	chain output {
        		type nat hook output priority -100; policy accept;
        		fib daddr type local tcp dport 80 dnat to 10.0.0.2:8080
        	}
        }
        table ip6 nns_nat {
        	chain prerouting {
        		type nat hook prerouting priority dstnat; policy accept;
        		tcp dport 80 dnat to [fd00::2]:8080
        	}

        	chain postrouting {
        		type nat hook postrouting priority srcnat; policy accept;
        		snat to fd00::3
        	}
        }
    "#]]
    .assert_eq(&sh("nft list ruleset"));

    // All of it is understood again.
    let read = ruleset(&mut backend);
    let told: Vec<&Rule> = read
        .tables
        .iter()
        .flat_map(|table| &table.chains)
        .flat_map(|chain| &chain.rules)
        .map(|entry| &entry.rule)
        .collect();
    let sent: Vec<&Rule> = ops
        .iter()
        .filter_map(|op| match op {
            nns::ops::Op::Netfilter(op) => match &op.change {
                NetfilterChange::AddRule { rule, .. } => Some(rule),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), sent.len());
    assert!(sent.iter().all(|rule| told.contains(rule)), "{told:#?}");
    let base = |name: &str| read.chain(&table(Family::Inet, "nns_filter").chain(name)).unwrap().base;
    let expected = BaseChain { kind: ChainKind::Filter, hook: Hook::Input, priority: 0, policy: Policy::Drop };
    assert_eq!((base("input"), base("side")), (Some(expected), None));
}

/// Rules as `nft` makes them from these words are understood, and made anew from that they are the same to the last byte.
pub fn theirs_are_understood() {
    let rules = [
        "iifname \"eth0\" accept",
        "oifname != \"eth*\" drop",
        "ip saddr 10.0.0.0/24 ip daddr != 1.2.3.4 accept",
        "ip saddr 1.2.3.4 ip daddr 1.2.3.5 accept",
        "ip6 saddr fd00::/63 ip6 daddr fd00::1 return",
        "fib daddr type local accept",
        "meta l4proto != tcp accept",
        "tcp dport 80 accept",
        "tcp sport 7 tcp dport 8 accept",
        "tcp dport 80-90 accept",
        "udp sport != 80-90 accept",
        "icmp type echo-request accept",
        "icmpv6 type echo-request accept",
        "ip saddr 10.0.0.0/24 icmp type != echo-request accept",
        "ct state established,related accept",
        "ct state ! established,new accept",
        "reject",
        "tcp dport 80 reject with tcp reset",
        "ip saddr 1.2.3.4 reject with icmp type host-unreachable",
        "reject with icmpx type admin-prohibited",
        "iifname \"eth0\" tcp dport 80 ip saddr 1.2.3.4 goto side comment \"hello you\"",
    ];
    let mut text = String::from("table inet f {\nchain side { }\nchain i { type filter hook input priority 0;\n");
    for rule in rules {
        text += &format!("{rule}\n");
    }
    text += "}\n}\ntable ip n {\nchain p { type nat hook prerouting priority -100;\n\
             ip saddr 10.0.0.0/8 tcp dport 80 dnat to 1.2.3.4:80\ntcp dport 80 redirect to :80-90\n}\n\
             chain q { type nat hook postrouting priority 100;\n\
             oifname \"e\" masquerade\nmeta l4proto tcp snat to 1.2.3.4-1.2.3.9:80-90\n}\n}\n";
    std::fs::write("/run/rules", &text).unwrap();
    sh("nft -f /run/rules");
    let mut backend = KernelBackend::new().unwrap();
    let theirs = (raw::rules(), sh("nft list ruleset"));
    let read = ruleset(&mut backend);
    for entry in read.tables.iter().flat_map(|table| &table.chains).flat_map(|chain| &chain.rules) {
        assert!(matches!(&entry.rule, Rule::Plain(rule) if rule.dialect == Dialect::Nft), "{:?}", entry.rule);
    }
    clear(&mut backend);
    make(&mut backend, &remake(&read));
    assert_eq!((raw::rules(), sh("nft list ruleset")), theirs);
}
