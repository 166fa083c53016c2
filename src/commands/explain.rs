//! What a line that somebody pasted would do.
//!
//! In: the words of a line, of today or of an old tool. Out: an [`Explained`] with each of its statements understood: the
//! words with what they are for, from the command tables, and the [`Act`] that it comes down to. Nothing is done.

use super::{
    act::Act,
    bind::bind,
    iptables,
    lower::{Arg, Context, Resolved, is_statement, lower, resolve},
    old::{self, Modern},
};
use crate::{
    net::NsRef,
    source::{Source, Sources},
};

/// A line and what it comes down to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The old tool that it is a line of, if it is one.
    pub tool: Option<String>,
    /// What that does without being asked.
    pub notes: Vec<String>,
    /// What it comes down to today; of a line that is of today, that alone.
    pub statements: Vec<Understood>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// As it is typed.
    pub line: String,
    /// Its words with what they are for, in order.
    pub parts: Vec<(String, String)>,
    /// What it does, in a line; empty where that is not known.
    pub summary: String,
    /// The namespace that it acts in.
    pub ns: NsRef,
    /// What it comes down to; `None` where `nns` cannot do it.
    pub act: Option<Act>,
}

/// What a line would do; `None` where nobody can say.
pub fn explain(words: &[String]) -> Option<Explained> {
    let mut words: Vec<&str> = words.iter().flat_map(|word| word.split_whitespace()).collect();
    // As tutorials write it.
    while words.first().is_some_and(|word| ["$", "#", "sudo"].contains(word)) {
        words.remove(0);
    }
    let line = words.join(" ");
    match old::modern(&words) {
        Some(Modern { lines, notes }) => Some(Explained {
            tool: words.first().map(|tool| (*tool).to_owned()),
            notes,
            statements: lines.iter().map(|line| understand(line)).collect(),
        }),
        None if words.first().is_some_and(|word| is_statement(word)) => {
            let understood = understand(&line);
            understood.act.is_some().then(|| Explained { tool: None, notes: Vec::new(), statements: vec![understood] })
        }
        None => None,
    }
}

fn understand(line: &str) -> Understood {
    let mut sources = Sources::default();
    let id = sources.add("line", line);
    let args = args(sources.get(id));
    let mut understood =
        Understood { line: line.to_owned(), parts: Vec::new(), summary: String::new(), ns: NsRef::Host, act: None };
    let mut rest = &args[..];
    // What stands behind `netns exec NS` is a statement, too.
    while let Ok(Resolved { call, context }) = resolve(rest, &Context { ns: understood.ns.clone() }) {
        let words = &rest[call.words_before..];
        let Ok(act) = lower(rest, &Context { ns: understood.ns.clone() }) else { break };
        if let Act::InNamespace { ns, skip } = &act
            && rest.get(*skip).is_some_and(|word| is_statement(&word.text))
        {
            understood.parts.push((text(&rest[..*skip]), "in that namespace".into()));
            understood.ns = ns.value.clone();
            rest = &rest[*skip..];
            continue;
        }
        understood.ns = context.ns;
        understood.summary = call.spec.summary.into();
        understood.parts.push((text(&rest[..call.words_before]), call.spec.summary.into()));
        understood.parts.extend(match ["iptables", "ip6tables"].contains(&call.spec.noun) {
            true => iptables::parts(call.spec.noun, words),
            false => parts(&Resolved { call, context: Context { ns: NsRef::Host } }, words),
        });
        understood.act = Some(act);
        break;
    }
    understood
}

/// The words of a statement behind its command, with what the table says that they are for.
fn parts(resolved: &Resolved, words: &[Arg]) -> Vec<(String, String)> {
    let Ok(bound) = bind(resolved.call.clone(), resolved.call.spec.params, words) else { return Vec::new() };
    let mut parts: Vec<(String, String)> = (bound.entries.iter())
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
        parts.push((text(bound.rest), "what belongs to it".into()));
    }
    parts
}

fn text(words: &[Arg]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<&str>>().join(" ")
}

/// The words of a line, with their places.
fn args(source: &Source) -> Vec<Arg> {
    let mut at = 0;
    let mut args = Vec::new();
    for word in source.text().split(' ') {
        if !word.is_empty() {
            args.push(Arg { text: word.into(), bare: true, span: source.span(at, at + word.len()) });
        }
        at += word.len() + 1;
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::table::SPECS;

    #[test]
    fn every_example_is_understood() {
        for example in SPECS.iter().flat_map(|spec| spec.examples).filter(|example| !example.contains(['\'', '"', '{']))
        {
            let explained = explain(&[(*example).to_owned()]).unwrap_or_else(|| panic!("{example}"));
            let statement = &explained.statements[0];
            assert!(!statement.parts.is_empty(), "{example}");
            if explained.tool.is_none() {
                // Every word is said something of.
                let told: usize = statement.parts.iter().map(|(words, _)| words.split(' ').count()).sum();
                assert!(told >= example.split(' ').filter(|word| *word != "!").count(), "{example}: {statement:?}");
            }
        }
    }

    #[test]
    fn what_is_no_line_is_not_explained() {
        for line in ["", "frobnicate", "link ad", "brctl", "brctl frob x", "ip link add x type nonsense"] {
            assert_eq!(explain(&[line.to_owned()]), None, "{line}");
        }
    }
}
