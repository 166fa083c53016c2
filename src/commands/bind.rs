//! From words to parameters.
//!
//! In: the words behind a command's name, and what it takes. Out: [`Bound`], each word in its place and each value of
//! its kind; or the one error that comes first. Word order is free: a word is compared with the keywords in the order
//! of the table, as iproute2 does it; what is no keyword fills the next positional parameter.

use super::{
    bound::{Bound, Call, Entry},
    error::{UsageError, runs_program},
    ip,
    lower::Arg,
    spec::{Param, Place},
    table,
    value::Value,
};
use crate::{diag::nearest, source::Spanned};

/// Sorts words into parameters.
pub fn bind<'a>(call: Call, params: &'static [Param], words: &'a [Arg]) -> Result<Bound<'a>, UsageError> {
    let rest_at = call.words_before + words.len();
    let mut bound = Bound { call, params, entries: Vec::new(), rest: &[], rest_at };
    let letters = params.iter().any(|param| param.place == Place::Letter);
    let mut options_end = false;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if letters && !options_end && word.text.len() > 1 && word.text.starts_with('-') {
            if word.text == "--" {
                options_end = true;
                at += 1;
                continue;
            }
            if let Some(taken) = bind_letters(&mut bound, &words[at..])? {
                at += taken;
                continue;
            }
        }
        if let Some(param) = keyword(&bound, word) {
            let value = match param.place {
                Place::Flag => Spanned::new(String::new(), word.span),
                Place::Positional
                | Place::Keyword
                | Place::Pair
                | Place::Tail
                | Place::Letter
                | Place::Rest
                | Place::Block => {
                    at += 1;
                    let missing = || UsageError::MissingValue { option: word.spanned(), wanted: param.value.wanted() };
                    let value = words.get(at).ok_or_else(missing)?.spanned();
                    if param.place == Place::Pair {
                        at += 1;
                        let second = words.get(at).ok_or_else(missing)?;
                        Spanned::new(format!("{} {}", value.value, second.text), value.span.to(second.span))
                    } else {
                        value
                    }
                }
            };
            push(&mut bound, Entry { param, word: word.spanned(), value })?;
            at += 1;
            if param.place == Place::Tail {
                take_rest(&mut bound, words, at);
                return finish(bound);
            }
            continue;
        }
        let slot = params
            .iter()
            .find(|param| param.place == Place::Positional && (param.repeatable || !bound.has(param.name)));
        match slot {
            None if params.iter().any(|param| param.place == Place::Rest) => {
                take_rest(&mut bound, words, at);
                return finish(bound);
            }
            _ if word.bare && word.text.len() > 1 && word.text.starts_with('-') => {
                return Err(option(&bound, word, words.get(at + 1)));
            }
            None => return Err(surplus(&bound, word)),
            Some(param) => {
                if let Err(problem) = param.value.check(&word.text) {
                    return Err(match near_keyword(&bound, word) {
                        Some(_) => unknown_option(&bound, word),
                        None => bound.bad_value(param, &word.spanned(), problem),
                    });
                }
                push(&mut bound, Entry { param, word: word.spanned(), value: word.spanned() })?;
            }
        }
        at += 1;
    }
    finish(bound)
}

