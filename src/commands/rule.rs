//! `rule`: policy routing, that is which routing table is asked about which packets. Not the rules of filters, which are
//! `firewall`, `nat` and `iptables`.

use super::{
    act::{Act, IpFamily, Show},
    bound::{Bound, Spelling},
    error::UsageError,
    family,
    lower::Context,
    spec::{CommandSpec, Param, exact, prefix},
    value::{self, Destination, Value},
};
use crate::{
    model::query::RuleFilter,
    net::Cidr,
    ops::{Op, RouteTable, RuleAction, RuleMark, RuleOp, RuleSpec},
    source::Spanned,
};

/// `rule add …`
pub const ADD: CommandSpec = CommandSpec {
    noun: "rule",
    verb: "add",
    aliases: &[],
    summary: "have a routing table asked about some packets before the main table is",
    params: MODIFY,
    examples: &[
        "ip rule add from 10.0.0.0/8 lookup 100",
        "rule add from 10.0.0.0/8 table 100",
        "rule add fwmark 0x1 table 100 priority 1000",
        "ip -6 rule add to fd00:9::/64 prohibit",
        "ip rule add table main suppress_prefixlength 0",
    ],
    lower: lower_add,
};

/// `rule del …`
pub const DEL: CommandSpec = CommandSpec {
    noun: "rule",
    verb: "del",
    aliases: &["delete"],
    summary: "take the first policy rule away that fits",
    params: MODIFY,
    examples: &["ip rule del from 10.0.0.0/8", "rule del priority 1000"],
    lower: lower_del,
};

/// `rule flush`
pub const FLUSH: CommandSpec = CommandSpec {
    noun: "rule",
    verb: "flush",
    aliases: &[],
    summary: "take all policy rules of IPv4 away but that of priority 0: nobody asks the main table any more",
    params: FLUSHED,
    examples: &["ip rule flush", "ip -6 rule flush"],
    lower: lower_flush,
};

/// `rule show`
pub const SHOW: CommandSpec = CommandSpec {
    noun: "rule",
    verb: "show",
    aliases: &["list"],
    summary: "list the policy rules, which say in which routing table the way of a packet is looked for",
    params: SHOWN,
    examples: &["ip rule", "ip -6 rule", "rule show", "rule show table 100"],
    lower: lower_show,
};

/// What becomes of the packets; only where a table is asked routes can be passed over.
const ACTIONS: &[&str] = &["prohibit", "unreachable", "blackhole", "table", "suppress_prefixlength"];

/// In the order of `iprule_modify()` in `ip/iprule.c`.
const MODIFY: &[Param] = &[
    Param::flag("not", &[exact("not")], "for the packets that do not fit"),
    Param::keyword("from", &[exact("from")], Value::Destination, "for packets from there"),
    Param::keyword("to", &[exact("to")], Value::Destination, "for packets to there"),
    Param::keyword(
        "priority",
        &[prefix("priority"), prefix("preference"), exact("pref"), prefix("order")],
        Value::Number,
        "its place: the lowest is asked first",
    ),
    Param::keyword("tos", &[exact("tos"), prefix("dsfield")], Value::Service, "for this type of service"),
    Param::keyword("fwmark", &[exact("fwmark")], Value::Mark, "for packets with this mark"),
    Param::keyword("realms", &[prefix("realms")], Value::Text, "the realms of what takes it").not_yet(),
    Param::keyword("protocol", &[prefix("protocol")], Value::Protocol, "who made it"),
    Param::keyword("tun_id", &[prefix("tun_id")], Value::Number, "for this tunnel").not_yet(),
    Param::keyword("table", &[prefix("table"), exact("lookup")], Value::Table, "the table that is asked"),
    Param::keyword(
        "suppress_prefixlength",
        &[prefix("suppress_prefixlength"), exact("sup_pl")],
        Value::Number,
        "pass over routes whose prefix is no longer: 0 is the default route",
    ),
    Param::keyword(
        "suppress_ifgroup",
        &[prefix("suppress_ifgroup"), exact("sup_group")],
        Value::Text,
        "pass over routes through that group of links",
    )
    .not_yet(),
    Param::keyword(
        "iif",
        &[exact("iif"), exact("dev")],
        Value::Link,
        "for packets that came in there; `lo`: from here",
    ),
    Param::keyword("oif", &[exact("oif")], Value::Link, "for packets of programs bound to that link"),
    Param::flag("l3mdev", &[exact("l3mdev")], "the table of the vrf is asked").not_yet(),
    Param::keyword("uidrange", &[exact("uidrange")], Value::Text, "for these users").not_yet(),
    Param::keyword("nat", &[exact("nat"), prefix("map-to")], Value::Address, "another address").not_yet(),
    Param::keyword("ipproto", &[exact("ipproto")], Value::Text, "for this protocol").not_yet(),
    Param::keyword("sport", &[exact("sport")], Value::Text, "for these ports of the sender").not_yet(),
    Param::keyword("dport", &[exact("dport")], Value::Text, "for these ports").not_yet(),
    Param::keyword("type", &[exact("type")], Value::Text, "what becomes of the packets").not_yet(),
    Param::keyword("goto", &[prefix("goto")], Value::Number, "go on with the rule of that priority").not_yet(),
    Param::flag("nop", &[prefix("nop")], "nothing becomes of the packets").not_yet(),
    Param::flag("local", &[exact("local")], "no such rule").not_yet(),
    Param::flag("broadcast", &[prefix("broadcast"), exact("brd")], "no such rule").not_yet(),
    Param::flag("anycast", &[prefix("anycast")], "no such rule").not_yet(),
    Param::flag("multicast", &[prefix("multicast")], "no such rule").not_yet(),
    Param::flag("prohibit", &[prefix("prohibit")], "the sender is told that it is forbidden").without(ACTIONS),
    Param::flag("unreachable", &[prefix("unreachable")], "the sender is told that the network is unreachable")
        .without(ACTIONS),
    Param::flag("blackhole", &[prefix("blackhole")], "its packets are dropped").without(ACTIONS),
    Param::flag("xresolve", &[prefix("xresolve")], "no such rule").not_yet(),
    Param::flag("unicast", &[prefix("unicast")], "a table without routes is asked").not_yet(),
    Param::flag("throw", &[exact("throw")], "no such rule").not_yet(),
];

