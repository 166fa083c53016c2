//! `requires`: what a script cannot do without, said before it begins.

use super::{
    act::{Act, Requirement},
    bound::Bound,
    error::UsageError,
    link::kind,
    lower::Context,
    spec::{CommandSpec, Param},
    value::Value,
};

/// `requires kind KIND`
pub const KIND: CommandSpec = CommandSpec {
    noun: "requires",
    verb: "kind",
    aliases: &[],
    summary: "end here, with status 77, where the kernel cannot make links of that kind",
    params: &[Param::positional("kind", &[], Value::AnyKind, "the kind").required()],
    examples: &["requires kind dummy"],
    lower: lower_kind,
};

/// `requires program PROGRAM`
pub const PROGRAM: CommandSpec = CommandSpec {
    noun: "requires",
    verb: "program",
    aliases: &[],
    summary: "end here, with status 77, where there is no such program",
    params: &[Param::positional("program", &[], Value::Command, "its name on `PATH`, or its path").required()],
    examples: &["requires program tcpdump"],
    lower: lower_program,
};

/// `requires ipv6`
pub const IPV6: CommandSpec = CommandSpec {
    noun: "requires",
    verb: "ipv6",
    aliases: &[],
    summary: "end here, with status 77, where there is no IPv6",
    params: &[],
    examples: &["requires ipv6"],
    lower: lower_ipv6,
};

fn lower_kind(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    Ok(Act::Require(Requirement::Kind(bound.need("kind", kind::read_any)?.value)))
}

fn lower_program(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let program = bound.text("program").map(|word| word.value.clone()).unwrap_or_default();
    Ok(Act::Require(Requirement::Program(program)))
}

fn lower_ipv6(_: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    Ok(Act::Require(Requirement::Ipv6))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn requirements() {
        check(
            &[
                "requires kind veth",
                "requires kind dummy",
                "requires program tcpdump",
                "requires ipv6",
                "requires",
                "requires tcpdump",
                "requires kind",
                "requires kind dumy",
                "requires program a b",
            ],
            expect![[r#"
                > requires kind veth
                Require(Kind("veth"))
                > requires kind dummy
                Require(Kind("dummy"))
                > requires program tcpdump
                Require(Program("tcpdump"))
                > requires ipv6
                Require(Ipv6)
                > requires
                missing-word: `requires` wants one of its commands
                  at 8: one of its commands is missing
                  help: it is written `requires ipv6|kind|program`
                > requires tcpdump
                unknown-word: `requires` has no command `tcpdump`
                  `tcpdump`: no command of `requires`
                  help: there are `ipv6`, `kind`, `program`
                > requires kind
                missing-word: `requires kind` wants a kind of link
                  at 13: a kind of link is missing
                  help: it is written `requires kind KIND`
                > requires kind dumy
                bad-value: `dumy` is not a kind of link
                  `dumy`: wanted: a kind of link, such as `veth` or `bridge`
                  help: did you mean `dummy`?
                > requires program a b
                usage: `requires program` has no use for `b`
                  `b`: one word too many
                  `a`: a command stands here already
                  help: it is written `requires program COMMAND`
            "#]],
        );
    }
}
