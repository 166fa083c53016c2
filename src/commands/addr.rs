use std::net::{IpAddr, Ipv4Addr};

use super::{
    act::{Act, Show},
    bound::Bound,
    error::UsageError,
    family,
    lower::Context,
    spec::{CommandSpec, Param, exact, prefix},
    value::{self, Broadcast, Value},
};
use crate::{
    net::Cidr,
    ops::{AddrOp, AddressSelector, AddressSpec, Op},
    source::Spanned,
};

/// `addr add ADDRESS/LENGTH dev LINK …`
pub const ADD: CommandSpec = CommandSpec {
    noun: "addr",
    verb: "add",
    aliases: &[],
    summary: "give a link an address, and with it the route to its prefix",
    params: MODIFY,
    examples: &["ip addr add 192.168.15.1/24 dev veth0", "addr add fd00::1/64 dev veth0 nodad"],
    lower: lower_add,
};

/// `addr del ADDRESS/LENGTH dev LINK`
pub const DEL: CommandSpec = CommandSpec {
    noun: "addr",
    verb: "del",
    aliases: &["delete"],
    summary: "take an address away from a link",
    params: MODIFY,
    examples: &[
        "ip addr del 192.168.15.1/24 dev veth0",
        "ip addr del 192.168.15.1 dev veth0",
        "ip addr del 10.0.0.1 peer 10.0.0.2 dev veth0",
    ],
    lower: lower_del,
};

/// `addr show [dev] [LINK] …`
pub const SHOW: CommandSpec = CommandSpec {
    noun: "addr",
    verb: "show",
    aliases: &["list"],
    summary: "list links and their addresses",
    params: &[
        Param::keyword("to", &[exact("to")], Value::Cidr, "only addresses in this prefix"),
        Param::keyword("scope", &[exact("scope")], Value::Scope, "only those of this scope"),
        Param::flag("up", &[exact("up")], "only those of links that are up"),
        Param::flag(
            "flags",
            &[
                exact("dadfailed"),
                exact("deprecated"),
                exact("dynamic"),
                exact("permanent"),
                exact("primary"),
                exact("secondary"),
                exact("temporary"),
                exact("tentative"),
            ],
            "only those of this sort",
        )
        .not_yet(),
        Param::keyword("label", &[exact("label")], Value::Text, "only those with this label").not_yet(),
        Param::keyword("group", &[exact("group")], Value::Text, "only those of a group of links").not_yet(),
        Param::keyword("master", &[exact("master")], Value::Link, "only those of its ports").not_yet(),
        Param::keyword("vrf", &[exact("vrf")], Value::Link, "only those of a vrf").not_yet(),
        Param::flag("nomaster", &[exact("nomaster")], "only those of links without a master").not_yet(),
        Param::keyword("type", &[exact("type")], Value::AnyKind, "only those of a kind of links").not_yet(),
        Param::positional("dev", &[exact("dev")], Value::Link, "only those of this link"),
    ],
    examples: &["ip addr", "ip -br a", "addr show veth0"],
    lower: lower_show,
};

/// In the order of `ipaddr_modify()` in `ip/ipaddress.c`.
const MODIFY: &[Param] = &[
    Param::keyword("peer", &[exact("peer"), exact("remote")], Value::Cidr, "the other end of a point-to-point link"),
    Param::keyword(
        "broadcast",
        &[prefix("broadcast"), exact("brd")],
        Value::Broadcast,
        "the broadcast address, `+` for the last of the prefix",
    ),
    Param::keyword("anycast", &[exact("anycast")], Value::Address, "an anycast address").not_yet(),
    Param::keyword("scope", &[exact("scope")], Value::Scope, "how far it is valid"),
    Param::keyword("dev", &[exact("dev")], Value::Link, "the link").required(),
    Param::keyword("label", &[exact("label")], Value::Text, "its label, such as veth0:1"),
    Param::keyword(
        "metric",
        &[prefix("metric"), prefix("priority"), prefix("preference")],
        Value::Number,
        "the cost of its connected route",
    ),
    Param::keyword("valid_lft", &[prefix("valid_lft")], Value::Text, "how long it is valid").not_yet(),
    Param::keyword("preferred_lft", &[prefix("preferred_lft")], Value::Text, "how long it is preferred").not_yet(),
    Param::flag("nodad", &[exact("nodad")], "IPv6: use it at once"),
    Param::flag("noprefixroute", &[exact("noprefixroute")], "without a connected route"),
    Param::flag(
        "flags",
        &[exact("autojoin"), exact("home"), exact("mngtmpaddr"), exact("optimistic")],
        "a special sort",
    )
    .not_yet(),
    Param::positional("local", &[exact("local")], Value::Cidr, "the address").required(),
];

