//! Packets, and what becomes of them.
//!
//! In: a packet as text, `udp red -> 203.0.113.9:53`; behind the sender's name may stand the port it sends from, or a
//! range to choose from, `udp red:2000-2999 -> …`. A ping has no ports: `ping red -> 203.0.113.9`. Out: what the receiver says of it,
//! `out:53 hears 192.168.15.1`, or what the sender notices: `silence`, `refused`, `no host`, `not sent`.

use std::{
    fs::{self, File},
    io::{ErrorKind, Read, Result, Write},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{
        atomic::{AtomicU16, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sched::{CloneFlags, setns},
};
use socket2::{Domain, Protocol, Socket, Type};

/// How long something that must not come is waited for.
const SILENCE: Duration = Duration::from_millis(150);
/// How long something that must come may take, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(4);
/// The ports at which everybody listens, for TCP and UDP. Nobody listens at the others.
const PORTS: &[u16] = &[22, 53, 80, 443, 5000, 5001, 8080];

/// The port that the next packet is sent from. Connection tracking remembers what became of a conversation, so each
/// packet begins a new one.
static NEXT_PORT: AtomicU16 = AtomicU16::new(40_000);

/// A packet that arrived.
struct Heard {
    /// What it carries; its sender made it up.
    token: [u8; 2],
    /// In which namespace, at which port.
    at: (&'static str, u16),
    /// Where it came from, as the receiver's socket tells.
    from: SocketAddr,
}

/// Sockets that listen in some namespaces.
pub struct Ears {
    heard: Receiver<Heard>,
}

/// What a sender notices.
#[derive(Clone, Copy, PartialEq)]
enum Noticed {
    Answer,
    Silence,
    /// What its kernel says at once.
    Told(&'static str),
}

/// Does something on a thread in a namespace; `host` is the one where the test runs.
pub fn inside<T: Send>(netns: &str, work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let visit = || {
            if netns != "host" {
                let file = File::open(format!("/run/netns/{netns}")).expect("the namespace has a name");
                setns(file, CloneFlags::CLONE_NEWNET).expect("one may enter one's own namespaces");
            }
            work()
        };
        scope.spawn(visit).join().expect("the work is done")
    })
}

impl Ears {
    /// Listens in these namespaces, and lets everybody there ping.
    pub fn listen(namespaces: &[&'static str]) -> Self {
        let (tell, heard) = mpsc::channel();
        for &netns in namespaces {
            inside(netns, || {
                fs::write("/proc/sys/net/ipv4/ping_group_range", "0 0").expect("the namespace is one's own");
                for &port in PORTS {
                    let at = (netns, port);
                    let udp = UdpSocket::bind(("::", port)).expect("nobody else listens");
                    let tcp = TcpListener::bind(("::", port)).expect("nobody else listens");
                    let (of_udp, of_tcp) = (tell.clone(), tell.clone());
                    thread::spawn(move || serve_udp(&udp, at, &of_udp));
                    thread::spawn(move || serve_tcp(&tcp, at, &of_tcp));
                }
            });
        }
        Self { heard }
    }

    /// Sends a packet and tells what becomes of it. What is expected decides only how long is waited for it.
    pub fn send(&self, packet: &str, expected: &str) -> String {
        let (head, to) = packet.split_once(" -> ").expect("a packet goes somewhere");
        let (protocol, sender) = head.split_once(' ').expect("a packet has a protocol and a sender");
        let (sender, port) = match sender.split_once(':') {
            Some((sender, ports)) => (sender, chosen(ports)),
            None => (sender, NEXT_PORT.fetch_add(1, Ordering::Relaxed)),
        };
        let token = NEXT_PORT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let wait = if expected == "silence" || expected.ends_with("lost") { SILENCE } else { PATIENCE };
        let noticed = inside(sender, || match protocol {
            "udp" => send_udp(port, to.parse().expect("an address and a port"), token, wait),
            "tcp" => send_tcp(port, to.parse().expect("an address and a port"), token, wait),
            "ping" => ping(to.parse().expect("an address"), wait),
            _ => panic!("no protocol `{protocol}`"),
        });
        let noticed = noticed.unwrap_or_else(|error| noticed_by(&error));
        let arrives = protocol != "ping" && (noticed == Noticed::Answer || expected.contains("hears"));
        let heard = self.heard(token, if arrives { PATIENCE } else { Duration::ZERO });
        tell(noticed, heard.as_ref(), port)
    }

    /// Sends a packet again and again until it arrives: the kernel notices in its own time that a new cable is there.
    pub fn wait_for(&self, packet: &str, expected: &str) {
        let end = Instant::now() + 3 * PATIENCE;
        loop {
            let sent = self.send(packet, "silence");
            if sent == expected {
                return;
            }
            assert!(Instant::now() < end, "{packet}: {sent}");
        }
    }

    /// The arrival of a packet. Those of others, which came too late, are forgotten.
    fn heard(&self, token: [u8; 2], wait: Duration) -> Option<Heard> {
        let end = Instant::now() + wait;
        loop {
            let heard = self.heard.recv_timeout(end.saturating_duration_since(Instant::now())).ok()?;
            if heard.token == token {
                return Some(heard);
            }
        }
    }
}

/// A port, or the next of a range.
fn chosen(ports: &str) -> u16 {
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let [first, last]: [u16; 2] = [first, last].map(|port| port.parse().expect("a port"));
    first + NEXT_PORT.fetch_add(1, Ordering::Relaxed) % (last - first + 1)
}

/// In words; the port that a packet came from is told when it is not the one that it was sent from.
fn tell(noticed: Noticed, heard: Option<&Heard>, port: u16) -> String {
    let arrival = heard.map(|heard| {
        let from = heard.from.ip().to_canonical();
        let changed = if heard.from.port() == port { String::new() } else { format!(" port {}", heard.from.port()) };
        format!("{}:{} hears {from}{changed}", heard.at.0, heard.at.1)
    });
    match (noticed, arrival) {
        (Noticed::Answer, Some(arrival)) => arrival,
        (Noticed::Answer, None) => "answered".into(),
        (Noticed::Silence, Some(arrival)) => format!("{arrival}, the answer is lost"),
        (Noticed::Silence, None) => "silence".into(),
        (Noticed::Told(what), None) => what.into(),
        (Noticed::Told(what), Some(arrival)) => format!("{arrival}, and yet the sender is told `{what}`"),
    }
}

fn noticed_by(error: &std::io::Error) -> Noticed {
    let errno = Errno::from_raw(error.raw_os_error().unwrap_or_default());
    match (error.kind(), errno) {
        (ErrorKind::TimedOut | ErrorKind::WouldBlock, _) => Noticed::Silence,
        (_, Errno::ECONNREFUSED) => Noticed::Told("refused"),
        (_, Errno::ENETUNREACH) => Noticed::Told("no network"),
        (_, Errno::EHOSTUNREACH) => Noticed::Told("no host"),
        (_, Errno::EACCES) => Noticed::Told("prohibited"),
        (_, Errno::EPERM) => Noticed::Told("not sent"),
        _ => panic!("a sender's error that means nothing here: {error}"),
    }
}

fn serve_udp(socket: &UdpSocket, at: (&'static str, u16), tell: &Sender<Heard>) {
    loop {
        let mut token = [0; 2];
        let (_, from) = socket.recv_from(&mut token).expect("the socket is not connected");
        if tell.send(Heard { token, at, from }).is_err() {
            return;
        }
        // Where a rule forbids the answer, it is lost.
        socket.send_to(&token, from).ok();
    }
}

fn serve_tcp(listener: &TcpListener, at: (&'static str, u16), tell: &Sender<Heard>) {
    loop {
        let (mut stream, from) = listener.accept().expect("the socket listens");
        let mut token = [0; 2];
        stream.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
        if stream.read_exact(&mut token).is_ok() {
            if tell.send(Heard { token, at, from }).is_err() {
                return;
            }
            stream.write_all(&token).ok();
        }
    }
}

fn send_udp(port: u16, to: SocketAddr, token: [u8; 2], wait: Duration) -> Result<Noticed> {
    let socket = UdpSocket::bind((wildcard(to), port))?;
    socket.set_read_timeout(Some(wait))?;
    socket.connect(to)?;
    socket.send(&token)?;
    socket.recv(&mut [0; 2])?;
    Ok(Noticed::Answer)
}

fn send_tcp(port: u16, to: SocketAddr, token: [u8; 2], wait: Duration) -> Result<Noticed> {
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::new(wildcard(to), port).into())?;
    socket.connect_timeout(&to.into(), wait)?;
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(wait))?;
    stream.write_all(&token)?;
    stream.read_exact(&mut [0; 2])?;
    Ok(Noticed::Answer)
}

fn ping(to: IpAddr, wait: Duration) -> Result<Noticed> {
    let to = SocketAddr::new(to, 0);
    let (protocol, request, reply) = if to.is_ipv4() { (Protocol::ICMPV4, 8, 0) } else { (Protocol::ICMPV6, 128, 129) };
    let socket = Socket::new(Domain::for_address(to), Type::DGRAM, Some(protocol))?;
    socket.set_read_timeout(Some(wait))?;
    socket.connect(&to.into())?;
    socket.send(&[request, 0, 0, 0, 0, 0, 0, 1])?;
    let mut message = [0; 8];
    (&socket).read_exact(&mut message)?;
    assert_eq!(message[0], reply, "what else comes is an error of the socket");
    Ok(Noticed::Answer)
}

fn wildcard(to: SocketAddr) -> IpAddr {
    if to.is_ipv4() { [0; 4].into() } else { [0_u16; 8].into() }
}
