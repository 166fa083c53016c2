//! The scripts in `scripts/` run as they stand, for everybody, and leave the machine's network alone.
//!
//! In: each script, run by `nns --sandbox` without any environment, and by its own first line with `nns` in `PATH`; as
//! the user of the tests and, if that is root, as somebody who owns nothing. Out: exit status 0, nothing on standard
//! error but what the script is to show there, and a machine that looks to `ip` and `nft` as it did before.
//!
//! Where the machine forbids sandboxes the runs are skipped, unless `NNS_REQUIRE_KERNEL` is set.

use std::{
    collections::BTreeMap,
    env,
    fs::{self, Permissions},
    io,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Output, Stdio},
    sync::Arc,
};

use libtest_mimic::{Arguments, Failed, Trial};
use nix::unistd::geteuid;
use serde_json::Value;
use tempfile::TempDir;

/// What the scripts say on standard error that show a ping without a route. All others say nothing.
const SAID: [(&str, &str); 1] = [("switch-by-hand.nns", "ping: connect: Network is unreachable\n")];

/// How a line ends that some scripts have, and what those come to without it.
const NEEDED: &str = "link set veth-red-br up";
const WITHOUT: (i32, &str) = (3, "192.168.15.2 does not answer a ping from namespace `red`");

/// What the machine's network is asked.
const QUESTIONS: [&str; 7] = [
    "ip -j -d link",
    "ip -j -d addr",
    "ip -j -d route show table all",
    "ip -j -d -6 route show table all",
    "ip -j -d rule",
    "ip -j -d -6 rule",
    "nft list ruleset",
];

/// What `ip` tells that changes by itself.
const TICKING: [&str; 7] =
    ["age", "expires", "gc_timer", "hello_timer", "preferred_life_time", "tcn_timer", "valid_life_time"];

/// The user, and the group, that own nothing.
const NOBODY: u32 = 65_534;

