//! Probes and programs in real namespaces.
//!
//! Each case runs in a child process of this binary that enters a sandbox of its own (user, network and mount
//! namespaces, a tmpfs on `/run` and on `/etc`) while it has one thread, builds a topology with `ip` and looks.
//! Where namespaces are forbidden, cases are skipped, unless `NNS_REQUIRE_KERNEL` is set.

use std::{
    env,
    fs::{self, File},
    io::Read,
    net::{IpAddr, TcpListener, UdpSocket},
    os::unix::fs::PermissionsExt,
    process::{Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use nix::{
    errno::Errno,
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
    sys::signal::{Signal as OsSignal, raise},
    unistd::{getgid, getuid},
};
use nns::{
    commands::Endpoint,
    net::NsName,
    probe::{
        ping::{self, Call, Ping, PingError, PingEvent, PingSummary, Refusal},
        port::PortAnswer,
        tcp, udp,
    },
    process::{
        interrupt::{Interrupt, Signal},
        namespace,
        program::{self, Place, ProgramError, Streams},
        runtime,
    },
    report,
};

/// The word by which `ping_without_raw_sockets` starts this binary.
const NESTED: &str = "--by-datagrams";

/// Exit status of a child that may not make namespaces.
const FORBIDDEN: i32 = 77;

const CASES: &[(&str, fn())] = &[
    ("ping_is_answered", ping_is_answered),
    ("ping_waits_for_ipv6_to_settle", ping_waits_for_ipv6_to_settle),
    ("ping_meets_silence", ping_meets_silence),
    ("ping_is_refused_at_once", ping_is_refused_at_once),
    ("ping_is_refused_by_a_router", ping_is_refused_by_a_router),
    ("ping_reads_as_that_of_iputils", ping_reads_as_that_of_iputils),
    ("ping_without_raw_sockets", ping_without_raw_sockets),
    ("ping_ends_with_a_signal", ping_ends_with_a_signal),
    ("tcp_answers", tcp_answers),
    ("udp_answers", udp_answers),
    ("programs_see_their_namespace", programs_see_their_namespace),
    ("programs_see_what_ip_shows_them", programs_see_what_ip_shows_them),
    ("programs_end_with_their_status", programs_end_with_their_status),
];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().collect();
    if let [_, flag, name] = words.as_slice()
        && flag == "--in-sandbox"
    {
        return run_case(name);
    }
    if words.get(1).is_some_and(|word| word == NESTED) {
        ping_by_datagrams();
        return ExitCode::SUCCESS;
    }
    let trials = CASES.iter().map(|&(name, _)| Trial::ignorable_test(name, move || start_case(name))).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn start_case(name: &str) -> Result<Completion, Failed> {
    let output = Command::new(env::current_exe()?).args(["--in-sandbox", name]).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => Ok(Completion::Completed),
        Some(FORBIDDEN) if env::var_os("NNS_REQUIRE_KERNEL").is_none() => {
            Ok(Completion::ignored_with(format!("skipped: {said}")))
        }
        _ => Err(said.into()),
    }
}

fn run_case(name: &str) -> ExitCode {
    let (_, case) = CASES.iter().find(|(case, _)| *case == name).expect("the parent knows the cases");
    if let Err(error) = enter_sandbox() {
        eprint!("namespaces are forbidden here: {error}");
        return ExitCode::from(u8::try_from(FORBIDDEN).expect("it is small"));
    }
    case();
    ExitCode::SUCCESS
}

/// Leaves the machine for namespaces of one's own, as root there.
fn enter_sandbox() -> Result<(), Box<dyn std::error::Error>> {
    let (uid, gid) = (getuid(), getgid());
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS)?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("0 {uid} 1"))?;
    fs::write("/proc/self/gid_map", format!("0 {gid} 1"))?;
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)?;
    for directory in ["/run", "/etc"] {
        mount(Some("tmpfs"), directory, Some("tmpfs"), MsFlags::empty(), None::<&str>)?;
    }
    Ok(())
}

