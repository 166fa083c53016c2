//! Pipes: what a statement or a program prints, another program reads.
//!
//! In: the commands between the `|`s. Out: the status of the last. All programs run at the same time, and the statement in
//! front when they have started, so that nobody waits for a pipe that is full. Invariant: when [`Evaluator::pipe`]
//! returns, no program of the pipe runs any more.

use std::{mem, rc::Rc};

use super::{
    Evaluator, Failure, FailureKind, Mode, Outside, Sink, Status,
    change::Wording,
    redirect::{self, Redirected, Target},
};
use crate::{
    codes::Code,
    commands::{self, Act, Arg, Context, UsageError},
    diag::Diagnostic,
    net::NsRef,
    source::Span,
    syntax::ast::{Statement, StatementKind, Stream},
};

/// Programs that do nothing but read and print: after them everything is as certain as before.
const READERS: &[&str] =
    &["cat", "column", "cut", "egrep", "fgrep", "grep", "head", "jq", "nl", "sort", "tail", "tr", "uniq", "wc"];

/// A command of a pipe.
struct Stage {
    wording: Wording,
    redirections: Vec<Redirected>,
    /// The program that it is, and where it runs.
    program: Option<(NsRef, Vec<String>)>,
}

impl<O: Outside> Evaluator<'_, O> {
    /// `A | B | C`.
    pub(super) fn pipe(&mut self, stages: &[Statement]) -> Result<Status, Failure> {
        let mut read = Vec::new();
        for (index, stage) in stages.iter().enumerate() {
            let stage = self.stage(stage)?;
            if index > 0 && stage.program.is_none() {
                return Err(reads_nothing(&stage.wording));
            }
            read.push(stage);
        }
        if let Some(status) = self.tee_into_settings(&read)? {
            return Ok(status);
        }
        self.beyond(read[0].wording.span.to(read[read.len() - 1].wording.span));
        for stage in &read {
            if let Some((_, argv)) = &stage.program {
                self.may_run(argv, &stage.wording)?;
            }
        }
        self.flush()?;
        let span = read[0].wording.span.to(read[read.len() - 1].wording.span);
        let changes_nothing =
            read.iter().filter_map(|stage| stage.program.as_ref()).all(|(_, argv)| is_reader(&argv[0]));
        let ended = self.run_pipe(read);
        // Whatever came of it, those that were started are waited for.
        let finished = self.outside.finish().map_err(|trouble| Failure::from_trouble(trouble, span));
        ended?;
        if !changes_nothing {
            if self.policy.mode == Mode::Check {
                self.doubt.everything();
            }
            self.outside.refresh(&mut self.state.world).map_err(|trouble| Failure::from_trouble(trouble, span))?;
        }
        finished
    }

    /// Starts the programs and evaluates the statement in front, if there is one.
    fn run_pipe(&mut self, stages: Vec<Stage>) -> Result<(), Failure> {
        let count = stages.len();
        let mut statement = None;
        let mut input: Option<Sink> = None;
        for (index, mut stage) in stages.into_iter().enumerate() {
            let trouble = |trouble| Failure::from_trouble(trouble, stage.wording.span);
            let mut read_next = None;
            if index + 1 < count {
                let (read, write) = self.outside.pipe().map_err(trouble)?;
                read_next = Some(read);
                // As in a shell, the pipe comes first: `2>&1 |` sends complaints there too.
                stage.redirections.insert(0, Redirected { stream: Stream::Output, target: Target::Open(write) });
            }
            let input = mem::replace(&mut input, read_next);
            match &stage.program {
                Some((ns, argv)) => {
                    let sinks =
                        redirect::sinks(self.outputs.clone(), &stage.redirections, self.outside).map_err(trouble)?;
                    self.outside.start(ns, argv, input.as_ref(), &sinks).map_err(trouble)?;
                }
                None => statement = Some(stage),
            }
        }
        match statement {
            Some(stage) => self.words(&stage.wording, &stage.redirections).map(drop),
            None => Ok(()),
        }
    }

    fn stage(&mut self, stage: &Statement) -> Result<Stage, Failure> {
        let StatementKind::Command(command) = &stage.kind else { unreachable!("pipes are made of commands") };
        let wording = Wording { words: self.expand_all(&command.words)?, span: stage.span };
        let program = self.program_of(&wording, self.ns.clone())?;
        Ok(Stage { redirections: self.redirected(command)?, program, wording })
    }

    /// The program that words are, and where it runs; `None` where they are a statement.
    fn program_of(&mut self, wording: &Wording, ns: NsRef) -> Result<Option<(NsRef, Vec<String>)>, Failure> {
        let argv = || wording.words.iter().map(|arg| arg.text.clone()).collect();
        if self.command_of_shell(&wording.words).is_some() {
            return Ok(None);
        }
        match commands::lower(&wording.words, &Context { ns: ns.clone() }) {
            Ok(Act::Program { argv }) => Ok(Some((ns, argv))),
            Ok(Act::InNamespace { ns: inner, skip }) => {
                let ns = self.entered(&inner, wording)?;
                let words: Rc<[Arg]> = wording.words[skip..].into();
                match words.first() {
                    Some(first) if commands::is_statement(&first.text) => {
                        self.program_of(&Wording { words, span: wording.span }, ns)
                    }
                    Some(_) | None => Ok(Some((ns, words.iter().map(|arg| arg.text.clone()).collect()))),
                }
            }
            Ok(_) => Ok(None),
            Err(UsageError::UnknownWord { word, .. }) if self.outside.has_program(&word.value) => {
                Ok(Some((ns, argv())))
            }
            Err(error) => Err(Failure::new(FailureKind::Words, error.to_diagnostic())),
        }
    }

    /// `echo 1 | sudo tee /proc/sys/…` is `echo 1 > /proc/sys/…`, and the value is printed.
    fn tee_into_settings(&mut self, stages: &[Stage]) -> Result<Option<Status>, Failure> {
        let [Stage { wording: echo, redirections, program: None }, tee] = stages else { return Ok(None) };
        let Some((ns, argv)) = &tee.program else { return Ok(None) };
        let paths = settings_of_tee(argv);
        let act = commands::lower(&echo.words, &Context { ns: self.ns.clone() });
        let (Ok(Act::Print(text)), [_, ..], []) = (act, paths.as_slice(), redirections.as_slice()) else {
            return Ok(None);
        };
        for path in paths {
            let outer = mem::replace(&mut self.ns, ns.clone());
            let written = self.write_setting(path, text.clone(), &tee.wording);
            self.ns = outer;
            written?;
        }
        self.flush()?;
        self.beyond_if_written(&tee.redirections, tee.wording.span);
        if self.converges() {
            return Ok(Some(Status::Success));
        }
        let trouble = |trouble| Failure::from_trouble(trouble, tee.wording.span);
        let sinks = redirect::sinks(self.outputs.clone(), &tee.redirections, self.outside).map_err(trouble)?;
        self.outside.write(&sinks.output, &format!("{text}\n")).map_err(trouble)?;
        Ok(Some(Status::Success))
    }
}

