//! `type vxlan`: the words of an overlay.

use std::{collections::BTreeSet, net::IpAddr};

use super::{behind_kind, kind::KindName};
use crate::{
    commands::{
        bind::bind,
        bound::{Bound, Call},
        error::UsageError,
        lower::Arg,
        spec::{Param, prefix},
        value::{self, Bounded, Value},
    },
    diag::nearest,
    ops::{LinkKind, VxlanFragments, VxlanSettings, VxlanSpec, VxlanSwitch, VxlanTtl},
    source::Spanned,
};

static VNI: Bounded = Bounded {
    placeholder: "VNI",
    wanted: "a network's number up to 16777215",
    max: Some((1 << 24) - 1),
    words: &[],
    meanings: &[],
};
/// `auto` is 0 to the kernel too; that of the packet inside is no number, so that it gets one that is none.
static TTL: Bounded = Bounded {
    placeholder: "TTL",
    wanted: "a number up to 255, `auto` or `inherit`",
    max: Some(255),
    words: &["auto", "inherit"],
    meanings: &[0, INHERITED_TTL],
};
const INHERITED_TTL: u32 = 256;
static TOS: Bounded = Bounded {
    placeholder: "TOS",
    wanted: "a number up to 0xff or `inherit`",
    max: Some(255),
    words: &["inherit"],
    meanings: &[1],
};
static FRAGMENTS: Bounded = Bounded {
    placeholder: "unset|set|inherit",
    wanted: "`unset`, `set` or `inherit`",
    max: None,
    words: &["unset", "set", "inherit"],
    meanings: &[0, 1, 2],
};
static LABEL: Bounded = Bounded {
    placeholder: "LABEL",
    wanted: "a flow label, at most 1048575",
    max: Some((1 << 20) - 1),
    words: &[],
    meanings: &[],
};
static AGEING: Bounded = Bounded {
    placeholder: "SECONDS",
    wanted: "a number of seconds",
    max: Some(u32::MAX),
    words: &["none"],
    meanings: &[0],
};
static LIMIT: Bounded = Bounded {
    placeholder: "NUMBER",
    wanted: "a number or `unlimited`",
    max: Some(u32::MAX),
    words: &["unlimited"],
    meanings: &[0],
};
static PORT: Bounded = Bounded {
    placeholder: "PORT",
    wanted: "a port by number, or 0 for the kernel's own",
    max: Some(65535),
    words: &[],
    meanings: &[],
};

