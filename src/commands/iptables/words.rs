//! From words to options, as `getopt_long(3)` and `iptables` sort them.

use super::{
    error::IptablesError,
    key::Key,
    options::{self, Opt, Takes},
};
use crate::{
    commands::{
        error::{UsageError, runs_program},
        lower::Arg,
    },
    diag::nearest,
    source::{Span, Spanned},
};

/// An option that was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// Which.
    pub key: Key,
    /// As it was written.
    pub word: Spanned<String>,
    /// Where its `!` stands, if it has one.
    pub negated: Option<Span>,
    /// What stands behind it.
    pub values: Vec<Spanned<String>>,
}

impl Given {
    /// The first word behind it.
    pub fn value(&self) -> &Spanned<String> {
        self.values.first().unwrap_or(&self.word)
    }

    /// The option and all that stands behind it.
    pub fn span(&self) -> Span {
        self.values.last().map_or(self.word.span, |last| self.word.span.to(last.span))
    }
}

/// Sorts words into options.
pub fn sort(program: &'static str, words: &[Arg]) -> Result<Vec<Given>, UsageError> {
    let mut given = Vec::new();
    let mut negated = None;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let text = word.text.as_str();
        if text == "!" {
            negated = Some(word.span);
            continue;
        }
        if text == "-" {
            let next = words.get(at).map_or("", |next| next.text.as_str());
            let span = words.get(at).map_or(word.span, |next| word.span.to(next.span));
            return Err(IptablesError::Dashes {
                word: Spanned::new(format!("- {next}"), span),
                fix: format!("-{next}"),
            }
            .into());
        }
        if let Some(long) = text.strip_prefix("--") {
            let (name, attached) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            let option =
                options::by_word(of_target(name, words)).ok_or_else(|| unknown_long(program, word, name, words))?;
            let as_written = Spanned::new(format!("--{name}"), word.span);
            let attached = attached.map(|value| Spanned::new(value.to_string(), word.span));
            given.push(take(program, option, as_written, attached, negated.take(), words, &mut at)?);
            continue;
        }
        let Some(letters) = text.strip_prefix('-') else {
            return Err(surplus(program, word, given.last()).into());
        };
        // `-dport`: one dash too few.
        if letters.len() > 2 && options::long_words().any(|long| long == letters) {
            let near = Some(format!("--{letters}"));
            return Err(IptablesError::UnknownOption { program, word: word.spanned(), near }.into());
        }
        for (index, letter) in letters.char_indices() {
            let option = options::by_letter(letter).ok_or_else(|| unknown_letter(program, word, letters, letter))?;
            let rest = &letters[index + letter.len_utf8()..];
            let as_written = Spanned::new(format!("-{letter}"), word.span);
            let alone = option.takes == Takes::Nothing;
            let attached = (!alone && !rest.is_empty()).then(|| Spanned::new(rest.to_string(), word.span));
            given.push(take(program, option, as_written, attached, negated.take(), words, &mut at)?);
            if !alone {
                break;
            }
        }
    }
    match negated {
        Some(span) => Err(IptablesError::LonelyNot { at: span }.into()),
        None => Ok(given),
    }
}

/// The option that `--to` stands for, which depends on the target.
fn of_target<'a>(name: &'a str, words: &[Arg]) -> &'a str {
    if !"to-".starts_with(name) || name.len() < 2 {
        return name;
    }
    let target = words.windows(2).find(|pair| pair[0].text == "-j" || pair[0].text == "--jump");
    match target.map(|pair| pair[1].text.as_str()) {
        Some("SNAT") => "to-source",
        Some("DNAT") => "to-destination",
        Some(_) | None => "to-ports",
    }
}

