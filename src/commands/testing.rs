//! What the tests of all nouns share: statements as text, and acts and complaints as text.

use expect_test::Expect;

use super::{
    act::Act,
    error::UsageError,
    lower::{Arg, Context, lower},
};
use crate::{
    net::NsRef,
    source::{Source, Sources},
};

/// The words of a line, split at blanks, with quotes.
pub fn args(source: &Source) -> Vec<Arg> {
    let text = source.text();
    let mut words = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let byte = text.as_bytes()[at];
        let end = |pattern: char, from: usize| text[from..].find(pattern).map_or(text.len(), |found| from + found);
        if byte == b' ' {
            at += 1;
        } else if byte == b'\'' || byte == b'"' {
            let close = end(char::from(byte), at + 1);
            let behind = (close + 1).min(text.len());
            words.push(Arg { text: text[at + 1..close].into(), bare: false, span: source.span(at, behind) });
            at = behind;
        } else {
            let behind = end(' ', at);
            words.push(Arg { text: text[at..behind].into(), bare: true, span: source.span(at, behind) });
            at = behind;
        }
    }
    words
}

/// What a line comes down to, on the host; a block behind it is left away.
pub fn lowered(line: &str) -> Result<Act, UsageError> {
    let mut sources = Sources::default();
    let id = sources.add("test", line.split(" {").next().unwrap_or_default());
    lower(&args(sources.get(id)), &Context { ns: NsRef::Host })
}

/// Compares what lines come down to, each on the host, with what is expected.
pub fn check(lines: &[&str], expected: Expect) {
    let mut all = String::new();
    for line in lines {
        all.push_str(&format!("> {line}\n{}", told(line)));
    }
    expected.assert_eq(&all);
}

fn told(line: &str) -> String {
    let error = match lowered(line) {
        Ok(Act::Change(ops)) => return ops.iter().map(|op| format!("{op}\n")).collect(),
        Ok(act) => return format!("{act:?}\n"),
        Err(error) => error.to_diagnostic(),
    };
    let mut text = format!("{}: {}\n", error.code.name(), error.message);
    for label in &error.labels {
        let place = &line[label.span.start as usize..label.span.end as usize];
        let place = if place.is_empty() { format!("at {}", label.span.start) } else { format!("`{place}`") };
        text.push_str(&format!("  {place}: {}\n", label.text));
    }
    if let Some(help) = &error.help {
        text.push_str(&format!("  help: {help}\n"));
    }
    text
}
