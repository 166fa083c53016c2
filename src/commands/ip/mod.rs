//! `ip`: its options, its objects and their commands, in the order in which iproute2 6.1 compares words with them.
//!
//! In: a statement that begins with `ip`. Out: the command of our own table that it means. Objects
//! and commands that `nns` does not have are known all the same: they say what an abbreviation means.

mod objects;
mod options;

pub(super) use objects::{OBJECTS, Object};
pub use options::{OPTION_HELP, is_option, takes_value, value_of};

use super::{
    bound::{Call, Spelling},
    error::{UsageError, runs_program},
    lower::{Arg, Context, unknown_verb},
    table,
};
use crate::{diag::nearest, source::Span};

/// Whether `ip` has a command of our table.
pub fn has(noun: &str, verb: &str) -> bool {
    let mut objects = OBJECTS.iter().filter(|object| object.noun == Some(noun));
    objects.any(|object| object.verbs.iter().any(|(_, known)| *known == verb))
}

/// Finds the command of a statement that begins with `ip`, and the namespace that its options name.
pub fn resolve(args: &[Arg], span: Span, context: &Context) -> Result<(Call, Context), UsageError> {
    let (options, netns, at) = options::bind_options(args)?;
    let context = Context { ns: netns.unwrap_or_else(|| context.ns.clone()) };
    let Some(word) = args.get(at) else {
        return Err(UsageError::MissingParameter {
            command: "ip".into(),
            word: None,
            wanted: "an object",
            at: span.after(),
            usage: "ip [OPTIONS] addr|link|neigh|netns|route|rule …".into(),
        });
    };
    let object = find_object(args, at)?;
    let not_yet = |verb: &str| UsageError::NotYet {
        what: format!("`ip {}{verb}`", object.word),
        span: args[at..args.len().min(at + 2)].iter().map(|arg| arg.span).reduce(Span::to).unwrap_or(word.span),
        instead: Some(match [object.word, verb.trim()].contains(&"monitor") {
            true => "`watch` tells what happens, in all namespaces".into(),
            false => runs_program(&format!("ip {}{verb}", object.word)),
        }),
    };
    let Some(noun) = object.noun else { return Err(not_yet("")) };
    let spelling = Spelling::Iproute2(options);
    let behind = &args[at + 1..];
    let (verb, taken) = match behind.first() {
        Some(word) if !word.text.starts_with('-') => {
            let verb = object.verbs.iter().find(|(keyword, _)| word.bare && keyword.is(&word.text, true));
            match verb {
                Some((_, "help")) | None => return Err(unknown_verb(noun, &args[..=at], behind, &spelling)),
                Some((_, verb)) => (*verb, 1),
            }
        }
        Some(_) | None => (object.silent, 0),
    };
    let Some(spec) = table::find(noun, verb) else { return Err(not_yet(&format!(" {verb}"))) };
    let words_before = at + 1 + taken;
    Ok((Call { spec, spelling, negated: false, span, words_before }, context))
}

fn find_object(args: &[Arg], at: usize) -> Result<&'static Object, UsageError> {
    let word = &args[at];
    if !word.text.is_empty()
        && let Some(object) = OBJECTS.iter().find(|object| object.word.starts_with(&word.text))
    {
        return Ok(object);
    }
    let texts = |args: &[Arg]| args.iter().map(|arg| arg.text.as_str()).collect::<Vec<_>>().join(" ");
    if word.text == "ip" && args.len() > at + 1 {
        let fix = format!("{} {}", texts(&args[..at]), texts(&args[at + 1..]));
        return Err(UsageError::IpTwice { second: word.span, fix });
    }
    let mut candidates = vec!["addr", "link", "neigh", "netns", "route", "rule"];
    candidates.extend(nearest(&word.text, OBJECTS.iter().map(|object| object.word)));
    Err(UsageError::UnknownObject { word: word.spanned(), candidates })
}
