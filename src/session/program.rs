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
        program::{self, Place, ProgramError, Streams},
    },
};

/// Runs a program in a namespace and waits for its end. A status other than 0 is no error.
pub fn run(
    argv: &[String],
    ns: &NsRef,
    handle: Option<&File>,
    sinks: &Sinks,
    interrupt: &Interrupt,
    terminal: &mut Terminal,
) -> Result<Status, Trouble> {
    let place = match (ns, handle) {
        (NsRef::Host, _) => Place::Here,
        (NsRef::Named(name), Some(handle)) => Place::Named { name, handle },
        (NsRef::Process(_), Some(handle)) => Place::Unnamed { handle },
        (NsRef::Named(_) | NsRef::Process(_), None) => {
            return Err(Trouble::failed(Code::NotFound, format!("namespace `{ns}` cannot be entered by programs")));
        }
    };
    let failed = |error: io::Error| Trouble::failed(Code::Input, format!("`{}`: {error}", argv[0]));
    let streams = Streams {
        stdin: Stdio::inherit(),
        stdout: stdio(&sinks.output).map_err(failed)?,
        stderr: stdio(&sinks.errors).map_err(failed)?,
    };
    let running = program::start(argv, streams, place).map_err(not_started)?;
    for lack in running.lacks() {
        terminal.write(&sinks.errors, &format!("`{}`: {lack}\n", argv[0]))?;
    }
    let code = program::exit_code(running.wait(interrupt).map_err(failed)?);
    if code != 0 {
        terminal.write(&sinks.errors, &format!("`{}` ended with status {code}\n", argv[0]))?;
    }
    Ok(Status::of(code == 0))
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
