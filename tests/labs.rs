//! The labs in `scripts/labs/` run for everybody, prove what they say, and need every line.
//!
//! In: each lab, by `nns test` and nothing around it, as the user of the tests and, if that is root, as somebody who owns
//! nothing. Out: all pass. Then each statement that changes something is left out in turn, whether it stands alone, in a
//! block, in a `def` or as a port of a `switch`: the lab must fail, or the statement is decoration. What stands behind an
//! `if` stays, for it is there for some machines only.
//!
//! Where the machine forbids sandboxes the runs are skipped, unless `NNS_REQUIRE_KERNEL` is set. Labs wait more than they
//! work, so many run at a time: `--test-threads N` for more or fewer, and a lab's name for only what is about that.

use std::{
    env,
    fs::{self, Permissions},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Output, Stdio},
    sync::Arc,
};

use libtest_mimic::{Arguments, Failed, Trial};
use nix::unistd::geteuid;
use nns::{
    source::Sources,
    syntax::{
        self,
        ast::{Body, Command as Words, Part, Statement, StatementKind},
    },
};
use tempfile::TempDir;

/// Statements that are there to make no difference, each with what that shows.
const NO_DIFFERENCE: [(&str, &str, &str); 1] =
    [("ipv6.nns", "in router forwarding on", "the setting of IPv4 is not that of IPv6")];

/// Words that ask or tell, and change nothing that could be missed.
const ASKING: [&str; 5] = ["expect", "requires", "print", "ping", "settle"];

/// The user, and the group, that own nothing.
const NOBODY: u32 = 65_534;

