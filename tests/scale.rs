//! A long script takes time in proportion to its lines. `cargo bench` measures longer ones, and how long they take.

#[path = "../benches/complete/measure.rs"]
mod keys;
#[path = "../benches/scale/measure.rs"]
mod measure;

use measure::{Stage, measure, per_line, script};

#[test]
fn time_grows_with_the_lines_and_no_faster() {
    let (few, many) = (500, 8_000);
    let growth = || {
        let (short, long) = (measure(few, 3), measure(many, 1));
        [Stage::Parse, Stage::Format, Stage::Check]
            .map(|stage| per_line(long[&stage], many) / per_line(short[&stage], few))
    };
    // On a busy machine one measurement says little; growth that is real shows in all of them.
    let all: Vec<_> = (0..3).map(|_| growth()).collect();
    assert!((0..3).all(|stage| all.iter().any(|growth| growth[stage] < 2.5)), "{all:?} for 16 times as many lines");
}

#[test]
fn scripts_have_the_lines_that_were_asked_for() {
    for lines in [100, 1_234, 12_500] {
        assert_eq!(script(lines).lines().count(), lines);
    }
}

/// What a key press asks for takes time in proportion to what was typed, whatever that is.
#[test]
fn a_key_press_takes_time_in_proportion_to_the_text() {
    let world = keys::world(2);
    let (few, many) = (250, 4_000);
    let units = [
        "a ",
        "< ",
        "` ",
        "$( ",
        "$1 ",
        "${ ",
        "$x ",
        "{ ",
        "} ",
        "' ",
        "\" ",
        "\\ ",
        "# ",
        "[ ",
        "\n",
        "&& ",
        "|\n",
        "; ",
        "let x = [ ",
        "if a ",
        "in n1 ",
        "for x in ",
        "def f(a, ",
        "netns add a; ",
        "link set x\n",
        "netns exec n1 ",
        "link add a type veth peer name b; ",
        "sudo ",
        "1> ",
        "é ",
    ];
    for unit in units {
        let growth = || {
            let (short, long) = (unit.repeat(few), unit.repeat(many));
            let time = |text: &str, rounds| keys::measure(&world, &[text], rounds)[0].1.as_secs_f64();
            time(&long, 1) / time(&short, 3) / (many as f64 / few as f64)
        };
        assert!((0..5).any(|_| growth() < 5.0), "{unit:?}: {} for 16 times as much", growth());
    }
}

/// More namespaces than anybody needs do not make a key press slow.
#[test]
fn a_key_press_takes_time_in_proportion_to_the_world() {
    let (few, many) = (50, 800);
    let (small, large) = (keys::world(few), keys::world(many));
    for line in keys::LINES {
        let growth = || {
            let time = |world| keys::measure(world, &[line], 3)[0].1.as_secs_f64();
            time(&large) / time(&small) / (many as f64 / few as f64)
        };
        assert!((0..5).any(|_| growth() < 5.0), "{line:?}: {} for 16 times as much", growth());
    }
}
