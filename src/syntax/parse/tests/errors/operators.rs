//! The errors of what stands between statements, and of what sends their output elsewhere.

use expect_test::expect;

use super::check_errors;

#[test]
fn errors_of_operators() {
    check_errors(
        &[
            "ip link | grep veth",
            "echo 1 | sudo tee -a /proc/sys/net/ipv4/ip_forward",
            "ip link |& cat",
            "python3 -m http.server & ",
            "ping 10.0.0.1&\nlink show",
            "cat < file",
            "ip netns add <name>",
            "cat <<< x",
            "cat <<-'EOF' > f\nfor {\n\"\n\tEOF\nlink show",
            "cat << x",
            "&& a",
            "|| a",
            "| a",
            "a &&",
            "a || # why\n\n",
            "in red { a && }",
            "a && ; b",
            "a && && b",
            "a &&\n; b",
            "a &&\n $ # why\n",
            "a &&\n\\\n$ }",
            "a &&\n\\",
            "a \\\r; b",
            "a &&\nfor i in 1 2",
            "a |",
            "a | | b",
            "a | in red b",
            "a | let x = 1",
            "a | for x in y",
            "in red { a } | b",
            "a | b &",
            "a && $(b)",
        ],
        expect![[r#"
            1:9: nns has no `|&`
              "|&" a bash spelling
              help: write `2>&1 |`
            1:24: a lone `&` is not understood
              "&" would run in the background
              help: `spawn PROGRAM` is to do that, and is not in this version; between statements write `&&`; quoted, `"&"` is itself
            1:14: a lone `&` is not understood
              "&" would run in the background
              help: `spawn PROGRAM` is to do that, and is not in this version; between statements write `&&`; quoted, `"&"` is itself
            1:5: input cannot be redirected
              "<" would read from a file
              help: give the values as words of the statement
            1:14: `<name>` is to be replaced by a value
              "<name>" stands for a value
              help: type the value itself, without `<` and `>`
            1:5: input cannot be redirected
              "<<<" would read from a file
              help: give the values as words of the statement
            1:5: here-documents are not understood
              "<<-'EOF'" its text is skipped
              help: write the lines as statements, or `echo … > FILE` for each
            1:5: here-documents are not understood
              "<< x" its text is skipped
              help: write the lines as statements, or `echo … > FILE` for each
            1:1: nothing stands before `&&`
              "&&" needs a statement before it
              help: write `STATEMENT && STATEMENT`
            1:1: nothing stands before `||`
              "||" needs a statement before it
              help: write `STATEMENT || STATEMENT`
            1:1: nothing stands before `|`
              "|" needs a statement before it
              help: write `STATEMENT | STATEMENT`
            1:3: nothing follows `&&`
              "&&" needs a statement behind it
              help: add the statement, or leave this out
            1:3: nothing follows `||`
              "||" needs a statement behind it
              help: add the statement, or leave this out
            1:12: nothing follows `&&`
              "&&" needs a statement behind it
              help: add the statement, or leave this out
            1:3: nothing follows `&&`
              "&&" needs a statement behind it
              help: add the statement, or leave this out
            1:3: nothing follows `&&`
              "&&" needs a statement behind it
              help: add the statement, or leave this out
            1:3: nothing follows `&&`
              "&&" needs a statement behind it
              help: add the statement, or leave this out
            1:3: nothing follows `&&`
              "&&" needs a statement behind it
              help: add the statement, or leave this out
            1:3: nothing follows `&&`
              "&&" needs a statement behind it
              help: add the statement, or leave this out
            3:3: `}` closes nothing
              "}" no `{` belongs to it
              help: remove it, or quote it: `"}"`
            1:3: nothing follows `&&`
              "&&" needs a statement behind it
              help: add the statement, or leave this out
            1:3: blanks stand between a `\` and the end of its line
              "\\" so the line does not go on
              help: end the line right behind the `\`
            2:1: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for i in [1 2] { … }`
            1:3: nothing follows `|`
              "|" needs a statement behind it
              help: add the statement, or leave this out
            1:3: nothing follows `|`
              "|" needs a statement behind it
              help: add the statement, or leave this out
            1:5: `|` leads into a program, and `in` is none
              "in red b" no program
              help: write `in NAMESPACE COMMAND | PROGRAM`: both act in the namespace
            1:5: `|` leads into a program, and `let` is none
              "let x = 1" no program
              help: write `in NAMESPACE COMMAND | PROGRAM`: both act in the namespace
            1:5: `for` needs a name, a list or a range, and a block
              "for" not a loop
              help: write `for x in [y] { … }`
            1:14: only commands can be piped
              "|" not behind a command
              help: pipe the commands themselves, each on its own
            1:7: a lone `&` is not understood
              "&" would run in the background
              help: `spawn PROGRAM` is to do that, and is not in this version; between statements write `&&`; quoted, `"&"` is itself
            1:6: nns has no command substitution
              "$(b)" would be another command's output
              help: write the value itself, or name it: `let NAME = VALUE`
        "#]],
    );
}

#[test]
fn errors_of_redirections() {
    check_errors(
        &[
            "a >",
            "a 2>> ; b",
            "a > | b",
            "a 2>&x",
            "a 3>f",
            "a 0<f",
            "> f",
            "> f a",
            "a >#f",
            "let x = 1 > f",
            "in red { a } > f",
            "a > >(b)",
        ],
        expect![[r#"
            1:3: `>` needs a file
              ">" expected a file's name
              help: write `> FILE`
            1:3: `2>>` needs a file
              "2>>" expected a file's name
              help: write `2>> FILE`
            1:3: `>` needs a file
              ">" expected a file's name
              help: write `> FILE`
            1:3: `2>` needs a file
              "2>" expected a file's name
              help: write `2> FILE`
            1:3: only outputs 1 and 2 can be redirected
              "3>" neither 1 nor 2
              help: use `>`, `2>` or `&>`; a number before `>` stands apart from it
            1:3: only outputs 1 and 2 can be redirected
              "0<" neither 1 nor 2
              help: use `>`, `2>` or `&>`; a number before `>` stands apart from it
            1:1: a redirection stands without a command
              ">" no command before it
              help: write `COMMAND > FILE`
            1:1: a redirection stands without a command
              ">" no command before it
              help: write `COMMAND > FILE`
            1:3: `>` needs a file
              ">" expected a file's name
              help: write `> FILE`
            1:11: only commands can be redirected
              ">" not behind a command
              help: redirect the commands themselves, each on its own
            1:14: only commands can be redirected
              ">" not behind a command
              help: redirect the commands themselves, each on its own
            1:3: `>` needs a file
              ">" expected a file's name
              help: write `> FILE`
        "#]],
    );
}
