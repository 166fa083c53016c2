//! Going back and forth within a session: what the prompt needs beside running statements.
//!
//! In: moments that were remembered, numbers of runs. Out: the session as it was then. The network is taken back by the
//! journals of the runs, as `nns undo` does it; variables, functions, the namespace that was entered and what runs
//! beside the statements by what was remembered.

use super::{
    Exit, Machine, Session,
    recorder::Recorder,
    undo::{self, Called},
};
use crate::{
    codes::Code,
    commands::{self, Act, Arg, Context, PromptWord, Show, UsageError, Watch},
    diag::Diagnostic,
    eval::Names,
    exec::journal::{Ending, Here, State},
    model::{Numbers, World, trace},
    net::NsRef,
    report,
    source::SourceId,
    syntax::{
        self,
        ast::{Command, StatementKind},
    },
};

/// A moment of a session.
#[derive(Clone, Debug)]
pub struct Moment {
    names: Names,
    served: usize,
    running: usize,
}

impl<B: Machine> Session<B> {
    /// This moment.
    pub fn moment(&self) -> Moment {
        Moment { names: self.state.names(), served: self.listeners.len(), running: self.jobs.len() }
    }

    /// Whether the session knows and runs what it did then, whatever became of the network.
    pub fn is_as_at(&self, moment: &Moment) -> bool {
        let now = self.moment();
        now.names.is_like(&moment.names) && (now.served, now.running) == (moment.served, moment.running)
    }

    /// The number of the last run, if it changed the network and that was not put back.
    pub fn last_run(&self) -> Option<u32> {
        self.last_run
    }

    /// Takes back what was done since a moment by a run, if by one: what it started is ended, what it made goes, and the
    /// session knows again what it knew.
    pub fn go_back(&mut self, moment: &Moment, run: Option<u32>, called: &Called, all: bool) -> Exit {
        // Programs and sockets keep namespaces that are to go.
        let told = self.jobs.told(moment.running);
        self.terminal.say(&told);
        self.jobs.truncate(moment.running);
        self.listeners.truncate(moment.served);
        let exit = match run {
            Some(run) => self.take_back_statement(run, called, all),
            None => {
                self.terminal.say(&format!("{} is undone\n", called.name));
                Exit::Done
            }
        };
        if matches!(exit, Exit::Done | Exit::Left) {
            self.state.recall(&moment.names);
        }
        exit
    }

    /// Takes back what a statement did, by the run that it was.
    pub fn take_back_statement(&mut self, run: u32, called: &Called, all: bool) -> Exit {
        let Some(journals) = self.journals.clone() else { return Exit::Refused };
        let entry = match journals.find(run, &Here::now()) {
            Ok(entry) => entry,
            Err(error) => return self.refuse_undo(undo::unusable(&error)),
        };
        if entry.state == State::Ended(Ending::Undone) {
            self.terminal.say(&format!("{} is undone already, by somebody else\n", called.name));
            return Exit::Done;
        }
        let undone = match undo::why_not(&entry) {
            Some(diagnostic) => Err(diagnostic),
            None => self.undo_run(&entry, called, all),
        };
        undone.unwrap_or_else(|diagnostic| self.refuse_undo(diagnostic))
    }

    /// What a text asks of the prompt, if it is a statement that only the prompt knows.
    pub fn prompt_word(&mut self, source: SourceId) -> Option<Result<PromptWord, Diagnostic>> {
        let (script, wrong) = syntax::parse(self.sources.get(source));
        let [statement] = script.statements.as_slice() else { return None };
        let StatementKind::Command(Command { words, redirections, .. }) = &statement.kind else { return None };
        if !wrong.is_empty() || !redirections.is_empty() {
            return None;
        }
        let words: Vec<Arg> = words.iter().map(Arg::plain).collect::<Option<_>>()?;
        let is_watch = words.first().is_some_and(|word| word.bare && word.text == "watch");
        if !is_watch && !commands::is_of_prompt(&words) {
            return None;
        }
        match commands::lower(&words, &Context { ns: self.inside().cloned().unwrap_or(NsRef::Host) }) {
            Ok(Act::Prompt { word, .. }) => Some(Ok(word)),
            // One without an end goes on while something else is typed.
            Ok(Act::Show(Show::Watch(Watch { of, within: None }))) => Some(Ok(PromptWord::Watch { of })),
            // `help` behind a word is for the evaluator.
            Ok(_) | Err(UsageError::Help { .. }) => None,
            Err(error) => Some(Err(error.to_diagnostic())),
        }
    }

