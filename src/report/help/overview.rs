//! Many topics in brief: all of them, and those of a noun.

use super::wrap::Paper;
use crate::{
    codes::Code,
    commands::{
        CommandSpec,
        guide::{GUIDES, Guide},
        table::{self, SPECS},
        topic::WORDS,
    },
};

/// All commands by noun, the words of the language and the codes.
pub(super) fn render(paper: &mut Paper) {
    paper.text("`help TOPIC` tells more about each of these, with its parameters and examples.");
    paper.heading("To begin with");
    paper.rows(&GUIDES.iter().map(|guide| (guide.word.into(), guide.summary.into())).collect::<Vec<_>>());
    paper.heading("Commands");
    for specs in SPECS.chunk_by(|a, b| a.noun == b.noun || (stands_alone(a) && stands_alone(b))) {
        paper.rows(&briefly(specs));
        paper.blank();
    }
    paper.heading("Words of the language");
    paper.rows(&WORDS.iter().map(|word| (word.word.into(), word.summary.into())).collect::<Vec<_>>());
    paper.heading("Codes of errors");
    paper.rows(&Code::ALL.iter().map(|code| (code.name().into(), first_sentence(*code))).collect::<Vec<_>>());
}

/// The commands of a noun.
pub(super) fn render_noun(noun: &str, paper: &mut Paper) {
    let specs: Vec<&CommandSpec> = SPECS.iter().copied().filter(|spec| spec.noun == noun).collect();
    paper.heading(&format!("Commands of {noun}"));
    paper.rows(&briefly(&specs));
    let examples = specs.iter().filter_map(|spec| spec.examples.first());
    paper.heading("Examples");
    for example in examples {
        paper.line(example);
    }
    paper.blank();
    paper.text(&format!("`help {noun} COMMAND` tells what a command takes."));
    let is_about = |guide: &&Guide| guide.see_also.iter().any(|topic| topic.split(' ').next() == Some(noun));
    for guide in GUIDES.iter().filter(is_about) {
        paper.text(&format!("`help {}` tells of {}.", guide.word, guide.summary));
    }
}

/// Whether the noun is all of the command.
fn stands_alone(spec: &CommandSpec) -> bool {
    table::verbs(spec.noun).next().is_none()
}

fn briefly(specs: &[&CommandSpec]) -> Vec<(String, String)> {
    specs.iter().map(|spec| (spec.name(), spec.summary.into())).collect()
}

/// Up to the first full stop that ends a sentence, without it.
fn first_sentence(code: Code) -> String {
    let text = code.explanation().split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.find(". ").unwrap_or(text.trim_end_matches('.').len());
    text[..end].into()
}