/// Binds a word of letters behind a dash; says how many words it took. `None` where the letters are unknown and the
/// command takes words as they are.
fn bind_letters(bound: &mut Bound<'_>, words: &[Arg]) -> Result<Option<usize>, UsageError> {
    let word = &words[0];
    if let Some(param) = bound.params.iter().find(|param| param.place == Place::Letter && param.is(&word.text, false)) {
        push(bound, Entry { param, word: word.spanned(), value: Spanned::new(String::new(), word.span) })?;
        return Ok(Some(1));
    }
    let rest = bound.params.iter().any(|param| param.place == Place::Rest);
    for (index, letter) in word.text.char_indices().skip(1) {
        let known = |param: &&Param| param.place == Place::Letter && param.name.chars().eq([letter]);
        let Some(param) = bound.params.iter().find(known) else {
            if rest {
                return Ok(None);
            }
            let dashed = Spanned::new(format!("-{letter}"), word.span);
            return Err(UsageError::UnknownOption {
                command: bound.call.title(),
                word: dashed,
                near: None,
                usage: bound.call.usage(),
            });
        };
        let option = Spanned::new(format!("-{letter}"), word.span);
        if param.value == Value::Nothing {
            push(bound, Entry { param, word: option, value: Spanned::new(String::new(), word.span) })?;
            continue;
        }
        let attached = &word.text[index + letter.len_utf8()..];
        if !attached.is_empty() {
            push(bound, Entry { param, word: option, value: Spanned::new(attached.into(), word.span) })?;
            return Ok(Some(1));
        }
        let Some(value) = words.get(1) else {
            return Err(UsageError::MissingValue { option, wanted: param.value.wanted() });
        };
        push(bound, Entry { param, word: option, value: value.spanned() })?;
        return Ok(Some(2));
    }
    Ok(Some(1))
}

/// The parameter that a word announces.
fn keyword(bound: &Bound<'_>, word: &Arg) -> Option<&'static Param> {
    if !word.bare {
        return None;
    }
    let abbreviations = bound.call.spelling.abbreviations();
    bound.params.iter().find(|param| param.place != Place::Letter && param.is(&word.text, abbreviations))
}

fn push(bound: &mut Bound<'_>, entry: Entry) -> Result<(), UsageError> {
    let param = entry.param;
    if param.value != Value::Nothing
        && let Err(problem) = param.value.check(&entry.value.value)
    {
        return Err(bound.bad_value(param, &entry.value, problem));
    }
    if !param.supported {
        return Err(UsageError::NotYet {
            what: format!("`{}` of `{}`", entry.word.value, bound.call.title()),
            span: entry.word.span,
            instead: table::is_of_ip(bound.call.spec).then(|| runs_program(&format!("ip {}", bound.call.spec.name()))),
        });
    }
    let once = match param.place {
        Place::Positional | Place::Keyword | Place::Pair | Place::Tail => !param.repeatable,
        Place::Flag | Place::Letter | Place::Rest | Place::Block => false,
    };
    if once && let Some(earlier) = bound.entry(param.name) {
        return Err(UsageError::Duplicate {
            option: param.name,
            first: earlier.word.span.to(earlier.value.span),
            second: entry.word.span.to(entry.value.span),
        });
    }
    bound.entries.push(entry);
    Ok(())
}

fn take_rest<'a>(bound: &mut Bound<'a>, words: &'a [Arg], at: usize) {
    bound.rest = &words[at..];
    bound.rest_at = bound.call.words_before + at;
}

