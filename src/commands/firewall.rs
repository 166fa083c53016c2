//! `firewall`: which packets pass. The rules stand in a table of their own, `inet nns_filter`.

use super::{
    act::{Act, Show},
    bound::Bound,
    error::UsageError,
    iptables::IptablesError,
    lower::Context,
    nat::{change, del, flush, same_family},
    spec::{CommandSpec, Param, exact},
    value::{self, Value},
};
use crate::{
    ops::{
        Book, ChainRef, Criterion, Dialect, Family, Match, NetfilterChange, PlainRule, Protocol, RejectWith, Rule,
        StateSpelling, TableRef, Verdict,
    },
    source::Spanned,
};

const CHAIN: Param =
    Param::positional("chain", &[], Value::FilterChain, "what comes in, passes through or goes out").required();

/// How a rule asks for a protocol, of which a packet has one.
const PROTOCOLS: &[&str] = &["proto", "tcp", "udp", "icmp"];

/// What a rule can ask of a packet.
const CONDITIONS: &[Param] = &[
    Param::keyword("in", &[exact("in")], Value::LinkPattern, "it came in through that link"),
    Param::keyword("out", &[exact("out")], Value::LinkPattern, "it goes out through that link"),
    Param::keyword("from", &[exact("from")], Value::Network, "its source is in that prefix"),
    Param::keyword("to", &[exact("to")], Value::Network, "its destination is in that prefix"),
    Param::keyword("proto", &[exact("proto")], Value::IpProtocol, "its protocol").without(PROTOCOLS),
    Param::flag("tcp", &[exact("tcp")], "it is of TCP").without(PROTOCOLS),
    Param::flag("udp", &[exact("udp")], "it is of UDP").without(PROTOCOLS),
    Param::flag("icmp", &[exact("icmp")], "it is of ICMP").without(PROTOCOLS),
    Param::keyword("sport", &[exact("sport")], Value::Ports, "its source port"),
    Param::keyword("dport", &[exact("dport")], Value::Ports, "its destination port"),
    Param::keyword("state", &[exact("state")], Value::States, "what its conversation is known to be"),
    CHAIN,
];

/// `firewall accept input|forward|output …`
pub const ACCEPT: CommandSpec = spec(
    "accept",
    "let packets pass",
    CONDITIONS,
    &[
        "firewall accept forward in ens3 out veth0",
        "firewall accept forward state established,related",
        "firewall accept input proto icmp",
    ],
    lower_accept,
);

/// `firewall drop input|forward|output …`
pub const DROP: CommandSpec = spec(
    "drop",
    "let packets vanish",
    CONDITIONS,
    &["firewall drop input from 10.0.0.0/8 tcp dport 22", "firewall drop forward"],
    lower_drop,
);

/// `firewall reject input|forward|output …`
pub const REJECT: CommandSpec = spec(
    "reject",
    "refuse packets, and tell their sender",
    CONDITIONS,
    &["firewall reject input tcp dport 23"],
    lower_reject,
);

/// `firewall policy input|forward|output accept|drop`
pub const POLICY: CommandSpec = spec(
    "policy",
    "say what becomes of packets that no rule decides about",
    &[CHAIN, Param::positional("policy", &[], Value::Policy, "what becomes of them").required()],
    &["firewall policy forward drop"],
    lower_policy,
);

/// `firewall del NUMBER`
pub const DEL: CommandSpec = CommandSpec {
    aliases: &["delete"],
    ..spec(
        "del",
        "take a rule of `firewall` away",
        &[Param::positional("number", &[], Value::Number, "its number in `firewall show`").required()],
        &["firewall del 3"],
        lower_del,
    )
};

/// `firewall flush`
pub const FLUSH: CommandSpec =
    spec("flush", "take all rules and policies of `firewall` away", &[], &["firewall flush"], lower_flush);

/// `firewall show`
pub const SHOW: CommandSpec = CommandSpec {
    aliases: &["list"],
    ..spec("show", "list the rules and policies of `firewall`", &[], &["firewall show"], lower_show)
};

const fn spec(
    verb: &'static str,
    summary: &'static str,
    params: &'static [Param],
    examples: &'static [&'static str],
    lower: fn(&Bound<'_>, &Context) -> Result<Act, UsageError>,
) -> CommandSpec {
    CommandSpec { noun: "firewall", verb, aliases: &[], summary, params, examples, lower }
}

fn lower_accept(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    add(bound, context, Verdict::Accept)
}

