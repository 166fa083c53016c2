//! Everything that can be wrong with the shape of a text, as data, and the one place that turns it into words.
//!
//! Many of them are habits from the shell: each has an error of its own that says what nns has in place of it.

use std::borrow::Cow;

use thiserror::Error;

use super::MAX_DEPTH;
use crate::{
    codes::Code,
    diag::Diagnostic,
    source::{Span, Spanned},
};

/// A problem and the words at fault.
pub(super) type SyntaxError = Spanned<Problem>;

/// What is wrong; the message is its `Display`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Problem {
    #[error("the text holds a NUL byte")]
    Nul,
    #[error("blocks and `in`s nest more than {MAX_DEPTH} deep")]
    TooDeep,
    #[error("a block is never closed")]
    UnclosedBrace,
    #[error("`}}` closes nothing")]
    StrayBrace,
    /// `earlier` is the last quoted text before it that goes over several lines: maybe its end is the one missing.
    #[error("a quote is never closed")]
    UnclosedQuote { quote: char, earlier: Option<Span> },

    #[error("nothing stands before `{operator}`")]
    NothingBefore { operator: String },
    #[error("nothing follows `{words}`")]
    NothingBehind { words: String },
    #[error("a statement begins right behind a block")]
    BehindBlock,
    #[error("no block can stand here")]
    UnexpectedBlock,
    #[error("`in` needs a namespace")]
    NoNamespace,
    #[error("`{operator}` needs a file")]
    NoFile { operator: String },
    #[error("a redirection stands without a command")]
    NoCommand,
    #[error("only commands can be redirected")]
    NotRedirectable,
    #[error("`sudo` with options is not understood")]
    SudoOption,
    #[error("`let` needs a name and a value")]
    LetIncomplete,
    #[error("`{name}` cannot be a name")]
    LetName { name: String },
    #[error("`let` takes one word as the value")]
    LetSeveralWords,
    #[error("a list holds words with blanks between them")]
    BadList,

    #[error("nns has no command substitution")]
    CommandSubstitution,
    #[error("nns has no arithmetic as the shell writes it")]
    Arithmetic,
    #[error("nns has no `{parameter}`")]
    SpecialParameter { parameter: String },
    #[error("`${{…}}` takes names, numbers, addresses, `+ - * / %` and parentheses")]
    Expansion,
    #[error("a `[` right behind a name takes a number and a `]`")]
    Index,
    #[error("`{text}` cannot be worked out")]
    FormulaWord { text: String },
    #[error("a value is missing")]
    FormulaEnds,
    #[error("parentheses nest too deep")]
    FormulaTooDeep,
    #[error("there is no field `{field}`")]
    NoSuchField { field: String },
    #[error("`.subnet` takes a length and a number")]
    SubnetArguments,
    #[error("nns has no quotes with a `$` in front")]
    DollarQuote,
    #[error("nns does not expand braces")]
    BraceExpansion,
    #[error("only commands can be piped")]
    NotPiped,
    #[error("`|` leads into a program, and `{word}` is none")]
    PipedInto { word: String },
    #[error("nns has no `|&`")]
    PipedErrors,
    #[error("a lone `&` is not understood")]
    Background,
    #[error("input cannot be redirected")]
    Input,
    #[error("`<{name}>` is to be replaced by a value")]
    Placeholder { name: String },
    #[error("here-documents are not understood")]
    HereDocument,
    #[error("only outputs 1 and 2 can be redirected")]
    Descriptor,
    /// `value` is empty where it is none that `let` would take.
    #[error("`{name}=…` is how a shell sets a variable")]
    Assignment { name: String, value: String },
    #[error("nns has no subshells")]
    Subshell,
    #[error("nns has no shell functions")]
    Function,
    #[error("nns has no `{word}`")]
    ShellWord { word: String, means: ShellWord },
    /// `instead` is the head of the loop as nns has it.
    #[error("`for` needs a name, a list or a range, and a block")]
    For { instead: String },
    #[error("`if` needs a condition and a block")]
    If,
    #[error("`else` needs a block")]
    ElseBlock,
    #[error("nothing can follow the last `else`")]
    ElseTwice,
    #[error("`else` stands on the line of the `}}` before it")]
    Else,
    #[error("`include` takes one file")]
    Include,
    #[error("`def` needs a name, its parameters and a block")]
    Def,
    #[error("there are two parameters `{name}`")]
    SameName { name: String },
    #[error("`{name}` stands behind a parameter that may be left out")]
    DefaultBefore { name: String },
    #[error("a condition is missing")]
    NoCondition,
    #[error("the condition ends before this")]
    BehindCondition,
    #[error("`exists` needs a kind of thing and its name")]
    Exists,

    #[error("blanks stand between a `\\` and the end of its line")]
    BlankBehindBackslash,
    #[error("a no-break space (U+00A0) stands here")]
    NoBreakSpace,
    #[error("`{text}` is not understood")]
    Unexpected { text: String },
}

