//! Everything in README.md that looks as if it could be run, is run.

use std::{env, fs, path::Path, process::Command};

/// A fenced block.
struct Fence {
    language: String,
    text: String,
}

fn readme() -> Vec<Fence> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let mut fences = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, behind)) = rest.split_once("```") {
        let (language, behind) = behind.split_once('\n').expect("a fence has lines");
        let (body, behind) = behind.split_once("```").expect("a fence is closed");
        fences.push(Fence { language: language.into(), text: body.into() });
        rest = behind;
    }
    fences
}

fn of(language: &str) -> Vec<Fence> {
    let fences: Vec<Fence> = readme().into_iter().filter(|fence| fence.language == language).collect();
    assert!(!fences.is_empty(), "README.md has no `{language}`");
    fences
}

/// Why there is no sandbox on this machine, if there is none: then nothing here can be tried.
fn forbidden() -> bool {
    let output = nns(Path::new("/")).args(["--sandbox", "-c", "true"]).output().unwrap();
    if output.status.success() {
        return false;
    }
    assert!(env::var_os("NNS_REQUIRE_KERNEL").is_none(), "{}", String::from_utf8_lossy(&output.stderr));
    println!("skipped: {}", String::from_utf8_lossy(&output.stderr));
    true
}

fn nns(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nns"));
    command.current_dir(folder);
    command
}

#[test]
fn every_fence_is_of_a_language_that_is_tried_here() {
    for fence in readme() {
        assert!(["console", "nns", "sh"].contains(&fence.language.as_str()), "`{}`", fence.language);
    }
}

#[test]
fn scripts_run() {
    if forbidden() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for fence in of("nns") {
        let file = folder.path().join("readme.nns");
        fs::write(&file, &fence.text).unwrap();
        let output = nns(folder.path()).arg("--sandbox").arg(&file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// What `$ cat FILE` shows is the file; every other command prints what stands below it.
#[test]
fn sessions_look_like_that() {
    if forbidden() {
        return;
    }
    let program = Path::new(env!("CARGO_BIN_EXE_nns")).parent().unwrap();
    let path = format!("{}:{}", program.display(), env::var("PATH").unwrap());
    for fence in of("console") {
        let folder = tempfile::tempdir().unwrap();
        for step in fence.text.split("$ ").filter(|step| !step.trim().is_empty()) {
            let (command, shown) = step.split_once('\n').unwrap();
            if let Some(file) = command.strip_prefix("cat ") {
                fs::write(folder.path().join(file), format!("{}\n", shown.trim_end())).unwrap();
                continue;
            }
            let script = format!("exec 2>&1; {command}");
            let output =
                Command::new("sh").args(["-c", &script]).env("PATH", &path).current_dir(&folder).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), shown.trim_end(), "$ {command}");
        }
    }
}

#[test]
fn a_new_user_needs_two_commands() {
    let fences = of("sh");
    let [fence] = fences.as_slice() else { panic!("one block of commands") };
    let commands: Vec<&str> = fence.text.lines().collect();
    let ["cargo test"] = commands[1..] else { panic!("{commands:?}") };
    let script =
        commands[0].strip_prefix("cargo run --release -- run --sandbox --world lan ").expect("the first runs a script");
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(script).exists());
    let ci = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/run")).unwrap();
    assert!(ci.contains("cargo test"), "CI runs the same tests");
}