fn lower_drop(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    add(bound, context, Verdict::Drop)
}

fn lower_reject(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    add(bound, context, Verdict::Reject(RejectWith::PortUnreachable))
}

fn add(bound: &Bound<'_>, context: &Context, verdict: Verdict) -> Result<Act, UsageError> {
    let chain = chain(bound)?;
    let mut matches = links(bound, &chain.name)?;
    let from = bound.get("from", value::network)?;
    let to = bound.get("to", value::network)?;
    let address = |prefix: &Spanned<crate::net::Cidr>| Spanned::new(prefix.value.addr(), prefix.span);
    if let (Some(from), Some(to)) = (&from, &to) {
        same_family(&address(from), &address(to))?;
    }
    let ipv6 = from.as_ref().or(to.as_ref()).map(|prefix| prefix.value.is_ipv6());
    let prefixes = [(from, Criterion::Source as fn(_) -> _), (to, Criterion::Destination as fn(_) -> _)];
    for (prefix, criterion) in prefixes {
        if let Some(all) = prefix.as_ref().filter(|prefix| prefix.value.is_default()) {
            let value = Spanned::new(all.value.to_string(), all.span);
            let help = Some("every address is in it: leave it away".into());
            return Err(IptablesError::Value { value, wanted: "a prefix that tells packets apart", help }.into());
        }
        matches.extend(prefix.map(|prefix| Match::is(criterion(prefix.value))));
    }
    matches.extend(ports(bound, ipv6)?);
    if let Some(states) = bound.value("state", value::states)? {
        matches.push(Match::is(Criterion::State { states, spelling: StateSpelling::Conntrack }));
    }
    let rule = Rule::Plain(PlainRule { dialect: Dialect::Nft, matches, verdict: Some(verdict), comment: None });
    Ok(change(context, vec![NetfilterChange::AddRule { chain, before: None, rule }]))
}

fn chain(bound: &Bound<'_>) -> Result<ChainRef, UsageError> {
    let name = bound.need("chain", value::filter_chain)?.value;
    Ok(TableRef::new(Family::Inet, "nns_filter").chain(name))
}

/// A packet for this namespace goes out nowhere, and one of its own came in nowhere.
fn links(bound: &Bound<'_>, chain: &str) -> Result<Vec<Match>, UsageError> {
    let wrong = match chain {
        "input" => Some(("out", "packets for this namespace go out nowhere: use `in`, or `forward`")),
        "output" => Some(("in", "packets of this namespace came in nowhere: use `out`, or `forward`")),
        _ => None,
    };
    if let Some((word, help)) = wrong
        && let Some(span) = bound.span_of(word)
    {
        let option = Spanned::new(word.to_owned(), span);
        return Err(IptablesError::LinkPlace { option, chain: chain.into(), help }.into());
    }
    let link = |name| bound.value(name, value::link_pattern);
    let incoming = link("in")?.map(|link| Match::is(Criterion::In(link)));
    let outgoing = link("out")?.map(|link| Match::is(Criterion::Out(link)));
    Ok(incoming.into_iter().chain(outgoing).collect())
}

/// The protocol and its ports.
fn ports(bound: &Bound<'_>, ipv6: Option<bool>) -> Result<Vec<Match>, UsageError> {
    let protocol = protocol(bound, ipv6)?;
    let mut matches: Vec<Match> =
        protocol.iter().map(|protocol| Match::is(Criterion::Protocol(protocol.value))).collect();
    for (name, criterion) in
        [("sport", Criterion::SourcePort as fn(_) -> _), ("dport", Criterion::DestinationPort as fn(_) -> _)]
    {
        let Some(ports) = bound.get(name, value::ports)? else { continue };
        if !protocol.as_ref().is_some_and(|protocol| protocol.value.has_ports()) {
            let span = bound.span_of(name).unwrap_or(ports.span);
            let text = bound.text(name).map_or("", |text| &text.value);
            let chain = bound.text("chain").map_or("", |chain| &chain.value);
            let given = protocol.map(|protocol| protocol.map(|protocol| protocol.name().unwrap_or("?").to_owned()));
            let option = Spanned::new(name.to_owned(), span);
            let fix = format!("{} {chain} tcp {name} {text}", bound.call.title());
            return Err(IptablesError::PortWithoutProto { option, given, fix }.into());
        }
        matches.push(Match::is(criterion(ports.value)));
    }
    Ok(matches)
}

