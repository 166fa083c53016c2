//! What a command is made of, as plain constant data.
//!
//! Binding, iproute2's abbreviations and free order, usage lines, completion and did-you-mean all come from these
//! tables. To add an option to a known command: its line in `params`, and its use in the command's `lower_…`.

use super::{act::Act, bound::Bound, error::UsageError, lower::Context, value::Value};

/// A command: a noun, mostly a verb, and what stands behind them.
#[derive(Debug)]
pub struct CommandSpec {
    /// `link`; for commands of one word that word (`ping`).
    pub noun: &'static str,
    /// `add`; empty for commands of one word.
    pub verb: &'static str,
    /// Other native words for the verb (`delete`). What `ip` takes for it stands in the tables under `ip/`.
    pub aliases: &'static [&'static str],
    /// What it does, in one line.
    pub summary: &'static str,
    /// What it takes, in the order in which iproute2 compares a word with its keywords.
    pub params: &'static [Param],
    /// Lines that must bind; the first is the typical one.
    pub examples: &'static [&'static str],
    /// What it comes down to.
    pub lower: fn(&Bound<'_>, &Context) -> Result<Act, UsageError>,
}

impl CommandSpec {
    /// The noun and the verb: `link add`.
    pub fn name(&self) -> String {
        if self.verb.is_empty() { self.noun.into() } else { format!("{} {}", self.noun, self.verb) }
    }

    /// Whether it takes options of one letter, as `ping -c 3` does.
    pub fn has_letters(&self) -> bool {
        self.params.iter().any(|param| param.place == Place::Letter)
    }
}

/// Something that a command takes.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// What messages and `lower_…` functions call it.
    pub name: &'static str,
    /// The words it is written with; a positional one with words may be written either way (`dev X` and `X`).
    pub words: &'static [Keyword],
    /// What it wants behind the word.
    pub value: Value,
    /// Where it stands.
    pub place: Place,
    /// Whether the command makes no sense without it.
    pub required: bool,
    /// Whether it may stand there more than once.
    pub repeatable: bool,
    /// Whether `nns` can do it yet; if not, its words are known all the same, so that the message can be honest and
    /// other abbreviations mean what they mean to `ip`.
    pub supported: bool,
    /// The others of the same command, by name, that it cannot stand beside; one of two need only say it.
    pub without: &'static [&'static str],
    /// What it is for, in a few words.
    pub help: &'static str,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Anywhere, without a word in front of it (or with one, where it has words): `veth0`, `dev veth0`.
    Positional,
    /// Anywhere, behind its word: `mtu 1400`.
    Keyword,
    /// Anywhere, by itself: `up`.
    Flag,
    /// Anywhere, behind its word; what follows its value belongs to the value: `type veth peer …`.
    Tail,
    /// Anywhere, behind its word; it has two values: `srcport 1000 2000`.
    Pair,
    /// A letter behind a dash, as `getopt(3)` reads it: `-c 3`, `-c3`, `-qc3`.
    Letter,
    /// All words from there on, as they are.
    Rest,
    /// In braces behind the words: no word ever is one.
    Block,
}

/// A word that announces a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// The word in full.
    pub text: &'static str,
    /// How much of it must be written.
    pub rule: Rule,
}

impl Keyword {
    /// Whether a word is this one; abbreviations are only allowed in the spelling with `ip`.
    pub fn is(self, word: &str, abbreviations: bool) -> bool {
        match self.rule {
            Rule::Prefix if abbreviations => self.text.starts_with(word),
            Rule::Prefix | Rule::Exact => self.text == word,
        }
    }
}

/// How iproute2 compares a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// With `matches()`: any beginning of it will do, even an empty one.
    Prefix,
    /// With `strcmp()`.
    Exact,
}

/// A keyword that iproute2 lets people abbreviate.
pub const fn prefix(text: &'static str) -> Keyword {
    Keyword { text, rule: Rule::Prefix }
}

/// A keyword that must be written in full.
pub const fn exact(text: &'static str) -> Keyword {
    Keyword { text, rule: Rule::Exact }
}

impl Param {
    /// Anywhere, with or without one of the words in front.
    pub const fn positional(name: &'static str, words: &'static [Keyword], value: Value, help: &'static str) -> Self {
        Self::new(name, words, value, Place::Positional, help)
    }

    /// A word and its value.
    pub const fn keyword(name: &'static str, words: &'static [Keyword], value: Value, help: &'static str) -> Self {
        Self::new(name, words, value, Place::Keyword, help)
    }

