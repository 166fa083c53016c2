//! What holds for all texts: no panic, spans in place, bounded depth, time in proportion to the length.

use std::time::{Duration, Instant};

use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

use super::{Rvalue, Statement, StatementKind, Word, parse, parsed};
use crate::{
    source::Sources,
    syntax::{MAX_DEPTH, is_complete},
};

#[test]
fn nesting_is_bounded() {
    let nested = |levels: usize| format!("{}a{}", "in x { ".repeat(levels), " }".repeat(levels));
    assert!(parsed(&nested(MAX_DEPTH)).2.is_empty());
    assert_eq!(parsed(&nested(MAX_DEPTH + 1)).2.len(), 1);
    assert!(parsed(&format!("{} a", "in x ".repeat(MAX_DEPTH))).2.is_empty());
    assert_eq!(parsed(&format!("{} a", "in x ".repeat(MAX_DEPTH + 1))).2.len(), 1);
    for head in ["for x in y { ", "if a { ", "if ok { ", "def f() { ", "switch a { ", "expect a { "] {
        let nested = |levels: usize| format!("{}a{}", head.repeat(levels), " }".repeat(levels));
        assert!(parsed(&nested(MAX_DEPTH + 1)).2.iter().any(|d| d.message.contains("nest more")), "{head}");
    }
    let both = format!("{}{} a", "in x { ".repeat(MAX_DEPTH / 2), "in y ".repeat(MAX_DEPTH / 2 + 1));
    assert_eq!(parsed(&(both + &" }".repeat(MAX_DEPTH / 2))).2.len(), 1);
}

/// Texts in which a careless parser would go back again and again.
fn nasty(repeat: usize) -> Vec<String> {
    [
        "in x { ",
        "in x ",
        "{",
        "}",
        "a { ",
        "\"",
        "'",
        "\"\\",
        "\\\"",
        "\"'",
        "\"${",
        "$(",
        "for x in y {",
        "for x in [a ",
        "if ok {",
        "expect a {",
        "switch ",
        "if a { } else ",
        "if ok { } {",
        "if not ",
        "if a == ",
        "def f(a) {",
        "def f(a=",
        "def f(a, ",
        "${ (",
        "$x[",
        "$x[[",
        "$x[(",
        "$x.subnet(",
        "${ '",
        "\"${ \"",
        "let x = [",
        "let x = [a\n",
        "${ -",
        "${ 1 + ",
        "${a",
        "`",
        "a | b { ",
        "&& ",
        "a && ",
        "a\n&&",
        "sudo ",
        "sudo in x ",
        "let x = ",
        "x=",
        "<<A\n",
        "<<",
        "<",
        "a > ",
        "1",
        "1>",
        "$",
        "a@",
        "a@b:",
        "#\n",
        "a # {\n",
        "\\\n",
        "in a { x } x } ",
        "in a { | } | } ",
        "for x {\n",
        "a&",
        "\u{a0}",
        "ü",
        "a ",
        "a\n",
        "a;",
    ]
    .iter()
    .flat_map(|piece| {
        [piece.repeat(repeat), format!("|{}", piece.repeat(repeat)), format!("in a in {}|", piece.repeat(repeat))]
    })
    .collect()
}

fn time_of(text: &str) -> Duration {
    let mut sources = Sources::default();
    let id = sources.add("a.nns", text);
    let started = Instant::now();
    let parsed = parse(sources.get(id));
    let elapsed = started.elapsed();
    assert!(parsed.1.iter().all(|d| d.labels[0].span.end as usize <= text.len()));
    elapsed
}

#[test]
fn long_lines_and_deep_nesting_take_no_time_to_speak_of() {
    let word = "a".repeat(if cfg!(debug_assertions) { 1_000_000 } else { 10_000_000 });
    for text in [&word, &format!("print \"{word}\" '{word}"), &format!("print {word}|{word} # {word}")] {
        assert!(time_of(text) < Duration::from_secs(5), "a tenth of a second when optimised");
    }
    for text in ["in x {\n", "{", "a {\n"] {
        assert!(time_of(&text.repeat(10_000)) < Duration::from_secs(2), "some milliseconds when optimised");
    }
}

