//! `route`: the commands that change routes here, the listing in a file of its own.

mod show;

pub use show::SHOW;

use std::net::IpAddr;

use super::{
    act::{Act, IpFamily},
    bound::Bound,
    error::UsageError,
    family,
    lower::Context,
    spec::{CommandSpec, Param, exact, prefix},
    value::{self, Destination, Value},
};
use crate::{
    net::Cidr,
    ops::{Op, RouteMode, RouteOp, RouteProtocol, RouteSelector, RouteSpec, RouteTable, RouteType},
    source::Spanned,
};

/// `route add PREFIX|default …`
pub const ADD: CommandSpec = modify("add", &[], "add a route; refused when there is one like it", EXAMPLES, lower_add);

/// `route append PREFIX|default …`
pub const APPEND: CommandSpec =
    modify("append", &[], "add a route beside those like it", &["ip route append default dev veth0"], lower_append);

/// `route change PREFIX|default …`
pub const CHANGE: CommandSpec =
    modify("change", &[], "change a route that is there", &["ip route change default via 10.0.0.1"], lower_change);

/// `route replace PREFIX|default …`
pub const REPLACE: CommandSpec =
    modify("replace", &[], "change a route, or add it", &["ip route replace default via 10.0.0.1"], lower_replace);

/// `route del PREFIX|default …`
pub const DEL: CommandSpec =
    modify("del", &["delete"], "take a route away", &["ip route del default", "route del 10.0.0.0/8"], lower_del);

const EXAMPLES: &[&str] =
    &["ip route add default via 192.168.15.5", "route add 192.168.1.0/24 via 192.168.15.5 dev veth0"];

const fn modify(
    verb: &'static str,
    aliases: &'static [&'static str],
    summary: &'static str,
    examples: &'static [&'static str],
    lower: fn(&Bound<'_>, &Context) -> Result<Act, UsageError>,
) -> CommandSpec {
    CommandSpec { noun: "route", verb, aliases, summary, params: MODIFY, examples, lower }
}

/// The types of routes.
const KINDS: &[&str] = &["local", "broadcast", "multicast", "prohibit", "unreachable", "blackhole", "unicast", "throw"];

