//! What stands behind `if` and `exists`.

use super::{
    Scene,
    engine::{Spot, Typed, offer_next},
    line::{Line, Written},
    offer::Offer,
};
use crate::syntax::pieces::PieceKind;

/// What a condition asks.
pub fn condition(scene: &Scene<'_>, line: &Line<'_, '_>, spot: &Spot<'_>, offer: &mut Offer<'_>) {
    let all = &spot.before.pieces;
    let keyword = all.iter().rposition(|piece| matches!(piece.kind, PieceKind::Keyword | PieceKind::Close));
    let behind = keyword.map_or(&[][..], |keyword| &all[keyword + 1..]);
    let exists = keyword.is_some_and(|keyword| &spot.text[all[keyword].range.clone()] == "exists");
    if exists {
        // `exists` understands what `expect` does.
        let expect = Written { text: "expect".into(), bare: true, is_known: true };
        let words = behind.iter().map(|piece| line.written(spot.text, piece));
        let words: Vec<Written> = [expect].into_iter().chain(words).collect();
        if words.len() == 1 {
            for (object, help) in EXISTS {
                offer.word(object, || (*help).into());
            }
            return;
        }
        let typed = Typed::new(line, words, &line.stage, spot);
        offer_next(scene, line, &typed, offer);
    } else if behind.is_empty() {
        for (word, help) in [
            ("exists", "ask for a link, a namespace, …"),
            ("not", "the contrary"),
            ("ok", "whether statements succeed"),
        ] {
            offer.word(word, || help.into());
        }
    }
    if !behind.is_empty() {
        offer.word("and", || "and more".into());
        offer.word("or", || "or else".into());
        offer.word("{", || "what is done then".into());
    }
}

/// What `exists` asks for.
const EXISTS: &[(&str, &str)] = &[
    ("addr", "whether there is such an address"),
    ("link", "whether there is such a link"),
    ("netns", "whether there is such a namespace"),
    ("route", "whether there is such a route"),
];
