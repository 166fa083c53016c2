//! The words of a command, each with what it is for.

use super::foreign;
use crate::{
    commands::{
        bind::bind,
        bound::Call,
        follow::{self, Followed, Role, follow},
        iptables,
        lower::Arg,
        spec::{CommandSpec, Place},
        table::is_of_ip,
        value::Value,
    },
    net::Cidr,
    source::Source,
    syntax::ast::{Redirection, RedirectionTarget, Stream},
};

type Parts = Vec<(String, String)>;

/// What stands behind what is understood.
const REST: &str = "its arguments";

/// The words as they are written, with what stands between them.
pub(super) fn written(source: &Source, words: &[Arg]) -> String {
    match words {
        [first, .., last] => source.slice(first.span.to(last.span)).to_owned(),
        [word] => source.slice(word.span).to_owned(),
        [] => String::new(),
    }
}

/// The words of a command that is right, behind its name.
pub(super) fn bound(source: &Source, call: Call, all: &[Arg]) -> Parts {
    let words = &all[call.words_before..];
    let spec = call.spec;
    if ["iptables", "ip6tables"].contains(&spec.noun) {
        return iptables::parts(spec.noun, words);
    }
    let Ok(bound) = bind(call, spec.params, words) else { return Vec::new() };
    if !bound.rest.is_empty() && spec.params.iter().any(|param| param.place == Place::Tail) {
        // What stands behind `type KIND` has words of its own.
        return of_words(source, all).into_iter().skip(1).collect();
    }
    let mut parts: Parts = (bound.entries.iter())
        .map(|entry| {
            let is_alone = entry.word.value == entry.value.value || entry.value.value.is_empty();
            let written = match is_alone {
                true => entry.word.value.clone(),
                false => format!("{} {}", entry.word.value, entry.value.value),
            };
            (written, entry.param.help.to_owned())
        })
        .collect();
    if !bound.rest.is_empty() {
        let param = spec.params.iter().find(|param| param.place == Place::Rest);
        parts.push((written(source, bound.rest), param.map_or(REST, |param| param.help).into()));
    }
    parts
}

/// The words of a command that is not right, or that other tools have; empty where it is not known.
pub(super) fn of_words(source: &Source, words: &[Arg]) -> Parts {
    let typed: Vec<follow::Word<'_>> =
        words.iter().map(|word| follow::Word { text: &word.text, bare: word.bare, is_known: true }).collect();
    let followed = follow(&typed);
    match followed.spec {
        Some(spec) => of_command(source, words, &followed, spec),
        None => of_program(source, words),
    }
}

/// The words of a command of ours, some of which may be others'.
fn of_command(source: &Source, words: &[Arg], followed: &Followed, spec: &'static CommandSpec) -> Parts {
    let is_option = |word: &Arg| foreign::option(&["ip"], &word.text).is_some();
    let mut parts: Parts = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let from = at;
        let help_of = |word: usize| followed.given.iter().find(|given| given.at == word).map(|given| given.wanted.help);
        let for_what = match followed.roles[at] {
            Role::Command => {
                // `ip -n red addr add` is one name.
                let last = followed.roles.iter().rposition(|role| *role == Role::Command).unwrap_or(at);
                at = last + 1;
                spec.summary.to_owned()
            }
            // `nexthop via 10.0.0.1`: the word that it wants begins something else.
            Role::Value(wanted) if wanted.value == Value::Text && is_option(&words[at]) => {
                at = words.len().min(at + 2);
                foreign::option(&["ip"], &words[from].text).unwrap_or(REST).to_owned()
            }
            Role::Value(wanted) => {
                at += 1;
                wanted.help.to_owned()
            }
            Role::Program => {
                at = words.len();
                "a program".to_owned()
            }
            Role::Option | Role::Unknown | Role::Text => {
                let is_value = |word: usize| matches!(followed.roles.get(word), Some(Role::Value(_)));
                let foreign = foreign_word(spec, &words[at].text);
                let help = help_of(at).or_else(|| help_of(at + 1));
                let is_alone = help_of(at).is_some();
                at += 1;
                // A flag has its own help, a word with a value that of the value.
                let has_value = words.get(at).is_some_and(|word| !is_option(word) && (is_value(at) || help.is_some()));
                if has_value && !is_alone {
                    let kind = foreign::word(spec, &words[at].text);
                    at += 1;
                    kind.or(help).unwrap_or(REST).to_owned()
                } else {
                    let most = if foreign.is_some() { from + 2 } else { words.len() };
                    while !is_alone && at < most && is_loose(words, followed, spec, at) {
                        at += 1;
                    }
                    let unknown = if followed.roles[from] == Role::Text { REST } else { "`nns` does not know this" };
                    help.filter(|_| is_alone).or(foreign).unwrap_or(unknown).to_owned()
                }
            }
        };
        parts.push((written(source, &words[from..at]), for_what));
    }
    parts
}

