//! `nat`: translated addresses. The rules stand in tables of their own, `nns_nat` of IPv4 and IPv6.

use std::net::IpAddr;

use super::{
    act::{Act, Show},
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Keyword, Param, exact},
    value::{self, Value},
};
use crate::{
    net::Cidr,
    ops::{
        Book, Criterion, Dialect, Family, LinkPattern, Match, NatTarget, NetfilterChange, NetfilterOp, Op, PlainRule,
        Ports, Protocol, Rule, RuleSelector, TableRef, Verdict,
    },
    source::Spanned,
};

const IN: &[Keyword] = &[exact("in")];
const OUT: &[Keyword] = &[exact("out")];
const TO: &[Keyword] = &[exact("to")];
const PREFIX: Param = Param::positional("prefix", &[], Value::Network, "whose packets; without it, all of IPv4");
const PROTOCOL: Param = Param::positional("protocol", &[], Value::PortProtocol, "`tcp` or `udp`").required();
const PORT: Param = Param::positional("port", &[], Value::Port, "the port that is asked for").required();
const OUT_LINK: Param = Param::keyword("out", OUT, Value::LinkPattern, "only what leaves through that link");
const IN_LINK: Param = Param::keyword("in", IN, Value::LinkPattern, "only what comes in through that link");

/// `nat masquerade PREFIX [out LINK]`
pub const MASQUERADE: CommandSpec = spec(
    "masquerade",
    "give packets that leave a prefix the address of the link they leave through",
    &[OUT_LINK, PREFIX],
    &["nat masquerade 192.168.15.0/24", "nat masquerade 192.168.15.0/24 out eth0", "nat masquerade out eth0"],
    lower_masquerade,
);

/// `nat snat PREFIX to ADDRESS [out LINK]`
pub const SNAT: CommandSpec = spec(
    "snat",
    "give packets of a prefix another source",
    &[Param::keyword("to", TO, Value::Address, "the new source").required(), OUT_LINK, PREFIX.required()],
    &["nat snat 192.168.15.0/24 to 203.0.113.7 out eth0"],
    lower_snat,
);

/// `nat forward tcp|udp PORT to ADDRESS[:PORT] [in LINK]`
pub const FORWARD: CommandSpec = spec(
    "forward",
    "send what asks for a port of this namespace to another host",
    &[
        Param::keyword("to", TO, Value::NatTarget, "the host, and the port if it is another").required(),
        IN_LINK,
        PROTOCOL,
        PORT,
    ],
    &["nat forward tcp 8080 to 192.168.15.2:80", "nat forward udp 53 to 192.168.15.2 in eth0"],
    lower_forward,
);

/// `nat redirect tcp|udp PORT to PORT [in LINK]`
pub const REDIRECT: CommandSpec = spec(
    "redirect",
    "send what comes by for a port of IPv4 to a port of this namespace",
    &[Param::keyword("to", TO, Value::Port, "the port here").required(), IN_LINK, PROTOCOL, PORT],
    &["nat redirect tcp 80 to 8080", "nat redirect tcp 80 to 8080 in eth0"],
    lower_redirect,
);

/// `nat del NUMBER`
pub const DEL: CommandSpec = CommandSpec {
    aliases: &["delete"],
    ..spec(
        "del",
        "take a rule of `nat` away",
        &[Param::positional("number", &[], Value::Number, "its number in `nat show`").required()],
        &["nat del 3"],
        lower_del,
    )
};

/// `nat flush`
pub const FLUSH: CommandSpec = spec("flush", "take all rules of `nat` away", &[], &["nat flush"], lower_flush);

/// `nat show`
pub const SHOW: CommandSpec =
    CommandSpec { aliases: &["list"], ..spec("show", "list the rules of `nat`", &[], &["nat show"], lower_show) };

const fn spec(
    verb: &'static str,
    summary: &'static str,
    params: &'static [Param],
    examples: &'static [&'static str],
    lower: fn(&Bound<'_>, &Context) -> Result<Act, UsageError>,
) -> CommandSpec {
    CommandSpec { noun: "nat", verb, aliases: &[], summary, params, examples, lower }
}

