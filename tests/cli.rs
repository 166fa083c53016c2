//! The `nns` command from outside: exit statuses, messages, and that nothing is changed where nothing should be.
//!
//! Every run is in a sandbox, or changes nothing.

use std::{
    env, fs,
    io::{ErrorKind, Read, Write},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::{Command, Output, Stdio},
    sync::LazyLock,
};

/// What a run came to.
struct Ran {
    status: i32,
    stdout: String,
    stderr: String,
}

fn nns(arguments: &[&str]) -> Ran {
    ran(&Command::new(env!("CARGO_BIN_EXE_nns")).args(arguments).stdin(Stdio::null()).output().unwrap())
}

fn nns_reading(arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nns"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input).unwrap();
    drop(stdin);
    ran(&child.wait_with_output().unwrap())
}

fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let status = output.status.code().unwrap_or_else(|| panic!("ended by a signal: {}", text(&output.stderr)));
    Ran { status, stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Runs statements in a sandbox.
fn sandboxed(statements: &str) -> Ran {
    nns(&["--sandbox", "-c", statements])
}

/// Whether this machine allows no sandbox: then what needs one is skipped, and CI wants to know.
fn forbidden() -> bool {
    static WHY: LazyLock<Option<String>> = LazyLock::new(|| {
        let ran = sandboxed("true");
        (ran.status != 0).then_some(ran.stderr)
    });
    let Some(why) = WHY.as_ref() else { return false };
    assert!(env::var_os("NNS_REQUIRE_KERNEL").is_none(), "{why}");
    println!("skipped: {why}");
    true
}

impl Ran {
    #[track_caller]
    fn is(&self, status: i32, fragment: &str) {
        assert_eq!(self.status, status, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        assert!(self.stderr.contains(fragment), "`{fragment}` is not in: {}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
    }
}

fn write(directory: &Path, name: &str, bytes: &[u8]) -> String {
    let path = directory.join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().into()
}

#[test]
fn files_that_are_no_scripts() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    nns(&["--sandbox", "/no/such/file.nns"]).is(2, "there is no file `/no/such/file.nns`");
    nns(&["--sandbox", at.to_str().unwrap()]).is(2, "is a directory");
    nns(&["--sandbox", &write(at, "latin1.nns", b"print \"f\xfcr\"\n")])
        .is(2, "is not UTF-8: byte 0xfc in line 1, column 9");
    nns(&["--sandbox", &write(at, "nul.nns", b"netns add red\n\0")]).is(2, "a NUL byte in line 2");
    nns(&["check", "--sandbox", "/no/such/a", "/no/such/b"]).is(2, "/no/such/b");
}

#[test]
fn an_empty_script_does_nothing() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for text in ["", "\n\n", "# nothing\n"] {
        let ran = nns(&["--sandbox", &write(directory.path(), "empty.nns", text.as_bytes())]);
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    }
}

#[test]
fn monstrous_scripts_are_answered_soon_and_briefly() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let long = nns(&["--sandbox", &write(at, "long.nns", &b"x".repeat(10 << 20))]);
    long.is(2, "long.nns:1:1");
    assert!(long.stderr.len() < 10_000, "{} bytes of message", long.stderr.len());
    let braces = nns(&["--sandbox", &write(at, "braces.nns", "in red {\n".repeat(10_000).as_bytes())]);
    assert_eq!(braces.status, 2);
    assert!(braces.stderr.len() < 100_000, "{} bytes of message", braces.stderr.len());
}

#[test]
fn bad_names_and_values() {
    if forbidden() {
        return;
    }
    for (statement, fragment) in [
        ("netns add a/b", "a/b"),
        ("netns add ..", ".."),
        ("link add name-of-16-bytes type bridge", "name-of-16-bytes"),
        ("addr add 300.1.1.1/24 dev lo", "300.1.1.1/24"),
        ("addr add 10.0.0.1/33 dev lo", "10.0.0.1/33"),
        ("in nowhere link set lo up", "there is no namespace `nowhere`"),
        ("ip -n nowhere link set lo up", "there is no namespace `nowhere`"),
        ("ip netns exec nowhere ip link", "there is no namespace `nowhere`"),
        ("netns del nowhere", "there is no namespace `nowhere`"),
        ("link set eth7 up", "there is no link `eth7`"),
        ("netns ad red", "ad"),
        ("frobnicate the network", "frobnicate"),
        ("link add", "link add"),
    ] {
        sandboxed(&format!("print before; {statement}")).is(2, fragment);
        assert_eq!(sandboxed(&format!("print before; {statement}")).stdout, "", "{statement}: nothing ran");
    }
}