/// In the order of `iprule_list_flush_or_save()` in `ip/iprule.c`.
const SHOWN: &[Param] = &[
    Param::keyword(
        "priority",
        &[prefix("priority"), prefix("preference"), exact("pref"), prefix("order")],
        Value::Number,
        "only those of this priority",
    ),
    Param::flag("not", &[exact("not")], "only those that are for what does not fit"),
    Param::keyword("tos", &[exact("tos"), prefix("dsfield")], Value::Service, "only those for this type of service"),
    Param::keyword("fwmark", &[exact("fwmark")], Value::Mark, "only those for this mark"),
    Param::keyword("iif", &[exact("iif"), exact("dev")], Value::Link, "only those for packets that came in there"),
    Param::keyword("oif", &[exact("oif")], Value::Link, "only those for packets that leave there"),
    Param::keyword("table", &[prefix("table"), exact("lookup")], Value::Table, "only those that ask this table"),
    Param::keyword("from", &[exact("from")], Value::Destination, "only those for packets from there"),
    Param::keyword("to", &[exact("to")], Value::Destination, "only those for packets to there"),
    Param::keyword("protocol", &[prefix("protocol")], Value::Protocol, "only those made by it").not_yet(),
];

/// As [`SHOWN`], which cannot be done yet.
const FLUSHED: &[Param] = &[
    SHOWN[0].not_yet(),
    SHOWN[1].not_yet(),
    SHOWN[2].not_yet(),
    SHOWN[3].not_yet(),
    SHOWN[4].not_yet(),
    SHOWN[5].not_yet(),
    SHOWN[6].not_yet(),
    SHOWN[7].not_yet(),
    SHOWN[8].not_yet(),
    SHOWN[9],
];

fn lower_add(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    if bound.entries.is_empty() {
        return Err(says_nothing(bound, "something that says for which packets, or in which table"));
    }
    let mut rule = rule(bound)?;
    rule.action = rule.action.or(Some(RuleAction::Lookup(RouteTable::MAIN)));
    let op = RuleOp::Add { ns: context.ns.clone(), rule: Box::new(rule) };
    Ok(Act::Change(vec![Op::Rule(op)]))
}

fn lower_del(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    if bound.entries.is_empty() {
        return Err(says_nothing(bound, "something that says which rule"));
    }
    let op = RuleOp::Del { ns: context.ns.clone(), rule: Box::new(rule(bound)?) };
    Ok(Act::Change(vec![Op::Rule(op)]))
}

fn lower_flush(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let ipv6 = bound.ip_options().family == Some(IpFamily::V6);
    Ok(Act::FlushRules { ns: context.ns.clone(), ipv6 })
}

