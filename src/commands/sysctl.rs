use super::{
    act::{Act, Show},
    bound::Bound,
    error::UsageError,
    lower::{Arg, Context},
    spec::{CommandSpec, Param},
    value::{self, Value},
};
use crate::{
    net::SysctlKey,
    ops::{Op, SysctlOp},
    source::Spanned,
};

/// `sysctl [-w] [-q] [-n] KEY | KEY=VALUE…`
pub const SYSCTL: CommandSpec = CommandSpec {
    noun: "sysctl",
    verb: "",
    aliases: &[],
    summary: "read or write kernel settings of the current namespace",
    params: &[
        Param::letter("w", Value::Nothing, "every word writes"),
        Param::letter("q", Value::Nothing, "do not repeat what was written"),
        Param::letter("n", Value::Nothing, "the value alone"),
        Param::letter("a", Value::Nothing, "list all").not_yet(),
        Param::letter("A", Value::Nothing, "list all").not_yet(),
        Param::letter("X", Value::Nothing, "list all").not_yet(),
        Param::letter("b", Value::Nothing, "without a newline").not_yet(),
        Param::letter("e", Value::Nothing, "overlook unknown settings").not_yet(),
        Param::letter("N", Value::Nothing, "the names alone").not_yet(),
        Param::letter("p", Value::Nothing, "read a file").not_yet(),
        Param::letter("f", Value::Nothing, "read a file").not_yet(),
        Param::letter("r", Value::Text, "those that match a pattern").not_yet(),
        Param::rest("settings", Value::Setting, "a name, or a name and a value").required(),
    ],
    examples: &["sysctl -w net.ipv4.ip_forward=1", "sysctl net.ipv4.ip_forward", "sysctl -n net/ipv4/ip_forward"],
    lower: lower_sysctl,
};

/// A setting, and what is written to it.
type Setting = (SysctlKey, Option<String>);

fn lower_sysctl(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    blanks(bound.rest)?;
    let mut ops = Vec::new();
    for word in bound.rest {
        let (key, written) = setting(word)?;
        let Some(value) = written else {
            if bound.has("w") {
                return Err(UsageError::MissingValue { option: word.spanned(), wanted: "`=` and a value" });
            }
            return lower_read(bound, context, word, key);
        };
        ops.push(Op::Sysctl(SysctlOp { ns: context.ns.clone(), key, value }));
    }
    Ok(Act::Change(ops))
}

fn lower_read(bound: &Bound<'_>, context: &Context, word: &Arg, key: SysctlKey) -> Result<Act, UsageError> {
    match bound.rest {
        [_] => Ok(Act::Show(Show::Sysctl {
            ns: context.ns.clone(),
            key: Spanned::new(key, word.span),
            value_only: bound.has("n"),
        })),
        [_, second, ..] => Err(UsageError::OneSetting { second: second.span }),
        [] => Err(bound.missing("settings")),
    }
}

fn setting(word: &Arg) -> Result<Setting, UsageError> {
    value::setting(&word.text).map_err(|problem| UsageError::BadValue {
        kind: Value::Setting,
        value: word.spanned(),
        problem: Box::new(problem),
    })
}

