//! `ip`: its options, its objects and their commands, in the order in which iproute2 6.1 compares words with them
//! (`ip/ip.c`, and `do_…` of `ip/iplink.c`, `ipaddress.c`, `iproute.c`, `ipneigh.c`, `ipnetns.c`).
//!
//! In: a statement that begins with `ip`. Out: the command of our own table that it means, bound and lowered. Objects
//! and commands that `nns` does not have stand here all the same: they say what an abbreviation means.

use super::{
    act::{Act, IpFamily, IpOptions},
    bound::{Call, Spelling},
    error::UsageError,
    lower::{Arg, Context, run, unknown_verb},
    spec::{Keyword, exact, prefix},
    table, value,
};
use crate::{
    diag::nearest,
    net::NsRef,
    source::{Span, Spanned},
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
    (prefix("-human"), Effect::Nothing),
    (prefix("-human-readable"), Effect::Nothing),
    (prefix("-iec"), Effect::Nothing),
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

/// A command of an object: the word of iproute2, and the verb of our table.
type Verb = (Keyword, &'static str);

/// An object: the word of iproute2, the noun of our table, and its commands.
struct Object {
    word: &'static str,
    noun: Option<&'static str>,
    verbs: &'static [Verb],
    /// The verb that stands for none.
    silent: &'static str,
}

const fn other(word: &'static str) -> Object {
    Object { word, noun: None, verbs: &[], silent: "" }
}

/// The objects in the order of `cmds[]` in `ip/ip.c`; any beginning of a word will do.
const OBJECTS: &[Object] = &[
    Object { word: "address", noun: Some("addr"), verbs: ADDRESS, silent: "show" },
    other("addrlabel"),
    other("maddress"),
    Object { word: "route", noun: Some("route"), verbs: ROUTE, silent: "show" },
    other("rule"),
    Object { word: "neighbor", noun: Some("neigh"), verbs: NEIGHBOUR, silent: "show" },
    Object { word: "neighbour", noun: Some("neigh"), verbs: NEIGHBOUR, silent: "show" },
    other("ntable"),
    other("ntbl"),
    Object { word: "link", noun: Some("link"), verbs: LINK, silent: "show" },
    other("l2tp"),
    other("fou"),
    other("ila"),
    other("macsec"),
    other("tunnel"),
    other("tunl"),
    other("tuntap"),
    other("tap"),
    other("token"),
    other("tcpmetrics"),
    other("tcp_metrics"),
    other("monitor"),
    other("xfrm"),
    other("mroute"),
    other("mrule"),
    Object { word: "netns", noun: Some("netns"), verbs: NETNS, silent: "list" },
    other("netconf"),
    other("vrf"),
    other("sr"),
    other("nexthop"),
    other("mptcp"),
    other("ioam"),
    other("help"),
    other("stats"),
];

const ADDRESS: &[Verb] = &[
    (prefix("add"), "add"),
    (prefix("change"), "change"),
    (exact("chg"), "change"),
    (prefix("replace"), "replace"),
    (prefix("delete"), "del"),
    (prefix("list"), "show"),
    (prefix("show"), "show"),
    (prefix("lst"), "show"),
    (prefix("flush"), "flush"),
    (prefix("save"), "save"),
    (prefix("showdump"), "showdump"),
    (prefix("restore"), "restore"),
    (prefix("help"), "help"),
];

const LINK: &[Verb] = &[
    (prefix("add"), "add"),
    (prefix("set"), "set"),
    (prefix("change"), "set"),
    (prefix("replace"), "replace"),
    (prefix("delete"), "del"),
    (prefix("show"), "show"),
    (prefix("lst"), "show"),
    (prefix("list"), "show"),
    (prefix("xstats"), "xstats"),
    (prefix("afstats"), "afstats"),
    (prefix("property"), "property"),
    (prefix("help"), "help"),
];

const ROUTE: &[Verb] = &[
    (prefix("add"), "add"),
    (prefix("change"), "change"),
    (exact("chg"), "change"),
    (prefix("replace"), "replace"),
    (prefix("prepend"), "prepend"),
    (prefix("append"), "append"),
    (prefix("test"), "test"),
    (prefix("delete"), "del"),
    (prefix("list"), "show"),
    (prefix("show"), "show"),
    (prefix("lst"), "show"),
    (prefix("get"), "get"),
    (prefix("flush"), "flush"),
    (prefix("save"), "save"),
    (prefix("restore"), "restore"),
    (prefix("showdump"), "showdump"),
    (prefix("help"), "help"),
];

const NEIGHBOUR: &[Verb] = &[
    (prefix("add"), "add"),
    (prefix("change"), "change"),
    (exact("chg"), "change"),
    (prefix("replace"), "replace"),
    (prefix("delete"), "del"),
    (prefix("get"), "get"),
    (prefix("show"), "show"),
    (prefix("lst"), "show"),
    (prefix("list"), "show"),
    (prefix("flush"), "flush"),
    (prefix("help"), "help"),
];

const NETNS: &[Verb] = &[
    (prefix("list"), "list"),
    (prefix("show"), "list"),
    (prefix("lst"), "list"),
    (prefix("list-id"), "list-id"),
    (prefix("help"), "help"),
    (prefix("add"), "add"),
    (prefix("set"), "set"),
    (prefix("delete"), "del"),
    (prefix("identify"), "identify"),
    (prefix("pids"), "pids"),
    (prefix("exec"), "exec"),
    (prefix("monitor"), "monitor"),
    (prefix("attach"), "attach"),
];

/// Understands a statement that begins with `ip`.
pub fn lower_ip(args: &[Arg], span: Span, context: &Context) -> Result<Act, UsageError> {
    let (options, netns, at) = bind_options(args)?;
    let context = Context { ns: netns.unwrap_or_else(|| context.ns.clone()) };
    let Some(word) = args.get(at) else {
        return Err(UsageError::MissingParameter {
            command: "ip".into(),
            word: None,
            wanted: "an object",
            at: span.after(),
            usage: "ip [OPTIONS] addr|link|neigh|netns|route …".into(),
        });
    };
    let object = find_object(args, at)?;
    let not_yet = |verb: &str| UsageError::NotYet {
        what: format!("`ip {}{verb}`", object.word),
        span: args[at..args.len().min(at + 2)].iter().map(|arg| arg.span).reduce(Span::to).unwrap_or(word.span),
        instead: None,
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
    let call = Call { spec, spelling, negated: false, span, words_before };
    run(call, &args[words_before..], &context)
}

/// Whether a word is an option of `ip`, as it would be understood before the object.
pub fn is_option(word: &str) -> bool {
    find_option(word).is_some()
}

/// Whether an option of `ip` takes the word behind it.
pub fn takes_value(word: &str) -> bool {
    matches!(find_option(word), Some(Effect::Netns | Effect::FamilyByName | Effect::SkipValue))
}

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
fn bind_options(args: &[Arg]) -> Result<(IpOptions, Option<NsRef>, usize), UsageError> {
    let mut options = IpOptions::default();
    let mut netns = None;
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
                    kind: value::Value::Netns,
                    value: value.spanned(),
                    problem: Box::new(problem),
                })?;
                netns = Some(NsRef::Named(name));
            }
            Effect::NotYet => return Err(option_not_yet(&word.text, word.span)),
        }
    }
    Ok((options, netns, at))
}

fn option_value<'a>(args: &'a [Arg], at: &mut usize, wanted: &'static str) -> Result<&'a Arg, UsageError> {
    let missing = || UsageError::MissingValue { option: args[*at - 1].spanned(), wanted };
    let value = args.get(*at).ok_or_else(missing)?;
    *at += 1;
    Ok(value)
}

fn option_not_yet(option: &str, span: Span) -> UsageError {
    UsageError::NotYet { what: format!("the option `{option}` of `ip`"), span, instead: None }
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
    let mut candidates = vec!["addr", "link", "neigh", "netns", "route"];
    candidates.extend(nearest(&word.text, OBJECTS.iter().map(|object| object.word)));
    Err(UsageError::UnknownObject { word: Spanned::new(word.text.clone(), word.span), candidates })
}
