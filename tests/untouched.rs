//! Whatever is refused, fails or is interrupted leaves the network as it was: not by the word of `nns`, but as seen
//! from outside of its run.
//!
//! In: command lines of `nns`, without `--sandbox`. They run in a sandbox that another `nns` has made, as its root, and
//! that has a namespace, a cable and an address already. Out: the exit status, a fragment of the message, and that
//! all of it looks the same before and after. Where the machine forbids sandboxes, that is said, and nothing is tried
//! (with `NNS_REQUIRE_KERNEL` set, it fails).

use std::{
    env,
    fs::{self, Permissions},
    io::{BufRead, BufReader, Read},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::{Command, Output, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, geteuid},
};
use tempfile::TempDir;

/// The user, and the group, that own nothing.
const NOBODY: u32 = 65_534;

/// Run by the `nns` that makes the sandbox: looks, runs the arguments with the file `input` as standard input, looks
/// again. Carriers are not looked at: they come a moment later. First it prints the number of the process that runs the
/// arguments, last their status.
const ROOM: &str = r#"
look() {
  "$NNS" -c "netns list; ip -d link; ip addr; ip route show table all; sysctl net.ipv4.ip_forward
    in there { ip -d link; ip addr; ip route show table all }" |
    sed 's/NO-CARRIER,//; s/,LOWER_UP//; s/ state [A-Z]*//; s/ linkdown//'
}
before=$(look)
[ -n "$before" ] || echo "it cannot be looked at"
sh -c 'echo "number $$"; exec "$NNS" "$@" <input' nns "$@"
status=$?
after=$(look)
[ "$before" = "$after" ] || printf 'before\n%s\nand after\n%s\n' "$before" "$after"
echo "status $status"
"#;

/// A sandbox to be, and the files that are used in it.
struct Room {
    folder: TempDir,
}

/// How a run in a room ended.
#[derive(Debug)]
struct Ended {
    status: i32,
    stderr: String,
    /// What was printed by the run, and any difference that was seen.
    stdout: String,
}

impl Room {
    /// `None` where there are no sandboxes.
    fn new() -> Option<Self> {
        let probe = Command::new(env!("CARGO_BIN_EXE_nns")).args(["--sandbox", "-c", ""]).output().unwrap();
        if !probe.status.success() {
            assert!(env::var_os("NNS_REQUIRE_KERNEL").is_none(), "{}", text(&probe.stderr));
            eprintln!("skipped: {}", text(&probe.stderr));
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("room.sh"), ROOM).unwrap();
        // Without IPv6, whose addresses take a second to be there.
        let furniture = "netns add there; sysctl -q net.ipv6.conf.default.disable_ipv6=1
            in there sysctl -q net.ipv6.conf.default.disable_ipv6=1
            link add v0 type veth peer name v1 netns there; addr add 10.9.0.1/24 dev v0; link set v0 up
            in there { addr add 10.9.0.2/24 dev v1; link set v1 up }; expect ping 10.9.0.2\n";
        fs::write(folder.path().join("room.nns"), format!("{furniture}exec sh room.sh $arguments\n")).unwrap();
        fs::write(folder.path().join("input"), "").unwrap();
        Some(Self { folder })
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    /// `nns` with these arguments, which are not looked at for quotes of their own.
    fn command(&self, arguments: &[&str]) -> Command {
        let quoted: String = arguments.iter().map(|argument| format!(" '{argument}'")).collect();
        let script = self.folder.path().join("room.nns");
        let text = fs::read_to_string(&script).unwrap().replace(" $arguments", &quoted);
        let mut command = Command::new(env!("CARGO_BIN_EXE_nns"));
        command.args(["--sandbox", "-c", &text]).env("NNS", env!("CARGO_BIN_EXE_nns")).current_dir(&self.folder);
        command
    }

    fn nns(&self, arguments: &[&str]) -> Ended {
        Ended::of(&self.command(arguments).stdin(Stdio::null()).output().unwrap())
    }
}

impl Ended {
    fn of(output: &Output) -> Self {
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let (printed, status) = stdout.trim_end().rsplit_once("status ").unwrap_or_else(|| panic!("{stdout}{stderr}"));
        let printed = printed.split_once('\n').map_or("", |(_number, printed)| printed);
        Self { status: status.parse().unwrap(), stderr, stdout: printed.into() }
    }

