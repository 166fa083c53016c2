//! Somebody else changes something between a run and its undoing, with `ip`, `nft`, `iptables` and `sysctl`.
//!
//! In: rows, one a kind of object, in `rows.rs`. Out: what the others did is there, what it stands on is there, all else is
//! as before the run, and what stays is told; `nns undo --all` takes that back as well.

use expect_test::Expect;
use libtest_mimic::{Failed, Trial};
use serde::{Deserialize, Serialize};

use crate::{
    observer::{self, Observation},
    rows::rows,
    sandboxed::in_sandbox,
    shell::{nns, sh},
};

/// A run, and what somebody else does behind it.
pub struct Row {
    /// What it is about.
    pub name: &'static str,
    /// Lines of a shell that build what is there before, beside [`BEFORE`].
    pub before: &'static str,
    /// The script that is run.
    pub run: &'static str,
    /// Lines of a shell: what somebody does then.
    pub others: &'static str,
    /// Lines of a shell that make of what was there before what is to be there in the end.
    pub left: &'static str,
    /// The same for what is to be there after `nns undo --all`.
    pub left_by_all: &'static str,
    /// How `nns undo` ends and what it says; then `nns undo --all`, where something stayed.
    pub said: Expect,
}

/// What is there before each run: a cable of the host, as if it were a wire, one into a namespace, a way out, a firewall.
const BEFORE: &str = "
    ip link add eth9 address 02:00:00:00:00:19 type veth peer name far9 address 02:00:00:00:00:20
    ip addr add 10.5.0.1/24 dev eth9; ip addr add fd05::1/64 dev eth9 nodad; ip link set far9 up; ip link set eth9 up
    ip route add default via 10.5.0.9; ip netns add old
    ip link add sw0 type bridge; ip link add p0 type veth peer name p1 netns old; ip link set p0 master sw0 up
    ip link set sw0 up; ip -n old link set p1 up; ip -n old addr add 10.6.0.2/24 dev p1; ip addr add 10.6.0.1/24 dev sw0
    iptables -A FORWARD -s 10.6.0.0/24 -j ACCEPT; iptables -A FORWARD -d 10.6.0.0/24 -j ACCEPT
    ip rule add from 10.6.0.0/24 table 66 pref 66
";

/// What was seen and said in a sandbox.
#[derive(Serialize, Deserialize)]
struct Seen {
    said: String,
    undone: Observation,
    all_undone: Observation,
}

/// A test for each row.
pub fn trials() -> Vec<Trial> {
    rows().into_iter().map(|row| Trial::test(format!("others: {}", row.name), move || held_to(&row))).collect()
}

fn held_to(row: &Row) -> Result<(), Failed> {
    let seen: Seen = serde_json::from_str(&in_sandbox(&format!("others {}", row.name))?)?;
    let mut differences = Vec::new();
    for (what, seen) in [("undo", &seen.undone), ("undo --all", &seen.all_undone)] {
        let wanted: Observation = serde_json::from_str(&in_sandbox(&format!("wanted by {what}: {}", row.name))?)?;
        let found = observer::compare(&wanted, seen);
        if !found.is_empty() {
            differences.push(format!("{what}: wanted (-) and there (+):\n{}", found.join("\n")));
        }
    }
    if !differences.is_empty() {
        return Err(format!("{}\n{}", differences.join("\n"), seen.said).into());
    }
    row.said.assert_eq(&seen.said);
    Ok(())
}

/// In a sandbox: the run, the others, the undoing.
pub fn play(name: &str) {
    let row = find(name);
    sh(BEFORE);
    sh(row.before);
    let run = nns(&["-c", row.run]);
    assert_eq!(run.status, Some(0), "{}", run.said);
    sh(row.others);
    let mut undo = nns(&["undo"]);
    let mut said = format!("exit status {}\n{}", undo.status.unwrap_or(-1), undo.said);
    let undone = observer::observe();
    if undo.status == Some(5) {
        undo = nns(&["undo", "--all"]);
        said += &format!("--all: exit status {}\n{}", undo.status.unwrap_or(-1), undo.said);
    }
    let said = said.lines().map(|line| format!("{}\n", untitled(line))).collect();
    print(&Seen { said, undone, all_undone: observer::observe() });
}

/// In another sandbox: what should be there.
pub fn wanted(name: &str) {
    let (what, name) = name.split_once(": ").expect("the parent says so");
    let row = find(name);
    sh(BEFORE);
    sh(row.before);
    sh(if what == "by undo" { row.left } else { row.left_by_all });
    print(&observer::observe());
}

/// Without the script in brackets.
fn untitled(line: &str) -> String {
    match (line.find(" ("), line.rfind(") is undone")) {
        (Some(start), Some(end)) => format!("{}{}", &line[..start], &line[end + 1..]),
        _ => line.to_owned(),
    }
}

fn find(name: &str) -> Row {
    rows().into_iter().find(|row| row.name == name).expect("the parent names it")
}

fn print(what: &impl Serialize) {
    println!("{}", serde_json::to_string(what).expect("texts can be written"));
}
