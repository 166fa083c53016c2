//! `--confirm`, `nns confirm`, and the process behind them.
//!
//! In: the words of the command line, the journals of this user. Out: what a run waits for; a run that stays, or that is
//! taken back.

use std::{ffi::OsString, io, path::Path};

use super::args::{Args, Command, Source};
use crate::{
    backend::KernelBackend,
    codes::Code,
    commands::duration,
    diag::Diagnostic,
    exec::journal::{Confirm, JournalError, Journals},
    process::interrupt::Interrupt,
    session::{self, Exit, Options, Session, Terminal},
    source::Sources,
};

/// The option, and the word behind its time that makes the rest of the line a claim.
const OPTION: &str = "--confirm";
const WHEN: &str = "when";

/// The words without `when CLAIM` behind `--confirm TIME`, and that claim, up to a `--`: its words may look like options,
/// commands and files, and are none.
pub fn split(words: impl IntoIterator<Item = OsString>) -> (Vec<OsString>, Option<String>) {
    let mut words: Vec<OsString> = words.into_iter().collect();
    let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
    let option = words[..end].iter().position(|word| {
        word == OPTION
            || word.to_str().and_then(|word| word.strip_prefix(OPTION)).is_some_and(|rest| rest.starts_with('='))
    });
    let Some(option) = option else { return (words, None) };
    let when = if words[option] == OPTION { option + 2 } else { option + 1 };
    if words.get(when).is_none_or(|word| word != WHEN) {
        return (words, None);
    }
    let mut claim = words.split_off(when);
    if let Some(end) = claim.iter().position(|word| word == "--") {
        words.extend(claim.split_off(end));
    }
    let claim: Vec<String> = claim.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    (words, Some(claim.join(" ")))
}

/// A time, and the claim behind it where both were quoted together.
fn parts(time: &str) -> (&str, Option<String>) {
    let mut words = time.split_whitespace();
    match (words.next(), words.next()) {
        (Some(time), Some(WHEN)) => (time, Some(words.collect::<Vec<&str>>().join(" "))),
        _ => (time, None),
    }
}

/// What the runs of this command line wait for, or why they cannot.
pub fn asked(args: &Args, source: &Source) -> Result<Option<Confirm>, Diagnostic> {
    let Some(time) = &args.confirm else { return Ok(None) };
    let usage = |message: &str, help: &str| Err(Diagnostic::error(Code::Usage, message).help(help));
    let changes_nothing = |what: &str| {
        let message = format!("`nns {what}` makes no run that could be confirmed");
        Err(Diagnostic::error(Code::Usage, message).help(format!("leave `{OPTION}` away")))
    };
    match &args.command {
        // What runs scripts on this machine. Whatever else changes it and keeps a journal belongs here.
        None | Some(Command::Run { .. } | Command::Apply { dry_run: false, .. }) => {}
        Some(Command::Apply { dry_run: true, .. }) => return changes_nothing("apply --dry-run"),
        Some(Command::Check { .. }) => return changes_nothing("check"),
        Some(Command::Plan { .. }) => return changes_nothing("plan"),
        Some(Command::Undo { .. }) => return changes_nothing("undo"),
        Some(Command::Confirm { .. }) => return changes_nothing("confirm"),
        Some(Command::Guard { .. }) => return changes_nothing("guard"),
        Some(Command::Test(_)) => return changes_nothing("test"),
        Some(Command::Log(_)) => return changes_nothing("log"),
        Some(Command::Fmt(_)) => return changes_nothing("fmt"),
        Some(Command::Show { .. }) => return changes_nothing("show"),
        Some(Command::Watch { .. }) => return changes_nothing("watch"),
        Some(Command::Help { .. }) => return changes_nothing("help"),
    }
    if args.sandbox {
        return usage(
            "in a sandbox there is nothing to confirm: it ends with the command, and all that was done with it",
            "leave `--confirm` away, or `--sandbox`",
        );
    }
    if args.keep || args.keep_going {
        let option = if args.keep { "--keep" } else { "--keep-going" };
        return usage(
            &format!("`{OPTION}` and `{option}` exclude each other"),
            "one takes back what nobody confirms, the other leaves even what failed",
        );
    }
    let (time, quoted) = parts(time);
    let when = quoted.or_else(|| args.claim.clone());
    if let Some(file) = script_in(when.as_deref().unwrap_or_default(), source) {
        let message = format!("`{file}` is part of the claim, which goes to the end of the line");
        return usage(&message, &format!("put the script first: `nns {file} --confirm {time} when …`"));
    }
    if *source == Source::Prompt {
        return usage(
            "at the prompt there is nothing to confirm: every statement that was typed is a run of its own",
            "name a script: `nns lab.nns --confirm 60s`",
        );
    }
    let within = match duration(time) {
        Ok(within) if !within.is_zero() => within,
        Ok(_) | Err(_) => {
            return Err(Diagnostic::error(Code::BadValue, format!("`{time}` is no time to wait for a confirmation"))
                .help("it is written `--confirm 60s`, `--confirm 2m` or `--confirm 60s when ping 10.0.0.1 from red`"));
        }
    };
    if when.as_ref().is_some_and(|claim| claim.trim().is_empty()) {
        return Err(Diagnostic::error(Code::MissingWord, "`when` wants a claim")
            .help("it is one that `expect` takes: `--confirm 60s when ping 10.0.0.1 from red`"));
    }
    Ok(Some(Confirm { within, when }))
}