fn lower_add(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let local = bound.need("local", value::cidr)?;
    let peer = peer(bound, &local)?;
    let cidr = reached(&local, peer);
    let ipv6 = cidr.is_ipv6();
    let address = AddressSpec {
        cidr,
        peer,
        broadcast: broadcast(bound, peer.unwrap_or(cidr))?,
        scope: bound.value("scope", value::scope)?,
        label: bound.text("label").map(|label| label.value.clone()),
        metric: bound.value("metric", value::number)?,
        // For IPv4, iproute2 warns and leaves it away.
        nodad: bound.has("nodad") && ipv6,
        noprefixroute: bound.has("noprefixroute"),
    };
    let link = bound.need("dev", value::link)?.value;
    Ok(Act::Change(vec![Op::Addr(AddrOp::Add { ns: context.ns.clone(), link, address })]))
}

fn lower_del(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let local = bound.need("local", value::cidr)?;
    let peer = peer(bound, &local)?;
    // iproute2's "wildcard deletion".
    let is_any =
        peer.is_none() && !local.value.is_ipv6() && bound.text("local").is_some_and(|text| !text.value.contains('/'));
    let reached = (!is_any).then_some(peer.unwrap_or(local.value));
    let address = AddressSelector { addr: local.value.addr(), reached };
    let link = bound.need("dev", value::link)?.value;
    Ok(Act::Change(vec![Op::Addr(AddrOp::Del { ns: context.ns.clone(), link, address })]))
}

fn lower_show(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    Ok(Act::Show(Show::Addresses {
        ns: context.ns.clone(),
        link: bound.get("dev", value::link)?,
        up: bound.has("up"),
        to: bound.value("to", value::cidr)?,
        scope: bound.value("scope", value::scope)?,
        style: bound.style(),
    }))
}

/// The peer, which must be of the address's family, as both must be of the family that was asked for.
fn peer(bound: &Bound<'_>, local: &Spanned<Cidr>) -> Result<Option<Cidr>, UsageError> {
    let peer = bound.get("peer", value::cidr)?;
    let addresses: Vec<Spanned<IpAddr>> =
        [Some(local), peer.as_ref()].into_iter().flatten().map(|cidr| cidr.clone().map(Cidr::addr)).collect();
    family::agree(bound, &addresses)?;
    Ok(peer.map(|peer| peer.value))
}

/// The address with the length of the prefix that is reached directly: the peer's, if there is one.
fn reached(local: &Spanned<Cidr>, peer: Option<Cidr>) -> Cidr {
    match peer {
        Some(peer) => Cidr::new(local.value.addr(), peer.prefix_len()).expect("both are of one family"),
        None => local.value,
    }
}