    /// A word and two values.
    pub const fn pair(name: &'static str, words: &'static [Keyword], value: Value, help: &'static str) -> Self {
        Self::new(name, words, value, Place::Pair, help)
    }

    /// A word alone.
    pub const fn flag(name: &'static str, words: &'static [Keyword], help: &'static str) -> Self {
        Self::new(name, words, Value::Nothing, Place::Flag, help)
    }

    /// A word and its value, to which all that follows belongs.
    pub const fn tail(name: &'static str, words: &'static [Keyword], value: Value, help: &'static str) -> Self {
        Self::new(name, words, value, Place::Tail, help)
    }

    /// A letter behind a dash, with a value unless that is [`Value::Nothing`]; its name is the letter.
    pub const fn letter(name: &'static str, value: Value, help: &'static str) -> Self {
        Self::new(name, &[], value, Place::Letter, help)
    }

    /// All words that follow.
    pub const fn rest(name: &'static str, value: Value, help: &'static str) -> Self {
        Self::new(name, &[], value, Place::Rest, help)
    }

    /// What stands in braces behind the command.
    pub const fn block(name: &'static str, value: Value, help: &'static str) -> Self {
        Self::new(name, &[], value, Place::Block, help)
    }

    /// The command makes no sense without it.
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// It may be given more than once.
    pub const fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    /// It cannot stand beside these.
    pub const fn without(self, without: &'static [&'static str]) -> Self {
        Self { without, ..self }
    }

    /// Its words are known, and that is all.
    pub const fn not_yet(self) -> Self {
        Self { supported: false, ..self }
    }

    const fn new(
        name: &'static str,
        words: &'static [Keyword],
        value: Value,
        place: Place,
        help: &'static str,
    ) -> Self {
        Self { name, words, value, place, required: false, repeatable: false, supported: true, without: &[], help }
    }

    /// Whether the two cannot both stand there.
    pub fn excludes(&self, other: &Self) -> bool {
        self.name != other.name && (self.without.contains(&other.name) || other.without.contains(&self.name))
    }

    /// Whether a word announces it.
    pub fn is(&self, word: &str, abbreviations: bool) -> bool {
        self.words.iter().any(|keyword| keyword.is(word, abbreviations))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{link, table::SPECS, testing::lowered};

    /// A value of its kind, if the parameter wants one.
    fn sample(param: &Param) -> &'static str {
        let all = ["input", "main", "tcp", "7", "10.0.0.1"];
        let fits = |text: &&str| param.value != Value::Nothing && param.value.check(text).is_ok();
        all.into_iter().find(fits).unwrap_or_default()
    }

    /// The parameter as it is written.
    fn written(param: &Param) -> String {
        let word = param.words.first().map_or_else(|| format!("-{}", param.name), |word| word.text.to_owned());
        format!("{word} {}", sample(param))
    }

    #[test]
    fn what_the_table_says_to_exclude_each_other_is_refused_together() {
        let positional = |spec: &&CommandSpec| {
            spec.params
                .iter()
                .filter(|param| param.place == Place::Positional)
                .map(sample)
                .collect::<Vec<_>>()
                .join(" ")
        };
        let commands = SPECS.iter().copied().map(|spec| {
            let kind = if spec.name() == "link add" { "type bridge" } else { "" };
            (format!("{} {}", spec.name(), positional(&spec)), spec.params.iter().collect(), kind)
        });
        let kinds = link::words_of_kinds().into_iter();
        let kinds = kinds.filter(|(kind, _)| *kind == "vxlan");
        let all = commands.chain(kinds.map(|(kind, params)| (format!("link add v0 type {kind}"), params, "")));
        let mut pairs = 0;
        for (command, params, end) in all {
            let params: Vec<&Param> = params;
            for first in &params {
                let known = |name: &&str| params.iter().any(|param| param.name == *name && param.supported);
                assert!(first.without.iter().all(known), "{command}: {:?}", first.without);
                for second in params.iter().filter(|second| first.excludes(second)) {
                    let line = format!("{command} {} {} {end}", written(first), written(second));
                    let refused = lowered(&line);
                    assert!(matches!(refused, Err(UsageError::Exclusive { .. })), "{line}: {refused:?}");
                    pairs += 1;
                }
            }
        }
        assert!(pairs > 300, "{pairs}");
    }
}
