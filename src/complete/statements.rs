//! What a statement can begin with: our own words, functions, programs.

use super::{Name, Scene, line::Line, offer::Offer};
use crate::commands::{table, topic};

/// What a statement can begin with. Says whether that is files.
pub fn statements(scene: &Scene<'_>, line: &Line<'_, '_>, offer: &mut Offer<'_>) -> bool {
    if offer.typed.contains('/') {
        return programs(scene, offer, |_| true);
    }
    for noun in table::first_words().into_iter().filter(|noun| *noun != "ip") {
        let verbs: Vec<&str> = table::verbs(noun).collect();
        let summary = table::find(noun, "").filter(|_| verbs.is_empty()).map(|spec| spec.summary);
        offer.word(noun, || summary.map_or_else(|| verbs.join(", "), String::from));
    }
    for name in scene.names {
        if let Name::Function { name, parameters } = name {
            offer.word(name, || format!("def {name}({})", parameters.join(", ")));
        }
    }
    for (name, parameters) in &line.made.functions {
        offer.word(name, || format!("def {name}({})", parameters.join(", ")));
    }
    let is_word = |word: &str| word.starts_with(|c: char| c.is_ascii_alphabetic());
    for word in topic::WORDS.iter().filter(|word| is_word(word.word)) {
        offer.word(word.word, || word.summary.into());
    }
    // Of programs there are too many to list before a letter of one is typed.
    let is_ours = |name: &str| name == "ip" || table::LATER.iter().any(|(later, _)| *later == name);
    !offer.typed.is_empty() && programs(scene, offer, |name| is_word(name) && !is_ours(name))
}

/// The programs whose names begin so; behind a slash those that are files there. Says whether that is files.
pub fn programs(scene: &Scene<'_>, offer: &mut Offer<'_>, fits: impl Fn(&str) -> bool) -> bool {
    let help = || "a program".to_owned();
    let is_file = offer.typed.contains('/');
    if !is_file {
        (scene.programs)(offer.typed).iter().filter(|name| fits(name)).for_each(|name| offer.name(name, help));
        return false;
    }
    for path in (scene.files)(offer.typed) {
        if path.ends_with('/') {
            offer.open(path, || "a folder".into());
        } else if (scene.is_program)(&path) {
            offer.word(path, help);
        }
    }
    true
}
