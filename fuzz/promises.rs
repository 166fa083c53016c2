//! What holds for any bytes: they are parsed, laid out, checked and typed without a panic, and what comes of it is right.
//!
//! In: bytes. Out: nothing, or a panic that says which promise is broken. Both the fuzz target and `tests/fuzz.rs` use
//! it; it names `nns` by the paths that the modules of `nns` itself have, so that `erase.rs` can be shared with its unit
//! tests.

use std::io;

use nns::{
    backend::Memory,
    complete::{Scene, complete, highlight, hint},
    diag::Diagnostic,
    model::World,
    net::NsRef,
    process::interrupt::Interrupt,
    session::{Options, Session, Terminal},
    source::{self, Source, Sources, Span},
    syntax::{
        self,
        ast::Script,
        format::{Unformatted, format},
    },
};

/// How many statements a check may evaluate: enough for what is interesting, and done in a moment.
const MAX_STEPS: u64 = 2_000;

/// At how many places of a text somebody who types asks for help.
const MAX_CURSORS: usize = 20;

/// Panics where a promise is broken.
pub fn keep(bytes: &[u8]) {
    // What is no text is refused with the place of its first wrong byte. The rest is as good as any other text.
    let text = source::decode(bytes.to_vec()).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned());
    let mut sources = Sources::default();
    let id = sources.add("fuzz.nns", text.as_str());
    let source = sources.get(id);

    let (script, diagnostics) = syntax::parse(source);
    places_exist(source, &script, &diagnostics);
    laid_out_is_the_same(source, script, &diagnostics);
    is_checked(&text);
    is_typed(&text);
}

/// Every place of the tree and of the errors is one in the text.
fn places_exist(source: &Source, script: &Script, diagnostics: &[Diagnostic]) {
    let exists = |span: Span| {
        let text = source.text().get(span.start as usize..span.end as usize);
        assert!(span.source == source.id() && text.is_some(), "a place that the text does not have: {span:?}");
    };
    let mut script = script.clone();
    erase::each_span(&mut script.statements, |span| exists(*span));
    diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels).for_each(|label| exists(label.span));
}

/// A text without errors is laid out, means the same then, and does not change again.
fn laid_out_is_the_same(source: &Source, script: Script, diagnostics: &[Diagnostic]) {
    let once = match format(source) {
        Ok(once) => once,
        Err(Unformatted::Syntax(_)) => return assert!(!diagnostics.is_empty(), "errors that the parser has not seen"),
        Err(Unformatted::Meaning) => panic!("laid out, it would not mean the same"),
    };
    assert!(diagnostics.is_empty(), "laid out in spite of errors");
    let mut sources = Sources::default();
    let id = sources.add("once.nns", once.as_str());
    let (again, diagnostics) = syntax::parse(sources.get(id));
    assert!(diagnostics.is_empty(), "laid out, it has errors:\n{once}");
    // Of a source each tree knows a number only, and both are the first of their sources.
    let (before, after) = (erase::without_spans(script, source), erase::without_spans(again, sources.get(id)));
    assert_eq!(before, after, "laid out, it means something else:\n{once}");
    assert_eq!(format(sources.get(id)).as_ref(), Ok(&once), "laid out twice, it changes");
}

/// A check ends, whatever it says. Nothing is run or touched by it.
fn is_checked(text: &str) {
    let options = Options { max_steps: Some(MAX_STEPS), ..Options::default() };
    let terminal = Terminal::new(io::sink(), io::sink());
    let mut session = Session::new(Memory::new(World::fresh()), options, terminal, Interrupt::never());
    let source = session.add("fuzz.nns", text);
    session.check(&[source]);
}

/// Somebody who types it is helped at every step: here at the end of each of its first words, and at its own.
fn is_typed(text: &str) {
    let (world, files, is_program) = (World::fresh(), |_: &str| vec!["a b".to_owned()], |_: &str| false);
    let scene = Scene {
        world: &world,
        here: &NsRef::Host,
        names: &[],
        jobs: &[],
        files: &files,
        is_program: &is_program,
        programs: &files,
    };
    let words = text.match_indices(' ').map(|(at, _)| at).take(MAX_CURSORS);
    for cursor in words.chain([text.len()]) {
        let completion = complete(&scene, text, cursor);
        assert!(text.get(completion.start..cursor).is_some(), "a place that the text does not have: {completion:?}");
        hint(&scene, text, cursor);
    }
    let mut end = 0;
    for (range, class) in highlight(&scene, text) {
        assert!(end <= range.start && range.start < range.end, "{class:?} at {range:?} behind {end}");
        assert!(text.get(range.clone()).is_some(), "a place that the text does not have: {range:?}");
        end = range.end;
    }
}

#[path = "../src/syntax/samples/erase.rs"]
mod erase;
