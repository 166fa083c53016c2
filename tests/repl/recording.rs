//! The session that the README shows, recorded as it really looks.
//!
//! `UPDATE_EXPECT=1 cargo test --test repl -- recording` records it anew.

use std::{env, fs, path::Path};

use crate::{in_sandbox::forbidden, screen::Setting};

/// Where the recording is.
const FILE: &str = "docs/session.svg";

#[test]
fn recording() {
    if forbidden() {
        return;
    }
    let mut screen = Setting::new(&["--sandbox"]).env("NO_COLOR", "").size(33, 100).start();
    screen.await_line(0).enter("netns add red").enter("netns add blue");
    screen.enter("switch v-net-0 192.168.15.5/24 { red 192.168.15.1/24; blue 192.168.15.2/24 }");
    screen
        .enter("show topology")
        .enter("in red expect ping 192.168.15.2")
        .enter("in red route add default via 192.168.51.5");
    screen.enter("undo").keys("in red link set \t").expect("its hardware address");
    screen.await_prompt("nns [2]> in red link set ");
    let recorded = screen.svg();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &recorded).expect("the recording can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == recorded, "{FILE} is not what a session looks like:\n{}", screen.screen());
}