/// Runs `ip` with these words; panics with what it said if it fails.
fn ip(words: &str) {
    let output = Command::new("ip").args(words.split_whitespace()).output().expect("`ip` is installed");
    assert!(output.status.success(), "ip {words}: {}", String::from_utf8_lossy(&output.stderr));
}

fn handle(name: &str) -> File {
    File::open(format!("/run/netns/{name}")).unwrap()
}

/// Sets kernel settings of a namespace.
fn sysctl(ns: &str, settings: &str) {
    ip(&format!("netns exec {ns} sysctl -qw {settings}"));
}

/// Makes a router of a namespace, one that reports every packet it cannot deliver (by default few a second).
fn make_router(ns: &str) {
    sysctl(
        ns,
        "net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0",
    );
}

/// `red` (10.0.0.1, fd00::1) and `blue` (10.0.0.2, fd00::2) with a wire between `eth0` and `eth0`. Loopback is up in both.
fn red_and_blue() -> File {
    ip("netns add red");
    ip("netns add blue");
    ip("link add eth0 netns red type veth peer name eth0 netns blue");
    for (name, host) in [("red", 1), ("blue", 2)] {
        ip(&format!("-n {name} link set lo up"));
        ip(&format!("-n {name} addr add 10.0.0.{host}/24 dev eth0"));
        ip(&format!("-n {name} addr add fd00::{host}/64 dev eth0 nodad"));
        ip(&format!("-n {name} link set eth0 up"));
    }
    handle("red")
}

fn request(target: &str) -> Ping {
    let (target, scope) = target.split_once('%').map_or((target, None), |(target, scope)| (target, Some(scope)));
    Ping {
        target: target.parse().unwrap(),
        scope: scope.map(|scope| scope.parse().unwrap()),
        count: 1,
        interval: Duration::from_millis(100),
        timeout: Duration::from_secs(1),
        size: 56,
        from: None,
        until_answer: false,
    }
}

/// For as long as anything in these tests may take to settle.
fn until_answer(target: &str) -> Ping {
    Ping { until_answer: true, timeout: Duration::from_secs(5), ..request(target) }
}

fn try_ping(ns: &File, ping: &Ping) -> Result<(PingSummary, Vec<PingEvent>), PingError> {
    let mut events = Vec::new();
    let never = Interrupt::never();
    let asking = ping::ping(ping, Some(ns), &never, |event| events.push(event));
    let summary = runtime().unwrap().block_on(asking)?;
    Ok((summary, events))
}

fn run_ping(ns: &File, ping: &Ping) -> (PingSummary, Vec<PingEvent>) {
    try_ping(ns, ping).unwrap()
}

