use std::{env, fs, io, process::ExitCode};

use clap::Parser;

use super::{
    args::{self, Args, Command, Source, Task},
    confirm, input, world,
};
use crate::{
    backend::{BackendError, KernelBackend, sandbox},
    codes::Code,
    commands::{explain::explain, topic},
    diag::Diagnostic,
    exec::journal::Journals,
    process::interrupt::Interrupt,
    repl::{self, Opening},
    report::{self, human, table},
    session::{Capabilities, Exit, Options, Session, Terminal},
    source::{SourceId, Sources},
};

/// What somebody is told who asks for a prompt and may change nothing.
const RETREAT: &str = "without privileges, this is a sandbox: a network that goes when you leave\n\
                       (`sudo nns` changes this machine's own)\n";

/// Runs `nns` with the arguments of the process.
pub fn main() -> ExitCode {
    let (words, claim) = confirm::split(env::args_os());
    let args = Args { claim, ..Args::parse_from(words) };
    ExitCode::from(run(&args).code())
}

fn run(args: &Args) -> Exit {
    let mut terminal = Terminal::new(io::stdout(), io::stderr());
    terminal.tables = table::Style { color: args.color.is_on(&io::stdout()) };
    terminal.reports = human::Style { color: args.color.is_on(&io::stderr()), ..human::Style::default() };
    terminal.canvas = super::canvas::of(&io::stdout());
    let (source, task) = args.source();
    let confirm = match confirm::asked(args, &source) {
        Ok(confirm) => confirm,
        Err(diagnostic) => return refuse(&mut terminal, &[diagnostic], Exit::Refused),
    };
    if let Some(Command::Help { topic }) = &args.command {
        let (words, color) = args::without_color(topic);
        terminal.tables = table::Style { color: color.unwrap_or(args.color).is_on(&io::stdout()) };
        return help(&mut terminal, &words);
    }
    if let Some(Command::Test(test)) = &args.command {
        return super::test::run(args, test, &mut terminal);
    }
    if let Some(Command::Fmt(fmt)) = &args.command {
        return super::fmt::run(fmt, &mut terminal);
    }
    if let Some(Command::Log(log)) = &args.command {
        return super::log::run(log, &mut terminal);
    }
    if let Some(Command::Guard { run }) = &args.command {
        return confirm::guard(*run);
    }
    if let Some(Command::Confirm { run }) = &args.command {
        return confirm::run(*run, &mut terminal);
    }
    // Before anything is entered: in a sandbox files of other users may be out of reach.
    let texts = match read(&source) {
        Ok(texts) => texts,
        Err(diagnostics) => return refuse(&mut terminal, &diagnostics, Exit::Refused),
    };
    let world = match world::read(args) {
        Ok(world) => world,
        Err(diagnostic) => return refuse(&mut terminal, &[diagnostic], Exit::Refused),
    };
    // Who types and may change nothing here may do everything there.
    let may_all = Capabilities::of_process().is_none_or(Capabilities::may_all);
    let mut is_sandbox = args.sandbox;
    let is_retreat = source == Source::Prompt && !args.sandbox && !may_all;
    if args.sandbox || is_retreat {
        match sandbox::enter() {
            Ok(()) if is_retreat => {
                is_sandbox = true;
                terminal.say(RETREAT);
            }
            Ok(()) => {}
            Err(error) if is_retreat => {
                terminal
                    .say(&format!("without privileges nothing can be changed, nor can there be a sandbox: {error}\n"));
            }
            Err(error) => {
                let mut diagnostic = Diagnostic::error(Code::NotPermitted, format!("there can be no sandbox: {error}"));
                diagnostic.help = error.help();
                return refuse(&mut terminal, &[diagnostic], Exit::NotPermitted);
            }
        }
    }
    let machine = match KernelBackend::new() {
        Ok(machine) => machine,
        Err(error) => return refuse(&mut terminal, &[no_kernel(&error)], Exit::Refused),
    };
    let interrupt = match Interrupt::install() {
        Ok(interrupt) => interrupt,
        Err(error) => {
            let diagnostic = Diagnostic::error(Code::KernelRefused, format!("signals cannot be caught: {error}"));
            return refuse(&mut terminal, &[diagnostic], Exit::Refused);
        }
    };
    let options = Options {
        keep: args.keep,
        keep_going: args.keep_going,
        no_check: args.no_check,
        allow_lost: args.allow_lost,
        no_exec: args.no_exec,
        stays_inside: source == Source::Prompt,
        verbose: args.verbose,
        max_steps: args.max_steps,
        capabilities: Capabilities::of_process(),
    };
    let mut session = Session::new(machine, options, terminal, interrupt.clone());
    let is_about_scripts = matches!(task, Task::Run | Task::Check | Task::Plan { .. });
    let may_change = Capabilities::of_process().is_none_or(|capabilities| capabilities.net_admin);
    match Journals::usual() {
        Ok(journals) => session.keep_journals(journals),
        // Who may change nothing has nothing to write down.
        Err(_) if confirm.is_none() && is_about_scripts && !may_change => {}
        Err(error) => {
            let mut diagnostic = Diagnostic::error(Code::Journal, error.to_string());
            diagnostic.help = error.help();
            session.terminal().report(&Sources::default(), &[diagnostic]);
            return Exit::Refused;
        }
    }
    if let Some(confirm) = confirm {
        session.ask_to_confirm(confirm);
    }
    if let Some((name, text)) = world {
        let world = session.add(&name, &text);
        let exit = session.prepare(world, args.nic.as_ref());
        if exit != Exit::Done {
            return exit;
        }
    }
    if source == Source::Prompt {
        let (color, command) = (args.color.is_on(&io::stdout()), world::command(args, is_sandbox));
        let opening = Opening { color, is_sandbox, command };
        let exit = repl::run(&mut session, &interrupt, opening);
        session.close();
        return exit;
    }
    let sources: Vec<SourceId> = texts.iter().map(|(name, text)| session.add(name, text)).collect();
    let exit = match task {
        Task::Run => session.run(&sources),
        Task::Check => session.check(&sources),
        Task::Plan { json } => session.plan(&sources, json),
        Task::Apply { dry } => match (&source, sources.first()) {
            (Source::Files(files), Some(first)) => match fs::canonicalize(&files[0]) {
                Ok(path) if path.is_file() => session.apply(*first, &path, dry),
                Ok(_) | Err(_) => {
                    let message = "`nns apply` takes a file: what it makes is remembered under the file's path";
                    let diagnostic =
                        Diagnostic::error(Code::Usage, message).help("save the statements in a file first");
                    session.terminal().report(&Sources::default(), &[diagnostic]);
                    Exit::Refused
                }
            },
            _ => Exit::Refused,
        },
        Task::Undo { run, all } => session.undo(run, all),
    };
    session.close();
    exit
}

