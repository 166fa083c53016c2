//! `nns test`: every script below some directories is a test, run in a sandbox of its own.
//!
//! In: paths. Out: progress and what came of it on standard output, a report for other programs, an [`Exit`]. A test is
//! a child process `nns run --sandbox FILE`; its exit status says how it ended. What is printed is in the order of the
//! scripts, however many run at a time.

mod child;
pub(super) mod find;
mod junit;
mod outcome;
mod progress;

use std::{
    fs,
    io::{self, IsTerminal, Write},
    num::NonZeroUsize,
    thread,
    time::Instant,
};

use clap::Parser;
use tokio::task::JoinSet;

use super::{args::Args, world};
use crate::{
    codes::Code,
    diag::Diagnostic,
    process::{interrupt::Interrupt, runtime},
    session::{Exit, Terminal},
    source::Sources,
};
use child::Child;
use outcome::{Tally, Test};
use progress::Progress;

/// What `nns test` takes.
#[derive(Debug, Parser)]
pub struct TestArgs {
    /// Scripts, and directories with scripts below
    #[arg(required = true, value_name = "DIR|FILE")]
    pub paths: Vec<String>,

    /// How many run at a time [default: one a processor]
    #[arg(long, short = 'j', value_name = "NUMBER")]
    pub jobs: Option<NonZeroUsize>,

    /// Only those with this text in their path
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,

    /// Write a report in the format of JUnit
    #[arg(long, value_name = "FILE")]
    pub junit: Option<String>,
}

/// Runs the tests.
pub fn run(args: &Args, test: &TestArgs, terminal: &mut Terminal) -> Exit {
    let Prepared { scripts, report } = match prepare(args, test) {
        Ok(prepared) => prepared,
        Err(diagnostic) => return refuse(terminal, diagnostic),
    };
    let interrupt = match Interrupt::install() {
        Ok(interrupt) => interrupt,
        Err(error) => return refuse(terminal, system(format!("signals cannot be caught: {error}"))),
    };
    let begun = Instant::now();
    let color = args.color.is_on(&io::stdout());
    let child = Child::new(args, color);
    let mut progress = Progress::new(&scripts, io::stdout().is_terminal(), terminal.tables);
    let tests = match run_all(&scripts, jobs(test), &child, &interrupt, &mut progress, terminal) {
        Ok(tests) => tests,
        Err(error) => return refuse(terminal, system(format!("the tests cannot be run: {error}"))),
    };
    let elapsed = begun.elapsed();
    terminal.print(&progress.end(&tests, elapsed));
    if let Some((path, mut file)) = report
        && let Err(error) = file.write_all(junit::render(&tests, elapsed).as_bytes())
    {
        return refuse(terminal, Diagnostic::error(Code::Input, format!("`{path}` cannot be written: {error}")));
    }
    let tally = Tally::of(&tests);
    match (tally.not_run, tally.failed) {
        (0, 0) => Exit::Done,
        (0, _) => Exit::Expectation,
        _ => Exit::Failed,
    }
}

/// What is known before anything runs.
struct Prepared {
    /// What is to be run.
    scripts: Vec<String>,
    /// Where the report goes: its path, and the open file.
    report: Option<(String, fs::File)>,
}

/// Finds out what is wrong with the command line while nothing was run yet.
fn prepare(args: &Args, test: &TestArgs) -> Result<Prepared, Diagnostic> {
    world::read(args)?;
    let mut scripts = find::scripts(&test.paths)?;
    let found = scripts.len();
    if let Some(filter) = &test.filter {
        scripts.retain(|script| script.contains(filter.as_str()));
        if scripts.is_empty() && found > 0 {
            let message = format!("no script has `{filter}` in its path");
            let plural = if found == 1 { "is 1 script" } else { &format!("are {found} scripts") };
            return Err(Diagnostic::error(Code::Input, message).help(format!("without `--filter` there {plural}")));
        }
    }
    if scripts.is_empty() {
        let message = format!("there is nothing to test in `{}`", test.paths.join("`, `"));
        return Err(Diagnostic::error(Code::Input, message).help("a test is a file whose name ends in `.nns`"));
    }
    let report = test.junit.as_ref().map(|path| match fs::File::create(path) {
        Ok(file) => Ok((path.clone(), file)),
        Err(error) => Err(Diagnostic::error(Code::Input, format!("`{path}` cannot be written: {error}"))),
    });
    Ok(Prepared { scripts, report: report.transpose()? })
}

fn jobs(test: &TestArgs) -> usize {
    let processors = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    test.jobs.map_or_else(processors, NonZeroUsize::get)
}

/// Runs the scripts, as many at a time as asked for. After Ctrl-C no more are begun, and those that run are ended.
fn run_all(
    scripts: &[String],
    jobs: usize,
    child: &Child,
    interrupt: &Interrupt,
    progress: &mut Progress,
    terminal: &mut Terminal,
) -> io::Result<Vec<Test>> {
    let mut tests: Vec<Test> = scripts.iter().map(|script| Test::new(script)).collect();
    runtime()?
        .block_on(async {
            let mut running = JoinSet::new();
            let mut next = 0;
            loop {
                while running.len() < jobs && next < tests.len() && interrupt.check().is_none() {
                    let started = child.start(&scripts[next])?;
                    let (interrupt, number) = (interrupt.clone(), next);
                    running.spawn(async move { (number, started.wait(&interrupt).await) });
                    progress.begun(next);
                    next += 1;
                }
                terminal.print(&progress.line(&tests));
                let Some(ended) = running.join_next().await else { return Ok(()) };
                let (number, outcome) = ended.map_err(io::Error::other)?;
                tests[number] = Test { script: scripts[number].clone(), ..outcome? };
                terminal.print(&progress.ended(number, &tests));
            }
        })
        .map(|()| tests)
}

fn refuse(terminal: &mut Terminal, diagnostic: Diagnostic) -> Exit {
    terminal.report(&Sources::default(), &[diagnostic]);
    Exit::Refused
}

fn system(message: String) -> Diagnostic {
    Diagnostic::error(Code::KernelRefused, message)
}
