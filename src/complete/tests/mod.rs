//! What completion, hints and colours say of lines, on a small world.

mod colours;
mod completions;
mod exclusive;
mod hints;
mod programs;
mod promises;
mod rules;
mod variables;
mod world;

use expect_test::Expect;

use crate::{
    commands::{Act, Arg, Context, lower},
    model::{World, apply},
    net::NsRef,
    source::Sources,
};

use super::{Completion, Name, Scene, complete};

/// A switch on the host with two namespaces, as tutorials build it.
const WORLD: &str = "
netns add red
netns add blue
link add v-net-0 type bridge
addr add 192.168.15.5/24 dev v-net-0
link set v-net-0 up
link add veth-red netns red type veth peer name veth-red-br
link set veth-red-br master v-net-0 up
ip -n red link set lo up
ip -n red link set veth-red up
ip -n red addr add 192.168.15.1/24 dev veth-red
ip -n red route add default via 192.168.15.5
link add veth-blue netns blue type veth peer name veth-blue-br
link set veth-blue-br master v-net-0
ip -n blue addr add 192.168.15.2/24 dev veth-blue
ip -n blue addr add fd00::2/64 dev veth-blue
";

/// A world that statements made, some of them `in` a namespace.
pub fn world(text: &str) -> World {
    let mut world = World::fresh();
    for line in text.lines() {
        let inside = line.strip_prefix("in ").and_then(|line| line.split_once(' '));
        let (ns, line) = match inside {
            Some((name, line)) => (NsRef::Named(name.parse().expect("it is a name")), line),
            None => (NsRef::Host, line),
        };
        let mut sources = Sources::default();
        let id = sources.add("test", line);
        let source = sources.get(id);
        let words = line.split_whitespace().map(|word| {
            let at = word.as_ptr() as usize - line.as_ptr() as usize;
            Arg { text: word.into(), bare: true, span: source.span(at, at + word.len()) }
        });
        let words: Vec<Arg> = words.collect();
        let act = lower(&words, &Context { ns }).unwrap_or_else(|error| panic!("{line}: {error}"));
        if let Act::Change(ops) = act {
            for op in ops {
                let outcome = apply(&mut world, &op);
                assert!(format!("{outcome:?}").starts_with("Done"), "{line}: {outcome:?}");
            }
        }
    }
    world
}

/// The names that were defined.
fn names() -> Vec<Name> {
    let function = Name::Function { name: "room".into(), parameters: vec!["ns".into(), "n".into()] };
    let variable = |name: &str, value: &str| Name::Variable { name: name.into(), value: value.into() };
    vec![variable("lan", "192.168.15.0/24"), function, variable("ns", "red"), variable("wan", "203.0.113.0/28")]
}

/// Files that there are.
fn files(beginning: &str) -> Vec<String> {
    let all = ["lab.nns", "lab two.nns", "labs/", "labs/nat.nns", "labs/run", "/etc/hosts"];
    let is_shown =
        |file: &&&str| file.starts_with(beginning) && !file[beginning.len()..].trim_end_matches('/').contains('/');
    all.iter().filter(is_shown).map(|file| (*file).to_owned()).collect()
}

/// Programs that there are.
const PROGRAMS: &[&str] = &["cat", "curl", "false", "link", "python3", "sleep", "tc", "tcpdump", "test"];

fn is_program(word: &str) -> bool {
    PROGRAMS.contains(&word) || word == "labs/run"
}

fn programs(beginning: &str) -> Vec<String> {
    PROGRAMS.iter().filter(|name| name.starts_with(beginning)).map(|name| (*name).to_owned()).collect()
}

/// Asks about the small world.
fn with_scene<T>(ask: impl FnOnce(&Scene<'_>) -> T) -> T {
    with_world(WORLD, ask)
}

/// Asks about a world that statements make.
fn with_world<T>(statements: &str, ask: impl FnOnce(&Scene<'_>) -> T) -> T {
    let world = world(statements);
    let names = names();
    ask(&Scene {
        world: &world,
        here: &NsRef::Host,
        names: &names,
        jobs: &["trace".into()],
        files: &files,
        is_program: &is_program,
        programs: &programs,
    })
}

/// A line and the place of the cursor in it, which its last `|` marks.
fn cursor(line: &str) -> (String, usize) {
    let at = line.rfind('|').expect("a `|` marks the cursor");
    (format!("{}{}", &line[..at], &line[at + 1..]), at)
}

fn completion(line: &str) -> Completion {
    let (text, at) = cursor(line);
    with_scene(|scene| complete(scene, &text, at))
}

/// How many candidates are shown.
const SHOWN: usize = 9;

/// Compares the candidates of lines, each with what it is, with what is expected; a `…` says that the word goes on.
fn check(lines: &[&str], expected: Expect) {
    check_in(WORLD, lines, expected);
}

/// The same in a world that statements make.
fn check_in(statements: &str, lines: &[&str], expected: Expect) {
    let mut told = String::new();
    for line in lines {
        let (text, at) = cursor(line);
        let completion = with_world(statements, |scene| complete(scene, &text, at));
        told.push_str(&format!("> {line}\n"));
        for candidate in completion.candidates.iter().take(SHOWN) {
            let text = format!("{}{}", candidate.text, if candidate.is_open { "…" } else { "" });
            told.push_str(format!("    {text:<18} {}", candidate.help).trim_end());
            told.push('\n');
        }
        if completion.candidates.len() > SHOWN {
            told.push_str("    and more\n");
        }
    }
    expected.assert_eq(&told);
}
