use super::{
    act::Act,
    bind::bind,
    bound::{Call, Spelling},
    error::UsageError,
    expect, ip, nettools, old,
    spec::{CommandSpec, Place},
    table,
};
use crate::{
    net::NsRef,
    source::{Span, Spanned},
    syntax::ast::{Part, Word},
};

/// A word of a statement, its variables replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// What it says.
    pub text: String,
    /// Not quoted: it may be a keyword.
    pub bare: bool,
    /// Where it was written.
    pub span: Span,
}

impl Arg {
    /// A word in which nothing is to be worked out.
    pub fn plain(word: &Word) -> Option<Self> {
        let mut text = String::new();
        for part in &word.parts {
            match part {
                Part::Bare(part) | Part::Quoted(part) => text.push_str(part),
                Part::Value(_) => return None,
            }
        }
        let bare = word.bare().is_some();
        Some(Self { text, bare, span: word.span })
    }

    /// The text with its place.
    pub fn spanned(&self) -> Spanned<String> {
        Spanned::new(self.text.clone(), self.span)
    }
}

/// Where a statement acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The current namespace.
    pub ns: NsRef,
}

/// Which command a statement is one of, and where it acts.
pub(super) struct Resolved {
    /// The command.
    pub call: Call,
    /// The namespace, as the options of `ip` have it.
    pub context: Context,
}

/// Understands a statement. A statement of no words does nothing.
pub fn lower(args: &[Arg], context: &Context) -> Result<Act, UsageError> {
    if args.is_empty() {
        return Ok(Act::Nothing);
    }
    let Resolved { call, context } = resolve(args, context)?;
    let words = &args[call.words_before..];
    run(call, words, &context)
}

/// Finds the command of a statement of one word or more.
pub(super) fn resolve(args: &[Arg], context: &Context) -> Result<Resolved, UsageError> {
    let first = args.first().expect("a statement has a word");
    let span = args.last().map_or(first.span, |last| first.span.to(last.span));
    if first.bare && first.text == "ip" {
        let (call, context) = ip::resolve(args, span, context)?;
        return Ok(Resolved { call, context });
    }
    if let Some(replaced) = replaced(args, span) {
        return Err(replaced);
    }
    let noun = if first.bare { table::noun(&first.text) } else { None };
    let Some(noun) = noun else {
        return Err(match table::LATER.iter().find(|(word, _)| *word == first.text) {
            Some((word, instead)) => {
                UsageError::NotYet { what: format!("`{word}`"), span: first.span, instead: Some((*instead).into()) }
            }
            None => UsageError::UnknownWord { word: first.spanned(), next: args.get(1).map(|arg| arg.text.clone()) },
        });
    };
    if let Some(word) = nettools::foreign_word(args).filter(|_| noun == "route") {
        return Err(UsageError::NotYet {
            what: format!("the `route` of net-tools with `{}`", word.text),
            span: word.span,
            instead: Some("type `ip route add PREFIX via ROUTER`".into()),
        });
    }
    let negated = noun == "expect" && args.get(1).is_some_and(|arg| arg.bare && arg.text == "no");
    let before_verb = if negated { 2 } else { 1 };
    let verb = args.get(before_verb);
    let is_text = noun == "expect" && verb.is_some_and(|word| !word.bare);
    let (spec, words_before) = match native_spec(
        noun,
        verb.map(|verb| super::follow::Word { text: &verb.text, bare: verb.bare, is_known: true }),
    ) {
        None if is_text => (&expect::OUTPUT, before_verb),
        Some((spec, verbs)) => (spec, before_verb + verbs),
        None => return Err(unknown_verb(noun, &args[..before_verb], &args[before_verb..], &Spelling::Native)),
    };
    let call = Call { spec, spelling: Spelling::Native, negated, span, words_before };
    Ok(Resolved { call, context: context.clone() })
}

