use expect_test::expect;

use super::{Only, render};
use crate::{
    commands::IptablesForm,
    model::{Chain, Counter, RuleEntry, Ruleset, Table},
    ops::{Criterion, Dialect, Family, Match, OpaqueRule, PlainRule, Protocol, Rule, TableRef, Verdict},
};

/// The rules of `iptables -A INPUT -c 123456 9999999999 -s 127.0.0.1 -p udp -j ACCEPT`, of a rule with `limit` and `LOG`,
/// and of `iptables -A INPUT -c 99999 10000000 -j foo`.
fn ruleset() -> Ruleset {
    let table = TableRef::new(Family::Ip, "filter");
    let plain = |matches, verdict| {
        Rule::Plain(PlainRule { dialect: Dialect::Iptables, matches, verdict: Some(verdict), comment: None })
    };
    let counted = |rule, packets, bytes| RuleEntry { rule, counter: Some(Counter { packets, bytes }) };
    let local = vec![
        Match::is(Criterion::Protocol(Protocol::UDP)),
        Match::is(Criterion::Source("127.0.0.1/32".parse().unwrap())),
    ];
    let opaque = OpaqueRule {
        expressions: Vec::new(),
        compat: None,
        userdata: None,
        parts: ["limit", "counter", "LOG"].map(String::from).into(),
    };
    let rules = vec![
        counted(plain(local, Verdict::Accept), 123_456, 9_999_999_999),
        counted(Rule::Opaque(opaque), 1, 2),
        counted(plain(Vec::new(), Verdict::Jump("foo".into())), 99_999, 10_000_000),
    ];
    let chain = |name: &str, rules, counter| Chain {
        name: name.into(),
        base: table.chain(name).builtin(),
        rules,
        counter,
        opaque: Vec::new(),
    };
    let policy = Some(Counter { packets: 100_000, bytes: 12 });
    let chains = vec![chain("foo", Vec::new(), None), chain("INPUT", rules, policy)];
    Ruleset { tables: vec![Table { table, flags: 0, chains, opaque: Vec::new() }] }
}

fn listed(verbose: bool, form: IptablesForm) -> String {
    let table = TableRef::new(Family::Ip, "filter");
    render(&ruleset(), &Only { table: &table, chain: None, rule: None }, verbose, form)
}

// What is expected is what iptables 1.8.9 prints, but for the rule that is not understood.

#[test]
fn counters_are_shortened() {
    let form = IptablesForm::Table { numeric: false, line_numbers: true, exact: false };
    expect![[r#"
        Chain INPUT (policy ACCEPT 100K packets, 12 bytes)
        num   pkts bytes target     prot opt in     out     source               destination         
        1     123K   10G ACCEPT     udp  --  any    any     localhost            anywhere            
        2        1     2 # not understood by nns: match limit, target LOG
        3    99999   10M foo        all  --  any    any     anywhere             anywhere            

        Chain FORWARD (policy ACCEPT 0 packets, 0 bytes)
        num   pkts bytes target     prot opt in     out     source               destination         

        Chain OUTPUT (policy ACCEPT 0 packets, 0 bytes)
        num   pkts bytes target     prot opt in     out     source               destination         

        Chain foo (1 references)
        num   pkts bytes target     prot opt in     out     source               destination         
    "#]]
    .assert_eq(&listed(true, form));
}

#[test]
fn exact_counters_and_numbers() {
    let form = IptablesForm::Table { numeric: true, line_numbers: false, exact: true };
    expect![[r#"
        Chain INPUT (policy ACCEPT 100000 packets, 12 bytes)
            pkts      bytes target     prot opt in     out     source               destination         
          123456 9999999999 ACCEPT     17   --  *      *       127.0.0.1            0.0.0.0/0           
               1        2 # not understood by nns: match limit, target LOG
           99999 10000000 foo        0    --  *      *       0.0.0.0/0            0.0.0.0/0           

        Chain FORWARD (policy ACCEPT 0 packets, 0 bytes)
            pkts      bytes target     prot opt in     out     source               destination         

        Chain OUTPUT (policy ACCEPT 0 packets, 0 bytes)
            pkts      bytes target     prot opt in     out     source               destination         

        Chain foo (1 references)
            pkts      bytes target     prot opt in     out     source               destination         
    "#]]
    .assert_eq(&listed(true, form));
}

#[test]
fn commands_with_counters() {
    expect![[r#"
        -P INPUT ACCEPT -c 100000 12
        -P FORWARD ACCEPT -c 0 0
        -P OUTPUT ACCEPT -c 0 0
        -N foo
        -A INPUT -s 127.0.0.1/32 -p udp -c 123456 9999999999 -j ACCEPT
        -A INPUT # not understood by nns: match limit, target LOG
        -A INPUT -c 99999 10000000 -j foo
    "#]]
    .assert_eq(&listed(true, IptablesForm::Commands));
}

#[test]
fn one_rule() {
    let table = TableRef::new(Family::Ip, "filter");
    let only = Only { table: &table, chain: Some(&table.chain("INPUT")), rule: Some(3) };
    let form = IptablesForm::Table { numeric: true, line_numbers: false, exact: false };
    expect![[r#"
        foo        0    --  0.0.0.0/0            0.0.0.0/0           
        -A INPUT -j foo
    "#]]
    .assert_eq(&(render(&ruleset(), &only, false, form) + &render(&ruleset(), &only, false, IptablesForm::Commands)));
}