/// Whether nothing is known of a word but that it stands behind another.
fn is_loose(words: &[Arg], followed: &Followed, spec: &CommandSpec, at: usize) -> bool {
    let is_given = |word: usize| followed.given.iter().any(|given| given.at == word);
    let Some(word) = words.get(at) else { return false };
    let is_taken =
        followed.roles[at] == Role::Text || followed.roles[at] == Role::Unknown && !is_given(at) && !is_given(at + 1);
    is_taken && foreign_word(spec, &word.text).is_none()
}

/// What a word is for that only other tools have behind that command.
fn foreign_word(spec: &CommandSpec, word: &str) -> Option<&'static str> {
    let param = || spec.params.iter().find(|param| param.place == Place::Tail && param.is(word, false));
    let option = || foreign::option(&["ip"], word).filter(|_| is_of_ip(spec));
    foreign::word(spec, word).or_else(option).or_else(|| param().map(|param| param.help))
}

/// The words of a program, or of a command that other tools have; empty where it is not known.
pub(super) fn of_program(source: &Source, words: &[Arg]) -> Parts {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let Some((len, does)) = foreign::command(&texts) else { return Vec::new() };
    let mut parts = vec![(written(source, &words[..len]), does.to_owned())];
    let mut at = len;
    while at < words.len() {
        let from = at;
        let option = |word: &Arg| foreign::option(&texts[..len], &word.text);
        let help = match (option(&words[at]), sort(&words[at].text)) {
            (Some(help), _) => help.to_owned(),
            (None, Some(sort)) => sort,
            (None, None) => REST.to_owned(),
        };
        at += 1;
        let is_value = option(&words[from]).is_some();
        while let Some(word) = words.get(at)
            && option(word).is_none()
            && (is_value && at == from + 1 || help == REST && sort(&word.text).is_none())
        {
            at += 1;
        }
        parts.push((written(source, &words[from..at]), help));
    }
    parts
}

/// What a value is by its looks.
fn sort(text: &str) -> Option<String> {
    if let Some(setting) = setting_of(text) {
        return Some(format!("the kernel's setting `{setting}`"));
    }
    let cidr: Cidr = text.parse().ok()?;
    Some(if text.contains('/') { format!("an address of {}", cidr.network()) } else { "an address".into() })
}

/// The kernel setting that a file of `/proc/sys` is.
fn setting_of(path: &str) -> Option<String> {
    path.strip_prefix("/proc/sys/").map(|path| path.replace('/', "."))
}

/// Where output goes.
pub(super) fn redirection(redirection: &Redirection) -> String {
    let what = match redirection.stream {
        Stream::Output => "its output",
        Stream::Errors => "what it complains about",
    };
    let RedirectionTarget::File { path, append } = &redirection.target else {
        return format!("{what} goes where its output and complaints go together");
    };
    let path = Arg::plain(path).map(|path| path.text).unwrap_or_default();
    match (path.as_str(), setting_of(&path)) {
        ("/dev/null", _) => format!("{what} is dropped"),
        (_, Some(setting)) => format!("{what} becomes the kernel's setting `{setting}`"),
        (_, None) if *append => format!("{what} goes behind what is in that file"),
        (_, None) => format!("{what} goes into that file"),
    }
}