/// What a word of the shell's own is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShellWord {
    /// Begins a compound command: `while`, `case`.
    Compound,
    /// Goes on with one or ends it: `do`, `fi`.
    Inner,
    /// Sets a variable: `export`.
    Variable,
    /// Sets the shell's options: `set -e`.
    Options,
    /// Tests something: `[[`.
    Test,
}

/// The error as it is told.
pub(super) fn diagnostic(error: &SyntaxError) -> Diagnostic {
    let code = if error.value == Problem::Nul { Code::Input } else { Code::Syntax };
    let (label, help) = label_and_help(&error.value);
    let diagnostic = Diagnostic::error(code, error.value.to_string()).label(error.span, label).help(help);
    let Problem::UnclosedQuote { earlier: Some(earlier), .. } = error.value else { return diagnostic };
    diagnostic.label(earlier, "goes over several lines: maybe its end is the one missing")
}

/// What is wrong at the place, and what to type.
fn label_and_help(problem: &Problem) -> (&'static str, Cow<'static, str>) {
    let (label, help): (&str, &str) = match problem {
        Problem::Nul => ("not a text file?", "give a text file in UTF-8"),
        Problem::TooDeep => ("one too many", "take the inner statements out of the blocks around them"),
        Problem::UnclosedBrace => ("opened here", "add the missing `}`"),
        Problem::StrayBrace => ("no `{` belongs to it", "remove it, or quote it: `\"}\"`"),
        Problem::UnclosedQuote { quote, .. } => {
            return (
                "opened here",
                format!("add the missing `{quote}`, or take the quote for itself: `\\{quote}`").into(),
            );
        }

        Problem::NothingBefore { operator } => {
            return ("needs a statement before it", format!("write `STATEMENT {operator} STATEMENT`").into());
        }
        Problem::NothingBehind { .. } => ("needs a statement behind it", "add the statement, or leave this out"),
        Problem::BehindBlock => ("expected a newline or `;`", "begin a new line behind the `}`, or put `;` there"),
        Problem::UnexpectedBlock => {
            ("no statement takes this block", "write `in NAMESPACE { … }`, or leave the braces out")
        }
        Problem::NoNamespace => ("expected a name", "write `in NAMESPACE STATEMENT` or `in NAMESPACE { … }`"),
        Problem::NoFile { operator } => {
            return ("expected a file's name", format!("write `{operator} FILE`").into());
        }
        Problem::NoCommand => ("no command before it", "write `COMMAND > FILE`"),
        Problem::NotRedirectable => ("not behind a command", "redirect the commands themselves, each on its own"),
        Problem::SudoOption => (
            "only `-E`, `-H`, `-S`, `-i`, `-k`, `-n` and `--` mean nothing",
            "leave `sudo` and its options out: nns needs neither",
        ),
        Problem::LetIncomplete => ("expected `NAME = VALUE`", "write `let NAME = VALUE`"),
        Problem::LetName { .. } => {
            ("not a name", "a name is made of letters, digits and `_`, and begins with no digit")
        }
        Problem::LetSeveralWords => ("one word too many", "quote the value: `let NAME = \"a b\"`"),
        Problem::BadList => ("not a list", "write `[red blue]`; quote a `[` that is meant for itself"),

        Problem::CommandSubstitution => {
            ("would be another command's output", "write the value itself, or name it: `let NAME = VALUE`")
        }
        Problem::Arithmetic => ("would be computed", "write `${ i + 1 }`"),
        Problem::SpecialParameter { .. } => {
            ("a variable of the shell", "use a name set with `let NAME = VALUE`; for the `$` itself type `\\$`")
        }
        Problem::Expansion => ("nothing of that kind", "write `${NAME}` or `${ NAME + 1 }`, after `let NAME = VALUE`"),
        Problem::Index => ("an index begins here", "write `$NAME[0]`; before a `[` meant for itself, write `${NAME}`"),
        Problem::FormulaWord { .. } => {
            ("not expected here", "names and numbers stand alone here, text in quotes, an operator between two")
        }
        Problem::FormulaEnds => ("expected here", "write a name, a number, an address, or text in quotes"),
        Problem::FormulaTooDeep => ("one too many", "give a part of it a name: `let NAME = ${ … }`"),
        Problem::NoSuchField { .. } => {
            ("no field", "there are `.ip .network .broadcast .netmask .len .first .last .size .subnet(28, 3)`")
        }
        Problem::SubnetArguments => ("two numbers are needed", "write `.subnet(28, 3)` for the `/28` number 3"),
        Problem::DollarQuote => ("a bash spelling", "write `\"…\"`, which knows `\\n` and `\\t`"),
        Problem::BraceExpansion => {
            ("would be several words", "write the words out; a range repeats statements in `for i in 1..4 { … }`")
        }
        Problem::NotPiped => ("not behind a command", "pipe the commands themselves, each on its own"),
        Problem::PipedInto { .. } => {
            ("no program", "write `in NAMESPACE COMMAND | PROGRAM`: both act in the namespace")
        }
        Problem::PipedErrors => ("a bash spelling", "write `2>&1 |`"),
        Problem::Background => (
            "would run in the background",
            "`spawn PROGRAM` is to do that, and is not in this version; between statements write `&&`; quoted, `\"&\"` is \
             itself",
        ),
        Problem::Input => ("would read from a file", "give the values as words of the statement"),
        Problem::Placeholder { .. } => ("stands for a value", "type the value itself, without `<` and `>`"),
        Problem::HereDocument => ("its text is skipped", "write the lines as statements, or `echo … > FILE` for each"),
        Problem::Descriptor => ("neither 1 nor 2", "use `>`, `2>` or `&>`; a number before `>` stands apart from it"),
        Problem::Assignment { name, value } => {
            let value = if value.is_empty() { "VALUE" } else { value };
            return ("not a statement", format!("write `let {name} = {value}`").into());
        }
        Problem::Subshell => ("opens a subshell", "leave the parentheses out"),
        Problem::Function => ("its body", "write `def NAME(a, b) { … }`"),
        Problem::ShellWord { means, .. } => match means {
            ShellWord::Compound => {
                ("a word of the shell", "`for x in LIST { … }` repeats, `if … { … } else { … }` chooses")
            }
            ShellWord::Inner => ("a word of the shell", "leave it out"),
            ShellWord::Variable => ("a word of the shell", "write `let NAME = VALUE`"),
            ShellWord::Options => ("a word of the shell", "leave it out: a script stops at the first failure anyway"),
            ShellWord::Test => ("a word of the shell", "use `&&` and `||`, which go by whether a statement succeeds"),
        },
        Problem::For { instead } => return ("not a loop", format!("write `{instead} {{ … }}`").into()),
        Problem::If => (
            "expected `CONDITION { … }`",
            "write `if $x == red { … } else { … }`; `exists link eth0` and `ok { STATEMENT }` are conditions too",
        ),
        Problem::ElseBlock => ("expected `{`", "write `} else { … }` or `} else if CONDITION { … }`"),
        Problem::ElseTwice => ("one too many", "leave it out"),
        Problem::Else => ("begins a line", "write `} else {`"),
        Problem::Include => ("expected a file's name", "write `include \"FILE\"`, without variables"),
        Problem::Def => ("expected `NAME(PARAMETERS) { … }`", "write `def NAME(a, b = VALUE) { … }`"),
        Problem::SameName { .. } => ("the second", "give it another name"),
        Problem::DefaultBefore { .. } => ("needs a default too", "put the parameters with `= VALUE` last"),
        Problem::NoCondition => ("expected a value", "write `$x == red`, `exists link eth0` or `ok { STATEMENT }`"),
        Problem::BehindCondition => {
            ("expected `{`", "join conditions with `and` and `or`; quote a text of several words")
        }
        Problem::Exists => {
            ("expected `link NAME`", "write `exists link eth0`, `exists netns red`, `exists addr` or `route`")
        }

        Problem::BlankBehindBackslash => ("so the line does not go on", "end the line right behind the `\\`"),
        Problem::NoBreakSpace => ("looks like a blank and is none", "type an ordinary space in its place"),
        Problem::Unexpected { .. } => ("not expected", "quote it if it is meant for itself: `\"…\"`"),
    };
    (label, help.into())
}
