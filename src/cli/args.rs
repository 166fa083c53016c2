use std::{env, io, io::IsTerminal};

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use super::{fmt::FmtArgs, log::LogArgs, test::TestArgs};
use crate::net::IfName;

/// What stands below the options in `--help`.
const EXAMPLES: &str = "\
Examples:
  nns lab.nns                           run a script; if a statement fails, everything is put back
  nns check lab.nns                     say what would fail, and change nothing
  nns plan lab.nns                      say what would change, and change nothing
  nns --sandbox lab.nns                 run it in namespaces of its own: needs no root, leaves nothing
  nns --sandbox --world lan lab.nns     the same on a made-up LAN with a gateway and an internet
  nns -c 'netns add red; netns list'    run statements from the command line
  ip netns list | nns -                 run what standard input says
  nns                                   type statements one by one
  nns apply lab.nns                     make it so: do what is not so already, take away what is not asked for any more
  nns undo                              take back what the last run did
  nns lab.nns --confirm 60s             take it all back after 60 s, unless you type `nns confirm`
  nns log                               list what was run, and what became of it
  nns show topology                     draw the namespaces, and the cables and bridges between them
  nns watch                             tell what happens in all namespaces, until Ctrl-C
  nns test labs                         run every script below `labs` in a sandbox of its own
  nns fmt lab.nns                       lay a script out; `nns fmt --check labs` only lists what would change
  nns help link add                     tell how a statement is written; `nns help` lists them all

Exit status:
  0  done                               3  an expectation did not hold
  1  failed, and put back               4  not allowed: try --sandbox, or sudo
  2  refused before anything was done   5  not everything could be put back
  77 skipped: something that the script `requires` is missing";

/// A small language for Linux network namespaces.
#[derive(Debug, Parser)]
#[command(name = "nns", version, after_help = EXAMPLES, args_conflicts_with_subcommands = false)]
#[command(
    subcommand_precedence_over_arg = true,
    disable_help_subcommand = true,
    override_usage = "nns [OPTIONS] [FILE]\n       nns [OPTIONS] run|check|plan FILE…\n       nns [OPTIONS] -c STATEMENTS\n       nns apply FILE\n       nns undo|confirm|log [RUN]\n       nns show|watch [NETNS…]\n       nns [OPTIONS] test DIR|FILE…\n       nns fmt [--check] DIR|FILE…\n       nns help [TOPIC]"
)]
pub struct Args {
    /// What to do; a file alone is run
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The script to run; `-` is standard input
    pub file: Option<String>,

    /// Run these statements
    #[arg(short = 'c', value_name = "STATEMENTS", conflicts_with = "file")]
    pub statements: Option<String>,

    /// Run in namespaces of its own: no root needed, and nothing is left
    #[arg(long, global = true)]
    pub sandbox: bool,

    /// Begin in a world: `lan`, or a script that prepares the sandbox
    #[arg(long, global = true, value_name = "WORLD")]
    pub world: Option<String>,

    /// What the world is to call the machine's uplink
    #[arg(long, global = true, value_name = "NAME")]
    pub nic: Option<IfName>,

    /// Leave what was done when a statement fails
    #[arg(long, global = true)]
    pub keep: bool,

    /// Go on after a statement that fails, and put nothing back
    #[arg(long, global = true)]
    pub keep_going: bool,

    /// Take everything back after that time unless you type `nns confirm`, or the claim holds
    #[arg(long, global = true, value_name = "TIME [when CLAIM]")]
    pub confirm: Option<String>,

    /// What stands behind `when`: taken from the line before the rest is read.
    #[arg(skip)]
    pub claim: Option<String>,

    /// Do not check the script before it runs
    #[arg(long, global = true)]
    pub no_check: bool,

    /// Run scripts that take something away which could not be put back
    #[arg(long, global = true)]
    pub allow_lost: bool,

    /// Refuse every program: only what `nns` does itself may be done
    #[arg(long, global = true)]
    pub no_exec: bool,

    /// How many statements may be evaluated before a loop counts as endless [default: 1000000]
    #[arg(long, global = true, value_name = "N")]
    pub max_steps: Option<u64>,

