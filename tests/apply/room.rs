//! What a case has in its sandbox: a folder for files, the real `nns`, a shell, and eyes.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::observer::{self, Observation};

/// A folder that is gone after the case.
pub struct Room {
    folder: TempDir,
}

/// How a run ended, and all that it said.
#[derive(Debug)]
pub struct Ran {
    pub status: Option<i32>,
    pub said: String,
}

impl Ran {
    /// Holds it to its exit status.
    #[track_caller]
    pub fn with(self, status: i32) -> String {
        assert_eq!(self.status, Some(status), "{}", self.said);
        self.said
    }
}

impl Room {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// `nns` with these arguments, in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut nns = Command::new(env!("CARGO_BIN_EXE_nns"));
        nns.args(arguments).current_dir(self.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        nns
    }

    pub fn nns(&self, arguments: &[&str]) -> Ran {
        said(&self.command(arguments).output().unwrap())
    }

    /// Writes `lab.nns` and applies it.
    pub fn apply(&self, text: &str) -> Ran {
        self.write("lab.nns", text);
        self.nns(&["apply", "-v", "lab.nns"])
    }

    /// What others do, with the usual tools.
    #[track_caller]
    pub fn others(&self, commands: &str) {
        let output = Command::new("sh").args(["-e", "-c", commands]).current_dir(self.path()).output().unwrap();
        assert!(output.status.success(), "{commands}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// How many runs were written down.
    pub fn journals(&self) -> usize {
        fs::read_dir("/run/nns").map(Iterator::count).unwrap_or_default()
    }
}

/// What an ended run said, on both outputs.
pub fn said(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { status: output.status.code(), said: text(&output.stdout) + &text(&output.stderr) }
}

/// Holds what is seen now to what was seen before.
#[track_caller]
pub fn unchanged(before: &Observation, why: &str) {
    let differences = observer::compare(before, &observer::observe());
    assert!(differences.is_empty(), "{why}; before (-) and after (+):\n{}", differences.join("\n"));
}

/// What is seen, but for the lines that rules are noted to come from: a rule that stays keeps its note.
pub fn print_observation() {
    let mut seen = observer::observe();
    for line in seen.values_mut().flatten() {
        *line = line.split_inclusive('\n').map(without_note).collect();
    }
    println!("{}", serde_json::to_string(&seen).unwrap());
}

fn without_note(line: &str) -> String {
    match line.split_once(" comment \"") {
        Some((rule, note)) if note.trim_end().ends_with('"') => format!("{rule}\n"),
        Some(_) | None => line.to_owned(),
    }
}

/// Holds a run to having changed nothing, not even for a moment.
#[track_caller]
pub fn was_so(ran: Ran) {
    let said = ran.with(0);
    assert!(said.contains("everything is so already\n"), "{said}");
    assert!(!said.lines().any(|line| line.starts_with("+ ")), "{said}");
}

/// What no two things share: the numbers of namespaces and links, hardware addresses, handles of rules.
pub fn identities() -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    let names = printed("ls", &["/run/netns"]);
    seen.insert("namespaces".to_owned(), printed("sh", &["-c", "cd /run/netns && stat -L -c '%n %i' * || true"]));
    for name in names.lines().map(Some).chain([None]) {
        let label = name.unwrap_or("host");
        let inside: Vec<&str> = name.map_or_else(Vec::new, |name| vec!["netns", "exec", name]);
        let ask = |question: &[&str]| match inside[..] {
            [] => printed(question[0], &question[1..]),
            _ => printed("ip", &[&inside[..], question].concat()),
        };
        let links: Vec<Value> = serde_json::from_str(&ask(&["ip", "-j", "link"])).unwrap();
        let links: Vec<String> =
            links.iter().map(|link| format!("{} {} {}", link["ifindex"], link["ifname"], link["address"])).collect();
        seen.insert(format!("{label}: links"), links.join("\n"));
        seen.insert(format!("{label}: rules"), ask(&["nft", "-a", "-s", "list", "ruleset"]));
    }
    seen
}

fn printed(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
