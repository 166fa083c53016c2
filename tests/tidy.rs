//! The habits of the source that a machine can hold it to. What each rule is for stands at its test.
//!
//! In: the files of the project. Every failure names the files, and the lines where there are some.

mod rust_source;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rust_source::{Token, files, project, read, tokens};

/// A file that is longer is two things.
const MAX_LINES: usize = 600;

/// A grammar that is longer has begun to know the words of commands, which belong into the command table.
const MAX_GRAMMAR_LINES: usize = 130;

#[test]
fn no_file_has_become_two_things() {
    let long = sources().into_iter().filter(|(_, text)| text.lines().count() > MAX_LINES);
    assert_none(long.map(|(file, text)| format!("{}: {} lines", file.display(), text.lines().count())));
}

#[test]
fn the_grammar_knows_shapes_only() {
    let grammars = files("grammar", "pest");
    assert_eq!(
        grammars.is_empty(),
        !project().join("src/syntax/parse.rs").exists(),
        "a parser and its grammar come together"
    );
    let long = grammars.iter().map(|file| (file, read(file).lines().count())).filter(|(_, n)| *n > MAX_GRAMMAR_LINES);
    assert_none(long.map(|(file, lines)| format!("{}: {lines} lines", file.display())));
}

/// A reader who opens a file learns first what it is for: from its `//!`, or, where a private file holds one noun, from
/// the doc comment of that noun, which then is the file's first item. Unit tests in a `tests.rs` need neither.
#[test]
fn every_file_says_what_it_is_for() {
    let public = public_modules();
    let silent = sources().into_iter().filter(|(file, text)| {
        let says_so = if public.contains(file) { says_so_as_module } else { says_so_as_noun };
        !file.ends_with("tests.rs") && !says_so(text)
    });
    assert_none(silent.map(|(file, _)| format!("{}: begins with no doc comment", file.display())));
}

#[test]
fn a_noun_speaks_for_its_private_file_only() {
    assert!(says_so_as_module("//! Links.\nstruct A;"));
    assert!(!says_so_as_module("use std::fmt;\n\n/// A link.\npub struct Link;"));
    assert!(says_so_as_noun(
        "use std::{\n    fmt,\n};\npub use super::A;\n\n/// A link.\n#[derive(Debug)]\npub struct Link;"
    ));
    assert!(!says_so_as_noun("use std::fmt;\n\npub struct Link;\n/// A route.\npub struct Route;"));
    assert!(!says_so_as_noun("use std::fmt;\n"));
}

/// `nix` and the netlink crates have safe functions for all that is needed.
#[test]
fn nothing_is_unsafe() {
    assert_none(code_lines(|window| window[0].text == "unsafe"));
}

/// Pest could be replaced by changing the parser alone.
#[test]
fn the_parser_alone_names_pest() {
    let outside = code_lines_outside(&["src/syntax/parse", "src/syntax/recover"], &["pest", "pest_derive"]);
    assert_none(outside);
}

/// Errors carry data; how they look is decided where they are shown.
#[test]
fn the_report_alone_names_miette() {
    assert_none(code_lines_outside(&["src/report/"], &["miette"]));
}

/// What is not done is not there. (The words are put together so that a search for them finds nothing here.)
#[test]
fn nothing_is_left_for_later() {
    let notes = ["TO", "FIX", "XX"].iter().zip(["DO", "ME", "X"]).map(|(a, b)| format!("{a}{b}")).collect::<Vec<_>>();
    let noted = sources().into_iter().flat_map(|(file, text)| {
        let notes = &notes;
        let lines = text.lines().enumerate().filter(move |(_, line)| notes.iter().any(|note| line.contains(note)));
        lines.map(|(index, line)| place(&file, index + 1, line)).collect::<Vec<_>>()
    });
    let macros = ["todo", "unimplemented", "dbg"];
    let called = code_lines(|window| macros.contains(&&*window[0].text) && window[1].text == "!");
    assert_none(noted.chain(called));
}

/// One sees where a name comes from. Unit tests may take all of the module that they test, and of a prelude.
#[test]
fn nothing_is_imported_by_glob() {
    assert_none(code_lines(|window| {
        let glob = window[1].text == "::" && window[2].text == "*" && [";", ",", "}"].contains(&&*window[3].text);
        glob && !["super", "prelude"].contains(&&*window[0].text)
    }));
}

#[test]
fn the_changelog_has_a_place_for_what_comes_next() {
    assert!(read("CHANGELOG.md").lines().any(|line| line == "## [Unreleased]"), "CHANGELOG.md: no `## [Unreleased]`");
}

/// Scripts are there to be copied and run as they are.
#[test]
fn scripts_can_be_run() {
    let scripts = files("scripts", "nns");
    assert!(!scripts.is_empty());
    assert_none(scripts.iter().filter_map(|script| {
        let mode = fs::metadata(project().join(script)).unwrap().permissions().mode();
        let runs = read(script).lines().next() == Some("#!/usr/bin/env nns") && mode & 0o111 == 0o111;
        (!runs).then(|| format!("{}: no `#!/usr/bin/env nns`, or not executable", script.display()))
    }));
}

