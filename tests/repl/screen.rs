//! A terminal with `nns` in it: keys go in, and what is on the screen is looked at.
//!
//! In: the arguments of `nns`, keys. Out: the screen, as a person would see it. Invariant: nothing waits for a time to
//! pass; what is waited for is on the screen, or the test fails and shows the screen that it had instead.

use std::{
    fmt::Display,
    fs::File,
    io::{Read, Write},
    num::NonZero,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use nix::{
    pty::{Winsize, openpty},
    sys::signal::{Signal, killpg},
    unistd::{tcgetpgrp, ttyname},
};
use tempfile::TempDir;

use crate::svg;

/// How long something may take to appear, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a process that is to end is asked whether it has.
const PAUSE: Duration = Duration::from_millis(10);
/// What an editor of lines says when it begins to read one.
const READS: &[u8] = b"\x1b[?2004h";

/// What came out of the program.
struct Output {
    parser: vt100::Parser,
    /// How many lines were asked for so far.
    asked: usize,
    /// The last bytes, in which the next mark may begin.
    tail: Vec<u8>,
    is_over: bool,
}

/// What the reader and the test share.
type Shared = Arc<(Mutex<Output>, Condvar)>;

/// How the terminal is, and what it has in it.
pub struct Setting {
    arguments: Vec<String>,
    program: Vec<String>,
    environment: Vec<(String, String)>,
    size: (u16, u16),
    home: Option<PathBuf>,
}

/// A terminal with a program in it. The program is ended with it.
pub struct Screen {
    child: Child,
    keys: File,
    output: Shared,
    device: PathBuf,
    /// The home of the user, if nobody else made it.
    _home: Option<TempDir>,
}

impl Setting {
    /// `nns` with these arguments.
    pub fn new(arguments: &[&str]) -> Self {
        Self {
            arguments: arguments.iter().map(|&argument| argument.into()).collect(),
            program: vec![env!("CARGO_BIN_EXE_nns").into()],
            environment: Vec::new(),
            size: (40, 100),
            home: None,
        }
    }

    /// A shell in network, mount and user namespaces of its own, in which `nns` is on the `PATH` and `/run` is empty.
    pub fn shell() -> Self {
        let begin = "mount -t tmpfs tmpfs /run && ip link set lo up && PS1='sh> ' exec sh -i";
        let unshare = ["unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-c", begin];
        let program = unshare.iter().map(|&word| word.into()).collect();
        Self { program, arguments: Vec::new(), ..Self::new(&[]) }
    }

    /// `nns` as a user who may change nothing.
    pub fn without_privileges() -> Self {
        let words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", env!("CARGO_BIN_EXE_nns")];
        Self { program: words.iter().map(|&word| word.into()).collect(), ..Self::new(&[]) }
    }

    /// With a variable of the environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// So many rows and columns.
    pub fn size(self, rows: u16, columns: u16) -> Self {
        Self { size: (rows, columns), ..self }
    }

    /// With the home of another one.
    pub fn home(self, home: &Path) -> Self {
        Self { home: Some(home.into()), ..self }
    }

    /// Starts it.
    pub fn start(self) -> Screen {
        let (rows, columns) = self.size;
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None).expect("there are terminals");
        let device = ttyname(&pty.slave).expect("a terminal has a name");
        let made = if self.home.is_none() { Some(TempDir::new().expect("there can be a directory")) } else { None };
        let home = self.home.or_else(|| made.as_ref().map(|made| made.path().to_owned())).expect("it was made");
        let slave = || pty.slave.try_clone().expect("it can be told twice");
        let nns = Path::new(env!("CARGO_BIN_EXE_nns")).parent().expect("a program is in a directory");
        // So that the terminal is its own, and Ctrl-C comes to it and nobody else.
        let mut command = Command::new("setsid");
        command.arg("--ctty").args(&self.program).args(&self.arguments).current_dir(&home).env_clear();
        command.env("PATH", format!("{}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", nns.display()));
        command.env("HOME", &home).env("XDG_STATE_HOME", home.join("state")).env("XDG_RUNTIME_DIR", &home);
        command.env("TERM", "xterm-256color").env("LANG", "C.UTF-8").env("NO_COLOR", "1");
        command.envs(self.environment);
        let child = command.stdin(slave()).stdout(slave()).stderr(slave()).spawn().expect("setsid can be started");
        // The last copies: what is read ends when the program does.
        drop(command);
        drop(pty.slave);
        let keys = File::from(pty.master);
        let output = Output {
            parser: vt100::Parser::new(some(rows), some(columns), 1000),
            asked: 0,
            tail: Vec::new(),
            is_over: false,
        };
        let output = Arc::new((Mutex::new(output), Condvar::new()));
        let (from, to) = (keys.try_clone().expect("it can be read and written"), Arc::clone(&output));
        thread::spawn(move || read(from, &to));
        Screen { child, keys, output, device, _home: made }
    }
}