fn broadcast(bound: &Bound<'_>, prefix: Cidr) -> Result<Option<Ipv4Addr>, UsageError> {
    let Some(broadcast) = bound.get("broadcast", value::broadcast)? else { return Ok(None) };
    let IpAddr::V4(first) = prefix.network().addr() else {
        let span = bound.span_of("broadcast").unwrap_or(broadcast.span);
        return Err(UsageError::OnlyFor { word: Spanned::new("broadcast".into(), span), ipv6: false });
    };
    Ok(match broadcast.value {
        Broadcast::Is(address) => Some(address),
        Broadcast::Last => prefix.broadcast_v4(),
        // As iproute2 has it, none for a prefix that is too small for one.
        Broadcast::First => prefix.broadcast_v4().map(|_| first),
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn addresses_are_given() {
        check(
            &[
                "ip addr add 10.0.0.1/24 dev v0",
                "ip a a 10.0.0.1/24 dev v0",
                "ip address add dev v0 10.0.0.1/24",
                "ip addr add local 10.0.0.1/24 dev v0",
                "ip addr add 10.0.0.1 dev v0",
                "ip addr add 10.0.0.1/255.255.255.0 dev v0",
                "ip addr add 10.0.0.1/24 brd + dev v0",
                "ip addr add 10.0.0.1/24 broadcast 10.0.0.255 dev v0",
                "ip addr add 10.0.0.1/24 b - dev v0",
                "ip addr add 10.0.0.1/31 brd + dev v0",
                "ip addr add 10.0.0.1 peer 10.0.0.2 dev v0",
                "ip addr add 10.0.0.1/24 peer 10.0.1.2/30 brd + dev v0",
                "ip addr add 10.0.0.1/24 dev v0 scope link label v0:1 metric 5 noprefixroute",
                "ip addr add 10.0.0.1/24 dev v0 pri 5 nodad",
                "ip -6 addr add fd00::1/64 dev v0 nodad",
                "ip -n red a a fd00::1/64 dev v0",
                "addr add 10.0.0.1/24 dev v0",
                "address add 10.0.0.1/24 dev v0",
            ],
            expect![[r#"
                > ip addr add 10.0.0.1/24 dev v0
                ip addr add 10.0.0.1/24 dev v0
                > ip a a 10.0.0.1/24 dev v0
                ip addr add 10.0.0.1/24 dev v0
                > ip address add dev v0 10.0.0.1/24
                ip addr add 10.0.0.1/24 dev v0
                > ip addr add local 10.0.0.1/24 dev v0
                ip addr add 10.0.0.1/24 dev v0
                > ip addr add 10.0.0.1 dev v0
                ip addr add 10.0.0.1/32 dev v0
                > ip addr add 10.0.0.1/255.255.255.0 dev v0
                ip addr add 10.0.0.1/24 dev v0
                > ip addr add 10.0.0.1/24 brd + dev v0
                ip addr add 10.0.0.1/24 broadcast 10.0.0.255 dev v0
                > ip addr add 10.0.0.1/24 broadcast 10.0.0.255 dev v0
                ip addr add 10.0.0.1/24 broadcast 10.0.0.255 dev v0
                > ip addr add 10.0.0.1/24 b - dev v0
                ip addr add 10.0.0.1/24 broadcast 10.0.0.0 dev v0
                > ip addr add 10.0.0.1/31 brd + dev v0
                ip addr add 10.0.0.1/31 dev v0
                > ip addr add 10.0.0.1 peer 10.0.0.2 dev v0
                ip addr add 10.0.0.1 peer 10.0.0.2/32 dev v0
                > ip addr add 10.0.0.1/24 peer 10.0.1.2/30 brd + dev v0
                ip addr add 10.0.0.1 peer 10.0.1.2/30 broadcast 10.0.1.3 dev v0
                > ip addr add 10.0.0.1/24 dev v0 scope link label v0:1 metric 5 noprefixroute
                ip addr add 10.0.0.1/24 scope link metric 5 noprefixroute dev v0 label v0:1
                > ip addr add 10.0.0.1/24 dev v0 pri 5 nodad
                ip addr add 10.0.0.1/24 metric 5 dev v0
                > ip -6 addr add fd00::1/64 dev v0 nodad
                ip addr add fd00::1/64 nodad dev v0
                > ip -n red a a fd00::1/64 dev v0
                ip -n red addr add fd00::1/64 dev v0
                > addr add 10.0.0.1/24 dev v0
                ip addr add 10.0.0.1/24 dev v0
                > address add 10.0.0.1/24 dev v0
                ip addr add 10.0.0.1/24 dev v0
            "#]],
        );
    }

    #[test]
    fn addresses_are_taken_away() {
        check(
            &[
                "ip addr del 10.0.0.1/24 dev v0",
                "ip a d 10.0.0.1/24 dev v0",
                "ip addr del 10.0.0.1 peer 10.0.0.2/30 dev v0",
                "ip addr del 10.0.0.1 peer 10.0.0.2 dev v0",
                "ip addr del 10.0.0.1 dev v0",
                "addr del 10.0.0.1 dev v0",
                "ip addr del 10.0.0.1/32 dev v0",
                "ip addr del fd00::1 dev v0",
                "addr delete fd00::1/64 dev v0",
            ],
            expect![[r#"
                > ip addr del 10.0.0.1/24 dev v0
                ip addr del 10.0.0.1/24 dev v0
                > ip a d 10.0.0.1/24 dev v0
                ip addr del 10.0.0.1/24 dev v0
                > ip addr del 10.0.0.1 peer 10.0.0.2/30 dev v0
                ip addr del 10.0.0.1 peer 10.0.0.2/30 dev v0
                > ip addr del 10.0.0.1 peer 10.0.0.2 dev v0
                ip addr del 10.0.0.1 peer 10.0.0.2/32 dev v0
                > ip addr del 10.0.0.1 dev v0
                ip addr del 10.0.0.1 dev v0
                > addr del 10.0.0.1 dev v0
                ip addr del 10.0.0.1 dev v0
                > ip addr del 10.0.0.1/32 dev v0
                ip addr del 10.0.0.1/32 dev v0
                > ip addr del fd00::1 dev v0
                ip addr del fd00::1/128 dev v0
                > addr delete fd00::1/64 dev v0
                ip addr del fd00::1/64 dev v0
            "#]],
        );
    }

    #[test]
    fn listings() {
        check(
            &[
                "ip add",
                "ip addr",
                "ip a",
                "ip a s",
                "ip a s v0",
                "ip addr show dev v0 up",
                "ip -br -4 a",
                "ip addr list to 10.0.0.0/8 scope global",
                "addr",
                "addr show v0",
            ],
            expect![[r#"
                > ip add
                Show(Addresses { ns: Host, link: None, up: false, to: None, scope: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip addr
                Show(Addresses { ns: Host, link: None, up: false, to: None, scope: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip a
                Show(Addresses { ns: Host, link: None, up: false, to: None, scope: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip a s
                Show(Addresses { ns: Host, link: None, up: false, to: None, scope: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip a s v0
                Show(Addresses { ns: Host, link: Some(Spanned { value: "v0", span: 0:7..9 }), up: false, to: None, scope: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip addr show dev v0 up
                Show(Addresses { ns: Host, link: Some(Spanned { value: "v0", span: 0:17..19 }), up: true, to: None, scope: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip -br -4 a
                Show(Addresses { ns: Host, link: None, up: false, to: None, scope: None, style: Iproute2(IpOptions { family: Some(V4), brief: true, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip addr list to 10.0.0.0/8 scope global
                Show(Addresses { ns: Host, link: None, up: false, to: Some(10.0.0.0/8), scope: Some(Scope(0)), style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > addr
                Show(Addresses { ns: Host, link: None, up: false, to: None, scope: None, style: Native })
                > addr show v0
                Show(Addresses { ns: Host, link: Some(Spanned { value: "v0", span: 0:10..12 }), up: false, to: None, scope: None, style: Native })
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "ip addr add",
                "ip addr add 10.0.0.1/24",
                "ip addr add dev v0",
                "ip addr add 10.0.0.1/24 dev",
                "ip addr add 10.0.0.1/24 dev v0 up",
                "addr add 10.0.0.1/24 dev v0 up",
                "ip addr add 10.0.0.1/24 v0",
                "ip addr add 10.0.0.1/24 dve v0",
                "ip addr add dve v0 10.0.0.1/24",
                "ip addr add 300.1.1.1/24 dev v0",
                "ip addr add 10.0.0.1/33 dev v0",
                "ip addr add 10.0.0.1/24 dev v0 dev v1",
                "ip addr add 10.0.0.1/24 10.0.0.2/24 dev v0",
                "ip addr add 10.0.0.1/24 peer fd00::1 dev v0",
                "ip -6 addr add 10.0.0.1/24 dev v0",
                "ip addr add fd00::1/64 brd + dev v0",
                "ip addr add 10.0.0.1/24 dev v0 scope galaxy",
                "ip addr add 10.0.0.1/24 dev v0 scope globl",
                "ip addr add 10.0.0.1/24 dev v0 valid_lft 10",
                "ip addr change 10.0.0.1/24 dev v0",
                "ip addr flush dev v0",
                "ip addr bogus",
                "ip addr show master br0",
                "addr",
                "addr bogus",
            ],
            expect![[r#"
                > ip addr add
                missing-word: `ip addr add` wants an address with a prefix length
                  at 11: an address with a prefix length is missing
                  help: it is written `ip addr add [local] ADDRESS/LENGTH dev LINK [peer ADDRESS/LENGTH] [broadcast BROADCAST] [scope SCOPE] [label TEXT] [metric NUMBER] [nodad] [noprefixroute]`
                > ip addr add 10.0.0.1/24
                missing-word: `ip addr add` wants the name of a link (`dev …`)
                  at 23: the name of a link is missing
                  help: it is written `ip addr add [local] ADDRESS/LENGTH dev LINK [peer ADDRESS/LENGTH] [broadcast BROADCAST] [scope SCOPE] [label TEXT] [metric NUMBER] [nodad] [noprefixroute]`
                > ip addr add dev v0
                missing-word: `ip addr add` wants an address with a prefix length
                  at 18: an address with a prefix length is missing
                  help: it is written `ip addr add [local] ADDRESS/LENGTH dev LINK [peer ADDRESS/LENGTH] [broadcast BROADCAST] [scope SCOPE] [label TEXT] [metric NUMBER] [nodad] [noprefixroute]`
                > ip addr add 10.0.0.1/24 dev
                missing-word: `dev` wants the name of a link behind it
                  at 27: the name of a link is missing
                > ip addr add 10.0.0.1/24 dev v0 up
                usage: `ip addr add` has no use for `up`
                  `up`: one word too many
                  `10.0.0.1/24`: an address with a prefix length stands here already
                  help: type a statement of its own: `ip link set v0 up`
                > addr add 10.0.0.1/24 dev v0 up
                usage: `addr add` has no use for `up`
                  `up`: one word too many
                  `10.0.0.1/24`: an address with a prefix length stands here already
                  help: type a statement of its own: `link set v0 up`
                > ip addr add 10.0.0.1/24 v0
                usage: `ip addr add` has no use for `v0`
                  `v0`: one word too many
                  `10.0.0.1/24`: an address with a prefix length stands here already
                  help: it is written `ip addr add [local] ADDRESS/LENGTH dev LINK [peer ADDRESS/LENGTH] [broadcast BROADCAST] [scope SCOPE] [label TEXT] [metric NUMBER] [nodad] [noprefixroute]`
                > ip addr add 10.0.0.1/24 dve v0
                unknown-word: `ip addr add` has no `dve`
                  `dve`: no word of `ip addr add`
                  help: did you mean `dev`?
                > ip addr add dve v0 10.0.0.1/24
                unknown-word: `ip addr add` has no `dve`
                  `dve`: no word of `ip addr add`
                  help: did you mean `dev`?
                > ip addr add 300.1.1.1/24 dev v0
                bad-value: `300` is no part of an IPv4 address: each of the four is between 0 and 255
                  `300.1.1.1/24`: wanted: an address with a prefix length, such as 192.168.15.1/24
                > ip addr add 10.0.0.1/33 dev v0
                bad-value: `/33` is no prefix length: an IPv4 prefix has 0 to 32 bits
                  `10.0.0.1/33`: wanted: an address with a prefix length, such as 192.168.15.1/24
                > ip addr add 10.0.0.1/24 dev v0 dev v1
                usage: `dev` is given twice
                  `dev v1`: once is enough
                  `dev v0`: first given here
                > ip addr add 10.0.0.1/24 10.0.0.2/24 dev v0
                usage: `ip addr add` has no use for `10.0.0.2/24`
                  `10.0.0.2/24`: one word too many
                  `10.0.0.1/24`: an address with a prefix length stands here already
                  help: it is written `ip addr add [local] ADDRESS/LENGTH dev LINK [peer ADDRESS/LENGTH] [broadcast BROADCAST] [scope SCOPE] [label TEXT] [metric NUMBER] [nodad] [noprefixroute]`
                > ip addr add 10.0.0.1/24 peer fd00::1 dev v0
                usage: `10.0.0.1` (IPv4) and `fd00::1` (IPv6) are not of the same family
                  `fd00::1`: another family
                  `10.0.0.1/24`: than this
                > ip -6 addr add 10.0.0.1/24 dev v0
                usage: IPv6 is asked for, and `10.0.0.1` is none of its addresses
                  `10.0.0.1/24`: of the other family
                  help: leave `-6` away
                > ip addr add fd00::1/64 brd + dev v0
                usage: `broadcast` is for IPv4 addresses only
                  `brd`: the address is an IPv6 address
                  help: leave `broadcast` away
                > ip addr add 10.0.0.1/24 dev v0 scope galaxy
                bad-value: `galaxy` is not a scope
                  `galaxy`: wanted: a scope, such as `global`, `link` or `host`
                > ip addr add 10.0.0.1/24 dev v0 scope globl
                bad-value: `globl` is not a scope
                  `globl`: wanted: a scope, such as `global`, `link` or `host`
                  help: did you mean `global`?
                > ip addr add 10.0.0.1/24 dev v0 valid_lft 10
                not-supported: `valid_lft` of `ip addr add` is not supported yet
                  `valid_lft`: known, but not supported yet
                  help: `exec ip addr add …` runs the program
                > ip addr change 10.0.0.1/24 dev v0
                not-supported: `ip address change` is not supported yet
                  `addr change`: known, but not supported yet
                  help: `exec ip address change …` runs the program
                > ip addr flush dev v0
                not-supported: `ip address flush` is not supported yet
                  `addr flush`: known, but not supported yet
                  help: `exec ip address flush …` runs the program
                > ip addr bogus
                unknown-word: `ip addr` has no command `bogus`
                  `bogus`: no command of `ip addr`
                  help: there are `add`, `del`, `show`
                > ip addr show master br0
                not-supported: `master` of `ip addr show` is not supported yet
                  `master`: known, but not supported yet
                  help: `exec ip addr show …` runs the program
                > addr
                Show(Addresses { ns: Host, link: None, up: false, to: None, scope: None, style: Native })
                > addr bogus
                unknown-word: `addr` has no command `bogus`
                  `bogus`: no command of `addr`
                  help: there are `add`, `del`, `show`
            "#]],
        );
    }
}
