//! What the options of `iptables` are for, in a few words.

use super::{
    key::Key,
    options::{OPTIONS, Opt, Takes},
    words::sort,
};
use crate::commands::lower::Arg;

/// The options that `nns` knows, each as it is written and what it is for.
pub fn options() -> Vec<(String, String)> {
    let known = OPTIONS.iter().filter_map(|option| Some((option, option.key?)));
    known.map(|(option, key)| (written(option), purpose(key).into())).collect()
}

/// The words of a line, with what they are for.
pub fn parts(program: &'static str, words: &[Arg]) -> Vec<(String, String)> {
    let given = sort(program, words).unwrap_or_default();
    let told = given.iter().map(|given| {
        let not = given.negated.map_or("", |_| "! ");
        let values = given.values.iter().map(|value| format!(" {}", value.value));
        (format!("{not}{}{}", given.word.value, values.collect::<String>()), purpose(given.key).into())
    });
    told.collect()
}

fn written(option: &Opt) -> String {
    let negation = if option.negatable { "[!] " } else { "" };
    let short = option.short.map(|letter| format!("-{letter}"));
    let long = option.long.iter().take(1).map(|long| format!("--{long}"));
    let words: Vec<String> = short.into_iter().chain(long).collect();
    let value = match option.takes {
        Takes::Nothing => "",
        Takes::One(_) => " …",
        Takes::Chain => " CHAIN",
        Takes::ChainPerhaps => " [CHAIN]",
        Takes::ChainAndNumber => " CHAIN [NUMBER]",
        Takes::ChainAnd(_) => " CHAIN …",
        Takes::NumberPerhaps => " [NUMBER]",
    };
    format!("{negation}{}{value}", words.join(", "))
}

/// What an option is for.
pub(super) fn purpose(key: Key) -> &'static str {
    match key {
        Key::Append => "put a rule behind the others of a chain",
        Key::Insert => "put a rule before the others, or at that number",
        Key::Delete => "take the rule away that is written behind it, or the one of that number",
        Key::Replace => "put another rule in the place of the one of that number",
        Key::Check => "ask whether there is such a rule",
        Key::Flush => "take all rules of a chain away, or of all chains",
        Key::New => "make a chain",
        Key::DeleteChain => "take a chain away, or all that are not built in",
        Key::Policy => "what becomes of packets that no rule decides about: `ACCEPT` or `DROP`",
        Key::List => "list rules in columns",
        Key::ListRules => "list rules as they would be typed",
        Key::Table => "the table, `filter` when none is named",
        Key::Source => "where packets come from: an address or a prefix, or several with commas",
        Key::Destination => "where packets go: an address or a prefix, or several with commas",
        Key::In => "the link that they came in through; `veth+` is all whose names begin so",
        Key::Out => "the link that they leave through",
        Key::Protocol => "what they carry, such as `tcp`, `udp` or `icmp`",
        Key::Module => "the match whose options follow",
        Key::Jump => "what becomes of packets that fit: a target, such as `ACCEPT`, or a chain",
        Key::Goto => "the chain that decides about packets that fit, for good",
        Key::Numeric => "numbers in place of names",
        Key::Verbose => "counters and links too",
        Key::Exact => "counters to the last digit",
        Key::Wait => "accepted, and nothing to wait for",
        Key::LineNumbers => "each rule with its number",
        Key::SourcePort => "the port that packets come from, or a range: `8000:8080`",
        Key::DestinationPort => "the port that packets go to, or a range: `8000:8080`",
        Key::IcmpType => "what kind of ICMP message it is, such as `echo-request`",
        Key::CtState | Key::State => "what the conversation is known to be, such as `ESTABLISHED,RELATED`",
        Key::Comment => "words for those who read the rules",
        Key::RejectWith => "what `REJECT` answers",
        Key::ToPorts => "the port that `REDIRECT` leads to, or the ports that `MASQUERADE` takes",
        Key::ToSource => "what `SNAT` puts in the place of the sender",
        Key::ToDestination => "where `DNAT` sends packets instead",
    }
}
