//! The two listings of net-tools that stand in many tutorials: `arp` and `route -n`.

use super::{
    act::{Act, Show},
    bound::Bound,
    error::UsageError,
    lower::{Arg, Context},
    spec::{CommandSpec, Param},
    value::Value,
};

/// `arp [-a] [-n]`
pub const ARP: CommandSpec = CommandSpec {
    noun: "arp",
    verb: "",
    aliases: &[],
    summary: "list the neighbours of this namespace as net-tools does",
    params: &[
        Param::letter("a", Value::Nothing, "in the layout of BSD"),
        Param::letter("e", Value::Nothing, "in the layout of Linux, which is the usual"),
        Param::letter("n", Value::Nothing, "with numbers in place of names"),
        Param::letter("v", Value::Nothing, "tell more").not_yet(),
        Param::letter("i", Value::Link, "of one link").not_yet(),
        Param::letter("d", Value::Text, "forget a neighbour").not_yet(),
        Param::letter("s", Value::Text, "set a neighbour").not_yet(),
        Param::letter("D", Value::Nothing, "take the hardware address of a link").not_yet(),
        Param::letter("f", Value::Text, "read a file").not_yet(),
    ],
    examples: &["arp", "arp -n", "arp -a", "arp -an"],
    lower: lower_arp,
};

/// `route [-n]`
pub const ROUTE: CommandSpec = CommandSpec {
    noun: "route",
    verb: "",
    aliases: &[],
    summary: "list the IPv4 routes of this namespace as net-tools does",
    params: &[
        Param::letter("n", Value::Nothing, "with numbers in place of names"),
        Param::letter("e", Value::Nothing, "in the layout of netstat").not_yet(),
        Param::letter("v", Value::Nothing, "tell more").not_yet(),
        Param::letter("A", Value::Text, "of another family").not_yet(),
        Param::letter("6", Value::Nothing, "of IPv6").not_yet(),
    ],
    examples: &["route", "route -n"],
    lower: lower_route,
};

fn lower_arp(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    Ok(Act::Show(Show::Arp { ns: context.ns.clone(), numeric: bound.has("n"), bsd: bound.has("a") }))
}

fn lower_route(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    Ok(Act::Show(Show::RouteTable { ns: context.ns.clone(), numeric: bound.has("n") }))
}

/// The word that makes a `route …` one of net-tools rather than ours, if there is one.
pub fn foreign_word(words: &[Arg]) -> Option<&Arg> {
    words.iter().find(|word| word.bare && ["-net", "-host", "gw", "netmask"].contains(&word.text.as_str()))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn listings() {
        check(
            &["arp", "arp -n", "arp -a", "arp -an", "arp -a -n", "route", "route -n"],
            expect![[r#"
            > arp
            Show(Arp { ns: Host, numeric: false, bsd: false })
            > arp -n
            Show(Arp { ns: Host, numeric: true, bsd: false })
            > arp -a
            Show(Arp { ns: Host, numeric: false, bsd: true })
            > arp -an
            Show(Arp { ns: Host, numeric: true, bsd: true })
            > arp -a -n
            Show(Arp { ns: Host, numeric: true, bsd: true })
            > route
            Show(RouteTable { ns: Host, numeric: false })
            > route -n
            Show(RouteTable { ns: Host, numeric: true })
        "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "arp -x",
                "arp -d 10.0.0.1",
                "arp 10.0.0.1",
                "route -6",
                "route add default gw 10.0.0.1",
                "route add -net 10.0.0.0 netmask 255.0.0.0 gw 10.0.0.1",
                "route ad default via 10.0.0.1",
            ],
            expect![[r#"
                > arp -x
                unknown-word: `arp` has no `-x`
                  `-x`: no word of `arp`
                  help: it is written `arp [-a] [-e] [-n]`
                > arp -d 10.0.0.1
                not-supported: this line of `arp` is not supported yet
                  `arp -d 10.0.0.1`: known, but not supported yet
                  help: today it is `ip neigh del 10.0.0.1 dev LINK`, which is not supported yet either; `exec arp -d 10.0.0.1` runs the program
                > arp 10.0.0.1
                usage: `arp` has no use for `10.0.0.1`
                  `10.0.0.1`: one word too many
                  help: it is written `arp [-a] [-e] [-n]`
                > route -6
                not-supported: `-6` of `route` is not supported yet
                  `-6`: known, but not supported yet
                > route add default gw 10.0.0.1
                not-supported: this line of `route` is not supported yet
                  `route add default gw 10.0.0.1`: known, but not supported yet
                  help: type `ip route add default via 10.0.0.1`
                > route add -net 10.0.0.0 netmask 255.0.0.0 gw 10.0.0.1
                not-supported: this line of `route` is not supported yet
                  `route add -net 10.0.0.0 netmask 255.0.0.0 gw 10.0.0.1`: known, but not supported yet
                  help: type `ip route add 10.0.0.0/8 via 10.0.0.1`
                > route ad default via 10.0.0.1
                unknown-word: `route` has no command `ad`
                  `ad`: no command of `route`
                  help: did you mean `add`?
            "#]],
        );
    }
}