/// How a script is started.
#[derive(Clone, Copy)]
enum Way {
    /// `nns --sandbox SCRIPT`, without any environment.
    Named,
    /// `SCRIPT --sandbox`, which finds `nns` in `PATH`.
    FirstLine,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // Before there are threads: a file cannot be started while the child of another thread has it open for writing.
    let copies = Arc::new(Copies::make().expect("there is room for copies"));
    // Only root can be somebody else.
    let users: &[_] = if geteuid().is_root() { &[("root", None), ("nobody", Some(NOBODY))] } else { &[("user", None)] };
    let mut trials = vec![Trial::test("the network is looked at", network_is_looked_at)];
    for &(who, user) in users {
        let skipped = copies.why_skipped(user);
        if let Some(why) = &skipped {
            eprintln!("skipped: as {who}: {why}");
            if env::var_os("NNS_REQUIRE_KERNEL").is_some() {
                return ExitCode::FAILURE;
            }
        }
        for name in &copies.scripts {
            for (how, way) in [("", Way::Named), (" by its first line", Way::FirstLine)] {
                let (copies, script) = (Arc::clone(&copies), name.clone());
                let trial = Trial::test(format!("{name} as {who}{how}"), move || copies.passes(&script, way, user));
                trials.push(trial.with_ignored_flag(skipped.is_some()));
            }
            if copies.path(&without_needed(name)).exists() {
                let (copies, script) = (Arc::clone(&copies), name.clone());
                let trial =
                    Trial::test(format!("{name} as {who} needs its lines"), move || copies.fails(&script, user));
                trials.push(trial.with_ignored_flag(skipped.is_some()));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The interpreter and the scripts, where everybody may read them.
struct Copies {
    folder: TempDir,
    scripts: Vec<String>,
}

impl Copies {
    fn make() -> io::Result<Self> {
        let open_to_all = Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("nns").permissions(open_to_all).tempdir()?;
        fs::copy(env!("CARGO_BIN_EXE_nns"), folder.path().join("nns"))?;
        let mut scripts = Vec::new();
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts"))? {
            for script in fs::read_dir(entry?.path())? {
                let script = script?;
                let name = script.file_name().into_string().expect("names of scripts are UTF-8");
                fs::copy(script.path(), folder.path().join(&name))?;
                let text = fs::read_to_string(script.path())?;
                if text.lines().any(|line| line.ends_with(NEEDED)) {
                    let without = text.lines().filter(|line| !line.ends_with(NEEDED)).map(|line| format!("{line}\n"));
                    fs::write(folder.path().join(without_needed(&name)), without.collect::<String>())?;
                }
                scripts.push(name);
            }
        }
        scripts.sort();
        Ok(Self { folder, scripts })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn why_skipped(&self, user: Option<u32>) -> Option<String> {
        let output = run(Command::new(self.path("nns")).env_clear().args(["--sandbox", "-c", ""]), user);
        (!output.status.success()).then(|| text(&output.stderr).trim().to_owned())
    }

    fn passes(&self, script: &str, way: Way, user: Option<u32>) -> Result<(), Failed> {
        let mut command = match way {
            Way::Named => {
                let mut command = Command::new(self.path("nns"));
                command.env_clear().arg("--sandbox").arg(self.path(script));
                command
            }
            Way::FirstLine => {
                let mut command = Command::new(self.path(script));
                command.env_clear().env("PATH", self.folder.path()).arg("--sandbox");
                command
            }
        };
        let before = network();
        let output = run(&mut command, user);
        let said = SAID.iter().find(|(name, _)| *name == script).map_or("", |(_, said)| said);
        if !output.status.success() || text(&output.stderr) != said {
            return Err(format!("{}, and said: {}", output.status, text(&output.stderr)).into());
        }
        same(&before, &network())
    }

    fn fails(&self, script: &str, user: Option<u32>) -> Result<(), Failed> {
        let before = network();
        let mut command = Command::new(self.path("nns"));
        let output = run(command.env_clear().arg("--sandbox").arg(self.path(&without_needed(script))), user);
        let (status, said) = WITHOUT;
        if output.status.code() != Some(status) || !text(&output.stderr).contains(said) {
            return Err(format!("{}, and said: {}", output.status, text(&output.stderr)).into());
        }
        same(&before, &network())
    }
}

/// The name of a script's copy that lacks [`NEEDED`].
fn without_needed(script: &str) -> String {
    format!("without-needed-{script}")
}

fn run(command: &mut Command, user: Option<u32>) -> Output {
    if let Some(id) = user {
        command.uid(id).gid(id);
    }
    command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The machine's network as others see it: each question with its answer, and the names of namespaces.
fn network() -> BTreeMap<&'static str, String> {
    let mut seen: BTreeMap<_, _> = QUESTIONS.iter().map(|question| (*question, answer(question))).collect();
    let names = fs::read_dir("/run/netns").map(|entries| {
        let mut names: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
        names.sort();
        names
    });
    seen.insert("/run/netns", names.map_or_else(|error| error.kind().to_string(), |names| format!("{names:?}")));
    seen
}

/// What a command answers, without what changes by itself. A refusal is an answer too: whoever may not see the rules
/// of the firewall is told so before and after.
fn answer(question: &str) -> String {
    let (program, arguments) = question.split_once(' ').expect("questions have arguments");
    let path = format!("{}:/usr/sbin:/sbin", env::var("PATH").unwrap_or_default());
    let output = match Command::new("env").env("PATH", path).arg(program).args(arguments.split(' ')).output() {
        Ok(output) => output,
        Err(error) => return error.to_string(),
    };
    if !output.status.success() {
        return text(&output.stderr);
    }
    match serde_json::from_slice::<Value>(&output.stdout) {
        Ok(mut value) => {
            mask(&mut value);
            format!("{value:#}")
        }
        Err(_) => without_counters(&text(&output.stdout)),
    }
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !TICKING.contains(&name.as_str()));
            fields.values_mut().for_each(mask);
        }
        Value::Array(values) => values.iter_mut().for_each(mask),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The rules of `nft` with `N` for the numbers behind `packets` and `bytes`.
fn without_counters(rules: &str) -> String {
    let mut words: Vec<&str> = rules.split(' ').collect();
    for at in 1..words.len() {
        if matches!(words[at - 1], "packets" | "bytes") {
            words[at] = if words[at].contains('\n') { "N\n" } else { "N" };
        }
    }
    words.join(" ")
}

fn same(before: &BTreeMap<&str, String>, after: &BTreeMap<&str, String>) -> Result<(), Failed> {
    for (question, answer) in before {
        if after[question] != *answer {
            return Err(format!("`{question}` said\n{answer}\nbefore, and now\n{}", after[question]).into());
        }
    }
    Ok(())
}

/// Without answers there would be nothing to compare.
fn network_is_looked_at() -> Result<(), Failed> {
    let seen = network();
    if env::var_os("NNS_REQUIRE_KERNEL").is_some() && !seen["ip -j -d link"].contains("\"lo\"") {
        return Err(format!("`ip` says: {}", seen["ip -j -d link"]).into());
    }
    let counted = "counter packets 12 bytes 3400 drop\n ct count 1 counter packets 0 bytes 0\n";
    assert_eq!(without_counters(counted), "counter packets N bytes N drop\n ct count 1 counter packets N bytes N\n");
    let mut ticking = serde_json::json!([{ "dev": "eth0", "expires": 7 }]);
    mask(&mut ticking);
    assert_eq!(ticking, serde_json::json!([{ "dev": "eth0" }]));
    let other = BTreeMap::from([("ip", "b".to_owned())]);
    assert!(same(&BTreeMap::from([("ip", "a".to_owned())]), &other).is_err() && same(&other, &other).is_ok());
    Ok(())
}
