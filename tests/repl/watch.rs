//! What happens is told above the line that is typed.

use expect_test::expect;

use crate::{in_sandbox::forbidden, screen::Screen};

#[test]
fn what_others_do_is_told_while_one_types() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("watch");
    screen.keys("netns add b").await_prompt("nns> netns add b");
    screen.elsewhere(&["ip", "link", "add", "br0", "type", "bridge"]).expect("link br0 added");
    // What was typed so far is still there, below.
    screen.await_prompt("nns> netns add b").keys("lue\r").await_prompt("nns [1]> ");
    screen.expect("netns   blue added").enter("watch off");
    screen.elsewhere(&["ip", "link", "del", "br0"]).enter("watch off");
    expect![[r#"
        nns> watch
        what happens is told above the line from now on, until `watch off`
        host    link br0 added: bridge, down
        nns> netns add blue
        netns   blue added
        nns [1]> watch off
        nns [1]> watch off
        usage

          × nothing is watched
          help: `watch` tells what happens from now on

        nns [1]>"#]]
    .assert_eq(&screen.screen());
}
