//! What can be wrong with the words of a statement, and how people are told.

use std::net::IpAddr;

use thiserror::Error;

use super::{
    link::kind,
    table,
    value::{Value, ValueError},
};
use crate::{
    codes::Code,
    diag::{Diagnostic, nearest},
    source::{Span, Spanned},
};

/// Why a statement makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UsageError {
    /// The first word is no statement.
    #[error("`{}` is no statement", word.value)]
    UnknownWord {
        /// It.
        word: Spanned<String>,
        /// The word behind it.
        next: Option<String>,
    },
    /// Known, but nothing that `nns` can do.
    #[error("{what} is not supported yet")]
    NotYet {
        /// What is not, in backticks.
        what: String,
        /// Where it was asked for.
        span: Span,
        /// What to type in its place.
        instead: Option<String>,
    },
    /// `ip` has no such object.
    #[error("`ip` has no object `{}`", word.value)]
    UnknownObject {
        /// The word.
        word: Spanned<String>,
        /// The objects.
        candidates: Vec<&'static str>,
    },
    /// `ip` has no such option.
    #[error("`ip` has no option `{}`", word.value)]
    UnknownIpOption {
        /// The word.
        word: Spanned<String>,
        /// The object behind it, if that is where it belongs.
        candidates: Vec<&'static str>,
    },
    /// `ip -n red ip link`.
    #[error("`ip` stands there twice")]
    IpTwice {
        /// The second.
        second: Span,
        /// The statement with one of them.
        fix: String,
    },
    /// The object has no such command.
    #[error("`{command}` has no command `{}`", word.value)]
    UnknownVerb {
        /// The object, as it was written.
        command: String,
        /// The word.
        word: Spanned<String>,
        /// The commands.
        candidates: Vec<&'static str>,
    },
    /// `ip netns red ip link`.
    #[error("`exec` is missing before the namespace `{}`", netns.value)]
    MissingExec {
        /// The namespace.
        netns: Spanned<String>,
        /// How it begins when it is right.
        command: String,
    },
    /// The command takes no such word.
    #[error("`{command}` has no `{}`", word.value)]
    UnknownOption {
        /// The command.
        command: String,
        /// The word.
        word: Spanned<String>,
        /// What it takes.
        candidates: Vec<&'static str>,
        /// Its usage line.
        usage: String,
    },
    /// An option of `ip` behind the object.
    #[error("the option `{}` stands behind `{command}`", option.value)]
    Misplaced {
        /// The option.
        option: Spanned<String>,
        /// The object and its command.
        command: String,
        /// The option where it belongs.
        fix: String,
    },
    /// One word too many.
    #[error("`{command}` has no use for `{}`", word.value)]
    Surplus {
        /// The command.
        command: String,
        /// The word.
        word: Spanned<String>,
        /// The word that already stands where this one could, and what it is taken for.
        taken: Option<(Span, &'static str)>,
        /// What to type.
        fix: Option<String>,
    },
    /// A statement ends behind a word that wants another.
    #[error("`{}` wants {wanted} behind it", option.value)]
    MissingValue {
        /// The word.
        option: Spanned<String>,
        /// What it wants.
        wanted: &'static str,
    },
    /// A value of the wrong form.
    #[error("{problem}")]
    BadValue {
        /// What kind of value is wanted.
        kind: Value,
        /// What was written.
        value: Spanned<String>,
        /// What is wrong with it.
        problem: Box<ValueError>,
    },
    /// Something that the command cannot do without.
    #[error("`{command}` wants {wanted}{}", word.map(|word| format!(" (`{word} …`)")).unwrap_or_default())]
    MissingParameter {
        /// The command.
        command: String,
        /// The word that announces it.
        word: Option<&'static str>,
        /// What is missing.
        wanted: &'static str,
        /// Where it could stand.
        at: Span,
        /// The command's usage line.
        usage: String,
    },
    /// A route that says neither which router nor which link is next.
    #[error("`{command}` wants to know what is next: `via ROUTER` or `dev LINK`")]
    NoNextHop {
        /// The command.
        command: String,
        /// Where it could stand.
        at: Span,
    },
    /// The same thing twice.
    #[error("`{option}` is given twice")]
    Duplicate {
        /// Its name.
        option: &'static str,
        /// The first.
        first: Span,
        /// The second.
        second: Span,
    },
    /// Two things that cannot both be.
    #[error("`{}` and `{}` exclude each other", first.value, second.value)]
    Exclusive {
        /// The first.
        first: Spanned<String>,
        /// The second.
        second: Spanned<String>,
    },
    /// An IPv4 and an IPv6 address where both must be of one family.
    #[error("{} and {} are not of the same family", family(first.value), family(second.value))]
    Families {
        /// The first.
        first: Spanned<IpAddr>,
        /// The second.
        second: Spanned<IpAddr>,
    },
    /// `-4` or `-6` before an address of the other family.
    #[error("{} is asked for, and `{}` is none of its addresses", if *ipv6 { "IPv6" } else { "IPv4" }, address.value)]
    OtherFamily {
        /// Whether IPv6 was asked for.
        ipv6: bool,
        /// The address.
        address: Spanned<IpAddr>,
    },
    /// Something that only IPv4, or only IPv6 has.
    #[error("`{}` is for {} addresses only", word.value, if *ipv6 { "IPv6" } else { "IPv4" })]
    OnlyFor {
        /// The word.
        word: Spanned<String>,
        /// Which have it.
        ipv6: bool,
    },
    /// `up` or `master` for the far end of a cable, which the kernel refuses or ignores.
    #[error("the far end of a cable cannot get `{}` while it is made", word.value)]
    FarEnd {
        /// The word.
        word: Spanned<String>,
        /// The statement that does it afterwards.
        fix: String,
    },
    /// Words of the link itself behind its kind.
    #[error("`{}` is no word of the kind `{kind}`", word.value)]
    BehindKind {
        /// The word.
        word: Spanned<String>,
        /// The kind.
        kind: &'static str,
        /// What to type.
        fix: String,
    },
    /// Several names where `ip` looks at the first alone.
    #[error("`{command}` takes one name; `ip` ignores the others")]
    OneName {
        /// The command.
        command: String,
        /// The second name.
        second: Span,
        /// The native statement.
        fix: String,
    },
    /// `sysctl KEY = VALUE`.
    #[error("no blanks may stand around the `=` of `sysctl`")]
    Blanks {
        /// The words.
        span: Span,
        /// The statement without them.
        fix: String,
    },
    /// Settings to be read and written, or several to be read, in one statement.
    #[error("`sysctl` reads one setting at a time, and does not read and write at once")]
    OneSetting {
        /// The word that is too many.
        second: Span,
    },
    /// `help` behind a command.
    #[error("this is how it is written: `{usage}`")]
    Help {
        /// The word.
        at: Span,
        /// The usage line.
        usage: String,
    },
}

