use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::{
    net::Cidr,
    ops::{
        Criterion, LinkPattern, Match, NatTarget, Ports, Protocol, RejectWith, State, StateSpelling, States, Verdict,
    },
};

fn tables() -> impl Strategy<Value = TableRef> {
    select(vec![
        TableRef::new(Family::Ip, "filter"),
        TableRef::new(Family::Ip, "nns_nat"),
        TableRef::new(Family::Ip6, "nat"),
        TableRef::new(Family::Ip6, "mine"),
        TableRef::new(Family::Inet, "nns_filter"),
    ])
}

fn address(is_v6: bool) -> BoxedStrategy<IpAddr> {
    if is_v6 {
        any::<[u8; 16]>().prop_map(|bytes| Ipv6Addr::from(bytes).into()).boxed()
    } else {
        any::<[u8; 4]>().prop_map(|bytes| Ipv4Addr::from(bytes).into()).boxed()
    }
}

fn cidr(is_v6: bool) -> impl Strategy<Value = Cidr> {
    let longest: u8 = if is_v6 { 128 } else { 32 };
    let length = prop_oneof![0..=longest, Just(longest)];
    (address(is_v6), length).prop_map(|(address, length)| Cidr::new(address, length).unwrap().network())
}

fn ports() -> impl Strategy<Value = Ports> {
    let range = (any::<u16>(), any::<u16>()).prop_map(|(a, b)| Ports { first: a.min(b), last: a.max(b) });
    prop_oneof![any::<u16>().prop_map(Ports::one), range, (1..9_u16).prop_map(|last| Ports { first: 0, last })]
}

fn pattern() -> impl Strategy<Value = LinkPattern> {
    prop_oneof![
        "[a-z][a-z0-9]{0,14}".prop_map(|name| LinkPattern::Is(name.parse().unwrap())),
        "[a-z][a-z0-9]{0,13}".prop_map(LinkPattern::StartsWith),
    ]
}

fn states() -> impl Strategy<Value = States> {
    vec(select(State::ALL.to_vec()), 1..5).prop_map(|states| states.into_iter().fold(States::default(), States::with))
}

/// A condition that a rule of the dialect may have, besides its protocol and what depends on it.
fn condition(dialect: Dialect, is_v6: bool) -> BoxedStrategy<Match> {
    let spelling = match dialect {
        Dialect::Nft => vec![StateSpelling::Conntrack],
        Dialect::Iptables => vec![StateSpelling::Conntrack, StateSpelling::State],
    };
    let criterion = prop_oneof![
        pattern().prop_map(Criterion::In),
        pattern().prop_map(Criterion::Out),
        cidr(is_v6).prop_map(Criterion::Source),
        cidr(is_v6).prop_map(Criterion::Destination),
        Just(Criterion::LocalDestination),
        (states(), select(spelling)).prop_map(|(states, spelling)| Criterion::State { states, spelling }),
    ];
    let condition = (any::<bool>(), criterion).prop_map(|(negated, criterion)| Match { negated, criterion });
    if dialect == Dialect::Nft {
        return condition.boxed();
    }
    prop_oneof![4 => condition, 1 => "[a-z ü]{0,60}".prop_map(|text| Match::is(Criterion::Comment(text)))].boxed()
}

/// What asks for a protocol, and for what it has.
fn transport(is_v6: bool) -> BoxedStrategy<Vec<Match>> {
    let with_ports = select(vec![Protocol::TCP, Protocol::UDP, Protocol::SCTP]);
    let negated = any::<bool>;
    let ported = (with_ports, option::of((negated(), ports())), option::of((negated(), ports()))).prop_map(
        |(protocol, source, destination)| {
            let source = source.map(|(negated, ports)| Match { negated, criterion: Criterion::SourcePort(ports) });
            let destination =
                destination.map(|(negated, ports)| Match { negated, criterion: Criterion::DestinationPort(ports) });
            [Some(Match::is(Criterion::Protocol(protocol))), source, destination].into_iter().flatten().collect()
        },
    );
    let icmp = if is_v6 { Protocol::ICMPV6 } else { Protocol::ICMP };
    let icmp = (negated(), any::<u8>()).prop_map(move |(negated, kind)| {
        vec![Match::is(Criterion::Protocol(icmp)), Match { negated, criterion: Criterion::IcmpType(kind) }]
    });
    let bare = (negated(), any::<u8>())
        .prop_map(|(negated, number)| vec![Match { negated, criterion: Criterion::Protocol(Protocol(number)) }]);
    prop_oneof![Just(Vec::new()), ported, icmp, bare].boxed()
}

