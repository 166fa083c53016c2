//! How long a key press at the prompt takes: completion, hint and colours of a line, in a world of 1000 namespaces.
//! `cargo bench --bench complete` runs it.
//!
//! It fails where one takes 20 ms or more.

mod measure;

use std::{process::ExitCode, time::Duration};

use measure::{LINES, measure, world};

/// How many namespaces there are.
const NAMESPACES: usize = 1000;

/// How many lines a block has that is typed at a prompt.
const BLOCK: usize = 100;

/// What a key press may take.
const MAX: Duration = Duration::from_millis(20);

/// Of so many measurements the best counts: others have their own work to do on the machine.
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let world = world(NAMESPACES);
    let block = block(BLOCK);
    let mut slowest = Duration::ZERO;
    for (name, lines) in [("lines", LINES), ("block", &[block.as_str()])] {
        for (line, time) in measure(&world, lines, ROUNDS) {
            let line = if name == "block" { format!("a block of {BLOCK} lines") } else { line.to_owned() };
            println!("{:>8.3} ms  {line}", time.as_secs_f64() * 1e3);
            slowest = slowest.max(time);
        }
    }
    if slowest >= MAX {
        println!("too slow: a key press may take {} ms at most", MAX.as_millis());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// A block of so many lines that is not finished.
fn block(lines: usize) -> String {
    let mut text = "in n7 {\n".to_owned();
    for n in 0..lines {
        text.push_str(&format!(
            "  link add a{n} type veth peer name b{n}; addr add 10.9.0.{}/24 dev a{n}\n",
            n % 250 + 1
        ));
    }
    text + "  link set "
}
