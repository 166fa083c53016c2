//! How long scripts take: parsed, laid out and checked, of 12,500 to 100,000 lines. `cargo bench` runs it.
//!
//! It fails where a line of the longest script takes more than 1.5 times as long as one of the shortest, or where fewer
//! than a million lines are parsed and checked in a minute.

mod measure;

use std::process::ExitCode;

use measure::{Stage, measure, per_line};

/// How many lines the scripts have.
const SIZES: [usize; 4] = [12_500, 25_000, 50_000, 100_000];

/// How much longer a line of the longest script may take.
const MAX_GROWTH: f64 = 1.5;

/// How many lines must be parsed and checked in a minute.
const MIN_RATE: f64 = 1_000_000.0;

/// Of so many measurements the best counts: others have their own work to do on the machine.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    println!("{:>8} {:>8} {:>10} {:>12} {:>16}", "lines", "", "seconds", "µs/line", "lines/minute");
    let mut all = Vec::new();
    for lines in SIZES {
        let times = measure(lines, ROUNDS);
        for (stage, time) in &times {
            let (seconds, each) = (time.as_secs_f64(), per_line(*time, lines));
            println!("{lines:>8} {stage:>8} {seconds:>10.3} {:>12.2} {:>16.0}", each * 1e6, 60.0 / each);
        }
        all.push(times);
    }
    let mut is_wrong = false;
    let (first, last) = (&all[0], &all[SIZES.len() - 1]);
    for stage in [Stage::Parse, Stage::Format, Stage::Check] {
        let growth = per_line(last[&stage], SIZES[SIZES.len() - 1]) / per_line(first[&stage], SIZES[0]);
        println!(
            "{stage}: a line takes {growth:.2} times as long among {} as among {}",
            SIZES[SIZES.len() - 1],
            SIZES[0]
        );
        is_wrong |= growth > MAX_GROWTH;
    }
    let rate = 60.0 / per_line(last[&Stage::Check], SIZES[SIZES.len() - 1]);
    println!("parsed and checked: {rate:.0} lines a minute");
    is_wrong |= rate < MIN_RATE;
    if is_wrong {
        println!("too slow: a line may take {MAX_GROWTH} times as long at most, and {MIN_RATE} lines a minute");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