fn lower_masquerade(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let out = bound.value("out", value::link_pattern)?;
    let prefix = bound.value("prefix", value::network)?.filter(|prefix| !prefix.is_default());
    let ipv6 = bound.value("prefix", value::network)?.is_some_and(|prefix| prefix.is_ipv6());
    let matches = match (prefix, out) {
        (Some(prefix), Some(out)) => vec![Match::is(Criterion::Source(prefix)), Match::is(Criterion::Out(out))],
        // What stays in the prefix keeps its source.
        (Some(prefix), None) => {
            vec![Match::is(Criterion::Source(prefix)), Match::not(Criterion::Destination(prefix))]
        }
        (None, Some(out)) => vec![Match::is(Criterion::Out(out))],
        (None, None) => {
            return Err(UsageError::MissingParameter {
                command: bound.call.title(),
                word: None,
                wanted: "a prefix, or `out` and a link",
                at: bound.call.span.after(),
                usage: bound.call.usage(),
            });
        }
    };
    Ok(change(context, vec![add(ipv6, "postrouting", matches, Verdict::Masquerade { ports: None })]))
}

fn lower_snat(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let prefix = bound.need("prefix", value::network)?;
    let to = bound.need("to", value::address)?;
    same_family(&Spanned::new(prefix.value.addr(), prefix.span), &to)?;
    let mut matches = Vec::new();
    if !prefix.value.is_default() {
        matches.push(Match::is(Criterion::Source(prefix.value)));
    }
    matches.extend(bound.value("out", value::link_pattern)?.map(|out| Match::is(Criterion::Out(out))));
    let verdict = Verdict::Snat(NatTarget::new(to.value, None));
    Ok(change(context, vec![add(to.value.is_ipv6(), "postrouting", matches, verdict)]))
}

/// The two must both be of IPv4 or both of IPv6.
pub fn same_family(first: &Spanned<IpAddr>, second: &Spanned<IpAddr>) -> Result<(), UsageError> {
    if first.value.is_ipv6() == second.value.is_ipv6() {
        return Ok(());
    }
    Err(UsageError::Families { first: first.clone(), second: second.clone() })
}

fn lower_forward(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let target = bound.need("to", value::nat_target)?.value;
    let ipv6 = target.addresses.is_some_and(|(address, _)| address.is_ipv6());
    let link = bound.value("in", value::link_pattern)?;
    let mut matches = of_link(link.as_ref());
    matches.push(Match::is(Criterion::LocalDestination));
    if link.is_none() {
        // An answer to a loopback address would find no way back.
        matches.push(Match::not(Criterion::Destination(Cidr::loopback(ipv6))));
    }
    matches.extend(asked_port(bound)?);
    let rule = |chain| add(ipv6, chain, matches.clone(), Verdict::Dnat(target.clone()));
    // What the namespace itself sends does not come in anywhere.
    let chains: &[&str] = if link.is_some() { &["prerouting"] } else { &["prerouting", "output"] };
    Ok(change(context, chains.iter().map(|chain| rule(chain)).collect()))
}

fn lower_redirect(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let to = Ports::one(bound.need("to", value::port)?.value);
    let mut matches = of_link(bound.value("in", value::link_pattern)?.as_ref());
    matches.extend(asked_port(bound)?);
    Ok(change(context, vec![add(false, "prerouting", matches, Verdict::Redirect { ports: Some(to) })]))
}

fn of_link(link: Option<&LinkPattern>) -> Vec<Match> {
    link.into_iter().map(|link| Match::is(Criterion::In(link.clone()))).collect()
}

fn asked_port(bound: &Bound<'_>) -> Result<[Match; 2], UsageError> {
    let protocol: Protocol = bound.need("protocol", value::port_protocol)?.value;
    let port = Ports::one(bound.need("port", value::port)?.value);
    Ok([Match::is(Criterion::Protocol(protocol)), Match::is(Criterion::DestinationPort(port))])
}

fn add(ipv6: bool, chain: &str, matches: Vec<Match>, verdict: Verdict) -> NetfilterChange {
    let table = TableRef::new(if ipv6 { Family::Ip6 } else { Family::Ip }, "nns_nat");
    let rule = PlainRule { dialect: Dialect::Nft, matches, verdict: Some(verdict), comment: None };
    NetfilterChange::AddRule { chain: table.chain(chain), before: None, rule: Rule::Plain(rule) }
}

fn lower_del(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    del(bound, context, Book::Nat)
}

fn lower_flush(_: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    Ok(flush(context, Book::Nat))
}

fn lower_show(_: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    Ok(Act::Show(Show::Rules { ns: context.ns.clone(), book: Book::Nat }))
}

/// Takes away the rule of that number.
pub fn del(bound: &Bound<'_>, context: &Context, book: Book) -> Result<Act, UsageError> {
    let number = bound.need("number", value::number)?.value;
    Ok(change(context, vec![NetfilterChange::DelRule(RuleSelector::Native { book, number })]))
}

/// Takes the tables away, if they are there.
pub fn flush(context: &Context, book: Book) -> Act {
    let gone = |table| NetfilterChange::DelTable { table, if_there: true };
    change(context, book.tables().into_iter().map(gone).collect())
}

