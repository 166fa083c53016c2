//! A long script takes time in proportion to its lines. `cargo bench` measures longer ones, and how long they take.

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