    /// Holds it to a status and to words of the message, and to nothing having changed or been printed.
    #[track_caller]
    fn left_nothing(&self, status: i32, words: &str) {
        assert!(self.status == status && self.stderr.contains(words), "wanted {status}, `{words}`: {self:#?}");
        assert!(self.stdout.is_empty(), "printed, or changed: {}", self.stdout);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_change_is_seen() {
    let Some(room) = Room::new() else { return };
    for statement in
        ["netns add red", "link set v0 mtu 1400", "addr add 10.9.0.3/24 dev v0", "in there link set v1 down"]
    {
        let ended = room.nns(&["-c", statement]);
        assert!(ended.status == 0 && ended.stdout.contains("and after"), "{statement}: {ended:#?}");
    }
    room.nns(&["-c", ""]).left_nothing(0, "");
}

#[test]
fn files_that_are_no_scripts() {
    let Some(room) = Room::new() else { return };
    let files: [(&str, &[u8], &str); 2] = [
        ("latin1.nns", b"netns add red\nprint f\xfcr\n", "`latin1.nns` is not UTF-8: byte 0xfc in line 2, column 8"),
        ("nul.nns", b"netns add red\n\0", "`nul.nns` is no text: there is a NUL byte in line 2"),
    ];
    for (name, bytes, words) in files {
        room.write(name, bytes);
        room.nns(&[name]).left_nothing(2, words);
        room.write("input", bytes);
        room.nns(&["-"]).left_nothing(2, words.split_once("` ").unwrap().1);
    }
    room.write("good.nns", b"netns add red\n");
    room.nns(&["no/such.nns"]).left_nothing(2, "there is no file `no/such.nns`");
    room.nns(&["run", "good.nns", "no/such.nns"]).left_nothing(2, "there is no file `no/such.nns`");
    room.nns(&["run", "good.nns", "."]).left_nothing(2, "`.` is a directory, not a script");
    room.write("empty.nns", b"");
    room.nns(&["empty.nns"]).left_nothing(0, "");
}

#[test]
fn monstrous_scripts() {
    let Some(room) = Room::new() else { return };
    room.write("long.nns", &[b"netns add red\n".to_vec(), b"x".repeat(10 << 20)].concat());
    room.nns(&["long.nns"]).left_nothing(2, "long.nns:2:1");
    room.write("braces.nns", &[b"netns add red\n".to_vec(), b"in red {\n".repeat(10_000)].concat());
    room.nns(&["braces.nns"]).left_nothing(2, "nest more than 100 deep");
}

#[test]
fn statements_that_the_check_refuses() {
    let Some(room) = Room::new() else { return };
    for (statement, words) in [
        ("netns add a/b", "`/` cannot stand in a namespace's name (`a/b`)"),
        ("netns add ..", "`..` cannot name a namespace"),
        ("link add name-of-16-bytes type bridge", "has 16 bytes; a link's name has at most 15"),
        ("link add a/b type bridge", "`/` cannot stand in a link's name (`a/b`)"),
        ("link add .. type bridge", "`..` cannot name a link"),
        ("addr add 300.1.1.1/24 dev v0", "`300` is no part of an IPv4 address"),
        ("in nowhere link set lo up", "there is no namespace `nowhere`"),
        ("ip -n nowhere addr add 10.0.0.1/24 dev lo", "there is no namespace `nowhere`"),
        ("ip netns exec nowhere ip link", "there is no namespace `nowhere`"),
        ("netns add there", "there is a namespace `there` already"),
    ] {
        let script = format!("netns add red; link set v0 mtu 1400; print before; {statement}");
        room.nns(&["-c", &script]).left_nothing(2, words);
        room.write("input", format!("netns del there\n{statement}\n").as_bytes());
        if !statement.ends_with("there") {
            room.nns(&["-"]).left_nothing(2, words);
            room.nns(&["check", "-"]).left_nothing(2, words);
        }
    }
}

#[test]
fn failures_are_put_back() {
    let Some(room) = Room::new() else { return };
    let changes = "netns add red; link set v0 mtu 1400; addr add 10.9.0.3/24 dev v0; in there link set v1 down
        link add br0 type bridge; link set v0 master br0; route add 10.8.0.0/16 dev br0 || true";
    let refused = format!("{changes}; netns add red");
    room.nns(&["--no-check", "-c", &refused]).left_nothing(1, "everything is as it was before");
    let expected = format!("{changes}; expect link v0 mtu 1500");
    let ended = room.nns(&["--no-check", "-c", &expected]);
    ended.left_nothing(3, "everything is as it was before");
    let told = room.nns(&["--no-check", "-v", "-c", &refused]);
    told.left_nothing(1, "+ ip link set dev v0 mtu 1400\n");
}

/// `nns` is waiting for an answer when it is interrupted: by its number, as nobody types Ctrl-C here.
#[test]
fn an_interrupted_script_is_put_back() {
    let Some(room) = Room::new() else { return };
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let script = "netns add red; link set v0 mtu 1400; print ready; ping -c 100 10.9.0.2; print never";
        let mut child = room
            .command(&["-c", script])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        while !first.ends_with("ready\n") {
            assert_ne!(printed.read_line(&mut first).unwrap(), 0, "it ended: {first}");
        }
        let number = first.lines().find_map(|line| line.strip_prefix("number ")).unwrap();
        kill(Pid::from_raw(number.parse().unwrap()), signal).unwrap();
        let mut stdout = first.into_bytes();
        printed.read_to_end(&mut stdout).unwrap();
        let output = child.wait_with_output().unwrap();
        let ended = Ended::of(&Output { stdout, ..output });
        assert!(ended.status == 1 && ended.stderr.contains("interrupted"), "{signal}: {ended:#?}");
        assert!(ended.stderr.contains("everything is as it was before"), "{signal}: {ended:#?}");
        assert!(!ended.stdout.contains("never") && !ended.stdout.contains("and after"), "{signal}: {ended:#?}");
    }
}

/// Runs `nns` as somebody who owns nothing, in the machine's own network, from a copy that they can read.
fn as_nobody(arguments: &[&str]) -> Option<(i32, String)> {
    if !geteuid().is_root() {
        eprintln!("skipped: only root can be somebody else");
        return None;
    }
    let readable = Permissions::from_mode(0o755);
    let folder = tempfile::Builder::new().prefix("nns").permissions(readable).tempdir().unwrap();
    fs::copy(env!("CARGO_BIN_EXE_nns"), folder.path().join("nns")).unwrap();
    // In a shell, so that the copy is started when no other thread's child has it open for writing any more.
    let mut command = Command::new("sh");
    command.args([
        "-c",
        r#"for try in 1 2 3 4 5; do ./nns --version >/dev/null 2>&1 && break; sleep 0.2; done; exec ./nns "$@""#,
        "nns",
    ]);
    let output = command.args(arguments).current_dir(&folder).uid(NOBODY).gid(NOBODY).stdin(Stdio::null()).output();
    let output = output.unwrap();
    Some((output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr)))
}

#[test]
fn without_privileges_nothing_is_tried() {
    let names = || fs::read_dir("/run/netns").map(Iterator::count).unwrap_or_default();
    let before = names();
    for (statement, capability) in [
        ("netns add untouched", "CAP_SYS_ADMIN"),
        ("print before; link add untouched type bridge", "CAP_NET_ADMIN"),
        ("print before; link set lo mtu 65535", "CAP_NET_ADMIN"),
        ("print before; sysctl -w net.ipv4.conf.lo.rp_filter=1", "CAP_NET_ADMIN"),
    ] {
        let Some((status, said)) = as_nobody(&["-c", statement]) else { return };
        assert_eq!(status, 4, "{statement}: {said}");
        for words in [capability, "nns --sandbox", "sudo nns", "nothing was changed"] {
            assert!(said.contains(words), "{statement}: no `{words}`: {said}");
        }
        assert!(!said.starts_with("before"), "{statement}: {said}");
    }
    assert_eq!(names(), before);
    assert!(!Path::new("/sys/class/net/untouched").exists());
}

#[test]
fn a_check_needs_no_privileges() {
    let folder = tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir().unwrap();
    let [good, bad] = ["good.nns", "bad.nns"].map(|name| folder.path().join(name));
    fs::write(&good, "netns add untouched\nlink add untouched type bridge\nprint x > /untouched\n").unwrap();
    fs::write(&bad, "netns add untouched\nlink set untouched up\n").unwrap();
    for file in [&good, &bad] {
        fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
    }
    let Some((status, said)) = as_nobody(&["check", good.to_str().unwrap()]) else { return };
    assert_eq!((status, said.as_str()), (0, "no errors: 2 changes\n"));
    let (status, said) = as_nobody(&["check", bad.to_str().unwrap()]).unwrap();
    assert!(status == 2 && said.contains("there is no link `untouched`"), "{status}: {said}");
    for path in ["/run/netns/untouched", "/sys/class/net/untouched", "/untouched"] {
        assert!(!Path::new(path).exists(), "{path}");
    }
}
