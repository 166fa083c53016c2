//! Claims about what the kernel knows beside links and routes: neighbours, settings, rules; and about files.

use std::time::Duration;

use super::{DEV, NS, WITHIN, claim, expectation, place};
use crate::{
    commands::{
        act::{Act, Claim, Expectation, TextMatch},
        bound::Bound,
        error::UsageError,
        lower::{Arg, Context, lower},
        spec::{CommandSpec, Param, exact},
        value::{self, Value},
    },
    net::NsRef,
    ops::{NetfilterChange, Op},
};

/// `expect [no] neigh ADDRESS`
pub const NEIGH: CommandSpec = claim(
    "neigh",
    "the hardware address of that neighbour is known",
    &[
        Param::keyword("lladdr", &[exact("lladdr")], Value::Mac, "and is this one"),
        DEV,
        NS,
        WITHIN,
        Param::positional("address", &[], Value::Address, "the neighbour").required(),
    ],
    &["expect neigh 192.168.15.2 dev veth-red", "expect no neigh 192.168.15.9 from red"],
    lower_neigh,
);

/// `expect [no] sysctl KEY[=VALUE]`
pub const SYSCTL: CommandSpec = claim(
    "sysctl",
    "there is such a setting, and it has that value",
    &[NS, WITHIN, Param::positional("setting", &[], Value::Setting, "its name, and the value").required()],
    &["expect sysctl net.ipv4.ip_forward=1", "expect no sysctl net.ipv4.ip_forward=0 from red"],
    lower_sysctl,
);

/// `expect [no] nat …`
pub const NAT: CommandSpec = claim(
    "nat",
    "there is the rule that the statement `nat …` makes",
    &[RULE],
    &["expect nat masquerade 192.168.15.0/24", "expect no nat forward tcp 8080 to 192.168.15.2:80 within 2s"],
    lower_rule,
);

/// `expect [no] firewall …`
pub const FIREWALL: CommandSpec = claim(
    "firewall",
    "there is the rule that the statement `firewall …` makes",
    &[RULE],
    &["expect firewall accept forward state established,related", "expect no firewall drop input icmp"],
    lower_rule,
);

/// `expect [no] iptables …`
pub const IPTABLES: CommandSpec = claim(
    "iptables",
    "there is the rule that the statement `iptables -A …` makes",
    &[RULE],
    &["expect iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE"],
    lower_rule,
);

/// `expect [no] file PATH`
pub const FILE: CommandSpec = claim(
    "file",
    "there is such a file, and it says that",
    &[
        Param::keyword("contains", &[exact("contains")], Value::Text, "a text that is in it"),
        Param::keyword("is", &[exact("is")], Value::Text, "all that is in it, but for blanks at its ends")
            .without(&["contains"]),
        WITHIN,
        Param::positional("path", &[], Value::Path, "its name").required(),
    ],
    &["expect file /etc/hosts contains localhost", "expect no file /tmp/result within 2s"],
    lower_file,
);

const RULE: Param = Param::rest("rule", Value::Statement, "the statement, and perhaps `within TIME`").required();

fn lower_neigh(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let claim = Claim::Neighbour {
        address: bound.need("address", value::address)?.value,
        link: bound.get("dev", value::link)?,
        mac: bound.value("lladdr", value::mac)?,
    };
    expectation(bound, place(bound, context)?, claim)
}

fn lower_sysctl(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let (key, value) = bound.need("setting", value::setting)?.value;
    expectation(bound, place(bound, context)?, Claim::Setting { key, value })
}

fn lower_file(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    bound.exclusive()?;
    let text = |name| bound.text(name).map(|text| text.value.clone());
    let says = text("contains").map(TextMatch::Contains).or_else(|| text("is").map(TextMatch::Is));
    let path = bound.text("path").map(|path| path.value.clone()).unwrap_or_default();
    expectation(bound, (context.ns.clone(), None), Claim::File { path, says })
}

