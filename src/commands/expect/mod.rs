//! `expect`: claims about the world that stop the script when they do not hold.

mod output;
mod state;

pub use output::OUTPUT;
pub use state::{FILE, FIREWALL, IPTABLES, NAT, NEIGH, SYSCTL};

use std::time::Duration;

use super::{
    act::{Act, Claim, Expectation},
    bound::Bound,
    error::UsageError,
    lower::Context,
    ping, route,
    spec::{CommandSpec, Keyword, Param, exact},
    value::{self, Value},
};
use crate::{
    net::NsRef,
    ops::RouteTable,
    source::{Span, Spanned},
};

const FROM: &[Keyword] = &[exact("from"), exact("in")];
const NS: Param = Param::keyword("from", FROM, Value::Netns, "the namespace, if not the current one");
const WITHIN: Param = Param::keyword("within", &[exact("within")], Value::Duration, "how long it may take");
const DEV: Param = Param::keyword("dev", &[exact("dev")], Value::Link, "on that link");

/// `expect [no] ping ADDRESS`
pub const PING: CommandSpec = claim(
    "ping",
    "the address answers echo requests",
    &[NS, WITHIN, Param::positional("address", &[], Value::PingTarget, "to whom").required()],
    &["expect ping 192.168.15.2 from red", "expect no ping 8.8.8.8 from red within 2s"],
    lower_ping,
);

/// `expect [no] tcp ADDRESS:PORT`
pub const TCP: CommandSpec = claim(
    "tcp",
    "something accepts connections there",
    &[NS, WITHIN, Param::positional("target", &[], Value::Endpoint, "to whom").required()],
    &["expect tcp 192.168.15.2:80 from red", "expect no tcp [fd00::1]:80"],
    lower_tcp,
);

/// `expect [no] exec COMMAND…`
pub const EXEC: CommandSpec = claim(
    "exec",
    "a program, run in the current namespace, ends with status 0",
    &[Param::rest("command", Value::Command, "the program and its arguments").required()],
    &["expect exec test -e /etc/hosts", "expect no exec false"],
    lower_exec,
);

/// `expect [no] udp ADDRESS:PORT`
pub const UDP: CommandSpec = claim(
    "udp",
    "something answers datagrams there",
    &[NS, WITHIN, Param::positional("target", &[], Value::Endpoint, "to whom").required()],
    &["expect udp 192.168.15.2:53 from red", "expect no udp [fd00::1]:53 within 500ms"],
    lower_udp,
);

/// `expect [no] addr ADDRESS/LENGTH`
pub const ADDR: CommandSpec = claim(
    "addr",
    "there is such an address",
    &[DEV, NS, WITHIN, Param::positional("address", &[], Value::Cidr, "the address").required()],
    &["expect addr 192.168.15.1/24 dev veth0", "expect no addr fd00::1/64 in red"],
    lower_addr,
);

/// `expect [no] route PREFIX|default`
pub const ROUTE: CommandSpec = claim(
    "route",
    "there is such a route, in the main table if nothing else is said",
    &[
        Param::keyword("via", &[exact("via")], Value::Address, "over that router"),
        Param::keyword("table", &[exact("table")], Value::Table, "in that table"),
        DEV,
        NS,
        WITHIN,
        Param::positional("to", &[exact("to")], Value::Destination, "where it leads").required(),
    ],
    &[
        "expect route default via 192.168.15.5",
        "expect no route 10.0.0.0/8 dev veth0",
        "expect route default table 100",
    ],
    lower_route,
);

/// `expect [no] link LINK`
pub const LINK: CommandSpec = claim(
    "link",
    "there is such a link, and it is so",
    &[
        Param::flag("up", &[exact("up")], "it is set up"),
        Param::flag("down", &[exact("down")], "it is not").without(&["up"]),
        Param::flag("carrier", &[exact("carrier")], "it can carry packets"),
        Param::keyword("master", &[exact("master")], Value::Link, "it is a port of that"),
        Param::keyword("mtu", &[exact("mtu")], Value::Mtu, "it has that MTU"),
        NS,
        WITHIN,
        Param::positional("dev", &[exact("dev")], Value::Link, "its name").required(),
    ],
    &["expect link veth0 up master br0", "expect no link veth0"],
    lower_link,
);

