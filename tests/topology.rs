//! `show topology` of networks of chance, and of kinds of links that only the kernel knows.

#[path = "model_and_kernel/generate/mod.rs"]
mod generate;
#[path = "random/mod.rs"]
mod random;

use std::process::Command;

use expect_test::expect;
use nns::{
    model::{
        World, apply,
        query::{LinkFlags, links_of},
    },
    report::{
        table::Style,
        topology::{Canvas, render},
    },
};

/// So many networks.
const WORLDS: u64 = 400;

#[test]
fn every_link_and_every_address_is_in_the_drawing() {
    let mut drawn_links = 0;
    for seed in 0..WORLDS {
        let mut world = World::fresh();
        for op in generate::sequence(seed, generate::Ops::Any) {
            // What is refused changes nothing.
            let _ = apply(&mut world, &op);
        }
        for width in [100, 60, 44, 20] {
            let canvas = Canvas { width, is_ascii: seed % 2 == 0 };
            let text = render(&mut world.clone(), canvas, Style::default()).unwrap();
            assert_eq!(text, render(&mut world.clone(), canvas, Style::default()).unwrap(), "seed {seed}");
            assert!(!canvas.is_ascii || text.is_ascii(), "seed {seed}:\n{text}");
            let words: Vec<&str> = text.split([' ', '\n', '(', ')', ',']).collect();
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            // The longest of the names and addresses there are, between two walls.
            assert!(widest <= width.max(28), "seed {seed}, {widest} columns:\n{text}");
            for ns in world.namespaces().map(|(ns, _)| ns) {
                for row in links_of(&world, ns) {
                    let addresses: Vec<String> = row.addresses.iter().map(|row| row.local.to_string()).collect();
                    let is_loopback = row.flags.has(LinkFlags::LOOPBACK);
                    assert!(is_loopback || words.contains(&row.name.as_str()), "seed {seed}: {}\n{text}", row.name);
                    for address in addresses.iter().filter(|address| !is_loopback || !is_own(address)) {
                        assert!(text.contains(address), "seed {seed}: {address}\n{text}");
                    }
                    drawn_links += usize::from(!is_loopback);
                }
            }
        }
    }
    assert!(drawn_links > 3000, "{drawn_links}");
}

/// Whether a loopback device may have it without anybody minding.
fn is_own(address: &str) -> bool {
    address.starts_with("127.") || address == "::1"
}

#[test]
fn links_that_stand_on_others() {
    let script = "
        requires kind macvlan
        netns add red
        wire eth0 10.0.0.1/24 -- red:eth0 10.0.0.2/24
        exec ip link add mv0 link eth0 type macvlan mode bridge
        exec ip link add mv1 link eth0 netns red type macvlan mode bridge
        exec ip link set mv0 up
        show topology
    ";
    let run = Command::new(env!("CARGO_BIN_EXE_nns"))
        .args(["--sandbox", "-c", script])
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "xterm")
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&run.stderr).into_owned();
    if run.status.code() == Some(77) || complaints.contains("no permission") {
        assert!(std::env::var_os("NNS_REQUIRE_KERNEL").is_none(), "{complaints}");
        eprintln!("skipped: {complaints}");
        return;
    }
    assert!(run.status.success(), "{complaints}");
    expect![[r#"
                                     ┌─ red ────────────────────────┐
        ┌─ host ──────────────────┐  │ ╭─● eth0 10.0.0.2/24         │
        │ ╭─● eth0 10.0.0.1/24    │  │ │ ○ mv1 down macvlan on eth0 │
        │ │ ● mv0 macvlan on eth0 │  │ │   in host                  │
        └─┼───────────────────────┘  └─┼────────────────────────────┘
          ╰────────────────────────────╯
    "#]]
    .assert_eq(&String::from_utf8_lossy(&run.stdout));
}