#[test]
fn every_dependency_has_its_reason() {
    let wanted: BTreeSet<String> = dependencies(&read("Cargo.toml"));
    let contributing = read("CONTRIBUTING.md");
    let (_, given) = contributing.split_once("## Dependencies").expect("CONTRIBUTING.md has a chapter on dependencies");
    let reasons: BTreeMap<String, &str> = given
        .lines()
        .filter_map(|line| {
            let (name, reason) = line.strip_prefix("| `")?.split_once("` | ")?;
            Some((name.to_owned(), reason.trim_end_matches('|').trim()))
        })
        .collect();
    assert!(!wanted.is_empty());
    assert_eq!(reasons.keys().cloned().collect::<BTreeSet<_>>(), wanted, "CONTRIBUTING.md (left), Cargo.toml (right)");
    assert_none(reasons.iter().filter(|(_, reason)| reason.is_empty()).map(|(name, _)| format!("{name}: no reason")));
}

#[test]
fn dependencies_are_read_from_all_their_tables() {
    let manifest = "[package]\nname = \"a\"\n[dependencies]\n# why\nb = \"1\"\nc-d = { version = \"1\" }\n\n\
                    [dev-dependencies]\ne = \"1\"\n[profile.dev]\ndebug = 1\n";
    assert_eq!(dependencies(manifest), ["b", "c-d", "e"].map(str::to_owned).into());
}

/// All Rust files of `src/`, with their text.
fn sources() -> Vec<(PathBuf, String)> {
    let found: Vec<_> = files("src", "rs").into_iter().map(|file| (file.clone(), read(file))).collect();
    assert!(!found.is_empty());
    found
}

/// The lines of code at which a run of four tokens is as asked.
fn code_lines(asked: impl Fn(&[Token]) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in sources() {
        let mut tokens = tokens(&text);
        // So that the last token has three behind it as well.
        tokens.extend([const { Token { text: String::new(), line: 0 } }; 3]);
        let lines: BTreeSet<usize> = tokens.windows(4).filter(|run| asked(run)).map(|run| run[0].line).collect();
        found.extend(lines.into_iter().map(|line| place(&file, line, text.lines().nth(line - 1).unwrap_or_default())));
    }
    found
}

/// The lines of code that have one of the words, but for those of files whose path begins as listed.
fn code_lines_outside(allowed: &[&str], words: &[&str]) -> Vec<String> {
    let mut found = code_lines(|run| words.contains(&&*run[0].text));
    found.retain(|place| !allowed.iter().any(|start| place.starts_with(start)));
    found
}

fn place(file: &Path, line: usize, text: &str) -> String {
    format!("{}:{line}: {}", file.display(), text.trim())
}

#[track_caller]
fn assert_none(found: impl IntoIterator<Item = String>) {
    let found: Vec<String> = found.into_iter().collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The files that a `pub mod` declares, and the roots.
fn public_modules() -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::from([PathBuf::from("src/lib.rs"), PathBuf::from("src/main.rs")]);
    for (file, text) in sources() {
        let is_root = ["lib.rs", "main.rs", "mod.rs"].iter().any(|name| file.ends_with(name));
        let directory = if is_root { file.parent().unwrap().to_owned() } else { file.with_extension("") };
        for run in
            tokens(&text).windows(4).filter(|run| run[0].text == "pub" && run[1].text == "mod" && run[3].text == ";")
        {
            found.insert(directory.join(format!("{}.rs", run[2].text)));
            found.insert(directory.join(&run[2].text).join("mod.rs"));
        }
    }
    found
}

/// Whether a file begins with a doc comment of its own.
fn says_so_as_module(text: &str) -> bool {
    text.starts_with("//! ")
}

/// Whether it does, or its first item behind the imports has one.
fn says_so_as_noun(text: &str) -> bool {
    let mut in_import = false;
    let first_item = text.lines().find(|line| {
        in_import |= line.starts_with("use ") || (line.starts_with("pub") && line.contains(" use "));
        let skipped = in_import || line.is_empty();
        in_import &= !line.ends_with(';');
        !skipped
    });
    says_so_as_module(text) || first_item.is_some_and(|line| line.starts_with("/// "))
}

/// The crates that a manifest names as dependencies of any kind.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut wanted = false;
    let mut found = BTreeSet::new();
    for line in manifest.lines() {
        if let Some(table) = line.strip_prefix('[') {
            wanted = table.ends_with("dependencies]");
        } else if let Some((name, _)) = line.split_once(" = ").filter(|(name, _)| wanted && !name.starts_with('#')) {
            found.insert(name.to_owned());
        }
    }
    found
}