/// What stands behind `type vxlan`, in the order of `vxlan_parse_opt()` in `ip/iplink_vxlan.c`.
pub(super) const PARAMS: &[Param] = &[
    Param::keyword("id", &[prefix("id"), prefix("vni")], Value::Bounded(&VNI), "which network it is"),
    Param::keyword("group", &[prefix("group")], Value::Address, "the group that frames go to, of all machines in it"),
    Param::keyword("remote", &[prefix("remote")], Value::Address, "the machine that frames go to").without(&["group"]),
    Param::keyword("local", &[prefix("local")], Value::Address, "the address that it sends from"),
    Param::keyword("dev", &[prefix("dev")], Value::Link, "the link that it sends through"),
    Param::keyword("ttl", &[prefix("ttl"), prefix("hoplimit")], Value::Bounded(&TTL), "how far its packets go"),
    Param::keyword("tos", &[prefix("tos"), prefix("dsfield")], Value::Bounded(&TOS), "the type of service"),
    Param::keyword("df", &[prefix("df")], Value::Bounded(&FRAGMENTS), "whether its packets stay whole"),
    Param::keyword(
        "flowlabel",
        &[prefix("flowlabel"), prefix("label")],
        Value::Bounded(&LABEL),
        "with IPv6, its label",
    ),
    Param::keyword("ageing", &[prefix("ageing")], Value::Bounded(&AGEING), "how long it remembers an address"),
    Param::keyword("maxaddress", &[prefix("maxaddress")], Value::Bounded(&LIMIT), "how many addresses it remembers"),
    Param::pair("srcport", &[prefix("srcport"), prefix("port")], Value::PortRange, "the ports that it sends from"),
    Param::keyword(
        "dstport",
        &[prefix("dstport")],
        Value::Bounded(&PORT),
        "the port that it sends to and listens on; 8472 if there is none, 4789 is the official one",
    ),
    Param::flag("nolearning", &[prefix("nolearning")], "it does not learn from packets where addresses are")
        .without(&["learning"]),
    Param::flag("learning", &[prefix("learning")], "it learns; this is the usual"),
    Param::flag("noproxy", &[prefix("noproxy")], "it leaves questions for addresses alone").without(&["proxy"]),
    Param::flag("proxy", &[prefix("proxy")], "it answers questions for addresses that it knows"),
    Param::flag("norsc", &[prefix("norsc")], "frames for routers go to routers").without(&["rsc"]),
    Param::flag("rsc", &[prefix("rsc")], "frames for routers go where these would send them"),
    Param::flag("nol2miss", &[prefix("nol2miss")], "it keeps quiet about unknown Ethernet addresses")
        .without(&["l2miss"]),
    Param::flag("l2miss", &[prefix("l2miss")], "it tells of them by netlink"),
    Param::flag("nol3miss", &[prefix("nol3miss")], "it keeps quiet about unknown IP addresses").without(&["l3miss"]),
    Param::flag("l3miss", &[prefix("l3miss")], "it tells of them by netlink"),
    Param::flag("udpcsum", &[prefix("udpcsum")], "it sends with checksums over IPv4; this is the usual"),
    Param::flag("noudpcsum", &[prefix("noudpcsum")], "it sends without checksums over IPv4").without(&["udpcsum"]),
    Param::flag("udp6zerocsumtx", &[prefix("udp6zerocsumtx")], "it sends without checksums over IPv6"),
    Param::flag("noudp6zerocsumtx", &[prefix("noudp6zerocsumtx")], "it sends with checksums over IPv6")
        .without(&["udp6zerocsumtx"]),
    Param::flag("udp6zerocsumrx", &[prefix("udp6zerocsumrx")], "it takes packets without checksums over IPv6"),
    Param::flag("noudp6zerocsumrx", &[prefix("noudp6zerocsumrx")], "it takes only packets with checksums over IPv6")
        .without(&["udp6zerocsumrx"]),
    Param::flag("remcsumtx", &[prefix("remcsumtx"), prefix("noremcsumtx")], "remote checksums").not_yet(),
    Param::flag("remcsumrx", &[prefix("remcsumrx"), prefix("noremcsumrx")], "remote checksums").not_yet(),
    Param::flag("external", &[prefix("external")], "each packet says which network it is of; without `id`")
        .without(&["id"]),
    Param::flag("noexternal", &[prefix("noexternal")], "it has one number, its `id`").without(&["external"]),
    Param::flag("gbp", &[prefix("gbp")], "it carries the marks of packets"),
    Param::flag("gpe", &[prefix("gpe")], "it carries more than Ethernet").not_yet(),
    Param::flag("vnifilter", &[prefix("vnifilter"), prefix("novnifilter")], "it has several numbers").not_yet(),
];

/// What stands behind `type vxlan`.
pub fn lower_vxlan(bound: &Bound<'_>) -> Result<LinkKind, UsageError> {
    let call = Call { words_before: bound.rest_at, ..bound.call.clone() };
    let words = bind(call, PARAMS, bound.rest).map_err(|error| unknown_word(bound, error))?;
    let bounded = |name: &'static str, of: fn(&str) -> Result<u32, value::ValueError>| words.value(name, of);
    words.exclusive()?;
    let switches = switches(&words);
    let id = bounded("id", |text| VNI.read(text))?;
    if id.is_none() && !switches.contains(&VxlanSwitch::External) {
        return Err(missing(&words, "id", "type vxlan id VNI remote ADDRESS dstport 4789"));
    }
    let (remote, local) = addresses(&words)?;
    if remote.is_some_and(|remote| remote.is_multicast()) && !words.has("dev") {
        return Err(missing(&words, "dev", "type vxlan id VNI group ADDRESS dev LINK"));
    }
    let narrow = |number: Option<u32>| number.and_then(|number| u8::try_from(number).ok());
    let ttl = bounded("ttl", |text| TTL.read(text))?;
    let settings = VxlanSettings {
        id: id.unwrap_or(0),
        remote,
        local,
        source_ports: words.value("srcport", value::port_range)?.unwrap_or((0, 0)),
        port: bounded("dstport", |text| PORT.read(text))?
            .and_then(|port| u16::try_from(port).ok())
            .filter(|&port| port != 0)
            .unwrap_or(VxlanSettings::PORT),
        ttl: match ttl {
            Some(INHERITED_TTL) => VxlanTtl::Inherit,
            ttl => VxlanTtl::Number(narrow(ttl).unwrap_or(0)),
        },
        tos: narrow(bounded("tos", |text| TOS.read(text))?).unwrap_or(0),
        fragments: match bounded("df", |text| FRAGMENTS.read(text))? {
            Some(1) => VxlanFragments::Set,
            Some(2) => VxlanFragments::Inherit,
            Some(_) | None => VxlanFragments::Unset,
        },
        flow_label: bounded("flowlabel", |text| LABEL.read(text))?.unwrap_or(0),
        // To the kernel too, none is the usual.
        ageing: bounded("ageing", |text| AGEING.read(text))?.filter(|&age| age != 0).unwrap_or(VxlanSettings::AGEING),
        limit: bounded("maxaddress", |text| LIMIT.read(text))?.unwrap_or(0),
        switches,
    };
    if settings.flow_label != 0
        && !settings.is_ipv6()
        && let Some(span) = words.span_of("flowlabel")
    {
        return Err(UsageError::OnlyFor { word: Spanned::new("flowlabel".into(), span), ipv6: true });
    }
    Ok(LinkKind::Vxlan(Box::new(VxlanSpec { dev: words.value("dev", value::link)?, settings })))
}