fn lower_show(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let Ends { from, to, .. } = ends(bound)?;
    let filter = RuleFilter {
        priority: bound.value("priority", value::number)?,
        not: bound.has("not"),
        from,
        to,
        tos: bound.value("tos", value::service)?.unwrap_or(0),
        mark: bound.value("fwmark", value::mark)?,
        iif: bound.value("iif", value::link)?,
        oif: bound.value("oif", value::link)?,
        table: bound.value("table", value::table)?,
    };
    let show = Show::PolicyRules { ns: context.ns.clone(), filter: Box::new(filter), style: bound.style() };
    Ok(Act::Show(show))
}

fn says_nothing(bound: &Bound<'_>, wanted: &'static str) -> UsageError {
    UsageError::MissingParameter {
        command: bound.call.title(),
        word: None,
        wanted,
        at: bound.call.span.after(),
        usage: bound.call.usage(),
    }
}

/// The prefixes at both ends; one of which no bit counts says nothing but its family.
struct Ends {
    ipv6: bool,
    from: Option<Cidr>,
    to: Option<Cidr>,
}

/// Natively the addresses say the family; to `ip` they are of IPv4 unless it is told.
fn ends(bound: &Bound<'_>) -> Result<Ends, UsageError> {
    let prefix = |name| -> Result<Option<Spanned<Cidr>>, UsageError> {
        Ok(bound.get(name, value::destination)?.and_then(|end| match end.value {
            Destination::Prefix(prefix) => Some(Spanned::new(prefix, end.span)),
            Destination::Default => None,
        }))
    };
    let ends = [prefix("from")?, prefix("to")?];
    let addresses: Vec<_> = ends.iter().flatten().map(|end| Spanned::new(end.value.addr(), end.span)).collect();
    let family = family::agree(bound, &addresses)?;
    if let (Spelling::Iproute2(options), Some(IpFamily::V6)) = (&bound.call.spelling, family)
        && options.family.is_none()
        && let Some(address) = addresses.into_iter().next()
    {
        return Err(UsageError::FamilyUnsaid { command: bound.call.title(), address });
    }
    let [from, to] = ends.map(|end| end.map(|end| end.value).filter(|prefix| !prefix.is_default()));
    Ok(Ends { ipv6: family == Some(IpFamily::V6), from, to })
}

/// What the words say; nothing is filled in.
fn rule(bound: &Bound<'_>) -> Result<RuleSpec, UsageError> {
    let Ends { ipv6, from, to } = ends(bound)?;
    Ok(RuleSpec {
        ipv6,
        priority: bound.value("priority", value::number)?,
        not: bound.has("not"),
        from,
        to,
        tos: bound.value("tos", value::service)?.unwrap_or(0),
        mark: bound.value("fwmark", value::mark)?.filter(|&mark| mark != RuleMark { value: 0, mask: 0 }),
        iif: bound.value("iif", value::link)?,
        oif: bound.value("oif", value::link)?,
        action: action(bound)?,
        suppress_prefixlength: bound.value("suppress_prefixlength", value::number)?,
        protocol: bound.value("protocol", value::protocol)?.filter(|protocol| protocol.0 != 0),
    })
}

