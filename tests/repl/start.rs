//! How the prompt begins.

use expect_test::expect;
use nix::unistd::{Uid, chown, geteuid};
use tempfile::TempDir;

use crate::{in_sandbox::forbidden, screen::Setting};

#[test]
fn without_privileges_it_is_a_sandbox() {
    if forbidden() {
        return;
    }
    let home = TempDir::new().unwrap();
    let setting = match geteuid().is_root() {
        true => Setting::without_privileges(),
        false => Setting::new(&[]),
    };
    if geteuid().is_root() {
        chown(home.path(), Some(Uid::from_raw(65534)), None).unwrap();
    }
    let mut screen = setting.home(home.path()).start();
    if screen.await_line(0).screen().contains("nor can there be a sandbox") {
        println!("skipped: {}", screen.screen());
        return;
    }
    screen.enter("netns add red").enter("save lab.nns").enter("netns list");
    expect![[r#"
        without privileges, this is a sandbox: a network that goes when you leave
        (`sudo nns` changes this machine's own)
        nns> netns add red
        nns [1]> save lab.nns
        `lab.nns`: 1 statement
        nns [1]> netns list
        NAMESPACE
        red
        nns [1]>"#]]
    .assert_eq(&screen.screen());
    screen.keys("\x04");
    assert!(screen.end().success());
    assert!(std::fs::read_to_string(home.path().join("lab.nns")).unwrap().contains("nns --sandbox lab.nns"));
    assert!(home.path().join("state/nns/history").exists());
}

#[test]
fn it_may_begin_in_a_world() {
    if forbidden() {
        return;
    }
    let mut screen = Setting::new(&["--sandbox", "--world", "lan"]).start();
    screen.await_line(0).enter("ping -c 1 8.8.8.8").expect("1 received").await_prompt("nns> ");
}
