//! How people are told what is wrong with the words of a statement: the one place where [`UsageError`]s become text.

use super::{
    error::UsageError,
    link::kind,
    table,
    value::{Value, ValueError},
};
use crate::{
    codes::Code,
    diag::{Diagnostic, nearest},
    net::Cidr,
    source::Spanned,
};

impl UsageError {
    /// What people are told.
    pub fn to_diagnostic(&self) -> Diagnostic {
        let error = |code| Diagnostic::error(code, self.to_string());
        match self {
            Self::UnknownWord { word, next } => {
                let diagnostic = error(Code::UnknownWord).label(word.span, "neither a statement nor a known program");
                if table::first_words().contains(&word.value.as_str()) {
                    return diagnostic.help(format!("without quotes, `{}` is a statement", word.value));
                }
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
            Self::UnknownOption { word, near, usage, command } => {
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it is written `{usage}`"),
                };
                error(Code::UnknownWord).label(word.span, format!("no word of `{command}`")).help(help)
            }
            Self::Misplaced { option, fix, .. } => error(Code::Usage)
                .label(option.span, "options of `ip` stand before its object")
                .help(format!("type `{fix}`")),
            Self::Surplus { word, taken, help, command: _ } => {
                let diagnostic = error(Code::Usage).label(word.span, "one word too many");
                let diagnostic = match taken {
                    Some((span, wanted)) => diagnostic.label(*span, format!("{wanted} stands here already")),
                    None => diagnostic,
                };
                diagnostic.help(help.clone())
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
            Self::FamilyUnsaid { command, address } => {
                let words = command.trim_start_matches("ip ");
                error(Code::Usage)
                    .label(address.span, "of the other family")
                    .help(format!("type `ip -6 {words} …`, or `{words} …`, which goes by the address"))
            }
            Self::OnlyFor { word, ipv6 } => error(Code::Usage)
                .label(word.span, format!("the address is an IPv{} address", if *ipv6 { 4 } else { 6 }))
                .help(format!("leave `{}` away", word.value)),
            Self::FarEnd { word, fix } => error(Code::Usage)
                .label(word.span, "the kernel cannot do this to the far end")
                .help(format!("type a statement of its own: `{fix}`")),
            Self::NotThatAddress { address, fix, .. } => {
                error(Code::BadValue).label(address.span, "not here").help(fix.clone())
            }
            Self::BehindKind { word, fix, .. } => {
                error(Code::UnknownWord).label(word.span, "not behind the kind").help(fix.clone())
            }
            Self::OneName { second, fix, .. } => {
                error(Code::Usage).label(*second, "would be ignored").help(format!("type `{fix}`"))
            }
            Self::Blanks { span, fix } => {
                error(Code::Usage).label(*span, "blanks between the name and the value").help(format!("type `{fix}`"))
            }
            Self::Iptables(problem) => problem.to_diagnostic(),
            Self::UnknownTopic { unknown, span } => {
                error(Code::UnknownWord).label(*span, "no command, no word and no code").help(unknown.help.clone())
            }
            Self::PortName { place, fix, .. } => error(Code::BadValue)
                .label(place.span, "the link is named after the namespace")
                .help(format!("give it a name of its own: `{fix}`")),
            Self::NoGateway { word, bridge } => error(Code::MissingWord)
                .label(*word, "of which switch address?")
                .help(format!("give both an address of one family: `switch {bridge} 192.168.15.5/24 {{ … }}`")),
            Self::NoRule { word, .. } => error(Code::Usage)
                .label(word.span, "adds no rule")
                .help("write the statement that adds the rule: `expect nat masquerade 192.168.15.0/24`"),
            Self::Help { at, usage: _ } => error(Code::Usage).label(*at, "asks for help"),
        }
    }
}

fn bad_value(diagnostic: Diagnostic, kind: Value, value: &Spanned<String>, problem: &ValueError) -> Diagnostic {
    let example = kind.example().map_or(String::new(), |example| format!(", such as {example}"));
    let diagnostic = diagnostic.label(value.span, format!("wanted: {}{example}", kind.wanted()));
    if matches!(kind, Value::Kind | Value::AnyKind) {
        return diagnostic.help(kind::help(&value.value));
    }
    if matches!(kind, Value::Ports | Value::Port) && value.value.contains(',') {
        return diagnostic.help("write a rule for each port");
    }
    let help = match problem {
        ValueError::HostBits { prefix } => Some(format!(
            "for the whole network type `{}`, for the one host `{}`",
            prefix.network(),
            Cidr::host(prefix.addr())
        )),
        ValueError::Link(_)
        | ValueError::Netns(_)
        | ValueError::Cidr(_)
        | ValueError::Mac(_)
        | ValueError::Mtu(_)
        | ValueError::Sysctl(_)
        | ValueError::KindNotYet { .. }
        | ValueError::Form { .. } => meant(&value.value, kind.choices()),
    };
    let names_of_tables =
        "the names in /etc/iproute2/rt_tables are not looked up yet: type the number of the table, such as `100`";
    let is_table = matches!(kind, Value::Table | Value::TableOrAll);
    with_help(diagnostic, help.or_else(|| is_table.then(|| names_of_tables.into())))
}

fn with_help(diagnostic: Diagnostic, help: Option<String>) -> Diagnostic {
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn meant(word: &str, candidates: &[&'static str]) -> Option<String> {
    if let Some(same) = candidates.iter().find(|candidate| candidate.eq_ignore_ascii_case(word)) {
        return Some(format!("it is written `{same}`"));
    }
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
