//! A script of so many lines, and how long it takes to be read.
//!
//! In: a number of lines. Out: the time of each stage. What the script does is what labs do: namespaces with cables to a
//! bridge each, addresses, routes, loops, `def`s and rules. Every line is right.

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    io,
    time::{Duration, Instant},
};

use nns::{
    backend::Memory,
    model::World,
    process::interrupt::Interrupt,
    session::{Exit, Options, Session, Terminal},
    source::Sources,
    syntax::{format::format, parse},
};

/// What is done with a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Text to tree.
    Parse,
    /// Text to text, laid out.
    Format,
    /// Tree to changes of an empty world. Reading the text, which comes first, is taken off.
    Check,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Parse => "parse",
            Self::Format => "fmt",
            Self::Check => "check",
        })
    }
}

/// The times of a script of so many lines, each the best of so many.
pub fn measure(lines: usize, rounds: usize) -> BTreeMap<Stage, Duration> {
    let text = script(lines);
    let mut sources = Sources::default();
    let id = sources.add("scale.nns", text.as_str());
    let source = sources.get(id);
    let best = |run: &dyn Fn()| {
        let time = |_| {
            let started = Instant::now();
            run();
            started.elapsed()
        };
        (0..rounds).map(time).min().unwrap_or_default()
    };
    let parsed = best(&|| assert!(parse(source).1.is_empty()));
    let formatted = best(&|| assert!(format(source).is_ok()));
    let checked = best(&|| check(&text));
    BTreeMap::from([(Stage::Parse, parsed), (Stage::Format, formatted), (Stage::Check, checked)])
}

/// The seconds of a line.
pub fn per_line(time: Duration, lines: usize) -> f64 {
    time.as_secs_f64() / lines as f64
}

fn check(text: &str) {
    let terminal = Terminal::new(io::sink(), io::sink());
    let mut session = Session::new(Memory::new(World::fresh()), Options::default(), terminal, Interrupt::never());
    let source = session.add("scale.nns", text);
    assert_eq!(session.check(&[source]), Exit::Done);
}

/// A script of so many lines.
pub fn script(lines: usize) -> String {
    let mut text =
        String::from("def port(ns, link, bridge) {\n  link set $link master $bridge\n  link set $link up\n}\n");
    let mut count = text.lines().count();
    for number in 0.. {
        let room = room(number);
        for line in room.lines() {
            if count == lines {
                // What is open is closed, on the line where the script ends.
                return text;
            }
            count += 1;
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Some namespaces around a bridge, with all that belongs to them.
fn room(n: usize) -> String {
    let (a, b) = (n / 250 % 250, n % 250);
    let mut text = String::new();
    write!(
        text,
        "# Room {n}: a switch, and who is on it.
let lan{n} = 10.{a}.{b}.0/24
link add br{n} type bridge
link set br{n} up
addr add $lan{n}[1] dev br{n}
netns add red{n} blue{n}
ip link add veth-red type veth peer name r{n}
ip link set veth-red netns red{n}
link add eth0 netns blue{n} type veth peer name b{n}
port red{n} r{n} br{n}; port blue{n} b{n} br{n}
in red{n} {{ addr add $lan{n}[2] dev veth-red; link set veth-red up; link set lo up }}
ip netns exec blue{n} ip addr add 10.{a}.{b}.3/24 dev eth0
ip -n blue{n} link set eth0 up
in red{n} route add default via 10.{a}.{b}.1
ip -n blue{n} route add 172.16.0.0/12 via 10.{a}.{b}.1 dev eth0
wire red{n}:w0 192.168.7.1/24 -- blue{n}:w0 192.168.7.2/24
for i, port in [80 443] {{ in blue{n} iptables -A INPUT -p tcp --dport $port -j ACCEPT }}
in blue{n} iptables -P INPUT DROP
nat masquerade 10.{a}.{b}.0/24
if exists netns red{n} {{ in red{n} link set veth-red mtu 1400 }} else {{ print 'no room {n}' }}
"
    )
    .expect("text can be written to");
    text
}