/// The action, of which there can be one.
fn action(bound: &Bound<'_>) -> Result<Option<RuleAction>, UsageError> {
    bound.exclusive()?;
    let table = bound.value("table", value::table)?;
    let said = RuleAction::WORDS.into_iter().find(|(_, word)| bound.has(word));
    Ok(said.map(|(action, _)| action).or_else(|| table.map(RuleAction::Lookup)))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn rules_are_added() {
        check(
            &[
                "ip rule add from 10.0.0.0/8 lookup 100",
                "ip ru a from 10.0.0.1 ta main p 7",
                "rule add from 10.0.0.0/8 table 100 pref 5",
                "rule add not to 10.0.0.0/8 priority 5",
                "rule add from fd00::/8 table 100",
                "rule add from ::/0 table 100",
                "ip -6 rule add table 100",
                "ip rule add from all to default iif eth0 oif eth1 fwmark 0x10/0xff tos AF11 order 0x10",
                "ip rule add fwmark 7 lookup local",
                "ip rule add fwmark 0 table 9",
                "ip rule add table main suppress_prefixlength 0",
                "ip rule add sup_pl 0 proto static",
                "ip rule add prohibit",
                "ip rule add dev lo blackh tos 10",
                "rule add unreachable to 10.9.0.0/16",
            ],
            expect![[r#"
                > ip rule add from 10.0.0.0/8 lookup 100
                ip rule add from 10.0.0.0/8 table 100
                > ip ru a from 10.0.0.1 ta main p 7
                ip rule add from 10.0.0.1/32 table main priority 7
                > rule add from 10.0.0.0/8 table 100 pref 5
                ip rule add from 10.0.0.0/8 table 100 priority 5
                > rule add not to 10.0.0.0/8 priority 5
                ip rule add not to 10.0.0.0/8 table main priority 5
                > rule add from fd00::/8 table 100
                ip -6 rule add from fd00::/8 table 100
                > rule add from ::/0 table 100
                ip -6 rule add table 100
                > ip -6 rule add table 100
                ip -6 rule add table 100
                > ip rule add from all to default iif eth0 oif eth1 fwmark 0x10/0xff tos AF11 order 0x10
                ip rule add tos 0x28 fwmark 0x10/0xff iif eth0 oif eth1 table main priority 16
                > ip rule add fwmark 7 lookup local
                ip rule add fwmark 0x7 table local
                > ip rule add fwmark 0 table 9
                ip rule add table 9
                > ip rule add table main suppress_prefixlength 0
                ip rule add table main suppress_prefixlength 0
                > ip rule add sup_pl 0 proto static
                ip rule add table main suppress_prefixlength 0 proto static
                > ip rule add prohibit
                ip rule add prohibit
                > ip rule add dev lo blackh tos 10
                ip rule add tos 0x10 iif lo blackhole
                > rule add unreachable to 10.9.0.0/16
                ip rule add to 10.9.0.0/16 unreachable
            "#]],
        );
    }

    #[test]
    fn rules_are_taken_away() {
        check(
            &[
                "ip rule del from 10.0.0.0/8",
                "ip rule d pref 5",
                "ip -6 rule delete table 100",
                "rule delete fwmark 1 prohibit",
                "ip rule flush",
                "ip -6 rule flush",
                "rule flush",
            ],
            expect![[r#"
                > ip rule del from 10.0.0.0/8
                ip rule del from 10.0.0.0/8
                > ip rule d pref 5
                ip rule del priority 5
                > ip -6 rule delete table 100
                ip -6 rule del table 100
                > rule delete fwmark 1 prohibit
                ip rule del fwmark 0x1 prohibit
                > ip rule flush
                FlushRules { ns: Host, ipv6: false }
                > ip -6 rule flush
                FlushRules { ns: Host, ipv6: true }
                > rule flush
                FlushRules { ns: Host, ipv6: false }
            "#]],
        );
    }

    #[test]
    fn listings() {
        check(
            &["ip ru", "ip -6 rule list", "ip -j rule show", "rule", "rule show table 7 from fd00::/8"],
            expect![[r#"
                > ip ru
                Show(PolicyRules { ns: Host, filter: RuleFilter { priority: None, not: false, from: None, to: None, tos: 0, mark: None, iif: None, oif: None, table: None }, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip -6 rule list
                Show(PolicyRules { ns: Host, filter: RuleFilter { priority: None, not: false, from: None, to: None, tos: 0, mark: None, iif: None, oif: None, table: None }, style: Iproute2(IpOptions { family: Some(V6), brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip -j rule show
                Show(PolicyRules { ns: Host, filter: RuleFilter { priority: None, not: false, from: None, to: None, tos: 0, mark: None, iif: None, oif: None, table: None }, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: true, pretty: false, numeric: false }) })
                > rule
                Show(PolicyRules { ns: Host, filter: RuleFilter { priority: None, not: false, from: None, to: None, tos: 0, mark: None, iif: None, oif: None, table: None }, style: Native })
                > rule show table 7 from fd00::/8
                Show(PolicyRules { ns: Host, filter: RuleFilter { priority: None, not: false, from: Some(fd00::/8), to: None, tos: 0, mark: None, iif: None, oif: None, table: Some(RouteTable(7)) }, style: Native })
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "ip rule add",
                "rule del",
                "ip rule add from fd00::/8 table 7",
                "ip -6 rule add from 10.0.0.0/8",
                "rule add from 10.0.0.0/8 to fd00::1",
                "rule add table blue",
                "rule add table man",
                "ip rule add from 10.0.0.0/8 10.1.0.0/16",
                "ip rule add frm 10.0.0.0/8",
                "rule add blackhole table 7",
                "rule add blackhole prohibit",
                "rule add prohibit suppress_prefixlength 0",
                "rule add fwmark 1/x",
                "rule add tos 0x100",
                "rule add goto 100",
                "rule add ipproto tcp",
                "rule flush table 7",
                "ip rule save",
                "rule append table 7",
            ],
            expect![[r#"
                > ip rule add
                missing-word: `ip rule add` wants something that says for which packets, or in which table
                  at 11: something that says for which packets, or in which table is missing
                  help: it is written `ip rule add [not] [from PREFIX] [to PREFIX] [priority NUMBER] [tos TOS] [fwmark MARK[/MASK]] [protocol PROTOCOL] [table TABLE] [suppress_prefixlength NUMBER] [iif LINK] [oif LINK] [prohibit] [unreachable] [blackhole]`
                > rule del
                missing-word: `rule del` wants something that says which rule
                  at 8: something that says which rule is missing
                  help: it is written `rule del [not] [from PREFIX] [to PREFIX] [priority NUMBER] [tos TOS] [fwmark MARK[/MASK]] [protocol PROTOCOL] [table TABLE] [suppress_prefixlength NUMBER] [iif LINK] [oif LINK] [prohibit] [unreachable] [blackhole]`
                > ip rule add from fd00::/8 table 7
                usage: `fd00::` is an IPv6 address, and `ip rule add` without `-6` is about IPv4
                  `fd00::/8`: of the other family
                  help: type `ip -6 rule add …`, or `rule add …`, which goes by the address
                > ip -6 rule add from 10.0.0.0/8
                usage: IPv6 is asked for, and `10.0.0.0` is none of its addresses
                  `10.0.0.0/8`: of the other family
                  help: leave `-6` away
                > rule add from 10.0.0.0/8 to fd00::1
                usage: `10.0.0.0` (IPv4) and `fd00::1` (IPv6) are not of the same family
                  `fd00::1`: another family
                  `10.0.0.0/8`: than this
                > rule add table blue
                bad-value: `blue` is not a routing table
                  `blue`: wanted: a routing table, such as `main`, `local` or a number
                  help: the names in /etc/iproute2/rt_tables are not looked up yet: type the number of the table, such as `100`
                > rule add table man
                bad-value: `man` is not a routing table
                  `man`: wanted: a routing table, such as `main`, `local` or a number
                  help: did you mean `main`?
                > ip rule add from 10.0.0.0/8 10.1.0.0/16
                usage: `ip rule add` has no use for `10.1.0.0/16`
                  `10.1.0.0/16`: one word too many
                  help: type `to 10.1.0.0/16`
                > ip rule add frm 10.0.0.0/8
                unknown-word: `ip rule add` has no `frm`
                  `frm`: no word of `ip rule add`
                  help: did you mean `from`?
                > rule add blackhole table 7
                usage: `blackhole` and `table` exclude each other
                  `table`: excludes the other
                  `blackhole`: the other
                > rule add blackhole prohibit
                usage: `blackhole` and `prohibit` exclude each other
                  `prohibit`: excludes the other
                  `blackhole`: the other
                > rule add prohibit suppress_prefixlength 0
                usage: `prohibit` and `suppress_prefixlength` exclude each other
                  `suppress_prefixlength`: excludes the other
                  `prohibit`: the other
                > rule add fwmark 1/x
                bad-value: `1/x` is not a mark
                  `1/x`: wanted: a mark, such as 0x10 or 0x10/0xff
                > rule add tos 0x100
                bad-value: `0x100` is not a type of service
                  `0x100`: wanted: a type of service, such as 0x10 or `AF11`
                > rule add goto 100
                not-supported: `goto` of `rule add` is not supported yet
                  `goto`: known, but not supported yet
                  help: `exec ip rule add …` runs the program
                > rule add ipproto tcp
                not-supported: `ipproto` of `rule add` is not supported yet
                  `ipproto`: known, but not supported yet
                  help: `exec ip rule add …` runs the program
                > rule flush table 7
                not-supported: `table` of `rule flush` is not supported yet
                  `table`: known, but not supported yet
                  help: `exec ip rule flush …` runs the program
                > ip rule save
                not-supported: `ip rule save` is not supported yet
                  `rule save`: known, but not supported yet
                  help: `exec ip rule save …` runs the program
                > rule append table 7
                unknown-word: `rule` has no command `append`
                  `append`: no command of `rule`
                  help: there are `add`, `del`, `flush`, `show`
            "#]],
        );
    }
}
