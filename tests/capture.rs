//! `capture`: the packets of a link in a file, compared with what tcpdump makes of it, and with what it writes itself.

use std::{
    env, fs,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// Two namespaces and a cable between them.
const LAB: &str = "netns add red blue; wire red:v0 10.0.0.1/24 -- blue:v1 10.0.0.2/24\n";

fn nns(statements: &str) -> Command {
    let mut nns = Command::new(env!("CARGO_BIN_EXE_nns"));
    nns.args(["--sandbox", "-c", statements]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    nns
}

fn run(statements: &str) -> (Option<i32>, String) {
    ended(&nns(statements).output().unwrap())
}

fn ended(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Whether this machine allows no sandbox or has no tcpdump: then what needs them is skipped, and CI wants to know.
fn is_missing() -> bool {
    let (status, why) = run("requires program tcpdump");
    if status == Some(0) {
        return false;
    }
    assert!(env::var_os("NNS_REQUIRE_KERNEL").is_none(), "{why}");
    println!("skipped: {why}");
    true
}

/// A packet of a file: the microseconds since 1970, its length, and its bytes.
#[derive(Debug)]
struct Packet {
    time: u64,
    length: usize,
    bytes: Vec<u8>,
}

/// The packets of a file, which must be whole.
fn packets(file: &Path) -> Vec<Packet> {
    let bytes = fs::read(file).unwrap();
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!((number(0), number(20)), (0xa1b2_c3d4, 1));
    let mut packets = Vec::new();
    let mut at = 24;
    while at < bytes.len() {
        let time = u64::from(number(at)) * 1_000_000 + u64::from(number(at + 4));
        let kept = number(at + 8) as usize;
        packets.push(Packet { time, length: number(at + 12) as usize, bytes: bytes[at + 16..at + 16 + kept].to_vec() });
        at += 16 + kept;
    }
    packets
}

/// What tcpdump says of IPv4 and ARP in a file, without the times.
fn told(file: &Path) -> Vec<String> {
    let output = Command::new("tcpdump").args(["-tnr"]).arg(file).args(["arp or icmp"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn place(name: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(name);
    (directory, file)
}

#[test]
fn it_holds_what_passes_from_the_statement_on() {
    if is_missing() {
        return;
    }
    let (_directory, file) = place("red.pcap");
    let begun = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    for capture in ["in red capture", "ip netns exec red capture"] {
        // What was in the file is written over, and the next statement's packets are in it.
        fs::write(&file, vec![7; 10_000]).unwrap();
        let script = format!("{LAB}{capture} v0 to {}; in red ping -c 2 -i 0.2 10.0.0.2", file.display());
        assert_eq!(run(&script), (Some(0), String::new()));
        let told = told(&file);
        let told: Vec<&str> = told.iter().map(String::as_str).collect();
        let [asked, answered, rest @ ..] = told.as_slice() else { panic!("{told:?}") };
        assert!(asked.contains("ARP, Request who-has 10.0.0.2 tell 10.0.0.1"), "{told:?}");
        assert!(answered.contains("ARP, Reply 10.0.0.2 is-at "), "{told:?}");
        let id = rest[0].split("id ").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
        let request = |seq| format!("IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id {id}, seq {seq}, length 64");
        let reply = |seq| format!("IP 10.0.0.2 > 10.0.0.1: ICMP echo reply, id {id}, seq {seq}, length 64");
        assert_eq!(rest, [request(1), reply(1), request(2), reply(2)]);

        let packets = packets(&file);
        assert!(packets.is_sorted_by_key(|packet| packet.time), "{packets:?}");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
        let is_then = |packet: &Packet| (begun..now).contains(&packet.time.into());
        assert!(packets.iter().all(is_then) && packets.iter().all(|packet| packet.length == packet.bytes.len()));
        let pause = packets.last().unwrap().time - packets.iter().find(|packet| packet.length == 98).unwrap().time;
        assert!((180_000..5_000_000).contains(&pause), "{pause}");
    }
}

#[test]
fn it_writes_what_tcpdump_writes() {
    if is_missing() {
        return;
    }
    let (directory, ours) = place("ours.pcap");
    let (theirs, log) = (directory.path().join("theirs.pcap"), directory.path().join("log"));
    let script = format!(
        "{LAB}in red spawn tcpdump -Z root -U -i v0 -w {} arp or icmp 2> {}
expect file {} contains listening within 10s
in red capture v0 to {}; in red ping -c 3 -i 0.2 -s 1000 10.0.0.2; settle; exec sleep 0.3; kill tcpdump",
        theirs.display(),
        log.display(),
        log.display(),
        ours.display(),
    );
    assert_eq!(run(&script), (Some(0), String::new()));
    let is_theirs = |packet: &Packet| {
        let kind = &packet.bytes[12..14];
        kind == [8, 6] || kind == [8, 0] && packet.bytes[23] == 1
    };
    let ours: Vec<Packet> = packets(&ours).into_iter().filter(is_theirs).collect();
    let theirs = packets(&theirs);
    assert!(theirs.len() >= 8, "{theirs:?}");
    let bytes = |packets: &[Packet]| packets.iter().map(|packet| packet.bytes.clone()).collect::<Vec<_>>();
    assert_eq!(bytes(&ours), bytes(&theirs));
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert!(ours.time.abs_diff(theirs.time) < 1_000_000);
        assert_eq!(ours.length, theirs.length);
    }
}

#[test]
fn it_ends_after_so_many_or_when_it_is_killed() {
    if is_missing() {
        return;
    }
    let (directory, counted) = place("counted.pcap");
    let (killed, lost) = (directory.path().join("killed.pcap"), directory.path().join("lost.pcap"));
    let script = format!(
        "{LAB}in blue capture v1 to {} as some count 5 snaplen 40; in red capture v0 to {}
in red ping -c 5 -i 0.1 10.0.0.2; wait some within 5s; wait; kill v0; in red ping -c 1 -s 999 10.0.0.2
in red capture v0 to {} count 1000; netns del blue; wait v0 within 5s || print lost",
        counted.display(),
        killed.display(),
        lost.display(),
    );
    let output = nns(&script).output().unwrap();
    let (status, errors) = ended(&output);
    assert_eq!(status, Some(0), "{errors}");
    // The cable goes with its far end.
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("\nlost\n"), "{output:?}");
    assert!(errors.contains("captured ") && errors.contains(&format!("of `v0`: {}\n", lost.display())), "{errors}");

    let counted = packets(&counted);
    assert_eq!(counted.len(), 5);
    assert!(counted.iter().all(|packet| packet.bytes.len() == packet.length.min(40)), "{counted:?}");
    assert!(counted.iter().any(|packet| packet.length > 40), "{counted:?}");
    let killed = packets(&killed);
    assert!(killed.iter().filter(|packet| packet.length == 98).count() == 10, "{killed:?}");
    assert!(killed.iter().all(|packet| packet.length < 999), "{killed:?}");
}

#[test]
fn a_link_that_is_down_is_waited_for() {
    if is_missing() {
        return;
    }
    let (_directory, file) = place("down.pcap");
    let script = format!(
        "netns add red; in red {{ capture lo to {}; link set lo up; ping -c 1 127.0.0.1
link set lo down; link set lo up; ping -c 1 127.0.0.1 }}",
        file.display(),
    );
    assert_eq!(run(&script), (Some(0), String::new()));
    // Each packet once, though it passes the loopback device on its way out and in.
    let told = told(&file);
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].contains("IP 127.0.0.1 > 127.0.0.1: ICMP echo request"), "{told:?}");
    assert!(told[1].contains("IP 127.0.0.1 > 127.0.0.1: ICMP echo reply"), "{told:?}");
}

