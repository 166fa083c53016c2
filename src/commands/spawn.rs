//! `spawn`, `wait` and `kill`: programs in the background.

use std::time::Duration;

use super::{
    act::{Act, Spawn},
    bound::Bound,
    error::UsageError,
    lower::{Arg, Context},
    spec::{CommandSpec, Param, exact},
    value::{self, Value},
};
use crate::diag::nearest;

/// `spawn [--detach] COMMAND… [as NAME]`
pub const SPAWN: CommandSpec = CommandSpec {
    noun: "spawn",
    verb: "",
    aliases: &[],
    summary: "start a program in the current namespace and go on; it is ended with the script",
    params: &[
        Param::flag("detach", &[exact("--detach")], "it goes on when the script has ended"),
        Param::rest("command", Value::Background, "the program and its arguments, and what to call it").required(),
    ],
    examples: &[
        "spawn python3 -m http.server 80",
        "spawn tcpdump -i veth0 -w /tmp/trace.pcap as trace",
        "spawn --detach sleep 60",
    ],
    lower: lower_spawn,
};

/// `wait [NAME] [within TIME]`
pub const WAIT: CommandSpec = CommandSpec {
    noun: "wait",
    verb: "",
    aliases: &[],
    summary: "wait until a program ends that was started with `spawn`, or all of them, or a `capture` of so many packets; the status is its own",
    params: &[
        Param::keyword(
            "within",
            &[exact("within")],
            Value::Duration,
            "how long at most; the script fails if it is over",
        ),
        Param::positional("name", &[], Value::Job, "which"),
    ],
    examples: &["wait server", "wait trace within 5s", "wait"],
    lower: lower_wait,
};

/// `kill NAME`
pub const KILL: CommandSpec = CommandSpec {
    noun: "kill",
    verb: "",
    aliases: &[],
    summary: "end a program that was started with `spawn`, or a `capture`; with a number or an option it is the program `kill`",
    params: &[Param::rest("name", Value::Job, "which").required()],
    examples: &["kill server"],
    lower: lower_kill,
};

fn lower_spawn(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let (words, name) = match bound.rest {
        [words @ .., last, name] if last.bare && last.text == "as" && !words.is_empty() => {
            (words, Some(name.spanned()))
        }
        [words @ .., last] if last.bare && last.text == "as" && !words.is_empty() => {
            return Err(UsageError::MissingValue { option: last.spanned(), wanted: Value::Job.wanted() });
        }
        words => (words, None),
    };
    if let Some(option) = words.first().filter(|word| word.bare && word.text.starts_with('-')) {
        return Err(UsageError::UnknownOption {
            command: bound.call.title(),
            word: option.spanned(),
            near: nearest(&option.text, ["--detach"]),
            usage: bound.call.usage(),
        });
    }
    let argv = words.iter().map(|word| word.text.clone()).collect();
    Ok(Act::Spawn(Spawn { argv, name, detach: bound.has("detach"), span: bound.call.span }))
}

fn lower_wait(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let within: Option<Duration> = bound.value("within", value::duration)?;
    Ok(Act::Wait { name: bound.text("name").cloned(), within })
}

fn lower_kill(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let is_of_kill = |word: &Arg| word.text.starts_with('-') || word.text.bytes().all(|byte| byte.is_ascii_digit());
    match bound.rest {
        [name] if !is_of_kill(name) => Ok(Act::Kill { name: name.spanned() }),
        [first, ..] if is_of_kill(first) => {
            let argv = ["kill".to_owned()].into_iter().chain(bound.rest.iter().map(|word| word.text.clone()));
            Ok(Act::Program { argv: argv.collect() })
        }
        [_, surplus, ..] => Err(bound.surplus(surplus)),
        _ => Err(bound.missing("name")),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn jobs() {
        check(
            &[
                "spawn python3 -m http.server 80",
                "spawn --detach sleep 60 as nap",
                "spawn sleep as",
                "spawn as x",
                "spawn",
                "spawn --detatch sleep",
                "wait",
                "wait nap within 2s",
                "wait nap other",
                "kill nap",
                "kill -9 4711",
                "kill 4711",
                "kill",
                "kill a b",
            ],
            expect![[r#"
                > spawn python3 -m http.server 80
                Spawn(Spawn { argv: ["python3", "-m", "http.server", "80"], name: None, detach: false, span: 0:0..31 })
                > spawn --detach sleep 60 as nap
                Spawn(Spawn { argv: ["sleep", "60"], name: Some(Spanned { value: "nap", span: 0:27..30 }), detach: true, span: 0:0..30 })
                > spawn sleep as
                missing-word: `as` wants a name behind it
                  at 14: a name is missing
                > spawn as x
                Spawn(Spawn { argv: ["as", "x"], name: None, detach: false, span: 0:0..10 })
                > spawn
                missing-word: `spawn` wants a command
                  at 5: a command is missing
                  help: it is written `spawn [--detach] COMMAND… [as NAME]`
                > spawn --detatch sleep
                unknown-word: `spawn` has no `--detatch`
                  `--detatch`: no word of `spawn`
                  help: did you mean `--detach`?
                > wait
                Wait { name: None, within: None }
                > wait nap within 2s
                Wait { name: Some(Spanned { value: "nap", span: 0:5..8 }), within: Some(2s) }
                > wait nap other
                usage: `wait` has no use for `other`
                  `other`: one word too many
                  `nap`: a name stands here already
                  help: it is written `wait [NAME] [within TIME]`
                > kill nap
                Kill { name: Spanned { value: "nap", span: 0:5..8 } }
                > kill -9 4711
                Program { argv: ["kill", "-9", "4711"] }
                > kill 4711
                Program { argv: ["kill", "4711"] }
                > kill
                missing-word: `kill` wants a name
                  at 4: a name is missing
                  help: it is written `kill NAME…`
                > kill a b
                usage: `kill` has no use for `b`
                  `b`: one word too many
                  help: it is written `kill NAME…`
            "#]],
        );
    }
}
