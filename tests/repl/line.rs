//! The line that is typed.

use expect_test::expect;

use crate::{
    in_sandbox::forbidden,
    screen::{Screen, Setting},
};

#[test]
fn statements_are_run_one_by_one() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("netns add red").enter("netns lst").enter("netns list");
    expect![[r#"
        nns> netns add red
        nns [1]> netns lst
        unknown-word

          × `netns` has no command `lst`
           ╭─[<prompt>:1:7]
         1 │ netns lst
           ·       ─┬─
           ·        ╰── no command of `netns`
           ╰────
          help: did you mean `list`?

        nns [1]> netns list
        NAMESPACE
        red
        nns [1]>"#]]
    .assert_eq(&screen.screen());
    screen.enter("enter red").await_prompt("nns red [2]> ").keys("\x04");
    screen.await_prompt("nns [3]> ").keys("\x04").expect("[l]eave, [s]ave, [c]ancel?").keys("\r");
    assert!(screen.end().success());
}

#[test]
fn ctrl_c_forgets_what_is_typed() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    let asked = screen.await_line(0).keys("print one").expect("print one").asked();
    screen.keys("\x03").await_line(asked).enter("print two");
    expect![[r#"
        nns> print one
        nns> print two
        two
        nns>"#]]
    .assert_eq(&screen.screen());
}

#[test]
fn ctrl_c_stops_the_statement_and_not_the_session() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("link set lo up");
    screen.keys("netns add red; ping -c 1000 127.0.0.1\r").expect("icmp_seq=1");
    let asked = screen.asked();
    screen.keys("\x03").expect("everything is as it was before").await_line(asked).enter("netns list");
    screen.expect("no named namespaces");
}

#[test]
fn a_shell_can_be_typed_into() {
    if forbidden() {
        return;
    }
    let mut screen = Setting::shell().start();
    screen.expect("sh>").keys("nns -c 'netns add red; netns list'\r").expect("red\nsh>");
}

#[test]
fn a_terminal_that_can_nothing_will_do() {
    if forbidden() {
        return;
    }
    let mut screen = Setting::new(&["--sandbox"]).env("TERM", "dumb").size(10, 60).start();
    screen.expect("nns>").keys("netns add red\rnetns list\r").expect("NAMESPACE\nred");
    screen.keys("\x04").expect("[l]eave, [s]av\ne, [c]ancel?").keys("\x04");
    assert!(screen.end().success());
}

#[test]
fn a_window_may_become_another_while_a_line_is_typed() {
    if forbidden() {
        return;
    }
    let mut screen = Setting::new(&["--sandbox"]).size(20, 100).start();
    screen.await_line(0).keys("print a b c d e f g h i j k l m n o p q r s t u v w x y z").expect("x y z");
    screen.resize(20, 30).expect("nns> print a b c d e f g h i j\n k l m").keys(" end\r");
    screen.expect("v w x y\n z end\na b c d e");
}

#[test]
fn what_is_pasted_waits_for_enter() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).paste("print one\nprint two\n").expect("print two").keys("\r").expect("two\nnns>");
}

#[test]
fn an_open_block_goes_on_in_the_next_line() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).keys("for n in 1..2 {\rprint \"$n\rand\"\r").expect("and\"");
    // Back up, and something is added to the first line.
    screen.keys("\x1b[A\x1b[A\x1b[A\x05 print a").expect("{ print a").keys("\x1b[B\x1b[B\x1b[B").enter("}");
    expect![[r#"
        nns> for n in 1..2 { print a
        print "$n
        and"
        }
        a
        1
        and
        a
        2
        and
        nns [1]>"#]]
    .assert_eq(&screen.screen());
}

#[test]
fn what_is_typed_ahead_is_not_lost() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).keys("print one\rprint two\rprint three\r").expect("three\nnns>").keys("print four");
    expect![[r#"
        nns> print one
        one
        nns> print two
        two
        nns> print three
        three
        nns> print four"#]]
    .assert_eq(&screen.expect("print four").screen());
}

#[test]
fn in_colour_what_was_typed_before_is_offered() {
    if forbidden() {
        return;
    }
    let mut screen = Setting::new(&["--sandbox"]).env("NO_COLOR", "").start();
    screen
        .await_line(0)
        .enter("print one two three")
        .keys("pri")
        .expect("nns> print one two three\none two three\nnns> print");
    screen
        .await_prompt("nns> pri")
        .keys("\x1b[C\r")
        .expect("one two three\nnns> print one two three\none two three\nnns>");
}

#[test]
fn what_was_meant_is_a_key_away() {
    if forbidden() {
        return;
    }
    let mut screen = Setting::new(&["--sandbox"]).env("NO_COLOR", "").start();
    for key in ["\x1b[C", "\t"] {
        screen
            .await_prompt("nns> ")
            .enter("nets lst")
            .expect("nns> netns lst")
            .keys("\x1b[C")
            .await_prompt("nns> netns lst");
        screen
            .keys("\r")
            .expect("nns> netns list")
            .keys(key)
            .await_prompt("nns> netns list")
            .keys("\r")
            .expect("no named");
        screen.keys("\x0c");
    }
    let mut plain = Screen::start(&["--sandbox"]);
    plain.await_line(0).enter("in host netns lst").expect("nns> (→ in host netns list)").keys("\x1b[C\r");
    plain.expect("no named").enter("print one").enter("undo x").expect("is not a number\n");
}

/// Where a line stands is told of files; what was typed stands above, or is told itself.
#[test]
fn what_is_told_of_a_line_names_no_place_of_it() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("netns del red || netns add red").enter("link add v0 type veth peer v1");
    screen.enter("route add 10.0.0.0/24 dev v0");
    expect![[r#"
        nns> netns del red || netns add red
        there is no namespace `red`
        nns [1]> link add v0 type veth peer v1
        nns [2]> route add 10.0.0.0/24 dev v0
        kernel-refused

          × link `v0` in the host is down
           ╭─[<prompt>:1:27]
         1 │ route add 10.0.0.0/24 dev v0
           ·                           ─┬
           ·                            ╰── down: nothing can go this way
           ╰────
          note: `link add v0 type veth peer v1`: came here, down
          help: set it up first: `ip link set v0 up`

        nns [2]>"#]]
    .assert_eq(&screen.screen());
}
