use super::{bridge, common, kind, kind::KindName, new_name, params, veth, vxlan};
use crate::{
    commands::{
        act::Act,
        bound::Bound,
        error::UsageError,
        lower::Context,
        spec::{CommandSpec, Param, prefix},
        value::Value,
    },
    ops::{LinkOp, LinkSpec, Master, Op},
};

/// `link add NAME … type KIND …`
pub const ADD: CommandSpec = CommandSpec {
    noun: "link",
    verb: "add",
    aliases: &[],
    summary: "make a link: a cable (veth) with both ends, a switch (bridge), or an overlay (vxlan)",
    params: PARAMS,
    examples: &[
        "ip link add veth0 type veth peer name veth1",
        "link add veth-red netns red type veth peer name veth-blue netns blue",
        "link add v-net-0 type bridge",
        "link add vx0 type vxlan id 42 remote 10.0.0.2 dev eth0 dstport 4789",
    ],
    lower: lower_add,
};

const PARAMS: &[Param] =
    &params(Param::tail("type", &[prefix("type")], Value::Kind, "what it is, and what that takes").required());

fn lower_add(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let common = common(bound)?;
    let kind = match bound.need("type", kind::read)?.value {
        KindName::Bridge => bridge::lower_bridge(bound)?,
        KindName::Veth => veth::lower_veth(bound)?,
        KindName::Vxlan => vxlan::lower_vxlan(bound)?,
    };
    let spec = LinkSpec {
        name: new_name(bound)?,
        kind,
        netns: common.netns,
        address: common.address,
        mtu: common.mtu,
        master: match common.master {
            Some(Master::Is(master)) => Some(master),
            Some(Master::None) | None => None,
        },
        up: common.up == Some(true),
    };
    Ok(Act::Change(vec![Op::Link(LinkOp::Add { ns: context.ns.clone(), spec })]))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn all_word_orders_of_a_cable() {
        check(
            &[
                "ip link add veth0 type veth peer name veth1",
                "ip link add veth0 type veth peer veth1",
                "ip link add name veth0 type veth peer name veth1",
                "ip link add dev veth0 type veth peer dev veth1",
                "ip link add veth0 type veth",
                "ip link add type veth",
                "ip link add type veth peer name veth1",
                "ip link add veth0 netns red type veth peer name veth1 netns blue",
                "ip link add netns red name veth0 type veth peer netns 1 name veth1",
                "ip link add netns 17 name veth0 type veth peer netns 4711 name veth1",
                "ip link add veth0 type veth peer veth1 netns blue",
                "ip link add veth0 mtu 1400 address 02:00:00:00:00:01 up master br0 type veth peer name veth1 \
                 address 02:00:00:00:00:02 mtu 1300 down",
                "ip l a veth0 t veth peer name veth1",
                "link add veth0 netns host type veth peer name veth1 netns host",
                "ip link add veth0 type veth peer name veth1 netns /run/netns/blue",
            ],
            expect![[r#"
                > ip link add veth0 type veth peer name veth1
                ip link add name veth0 type veth peer name veth1
                > ip link add veth0 type veth peer veth1
                ip link add name veth0 type veth peer name veth1
                > ip link add name veth0 type veth peer name veth1
                ip link add name veth0 type veth peer name veth1
                > ip link add dev veth0 type veth peer dev veth1
                ip link add name veth0 type veth peer name veth1
                > ip link add veth0 type veth
                ip link add name veth0 type veth
                > ip link add type veth
                ip link add type veth
                > ip link add type veth peer name veth1
                ip link add type veth peer name veth1
                > ip link add veth0 netns red type veth peer name veth1 netns blue
                ip link add name veth0 netns red type veth peer name veth1 netns blue
                > ip link add netns red name veth0 type veth peer netns 1 name veth1
                ip link add name veth0 netns red type veth peer name veth1 netns 1
                > ip link add netns 17 name veth0 type veth peer netns 4711 name veth1
                ip link add name veth0 netns 17 type veth peer name veth1 netns 4711
                > ip link add veth0 type veth peer veth1 netns blue
                ip link add name veth0 type veth peer name veth1 netns blue
                > ip link add veth0 mtu 1400 address 02:00:00:00:00:01 up master br0 type veth peer name veth1 address 02:00:00:00:00:02 mtu 1300 down
                ip link add name veth0 address 02:00:00:00:00:01 mtu 1400 master br0 up type veth peer name veth1 address 02:00:00:00:00:02 mtu 1300
                > ip l a veth0 t veth peer name veth1
                bad-value: `veth` is not a number
                  `veth`: wanted: a number
                > link add veth0 netns host type veth peer name veth1 netns host
                ip link add name veth0 netns 1 type veth peer name veth1 netns 1
                > ip link add veth0 type veth peer name veth1 netns /run/netns/blue
                ip link add name veth0 type veth peer name veth1 netns blue
            "#]],
        );
    }

    #[test]
    fn bridges() {
        check(
            &["ip link add br0 type bridge", "ip link add name br0 up type bridge", "link add br0 type bridge"],
            expect![[r#"
                > ip link add br0 type bridge
                ip link add name br0 type bridge
                > ip link add name br0 up type bridge
                ip link add name br0 up type bridge
                > link add br0 type bridge
                ip link add name br0 type bridge
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "ip link add veth0",
                "ip link add veth0 type",
                "ip link add veth0 type veth0",
                "ip link add veth0 type vth",
                "ip link add d0 type dummy",
                "ip link add veth0 type veth peer name",
                "ip link add veth0 type veth peer name veth1 up",
                "ip link add veth0 type veth peer name veth1 master br0",
                "ip link add veth0 type veth peer name veth1 type veth",
                "ip link add veth0 type veth name veth1",
                "ip link add veth0 type veth up",
                "ip link add veth0 type veth per name veth1",
                "ip link add br0 type bridge up",
                "ip link add br0 type bridge stp_state 1",
                "ip link add br0 type bridge foo",
                "ip link add veth-of-a-long-name type veth",
                "ip link add veth0 address 02:00:00:00:01 type veth",
                "ip link add veth0 name veth1 type veth",
                "link add veth0 up down type veth",
                "ip link add veth0 link eth0 type vlan id 10",
                "link add veth0 t veth peer name veth1",
            ],
            expect![[r#"
                > ip link add veth0
                missing-word: `ip link add` wants a kind of link (`type …`)
                  at 17: a kind of link is missing
                  help: it is written `ip link add [[dev] LINK] [up] [down] [name LINK] [address MAC] [mtu BYTES] [netns NETNS] [master LINK] [nomaster] type KIND …`
                > ip link add veth0 type
                missing-word: `type` wants a kind of link behind it
                  at 22: a kind of link is missing
                > ip link add veth0 type veth0
                bad-value: `veth0` is not a kind of link
                  `veth0`: wanted: a kind of link, such as `veth` or `bridge`
                  help: did you mean `veth`?
                > ip link add veth0 type vth
                bad-value: `vth` is not a kind of link
                  `vth`: wanted: a kind of link, such as `veth` or `bridge`
                  help: did you mean `veth`?
                > ip link add d0 type dummy
                bad-value: links of kind `dummy` are not supported yet
                  `dummy`: wanted: a kind of link, such as `veth` or `bridge`
                  help: supported are `bridge`, `veth`, `vxlan`; `exec ip link add …` runs the program
                > ip link add veth0 type veth peer name
                missing-word: `name` wants the name of a link behind it
                  at 37: the name of a link is missing
                > ip link add veth0 type veth peer name veth1 up
                usage: the far end of a cable cannot get `up` while it is made
                  `up`: the kernel cannot do this to the far end
                  help: type a statement of its own: `ip link set veth1 up`
                > ip link add veth0 type veth peer name veth1 master br0
                usage: the far end of a cable cannot get `master` while it is made
                  `master`: the kernel cannot do this to the far end
                  help: type a statement of its own: `ip link set veth1 master br0`
                > ip link add veth0 type veth peer name veth1 type veth
                usage: `type` is given twice
                  `type`: once is enough
                  `type`: first given here
                > ip link add veth0 type veth name veth1
                unknown-word: `name` is no word of the kind `veth`
                  `name`: not behind the kind
                  help: type it before the kind: `ip link add veth0 name … type veth`
                > ip link add veth0 type veth up
                unknown-word: `up` is no word of the kind `veth`
                  `up`: not behind the kind
                  help: type it before the kind: `ip link add veth0 up … type veth`
                > ip link add veth0 type veth per name veth1
                unknown-word: `per` is no word of the kind `veth`
                  `per`: not behind the kind
                  help: type `type veth peer name LINK`
                > ip link add br0 type bridge up
                unknown-word: `up` is no word of the kind `bridge`
                  `up`: not behind the kind
                  help: type it before the kind: `ip link add br0 up … type bridge`
                > ip link add br0 type bridge stp_state 1
                not-supported: `stp_state` of a bridge is not supported yet
                  `stp_state`: known, but not supported yet
                  help: `exec ip link add …` runs the program
                > ip link add br0 type bridge foo
                unknown-word: `foo` is no word of the kind `bridge`
                  `foo`: not behind the kind
                  help: `type bridge` is the end of the statement
                > ip link add veth-of-a-long-name type veth
                bad-value: `veth-of-a-long-name` has 19 bytes; a link's name has at most 15
                  `veth-of-a-long-name`: wanted: the name of a link
                > ip link add veth0 address 02:00:00:00:01 type veth
                bad-value: `02:00:00:00:01` has 5 bytes; an Ethernet address has 6, as in 02:00:00:00:00:01
                  `02:00:00:00:01`: wanted: an Ethernet address, such as 02:00:00:00:00:01
                > ip link add veth0 name veth1 type veth
                usage: `name` is given twice
                  `veth1`: once is enough
                  `veth0`: first given here
                > link add veth0 up down type veth
                usage: `up` and `down` exclude each other
                  `down`: excludes the other
                  `up`: the other
                > ip link add veth0 link eth0 type vlan id 10
                not-supported: `link` of `ip link add` is not supported yet
                  `link`: known, but not supported yet
                  help: `exec ip link add …` runs the program
                > link add veth0 t veth peer name veth1
                unknown-word: `link add` has no `t`
                  `t`: no word of `link add`
                  help: did you mean `type`?
            "#]],
        );
    }
}