/// The complaint about a line of an old tool that is no statement, with the line of today.
fn replaced(args: &[Arg], span: Span) -> Option<UsageError> {
    let words: Vec<&str> = args.iter().map(|arg| arg.text.as_str()).collect();
    let has = |options: &[&str]| words.iter().any(|word| options.contains(word));
    let is_old = match words[0] {
        "brctl" | "ifconfig" => true,
        "route" => nettools::foreign_word(args).is_some() || has(&["reject"]),
        "arp" => has(&["-s", "-d"]),
        _ => false,
    };
    let modern = old::modern(&words).filter(|_| is_old && args[0].bare)?;
    let is_known = |line: &String| {
        let args: Vec<Arg> = line.split(' ').map(|text| Arg { text: text.into(), bare: true, span }).collect();
        lower(&args, &Context { ns: NsRef::Host }).is_ok()
    };
    let lines: Vec<String> = modern.lines.iter().map(|line| format!("`{line}`")).collect();
    let lines = lines.join(", then ");
    let instead = match modern.lines.iter().all(is_known) {
        true => format!("type {lines}"),
        false => {
            format!(
                "today it is {lines}, which is not supported yet either; `exec {}` runs the program",
                words.join(" ")
            )
        }
    };
    Some(UsageError::NotYet { what: format!("this line of `{}`", words[0]), span, instead: Some(instead) })
}

/// Whether a statement can begin with that word; what cannot is a program.
pub fn is_statement(first_word: &str) -> bool {
    first_word == "ip" || table::noun(first_word).is_some()
}

/// Binds the words of a command and lowers it.
pub(super) fn run(call: Call, words: &[Arg], context: &Context) -> Result<Act, UsageError> {
    let spec = call.spec;
    if words.len() == 1 && words[0].bare && words[0].text == "help" && !takes_words(spec) {
        return Err(UsageError::Help { at: words[0].span, usage: call.usage() });
    }
    let bound = bind(call, spec.params, words)?;
    (spec.lower)(&bound, context)
}

/// The spec that a verb names, and how many words it takes (none, where it is left out).
pub(super) fn native_spec(noun: &str, verb: Option<super::follow::Word<'_>>) -> Option<(&'static CommandSpec, usize)> {
    let mut specs = table::SPECS.iter().filter(|spec| spec.noun == noun);
    if let Some(verb) = verb.filter(|verb| verb.bare) {
        let named = |spec: &&&CommandSpec| spec.verb == verb.text || spec.aliases.contains(&verb.text);
        if let Some(spec) = specs.clone().filter(|spec| !spec.verb.is_empty()).find(named) {
            return Some((spec, 1));
        }
    }
    let alone = specs.clone().all(|spec| spec.verb.is_empty());
    if alone || verb.is_none_or(|verb| verb.text.starts_with('-')) {
        let listing = specs.clone().find(|spec| matches!(spec.verb, "show" | "list"));
        return specs.find(|spec| spec.verb.is_empty()).or(listing).map(|spec| (*spec, 0));
    }
    let takes_word = |spec: &&&CommandSpec| spec.params.iter().any(|param| param.place == Place::Positional);
    specs.find(|spec| spec.verb.is_empty() && takes_word(spec)).map(|spec| (*spec, 0))
}

/// A command without a verb that it has.
pub(super) fn unknown_verb(noun: &'static str, before: &[Arg], words: &[Arg], spelling: &Spelling) -> UsageError {
    let command = format!("{}{noun}", spelling.lead());
    let candidates: Vec<&'static str> = table::verbs(noun).collect();
    let Some(word) = words.first() else {
        let at = before.last().expect("a noun stands before its verb").span.after();
        let usage = format!("{command} {}", candidates.join("|"));
        return UsageError::MissingParameter { command, word: None, wanted: "one of its commands", at, usage };
    };
    if word.text == "help" {
        return UsageError::Help { at: word.span, usage: format!("{command} {}", candidates.join("|")) };
    }
    if noun == "netns" && words.len() > 1 && is_statement(&words[1].text) {
        return UsageError::MissingExec {
            netns: word.spanned(),
            command: format!("{command} exec {} {}", word.text, words[1].text),
        };
    }
    UsageError::UnknownVerb { command, word: word.spanned(), candidates }
}

