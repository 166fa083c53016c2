//! What can be wrong with a statement of `iptables`, and how people are told.

use thiserror::Error;

use crate::{
    codes::Code,
    commands::error::UsageError,
    diag::Diagnostic,
    source::{Span, Spanned},
};

use super::options;

/// Why a statement of `iptables` makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IptablesError {
    /// `--A`, `- S`.
    #[error("`{}` is no option; `{fix}` is", word.value)]
    Dashes {
        /// As it was written.
        word: Spanned<String>,
        /// As it is right.
        fix: String,
    },
    /// No such option.
    #[error("`{program}` has no option `{}`", word.value)]
    UnknownOption {
        /// The program.
        program: &'static str,
        /// The word.
        word: Spanned<String>,
        /// What was probably meant.
        near: Option<String>,
    },
    /// A word that belongs to no option.
    #[error("`{program}` has no use for `{}`", word.value)]
    Surplus {
        /// The program.
        program: &'static str,
        /// The word.
        word: Spanned<String>,
        /// The option that it would be with dashes.
        near: Option<String>,
        /// The option before it.
        before: Option<String>,
    },
    /// `-s ! 10.0.0.1`.
    #[error("`!` stands before the option that it turns around")]
    NotBehind {
        /// Where it stands.
        at: Span,
        /// The option as it is right.
        fix: String,
    },
    /// `!` at the end.
    #[error("`!` turns around the option behind it, and there is none")]
    LonelyNot {
        /// Where it stands.
        at: Span,
    },
    /// `! -j ACCEPT`.
    #[error("`{}` cannot be turned around with `!`", option.value)]
    NotNegatable {
        /// The option.
        option: Spanned<String>,
        /// Where the `!` stands.
        not: Span,
    },
    /// `iptables -t nat`.
    #[error("`{program}` wants to know what to do")]
    NoCommand {
        /// The program.
        program: &'static str,
        /// Where it could stand.
        at: Span,
    },
    /// Two commands.
    #[error("`{}` and `{}` are two commands, and a statement has one", first.value, second.value)]
    TwoCommands {
        /// The first.
        first: Spanned<String>,
        /// The second.
        second: Spanned<String>,
    },
    /// An option that the command has no use for.
    #[error("`{command}` has no use for `{}`", option.value)]
    Pointless {
        /// The command.
        command: String,
        /// The option.
        option: Spanned<String>,
    },
    /// Ports without a protocol that has some.
    #[error("`{}` needs a protocol that has ports", option.value)]
    PortWithoutProto {
        /// The option, or the address with a port.
        option: Spanned<String>,
        /// The protocol that was given, and its place.
        given: Option<Spanned<String>>,
        /// The statement as it is right.
        fix: String,
    },
    /// An option of a match for a protocol that was not asked for.
    #[error("`{}` needs `-p {protocol}`", option.value)]
    NeedsProtocol {
        /// The option.
        option: Spanned<String>,
        /// The protocol.
        protocol: &'static str,
        /// The statement as it is right.
        fix: String,
    },
    /// An option of a match that `-m` has to name.
    #[error("`{}` belongs to the match `{module}`, which is not asked for", option.value)]
    NeedsModule {
        /// The option.
        option: Spanned<String>,
        /// The match.
        module: &'static str,
        /// The statement as it is right.
        fix: String,
    },
    /// No such table.
    #[error("`iptables` has no table `{}`", table.value)]
    UnknownTable {
        /// The word.
        table: Spanned<String>,
    },
    /// A target where it cannot do anything.
    #[error("`{}` works only in {}", target.value, places(*.table, .chains))]
    TargetPlace {
        /// The target.
        target: Spanned<String>,
        /// The table that it is for, where the table is wrong.
        table: Option<&'static str>,
        /// The chains that it is for; empty where any will do.
        chains: &'static [&'static str],
        /// The statement as it is right.
        fix: Option<String>,
    },
    /// An option of a target that the rule does not have.
    #[error("`{}` belongs to {}", option.value, listed(targets))]
    TargetOption {
        /// The option.
        option: Spanned<String>,
        /// The targets that have it.
        targets: &'static [&'static str],
        /// The target that was written.
        target: Option<Spanned<String>>,
        /// The one that was meant.
        meant: Option<&'static str>,
    },
    /// A target without the option that it needs.
    #[error("`{}` wants `{option}`", target.value)]
    TargetNeeds {
        /// The target, or the match.
        target: Spanned<String>,
        /// The option.
        option: &'static str,
        /// How that looks.
        example: String,
    },
    /// No such match.
    #[error("`{program}` has no match `{}`", name.value)]
    UnknownModule {
        /// The program.
        program: &'static str,
        /// Its name.
        name: Spanned<String>,
    },
    /// A link that packets of the chain do not have yet, or have no more.
    #[error("`{}` cannot stand in a rule of `{chain}`", option.value)]
    LinkPlace {
        /// The option.
        option: Spanned<String>,
        /// The chain.
        chain: String,
        /// What to do.
        help: &'static str,
    },
    /// A policy for a chain that cannot have one, or one that there is not.
    #[error("{message}")]
    Policy {
        /// What is wrong.
        message: String,
        /// Where.
        at: Span,
        /// What to type.
        help: String,
    },
    /// A name that no chain can have.
    #[error("no chain can be called `{}`", name.value)]
    ChainName {
        /// The name.
        name: Spanned<String>,
        /// Why.
        why: &'static str,
    },
    /// A value of the wrong form.
    #[error("`{}` is not {wanted}", value.value)]
    Value {
        /// What was written.
        value: Spanned<String>,
        /// What is wanted, with its article.
        wanted: &'static str,
        /// What to type.
        help: Option<String>,
    },
    /// An option twice.
    #[error("`{option}` is given twice")]
    Twice {
        /// The option.
        option: String,
        /// The first.
        first: Span,
        /// The second.
        second: Span,
        /// What to do.
        help: Option<String>,
    },
}

