//! What the layout looks like, and what holds for all texts.

mod properties;

use expect_test::{Expect, expect};

use super::{Unformatted, format, layout::lay_out, lex, lines};
use crate::source::Sources;

fn formatted(text: &str) -> Result<String, Unformatted> {
    let mut sources = Sources::default();
    let id = sources.add("a.nns", text);
    format(sources.get(id))
}

#[expect(clippy::needless_pass_by_value, reason = "`expect![]` makes values")]
fn check(text: &str, expected: Expect) {
    let once = formatted(text).unwrap();
    expected.assert_eq(&once);
    assert_eq!(formatted(&once).unwrap(), once, "laid out twice");
}

#[test]
fn statements_and_blocks() {
    check(
        "\u{feff}\r\n\n#!/usr/bin/env nns\n\n\n\nlet x=1;let  y = [ a   'b c' ]\r\nin red{a;;b;}\nin red {\n a\n\n\n b; c\n\n}
for  n,x in [a b]{ a }\ndef f( a,b =1,c=[x  y] ) {\n\ta}\nif $x<3 and not ok{a;b} { a } else { b }\nif a {
b } else if exists link  x{ c } else {}\n  a>f 2> g 2>&1 &>>h   |b|| c&&d\nsudo -n   ip link\nin red sudo in blue a\n\n",
        expect![[r#"
            #!/usr/bin/env nns

            let x = 1
            let y = [a 'b c']
            in red { a; b }
            in red {
              a

              b
              c
            }
            for n, x in [a b] { a }
            def f(a, b = 1, c = [x y]) {
              a
            }
            if $x < 3 and not ok { a; b } { a } else { b }
            if a {
              b
            } else if exists link x {
              c
            } else { }
            a > f 2>g 2>&1 &>>h | b || c && d
            sudo -n ip link
            in red sudo in blue a
        "#]],
    );
}

#[test]
fn comments() {
    check(
        "# first\n\na # one\nbcd   # two  \n  # own\nin red { # open\n # in it\n a # x\n  bb # y\n # last\n} # close
a &&   # why\n # more\n b # end\n\n# allow: x\na; b # allow: left-down\na; b # no\nin red { a; b } # allow: x\n;# c",
        expect![[r#"
            # first

            a    # one
            bcd  # two
            # own
            in red {  # open
              # in it
              a   # x
              bb  # y
              # last
            }     # close
            a &&  # why
                # more
                b  # end

            # allow: x
            a; b             # allow: left-down
            a
            b                # no
            in red { a; b }  # allow: x
            # c
        "#]],
    );
}

#[test]
fn lines_that_go_on() {
    check(
        "ip link add a \\\n type veth \\\n  peer name b\na &&\n b ||\n in red {\n x }\na \\\n && b \\\n| c\nlet x = [a \\\nb]
a \\\n\nb \\\n# c\nwo\\\nrd 'two\n   lines' # c\n$ a\nme@h:~$ b\n$ $ c\na && \\\n $ b\nin red { $ x\n }\nin red { $ x }\na \\\n $ b\n",
        expect![[r#"
            ip link add a \
                type veth \
                peer name b
            a &&
                b ||
                in red {
                  x
                }
            a &&
                b |
                c
            let x = [a \
                b]
            a
            b          # c
            wo\
            rd 'two
               lines'  # c
            a
            b
            $ $ c
            a && $ b
            in red {
              $ $ x
            }
            in red { $ x }
            a \
                $ b
        "#]],
    );
}

#[test]
fn blocks_that_do_not_fit() {
    let long = "link set a-link-with-a-long-name up; ".repeat(3);
    check(
        &format!(
            "in red {{ {long} }}\nif ok {{ a }} {{ {long} }} else {{ b }}\nin red {{ in blue {{ {long} }}; in x {{ a }} }}
if ok {{ {long} }} {{ a }}\nin red {{ {long} }} # allow: name-too-long\n"
        ),
        expect![[r#"
            in red {
              link set a-link-with-a-long-name up
              link set a-link-with-a-long-name up
              link set a-link-with-a-long-name up
            }
            if ok { a } {
              link set a-link-with-a-long-name up
              link set a-link-with-a-long-name up
              link set a-link-with-a-long-name up
            } else {
              b
            }
            in red {
              in blue {
                link set a-link-with-a-long-name up
                link set a-link-with-a-long-name up
                link set a-link-with-a-long-name up
              }
              in x { a }
            }
            if ok {
              link set a-link-with-a-long-name up
              link set a-link-with-a-long-name up
              link set a-link-with-a-long-name up
            } {
              a
            }
            in red { link set a-link-with-a-long-name up; link set a-link-with-a-long-name up; link set a-link-with-a-long-name up }  # allow: name-too-long
        "#]],
    );
}

/// Whatever word a statement begins with: what its block means is for others to say.
#[test]
fn a_command_with_a_block() {
    let text = "switch   v-net-0 192.168.15.5/24 {   # ports\n red   192.168.15.1/24\nblue  192.168.15.2/24  gateway\n}
expect \"both ends\"   {a;b}\nsudo expect x {\n a; b} && c\n";
    let lines = lay_out(&lex::read(text).unwrap());
    expect![[r#"
        switch v-net-0 192.168.15.5/24 {  # ports
          red   192.168.15.1/24
          blue  192.168.15.2/24  gateway
        }
        expect "both ends" { a; b }
        sudo expect x {
          a
          b
        } && c
    "#]]
    .assert_eq(&lines::join(&lines));
}

/// A first word that looks like a prompt keeps the one in front of it, and its distance from the next word.
#[test]
fn a_port_that_looks_like_a_prompt() {
    let lines = lay_out(&lex::read("switch a {\n$ $ b\n$ $ 2>c | d\nred b\n}\n").unwrap());
    expect![[r#"
        switch a {
          $ $    b
          $ $    2>c  |  d
          red  b
        }
    "#]]
    .assert_eq(&lines::join(&lines));
}

#[test]
fn a_script_with_errors_is_left_alone() {
    let Err(Unformatted::Syntax(diagnostics)) = formatted("a\nin red {\n") else { panic!("it has an error") };
    assert_eq!(diagnostics.len(), 1);
}
