use super::{
    act::{Act, Show},
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Param, exact, prefix},
    value::{self, Value},
};

/// `neigh show [dev LINK]`
pub const SHOW: CommandSpec = CommandSpec {
    noun: "neigh",
    verb: "show",
    aliases: &["list"],
    summary: "list the neighbours: which address is at which hardware address",
    params: &[
        Param::keyword("dev", &[exact("dev")], Value::Link, "only those on this link"),
        Param::keyword("master", &[exact("master")], Value::Link, "only those on ports of it").not_yet(),
        Param::keyword("vrf", &[exact("vrf")], Value::Link, "only those of a vrf").not_yet(),
        Param::flag("nomaster", &[exact("nomaster")], "only those on links without a master").not_yet(),
        Param::flag("unused", &[exact("unused")], "only those not in use").not_yet(),
        Param::keyword("nud", &[exact("nud")], Value::Text, "only those in this state").not_yet(),
        Param::flag("proxy", &[exact("proxy")], "those answered for").not_yet(),
        Param::keyword("protocol", &[prefix("protocol")], Value::Protocol, "only those made by it").not_yet(),
        Param::positional("to", &[exact("to")], Value::Cidr, "only those in this prefix").not_yet(),
    ],
    examples: &["ip neigh", "neigh show dev veth0"],
    lower: lower_show,
};

fn lower_show(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    Ok(Act::Show(Show::Neighbours {
        ns: context.ns.clone(),
        link: bound.get("dev", value::link)?,
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
                "ip n",
                "ip neigh",
                "ip nei sh",
                "ip neighbour list dev v0",
                "ip -6 neighbor",
                "neigh",
                "neigh show dev v0",
            ],
            expect![[r#"
                > ip n
                Show(Neighbours { ns: Host, link: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip neigh
                Show(Neighbours { ns: Host, link: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip nei sh
                Show(Neighbours { ns: Host, link: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip neighbour list dev v0
                Show(Neighbours { ns: Host, link: Some(Spanned { value: "v0", span: 0:22..24 }), style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip -6 neighbor
                Show(Neighbours { ns: Host, link: None, style: Iproute2(IpOptions { family: Some(V6), brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > neigh
                Show(Neighbours { ns: Host, link: None, style: Native })
                > neigh show dev v0
                Show(Neighbours { ns: Host, link: Some(Spanned { value: "v0", span: 0:15..17 }), style: Native })
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "ip neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v0",
                "ip neigh show v0",
                "neigh show dev",
                "ip n s to 10.0.0.1",
            ],
            expect![[r#"
                > ip neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v0
                not-supported: `ip neighbor add` is not supported yet
                  `neigh add`: known, but not supported yet
                  help: `exec ip neighbor add …` runs the program
                > ip neigh show v0
                bad-value: `v0` is no IP address
                  `v0`: wanted: an address with a prefix length, such as 192.168.15.1/24
                > neigh show dev
                missing-word: `dev` wants the name of a link behind it
                  at 14: the name of a link is missing
                > ip n s to 10.0.0.1
                not-supported: `to` of `ip neigh show` is not supported yet
                  `to`: known, but not supported yet
                  help: `exec ip neigh show …` runs the program
            "#]],
        );
    }
}
