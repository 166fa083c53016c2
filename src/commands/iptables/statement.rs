//! A statement of `iptables` whose options are sorted.

use super::{error::IptablesError, key::Key, words::Given};
use crate::{
    commands::{error::UsageError, lower::Arg},
    ops::{ChainRef, Family, TableRef},
    source::Spanned,
};

/// A statement.
pub struct Statement<'a> {
    /// `iptables` or `ip6tables`.
    pub program: &'static str,
    /// Whether it is the latter.
    pub ipv6: bool,
    /// All words behind the program.
    pub words: &'a [Arg],
    /// The options.
    pub given: Vec<Given>,
    /// The table's name.
    pub table: String,
    /// The chain that the command names; empty where it names none.
    pub chain: Spanned<String>,
}

impl Statement<'_> {
    /// The table.
    pub fn table_ref(&self) -> TableRef {
        TableRef::new(if self.ipv6 { Family::Ip6 } else { Family::Ip }, &self.table)
    }

    /// The chain.
    pub fn chain_ref(&self) -> ChainRef {
        self.table_ref().chain(&self.chain.value)
    }

    /// The first option of that key.
    pub fn find(&self, key: Key) -> Option<&Given> {
        self.given.iter().find(|given| given.key == key)
    }

    /// The option of that key, which may be there once.
    pub fn once(&self, key: Key) -> Result<Option<&Given>, UsageError> {
        let mut all = self.given.iter().filter(|given| given.key == key);
        match (all.next(), all.next()) {
            (Some(first), Some(second)) => Err(self.twice(first, second)),
            (first, _) => Ok(first),
        }
    }

    /// The complaint that an option is given twice.
    pub fn twice(&self, first: &Given, second: &Given) -> UsageError {
        let help = match first.key {
            Key::Source | Key::Destination => {
                Some(format!("several prefixes stand behind one: `{} A,B`", first.word.value))
            }
            Key::SourcePort | Key::DestinationPort => Some("write a rule for each port".into()),
            _ => None,
        };
        let option = second.word.value.clone();
        IptablesError::Twice { option, first: first.span(), second: second.span(), help }.into()
    }

    /// The statement with other words in the place of some; an empty answer leaves a word as it is.
    pub fn retyped(&self, other: impl Fn(&Arg) -> Vec<String>) -> String {
        let mut line = String::from(self.program);
        for word in self.words {
            let others = other(word);
            let as_written = if word.bare { word.text.clone() } else { format!("\"{}\"", word.text) };
            let text = if others.is_empty() { as_written } else { others.join(" ") };
            line.push(' ');
            line.push_str(&text);
        }
        line
    }
}