/// The protocol, by its own word or behind `proto`. ICMP of IPv6 is another one.
fn protocol(bound: &Bound<'_>, ipv6: Option<bool>) -> Result<Option<Spanned<Protocol>>, UsageError> {
    bound.exclusive()?;
    let words = [("tcp", Protocol::TCP), ("udp", Protocol::UDP), ("icmp", Protocol::ICMP)];
    let said = words.into_iter().find_map(|(word, protocol)| Some(Spanned::new(protocol, bound.span_of(word)?)));
    let protocol = said.or(bound.get("proto", value::ip_protocol)?);
    let of_ipv6 = |protocol| if protocol == Protocol::ICMP && ipv6 == Some(true) { Protocol::ICMPV6 } else { protocol };
    Ok(protocol.map(|protocol| protocol.map(of_ipv6)))
}

fn lower_policy(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let policy = bound.need("policy", value::policy)?.value;
    Ok(change(context, vec![NetfilterChange::SetPolicy { chain: chain(bound)?, policy }]))
}

fn lower_del(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    del(bound, context, Book::Firewall)
}

fn lower_flush(_: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    Ok(flush(context, Book::Firewall))
}

fn lower_show(_: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    Ok(Act::Show(Show::Rules { ns: context.ns.clone(), book: Book::Firewall }))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn packets_pass_or_do_not() {
        check(
            &[
                "firewall policy forward drop",
                "firewall policy input accept",
                "firewall accept forward in ens3 out veth0",
                "firewall accept forward state established,related",
                "firewall drop input from 10.0.0.0/8 tcp dport 22",
                "firewall drop input from 10.0.0.0/8 proto tcp dport ssh",
                "firewall reject output out eth* to 192.0.2.0/24",
                "firewall accept input udp sport 1024-65535 dport 53",
                "firewall accept input proto icmp",
                "firewall accept input icmp from fd00::/64",
                "firewall accept input proto 47",
                "firewall drop forward",
            ],
            expect![[r#"
                > firewall policy forward drop
                nft add chain inet nns_filter forward '{ type filter hook forward priority 0; policy drop; }'
                > firewall policy input accept
                nft add chain inet nns_filter input '{ type filter hook input priority 0; policy accept; }'
                > firewall accept forward in ens3 out veth0
                nft add rule inet nns_filter forward iifname "ens3" oifname "veth0" accept
                > firewall accept forward state established,related
                nft add rule inet nns_filter forward ct state established,related accept
                > firewall drop input from 10.0.0.0/8 tcp dport 22
                nft add rule inet nns_filter input ip saddr 10.0.0.0/8 tcp dport 22 drop
                > firewall drop input from 10.0.0.0/8 proto tcp dport ssh
                nft add rule inet nns_filter input ip saddr 10.0.0.0/8 tcp dport 22 drop
                > firewall reject output out eth* to 192.0.2.0/24
                nft add rule inet nns_filter output oifname "eth*" ip daddr 192.0.2.0/24 reject
                > firewall accept input udp sport 1024-65535 dport 53
                nft add rule inet nns_filter input udp sport 1024-65535 udp dport 53 accept
                > firewall accept input proto icmp
                nft add rule inet nns_filter input meta l4proto icmp accept
                > firewall accept input icmp from fd00::/64
                nft add rule inet nns_filter input ip6 saddr fd00::/64 meta l4proto ipv6-icmp accept
                > firewall accept input proto 47
                nft add rule inet nns_filter input meta l4proto gre accept
                > firewall drop forward
                nft add rule inet nns_filter forward drop
            "#]],
        );
    }

    #[test]
    fn rules_are_listed_and_go() {
        check(
            &["firewall", "firewall show", "firewall del 3", "firewall delete 3", "firewall flush"],
            expect![[r#"
            > firewall
            Show(Rules { ns: Host, book: Firewall })
            > firewall show
            Show(Rules { ns: Host, book: Firewall })
            > firewall del 3
            nns -c 'firewall del 3'
            > firewall delete 3
            nns -c 'firewall del 3'
            > firewall flush
            nft delete table inet nns_filter
        "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "firewall accept",
                "firewall accept inptu",
                "firewall accept INPUT",
                "firewall accept input out eth0",
                "firewall accept output in eth0",
                "firewall drop input from 10.0.0.0/8 to fd00::/64",
                "firewall drop input from 10.0.0.1/8",
                "firewall drop input from ::/0",
                "firewall drop input dport 22",
                "firewall drop input icmp dport 22",
                "firewall drop input tcp udp",
                "firewall drop input tcp dport 22,80",
                "firewall drop input proto tpc",
                "firewall accept forward state open",
                "firewall accept forward ctstate established",
                "firewall allow input",
                "firewall policy forward reject",
                "firewall policy forward",
                "firewall policy drop",
                "firewall del one",
            ],
            expect![[r#"
                > firewall accept
                missing-word: `firewall accept` wants `input`, `forward` or `output`
                  at 15: `input`, `forward` or `output` is missing
                  help: it is written `firewall accept input|forward|output [in LINK] [out LINK] [from PREFIX] [to PREFIX] [proto PROTOCOL] [tcp] [udp] [icmp] [sport PORTS] [dport PORTS] [state STATE,…]`
                > firewall accept inptu
                bad-value: `inptu` is not `input`, `forward` or `output`
                  `inptu`: wanted: `input`, `forward` or `output`
                  help: did you mean `input`?
                > firewall accept INPUT
                bad-value: `INPUT` is not `input`, `forward` or `output`
                  `INPUT`: wanted: `input`, `forward` or `output`
                  help: it is written `input`
                > firewall accept input out eth0
                usage: `out` cannot stand in a rule of `input`
                  `out`: not in this chain
                  help: packets for this namespace go out nowhere: use `in`, or `forward`
                > firewall accept output in eth0
                usage: `in` cannot stand in a rule of `output`
                  `in`: not in this chain
                  help: packets of this namespace came in nowhere: use `out`, or `forward`
                > firewall drop input from 10.0.0.0/8 to fd00::/64
                usage: `10.0.0.0` (IPv4) and `fd00::` (IPv6) are not of the same family
                  `fd00::/64`: another family
                  `10.0.0.0/8`: than this
                > firewall drop input from 10.0.0.1/8
                bad-value: `10.0.0.1/8` is an address, not a network: bits behind the prefix are set
                  `10.0.0.1/8`: wanted: a network, such as 192.168.15.0/24
                  help: for the whole network type `10.0.0.0/8`, for the one host `10.0.0.1/32`
                > firewall drop input from ::/0
                bad-value: `::/0` is not a prefix that tells packets apart
                  `::/0`: wanted: a prefix that tells packets apart
                  help: every address is in it: leave it away
                > firewall drop input dport 22
                port-without-proto: `dport` needs a protocol that has ports
                  `dport`: ports of which protocol?
                  help: type `firewall drop input tcp dport 22`
                > firewall drop input icmp dport 22
                port-without-proto: `dport` needs a protocol that has ports
                  `dport`: ports of which protocol?
                  `icmp`: this one has none
                  help: type `firewall drop input tcp dport 22`
                > firewall drop input tcp udp
                usage: `tcp` and `udp` exclude each other
                  `udp`: excludes the other
                  `tcp`: the other
                > firewall drop input tcp dport 22,80
                bad-value: `22,80` is not a port or a range of them
                  `22,80`: wanted: a port or a range of them, such as 80 or 8000-8080
                  help: write a rule for each port
                > firewall drop input proto tpc
                bad-value: `tpc` is not a protocol
                  `tpc`: wanted: a protocol, such as `tcp`, `udp` or `icmp`
                  help: did you mean `tcp`?
                > firewall accept forward state open
                bad-value: `open` is not a list of states
                  `open`: wanted: a list of states, such as `established,related`
                > firewall accept forward ctstate established
                unknown-word: `firewall accept` has no `ctstate`
                  `ctstate`: no word of `firewall accept`
                  help: did you mean `state`?
                > firewall allow input
                unknown-word: `firewall` has no command `allow`
                  `allow`: no command of `firewall`
                  help: there are `accept`, `del`, `drop`, `flush`, `policy`, `reject`, `show`
                > firewall policy forward reject
                bad-value: `reject` is not `accept` or `drop`
                  `reject`: wanted: `accept` or `drop`
                > firewall policy forward
                missing-word: `firewall policy` wants `accept` or `drop`
                  at 23: `accept` or `drop` is missing
                  help: it is written `firewall policy input|forward|output accept|drop`
                > firewall policy drop
                bad-value: `drop` is not `input`, `forward` or `output`
                  `drop`: wanted: `input`, `forward` or `output`
                > firewall del one
                bad-value: `one` is not a number
                  `one`: wanted: a number
            "#]],
        );
    }
}
