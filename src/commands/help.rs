use super::{
    act::{Act, Show},
    bound::Bound,
    error::UsageError,
    explain::explain,
    lower::Context,
    spec::{CommandSpec, Param},
    topic,
    value::Value,
};

/// `help TOPIC…`
pub const HELP: CommandSpec = CommandSpec {
    noun: "help",
    verb: "",
    aliases: &[],
    summary: "tell what a command, a word of the language or the code of an error is about, or what a line would do",
    params: &[Param::rest(
        "topic",
        Value::Text,
        "a command, a noun, a word, a code, or a line as it would be typed, which at the prompt may have `&&`, `|` and \
         `>` in it; without one, all that there is",
    )],
    examples: &["help link add", "help netns", "help not-found", "help bridges", "help", "help brctl addbr br0"],
    lower: lower_help,
};

fn lower_help(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let words: Vec<String> = bound.rest.iter().map(|word| word.text.clone()).collect();
    let span = bound.rest.iter().map(|word| word.span).reduce(|first, last| first.to(last));
    match topic::find(&words) {
        Ok(topic) => Ok(Act::Show(Show::Help { topic })),
        Err(unknown) => match explain(&words.join(" ")) {
            Some(explained) => Ok(Act::Show(Show::Explained(Box::new(explained)))),
            None => Err(UsageError::UnknownTopic { unknown, span: span.unwrap_or(bound.call.span) }),
        },
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn topics() {
        check(
            &["help", "help link add", "help ip link add", "help lnk", "help link ad"],
            expect![[r#"
            > help
            Show(Help { topic: Overview })
            > help link add
            Show(Help { topic: Command { noun: "link", verb: "add" } })
            > help ip link add
            Show(Help { topic: Command { noun: "link", verb: "add" } })
            > help lnk
            unknown-word: there is no help about `lnk`
              `lnk`: no command, no word and no code
              help: did you mean `help link`?
            > help link ad
            unknown-word: there is no help about `link ad`
              `link ad`: no command, no word and no code
              help: did you mean `help link add`?
        "#]],
        );
    }
}