fn finish(bound: Bound<'_>) -> Result<Bound<'_>, UsageError> {
    let missing = |param: &&Param| {
        let given = match param.place {
            Place::Rest => !bound.rest.is_empty(),
            Place::Block => true,
            Place::Positional | Place::Keyword | Place::Pair | Place::Flag | Place::Tail | Place::Letter => {
                bound.has(param.name)
            }
        };
        param.required && !given
    };
    let positional = bound.params.iter().filter(|param| param.place == Place::Positional).find(missing);
    match positional.or_else(|| bound.params.iter().find(missing)) {
        Some(param) => Err(bound.missing(param.name)),
        None => Ok(bound),
    }
}

/// A word that begins with a dash where no option can stand.
fn option(bound: &Bound<'_>, word: &Arg, next: Option<&Arg>) -> UsageError {
    if ip::is_option(&word.text) {
        let value = next.filter(|_| ip::takes_value(&word.text)).map_or("", |value| &value.text);
        let command = bound.call.spec.name();
        let fix = format!("ip {} {command}", format!("{} {value}", word.text).trim_end());
        return UsageError::Misplaced { option: word.spanned(), command, fix };
    }
    unknown_option(bound, word)
}

fn keywords(bound: &Bound<'_>) -> Vec<&'static str> {
    let supported = bound.params.iter().filter(|param| param.supported && param.place != Place::Letter);
    supported.flat_map(|param| param.words).map(|keyword| keyword.text).collect()
}

fn near_keyword(bound: &Bound<'_>, word: &Arg) -> Option<&'static str> {
    word.bare.then(|| nearest(&word.text, keywords(bound)).or_else(|| abbreviated(bound, word))).flatten()
}

/// The keyword that a word would stand for if it were written with `ip`.
fn abbreviated(bound: &Bound<'_>, word: &Arg) -> Option<&'static str> {
    keywords(bound).into_iter().find(|keyword| !word.text.is_empty() && keyword.starts_with(&word.text))
}

fn unknown_option(bound: &Bound<'_>, word: &Arg) -> UsageError {
    UsageError::UnknownOption {
        command: bound.call.title(),
        word: word.spanned(),
        near: near_keyword(bound, word),
        usage: bound.call.usage(),
    }
}

/// A word that nothing is left for: misspelt, a word of another command, or one too many.
fn surplus(bound: &Bound<'_>, word: &Arg) -> UsageError {
    if near_keyword(bound, word).is_some() {
        return unknown_option(bound, word);
    }
    let positional = bound.entries.iter().find(|entry| entry.param.place == Place::Positional);
    let taken = positional.map(|entry| (entry.value.span, entry.param.value.wanted()));
    // A misspelt keyword may have been taken for the value, which left none for the right word.
    let misspelt = positional.filter(|entry| entry.word == entry.value).and_then(|entry| {
        nearest(&entry.value.value, keywords(bound))
            .map(|near| format!("`{}` in place of `{}`", near, entry.value.value))
    });
    let link = bound.entries.iter().find(|entry| entry.param.name == "dev").map(|entry| entry.value.value.as_str());
    let fix = misspelt
        .or_else(|| announced(bound, word))
        .or_else(|| word.bare.then(|| belongs(bound, &word.text, link)).flatten());
    let help = match fix {
        Some(fix) => format!("type {fix}"),
        None => format!("it is written `{}`", bound.call.usage()),
    };
    UsageError::Surplus { command: bound.call.title(), word: word.spanned(), taken, help }
}

/// The word with the one that must stand before it, where all values are announced.
fn announced(bound: &Bound<'_>, word: &Arg) -> Option<String> {
    let is_free = bound.params.iter().all(|param| param.place != Place::Positional);
    let takes = |param: &&Param| {
        let is_open = param.repeatable || !bound.has(param.name);
        param.place == Place::Keyword && param.supported && is_open && param.value.check(&word.text).is_ok()
    };
    let param = bound.params.iter().find(takes).filter(|_| is_free)?;
    Some(format!("`{} {}`", param.words.first()?.text, word.text))
}

/// The command that has such a word, as it would be typed.
fn belongs(bound: &Bound<'_>, word: &str, link: Option<&str>) -> Option<String> {
    let has = |spec: &&&'static super::CommandSpec| {
        let announces = |param: &Param| param.supported && param.place != Place::Letter && param.is(word, false);
        // The little words of these mean something else everywhere.
        let is_apart = ["expect", "firewall", "nat", "rule"].contains(&spec.noun) && spec.noun != bound.call.spec.noun;
        spec.name() != bound.call.spec.name() && !is_apart && spec.params.iter().any(announces)
    };
    let same_noun = |spec: &&&'static super::CommandSpec| spec.noun == bound.call.spec.noun;
    let set = |spec: &&&'static super::CommandSpec| spec.name() == "link set";
    let found = (table::SPECS.iter().filter(has).find(set))
        .or_else(|| table::SPECS.iter().filter(has).find(same_noun))
        .or_else(|| table::SPECS.iter().find(has))?;
    let lead = bound.call.spelling.lead();
    Some(match (found.name().as_str(), link) {
        ("link set", Some(link)) => format!("a statement of its own: `{lead}link set {link} {word}`"),
        (name, _) => format!("`{word}` with `{lead}{name}`, where it belongs"),
    })
}
