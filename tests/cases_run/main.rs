//! The case files of `tests/cases/`, each in a sandbox of its own.
//!
//! Every case runs on the memory backend and on the kernel. What it prints and its exit status stand in the `.out` file
//! beside it, and must be the same on both; the worlds that both leave must be equal. A case that succeeds and is
//! written as `ip` is typed is also run by `sh` with the real tools, and an outside observer must see the same. One that
//! fails must leave what was there before. Then the n-th operation is made to fail, for every n, at the backend and at
//! the netlink socket, and each time the observer must see what it saw before; and `nns` is made to die there, after which
//! another one must be able to take everything back, as it must when nothing went wrong.
//!
//! Where there is a `.before` file beside a case, the real tools build what it says first.
//!
//! Scripts of chance are played in the same roles: `NNS_SEQUENCES` says how many, `NNS_SEED` where chance begins. Every sixth
//! dies, and of the cases every sixth meets faults at the socket and is undone; with `NNS_EVERY` all.
//!
//! `UPDATE_EXPECT=1 cargo test --test cases` writes the `.out` files. A first line `# shell: no` says that a case cannot
//! be run by `sh`.

#[path = "../observer/mod.rs"]
mod observer;
#[expect(dead_code, reason = "ops that cannot be taken back are for others")]
#[path = "../model_and_kernel/generate/mod.rs"]
mod generate;
mod generated;
mod play;
#[path = "../random/mod.rs"]
mod random;
#[path = "../without/mod.rs"]
mod without;