/// `KEY = VALUE` in three words, or `KEY VALUE` in two.
fn blanks(words: &[Arg]) -> Result<(), UsageError> {
    let (key, value) = match words {
        [key, equals, value] if equals.text == "=" => (key, value),
        [key, value] if !key.text.contains('=') && !value.text.contains(['.', '/', '=']) => (key, value),
        _ => return Ok(()),
    };
    let fix = format!("sysctl {}={}", key.text, value.text);
    Err(UsageError::Blanks { span: key.span.to(value.span), fix })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn settings_are_written() {
        check(
            &[
                "sysctl -w net.ipv4.ip_forward=1",
                "sysctl net.ipv4.ip_forward=1",
                "sysctl -qw net.ipv4.ip_forward=1",
                "sysctl -wq net.ipv4.ip_forward=1",
                "sysctl -w -q net.ipv4.ip_forward=1",
                "sysctl -w 'net.ipv4.ip_forward = 1'",
                "sysctl -w net/ipv4/ip_forward=1 net.ipv6.conf.all.forwarding=1",
                "sysctl -w 'net.ipv4.ping_group_range=0 2147483647'",
            ],
            expect![[r#"
                > sysctl -w net.ipv4.ip_forward=1
                sysctl -qw net.ipv4.ip_forward=1
                > sysctl net.ipv4.ip_forward=1
                sysctl -qw net.ipv4.ip_forward=1
                > sysctl -qw net.ipv4.ip_forward=1
                sysctl -qw net.ipv4.ip_forward=1
                > sysctl -wq net.ipv4.ip_forward=1
                sysctl -qw net.ipv4.ip_forward=1
                > sysctl -w -q net.ipv4.ip_forward=1
                sysctl -qw net.ipv4.ip_forward=1
                > sysctl -w 'net.ipv4.ip_forward = 1'
                sysctl -qw net.ipv4.ip_forward=1
                > sysctl -w net/ipv4/ip_forward=1 net.ipv6.conf.all.forwarding=1
                sysctl -qw net.ipv4.ip_forward=1
                sysctl -qw net.ipv6.conf.all.forwarding=1
                > sysctl -w 'net.ipv4.ping_group_range=0 2147483647'
                sysctl -qw 'net.ipv4.ping_group_range=0 2147483647'
            "#]],
        );
    }

    #[test]
    fn settings_are_read() {
        check(
            &["sysctl net.ipv4.ip_forward", "sysctl -n net/ipv4/ip_forward"],
            expect![[r#"
            > sysctl net.ipv4.ip_forward
            Show(Sysctl { ns: Host, key: Spanned { value: net.ipv4.ip_forward, span: 0:7..26 }, value_only: false })
            > sysctl -n net/ipv4/ip_forward
            Show(Sysctl { ns: Host, key: Spanned { value: net.ipv4.ip_forward, span: 0:10..29 }, value_only: true })
        "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "sysctl",
                "sysctl -w net.ipv4.ip_forward",
                "sysctl -w net.ipv4.ip_forward = 1",
                "sysctl net.ipv4.ip_forward 1",
                "sysctl kernel.panic=1",
                "sysctl -a",
                "sysctl -p",
                "sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding",
                "sysctl -Z",
            ],
            expect![[r#"
                > sysctl
                missing-word: `sysctl` wants a kernel setting
                  at 6: a kernel setting is missing
                  help: it is written `sysctl [-w] [-q] [-n] KEY[=VALUE]…`
                > sysctl -w net.ipv4.ip_forward
                missing-word: `net.ipv4.ip_forward` wants `=` and a value behind it
                  at 29: `=` and a value is missing
                > sysctl -w net.ipv4.ip_forward = 1
                usage: no blanks may stand around the `=` of `sysctl`
                  `net.ipv4.ip_forward = 1`: blanks between the name and the value
                  help: type `sysctl net.ipv4.ip_forward=1`
                > sysctl net.ipv4.ip_forward 1
                usage: no blanks may stand around the `=` of `sysctl`
                  `net.ipv4.ip_forward 1`: blanks between the name and the value
                  help: type `sysctl net.ipv4.ip_forward=1`
                > sysctl kernel.panic=1
                bad-value: `kernel.panic` is a setting of the whole machine, not of a network namespace (those begin with `net.`)
                  `kernel.panic=1`: wanted: a kernel setting, such as net.ipv4.ip_forward=1
                > sysctl -a
                not-supported: `-a` of `sysctl` is not supported yet
                  `-a`: known, but not supported yet
                > sysctl -p
                not-supported: `-p` of `sysctl` is not supported yet
                  `-p`: known, but not supported yet
                > sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding
                usage: `sysctl` reads one setting at a time, and does not read and write at once
                  `net.ipv6.conf.all.forwarding`: one too many
                  help: type one statement for each
                > sysctl -Z
                bad-value: `-Z` is a setting of the whole machine, not of a network namespace (those begin with `net.`)
                  `-Z`: wanted: a kernel setting, such as net.ipv4.ip_forward=1
            "#]],
        );
    }
}