/// The script that somebody wrote behind the claim, where no other is named.
fn script_in<'w>(claim: &'w str, source: &Source) -> Option<&'w str> {
    let is_input = *source == Source::Prompt || *source == Source::Files(vec!["-".into()]);
    claim.split_whitespace().next_back().filter(|last| is_input && Path::new(last).is_file())
}

/// `nns confirm`: a run is to stay.
pub fn run(number: Option<u32>, terminal: &mut Terminal) -> Exit {
    let confirmed = Journals::usual().map_err(|error| unusable(&error));
    match confirmed.and_then(|journals| session::confirm(&journals, number)) {
        Ok(text) => {
            terminal.print(&text);
            Exit::Done
        }
        Err(diagnostic) => {
            terminal.report(&Sources::default(), &[diagnostic]);
            Exit::Refused
        }
    }
}

/// `nns guard`: the process that takes a run back. Nobody reads what it says.
pub fn guard(number: u32) -> Exit {
    let (Ok(machine), Ok(interrupt), Ok(journals)) = (KernelBackend::new(), Interrupt::install(), Journals::usual())
    else {
        return Exit::Refused;
    };
    let mut session = Session::new(machine, Options::default(), Terminal::new(io::sink(), io::sink()), interrupt);
    session.keep_journals(journals);
    session.guard(number, || KernelBackend::new().ok())
}

fn unusable(error: &JournalError) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(Code::Journal, error.to_string());
    diagnostic.help = error.help();
    diagnostic
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_the_line_is_the_claim() {
        let told = |line: &str| {
            let (words, claim) = split(line.split(' ').map(OsString::from));
            let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
            (words.join(" "), claim)
        };
        let whole = |line: &str| (line.to_owned(), None);
        let ping = || Some("exec ping -c 1 run".to_owned());
        assert_eq!(told("nns a --confirm 60s when exec ping -c 1 run"), ("nns a --confirm 60s".into(), ping()));
        assert_eq!(told("nns --confirm=2m when exec ping -c 1 run"), ("nns --confirm=2m".into(), ping()));
        assert_eq!(told("nns a --confirm 60s when"), ("nns a --confirm 60s".into(), Some(String::new())));
        assert_eq!(parts("60s when ping 10.0.0.1"), ("60s", Some("ping 10.0.0.1".into())));
        assert_eq!(parts("60s when"), ("60s", Some(String::new())));
        assert_eq!((parts("60s"), parts("60s ping")), (("60s", None), ("60s ping", None)));
        let split = "nns --confirm 60s when exec ping -c 1 run -- lab.nns";
        assert_eq!(told(split), ("nns --confirm 60s -- lab.nns".into(), ping()));
        for line in ["nns --confirm 2m lab.nns", "nns --confirm", "nns run when", "nns -- --confirm 1s when a"] {
            assert_eq!(told(line), whole(line), "{line}");
        }
    }
}
