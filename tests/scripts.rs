//! The tutorials and worlds in `scripts/` run as they stand, for everybody, and leave the machine's network alone. The
//! labs have tests of their own, in `labs.rs`.
//!
//! In: each script, run by `nns --sandbox` without any environment, and by its own first line with `nns` in `PATH`; as
//! the user of the tests and, if that is root, as somebody who owns nothing. Tutorials are run in the world `lan`, and
//! the one that needs programs finds these and no others in its `PATH`. Out: exit status 0, nothing on standard error
//! but what the script is to show there, and a machine that looks to `ip` and `nft` as it did before.
//!
//! Where a script says `expect no …` and further down `expect …`, what stands between the two is left out, and the
//! script must fail there: it is that which makes the difference.
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

/// What the scripts say on standard error that show a ping without a route, or a program that fails. All others say
/// nothing.
const SAID: [(&str, &str); 3] = [
    ("bridge-to-the-lan.nns", "ping: connect: Network is unreachable\n"),
    ("container-by-hand.nns", "ls: cannot access '/run/go_root/proc/self': No such file or directory\n"),
    ("switch-by-hand.nns", "ping: connect: Network is unreachable\n"),
];

/// The programs that a script needs.
const PROGRAMS: [(&str, &[&str]); 1] =
    [("container-by-hand.nns", &["busybox", "chroot", "cp", "ls", "mkdir", "umount", "unshare"])];

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
    let mut arguments = Arguments::from_args();
    // They wait for answers that do not come, most of the time.
    arguments.test_threads.get_or_insert(8);
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
        }
    }
    // Whose the sandbox is makes no difference to packets.
    let skipped = copies.why_skipped(None).is_some();
    for name in &copies.scripts {
        for gap in gaps(&copies.text(name)) {
            let (copies, script) = (Arc::clone(&copies), name.clone());
            let what = format!("{name}:{} needs what stands before", gap.expected + 1);
            trials.push(Trial::test(what, move || copies.fails(&script, &gap)).with_ignored_flag(skipped));
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
        for kind in ["tutorials", "worlds"] {
            for script in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(kind))? {
                let script = script?;
                let name = script.file_name().into_string().expect("names of scripts are UTF-8");
                fs::copy(script.path(), folder.path().join(&name))?;
                scripts.push(name);
            }
        }
        for (script, programs) in PROGRAMS {
            let tools = folder.path().join(format!("tools-of-{script}"));
            fs::create_dir(&tools)?;
            for program in programs {
                let places = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].map(|place| Path::new(place).join(program));
                let place = places.iter().find(|place| place.exists());
                let place = place.ok_or_else(|| io::Error::other(format!("there is no program `{program}`")))?;
                std::os::unix::fs::symlink(place, tools.join(program))?;
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

    fn text(&self, script: &str) -> String {
        fs::read_to_string(self.path(script)).expect("the copy can be read")
    }

    /// `nns`, or the script, with nothing around it but what it needs.
    fn command(&self, way: Way, script: &str) -> Command {
        let mut command = Command::new(match way {
            Way::Named => self.path("nns"),
            Way::FirstLine => self.path(script),
        });
        let tools = self.path(&format!("tools-of-{script}"));
        let path: Vec<PathBuf> = match way {
            Way::Named if !tools.exists() => Vec::new(),
            Way::Named => vec![tools],
            Way::FirstLine => vec![self.folder.path().into(), tools],
        };
        command.env_clear().arg("--sandbox");
        if !path.is_empty() {
            command.env("PATH", env::join_paths(path).expect("no path has a colon"));
        }
        if script != WORLD {
            command.args(["--world", "lan"]);
        }
        command
    }

    fn passes(&self, script: &str, way: Way, user: Option<u32>) -> Result<(), Failed> {
        let mut command = self.command(way, script);
        if let Way::Named = way {
            command.arg(self.path(script));
        }
        let before = network();
        let output = run(&mut command, user);
        let said = SAID.iter().find(|(name, _)| *name == script).map_or("", |(_, said)| said);
        if !output.status.success() || text(&output.stderr) != said {
            return Err(format!("{}, and said: {}", output.status, text(&output.stderr)).into());
        }
        same(&before, &network())
    }

    fn fails(&self, script: &str, gap: &Gap) -> Result<(), Failed> {
        let copy = self.path(&format!("without-{}-{script}", gap.denied));
        fs::write(&copy, gap.without(&self.text(script)))?;
        let before = network();
        let output = run(self.command(Way::Named, script).arg(&copy), None);
        let place = format!("{}:{}:", copy.display(), gap.expected + 1);
        let said = text(&output.stderr);
        if output.status.code() != Some(3) || !said.contains(&place) {
            return Err(format!("{}, and said: {said}", output.status).into());
        }
        same(&before, &network())
    }
}

/// The script that is a world itself.
const WORLD: &str = "lan.nns";

/// What stands between a claim that does not hold and the place where it does. Lines are counted from 0.
struct Gap {
    /// The line of `expect no …`.
    denied: usize,
    /// The line that says something of the claim again.
    again: usize,
    /// The line of `expect …`.
    expected: usize,
}

/// The claim of a line, and whether it is to hold.
fn claim(line: &str) -> Option<(&str, bool)> {
    let claim = line.strip_prefix("expect ")?;
    Some(claim.strip_prefix("no ").map_or((claim, true), |denied| (denied, false)))
}

/// Each `expect no …` of a script about pings and ports, with the place where that is turned.
fn gaps(text: &str) -> Vec<Gap> {
    let lines: Vec<Option<(&str, bool)>> = text.lines().map(claim).collect();
    let mut gaps = Vec::new();
    for (denied, line) in lines.iter().enumerate() {
        let Some((asked, false)) = *line else { continue };
        if !asked.starts_with("ping ") && !asked.starts_with("tcp ") {
            continue;
        }
        let behind = |at: &usize| *at > denied;
        let mut same = (0..lines.len()).filter(behind).filter(|at| lines[*at].is_some_and(|(other, _)| other == asked));
        let again = same.clone().next();
        let expected = same.find(|at| lines[*at].is_some_and(|(_, holds)| holds));
        let turned = again.zip(expected).unwrap_or_else(|| panic!("nothing turns `expect no {asked}`"));
        gaps.push(Gap { denied, again: turned.0, expected: turned.1 });
    }
    gaps
}

impl Gap {
    /// The script without what stands in the gap, and without what else asks or shows and takes its time.
    fn without(&self, text: &str) -> String {
        let keep = |(at, line): (usize, &str)| {
            let is_in_gap = self.denied < at && at < self.again && !line.starts_with('#');
            let asks = line.starts_with("expect ") || line.starts_with("ping ") || line.contains(" ping ");
            let is_kept = at == self.expected || (at < self.expected && !is_in_gap && !asks);
            if is_kept { format!("{line}\n") } else { "\n".into() }
        };
        text.lines().enumerate().map(keep).collect()
    }
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