    /// Tells what the line behind `help` would do, whatever stands in it; `None` if that is no line to be told of.
    pub fn explain(&mut self, text: &str) -> Option<Exit> {
        let line = text.trim_start().strip_prefix("help ")?;
        if commands::topic::find(&[line.to_owned()]).is_ok() {
            return None;
        }
        let explained = commands::explain::explain(line)?;
        let style = self.terminal.tables;
        self.terminal.print(&report::help::render_line(&explained, style));
        Some(Exit::Done)
    }

    /// A text with the word in it that was meant, if that is what was told last and makes a statement of it.
    pub fn corrected(&mut self, source: SourceId) -> Option<String> {
        let told = self.terminal.take_told()?;
        let (span, meant) = told.correction().filter(|(span, _)| span.source == source)?;
        let text = self.sources.get(source).text();
        let (before, behind) = (text.get(..span.start as usize)?, text.get(span.end as usize..)?);
        // `nets list` may be meant as `netns list`.
        let more = meant.find(' ').map(|at| &meant[at..]).unwrap_or_default();
        let behind = behind.strip_prefix(more).unwrap_or(behind);
        Some(format!("{before}{meant}{behind}"))
    }

    /// Says that there are runs of earlier sessions that can be taken back.
    pub fn tell_earlier_runs(&mut self) {
        let Some(journals) = &self.journals else { return };
        let runs = journals.list(&Here::now()).unwrap_or_default();
        let runs: Vec<_> = runs.iter().filter(|entry| undo::is_meant(entry)).collect();
        if let Some(last) = runs.last() {
            let (plural, name) = (if runs.len() == 1 { "" } else { "s" }, undo::name(last));
            let count = runs.len();
            let text = format!(
                "{count} earlier run{plural} can be undone, the last is {name}: `nns log`, `nns undo` in the shell\n"
            );
            self.terminal.say(&text);
        }
    }

    /// What stands before an `exit` at the end of a text, if something does.
    pub fn before_exit(&self, source: SourceId) -> Option<String> {
        let source = self.sources.get(source);
        let (script, wrong) = syntax::parse(source);
        let [_, .., last] = script.statements.as_slice() else { return None };
        let StatementKind::Command(Command { words, redirections, .. }) = &last.kind else { return None };
        let [word] = words.as_slice() else { return None };
        let is_exit = word.bare() == Some("exit") && redirections.is_empty() && wrong.is_empty();
        let before = source.text().get(..last.span.start as usize)?;
        is_exit.then(|| before.trim_end_matches(|c: char| c.is_whitespace() || c == ';').to_owned())
    }

    /// The names of all functions.
    pub fn functions(&self) -> Vec<String> {
        self.state.functions().map(String::from).collect()
    }

    /// From now on it is remembered what the network was like, and no run is forgotten. What earlier ones left half done is
    /// taken back before.
    pub fn begin(&mut self) -> Exit {
        // What of it stays is told.
        let _ = self.recover();
        match self.look() {
            Ok(world) => {
                self.begun = Some(world);
                Exit::Done
            }
            Err(error) => self.unreadable(error),
        }
    }

    /// Tells what has changed since [`Session::begin`], whoever changed it; `typed` are the statements that were done,
    /// with their numbers.
    pub fn show_changes(&mut self, typed: &[(SourceId, usize)]) -> Exit {
        let Some(begun) = self.begun.clone() else { return Exit::Refused };
        let now = match self.look() {
            Ok(now) => now,
            Err(error) => return self.unreadable(error),
        };
        let mut now = trace(now, &[&begun], Numbers::Seen);
        self.read_settings(&mut now, &begun);
        self.tell_typed(&begun, &now, typed);
        Exit::Done
    }

    /// A run is over, and what it did stays.
    pub(super) fn note_run(&mut self, recorder: &Recorder) {
        self.last_run = recorder.number();
        self.runs.extend(self.last_run.filter(|_| self.begun.is_some()));
    }

    /// What settings were like before the first run that changed them is what they were like when the session began.
    pub(super) fn note_begun(&mut self, before: &World) {
        let Some(begun) = &mut self.begun else { return };
        for (ns, namespace) in before.namespaces() {
            for (key, value) in &namespace.sysctls {
                let is_there = |link: &str| link.parse().is_ok_and(|name| begun.find_link(ns, &name).is_some());
                if key.link().is_some_and(|link| !matches!(link, "all" | "default") && !is_there(link)) {
                    continue;
                }
                if let Some(known) = begun.namespace_mut(ns) {
                    known.sysctls.entry(key.clone()).or_insert_with(|| value.clone());
                }
            }
        }
    }

