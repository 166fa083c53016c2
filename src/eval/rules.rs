//! Refusals of tables, chains and rules in words.

use crate::{codes::Code, commands::Arg, diag::Diagnostic, model::Reason, source::Span};

/// Why a change of rules is refused.
pub fn explain(reason: &Reason, _words: &[Arg], statement: Span) -> Diagnostic {
    let message = match reason {
        Reason::NoSuchTable { table } => format!("there is no table `{table}`"),
        Reason::NoSuchChain { chain } => format!("there is no chain `{}` in table `{}`", chain.name, chain.table),
        Reason::NoSuchRule { count, .. } => format!("there is no such rule among the {count}"),
        Reason::ChainExists { chain } => format!("there is a chain `{}` in table `{}`", chain.name, chain.table),
        Reason::ChainInUse { chain } => format!("the chain `{}` is in use", chain.name),
        _ => "the rules do not allow it".into(),
    };
    Diagnostic::error(Code::NotFound, message).label(statement, "here")
}
