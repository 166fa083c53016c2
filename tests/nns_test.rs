//! `nns test`: scripts as tests.

use std::{
    env, fs,
    path::Path,
    process::{Command, Output, Stdio},
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// What a run came to.
struct Ran {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { status: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// `nns test` in a directory.
fn command(at: &Path, arguments: &[&str]) -> Command {
    let mut nns = Command::new(env!("CARGO_BIN_EXE_nns"));
    nns.arg("test").args(arguments).current_dir(at).stdin(Stdio::null());
    nns
}

fn test(at: &Path, arguments: &[&str]) -> Ran {
    ran(&command(at, arguments).output().unwrap())
}

/// Whether this machine allows no sandbox: then what needs one is skipped, and CI wants to know.
fn forbidden() -> bool {
    static WHY: LazyLock<Option<String>> = LazyLock::new(|| {
        let nns = Command::new(env!("CARGO_BIN_EXE_nns")).args(["--sandbox", "-c", "true"]).output().unwrap();
        (!nns.status.success()).then(|| String::from_utf8_lossy(&nns.stderr).into_owned())
    });
    let Some(why) = WHY.as_ref() else { return false };
    assert!(env::var_os("NNS_REQUIRE_KERNEL").is_none(), "{why}");
    println!("skipped: {why}");
    true
}

/// A directory with one script of each kind, and what is none.
fn labs() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fs::create_dir_all(at.join("labs/deep")).unwrap();
    fs::create_dir_all(at.join("labs/.hidden")).unwrap();
    fs::create_dir_all(at.join("empty")).unwrap();
    fs::write(at.join("labs/good.nns"), "print hello\nnetns add red\nexpect netns red\n").unwrap();
    fs::write(at.join("labs/deep/bad.nns"), "print \"<seen>\"\nnetns add red\nexpect netns blue\n").unwrap();
    fs::write(at.join("labs/deep/misses.nns"), "requires program no-such-program-here\nnetns add red\n").unwrap();
    fs::write(at.join("labs/notes.txt"), "no script").unwrap();
    fs::write(at.join("labs/.hidden/worse.nns"), "frobnicate").unwrap();
    directory
}

/// Text without the times in it.
fn timeless(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n', '(']);
    words
        .map(|word| if word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.') { "T " } else { word })
        .collect()
}

#[test]
fn passed_failed_and_skipped_are_told_apart() {
    if forbidden() {
        return;
    }
    let labs = labs();
    let all = test(labs.path(), &["labs"]);
    assert_eq!((all.status, all.stderr.as_str()), (Some(3), ""), "{}", all.stdout);
    expect_test::expect![[r#"
        failed  labs/deep/bad.nns (T s): there is no namespace `blue`
        skipped labs/deep/misses.nns (T s): there is no program `no-such-program-here`
        passed  labs/good.nns (T s)

        ── labs/deep/bad.nns ──
        <seen>
        expectation-failed

          × there is no namespace `blue`
           ╭─[labs/deep/bad.nns:3:1]
         3 │ expect netns blue
           · ────────┬────────
           ·         ╰── this does not hold
           ╰────
          note: there are `red`

        everything is as it was before

        1 passed, 1 failed, 1 skipped in T s
    "#]]
    .assert_eq(&timeless(&all.stdout));
    let good = test(labs.path(), &["labs/good.nns", "labs/deep/misses.nns", "labs/good.nns"]);
    assert_eq!(good.status, Some(0), "{}", good.stdout);
    assert!(good.stdout.contains("\n1 passed, 0 failed, 1 skipped in "), "{}", good.stdout);
    assert!(!good.stdout.contains("hello"), "what a script prints that passes is no news: {}", good.stdout);
}

#[test]
fn a_filter_leaves_others_out() {
    if forbidden() {
        return;
    }
    let labs = labs();
    let good = test(labs.path(), &["labs", "--filter", "good"]);
    assert_eq!(good.status, Some(0), "{}", good.stdout);
    assert!(good.stdout.contains("1 passed, 0 failed, 0 skipped"), "{}", good.stdout);
    let none = test(labs.path(), &["labs", "--filter", "nowhere"]);
    assert_eq!(none.status, Some(2), "{}", none.stdout);
    assert!(none.stderr.contains("no script has `nowhere` in its path"), "{}", none.stderr);
    assert!(none.stderr.contains("there are 3 scripts"), "{}", none.stderr);
}

#[test]
fn there_may_be_nothing_to_test() {
    let labs = labs();
    let none = test(labs.path(), &["empty"]);
    assert_eq!((none.status, none.stdout.as_str()), (Some(2), ""));
    assert!(none.stderr.contains("there is nothing to test in `empty`"), "{}", none.stderr);
    let none = test(labs.path(), &["empty", "nowhere"]);
    assert_eq!(none.status, Some(2));
    assert!(none.stderr.contains("there is no file and no directory `nowhere`"), "{}", none.stderr);
    let world = test(labs.path(), &["labs", "--world", "no-such-world"]);
    assert_eq!((world.status, world.stdout.as_str()), (Some(2), ""), "{}", world.stderr);
    assert!(world.stderr.contains("no-such-world"), "{}", world.stderr);
}

#[test]
fn the_report_is_xml() {
    if forbidden() {
        return;
    }
    let labs = labs();
    let all = test(labs.path(), &["labs", "--junit", "report.xml", "--color", "always"]);
    assert_eq!(all.status, Some(3), "{}", all.stderr);
    assert!(all.stdout.contains("\x1b["));
    let report = fs::read_to_string(labs.path().join("report.xml")).unwrap();
    assert!(report.contains("&lt;seen&gt;") && !report.contains('\x1b'), "{report}");
    let reader = "import sys, xml.etree.ElementTree as tree\n\
                  suite = tree.parse(sys.argv[1]).getroot().find('testsuite')\n\
                  print(*[suite.get(key) for key in ('tests', 'failures', 'skipped')])\n\
                  for case in suite: print(case.get('name'), *[kind.tag for kind in case])\n\
                  print(suite.find('.//failure').text.splitlines()[0])";
    let python = Command::new("python3").args(["-c", reader]).arg(labs.path().join("report.xml")).output();
    let Ok(read) = python else {
        println!("skipped: there is no python3 to read the report");
        return;
    };
    let read = ran(&read);
    assert_eq!(
        read.stdout, "3 1 1\nlabs/deep/bad.nns failure\nlabs/deep/misses.nns skipped\nlabs/good.nns\n<seen>\n",
        "{}\n{report}",
        read.stderr
    );
    let nowhere = test(labs.path(), &["labs", "--junit", "no/such/directory.xml"]);
    assert_eq!((nowhere.status, nowhere.stdout.as_str()), (Some(2), ""), "nothing ran: {}", nowhere.stderr);
}

#[test]
fn several_run_at_a_time() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for number in 0..4 {
        fs::write(directory.path().join(format!("{number}.nns")), "netns add red; exec sleep 0.5").unwrap();
    }
    let timed = |jobs: &str| {
        let begun = Instant::now();
        let all = test(directory.path(), &[".", "--jobs", jobs]);
        assert_eq!(all.status, Some(0), "{}{}", all.stdout, all.stderr);
        assert!(all.stdout.contains("4 passed"), "{}", all.stdout);
        begun.elapsed()
    };
    assert!(timed("1") >= Duration::from_millis(2000));
    let together = timed("4");
    assert!(together < Duration::from_millis(1900), "{together:?}");
}

#[test]
fn each_has_the_world_that_is_asked_for() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("lan.nns"), "expect link ens7; expect ping 192.168.1.1").unwrap();
    let all = test(directory.path(), &["lan.nns", "--world", "lan", "--nic", "ens7"]);
    assert_eq!(all.status, Some(0), "{}{}", all.stdout, all.stderr);
    assert_eq!(test(directory.path(), &["lan.nns"]).status, Some(3));
}

#[test]
fn an_interrupt_ends_the_scripts_and_says_what_was_not_run() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fs::write(at.join("a.nns"), "print quick").unwrap();
    fs::write(at.join("b.nns"), format!("exec touch {}\nexec sleep 30", at.join("begun").display())).unwrap();
    fs::write(at.join("c.nns"), "print late").unwrap();
    let arguments = [".", "--jobs", "1", "--junit", "report.xml"];
    let nns = command(at, &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while !at.join("begun").exists() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the script does not begin");
        thread::sleep(Duration::from_millis(20));
    }
    kill(Pid::from_raw(nns.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    let all = ran(&nns.wait_with_output().unwrap());
    assert!(begun.elapsed() < Duration::from_secs(25), "it did not wait for the end of `sleep`");
    assert_eq!(all.status, Some(1), "{}{}", all.stdout, all.stderr);
    assert!(all.stdout.contains("passed  ./a.nns"), "{}", all.stdout);
    assert!(all.stdout.contains("not run ./b.nns") && all.stdout.contains("not run ./c.nns"), "{}", all.stdout);
    assert!(all.stdout.contains("1 passed, 0 failed, 0 skipped, 2 not run (interrupted)"), "{}", all.stdout);
    assert!(fs::read_to_string(at.join("report.xml")).unwrap().contains("skipped=\"2\""));
}
