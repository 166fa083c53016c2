//! The words of the prompt: what only somebody who types statement by statement can want.

use super::{
    act::{Act, PromptWord},
    bound::Bound,
    error::UsageError,
    lower::{Arg, Context},
    spec::{CommandSpec, Param, exact},
    value::{self, Value},
};

/// `undo [NUMBER] [--all]`
pub const UNDO: CommandSpec = CommandSpec {
    noun: "undo",
    verb: "",
    aliases: &[],
    summary: "at the prompt: take back the last statement that changed something, or all behind the one of that number",
    params: &[
        Param::positional(
            "number",
            &[],
            Value::Number,
            "the state to go back to, as the prompt shows it; 0 is the begin",
        ),
        Param::flag("all", &[exact("--all")], "take back what others changed since as well"),
    ],
    examples: &["undo", "undo 3", "undo 0"],
    lower: lower_undo,
};

/// `redo`
pub const REDO: CommandSpec = CommandSpec {
    noun: "redo",
    verb: "",
    aliases: &[],
    summary: "at the prompt: do again what was undone last, until something new is done",
    params: &[],
    examples: &["redo"],
    lower: lower_redo,
};

/// `save [--force] FILE`
pub const SAVE: CommandSpec = CommandSpec {
    noun: "save",
    verb: "",
    aliases: &[],
    summary: "at the prompt: write what was done, and not undone, as a script",
    params: &[
        Param::flag("force", &[exact("--force")], "write over a file that is there"),
        Param::positional("file", &[], Value::Path, "the file").required(),
    ],
    examples: &["save lab.nns", "save --force lab.nns"],
    lower: lower_save,
};

/// `show changes`
pub const CHANGES: CommandSpec = CommandSpec {
    noun: "show",
    verb: "changes",
    aliases: &[],
    summary: "at the prompt: list what has changed since it began, whoever changed it",
    params: &[],
    examples: &["show changes"],
    lower: lower_changes,
};

/// `quit`
pub const QUIT: CommandSpec = CommandSpec {
    noun: "quit",
    verb: "",
    aliases: &[],
    summary: "at the prompt: leave it",
    params: &[],
    examples: &["quit"],
    lower: lower_quit,
};

const SPECS: [&CommandSpec; 5] = [&QUIT, &REDO, &SAVE, &CHANGES, &UNDO];

/// Whether a statement begins with words that are for the prompt alone.
pub fn is_of_prompt(words: &[Arg]) -> bool {
    let is = |at: usize, text: &str| words.get(at).is_some_and(|word| word.bare && word.text == text);
    SPECS.iter().any(|spec| is(0, spec.noun) && (spec.verb.is_empty() || is(1, spec.verb)))
}

fn lower_undo(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let to = bound.value("number", value::number)?;
    of(bound, PromptWord::Undo { to, all: bound.has("all") })
}

fn lower_redo(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    of(bound, PromptWord::Redo)
}

fn lower_save(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let file = bound.text("file").ok_or_else(|| bound.missing("file"))?.clone();
    of(bound, PromptWord::Save { file, force: bound.has("force") })
}

fn lower_changes(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    of(bound, PromptWord::Changes)
}

fn lower_quit(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    of(bound, PromptWord::Quit)
}

fn of(bound: &Bound<'_>, word: PromptWord) -> Result<Act, UsageError> {
    Ok(Act::Prompt { word, span: bound.call.span })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::is_of_prompt;
    use crate::{
        commands::testing::{args, check},
        source::Sources,
    };

    #[test]
    fn what_they_take() {
        check(
            &[
                "undo",
                "undo 3 --all",
                "undo --all",
                "undo all",
                "undo -1",
                "undo 1 2",
                "redo",
                "redo 2",
                "save lab.nns",
                "save --force 'my lab.nns'",
                "save",
                "save a b",
                "save --forc a",
                "show changes",
                "show change",
                "quit",
                "quit now",
            ],
            expect![[r#"
                > undo
                Prompt { word: Undo { to: None, all: false }, span: 0:0..4 }
                > undo 3 --all
                Prompt { word: Undo { to: Some(3), all: true }, span: 0:0..12 }
                > undo --all
                Prompt { word: Undo { to: None, all: true }, span: 0:0..10 }
                > undo all
                bad-value: `all` is not a number
                  `all`: wanted: a number
                > undo -1
                unknown-word: `undo` has no `-1`
                  `-1`: no word of `undo`
                  help: it is written `undo [NUMBER] [--all]`
                > undo 1 2
                usage: `undo` has no use for `2`
                  `2`: one word too many
                  `1`: a number stands here already
                  help: it is written `undo [NUMBER] [--all]`
                > redo
                Prompt { word: Redo, span: 0:0..4 }
                > redo 2
                usage: `redo` has no use for `2`
                  `2`: one word too many
                  help: it is written `redo`
                > save lab.nns
                Prompt { word: Save { file: Spanned { value: "lab.nns", span: 0:5..12 }, force: false }, span: 0:0..12 }
                > save --force 'my lab.nns'
                Prompt { word: Save { file: Spanned { value: "my lab.nns", span: 0:13..25 }, force: true }, span: 0:0..25 }
                > save
                missing-word: `save` wants the name of a file
                  at 4: the name of a file is missing
                  help: it is written `save FILE [--force]`
                > save a b
                usage: `save` has no use for `b`
                  `b`: one word too many
                  `a`: the name of a file stands here already
                  help: it is written `save FILE [--force]`
                > save --forc a
                usage: the option `--forc` stands behind `save`
                  `--forc`: options of `ip` stand before its object
                  help: type `ip --forc save`
                > show changes
                Prompt { word: Changes, span: 0:0..12 }
                > show change
                Show(Namespaces { of: [Named("change")] })
                > quit
                Prompt { word: Quit, span: 0:0..4 }
                > quit now
                usage: `quit` has no use for `now`
                  `now`: one word too many
                  help: it is written `quit`
            "#]],
        );
    }

    #[test]
    fn only_they_are_of_the_prompt() {
        for (line, is) in [("undo x y", true), ("show changes", true), ("show", false), ("exit", false)] {
            let mut sources = Sources::default();
            let source = sources.add("test", line);
            assert_eq!(is_of_prompt(&args(sources.get(source))), is, "{line}");
        }
    }
}