impl From<IptablesError> for UsageError {
    fn from(error: IptablesError) -> Self {
        Self::Iptables(Box::new(error))
    }
}

fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => quoted.concat(),
    }
}

fn places(table: Option<&str>, chains: &[&str]) -> String {
    let chains = match chains {
        [] => String::new(),
        [chain] => format!("the chain `{chain}`"),
        chains => format!("the chains {}", listed(chains)),
    };
    match (table, chains.as_str()) {
        (None, chains) => chains.into(),
        (Some(table), "") => format!("the table `{table}`"),
        (Some(table), chains) => format!("{chains} of table `{table}`"),
    }
}

fn did_you_mean(near: &str) -> String {
    format!("did you mean `{near}`?")
}

impl IptablesError {
    /// What people are told.
    pub fn to_diagnostic(&self) -> Diagnostic {
        let error = |code| Diagnostic::error(code, self.to_string());
        let type_this = |fix: &str| format!("type `{fix}`");
        match self {
            Self::Dashes { word, fix } => {
                error(Code::UnknownWord).label(word.span, "not an option").help(type_this(fix))
            }
            Self::UnknownOption { program, word, near } => {
                let help = near
                    .as_deref()
                    .map_or_else(|| format!("it is written `{}`", options::usage(program)), did_you_mean);
                error(Code::UnknownWord).label(word.span, format!("no option of `{program}`")).help(help)
            }
            Self::Surplus { word, near, before, .. } => {
                let help = match (near, before) {
                    (Some(near), _) => did_you_mean(near),
                    (None, Some(before)) => {
                        format!("`{before}` takes no such word behind it; several words need quotes")
                    }
                    (None, None) => "a command such as `-A CHAIN` comes first".into(),
                };
                error(Code::Usage).label(word.span, "it belongs to no option").help(help)
            }
            Self::NotBehind { at, fix } => {
                error(Code::Usage).label(*at, "not between an option and its value").help(type_this(fix))
            }
            Self::LonelyNot { at } => error(Code::MissingWord).label(at.after(), "an option is missing"),
            Self::NotNegatable { option, not } => {
                error(Code::Usage).label(*not, format!("leave it away before `{}`", option.value))
            }
            Self::NoCommand { program, at } => error(Code::MissingWord)
                .label(*at, "a command is missing")
                .help(format!("such as `{program} -A FORWARD -j ACCEPT` or `{program} -L -n`")),
            Self::TwoCommands { first, second } => {
                error(Code::Usage).label(second.span, "the second").label(first.span, "the first")
            }
            Self::Pointless { option, command } => {
                error(Code::Usage).label(option.span, format!("it belongs to a rule, and `{command}` names none"))
            }
            Self::PortWithoutProto { option, given, fix } => {
                let diagnostic = error(Code::PortWithoutProto).label(option.span, "ports of which protocol?");
                let diagnostic = match given {
                    Some(given) => diagnostic.label(given.span, "this one has none"),
                    None => diagnostic,
                };
                diagnostic.help(type_this(fix))
            }
            Self::NeedsProtocol { option, protocol, fix } => error(Code::Usage)
                .label(option.span, format!("only packets of `{protocol}` have that"))
                .help(type_this(fix)),
            Self::NeedsModule { option, module, fix } => error(Code::Usage)
                .label(option.span, format!("`-m {module}` is missing before it"))
                .help(type_this(fix)),
            Self::UnknownTable { table } => {
                let names: Vec<&str> = options::TABLES.iter().map(|(name, _)| *name).collect();
                let lower = table.value.to_lowercase();
                let near = names.iter().copied().find(|name| *name == lower);
                let near = near.or_else(|| crate::diag::nearest(&table.value, names.iter().copied()));
                let help = near.map_or_else(|| format!("there are {}", listed(&names)), did_you_mean);
                error(Code::NotFound).label(table.span, "no such table").help(help)
            }
            Self::TargetPlace { target, fix, .. } => {
                let diagnostic = error(Code::Usage).label(target.span, "not here");
                match fix {
                    Some(fix) => diagnostic.help(type_this(fix)),
                    None => diagnostic,
                }
            }
            Self::TargetOption { option, targets, target, meant } => {
                let diagnostic = error(Code::Usage).label(option.span, "the rule has another target");
                match (target, meant) {
                    (Some(target), Some(meant)) => diagnostic.label(target.span, "this one").help(did_you_mean(meant)),
                    (Some(target), None) => diagnostic.label(target.span, "this one"),
                    (None, _) => Diagnostic { labels: Vec::new(), ..diagnostic }
                        .label(option.span, "the rule has no target")
                        .help(format!("add `-j {}`", targets[0])),
                }
            }
            Self::TargetNeeds { target, example, .. } => error(Code::MissingWord)
                .label(target.span, "without it there is nothing to do")
                .help(format!("such as `{example}`")),
            Self::UnknownModule { name, .. } => {
                let all = options::MODULES.iter().chain(options::OTHER_MODULES).copied();
                let help = crate::diag::nearest(&name.value, all)
                    .map_or_else(|| format!("there are {}", listed(options::MODULES)), did_you_mean);
                error(Code::UnknownWord).label(name.span, "no such match").help(help)
            }
            Self::LinkPlace { option, help, .. } => {
                error(Code::Usage).label(option.span, "not in this chain").help(*help)
            }
            Self::Policy { at, help, .. } => error(Code::Usage).label(*at, "not possible").help(help.clone()),
            Self::ChainName { name, why } => error(Code::BadValue).label(name.span, *why),
            Self::Value { value, wanted, help } => {
                let diagnostic = error(Code::BadValue).label(value.span, format!("wanted: {wanted}"));
                match help {
                    Some(help) => diagnostic.help(help.clone()),
                    None => diagnostic,
                }
            }
            Self::Twice { first, second, help, .. } => {
                let diagnostic = error(Code::Usage).label(*second, "once is enough").label(*first, "first given here");
                match help {
                    Some(help) => diagnostic.help(help.clone()),
                    None => diagnostic,
                }
            }
        }
    }
}