/// In the order of `iproute_modify()` in `ip/iproute.c`.
const MODIFY: &[Param] = &[
    Param::keyword("src", &[exact("src")], Value::Address, "the address that local programs use"),
    Param::keyword("as", &[exact("as")], Value::Address, "another destination").not_yet(),
    Param::keyword("via", &[exact("via")], Value::Address, "the next router"),
    Param::keyword("from", &[exact("from")], Value::Destination, "only for packets from there").not_yet(),
    Param::keyword("tos", &[exact("tos"), prefix("dsfield")], Value::Text, "only for this service").not_yet(),
    Param::keyword("expires", &[exact("expires")], Value::Number, "how long it stays").not_yet(),
    Param::keyword(
        "metric",
        &[prefix("metric"), prefix("priority"), exact("preference")],
        Value::Number,
        "its cost: the lowest wins",
    ),
    Param::keyword("scope", &[exact("scope")], Value::Scope, "how far it reaches"),
    Param::keyword("mtu", &[exact("mtu")], Value::Number, "the largest packet, in bytes"),
    Param::keyword(
        "settings",
        &[
            exact("hoplimit"),
            exact("advmss"),
            prefix("reordering"),
            exact("rtt"),
            exact("rto_min"),
            prefix("window"),
            prefix("cwnd"),
            prefix("initcwnd"),
            prefix("initrwnd"),
            prefix("features"),
            prefix("quickack"),
            prefix("congctl"),
            prefix("rttvar"),
            prefix("ssthresh"),
            prefix("realms"),
        ],
        Value::Text,
        "settings of connections",
    )
    .not_yet(),
    Param::flag("onlink", &[exact("onlink")], "the router is on the link, whatever other routes say"),
    Param::tail("nexthop", &[exact("nexthop")], Value::Text, "one of several next routers").not_yet(),
    Param::keyword("nhid", &[exact("nhid")], Value::Number, "a nexthop object").not_yet(),
    Param::keyword("protocol", &[prefix("protocol")], Value::Protocol, "who made it"),
    Param::keyword("table", &[prefix("table")], Value::Table, "its table"),
    Param::keyword("vrf", &[prefix("vrf")], Value::Link, "the vrf whose table it is in").not_yet(),
    Param::keyword("dev", &[exact("dev"), exact("oif")], Value::Link, "the link it leaves through"),
    Param::keyword("pref", &[prefix("pref")], Value::Text, "the preference of a router").not_yet(),
    Param::tail("encap", &[exact("encap")], Value::Text, "an encapsulation").not_yet(),
    Param::keyword("ttl-propagate", &[exact("ttl-propagate")], Value::Text, "for labels").not_yet(),
    Param::keyword("fastopen_no_cookie", &[prefix("fastopen_no_cookie")], Value::Text, "for fast open").not_yet(),
    Param::flag("local", &[exact("local")], "its packets are for this host").without(KINDS),
    Param::flag("nat", &[exact("nat")], "its packets are translated").not_yet(),
    Param::flag("broadcast", &[prefix("broadcast"), exact("brd")], "its packets are for all hosts").without(KINDS),
    Param::flag("anycast", &[prefix("anycast")], "its packets are for the nearest host").not_yet(),
    Param::flag("multicast", &[prefix("multicast")], "its packets are for a group").without(KINDS),
    Param::flag("prohibit", &[prefix("prohibit")], "the sender is told that it is forbidden").without(KINDS),
    Param::flag("unreachable", &[prefix("unreachable")], "the sender is told that the host is unreachable")
        .without(KINDS),
    Param::flag("blackhole", &[prefix("blackhole")], "its packets are dropped").without(KINDS),
    Param::flag("xresolve", &[prefix("xresolve")], "a program decides").not_yet(),
    Param::flag("unicast", &[prefix("unicast")], "its packets go on, which is the usual").without(KINDS),
    Param::flag("throw", &[exact("throw")], "the next table decides").without(KINDS),
    Param::positional("to", &[exact("to")], Value::Destination, "where it leads").required(),
];

fn lower_add(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    lower_mode(bound, context, RouteMode::Add)
}

fn lower_append(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    lower_mode(bound, context, RouteMode::Append)
}

fn lower_change(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    lower_mode(bound, context, RouteMode::Change)
}

fn lower_replace(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    lower_mode(bound, context, RouteMode::Replace)
}

fn lower_mode(bound: &Bound<'_>, context: &Context, mode: RouteMode) -> Result<Act, UsageError> {
    let kind = kind(bound)?.unwrap_or(RouteType::Unicast);
    let route = RouteSpec {
        destination: destination(bound, &["src", "via"])?,
        kind,
        gateway: bound.value("via", value::address)?,
        link: bound.value("dev", value::link)?,
        source: bound.value("src", value::address)?,
        metric: bound.value("metric", value::number)?,
        table: table(bound, kind)?,
        protocol: bound.value("protocol", value::protocol)?.unwrap_or(RouteProtocol::BOOT),
        scope: bound.value("scope", value::scope)?,
        onlink: bound.has("onlink"),
        mtu: bound.value("mtu", value::number)?,
    };
    if kind == RouteType::Unicast && route.gateway.is_none() && route.link.is_none() {
        return Err(UsageError::NoNextHop { command: bound.call.title(), at: bound.call.span.after() });
    }
    Ok(Act::Change(vec![Op::Route(RouteOp::Add { ns: context.ns.clone(), mode, route })]))
}

