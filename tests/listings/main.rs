//! Listings against the tools that they imitate: in a sandbox, `ip`, `arp` and `route` print the same network as the
//! renderers do from netlink dumps, and the outputs must be equal byte for byte.
//!
//! Each trial runs this program again as a child that, while it has one thread, moves into namespaces of its own,
//! builds a network with `ip` and compares. Counters and lifetimes tick: a comparison is repeated a few times before
//! it fails. Timers that tick in hundredths of a second are masked.
//!
//! Where namespaces are not allowed, or the tools are missing or of another version, a trial says so and passes, unless
//! `NNS_REQUIRE_KERNEL` is set.

mod command;
mod dump;
mod modelled;
mod sandbox;

use std::{env, process::Command};

use libtest_mimic::{Arguments, Failed, Trial};

use dump::{Rows, dumped};

/// The exit status of a child that could not begin: no namespaces, or other tools.
const SKIPPED: i32 = 77;

/// Command lines that are compared in the same network.
struct Group {
    name: &'static str,
    /// The commands that build the network.
    network: &'static str,
    /// The command lines.
    lines: &'static str,
    /// Where the rows come from.
    rows_of: fn(Option<&str>) -> Rows,
}

const NETWORK: &str = include_str!("network.txt");

const GROUPS: [Group; 7] = [
    Group { name: "links", network: NETWORK, lines: include_str!("links.txt"), rows_of: dumped },
    Group { name: "addresses", network: NETWORK, lines: include_str!("addresses.txt"), rows_of: dumped },
    Group { name: "routes", network: NETWORK, lines: include_str!("routes.txt"), rows_of: dumped },
    Group { name: "rules", network: NETWORK, lines: include_str!("rules.txt"), rows_of: dumped },
    Group { name: "neighbours", network: NETWORK, lines: include_str!("neighbours.txt"), rows_of: dumped },
    Group { name: "namespaces", network: NETWORK, lines: include_str!("namespaces.txt"), rows_of: dumped },
    Group {
        name: "modelled",
        network: include_str!("modelled_network.txt"),
        lines: include_str!("modelled.txt"),
        rows_of: modelled::rows_of,
    },
];

fn main() {
    let words: Vec<String> = env::args().collect();
    if let [_, mode, group] = words.as_slice()
        && mode == "--child"
    {
        std::process::exit(child(group));
    }
    let trials = GROUPS.map(|group| Trial::test(group.name, move || parent(group.name)));
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit();
}

fn parent(group: &str) -> Result<(), Failed> {
    let output = Command::new(env::current_exe()?).args(["--child", group]).output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) => Ok(()),
        Some(SKIPPED) if env::var_os("NNS_REQUIRE_KERNEL").is_none() => {
            eprintln!("skipped: {}", told.trim_end());
            Ok(())
        }
        _ => Err(told.into_owned().into()),
    }
}

fn child(name: &str) -> i32 {
    let group = GROUPS.into_iter().find(|group| group.name == name).expect("the parent names a group");
    if let Err(reason) = sandbox::require_tools().and_then(|()| sandbox::enter()) {
        eprintln!("{reason}");
        return SKIPPED;
    }
    sandbox::build(group.network);
    let failed = group.lines.lines().filter(|line| !compare(line, group.rows_of)).count();
    eprintln!("{failed} command lines differ");
    i32::from(failed != 0)
}

/// Whether a command line prints what it should.
fn compare(line: &str, rows_of: fn(Option<&str>) -> Rows) -> bool {
    const ATTEMPTS: usize = 10;
    let words: Vec<&str> = line.split(' ').collect();
    let mut theirs = String::new();
    let mut ours = String::new();
    for _ in 0..ATTEMPTS {
        theirs = mask_timers(&sandbox::output(&words));
        ours = mask_timers(&command::render(&words, &rows_of));
        if theirs == ours {
            return true;
        }
    }
    eprintln!("== {line}\n-- theirs\n{theirs}-- ours\n{ours}");
    false
}

/// Puts `T` in the place of the numbers behind timers.
fn mask_timers(text: &str) -> String {
    const TIMERS: [&str; 7] = [
        "hello_timer",
        "tcn_timer",
        "topology_change_timer",
        "gc_timer",
        "hold_timer",
        "message_age_timer",
        "forward_delay_timer",
    ];
    let mut masked = text.to_owned();
    for timer in TIMERS {
        let mut parts = masked.split(timer);
        let mut rebuilt = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let number = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
            let rest = part[number..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            rebuilt += &format!("{timer}{}T{rest}", part[..number].trim_end_matches(' '));
        }
        masked = rebuilt;
    }
    masked
}