/// `expect [no] netns NAME`
pub const NETNS: CommandSpec = claim(
    "netns",
    "there is such a namespace",
    &[WITHIN, Param::positional("name", &[], Value::NetnsName, "its name").required()],
    &["expect netns red", "expect no netns blue"],
    lower_netns,
);

const fn claim(
    verb: &'static str,
    summary: &'static str,
    params: &'static [Param],
    examples: &'static [&'static str],
    lower: fn(&Bound<'_>, &Context) -> Result<Act, UsageError>,
) -> CommandSpec {
    CommandSpec { noun: "expect", verb, aliases: &[], summary, params, examples, lower }
}

fn lower_ping(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let target = bound.need("address", value::ping_target)?;
    let (address, zone) = target.value;
    let (ns, from) = place(bound, context)?;
    let mut request = ping::request(ns.clone(), Spanned::new(address, target.span));
    request.from = zone.map(|link| link.to_string());
    request.until_answer = true;
    expectation(bound, (ns, from), Claim::Ping(request))
}

fn lower_tcp(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let target = bound.need("target", value::endpoint)?.value;
    expectation(bound, place(bound, context)?, Claim::Tcp(target))
}

fn lower_exec(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let argv = bound.rest.iter().map(|word| word.text.clone()).collect();
    Ok(Act::Expect(Expectation {
        ns: context.ns.clone(),
        from: None,
        negated: bound.call.negated,
        claim: Claim::Program { argv },
        within: Duration::ZERO,
        span: bound.call.span,
    }))
}

fn lower_udp(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let target = bound.need("target", value::endpoint)?.value;
    expectation(bound, place(bound, context)?, Claim::Udp(target))
}

fn lower_addr(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let cidr = bound.need("address", value::cidr)?.value;
    let claim = Claim::Address { cidr, link: bound.get("dev", value::link)? };
    expectation(bound, place(bound, context)?, claim)
}

fn lower_route(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let claim = Claim::Route {
        destination: route::destination(bound, &["via"])?,
        gateway: bound.value("via", value::address)?,
        link: bound.get("dev", value::link)?,
        table: bound.value("table", value::table)?.unwrap_or(RouteTable::MAIN),
    };
    expectation(bound, place(bound, context)?, claim)
}

fn lower_link(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    bound.exclusive()?;
    let claim = Claim::Link {
        link: bound.need("dev", value::link)?,
        up: if bound.has("up") { Some(true) } else { bound.has("down").then_some(false) },
        master: bound.get("master", value::link)?,
        mtu: bound.value("mtu", value::mtu)?,
        carrier: bound.has("carrier"),
    };
    expectation(bound, place(bound, context)?, claim)
}

fn lower_netns(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let name = bound.need("name", value::netns_name)?.value;
    expectation(bound, (context.ns.clone(), None), Claim::Netns { name })
}

/// A namespace, and where it is named if it is not the current one.
type Place = (NsRef, Option<Span>);

fn place(bound: &Bound<'_>, context: &Context) -> Result<Place, UsageError> {
    Ok(match bound.netns("from")? {
        Some(Spanned { value, span }) => (value, Some(span)),
        None => (context.ns.clone(), None),
    })
}