    /// Tells what is wrong with something that was asked of the prompt.
    pub fn complain(&mut self, diagnostic: Diagnostic) -> Exit {
        self.refuse_undo(diagnostic)
    }

    /// Tells that a statement of the prompt is wrong in itself.
    pub fn refuse_words(&mut self, message: String, help: &str) -> Exit {
        self.complain(Diagnostic::error(Code::Usage, message).help(help))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        backend,
        exec::journal::Journals,
        process::interrupt::Interrupt,
        session::{Options, Terminal},
        source::PROMPT,
    };

    type Memory = Session<backend::Memory>;

    fn session(folder: &tempfile::TempDir) -> Memory {
        let options = Options { stays_inside: true, ..Options::default() };
        let terminal = Terminal::new(Vec::new(), Vec::new());
        let mut session = Session::new(backend::Memory::new(World::fresh()), options, terminal, Interrupt::never());
        session.keep_journals(Journals::at(folder.path().join("runs")));
        session
    }

    fn run(session: &mut Memory, text: &str) -> (Moment, Option<u32>) {
        let before = session.moment();
        let source = session.add(PROMPT, text);
        assert_eq!(session.run(&[source]), Exit::Done, "{text}");
        (before, session.last_run())
    }

    fn called() -> Called {
        Called { name: "it".into(), all: "undo --all".into() }
    }

    #[test]
    fn a_moment_knows_what_was_known() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session(&folder);
        let (begun, first) = run(&mut session, "netns add red");
        assert_eq!(first, Some(1));
        assert!(session.is_as_at(&begun), "only the network is another");
        let (before, none) = run(&mut session, "let x = 1");
        assert_eq!(none, None);
        assert!(!session.is_as_at(&before));
        let (same, _) = run(&mut session, "let x = 1");
        assert!(session.is_as_at(&same), "it is the same value");
        run(&mut session, "enter red");
        run(&mut session, "def up(link) { link set $link up }");
        assert_eq!(session.go_back(&before, None, &called(), false), Exit::Done);
        assert!(session.is_as_at(&before));
        assert_eq!(session.inside(), None);
        assert_eq!(session.go_back(&begun, first, &called(), false), Exit::Done);
        assert!(session.machine().world().namespace(&NsRef::Named("red".parse().unwrap())).is_none());
        assert_eq!(session.go_back(&begun, first, &called(), false), Exit::Done, "somebody else was faster");
    }

    #[test]
    fn an_exit_at_the_end_is_a_line_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session(&folder);
        let mut before = |text: &str| {
            let source = session.add(PROMPT, text);
            session.before_exit(source)
        };
        assert_eq!(before("netns add red; exit").as_deref(), Some("netns add red"));
        assert_eq!(before("enter red\nlink show\nexit").as_deref(), Some("enter red\nlink show"));
        for text in
            ["exit", "netns add red; exit 10", "netns add red || exit", "exit; netns add red", "print a; 'exit'"]
        {
            assert_eq!(before(text), None, "{text}");
        }
    }

    #[test]
    fn no_run_of_the_session_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session(&folder);
        let (_, forgotten) = run(&mut session, "netns add before");
        assert_eq!(session.begin(), Exit::Done);
        let (begun, first) = run(&mut session, "netns add red");
        for _ in 0..105 {
            run(&mut session, "netns add blue");
            run(&mut session, "netns del blue");
        }
        let (same, called) = (session.moment(), called());
        assert_eq!(session.go_back(&same, forgotten, &called, false), Exit::Refused);
        assert_eq!(session.go_back(&begun, first, &called, false), Exit::Done);
    }

    #[test]
    fn what_was_started_since_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session(&folder);
        let (before, run) = run(&mut session, "spawn sleep 60 as nap");
        assert!(!session.is_as_at(&before));
        assert_eq!(session.go_back(&before, run, &called(), false), Exit::Done);
        assert!(session.is_as_at(&before));
    }

    #[test]
    fn words_of_the_prompt_are_told_from_statements() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session(&folder);
        let mut word = |text: &str| {
            let source = session.add(PROMPT, text);
            session.prompt_word(source).map(|word| word.map_err(|diagnostic| diagnostic.message))
        };
        assert_eq!(word("undo 3 # back"), Some(Ok(PromptWord::Undo { to: Some(3), all: false })));
        assert_eq!(word("quit"), Some(Ok(PromptWord::Quit)));
        assert_eq!(word("undo x"), Some(Err("`x` is not a number".into())));
        for text in
            ["netns list", "undo; redo", "in red undo", "undo > file", "undo $n", "undo help", "'undo'", "undo {"]
        {
            assert_eq!(word(text), None, "{text}");
        }
    }
}
