//! Programs of the machine, run in a namespace as `ip netns exec` runs them.
//!
//! In: the words of the command, where its input and output go, and where it is to run. Out: its exit status.
//!
//! The child inherits the namespaces of the thread that starts it. That thread is made for it, enters the network
//! namespace, takes a mount namespace of its own, mounts over `/sys` the one that shows the namespace's links and
//! over `/etc` the files of `/etc/netns/NAME`, starts the child and ends. The rest of the process stays where it is.

use std::{
    env,
    fs::{self, File},
    io,
    os::unix::{
        fs::PermissionsExt,
        process::{CommandExt, ExitStatusExt},
    },
    panic::resume_unwind,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    mount::{MntFlags, MsFlags, mount, umount2},
    sched::{CloneFlags, setns, unshare},
    sys::{
        signal::{Signal, kill, killpg},
        statvfs::{FsFlags, statvfs},
    },
    unistd::Pid,
};
use thiserror::Error;
use tokio::{process::Child, select};

use super::{interrupt::Interrupt, runtime};
use crate::net::NsName;

/// Where files lie that replace those of `/etc` in a namespace (ip-netns(8)).
const NETNS_ETC: &str = "/etc/netns";

/// Where a program runs.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// In the namespaces of this thread.
    Here,
    /// In a named network namespace.
    Named {
        /// Its name, which decides what of `/etc` is replaced.
        name: &'a NsName,
        /// Its handle.
        handle: &'a File,
    },
    /// In a network namespace without a name, with the files that are there anyway, as nsenter(1) does it.
    Unnamed {
        /// Its handle.
        handle: &'a File,
    },
}

/// Where a program's input comes from and its output goes. For a pipe, pass an end of [`std::io::pipe`].
#[derive(Debug)]
pub struct Streams {
    /// Standard input.
    pub stdin: Stdio,
    /// Standard output.
    pub stdout: Stdio,
    /// Standard error.
    pub stderr: Stdio,
}

impl Streams {
    /// Those of `nns` itself.
    pub fn inherit() -> Self {
        Self { stdin: Stdio::inherit(), stdout: Stdio::inherit(), stderr: Stdio::inherit() }
    }
}

/// Why a program was not started.
#[derive(Debug, Error)]
pub enum ProgramError {
    /// There is no such file, or none on `PATH`.
    #[error("there is no program `{program}`")]
    NotFound {
        /// The first word.
        program: String,
    },
    /// The file is there and cannot be executed.
    #[error("`{program}` cannot be executed")]
    NotExecutable {
        /// The first word.
        program: String,
    },
    /// The file is there, and the interpreter that its first line names is not.
    #[error("the interpreter that `{program}` asks for is missing")]
    NoInterpreter {
        /// The first word.
        program: String,
    },
    /// The surroundings could not be prepared.
    #[error("{doing}: {}", errno.desc())]
    Surroundings {
        /// What was being done.
        doing: &'static str,
        /// What the kernel said.
        errno: Errno,
    },
    /// Starting it failed otherwise.
    #[error("`{program}` cannot be started: {source}")]
    Spawn {
        /// The first word.
        program: String,
        /// The error.
        source: io::Error,
    },
}

/// What of its surroundings a program has to do without.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Lack {
    /// `/sys` still shows the links of the host (`ip netns exec` gives up here; most programs never look).
    #[error("`/sys` shows the links of the host: {}", .0.desc())]
    Sys(Errno),
    /// A file could not be laid over the one in `/etc`; most often there is none.
    #[error("`{}` cannot be laid over `{}`: {}", from.display(), to.display(), errno.desc())]
    Etc {
        /// The file of the namespace.
        from: PathBuf,
        /// The file of the host.
        to: PathBuf,
        /// What the kernel said.
        errno: Errno,
    },
}

/// A program that was started. Dropped without [`Running::wait`] it runs on.
#[derive(Debug)]
pub struct Running {
    child: Child,
    lacks: Vec<Lack>,
}

/// Starts the program `argv[0]`, looked for on `PATH` if it holds no slash, with the arguments behind it.
pub fn start(argv: &[String], streams: Streams, place: Place<'_>) -> Result<Running, ProgramError> {
    launch(argv, streams, place, false)
}

/// The same in a group of its own, which Ctrl-C at the terminal does not reach.
pub fn start_apart(argv: &[String], streams: Streams, place: Place<'_>) -> Result<Running, ProgramError> {
    launch(argv, streams, place, true)
}

