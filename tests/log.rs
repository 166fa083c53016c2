//! `nns log` from outside. Where root runs it, it is given a `/run` of its own.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use expect_test::expect;
use nix::unistd::geteuid;
use nns::{
    exec::journal::{Ending, Head, Here, Journals, Record, Task},
    model::World,
    net::NsName,
    ops::NetnsOp,
};

/// What `nns log` says of the journals of a directory: its status and both outputs. `None` where this machine allows no
/// mounts.
fn log(journals: &Path, arguments: &str) -> Option<(Option<i32>, String, String)> {
    let nns = env!("CARGO_BIN_EXE_nns");
    let told = |output: Output| {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace(&journals.display().to_string(), "DIR");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    if !geteuid().is_root() {
        let mut command = Command::new(nns);
        command.arg("log").args(arguments.split_whitespace()).env("XDG_RUNTIME_DIR", journals.parent().unwrap());
        return Some(told(command.output().unwrap()));
    }
    let line =
        format!("mount -t tmpfs none /run && mkdir /run/nns && cp -pT --recursive . /run/nns && {nns} log {arguments}");
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-c", &line]).current_dir(journals);
    if !Command::new("unshare").args(["--mount", "true"]).status().is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("NNS_REQUIRE_KERNEL").is_none(), "nothing can be mounted");
        println!("skipped: nothing can be mounted");
        return None;
    }
    Some(told(command.output().unwrap()))
}

fn netns(name: &str) -> NsName {
    name.parse().unwrap()
}

#[test]
fn runs_are_told_of() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("nns");
    fs::create_dir(&path).unwrap();
    let Some((status, stdout, stderr)) = log(&path, "") else { return };
    assert_eq!((status, stdout.as_str(), stderr.as_str()), (Some(0), "no runs are remembered\n", ""));

    let journals = Journals::at(&path);
    let Here { boot, host } = Here::now();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let head = Head {
        started: now - 7205,
        title: "lab.nns".into(),
        process: 1,
        boot,
        host,
        task: Task::Run,
        keep: false,
        confirm: None,
        before: World::fresh(),
    };
    let mut first = journals.begin(head.clone()).unwrap();
    let changes =
        Record::Changes(vec![NetnsOp::Add { name: netns("red") }.into(), NetnsOp::Add { name: netns("blue") }.into()]);
    first.write(&changes).unwrap();
    first.write(&Record::Ended { how: Ending::Done, at: now - 7200 }).unwrap();
    let mut second = journals.begin(Head { boot: "another".into(), ..head }).unwrap();
    second.write(&changes).unwrap();
    drop((first, second));

    let told = |arguments: &str| {
        let (status, stdout, stderr) = log(&path, arguments).unwrap();
        let stderr = stderr.replace("/run/nns", "DIR");
        format!(
            "{status:?}\n{}{stderr}",
            stdout.replace(&(now - 7205).to_string(), "BEGAN").replace(&(now - 7200).to_string(), "ENDED")
        )
    };
    expect![[r#"
        Some(0)
        RUN  BEGAN    STATE                             CHANGES  SCRIPT
        2    2 h ago  gone since the machine restarted  2        lab.nns
        1    2 h ago  done                              2        lab.nns
    "#]]
    .assert_eq(&told(""));
    expect![[r#"
        Some(0)
        [{"run":1,"task":"run","title":"lab.nns","started":BEGAN,"ended":ENDED,"state":"done","changes":2,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]},{"run":2,"task":"run","title":"lab.nns","started":BEGAN,"ended":null,"state":"forgotten","changes":2,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]}]
    "#]].assert_eq(&told("--json"));
    expect![[r#"
        Some(0)
        run 1, 2 h ago, done: lab.nns
          ip netns add red
          ip netns add blue
    "#]]
    .assert_eq(&told("1"));
    expect![[r#"
        Some(0)
        {"run":2,"task":"run","title":"lab.nns","started":BEGAN,"ended":null,"state":"forgotten","changes":2,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[],"commands":[{"command":"ip netns add red","fate":"perhaps-made","back":false},{"command":"ip netns add blue","fate":"perhaps-made","back":false}]}
    "#]].assert_eq(&told("2 --json"));
    expect![[r#"
        Some(2)
        not-found

          × there is no run 7
          help: `nns log` lists the runs

    "#]]
    .assert_eq(&told("7"));
    let file = path.join("1.journal");
    let text = fs::read_to_string(&file).unwrap().replace("blue", "glue");
    fs::write(&file, text).unwrap();
    expect![[r#"
        Some(2)
        journal

          × the journal `DIR/1.journal` is damaged in line 3
          help: what the run did cannot be told from it; `show` and `netns list` tell what is there now

    "#]]
    .assert_eq(&told("1"));
}