#[test]
fn time_grows_with_the_text_and_no_faster() {
    for (small, large) in nasty(500).iter().zip(nasty(5_000)) {
        // On a busy machine one measurement says little; growth that is real shows in all of them.
        let is_linear = (0..5).any(|_| time_of(&large) < 40 * time_of(small) + Duration::from_millis(200));
        assert!(is_linear, "{:?}… takes much more than ten times as long ten times", &small[..small.len().min(20)]);
    }
}

proptest! {
    #[test]
    fn any_text_gives_a_tree_with_spans_inside(text in "\\PC*|[ -~\n]*|([a-c \n;{}'\"$\\\\|&<>(`#=!ü]|in |let |sudo |for x in |if |ok \\{ |\\} else |def f\\(a\\) |== |<<A|1>|\\$\\{|\\$x\\[|\\$x.subnet\\(|[-+*/%)\\]. ]|\\$ )*") {
        let (sources, script, diagnostics) = parsed(&text);
        for diagnostic in &diagnostics {
            for label in &diagnostic.labels {
                sources.slice(label.span);
            }
            prop_assert!(!diagnostic.message.starts_with("blocks and"), "the grammar does not match the text");
        }
        check_spans(&sources, &script.statements);
        is_complete(&text);
    }

    #[test]
    fn words_come_back(words in prop::collection::vec(prop::collection::vec("[a-z$\"'\\\\ \n;{}#&|é]{0,6}", 1..5), 1..5)) {
        let quote = |word: &String| format!("'{}'", word.replace('\'', "'\\''"));
        let lines = words.iter().map(|line| line.iter().map(quote).collect::<Vec<_>>().join(" \t"));
        let (_, script, diagnostics) = parsed(&lines.collect::<Vec<_>>().join("\n"));
        prop_assert_eq!(diagnostics, []);
        let back = script.statements.iter().map(|statement| match &statement.kind {
            StatementKind::Command(command) => command.words.iter().map(|word| word.literal().unwrap()).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        });
        prop_assert_eq!(back.collect::<Vec<_>>(), words);
    }
}

#[test]
fn a_word_with_a_formula_that_is_wrong_is_no_keyword() {
    let (_, script, diagnostics) = parsed("in${}");
    let StatementKind::Command(command) = &script.statements[0].kind else { panic!("{script:?}") };
    assert_eq!((command.words[0].bare(), diagnostics.len()), (None, 1));
}

fn check_spans(sources: &Sources, statements: &[Statement]) {
    for statement in statements {
        let text = sources.slice(statement.span);
        assert!(!text.starts_with([' ', '\n']) && !text.ends_with('\n'), "{text:?}");
        match &statement.kind {
            StatementKind::Command(command) => command.words.iter().for_each(|word| check_word(sources, word)),
            StatementKind::Headed { head, body, .. } => {
                head.words.iter().for_each(|word| check_word(sources, word));
                check_spans(sources, body);
            }
            StatementKind::Pipe(stages) => check_spans(sources, stages),
            StatementKind::Chain { first, rest } => {
                check_spans(sources, std::slice::from_ref(first));
                rest.iter().for_each(|(_, link)| check_spans(sources, std::slice::from_ref(link)));
            }
            StatementKind::In { namespace, body } => {
                check_word(sources, namespace);
                check_spans(sources, body.statements());
            }
            StatementKind::Include { path } => assert!(!sources.slice(path.span).is_empty()),
            StatementKind::For { body, .. } => check_spans(sources, body),
            StatementKind::If { branches, otherwise } => {
                for body in branches.iter().map(|(_, body)| body).chain(otherwise) {
                    check_spans(sources, body);
                }
            }
            StatementKind::Def { name, function } => {
                assert_eq!(sources.slice(name.span), name.value);
                check_spans(sources, &function.body);
            }
            StatementKind::Let { name, value } => {
                assert_eq!(sources.slice(name.span), name.value);
                match value {
                    Rvalue::Word(word) => check_word(sources, word),
                    Rvalue::List { items, .. } => items.iter().for_each(|item| check_word(sources, item)),
                }
            }
        }
    }
}

fn check_word(sources: &Sources, word: &Word) {
    let text = sources.slice(word.span);
    assert!(!text.is_empty());
    if let Some(bare) = word.bare() {
        assert_eq!(bare, text.replace("\\\n", "").replace("''", "").replace("\"\"", ""));
    }
}