fn verdict(is_v6: bool) -> BoxedStrategy<Verdict> {
    let reject = select(vec![
        RejectWith::PortUnreachable,
        RejectWith::HostUnreachable,
        RejectWith::NetUnreachable,
        RejectWith::AdminProhibited,
        RejectWith::TcpReset,
    ]);
    let addresses =
        prop_oneof![address(is_v6).prop_map(|address| (address, address)), (address(is_v6), address(is_v6)),];
    let target = (option::of(addresses), option::of(ports()))
        .prop_map(|(addresses, ports)| NatTarget { addresses, ports })
        .boxed();
    prop_oneof![
        select(vec![Verdict::Accept, Verdict::Drop, Verdict::Return]),
        "[A-Za-z-]{1,20}".prop_map(Verdict::Jump),
        "[A-Za-z-]{1,20}".prop_map(Verdict::Goto),
        reject.prop_map(Verdict::Reject),
        option::of(ports()).prop_map(|ports| Verdict::Masquerade { ports }),
        option::of(ports()).prop_map(|ports| Verdict::Redirect { ports }),
        target.clone().prop_map(Verdict::Snat),
        target.prop_map(Verdict::Dnat),
    ]
    .boxed()
}

/// A table and a rule that it may hold, in the order in which the kernel will have it.
fn rules() -> impl Strategy<Value = (TableRef, PlainRule)> {
    (tables(), any::<bool>(), any::<bool>()).prop_flat_map(|(table, as_iptables, is_v6)| {
        let as_iptables = as_iptables && table.is_of_iptables();
        let dialect = if as_iptables { Dialect::Iptables } else { Dialect::Nft };
        let is_v6 = if table.family == Family::Inet { is_v6 } else { table.family == Family::Ip6 };
        let conditions = (vec(condition(dialect, is_v6), 0..4), transport(is_v6), any::<prop::sample::Index>())
            .prop_map(|(mut all, transport, at)| {
                let at = at.index(all.len() + 1);
                all.splice(at..at, transport);
                all
            });
        let comment = option::of("[a-z é\"]{0,40}").prop_map(move |text| text.filter(|_| !as_iptables));
        (Just(table), conditions, option::of(verdict(is_v6)), comment).prop_map(
            move |(table, matches, verdict, comment)| {
                (table, in_order(&PlainRule { dialect, matches, verdict, comment }))
            },
        )
    })
}

fn decoded(table: &TableRef, bytes: &RuleBytes) -> Rule {
    decode(table, &bytes.expressions, bytes.userdata.as_deref()).rule
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_rule_that_is_encoded_is_decoded_to_the_same((table, rule) in rules()) {
        let rule = Rule::Plain(rule);
        prop_assert_eq!(decoded(&table, &encode(table.family, &rule)), rule);
    }

    #[test]
    fn any_bytes_are_a_rule(table in tables(), bytes in vec(any::<u8>(), 0..200), extra in vec(any::<u8>(), 0..20)) {
        let _ = decode(&table, &bytes, Some(&extra));
    }

    #[test]
    fn a_spoilt_rule_is_kept(
        (table, rule) in rules(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = encode(table.family, &Rule::Plain(rule));
        for (at, byte) in changes {
            if !bytes.expressions.is_empty() {
                let at = at.index(bytes.expressions.len());
                bytes.expressions[at] = byte;
            }
        }
        bytes.expressions.truncate(cut.index(bytes.expressions.len() + 64));
        let once = decoded(&table, &bytes);
        // Told to the kernel again it is the same.
        prop_assert_eq!(decoded(&table, &encode(table.family, &once)), once);
    }
}

#[test]
fn what_is_counted_is_no_part_of_a_rule() {
    let table = TableRef::new(Family::Inet, "mine");
    let counter = |packets: u64, bytes: u64| {
        let inside = [attr::attribute(1, &bytes.to_be_bytes()), attr::attribute(2, &packets.to_be_bytes())];
        attr::bytes(&[attr::nest(1, &[attr::text(1, "counter"), attr::nest(2, &inside)])])
    };
    let [some, none] = [counter(3, 180), counter(0, 0)].map(|bytes| decode(&table, &bytes, None));
    assert_eq!(some.rule, none.rule);
    assert_eq!(some.counter.map(|counter| (counter.packets, counter.bytes)), Some((3, 180)));
    let Rule::Opaque(rule) = some.rule else { panic!("rules of nft have no counter that we know") };
    assert_eq!((rule.parts, rule.expressions), (vec!["counter".to_owned()], counter(0, 0)));
}
