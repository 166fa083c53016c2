//! `nns fmt`: scripts, laid out.
//!
//! In: paths. Out: files that are changed, or a list of those that would be; standard input goes to standard output. A
//! file with errors stays as it is, and a file is replaced as a whole or not at all.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{MetadataExt, fchown},
    path::{Path, PathBuf},
};

use clap::Parser;

use super::{input, test::find};
use crate::{
    codes::Code,
    diag::Diagnostic,
    session::{Exit, Terminal},
    source::Sources,
    syntax::format::{Unformatted, format},
};

/// What stands below the options in `nns fmt --help`.
const STATUS: &str = "\
Blocks are indented by two blanks; words, comments and what stands in quotes stay as they are. Lines that
you break behind `&&`, `||`, `|` or with a `\\` stay broken, and a block that you write on one line stays
there if it fits in 100 columns.

Exit status:
  0  every script is laid out
  1  --check: a script would change
  2  a script cannot be read or written, or has errors; it stays as it is";

/// What `nns fmt` takes.
#[derive(Debug, Parser)]
#[command(after_help = STATUS)]
pub struct FmtArgs {
    /// Scripts, and directories with scripts below; `-` is standard input, laid out on standard output
    #[arg(required = true, value_name = "DIR|FILE")]
    pub paths: Vec<String>,

    /// Change nothing: list the scripts that would change
    #[arg(long)]
    pub check: bool,
}

/// Lays scripts out.
pub fn run(args: &FmtArgs, terminal: &mut Terminal) -> Exit {
    let (mut is_changed, mut is_wrong) = (false, false);
    for path in &args.paths {
        let files = if path == "-" { Ok(vec![path.clone()]) } else { find::scripts(std::slice::from_ref(path)) };
        let files = files.unwrap_or_else(|diagnostic| {
            refuse(terminal, diagnostic);
            is_wrong = true;
            Vec::new()
        });
        for file in files {
            match one(&file, args.check, terminal) {
                Some(changed) => is_changed |= changed,
                None => is_wrong = true,
            }
        }
    }
    match (is_wrong, is_changed && args.check) {
        (true, _) => Exit::Refused,
        (false, true) => Exit::Failed,
        (false, false) => Exit::Done,
    }
}

/// Whether a file is not laid out yet; `None` where something is wrong, which was told.
fn one(file: &str, only_check: bool, terminal: &mut Terminal) -> Option<bool> {
    let text = if file == "-" { input::read(file) } else { read(file) };
    let (name, text) = text.map_err(|diagnostic| refuse(terminal, diagnostic)).ok()?;
    let mut sources = Sources::default();
    let id = sources.add(name.as_str(), text.as_str());
    let formatted = match format(sources.get(id)) {
        Ok(formatted) => formatted,
        Err(Unformatted::Syntax(diagnostics)) => {
            terminal.report(&sources, &diagnostics);
            return None;
        }
        Err(Unformatted::Meaning) => {
            let message = format!("`{name}` stays as it is: laid out, it would not mean the same");
            let help = "this is a mistake in nns: please report it, with the file";
            refuse(terminal, Diagnostic::error(Code::Input, message).help(help));
            return None;
        }
    };
    let is_changed = formatted != text;
    match (only_check, file) {
        (true, _) if is_changed => terminal.print(&format!("{name}\n")),
        (true, _) => {}
        (false, "-") => terminal.print(&formatted),
        (false, _) if is_changed => {
            if let Err(error) = replace(Path::new(file), &formatted) {
                refuse(terminal, Diagnostic::error(Code::Input, format!("`{name}` cannot be written: {error}")));
                return None;
            }
        }
        (false, _) => {}
    }
    Some(is_changed)
}

/// The name and the text of a file. A mark of its encoding is part of it: without it the file changes.
fn read(file: &str) -> Result<(String, String), Diagnostic> {
    let (name, text) = input::read(file)?;
    let len = fs::metadata(file).map_or(0, |file| file.len());
    let has_mark = len == text.len() as u64 + '\u{feff}'.len_utf8() as u64;
    Ok((name, if has_mark { format!("\u{feff}{text}") } else { text }))
}

/// Puts a text in the place of a file, at once, with its owner and its permissions; where the path is a link, of what it leads to.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let before = fs::metadata(&path)?;
    let (beside, mut file) = create_beside(&path)?;
    let written = (|| {
        file.write_all(text.as_bytes())?;
        let made = file.metadata()?;
        if (made.uid(), made.gid()) != (before.uid(), before.gid()) {
            fchown(&file, Some(before.uid()), Some(before.gid()))?;
        }
        file.set_permissions(before.permissions())?;
        file.sync_all()?;
        fs::rename(&beside, &path)
    })();
    if written.is_err() {
        // That it cannot be removed either is not what went wrong.
        fs::remove_file(&beside).ok();
    }
    written
}

/// A new file in the same folder.
fn create_beside(path: &Path) -> io::Result<(PathBuf, fs::File)> {
    let mut number = std::process::id();
    loop {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{number}.tmp"));
        let beside = path.with_file_name(name);
        match fs::File::create_new(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number = number.wrapping_add(1),
            created => return created.map(|file| (beside, file)),
        }
    }
}

fn refuse(terminal: &mut Terminal, diagnostic: Diagnostic) {
    terminal.report(&Sources::default(), &[diagnostic]);
}
