use crate::{
    commands::{
        act::Act,
        bound::Bound,
        error::UsageError,
        lower::Context,
        spec::{CommandSpec, Param, exact, prefix},
        value::{self, Value},
    },
    ops::{LinkOp, Op},
};

/// `link del [dev] LINK`
pub const DEL: CommandSpec = CommandSpec {
    noun: "link",
    verb: "del",
    aliases: &["delete"],
    summary: "take a link away; with one end of a cable goes the other",
    params: &[
        Param::tail("type", &[prefix("type")], Value::AnyKind, "its kind, which is not looked at"),
        Param::keyword("group", &[exact("group")], Value::Text, "all links of a group").not_yet(),
        Param::positional("dev", &[exact("dev"), exact("name")], Value::Link, "its name").required(),
    ],
    examples: &["ip link del veth0", "link delete dev veth0"],
    lower: lower_del,
};

fn lower_del(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let link = bound.need("dev", value::link)?.value;
    Ok(Act::Change(vec![Op::Link(LinkOp::Del { ns: context.ns.clone(), link })]))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn links_are_taken_away() {
        check(
            &[
                "ip link del v0",
                "ip link delete dev v0",
                "ip l d v0",
                "ip link del v0 type veth",
                "ip -n red link del v0",
                "link delete v0",
                "link del",
                "link del v0 v1",
                "link del group 7",
            ],
            expect![[r#"
                > ip link del v0
                ip link del dev v0
                > ip link delete dev v0
                ip link del dev v0
                > ip l d v0
                ip link del dev v0
                > ip link del v0 type veth
                ip link del dev v0
                > ip -n red link del v0
                ip -n red link del dev v0
                > link delete v0
                ip link del dev v0
                > link del
                missing-word: `link del` wants the name of a link
                  at 8: the name of a link is missing
                  help: it is written `link del [dev] LINK [type KIND …]`
                > link del v0 v1
                usage: `link del` has no use for `v1`
                  `v1`: one word too many
                  `v0`: the name of a link stands here already
                  help: it is written `link del [dev] LINK [type KIND …]`
                > link del group 7
                not-supported: `group` of `link del` is not supported yet
                  `group`: known, but not supported yet
                  help: `exec ip link del …` runs the program
            "#]],
        );
    }
}