fn lower_del(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let kind = kind(bound)?;
    let route = RouteSelector {
        destination: destination(bound, &["src", "via"])?,
        kind,
        gateway: bound.value("via", value::address)?,
        link: bound.value("dev", value::link)?,
        source: bound.value("src", value::address)?,
        metric: bound.value("metric", value::number)?,
        table: table(bound, kind.unwrap_or(RouteType::Unicast))?,
        protocol: bound.value("protocol", value::protocol)?,
        scope: bound.value("scope", value::scope)?,
    };
    Ok(Act::Change(vec![Op::Route(RouteOp::Del { ns: context.ns.clone(), route })]))
}

/// Where a route leads. The family of `default` shows in the other addresses or in `-4` and `-6`; else it is IPv4.
pub fn destination(bound: &Bound<'_>, others: &[&'static str]) -> Result<Cidr, UsageError> {
    let to = bound.need("to", value::destination)?;
    let mut addresses = Vec::new();
    if let Destination::Prefix(prefix) = to.value {
        addresses.push(Spanned::new(prefix.addr(), to.span));
    }
    for name in others {
        addresses.extend::<Option<Spanned<IpAddr>>>(bound.get(name, value::address)?);
    }
    let family = family::agree(bound, &addresses)?;
    Ok(match (to.value, family) {
        // The kernel clears the bits behind an IPv6 prefix, and refuses an IPv4 prefix that has some.
        (Destination::Prefix(prefix), _) if prefix.is_ipv6() => prefix.network(),
        (Destination::Prefix(prefix), _) => prefix,
        (Destination::Default, Some(IpFamily::V6)) => Cidr::any_v6(),
        (Destination::Default, Some(IpFamily::V4) | None) => Cidr::any_v4(),
    })
}

/// The type, of which there can be one.
fn kind(bound: &Bound<'_>) -> Result<Option<RouteType>, UsageError> {
    bound.exclusive()?;
    Ok(RouteType::ALL.into_iter().find(|kind| bound.has(kind.word())))
}