/// A terminal has rows and columns.
fn some(count: u16) -> NonZero<u16> {
    NonZero::new(count).expect("a terminal has rows and columns")
}

/// Takes in what the program writes.
fn read(mut from: File, output: &Shared) {
    let mut bytes = [0; 4096];
    loop {
        let read = from.read(&mut bytes).unwrap_or(0);
        let (lock, changed) = &**output;
        let mut output = lock.lock().unwrap_or_else(PoisonError::into_inner);
        if read == 0 {
            output.is_over = true;
        } else {
            output.take(&bytes[..read]);
        }
        changed.notify_all();
        if output.is_over {
            return;
        }
    }
}

impl Output {
    fn take(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
        self.tail.extend(bytes);
        self.asked += self.tail.windows(READS.len()).filter(|window| *window == READS).count();
        let known = self.tail.len().saturating_sub(READS.len() - 1);
        self.tail.drain(..known);
    }

    /// The rows, without the blanks behind them and the empty ones at the end.
    fn text(&self) -> String {
        let screen = self.parser.screen();
        let rows: Vec<String> = screen.rows(0, screen.size().1.get()).map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n").trim_end().to_owned()
    }

    /// The row with the cursor, up to it.
    fn line(&self) -> String {
        let screen = self.parser.screen();
        let (row, column) = screen.cursor_position();
        screen.rows(0, column).nth(row.into()).unwrap_or_default()
    }
}

impl Screen {
    /// `nns` with these arguments.
    pub fn start(arguments: &[&str]) -> Self {
        Setting::new(arguments).start()
    }

