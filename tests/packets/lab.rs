//! A router and three neighbours.
//!
//! ```text
//!  red  192.168.15.1    fd00:15:0:1::1 ──── veth-red
//!                                                    host, the router   eth0 ──── out  203.0.113.9  fd00:99::9
//!  blue 192.168.15.129  fd00:15:0:2::1 ──── veth-blue
//! ```
//!
//! The host is 192.168.15.126, 192.168.15.254 and 203.0.113.1, fd00:15:0:1::ff, fd00:15:0:2::ff and fd00:99::1. All know
//! the way to each other, so that what is not translated arrives too, and is answered. Two prefixes hold both red and
//! blue, with the router between them: 192.168.15.0/24 and fd00:15::/48.

use std::{
    cell::RefCell,
    io::{self, Write},
    rc::Rc,
};

use nns::{
    backend::KernelBackend,
    process::interrupt::Interrupt,
    session::{Exit, Options, Session, Terminal},
};

use crate::traffic::Ears;

/// The host may refuse as often as it likes: by itself the kernel tells a neighbour six times, and then once a second.
/// And no address is tentative, not even those that the kernel gives: with these it looks for neighbours.
const NETWORK: &str = "
    netns add red blue out
    sysctl -q net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv6.conf.default.accept_dad=0
    in red sysctl -q net.ipv6.conf.default.accept_dad=0
    in blue sysctl -q net.ipv6.conf.default.accept_dad=0
    in out sysctl -q net.ipv6.conf.default.accept_dad=0
    link add veth-red type veth peer name eth0 netns red
    link add veth-blue type veth peer name eth0 netns blue
    link add eth0 type veth peer name eth0 netns out
    addr add 192.168.15.126/25 dev veth-red
    addr add fd00:15:0:1::ff/64 dev veth-red
    addr add 192.168.15.254/25 dev veth-blue
    addr add fd00:15:0:2::ff/64 dev veth-blue
    addr add 203.0.113.1/24 dev eth0
    addr add fd00:99::1/64 dev eth0
    link set lo up; link set veth-red up; link set veth-blue up; link set eth0 up
    in red  { addr add 192.168.15.1/25 dev eth0; addr add fd00:15:0:1::1/64 dev eth0 }
    in blue { addr add 192.168.15.129/25 dev eth0; addr add fd00:15:0:2::1/64 dev eth0 }
    in out  { addr add 203.0.113.9/24 dev eth0; addr add fd00:99::9/64 dev eth0 }
    in red  { link set lo up; link set eth0 up; route add default via 192.168.15.126; route add default via fd00:15:0:1::ff }
    in blue { link set lo up; link set eth0 up; route add default via 192.168.15.254; route add default via fd00:15:0:2::ff }
    in out  { link set lo up; link set eth0 up; route add default via 203.0.113.1; route add default via fd00:99::1 }
";

/// What every cable must carry before anything else is sent: only then does silence say something.
const CABLES: &[(&str, &str)] = &[
    ("udp red -> 192.168.15.126:53", "host:53 hears 192.168.15.1"),
    ("udp blue -> 192.168.15.254:53", "host:53 hears 192.168.15.129"),
    ("udp out -> 203.0.113.1:53", "host:53 hears 203.0.113.9"),
    ("udp red -> [fd00:15:0:1::ff]:53", "host:53 hears fd00:15:0:1::1"),
    ("udp blue -> [fd00:15:0:2::ff]:53", "host:53 hears fd00:15:0:2::1"),
    ("udp out -> [fd00:99::1]:53", "host:53 hears fd00:99::9"),
];

/// The sandbox of a test: its network, and a session that goes on.
pub struct Lab {
    session: Session<KernelBackend>,
    paper: Paper,
    ears: Ears,
}

impl Lab {
    /// The network, where nobody passes packets on yet.
    pub fn new() -> Self {
        let lab = Self::of(NETWORK, &["host", "red", "blue", "out"]);
        for (packet, expected) in CABLES {
            lab.wait_for(packet, expected);
        }
        lab
    }

    /// Another network, with ears in these namespaces.
    pub fn of(network: &str, ears: &[&'static str]) -> Self {
        let paper = Paper::default();
        let kernel = KernelBackend::new().expect("the sandbox has a kernel");
        let terminal = Terminal::new(paper.clone(), paper.clone());
        let mut session = Session::new(kernel, Options::default(), terminal, Interrupt::never());
        run(&mut session, &paper, network);
        Self { session, paper, ears: Ears::listen(ears) }
    }

    /// The network, where the host passes packets on.
    pub fn router() -> Self {
        let mut lab = Self::new();
        lab.run("forwarding on; forwarding on ipv6");
        lab
    }

    /// Runs statements on the host. They must succeed.
    #[track_caller]
    pub fn run(&mut self, statements: &str) {
        run(&mut self.session, &self.paper, statements);
    }

    /// Sends a packet; what becomes of it must be as expected. [`crate::traffic`] says how both are written.
    #[track_caller]
    pub fn sees(&self, packet: &str, expected: &str) {
        assert_eq!(self.ears.send(packet, expected), expected, "{packet}");
    }

    /// Sends a packet again and again until what is expected becomes of it.
    #[track_caller]
    pub fn wait_for(&self, packet: &str, expected: &str) {
        self.ears.wait_for(packet, expected);
    }

    /// Sends several, each with what must become of it.
    #[track_caller]
    pub fn all(&self, expectations: &[(&str, &str)]) {
        for (packet, expected) in expectations {
            self.sees(packet, expected);
        }
    }
}

#[track_caller]
fn run(session: &mut Session<KernelBackend>, paper: &Paper, statements: &str) {
    let source = session.add("test", statements);
    let exit = session.run(&[source]);
    assert_eq!(exit, Exit::Done, "{statements}: {}", String::from_utf8_lossy(&paper.0.borrow()));
}

/// Where what is said is written down.
#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
