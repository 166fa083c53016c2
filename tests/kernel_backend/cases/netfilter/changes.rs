//! Changes that fail, or that others make at the same time.

use std::thread;

use nix::errno::Errno;
use nns::{
    backend::{Backend, KernelBackend, Queries, SnapshotScope},
    model::{Outcome, World, apply},
    net::NsRef,
    ops::{Family, NetfilterChange as Change, Op, Policy, Rule, RuleSelector, Verdict},
};

use super::{append, drops, make, op, rule, ruleset, table};
use crate::observe::sh;

fn errnos(results: Vec<Result<(), nns::backend::OpFailure>>) -> Vec<Option<Errno>> {
    results.into_iter().map(|result| result.err().map(|failure| failure.errno)).collect()
}

fn forward() -> nns::ops::ChainRef {
    table(Family::Ip, "filter").chain("FORWARD")
}

fn leads_to(chain: &str) -> Rule {
    rule(nns::ops::Dialect::Iptables, Vec::new(), Some(Verdict::Jump(chain.into())))
}

/// Those before the one that fails are made, those behind it are not.
pub fn fails_as_a_whole() {
    let mut backend = KernelBackend::new().unwrap();
    let ops = [
        append(&forward(), drops(1)),
        append(&forward(), drops(2)),
        append(&forward(), leads_to("nowhere")),
        append(&forward(), drops(3)),
    ];
    assert_eq!(errnos(backend.apply(&ops)), [None, None, Some(Errno::ENOENT)]);
    assert_eq!(sh("iptables -S FORWARD | wc -l").trim(), "3");
    assert_eq!(errnos(backend.apply(&ops[2..])), [Some(Errno::ENOENT)]);
    assert_eq!(sh("iptables -S FORWARD | wc -l").trim(), "3");
    // Many more than one transaction takes.
    sh("iptables -F FORWARD");
    let many: Vec<Op> = (0..3000_u32).map(|n| append(&forward(), drops(u8::try_from(n % 250 + 1).unwrap()))).collect();
    make(&mut backend, &many);
    assert_eq!(sh("iptables -S FORWARD | wc -l").trim(), "3001");
    // And more refusals than the queue of the socket holds.
    let wrong: Vec<Op> = (0..600).map(|_| append(&forward(), leads_to("nowhere"))).collect();
    assert_eq!(errnos(backend.apply(&wrong)), [Some(Errno::ENOENT)]);
}

pub fn faults_strike_one_change() {
    let mut backend = KernelBackend::new().unwrap();
    let ops: Vec<Op> = (1..5).map(|protocol| append(&forward(), drops(protocol))).collect();
    backend.fail_request(3);
    assert_eq!(errnos(backend.apply(&ops)), [None, None, Some(Errno::ENOMEM)]);
    assert_eq!(sh("iptables -S FORWARD | wc -l").trim(), "3");
}

/// The kernel and the model answer a change with the same number, and come to the same rules.
pub fn answers_like_the_model() {
    let mut backend = KernelBackend::new().unwrap();
    let mut model = World::fresh();
    let filter = table(Family::Ip, "filter");
    let mine = table(Family::Inet, "mine");
    let user = filter.chain("user");
    let del = |chain: &nns::ops::ChainRef| op(Change::DelChain { chain: chain.clone() });
    let add = |chain: &nns::ops::ChainRef| op(Change::AddChain { chain: chain.clone(), base: None });
    let policy = |chain| op(Change::SetPolicy { chain, policy: Policy::Drop });
    let at = |number, rule| op(Change::AddRule { chain: forward(), before: Some(number), rule });
    let number = |number| op(Change::DelRule(RuleSelector::Number { chain: forward(), number }));
    let like = |rule| op(Change::DelRule(RuleSelector::Like { chain: forward(), rule }));
    let flush = |table: &nns::ops::TableRef, chain: Option<&str>| {
        op(Change::Flush { table: table.clone(), chain: chain.map(String::from) })
    };
    let ops = [
        flush(&filter, None),
        flush(&filter, Some("FORWARD")),
        flush(&filter, Some("user")),
        number(1),
        op(Change::DelTable { table: mine.clone(), if_there: false }),
        op(Change::DelTable { table: mine.clone(), if_there: true }),
        add(&mine.chain("c")),
        op(Change::AddTable(mine.clone())),
        op(Change::AddTable(mine.clone())),
        add(&mine.chain("c")),
        add(&mine.chain("c")),
        policy(mine.chain("c")),
        policy(mine.chain("d")),
        append(&mine.chain("d"), drops(1)),
        del(&user),
        add(&forward()),
        add(&user),
        add(&user),
        append(&user, drops(9)),
        del(&user),
        flush(&filter, Some("user")),
        append(&forward(), leads_to("user")),
        del(&user),
        policy(forward()),
        at(1, drops(1)),
        at(2, drops(2)),
        at(9, drops(3)),
        number(0),
        number(9),
        like(drops(7)),
        like(drops(1)),
        number(2),
        del(&user),
        flush(&filter, None),
        op(Change::DelTable { table: mine, if_there: false }),
    ];
    for op in ops {
        let outcome = apply(&mut model, &op);
        let errno = match outcome {
            Outcome::Done => None,
            Outcome::Refused(refusal) => Some(refusal.errno),
            Outcome::Unknown => panic!("{op}"),
        };
        assert_eq!(errnos(backend.apply(std::slice::from_ref(&op))), [errno], "{op}");
        let read = backend.snapshot(&SnapshotScope::Of(vec![NsRef::Host])).unwrap();
        let rules = |world: &World| world.namespace(&NsRef::Host).unwrap().ruleset.clone();
        assert_eq!(rules(&read), rules(&model), "{op}");
    }
}

