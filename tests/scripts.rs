//! Every script in `scripts/` proves what it claims, in a sandbox, as root and as an ordinary user, with nothing in the
//! `PATH`; and the machine that it ran on is afterwards what it was.

use std::{
    env, fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// An ordinary user's number: `nobody` on Debian.
const NOBODY: u32 = 65534;

/// The program and all scripts, where any user can read them.
fn laid_out() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_nns"), folder.path().join("nns")).unwrap();
    for script in scripts() {
        fs::copy(&script, folder.path().join(script.file_name().unwrap())).unwrap();
    }
    folder
}

fn scripts() -> Vec<PathBuf> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let mut files: Vec<PathBuf> = fs::read_dir(scripts)
        .unwrap()
        .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "nns"))
        .collect();
    files.sort();
    assert!(files.len() >= 2, "{files:?}");
    files
}

fn run(folder: &Path, script: &Path, user: Option<u32>) -> Output {
    let mut command = Command::new(folder.join("nns"));
    command.arg("--sandbox").arg(script.file_name().unwrap()).current_dir(folder).env_clear();
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    command.output().unwrap()
}

/// Why there is no sandbox for that user, if there is none; CI wants one.
fn forbidden(folder: &Path, user: Option<u32>) -> bool {
    let mut command = Command::new(folder.join("nns"));
    command.args(["--sandbox", "-c", "true"]).env_clear();
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    let output = command.output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() || env::var_os("NNS_REQUIRE_KERNEL").is_none(), "{why}");
    if !output.status.success() {
        println!("skipped: {why}");
    }
    !output.status.success()
}

fn all_pass(user: Option<u32>) {
    let folder = laid_out();
    if forbidden(folder.path(), user) {
        return;
    }
    let before = machine();
    for script in scripts() {
        let output = run(folder.path(), &script, user);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {}\n{errors}", script.display(), output.status);
        assert_eq!(machine(), before, "{} left something behind", script.display());
    }
}

/// What the machine's own network looks like, without what ticks.
fn machine() -> String {
    let questions: [&[&str]; 7] = [
        &["ip", "-d", "link"],
        &["ip", "-o", "addr"],
        &["ip", "route", "show", "table", "all"],
        &["ip", "-6", "route", "show", "table", "all"],
        &["ip", "rule"],
        &["nft", "list", "ruleset"],
        &["ls", "/run/netns"],
    ];
    let answer = |question: &&[&str]| {
        let output = Command::new(question[0]).args(&question[1..]).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
    };
    let text: String = questions.iter().map(answer).collect();
    let ticks = |word: &&str| !word.ends_with("sec") && word.parse::<f64>().is_err();
    text.lines().map(|line| line.split(' ').filter(ticks).collect::<Vec<_>>().join(" ") + "\n").collect()
}

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[test]
fn scripts_prove_themselves() {
    all_pass(None);
}

#[test]
fn scripts_prove_themselves_to_an_ordinary_user() {
    if !is_root() {
        println!("skipped: only root can become another user; the other test ran as an ordinary one");
        return;
    }
    all_pass(Some(NOBODY));
}

#[test]
fn a_script_is_a_program() {
    let folder = laid_out();
    if forbidden(folder.path(), None) {
        return;
    }
    let script = folder.path().join("lab.nns");
    fs::write(&script, "#!/usr/bin/env -S nns --sandbox\nnetns add red\nip netns\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.path().display(), env::var("PATH").unwrap());
    let output = Command::new(&script).env("PATH", path).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "red\n", "{}", String::from_utf8_lossy(&output.stderr));
}

/// The scripts would not pass without the lines that the tutorial forgot.
#[test]
fn a_port_that_is_down_is_noticed() {
    let folder = laid_out();
    if forbidden(folder.path(), None) {
        return;
    }
    let script = folder.path().join("switch-by-hand.nns");
    let text = fs::read_to_string(&script).unwrap();
    let broken = text.replace("\nip link set veth-red-br up\n", "\n");
    assert_ne!(text, broken);
    fs::write(&script, broken).unwrap();
    let output = run(folder.path(), &script, None);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
}
