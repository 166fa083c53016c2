//! The examples of the language's own page are scripts that run, each with what it needs and with what it comes to.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Statements of the page that come later.
const LATER: [&str; 2] = ["explain ", "show topology"];

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language");
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "nns"));
    found.sort();
    found
}

/// Runs a script in a sandbox, with a `python3` that ends at once.
fn run(arguments: &[&str]) -> Output {
    let programs = tempfile::tempdir().unwrap();
    let python = programs.path().join("python3");
    fs::write(&python, "#!/bin/sh\nexit 0\n").unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", programs.path().display(), env::var("PATH").unwrap());
    let mut nns = Command::new(env!("CARGO_BIN_EXE_nns"));
    nns.arg("--sandbox").args(arguments).env("PATH", path).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn the_examples_run() {
    let output = run(&["-c", "true"]);
    if !output.status.success() {
        assert!(env::var_os("NNS_REQUIRE_KERNEL").is_none(), "{output:?}");
        println!("skipped: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let scripts = scripts();
    assert_eq!(scripts.len(), 6);
    for script in scripts {
        let output = run(&[script.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Where the page is at hand, every line of its examples is in one of the scripts.
#[test]
fn no_example_is_left_out() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let file = env::var_os("NNS_SHARED").map_or_else(beside, PathBuf::from).join("LANGUAGE.md");
    let Ok(page) = fs::read_to_string(&file) else {
        let is_required = ["NNS_REQUIRE_SHARED", "CI"].iter().any(|name| env::var_os(name).is_some());
        assert!(!is_required, "{} is missing", file.display());
        println!("skipped: {} is missing", file.display());
        return;
    };
    let texts: Vec<String> = scripts().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut lines = 0;
    for example in page.split("```nns\n").skip(1).filter_map(|text| text.split("```").next()) {
        // The lines of an example stand in one script, in their order.
        let wanted = || {
            let is_later = |line: &str| LATER.iter().any(|later| line.starts_with(later));
            example.lines().filter(move |line| !line.is_empty() && !is_later(line))
        };
        let has = |text: &String| {
            let mut there = text.lines();
            wanted().all(|line| there.any(|other| other == line))
        };
        assert!(texts.iter().any(has), "no script has all of these:\n{example}");
        lines += wanted().count();
    }
    assert!(lines > 50, "{lines}");
}