/// The complaint about what is missing, with an example of how a vxlan has it.
fn missing(words: &Bound<'_>, name: &'static str, example: &str) -> UsageError {
    match words.missing(name) {
        UsageError::MissingParameter { command, word, wanted, at, usage: _ } => {
            UsageError::MissingParameter { command, word, wanted, at, usage: example.into() }
        }
        other => other,
    }
}

/// Where it sends to and from: one family, and groups only where groups can stand.
fn addresses(words: &Bound<'_>) -> Result<(Option<IpAddr>, Option<IpAddr>), UsageError> {
    let read = |name: &'static str| words.get(name, value::address);
    let (group, remote, local) = (read("group")?, read("remote")?, read("local")?);
    if let Some(group) = group.clone().filter(|group| !group.value.is_multicast()) {
        return Err(UsageError::NotThatAddress {
            problem: "is the address of one machine, and `group` wants that of a group",
            fix: format!("type `remote {}`", group.value),
            address: group,
        });
    }
    if let Some(remote) = remote.clone().filter(|remote| remote.value.is_multicast()) {
        return Err(UsageError::NotThatAddress {
            problem: "is a group's address, and `remote` wants that of one machine",
            fix: format!("type `group {}`", remote.value),
            address: remote,
        });
    }
    if let Some(local) = local.clone().filter(|local| local.value.is_multicast()) {
        return Err(UsageError::NotThatAddress {
            problem: "is a group's address, from which nobody can send",
            fix: "`local` wants an address of this machine".into(),
            address: local,
        });
    }
    let far = group.or(remote);
    if let (Some(far), Some(local)) = (far.clone(), local.clone())
        && far.value.is_ipv4() != local.value.is_ipv4()
    {
        let (first, second) = if far.span.start < local.span.start { (far, local) } else { (local, far) };
        return Err(UsageError::Families { first, second });
    }
    let said =
        |address: Option<Spanned<IpAddr>>| address.map(|address| address.value).filter(|ip| !ip.is_unspecified());
    Ok((said(far), said(local)))
}

/// What is switched on.
fn switches(words: &Bound<'_>) -> BTreeSet<VxlanSwitch> {
    const OFF: &[(VxlanSwitch, &str)] = &[
        (VxlanSwitch::Learning, "nolearning"),
        (VxlanSwitch::Proxy, "noproxy"),
        (VxlanSwitch::Rsc, "norsc"),
        (VxlanSwitch::L2Miss, "nol2miss"),
        (VxlanSwitch::L3Miss, "nol3miss"),
        (VxlanSwitch::External, "noexternal"),
        (VxlanSwitch::UdpCsum, "noudpcsum"),
        (VxlanSwitch::Udp6ZeroCsumTx, "noudp6zerocsumtx"),
        (VxlanSwitch::Udp6ZeroCsumRx, "noudp6zerocsumrx"),
    ];
    let mut on = VxlanSettings::default().switches;
    // Where each packet says its network, there is nothing to learn.
    if words.has("external") && !words.has("learning") {
        on.remove(&VxlanSwitch::Learning);
    }
    on.extend(VxlanSwitch::ALL.iter().filter(|switch| words.has(switch.word())));
    for (switch, word) in OFF {
        if words.has(word) {
            on.remove(switch);
        }
    }
    on
}

