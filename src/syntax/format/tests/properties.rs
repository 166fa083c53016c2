//! What holds for all texts: the same meaning, the same comments, nothing changes twice, time in proportion.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use proptest::{
    prelude::{any, prop, prop_assert_eq, proptest},
    test_runner::TestCaseError,
};

use super::{Unformatted, formatted};
use crate::{
    source::Sources,
    syntax::{ast::Script, parse, print::print, samples},
};

/// The tree of a text without its places; `None` where it has errors.
fn tree(text: &str) -> Option<Script> {
    let mut sources = Sources::default();
    let id = sources.add("a.nns", text);
    let (script, diagnostics) = parse(sources.get(id));
    diagnostics.is_empty().then(|| samples::without_spans(script, sources.get(id)))
}

/// The comments that were put in, which nothing else looks like.
fn comments(text: &str) -> Vec<&str> {
    text.match_indices("#~~~").map(|(at, _)| text[at..].lines().next().unwrap_or_default().trim_end()).collect()
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let once = match formatted(text) {
        Ok(once) => once,
        Err(Unformatted::Syntax(_)) => return Ok(()),
        Err(Unformatted::Meaning) => return Err(TestCaseError::fail(format!("not understood: {text:?}"))),
    };
    prop_assert_eq!(tree(&once), tree(text));
    prop_assert_eq!(comments(&once), comments(text));
    prop_assert_eq!(formatted(&once), Ok(once));
    Ok(())
}

/// The same script as an untidy author writes it.
fn untidy(text: &str, chance: &[u8]) -> String {
    let mut chance = chance.iter().copied().cycle();
    let mut untidy = String::new();
    let mut number = 0;
    // Lines that go on behind a `\` are one.
    for line in text.replace("\\\n", "\u{1}").lines() {
        let mut roll = || chance.next().unwrap_or_default();
        untidy += ["", "  ", "\t", "$ ", "me@host:~$ ", "\r\n", "\\\n ", ";"][usize::from(roll() % 8)];
        untidy += line;
        number += 1;
        untidy += &match roll() % 8 {
            0 => format!(" #~~~ {number}"),
            1 => format!("\n  #~~~ {number} {{ \\"),
            2 => format!(" ;  #~~~ {number}; x\n\n\n"),
            3 => "\n\n\n".into(),
            4 => " \\\n".into(),
            5 => format!("  \t#~~~{number}  \r"),
            _ => String::new(),
        };
        untidy += if roll() % 4 == 0 { "\r\n" } else { "\n" };
    }
    let mut spread = String::new();
    for (index, piece) in untidy.split(" && ").enumerate() {
        let joints = [" && ", "&&", " &&\n", " && #~~~ a\n\n #~~~b\n", " \\\n&& ", "&& \\\n"];
        spread += if index == 0 { "" } else { joints[usize::from(chance.next().unwrap_or_default()) % joints.len()] };
        spread += piece;
    }
    spread.replace('\u{1}', "\\\n")
}

proptest! {
    #[test]
    fn a_script_means_the_same(script in samples::script(), chance in prop::collection::vec(any::<u8>(), 1..20)) {
        let text = print(&script);
        check(&text)?;
        prop_assert_eq!(formatted(&text).map(|once| tree(&once)), Ok(Some(script)));
        check(&untidy(&text, &chance))?;
    }

    #[test]
    fn any_text_is_laid_out_or_refused(text in "\\PC*|[ -~\n\r]*|([a-c \n;{}'\"$\\\\|&<>(`#=!ü]|in |let |sudo |for x in |if |ok \\{ |\\} else |def f\\(a\\) |== |1>|\\$\\{|\\$x\\[|[-+*/%)\\]. ]|\\$ |a |\\{ a| \\}\n| #~~~ a\n|\\\\\n)*") {
        check(&text)?;
    }
}

/// All files below a folder that end so.
fn files(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "nns") {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn the_scripts_of_the_project_mean_the_same() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    files(&project.join("scripts"), &mut texts);
    files(&project.join("tests/cases"), &mut texts);
    // Cases that show syntax errors are left alone.
    assert!(texts.iter().filter(|text| formatted(text).is_ok()).count() > 50);
    for document in [fs::read_to_string(project.join("README.md")).unwrap(), include_str!("language.md").into()] {
        texts.extend(document.split("```nns\n").skip(1).filter_map(|text| text.split("```").next()).map(str::to_owned));
    }
    for text in texts {
        check(&text.replace("# ", "#~~~ ")).unwrap_or_else(|error| panic!("{text}\n{error}"));
    }
}

fn time_of(text: &str) -> Duration {
    let started = Instant::now();
    formatted(text).unwrap();
    started.elapsed()
}

#[test]
fn time_grows_with_the_text_and_no_faster() {
    let nested = |line: &str| format!("{}\n{line}{}\n", "in x { ".repeat(10), " }".repeat(10));
    for line in [
        "in red { addr add $lan[5] dev eth0; link set 'eth0' up }   # why\n",
        "a \\\n",
        "a &&\n",
        "a; ",
        "# allow: x\n",
        "a; b # allow: x\n",
        "in red { in blue { a; b }; c }\n",
        "if ok { a } { b } else { c }\n",
        "print 'a\nb'; ",
        "\n",
        "let x = [a b c]\n",
        &nested("a\n"),
        &nested("in red { a }; ").replace('\n', ";"),
    ] {
        let end = if line.ends_with("&&\n") { "a" } else { "" };
        let [small, large] = [100, 1_000].map(|repeat| line.repeat(repeat) + end);
        // On a busy machine one measurement says little; growth that is real shows in all of them.
        let is_linear = (0..5).any(|_| time_of(&large) < 40 * time_of(&small) + Duration::from_millis(200));
        assert!(is_linear, "{line:?} takes much more than ten times as long ten times");
    }
}