/// The settings that `tee` writes, if it writes nothing else.
fn settings_of_tee(argv: &[String]) -> Vec<&str> {
    let Some((program, words)) = argv.split_first() else { return Vec::new() };
    let is_option = |word: &&String| matches!(word.as_str(), "-a" | "--append" | "-i" | "-ai" | "--");
    let files: Vec<&str> = words.iter().filter(|word| !is_option(word)).map(String::as_str).collect();
    let is_tee = matches!(program.as_str(), "tee" | "/usr/bin/tee" | "/bin/tee");
    if is_tee && files.iter().all(|file| file.starts_with("/proc/sys/")) { files } else { Vec::new() }
}

fn is_reader(program: &str) -> bool {
    READERS.contains(&program.rsplit('/').next().unwrap_or(program))
}

fn reads_nothing(wording: &Wording) -> Failure {
    let first = wording.words.first();
    let at: Span = first.map_or(wording.span, |first| first.span);
    let word = first.map_or("", |first| first.text.as_str());
    let diagnostic = Diagnostic::error(Code::Usage, format!("`{word}` reads no input"))
        .label(at, "a statement, where a program must stand")
        .help("`|` leads into a program, such as `grep`");
    Failure::new(FailureKind::Words, diagnostic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tee_writes() {
        let paths = |words: &str| settings_of_tee(&words.split(' ').map(String::from).collect::<Vec<_>>()).join(" ");
        assert_eq!(paths("tee /proc/sys/net/ipv4/ip_forward"), "/proc/sys/net/ipv4/ip_forward");
        assert_eq!(paths("tee -a /proc/sys/a /proc/sys/b"), "/proc/sys/a /proc/sys/b");
        assert_eq!(paths("tee /proc/sys/a /tmp/b"), "");
        assert_eq!(paths("tee"), "");
        assert_eq!(paths("cat /proc/sys/a"), "");
    }

    #[test]
    fn readers_are_sorted() {
        assert!(READERS.is_sorted());
        assert!(is_reader("/bin/grep") && !is_reader("ip"));
    }
}
