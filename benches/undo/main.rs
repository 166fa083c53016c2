//! What it costs that a run can be taken back: looking at the machine, checking the script, writing the journal and
//! asking for the kernel's numbers at the end, for a script of 1000 namespaces. `cargo bench --bench undo` runs it.
//!
//! It fails where that is more than a fifth of the run.

use std::{io, process::ExitCode, time::Instant};

use nns::{
    backend::{KernelBackend, Recording, sandbox},
    exec::journal::Journals,
    process::interrupt::Interrupt,
    session::{Exit, Options, Session, Terminal},
};

/// How many namespaces there are.
const NAMESPACES: usize = 1000;

/// The most that may be spent on anything but the changes themselves.
const MAX_SHARE: f64 = 0.2;

/// Of so many measurements the middle one counts: others have their own work to do on the machine.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    if let Err(error) = sandbox::enter() {
        println!("skipped: {error}");
        return ExitCode::SUCCESS;
    }
    println!("{:>8} {:>10} {:>12} {:>8}", "run", "changes", "all else", "share");
    let mut shares: Vec<f64> = (0..ROUNDS).map(|_| measure()).collect();
    shares.sort_by(f64::total_cmp);
    let share = shares[ROUNDS / 2];
    println!("{NAMESPACES} namespaces: {:.1} % of the run is not spent on changes", share * 100.0);
    if share > MAX_SHARE {
        println!("too slow: at most {:.0} % may be", MAX_SHARE * 100.0);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The share of one run that is not spent on its changes.
fn measure() -> f64 {
    let machine = Recording::new(KernelBackend::new().expect("the sandbox has a kernel"));
    let terminal = Terminal::new(io::sink(), io::sink());
    let mut session = Session::new(machine, Options::default(), terminal, Interrupt::never());
    session.keep_journals(Journals::usual().expect("the sandbox has a place for them"));
    let source = session.add("many.nns", &script());
    let started = Instant::now();
    assert_eq!(session.run(&[source]), Exit::Done);
    let (run, changes) = (started.elapsed(), session.machine().spent());
    let else_spent = run.saturating_sub(changes);
    let share = else_spent.as_secs_f64() / run.as_secs_f64();
    let seconds = |duration: std::time::Duration| format!("{:.3} s", duration.as_secs_f64());
    println!("{:>8} {:>10} {:>12} {:>6.1} %", seconds(run), seconds(changes), seconds(else_spent), share * 100.0);
    assert_eq!(session.undo(None, false), Exit::Done);
    share
}

/// Namespaces with a cable to the host each, an address and a way out.
fn script() -> String {
    format!(
        "for i in 1..{NAMESPACES} {{
  netns add n$i
  link add v$i type veth peer name eth0 netns n$i
  link set v$i up
  in n$i {{ link set lo up; link set eth0 up; addr add 10.0.0.2/24 dev eth0; route add default via 10.0.0.1 }}
}}
"
    )
}