#[test]
fn a_failed_run_is_put_back() {
    if forbidden() {
        return;
    }
    let ran = sandboxed("netns add red\nnetns add blue\nexpect link eth7\n");
    ran.is(3, "everything is as it was before");
    let ran = nns(&["--sandbox", "--no-check", "-c", "netns add red; netns add red"]);
    ran.is(1, "there is a namespace `red` already");
    ran.is(1, "everything is as it was before");
}

#[test]
fn standard_input_is_read_like_a_file() {
    if forbidden() {
        return;
    }
    assert_eq!(nns_reading(&["--sandbox"], b"print one\n").stdout, "one\n");
    assert_eq!(nns_reading(&["--sandbox", "-"], b"print one\nprint two\n").stdout, "one\ntwo\n");
    nns_reading(&["--sandbox"], b"print \"\n").is(2, "<stdin>:1");
}

#[test]
fn a_file_may_be_a_program_of_its_own() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let file = write(directory.path(), "lab", b"#!/usr/bin/env nns\nprint hello\n");
    for arguments in [["--sandbox", &file], [&file, "--sandbox"], ["run", &file]] {
        let ran = nns(&arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (0, "hello\n"), "{}", ran.stderr);
    }
}

#[test]
fn check_changes_nothing() {
    if forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out");
    let script = format!("netns add red\nprint x > {}\nping 127.0.0.1\n", out.display());
    let file = write(directory.path(), "lab.nns", script.as_bytes());
    nns(&["check", "--sandbox", &file]).is(0, "no errors: 1 change\n");
    assert!(!out.exists());
}

#[test]
fn verbose_tells_the_commands() {
    if forbidden() {
        return;
    }
    let ran = nns(&["--sandbox", "-v", "-c", "netns add red; ip -n red link set lo up"]);
    ran.is(0, "+ ip netns add red\n+ ip -n red link set dev lo up\n");
}

#[test]
fn a_reader_that_leaves_is_no_reason_to_panic() {
    if forbidden() {
        return;
    }
    let script = format!(
        "{} --sandbox -c 'print a; print b; print c; netns add red; netns list' | true",
        env!("CARGO_BIN_EXE_nns")
    );
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn without_privileges_the_way_out_is_told() {
    if !nix::unistd::geteuid().is_root() {
        nns(&["-c", "netns add red"]).is(4, "--sandbox");
        return;
    }
    // As somebody else, from a place that he may read, in no namespace of his own: nothing can be changed.
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = directory.path().join("nns");
    fs::copy(env!("CARGO_BIN_EXE_nns"), &program).unwrap();
    let mut command = Command::new(&program);
    command.args(["-c", "netns add red"]).uid(65534).gid(65534).stdin(Stdio::null());
    // A child that another test starts just now may still have the copy open for writing.
    let output = loop {
        match command.output() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => continue,
            output => break output.unwrap(),
        }
    };
    ran(&output).is(4, "--sandbox");
}

#[test]
fn help_shows_examples_and_statuses() {
    let ran = nns(&["--help"]);
    assert_eq!(ran.status, 0);
    assert!(ran.stdout.contains("nns check lab.nns") && ran.stdout.contains("Exit status"), "{}", ran.stdout);
    assert!(nns(&["--version"]).stdout.starts_with("nns "));
    nns(&["--frobnicate"]).is(2, "--frobnicate");
}

/// Runs statements, and interrupts them once they have printed `ready`.
fn interrupted(statements: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nns"))
        .args(["--sandbox", "-c", statements])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 6];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    let id = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGINT).unwrap();
    ran(&child.wait_with_output().unwrap())
}

#[test]
fn ctrl_c_stops_the_script_and_puts_everything_back() {
    if forbidden() {
        return;
    }
    let ran = interrupted("link set lo up; netns add red; print ready; ping -c 100 127.0.0.9; print never");
    ran.is(1, "interrupted");
    ran.is(1, "everything is as it was before");
    assert!(!ran.stdout.contains("never"), "{}", ran.stdout);
}

