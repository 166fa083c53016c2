//! A world of so many namespaces, and how long it takes until what a key press asks for is there.
//!
//! In: a number of namespaces. Out: the time of each line, the slowest first: completion, hint and colours together. In
//! each namespace are two links with addresses and a route; half of the cables end at one switch, whose host has a rule
//! of `iptables` and one of `firewall` for each.

use std::time::{Duration, Instant};

use nns::{
    commands::{Act, Arg, Context, lower},
    complete::{Name, Scene, complete, highlight, hint},
    model::{World, apply},
    net::NsRef,
    source::Sources,
};

/// Lines with the cursor at their end, where all kinds of things are looked for.
pub const LINES: &[&str] = &[
    "",
    "p",
    "exec ",
    "link set ",
    "in n7 { link set ",
    "ip -n n7 link set eth0 ",
    "ip netns exec ",
    "link set v7 master ",
    "link del v",
    "netns del ",
    "addr add ",
    "addr add 10.1.",
    "addr add 172.16.",
    "in n7 addr add 10.1.9.9/16 dev ",
    "in n7 addr del ",
    "in n7 route add default via ",
    "in n7 route add ",
    "ping ",
    "expect tcp ",
    "nat masquerade ",
    "sysctl -w net.ipv4.conf.",
    "iptables -t nat -A POSTROUTING -o ",
    "iptables -A INPUT -j ",
    "iptables -D INPUT ",
    "firewall del ",
    "wire n7:a 10.0.0.1/24 -- ",
    "print $",
    "help ",
    "if exists link ",
];

/// How many programs there are.
const PROGRAMS: usize = 3000;

/// The world of the measurement.
pub fn world(namespaces: usize) -> World {
    let mut world = World::fresh();
    run(&mut world, "link add br0 type bridge");
    run(&mut world, "addr add 10.1.0.1/16 dev br0");
    for n in 1..=namespaces {
        let (high, low) = (n / 250, n % 250 + 2);
        run(&mut world, &format!("netns add n{n}"));
        run(&mut world, &format!("link add v{n} type veth peer name eth0 netns n{n}"));
        run(&mut world, &format!("link add w{n} type veth peer name eth1 netns n{n}"));
        run(&mut world, &format!("link set v{n} master br0 up"));
        run(&mut world, &format!("ip -n n{n} link set eth0 up"));
        run(&mut world, &format!("ip -n n{n} addr add 10.1.{high}.{low}/16 dev eth0"));
        run(&mut world, &format!("ip -n n{n} addr add 172.16.{high}.{low}/24 dev eth1"));
        run(&mut world, &format!("ip -n n{n} route add default via 10.1.0.1"));
        run(&mut world, &format!("iptables -A INPUT -s 10.1.{high}.{low} -j ACCEPT"));
        run(&mut world, &format!("firewall accept forward from 10.1.{high}.{low}"));
    }
    world
}

fn run(world: &mut World, line: &str) {
    let mut sources = Sources::default();
    let id = sources.add("world", line);
    let source = sources.get(id);
    let mut at = 0;
    let words = line.split(' ').map(|word| {
        let start = at;
        at += word.len() + 1;
        Arg { text: word.into(), bare: true, span: source.span(start, start + word.len()) }
    });
    let words: Vec<Arg> = words.collect();
    match lower(&words, &Context { ns: NsRef::Host }) {
        Ok(Act::Change(ops)) => ops.iter().for_each(|op| drop(apply(world, op))),
        other => panic!("{line}: {other:?}"),
    }
}

/// The time of a key press at the end of each line, the best of so many; the slowest line first.
pub fn measure<'t>(world: &World, lines: &[&'t str], rounds: usize) -> Vec<(&'t str, Duration)> {
    let names = [Name::Variable { name: "lan".into(), value: "10.1.0.0/16".into() }];
    let files = |_: &str| Vec::new();
    let is_program = |_: &str| false;
    let all: Vec<String> = (0..PROGRAMS).map(|n| format!("program-{n}")).collect();
    let programs = |beginning: &str| all.iter().filter(|name| name.starts_with(beginning)).cloned().collect();
    let here = &NsRef::Host;
    let scene =
        Scene { world, here, names: &names, jobs: &[], files: &files, is_program: &is_program, programs: &programs };
    let press = |line: &str| {
        let started = Instant::now();
        let completion = complete(&scene, line, line.len());
        let hint = hint(&scene, line, line.len());
        let colours = highlight(&scene, line);
        let time = started.elapsed();
        drop((completion, hint, colours));
        time
    };
    let mut times: Vec<(&str, Duration)> =
        lines.iter().map(|line| (*line, (0..rounds).map(|_| press(line)).min().unwrap_or_default())).collect();
    times.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
    times
}