fn launch(argv: &[String], streams: Streams, place: Place<'_>, apart: bool) -> Result<Running, ProgramError> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(ProgramError::NotFound { program: String::new() });
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(streams.stdin).stdout(streams.stdout).stderr(streams.stderr);
    if apart {
        command.process_group(0);
    }
    let failed = |source| failure(program, source);
    // The reactor learns of the child's end: it must be at hand on the thread that starts the child.
    let runtime = runtime().map_err(failed)?;
    match place {
        Place::Here => {
            let _reactor = runtime.enter();
            let child = tokio::process::Command::from(command).spawn().map_err(failed)?;
            Ok(Running { child, lacks: Vec::new() })
        }
        Place::Named { .. } | Place::Unnamed { .. } => thread::scope(|scope| {
            let spawn = move || {
                let lacks = enter(place)?;
                let _reactor = runtime.enter();
                let child = tokio::process::Command::from(command).spawn().map_err(failed)?;
                Ok(Running { child, lacks })
            };
            let starter = thread::Builder::new().name("netns exec".into()).spawn_scoped(scope, spawn);
            starter.map_err(failed)?.join().unwrap_or_else(|panic| resume_unwind(panic))
        }),
    }
}

impl Running {
    /// What it has to do without.
    pub fn lacks(&self) -> &[Lack] {
        &self.lacks
    }

    /// Its process id, until it has ended and was waited for.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits for its end, but not beyond that point in time; `None` where it still runs, or a signal came first.
    pub fn wait_until(&mut self, until: Option<Instant>, interrupt: &Interrupt) -> io::Result<Option<ExitStatus>> {
        runtime()?.block_on(async {
            select! {
                biased;
                status = self.child.wait() => status.map(Some),
                _ = interrupt.wait() => Ok(None),
                () = super::until(until) => Ok(None),
            }
        })
    }

    /// Ends it and what it has started in its group, which must be its own: asks for it first, and insists when the time
    /// is over.
    pub fn end(&mut self, patience: Duration) -> io::Result<ExitStatus> {
        let ended = self.child.try_wait()?;
        if let Some(status) = ended {
            return Ok(status);
        }
        self.signal_group(Signal::SIGTERM);
        let until = Instant::now() + patience;
        if let Some(status) = self.wait_until(Some(until), &Interrupt::never())? {
            return Ok(status);
        }
        self.signal_group(Signal::SIGKILL);
        runtime()?.block_on(self.child.wait())
    }

    fn signal_group(&self, signal: Signal) {
        if let Some(id) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            // It was not waited for yet, so that the group is still its own.
            killpg(Pid::from_raw(id), signal).ok();
        }
    }

    /// Waits for its end. Every SIGTERM that `nns` gets meanwhile is passed on. Ctrl-C is not: the terminal sends it
    /// to the program as well, and what the program makes of it is its own affair.
    pub fn wait(mut self, interrupt: &Interrupt) -> io::Result<ExitStatus> {
        runtime()?.block_on(async {
            let mut passed_on = 0;
            loop {
                select! {
                    status = self.child.wait() => return status,
                    terminations = interrupt.terminated_beyond(passed_on) => passed_on = terminations,
                }
                if let Some(id) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
                    // It was not waited for yet, so the id is still its own. One that became another user (`sudo`)
                    // may be out of reach: then its end is awaited all the same.
                    kill(Pid::from_raw(id), Signal::SIGTERM).ok();
                }
            }
        })
    }
}

/// The exit status as shells count it: the program's own, or 128 and the number of the signal that ended it.
pub fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// Takes this thread into the namespace as `netns_switch` of iproute2 does. It can never come back out.
fn enter(place: Place<'_>) -> Result<Vec<Lack>, ProgramError> {
    let surroundings = |doing| move |errno| ProgramError::Surroundings { doing, errno };
    let (Place::Named { handle, .. } | Place::Unnamed { handle }) = place else { return Ok(Vec::new()) };
    setns(handle, CloneFlags::CLONE_NEWNET).map_err(surroundings("entering the network namespace"))?;
    let Place::Named { name, .. } = place else { return Ok(Vec::new()) };
    unshare(CloneFlags::CLONE_NEWNS).map_err(surroundings("making a mount namespace"))?;
    let inward = MsFlags::MS_SLAVE | MsFlags::MS_REC;
    mount(None::<&str>, "/", None::<&str>, inward, None::<&str>)
        .map_err(surroundings("keeping mounts from spreading to the host"))?;
    let mut lacks: Vec<Lack> = mount_sys().err().map(Lack::Sys).into_iter().collect();
    lacks.extend(lay_over_etc(name));
    Ok(lacks)
}

/// Mounts over `/sys` the one of this thread's network namespace.
fn mount_sys() -> nix::Result<()> {
    let mut flags = MsFlags::empty();
    // In a user namespace the mounts of the host are locked in place: they are covered instead of taken away, and a
    // read-only one only by another read-only one.
    if umount2("/sys", MntFlags::MNT_DETACH).is_err()
        && statvfs("/sys").is_ok_and(|sys| sys.flags().contains(FsFlags::ST_RDONLY))
    {
        flags |= MsFlags::MS_RDONLY;
    }
    mount(Some("sysfs"), "/sys", Some("sysfs"), flags, None::<&str>)
}