/// The rules that the statement behind `expect` would make.
fn lower_rule(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let (words, within) = within(bound)?;
    let noun = bound.call.spec.verb;
    let verb = Arg { text: noun.into(), bare: true, span: bound.call.span };
    let statement: Vec<Arg> = [verb].into_iter().chain(words.iter().cloned()).collect();
    let mut rules = Vec::new();
    let mut ns: NsRef = context.ns.clone();
    if let Act::Change(ops) = lower(&statement, context)? {
        for op in ops {
            if let Op::Netfilter(op) = op
                && let NetfilterChange::AddRule { chain, rule, .. } = op.change
            {
                ns = op.ns;
                rules.push((chain, rule));
            }
        }
    }
    let text = statement.iter().map(|arg| arg.text.as_str()).collect::<Vec<_>>().join(" ");
    let Some(first) = words.first().filter(|_| rules.is_empty()) else {
        let claim = Claim::Rules { text, rules };
        let (negated, span) = (bound.call.negated, bound.call.span);
        return Ok(Act::Expect(Expectation { ns, from: None, negated, claim, within, span }));
    };
    Err(UsageError::NoRule { word: first.spanned(), statement: text })
}

/// `within TIME` at the end of words that are another statement's.
fn within<'w>(bound: &Bound<'w>) -> Result<(&'w [Arg], Duration), UsageError> {
    match bound.rest {
        [words @ .., within, time] if within.bare && within.text == "within" => {
            let time = value::duration(&time.text).map_err(|problem| UsageError::BadValue {
                kind: Value::Duration,
                value: time.spanned(),
                problem: Box::new(problem),
            })?;
            Ok((words, time))
        }
        words => Ok((words, Duration::ZERO)),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn claims() {
        check(
            &[
                "expect neigh 10.0.0.2 dev v0 lladdr 02:00:00:00:00:01 from red within 1s",
                "expect no sysctl net.ipv4.ip_forward=1",
                "expect sysctl net.ipv4.conf.all.forwarding from red",
                "expect nat masquerade 10.0.0.0/24 out eth0 within 2s",
                "expect no firewall drop input icmp",
                "expect iptables -t nat -A POSTROUTING -s 10.0.0.0/24 -j MASQUERADE",
                "expect file /tmp/x",
                "expect no file /tmp/x contains 'a b' within 1s",
            ],
            expect![[r#"
                > expect neigh 10.0.0.2 dev v0 lladdr 02:00:00:00:00:01 from red within 1s
                Expect(Expectation { ns: Named("red"), from: Some(0:59..62), negated: false, claim: Neighbour { address: 10.0.0.2, link: Some(Spanned { value: "v0", span: 0:26..28 }), mac: Some(02:00:00:00:00:01) }, within: 1s, span: 0:0..72 })
                > expect no sysctl net.ipv4.ip_forward=1
                Expect(Expectation { ns: Host, from: None, negated: true, claim: Setting { key: net.ipv4.ip_forward, value: Some("1") }, within: 0ns, span: 0:0..38 })
                > expect sysctl net.ipv4.conf.all.forwarding from red
                Expect(Expectation { ns: Named("red"), from: Some(0:48..51), negated: false, claim: Setting { key: net.ipv4.conf.all.forwarding, value: None }, within: 0ns, span: 0:0..51 })
                > expect nat masquerade 10.0.0.0/24 out eth0 within 2s
                Expect(Expectation { ns: Host, from: None, negated: false, claim: Rules { text: "nat masquerade 10.0.0.0/24 out eth0", rules: [(ChainRef { table: TableRef { family: Ip, name: "nns_nat" }, name: "postrouting" }, Plain(PlainRule { dialect: Nft, matches: [Match { negated: false, criterion: Source(10.0.0.0/24) }, Match { negated: false, criterion: Out(Is("eth0")) }], verdict: Some(Masquerade { ports: None }), comment: None }))] }, within: 2s, span: 0:0..52 })
                > expect no firewall drop input icmp
                Expect(Expectation { ns: Host, from: None, negated: true, claim: Rules { text: "firewall drop input icmp", rules: [(ChainRef { table: TableRef { family: Inet, name: "nns_filter" }, name: "input" }, Plain(PlainRule { dialect: Nft, matches: [Match { negated: false, criterion: Protocol(Protocol(1)) }], verdict: Some(Drop), comment: None }))] }, within: 0ns, span: 0:0..34 })
                > expect iptables -t nat -A POSTROUTING -s 10.0.0.0/24 -j MASQUERADE
                Expect(Expectation { ns: Host, from: None, negated: false, claim: Rules { text: "iptables -t nat -A POSTROUTING -s 10.0.0.0/24 -j MASQUERADE", rules: [(ChainRef { table: TableRef { family: Ip, name: "nat" }, name: "POSTROUTING" }, Plain(PlainRule { dialect: Iptables, matches: [Match { negated: false, criterion: Source(10.0.0.0/24) }], verdict: Some(Masquerade { ports: None }), comment: None }))] }, within: 0ns, span: 0:0..66 })
                > expect file /tmp/x
                Expect(Expectation { ns: Host, from: None, negated: false, claim: File { path: "/tmp/x", says: None }, within: 0ns, span: 0:0..18 })
                > expect no file /tmp/x contains 'a b' within 1s
                Expect(Expectation { ns: Host, from: None, negated: true, claim: File { path: "/tmp/x", says: Some(Contains("a b")) }, within: 1s, span: 0:0..46 })
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "expect neigh",
                "expect neigh red",
                "expect sysctl kernel.panic=1",
                "expect nat",
                "expect nat show",
                "expect nat masquarade 10.0.0.0/24",
                "expect nat masquerade 10.0.0.0/24 within soon",
                "expect firewall policy forward drop",
                "expect iptables -L",
                "expect file",
                "expect file /tmp/x is a contains b",
            ],
            expect![[r#"
                > expect neigh
                missing-word: `expect neigh` wants an IP address
                  at 12: an IP address is missing
                  help: it is written `expect [no] neigh ADDRESS [lladdr MAC] [dev LINK] [from NETNS] [within TIME]`
                > expect neigh red
                bad-value: `red` is no IP address
                  `red`: wanted: an IP address, such as 192.168.15.1 or fe80::1
                > expect sysctl kernel.panic=1
                bad-value: `kernel.panic` is a setting of the whole machine, not of a network namespace (those begin with `net.`)
                  `kernel.panic=1`: wanted: a kernel setting, such as net.ipv4.ip_forward=1
                > expect nat
                missing-word: `expect nat` wants a statement
                  at 10: a statement is missing
                  help: it is written `expect [no] nat STATEMENT…`
                > expect nat show
                usage: `nat show` makes no rule that could be looked for
                  `show`: adds no rule
                  help: write the statement that adds the rule: `expect nat masquerade 192.168.15.0/24`
                > expect nat masquarade 10.0.0.0/24
                unknown-word: `nat` has no command `masquarade`
                  `masquarade`: no command of `nat`
                  help: did you mean `masquerade`?
                > expect nat masquerade 10.0.0.0/24 within soon
                bad-value: `soon` is not a time
                  `soon`: wanted: a time, such as 2s or 500ms
                > expect firewall policy forward drop
                usage: `firewall policy forward drop` makes no rule that could be looked for
                  `policy`: adds no rule
                  help: write the statement that adds the rule: `expect nat masquerade 192.168.15.0/24`
                > expect iptables -L
                usage: `iptables -L` makes no rule that could be looked for
                  `-L`: adds no rule
                  help: write the statement that adds the rule: `expect nat masquerade 192.168.15.0/24`
                > expect file
                missing-word: `expect file` wants the name of a file
                  at 11: the name of a file is missing
                  help: it is written `expect [no] file FILE [contains TEXT] [is TEXT] [within TIME]`
                > expect file /tmp/x is a contains b
                usage: `is` and `contains` exclude each other
                  `contains`: excludes the other
                  `is`: the other
            "#]],
        );
    }
}