fn takes_words(spec: &CommandSpec) -> bool {
    spec.params.iter().any(|param| param.place == Place::Rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        commands::testing::args,
        source::{SourceId, Sources},
    };

    /// Words that mean something somewhere, and some that mean nothing.
    fn vocabulary() -> Vec<&'static str> {
        let mut words = table::first_words();
        for spec in table::SPECS {
            words.push(spec.verb);
            words.extend(spec.params.iter().flat_map(|param| param.words).map(|keyword| keyword.text));
        }
        words.extend(table::LATER.iter().map(|(word, _)| *word));
        words.extend(["-4", "-6", "-n", "-br", "--", "-", "-c1", "-qw", "-w", "no", "help", "=", "peer", "inet6"]);
        words.extend(["v0", "br0", "red", "host", "1", "4711", "veth", "bridge", "dummy", "veth0", "a/b", "é", "%"]);
        words.extend(["10.0.0.1/24", "10.0.0.1", "fd00::1/64", "fe80::1%v0", "::/0", "default", "+", "1e9", "2s"]);
        words.extend(["02:00:00:00:00:01", "net.ipv4.ip_forward=1", "kernel.panic", "[::1]:80", "10.0.0.1:80"]);
        words
    }

    fn word() -> impl Strategy<Value = (String, bool)> {
        let known = proptest::sample::select(vocabulary()).prop_map(String::from);
        let text = prop_oneof![8 => known, 1 => "\\PC{0,4}"];
        (text, proptest::bool::weighted(0.9))
    }

    fn source() -> (Sources, SourceId) {
        let mut sources = Sources::default();
        let id = sources.add("test", "x".repeat(100));
        (sources, id)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn any_words_are_understood_or_refused(ip in any::<bool>(), words in proptest::collection::vec(word(), 0..9)) {
            let (sources, id) = source();
            let first = ip.then(|| ("ip".to_string(), true));
            let args: Vec<Arg> = (first.into_iter().chain(words).enumerate())
                .map(|(at, (text, bare))| Arg { text, bare, span: sources.get(id).span(at * 2, at * 2 + 1) })
                .collect();
            if let Err(error) = lower(&args, &Context { ns: NsRef::Host }) {
                let diagnostic = error.to_diagnostic();
                prop_assert!(!diagnostic.message.is_empty() && !diagnostic.labels.is_empty());
                prop_assert!(!diagnostic.message.ends_with('.'));
            }
        }
    }

    #[test]
    fn what_is_lowered_to_is_understood_as_the_same() {
        for spec in table::SPECS {
            for example in spec.examples {
                let Ok(Act::Change(ops)) = crate::commands::testing::lowered(example) else { continue };
                for op in ops {
                    // The native rules are known to `nft`, and not to `nns` in its words.
                    if !is_statement(op.to_string().split(' ').next().unwrap_or_default()) {
                        continue;
                    }
                    let again = crate::commands::testing::lowered(&op.to_string());
                    assert_eq!(again, Ok(Act::Change(vec![op])), "{example}");
                }
            }
        }
    }

    #[test]
    fn no_words_do_nothing() {
        let (mut sources, _) = source();
        let empty = sources.add("empty", "");
        assert_eq!(lower(&args(sources.get(empty)), &Context { ns: NsRef::Host }), Ok(Act::Nothing));
    }

    #[test]
    fn statements_and_programs() {
        for word in ["ip", "ping", "link", "arp", "sysctl", "route", "echo", "address"] {
            assert!(is_statement(word), "{word}");
        }
        for word in ["bash", "python3", "nft", "ipnetns", "", "-n"] {
            assert!(!is_statement(word), "{word}");
        }
    }
}
