//! The options of `ip`, which stand before its object.

use crate::{
    commands::{
        act::{IpFamily, IpOptions},
        error::{UsageError, runs_program},
        lower::Arg,
        spec::{Keyword, exact, prefix},
        value::{self, Value},
    },
    net::NsRef,
    source::Span,
};

/// What an option does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// Nothing that shows in what `nns` prints.
    Nothing,
    /// Nothing, and the word behind it goes with it.
    SkipValue,
    /// `-f`: the family is the word behind it.
    FamilyByName,
    /// `-4`, `-6`.
    Family(IpFamily),
    /// It prints other numbers in statistics, and nothing else.
    Units,
    Statistics,
    Details,
    Oneline,
    Brief,
    Json,
    Pretty,
    Netns,
    Numeric,
    /// It would change what is done or printed, and `nns` cannot.
    NotYet,
}

/// The options in the order of `main()` in `ip/ip.c`, with one dash.
const OPTIONS: &[(Keyword, Effect)] = &[
    (prefix("-loops"), Effect::SkipValue),
    (prefix("-family"), Effect::FamilyByName),
    (exact("-4"), Effect::Family(IpFamily::V4)),
    (exact("-6"), Effect::Family(IpFamily::V6)),
    (exact("-0"), Effect::NotYet),
    (exact("-M"), Effect::NotYet),
    (exact("-B"), Effect::NotYet),
    (prefix("-human"), Effect::Units),
    (prefix("-human-readable"), Effect::Units),
    (prefix("-iec"), Effect::Units),
    (prefix("-stats"), Effect::Statistics),
    (prefix("-statistics"), Effect::Statistics),
    (prefix("-details"), Effect::Details),
    (prefix("-resolve"), Effect::NotYet),
    (prefix("-oneline"), Effect::Oneline),
    (prefix("-timestamp"), Effect::Nothing),
    (prefix("-tshort"), Effect::Nothing),
    (prefix("-Version"), Effect::NotYet),
    (prefix("-force"), Effect::Nothing),
    (prefix("-batch"), Effect::NotYet),
    (prefix("-brief"), Effect::Brief),
    (prefix("-json"), Effect::Json),
    (prefix("-pretty"), Effect::Pretty),
    (prefix("-rcvbuf"), Effect::SkipValue),
    (prefix("-color"), Effect::Nothing),
    (prefix("-help"), Effect::NotYet),
    (prefix("-netns"), Effect::Netns),
    (prefix("-Numeric"), Effect::Numeric),
    (prefix("-all"), Effect::NotYet),
    (exact("-echo"), Effect::NotYet),
];

/// Whether a word is an option of `ip`, as it would be understood before the object.
pub fn is_option(word: &str) -> bool {
    find_option(word).is_some()
}

/// Whether an option of `ip` takes the word behind it.
pub fn takes_value(word: &str) -> bool {
    matches!(find_option(word), Some(Effect::Netns | Effect::FamilyByName | Effect::SkipValue))
}

/// What stands behind an option of `ip`; [`Value::Text`] is the name of a family.
pub fn value_of(word: &str) -> Option<Value> {
    match find_option(word)? {
        Effect::Netns => Some(Value::NetnsName),
        Effect::FamilyByName => Some(Value::Text),
        Effect::SkipValue => Some(Value::Number),
        Effect::Nothing
        | Effect::Family(_)
        | Effect::Units
        | Effect::Statistics
        | Effect::Details
        | Effect::Oneline
        | Effect::Brief
        | Effect::Json
        | Effect::Pretty
        | Effect::Numeric
        | Effect::NotYet => None,
    }
}

/// The options of `ip` that people use, and what they are for.
pub const OPTION_HELP: &[(&str, &str)] = &[
    ("-n", "act in a namespace"),
    ("-4", "IPv4 only"),
    ("-6", "IPv6 only"),
    ("-brief", "a line for each link"),
    ("-details", "all that there is to tell"),
    ("-json", "as JSON"),
    ("-netns", "act in a namespace"),
    ("-oneline", "each on one line"),
    ("-pretty", "JSON for people"),
    ("-statistics", "with counters"),
];

fn find_option(word: &str) -> Option<Effect> {
    let word = if word.starts_with("--") { &word[1..] } else { word };
    if word.len() < 2 || !word.starts_with('-') {
        return None;
    }
    let (stem, colour) = word.split_once('=').unwrap_or((word, "always"));
    let takes = |keyword: Keyword| {
        if keyword.text == "-color" {
            keyword.is(stem, true) && ["always", "auto", "never"].contains(&colour)
        } else {
            keyword.is(word, true)
        }
    };
    OPTIONS.iter().find(|(keyword, _)| takes(*keyword)).map(|&(_, effect)| effect)
}

/// Reads the options; says in which namespace `-n` acts, and at which word the object stands.
pub(super) fn bind_options(args: &[Arg]) -> Result<(IpOptions, Option<NsRef>, usize), UsageError> {
    let mut options = IpOptions::default();
    let mut netns = None;
    let mut units: Option<&Arg> = None;
    let mut at = 1;
    while let Some(word) = args.get(at) {
        if !word.text.starts_with('-') {
            break;
        }
        at += 1;
        if word.text == "--" {
            break;
        }
        let Some(effect) = find_option(&word.text) else {
            let candidates = OPTIONS.iter().map(|(keyword, _)| keyword.text).collect();
            return Err(UsageError::UnknownIpOption { word: word.spanned(), candidates });
        };
        match effect {
            Effect::Nothing => {}
            Effect::Units => units = Some(word),
            Effect::SkipValue => {
                option_value(args, &mut at, "a number")?;
            }
            Effect::FamilyByName => {
                let value = option_value(args, &mut at, "`inet` or `inet6`")?;
                options.family = Some(match value.text.as_str() {
                    "inet" => IpFamily::V4,
                    "inet6" => IpFamily::V6,
                    other => return Err(option_not_yet(&format!("-f {other}"), value.span)),
                });
            }
            Effect::Family(family) => options.family = Some(family),
            Effect::Statistics => options.statistics = options.statistics.saturating_add(1),
            Effect::Details => options.details = true,
            Effect::Oneline => options.oneline = true,
            Effect::Brief => options.brief = true,
            Effect::Json => options.json = true,
            Effect::Pretty => options.pretty = true,
            Effect::Numeric => options.numeric = true,
            Effect::Netns => {
                let value = option_value(args, &mut at, "the name of a namespace")?;
                let name = value::netns_name(&value.text).map_err(|problem| UsageError::BadValue {
                    kind: Value::Netns,
                    value: value.spanned(),
                    problem: Box::new(problem),
                })?;
                netns = Some(NsRef::Named(name));
            }
            Effect::NotYet => return Err(option_not_yet(&word.text, word.span)),
        }
    }
    match units {
        Some(word) if options.statistics > 0 => Err(option_not_yet(&word.text, word.span)),
        Some(_) | None => Ok((options, netns, at)),
    }
}

fn option_value<'a>(args: &'a [Arg], at: &mut usize, wanted: &'static str) -> Result<&'a Arg, UsageError> {
    let missing = || UsageError::MissingValue { option: args[*at - 1].spanned(), wanted };
    let value = args.get(*at).ok_or_else(missing)?;
    *at += 1;
    Ok(value)
}

fn option_not_yet(option: &str, span: Span) -> UsageError {
    let instead = Some(runs_program(&format!("ip {option}")));
    UsageError::NotYet { what: format!("the option `{option}` of `ip`"), span, instead }
}
