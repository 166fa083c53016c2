use super::{
    act::Act,
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Param},
    value::{self, Value},
};

/// `exec COMMAND…`
pub const EXEC: CommandSpec = CommandSpec {
    noun: "exec",
    verb: "",
    aliases: &[],
    summary: "run a program in the current namespace and wait for it",
    params: &[Param::rest("command", Value::Command, "the program and its arguments").required()],
    examples: &["exec cat /etc/resolv.conf"],
    lower: lower_exec,
};

/// `print WORDS…`
pub const PRINT: CommandSpec = CommandSpec {
    noun: "print",
    verb: "",
    aliases: &[],
    summary: "print a line",
    params: &[Param::rest("words", Value::Text, "what is printed, a blank between two words")],
    examples: &["print \"all is up\"", "print -n is a word"],
    lower: lower_print,
};

/// `echo WORDS…`
pub const ECHO: CommandSpec = CommandSpec {
    noun: "echo",
    verb: "",
    aliases: &[],
    summary: "print a line, or write it to the file of a kernel setting",
    params: &[
        Param::letter("n", Value::Nothing, "without the newline; `nns` prints lines all the same"),
        Param::letter("e", Value::Nothing, "with escapes, which double quotes know anyway"),
        Param::letter("E", Value::Nothing, "without escapes"),
        Param::rest("words", Value::Text, "what is printed, a blank between two words"),
    ],
    examples: &["echo 1", "echo -n 1"],
    lower: lower_echo,
};

/// `exit [STATUS]`
pub const EXIT: CommandSpec = CommandSpec {
    noun: "exit",
    verb: "",
    aliases: &[],
    summary: "end the script here; with another status than 0, what it did is put back",
    params: &[Param::positional("status", &[], Value::Number, "its exit status: 0, or 10 to 125")],
    examples: &["exit", "exit 10"],
    lower: lower_exit,
};

/// `true`
pub const TRUE: CommandSpec = CommandSpec {
    noun: "true",
    verb: "",
    aliases: &[],
    summary: "do nothing, and succeed",
    params: &[],
    examples: &["true"],
    lower: lower_true,
};

/// `false`
pub const FALSE: CommandSpec = CommandSpec {
    noun: "false",
    verb: "",
    aliases: &[],
    summary: "do nothing, and fail",
    params: &[],
    examples: &["false"],
    lower: lower_false,
};

fn lower_exec(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    Ok(Act::Program { argv: words(bound) })
}

fn lower_print(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    Ok(Act::Print(words(bound).join(" ")))
}

fn lower_echo(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    match (bound.span_of("e"), words(bound).join(" ")) {
        (Some(span), text) if text.contains('\\') => Err(UsageError::NotYet {
            what: "`-e` of `echo`".into(),
            span,
            instead: Some("double quotes know `\\n` and `\\t`: `echo \"…\"`".into()),
        }),
        (_, text) => Ok(Act::Print(text)),
    }
}

fn lower_exit(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let span = bound.span_of("status").unwrap_or(bound.call.span);
    Ok(Act::Exit { status: bound.value("status", value::number)?.unwrap_or(0), span })
}

fn lower_true(_: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    Ok(Act::Nothing)
}

/// There is no act that fails: the program does it.
fn lower_false(_: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    Ok(Act::Program { argv: vec!["false".into()] })
}

fn words(bound: &Bound<'_>) -> Vec<String> {
    bound.rest.iter().map(|word| word.text.clone()).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn words_stay_as_they_are() {
        check(
            &[
                "print all is -n up",
                "print 'a  b' help",
                "print",
                "echo -n 1",
                "echo -e up",
                "echo -e 'a\\tb'",
                "echo -up",
                "exec ls -l --color",
                "true",
                "false",
            ],
            expect![[r#"
                > print all is -n up
                Print("all is -n up")
                > print 'a  b' help
                Print("a  b help")
                > print
                Print("")
                > echo -n 1
                Print("1")
                > echo -e up
                Print("up")
                > echo -e 'a\tb'
                not-supported: `-e` of `echo` is not supported yet
                  `-e`: known, but not supported yet
                  help: double quotes know `\n` and `\t`: `echo "…"`
                > echo -up
                Print("-up")
                > exec ls -l --color
                Program { argv: ["ls", "-l", "--color"] }
                > true
                Nothing
                > false
                Program { argv: ["false"] }
            "#]],
        );
    }

    #[test]
    fn first_words_that_no_table_knows() {
        check(
            &[
                "exec",
                "ipnetns add red",
                "nets add red",
                "nets red",
                "lnk set v0 up",
                "curl http://10.0.0.2",
                "iplink",
                "brctl addbr br0",
                "brctl stp br0 on",
                "brctl",
                "ifconfig v0 up",
                "'ip' link",
                "true story",
            ],
            expect![[r#"
                > exec
                missing-word: `exec` wants a command
                  at 4: a command is missing
                  help: it is written `exec COMMAND…`
                > ipnetns add red
                unknown-word: `ipnetns` is no statement
                  `ipnetns`: neither a statement nor a known program
                  help: did you mean `ip netns add`?
                > nets add red
                unknown-word: `nets` is no statement
                  `nets`: neither a statement nor a known program
                  help: did you mean `netns add`?
                > nets red
                unknown-word: `nets` is no statement
                  `nets`: neither a statement nor a known program
                  help: did you mean `netns`?
                > lnk set v0 up
                unknown-word: `lnk` is no statement
                  `lnk`: neither a statement nor a known program
                  help: did you mean `link set`?
                > curl http://10.0.0.2
                unknown-word: `curl` is no statement
                  `curl`: neither a statement nor a known program
                  help: a program is run with `exec curl`
                > iplink
                unknown-word: `iplink` is no statement
                  `iplink`: neither a statement nor a known program
                  help: did you mean `ip link`?
                > brctl addbr br0
                not-supported: this line of `brctl` is not supported yet
                  `brctl addbr br0`: known, but not supported yet
                  help: type `ip link add br0 type bridge`
                > brctl stp br0 on
                not-supported: this line of `brctl` is not supported yet
                  `brctl stp br0 on`: known, but not supported yet
                  help: today it is `ip link set br0 type bridge stp_state 1`, which is not supported yet either; `exec brctl stp br0 on` runs the program
                > brctl
                not-supported: `brctl` is not supported yet
                  `brctl`: known, but not supported yet
                  help: `ip link add BRIDGE type bridge` makes a bridge, `ip link set LINK master BRIDGE` a port of it
                > ifconfig v0 up
                not-supported: this line of `ifconfig` is not supported yet
                  `ifconfig v0 up`: known, but not supported yet
                  help: type `ip link set v0 up`
                > 'ip' link
                unknown-word: `ip` is no statement
                  `'ip'`: neither a statement nor a known program
                  help: without quotes, `ip` is a statement
                > true story
                usage: `true` has no use for `story`
                  `story`: one word too many
                  help: it is written `true`
            "#]],
        );
    }
}
