//! `iptables` and `ip6tables`: their words are sorted as `getopt_long(3)` and `iptables` 1.8.9 do it, and become changes
//! of the tables that `iptables` (nf_tables) on the same machine shows.
//!
//! In: the words behind the program's name. Out: an [`Act`]. The options stand in a table of their own ([`options`]),
//! as their grammar is not that of the other commands: options come first, their order is free, and some belong to
//! matches and targets. Other than to `iptables`, an option may stand before the `-j` or `-p` that it belongs to.

mod error;
pub mod follow;
mod help;
mod key;
mod options;
mod rule;
mod statement;
#[cfg(test)]
mod tests;
mod value;
mod words;

pub use error::IptablesError;
pub use help::{options as help, parts};

use self::{key::Key, options::TABLES, statement::Statement, words::Given};
use super::{
    act::{Act, IptablesForm, Show},
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Param},
    value::Value,
};
use crate::{
    ops::{ChainRef, NetfilterChange, NetfilterOp, Op, Policy, RuleSelector},
    source::Spanned,
};

/// `iptables …`
pub const IPTABLES: CommandSpec = CommandSpec {
    noun: "iptables",
    verb: "",
    aliases: &[],
    summary: "list and change the rules for IPv4 that `iptables` shows",
    params: &[Param::rest("options", Value::Options, "options as `iptables` takes them")],
    examples: &[
        "iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -o eth0 -j MASQUERADE",
        "iptables -A FORWARD -i ens3 -o veth0 -j ACCEPT",
        "iptables -P FORWARD DROP",
        "iptables -t nat -F",
        "iptables -L -n -v",
        "iptables -S",
    ],
    lower: lower_iptables,
};

/// `ip6tables …`
pub const IP6TABLES: CommandSpec = CommandSpec {
    noun: "ip6tables",
    summary: "list and change the rules for IPv6 that `ip6tables` shows",
    examples: &["ip6tables -P FORWARD DROP", "ip6tables -A INPUT -p icmpv6 -j ACCEPT", "ip6tables -S"],
    lower: lower_ip6tables,
    ..IPTABLES
};

fn lower_iptables(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    lower(bound, context, "iptables")
}

fn lower_ip6tables(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    lower(bound, context, "ip6tables")
}

fn lower(bound: &Bound<'_>, context: &Context, program: &'static str) -> Result<Act, UsageError> {
    let given = words::sort(program, bound.rest)?;
    let mut commands = given.iter().filter(|given| given.key.is_command());
    let command = match (commands.next(), commands.next()) {
        (Some(command), None) => command.clone(),
        (Some(first), Some(second)) => {
            return Err(IptablesError::TwoCommands { first: first.word.clone(), second: second.word.clone() }.into());
        }
        (None, _) => return Err(IptablesError::NoCommand { program, at: bound.call.span.after() }.into()),
    };
    let chain = match command.values.first() {
        Some(chain) => chain.clone(),
        None => Spanned::new(String::new(), command.word.span),
    };
    let ipv6 = program == "ip6tables";
    let mut statement = Statement { program, ipv6, words: bound.rest, given, table: "filter".into(), chain };
    if let Some(table) = statement.once(Key::Table)?.map(Given::value).cloned() {
        if !TABLES.iter().any(|(name, _)| *name == table.value) {
            return Err(IptablesError::UnknownTable { table }.into());
        }
        statement.table = table.value;
    }
    chain_name(&statement.chain)?;
    act(&statement, &command, context)
}

fn act(statement: &Statement<'_>, command: &Given, context: &Context) -> Result<Act, UsageError> {
    let ns = context.ns.clone();
    let named = !command.values.is_empty();
    let chain = statement.chain_ref();
    let table = statement.table_ref();
    if !command.key.takes_rule(command.values.len()) {
        no_rule(statement, command)?;
    }
    let listing = matches!(command.key, Key::List | Key::ListRules);
    let changes = match command.key {
        Key::Append => {
            let new = rule::rules(statement)?.into_iter();
            new.map(|rule| NetfilterChange::AddRule { chain: chain.clone(), before: None, rule }).collect()
        }
        Key::Insert => {
            let before = command.values.get(1).map(number).transpose()?.or(Some(1));
            let new = rule::rules(statement)?.into_iter();
            new.map(|rule| NetfilterChange::AddRule { chain: chain.clone(), before, rule }).collect()
        }
        Key::Delete => match command.values.get(1) {
            Some(at) => vec![NetfilterChange::DelRule(RuleSelector::Number { chain, number: number(at)? })],
            None => {
                let like =
                    rule::rules(statement)?.into_iter().map(|rule| RuleSelector::Like { chain: chain.clone(), rule });
                like.map(NetfilterChange::DelRule).collect()
            }
        },
        Key::Replace => replace(statement, chain, &command.values[1])?,
        Key::Check => return Ok(Act::HasRules { ns, chain, rules: rule::rules(statement)? }),
        Key::Flush => vec![NetfilterChange::Flush { table, chain: named.then(|| chain.name.clone()) }],
        Key::New => {
            new_chain(&statement.chain)?;
            vec![NetfilterChange::AddChain { chain, base: None }]
        }
        Key::DeleteChain if named => vec![NetfilterChange::DelChain { chain }],
        Key::DeleteChain => return Ok(Act::DelChains { ns, table }),
        Key::Policy => vec![NetfilterChange::SetPolicy { policy: policy(statement, &command.values[1])?, chain }],
        _ => {
            debug_assert!(listing);
            let verbose = statement.find(Key::Verbose).is_some();
            let form = match command.key {
                Key::ListRules => IptablesForm::Commands,
                _ => IptablesForm::Table {
                    numeric: statement.find(Key::Numeric).is_some(),
                    line_numbers: statement.find(Key::LineNumbers).is_some(),
                    exact: statement.find(Key::Exact).is_some(),
                },
            };
            let rule = command.values.get(1).map(number).transpose()?;
            let chain = named.then(|| statement.chain.clone());
            return Ok(Act::Show(Show::Iptables { ns, table, chain, rule, verbose, form }));
        }
    };
    let to_op = |change| Op::Netfilter(NetfilterOp { ns: ns.clone(), change });
    Ok(Act::Change(changes.into_iter().map(to_op).collect()))
}

