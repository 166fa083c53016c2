use super::destination;
use crate::{
    commands::{
        act::{Act, Show},
        bound::Bound,
        error::UsageError,
        lower::Context,
        spec::{CommandSpec, Param, exact, prefix},
        value::{self, Value},
    },
    ops::RouteTable,
};

/// `route show [PREFIX] …`
pub const SHOW: CommandSpec = CommandSpec {
    noun: "route",
    verb: "show",
    aliases: &["list"],
    summary: "list routes",
    params: &[
        Param::keyword("table", &[prefix("table")], Value::TableOrAll, "of this table, or of `all`"),
        Param::keyword("vrf", &[prefix("vrf")], Value::Link, "of a vrf").not_yet(),
        Param::flag("cached", &[prefix("cached"), prefix("cloned")], "those learnt").not_yet(),
        Param::keyword("tos", &[exact("tos"), prefix("dsfield")], Value::Text, "for a service").not_yet(),
        Param::keyword("protocol", &[prefix("protocol")], Value::Text, "only those made by it").not_yet(),
        Param::keyword("scope", &[prefix("scope")], Value::Text, "only those of this scope").not_yet(),
        Param::keyword("type", &[prefix("type")], Value::RouteType, "only those of this type").not_yet(),
        Param::keyword("dev", &[exact("dev"), exact("oif")], Value::Link, "only those through this link"),
        Param::keyword("iif", &[exact("iif")], Value::Link, "only those from this link").not_yet(),
        Param::keyword("mark", &[exact("mark")], Value::Number, "only those of a mark").not_yet(),
        Param::keyword(
            "metric",
            &[prefix("metric"), prefix("priority"), exact("preference")],
            Value::Number,
            "only those of this cost",
        )
        .not_yet(),
        Param::keyword("via", &[exact("via")], Value::Address, "only those over this router"),
        Param::keyword("src", &[exact("src")], Value::Cidr, "only those with this source").not_yet(),
        Param::keyword("realms", &[prefix("realms")], Value::Text, "only those of these realms").not_yet(),
        Param::keyword("from", &[prefix("from")], Value::Text, "only those for packets from there").not_yet(),
        Param::keyword("root", &[prefix("root")], Value::Destination, "only those in a prefix").not_yet(),
        Param::keyword("match", &[prefix("match")], Value::Destination, "only those around a prefix").not_yet(),
        Param::positional("to", &[prefix("to"), prefix("exact")], Value::Destination, "only those that lead there"),
    ],
    examples: &["ip route", "ip route show table all", "route show dev veth0"],
    lower: lower_show,
};

fn lower_show(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let destination = if bound.has("to") { Some(destination(bound, &["via"])?) } else { None };
    Ok(Act::Show(Show::Routes {
        ns: context.ns.clone(),
        table: bound.value("table", value::table_or_all)?.unwrap_or(Some(RouteTable::MAIN)),
        link: bound.get("dev", value::link)?,
        destination,
        gateway: bound.value("via", value::address)?,
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
                "ip r",
                "ip ro",
                "ip route",
                "ip route show",
                "ip r l t all",
                "ip -6 route show default",
                "ip route show table local dev v0 via 10.0.0.1",
                "ip route list exact 10.0.0.0/24",
                "ip r s 10.0.0.0/24",
                "route show",
                "route list dev v0",
            ],
            expect![[r#"
                > ip r
                Show(Routes { ns: Host, table: Some(RouteTable(254)), link: None, destination: None, gateway: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip ro
                Show(Routes { ns: Host, table: Some(RouteTable(254)), link: None, destination: None, gateway: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip route
                Show(Routes { ns: Host, table: Some(RouteTable(254)), link: None, destination: None, gateway: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip route show
                Show(Routes { ns: Host, table: Some(RouteTable(254)), link: None, destination: None, gateway: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip r l t all
                Show(Routes { ns: Host, table: None, link: None, destination: None, gateway: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip -6 route show default
                Show(Routes { ns: Host, table: Some(RouteTable(254)), link: None, destination: Some(::/0), gateway: None, style: Iproute2(IpOptions { family: Some(V6), brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip route show table local dev v0 via 10.0.0.1
                Show(Routes { ns: Host, table: Some(RouteTable(255)), link: Some(Spanned { value: "v0", span: 0:30..32 }), destination: None, gateway: Some(10.0.0.1), style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip route list exact 10.0.0.0/24
                Show(Routes { ns: Host, table: Some(RouteTable(254)), link: None, destination: Some(10.0.0.0/24), gateway: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip r s 10.0.0.0/24
                Show(Routes { ns: Host, table: Some(RouteTable(254)), link: None, destination: Some(10.0.0.0/24), gateway: None, style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > route show
                Show(Routes { ns: Host, table: Some(RouteTable(254)), link: None, destination: None, gateway: None, style: Native })
                > route list dev v0
                Show(Routes { ns: Host, table: Some(RouteTable(254)), link: Some(Spanned { value: "v0", span: 0:15..17 }), destination: None, gateway: None, style: Native })
            "#]],
        );
    }
}
