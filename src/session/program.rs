use std::{
    fs::File,
    io,
    os::fd::{AsFd, OwnedFd},
    process::Stdio,
};

use super::Terminal;
use crate::{
    codes::Code,
    eval::{Sink, Sinks, Status, Trouble},
    net::NsRef,
    process::{
        interrupt::Interrupt,
        program::{self, Place, ProgramError, Running, Streams},
    },
};

/// A program that runs.
pub struct Started {
    name: String,
    running: Running,
    errors: Sink,
}

/// Starts a program in a namespace. Without an input of its own it reads what `nns` itself reads.
pub fn start(
    argv: &[String],
    ns: &NsRef,
    handle: Option<&File>,
    input: Option<&Sink>,
    sinks: &Sinks,
    terminal: &mut Terminal,
) -> Result<Started, Trouble> {
    let (running, told) = launch(argv, ns, handle, input.map_or(Input::Shared, Input::From), sinks)?;
    terminal.write(&sinks.errors, &told)?;
    Ok(Started { name: argv[0].clone(), running, errors: sinks.errors.clone() })
}

/// What a program reads.
#[derive(Clone, Copy)]
pub enum Input<'a> {
    /// What `nns` itself reads.
    Shared,
    /// What comes from there.
    From(&'a Sink),
    /// Nothing, and Ctrl-C does not reach it.
    Apart,
}

/// Starts a program in a namespace, and says what it has to do without.
pub fn launch(
    argv: &[String],
    ns: &NsRef,
    handle: Option<&File>,
    input: Input<'_>,
    sinks: &Sinks,
) -> Result<(Running, String), Trouble> {
    let place = match (ns, handle) {
        (NsRef::Host, _) => Place::Here,
        (NsRef::Named(name), Some(handle)) => Place::Named { name, handle },
        (NsRef::Process(_), Some(handle)) => Place::Unnamed { handle },
        (NsRef::Named(_) | NsRef::Process(_), None) => {
            return Err(Trouble::failed(Code::NotFound, format!("namespace `{ns}` cannot be entered by programs")));
        }
    };
    let failed = failed(&argv[0]);
    let stdin = match input {
        Input::Shared => Ok(Stdio::inherit()),
        Input::From(sink) => stdio(sink),
        Input::Apart => Ok(Stdio::null()),
    };
    let streams = Streams {
        stdin: stdin.map_err(&failed)?,
        stdout: stdio(&sinks.output).map_err(&failed)?,
        stderr: stdio(&sinks.errors).map_err(&failed)?,
    };
    let running = match input {
        Input::Apart => program::start_apart(argv, streams, place),
        Input::Shared | Input::From(_) => program::start(argv, streams, place),
    };
    let running = running.map_err(not_started)?;
    let told = running.lacks().iter().map(|lack| format!("`{}`: {lack}\n", argv[0])).collect();
    Ok((running, told))
}

impl Started {
    /// Waits for its end. A status other than 0 is told, if it is told to anybody.
    pub fn wait(self, interrupt: &Interrupt, terminal: Option<&mut Terminal>) -> Result<Status, Trouble> {
        let code = program::exit_code(self.running.wait(interrupt).map_err(failed(&self.name))?);
        if let Some(terminal) = terminal.filter(|_| code != 0) {
            terminal.write(&self.errors, &format!("`{}` ended with status {code}\n", self.name))?;
        }
        Ok(Status::of(code == 0))
    }
}

fn failed(program: &str) -> impl Fn(io::Error) -> Trouble {
    move |error| Trouble::failed(Code::Input, format!("`{program}`: {error}"))
}

/// Whether there is a program of that name.
pub fn is_there(name: &str) -> bool {
    program::locate(name).is_some()
}

fn stdio(sink: &Sink) -> io::Result<Stdio> {
    let owned: OwnedFd = match sink {
        Sink::Output => io::stdout().as_fd().try_clone_to_owned()?,
        Sink::Errors => io::stderr().as_fd().try_clone_to_owned()?,
        Sink::Nowhere => return Ok(Stdio::null()),
        Sink::File(file) => file.as_fd().try_clone_to_owned()?,
    };
    Ok(owned.into())
}

fn not_started(error: ProgramError) -> Trouble {
    let code = match &error {
        ProgramError::NotFound { .. } => Code::NotFound,
        ProgramError::NotExecutable { .. }
        | ProgramError::NoInterpreter { .. }
        | ProgramError::Surroundings { .. }
        | ProgramError::Spawn { .. } => Code::Input,
    };
    Trouble::failed(code, error.to_string())
}