/// The new rule takes the old one's place: it is put before it, and the old one goes.
fn replace(
    statement: &Statement<'_>,
    chain: ChainRef,
    at: &Spanned<String>,
) -> Result<Vec<NetfilterChange>, UsageError> {
    let old = number(at)?;
    let mut new = rule::rules(statement)?.into_iter();
    match (new.next(), new.next()) {
        (Some(rule), None) => Ok(vec![
            NetfilterChange::AddRule { chain: chain.clone(), before: Some(old), rule },
            NetfilterChange::DelRule(RuleSelector::Number { chain, number: old + 1 }),
        ]),
        _ => Err(IptablesError::Value {
            value: at.clone(),
            wanted: "the place of several rules",
            help: Some("`-R` takes one source and one destination".into()),
        }
        .into()),
    }
}

/// The conditions and the target of a rule make no sense without one.
fn no_rule(statement: &Statement<'_>, command: &Given) -> Result<(), UsageError> {
    match statement.given.iter().find(|given| given.key.is_of_rule()) {
        Some(given) => {
            let option = given.word.clone();
            Err(IptablesError::Pointless { command: command.word.value.clone(), option }.into())
        }
        None => Ok(()),
    }
}

fn number(text: &Spanned<String>) -> Result<u32, UsageError> {
    match text.value.parse() {
        Ok(number) if number > 0 && number < u32::MAX => Ok(number),
        Ok(_) | Err(_) => {
            let wanted = "the number of a rule, counted from 1";
            let help = text.value.parse::<u32>().is_err().then(|| "options begin with a dash".into());
            Err(IptablesError::Value { value: text.clone(), wanted, help }.into())
        }
    }
}

fn chain_name(name: &Spanned<String>) -> Result<(), UsageError> {
    const MOST_BYTES: usize = 28;
    let why = match name.value.as_str() {
        text if text.starts_with('-') || text.starts_with('!') => "a chain is missing before it",
        text if text.len() > MOST_BYTES => "it has more than 28 bytes",
        text if text.contains(char::is_whitespace) => "it has blanks",
        _ => return Ok(()),
    };
    Err(IptablesError::ChainName { name: name.clone(), why }.into())
}

fn new_chain(name: &Spanned<String>) -> Result<(), UsageError> {
    let mut targets = options::TARGETS.iter().chain(options::OTHER_TARGETS);
    let why = match name.value.as_str() {
        "" => "it is empty",
        text if targets.any(|target| *target == text) => "a target has this name",
        _ => return Ok(()),
    };
    Err(IptablesError::ChainName { name: name.clone(), why }.into())
}

fn policy(statement: &Statement<'_>, word: &Spanned<String>) -> Result<Policy, UsageError> {
    let name = &statement.chain;
    let fault = |message: String, at, help: String| IptablesError::Policy { message, at, help }.into();
    if statement.chain_ref().builtin().is_none() {
        let chains = TABLES.iter().find(|(table, _)| *table == statement.table).map_or(&[][..], |(_, chains)| chains);
        let upper = name.value.to_uppercase();
        let meant = chains.iter().copied().find(|chain| *chain == upper);
        let meant = meant.or_else(|| crate::diag::nearest(&upper, chains.iter().copied()));
        let other = TABLES.iter().find(|(_, chains)| chains.contains(&upper.as_str()));
        let help = match (meant, other) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, Some((table, _))) => format!("the chain `{upper}` is in table `{table}`: add `-t {table}`"),
            (None, None) => format!("only these have one: {}", chains.join(", ")),
        };
        return Err(fault(
            format!("the chain `{}` of table `{}` has no policy", name.value, statement.table),
            name.span,
            help,
        ));
    }
    match word.value.as_str() {
        "ACCEPT" => Ok(Policy::Accept),
        "DROP" => Ok(Policy::Drop),
        other => {
            let meant = match other.to_uppercase().as_str() {
                "DROP" => "type `DROP`",
                "REJECT" | "DENY" => "type `DROP`; `REJECT` needs a rule at the chain's end",
                "ACCEPT" | "ALLOW" => "type `ACCEPT`",
                _ => "there are `ACCEPT` and `DROP`",
            };
            Err(fault(format!("`{other}` is no policy"), word.span, meant.into()))
        }
    }
}