/// Changes of the current namespace.
pub fn change(context: &Context, changes: Vec<NetfilterChange>) -> Act {
    let op = |change| Op::Netfilter(NetfilterOp { ns: context.ns.clone(), change });
    Act::Change(changes.into_iter().map(op).collect())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn sources_are_translated() {
        check(
            &[
                "nat masquerade 192.168.15.0/24",
                "nat masquerade 192.168.15.0/24 out eth0",
                "nat masquerade out eth* 192.168.15.0/24",
                "nat masquerade out eth0",
                "nat masquerade 0.0.0.0/0 out eth0",
                "nat masquerade fd00::/64",
                "nat snat 192.168.15.0/24 to 203.0.113.7 out eth0",
                "nat snat fd00::/64 to fd01::1",
            ],
            expect![[r#"
                > nat masquerade 192.168.15.0/24
                nft add rule ip nns_nat postrouting ip saddr 192.168.15.0/24 ip daddr != 192.168.15.0/24 masquerade
                > nat masquerade 192.168.15.0/24 out eth0
                nft add rule ip nns_nat postrouting ip saddr 192.168.15.0/24 oifname "eth0" masquerade
                > nat masquerade out eth* 192.168.15.0/24
                nft add rule ip nns_nat postrouting ip saddr 192.168.15.0/24 oifname "eth*" masquerade
                > nat masquerade out eth0
                nft add rule ip nns_nat postrouting oifname "eth0" masquerade
                > nat masquerade 0.0.0.0/0 out eth0
                nft add rule ip nns_nat postrouting oifname "eth0" masquerade
                > nat masquerade fd00::/64
                nft add rule ip6 nns_nat postrouting ip6 saddr fd00::/64 ip6 daddr != fd00::/64 masquerade
                > nat snat 192.168.15.0/24 to 203.0.113.7 out eth0
                nft add rule ip nns_nat postrouting ip saddr 192.168.15.0/24 oifname "eth0" snat to 203.0.113.7
                > nat snat fd00::/64 to fd01::1
                nft add rule ip6 nns_nat postrouting ip6 saddr fd00::/64 snat to fd01::1
            "#]],
        );
    }

    #[test]
    fn destinations_are_translated() {
        check(
            &[
                "nat forward tcp 8080 to 192.168.15.2:80",
                "nat forward tcp http to 192.168.15.2 in eth0",
                "nat forward udp 53 to [fd00::2]:5353",
                "nat redirect tcp 80 to 8080",
                "nat redirect udp 53 to 5353 in veth*",
            ],
            expect![[r#"
                > nat forward tcp 8080 to 192.168.15.2:80
                nft add rule ip nns_nat prerouting fib daddr type local ip daddr != 127.0.0.0/8 tcp dport 8080 dnat to 192.168.15.2:80
                nft add rule ip nns_nat output fib daddr type local ip daddr != 127.0.0.0/8 tcp dport 8080 dnat to 192.168.15.2:80
                > nat forward tcp http to 192.168.15.2 in eth0
                nft add rule ip nns_nat prerouting iifname "eth0" fib daddr type local tcp dport 80 dnat to 192.168.15.2
                > nat forward udp 53 to [fd00::2]:5353
                nft add rule ip6 nns_nat prerouting fib daddr type local ip6 daddr != ::1 udp dport 53 dnat to [fd00::2]:5353
                nft add rule ip6 nns_nat output fib daddr type local ip6 daddr != ::1 udp dport 53 dnat to [fd00::2]:5353
                > nat redirect tcp 80 to 8080
                nft add rule ip nns_nat prerouting tcp dport 80 redirect to :8080
                > nat redirect udp 53 to 5353 in veth*
                nft add rule ip nns_nat prerouting iifname "veth*" udp dport 53 redirect to :5353
            "#]],
        );
    }

    #[test]
    fn rules_are_listed_and_go() {
        check(
            &["nat", "nat show", "nat list", "nat del 3", "nat delete 3", "nat flush"],
            expect![[r#"
            > nat
            Show(Rules { ns: Host, book: Nat })
            > nat show
            Show(Rules { ns: Host, book: Nat })
            > nat list
            Show(Rules { ns: Host, book: Nat })
            > nat del 3
            nns -c 'nat del 3'
            > nat delete 3
            nns -c 'nat del 3'
            > nat flush
            nft delete table ip nns_nat
            nft delete table ip6 nns_nat
        "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "nat masquerade",
                "nat masquerade 0.0.0.0/0",
                "nat masquerade 192.168.15.5/24",
                "nat masquerade 192.168.15.0/24 dev eth0",
                "nat masquerade 192.168.15.0/24 out name-of-16-bytes",
                "nat masqerade 192.168.15.0/24",
                "nat snat 192.168.15.0/24",
                "nat snat 192.168.15.0/24 to fd00::1",
                "nat snat 192.168.15.0/24 to 203.0.113.7/32",
                "nat forward 8080 to 192.168.15.2:80",
                "nat forward icmp 8080 to 192.168.15.2:80",
                "nat forward tcp to 192.168.15.2:80",
                "nat forward tcp 8080 to 192.168.15.2:http",
                "nat forward tcp 8080 192.168.15.2:80",
                "nat redirect tcp 80 to 0",
                "nat del",
                "nat del all",
                "nat flush all",
            ],
            expect![[r#"
                > nat masquerade
                missing-word: `nat masquerade` wants a prefix, or `out` and a link
                  at 14: a prefix, or `out` and a link is missing
                  help: it is written `nat masquerade [PREFIX] [out LINK]`
                > nat masquerade 0.0.0.0/0
                missing-word: `nat masquerade` wants a prefix, or `out` and a link
                  at 24: a prefix, or `out` and a link is missing
                  help: it is written `nat masquerade [PREFIX] [out LINK]`
                > nat masquerade 192.168.15.5/24
                bad-value: `192.168.15.5/24` is an address, not a network: bits behind the prefix are set
                  `192.168.15.5/24`: wanted: a network, such as 192.168.15.0/24
                  help: for the whole network type `192.168.15.0/24`, for the one host `192.168.15.5/32`
                > nat masquerade 192.168.15.0/24 dev eth0
                usage: `nat masquerade` has no use for `dev`
                  `dev`: one word too many
                  `192.168.15.0/24`: a network stands here already
                  help: type `dev` with `link set`, where it belongs
                > nat masquerade 192.168.15.0/24 out name-of-16-bytes
                bad-value: `name-of-16-bytes` has 16 bytes; a link's name has at most 15
                  `name-of-16-bytes`: wanted: a link
                > nat masqerade 192.168.15.0/24
                unknown-word: `nat` has no command `masqerade`
                  `masqerade`: no command of `nat`
                  help: did you mean `masquerade`?
                > nat snat 192.168.15.0/24
                missing-word: `nat snat` wants an IP address (`to …`)
                  at 24: an IP address is missing
                  help: it is written `nat snat PREFIX to ADDRESS [out LINK]`
                > nat snat 192.168.15.0/24 to fd00::1
                usage: `192.168.15.0` (IPv4) and `fd00::1` (IPv6) are not of the same family
                  `fd00::1`: another family
                  `192.168.15.0/24`: than this
                > nat snat 192.168.15.0/24 to 203.0.113.7/32
                bad-value: `203.0.113.7/32` is not an address alone, without a prefix length
                  `203.0.113.7/32`: wanted: an IP address, such as 192.168.15.1 or fe80::1
                > nat forward 8080 to 192.168.15.2:80
                bad-value: `8080` is not `tcp` or `udp`
                  `8080`: wanted: `tcp` or `udp`
                > nat forward icmp 8080 to 192.168.15.2:80
                bad-value: `icmp` is not `tcp` or `udp`
                  `icmp`: wanted: `tcp` or `udp`
                > nat forward tcp to 192.168.15.2:80
                missing-word: `nat forward` wants a port
                  at 34: a port is missing
                  help: it is written `nat forward tcp|udp PORT to ADDRESS[:PORT] [in LINK]`
                > nat forward tcp 8080 to 192.168.15.2:http
                bad-value: `192.168.15.2:http` is not an address, and perhaps a port
                  `192.168.15.2:http`: wanted: an address, and perhaps a port, such as 192.168.15.2:80 or [fd00::2]:80
                > nat forward tcp 8080 192.168.15.2:80
                usage: `nat forward` has no use for `192.168.15.2:80`
                  `192.168.15.2:80`: one word too many
                  `tcp`: `tcp` or `udp` stands here already
                  help: it is written `nat forward tcp|udp PORT to ADDRESS[:PORT] [in LINK]`
                > nat redirect tcp 80 to 0
                bad-value: `0` is not a port
                  `0`: wanted: a port, such as 80 or `http`
                > nat del
                missing-word: `nat del` wants a number
                  at 7: a number is missing
                  help: it is written `nat del NUMBER`
                > nat del all
                bad-value: `all` is not a number
                  `all`: wanted: a number
                > nat flush all
                usage: `nat flush` has no use for `all`
                  `all`: one word too many
                  help: it is written `nat flush`
            "#]],
        );
    }
}
