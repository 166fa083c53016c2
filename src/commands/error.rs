//! What can be wrong with the words of a statement, as data. How people are told stands in [`super::diagnose`].

use std::net::IpAddr;

use thiserror::Error;

use super::{
    iptables::IptablesError,
    topic::UnknownTopic,
    value::{Value, ValueError},
};
use crate::{
    net::IfName,
    source::{Span, Spanned},
};

/// What to type where only the program can do it.
pub(super) fn runs_program(command: &str) -> String {
    format!("`exec {command} …` runs the program")
}

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
        /// What was probably meant.
        near: Option<&'static str>,
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
        /// What to do about it.
        help: String,
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
    /// An IPv6 address behind `ip` where it takes IPv4 unless `-6` is said.
    #[error("`{}` is an IPv6 address, and `{command}` without `-6` is about IPv4", address.value)]
    FamilyUnsaid {
        /// The command.
        command: String,
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
    /// An address of one machine where a group's belongs, or the other way round.
    #[error("{} {problem}", address.value)]
    NotThatAddress {
        /// The address.
        address: Spanned<IpAddr>,
        /// What is wrong with it.
        problem: &'static str,
        /// What to do.
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
    /// A statement of `iptables`.
    #[error(transparent)]
    Iptables(Box<IptablesError>),
    /// `help` about what nothing is known of.
    #[error("{unknown}")]
    UnknownTopic {
        /// What, and what was probably meant.
        unknown: UnknownTopic,
        /// The words.
        span: Span,
    },
    /// A link of a switch's port that would be named after a namespace with a long name.
    #[error("`{name}` has {} bytes; a link's name has at most {}", name.len(), IfName::MAX_BYTES)]
    PortName {
        /// The word that it is named after.
        place: Spanned<String>,
        /// The name.
        name: String,
        /// How the port is written with a name of its own.
        fix: String,
    },
    /// A port whose switch has no address that could be its gateway.
    #[error("`{bridge}` has no address that could be the gateway of this port")]
    NoGateway {
        /// The word.
        word: Span,
        /// The switch.
        bridge: String,
    },
    /// A statement that makes no rule, where a rule is claimed.
    #[error("`{statement}` makes no rule that could be looked for")]
    NoRule {
        /// The word that says what it does.
        word: Spanned<String>,
        /// The statement.
        statement: String,
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
