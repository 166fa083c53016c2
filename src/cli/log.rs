//! `nns log`: what was run, and what became of it.
//!
//! In: the journals of this user. Out: a table, or the changes of one run. Nothing is changed, and no machine is needed
//! but to know which one this is.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;

use crate::{
    codes::Code,
    diag::Diagnostic,
    exec::journal::{Account, Here, JournalError, Journals},
    report::log,
    session::{Exit, Terminal},
    source::Sources,
};

/// What `nns log` takes.
#[derive(Debug, Parser)]
pub struct LogArgs {
    /// Tell what this run changed; without it, all runs are listed, the last one first
    #[arg(value_name = "RUN")]
    pub run: Option<u32>,

    /// Tell it as JSON
    #[arg(long)]
    pub json: bool,
}

/// Lists the runs, or tells of one.
pub fn run(args: &LogArgs, terminal: &mut Terminal) -> Exit {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    match text(args, now, terminal) {
        Ok(text) => {
            terminal.print(&text);
            Exit::Done
        }
        Err(error) => {
            let mut diagnostic = Diagnostic::error(code(&error), error.to_string());
            diagnostic.help = error.help();
            terminal.report(&Sources::default(), &[diagnostic]);
            Exit::Refused
        }
    }
}

fn text(args: &LogArgs, now: u64, terminal: &Terminal) -> Result<String, JournalError> {
    let (journals, here, style) = (Journals::usual()?, Here::now(), terminal.tables);
    let Some(number) = args.run else {
        let entries = journals.list(&here)?;
        return Ok(if args.json { log::render_json(&entries) } else { log::render(&entries, now, style) });
    };
    let account = Account::of(&journals.read(number)?)?;
    let entry = journals.find(number, &here)?;
    Ok(if args.json { log::render_run_json(&entry, &account) } else { log::render_run(&entry, &account, now, style) })
}

fn code(error: &JournalError) -> Code {
    match error {
        JournalError::NoSuch { .. } => Code::NotFound,
        JournalError::NoPlace
        | JournalError::Directory { .. }
        | JournalError::Exposed { .. }
        | JournalError::Write { .. }
        | JournalError::Read { .. }
        | JournalError::Busy { .. }
        | JournalError::Damaged { .. }
        | JournalError::Version { .. }
        | JournalError::Senseless { .. } => Code::Journal,
    }
}