/// An option with what stands behind it.
fn take(
    program: &'static str,
    option: &Opt,
    word: Spanned<String>,
    attached: Option<Spanned<String>>,
    negated: Option<Span>,
    words: &[Arg],
    at: &mut usize,
) -> Result<Given, UsageError> {
    if option.short == Some('h') {
        return Err(UsageError::Help { at: word.span, usage: options::usage(program) });
    }
    let Some(key) = option.key else {
        return Err(not_yet(program, &format!("the option `{}`", word.value), word.span));
    };
    if let Some(not) = negated.filter(|_| !option.negatable) {
        return Err(IptablesError::NotNegatable { option: word, not }.into());
    }
    let mut values: Vec<Spanned<String>> = attached.into_iter().collect();
    let (least, most, wanted) = match option.takes {
        Takes::Nothing => (0, 0, ""),
        Takes::One(wanted) => (1, 1, wanted),
        Takes::Chain => (1, 1, "a chain"),
        Takes::ChainPerhaps => (0, if key == Key::List || key == Key::ListRules { 2 } else { 1 }, "a chain"),
        Takes::ChainAndNumber => (1, 2, "a chain"),
        Takes::ChainAnd(_) => (2, 2, "a chain"),
        Takes::NumberPerhaps => (0, 1, "a number"),
    };
    while values.len() < most {
        let optional = values.len() >= least;
        let next = words.get(*at).filter(|next| !optional || is_value(next));
        // `-A -j ACCEPT`: the chain was forgotten.
        if key.is_command() && values.is_empty() && next.is_some_and(|next| next.bare && next.text.starts_with('-')) {
            break;
        }
        let fits = |next: &&Arg| option.takes != Takes::NumberPerhaps || next.text.parse::<f64>().is_ok();
        let Some(next) = next.filter(fits) else { break };
        if values.is_empty() && next.bare && next.text == "!" {
            let behind = words.get(*at + 1).map_or("", |behind| behind.text.as_str());
            let fix = format!("! {} {behind}", word.value);
            return Err(IptablesError::NotBehind { at: next.span, fix }.into());
        }
        values.push(next.spanned());
        *at += 1;
    }
    // What it cannot do is told before the options that belong to it.
    if let Some(value) = values.first() {
        let (what, others) = match key {
            Key::Module => ("match", options::OTHER_MODULES),
            Key::Jump => ("target", options::OTHER_TARGETS),
            _ => ("", &[][..]),
        };
        if others.contains(&value.value.as_str()) {
            return Err(not_yet(program, &format!("the {what} `{}`", value.value), value.span));
        }
    }
    if values.len() < least {
        let wanted = match option.takes {
            Takes::ChainAnd(wanted) if values.len() == 1 => wanted,
            _ => wanted,
        };
        let option =
            values.pop().map_or(word.clone(), |last| Spanned::new(word.value.clone(), word.span.to(last.span)));
        return Err(UsageError::MissingValue { option, wanted });
    }
    Ok(Given { key, word, negated, values })
}

/// Whether a word can be the value of an option that may do without (`xs_has_arg` of iptables).
fn is_value(word: &Arg) -> bool {
    !word.text.starts_with('-') && word.text != "!"
}

/// What only the program can do.
pub fn not_yet(program: &str, what: &str, span: Span) -> UsageError {
    UsageError::NotYet { what: format!("{what} of `{program}`"), span, instead: Some(runs_program(program)) }
}

fn unknown_long(program: &'static str, word: &Arg, name: &str, words: &[Arg]) -> UsageError {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next())
        && options::by_letter(letter).is_some()
    {
        return IptablesError::Dashes { word: word.spanned(), fix: format!("-{letter}") }.into();
    }
    debug_assert!(!words.is_empty());
    let near = nearest(name, options::long_words()).map(|near| format!("--{near}"));
    IptablesError::UnknownOption { program, word: word.spanned(), near }.into()
}

fn unknown_letter(program: &'static str, word: &Arg, letters: &str, letter: char) -> UsageError {
    let other: String = letter.to_uppercase().chain(letter.to_lowercase()).filter(|c| *c != letter).collect();
    let known = other.chars().next().filter(|other| options::by_letter(*other).is_some());
    let near = match nearest(letters, options::long_words()).filter(|_| letters.len() > 2) {
        Some(near) => Some(format!("--{near}")),
        None => known.map(|other| format!("-{other}")),
    };
    IptablesError::UnknownOption { program, word: word.spanned(), near }.into()
}

/// A word that is the value of nothing.
fn surplus(program: &'static str, word: &Arg, before: Option<&Given>) -> IptablesError {
    IptablesError::Surplus {
        program,
        word: word.spanned(),
        near: nearest(&word.text, options::long_words())
            .map(|near| format!("--{near}"))
            .or_else(|| options::by_word(&word.text).map(|_| format!("--{}", word.text))),
        before: before.map(|given| given.word.value.clone()),
    }
}