/// The table: the kernel's own for the types that it keeps there, as iproute2 has it.
fn table(bound: &Bound<'_>, kind: RouteType) -> Result<RouteTable, UsageError> {
    let usual = match kind {
        RouteType::Local | RouteType::Broadcast => RouteTable::LOCAL,
        RouteType::Unicast
        | RouteType::Multicast
        | RouteType::Blackhole
        | RouteType::Unreachable
        | RouteType::Prohibit
        | RouteType::Throw => RouteTable::MAIN,
    };
    Ok(bound.value("table", value::table)?.unwrap_or(usual))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn routes_are_added() {
        check(
            &[
                "ip route add default via 10.0.0.1",
                "ip r a default via 10.0.0.1 dev v0",
                "ip ro add 10.1.0.0/16 via 10.0.0.1 src 10.0.0.2 metric 5",
                "ip route add table 7 default via 10.0.0.1",
                "ip route add 10.1.0.0/16 dev v0 scope link proto static onlink mtu 1400",
                "ip route add to 10.1.0.0/16 oif v0 prio 7",
                "ip route add default via fd00::1",
                "ip -6 route add default dev v0",
                "ip route add fd00::1/64 dev v0",
                "ip route add 10.0.0.1/8 dev v0",
                "ip route add blackhole 10.9.0.0/16",
                "ip route add unreachable default metric 4278198272",
                "ip route add local 0.0.0.0/0 dev lo",
                "ip route add local 0.0.0.0/0 dev lo table main",
                "ip route add t local default dev lo",
                "ip route append default via 10.0.0.1",
                "ip route change default via 10.0.0.1",
                "ip route replace default via 10.0.0.1",
                "ip route chg default via 10.0.0.1",
                "route add default via 10.0.0.1",
                "route add 10.1.0.0/16 dev v0",
            ],
            expect![[r#"
                > ip route add default via 10.0.0.1
                ip route add default via 10.0.0.1
                > ip r a default via 10.0.0.1 dev v0
                ip route add default via 10.0.0.1 dev v0
                > ip ro add 10.1.0.0/16 via 10.0.0.1 src 10.0.0.2 metric 5
                ip route add 10.1.0.0/16 via 10.0.0.1 src 10.0.0.2 metric 5
                > ip route add table 7 default via 10.0.0.1
                ip route add default via 10.0.0.1 table 7
                > ip route add 10.1.0.0/16 dev v0 scope link proto static onlink mtu 1400
                ip route add 10.1.0.0/16 dev v0 proto static scope link onlink mtu 1400
                > ip route add to 10.1.0.0/16 oif v0 prio 7
                ip route add 10.1.0.0/16 dev v0 metric 7
                > ip route add default via fd00::1
                ip -6 route add default via fd00::1
                > ip -6 route add default dev v0
                ip -6 route add default dev v0
                > ip route add fd00::1/64 dev v0
                ip -6 route add fd00::/64 dev v0
                > ip route add 10.0.0.1/8 dev v0
                ip route add 10.0.0.1/8 dev v0
                > ip route add blackhole 10.9.0.0/16
                ip route add blackhole 10.9.0.0/16
                > ip route add unreachable default metric 4278198272
                ip route add unreachable default metric 4278198272
                > ip route add local 0.0.0.0/0 dev lo
                ip route add local default dev lo table local
                > ip route add local 0.0.0.0/0 dev lo table main
                ip route add local default dev lo table main
                > ip route add t local default dev lo
                ip route add default dev lo table local
                > ip route append default via 10.0.0.1
                ip route append default via 10.0.0.1
                > ip route change default via 10.0.0.1
                ip route change default via 10.0.0.1
                > ip route replace default via 10.0.0.1
                ip route replace default via 10.0.0.1
                > ip route chg default via 10.0.0.1
                ip route change default via 10.0.0.1
                > route add default via 10.0.0.1
                ip route add default via 10.0.0.1
                > route add 10.1.0.0/16 dev v0
                ip route add 10.1.0.0/16 dev v0
            "#]],
        );
    }

    #[test]
    fn routes_are_taken_away() {
        check(
            &[
                "ip route del default",
                "ip r d 10.1.0.0/16 via 10.0.0.1 dev v0",
                "ip -6 route del default",
                "ip route del blackhole 10.9.0.0/16",
                "ip route del local 10.9.0.1 proto kernel",
                "route delete 10.1.0.0/16",
            ],
            expect![[r#"
                > ip route del default
                ip route del default
                > ip r d 10.1.0.0/16 via 10.0.0.1 dev v0
                ip route del 10.1.0.0/16 via 10.0.0.1 dev v0
                > ip -6 route del default
                ip -6 route del default
                > ip route del blackhole 10.9.0.0/16
                ip route del blackhole 10.9.0.0/16
                > ip route del local 10.9.0.1 proto kernel
                ip route del local 10.9.0.1/32 table local proto kernel
                > route delete 10.1.0.0/16
                ip route del 10.1.0.0/16
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "ip route add",
                "ip route add default",
                "ip route add default via",
                "ip route add default via 10.0.0.1/24",
                "ip route add default via 10.0.0",
                "ip route add defualt via 10.0.0.1",
                "ip route add 10.1.0.0/16 via fd00::1",
                "ip -4 route add default via fd00::1",
                "ip route add default via 10.0.0.1 via 10.0.0.2",
                "ip route add default vai 10.0.0.1",
                "ip route add default nexthop via 10.0.0.1",
                "ip route add blackhole throw 10.0.0.0/8",
                "ip route add 10.0.0.0/8 dev v0 table blue",
                "ip route add 10.0.0.0/8 dev v0 metric -1",
                "ip route get 10.0.0.1",
                "ip route flush table main",
                "ip route show proto kernel",
                "ip route show tabel 7",
                "ip nexthop",
            ],
            expect![[r#"
                > ip route add
                missing-word: `ip route add` wants a prefix or `default`
                  at 12: a prefix or `default` is missing
                  help: it is written `ip route add [to] PREFIX [src ADDRESS] [via ADDRESS] [metric NUMBER] [scope SCOPE] [mtu NUMBER] [onlink] [protocol PROTOCOL] [table TABLE] [dev LINK] [local] [broadcast] [multicast] [prohibit] [unreachable] [blackhole] [unicast] [throw]`
                > ip route add default
                missing-word: `ip route add` wants to know what is next: `via ROUTER` or `dev LINK`
                  at 20: `via ROUTER` or `dev LINK` is missing
                > ip route add default via
                missing-word: `via` wants an IP address behind it
                  at 24: an IP address is missing
                > ip route add default via 10.0.0.1/24
                bad-value: `10.0.0.1/24` is not an address alone, without a prefix length
                  `10.0.0.1/24`: wanted: an IP address, such as 192.168.15.1 or fe80::1
                > ip route add default via 10.0.0
                bad-value: `10.0.0` is no IP address
                  `10.0.0`: wanted: an IP address, such as 192.168.15.1 or fe80::1
                > ip route add defualt via 10.0.0.1
                bad-value: `defualt` is no IP address
                  `defualt`: wanted: a prefix or `default`, such as 192.168.15.0/24
                  help: did you mean `default`?
                > ip route add 10.1.0.0/16 via fd00::1
                usage: `10.1.0.0` (IPv4) and `fd00::1` (IPv6) are not of the same family
                  `fd00::1`: another family
                  `10.1.0.0/16`: than this
                > ip -4 route add default via fd00::1
                usage: IPv4 is asked for, and `fd00::1` is none of its addresses
                  `fd00::1`: of the other family
                  help: leave `-4` away
                > ip route add default via 10.0.0.1 via 10.0.0.2
                usage: `via` is given twice
                  `via 10.0.0.2`: once is enough
                  `via 10.0.0.1`: first given here
                > ip route add default vai 10.0.0.1
                unknown-word: `ip route add` has no `vai`
                  `vai`: no word of `ip route add`
                  help: did you mean `via`?
                > ip route add default nexthop via 10.0.0.1
                not-supported: `nexthop` of `ip route add` is not supported yet
                  `nexthop`: known, but not supported yet
                  help: `exec ip route add …` runs the program
                > ip route add blackhole throw 10.0.0.0/8
                usage: `blackhole` and `throw` exclude each other
                  `throw`: excludes the other
                  `blackhole`: the other
                > ip route add 10.0.0.0/8 dev v0 table blue
                bad-value: `blue` is not a routing table
                  `blue`: wanted: a routing table, such as `main`, `local` or a number
                  help: the names in /etc/iproute2/rt_tables are not looked up yet: type the number of the table, such as `100`
                > ip route add 10.0.0.0/8 dev v0 metric -1
                bad-value: `-1` is not a number
                  `-1`: wanted: a number
                > ip route get 10.0.0.1
                not-supported: `ip route get` is not supported yet
                  `route get`: known, but not supported yet
                  help: `exec ip route get …` runs the program
                > ip route flush table main
                not-supported: `ip route flush` is not supported yet
                  `route flush`: known, but not supported yet
                  help: `exec ip route flush …` runs the program
                > ip route show proto kernel
                not-supported: `proto` of `ip route show` is not supported yet
                  `proto`: known, but not supported yet
                  help: `exec ip route show …` runs the program
                > ip route show tabel 7
                unknown-word: `ip route show` has no `tabel`
                  `tabel`: no word of `ip route show`
                  help: did you mean `table`?
                > ip nexthop
                not-supported: `ip nexthop` is not supported yet
                  `nexthop`: known, but not supported yet
                  help: `exec ip nexthop …` runs the program
            "#]],
        );
    }
}