fn expectation(bound: &Bound<'_>, (ns, from): Place, claim: Claim) -> Result<Act, UsageError> {
    let within = bound.value("within", value::duration)?.unwrap_or(Duration::ZERO);
    Ok(Act::Expect(Expectation { ns, from, negated: bound.call.negated, claim, within, span: bound.call.span }))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn claims() {
        check(
            &[
                "expect ping 10.0.0.1",
                "expect no ping 10.0.0.1 from red within 2s",
                "expect ping from host fe80::1%v0",
                "expect tcp 10.0.0.1:80 from red",
                "expect no tcp [::1]:8080 within 500ms",
                "expect udp 10.0.0.1:53 from red",
                "expect no udp [::1]:53 within 500ms",
                "expect addr 10.0.0.1/24 dev v0 in red",
                "expect route default via fd00::1",
                "expect no route 10.0.0.0/8 dev v0",
                "expect link v0 up master br0 mtu 1400",
                "expect no link v0 from red",
                "expect netns red",
            ],
            expect![[r#"
                > expect ping 10.0.0.1
                Expect(Expectation { ns: Host, from: None, negated: false, claim: Ping(PingRequest { ns: Host, target: Spanned { value: 10.0.0.1, span: 0:12..20 }, count: 3, interval: 200ms, timeout: 1s, size: 56, from: None, quiet: false, until_answer: true }), within: 0ns, span: 0:0..20 })
                > expect no ping 10.0.0.1 from red within 2s
                Expect(Expectation { ns: Named("red"), from: Some(0:29..32), negated: true, claim: Ping(PingRequest { ns: Named("red"), target: Spanned { value: 10.0.0.1, span: 0:15..23 }, count: 3, interval: 200ms, timeout: 1s, size: 56, from: None, quiet: false, until_answer: true }), within: 2s, span: 0:0..42 })
                > expect ping from host fe80::1%v0
                Expect(Expectation { ns: Host, from: Some(0:17..21), negated: false, claim: Ping(PingRequest { ns: Host, target: Spanned { value: fe80::1, span: 0:22..32 }, count: 3, interval: 200ms, timeout: 1s, size: 56, from: Some("v0"), quiet: false, until_answer: true }), within: 0ns, span: 0:0..32 })
                > expect tcp 10.0.0.1:80 from red
                Expect(Expectation { ns: Named("red"), from: Some(0:28..31), negated: false, claim: Tcp(Endpoint { address: 10.0.0.1, port: 80 }), within: 0ns, span: 0:0..31 })
                > expect no tcp [::1]:8080 within 500ms
                Expect(Expectation { ns: Host, from: None, negated: true, claim: Tcp(Endpoint { address: ::1, port: 8080 }), within: 500ms, span: 0:0..37 })
                > expect udp 10.0.0.1:53 from red
                Expect(Expectation { ns: Named("red"), from: Some(0:28..31), negated: false, claim: Udp(Endpoint { address: 10.0.0.1, port: 53 }), within: 0ns, span: 0:0..31 })
                > expect no udp [::1]:53 within 500ms
                Expect(Expectation { ns: Host, from: None, negated: true, claim: Udp(Endpoint { address: ::1, port: 53 }), within: 500ms, span: 0:0..35 })
                > expect addr 10.0.0.1/24 dev v0 in red
                Expect(Expectation { ns: Named("red"), from: Some(0:34..37), negated: false, claim: Address { cidr: 10.0.0.1/24, link: Some(Spanned { value: "v0", span: 0:28..30 }) }, within: 0ns, span: 0:0..37 })
                > expect route default via fd00::1
                Expect(Expectation { ns: Host, from: None, negated: false, claim: Route { destination: ::/0, gateway: Some(fd00::1), link: None, table: RouteTable(254) }, within: 0ns, span: 0:0..32 })
                > expect no route 10.0.0.0/8 dev v0
                Expect(Expectation { ns: Host, from: None, negated: true, claim: Route { destination: 10.0.0.0/8, gateway: None, link: Some(Spanned { value: "v0", span: 0:31..33 }), table: RouteTable(254) }, within: 0ns, span: 0:0..33 })
                > expect link v0 up master br0 mtu 1400
                Expect(Expectation { ns: Host, from: None, negated: false, claim: Link { link: Spanned { value: "v0", span: 0:12..14 }, up: Some(true), master: Some(Spanned { value: "br0", span: 0:25..28 }), mtu: Some(Mtu(1400)), carrier: false }, within: 0ns, span: 0:0..37 })
                > expect no link v0 from red
                Expect(Expectation { ns: Named("red"), from: Some(0:23..26), negated: true, claim: Link { link: Spanned { value: "v0", span: 0:15..17 }, up: None, master: None, mtu: None, carrier: false }, within: 0ns, span: 0:0..26 })
                > expect netns red
                Expect(Expectation { ns: Host, from: None, negated: false, claim: Netns { name: "red" }, within: 0ns, span: 0:0..16 })
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "expect",
                "expect no",
                "expect pong 10.0.0.1",
                "expect no pong 10.0.0.1",
                "expect ping",
                "expect ping red",
                "expect ping 10.0.0.1 form red",
                "expect ping 10.0.0.1 within soon",
                "expect tcp 10.0.0.1",
                "expect tcp ::1:80",
                "expect udp 10.0.0.1",
                "expect udp",
                "expect link v0 up down",
                "expect no no ping 10.0.0.1",
            ],
            expect![[r#"
                > expect
                missing-word: `expect` wants one of its commands
                  at 6: one of its commands is missing
                  help: it is written `expect addr|exec|file|firewall|iptables|link|nat|neigh|netns|output|ping|route|sysctl|tcp|udp`
                > expect no
                missing-word: `expect` wants one of its commands
                  at 9: one of its commands is missing
                  help: it is written `expect addr|exec|file|firewall|iptables|link|nat|neigh|netns|output|ping|route|sysctl|tcp|udp`
                > expect pong 10.0.0.1
                unknown-word: `expect` has no command `pong`
                  `pong`: no command of `expect`
                  help: did you mean `ping`?
                > expect no pong 10.0.0.1
                unknown-word: `expect` has no command `pong`
                  `pong`: no command of `expect`
                  help: did you mean `ping`?
                > expect ping
                missing-word: `expect ping` wants an IP address
                  at 11: an IP address is missing
                  help: it is written `expect [no] ping ADDRESS [from NETNS] [within TIME]`
                > expect ping red
                bad-value: `red` is no IP address
                  `red`: wanted: an IP address, such as 192.168.15.1 or fe80::1
                > expect ping 10.0.0.1 form red
                unknown-word: `expect ping` has no `form`
                  `form`: no word of `expect ping`
                  help: did you mean `from`?
                > expect ping 10.0.0.1 within soon
                bad-value: `soon` is not a time
                  `soon`: wanted: a time, such as 2s or 500ms
                > expect tcp 10.0.0.1
                bad-value: `10.0.0.1` is not an address and a port
                  `10.0.0.1`: wanted: an address and a port, such as 192.168.15.2:80 or [fe80::1]:80
                > expect tcp ::1:80
                bad-value: `::1:80` is not an address and a port
                  `::1:80`: wanted: an address and a port, such as 192.168.15.2:80 or [fe80::1]:80
                > expect udp 10.0.0.1
                bad-value: `10.0.0.1` is not an address and a port
                  `10.0.0.1`: wanted: an address and a port, such as 192.168.15.2:80 or [fe80::1]:80
                > expect udp
                missing-word: `expect udp` wants an address and a port
                  at 10: an address and a port is missing
                  help: it is written `expect [no] udp ADDRESS:PORT [from NETNS] [within TIME]`
                > expect link v0 up down
                usage: `up` and `down` exclude each other
                  `down`: excludes the other
                  `up`: the other
                > expect no no ping 10.0.0.1
                unknown-word: `expect` has no command `no`
                  `no`: no command of `expect`
                  help: there are `addr`, `exec`, `file`, `firewall`, `iptables`, `link`, `nat`, `neigh`, `netns`, `output`, `ping`, `route`, `sysctl`, `tcp`, `udp`
            "#]],
        );
    }
}