/// The complaint about a word that no vxlan has, where the words of `link add` would be told otherwise.
fn unknown_word(bound: &Bound<'_>, error: UsageError) -> UsageError {
    let (UsageError::Surplus { word, .. } | UsageError::UnknownOption { word, .. }) = &error else { return error };
    let known = PARAMS.iter().filter(|param| param.supported).flat_map(|param| param.words).map(|word| word.text);
    if let Some(near) = nearest(&word.value, known) {
        let fix = format!("did you mean `{near}`?");
        return UsageError::BehindKind { word: word.clone(), kind: "vxlan", fix };
    }
    let word = Arg { text: word.value.clone(), bare: true, span: word.span };
    behind_kind(bound, &word, KindName::Vxlan)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn all_word_orders() {
        check(
            &[
                "ip link add vx0 type vxlan id 42 remote 10.0.0.2 local 10.0.0.1 dev eth0 dstport 4789",
                "link add vx0 type vxlan dstport 4789 dev eth0 local 10.0.0.1 remote 10.0.0.2 vni 42",
                "ip l a vx0 type vxlan i 42 r 10.0.0.2 loc 10.0.0.1 d eth0 ds 4789",
                "link add vx0 type vxlan id 0x2a group ff02::1 dev eth0 srcport 1000 2000 nolearning",
                "link add netns red type vxlan external dstport 0",
                "link add vx0 type vxlan id 7 ttl inherit tos inherit df set ageing none maxaddress unlimited gbp",
                "link add vx0 type vxlan id 7 ttl auto tos 0x10 df unset learning noudpcsum udp6zerocsumrx proxy",
            ],
            expect![[r#"
                > ip link add vx0 type vxlan id 42 remote 10.0.0.2 local 10.0.0.1 dev eth0 dstport 4789
                ip link add name vx0 type vxlan id 42 remote 10.0.0.2 local 10.0.0.1 dev eth0 dstport 4789
                > link add vx0 type vxlan dstport 4789 dev eth0 local 10.0.0.1 remote 10.0.0.2 vni 42
                ip link add name vx0 type vxlan id 42 remote 10.0.0.2 local 10.0.0.1 dev eth0 dstport 4789
                > ip l a vx0 type vxlan i 42 r 10.0.0.2 loc 10.0.0.1 d eth0 ds 4789
                bad-value: `4789` is not a number up to 0xff or `inherit`
                  `4789`: wanted: a number up to 0xff or `inherit`
                > link add vx0 type vxlan id 0x2a group ff02::1 dev eth0 srcport 1000 2000 nolearning
                ip link add name vx0 type vxlan id 42 group ff02::1 dev eth0 srcport 1000 2000 dstport 8472 nolearning
                > link add netns red type vxlan external dstport 0
                ip link add netns red type vxlan external dstport 8472
                > link add vx0 type vxlan id 7 ttl inherit tos inherit df set ageing none maxaddress unlimited gbp
                ip link add name vx0 type vxlan id 7 dstport 8472 ttl inherit tos inherit df set gbp
                > link add vx0 type vxlan id 7 ttl auto tos 0x10 df unset learning noudpcsum udp6zerocsumrx proxy
                ip link add name vx0 type vxlan id 7 dstport 8472 tos 0x10 proxy noudpcsum udp6zerocsumrx
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "link add vx0 type vxlan",
                "link add vx0 type vxlan remote 10.0.0.2",
                "link add vx0 type vxlan id 16777216",
                "link add vx0 type vxlan id",
                "link add vx0 type vxlan id 7 id 8",
                "link add vx0 type vxlan id 7 external",
                "link add vx0 type vxlan id 7 group 10.0.0.2",
                "link add vx0 type vxlan id 7 group 239.1.1.1",
                "link add vx0 type vxlan id 7 local 239.1.1.1",
                "link add vx0 type vxlan id 7 local 10.0.0.1 remote fd00::2",
                "link add vx0 type vxlan id 7 remote 10.0.0.0/24",
                "link add vx0 type vxlan id 7 ttl 300",
                "link add vx0 type vxlan id 7 ttl inherti",
                "link add vx0 type vxlan id 7 srcport 2000",
                "link add vx0 type vxlan id 7 srcport 2000 1000",
                "link add vx0 type vxlan id 7 dstport http",
                "link add vx0 type vxlan id 7 flowlabel 5",
                "link add vx0 type vxlan id 7 learning nolearning",
                "link add vx0 type vxlan id 7 remot 10.0.0.2",
                "link add vx0 type vxlan id 7 mtu 1400",
                "link add vx0 type vxlan id 7 10.0.0.2",
                "link add vx0 type vxlan id 7 gpe",
                "link set vx0 type vxlan ttl 5",
            ],
            expect![[r#"
                > link add vx0 type vxlan
                missing-word: `link add` wants a network's number up to 16777215 (`id …`)
                  at 23: a network's number up to 16777215 is missing
                  help: it is written `type vxlan id VNI remote ADDRESS dstport 4789`
                > link add vx0 type vxlan remote 10.0.0.2
                missing-word: `link add` wants a network's number up to 16777215 (`id …`)
                  at 39: a network's number up to 16777215 is missing
                  help: it is written `type vxlan id VNI remote ADDRESS dstport 4789`
                > link add vx0 type vxlan id 16777216
                bad-value: `16777216` is not a network's number up to 16777215
                  `16777216`: wanted: a network's number up to 16777215
                > link add vx0 type vxlan id
                missing-word: `id` wants a network's number up to 16777215 behind it
                  at 26: a network's number up to 16777215 is missing
                > link add vx0 type vxlan id 7 id 8
                usage: `id` is given twice
                  `id 8`: once is enough
                  `id 7`: first given here
                > link add vx0 type vxlan id 7 external
                usage: `id` and `external` exclude each other
                  `external`: excludes the other
                  `id`: the other
                > link add vx0 type vxlan id 7 group 10.0.0.2
                bad-value: 10.0.0.2 is the address of one machine, and `group` wants that of a group
                  `10.0.0.2`: not here
                  help: type `remote 10.0.0.2`
                > link add vx0 type vxlan id 7 group 239.1.1.1
                missing-word: `link add` wants the name of a link (`dev …`)
                  at 44: the name of a link is missing
                  help: it is written `type vxlan id VNI group ADDRESS dev LINK`
                > link add vx0 type vxlan id 7 local 239.1.1.1
                bad-value: 239.1.1.1 is a group's address, from which nobody can send
                  `239.1.1.1`: not here
                  help: `local` wants an address of this machine
                > link add vx0 type vxlan id 7 local 10.0.0.1 remote fd00::2
                usage: `10.0.0.1` (IPv4) and `fd00::2` (IPv6) are not of the same family
                  `fd00::2`: another family
                  `10.0.0.1`: than this
                > link add vx0 type vxlan id 7 remote 10.0.0.0/24
                bad-value: `10.0.0.0/24` is not an address alone, without a prefix length
                  `10.0.0.0/24`: wanted: an IP address, such as 192.168.15.1 or fe80::1
                > link add vx0 type vxlan id 7 ttl 300
                bad-value: `300` is not a number up to 255, `auto` or `inherit`
                  `300`: wanted: a number up to 255, `auto` or `inherit`
                > link add vx0 type vxlan id 7 ttl inherti
                bad-value: `inherti` is not a number up to 255, `auto` or `inherit`
                  `inherti`: wanted: a number up to 255, `auto` or `inherit`
                  help: did you mean `inherit`?
                > link add vx0 type vxlan id 7 srcport 2000
                missing-word: `srcport` wants two ports with the lesser first behind it
                  at 36: two ports with the lesser first is missing
                > link add vx0 type vxlan id 7 srcport 2000 1000
                bad-value: `2000 1000` is not two ports with the lesser first
                  `2000 1000`: wanted: two ports with the lesser first
                > link add vx0 type vxlan id 7 dstport http
                bad-value: `http` is not a port by number, or 0 for the kernel's own
                  `http`: wanted: a port by number, or 0 for the kernel's own
                > link add vx0 type vxlan id 7 flowlabel 5
                usage: `flowlabel` is for IPv6 addresses only
                  `flowlabel`: the address is an IPv4 address
                  help: leave `flowlabel` away
                > link add vx0 type vxlan id 7 learning nolearning
                usage: `learning` and `nolearning` exclude each other
                  `nolearning`: excludes the other
                  `learning`: the other
                > link add vx0 type vxlan id 7 remot 10.0.0.2
                unknown-word: `remot` is no word of the kind `vxlan`
                  `remot`: not behind the kind
                  help: did you mean `remote`?
                > link add vx0 type vxlan id 7 mtu 1400
                unknown-word: `mtu` is no word of the kind `vxlan`
                  `mtu`: not behind the kind
                  help: type it before the kind: `link add vx0 mtu … type vxlan`
                > link add vx0 type vxlan id 7 10.0.0.2
                unknown-word: `10.0.0.2` is no word of the kind `vxlan`
                  `10.0.0.2`: not behind the kind
                  help: `help link add` lists the words of a vxlan
                > link add vx0 type vxlan id 7 gpe
                not-supported: `gpe` of `link add` is not supported yet
                  `gpe`: known, but not supported yet
                  help: `exec ip link add …` runs the program
                > link set vx0 type vxlan ttl 5
                not-supported: `type` of `link set` is not supported yet
                  `type`: known, but not supported yet
                  help: `exec ip link set …` runs the program
            "#]],
        );
    }
}