/// The link-local address of `eth0` in a namespace.
fn link_local(ns: &str) -> IpAddr {
    let show = format!("-n {ns} -6 -o addr show dev eth0 scope link");
    let output = Command::new("ip").args(show.split_whitespace()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let prefix = text.split_whitespace().skip_while(|&word| word != "inet6").nth(1).expect("it has one");
    prefix.split('/').next().unwrap().parse().unwrap()
}

/// Waits until no address of the namespace is checked for duplicates any more.
fn settle(ns: &str) {
    let begun = Instant::now();
    loop {
        let output = Command::new("ip").args(["-n", ns, "-6", "addr", "show", "tentative"]).output().unwrap();
        if output.stdout.is_empty() {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "addresses of {ns} stay tentative");
        thread::sleep(Duration::from_millis(50));
    }
}

fn ping_is_answered() {
    let red = red_and_blue();
    settle("red");
    settle("blue");
    for target in ["10.0.0.2", "10.0.0.1", "127.0.0.1", "127.1.2.3", "fd00::2", "fd00::1", "::1"] {
        let (summary, _) = run_ping(&red, &until_answer(target));
        assert!(summary.answered(), "{target}: {summary:?}");
        let (summary, events) = run_ping(&red, &Ping { count: 3, ..request(target) });
        assert_eq!((summary.sent, summary.received, summary.errors), (3, 3, 0), "{target}");
        let PingEvent::Started { source } = events[0] else { panic!("{target}: {events:?}") };
        assert_eq!(source.is_ipv4(), request(target).target.is_ipv4());
        for (event, expected) in events[1..].iter().zip(1..) {
            let PingEvent::Reply { seq, ttl, from, bytes, duplicate, .. } = event else { panic!("{event:?}") };
            assert_eq!((*seq, *ttl, from.to_string(), *bytes, *duplicate), (expected, 64, target.into(), 64, false));
        }
    }
    let neighbour = format!("{}%eth0", link_local("blue"));
    let (summary, events) = run_ping(&red, &until_answer(&neighbour));
    assert!(summary.answered(), "{summary:?}");
    assert!(matches!(&events[1], PingEvent::Reply { from, .. } if from.to_string() == neighbour), "{events:?}");
    for from in ["eth0", "10.0.0.1"] {
        let (summary, _) = run_ping(&red, &Ping { from: Some(from.into()), ..request("10.0.0.2") });
        assert!(summary.answered(), "from {from}: {summary:?}");
    }
    let (summary, _) = run_ping(&red, &Ping { size: 9000, ..request("10.0.0.2") });
    assert!(summary.answered(), "in fragments: {summary:?}");
    let (summary, _) = run_ping(&red, &Ping { size: 0, ..request("fd00::2") });
    assert!(summary.answered(), "without payload: {summary:?}");
    let missing = try_ping(&red, &Ping { from: Some("eth7".into()), ..request("10.0.0.2") });
    assert!(matches!(missing, Err(PingError::NoSuchLink { name }) if name == "eth7"));
    let mixed = try_ping(&red, &Ping { from: Some("fd00::1".into()), ..request("10.0.0.2") });
    assert!(matches!(mixed, Err(PingError::Families { .. })));
}

fn ping_waits_for_ipv6_to_settle() {
    ip("netns add red");
    ip("netns add blue");
    ip("link add eth0 netns red type veth peer name eth0 netns blue");
    for (name, host) in [("red", 1), ("blue", 2)] {
        ip(&format!("-n {name} addr add fd00::{host}/64 dev eth0"));
        ip(&format!("-n {name} link set eth0 up"));
    }
    let red = handle("red");
    let (summary, _) = run_ping(&red, &request("fd00::2"));
    assert!(!summary.answered(), "addresses take a second to settle: {summary:?}");
    let (summary, _) = run_ping(&red, &until_answer("fd00::2"));
    assert!(summary.answered(), "{summary:?}");
}

fn ping_meets_silence() {
    let red = red_and_blue();
    let begun = Instant::now();
    let (summary, events) = run_ping(&red, &Ping { timeout: Duration::from_millis(300), ..request("10.0.0.9") });
    assert_eq!((summary.sent, summary.received), (1, 0));
    assert_eq!(events.last(), Some(&PingEvent::Timeout { seq: 1 }));
    assert!((300..900).contains(&begun.elapsed().as_millis()), "the timeout is kept: {:?}", begun.elapsed());
    // Three ARP requests a second apart find nobody; the kernel then says so itself, and nothing is left to wait for.
    for (target, kind, code) in [("10.0.0.10", 3, 1), ("fd00::10", 1, 3)] {
        let begun = Instant::now();
        let (summary, events) = run_ping(&red, &Ping { timeout: Duration::from_secs(20), ..request(target) });
        assert_eq!((summary.sent, summary.received, summary.errors), (1, 0, 1), "{target}: {events:?}");
        let Some(PingEvent::Error { seq: 1, error, .. }) = events.last() else { panic!("{events:?}") };
        assert_eq!((error.kind, error.code), (kind, code));
        assert!(begun.elapsed() < Duration::from_secs(10), "{target}: {:?}", begun.elapsed());
    }
    // Someone who appears in the meantime is found.
    let late = thread::spawn(|| {
        thread::sleep(Duration::from_millis(1500));
        ip("-n blue addr add 10.0.0.11/24 dev eth0");
    });
    let (summary, _) = run_ping(&red, &until_answer("10.0.0.11"));
    assert!(summary.answered(), "{summary:?}");
    late.join().unwrap();
}

fn ping_is_refused_at_once() {
    let red = red_and_blue();
    ip("-n red route add prohibit 10.9.9.0/24");
    ip("-n red route add unreachable 10.9.8.0/24");
    ip("-n red route add blackhole 10.9.7.0/24");
    let refused = |target: &str, errno| {
        for ping in [request(target), until_answer(target)] {
            let begun = Instant::now();
            let (summary, events) = run_ping(&red, &ping);
            let refusal = Refusal { call: Call::Connect, errno };
            assert_eq!((summary.refused, summary.sent), (Some(refusal), 0), "{target}");
            assert_eq!(events, [PingEvent::Refused(refusal)]);
            assert_eq!(report::ping::exit_status(&summary), 2);
            assert!(begun.elapsed() < Duration::from_millis(500), "{target}: {:?}", begun.elapsed());
        }
    };
    refused("8.8.8.8", Errno::ENETUNREACH);
    refused("10.9.9.1", Errno::EACCES);
    refused("10.9.8.1", Errno::EHOSTUNREACH);
    refused("10.9.7.1", Errno::EINVAL);
    refused("10.0.0.255", Errno::EACCES);
    let (summary, _) = run_ping(&red, &request("2001:db8::1"));
    assert_eq!(summary.refused, Some(Refusal { call: Call::Connect, errno: Errno::ENETUNREACH }));
    let (summary, _) = run_ping(&red, &Ping { from: Some("10.0.0.7".into()), ..request("10.0.0.2") });
    assert_eq!(summary.refused, Some(Refusal { call: Call::Bind, errno: Errno::EADDRNOTAVAIL }));
    // Loopback that was never set up.
    ip("netns add empty");
    for (target, errno) in [("127.0.0.1", Errno::ENETUNREACH), ("::1", Errno::EADDRNOTAVAIL)] {
        let (summary, _) = run_ping(&handle("empty"), &request(target));
        assert_eq!(summary.refused.map(|refusal| refusal.errno), Some(errno), "{target}");
    }
}

fn ping_is_refused_by_a_router() {
    let red = red_and_blue();
    settle("red");
    settle("blue");
    make_router("blue");
    ip("-n red route add default via 10.0.0.2");
    ip("-n red route add default via fd00::2");
    let begun = Instant::now();
    let (summary, events) = run_ping(&red, &until_answer("8.8.8.8"));
    assert_eq!((summary.received, summary.errors), (0, 1), "{events:?}");
    assert!(begun.elapsed() < Duration::from_secs(2), "nothing will change: {:?}", begun.elapsed());
    let Some(PingEvent::Error { from, error, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!((from.to_string().as_str(), error.kind, error.code), ("10.0.0.2", 3, 0));
    let many = Ping { count: 30, interval: Duration::from_millis(5), ..request("2001:db8::1") };
    let (summary, events) = run_ping(&red, &many);
    assert_eq!((summary.received, summary.errors), (0, 30), "{events:?}");
    let Some(PingEvent::Error { from, error, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!((from.to_string().as_str(), error.kind, error.code), ("fd00::2", 1, 0));
    // Behind it a loop of two routers: the time to live runs out.
    ip("netns add green");
    make_router("green");
    ip("link add eth1 netns blue type veth peer name eth0 netns green");
    for (name, link, host, other) in [("blue", "eth1", 1, 2), ("green", "eth0", 2, 1)] {
        ip(&format!("-n {name} addr add 10.1.0.{host}/24 dev {link}"));
        ip(&format!("-n {name} link set {link} up"));
        ip(&format!("-n {name} route add default via 10.1.0.{other}"));
    }
    let (summary, events) = run_ping(&red, &Ping { timeout: Duration::from_secs(3), ..request("8.8.8.8") });
    assert_eq!(summary.received, 0);
    let exceeded = |event: &PingEvent| matches!(event, PingEvent::Error { error, .. } if error.kind == 11);
    assert!(events.iter().any(exceeded), "{events:?}");
}

/// Digits of times are masked; the rest must be the same.
fn ping_reads_as_that_of_iputils() {
    let red = red_and_blue();
    settle("red");
    settle("blue");
    ip("-n red route add 10.5.0.0/24 via 10.0.0.2");
    ip("-n red route add fd05::/64 via fd00::2");
    ip("-n red route add prohibit 10.9.9.0/24");
    ip("-n red route add unreachable fd09::/64");
    make_router("blue");
    let neighbour = format!("{}%eth0", link_local("blue"));
    let arguments: &[(&str, Option<&str>)] = &[
        ("10.0.0.2", None),
        ("10.0.0.2", Some("eth0")),
        ("10.0.0.2", Some("10.0.0.1")),
        ("10.0.0.2", Some("10.0.0.7")),
        ("10.0.0.2", Some("eth7")),
        ("fd00::2", None),
        ("fd00::2", Some("eth0")),
        ("fd00::2", Some("fd00::1")),
        ("fd00::2", Some("fd00::7")),
        (&neighbour, None),
        ("fe80::1%eth7", None),
        ("::1", None),
        ("127.0.0.1", None),
        ("10.5.0.1", None),
        ("fd05::1", None),
        ("10.9.9.1", None),
        ("fd09::1", None),
        ("8.8.8.8", None),
        ("2001:db8::1", None),
        ("10.0.0.255", None),
        ("10.0.0.77", None),
    ];
    for (target, from) in arguments {
        // Six bytes of payload are too few for a time stamp.
        let sizes: &[u16] = if from.is_none() && target.ends_with('2') { &[56, 6] } else { &[56] };
        // Of routes that are missing an IPv4 router tells five times, then once a second (`net.ipv4.route.error_cost`).
        let count = if *target == "10.5.0.1" { 1 } else { 2 };
        for &size in sizes {
            let ping = Ping {
                count,
                interval: Duration::from_millis(200),
                timeout: Duration::from_secs(10),
                size,
                from: from.map(Into::into),
                ..request(target)
            };
            let mut real = Command::new("ip");
            real.args([
                "netns",
                "exec",
                "red",
                "ping",
                "-n",
                "-i0.2",
                "-c",
                &count.to_string(),
                "-s",
                &size.to_string(),
            ]);
            real.args(from.iter().flat_map(|from| ["-I", from])).arg(target).env("LC_ALL", "C");
            let real = real.output().unwrap();
            let (out, err, status) = our_ping(&red, &ping);
            let what = format!("ping -s {size} {target} from {from:?}");
            assert_eq!(masked(&out), masked(&String::from_utf8(real.stdout).unwrap()), "{what}");
            assert_eq!(err, String::from_utf8(real.stderr).unwrap(), "{what}");
            assert_eq!(Some(i32::from(status)), real.status.code(), "{what}");
        }
    }
}

/// What is printed for a ping, on both streams, and its exit status.
fn our_ping(ns: &File, ping: &Ping) -> (String, String, u8) {
    let (mut out, mut err) = (String::new(), String::new());
    let (summary, events) = match try_ping(ns, ping) {
        Ok(seen) => seen,
        Err(error) => return (out, report::ping::render_error(ping, &error), 2),
    };
    for event in &events {
        match report::ping::render_event(ping, false, event) {
            Some(report::ping::Line::Out(text)) => out += &text,
            Some(report::ping::Line::Err(text)) => err += &text,
            None => {}
        }
    }
    out += &report::ping::render_summary(ping, &summary);
    (out, err, report::ping::exit_status(&summary))
}

/// The text with `T` for times.
fn masked(text: &str) -> String {
    let mask = |line: &str| {
        let (head, tail) = match (line.split_once("time="), line.split_once(", time "), line.split_once("mdev = ")) {
            (Some((head, _)), _, _) => (head, "time=T ms"),
            (_, Some((head, _)), _) => (head, ", time Tms"),
            (_, _, Some((head, tail))) => (head, tail.split_once(", ").map_or("mdev = T", |(_, pipe)| pipe)),
            (None, None, None) => (line, ""),
        };
        format!("{head}{tail}\n")
    };
    text.split_terminator('\n').map(mask).collect()
}

fn ping_without_raw_sockets() {
    let red = red_and_blue();
    settle("red");
    settle("blue");
    ip("-n red route add 10.5.0.0/24 via 10.0.0.2");
    make_router("blue");
    // The one group of the sandbox may open datagram sockets for ICMP.
    namespace::inside(Some(&red), || fs::write("/proc/sys/net/ipv4/ping_group_range", "0 0")).unwrap().unwrap();
    // A user namespace inside the sandbox has no say over the sandbox's network: raw sockets are refused there.
    let mut nested = Command::new("ip");
    nested.args(["netns", "exec", "red", "unshare", "-U", "-r"]).arg(env::current_exe().unwrap()).arg(NESTED);
    assert!(nested.status().unwrap().success());
}

/// What `ping_without_raw_sockets` does in the nested user namespace.
fn ping_by_datagrams() {
    let here = File::open("/proc/self/ns/net").unwrap();
    assert!(namespace::inside(Some(&here), || ()).is_err(), "there are no rights over the network");
    let ask = |target: &str| {
        let mut events = Vec::new();
        let never = Interrupt::never();
        let ping = Ping { count: 2, ..request(target) };
        let asking = ping::ping(&ping, None, &never, |event| events.push(event));
        (runtime().unwrap().block_on(asking).unwrap(), events)
    };
    for target in ["10.0.0.2", "fd00::2"] {
        let (summary, events) = ask(target);
        assert_eq!((summary.sent, summary.received), (2, 2), "{events:?}");
        assert!(matches!(events[2], PingEvent::Reply { seq: 2, ttl: 64, bytes: 64, .. }), "{events:?}");
    }
    let (summary, events) = ask("10.5.0.1");
    assert_eq!((summary.sent, summary.errors), (2, 2), "{events:?}");
    assert!(matches!(&events[2], PingEvent::Error { seq: 2, error, .. } if (error.kind, error.code) == (3, 0)));
}

fn ping_ends_with_a_signal() {
    let red = red_and_blue();
    let interrupt = Interrupt::install().unwrap();
    let sender = thread::spawn(|| {
        thread::sleep(Duration::from_millis(300));
        nix::sys::signal::kill(nix::unistd::Pid::this(), OsSignal::SIGINT).unwrap();
    });
    let endless = Ping { count: u32::MAX, ..request("10.0.0.2") };
    let begun = Instant::now();
    let summary = runtime().unwrap().block_on(ping::ping(&endless, Some(&red), &interrupt, |_| ())).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(summary.interrupted && summary.answered(), "{summary:?}");
    assert_eq!(interrupt.check(), Some(Signal::Interrupt));
    sender.join().unwrap();
    // A second one does not kill either.
    raise(OsSignal::SIGINT).unwrap();
    interrupt.clear();
    raise(OsSignal::SIGTERM).unwrap();
    assert_eq!(runtime().unwrap().block_on(interrupt.terminated_beyond(0)), 1);
}

fn tcp_answers() {
    let red = red_and_blue();
    let blue = handle("blue");
    settle("red");
    settle("blue");
    ip("-n red route add unreachable 10.9.8.0/24");
    let ask = |address: &str, port| {
        let target = Endpoint { address: address.parse().unwrap(), port };
        let never = Interrupt::never();
        let asking = tcp::connect(target, Some(&red), Duration::from_millis(500), &never);
        runtime().unwrap().block_on(asking).unwrap()
    };
    let listener = namespace::inside(Some(&blue), || TcpListener::bind("[::]:80")).unwrap().unwrap();
    assert!(matches!(ask("10.0.0.2", 80), PortAnswer::Open { .. }));
    assert!(matches!(ask("fd00::2", 80), PortAnswer::Open { .. }));
    drop(listener);
    assert_eq!(ask("10.0.0.2", 80), PortAnswer::Refused);
    assert_eq!(ask("fd00::2", 80), PortAnswer::Refused);
    assert_eq!(ask("10.0.0.9", 80), PortAnswer::TimedOut);
    assert_eq!(ask("8.8.8.8", 80), PortAnswer::Unreachable(Errno::ENETUNREACH));
    assert_eq!(ask("10.9.8.1", 80), PortAnswer::Unreachable(Errno::EHOSTUNREACH));
    assert_eq!(ask("2001:db8::1", 80), PortAnswer::Unreachable(Errno::ENETUNREACH));
    let interrupt = Interrupt::never();
    interrupt.note(Signal::Terminate);
    let target = Endpoint { address: "10.0.0.2".parse().unwrap(), port: 80 };
    let asking = tcp::connect(target, Some(&red), Duration::from_secs(9), &interrupt);
    assert_eq!(runtime().unwrap().block_on(asking).unwrap(), PortAnswer::Interrupted);
}

fn udp_answers() {
    let red = red_and_blue();
    let blue = handle("blue");
    settle("red");
    settle("blue");
    ip("-n red route add unreachable 10.9.8.0/24");
    let ask_for = |address: &str, limit| {
        let target = Endpoint { address: address.parse().unwrap(), port: 53 };
        let never = Interrupt::never();
        runtime().unwrap().block_on(udp::ask(target, Some(&red), limit, &never)).unwrap()
    };
    let ask = |address: &str| ask_for(address, Duration::from_millis(500));
    assert_eq!(ask("10.0.0.2"), PortAnswer::Refused);
    assert_eq!(ask("fd00::2"), PortAnswer::Refused);
    assert_eq!(ask("10.0.0.9"), PortAnswer::TimedOut);
    assert_eq!(ask("8.8.8.8"), PortAnswer::Unreachable(Errno::ENETUNREACH));
    assert_eq!(ask("10.9.8.1"), PortAnswer::Unreachable(Errno::EHOSTUNREACH));
    assert_eq!(ask("2001:db8::1"), PortAnswer::Unreachable(Errno::ENETUNREACH));

    // One that hears and says nothing; then one that only answers the third datagram.
    let socket = namespace::inside(Some(&blue), || UdpSocket::bind("[::]:53")).unwrap().unwrap();
    assert_eq!(ask("10.0.0.2"), PortAnswer::TimedOut);
    socket.set_nonblocking(true).unwrap();
    let mut heard = 0;
    while socket.recv_from(&mut [0; 64]).is_ok() {
        heard += 1;
    }
    assert_eq!(heard, 3, "one each 200 ms");
    socket.set_nonblocking(false).unwrap();
    let deaf = thread::spawn(move || {
        let mut buffer = [0; 64];
        for _ in 0..2 {
            socket.recv_from(&mut buffer).unwrap();
        }
        let (length, from) = socket.recv_from(&mut buffer).unwrap();
        socket.send_to(&buffer[..length], from).unwrap();
    });
    let answer = ask_for("fd00::2", Duration::from_secs(5));
    assert!(matches!(answer, PortAnswer::Open { time } if time > Duration::from_millis(350)), "{answer:?}");
    deaf.join().unwrap();

    let interrupt = Interrupt::never();
    interrupt.note(Signal::Terminate);
    let target = Endpoint { address: "10.0.0.9".parse().unwrap(), port: 53 };
    let asking = udp::ask(target, Some(&red), Duration::from_secs(9), &interrupt);
    assert_eq!(runtime().unwrap().block_on(asking).unwrap(), PortAnswer::Interrupted);
}

/// The standard output of a program in `red`, and what it had to do without.
fn output_in_red(argv: &[&str]) -> (String, Vec<program::Lack>) {
    let (name, red): (NsName, File) = ("red".parse().unwrap(), handle("red"));
    let (mut read, write) = std::io::pipe().unwrap();
    let argv: Vec<String> = argv.iter().map(|&word| word.into()).collect();
    let streams = Streams { stdin: Stdio::null(), stdout: write.into(), stderr: Stdio::inherit() };
    let running = program::start(&argv, streams, Place::Named { name: &name, handle: &red }).unwrap();
    let lacks = running.lacks().to_vec();
    let mut text = String::new();
    read.read_to_string(&mut text).unwrap();
    assert!(running.wait(&Interrupt::never()).unwrap().success());
    (text, lacks)
}

fn programs_see_their_namespace() {
    red_and_blue();
    fs::create_dir_all("/etc/netns/red").unwrap();
    fs::write("/etc/resolv.conf", "host\n").unwrap();
    fs::write("/etc/netns/red/resolv.conf", "red\n").unwrap();
    fs::write("/etc/netns/red/nobody-has-this", "").unwrap();
    let (links, lacks) = output_in_red(&["ls", "/sys/class/net"]);
    assert_eq!(links, "eth0\nlo\n");
    let [program::Lack::Etc { to, errno: Errno::ENOENT, .. }] = lacks.as_slice() else { panic!("{lacks:?}") };
    assert_eq!(to.to_str(), Some("/etc/nobody-has-this"));
    assert_eq!(output_in_red(&["cat", "/etc/resolv.conf"]).0, "red\n");
    assert_eq!(output_in_red(&["ip", "-br", "link", "show", "eth0"]).0.split('@').next(), Some("eth0"));
    // Nothing of that is seen outside.
    assert_eq!(fs::read_to_string("/etc/resolv.conf").unwrap(), "host\n");
    let output = Command::new("ip").args(["-br", "link"]).output().unwrap();
    assert!(!String::from_utf8(output.stdout).unwrap().contains("eth0"));
}

/// The command and `ip` itself, word for word.
fn programs_see_what_ip_shows_them() {
    red_and_blue();
    fs::create_dir_all("/etc/netns/red/folder").unwrap();
    fs::create_dir("/etc/folder").unwrap();
    for (file, text) in [
        ("/etc/resolv.conf", "host"),
        ("/etc/hosts", "host"),
        ("/etc/netns/red/resolv.conf", "red"),
        ("/etc/netns/red/nobody-has-this", ""),
        ("/etc/netns/red/folder/file", "in red"),
    ] {
        fs::write(file, format!("{text}\n")).unwrap();
    }
    for words in [
        "cat /etc/resolv.conf /etc/hosts /etc/folder/file",
        "ls /sys/class/net",
        "cat /sys/class/net/eth0/operstate",
        "readlink /proc/self/ns/net",
        "sh -c 'readlink /proc/self/ns/mnt | grep -c .; stat -f -c %T /sys'",
        "sh -c 'exit 7'",
    ] {
        let run = |line: &str| Command::new("sh").args(["-c", line]).output().unwrap();
        let theirs = run(&format!("ip netns exec red {words}"));
        let nns = env!("CARGO_BIN_EXE_nns");
        for statement in [format!("ip netns exec red {words}"), format!("in red exec {words}")] {
            let ours = Command::new(nns).args(["-c", &statement]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&ours.stdout), String::from_utf8_lossy(&theirs.stdout), "{statement}");
            for said in [&ours, &theirs] {
                let said = String::from_utf8_lossy(&said.stderr);
                assert!(said.contains("nobody-has-this") && said.contains("No such file"), "{statement}: {said}");
            }
        }
    }
    assert_eq!(fs::read_to_string("/etc/resolv.conf").unwrap(), "host\n");
    assert_eq!(fs::read_dir("/etc/folder").unwrap().count(), 0);
}

fn programs_end_with_their_status() {
    red_and_blue();
    let (name, red): (NsName, File) = ("red".parse().unwrap(), handle("red"));
    let start = |argv: &[&str]| {
        let argv: Vec<String> = argv.iter().map(|&word| word.into()).collect();
        program::start(&argv, Streams::inherit(), Place::Named { name: &name, handle: &red })
    };
    let status = |argv: &[&str]| program::exit_code(start(argv).unwrap().wait(&Interrupt::never()).unwrap());
    assert_eq!(status(&["true"]), 0);
    assert_eq!(status(&["sh", "-c", "exit 3"]), 3);
    assert_eq!(status(&["sh", "-c", "kill -TERM $$"]), 143);
    assert!(
        matches!(start(&["no-such-program"]), Err(ProgramError::NotFound { program }) if program == "no-such-program")
    );
    fs::write("/run/plain", "").unwrap();
    fs::set_permissions("/run/plain", fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(start(&["/run/plain"]), Err(ProgramError::NotExecutable { .. })));
    // A SIGTERM for this process reaches the program.
    let interrupt = Interrupt::install().unwrap();
    let sleeping = start(&["sleep", "60"]).unwrap();
    raise(OsSignal::SIGTERM).unwrap();
    assert_eq!(program::exit_code(sleeping.wait(&interrupt).unwrap()), 143);
}