/// Binds each file of `/etc/netns/NAME` over its namesake in `/etc`.
fn lay_over_etc(name: &NsName) -> Vec<Lack> {
    let Ok(entries) = fs::read_dir(Path::new(NETNS_ETC).join(name.as_str())) else { return Vec::new() };
    let bind = |entry: fs::DirEntry| {
        let (from, to) = (entry.path(), Path::new("/etc").join(entry.file_name()));
        let bound = mount(Some(&from), &to, None::<&str>, MsFlags::MS_BIND, None::<&str>);
        bound.err().map(|errno| Lack::Etc { from, to, errno })
    };
    entries.filter_map(Result::ok).filter_map(bind).collect()
}

/// Says what is behind an error of `execvp(3)`, which tells a missing file from a missing interpreter by nothing.
fn failure(program: &str, source: io::Error) -> ProgramError {
    let program = program.to_string();
    match source.raw_os_error().map(Errno::from_raw) {
        Some(Errno::ENOENT) if locate(&program).is_some() => ProgramError::NoInterpreter { program },
        Some(Errno::ENOENT | Errno::ENOTDIR) => ProgramError::NotFound { program },
        Some(Errno::EACCES | Errno::ENOEXEC) => ProgramError::NotExecutable { program },
        _ => ProgramError::Spawn { program, source },
    }
}

/// The file that `execvp(3)` would run: with a slash, the path itself, else the first executable file on `PATH`.
pub fn locate(program: &str) -> Option<PathBuf> {
    let executable =
        |path: &PathBuf| fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0);
    if program.is_empty() {
        return None;
    }
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(executable);
    }
    env::split_paths(&env::var_os("PATH")?).map(|directory| directory.join(program)).find(executable)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        time::Duration,
    };

    use super::*;

    fn run(argv: &[&str], streams: Streams, interrupt: &Interrupt) -> Result<u8, ProgramError> {
        let argv: Vec<String> = argv.iter().map(|&word| word.into()).collect();
        Ok(exit_code(start(&argv, streams, Place::Here)?.wait(interrupt).unwrap()))
    }

    #[test]
    fn exit_statuses_are_those_of_a_shell() {
        let status = |argv: &[&str]| run(argv, Streams::inherit(), &Interrupt::never()).unwrap();
        assert_eq!(status(&["true"]), 0);
        assert_eq!(status(&["sh", "-c", "exit 7"]), 7);
        assert_eq!(status(&["sh", "-c", "kill -9 $$"]), 137);
    }

    #[test]
    fn says_why_a_program_cannot_be_run() {
        let start = |program: &str| start(&[program.into()], Streams::inherit(), Place::Here).unwrap_err();
        assert!(matches!(start("no-such-program"), ProgramError::NotFound { program } if program == "no-such-program"));
        assert!(matches!(start(""), ProgramError::NotFound { .. }));
        assert!(matches!(start("/etc/passwd/x"), ProgramError::NotFound { .. }));
        assert!(matches!(start("/"), ProgramError::NotExecutable { .. }));
        let directory = tempfile::tempdir().unwrap();
        let script = directory.path().join("script");
        fs::write(&script, "#!/no/such/interpreter\n").unwrap();
        let path = script.to_str().unwrap();
        assert!(matches!(start(path), ProgramError::NotExecutable { .. }));
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(start(path), ProgramError::NoInterpreter { .. }));
    }

    #[test]
    fn streams_can_be_pipes() {
        let (input, mut write) = io::pipe().unwrap();
        let (mut read, output) = io::pipe().unwrap();
        write.write_all(b"one\ntwo\n").unwrap();
        drop(write);
        let streams = Streams { stdin: input.into(), stdout: output.into(), stderr: Stdio::inherit() };
        assert_eq!(run(&["grep", "two"], streams, &Interrupt::never()).unwrap(), 0);
        let mut text = String::new();
        read.read_to_string(&mut text).unwrap();
        assert_eq!(text, "two\n");
    }

    #[test]
    fn a_termination_is_passed_on() {
        let interrupt = Interrupt::never();
        let sender = interrupt.clone();
        let thread = thread::spawn(move || {
            thread::sleep(Duration::from_millis(50));
            sender.note(super::super::interrupt::Signal::Terminate);
        });
        assert_eq!(run(&["sleep", "60"], Streams::inherit(), &interrupt).unwrap(), 143);
        thread.join().unwrap();
    }
}
