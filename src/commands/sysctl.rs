use super::{
    act::{Act, Setting, Show},
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
        Param::letter("q", Value::Nothing, "do not tell what was written"),
        Param::letter("n", Value::Nothing, "the value alone"),
        Param::letter("a", Value::Nothing, "list all").not_yet(),
        Param::letter("A", Value::Nothing, "list all").not_yet(),
        Param::letter("X", Value::Nothing, "list all").not_yet(),
        Param::letter("b", Value::Nothing, "without a newline").not_yet(),
        Param::letter("e", Value::Nothing, "overlook unknown settings").not_yet(),
        Param::letter("N", Value::Nothing, "the names alone").not_yet(),
        Param::letter("p", Value::Nothing, "the words are files with settings, a line each"),
        Param::letter("f", Value::Nothing, "the same").not_yet(),
        Param::letter("r", Value::Text, "those that match a pattern").not_yet(),
        Param::rest("settings", Value::Setting, "a name, or a name and a value; behind `-p`, files"),
    ],
    examples: &[
        "sysctl -w net.ipv4.ip_forward=1",
        "sysctl -qw net.ipv4.ip_forward=1",
        "sysctl net.ipv4.ip_forward",
        "sysctl -n net/ipv4/ip_forward",
        "sysctl -p lab.conf",
    ],
    lower: lower_sysctl,
};

/// Settings are read and written in the order of the words; what is written is told as sysctl(8) does, with the value
/// as it was given.
fn lower_sysctl(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    if bound.has("p") {
        let files = bound.rest.iter().map(Arg::spanned).collect();
        let (quiet, value_only) = (bound.has("q"), bound.has("n"));
        return Ok(Act::SettingsFiles { ns: context.ns.clone(), files, quiet, value_only });
    }
    if bound.rest.is_empty() {
        return Err(bound.missing("settings"));
    }
    blanks(bound.rest)?;
    let value_only = bound.has("n");
    let mut settings = Vec::new();
    for word in bound.rest {
        let ns = context.ns.clone();
        settings.push(match setting(word)? {
            (_, None) if bound.has("w") => {
                return Err(UsageError::MissingValue { option: word.spanned(), wanted: "`=` and a value" });
            }
            (key, None) => Setting::Read(Show::Sysctl { ns, key: Spanned::new(key, word.span), value_only }),
            (key, Some(value)) => Setting::write(SysctlOp { ns, key, value }, bound.has("q"), value_only),
        });
    }
    Ok(silent_changes(&settings).map_or(Act::Settings(settings), Act::Change))
}

/// The changes, if there is nothing else.
fn silent_changes(settings: &[Setting]) -> Option<Vec<Op>> {
    let silent = settings.iter().map(|setting| match setting {
        Setting::Write { op, told: None } => Some(Op::Sysctl(op.clone())),
        Setting::Write { told: Some(_), .. } | Setting::Read(_) => None,
    });
    silent.collect()
}

fn setting(word: &Arg) -> Result<(SysctlKey, Option<String>), UsageError> {
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
                Settings([Write { op: SysctlOp { ns: Host, key: net.ipv4.ip_forward, value: "1" }, told: Some("net.ipv4.ip_forward = 1\n") }])
                > sysctl net.ipv4.ip_forward=1
                Settings([Write { op: SysctlOp { ns: Host, key: net.ipv4.ip_forward, value: "1" }, told: Some("net.ipv4.ip_forward = 1\n") }])
                > sysctl -qw net.ipv4.ip_forward=1
                sysctl -qw net.ipv4.ip_forward=1
                > sysctl -wq net.ipv4.ip_forward=1
                sysctl -qw net.ipv4.ip_forward=1
                > sysctl -w -q net.ipv4.ip_forward=1
                sysctl -qw net.ipv4.ip_forward=1
                > sysctl -w 'net.ipv4.ip_forward = 1'
                Settings([Write { op: SysctlOp { ns: Host, key: net.ipv4.ip_forward, value: "1" }, told: Some("net.ipv4.ip_forward = 1\n") }])
                > sysctl -w net/ipv4/ip_forward=1 net.ipv6.conf.all.forwarding=1
                Settings([Write { op: SysctlOp { ns: Host, key: net.ipv4.ip_forward, value: "1" }, told: Some("net.ipv4.ip_forward = 1\n") }, Write { op: SysctlOp { ns: Host, key: net.ipv6.conf.all.forwarding, value: "1" }, told: Some("net.ipv6.conf.all.forwarding = 1\n") }])
                > sysctl -w 'net.ipv4.ping_group_range=0 2147483647'
                Settings([Write { op: SysctlOp { ns: Host, key: net.ipv4.ping_group_range, value: "0 2147483647" }, told: Some("net.ipv4.ping_group_range = 0 2147483647\n") }])
            "#]],
        );
    }

    #[test]
    fn settings_are_read() {
        check(
            &[
                "sysctl net.ipv4.ip_forward",
                "sysctl -n net/ipv4/ip_forward",
                "sysctl net.ipv4.ip_forward net.ipv4.conf.all.rp_filter=2",
            ],
            expect![[r#"
                > sysctl net.ipv4.ip_forward
                Settings([Read(Sysctl { ns: Host, key: Spanned { value: net.ipv4.ip_forward, span: 0:7..26 }, value_only: false })])
                > sysctl -n net/ipv4/ip_forward
                Settings([Read(Sysctl { ns: Host, key: Spanned { value: net.ipv4.ip_forward, span: 0:10..29 }, value_only: true })])
                > sysctl net.ipv4.ip_forward net.ipv4.conf.all.rp_filter=2
                Settings([Read(Sysctl { ns: Host, key: Spanned { value: net.ipv4.ip_forward, span: 0:7..26 }, value_only: false }), Write { op: SysctlOp { ns: Host, key: net.ipv4.conf.all.rp_filter, value: "2" }, told: Some("net.ipv4.conf.all.rp_filter = 2\n") }])
            "#]],
        );
    }

    #[test]
    fn settings_stand_in_files() {
        check(
            &["sysctl -p", "sysctl -p lab.conf 'a b'", "sysctl -qp lab.conf"],
            expect![[r#"
            > sysctl -p
            SettingsFiles { ns: Host, files: [], quiet: false, value_only: false }
            > sysctl -p lab.conf 'a b'
            SettingsFiles { ns: Host, files: [Spanned { value: "lab.conf", span: 0:10..18 }, Spanned { value: "a b", span: 0:19..24 }], quiet: false, value_only: false }
            > sysctl -qp lab.conf
            SettingsFiles { ns: Host, files: [Spanned { value: "lab.conf", span: 0:11..19 }], quiet: true, value_only: false }
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
                "sysctl -Z",
            ],
            expect![[r#"
                > sysctl
                missing-word: `sysctl` wants a kernel setting
                  at 6: a kernel setting is missing
                  help: it is written `sysctl [-w] [-q] [-n] [-p] [KEY[=VALUE]…]`
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
                > sysctl -Z
                bad-value: `-Z` is a setting of the whole machine, not of a network namespace (those begin with `net.`)
                  `-Z`: wanted: a kernel setting, such as net.ipv4.ip_forward=1
            "#]],
        );
    }
}
