//! The text of the errors of values, loops, conditions and `def`s.

use expect_test::expect;

use super::errors::check_errors;

#[test]
fn errors_of_values() {
    check_errors(
        &[
            "let x = [a, b]",
            "let x = [a [b]]",
            "let x = [a",
            "let x = [a] b",
            "print $x[",
            "print $x[a b]",
            "print $x[]",
            "print $x[[1]",
            "print \"a $x[1\"",
            "print ${ a b }",
            "print ${ 1 + }",
            "print ${}",
            "print ${ x.iq }",
            "print ${ (1 + 2 }",
            "print ${ 1 } ${ ;b }",
            "print $x.subnet(28)",
            "print $((1 + 2))",
            "print ${x:-y}",
        ],
        expect![[r#"
            1:9: a list holds words with blanks between them
              "[a," not a list
              help: write `[red blue]`; quote a `[` that is meant for itself
            1:9: a list holds words with blanks between them
              "[a" not a list
              help: write `[red blue]`; quote a `[` that is meant for itself
            1:9: a list holds words with blanks between them
              "[a" not a list
              help: write `[red blue]`; quote a `[` that is meant for itself
            1:13: `let` takes one word as the value
              "b" one word too many
              help: quote the value: `let NAME = "a b"`
            1:7: a `[` right behind a name takes a number and a `]`
              "$x[" an index begins here
              help: write `$NAME[0]`; before a `[` meant for itself, write `${NAME}`
            1:12: `b` cannot be worked out
              "b" not expected here
              help: names and numbers stand alone here, text in quotes, an operator between two
            1:10: a value is missing
              "" expected here
              help: write a name, a number, an address, or text in quotes
            1:7: a `[` right behind a name takes a number and a `]`
              "$x[" an index begins here
              help: write `$NAME[0]`; before a `[` meant for itself, write `${NAME}`
            1:10: a `[` right behind a name takes a number and a `]`
              "$x[" an index begins here
              help: write `$NAME[0]`; before a `[` meant for itself, write `${NAME}`
            1:12: `b` cannot be worked out
              "b" not expected here
              help: names and numbers stand alone here, text in quotes, an operator between two
            1:14: a value is missing
              "" expected here
              help: write a name, a number, an address, or text in quotes
            1:9: a value is missing
              "" expected here
              help: write a name, a number, an address, or text in quotes
            1:11: there is no field `iq`
              ".iq" no field
              help: there are `.ip .network .broadcast .netmask .len .first .last .size .subnet(28, 3)`
            1:7: `${…}` takes names, numbers, addresses, `+ - * / %` and parentheses
              "${ (1 + 2 }" nothing of that kind
              help: write `${NAME}` or `${ NAME + 1 }`, after `let NAME = VALUE`
            1:14: `${…}` takes names, numbers, addresses, `+ - * / %` and parentheses
              "${ ;b }" nothing of that kind
              help: write `${NAME}` or `${ NAME + 1 }`, after `let NAME = VALUE`
            1:9: `.subnet` takes a length and a number
              ".subnet(28)" two numbers are needed
              help: write `.subnet(28, 3)` for the `/28` number 3
            1:7: nns has no arithmetic as the shell writes it
              "$((1 + 2))" would be computed
              help: write `${ i + 1 }`
            1:9: `x:` cannot be worked out
              "x:" not expected here
              help: names and numbers stand alone here, text in quotes, an operator between two
        "#]],
    );
}

#[test]
fn errors_of_control() {
    check_errors(
        &[
            "for",
            "for x",
            "for i in $(seq 2 4); do\n a\ndone",
            "for i in {1..4}; do a; done",
            "for i in a b c {\n x\n}",
            "for i in [a, b] { x }",
            "for 1 in [a] { x }",
            "if",
            "if { a }",
            "if $x == { a }",
            "if and a { b }",
            "if a and { b }",
            "if a b { c }",
            "if exists { a }",
            "if [ -f x ]; then\n a\nfi",
            "if [[ -f x ]]; then a; fi",
            "if a && b { c }",
            "if a { b }\nelse { c }",
            "if a { b } else c",
            "if a { b } else { c } else { d }",
            "if a { b } elif c { d }",
            "if ok { a | b } { c & }",
            "include",
            "include $x",
            "include a b",
            "include a > b",
            "def",
            "def f { a }",
            "def f(a b) { c }",
            "def f(a, a) { c }",
            "def f(a = 1, b) { c }",
            "netns add {red,blue}",
            "print {1..4}",
        ],
        expect![[r#"
            1:1: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for x in LIST { … }`
            1:1: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for x in LIST { … }`
            1:1: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for i in 2..4 { … }`
            1:1: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for i in 1..4 { … }`
            1:1: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for i in [a b c] { … }`
            1:1: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for i in LIST { … }`
            1:1: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for x in LIST { … }`
            1:1: `if` needs a condition and a block
              "if" expected `CONDITION { … }`
              help: write `if $x == red { … } else { … }`; `exists link eth0` and `ok { STATEMENT }` are conditions too
            1:1: a condition is missing
              "if" expected a value
              help: write `$x == red`, `exists link eth0` or `ok { STATEMENT }`
            1:7: a condition is missing
              "==" expected a value
              help: write `$x == red`, `exists link eth0` or `ok { STATEMENT }`
            1:4: a condition is missing
              "and" expected a value
              help: write `$x == red`, `exists link eth0` or `ok { STATEMENT }`
            1:6: a condition is missing
              "and" expected a value
              help: write `$x == red`, `exists link eth0` or `ok { STATEMENT }`
            1:6: the condition ends before this
              "b" expected `{`
              help: join conditions with `and` and `or`; quote a text of several words
            1:4: `exists` needs a kind of thing and its name
              "exists" expected `link NAME`
              help: write `exists link eth0`, `exists netns red`, `exists addr` or `route`
            1:4: `if` needs a condition and a block
              "[ -f x ]" expected `CONDITION { … }`
              help: write `if $x == red { … } else { … }`; `exists link eth0` and `ok { STATEMENT }` are conditions too
            1:4: `if` needs a condition and a block
              "[[" expected `CONDITION { … }`
              help: write `if $x == red { … } else { … }`; `exists link eth0` and `ok { STATEMENT }` are conditions too
            1:1: `if` needs a condition and a block
              "if" expected `CONDITION { … }`
              help: write `if $x == red { … } else { … }`; `exists link eth0` and `ok { STATEMENT }` are conditions too
            2:1: `else` stands on the line of the `}` before it
              "else" begins a line
              help: write `} else {`
            1:12: `else` needs a block
              "else" expected `{`
              help: write `} else { … }` or `} else if CONDITION { … }`
            1:23: nothing can follow the last `else`
              "else" one too many
              help: leave it out
            1:12: nns has no `elif`
              "elif" a word of the shell
              help: leave it out
            1:21: a lone `&` is not understood
              "&" would run in the background
              help: `spawn PROGRAM` is to do that, and is not in this version; between statements write `&&`; quoted, `"&"` is itself
            1:1: `include` takes one file
              "include" expected a file's name
              help: write `include "FILE"`, without variables
            1:1: `include` takes one file
              "include $x" expected a file's name
              help: write `include "FILE"`, without variables
            1:1: `include` takes one file
              "include a b" expected a file's name
              help: write `include "FILE"`, without variables
            1:1: `include` takes one file
              "include a" expected a file's name
              help: write `include "FILE"`, without variables
            1:1: `def` needs a name, its parameters and a block
              "def" expected `NAME(PARAMETERS) { … }`
              help: write `def NAME(a, b = VALUE) { … }`
            1:1: `def` needs a name, its parameters and a block
              "def" expected `NAME(PARAMETERS) { … }`
              help: write `def NAME(a, b = VALUE) { … }`
            1:1: `def` needs a name, its parameters and a block
              "def" expected `NAME(PARAMETERS) { … }`
              help: write `def NAME(a, b = VALUE) { … }`
            1:10: there are two parameters `a`
              "a" the second
              help: give it another name
            1:14: `b` stands behind a parameter that may be left out
              "b" needs a default too
              help: put the parameters with `= VALUE` last
            1:11: nns does not expand braces
              "{red,blue}" would be several words
              help: write the words out; a range repeats statements in `for i in 1..4 { … }`
            1:7: nns does not expand braces
              "{1..4}" would be several words
              help: write the words out; a range repeats statements in `for i in 1..4 { … }`
        "#]],
    );
}
