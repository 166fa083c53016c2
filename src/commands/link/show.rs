use super::kind;
use crate::commands::{
    act::{Act, Show},
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Param, exact},
    value::{self, Value},
};

/// `link show [dev] [LINK] …`
pub const SHOW: CommandSpec = CommandSpec {
    noun: "link",
    verb: "show",
    aliases: &["list"],
    summary: "list links",
    params: &[
        Param::flag("up", &[exact("up")], "only those that are up"),
        Param::keyword("group", &[exact("group")], Value::Text, "only those of a group").not_yet(),
        Param::keyword("master", &[exact("master")], Value::Link, "only the ports of it"),
        Param::keyword("vrf", &[exact("vrf")], Value::Link, "only those of a vrf").not_yet(),
        Param::flag("nomaster", &[exact("nomaster")], "only those without a master").not_yet(),
        Param::keyword("type", &[exact("type")], Value::AnyKind, "only those of a kind"),
        Param::positional("dev", &[exact("dev")], Value::Link, "only this one"),
    ],
    examples: &["ip link", "ip link show master br0", "link show veth0"],
    lower: lower_show,
};

fn lower_show(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    Ok(Act::Show(Show::Links {
        ns: context.ns.clone(),
        link: bound.get("dev", value::link)?,
        up: bound.has("up"),
        master: bound.get("master", value::link)?,
        kind: bound.value("type", kind::read_any)?,
        style: bound.style(),
    }))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn listings() {
        check(
            &[
                "ip link",
                "ip l",
                "ip li",
                "ip link list",
                "ip link lst",
                "ip link show",
                "ip link sh v0",
                "ip link show dev v0",
                "ip link show up master br0 type veth",
                "ip -n red -br -c=always -d -s -s -j -p -o -N -6 link",
                "ip --brief --color --netns red link",
                "link",
                "link show v0",
            ],
            expect![[r#"
                > ip link
                Show(Links { ns: Host, link: None, up: false, master: None, kind: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip l
                Show(Links { ns: Host, link: None, up: false, master: None, kind: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip li
                Show(Links { ns: Host, link: None, up: false, master: None, kind: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip link list
                Show(Links { ns: Host, link: None, up: false, master: None, kind: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip link lst
                Show(Links { ns: Host, link: None, up: false, master: None, kind: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip link show
                Show(Links { ns: Host, link: None, up: false, master: None, kind: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip link sh v0
                Show(Links { ns: Host, link: Some(Spanned { value: "v0", span: 0:11..13 }), up: false, master: None, kind: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip link show dev v0
                Show(Links { ns: Host, link: Some(Spanned { value: "v0", span: 0:17..19 }), up: false, master: None, kind: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip link show up master br0 type veth
                Show(Links { ns: Host, link: None, up: true, master: Some(Spanned { value: "br0", span: 0:23..26 }), kind: Some("veth"), style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip -n red -br -c=always -d -s -s -j -p -o -N -6 link
                Show(Links { ns: Named("red"), link: None, up: false, master: None, kind: None, style: Iproute2(IpOptions { family: Some(V6), brief: true, oneline: true, details: true, statistics: 2, json: true, pretty: true, numeric: true }) })
                > ip --brief --color --netns red link
                Show(Links { ns: Named("red"), link: None, up: false, master: None, kind: None, style: Iproute2(IpOptions { family: None, brief: true, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > link
                Show(Links { ns: Host, link: None, up: false, master: None, kind: None, style: Native })
                > link show v0
                Show(Links { ns: Host, link: Some(Spanned { value: "v0", span: 0:10..12 }), up: false, master: None, kind: None, style: Native })
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "ip link list -n red",
                "link list -n red",
                "ip link -n red",
                "ip link show type veth0",
                "ip link show v0 v1",
            ],
            expect![[r#"
                > ip link list -n red
                usage: the option `-n` stands behind `link show`
                  `-n`: options of `ip` stand before its object
                  help: type `ip -n red link show`
                > link list -n red
                usage: the option `-n` stands behind `link show`
                  `-n`: options of `ip` stand before its object
                  help: type `ip -n red link show`
                > ip link -n red
                usage: the option `-n` stands behind `link show`
                  `-n`: options of `ip` stand before its object
                  help: type `ip -n red link show`
                > ip link show type veth0
                bad-value: `veth0` is not a kind of link
                  `veth0`: wanted: a kind of link, such as `veth` or `bridge`
                  help: did you mean `veth`?
                > ip link show v0 v1
                usage: `ip link show` has no use for `v1`
                  `v1`: one word too many
                  `v0`: the name of a link stands here already
                  help: it is written `ip link show [[dev] LINK] [up] [master LINK] [type KIND]`
            "#]],
        );
    }
}