#[test]
fn the_file_is_whole_after_a_failure() {
    if is_missing() {
        return;
    }
    let (_directory, file) = place("failed.pcap");
    let script =
        format!("{LAB}in red capture v0 to {} as it; in red ping -c 1 10.0.0.2; expect no netns red", file.display());
    let (status, errors) = run(&script);
    assert_eq!(status, Some(3), "{errors}");
    let count = packets(&file).len();
    assert!(count >= 4);
    let told = format!("captured {count} packets of `v0`: {}\neverything is as it was before\n", file.display());
    assert!(errors.ends_with(&told), "{errors}");
}

#[test]
fn a_signal_ends_it_and_it_grows_in_whole_packets() {
    if is_missing() {
        return;
    }
    let (_directory, file) = place("cut.pcap");
    let script = format!("{LAB}in red capture v0 to {}; in red ping -c 1 10.0.0.2; exec sleep 60", file.display());
    let child = nns(&script).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while (!file.exists() || packets(&file).len() < 4) && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(10));
    }
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGTERM).unwrap();
    let (status, errors) = ended(&child.wait_with_output().unwrap());
    assert_eq!(status, Some(1), "{errors}");
    assert!(errors.contains(" packets of `v0`: ") && packets(&file).len() >= 4, "{errors}");
}

#[test]
fn mistakes_are_told_before_anything_is_written() {
    if is_missing() {
        return;
    }
    let (directory, file) = place("none.pcap");
    let path = file.display();
    let script = format!(
        "{LAB}capture v0 to {path}\nin red capture v1 to {path} as other; in red capture v0 to {path} as it
capture lo to {}/no/x.pcap as third\nin red capture v0 to {path}.2 as it; wait it; capture lo to",
        directory.path().display()
    );
    let (status, errors) = run(script.strip_suffix("; capture lo to").unwrap());
    assert_eq!(status, Some(2), "{errors}");
    for told in [
        "there is no link `v0` in the host",
        "it is in namespace `red`",
        "there is no link `v1` in namespace `red`",
        "there is no folder",
        "a capture called `it` runs already",
        "the capture `it` does not end by itself",
        "this would wait for ever",
    ] {
        assert!(errors.contains(told), "{told}: {errors}");
    }
    assert_eq!(run(&script).0, Some(2));
    assert!(fs::read_dir(directory.path()).unwrap().next().is_none());
    let no_exec =
        ["--sandbox", "--no-exec", "-c", &format!("link set lo up; capture lo to {path}; ping -c 1 127.0.0.1")];
    let output = Command::new(env!("CARGO_BIN_EXE_nns")).args(no_exec).output().unwrap();
    assert!(output.status.success() && packets(&file).len() == 2, "{output:?}");
}