fn family(address: IpAddr) -> String {
    format!("`{address}` (IPv{})", if address.is_ipv4() { 4 } else { 6 })
}

impl UsageError {
    /// What people are told.
    pub fn to_diagnostic(&self) -> Diagnostic {
        let error = |code| Diagnostic::error(code, self.to_string());
        match self {
            Self::UnknownWord { word, next } => {
                let diagnostic = error(Code::UnknownWord).label(word.span, "neither a statement nor a known program");
                match first_word_meant(&word.value, next.as_deref()) {
                    Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
                    None => diagnostic.help(format!("a program is run with `exec {}`", word.value)),
                }
            }
            Self::NotYet { span, instead, .. } => {
                with_help(error(Code::NotSupported).label(*span, "known, but not supported yet"), instead.clone())
            }
            Self::UnknownObject { word, candidates } => {
                let help = meant(&word.value, candidates).unwrap_or_else(|| one_of(candidates));
                error(Code::UnknownWord).label(word.span, "no object of `ip`").help(help)
            }
            Self::UnknownIpOption { word, candidates } => with_help(
                error(Code::UnknownWord).label(word.span, "no option of `ip`"),
                meant(&word.value, candidates),
            ),
            Self::IpTwice { second, fix } => {
                error(Code::Usage).label(*second, "one `ip` is enough").help(format!("type `{fix}`"))
            }
            Self::UnknownVerb { word, candidates, command } => {
                let help = meant(&word.value, candidates).unwrap_or_else(|| one_of(candidates));
                error(Code::UnknownWord).label(word.span, format!("no command of `{command}`")).help(help)
            }
            Self::MissingExec { netns, command } => error(Code::MissingWord)
                .label(netns.span, "`exec` must stand before it")
                .help(format!("type `{command} …`")),
            Self::UnknownOption { word, candidates, usage, command } => {
                let help = meant(&word.value, candidates).unwrap_or_else(|| format!("it is written `{usage}`"));
                error(Code::UnknownWord).label(word.span, format!("no word of `{command}`")).help(help)
            }
            Self::Misplaced { option, fix, .. } => error(Code::Usage)
                .label(option.span, "options of `ip` stand before its object")
                .help(format!("type `{fix}`")),
            Self::Surplus { word, taken, fix, .. } => {
                let diagnostic = error(Code::Usage).label(word.span, "one word too many");
                let diagnostic = match taken {
                    Some((span, wanted)) => diagnostic.label(*span, format!("{wanted} stands here already")),
                    None => diagnostic,
                };
                with_help(diagnostic, fix.as_ref().map(|fix| format!("type {fix}")))
            }
            Self::MissingValue { option, wanted } => {
                error(Code::MissingWord).label(option.span.after(), format!("{wanted} is missing"))
            }
            Self::BadValue { kind, value, problem } => bad_value(error(Code::BadValue), *kind, value, problem),
            Self::MissingParameter { wanted, at, usage, .. } => error(Code::MissingWord)
                .label(*at, format!("{wanted} is missing"))
                .help(format!("it is written `{usage}`")),
            Self::NoNextHop { at, .. } => error(Code::MissingWord).label(*at, "`via ROUTER` or `dev LINK` is missing"),
            Self::Duplicate { first, second, .. } => {
                error(Code::Usage).label(*second, "once is enough").label(*first, "first given here")
            }
            Self::Exclusive { first, second } => {
                error(Code::Usage).label(second.span, "excludes the other").label(first.span, "the other")
            }
            Self::Families { first, second } => {
                error(Code::Usage).label(second.span, "another family").label(first.span, "than this")
            }
            Self::OtherFamily { ipv6, address } => error(Code::Usage)
                .label(address.span, "of the other family")
                .help(format!("leave `-{}` away", if *ipv6 { 6 } else { 4 })),
            Self::OnlyFor { word, ipv6 } => error(Code::Usage)
                .label(word.span, format!("the address is an IPv{} address", if *ipv6 { 4 } else { 6 }))
                .help(format!("leave `{}` away", word.value)),
            Self::FarEnd { word, fix } => error(Code::Usage)
                .label(word.span, "the kernel cannot do this to the far end")
                .help(format!("type a statement of its own: `{fix}`")),
            Self::BehindKind { word, fix, .. } => {
                error(Code::UnknownWord).label(word.span, "not behind the kind").help(fix.clone())
            }
            Self::OneName { second, fix, .. } => {
                error(Code::Usage).label(*second, "would be ignored").help(format!("type `{fix}`"))
            }
            Self::Blanks { span, fix } => error(Code::Usage).label(*span, "three words").help(format!("type `{fix}`")),
            Self::OneSetting { second } => {
                error(Code::Usage).label(*second, "one too many").help("type one statement for each")
            }
            Self::Help { at, usage: _ } => error(Code::Usage).label(*at, "asks for help"),
        }
    }
}

