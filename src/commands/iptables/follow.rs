//! The words of an `iptables` line that may not be finished, as [`crate::commands::follow`] follows those of others.

use super::{
    help::purpose,
    key::Key,
    options::{MODULES, OPTIONS, Opt, TABLES, TARGETS, Takes, by_letter, by_word},
};
use crate::commands::{
    follow::{Followed, Given, Next, NextWord, Role, Wanted, Word},
    value::Value,
};

/// Follows the words from the first that has no role yet.
pub fn follow(words: &[Word<'_>], out: &mut Followed) {
    let mut line = Line { words, out, given: Vec::new(), command: None, table: "filter" };
    while let Some(word) = line.words.get(line.out.roles.len()).copied() {
        if !line.word(word) {
            return;
        }
    }
    line.next_options();
}

struct Line<'w, 'o> {
    words: &'w [Word<'w>],
    out: &'o mut Followed,
    /// The options so far.
    given: Vec<Key>,
    /// What is to be done, and how many words stand behind it.
    command: Option<(Key, usize)>,
    table: &'w str,
}

impl<'w> Line<'w, '_> {
    fn peek(&self) -> Option<Word<'w>> {
        self.words.get(self.out.roles.len()).copied()
    }

    fn take(&mut self, role: Role) {
        self.out.roles.push(role);
    }

    /// An option, and what stands behind it. Says whether there may be more.
    fn word(&mut self, word: Word<'_>) -> bool {
        let text = word.text;
        if text == "!" {
            self.take(Role::Option);
            return true;
        }
        if let Some(long) = text.strip_prefix("--") {
            let name = long.split_once('=').map_or(long, |(name, _)| name);
            let option = by_word(name).and_then(|option| Some((option, option.key?)));
            self.take(if option.is_some() { Role::Option } else { Role::Unknown });
            return option.is_none_or(|(option, key)| long.contains('=') || self.option(option, key));
        }
        let letters = text.strip_prefix('-').filter(|letters| !letters.is_empty());
        let Some(letters) = letters else {
            self.take(Role::Unknown);
            return true;
        };
        let mut last = None;
        let mut is_attached = false;
        for (index, letter) in letters.char_indices() {
            let option = by_letter(letter).and_then(|option| Some((option, option.key?)));
            let Some((option, key)) = option else {
                self.take(Role::Unknown);
                return true;
            };
            last = Some((option, key));
            if option.takes != Takes::Nothing {
                let rest = &letters[index + letter.len_utf8()..];
                is_attached = !rest.is_empty();
                break;
            }
            self.given.push(key);
        }
        self.take(Role::Option);
        last.is_none_or(|(option, key)| is_attached || self.option(option, key))
    }

    /// What stands behind an option.
    fn option(&mut self, option: &Opt, key: Key) -> bool {
        self.given.push(key);
        if !key.is_command() {
            return self.behind(option, key);
        }
        let at = self.out.roles.len();
        self.command = Some((key, 0));
        let goes_on = self.behind(option, key);
        self.command = Some((key, self.out.roles.len() - at));
        goes_on
    }

    fn behind(&mut self, option: &Opt, key: Key) -> bool {
        match option.takes {
            Takes::Nothing => true,
            Takes::One(_) => self.value(key),
            Takes::Chain => self.chain(key, true),
            Takes::ChainPerhaps if key == Key::List || key == Key::ListRules => {
                let is_named = self.peek().is_some();
                self.chain(key, false) && (!is_named || self.number(false))
            }
            Takes::ChainPerhaps => self.chain(key, false),
            Takes::ChainAndNumber => self.chain(key, true) && self.number(false),
            Takes::ChainAnd(_) if key == Key::Policy => {
                let policy = named("ACCEPT|DROP", "what becomes of packets that no rule decides about");
                self.chain(key, true) && self.one_of(&["ACCEPT", "DROP"], policy)
            }
            Takes::ChainAnd(_) => self.chain(key, true) && self.number(true),
            Takes::NumberPerhaps => {
                if self.peek().is_some_and(|word| word.text.parse::<f64>().is_ok()) {
                    self.take(Role::Value(wanted(Value::Seconds, "how long it may take")));
                }
                true
            }
        }
    }

    fn value(&mut self, key: Key) -> bool {
        let of = |value| wanted(value, purpose(key));
        let text = |name| named(name, purpose(key));
        match key {
            Key::Table => {
                let tables: Vec<&'static str> = TABLES.iter().map(|(table, _)| *table).collect();
                if let Some(word) = self.peek() {
                    self.table = word.text;
                }
                self.one_of(&tables, text("TABLE"))
            }
            Key::Jump => self.one_of(TARGETS, text("TARGET")),
            Key::Module => self.one_of(MODULES, text("MATCH")),
            Key::Goto => self.chain(key, true),
            Key::Source | Key::Destination => self.known(of(Value::Network)),
            Key::In | Key::Out => self.known(of(Value::LinkPattern)),
            Key::Protocol => self.one_of(&["tcp", "udp", "icmp", "icmpv6", "all"], text("PROTOCOL")),
            Key::CtState | Key::State => {
                let states = ["ESTABLISHED,RELATED", "NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"];
                self.one_of(&states, text("STATE,…"))
            }
            Key::IcmpType => self.one_of(&["echo-request", "echo-reply"], text("TYPE")),
            Key::SourcePort | Key::DestinationPort => self.known(text("PORT[:PORT]")),
            Key::ToSource | Key::ToDestination => self.known(of(Value::NatTarget)),
            Key::Append
            | Key::Insert
            | Key::Delete
            | Key::Replace
            | Key::Check
            | Key::Flush
            | Key::New
            | Key::DeleteChain
            | Key::Policy
            | Key::List
            | Key::ListRules
            | Key::Numeric
            | Key::Verbose
            | Key::Exact
            | Key::Wait
            | Key::LineNumbers
            | Key::Comment
            | Key::RejectWith
            | Key::ToPorts => self.known(of(Value::Text)),
        }
    }

    /// The chain behind an option; one that somebody made has any name. Those that are built in are not made, cannot go,
    /// and no rule leads to them.
    fn chain(&mut self, key: Key, required: bool) -> bool {
        let verb = match key {
            Key::New => "new",
            Key::DeleteChain => "delete",
            Key::Policy => "policy",
            Key::Goto => "goto",
            _ => "",
        };
        let has_builtin = !["new", "delete", "goto"].contains(&verb);
        let table = TABLES.iter().find(|(table, _)| has_builtin && *table == self.table);
        let chains = table.map_or(&[][..], |(_, chains)| chains);
        let is_dash = self.peek().is_some_and(|word| word.text.starts_with('-') || word.text == "!");
        if is_dash {
            return true;
        }
        let is_there = self.one_of(chains, Wanted { required, verb, ..named("CHAIN", "a chain") });
        if !is_there && !required {
            self.next_options();
        }
        is_there
    }

    /// The number of a rule of the chain in front of it, which must stand there or may.
    fn number(&mut self, required: bool) -> bool {
        let wanted = Wanted { param: "NUMBER", required, ..wanted(Value::Number, "the number of a rule") };
        let is_number = |word: Word<'_>| word.text.bytes().all(|c| c.is_ascii_digit());
        match self.peek() {
            Some(word) if !required && !is_number(word) => true,
            Some(_) => self.known(wanted),
            None => self.known(wanted) || !required,
        }
    }

    /// A word that is mostly one of a few.
    fn one_of(&mut self, words: &[&'static str], wanted: Wanted) -> bool {
        if self.peek().is_some() {
            return self.known(wanted);
        }
        for word in words {
            self.next(word, &[], about(word).unwrap_or(wanted.help));
        }
        self.out.next.push(Next::Value(wanted));
        false
    }

    fn known(&mut self, wanted: Wanted) -> bool {
        if self.peek().is_none() {
            self.out.next.push(Next::Value(wanted));
            return false;
        }
        self.out.given.push(Given { wanted, at: self.out.roles.len() });
        self.take(Role::Value(wanted));
        true
    }

    fn next(&mut self, text: &str, others: &[&'static str], help: &str) {
        self.out.next.push(Next::Keyword(NextWord {
            text: text.into(),
            others: others.to_vec(),
            help: help.into(),
            usage: text.into(),
            ..NextWord::default()
        }));
    }

    /// The options that were not given; but for those that cannot stand beside one of them.
    fn next_options(&mut self) {
        let has_rule = self.given.iter().any(|key| key.is_of_rule());
        for option in OPTIONS {
            let Some(key) = option.key else { continue };
            let is_open = !self.given.contains(&key) || key == Key::Module;
            let is_excluded = self.given.iter().any(|given| key.excludes(*given));
            let is_pointless = match self.command {
                Some((command, values)) => key.is_of_rule() && !command.takes_rule(values),
                None => key.is_command() && has_rule && !key.takes_rule(1),
            };
            if !is_open || is_excluded || is_pointless {
                continue;
            }
            match (option.short, option.long) {
                (Some(letter), _) => self.next(&format!("-{letter}"), &[], purpose(key)),
                (None, [long, ..]) => self.next(&format!("--{long}"), &[], purpose(key)),
                (None, []) => {}
            }
        }
    }
}

fn wanted(value: Value, help: &'static str) -> Wanted {
    Wanted { value, noun: "iptables", verb: "", param: "", help, required: true, is_native: true }
}

/// A word that is written so in usage lines.
fn named(name: &'static str, help: &'static str) -> Wanted {
    Wanted { param: name, ..wanted(Value::Text, help) }
}

/// What tables, chains and targets are for.
fn about(word: &str) -> Option<&'static str> {
    Some(match word {
        "filter" => "what may pass; the usual one",
        "nat" => "translated addresses",
        "mangle" => "changed packets",
        "raw" => "before conversations are followed",
        "security" => "labels of packets",
        "INPUT" => "what comes in for this namespace",
        "FORWARD" => "what passes through it",
        "OUTPUT" => "what its own programs send",
        "PREROUTING" => "what comes in, before its way is looked up",
        "POSTROUTING" => "what leaves, when its way is known",
        "ACCEPT" => "let them pass",
        "DROP" => "drop them without a word",
        "REJECT" => "refuse them, and say so",
        "RETURN" => "go back to the chain before, or to the policy",
        "MASQUERADE" => "the link's own address takes the place of the sender's",
        "SNAT" => "another address takes the place of the sender's",
        "DNAT" => "send them to another host",
        "REDIRECT" => "send them to a port of this namespace",
        _ => return None,
    })
}
