//! The words of one command, and what they come down to.

use super::{Outcome, Understood, parts};
use crate::{
    commands::{
        act::Act,
        error::UsageError,
        lower::{Arg, Context, Resolved, is_statement, lower, resolve},
        table,
        value::ValueError,
    },
    diag::Diagnostic,
    net::NsRef,
    source::Source,
};

/// What the words of a command come down to; `None` where nobody can say.
pub(super) fn understand(source: &Source, words: &[Arg], is_plain: bool, ns: &NsRef) -> Option<Understood> {
    let line = parts::written(source, words);
    let mut understood = Understood { line, parts: Vec::new(), ns: ns.clone(), outcome: Outcome::Program };
    let mut rest = words;
    // What stands behind `netns exec NS` is a statement, too.
    let refusal = loop {
        if !rest.first().is_some_and(|word| is_statement(&word.text)) {
            break None;
        }
        let context = Context { ns: understood.ns.clone() };
        let act = match lower(rest, &context) {
            Ok(act) => act,
            Err(refusal) => break Some(refusal),
        };
        if let Act::InNamespace { ns, skip } = &act
            && let Some(inner) = rest.get(*skip..).filter(|inner| !inner.is_empty())
        {
            understood.parts.push((parts::written(source, &rest[..*skip]), "in that namespace".into()));
            understood.ns = ns.value.clone();
            rest = inner;
            continue;
        }
        if let Act::Program { argv } = &act
            && rest.len() > argv.len()
        {
            let (exec, program) = rest.split_at(rest.len() - argv.len());
            understood.parts.push((parts::written(source, exec), "run a program, and wait for it".into()));
            rest = program;
            break None;
        }
        let Resolved { call, context } = resolve(rest, &context).ok()?;
        understood.ns = context.ns.clone();
        let command = parts::written(source, &rest[..call.words_before]);
        understood.parts.push((command, call.spec.summary.into()));
        understood.parts.extend(parts::bound(source, call, rest));
        understood.outcome = Outcome::Act(act);
        return Some(understood);
    };
    let is_wrapped = !understood.parts.is_empty();
    let Some(refusal) = refusal else {
        let parts = parts::of_program(source, rest);
        if parts.is_empty() && !is_wrapped {
            return None;
        }
        let is_later = |word: &Arg| table::LATER.iter().any(|(later, _)| *later == word.text);
        if !is_wrapped && rest.first().is_some_and(is_later) {
            understood.outcome = Outcome::NotYet;
        }
        understood.parts.extend(parts);
        return Some(understood);
    };
    let parts = parts::of_words(source, rest);
    if parts.is_empty() {
        return None;
    }
    understood.parts.extend(parts);
    let is_kind = |problem: &ValueError| matches!(problem, ValueError::KindNotYet { .. });
    understood.outcome = match &refusal {
        UsageError::NotYet { .. } => Outcome::NotYet,
        UsageError::BadValue { problem, .. } if is_kind(problem) => Outcome::NotYet,
        _ if is_plain => Outcome::Refused(message(&refusal.to_diagnostic())),
        _ => Outcome::Open,
    };
    Some(understood)
}

/// What is wrong, with what to type.
pub(super) fn message(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{}{help}", diagnostic.message)
}
