//! `include`: the files that scripts name, read and parsed before anything runs.
//!
//! In: a source. Out: its script, and those of all files that it includes, by the place where they are named. A name is
//! looked up from the folder of the file that it stands in; without a file (`-c`, standard input, the prompt), from the
//! current one. Invariants: a file that includes itself, by whatever way, is refused; every error points into the file
//! that it is about.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    rc::Rc,
};

use crate::{
    codes::Code,
    diag::Diagnostic,
    eval::Included,
    source::{self, NotUtf8, SourceId, Sources, Span, Spanned},
    syntax::{
        self,
        ast::{Condition, Script, Statement, StatementKind},
    },
};

/// The most files inside each other.
const MAX_NESTING: usize = 20;

/// Reads what scripts include.
pub struct Loader<'a> {
    sources: &'a mut Sources,
    included: &'a mut Included,
    /// The files that are being read, each inside the one before it.
    open: Vec<PathBuf>,
    /// The files that were read: a file is read and parsed once.
    read: BTreeMap<PathBuf, Rc<Script>>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Loader<'a> {
    /// One that takes texts and scripts in there.
    pub fn new(sources: &'a mut Sources, included: &'a mut Included) -> Self {
        Self { sources, included, open: Vec::new(), read: BTreeMap::new(), diagnostics: Vec::new() }
    }

    /// The script of a source.
    pub fn script(&mut self, source: SourceId) -> Script {
        let file = PathBuf::from(self.sources.get(source).name());
        self.open.push(fs::canonicalize(&file).unwrap_or_else(|_| file.clone()));
        let script = self.parse(source);
        self.open.pop();
        script
    }

    /// All that is wrong, in the order in which it was found.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    fn parse(&mut self, source: SourceId) -> Script {
        let (script, diagnostics) = syntax::parse(self.sources.get(source));
        self.diagnostics.extend(diagnostics);
        let mut paths = Vec::new();
        includes(&script.statements, &mut paths);
        let folder = Path::new(self.sources.get(source).name()).parent().map(Path::to_path_buf).unwrap_or_default();
        for path in paths {
            match self.file(&folder, &path) {
                Ok(script) => drop(self.included.insert(path.span, script)),
                Err(diagnostic) => self.diagnostics.push(*diagnostic),
            }
        }
        script
    }

    fn file(&mut self, folder: &Path, path: &Spanned<String>) -> Result<Rc<Script>, Box<Diagnostic>> {
        let name = folder.join(&path.value);
        let shown = name.display().to_string();
        let whole = fs::canonicalize(&name).map_err(|error| unreadable(&shown, path.span, &error))?;
        if self.open.contains(&whole) {
            let diagnostic = Diagnostic::error(Code::Input, format!("`{shown}` includes itself"))
                .label(path.span, "being read already")
                .help("put what both need into a third file");
            return Err(Box::new(diagnostic));
        }
        if self.open.len() > MAX_NESTING {
            let diagnostic = Diagnostic::error(Code::Input, "files include each other too deep")
                .label(path.span, format!("{MAX_NESTING} files are inside each other already"));
            return Err(Box::new(diagnostic));
        }
        if let Some(script) = self.read.get(&whole) {
            return Ok(Rc::clone(script));
        }
        let Some(bytes) = source::read_file(&whole).map_err(|error| unreadable(&shown, path.span, &error))? else {
            let diagnostic = Diagnostic::error(Code::Input, format!("`{shown}` cannot be included"))
                .label(path.span, "a device or a pipe, and no file");
            return Err(Box::new(diagnostic));
        };
        let text = source::decode(bytes).map_err(|NotUtf8 { byte, line, column }| {
            let message = format!("`{shown}` is not UTF-8: byte {byte:#04x} in line {line}, column {column}");
            Box::new(Diagnostic::error(Code::Input, message).label(path.span, "included here"))
        })?;
        let source = self.sources.add(shown, text);
        self.open.push(whole.clone());
        let script = Rc::new(self.parse(source));
        self.open.pop();
        self.read.insert(whole, Rc::clone(&script));
        Ok(script)
    }
}

/// The files that statements name.
fn includes(statements: &[Statement], found: &mut Vec<Spanned<String>>) {
    for statement in statements {
        match &statement.kind {
            StatementKind::Include { path } => found.push(path.clone()),
            StatementKind::Command(_) | StatementKind::Pipe(_) | StatementKind::Let { .. } => {}
            StatementKind::Chain { first, rest } => {
                includes(std::slice::from_ref(first), found);
                rest.iter().for_each(|(_, link)| includes(std::slice::from_ref(link), found));
            }
            StatementKind::In { body, .. } => includes(body.statements(), found),
            StatementKind::For { body, .. } | StatementKind::Headed { body, .. } => includes(body, found),
            StatementKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    asked(condition, found);
                    includes(body, found);
                }
                otherwise.iter().for_each(|body| includes(body, found));
            }
            StatementKind::Def { function, .. } => includes(&function.body, found),
        }
    }
}

fn asked(condition: &Condition, found: &mut Vec<Spanned<String>>) {
    match condition {
        Condition::All(all) | Condition::Any(all) => all.iter().for_each(|condition| asked(condition, found)),
        Condition::Not(inner) => asked(inner, found),
        Condition::Ok(statements) => includes(statements, found),
        Condition::Compare { .. } | Condition::Value(_) | Condition::Exists { .. } => {}
    }
}

fn unreadable(name: &str, span: Span, error: &io::Error) -> Box<Diagnostic> {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file `{name}`"),
        _ => format!("`{name}` cannot be read: {error}"),
    };
    let diagnostic = Diagnostic::error(Code::Input, message).label(span, "included here");
    Box::new(diagnostic.help("names are looked up from the folder of the file that they stand in"))
}