/// Needs no machine.
fn help(terminal: &mut Terminal, words: &[String]) -> Exit {
    match topic::find(words) {
        Ok(topic) => {
            terminal.print(&report::help::render(topic, terminal.tables));
            Exit::Done
        }
        Err(unknown) => {
            if let Some(explained) = explain(&words.join(" ")) {
                terminal.print(&report::help::render_line(&explained, terminal.tables));
                return Exit::Done;
            }
            if let Some(options) = args::options_of(words) {
                terminal.print(&options);
                return Exit::Done;
            }
            let diagnostic = Diagnostic::error(Code::UnknownWord, unknown.to_string()).help(unknown.help);
            refuse(terminal, &[diagnostic], Exit::Refused)
        }
    }
}

/// The texts with their names.
fn read(source: &Source) -> Result<Vec<(String, String)>, Vec<Diagnostic>> {
    match source {
        Source::Files(files) => {
            let (mut texts, mut wrong) = (Vec::new(), Vec::new());
            for file in files {
                match input::read(file) {
                    Ok(text) => texts.push(text),
                    Err(diagnostic) => wrong.push(diagnostic),
                }
            }
            if wrong.is_empty() { Ok(texts) } else { Err(wrong) }
        }
        Source::Argument(statements) => Ok(vec![("-c".into(), statements.clone())]),
        Source::Prompt => Ok(Vec::new()),
    }
}

fn refuse(terminal: &mut Terminal, diagnostics: &[Diagnostic], exit: Exit) -> Exit {
    terminal.report(&Sources::default(), diagnostics);
    exit
}

fn no_kernel(error: &BackendError) -> Diagnostic {
    Diagnostic::error(Code::KernelRefused, format!("the kernel cannot be spoken to: {error}"))
}