    /// Presses keys.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
        self
    }

    /// Pastes text, as a terminal does that tells so.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.keys(&format!("\x1b[200~{}\x1b[201~", text.replace('\n', "\r")))
    }

    /// Types a statement, and waits until the next one is asked for.
    pub fn enter(&mut self, statement: &str) -> &mut Self {
        let asked = self.asked();
        self.keys(statement).keys("\r").await_line(asked)
    }

    /// How many lines were asked for so far.
    pub fn asked(&self) -> usize {
        self.output.0.lock().unwrap_or_else(PoisonError::into_inner).asked
    }

    /// Waits until a line is asked for behind so many.
    #[track_caller]
    pub fn await_line(&mut self, asked: usize) -> &mut Self {
        self.wait("the next prompt", |output| output.asked > asked && output.line().starts_with("nns"))
    }

    /// Waits until something is asked for behind so many lines.
    #[track_caller]
    pub fn await_reading(&mut self, asked: usize) -> &mut Self {
        self.wait("the next question", |output| output.asked > asked)
    }

    /// Waits until the row with the cursor is that, up to the cursor.
    #[track_caller]
    pub fn await_prompt(&mut self, prompt: &str) -> &mut Self {
        self.wait(format!("`{prompt}` before the cursor"), |output| output.line() == prompt)
    }

    /// Waits until a text is on the screen.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> &mut Self {
        self.wait(format!("`{text}`"), |output| output.text().contains(text))
    }

    /// Makes the window larger or smaller.
    pub fn resize(&mut self, rows: u16, columns: u16) -> &mut Self {
        self.output
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .parser
            .screen_mut()
            .set_size(some(rows), some(columns));
        let (rows, columns) = (rows.to_string(), columns.to_string());
        let mut stty = Command::new("stty");
        stty.arg("-F").arg(&self.device).args(["rows", &rows, "cols", &columns]);
        assert!(stty.status().expect("stty can be started").success());
        self
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        self.output.0.lock().unwrap_or_else(PoisonError::into_inner).text()
    }

    /// What is on the screen, as a picture.
    pub fn svg(&self) -> String {
        svg::picture(self.output.0.lock().unwrap_or_else(PoisonError::into_inner).parser.screen())
    }

    /// The last row with that text, with how it is shown: `{green}red{}`.
    pub fn shown(&self, text: &str) -> String {
        let output = self.output.0.lock().unwrap_or_else(PoisonError::into_inner);
        let screen = output.parser.screen();
        let columns = screen.size().1.get();
        let rows: Vec<String> = screen.rows(0, columns).collect();
        let row = rows.iter().rposition(|row| row.contains(text)).expect("it is on the screen");
        let row = row.try_into().expect("a screen has few rows");
        let mut shown = String::new();
        let mut before = String::new();
        for cell in (0..columns).filter_map(|column| screen.cell(row, column)) {
            let style = if cell.contents().trim().is_empty() { String::new() } else { style(cell) };
            if style != before {
                shown.push_str(&format!("{{{style}}}"));
            }
            shown.push_str(if cell.has_contents() { cell.contents() } else { " " });
            before = style;
        }
        shown.trim_end().to_owned()
    }

    /// Sends a signal to what is in the foreground.
    pub fn signal(&mut self, signal: Signal) -> &mut Self {
        let group = tcgetpgrp(&self.keys).expect("a terminal has a foreground");
        killpg(group, signal).expect("it is ours");
        self
    }

    /// Runs a program in the namespaces of the terminal's program: somebody else's doing.
    pub fn elsewhere(&mut self, program: &[&str]) -> &mut Self {
        let target = self.child.id().to_string();
        let mut nsenter = Command::new("nsenter");
        nsenter.args(["--target", &target, "--user", "--preserve-credentials", "--net", "--mount", "--"]).args(program);
        assert!(nsenter.status().expect("nsenter can be started").success(), "{program:?}");
        self
    }

    /// Waits for the end of the program.
    #[track_caller]
    pub fn end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                self.wait("the last words", |output| output.is_over);
                return status;
            }
            thread::sleep(PAUSE);
        }
        panic!("it does not end; on the screen:\n{}", self.screen());
    }

    #[track_caller]
    fn wait(&mut self, what: impl Display, is_there: impl Fn(&Output) -> bool) -> &mut Self {
        let deadline = Instant::now() + PATIENCE;
        let (lock, changed) = &*self.output;
        let mut output = lock.lock().unwrap_or_else(PoisonError::into_inner);
        while !is_there(&output) {
            let left = deadline.saturating_duration_since(Instant::now());
            if output.is_over || left.is_zero() {
                let why = if output.is_over { "the program ended" } else { "the time is over" };
                let text = output.text();
                drop(output);
                panic!("waiting for {what}: {why}; on the screen:\n{text}");
            }
            output = changed.wait_timeout(output, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(output);
        self
    }
}

/// How a character is shown, in words.
fn style(cell: &vt100::Cell) -> String {
    let color = match cell.fgcolor() {
        vt100::Color::Idx(number) => ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
            .get(usize::from(number))
            .copied()
            .unwrap_or("bright"),
        vt100::Color::Default | vt100::Color::Rgb(..) => "",
    };
    let with =
        [(cell.bold(), "bold"), (cell.dim(), "dim"), (cell.underline(), "underlined"), (!color.is_empty(), color)];
    let words: Vec<&str> = with.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    words.join(" ")
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