#[test]
fn ctrl_c_counts_during_the_last_program_too() {
    if forbidden() {
        return;
    }
    interrupted("netns add red; print ready; exec sleep 1").is(1, "everything is as it was before");
}

/// Both tell the same, in order, of settings that are read and written.
#[test]
fn settings_are_told_as_by_sysctl() {
    if forbidden() {
        return;
    }
    if Command::new("sysctl").arg("-V").output().is_err() {
        eprintln!("skipped: there is no sysctl(8) here");
        return;
    }
    for words in [
        "-w net.ipv4.ip_forward=1",
        "net.ipv4.ip_forward=1",
        "-w net/ipv4/ip_forward=1 net.ipv4.conf.lo.rp_filter=2",
        "-q net.ipv4.ip_forward=1",
        "-q net.ipv4.ip_forward",
        "-nw net.ipv4.ip_forward=01",
        "-n -q net.ipv4.ip_forward=1",
        "net.ipv4.ip_forward net.ipv4.conf.all.rp_filter",
        "-n net.ipv4.ip_forward net.ipv4.conf.lo.forwarding",
        "net.ipv4.ip_forward net.ipv4.ip_forward=1 net.ipv4.conf.lo.forwarding",
    ] {
        let ours = sandboxed(&format!("sysctl {words}"));
        let theirs = sandboxed(&format!("env sysctl {words}"));
        assert_eq!((ours.status, &ours.stdout), (0, &theirs.stdout), "{words}: {}{}", ours.stderr, theirs.stderr);
    }
    assert_eq!(sandboxed("sysctl -w net.ipv4.ip_forward=1 > /dev/null").stdout, "");
    assert_eq!(sandboxed("echo 1 > /proc/sys/net/ipv4/ip_forward").stdout, "");
    sandboxed("sysctl net.ipv4.ip_forward=1 net.ipv4.ip_forward=many").is(2, "takes a number");
}

/// The first packet over new cables is not lost: it would be sent again only after a second.
#[test]
fn the_first_echo_takes_no_second() {
    if forbidden() {
        return;
    }
    let switch = "netns add red blue; link add br0 type bridge; link set br0 up
        link add r netns red type veth peer name r-br; link add b netns blue type veth peer name b-br
        link set r-br master br0; link set b-br master br0
        in red { addr add 10.0.0.1/24 dev r; link set r up }; in blue { addr add 10.0.0.2/24 dev b; link set b up }
        link set r-br up; link set b-br up";
    let cable = "netns add red blue; link add r netns red type veth peer name b netns blue
        in red { addr add 10.0.0.1/24 dev r; link set r up }; in blue { addr add 10.0.0.2/24 dev b; link set b up }";
    for topology in [switch, cable].repeat(5) {
        let ran = sandboxed(&format!("{topology}\nin red ping -c1 10.0.0.2"));
        ran.is(0, "");
        let time = ran.stdout.split_once("time=").and_then(|(_, rest)| rest.split(' ').next()).expect("an answer");
        assert!(time.parse::<f64>().unwrap() < 500.0, "{}", ran.stdout);
    }
}

/// A setting that does not exist is found before anything is done, whichever way it is named.
#[test]
fn settings_that_are_not_there() {
    if forbidden() {
        return;
    }
    let meant = "did you mean `net.ipv4.ip_forward`?";
    for statement in [
        "sysctl -w net.ipv4.ip_froward=1",
        "sysctl -q net/ipv4/ip_froward=1",
        "sysctl net.ipv4.ip_froward",
        "echo 1 > /proc/sys/net/ipv4/ip_froward",
        "ip netns exec red sysctl -w net.ipv4.ip_froward=1",
    ] {
        let ran = sandboxed(&format!("netns add red; print made; {statement}"));
        ran.is(2, meant);
        assert!(ran.stderr.contains("there is no setting `net.ipv4.ip_froward`"), "{}", ran.stderr);
        assert_eq!(ran.stdout, "", "{statement}");
    }
    sandboxed("netns add red; in red sysctl net.ipv4.conf.veth0.rp_filter=1").is(2, "link `veth0`");
    sandboxed("sysctl net.ipv4.conf.lo.rp_filter net.core.somaxconn net.ipv4.neigh.lo.gc_stale_time").is(0, "");
}

