use super::{common, params};
use crate::{
    commands::{
        act::Act,
        bound::Bound,
        error::UsageError,
        lower::Context,
        spec::{CommandSpec, Param, prefix},
        value::{self, Value},
    },
    ops::{LinkChanges, LinkOp, Op},
};

/// `link set [dev] LINK …`
pub const SET: CommandSpec = CommandSpec {
    noun: "link",
    verb: "set",
    aliases: &["change"],
    summary: "change a link: up, down, its name, MTU, address, master or namespace, several at once",
    params: PARAMS,
    examples: &["ip link set veth0 up", "link set dev veth0 netns red", "link set veth0 master br0 up"],
    lower: lower_set,
};

const PARAMS: &[Param] =
    &params(Param::tail("type", &[prefix("type")], Value::AnyKind, "settings of its kind").not_yet());

fn lower_set(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let common = common(bound)?;
    let name = bound.value("name", value::link)?;
    // To iproute2 `name X` alone says which link it is about.
    let link = match bound.value("dev", value::link)? {
        Some(link) => link,
        None => name.clone().ok_or_else(|| bound.missing("dev"))?,
    };
    let changes = LinkChanges {
        netns: common.netns,
        address: common.address,
        mtu: common.mtu,
        name: name.filter(|name| *name != link),
        master: common.master,
        up: common.up,
    };
    Ok(Act::Change(vec![Op::Link(LinkOp::Set { ns: context.ns.clone(), link, changes })]))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn all_word_orders() {
        check(
            &[
                "ip link set v0 up",
                "ip link set dev v0 up",
                "ip link set up dev v0",
                "ip link set up v0",
                "ip l s v0 up",
                "ip li se v0 down",
                "ip link change v0 up",
                "ip link set mtu 1400 dev v0",
                "ip link set netns red dev v0",
                "ip link set v0 netns 1",
                "ip link set v0 netns 4711",
                "link set v0 netns /proc/4711/ns/net",
                "ip link set v0 netns red name eth0 up",
                "ip link set v0 name eth0",
                "ip link set name v0 up",
                "ip link set v0 master br0 up",
                "ip link set v0 nomaster",
                "ip link set v0 master br0 nomaster",
                "ip link set v0 down mtu 1400 up",
                "ip link set v0 address 2:0:0:0:0:1",
                "ip -n red link set lo up",
                "ip -net red link set lo up",
                "ip -netns red link set lo up",
                "link set v0 netns host",
                "link set v0 up mtu 1400 master br0",
                "link set 'up' up",
            ],
            expect![[r#"
                > ip link set v0 up
                ip link set dev v0 up
                > ip link set dev v0 up
                ip link set dev v0 up
                > ip link set up dev v0
                ip link set dev v0 up
                > ip link set up v0
                ip link set dev v0 up
                > ip l s v0 up
                ip link set dev v0 up
                > ip li se v0 down
                ip link set dev v0 down
                > ip link change v0 up
                ip link set dev v0 up
                > ip link set mtu 1400 dev v0
                ip link set dev v0 mtu 1400
                > ip link set netns red dev v0
                ip link set dev v0 netns red
                > ip link set v0 netns 1
                ip link set dev v0 netns 1
                > ip link set v0 netns 4711
                ip link set dev v0 netns 4711
                > link set v0 netns /proc/4711/ns/net
                ip link set dev v0 netns 4711
                > ip link set v0 netns red name eth0 up
                ip link set dev v0 netns red name eth0 up
                > ip link set v0 name eth0
                ip link set dev v0 name eth0
                > ip link set name v0 up
                ip link set dev v0 up
                > ip link set v0 master br0 up
                ip link set dev v0 master br0 up
                > ip link set v0 nomaster
                ip link set dev v0 nomaster
                > ip link set v0 master br0 nomaster
                ip link set dev v0 nomaster
                > ip link set v0 down mtu 1400 up
                ip link set dev v0 mtu 1400 up
                > ip link set v0 address 2:0:0:0:0:1
                ip link set dev v0 address 02:00:00:00:00:01
                > ip -n red link set lo up
                ip -n red link set dev lo up
                > ip -net red link set lo up
                ip -n red link set dev lo up
                > ip -netns red link set lo up
                ip -n red link set dev lo up
                > link set v0 netns host
                ip link set dev v0 netns 1
                > link set v0 up mtu 1400 master br0
                ip link set dev v0 mtu 1400 master br0 up
                > link set 'up' up
                ip link set dev up up
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "ip link set",
                "ip link set up",
                "ip link set v0 upp",
                "link set v0 up down",
                "ip link set v0 mtu",
                "ip link set v0 mtu big",
                "ip link set v0 mtu 1400 mtu 1500",
                "link set v0 master br0 nomaster",
                "ip link set v0 address 02:00:00:00:01",
                "ip link set v0 promisc offi",
                "ip link set v0 promisc off",
                "ip link set v0 type bridge stp_state 1",
                "ip link set v0 v1 up",
                "ip link set mut 1400 dev v0",
                "ip link set v0 netns",
                "ip link set v0 mstr br0",
                "ip link set v0 -n red up",
                "ip -n red ip link set v0 up",
                "link set v0 ma br0",
                "link seet v0 up",
                "ip -x link set v0 up",
                "ip lnik set v0 up",
                "ip",
                "ip tunnel add t0 mode gre",
                "ip link set help",
                "ip link help",
            ],
            expect![[r#"
                > ip link set
                missing-word: `ip link set` wants the name of a link
                  at 11: the name of a link is missing
                  help: it is written `ip link set [[dev] LINK] [up] [down] [name LINK] [address MAC] [mtu BYTES] [netns NETNS] [master LINK] [nomaster]`
                > ip link set up
                missing-word: `ip link set` wants the name of a link
                  at 14: the name of a link is missing
                  help: it is written `ip link set [[dev] LINK] [up] [down] [name LINK] [address MAC] [mtu BYTES] [netns NETNS] [master LINK] [nomaster]`
                > ip link set v0 upp
                unknown-word: `ip link set` has no `upp`
                  `upp`: no word of `ip link set`
                  help: did you mean `up`?
                > link set v0 up down
                usage: `up` and `down` exclude each other
                  `down`: excludes the other
                  `up`: the other
                > ip link set v0 mtu
                missing-word: `mtu` wants a number of bytes behind it
                  at 18: a number of bytes is missing
                > ip link set v0 mtu big
                bad-value: `big` is no MTU: a number of bytes, at most 2147483647, is wanted
                  `big`: wanted: a number of bytes
                > ip link set v0 mtu 1400 mtu 1500
                usage: `mtu` is given twice
                  `mtu 1500`: once is enough
                  `mtu 1400`: first given here
                > link set v0 master br0 nomaster
                usage: `master` and `nomaster` exclude each other
                  `nomaster`: excludes the other
                  `master`: the other
                > ip link set v0 address 02:00:00:00:01
                bad-value: `02:00:00:00:01` has 5 bytes; an Ethernet address has 6, as in 02:00:00:00:00:01
                  `02:00:00:00:01`: wanted: an Ethernet address, such as 02:00:00:00:00:01
                > ip link set v0 promisc offi
                bad-value: `offi` is not `on` or `off`
                  `offi`: wanted: `on` or `off`
                  help: did you mean `off`?
                > ip link set v0 promisc off
                not-supported: `promisc` of `ip link set` is not supported yet
                  `promisc`: known, but not supported yet
                  help: `exec ip link set …` runs the program
                > ip link set v0 type bridge stp_state 1
                not-supported: `type` of `ip link set` is not supported yet
                  `type`: known, but not supported yet
                  help: `exec ip link set …` runs the program
                > ip link set v0 v1 up
                usage: `ip link set` has no use for `v1`
                  `v1`: one word too many
                  `v0`: the name of a link stands here already
                  help: it is written `ip link set [[dev] LINK] [up] [down] [name LINK] [address MAC] [mtu BYTES] [netns NETNS] [master LINK] [nomaster]`
                > ip link set mut 1400 dev v0
                usage: `ip link set` has no use for `1400`
                  `1400`: one word too many
                  `mut`: the name of a link stands here already
                  help: type `mtu` in place of `mut`
                > ip link set v0 netns
                missing-word: `netns` wants the name of a namespace behind it
                  at 20: the name of a namespace is missing
                > ip link set v0 mstr br0
                usage: `ip link set` has no use for `mstr`
                  `mstr`: one word too many
                  `v0`: the name of a link stands here already
                  help: it is written `ip link set [[dev] LINK] [up] [down] [name LINK] [address MAC] [mtu BYTES] [netns NETNS] [master LINK] [nomaster]`
                > ip link set v0 -n red up
                usage: the option `-n` stands behind `link set`
                  `-n`: options of `ip` stand before its object
                  help: type `ip -n red link set`
                > ip -n red ip link set v0 up
                usage: `ip` stands there twice
                  `ip`: one `ip` is enough
                  help: type `ip -n red link set v0 up`
                > link set v0 ma br0
                unknown-word: `link set` has no `ma`
                  `ma`: no word of `link set`
                  help: did you mean `master`?
                > link seet v0 up
                unknown-word: `link` has no command `seet`
                  `seet`: no command of `link`
                  help: did you mean `set`?
                > ip -x link set v0 up
                unknown-word: `ip` has no option `-x`
                  `-x`: no option of `ip`
                  help: did you mean `-4`?
                > ip lnik set v0 up
                unknown-word: `ip` has no object `lnik`
                  `lnik`: no object of `ip`
                  help: did you mean `link`?
                > ip
                missing-word: `ip` wants an object
                  at 2: an object is missing
                  help: it is written `ip [OPTIONS] addr|link|neigh|netns|route|rule …`
                > ip tunnel add t0 mode gre
                not-supported: `ip tunnel` is not supported yet
                  `tunnel add`: known, but not supported yet
                  help: `exec ip tunnel …` runs the program
                > ip link set help
                usage: this is how it is written: `ip link set [[dev] LINK] [up] [down] [name LINK] [address MAC] [mtu BYTES] [netns NETNS] [master LINK] [nomaster]`
                  `help`: asks for help
                > ip link help
                usage: this is how it is written: `ip link add|del|set|show`
                  `help`: asks for help
            "#]],
        );
    }
}
