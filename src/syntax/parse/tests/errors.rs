//! The text of every error. Updated by `UPDATE_EXPECT=1 cargo test`, and read as a diff.

mod operators;

use expect_test::{Expect, expect};

use super::{parsed, show};

/// Errors as plain lines: place, message, the words at fault and what is wrong with them, help.
fn errors(text: &str) -> String {
    let (sources, _, diagnostics) = parsed(text);
    let mut lines = String::new();
    for diagnostic in &diagnostics {
        let place = sources.locate(diagnostic.labels[0].span);
        lines += &format!("{}: {}\n", place.trim_start_matches("a.nns:"), diagnostic.message);
        for label in &diagnostic.labels {
            lines += &format!("  {:?} {}\n", sources.slice(label.span), label.text);
        }
        lines += &format!("  help: {}\n", diagnostic.help.as_deref().expect("each error says what to type"));
    }
    lines
}

/// Every line is wrong, and on its own.
pub(super) fn check_errors(lines: &[&str], expected: Expect) {
    expected.assert_eq(&lines.iter().map(|line| errors(line)).collect::<String>());
}

#[test]
fn errors_of_quotes() {
    check_errors(
        &[
            "print 'a\nlink show",
            "print \"b $x \\\" c\nlink show",
            "print \"a\nprint \"b\"\nprint c",
            "print 'a\nb' \"c",
            "print a\\ \\  \nlink show",
            "print a\\ ",
            "print a\u{a0}b",
        ],
        expect![[r#"
            1:7: a quote is never closed
              "'" opened here
              help: add the missing `'`, or take the quote for itself: `\'`
            1:7: a quote is never closed
              "\"" opened here
              help: add the missing `"`, or take the quote for itself: `\"`
            2:9: a quote is never closed
              "\"" opened here
              "\"a\nprint \"" goes over several lines: maybe its end is the one missing
              help: add the missing `"`, or take the quote for itself: `\"`
            2:4: a quote is never closed
              "\"" opened here
              help: add the missing `"`, or take the quote for itself: `\"`
            1:10: blanks stand between a `\` and the end of its line
              "\\" so the line does not go on
              help: end the line right behind the `\`
            1:8: blanks stand between a `\` and the end of its line
              "\\" so the line does not go on
              help: end the line right behind the `\`
            1:8: a no-break space (U+00A0) stands here
              "\u{a0}" looks like a blank and is none
              help: type an ordinary space in its place
        "#]],
    );
}

#[test]
fn errors_of_substitutions() {
    check_errors(
        &[
            "print $(cat /etc/hosts | head) x",
            "print \"a $(b \"c\") `d`\"",
            "print `date` x",
            "print a`date",
            "print $((1 + 2))",
            "print $(a",
            "print $1 $?",
            "print \"$@\"",
            "print ${x:-1} y",
            "print \"${x",
            "print $'a\\tb'",
            "for i in {1..4}; do",
            "netns add ns{1..4}",
            "netns add {red,blue}",
            "diff <(a) b",
        ],
        expect![[r#"
            1:7: nns has no command substitution
              "$(cat /etc/hosts | head)" would be another command's output
              help: write the value itself, or name it: `let NAME = VALUE`
            1:10: nns has no command substitution
              "$(b \"c\")" would be another command's output
              help: write the value itself, or name it: `let NAME = VALUE`
            1:7: nns has no command substitution
              "`date`" would be another command's output
              help: write the value itself, or name it: `let NAME = VALUE`
            1:8: nns has no command substitution
              "`" would be another command's output
              help: write the value itself, or name it: `let NAME = VALUE`
            1:7: nns has no arithmetic as the shell writes it
              "$((1 + 2))" would be computed
              help: write `${ i + 1 }`
            1:7: nns has no command substitution
              "$(" would be another command's output
              help: write the value itself, or name it: `let NAME = VALUE`
            1:7: nns has no `$1`
              "$1" a variable of the shell
              help: use a name set with `let NAME = VALUE`; for the `$` itself type `\$`
            1:8: nns has no `$@`
              "$@" a variable of the shell
              help: use a name set with `let NAME = VALUE`; for the `$` itself type `\$`
            1:9: `x:` cannot be worked out
              "x:" not expected here
              help: names and numbers stand alone here, text in quotes, an operator between two
            1:7: a quote is never closed
              "\"" opened here
              help: add the missing `"`, or take the quote for itself: `\"`
            1:7: nns has no quotes with a `$` in front
              "$'" a bash spelling
              help: write `"…"`, which knows `\n` and `\t`
            1:1: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for i in 1..4 { … }`
            1:13: nns does not expand braces
              "{1..4}" would be several words
              help: write the words out; a range repeats statements in `for i in 1..4 { … }`
            1:11: nns does not expand braces
              "{red,blue}" would be several words
              help: write the words out; a range repeats statements in `for i in 1..4 { … }`
            1:6: nns has no command substitution
              "<(a)" would be another command's output
              help: write the value itself, or name it: `let NAME = VALUE`
        "#]],
    );
}

#[test]
fn errors_of_statements() {
    check_errors(
        &[
            "in",
            "in { a }",
            "in red",
            "in red in ; b",
            "in red in blue && b",
            "in $(x) a",
            "in red for x in y",
            "let",
            "let x",
            "let x =",
            "let = 1",
            "let 1x = 1",
            "let $x = 1",
            "let x == 1",
            "let x 1",
            "let x = a b",
            "let x = [red blue]",
            "in red let x = [red]",
            "let x = $(hostname)",
            "let x = \"a",
            "in red { a } b",
            "in red { a } { b }",
            "link show { a }",
            "{ a; b }",
            "(a; b)",
            "setup() {\n  a\n}",
            "sudo",
            "sudo -E",
            "sudo -u bob ip link",
            "sudo -n -E -- ; sudo -nE -u bob ip link; sudo -- -x",
            "sudo sudo; a",
        ],
        expect![[r#"
            1:1: `in` needs a namespace
              "in" expected a name
              help: write `in NAMESPACE STATEMENT` or `in NAMESPACE { … }`
            1:1: `in` needs a namespace
              "in" expected a name
              help: write `in NAMESPACE STATEMENT` or `in NAMESPACE { … }`
            1:1: nothing follows `in red`
              "in red" needs a statement behind it
              help: add the statement, or leave this out
            1:8: `in` needs a namespace
              "in" expected a name
              help: write `in NAMESPACE STATEMENT` or `in NAMESPACE { … }`
            1:8: nothing follows `in blue`
              "in blue" needs a statement behind it
              help: add the statement, or leave this out
            1:4: nns has no command substitution
              "$(x)" would be another command's output
              help: write the value itself, or name it: `let NAME = VALUE`
            1:8: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for x in [y] { … }`
            1:1: `let` needs a name and a value
              "let" expected `NAME = VALUE`
              help: write `let NAME = VALUE`
            1:1: `let` needs a name and a value
              "let x" expected `NAME = VALUE`
              help: write `let NAME = VALUE`
            1:1: `let` needs a name and a value
              "let x =" expected `NAME = VALUE`
              help: write `let NAME = VALUE`
            1:1: `let` needs a name and a value
              "let" expected `NAME = VALUE`
              help: write `let NAME = VALUE`
            1:5: `1x` cannot be a name
              "1x" not a name
              help: a name is made of letters, digits and `_`, and begins with no digit
            1:5: `$x` cannot be a name
              "$x" not a name
              help: a name is made of letters, digits and `_`, and begins with no digit
            1:1: `let` needs a name and a value
              "let x =" expected `NAME = VALUE`
              help: write `let NAME = VALUE`
            1:1: `let` needs a name and a value
              "let x" expected `NAME = VALUE`
              help: write `let NAME = VALUE`
            1:11: `let` takes one word as the value
              "b" one word too many
              help: quote the value: `let NAME = "a b"`
            1:9: nns has no command substitution
              "$(hostname)" would be another command's output
              help: write the value itself, or name it: `let NAME = VALUE`
            1:9: a quote is never closed
              "\"" opened here
              help: add the missing `"`, or take the quote for itself: `\"`
            1:14: a statement begins right behind a block
              "b" expected a newline or `;`
              help: begin a new line behind the `}`, or put `;` there
            1:14: no block can stand here
              "{" no statement takes this block
              help: write `in NAMESPACE { … }`, or leave the braces out
            1:11: no block can stand here
              "{" no statement takes this block
              help: write `in NAMESPACE { … }`, or leave the braces out
            1:1: no block can stand here
              "{" no statement takes this block
              help: write `in NAMESPACE { … }`, or leave the braces out
            1:1: nns has no subshells
              "(" opens a subshell
              help: leave the parentheses out
            1:9: nns has no shell functions
              "{" its body
              help: write `def NAME(a, b) { … }`
            1:1: nothing follows `sudo`
              "sudo" needs a statement behind it
              help: add the statement, or leave this out
            1:1: nothing follows `sudo -E`
              "sudo -E" needs a statement behind it
              help: add the statement, or leave this out
            1:6: `sudo` with options is not understood
              "-u" only `-E`, `-H`, `-S`, `-i`, `-k`, `-n` and `--` mean nothing
              help: leave `sudo` and its options out: nns needs neither
            1:1: nothing follows `sudo -n -E --`
              "sudo -n -E --" needs a statement behind it
              help: add the statement, or leave this out
            1:26: `sudo` with options is not understood
              "-u" only `-E`, `-H`, `-S`, `-i`, `-k`, `-n` and `--` mean nothing
              help: leave `sudo` and its options out: nns needs neither
            1:50: `sudo` with options is not understood
              "-x" only `-E`, `-H`, `-S`, `-i`, `-k`, `-n` and `--` mean nothing
              help: leave `sudo` and its options out: nns needs neither
            1:6: nothing follows `sudo`
              "sudo" needs a statement behind it
              help: add the statement, or leave this out
        "#]],
    );
}

#[test]
fn errors_of_shell_words() {
    check_errors(
        &[
            "NS=red",
            "NS=red ip link",
            "NS=\"a b\"",
            "NS=$(hostname)",
            "A=(1 2)",
            "for i in $(seq 4); do\n  netns add ns$i\ndone",
            "for i in a b; do x; done",
            "for i in 1..4 {\n  netns add\n  a | b\n}",
            "if [ -f x ]; then\n a\nelse\n b\nfi\nwhile true; do",
            "if x { a } else { b & }",
            "done",
            "export A=b",
            "set -e",
            "[[ a == b ]]",
            "def f(a) {\n  x\n}",
            "case $x in\n a) b ;;\nesac",
            "while read x; do a | b; done",
            "while true",
            "do x",
            "until a < b {\n  c &\n}",
            "in red if x; then a; fi && b | c",
        ],
        expect![[r#"
            1:1: `NS=…` is how a shell sets a variable
              "NS=red" not a statement
              help: write `let NS = red`
            1:1: `NS=…` is how a shell sets a variable
              "NS=red" not a statement
              help: write `let NS = red`
            1:1: `NS=…` is how a shell sets a variable
              "NS=\"a b\"" not a statement
              help: write `let NS = "a b"`
            1:1: `NS=…` is how a shell sets a variable
              "NS=" not a statement
              help: write `let NS = VALUE`
            1:1: `A=…` is how a shell sets a variable
              "A=(1" not a statement
              help: write `let A = VALUE`
            1:1: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for i in 1..4 { … }`
            1:1: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for i in [a b] { … }`
            1:4: `if` needs a condition and a block
              "[ -f x ]" expected `CONDITION { … }`
              help: write `if $x == red { … } else { … }`; `exists link eth0` and `ok { STATEMENT }` are conditions too
            6:1: nns has no `while`
              "while" a word of the shell
              help: `for x in LIST { … }` repeats, `if … { … } else { … }` chooses
            1:21: a lone `&` is not understood
              "&" would run in the background
              help: `spawn PROGRAM` is to do that, and is not in this version; between statements write `&&`; quoted, `"&"` is itself
            1:1: nns has no `done`
              "done" a word of the shell
              help: leave it out
            1:1: nns has no `export`
              "export" a word of the shell
              help: write `let NAME = VALUE`
            1:1: nns has no `set`
              "set" a word of the shell
              help: leave it out: a script stops at the first failure anyway
            1:1: nns has no `[[`
              "[[" a word of the shell
              help: use `&&` and `||`, which go by whether a statement succeeds
            1:1: nns has no `case`
              "case" a word of the shell
              help: `for x in LIST { … }` repeats, `if … { … } else { … }` chooses
            1:1: nns has no `while`
              "while" a word of the shell
              help: `for x in LIST { … }` repeats, `if … { … } else { … }` chooses
            1:1: nns has no `while`
              "while" a word of the shell
              help: `for x in LIST { … }` repeats, `if … { … } else { … }` chooses
            1:1: nns has no `do`
              "do" a word of the shell
              help: leave it out
            1:1: nns has no `until`
              "until" a word of the shell
              help: `for x in LIST { … }` repeats, `if … { … } else { … }` chooses
            2:5: a lone `&` is not understood
              "&" would run in the background
              help: `spawn PROGRAM` is to do that, and is not in this version; between statements write `&&`; quoted, `"&"` is itself
            1:8: `if` needs a condition and a block
              "if" expected `CONDITION { … }`
              help: write `if $x == red { … } else { … }`; `exists link eth0` and `ok { STATEMENT }` are conditions too
        "#]],
    );
}

#[test]
fn errors_of_braces() {
    check_errors(
        &[
            "in red {\n  a",
            "in red { in blue {\n  a\n}",
            "a\n}\nb }",
            "in red { a | b }\nin blue { c",
            "x | y {\n  a\n}\nb",
            "a\0b",
        ],
        expect![[r#"
            1:8: a block is never closed
              "{" opened here
              help: add the missing `}`
            1:8: a block is never closed
              "{" opened here
              help: add the missing `}`
            2:1: `}` closes nothing
              "}" no `{` belongs to it
              help: remove it, or quote it: `"}"`
            3:3: `}` closes nothing
              "}" no `{` belongs to it
              help: remove it, or quote it: `"}"`
            2:9: a block is never closed
              "{" opened here
              help: add the missing `}`
            1:7: no block can stand here
              "{" no statement takes this block
              help: write `in NAMESPACE { … }`, or leave the braces out
            1:2: the text holds a NUL byte
              "\0" not a text file?
              help: give a text file in UTF-8
        "#]],
    );
}

#[test]
fn all_errors_come_at_once_in_order_and_good_lines_stay() {
    let text = "a\nb |& c\nin red {\n  d &\n  e\n}\nf 'x\ng\n";
    let (_, script, diagnostics) = parsed(text);
    assert_eq!(diagnostics.len(), 3);
    assert!(diagnostics.iter().map(|d| d.labels[0].span.start).is_sorted());
    expect!["(a) ; (b) ; in red { (d) ; (e) } ; (f) ; (g)"].assert_eq(&show(&script.statements));
}