#[test]
fn a_program_that_is_expected_to_end_well() {
    if forbidden() {
        return;
    }
    sandboxed("expect exec true; expect no exec false; netns add red; in red expect exec test -d /proc").is(0, "");
    let ran = sandboxed("netns add red; in red expect exec sh -c 'exit 3'");
    ran.is(3, "`sh -c exit 3`, run in namespace `red`, does not end well");
    ran.is(3, "everything is as it was before");
    sandboxed("expect no exec true").is(3, "`true`, run in the host, ends well");
    sandboxed("expect exec /no/such/program").is(1, "there is no program `/no/such/program`");
    sandboxed("expect exec").is(2, "wants a command");
}

#[test]
fn files_include_each_other_from_their_own_folder() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("rooms")).unwrap();
    let main = write(directory.path(), "main.nns", b"include \"rooms/red.nns\"\nroom blue\nprint $last\n");
    write(directory.path(), "rooms/red.nns", b"include name.nns; room red\n");
    write(directory.path(), "rooms/name.nns", b"def room(ns) { netns add $ns }\nlet last = green\n");
    let ran = nns(&["check", &main]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, "no errors: 2 changes\n"));

    write(directory.path(), "rooms/name.nns", b"def room(ns) {\n  netns ad $ns }\n");
    let ran = nns(&["check", &main]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("rooms/name.nns:2:9"), "{}", ran.stderr);

    write(directory.path(), "rooms/name.nns", b"include ../main.nns\nnetns $(add)\n");
    let ran = nns(&["check", &main]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("main.nns` includes itself"), "{}", ran.stderr);
    assert!(ran.stderr.contains("rooms/name.nns:1:9"), "{}", ran.stderr);
    assert!(ran.stderr.contains("rooms/name.nns:2:7"), "{}", ran.stderr);

    let ran = nns(&["check", &write(directory.path(), "none.nns", b"if ok { include nowhere.nns } { }\n")]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("there is no file `"), "{}", ran.stderr);
}

#[test]
fn what_does_not_end_is_stopped() {
    let endless = "netns add red; for i in 1..1000 { for j in 1..1000 { let k = $j } }";
    let ran = nns(&["--max-steps", "500", "-c", endless]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("the script takes more than 500 steps"), "{}", ran.stderr);
    assert!(ran.stderr.contains("-c:1:39"), "the inner loop: {}", ran.stderr);
    let deep = format!("def f(n) {{ {} f ${{ n + 1 }} {} }}; f 1", "if true { ".repeat(90), "}".repeat(90));
    let ran = nns(&["-c", &deep]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("`f` calls itself too deep"), "{}", ran.stderr);
}

#[test]
fn what_would_take_all_memory_is_refused() {
    let ranges: String = (0..10).map(|name| format!("let a{name} = 1..1000000; ")).collect();
    for (script, message) in [
        ("let a = 0123456789abcdef; for i in 1..40 { let a = \"$a$a\" }", "text of more than 131072 bytes"),
        ("let a = 1..1000000; print $a $a $a", "text of more than 16777216 bytes"),
        (ranges.as_str(), "the variables hold more than 256 MiB"),
        ("for i in 1..1000000 { let a = 1..1000000 }", "the script takes more than 20000 steps"),
        ("include /dev/zero", "`/dev/zero` cannot be included"),
        ("include /proc/kmsg", "`/proc/kmsg` cannot be read"),
    ] {
        let ran = nns_reading(&["check", "--max-steps", "20000", "-"], script.as_bytes());
        assert_eq!(ran.status, 2, "{script}: {}", ran.stderr);
        assert!(ran.stderr.contains(message), "{script}: {}", ran.stderr);
    }
}

#[test]
fn a_check_does_not_wait_for_pipes() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let pipe = pipe.display();
    let ran = nns_reading(&["check", "-"], format!("include {pipe}").as_bytes());
    assert!(ran.stderr.contains("a device or a pipe, and no file"), "{}", ran.stderr);
    let script = format!("sysctl -p {pipe}; sysctl -p /dev/zero; expect file {pipe}");
    let ran = nns_reading(&["check", "-"], script.as_bytes());
    assert_eq!(ran.status, 0, "what they say is for the run to read: {}", ran.stderr);
}