/// How many runs there are at a time.
const AT_ONCE: usize = 24;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    // Before there are threads: a file cannot be started while the child of another thread has it open for writing.
    let labs = Arc::new(Labs::copy());
    let mut trials = vec![Trial::test("README.md lists the labs", in_readme)];
    for (name, text) in &labs.texts {
        let (name, text) = (name.clone(), text.clone());
        trials.push(Trial::test(format!("{name} says what holds and what does not"), move || claims(&text)));
    }
    let users: &[_] = if geteuid().is_root() { &[("root", None), ("nobody", Some(NOBODY))] } else { &[("user", None)] };
    for &(who, user) in users {
        let skipped = labs.why_skipped(user);
        if let Some(why) = &skipped {
            eprintln!("skipped: as {who}: {why}");
            if env::var_os("NNS_REQUIRE_KERNEL").is_some() {
                return ExitCode::FAILURE;
            }
        }
        let copies = Arc::clone(&labs);
        let trial = Trial::test(format!("all as {who}"), move || copies.pass(user));
        trials.push(trial.with_ignored_flag(skipped.is_some()));
    }
    // Whose the sandbox is makes no difference to packets.
    let skipped = labs.why_skipped(None).is_some();
    for (name, text) in &labs.texts {
        let statements = statements(text);
        for (lab, statement, shown) in NO_DIFFERENCE {
            let is_there = lab != name || statements.iter().any(|other| &text[other.place.clone()] == statement);
            assert!(is_there, "{lab}: no `{statement}`, which showed that {shown}");
        }
        for statement in statements {
            let (copies, lab, text) = (Arc::clone(&labs), name.clone(), text.clone());
            let what = format!("{name}:{} needs `{}`", statement.line, head(&text[statement.place.clone()]));
            let trial = Trial::test(what, move || copies.need(&lab, &text, &statement));
            trials.push(trial.with_ignored_flag(skipped));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The interpreter and the labs, where everybody may read them.
struct Labs {
    folder: TempDir,
    texts: Vec<(String, String)>,
}

impl Labs {
    fn copy() -> Self {
        let open_to_all = || Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("nns").permissions(open_to_all()).tempdir().unwrap();
        fs::copy(env!("CARGO_BIN_EXE_nns"), folder.path().join("nns")).unwrap();
        fs::create_dir(folder.path().join("labs")).unwrap();
        fs::set_permissions(folder.path().join("labs"), open_to_all()).unwrap();
        let mut texts = Vec::new();
        for lab in fs::read_dir(project().join("scripts/labs")).unwrap() {
            let lab = lab.unwrap();
            let name = lab.file_name().into_string().expect("names of labs are UTF-8");
            fs::copy(lab.path(), folder.path().join("labs").join(&name)).unwrap();
            texts.push((name, fs::read_to_string(lab.path()).unwrap()));
        }
        texts.sort();
        Self { folder, texts }
    }

    fn nns(&self, user: Option<u32>, arguments: &[&str]) -> Output {
        let mut command = Command::new(self.folder.path().join("nns"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        if let Some(id) = user {
            command.uid(id).gid(id);
        }
        command.output().unwrap()
    }

    fn why_skipped(&self, user: Option<u32>) -> Option<String> {
        let output = self.nns(user, &["--sandbox", "-c", "true"]);
        (!output.status.success()).then(|| text(&output.stderr).trim().to_owned())
    }

    /// All labs as they are: none fails, and none is skipped.
    fn pass(&self, user: Option<u32>) -> Result<(), Failed> {
        let output = self.nns(user, &["test", "labs", "--jobs", "12"]);
        let (shown, said) = (text(&output.stdout), text(&output.stderr));
        let sum = format!("{} passed, 0 failed, 0 skipped", self.texts.len());
        if output.status.success() && shown.contains(&sum) && said.is_empty() {
            Ok(())
        } else {
            Err((shown + &said).into())
        }
    }

    /// A lab without a statement.
    fn need(&self, lab: &str, text: &str, statement: &Left) -> Result<(), Failed> {
        let file = format!("without-{}-{lab}", statement.place.start);
        fs::write(self.folder.path().join(&file), statement.out_of(text))?;
        let output = self.nns(None, &["--sandbox", &file]);
        let words = &text[statement.place.clone()];
        let is_needed = !NO_DIFFERENCE.iter().any(|(name, other, _)| *name == lab && *other == words);
        match (output.status.code(), is_needed) {
            (Some(1..=3), true) | (Some(0), false) => Ok(()),
            (Some(0), true) => Err(format!("without `{words}` everything is as it was: it is decoration").into()),
            _ => Err(format!("{}, and said: {}", output.status, self::text(&output.stderr)).into()),
        }
    }
}

/// A statement that is left out.
struct Left {
    place: std::ops::Range<usize>,
    line: usize,
    /// What stands in for it.
    instead: &'static str,
}

impl Left {
    fn out_of(&self, text: &str) -> String {
        format!("{}{}{}", &text[..self.place.start], self.instead, &text[self.place.end..])
    }
}

/// The statements that change something.
fn statements(text: &str) -> Vec<Left> {
    let mut sources = Sources::default();
    let id = sources.add("lab", text);
    let (script, errors) = syntax::parse(sources.get(id));
    assert!(errors.is_empty(), "{errors:?}");
    let mut found = Vec::new();
    collect(&script.statements, "true", &mut |statement, instead| {
        let place = statement.span.start as usize..statement.span.end as usize;
        found.push(Left { place, line: sources.line_of(statement.span), instead });
    });
    assert!(!found.is_empty());
    found
}

fn collect(statements: &[Statement], instead: &'static str, found: &mut dyn FnMut(&Statement, &'static str)) {
    for statement in statements {
        match &statement.kind {
            StatementKind::Command(command) if is_asking(command) => {}
            StatementKind::Command(_) | StatementKind::Chain { .. } | StatementKind::Pipe(_) => {
                found(statement, instead);
            }
            StatementKind::In { body: Body::Single(inner), .. } => collect_single(statement, inner, instead, found),
            StatementKind::In { body: Body::Block(body), .. } | StatementKind::For { body, .. } => {
                collect(body, instead, found);
            }
            StatementKind::Def { function, .. } => collect(&function.body, instead, found),
            StatementKind::Headed { head, .. } if is_asking(head) => {}
            StatementKind::Headed { body, .. } => {
                found(statement, instead);
                // Every line of a switch is a port.
                collect(body, "", found);
            }
            StatementKind::Let { .. } | StatementKind::If { .. } | StatementKind::Include { .. } => {}
        }
    }
}

/// `in NAMESPACE STATEMENT`, which is left out as a whole.
fn collect_single(
    outer: &Statement,
    inner: &Statement,
    instead: &'static str,
    found: &mut dyn FnMut(&Statement, &'static str),
) {
    collect(std::slice::from_ref(inner), instead, &mut |statement, instead| {
        found(if statement == inner { outer } else { statement }, instead);
    });
}

fn is_asking(command: &Words) -> bool {
    let first = command.words.first().map(|word| word.parts.as_slice());
    matches!(first, Some([Part::Bare(word)]) if ASKING.contains(&word.as_str()))
}

/// The first line of a text.
fn head(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A lab says what holds, and what does not hold without the one thing that it is about.
fn claims(text: &str) -> Result<(), Failed> {
    let said = |claim: &str| text.lines().filter(|line| !line.starts_with('#') && line.contains(claim)).count();
    let denied = said("expect no ");
    let claimed = said("expect ") - denied;
    if denied > 0 && claimed > 0 { Ok(()) } else { Err(format!("{claimed} claims, and {denied} denials").into()) }
}

/// The table in README.md has a line for each lab, and none for others.
fn in_readme() -> Result<(), Failed> {
    let readme = fs::read_to_string(project().join("README.md"))?;
    let (_, behind) = readme.split_once("| lab |").ok_or("README.md has no table of labs")?;
    let rows = behind.lines().skip(2).map_while(|line| line.strip_prefix("| `"));
    let mut listed: Vec<String> = rows.filter_map(|row| Some(row.split_once('`')?.0.to_owned())).collect();
    listed.sort();
    let mut there = Vec::new();
    for lab in fs::read_dir(project().join("scripts/labs"))? {
        there.push(lab?.file_name().into_string().expect("names of labs are UTF-8"));
    }
    there.sort();
    if listed == there { Ok(()) } else { Err(format!("README.md lists {listed:?}, and there are {there:?}").into()) }
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).into()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
