//! What holds of any text, and of every command of the table.

use std::fs;

use proptest::prelude::*;

use super::with_scene;
use crate::{
    commands::{
        CommandSpec,
        follow::{Role, Word, follow},
        table::SPECS,
    },
    complete::{Class, Scene, complete, highlight, hint},
    syntax::pieces::{PieceKind, pieces},
};

/// The words that a command's example line has, and where they end.
fn words(example: &str) -> Vec<(usize, usize)> {
    let words = pieces(example).pieces.into_iter().take_while(|piece| piece.kind == PieceKind::Word);
    words.map(|piece| (piece.range.start, piece.range.end)).collect()
}

/// The words by which a command calls what this word is: itself, and the first word for the same.
fn spellings(spec: &CommandSpec, word: &str) -> Vec<String> {
    let mut all = vec![word.to_owned()];
    if spec.aliases.contains(&word) {
        all.push(spec.verb.to_owned());
    }
    let params = spec.params.iter().filter(|param| param.is(word, false));
    all.extend(params.filter_map(|param| param.words.first()).map(|first| first.text.to_owned()));
    all
}

#[test]
fn every_word_of_every_example_is_proposed_at_its_place() {
    let mut looked_at = 0;
    with_scene(|scene| {
        for (spec, example) in SPECS.iter().flat_map(|spec| spec.examples.iter().map(move |example| (spec, example))) {
            let words = words(example);
            let texts: Vec<Word<'_>> = words
                .iter()
                .map(|&(start, end)| Word { text: &example[start..end], bare: true, is_known: true })
                .collect();
            let roles = follow(&texts).roles;
            for (at, &(start, end)) in words.iter().enumerate() {
                let word = &example[start..end];
                // Letters may stand in one word; values have other tests.
                let is_cluster = word.starts_with('-') && !word.starts_with("--") && word.len() > 2;
                if !matches!(roles[at], Role::Command | Role::Option) || is_cluster || word == "!" {
                    continue;
                }
                for cut in (start..=end).filter(|&cut| cut < end) {
                    let completion = complete(scene, &example[..cut], cut);
                    let wanted = spellings(spec, word);
                    let is_there = completion.candidates.iter().any(|candidate| {
                        // `ip a` is abbreviated.
                        let is_beginning = roles[at] == Role::Command && candidate.text.starts_with(word);
                        is_beginning
                            || wanted.contains(&candidate.text)
                            || word.starts_with("--net") && candidate.text.starts_with("--net")
                    });
                    assert!(is_there, "{}|: no `{word}` among {:?}", &example[..cut], completion.candidates);
                    assert_eq!(completion.start, start);
                    looked_at += 1;
                }
                // Nothing that is proposed is told as wrong.
                let colours = highlight(scene, example);
                let colour = colours.iter().find(|(range, _)| range.start == start).map(|(_, class)| *class);
                assert!(matches!(colour, Some(Class::Command | Class::Option)), "{example}: `{word}` is {colour:?}");
            }
        }
    });
    assert!(looked_at > 1000, "{looked_at}");
}

#[test]
fn no_word_of_any_example_is_unknown() {
    with_scene(|scene| {
        for example in SPECS.iter().flat_map(|spec| spec.examples) {
            let unknown = highlight(scene, example).into_iter().find(|(_, class)| *class == Class::Unknown);
            assert_eq!(unknown.map(|(range, _)| &example[range]), None, "{example}");
        }
    });
}

#[test]
fn no_word_of_any_script_is_unknown() {
    let mut looked_at = 0;
    for folder in ["scripts/labs", "scripts/tutorials", "scripts/worlds"] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let colours = with_scene(|scene| highlight(&Scene { is_program: &|_| true, ..*scene }, &text));
            let unknown = colours.iter().find(|(_, class)| *class == Class::Unknown);
            assert_eq!(unknown.map(|(range, _)| &text[range.clone()]), None, "{}", path.display());
            looked_at += colours.len();
        }
    }
    assert!(looked_at > 5000, "{looked_at}");
}

/// Pieces of lines, in any order, and anything else.
fn text() -> impl Strategy<Value = String> {
    let mut known: Vec<&'static str> = vec![
        "ip",
        "-n",
        "red",
        "link",
        "set",
        "add",
        "addr",
        "192.168.15.",
        "type",
        "veth",
        "peer",
        "{",
        "}",
        ";",
        "&&",
        "||",
        "|",
        ">",
        "in",
        "for",
        "x",
        "=",
        "let",
        "if",
        "exists",
        "ok",
        "else",
        "def",
        "f(a,",
        "b)",
        "[",
        "]",
        "$lan",
        "$",
        "${",
        "\"",
        "'",
        "\\",
        "\n",
        "#",
        "sudo",
        "netns",
        "exec",
        "iptables",
        "-A",
        "-t",
        "--",
        "!",
        "switch",
        "wire",
        "expect",
        "no",
        "via",
        "route",
        "del",
        "sysctl",
        "net.ipv4.conf.",
        "help",
        "include",
        "nsenter",
        "--net=",
        "spawn",
        "as",
        "within",
        "é",
    ];
    for spec in SPECS {
        known.extend([spec.noun, spec.verb]);
        known.extend(spec.params.iter().flat_map(|param| param.words).map(|word| word.text));
    }
    let piece = prop_oneof![8 => proptest::sample::select(known).prop_map(String::from), 1 => "\\PC{0,3}", 1 => Just("\0".into())];
    proptest::collection::vec((piece, any::<bool>()), 0..14)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, blank)| if blank { piece + " " } else { piece }).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_and_any_cursor_have_an_answer(text in text()) {
        with_scene(|scene| {
            for cursor in 0..=text.len() + 1 {
                let completion = complete(scene, &text, cursor);
                prop_assert!(completion.start <= text.floor_char_boundary(cursor));
                prop_assert!(text.is_char_boundary(completion.start));
                for candidate in &completion.candidates {
                    prop_assert!(!candidate.text.is_empty());
                }
                prop_assert!(hint(scene, &text, cursor).is_none_or(|hint| !hint.is_empty()));
            }
            let mut end = 0;
            for (range, class) in highlight(scene, &text) {
                prop_assert!(end <= range.start && range.start < range.end, "{class:?} {range:?}");
                prop_assert!(text.get(range.clone()).is_some());
                end = range.end;
            }
            Ok(())
        })?;
    }
}
