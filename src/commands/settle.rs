//! `settle`: waiting for what the kernel does some time after it was told to.

use std::time::Duration;

use super::{
    act::Act,
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Param, exact},
    value::{self, Value},
};

/// How long is waited at most if nothing is said.
const LIMIT: Duration = Duration::from_secs(10);

/// `settle [within TIME]`
pub const SETTLE: CommandSpec = CommandSpec {
    noun: "settle",
    verb: "",
    aliases: &[],
    summary: "wait until links carry packets, bridges forward and IPv6 addresses may be used, in all namespaces",
    params: &[Param::keyword(
        "within",
        &[exact("within")],
        Value::Duration,
        "how long at most; 10s if nothing is said",
    )],
    examples: &["settle", "settle within 3s"],
    lower: lower_settle,
};

fn lower_settle(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let within = bound.value("within", value::duration)?.unwrap_or(LIMIT);
    Ok(Act::Settle { within, span: bound.call.span })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn limits() {
        check(
            &["settle", "settle within 3s", "settle red", "settle within soon"],
            expect![[r#"
            > settle
            Settle { within: 10s, span: 0:0..6 }
            > settle within 3s
            Settle { within: 3s, span: 0:0..16 }
            > settle red
            usage: `settle` has no use for `red`
              `red`: one word too many
              help: it is written `settle [within TIME]`
            > settle within soon
            bad-value: `soon` is not a time
              `soon`: wanted: a time, such as 2s or 500ms
        "#]],
        );
    }
}
