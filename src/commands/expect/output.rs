//! Claims about what statements print.

use std::time::Duration;

use super::{WITHIN, claim};
use crate::commands::{
    act::{Act, ExpectedOutput},
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Param},
    value::{self, Value},
};

/// `expect [no] "TEXT" { STATEMENTS }`
pub const OUTPUT: CommandSpec = claim(
    "output",
    "the text is in what the statements print; before a text in quotes the word `output` is left away",
    &[
        WITHIN,
        Param::positional("text", &[], Value::Text, "the text").required(),
        Param::block("statements", Value::Statements, "whose output is meant").required(),
    ],
    &[
        "expect \"3 received\" { ping 127.0.0.1 }",
        "expect no \"veth-red\" within 2s { link show }",
        "expect output 127.0.0.1 { addr show dev lo }",
    ],
    lower_output,
);

fn lower_output(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    Ok(Act::ExpectOutput(ExpectedOutput {
        text: bound.text("text").map(|text| text.value.clone()).unwrap_or_default(),
        negated: bound.call.negated,
        within: bound.value("within", value::duration)?.unwrap_or(Duration::ZERO),
        span: bound.call.span,
    }))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn outputs() {
        check(
            &[
                "expect '64 bytes'",
                "expect no '64 bytes' within 2s",
                "expect output bytes",
                "expect '64 bytes' from red",
                "expect bytes",
            ],
            expect![[r#"
                > expect '64 bytes'
                ExpectOutput(ExpectedOutput { text: "64 bytes", negated: false, within: 0ns, span: 0:0..17 })
                > expect no '64 bytes' within 2s
                ExpectOutput(ExpectedOutput { text: "64 bytes", negated: true, within: 2s, span: 0:0..30 })
                > expect output bytes
                ExpectOutput(ExpectedOutput { text: "bytes", negated: false, within: 0ns, span: 0:0..19 })
                > expect '64 bytes' from red
                usage: `expect output` has no use for `from`
                  `from`: one word too many
                  `'64 bytes'`: a word stands here already
                  help: type `from` with `expect addr`, where it belongs
                > expect bytes
                unknown-word: `expect` has no command `bytes`
                  `bytes`: no command of `expect`
                  help: there are `addr`, `exec`, `file`, `firewall`, `iptables`, `link`, `nat`, `neigh`, `netns`, `output`, `ping`, `route`, `sysctl`, `tcp`, `udp`
            "#]],
        );
    }
}