use std::{
    env, fs, io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use libtest_mimic::{Arguments, Failed, Trial};
use nns::backend::sandbox;
use tempfile::TempDir;

/// Set for the child that plays a case: what it is to do.
const ROLE: &str = "NNS_CASE_ROLE";
/// An ordinary user's number: `nobody` on Debian.
const NOBODY: u32 = 65534;
/// Set where every case is to be played in every role.
const EVERY: &str = "NNS_EVERY";
/// How many scripts of chance there are if nothing else is said.
const OF_CHANCE: u64 = 3;

fn main() -> ExitCode {
    if let Ok(role) = env::var(ROLE) {
        return play::main(&role);
    }
    let mut arguments = Arguments::from_args();
    // Each case is a process with namespaces of its own: the kernel makes and unmakes them one after the other anyway.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let skipped = forbidden();
    if let Some(why) = &skipped {
        println!("skipped: {why}");
        if env::var_os("NNS_REQUIRE_KERNEL").is_some() {
            println!("and NNS_REQUIRE_KERNEL is set");
            return ExitCode::FAILURE;
        }
    }
    let ignored = skipped.is_some();
    let mut trials = Vec::new();
    // It goes when all is done.
    let folder = tempfile::tempdir().expect("there is room for scripts of chance");
    let of_chance = generated::write(folder.path(), seeds());
    let is_bounded = env::var_os(EVERY).is_none();
    // What users run is played in all roles, but for deaths; of the cases a part is enough for a day.
    let of_users = scripts().into_iter().chain(of_chance).map(|script| (script, 1));
    for (number, (case, every)) in cases().into_iter().map(|case| (case, 6)).chain(of_users).enumerate() {
        for (role, every) in
            [("faults at the backend", 1), ("faults at the socket", every), ("deaths", 6), ("an undo", every)]
        {
            if is_bounded && number % every > 0 {
                continue;
            }
            let (name, case) = (format!("{} with {role}", name(&case)), case.clone());
            trials.push(Trial::test(name, move || played(role, &case).map(|_| ())).with_ignored_flag(ignored));
        }
    }
    for case in cases() {
        trials.push(Trial::test(name(&case), move || golden(&case)).with_ignored_flag(ignored));
    }
    if nix::unistd::geteuid().is_root() {
        // Before there are threads: what the child of another thread has open for writing cannot be started.
        let folder = copy_for_all().expect("there is room for a copy");
        let user = Trial::test("as an ordinary user", move || as_ordinary_user(&folder)).with_ignored_flag(ignored);
        trials.push(user);
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn name(case: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    case.strip_prefix(root).unwrap_or(case).display().to_string()
}

/// Those of the scripts of chance.
fn seeds() -> std::ops::Range<u64> {
    let number = |name: &str, usual| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let first: u64 = number("NNS_SEED", 1);
    first..first + number("NNS_SEQUENCES", OF_CHANCE)
}

fn cases() -> Vec<PathBuf> {
    scripts_below("tests/cases")
}

/// The scripts that users copy: every one of their changes is made to fail, too.
fn scripts() -> Vec<PathBuf> {
    scripts_below("scripts")
}

fn scripts_below(folder: &str) -> Vec<PathBuf> {
    let nouns = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("the folder is there");
    let mut cases: Vec<PathBuf> = nouns
        .flat_map(|noun| fs::read_dir(noun.expect("a folder").path()).expect("a folder of cases"))
        .map(|entry| entry.expect("a case").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "nns"))
        .collect();
    cases.sort();
    cases
}

/// Why no sandbox can be had on this machine, if that is so.
fn forbidden() -> Option<String> {
    let output = child("probe", Path::new("/")).output().ok()?;
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

fn child(role: &str, case: &Path) -> Command {
    let mut command = Command::new(env::current_exe().expect("the test knows its own program"));
    command.env(ROLE, role).arg(case).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs a child and gives what it printed; what it complains of is why the case failed.
fn played(role: &str, case: &Path) -> Result<String, Failed> {
    let output = child(role, case).output()?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}

/// Output, status and worlds; and the same by the real tools.
fn golden(case: &Path) -> Result<(), Failed> {
    let printed = played("golden", case)?;
    let golden = case.with_extension("out");
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&golden, &printed)?;
    }
    let expected = fs::read_to_string(&golden)
        .map_err(|error| format!("{}: {error}; run with UPDATE_EXPECT=1 to write it", golden.display()))?;
    if printed != expected {
        return Err(format!("printed:\n{printed}\nexpected:\n{expected}").into());
    }
    let text = fs::read_to_string(case)?;
    if text.starts_with("# shell: no") || !printed.ends_with("exit status 0\n") {
        return Ok(());
    }
    let (ours, theirs) = (played("observe-nns", case)?, played("observe-sh", case)?);
    let (ours, theirs) = (serde_json::from_str(&ours)?, serde_json::from_str(&theirs)?);
    differ("after `nns` (-) and after the real tools (+)", &ours, &theirs)
}

fn differ(what: &str, one: &observer::Observation, other: &observer::Observation) -> Result<(), Failed> {
    let differences = observer::compare(one, other);
    if differences.is_empty() { Ok(()) } else { Err(format!("{what}:\n{}", differences.join("\n")).into()) }
}

/// This program where an ordinary user can start it.
fn copy_for_all() -> io::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    fs::copy(env::current_exe()?, folder.path().join("cases"))?;
    std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY))?;
    Ok(folder)
}

/// The cases once more, as a user who has no privileges at all.
fn as_ordinary_user(folder: &TempDir) -> Result<(), Failed> {
    let program = folder.path().join("cases");
    let copy = folder.path().join("cases.nns");
    for case in cases() {
        fs::copy(&case, &copy)?;
        let (before, before_copy) = (case.with_extension("before"), copy.with_extension("before"));
        if before.exists() {
            fs::copy(before, before_copy)?;
        } else if before_copy.exists() {
            fs::remove_file(before_copy)?;
        }
        let output = Command::new(&program)
            .env(ROLE, "faultless")
            .arg(&copy)
            .current_dir(folder.path())
            .uid(NOBODY)
            .gid(NOBODY)
            .output()?;
        if !output.status.success() {
            return Err(format!("{}: {}", case.display(), String::from_utf8_lossy(&output.stderr)).into());
        }
    }
    if sandbox::enter().is_ok() {
        return Err("a test with several threads entered a sandbox".into());
    }
    Ok(())
}
