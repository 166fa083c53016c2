//! What the fuzz target has found stays mended: each file of `fuzz/corpus/` is parsed, laid out and checked, as
//! `fuzz/promises.rs` says. And libFuzzer's dictionary has the words of all commands.

#[path = "../fuzz/promises.rs"]
mod promises;

use std::{collections::BTreeSet, fs, path::Path};

use expect_test::expect_file;
use nns::{commands::table, source, syntax};

/// Words that are no command's: those of statements, and what shells and programs are known for.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "in ", "let ", "for ", "if ", "else ", "def ", "include ", "sudo ", "ok { ", "exists ", "not ", "and ", "or ", "host",
    "true", "false", "..", "--", "&&", "||", "|", ";", " = ", " == ", " != ", "2>&1", "> ", ">> ", "{ ", " }", "${ ",
    " }", "$x", "[", "]", "'", "\"", "# ", "# allow: ", "$(", "`", "\n", "\\\n", "\r\n", "\u{feff}", "ü", "10.0.0.1/24",
    "10.0.0.2", "fe80::1/64", "::", "02:00:00:00:00:01", "0/0", "4294967296", "9223372036854775807", "-1", ".ip",
    ".len", ".subnet(", ".netmask", "/dev/null", "<<EOF\n", "if [ -f a ]; then\n", "fi\n",
];

#[test]
fn the_corpus_keeps_the_promises() {
    let mut files: Vec<_> = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 100, "{} files", files.len());
    for file in files {
        let bytes = fs::read(&file).unwrap();
        if std::panic::catch_unwind(|| promises::keep(&bytes)).is_err() {
            panic!("{} breaks a promise, see above", file.display());
        }
    }
}

#[test]
fn the_corpus_is_small() {
    let sizes = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
    assert!(sizes.sum::<u64>() < 1 << 20, "`fuzz/run -merge=1` keeps what is needed: see CONTRIBUTING.md");
}

#[test]
fn the_dictionary_has_the_words_of_all_commands() {
    let mut words: BTreeSet<String> = OTHERS.iter().map(|&word| word.to_owned()).collect();
    for spec in table::SPECS {
        words.insert(format!("{} ", spec.name()));
        words.extend(spec.aliases.iter().map(|&word| word.to_owned()));
        for param in spec.params {
            words.extend(param.words.iter().map(|keyword| format!(" {} ", keyword.text)));
        }
    }
    words.extend(table::first_words().into_iter().map(|word| format!("{word} ")));
    words.extend(table::LATER.iter().map(|(word, _)| format!("{word} ")));
    let lines: String = words.iter().map(|word| format!("\"{}\"\n", escaped(word))).collect();
    expect_file!["../fuzz/nns.dict"].assert_eq(&format!(
        "# Words that the fuzz target puts into texts. `UPDATE_EXPECT=1 cargo test --test fuzz` writes this file.\n{lines}"
    ));
}

/// As libFuzzer's dictionaries have it.
fn escaped(word: &str) -> String {
    let byte = |byte: u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02X}"),
    };
    word.bytes().map(byte).collect()
}

fn corpus() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}
