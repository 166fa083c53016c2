//! What the child of a case does, alone in its sandbox.

use std::{
    cell::RefCell,
    env, fs,
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    path::Path,
    process::{Command, ExitCode, Stdio},
    rc::Rc,
    thread,
    time::Duration,
};

use nix::errno::Errno;
use nns::{
    backend::{Backend, Faulty, KernelBackend, Memory, SnapshotScope, sandbox},
    exec::journal::{Ending, Entry, Here, Journals, State},
    model::{World, differences},
    process::interrupt::Interrupt,
    session::{Exit, Machine, Options, Session, Terminal},
};

use crate::{
    observer::{self, Observation},
    without::{PROBES, without},
};

/// More operations than any case has.
const MANY: usize = 500;

pub fn main(role: &str) -> ExitCode {
    let case = env::args().nth(1).expect("the parent names the case");
    if let Err(error) = sandbox::enter() {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    if role != "probe" {
        prepare(&case);
    }
    let played = match role {
        "probe" => Ok(()),
        "golden" => golden(&case, &mut io::stdout()),
        "faultless" => golden(&case, &mut io::sink()),
        "observe-nns" => {
            run(KernelBackend::new().expect("the sandbox has a kernel"), &case);
            print_observation();
            Ok(())
        }
        "observe-sh" => {
            // What it prints is not compared, and would stand before the observation.
            let status = Command::new("sh").arg(&case).stdout(Stdio::null()).status().expect("there is a shell");
            if text(&case).contains("netns del") {
                settle();
            }
            print_observation();
            if status.success() { Ok(()) } else { Err(format!("sh: {status}")) }
        }
        "faults at the backend" => faults(&case, false),
        "faults at the socket" => faults(&case, true),
        "an undo" => undo(&case),
        "deaths" => deaths(&case),
        other => Err(format!("no role `{other}`")),
    };
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Builds what is there before the case, with the real tools: the `.before` file beside it, if there is one. Tutorials
/// begin in the world that they are written for.
fn prepare(case: &str) {
    if case.contains("/scripts/tutorials/") {
        let text = text("scripts/worlds/lan.nns");
        let mut session = session(KernelBackend::new().expect("the sandbox has a kernel"), Paper::default());
        let world = session.add("lan.nns", &without_probes(&text));
        assert_eq!(session.prepare(world, None), Exit::Done, "the world cannot be made");
    }
    // Not by the real tools: to them the host is that of process 1, which is not in the sandbox.
    let setup = Path::new(case).with_extension("setup");
    if setup.exists() {
        let paper = Paper::default();
        let mut session = session(KernelBackend::new().expect("the sandbox has a kernel"), paper.clone());
        let setup = session.add("setup", &text(&setup.to_string_lossy()));
        assert_eq!(session.prepare(setup, None), Exit::Done, "{}", paper.text());
    }
    let before = Path::new(case).with_extension("before");
    if before.exists() {
        let status = Command::new("sh").arg("-e").arg(before).status().expect("there is a shell");
        assert!(status.success(), "the network before the case cannot be built");
    }
}

/// After `ip netns del` the kernel takes the namespace apart in its own time: waits until nothing changes any more.
fn settle() {
    let mut seen = observer::observe();
    loop {
        thread::sleep(Duration::from_millis(300));
        let now = observer::observe();
        if now == seen {
            return;
        }
        seen = now;
    }
}

fn print_observation() {
    println!("{}", serde_json::to_string(&observer::observe()).expect("texts can be written"));
}

/// Runs the case on the kernel and in memory, compares the two, and prints what the kernel's run printed.
fn golden(case: &str, to: &mut dyn Write) -> Result<(), String> {
    let before = observer::observe();
    let kernel = KernelBackend::new().map_err(|error| error.to_string())?;
    let memory = if Path::new(case).with_extension("before").exists() {
        Memory::new(world(KernelBackend::new().map_err(|error| error.to_string())?)?)
    } else {
        Memory::new(World::fresh())
    };
    let (kernel, exit, printed) = run(kernel, case);
    let (memory, _, remembered) = run(memory, case);
    if printed != remembered {
        return Err(format!("on the kernel:\n{printed}\nin memory:\n{remembered}"));
    }
    if exit != Exit::Done {
        unchanged(&before)?;
    }
    let (kernel, memory) = (world(kernel)?, world(memory)?);
    let left = differences(&kernel, &memory);
    if !left.is_empty() {
        return Err(format!("the kernel's world, and what it should be by the model:\n{}", left.join("\n")));
    }
    to.write_all(printed.as_bytes()).map_err(|error| error.to_string())
}

fn world(mut machine: impl Backend) -> Result<World, String> {
    machine.snapshot(&SnapshotScope::All).map_err(|error| error.to_string())
}

/// Fails the n-th operation, for every n, at the backend or at the socket.
fn faults(case: &str, at_socket: bool) -> Result<(), String> {
    let before = observer::observe();
    for nth in 1..=MANY {
        let mut kernel = KernelBackend::new().map_err(|error| error.to_string())?;
        let exit = if at_socket {
            kernel.fail_request(u32::try_from(nth).expect("few"));
            run(kernel, case).1
        } else {
            run(Faulty::new(kernel, nth, Errno::ENOMEM), case).1
        };
        match exit {
            Exit::Failed => {}
            // It does something, so something must have failed; unless the case handles failures itself.
            Exit::Done if nth == 1 && !text(case).contains("||") => return Err("no operation failed".into()),
            exit if nth == 1 && (is_script(case) || case.contains("chance-")) => {
                return Err(format!("it ends with {exit:?} before anything fails"));
            }
            // There is no n-th operation.
            _ => return Ok(()),
        }
        unchanged(&before).map_err(|why| format!("operation {nth} failed:\n{why}"))?;
    }
    Err(format!("there is no end to the operations: {MANY} and more"))
}

/// Takes the case back once it is done.
fn undo(case: &str) -> Result<(), String> {
    let before = observer::observe();
    let (_, exit, printed) = run(KernelBackend::new().map_err(|error| error.to_string())?, case);
    if exit == Exit::Done {
        undone(&printed)?;
    } else if case.contains("chance-") {
        return Err(format!("it does not run:\n{printed}"));
    }
    unchanged(&before)
}

/// Another session takes back what is written down, if anything is.
fn undone(printed: &str) -> Result<(), String> {
    let journals = Journals::usual().map_err(|error| error.to_string())?;
    let runs = journals.list(&Here::now()).map_err(|error| error.to_string())?;
    // A run that ended where it began leaves no journal.
    let is_back = |entry: &Entry| matches!(entry.state, State::Ended(Ending::PutBack | Ending::Undone));
    if runs.iter().all(is_back) {
        return Ok(());
    }
    let paper = Paper::default();
    let mut session = session(KernelBackend::new().map_err(|error| error.to_string())?, paper.clone());
    session.keep_journals(journals);
    match session.undo(None, false) {
        Exit::Done => Ok(()),
        exit => Err(format!("the run:\n{printed}\nits undo ends with {exit:?}:\n{}", paper.text())),
    }
}

/// Dies at the n-th operation, for every n, in turns before and after it; another session takes it back.
fn deaths(case: &str) -> Result<(), String> {
    let before = observer::observe();
    panic::set_hook(Box::new(|_| {}));
    for nth in 1..=MANY {
        let kernel = KernelBackend::new().map_err(|error| error.to_string())?;
        let died = panic::catch_unwind(AssertUnwindSafe(|| run(Faulty::dying(kernel, nth, nth % 2 == 0), case).1));
        match died {
            Err(_) => undone("").map_err(|why| format!("death at operation {nth}:\n{why}"))?,
            Ok(exit) => {
                // There is no n-th operation.
                if exit == Exit::Done {
                    undone("")?;
                }
                return unchanged(&before).map_err(|why| format!("after the last death:\n{why}"));
            }
        }
        unchanged(&before).map_err(|why| format!("death at operation {nth}:\n{why}"))?;
    }
    Err(format!("there is no end to the operations: {MANY} and more"))
}

fn unchanged(before: &Observation) -> Result<(), String> {
    let differences = observer::compare(before, &observer::observe());
    if differences.is_empty() { Ok(()) } else { Err(format!("before (-) and after (+):\n{}", differences.join("\n"))) }
}

fn text(case: &str) -> String {
    fs::read_to_string(case).expect("the case can be read")
}

/// Runs a case; gives the machine, how it ended, and what it printed.
fn run<B: Machine + 'static>(machine: B, case: &str) -> (B, Exit, String) {
    let text = text(case);
    let text = if is_script(case) { without_probes(&text) } else { text };
    let name = case.rsplit('/').next().unwrap_or(case).to_owned();
    let paper = Paper::default();
    let mut session = session(machine, paper.clone());
    if session.machine().name() == "kernel" {
        session.keep_journals(Journals::usual().expect("the sandbox has a place for them"));
    }
    let source = session.add(&name, &text);
    let exit = session.run(&[source]);
    let printed = format!("{}exit status {}\n", paper.text(), exit.code());
    (session.into_machine(), exit, printed)
}

fn session<B: Machine + 'static>(machine: B, paper: Paper) -> Session<B> {
    Session::new(machine, Options::default(), Terminal::new(paper.clone(), paper), Interrupt::never())
}

/// Whether it is one of the scripts that users copy.
fn is_script(case: &str) -> bool {
    case.contains("/scripts/")
}

/// A script that asks the network takes seconds each time; of those that are run for their faults only what they change
/// is kept.
fn without_probes(text: &str) -> String {
    without(&PROBES, text)
}

/// Where both outputs are written down.
#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).expect("what is printed is text")
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