    /// Tell every change, as the `ip` command that makes it
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub color: When,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scripts, one after the other
    Run {
        /// The scripts; `-` is standard input
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// Say what would fail, and change nothing
    Check {
        /// The scripts; `-` is standard input
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// Say what would change, and change nothing
    Plan {
        /// The scripts; `-` is standard input
        #[arg(required = true)]
        files: Vec<String>,

        /// Tell it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Make the world what a script says: do only what is not so already, and take away what it does not ask for any more
    Apply {
        /// The script; what it makes is remembered under its path
        file: String,

        /// Only tell what would change
        #[arg(long)]
        dry_run: bool,
    },
    /// Take back the last run, or the one of that number; what others changed since is left and listed
    Undo {
        /// The number of the run, as `nns log` tells it
        run: Option<u32>,

        /// Take back what others changed since as well
        #[arg(long)]
        all: bool,
    },
    /// Say that the run with `--confirm` stays: the last one, or the one of that number
    Confirm {
        /// The number of the run, as `nns log` tells it
        run: Option<u32>,
    },
    /// Take a run back unless it is confirmed in time: what `--confirm` starts
    #[command(hide = true)]
    Guard {
        /// The number of the run
        run: u32,
    },
    /// Show namespaces, each on a screen, or draw all of them
    Show {
        /// Names of namespaces, or `topology`; without any, the one that this runs in
        what: Vec<String>,
    },
    /// Tell what happens in the namespaces, until Ctrl-C
    Watch {
        /// Names of namespaces; without any, all. `for 5s` says how long
        what: Vec<String>,
    },
    /// Run scripts as tests, each in a sandbox of its own
    Test(TestArgs),
    /// List the runs, or tell what one of them did
    Log(LogArgs),
    /// Lay scripts out, each in the one way there is
    Fmt(FmtArgs),
    /// Tell how statements are written, and what the codes of errors mean
    Help {
        /// A command, a noun, a word, a code, or a line as it would be typed; without one, all that there is
        #[arg(allow_hyphen_values = true)]
        topic: Vec<String>,
    },
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl When {
    /// Whether that output gets colours.
    pub fn is_on(self, output: &impl IsTerminal) -> bool {
        match self {
            Self::Auto => output.is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// The words of a topic without `--color WHEN`, and what that says: the words of a pasted line may be options of others,
/// so that all of them are taken as they are.
pub fn without_color(words: &[String]) -> (Vec<String>, Option<When>) {
    let (mut kept, mut color) = (Vec::new(), None);
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let when = |value: &String| When::from_str(value, false).ok();
        let attached = word.strip_prefix("--color=").and_then(|value| when(&value.to_owned()));
        let behind = words.peek().and_then(|value| when(value)).filter(|_| word == "--color");
        if behind.is_some() {
            words.next();
        }
        match attached.or(behind) {
            Some(when) => color = Some(when),
            None => kept.push(word.clone()),
        }
    }
    (kept, color)
}

/// What `nns run --help` and the like print, if the words are such a subcommand.
pub fn options_of(words: &[String]) -> Option<String> {
    let [word] = words else { return None };
    let mut nns = Args::command();
    // So that the usage lines name the whole command.
    nns.build();
    let subcommand = nns.find_subcommand_mut(word)?;
    Some(subcommand.render_help().to_string())
}

/// What is to be done with statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// They are run.
    Run,
    /// It is told what would fail.
    Check,
    /// It is told what would change.
    Plan {
        /// As JSON.
        json: bool,
    },
    /// The world is made as they say.
    Apply {
        /// It is only told what would change.
        dry: bool,
    },
    /// A run is taken back.
    Undo {
        /// Its number; the last one if that is not said.
        run: Option<u32>,
        /// Also what others changed since.
        all: bool,
    },
}

/// Where statements come from.
#[derive(Debug, PartialEq, Eq)]
pub enum Source {
    /// Files; `-` is standard input.
    Files(Vec<String>),
    /// The argument of `-c`.
    Argument(String),
    /// Typed one by one.
    Prompt,
}

impl Args {
    /// Where the statements come from, and what is to be done with them.
    pub fn source(&self) -> (Source, Task) {
        match (&self.command, &self.statements, &self.file) {
            (Some(Command::Run { files }), _, _) => (Source::Files(files.clone()), Task::Run),
            (Some(Command::Check { files }), _, _) => (Source::Files(files.clone()), Task::Check),
            (Some(Command::Plan { files, json }), _, _) => (Source::Files(files.clone()), Task::Plan { json: *json }),
            (Some(Command::Apply { file, dry_run }), _, _) => {
                (Source::Files(vec![file.clone()]), Task::Apply { dry: *dry_run })
            }
            (Some(Command::Undo { run, all }), _, _) => {
                (Source::Files(Vec::new()), Task::Undo { run: *run, all: *all })
            }
            (Some(Command::Show { what }), _, _) => (Source::Argument(statement("show", what)), Task::Run),
            (Some(Command::Watch { what }), _, _) => (Source::Argument(statement("watch", what)), Task::Run),
            // They are answered before anything is read.
            (Some(Command::Help { .. } | Command::Test(_) | Command::Fmt(_) | Command::Log(_)), _, _)
            | (Some(Command::Confirm { .. } | Command::Guard { .. }), _, _) => (Source::Files(Vec::new()), Task::Run),
            (None, Some(statements), _) => (Source::Argument(statements.clone()), Task::Run),
            (None, None, Some(file)) => (Source::Files(vec![file.clone()]), Task::Run),
            (None, None, None) if io::stdin().is_terminal() => (Source::Prompt, Task::Run),
            (None, None, None) => (Source::Files(vec!["-".into()]), Task::Run),
        }
    }
}

/// A statement of these words, each as it is.
fn statement(first: &str, words: &[String]) -> String {
    let quoted = words.iter().map(|word| {
        let is_plain = word.chars().all(|character| character.is_alphanumeric() || "-_.".contains(character));
        if is_plain && !word.is_empty() { word.clone() } else { format!("'{}'", word.replace('\'', "")) }
    });
    [first.to_owned()].into_iter().chain(quoted).collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn what_is_shown_and_watched_is_a_statement() {
        let source = |line: &[&str]| Args::try_parse_from(line).unwrap().source().0;
        assert_eq!(source(&["nns", "show"]), Source::Argument("show".into()));
        assert_eq!(source(&["nns", "show", "topology"]), Source::Argument("show topology".into()));
        assert_eq!(source(&["nns", "watch", "red", "for", "5s"]), Source::Argument("watch red for 5s".into()));
        assert_eq!(source(&["nns", "show", "a;b"]), Source::Argument("show 'a;b'".into()));
    }

    #[test]
    fn options_may_stand_anywhere() {
        for line in ["nns --sandbox lab.nns", "nns lab.nns --sandbox", "nns run --sandbox lab.nns"] {
            let args = Args::try_parse_from(line.split(' ')).unwrap();
            assert!(args.sandbox);
            assert_eq!(args.source(), (Source::Files(vec!["lab.nns".into()]), Task::Run), "{line}");
        }
        let args = Args::try_parse_from(["nns", "check", "a", "b"]).unwrap();
        assert_eq!(args.source(), (Source::Files(vec!["a".into(), "b".into()]), Task::Check));
        assert!(Args::try_parse_from(["nns", "-c", "netns list", "lab.nns"]).is_err());
    }
}