/// Somebody adds rules all the time; each change by number still finds what it means.
pub fn somebody_else_changes_them() {
    sh("iptables -N other; iptables -A FORWARD -p 250 -j DROP");
    let other = thread::spawn(|| {
        sh("i=0; while [ $i -lt 150 ]; do iptables -A other -p 7 -j DROP; i=$((i+1)); done");
    });
    let mut backend = KernelBackend::new().unwrap();
    for protocol in 1..=100 {
        let change =
            Change::AddRule { chain: forward(), before: Some(protocol), rule: drops(u8::try_from(protocol).unwrap()) };
        make(&mut backend, &[op(change)]);
    }
    other.join().unwrap();
    let protocols: Vec<String> = sh("iptables -S FORWARD | tail -n +2").lines().map(String::from).collect();
    assert_eq!(protocols.len(), 101);
    let read = ruleset(&mut backend);
    let entries = &read.chain(&forward()).unwrap().rules;
    let expected: Vec<Rule> = (1..=100).chain([250]).map(drops).collect();
    assert!(entries.iter().map(|entry| &entry.rule).eq(&expected));
    assert_eq!(read.chain(&table(Family::Ip, "filter").chain("other")).unwrap().rules.len(), 150);
}

pub fn counts_are_listed() {
    sh("ip link set dev lo up; iptables -A OUTPUT -d 127.0.0.9 -j ACCEPT; \
        nft 'add table inet t; add chain inet t c { type filter hook output priority 5; }; \
        add rule inet t c ip daddr 127.0.0.9 counter'; ping -c 2 -i 0.2 127.0.0.9 >/dev/null");
    let mut backend = KernelBackend::new().unwrap();
    let read = ruleset(&mut backend);
    let counts: Vec<_> = read
        .tables
        .iter()
        .flat_map(|table| &table.chains)
        .flat_map(|chain| &chain.rules)
        .map(|entry| entry.counter.map(|counter| (counter.packets, counter.bytes)))
        .collect();
    assert_eq!(counts, [Some((2, 168)), Some((2, 168))]);
    // A snapshot does not have them: it must be the same before and after.
    let world = backend.snapshot(&SnapshotScope::All).unwrap();
    let rules = world.namespace(&NsRef::Host).unwrap().ruleset.clone().unwrap();
    let mut entries = rules.tables.iter().flat_map(|table| &table.chains).flat_map(|chain| &chain.rules);
    assert!(entries.all(|entry| entry.counter.is_none()));
}

/// Inside a case that has given its privileges up.
pub fn nobody_may_look() {
    let mut backend = KernelBackend::new().unwrap();
    let world = backend.snapshot(&SnapshotScope::All).unwrap();
    assert_eq!(world.namespace(&NsRef::Host).unwrap().ruleset, None);
    let error = backend.ruleset(&NsRef::Host).unwrap_err();
    assert_eq!(error.to_string(), "reading the rules of namespace `host`: not permitted");
    assert_eq!(errnos(backend.apply(&[append(&forward(), drops(1))])), [Some(Errno::EPERM)]);
}