fn bad_value(diagnostic: Diagnostic, kind: Value, value: &Spanned<String>, problem: &ValueError) -> Diagnostic {
    let diagnostic = diagnostic.label(value.span, format!("wanted is {}", kind.wanted()));
    if kind == Value::Kind {
        return diagnostic.help(kind::help(&value.value));
    }
    let help = match problem {
        ValueError::ProcessId { .. } => Some("give the namespace a name: `ip netns attach` does it elsewhere".into()),
        ValueError::Link(_)
        | ValueError::Netns(_)
        | ValueError::Cidr(_)
        | ValueError::Mac(_)
        | ValueError::Mtu(_)
        | ValueError::Sysctl(_)
        | ValueError::KindNotYet { .. }
        | ValueError::Form { .. } => meant(&value.value, kind.choices()),
    };
    with_help(diagnostic, help)
}

fn with_help(diagnostic: Diagnostic, help: Option<String>) -> Diagnostic {
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn meant(word: &str, candidates: &[&'static str]) -> Option<String> {
    nearest(word, candidates.iter().copied()).map(|near| format!("did you mean `{near}`?"))
}

fn one_of(candidates: &[&'static str]) -> String {
    let quoted: Vec<String> = candidates.iter().map(|word| format!("`{word}`")).collect();
    format!("there are {}", quoted.join(", "))
}

/// The first word that was surely meant: `ip` and its object without the blank, or one that is spelt nearly so.
fn first_word_meant(word: &str, next: Option<&str>) -> Option<String> {
    let object = word.strip_prefix("ip").filter(|object| table::noun(object).is_some());
    let meant = match object {
        Some(object) => format!("ip {object}"),
        None => nearest(word, table::first_words())?.to_string(),
    };
    let noun = table::noun(meant.trim_start_matches("ip "));
    Some(match (noun, next) {
        (Some(noun), Some(next)) if table::verbs(noun).any(|verb| verb == next) => format!("{meant} {next}"),
        (Some(_) | None, _) => meant,
    })
}
